//! TLS of a client's connection, with buffers that are there only while something is under way.
//!
//! rustls's buffered connections keep 4 KiB for reading for as long as they last, which is a quarter of what an idle device
//! costs. Through its unbuffered API it works on memory of ours instead: what is read lies on the stack until it is
//! decrypted, and what is left of a record, or of an answer that the peer has not taken, is given back with its last byte.
//!
//! Must not know which settings a client gets, nor what its certificate means.

use super::socket::Socket;
use rustls::server::{Accepted, Acceptor, ClientHello, UnbufferedServerConnection};
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncryptError, InsufficientSizeError, UnbufferedStatus,
};
use rustls::{CommonState, Error, ServerConfig};
use std::io;
use std::mem::{MaybeUninit, take};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

/// How much is read at once: a record of the largest size.
const READ_ROOM: usize = 16 * 1024 + 256;
/// How much is read at once of a handshake.
const HANDSHAKE_ROOM: usize = 4 * 1024;
/// Bytes that may wait for those that make a message of them whole: rustls takes messages of a handshake up to 64 KiB.
const UNREAD: usize = 128 * 1024;
/// How much is encrypted before the peer has taken what was.
const ENCRYPTED_AT_ONCE: usize = 64 * 1024;
/// What a record has beside its content, in either version.
const RECORD_OVERHEAD: usize = 5 + 8 + 1 + 16;
/// The largest content of a record.
const RECORD: usize = 16 * 1024;

/// A handshake that failed, and the socket where one is left. Its alert has been sent, as far as the peer takes it.
#[derive(Debug)]
pub struct Broken {
    /// Why.
    pub error: io::Error,
    /// Over which it was.
    pub socket: Socket,
}

impl Broken {
    fn new(socket: Socket, error: io::Error) -> Self {
        Self { error, socket }
    }

    /// The peer was wrong, or is told that it is not served.
    fn refused(socket: Socket, error: Error) -> Self {
        Self::new(socket, invalid(error))
    }
}

fn invalid(error: Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// A connection whose client has said what it offers.
pub struct Greeted {
    socket: Socket,
    incoming: Vec<u8>,
    hello: Accepted,
}

/// Waits for a client's first message.
pub async fn greet(mut socket: Socket) -> Result<Greeted, Broken> {
    let mut acceptor = Acceptor::default();
    let mut incoming = Vec::new();
    loop {
        let before = incoming.len();
        if let Err(error) = read_more(&mut socket, &mut incoming).await {
            return Err(Broken::new(socket, error));
        }
        let mut fresh = &incoming[before..];
        while !fresh.is_empty() {
            if let Err(error) = acceptor.read_tls(&mut fresh) {
                return Err(Broken::new(socket, error));
            }
            match acceptor.accept() {
                Ok(None) => {}
                Ok(Some(hello)) => {
                    return Ok(Greeted {
                        socket,
                        incoming,
                        hello,
                    });
                }
                Err((error, mut alert)) => {
                    let mut bytes = Vec::new();
                    // A Vec takes everything; who has gone hears no alert.
                    let _ = alert.write_all(&mut bytes);
                    let _ = socket.write_all(&bytes).await;
                    return Err(Broken::refused(socket, error));
                }
            }
        }
    }
}

/// Reads what comes next of a handshake.
async fn read_more(socket: &mut Socket, incoming: &mut Vec<u8>) -> io::Result<()> {
    if incoming.len() >= UNREAD {
        let error = "what came of the handshake is too large";
        return Err(io::Error::new(io::ErrorKind::InvalidData, error));
    }
    incoming.reserve(HANDSHAKE_ROOM);
    match socket.read_buf(incoming).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

impl Greeted {
    /// What the client offers.
    pub fn client_hello(&self) -> ClientHello<'_> {
        self.hello.client_hello()
    }

    /// Makes the handshake with these settings.
    pub async fn accept(self, config: Arc<ServerConfig>) -> Result<Secured, Broken> {
        let Self {
            mut socket,
            incoming,
            hello,
        } = self;
        let server_name = hello.client_hello().server_name().map(Box::from);
        drop(hello);
        let tls = match UnbufferedServerConnection::new(config) {
            Ok(tls) => tls,
            Err(error) => {
                // As where it has no other word for it.
                let _ = socket.shutdown().await;
                return Err(Broken::refused(socket, error));
            }
        };
        let mut secured = Secured {
            socket,
            tls,
            server_name,
            incoming,
            plain: Vec::new(),
            taken: 0,
            outgoing: Vec::new(),
            sent: 0,
            peer: Peer::Open,
            said_goodbye: false,
        };
        loop {
            let processed = secured.say(Say::Nothing);
            let sent = secured.flush().await;
            if let Err(error) = processed {
                return Err(Broken::refused(secured.socket, error));
            }
            if let Err(error) = sent {
                return Err(Broken::new(secured.socket, error));
            }
            if !secured.tls.is_handshaking() {
                return Ok(secured);
            }
            let (socket, incoming) = (&mut secured.socket, &mut secured.incoming);
            if let Err(error) = read_more(socket, incoming).await {
                return Err(Broken::new(secured.socket, error));
            }
        }
    }
}

/// A TLS connection after its handshake. Its closing alert goes out together with the end of the stream.
pub struct Secured {
    socket: Socket,
    tls: UnbufferedServerConnection,
    server_name: Option<Box<str>>,
    /// Read, and not yet whole records.
    incoming: Vec<u8>,
    /// Decrypted, and from `taken` on not yet taken.
    plain: Vec<u8>,
    taken: usize,
    /// Encrypted, and from `sent` on not yet with the kernel.
    outgoing: Vec<u8>,
    sent: usize,
    peer: Peer,
    said_goodbye: bool,
}

/// What is to be expected of the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    Open,
    /// It has said goodbye.
    Left,
    /// Its side of the socket has ended without.
    Lost,
}

