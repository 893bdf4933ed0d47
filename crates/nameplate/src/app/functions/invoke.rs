//! Calling a function. API: Invoke.

use super::refusal::failed;
use super::request::CameOf;
use super::{Functions, Refusal};
use crate::app::cached::Kept;
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::iam::NoRole;
use crate::app::ids;
use bytes::Bytes;
use nameplate_core::ctx::Ctx;
use nameplate_core::function::{Event, LATEST, Reference, payload};
use nameplate_core::policy::Request;
use nameplate_core::policy::caller::service_context;
use nameplate_core::policy::iam::{Principal, decide_for_resource};
use nameplate_functions::{Invocation, MAX_REQUEST};
use std::time::Duration;

/// The action that a function's own policy must allow.
const INVOKE: &str = "lambda:InvokeFunction";
/// Bytes of a call that is taken for later (AWS Lambda quotas).
const EVENT_BYTES: usize = 1_048_576;

/// A call of a function.
#[derive(Debug, Clone, Default)]
pub struct Call {
    /// The event, JSON.
    pub payload: Bytes,
    /// How many functions called one another before it.
    pub depth: u32,
    /// What the client says of itself, JSON.
    pub client_context: Option<String>,
    /// How long to wait for the answer; `None` as long as the function may take.
    pub patience: Option<Duration>,
    /// The root of the trace that it belongs to; `None` begins one.
    pub root: Option<String>,
    /// The id of the request that calls, which is the handler's then; `None` makes one.
    pub request_id: Option<String>,
}

/// What a function answered.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The request's id, which the function's log lines carry.
    pub request_id: String,
    /// The version that ran.
    pub version: String,
    /// JSON.
    pub payload: Bytes,
    /// Whether it failed, and how AWS calls that.
    pub function_error: Option<&'static str>,
    /// The end of what it printed.
    pub log_tail: Vec<u8>,
}

impl Answered {
    /// What it failed with, for an operator: the error's type and text.
    pub fn failure(&self) -> Option<String> {
        self.function_error?;
        let told: serde_json::Value = serde_json::from_slice(&self.payload).unwrap_or_default();
        let text = |name: &str| told[name].as_str().unwrap_or_default().to_owned();
        Some(match (text("errorType"), text("errorMessage")) {
            (kind, message) if kind.is_empty() => message,
            (kind, message) => format!("{kind}: {message}"),
        })
    }

    /// The last line that the handler printed, its tabs as spaces: without the service's own lines, and without those in
    /// which a runtime client tells the failure once more.
    pub fn last_line(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.log_tail);
        last_printed(&text)
    }
}

fn last_printed(log: &str) -> Option<String> {
    let own = ["START ", "END ", "REPORT ", "INIT_"];
    let told = ["\tERROR\tInvoke Error", "\tERROR\tUncaught "];
    // Python's client tells the failure in several lines, which nothing of the handler's follows.
    let before = match log.rfind("\n[ERROR] ") {
        Some(at) => &log[..at],
        None if log.starts_with("[ERROR] ") => "",
        None => log,
    };
    let line = before.lines().rev().find(|line| {
        let is_own = own.iter().any(|own| line.starts_with(own));
        !line.trim().is_empty() && !is_own && !told.iter().any(|told| line.contains(told))
    })?;
    Some(line.trim().replace('\t', " "))
}

/// A service of AWS's that calls on behalf of something the owner made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The service's principal, such as `iot.amazonaws.com`.
    pub service: &'static str,
    /// ARN of the role that the service calls as; with none, it is the function's own policy that lets the service call.
    pub role: Option<String>,
    /// ARN of what the owner made: a topic rule, a template, an authorizer.
    pub arn: String,
}

/// Name of the sessions of roles that services call functions as.
const SESSION: &str = "invocation";

/// How a service calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The call is taken durably, and made and tried again later.
    Later,
    /// The answer is waited for, so long at most.
    Within(Duration),
}

impl Functions {
    /// Calls a function and waits for its answer. Whether the caller may was asked before.
    pub async fn invoke(
        &self,
        caller: &Caller,
        name: &str,
        qualifier: Option<&str>,
        call: Call,
    ) -> Result<Answered> {
        let reference = self.reference(name, qualifier)?;
        let answered = self.run(&reference, call, None, &caller.ctx).await;
        answered.map_err(|error| self.as_called(&reference, error))
    }

    /// Of a function that is not there, AWS tells whoever calls it the version that would have run.
    fn as_called(&self, reference: &Reference, error: Error) -> Error {
        let absent = self.absent(reference);
        match reference.qualifier {
            None if error.kind == absent.kind && error.message == absent.message => {
                Error::not_found(format!("{}:{LATEST}", absent.message))
            }
            _ => error,
        }
    }

    /// Takes a call for later: durable when this returns. The request's id.
    pub async fn invoke_later(
        &self,
        caller: &Caller,
        name: &str,
        qualifier: Option<&str>,
        payload: Bytes,
        depth: u32,
    ) -> Result<String> {
        let reference = self.reference(name, qualifier)?;
        let target = self.target(&reference).await;
        target.map_err(|error| self.as_called(&reference, error))?;
        let id = caller.ctx.request_id.clone();
        self.take(&reference, payload, (depth, id), &caller.ctx)
            .await
    }

