//! The Lambda Runtime API of one environment (AWS: Lambda guide, "Using the Lambda runtime API for custom runtimes"), on a
//! port of its own.
//!
//! Only carries: each request becomes an [`Event`], and whoever runs the environment decides.

use super::peer;
use crate::function::MAX_PAYLOAD;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// How long a runtime whose environment has been ended may go on before it is told so. The order to end it is on its way;
/// a client that is told first writes its complaint into the function's log.
const ENDING: Duration = Duration::from_secs(10);

/// What a runtime says.
pub(super) enum Event {
    /// It has nothing to do.
    Next(oneshot::Sender<Delivery>),
    /// It is done with an invocation.
    Answer {
        id: String,
        body: Body,
        /// Whether it failed, by its own word.
        failed: bool,
        ack: oneshot::Sender<StatusCode>,
    },
    /// It cannot start.
    InitError { body: Bytes },
    /// It is gone; its exit status, or [`SIGNALLED`](crate::confine::SIGNALLED) and the signal that ended it.
    Exited(i32),
}

pub(super) enum Body {
    Whole(Bytes),
    TooLarge,
}

/// An event on its way to a runtime.
pub(super) struct Delivery {
    pub headers: HeaderMap,
    pub payload: Bytes,
}

/// What the requests of one environment need.
pub(super) struct Desk {
    pub events: mpsc::Sender<Event>,
    /// The process under which everything of this environment is.
    pub helper: u32,
    /// What is answered for Amazon's root certificate.
    pub authority: Option<Bytes>,
}

/// Serves until the task is aborted.
pub(super) async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    let Ok(port) = listener.local_addr().map(|address| address.port()) else {
        return;
    };
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // No descriptor is free: the next one may be.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let helper = desk.helper;
            let ours = tokio::task::spawn_blocking(move || peer::belongs(helper, peer, port));
            if !ours.await.unwrap_or(false) {
                tracing::warn!(
                    target: "nameplate::functions",
                    "a process that is not the function's own connected to its Runtime API and was turned away"
                );
                return;
            }
            // With a delay, head and body of an answer in two segments take 40 ms.
            let _ = stream.set_nodelay(true);
            let service = service_fn(|request| {
                let desk = Arc::clone(&desk);
                async move { Ok::<_, Infallible>(answer(&desk, request).await) }
            });
            // A runtime that sends no HTTP, or goes away, is seen by its exit.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(desk: &Desk, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    if request.method() == Method::GET && path.starts_with("/repository/") {
        return match &desk.authority {
            Some(pem) => with(StatusCode::OK, "application/x-pem-file", pem.clone()),
            None => refusal(
                StatusCode::NOT_FOUND,
                "NotFound",
                "this server has no authority of its own",
            ),
        };
    }
    let Some(call) = path.strip_prefix("/2018-06-01/runtime/") else {
        return unknown(&path);
    };
    match (request.method(), call) {
        (&Method::GET, "invocation/next") => next(desk).await,
        (&Method::POST, "init/error") => match body(request).await {
            Ok((Body::Whole(body), _)) => {
                let _ = desk.events.send(Event::InitError { body }).await;
                accepted()
            }
            _ => refusal(
                StatusCode::BAD_REQUEST,
                "InvalidRequest",
                "the body cannot be read",
            ),
        },
        (&Method::POST, call) => {
            let Some((id, failed)) = call.strip_prefix("invocation/").and_then(|rest| {
                let (id, what) = rest.split_once('/')?;
                matches!(what, "response" | "error").then(|| (id.to_owned(), what == "error"))
            }) else {
                return unknown(&path);
            };
            done(desk, request, id, failed).await
        }
        _ => unknown(&path),
    }
}

async fn next(desk: &Desk) -> Response<Full<Bytes>> {
    let (sender, delivery) = oneshot::channel();
    if desk.events.send(Event::Next(sender)).await.is_ok()
        && let Ok(delivery) = delivery.await
    {
        let mut response = Response::new(Full::new(delivery.payload));
        *response.headers_mut() = delivery.headers;
        return response;
    }
    gone().await
}

async fn gone() -> Response<Full<Bytes>> {
    tokio::time::sleep(ENDING).await;
    refusal(StatusCode::GONE, "Gone", "this environment has been ended")
}

async fn done(
    desk: &Desk,
    request: Request<Incoming>,
    id: String,
    failed: bool,
) -> Response<Full<Bytes>> {
    let Ok((body, trailers)) = body(request).await else {
        return refusal(
            StatusCode::BAD_REQUEST,
            "InvalidRequest",
            "the body cannot be read",
        );
    };
    let too_large = matches!(body, Body::TooLarge);
    // A streamed answer that broke off says so after it.
    let broken = trailers.and_then(|trailers| {
        trailers.get("lambda-runtime-function-error-type")?;
        let text = trailers.get("lambda-runtime-function-error-body")?;
        STANDARD.decode(text).ok().map(Bytes::from)
    });
    let (body, failed) = match broken {
        Some(error) => (Body::Whole(error), true),
        None => (body, failed),
    };
    let (ack, status) = oneshot::channel();
    let event = Event::Answer {
        id,
        body,
        failed,
        ack,
    };
    let _ = desk.events.send(event).await;
    match status.await {
        Ok(StatusCode::ACCEPTED) if too_large => refusal(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            &format!("Exceeded maximum allowed payload size ({MAX_PAYLOAD} bytes)."),
        ),
        Ok(StatusCode::ACCEPTED) => accepted(),
        Ok(status) => refusal(status, "InvalidRequestID", "no such invocation is running"),
        Err(_) => gone().await,
    }
}

async fn body(request: Request<Incoming>) -> Result<(Body, Option<HeaderMap>), ()> {
    match Limited::new(request.into_body(), MAX_PAYLOAD)
        .collect()
        .await
    {
        Ok(whole) => {
            let trailers = whole.trailers().cloned();
            Ok((Body::Whole(whole.to_bytes()), trailers))
        }
        Err(e) if e.is::<LengthLimitError>() => Ok((Body::TooLarge, None)),
        Err(_) => Err(()),
    }
}

fn with(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn accepted() -> Response<Full<Bytes>> {
    with(
        StatusCode::ACCEPTED,
        "application/json",
        Bytes::from_static(b"{\"status\":\"OK\"}\n"),
    )
}

fn refusal(status: StatusCode, kind: &str, message: &str) -> Response<Full<Bytes>> {
    with(
        status,
        "application/json",
        crate::function::error_payload(kind, message),
    )
}

fn unknown(path: &str) -> Response<Full<Bytes>> {
    let message = format!("the Runtime API has no {path}");
    refusal(StatusCode::NOT_FOUND, "NotFound", &message)
}
