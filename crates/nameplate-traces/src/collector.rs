//! The way to a collector: HTTP/1.1, plain or over the TLS that it is given.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use opentelemetry_http::{HttpClient, HttpError};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;

use crate::Unfit;

/// How long a batch may take to be answered.
const LIMIT: Duration = Duration::from_secs(10);
/// The longest answer, bytes: it says little.
const ANSWER: usize = 64 << 10;
/// What OTLP adds to the address of a collector.
const PATH: &str = "/v1/traces";

type Request = http::Request<Bytes>;
type Response = http::Response<Bytes>;

/// A collector that speaks OTLP over HTTP.
#[derive(Clone)]
pub struct Collector(Arc<Inner>);

struct Inner {
    url: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    runtime: Handle,
    failing: AtomicBool,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Collector").field(&self.0.url).finish()
    }
}

/// The whole address of a collector: what OTLP adds is added unless it is there.
///
/// # Errors
/// It is none of `http` or `https`, or holds a name or password, which go into `OTEL_EXPORTER_OTLP_HEADERS`.
pub fn address(url: &str) -> Result<String, Unfit> {
    let unfit = || Unfit("an address such as http://localhost:4318 is accepted".to_owned());
    let parsed: http::Uri = url.parse().map_err(|_| unfit())?;
    let host = parsed.authority().map(|authority| authority.as_str());
    let whole = matches!(parsed.scheme_str(), Some("http" | "https"))
        && host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
        && parsed.query().is_none();
    if !whole {
        return Err(unfit());
    }
    let base = url.trim_end_matches('/');
    Ok(match base.ends_with(PATH) {
        true => base.to_owned(),
        false => format!("{base}{PATH}"),
    })
}

impl Collector {
    /// The one at `url`, which is reached by the runtime that this is called in. Nothing is connected yet.
    ///
    /// # Errors
    /// The address is none of a collector's.
    pub fn at(url: &str, tls: rustls::ClientConfig) -> Result<Self, Unfit> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self(Arc::new(Inner {
            url: address(url)?,
            client: Client::builder(TokioExecutor::new()).build(connector),
            runtime: Handle::current(),
            failing: AtomicBool::new(false),
        })))
    }

    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    async fn post(&self, request: Request) -> Result<Response, HttpError> {
        let answered = async {
            let answer = self.0.client.request(request.map(Full::new)).await?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER).collect().await?.to_bytes();
            Ok::<_, HttpError>(Response::from_parts(head, body))
        };
        match tokio::time::timeout(LIMIT, answered).await {
            Ok(answered) => answered,
            Err(_) => Err(format!("no answer for {} s", LIMIT.as_secs()).into()),
        }
    }

    /// Says once that spans are lost, and once that they are not any more.
    fn note(&self, answered: &Result<Response, HttpError>) {
        let why = match answered {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(last_cause(error.as_ref())),
        };
        let failed_before = self.0.failing.swap(why.is_some(), Ordering::Relaxed);
        match why {
            Some(why) if !failed_before => {
                tracing::warn!("traces do not reach {}: {why}", self.0.url);
            }
            None if failed_before => tracing::info!("traces reach {} again", self.0.url),
            _ => {}
        }
    }
}

/// What the system or the other side has said; what stands before it only says where.
fn last_cause(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

impl HttpClient for Collector {
    fn send_bytes<'client, 'answer>(
        &'client self,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = Result<Response, HttpError>> + Send + 'answer>>
    where
        'client: 'answer,
        Self: 'answer,
    {
        // Whoever asks is a thread without a runtime.
        let collector = self.clone();
        let sent = self.0.runtime.spawn(async move {
            let answered = collector.post(request).await;
            collector.note(&answered);
            answered
        });
        Box::pin(async move { sent.await? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_collectors() {
        let check = |url: &str, whole: Option<&str>| {
            assert_eq!(address(url).ok().as_deref(), whole, "{url}");
        };
        check(
            "http://localhost:4318",
            Some("http://localhost:4318/v1/traces"),
        );
        check(
            "http://localhost:4318/",
            Some("http://localhost:4318/v1/traces"),
        );
        check(
            "https://otlp.example/otlp",
            Some("https://otlp.example/otlp/v1/traces"),
        );
        check(
            "https://otlp.example/v1/traces",
            Some("https://otlp.example/v1/traces"),
        );
        for url in [
            "localhost:4318",
            "grpc://localhost:4317",
            "http://",
            "http://user:secret@host",
            "http://host/?key=secret",
            "/v1/traces",
            "",
        ] {
            check(url, None);
        }
    }
}