/// What is to be said to the peer once rustls has done what it has to.
#[derive(Debug, Clone, Copy)]
enum Say<'b> {
    Nothing,
    Bytes(&'b [u8]),
    Goodbye,
}

impl Secured {
    /// What the handshake established.
    pub fn tls(&self) -> &CommonState {
        &self.tls
    }

    /// The name that the client dialled, where it said one.
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// What it runs over.
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The same, to change.
    pub fn socket_mut(&mut self) -> &mut Socket {
        &mut self.socket
    }

    /// Whether something has come that was not yet taken.
    pub fn has_more(&self) -> bool {
        self.taken < self.plain.len()
    }

    /// Bytes of the buffers that are there.
    #[cfg(test)]
    pub(super) fn holds(&self) -> usize {
        let buffers = [&self.incoming, &self.plain, &self.outgoing];
        buffers.map(Vec::capacity).into_iter().sum()
    }

    /// Has rustls work on what waits to be whole, and says something.
    fn say(&mut self, say: Say<'_>) -> Result<(), Error> {
        let mut incoming = take(&mut self.incoming);
        let (used, done) = self.process(&mut incoming, None, say);
        self.keep(incoming, used);
        done
    }

    /// Keeps what is behind the bytes that were used.
    fn keep(&mut self, mut incoming: Vec<u8>, used: usize) {
        if used < incoming.len() {
            incoming.drain(..used);
            self.incoming = incoming;
        }
    }

