//! What is told of a request once it is answered: for operators, in the access log of its stage, and in the execution log
//! of its API. [API Gateway developer guide: Set up CloudWatch logging for REST APIs; Variables for access logging]
//!
//! Owns what the lines say. Where they are kept is `app::log_groups`'s, who may write them `app::gateway`'s.

use super::{Failed, Found, fault};
use crate::api::{Content, Response};
use crate::app::App;
use crate::app::functions::FromOutside;
use crate::app::gateway::Method;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::escape;
use nameplate_core::gateway::log::{self, Level};
use nameplate_core::vending::gateway::{Asked, extended_id};
use serde_json::{Value, json};
use std::sync::Arc;
use time::OffsetDateTime;

/// What is known of a request.
#[derive(Default)]
pub(super) struct Record {
    /// Of a request that leads to a function.
    pub(super) function: Option<FromOutside>,
    /// `$context`, where something is logged.
    pub(super) context: Value,
    /// What the integration answered.
    pub(super) backend: Backend,
    /// Id of the API and name of the stage.
    place: (String, String),
    /// Whether it is a REST API or an HTTP API; none where it is neither, or not known.
    rest: Option<bool>,
    /// Path of the resource and the method, where its requests are counted.
    counted: Option<(String, String)>,
    /// The destination's ARN and the format of an access log.
    access: Option<(String, String)>,
    level: Level,
    /// Whether data of requests and answers is logged.
    traced: bool,
    /// Values of the request that no line may have.
    secrets: Vec<String>,
    lines: Vec<(Millis, String)>,
}

/// What is known of an integration's answer.
#[derive(Debug, Default)]
pub(super) struct Backend {
    /// The status of the call.
    pub(super) status: Option<u16>,
    /// What it says itself, where that is another.
    pub(super) own_status: Option<u16>,
    pub(super) request_id: Option<String>,
    /// Whether its function failed.
    pub(super) failed: bool,
    /// Milliseconds.
    latency: Option<i64>,
    error: Option<String>,
}

/// Header fields as execution logs have them.
pub(super) fn named_fields(fields: &[(String, String)]) -> String {
    log::named(
        fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

fn named_values(of: &Value) -> String {
    let members = of.as_object().into_iter().flatten();
    log::named(members.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())))
}

/// `Mon Apr 09 14:25:26 UTC 2018`
fn dated(seconds: i64) -> String {
    let format = time::macros::format_description!(
        "[weekday repr:short] [month repr:short] [day] [hour]:[minute]:[second] UTC [year]"
    );
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|at| at.format(&format).ok())
        .unwrap_or_default()
}

impl Record {
    /// One of which all is wanted, though nothing keeps it.
    pub(super) fn whole() -> Self {
        Self {
            rest: Some(true),
            level: Level::Info,
            traced: true,
            ..Self::default()
        }
    }

    /// Says which stage it is, and what that logs.
    pub(super) fn begin(&mut self, place: (&str, &str), settings: &Value, rest: bool) {
        self.place = (place.0.to_owned(), place.1.to_owned());
        self.rest = Some(rest);
        let text = |name: &str| settings[name].as_str().map(str::to_owned);
        self.access = text("destinationArn").zip(text("format"));
    }

    /// Whether it is a REST API or an HTTP API, as far as that is known.
    pub(super) fn is_rest(&self) -> Option<bool> {
        self.rest
    }

    /// Says how much of the method's executions is logged.
    pub(super) fn of_method(&mut self, (level, traced): (Level, bool)) {
        self.level = level;
        self.traced = traced;
    }

    /// Says which method it is, and whether its requests are counted.
    pub(super) fn count(&mut self, (resource, method): (&str, &str), counted: bool) {
        self.counted = counted.then(|| (resource.to_owned(), method.to_owned()));
    }

    /// Counts the request, which is answered.
    pub(super) fn meter(&mut self, app: &Arc<App>, status: u16, began: Millis) {
        let Some((resource, method)) = self.counted.take() else {
            return;
        };
        let (api, stage) = self.place.clone();
        let of = Method {
            api,
            stage,
            resource,
            method,
        };
        app.gateway.meter(of, status, app.now().0 - began.0);
    }

