//! HTTP/1.1 to one server, plain or over TLS, over connections that are kept for the next request.
//!
//! Owns how long things may take, and whom TLS trusts. Must not know: what is asked.

use ::http::uri::Scheme;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::ServerName;
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout;
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// How long a connection may take to open, TLS included.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// How long the next bytes of an answer may take.
const PIECE_TIME: Duration = Duration::from_secs(15);
/// How long a connection is kept that nobody uses. Servers close them, too, most after more.
const IDLE_TIME: Duration = Duration::from_secs(15);
/// How many of them are kept.
pub(super) const IDLE: usize = 64;

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

    fn scheme(&self) -> Scheme {
        if self.secure {
            Scheme::HTTPS
        } else {
            Scheme::HTTP
        }
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
        write!(f, "{}://{}", self.scheme(), self.authority())
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

    /// The last of its causes, which is what the system or the other side has said; those before only say where.
    pub(super) fn because(error: &dyn Error) -> Self {
        let mut last = error;
        while let Some(cause) = last.source() {
            last = cause;
        }
        Self(last.to_string())
    }

    fn late(limit: Duration) -> Self {
        Self(format!("nothing for {} s", limit.as_secs()))
    }
}

/// A request for a path of the server: its body is at hand.
pub type Request = ::http::Request<Full<Bytes>>;

pub(super) type Pool = Client<Limited<HttpsConnector<HttpConnector>>, Full<Bytes>>;

/// A client of one server.
pub struct Http {
    endpoint: Endpoint,
    // Over connections that are kept.
    kept: Pool,
    // Over one that is opened for the request.
    fresh: Pool,
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
    pub fn new(endpoint: Endpoint) -> Result<Self, Broken> {
        if endpoint.secure {
            let bare = endpoint.host.trim_matches(['[', ']']).to_owned();
            ServerName::try_from(bare).map_err(Broken::by)?;
        }
        let connector = connector()?;
        Ok(Self {
            endpoint,
            kept: pool(&connector, IDLE),
            fresh: pool(&connector, 0),
        })
    }

    /// Where the server is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Sends a request; the head of its answer, and the body that follows. `fresh`: over a new connection, where a
    /// kept one might have been closed by the server meanwhile.
    pub async fn send(
        &self,
        request: Request,
        fresh: bool,
    ) -> Result<(::http::response::Parts, Flow), Broken> {
        let (mut head, body) = request.into_parts();
        let mut uri = head.uri.into_parts();
        uri.scheme = Some(self.endpoint.scheme());
        uri.authority = Some(self.endpoint.authority().parse().map_err(Broken::by)?);
        head.uri = ::http::Uri::from_parts(uri).map_err(Broken::by)?;
        let pool = if fresh { &self.fresh } else { &self.kept };
        let sent = pool.request(Request::from_parts(head, body)).await;
        let (head, body) = sent.map_err(|error| Broken::because(&error))?.into_parts();
        Ok((head, Flow(body)))
    }
}

/// Connections that are kept, so many of each server.
pub(super) fn pool(connector: &Limited<HttpsConnector<HttpConnector>>, idle: usize) -> Pool {
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIME)
        .pool_max_idle_per_host(idle)
        .build(connector.clone())
}

/// The authorities of this machine, read once: that takes longer than making all services anew.
static ROOTS: LazyLock<Arc<rustls::RootCertStore>> = LazyLock::new(|| {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Arc::new(roots)
});

/// TLS that trusts the authorities of this machine; where it has no list of them, those that Mozilla's programs trust.
pub fn tls() -> Result<rustls::ClientConfig, Broken> {
    let roots = Arc::clone(&ROOTS);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Broken::by)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// Connections with that TLS, or without any.
pub(super) fn connector() -> Result<Limited<HttpsConnector<HttpConnector>>, Broken> {
    let config = tls()?;
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    // Requests are written as a whole.
    tcp.set_nodelay(true);
    Ok(Limited(HttpsConnector::from((tcp, config))))
}

/// A connector whose connections open within [`CONNECT_TIME`], TLS included, or not at all.
#[derive(Clone)]
pub(super) struct Limited<C>(C);

impl<C> Service<::http::Uri> for Limited<C>
where
    C: Service<::http::Uri, Error: Into<BoxError>, Future: Send + 'static>,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: ::http::Uri) -> Self::Future {
        let opening = self.0.call(uri);
        Box::pin(async {
            match timeout(CONNECT_TIME, opening).await {
                Ok(opened) => opened.map_err(Into::into),
                Err(_) => Err(Broken::late(CONNECT_TIME).into()),
            }
        })
    }
}

/// The body of an answer. Read to its end, its connection serves the next request.
pub struct Flow(Incoming);

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow").finish_non_exhaustive()
    }
}

impl Flow {
    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        loop {
            match timeout(PIECE_TIME, self.0.frame()).await {
                Err(_) => return Err(Broken::late(PIECE_TIME)),
                Ok(Some(Err(error))) => return Err(Broken::by(error)),
                Ok(Some(Ok(frame))) => {
                    if let Ok(bytes) = frame.into_data()
                        && !bytes.is_empty()
                    {
                        return Ok(Some(bytes));
                    }
                }
                Ok(None) => return Ok(None),
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
