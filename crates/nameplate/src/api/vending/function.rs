//! `/vending/functions/FUNCTION[/PATH]`: a device's request goes to a function of the owner's, as through API Gateway.

use super::{Device, Request, Response};
use crate::api::Content;
use crate::app::functions::{Answered, FromOutside, How, Source};
use crate::app::{App, Error, Kind};
use bytes::Bytes;
use nameplate_aws::uri;
use nameplate_core::escape;
use nameplate_core::vending::gateway::{Asked, DOOR_TAG, Format, Malformed, SERVICE, Via, read};
use serde_json::json;
use std::time::Duration;

/// How long a function may take: what API Gateway waits at most (its quotas, integration timeout).
const LIMIT: Duration = Duration::from_secs(29);

/// Calls the function and answers what it says. Why a request fails is for the owner, in the log.
pub(super) async fn answer(
    app: &App,
    request: &Request<'_>,
    device: &Device<'_>,
    name: &str,
    path: &str,
) -> Response {
    let mut format = Format::Proxy1;
    let (address, guess) = (device.address.ip(), format!("function {name}"));
    if let Some(seconds) = app.vending.may_guess(&guess, address).await {
        return too_often(app, seconds);
    }
    let mut noted = None;
    let outcome = call(app, request, device, (name, path), &mut format, &mut noted).await;
    let why = outcome.as_ref().err().map(Failed::why);
    let (answer, counted) = match outcome {
        Ok(answer) => (answer, "answered"),
        Err(failed) => {
            let name = escape::line(name);
            tracing::warn!("a request to the function {name} failed: {}", failed.why());
            // Whoever tries names one after the other shall not find one that is there.
            if failed.counted() == "refused"
                && let Some(seconds) = app.vending.guessed(&guess, address, false)
            {
                return too_often(app, seconds);
            }
            (failed.told(format), failed.counted())
        }
    };
    app.metrics().vending("function", counted);
    if let Some(noted) = &noted {
        app.functions
            .keep_request(noted, answer.status, why.as_deref());
    }
    answer
}

fn too_often(app: &App, seconds: u32) -> Response {
    app.metrics().vending("function", "too_often");
    let mut answer = told(429, "Too Many Requests");
    let wait = seconds.to_string();
    answer.headers.push(("retry-after".into(), wait));
    answer
}

/// Why a request is not answered by its function.
enum Failed {
    /// The device's body is not what the function is called with.
    Body(Malformed),
    /// The owner has set something that means nothing.
    Setting(String),
    /// It was not called, or not to its end.
    Call(Error),
    /// It failed, or returned what is no answer.
    Answer(String),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl Failed {
    fn why(&self) -> String {
        let text = match self {
            Failed::Body(why) => why.to_string(),
            Failed::Setting(why) | Failed::Answer(why) => why.clone(),
            Failed::Call(error) => match &error.source {
                Some(source) => format!("{}: {source}", error.message),
                None => error.message.clone(),
            },
        };
        escape::line(&text).into_owned()
    }

    fn counted(&self) -> &'static str {
        match self {
            Failed::Body(_) => "malformed",
            Failed::Call(error) => match error.kind {
                Kind::NotFound | Kind::Invalid | Kind::Denied => "refused",
                Kind::Throttled(_) => "too_often",
                _ => "unavailable",
            },
            Failed::Setting(_) | Failed::Answer(_) => "unavailable",
        }
    }

    /// In API Gateway's statuses and words. Functions that are not there and those that are not opened are one answer.
    fn told(&self, format: Format) -> Response {
        let http_api = format == Format::Proxy2;
        let (status, text) = match self {
            Failed::Body(why) => (400, why.0.as_str()),
            Failed::Call(error) => match error.kind {
                Kind::NotFound | Kind::Invalid | Kind::Denied => (403, "Forbidden"),
                Kind::Throttled(_) => (429, "Too Many Requests"),
                Kind::Unavailable if http_api => (503, "Service Unavailable"),
                Kind::Unavailable => (504, "Endpoint request timed out"),
                Kind::Function(_) => (413, "Request Too Long"),
                _ => (500, "Internal server error"),
            },
            Failed::Setting(_) => (500, "Internal server error"),
            Failed::Answer(_) if http_api => (500, "Internal Server Error"),
            Failed::Answer(_) => (502, "Internal server error"),
        };
        told(status, text)
    }
}

fn told(status: u16, text: &str) -> Response {
    Response {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: Content::Bytes(json!({"message": text}).to_string().into_bytes()),
    }
}

async fn call(
    app: &App,
    request: &Request<'_>,
    device: &Device<'_>,
    (name, path): (&str, &str),
    format: &mut Format,
    noted: &mut Option<FromOutside>,
) -> Result<Response, Failed> {
    let tags = app.functions.function_tags(name).await?;
    if let Some((_, value)) = tags.iter().find(|(key, _)| key == DOOR_TAG) {
        *format = Format::parse(value).ok_or_else(|| {
            Failed::Setting(format!(
                "its tag {DOOR_TAG} is none of 1.0, 2.0 and body: {value}"
            ))
        })?;
    }
    let ctx = app.ctx();
    let (_, query) = uri::split_target(request.target);
    let pairs = uri::query_pairs(query);
    let headers = request.fields();
    let source_ip = device.address.ip().to_canonical().to_string();
    let asked = Asked {
        method: request.method,
        via: Via::door(name, path),
        path,
        query,
        pairs: &pairs,
        headers: &headers,
        body: request.body,
        source_ip: &source_ip,
        secure: device.secure,
        request_id: &ctx.request_id,
        now: ctx.now,
        realm: &ctx.realm,
    };
    let noted = noted.insert(FromOutside {
        began: ctx.now,
        address: device.address.ip(),
        secure: device.secure,
        request: format!("{} {}", request.method, asked.path_or_root()),
        api: None,
        function: name.to_owned(),
        serial: asked.serial(),
        called: None,
    });
    let event = asked.event(*format).map_err(Failed::Body)?;
    let source = Source {
        service: SERVICE,
        role: None,
        arn: asked.source_arn(),
    };
    let payload = Bytes::from(event.to_string());
    let (answered, came) = app
        .functions
        .invoke_for_request(&ctx, &source, name, payload, How::Within(LIMIT))
        .await;
    noted.called = came;
    let answered = answered?.ok_or_else(|| Failed::Answer("it was not waited for".into()))?;
    returned(&answered, *format)
}

fn returned(answered: &Answered, format: Format) -> Result<Response, Failed> {
    if let Some(failure) = answered.failure() {
        return Err(Failed::Answer(failure));
    }
    let answer = read(format, &answered.payload).map_err(|why| Failed::Answer(why.to_string()))?;
    let headers = answer.headers.into_iter();
    Ok(Response {
        status: answer.status,
        headers: headers.map(|(name, value)| (name.into(), value)).collect(),
        body: Content::Bytes(answer.body),
    })
}