    /// Whether something is logged.
    pub(super) fn is_kept(&self) -> bool {
        self.access.is_some() || self.level != Level::Off
    }

    /// A step.
    pub(super) fn step(&mut self, app: &Arc<App>, what: impl FnOnce() -> String) {
        if self.level == Level::Info {
            self.lines.push((app.now(), what()));
        }
    }

    /// Keeps values out of what follows.
    pub(super) fn hide(&mut self, values: &[String]) {
        self.secrets.extend_from_slice(values);
    }

    /// What a step had before it.
    pub(super) fn data(&mut self, app: &Arc<App>, name: &str, what: impl FnOnce() -> String) {
        if self.traced && self.level == Level::Info {
            let what = log::without(what(), &self.secrets);
            let line = format!("{name}: {}", log::cut(&what));
            self.lines.push((app.now(), line));
        }
    }

    fn failure(&mut self, app: &Arc<App>, what: impl FnOnce() -> String) {
        if self.level != Level::Off {
            self.lines.push((app.now(), what()));
        }
    }

    /// A request whose caller may: it goes to its method.
    pub(super) fn started(&mut self, app: &Arc<App>, (found, asked): (&Found<'_>, &Asked<'_>)) {
        if self.level != Level::Info {
            return;
        }
        let secrets = asked.headers.iter();
        let secrets = secrets.filter(|(name, value)| log::is_secret(name) && !value.is_empty());
        self.secrets = secrets.map(|(_, value)| value.clone()).collect();
        let (api, stage, id) = (&asked.via.api, &asked.via.stage, asked.request_id);
        let path = &found.matched.path;
        let method = asked.method;
        let key = found.matched.method["apiKeyRequired"] == true;
        let known = asked.via.identity.get("apiKeyId").and_then(Value::as_str);
        self.step(app, || format!("Extended Request Id: {}", extended_id(id)));
        if key {
            let known = known.unwrap_or_default();
            self.step(app, || {
                format!(
                    "Usage Plan check succeeded for API Key ID {known} and API Stage {api}/{stage}"
                )
            });
        } else {
            self.step(app, || {
                format!(
                    "API Key authorized because method '{method} {path}' does not require API Key. Request will not \
                     contribute to throttle or quota limits"
                )
            });
        }
        self.step(app, || format!("Starting execution for request: {id}"));
        self.step(app, || {
            format!("HTTP Method: {method}, Resource Path: {path}")
        });
        self.data(app, "Method request path", || {
            named_values(&asked.via.parameters)
        });
        self.data(app, "Method request query string", || {
            named_fields(asked.pairs)
        });
        self.data(app, "Method request headers", || {
            named_fields(asked.headers)
        });
        self.data(app, "Method request body before transformations", || {
            String::from_utf8_lossy(asked.body).into_owned()
        });
    }

    /// The integration is through.
    pub(super) fn integrated(
        &mut self,
        app: &Arc<App>,
        of: Option<&Found<'_>>,
        began: Millis,
        answered: &Result<Response, Failed>,
    ) {
        if !self.is_kept() {
            return;
        }
        let latency = app.now().0 - began.0;
        self.backend.latency = Some(latency);
        if let Some(status) = self.backend.status {
            self.step(app, || {
                format!("Received response. Status: {status}, Integration latency: {latency} ms")
            });
        }
        match answered {
            Ok(response) => {
                let fields = response.headers.iter();
                let fields = fields.map(|(name, value)| (name.as_ref(), value.as_str()));
                let named = log::named(fields);
                self.data(app, "Method response body after transformations", || {
                    let Content::Bytes(body) = &response.body else {
                        return String::new();
                    };
                    String::from_utf8_lossy(body).into_owned()
                });
                self.data(app, "Method response headers", || named);
                self.step(app, || "Successfully completed execution".to_owned());
            }
            Err(failed) => {
                let why = failed.told_to_operators();
                self.backend.error = Some(why.clone());
                let proxy = of.is_some_and(|found| {
                    found.matched.method["methodIntegration"]["type"] == "AWS_PROXY"
                });
                let lambda = self.backend.failed;
                self.failure(app, || match (failed.status, proxy) {
                    (504, _) => format!("Execution failed due to a timeout error: {why}"),
                    (502, _) if lambda => format!(
                        "Lambda execution failed with status 200 due to customer function error: {why}"
                    ),
                    (502, true) => format!(
                        "Execution failed due to configuration error: Malformed Lambda proxy response: {why}"
                    ),
                    _ => format!("Execution failed due to configuration error: {why}"),
                });
            }
        }
    }