    /// Has rustls work on what came, and says something. What it decrypts goes to `room`, as far as there is some; what it
    /// has to send is put behind `outgoing`. How many of the bytes are used, and whether all was well.
    fn process(
        &mut self,
        came: &mut [u8],
        mut room: Option<&mut ReadBuf<'_>>,
        mut say: Say<'_>,
    ) -> (usize, Result<(), Error>) {
        let mut used = 0;
        loop {
            let UnbufferedStatus { mut discard, state } =
                self.tls.process_tls_records(&mut came[used..]);
            let mut done = None;
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(record) = traffic.next_record() {
                        match record {
                            Ok(record) => {
                                discard += record.discard;
                                give(record.payload, &mut room, &mut self.plain);
                            }
                            Err(error) => done = Some(Err(error)),
                        }
                    }
                }
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    let encoded = append(&mut self.outgoing, 0, |out| data.encode(out));
                    done = encoded.err().map(Err);
                }
                Ok(ConnectionState::TransmitTlsData(data)) => data.done(),
                Ok(ConnectionState::PeerClosed) => self.peer = Peer::Left,
                Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                    let outgoing = &mut self.outgoing;
                    done = Some(match std::mem::replace(&mut say, Say::Nothing) {
                        Say::Nothing => Ok(()),
                        Say::Bytes(bytes) => {
                            let records = bytes.len() / RECORD + 1;
                            let room = bytes.len() + records * RECORD_OVERHEAD;
                            append(outgoing, room, |out| traffic.encrypt(bytes, out))
                        }
                        Say::Goodbye => append(outgoing, 0, |out| traffic.queue_close_notify(out)),
                    });
                }
                Ok(ConnectionState::BlockedHandshake | ConnectionState::Closed) => {
                    done = Some(match say {
                        Say::Nothing | Say::Goodbye => Ok(()),
                        Say::Bytes(_) => Err(Error::General("nothing more can be sent".into())),
                    });
                }
                // No early data is taken, and no others are known.
                Ok(_) => done = Some(Err(Error::General("a state that is not known".into()))),
                Err(error) => done = Some(Err(error)),
            }
            used += discard;
            match done {
                Some(Err(error)) => {
                    self.encode_alert();
                    return (used, Err(error));
                }
                Some(Ok(())) => {
                    // "Any data received after a closure alert has been received MUST be ignored." RFC 8446, 6.1
                    if self.peer == Peer::Left {
                        used = came.len();
                    }
                    return (used, Ok(()));
                }
                None => {}
            }
        }
    }

    /// Takes what rustls has to say of an error.
    fn encode_alert(&mut self) {
        while self.tls.wants_write() {
            match self.tls.process_tls_records(&mut []).state {
                Ok(ConnectionState::EncodeTlsData(mut data)) => {
                    if append(&mut self.outgoing, 0, |out| data.encode(out)).is_err() {
                        return;
                    }
                }
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while traffic.next_record().is_some() {}
                }
                _ => return,
            }
        }
    }

    /// Hands to the kernel what is encrypted.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(unsent @ [_, ..]) = self.outgoing.get(self.sent..) {
            match ready!(Pin::new(&mut self.socket).poll_write(cx, unsent))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => self.sent += sent,
            }
        }
        (self.outgoing, self.sent) = (Vec::new(), 0);
        Poll::Ready(Ok(()))
    }

    /// Reads once and decrypts, into `room` first.
    fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        room: Option<&mut ReadBuf<'_>>,
    ) -> Poll<io::Result<()>> {
        let mut came = [MaybeUninit::uninit(); READ_ROOM];
        let mut came = ReadBuf::uninit(&mut came);
        ready!(Pin::new(&mut self.socket).poll_read(cx, &mut came))?;
        let came = came.filled_mut();
        if came.is_empty() {
            self.peer = Peer::Lost;
            return Poll::Ready(Ok(()));
        }
        let done = if self.incoming.is_empty() {
            let (used, done) = self.process(came, room, Say::Nothing);
            if used < came.len() {
                self.incoming = came[used..].to_vec();
            }
            done
        } else {
            let mut incoming = take(&mut self.incoming);
            incoming.extend_from_slice(came);
            let (used, done) = self.process(&mut incoming, room, Say::Nothing);
            self.keep(incoming, used);
            done
        };
        if !self.outgoing.is_empty() {
            // What cannot go now goes with what is written next; an error is met there, unless there is one already.
            if let (Poll::Ready(Err(error)), Ok(())) = (self.poll_send(cx), &done) {
                return Poll::Ready(Err(error));
            }
        }
        if self.incoming.len() >= UNREAD {
            let error = "a message of the peer's is too large";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, error)));
        }
        Poll::Ready(done.map_err(invalid))
    }

    /// Whether nothing more is to come, and how that is told.
    fn end(&self) -> Option<io::Result<()>> {
        match self.peer {
            Peer::Open => None,
            Peer::Left => Some(Ok(())),
            Peer::Lost => Some(Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the peer closed the connection without TLS's close_notify",
            ))),
        }
    }
}

