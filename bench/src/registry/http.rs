//! HTTP/1.1 as an SDK speaks it, as cheaply as can be: signed requests made beforehand, one outstanding on each
//! connection, and answers read no further than needed.
//!
//! Knows no server and no operation.

use anyhow::{Context as _, bail};
use bytes::{Buf as _, Bytes, BytesMut};
use nameplate_aws::sigv4::Signer;
use std::net::SocketAddr;
use std::time::SystemTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The largest answer taken, bytes.
const LARGEST: usize = 16 * 1024 * 1024;
const REGION: &str = "us-east-1";

/// Whom requests are for, and who signs them.
pub struct Caller {
    /// Where the server listens.
    pub address: SocketAddr,
    /// Access key id.
    pub access_key: String,
    /// Its secret.
    pub secret: String,
}

/// A signed request as it goes over the wire, good for five minutes.
pub struct Request {
    bytes: Vec<u8>,
    /// What the answer must hold.
    expects: String,
}

/// An answer that has been held against what was expected.
pub struct Answer {
    status: u16,
    /// The body.
    pub body: Bytes,
    closes: bool,
}

/// A connection that is kept as long as the server keeps it.
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    read: BytesMut,
}

impl Caller {
    /// Signs a request of the service iot. `target` is path and query; `expects` must stand in the answer's body.
    pub fn request(
        &self,
        method: &str,
        target: &str,
        body: &str,
        expects: String,
    ) -> anyhow::Result<Request> {
        self.request_of("iot", method, target, body, expects)
    }

    /// The same of another service.
    pub fn request_of(
        &self,
        service: &str,
        method: &str,
        target: &str,
        body: &str,
        expects: String,
    ) -> anyhow::Result<Request> {
        let signer = Signer {
            access_key: &self.access_key,
            secret: &self.secret,
            region: REGION,
            service,
        };
        let mut headers = vec![("host".to_owned(), self.address.to_string())];
        if !body.is_empty() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        let now = i64::try_from(since.as_millis())?;
        let added = signer.sign(method, target, &headers, body.as_bytes(), now);
        let mut text = format!("{method} {target} HTTP/1.1\r\n");
        let sent = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .chain(added.iter().map(|(name, value)| (*name, value)));
        for (name, value) in sent {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            text.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        text.push_str(body);
        Ok(Request {
            bytes: text.into_bytes(),
            expects,
        })
    }
}

impl Request {
    /// A request with a JSON body that nobody signs, as a device's.
    pub fn unsigned(address: SocketAddr, path: &str, body: &str) -> Self {
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        Self {
            bytes: text.into_bytes(),
            expects: String::new(),
        }
    }
}

impl Connection {
    /// Connects at the first request.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            read: BytesMut::with_capacity(16 * 1024),
        }
    }

    /// Sends a request and reads its answer, which must be 200 and hold what is expected.
    pub async fn ask(&mut self, request: &Request) -> anyhow::Result<Answer> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.address).await.context("connect")?;
                stream.set_nodelay(true)?;
                none.insert(stream)
            }
        };
        stream.write_all(&request.bytes).await.context("send")?;
        let answer = loop {
            if let Some(answer) = parse(&mut self.read)? {
                break answer;
            }
            if stream.read_buf(&mut self.read).await.context("receive")? == 0 {
                bail!("the server closed the connection before its answer was complete");
            }
        };
        if answer.closes {
            self.stream = None;
            self.read.clear();
        }
        if answer.status != 200 || !holds(&answer.body, request.expects.as_bytes()) {
            bail!(
                "expected 200 and {}, got {}\n{}\nto\n{}",
                request.expects,
                answer.status,
                String::from_utf8_lossy(&answer.body),
                String::from_utf8_lossy(&request.bytes)
            );
        }
        Ok(answer)
    }
}

/// An answer at the front of `read`, taken out of it; `None` while it is not complete.
fn parse(read: &mut BytesMut) -> anyhow::Result<Option<Answer>> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&read[..end]).context("the answer's head is no text")?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|status| status.parse().ok())
        .with_context(|| format!("no status line: {head}"))?;
    let (mut length, mut chunked, mut closes) = (0, false, head.starts_with("HTTP/1.0"));
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().context("content-length")?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            chunked = value.eq_ignore_ascii_case("chunked");
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    if chunked {
        bail!("the answer is in chunks, which no server measured here sent when this was written");
    }
    if length > LARGEST {
        bail!("an answer of {length} bytes");
    }
    let start = end + 4;
    if read.len() < start + length {
        read.reserve(start + length - read.len());
        return Ok(None);
    }
    read.advance(start);
    Ok(Some(Answer {
        status,
        body: read.split_to(length).freeze(),
        closes,
    }))
}

fn holds(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_when_it_is_complete() {
        let mut read = BytesMut::new();
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbodyHTTP/1.1 404 No\r\n\r\n";
        for byte in &whole[..60] {
            read.extend_from_slice(&[*byte]);
            assert!(parse(&mut read).expect("well formed").is_none());
        }
        read.extend_from_slice(&whole[60..]);
        let answer = parse(&mut read).expect("well formed").expect("complete");
        assert_eq!((answer.status, &answer.body[..]), (200, &b"body"[..]));
        assert!(answer.closes);
        let answer = parse(&mut read).expect("well formed").expect("complete");
        assert_eq!(
            (answer.status, answer.body.len(), answer.closes),
            (404, 0, false)
        );
        assert!(read.is_empty());
    }

    #[test]
    fn a_body_holds_its_parts() {
        assert!(holds(b"{\"a\": 1}", b"\"a\"") && holds(b"", b""));
        assert!(!holds(b"{\"a\"", b"\"ab\""));
    }
}
