//! A function that is somewhere else: its event is posted to a URL.
//!
//! What speaks AWS's Invoke says by `X-Amz-Function-Error` that the function failed. Any other server says by its status
//! that it did. The log has what is known here: that it was called, how that ended, and the end of the log that another
//! Lambda sends along.

use super::Host;
use super::output::Output;
use crate::function::{
    Answer, Failure, Function, Invocation, MAX_PAYLOAD, UNHANDLED, error_payload,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls_pki_types::ServerName;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// How much of a server's own words about an error goes on, in bytes.
const WORDS: usize = 300;

/// A remote answer, or what to say of it.
struct Told {
    payload: Bytes,
    failed: bool,
    log: String,
}

impl Told {
    fn failed(kind: &str, message: &str) -> Self {
        Self {
            payload: error_payload(kind, message),
            failed: true,
            log: message.to_owned(),
        }
    }
}

/// Whether a URL is that of AWS's Invoke.
fn is_invoke(url: &Uri) -> bool {
    let name = url
        .path()
        .strip_prefix("/2015-03-31/functions/")
        .and_then(|rest| rest.strip_suffix("/invocations"));
    name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

pub(super) async fn invoke(
    host: &Host,
    function: &Function,
    url: &Uri,
    invocation: Invocation,
    id: String,
) -> Result<Answer, Failure> {
    let group = &function.log_group;
    let output = Output::named(&host.logs, group, &function.version, "url");
    output.line(format!(
        "START RequestId: {id} Version: {}",
        function.version
    ));
    let begun = Instant::now();
    let told = tokio::time::timeout(function.timeout, post(host, url, invocation, &id)).await;
    let told = match told {
        Ok(Ok(told)) => told,
        Ok(Err(why)) => Told::failed(
            "Runtime.Unreachable",
            &format!("RequestId: {id} Error: {why}"),
        ),
        Err(_) => Told::failed(
            "Sandbox.Timedout",
            &format!(
                "RequestId: {id} Error: Task timed out after {:.2} seconds",
                function.timeout.as_secs_f64()
            ),
        ),
    };
    let duration = begun.elapsed();
    let billed = u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
    for line in told.log.lines().filter(|line| !line.trim().is_empty()) {
        output.line(line.to_owned());
    }
    output.line(format!("END RequestId: {id}"));
    output.line(format!(
        "REPORT RequestId: {id}\tDuration: {:.2} ms\tBilled Duration: {billed} ms\tURL: {}\t",
        duration.as_secs_f64() * 1000.0,
        url.authority().map_or("", |authority| authority.as_str())
    ));
    output.write(true);
    Ok(Answer {
        request_id: id,
        version: function.version.clone(),
        payload: told.payload,
        function_error: told.failed.then_some(UNHANDLED),
        log_tail: output.tail(),
        log_stream: Some(output.stream.clone()),
        duration,
        billed: Duration::from_millis(billed),
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
    let request = request(host, url, invocation, id)?;
    let stream = TcpStream::connect((bare, port))
        .await
        .map_err(|e| format!("connecting to {name}:{port}: {e}"))?;
    let _ = stream.set_nodelay(true);
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

fn request(
    host: &Host,
    url: &Uri,
    invocation: Invocation,
    id: &str,
) -> Result<Request<Full<Bytes>>, String> {
    let authority = url.authority().map_or("", |authority| authority.as_str());
    // Credentials in a URL are not part of the host's name.
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let mut headers: Vec<(String, String)> = vec![
        ("host".into(), authority.into()),
        ("content-type".into(), "application/json".into()),
        ("lambda-runtime-aws-request-id".into(), id.into()),
        (
            "lambda-runtime-invoked-function-arn".into(),
            invocation.function_arn,
        ),
    ];
    // It counts the functions that stand before this one, also where the next one is called by another server.
    if let Some(trace) = invocation.trace_id {
        headers.push(("x-amzn-trace-id".into(), trace));
    }
    if let Some(context) = &invocation.client_context {
        headers.push(("x-amz-client-context".into(), STANDARD.encode(context)));
    }
    if is_invoke(url) {
        headers.push(("x-amz-log-type".into(), "Tail".into()));
        if let Some(sign) = &host.settings.sign {
            let added = sign(url, &headers, &invocation.payload);
            headers.extend(added);
        }
    }
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request
        .body(Full::new(invocation.payload))
        .map_err(|e| e.to_string())
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
    let log = log_of(response.headers());
    let failed = response.headers().contains_key("x-amz-function-error");
    let payload = Limited::new(response.into_body(), MAX_PAYLOAD)
        .collect()
        .await
        .map_err(|e| format!("reading the answer: {e}"))?
        .to_bytes();
    driver.abort();
    if !failed && !status.is_success() {
        return Err(format!("the URL answered {status}{}", words(&payload)));
    }
    // What functions answer is JSON, and so is what whoever asked them expects.
    if let Err(why) = serde_json::from_slice::<serde::de::IgnoredAny>(&payload)
        && !payload.is_empty()
    {
        return Err(format!("the URL answered what is not JSON: {why}"));
    }
    let payload = match payload.is_empty() {
        true => Bytes::from_static(b"null"),
        false => payload,
    };
    Ok(Told {
        payload,
        failed,
        log,
    })
}

/// The end of the log that another Lambda sends along, without the lines that are written here, too.
fn log_of(headers: &HeaderMap) -> String {
    let told = headers.get("x-amz-log-result");
    let bytes = told.and_then(|value| STANDARD.decode(value.as_bytes()).ok());
    let text = String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    let own = ["START ", "END ", "REPORT "];
    let lines = text
        .lines()
        .filter(|line| !own.iter().any(|own| line.starts_with(own)));
    lines.collect::<Vec<_>>().join("\n")
}

/// What a server says of its refusal, where it says so as AWS does.
fn words(body: &[u8]) -> String {
    let told: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let message = ["message", "Message", "errorMessage"]
        .iter()
        .find_map(|name| told[*name].as_str());
    match message {
        Some(message) => {
            let end = message.floor_char_boundary(WORDS);
            format!(": {}", nameplate_core::escape::line(&message[..end]))
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_invoke_is_signed() {
        for (url, expected) in [
            (
                "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/f/invocations",
                true,
            ),
            (
                "http://h/2015-03-31/functions/f/invocations?Qualifier=1",
                true,
            ),
            ("http://h/2015-03-31/functions//invocations", false),
            ("http://h/2015-03-31/functions/f/x/invocations", false),
            ("http://h/", false),
        ] {
            assert_eq!(is_invoke(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