/// Hands bytes to whoever reads, and keeps the rest.
fn give(mut bytes: &[u8], room: &mut Option<&mut ReadBuf<'_>>, plain: &mut Vec<u8>) {
    if let (Some(room), true) = (room, plain.is_empty()) {
        let (fits, rest) = bytes.split_at(bytes.len().min(room.remaining()));
        room.put_slice(fits);
        bytes = rest;
    }
    plain.extend_from_slice(bytes);
}

/// Says how much room it takes.
trait Short {
    fn required(&self) -> Option<usize>;
}

impl Short for EncodeError {
    fn required(&self) -> Option<usize> {
        match self {
            EncodeError::InsufficientSize(InsufficientSizeError { required_size }) => {
                Some(*required_size)
            }
            EncodeError::AlreadyEncoded => None,
        }
    }
}

impl Short for EncryptError {
    fn required(&self) -> Option<usize> {
        match self {
            EncryptError::InsufficientSize(InsufficientSizeError { required_size }) => {
                Some(*required_size)
            }
            EncryptError::EncryptExhausted => None,
        }
    }
}

/// Puts behind `outgoing` what `write` writes, for which there is `room`, or as much as it asks for.
fn append<E: Short>(
    outgoing: &mut Vec<u8>,
    mut room: usize,
    mut write: impl FnMut(&mut [u8]) -> Result<usize, E>,
) -> Result<(), Error> {
    let before = outgoing.len();
    loop {
        outgoing.resize(before + room, 0);
        match write(&mut outgoing[before..]) {
            Ok(written) => {
                outgoing.truncate(before + written);
                return Ok(());
            }
            Err(short) => match short.required() {
                Some(required) if required > room => room = required,
                _ => {
                    outgoing.truncate(before);
                    return Err(Error::EncryptError);
                }
            },
        }
    }
}

impl AsyncRead for Secured {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        loop {
            if this.has_more() {
                let waiting = &this.plain[this.taken..];
                let fits = waiting.len().min(buffer.remaining());
                buffer.put_slice(&waiting[..fits]);
                Pin::new(this).consume(fits);
                return Poll::Ready(Ok(()));
            }
            if buffer.filled().len() > before || buffer.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            if let Some(end) = this.end() {
                return Poll::Ready(end);
            }
            ready!(this.poll_receive(cx, Some(buffer)))?;
        }
    }
}

impl AsyncBufRead for Secured {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        while !this.has_more() {
            if let Some(end) = this.end() {
                return Poll::Ready(end.map(|()| &[][..]));
            }
            ready!(this.poll_receive(cx, None))?;
        }
        Poll::Ready(Ok(&this.plain[this.taken..]))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.taken += amount;
        if !this.has_more() {
            (this.plain, this.taken) = (Vec::new(), 0);
        }
    }
}

impl AsyncWrite for Secured {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        if bytes.is_empty() {
            return Poll::Ready(Ok(0));
        }
        if this.said_goodbye {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let taken = bytes.len().min(ENCRYPTED_AT_ONCE);
        this.say(Say::Bytes(&bytes[..taken])).map_err(invalid)?;
        match this.poll_send(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            // What was not taken goes out before more is.
            _ => Poll::Ready(Ok(taken)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.socket.closes_soon();
        if !std::mem::replace(&mut this.said_goodbye, true) {
            // After an alert there is no goodbye.
            let _ = this.say(Say::Goodbye);
        }
        ready!(this.poll_send(cx))?;
        match ready!(Pin::new(&mut this.socket).poll_shutdown(cx)) {
            // The peer was quicker.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Poll::Ready(Ok(())),
            done => Poll::Ready(done),
        }
    }
}
