//! WebSocket: the answer to an upgrade, and a stream of bytes over its frames. RFC 6455; MQTT 3.1.1 and 5, section 6.
//!
//! A message of WebSocket is no packet of MQTT: a packet may span several, and one may hold many packets. So what
//! arrives is read as one stream. What is sent is a message for each packet, as at AWS: AWSIoTPythonSDK waits for the
//! socket once it has read a packet, whatever more its message holds. Only binary messages are taken `[MQTT-6.0.0-1]`;
//! pings are answered. Must not know what packets say, nor who may connect.

use crate::broker::connection::TookLeave;
use crate::net::heard::Hearing;
use crate::net::patient::Patient;
use bytes::Bytes;
use futures_util::{Sink, Stream};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Version, header};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_websockets::{CloseCode, Error, Limits, Message, ServerBuilder, WebSocketStream};

/// What clients call MQTT there, the name of older ones last. [AWS guide: protocols]
const SUBPROTOCOLS: [&str; 2] = ["mqtt", "mqttv3.1"];
/// What a key is followed by before it is digested. [RFC 6455, 1.3]
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/// Frames without a byte of MQTT that are taken at once; then it is others' turn.
const EMPTY_FRAMES: usize = 64;

/// Whether a request asks for a WebSocket, rightly or not.
pub fn is_upgrade(head: &Parts) -> bool {
    has_token(&head.headers, header::UPGRADE, "websocket")
}

/// The header fields that accept an upgrade.
///
/// # Errors
/// What is wrong with the request, in words.
pub fn accept(head: &Parts) -> Result<HeaderMap, &'static str> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    if head.method != Method::GET || head.version != Version::HTTP_11 {
        return Err("a WebSocket is asked for by GET of HTTP/1.1");
    }
    if !is_upgrade(head) || !has_token(&head.headers, header::CONNECTION, "upgrade") {
        return Err(
            "MQTT is served here over WebSocket: `Connection: Upgrade` and `Upgrade: websocket` are needed",
        );
    }
    let one = |name: HeaderName| {
        let mut values = head.headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none())
    };
    if one(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        return Err("Sec-WebSocket-Version: 13 is needed");
    }
    // RFC 6455 wants the Base64 of 16 bytes. AWSIoTPythonSDK sends 128, and all that is done with it is to digest it.
    let key = one(header::SEC_WEBSOCKET_KEY)
        .filter(|key| STANDARD.decode(key).is_ok_and(|key| key.len() >= 16))
        .ok_or("Sec-WebSocket-Key is not the Base64 of 16 bytes")?;
    // [MQTT-6.0.0-3], [MQTT-6.0.0-4]
    let subprotocol = SUBPROTOCOLS
        .into_iter()
        .find(|name| has_token(&head.headers, header::SEC_WEBSOCKET_PROTOCOL, name))
        .ok_or("Sec-WebSocket-Protocol: mqtt is needed")?;
    let digest = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY,
        &[key.as_bytes(), GUID].concat(),
    );
    let accepted = HeaderValue::try_from(STANDARD.encode(digest))
        .map_err(|_| "Sec-WebSocket-Key cannot be answered")?;
    let mut fields = HeaderMap::new();
    fields.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    fields.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    fields.insert(header::SEC_WEBSOCKET_ACCEPT, accepted);
    fields.insert(
        header::SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(subprotocol),
    );
    Ok(fields)
}

/// Whether a list in a header field has this word.
fn has_token(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|token| token.trim().eq_ignore_ascii_case(word))
}

/// What a WebSocket is spoken over.
pub trait Under: AsyncRead + AsyncWrite + Unpin + Send + Sync {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Under for S {}

/// Takes the stream of type `S` back from the HTTP connection that was served on it.
pub fn taken_back<S: Under + 'static>(upgraded: Upgraded) -> Option<Box<dyn Under>> {
    let parts = upgraded.downcast::<TokioIo<Patient<Hearing<S>>>>().ok()?;
    Some(Box::new(Ahead {
        ahead: parts.read_buf,
        stream: parts.io.into_inner().into_inner().into_inner(),
    }))
}

/// A stream of which some bytes have been read already.
struct Ahead<S> {
    ahead: Bytes,
    stream: S,
}

impl<S: AsyncRead + Unpin> AsyncRead for Ahead<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.ahead.is_empty() {
            return Pin::new(&mut this.stream).poll_read(cx, into);
        }
        let piece = this.ahead.len().min(into.remaining());
        into.put_slice(&this.ahead.split_to(piece));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Ahead<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

