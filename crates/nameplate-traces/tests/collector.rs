//! A collector that takes what is sent, and reads it as OpenTelemetry's own messages say.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use nameplate_traces::{Collector, Span, Traces, Value};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{self as wire, span::SpanKind, status::StatusCode};
use prost::Message as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

type Sent = (http::request::Parts, ExportTraceServiceRequest);

/// Where it listens, and what comes.
async fn collector(status: u16) -> (String, mpsc::UnboundedReceiver<Sent>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let sender = sender.clone();
            let service = service_fn(move |request: http::Request<Incoming>| {
                let sender = sender.clone();
                async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await?.to_bytes();
                    let told = ExportTraceServiceRequest::decode(body).expect("a message");
                    let _ = sender.send((head, told));
                    let answer = http::Response::builder().status(status);
                    let answer = answer.body(Full::new(Bytes::new())).expect("an answer");
                    Ok::<_, hyper::Error>(answer)
                }
            });
            let connection = hyper::server::conn::http1::Builder::new();
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
        }
    });
    (format!("http://{address}"), receiver)
}

fn tls() -> rustls::ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

async fn stopped(traces: Traces) -> Result<(), nameplate_traces::Unfit> {
    let stopping = tokio::task::spawn_blocking(move || traces.stop());
    stopping.await.expect("it ends")
}

fn at(millis: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_790_000_000_000 + millis)
}

fn text(attributes: &[opentelemetry_proto::tonic::common::v1::KeyValue], name: &str) -> String {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    let found = attributes.iter().find(|pair| pair.key == name);
    let value = found.and_then(|pair| pair.value.as_ref()?.value.clone());
    match value {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

fn spans(sent: &ExportTraceServiceRequest) -> Vec<&wire::Span> {
    let scopes = sent.resource_spans.iter().flat_map(|one| &one.scope_spans);
    scopes.flat_map(|scope| &scope.spans).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_is_told_what_happened() {
    let (url, mut sent) = collector(200).await;
    let collector = Collector::at(&url, tls()).expect("an address");
    let traces = Traces::start(collector, "1.2.3").expect("started");
    let mut span = Span::new("first connection", at(0), at(30))
        .with("client.address", Some("192.0.2.1"))
        .with("nameplate.code", Some("policy-denied"))
        .with("nameplate.thing", None::<Value>);
    span.failed = Some("no policy allows it".to_owned());
    span.steps = vec![
        Span::new("tls", at(0), at(10)),
        Span::new("provisioned", at(10), at(25)).with("nameplate.steps", Some(3_i64)),
    ];
    traces.tell(None, span);
    stopped(traces).await.expect("all is sent");

    let (head, told) = sent.recv().await.expect("a batch");
    assert_eq!(head.uri.path(), "/v1/traces");
    assert_eq!(head.headers["content-type"], "application/x-protobuf");
    let resource = told.resource_spans[0]
        .resource
        .as_ref()
        .expect("a resource");
    assert_eq!(text(&resource.attributes, "service.name"), "nameplate");
    assert_eq!(text(&resource.attributes, "service.version"), "1.2.3");
    let spans = spans(&told);
    let named = |name: &str| {
        let found = spans.iter().find(|span| span.name == name);
        *found.expect("a span of this name")
    };
    let root = named("first connection");
    assert!(root.parent_span_id.is_empty() && root.trace_id.len() == 16);
    assert_eq!(root.kind, SpanKind::Server as i32);
    assert_eq!(root.start_time_unix_nano, 1_790_000_000_000_000_000);
    assert_eq!(
        root.end_time_unix_nano - root.start_time_unix_nano,
        30_000_000
    );
    assert_eq!(text(&root.attributes, "client.address"), "192.0.2.1");
    assert_eq!(root.attributes.len(), 2);
    let status = root.status.as_ref().expect("a status");
    assert_eq!(status.code, StatusCode::Error as i32);
    assert_eq!(status.message, "no policy allows it");
    for (name, millis) in [("tls", 10), ("provisioned", 15)] {
        let step = named(name);
        assert_eq!(step.parent_span_id, root.span_id, "{name}");
        assert_eq!(step.trace_id, root.trace_id, "{name}");
        let took = step.end_time_unix_nano - step.start_time_unix_nano;
        assert_eq!(took, millis * 1_000_000, "{name}");
    }
    assert_eq!(
        text(&named("provisioned").attributes, "nameplate.steps"),
        "3"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_part_of_its_callers_trace() {
    let (url, mut sent) = collector(200).await;
    let collector = Collector::at(&url, tls()).expect("an address");
    let traces = Traces::start(collector, "1").expect("started");
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let of = |flags: &str| format!("00-{trace}-00f067aa0ba902b7-{flags}");
    traces.tell(Some(&of("01")), Span::new("sampled", at(0), at(1)));
    // Whoever asked does not keep its own.
    traces.tell(Some(&of("00")), Span::new("not sampled", at(0), at(1)));
    for nonsense in ["", "00-x-y-01", "ff", "\u{1b}[2J"] {
        traces.tell(Some(nonsense), Span::new("of its own", at(0), at(1)));
    }
    stopped(traces).await.expect("all is sent");
    let (_, told) = sent.recv().await.expect("a batch");
    let spans = spans(&told);
    assert_eq!(spans.len(), 5);
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    for span in spans {
        match span.name.as_str() {
            "sampled" => {
                assert_eq!(hex(&span.trace_id), trace);
                assert_eq!(hex(&span.parent_span_id), "00f067aa0ba902b7");
            }
            name => {
                assert_eq!(name, "of its own");
                assert!(span.parent_span_id.is_empty());
                assert_ne!(hex(&span.trace_id), trace);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_refuses_or_is_away_holds_nobody_up() {
    let (url, mut sent) = collector(400).await;
    for url in [url.as_str(), "http://127.0.0.1:1"] {
        let collector = Collector::at(url, tls()).expect("an address");
        let traces = Traces::start(collector, "1").expect("started");
        for _ in 0..10_000 {
            traces.tell(None, Span::new("lost", at(0), at(1)));
        }
        let limit = tokio::time::timeout(Duration::from_secs(60), stopped(traces));
        let _ = limit.await.expect("it ends");
    }
    assert!(sent.recv().await.is_some());
}
