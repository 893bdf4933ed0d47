//! A function that is somewhere else: its event is posted to a URL.
//!
//! What speaks AWS's Invoke says by `X-Amz-Function-Error` that the function failed. Any other server says by its status
//! that it did.

use super::Host;
use crate::function::{
    Answer, Failure, Function, Invocation, MAX_PAYLOAD, UNHANDLED, error_payload,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// A remote answer, or what to say of it.
struct Told {
    payload: Bytes,
    failed: bool,
}

pub(super) async fn invoke(
    host: &Host,
    function: &Function,
    url: &Uri,
    invocation: Invocation,
    id: String,
) -> Result<Answer, Failure> {
    let begun = Instant::now();
    let told = tokio::time::timeout(function.timeout, post(host, url, invocation, &id)).await;
    let told = match told {
        Ok(Ok(told)) => told,
        Ok(Err(why)) => Told {
            payload: error_payload(
                "Runtime.Unreachable",
                &format!("RequestId: {id} Error: {why}"),
            ),
            failed: true,
        },
        Err(_) => Told {
            payload: error_payload(
                "Sandbox.Timedout",
                &format!(
                    "RequestId: {id} Error: Task timed out after {:.2} seconds",
                    function.timeout.as_secs_f64()
                ),
            ),
            failed: true,
        },
    };
    let duration = begun.elapsed();
    let millis = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
    Ok(Answer {
        request_id: id,
        version: function.version.clone(),
        payload: told.payload,
        function_error: told.failed.then_some(UNHANDLED),
        log_tail: Vec::new(),
        log_stream: None,
        duration,
        billed: Duration::from_millis(millis),
        init: None,
    })
}

async fn post(host: &Host, url: &Uri, invocation: Invocation, id: &str) -> Result<Told, String> {
    let name = url.host().ok_or("the URL names no host")?;
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let secure = match url.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err("the URL is neither http nor https".into()),
    };
    let port = url.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = TcpStream::connect((bare, port))
        .await
        .map_err(|e| format!("connecting to {name}:{port}: {e}"))?;
    let _ = stream.set_nodelay(true);
    let authority = url.authority().map_or("", |authority| authority.as_str());
    // Credentials in a URL are not part of the host's name.
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::post(path)
        .header(header::HOST, authority)
        .header(header::CONTENT_TYPE, "application/json")
        .header("lambda-runtime-aws-request-id", id)
        .header(
            "lambda-runtime-invoked-function-arn",
            &invocation.function_arn,
        );
    if let Some(context) = &invocation.client_context {
        request = request.header("x-amz-client-context", STANDARD.encode(context));
    }
    let request = request
        .body(Full::new(invocation.payload))
        .map_err(|e| e.to_string())?;
    if !secure {
        return exchange(stream, request).await;
    }
    let config = host.settings.tls.clone().ok_or("https is not configured")?;
    let server = ServerName::try_from(bare.to_owned()).map_err(|e| e.to_string())?;
    let stream = tokio_rustls::TlsConnector::from(config)
        .connect(server, stream)
        .await
        .map_err(|e| format!("TLS with {name}:{port}: {e}"))?;
    exchange(stream, request).await
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Told, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|e| e.to_string())?;
    let driver = tokio::spawn(connection);
    let response = sender
        .send_request(request)
        .await
        .map_err(|e| e.to_string())?;
    let status = response.status();
    let failed = response.headers().contains_key("x-amz-function-error");
    let payload = Limited::new(response.into_body(), MAX_PAYLOAD)
        .collect()
        .await
        .map_err(|e| format!("reading the answer: {e}"))?
        .to_bytes();
    driver.abort();
    if failed || status.is_success() {
        return Ok(Told { payload, failed });
    }
    Err(format!("the URL answered {status}"))
}