/// The bytes that binary messages carry, after the upgrade.
pub struct WebSocket<S> {
    frames: WebSocketStream<S>,
    /// Of the last message, what has not been read.
    unread: Bytes,
    /// What was read last is answered by the library, and the answer may still be here.
    answers: bool,
    /// Nothing more is read.
    ended: bool,
}

impl<S: AsyncRead + AsyncWrite + Unpin> WebSocket<S> {
    /// Over a stream whose upgrade has been answered. A message may have at most so many bytes.
    pub fn new(stream: S, most: usize) -> Self {
        let limits = Limits::default().max_payload_len(Some(most));
        Self {
            frames: ServerBuilder::new().limits(limits).serve(stream),
            unread: Bytes::new(),
            answers: false,
            ended: false,
        }
    }

    /// Says why before it reads no more. What cannot be sent at once is not waited for: the close that follows is.
    fn refuse(&mut self, code: CloseCode, why: &'static str) -> io::Error {
        self.ended = true;
        let _ = Pin::new(&mut self.frames).start_send(Message::close(Some(code), why));
        io::Error::new(io::ErrorKind::InvalidData, why)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for WebSocket<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let mut empty = 0;
        while this.unread.is_empty() && !this.ended {
            if empty == EMPTY_FRAMES {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            empty += 1;
            // Whoever does not take the answers is not read either: they would be kept for as long as it goes on.
            if this.answers {
                ready!(Pin::new(&mut this.frames).poll_flush(cx)).map_err(broken)?;
                this.answers = false;
            }
            match ready!(Pin::new(&mut this.frames).poll_next(cx)) {
                Some(Ok(message)) if message.is_binary() => {
                    this.unread = message.into_payload().into();
                }
                Some(Ok(message)) if message.is_text() => {
                    let why = "MQTT is carried by binary messages";
                    return Poll::Ready(Err(this.refuse(CloseCode::UNSUPPORTED_DATA, why)));
                }
                // It is answered by the library; what the client says of its reasons is of no use here.
                Some(Ok(message)) if message.is_close() => {
                    this.ended = true;
                    return Poll::Ready(Err(TookLeave.into()));
                }
                // Pings are answered as they are read.
                Some(Ok(message)) => this.answers = message.is_ping(),
                // Of a message in one frame the library says so itself.
                Some(Err(error @ Error::PayloadTooLong { .. })) => {
                    this.refuse(CloseCode::MESSAGE_TOO_BIG, "the message is too long");
                    return Poll::Ready(Err(broken(error)));
                }
                Some(Err(error)) => {
                    this.ended = true;
                    return Poll::Ready(Err(broken(error)));
                }
                None => this.ended = true,
            }
        }
        let piece = this.unread.len().min(into.remaining());
        into.put_slice(&this.unread.split_to(piece));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for WebSocket<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut frames = Pin::new(&mut self.get_mut().frames);
        ready!(frames.as_mut().poll_ready(cx)).map_err(broken)?;
        let piece = &bytes[..packet_bytes(bytes)];
        let message = Message::binary(Bytes::copy_from_slice(piece));
        frames.start_send(message).map_err(broken)?;
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let frames = Pin::new(&mut self.get_mut().frames);
        frames.poll_flush(cx).map_err(broken)
    }

    /// Sends a close frame, and waits for the client's.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.ended = true;
        Pin::new(&mut this.frames).poll_close(cx).map_err(broken)
    }
}

/// How many of these bytes are the first packet of MQTT; all of them where it is not whole.
fn packet_bytes(bytes: &[u8]) -> usize {
    let mut length = 0;
    // [MQTT 2.2.3] The length of what follows is in up to four bytes, seven bits in each.
    for (at, byte) in bytes.iter().skip(1).take(4).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return (2 + at + length).min(bytes.len());
        }
    }
    bytes.len()
}

