//! HTTP/1.1 to one server, plain or over TLS, over connections that are kept for the next request.
//!
//! Owns sockets and how long things may take. Must not know: what is asked.

use ::http::uri::Scheme;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use rustls::pki_types::ServerName;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// How long a connection may take to open, TLS included.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// How long the next bytes of an answer may take.
const PIECE_TIME: Duration = Duration::from_secs(15);
/// How long a connection is kept that nobody uses. Servers close them, too, most after more.
const IDLE_TIME: Duration = Duration::from_secs(15);
/// How many of them are kept.
const IDLE: usize = 64;

/// Where a server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Over TLS.
    pub secure: bool,
    /// Name or address; one of IP version 6 in brackets.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl Endpoint {
    /// Reads `http://HOST[:PORT]` or `https://HOST[:PORT]`, without path.
    pub fn parse(url: &str) -> Option<Self> {
        let uri: ::http::Uri = url.parse().ok()?;
        let secure = match uri.scheme()? {
            scheme if *scheme == Scheme::HTTPS => true,
            scheme if *scheme == Scheme::HTTP => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        if !bare || authority.as_str().contains('@') || authority.host().is_empty() {
            return None;
        }
        // A colon without a number, or with too large a one, is no port.
        if authority.port_u16().is_none() && authority.as_str() != authority.host() {
            return None;
        }
        Some(Self {
            secure,
            host: authority.host().to_owned(),
            port: authority.port_u16().unwrap_or(Self::usual(secure)),
        })
    }

    fn usual(secure: bool) -> u16 {
        if secure { 443 } else { 80 }
    }

    /// What the `host` header says: the port only where it is not the usual one.
    pub fn authority(&self) -> String {
        if self.port == Self::usual(self.secure) {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

/// Why there is no answer, or no more of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

impl Broken {
    fn by(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }

    fn late(limit: Duration) -> Self {
        Self(format!("nothing for {} s", limit.as_secs()))
    }
}

/// A request: its body is at hand.
pub type Request = ::http::Request<Full<Bytes>>;

type Sender = SendRequest<Full<Bytes>>;

/// A client of one server.
pub struct Http {
    endpoint: Endpoint,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    idle: Mutex<Vec<(Instant, Sender)>>,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Http {
    /// A client; nothing is connected yet.
    ///
    /// # Errors
    /// The host is none that a certificate could be for, or this machine's list of authorities cannot be used.
    pub fn new(endpoint: Endpoint) -> Result<Arc<Self>, Broken> {
        let tls = if endpoint.secure {
            let bare = endpoint.host.trim_matches(['[', ']']).to_owned();
            let name = ServerName::try_from(bare).map_err(Broken::by)?;
            Some((connector()?, name))
        } else {
            None
        };
        Ok(Arc::new(Self {
            endpoint,
            tls,
            idle: Mutex::default(),
        }))
    }

    /// Where the server is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends a request; the head of its answer, and the body that follows. `fresh`: over a new connection, where a
    /// kept one might have been closed by the server meanwhile.
    pub async fn send(
        self: &Arc<Self>,
        request: Request,
        fresh: bool,
    ) -> Result<(::http::response::Parts, Flow), Broken> {
        let kept = if fresh { None } else { self.kept().await };
        let mut sender = match kept {
            Some(sender) => sender,
            None => match timeout(CONNECT_TIME, self.connect()).await {
                Ok(connected) => connected?,
                Err(_) => return Err(Broken::late(CONNECT_TIME)),
            },
        };
        let answer = sender.send_request(request).await.map_err(Broken::by)?;
        let (head, body) = answer.into_parts();
        let flow = Flow {
            body,
            sender: Some(sender),
            http: Arc::clone(self),
        };
        Ok((head, flow))
    }

    async fn kept(&self) -> Option<Sender> {
        loop {
            let (since, mut sender) = self.idle.lock().pop()?;
            if since.elapsed() > IDLE_TIME {
                // Those below it are older still.
                self.idle.lock().clear();
                return None;
            }
            // Its last answer was read to the end, so it is ready at once or closed.
            if let Ok(Ok(())) = timeout(CONNECT_TIME, sender.ready()).await {
                return Some(sender);
            }
        }
    }

    fn keep(&self, sender: Sender) {
        let mut idle = self.idle.lock();
        if !sender.is_closed() && idle.len() < IDLE {
            idle.push((Instant::now(), sender));
        }
    }

    async fn connect(&self) -> Result<Sender, Broken> {
        let host = self.endpoint.host.trim_matches(['[', ']']);
        let stream = TcpStream::connect((host, self.endpoint.port))
            .await
            .map_err(Broken::by)?;
        // Requests are written as a whole.
        stream.set_nodelay(true).map_err(Broken::by)?;
        match &self.tls {
            Some((connector, name)) => {
                let stream = connector
                    .connect(name.clone(), stream)
                    .await
                    .map_err(Broken::by)?;
                handshake(TokioIo::new(stream)).await
            }
            None => handshake(TokioIo::new(stream)).await,
        }
    }
}

async fn handshake<S>(stream: S) -> Result<Sender, Broken>
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (sender, connection) = hyper::client::conn::http1::handshake(stream)
        .await
        .map_err(Broken::by)?;
    // Ends when `sender` goes out of scope; its errors come out of the request, too.
    tokio::spawn(connection);
    Ok(sender)
}

/// TLS that trusts the authorities of this machine; where it has no list of them, those that Mozilla's programs trust.
fn connector() -> Result<TlsConnector, Broken> {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Broken::by)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The body of an answer. Read to its end, its connection serves the next request.
pub struct Flow {
    body: Incoming,
    sender: Option<Sender>,
    http: Arc<Http>,
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow").finish_non_exhaustive()
    }
}

impl Flow {
    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        loop {
            match timeout(PIECE_TIME, self.body.frame()).await {
                Err(_) => return Err(Broken::late(PIECE_TIME)),
                Ok(Some(Err(error))) => return Err(Broken::by(error)),
                Ok(Some(Ok(frame))) => {
                    if let Ok(bytes) = frame.into_data()
                        && !bytes.is_empty()
                    {
                        return Ok(Some(bytes));
                    }
                }
                Ok(None) => {
                    if let Some(sender) = self.sender.take() {
                        self.http.keep(sender);
                    }
                    return Ok(None);
                }
            }
        }
    }

    /// All of it, at most `most` bytes.
    pub async fn whole(mut self, most: usize) -> Result<Bytes, Broken> {
        let mut whole = Vec::new();
        while let Some(bytes) = self.next().await? {
            if whole.len() + bytes.len() > most {
                return Err(Broken(format!("an answer of more than {most} bytes")));
            }
            whole.extend_from_slice(&bytes);
        }
        Ok(whole.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        let check = |url: &str, expected: Option<(&str, &str)>| {
            let found = Endpoint::parse(url).map(|e| (e.to_string(), e.authority()));
            let expected = expected.map(|(url, host)| (url.to_owned(), host.to_owned()));
            assert_eq!(found, expected, "{url}");
        };
        check("http://localhost", Some(("http://localhost", "localhost")));
        check(
            "http://127.0.0.1:9000/",
            Some(("http://127.0.0.1:9000", "127.0.0.1:9000")),
        );
        check("https://s3:443", Some(("https://s3", "s3")));
        check("https://s3:80", Some(("https://s3:80", "s3:80")));
        check(
            "http://[::1]:9000",
            Some(("http://[::1]:9000", "[::1]:9000")),
        );
        for wrong in [
            "",
            "localhost:9000",
            "ftp://localhost",
            "http://localhost/bucket",
            "http://localhost?x",
            "http://user:secret@localhost",
            "http://localhost:99999",
            "http://",
        ] {
            check(wrong, None);
        }
    }
}
