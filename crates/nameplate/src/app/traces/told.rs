//! Traces that are told: what happened becomes spans, at its end.

use super::Called;
use crate::app::{Clock, Error, Result};
use crate::outbound::http;
use nameplate_aws::headers::Headers;
use nameplate_core::ctx::Millis;
use nameplate_store::AttemptRow;
use nameplate_traces::{Collector, Span, Unfit};
use parking_lot::Mutex;
use serde_json::Value;
use std::cell::RefCell;
use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime};

/// Steps of one call that are told; what is behind them is in the whole.
const STEPS: usize = 64;

tokio::task_local! {
    static UNDER_WAY: RefCell<Vec<Step>>;
}

/// A step of the call under way, by the time since it began.
struct Step {
    name: &'static str,
    began: Instant,
    ended: Instant,
}

/// What is told of, where a collector was named.
#[derive(Debug)]
pub struct Traces(Option<Telling>);

#[derive(Debug)]
struct Telling {
    traces: nameplate_traces::Traces,
    clock: Clock,
}

/// A call that has begun.
pub(crate) struct Begun<'a> {
    telling: Option<&'a Telling>,
    at: Millis,
    since: Instant,
    steps: Mutex<Vec<Step>>,
}

fn unfit(why: Unfit) -> Error {
    Error::invalid(format!("traces: {}", why.0))
}

impl Traces {
    /// Nothing is sent anywhere.
    pub fn none() -> Self {
        Self(None)
    }

    /// Sends to this collector from now on.
    ///
    /// # Errors
    /// The address is none of a collector's, or a variable of OpenTelemetry's is wrong.
    pub fn start(collector: &str, clock: Clock) -> Result<Self> {
        let tls = http::tls().map_err(|broken| Error::internal(broken.0))?;
        let collector = Collector::at(collector, tls).map_err(unfit)?;
        let traces = nameplate_traces::Traces::start(collector, env!("CARGO_PKG_VERSION"));
        let traces = traces.map_err(unfit)?;
        Ok(Self(Some(Telling { traces, clock })))
    }

    /// Sends what waits, and nothing from then on. Blocks.
    pub fn stop(&self) {
        if let Some(telling) = &self.0
            && let Err(why) = telling.traces.stop()
        {
            tracing::warn!("not all traces have reached their collector: {}", why.0);
        }
    }

    /// Tells what a device met.
    pub(crate) fn attempt(&self, row: &AttemptRow) {
        if let Some(telling) = &self.0
            && let Ok(record) = serde_json::from_str(&row.record)
        {
            telling.traces.tell(None, span_of(&record));
        }
    }

    /// A call begins.
    pub(crate) fn begin(&self) -> Begun<'_> {
        let telling = self.0.as_ref();
        Begun {
            telling,
            at: telling.map_or(Millis(0), |telling| (telling.clock)()),
            since: Instant::now(),
            steps: Mutex::default(),
        }
    }
}

impl Begun<'_> {
    /// Does the work, whose steps are this call's.
    pub(crate) async fn within<F: Future>(&self, work: F) -> F::Output {
        if self.telling.is_none() {
            return work.await;
        }
        let steps = RefCell::default();
        UNDER_WAY
            .scope(steps, async {
                let done = work.await;
                let steps = UNDER_WAY.with(RefCell::take);
                *self.steps.lock() = steps;
                done
            })
            .await
    }

    /// Tells of it; of whose trace it is a part, the header `traceparent` says.
    pub(crate) fn ended(self, headers: &Headers<'_>, called: &Called<'_>) {
        let Some(telling) = self.telling else {
            return;
        };
        let began = time(self.at);
        let at = |instant: Instant| began + instant.saturating_duration_since(self.since);
        let name = format!("{}.{}", called.service, called.operation);
        let mut span = Span::new(name, began, at(Instant::now()))
            .with("rpc.system", Some("aws-api"))
            .with("rpc.service", Some(called.service))
            .with("rpc.method", Some(called.operation))
            .with("aws.request_id", Some(called.request_id.to_owned()))
            .with("http.response.status_code", Some(i64::from(called.status)))
            .with(
                "client.address",
                Some(called.source.to_canonical().to_string()),
            );
        if called.status >= 500 {
            span.failed = Some(called.status.to_string());
        }
        let steps = self.steps.into_inner().into_iter();
        span.steps = steps
            .map(|step| Span::new(step.name, at(step.began), at(step.ended)))
            .collect();
        let caller = headers.text("traceparent");
        telling.traces.tell(caller.as_deref(), span);
    }
}