fn broken(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn head(fields: &[(&str, &str)]) -> Parts {
        let mut request = Request::get("/mqtt");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let request = request.body(()).expect("the fields are right");
        request.into_parts().0
    }

    const UPGRADE: [(&str, &str); 5] = [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        // RFC 6455, 1.3
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "chat, mqtt"),
    ];

    #[test]
    fn an_upgrade_is_accepted_as_rfc_6455_has_it() {
        let fields = accept(&head(&UPGRADE)).expect("it is right");
        assert_eq!(
            fields["sec-websocket-accept"],
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
        assert_eq!(fields["sec-websocket-protocol"], "mqtt");
        assert_eq!(fields["upgrade"], "websocket");
        assert_eq!(fields["connection"], "upgrade");
    }

    #[test]
    fn a_packet_is_a_message() {
        let check = |bytes: &[u8], expected| assert_eq!(packet_bytes(bytes), expected);
        check(b"\x40\x02\x00\x01\x30\x03\x00\x01a", 4);
        check(b"\xd0\x00\xd0\x00", 2);
        check(b"\xd0\x00", 2);
        let long = [b"\x30\x80\x01".as_slice(), &[0; 128], b"\xd0\x00"].concat();
        check(&long, 131);
        // Not whole.
        check(b"\x30\x05a", 3);
        check(b"\x30", 1);
        check(b"\x30\xff\xff\xff\xff\xff", 6);
        check(b"", 0);
    }

    #[tokio::test]
    async fn frames_without_anything_let_others_have_a_turn() {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut near, far) = tokio::io::duplex(64 * 1024);
        // Masked pings, empty messages, and a byte at last.
        let empty = b"\x89\x80\0\0\0\0\x82\x80\0\0\0\0".repeat(500);
        near.write_all(&empty).await.expect("there is room");
        near.write_all(b"\x82\x81\0\0\0\0x").await.expect("too");
        let mut socket = WebSocket::new(far, 1024);
        let mut turns = 0;
        let mut reading = std::pin::pin!(socket.read_u8());
        let polled = std::future::poll_fn(|cx| {
            turns += 1;
            reading.as_mut().poll(cx)
        });
        assert_eq!(polled.await.expect("it comes"), b'x');
        assert!(turns >= 1000 / EMPTY_FRAMES, "{turns}");
    }

    #[tokio::test]
    async fn who_takes_no_answers_is_not_read() {
        let (near, far) = tokio::io::duplex(64 * 1024);
        let (_unread, mut near) = tokio::io::split(near);
        let mut socket = WebSocket::new(far, 1024);
        let ping = [b"\x89\xfd\0\0\0\0".as_slice(), &[b'x'; 125]].concat();
        let pings = ping.repeat(1000);
        let mut sent = 0;
        for _ in 0..1000 {
            std::future::poll_fn(|cx| {
                let from = sent % pings.len();
                if let Poll::Ready(taken) = Pin::new(&mut near).poll_write(cx, &pings[from..]) {
                    sent += taken.expect("it is open");
                }
                let mut room = [0; 16];
                let read = Pin::new(&mut socket).poll_read(cx, &mut ReadBuf::new(&mut room));
                assert!(read.is_pending(), "{read:?}");
                Poll::Ready(())
            })
            .await;
            tokio::task::yield_now().await;
        }
        assert!(sent < 512 * 1024, "{sent} bytes of pings have been read");
    }

    #[test]
    fn what_is_missing_or_wrong_is_said() {
        #[track_caller]
        fn check(name: &str, value: Option<&str>, why: &str) {
            let others = UPGRADE.iter().filter(|(field, _)| *field != name).copied();
            let fields: Vec<_> = others.chain(value.map(|value| (name, value))).collect();
            let refused = accept(&head(&fields)).expect_err("it is wrong");
            assert!(refused.contains(why), "{refused}");
        }
        check("connection", Some("keep-alive"), "Connection: Upgrade");
        check("upgrade", Some("h2c"), "Upgrade: websocket");
        check("upgrade", None, "Upgrade: websocket");
        check("sec-websocket-version", Some("8"), "Sec-WebSocket-Version");
        check("sec-websocket-key", None, "Sec-WebSocket-Key");
        check("sec-websocket-key", Some("c2hvcnQ="), "Sec-WebSocket-Key");
        check("sec-websocket-key", Some("?"), "Sec-WebSocket-Key");
        check("sec-websocket-protocol", None, "Sec-WebSocket-Protocol");
        check("sec-websocket-protocol", Some("amqp"), "mqtt is needed");
        let mut twice = UPGRADE.to_vec();
        twice.push(UPGRADE[3]);
        assert!(accept(&head(&twice)).is_err());
        let mut posted = head(&UPGRADE);
        posted.method = Method::POST;
        assert!(accept(&posted).is_err());
    }
}