    /// Keeps what access logs have of a refusal.
    pub(super) fn refused(&mut self, failed: &Failed) {
        if self.access.is_none() || !self.context.is_object() {
            return;
        }
        let told = |name: &str| failed.body.get(name).filter(|text| text.is_string());
        let message = told("message").or_else(|| told("Message")).cloned();
        let message = message.unwrap_or_default();
        let kind = fault::response(failed.status, &message);
        self.context["error"] = json!({
            "message": message,
            "messageString": message.to_string(),
            "responseType": kind,
            "validationErrorString": failed.more.detail,
        });
        self.context["integrationErrorMessage"] = json!(self.backend.error);
    }

    /// The end of an execution's log.
    pub(super) fn completed(&mut self, app: &Arc<App>, status: u16) {
        let what = || format!("Method completed with status: {status}");
        match status {
            500.. => self.failure(app, what),
            _ => self.step(app, what),
        }
    }

    /// An execution's log, as whoever tries something is shown it.
    pub(super) fn log(&self, request: &str) -> String {
        let mut log = format!("Execution log for request {request}\n");
        for (at, line) in &self.lines {
            log.push_str(&format!("{} : {line}\n", dated(at.as_seconds())));
        }
        log
    }

    /// Writes what the stage logs. What cannot be written keeps nobody from the answer.
    pub(super) async fn write(
        mut self,
        app: &Arc<App>,
        ctx: &Ctx,
        (status, length): (u16, Option<usize>),
    ) {
        if !self.is_kept() || !self.context.is_object() {
            return;
        }
        if self.level != Level::Off {
            self.completed(app, status);
            let id = &ctx.request_id;
            let lines = self.lines.iter();
            let lines = lines.map(|(at, line)| (at.0, format!("({id}) {line}")));
            let lines: Vec<_> = lines.collect();
            let (api, stage) = &self.place;
            let group = format!("API-Gateway-Execution-Logs_{api}/{stage}");
            if !lines.is_empty() {
                self.put(app, ctx, &group, lines).await;
            }
        }
        let Some((arn, format)) = self.access.take() else {
            return;
        };
        let now = app.now();
        let backend = std::mem::take(&mut self.backend);
        let own = backend.own_status.or(backend.status);
        self.context["status"] = json!(status);
        self.context["responseLength"] = json!(length);
        self.context["responseLatency"] = json!(now.0 - ctx.now.0);
        self.context["integrationLatency"] = json!(backend.latency);
        self.context["integrationStatus"] = json!(backend.status);
        self.context["integration"] = json!({
            "error": backend.error,
            "integrationStatus": backend.status,
            "latency": backend.latency,
            "requestId": backend.request_id,
            "status": own,
        });
        let line = log::line(&format, &self.context);
        // It was looked at when it was set.
        match log::destination(&arn, &ctx.realm) {
            Ok(group) => self.put(app, ctx, group, vec![(now.0, line)]).await,
            Err(why) => tracing::warn!("an access log goes nowhere: {why}"),
        }
    }

    async fn put(&self, app: &Arc<App>, ctx: &Ctx, group: &str, lines: Vec<(i64, String)>) {
        let (api, stage) = &self.place;
        let put = async {
            // HTTP APIs write as the service, by leave of whoever set it.
            if self.rest == Some(true) {
                app.gateway.check_may_log(ctx, group).await?;
            }
            app.log_groups.deliver(group, (api, stage), lines).await
        };
        if let Err(error) = put.await {
            let (group, why) = (escape::line(group), escape::line(&error.message));
            tracing::warn!("the log group {group} does not get what {api} logs: {why}");
        }
    }
}