/// A step of the call under way, if there is one.
pub(crate) async fn step<F: Future>(name: &'static str, work: F) -> F::Output {
    let began = Instant::now();
    let done = work.await;
    // Work that is no call's has no steps.
    let _ = UNDER_WAY.try_with(|steps| {
        let mut steps = steps.borrow_mut();
        if steps.len() < STEPS {
            steps.push(Step {
                name,
                began,
                ended: Instant::now(),
            });
        }
    });
    done
}

fn time(at: Millis) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(at.0.max(0).unsigned_abs())
}

/// Members of a record that a span has as attributes.
const MEMBERS: &[(&str, &str)] = &[
    ("listener", "nameplate.listener"),
    ("flow", "nameplate.flow"),
    ("code", "nameplate.code"),
    ("clientId", "nameplate.client_id"),
    ("certificateId", "nameplate.certificate_id"),
    ("serialNumber", "nameplate.serial_number"),
    ("thingName", "nameplate.thing"),
    ("template", "nameplate.template"),
    ("function", "nameplate.function"),
    ("tls", "tls.protocol"),
    ("serverName", "server.address"),
];

/// A record of what a device met, as it is shown by `explain`.
fn span_of(record: &Value) -> Span {
    let text = |member: &str| record[member].as_str();
    let at = |value: &Value| value.as_i64().map(|at| time(Millis(at)));
    let began = at(&record["at"]).unwrap_or(SystemTime::UNIX_EPOCH);
    let ended = at(&record["endedAt"]).unwrap_or(began);
    let name = match text("flow") {
        Some("jitp" | "jitr") => "first connection",
        Some(_) => "provisioning",
        None => "connection",
    };
    let mut span = Span::new(name, began, ended);
    for (member, attribute) in MEMBERS {
        span = span.with(attribute, text(member).map(str::to_owned));
    }
    if let Some(address) = text("address").and_then(|address| address.parse::<SocketAddr>().ok()) {
        span = span
            .with(
                "client.address",
                Some(address.ip().to_canonical().to_string()),
            )
            .with("client.port", Some(i64::from(address.port())));
    }
    let mut since = began;
    for stage in record["stages"].as_array().into_iter().flatten() {
        let until = at(&stage["at"]).unwrap_or(since);
        let named = stage["stage"].as_str().unwrap_or_default().to_owned();
        let step = Span::new(named, since, until);
        let detail = stage["detail"].as_str();
        span.steps
            .push(step.with("nameplate.detail", detail.map(str::to_owned)));
        since = until.max(since);
    }
    let failed = text("failedStage").map(str::to_owned);
    if let Some(stage) = failed {
        let why = text("reason").unwrap_or_default().to_owned();
        let mut step = Span::new(stage, since, ended);
        step.failed = Some(why.clone());
        span.steps.push(step);
        span.failed = Some(why);
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_becomes_a_span_with_its_stages() {
        let record = json!({
            "at": 1000, "endedAt": 1040, "listener": "mqtt", "address": "192.0.2.1:5", "clientId": "lamp",
            "flow": "jitp", "failedStage": "authorized", "code": "policy-denied", "reason": "no policy",
            "stages": [{"stage": "tls", "at": 1010}, {"stage": "provisioned", "at": 1030, "detail": "3 steps"}],
        });
        let span = span_of(&record);
        assert_eq!(
            (&*span.name, span.failed.as_deref()),
            ("first connection", Some("no policy"))
        );
        let millis =
            |from: SystemTime, to: SystemTime| to.duration_since(from).map(|took| took.as_millis());
        let steps: Vec<(String, u128, bool)> = span
            .steps
            .iter()
            .map(|step| {
                let took = millis(step.began, step.ended).expect("it ends behind its beginning");
                (step.name.to_string(), took, step.failed.is_some())
            })
            .collect();
        let wanted = [
            ("tls", 10, false),
            ("provisioned", 20, false),
            ("authorized", 10, true),
        ];
        assert_eq!(
            steps,
            wanted.map(|(name, took, failed)| (name.to_owned(), took, failed))
        );
        assert_eq!(
            span_of(&json!({"at": 5, "code": "connected"})).name,
            "connection"
        );
    }
}