    /// Whether a function could be called so: it exists, and its runtime is here.
    pub async fn could_invoke(&self, name: &str, qualifier: Option<&str>) -> Result<()> {
        let reference = self.reference(name, qualifier)?;
        let target = self.target(&reference).await;
        let target = target.map_err(|error| self.as_called(&reference, error));
        target.map(drop)
    }

    /// Calls a function for a service, which the function's own policy or the role that the service calls as must allow. The answer is `None` where the call
    /// is made later.
    ///
    /// # Errors
    /// [`Kind::Denied`] where the policy does not, `NotFound` where there is no such function.
    pub async fn invoke_for_service(
        &self,
        ctx: &Ctx,
        source: &Source,
        function: &str,
        payload: Bytes,
        how: How,
    ) -> Result<Option<Answered>> {
        self.for_service(ctx, source, (function, None), payload, how)
            .await
    }

    /// The same for a request from outside, and what came of it where the function was called.
    pub async fn invoke_for_request(
        &self,
        ctx: &Ctx,
        source: &Source,
        function: &str,
        payload: Bytes,
        how: How,
    ) -> (Result<Option<Answered>>, Option<CameOf>) {
        let made = self.remember(trace_root());
        let root = Some(made.root.clone());
        let answered = self
            .for_service(ctx, source, (function, root), payload, how)
            .await;
        let called = match &answered {
            Ok(_) => true,
            Err(error) => !matches!(
                error.kind,
                Kind::Denied | Kind::NotFound | Kind::Invalid | Kind::Throttled(_)
            ),
        };
        let said = answered.as_ref().ok().and_then(Option::as_ref);
        let came = CameOf {
            certificates: made.certificates(),
            last_line: said.and_then(Answered::last_line),
        };
        (answered, called.then_some(came))
    }

    async fn for_service(
        &self,
        ctx: &Ctx,
        source: &Source,
        (function, root): (&str, Option<String>),
        payload: Bytes,
        how: How,
    ) -> Result<Option<Answered>> {
        let reference = self.reference(function, None)?;
        let heard = self.kernel.heard([Kept::Functions]);
        match self.service_may(ctx, source, &reference).await {
            Err(refused)
                if refused.kind == Kind::Denied && self.kernel.may_be_outdated(&heard).await? =>
            {
                self.service_may(ctx, source, &reference).await?;
            }
            decided => decided?,
        }
        self.called(ctx, &reference, root, payload, how).await
    }

    /// Refuses unless a service may call a function, by its role or by the function's own policy.
    async fn service_may(&self, ctx: &Ctx, source: &Source, reference: &Reference) -> Result<()> {
        let target = self.target(reference).await?;
        let arn = reference.arn(&ctx.realm);
        if let Some(role) = &source.role {
            let who = (source.service, source.arn.as_str());
            return self.role_may(ctx, who, role, (INVOKE, &arn)).await;
        }
        let allowed = target.policy().is_some_and(|policy| {
            let context = service_context(&ctx.realm, source.service, &source.arn, ctx.now);
            let request = Request {
                action: INVOKE,
                resource: &arn,
            };
            let principal = Principal::Service(source.service);
            decide_for_resource(policy, principal, request, &context).is_allowed()
        });
        if !allowed {
            return Err(Error::denied(format!(
                "the policy of the function {arn} does not let {} invoke it for {}; allow it with aws lambda \
                 add-permission --function-name {} --statement-id ID --action {INVOKE} --principal {} --source-arn {}",
                source.service, source.arn, reference.name, source.service, source.arn
            )));
        }
        Ok(())
    }

    /// Refuses unless a service may assume a role for what is named by an ARN, and the role may do something.
    ///
    /// # Errors
    /// [`Kind::Denied`], with what is missing.
    pub(crate) async fn role_may(
        &self,
        ctx: &Ctx,
        (service, arn): (&'static str, &str),
        role: &str,
        (action, resource): (&str, &str),
    ) -> Result<()> {
        let who = (service, SESSION);
        let asked = [(action, resource)];
        match self.iam.role_may(who, role, arn, &asked, ctx).await? {
            Ok(_) => Ok(()),
            Err(NoRole::Unassumed(why)) => Err(Error::denied(why)),
            Err(NoRole::Denied(_)) => Err(Error::denied(format!(
                "the policies of the role {role} do not allow {action} on {resource}"
            ))),
        }
    }

    async fn called(
        &self,
        ctx: &Ctx,
        reference: &Reference,
        root: Option<String>,
        payload: Bytes,
        how: How,
    ) -> Result<Option<Answered>> {
        match how {
            How::Later => {
                self.take(reference, payload, (0, ids::uuid()), ctx).await?;
                Ok(None)
            }
            How::Within(limit) => {
                let call = Call {
                    payload,
                    patience: Some(limit),
                    root,
                    ..Call::default()
                };
                self.run(reference, call, None, ctx).await.map(Some)
            }
        }
    }

    async fn take(
        &self,
        reference: &Reference,
        payload: Bytes,
        (depth, request_id): (u32, String),
        ctx: &Ctx,
    ) -> Result<String> {
        check_depth(reference, depth)?;
        if payload.len() > EVENT_BYTES {
            return Err(Refusal::TooLarge.because(format!(
                "{} byte payload is too large for the Event invocation type (limit {EVENT_BYTES} bytes)",
                payload.len()
            )));
        }
        if !payload.is_empty()
            && let Err(why) = payload::check(&payload)
        {
            return Err(Refusal::NotJson.because(why.to_string()));
        }
        let event = Event {
            key: 0,
            request_id,
            function: reference.name.clone(),
            qualifier: reference.qualifier.clone(),
            payload: payload.to_vec(),
            depth,
            attempts: 0,
            created: ctx.now,
            due: ctx.now,
        };
        let id = event.request_id.clone();
        self.enqueue(event).await?;
        Ok(id)
    }

    /// Runs a function once.
    pub(super) async fn run(
        &self,
        reference: &Reference,
        call: Call,
        request_id: Option<String>,
        ctx: &Ctx,
    ) -> Result<Answered> {
        if call.payload.len() > MAX_REQUEST {
            return Err(failed(nameplate_functions::Failure::PayloadTooLarge(
                call.payload.len(),
            )));
        }
        check_depth(reference, call.depth)?;
        // For a call that was taken for later, nobody waits.
        let depth = match request_id {
            Some(_) => 0,
            None => call.depth,
        };
        #[cfg(test)]
        if let Some(answer) = self.pretended.lock().get(&reference.name) {
            let event = payload::event_of(&call.payload);
            return answer(serde_json::from_slice(event).map_err(Error::internal)?);
        }
        let host = self.host()?;
        let target = self.target(reference).await?;
        let ready = target.choose(chance());
        self.assume(ready, ctx).await?;
        let invocation = Invocation {
            payload: call.payload,
            client_context: call.client_context,
            function_arn: reference.arn(&ctx.realm),
            trace_id: Some(trace(call.root, call.depth + 1)),
            request_id: request_id.or(call.request_id),
            depth,
            patience: call.patience,
        };
        let answer = host
            .invoke(std::sync::Arc::clone(&ready.function), invocation)
            .await
            .map_err(failed)?;
        Ok(Answered {
            request_id: answer.request_id,
            version: answer.version,
            payload: answer.payload,
            function_error: answer.function_error,
            log_tail: answer.log_tail,
        })
    }
}

/// Functions that may call one another in a row. AWS ends a circle at about as many (Lambda guide: recursive loops).
pub(super) const DEPTH: u32 = 16;
/// The part of a trace header that counts them. SDKs in a function send the header along with each call.
const LINEAGE: &str = "Lineage=";

fn check_depth(reference: &Reference, depth: u32) -> Result<()> {
    if depth < DEPTH {
        return Ok(());
    }
    tracing::warn!(
        target: "nameplate::functions",
        function = reference.name,
        "{DEPTH} functions called one another in a row, the last of them {}: the circle ends here",
        reference.name
    );
    Err(Refusal::Circle.because(format!(
        "Lambda has detected {DEPTH} functions that called one another in a row, and ends the circle."
    )))
}

/// The trace header of a call that so many functions stand before.
fn trace(root: Option<String>, depth: u32) -> String {
    let root = root.unwrap_or_else(trace_root);
    format!("Root={root};Sampled=0;{LINEAGE}{depth}")
}

/// The root of a trace of its own.
pub(super) fn trace_root() -> String {
    let root = ids::hex();
    format!("1-{}-{}", &root[..8], &root[8..])
}

/// How many functions called one another before a call with this trace header.
pub fn depth_of(trace: Option<&str>) -> u32 {
    let parts = trace.unwrap_or_default().split(';');
    let mut counted = parts.filter_map(|part| part.trim().strip_prefix(LINEAGE));
    counted
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0)
}

/// At least 0 and less than 1.
fn chance() -> f64 {
    let (high, _) = uuid::Uuid::new_v4().as_u64_pair();
    // 32 of its random bits.
    f64::from((high >> 32) as u32) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_handler_s() {
        let python = "START RequestId: 1 Version: $LATEST\nlooking\n[ERROR] Exception: no\nTraceback (most recent call \
                      last):\n  File\nEND RequestId: 1\nREPORT RequestId: 1\tDuration: 1 ms\t\n";
        assert_eq!(last_printed(python).as_deref(), Some("looking"));
        let node = "2026-11-27T07:43:33.690Z\t1\tINFO\tlooking\n2026-11-27T07:43:33.691Z\t1\tERROR\tInvoke Error \t{}\nEND \
                    RequestId: 1\n";
        let told = "2026-11-27T07:43:33.690Z 1 INFO looking";
        assert_eq!(last_printed(node).as_deref(), Some(told));
        assert_eq!(last_printed("START 1\nEND 1\n"), None);
        assert_eq!(last_printed("[ERROR] Exception: no\n  File\n"), None);
    }
}
