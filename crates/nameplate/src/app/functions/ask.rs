//! Asking a function on behalf of a service that cannot go on without its answer: hooks, authorizers, callbacks.

use super::{Functions, How, Refusal, Source};
use crate::app::error::{Error, Kind, log_failure};
use bytes::Bytes;
use nameplate_core::ctx::Ctx;
use nameplate_core::escape;
use serde::Serialize;
use std::time::Duration;

/// Characters of what a function says of its failure that are passed on: records are kept by the thousand.
const SHOWN: usize = 600;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// There is no such function.
    Absent,
    /// Its own policy does not let the service call it.
    NotPermitted,
    /// More calls than it takes at once.
    Throttled,
    /// No answer in time.
    Late,
    /// It ended with an error of its own, or cannot be run.
    Failed,
    /// This server could not call it.
    Internal,
}

/// A function that gave no answer, with the reason in words for the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Why.
    pub why: Silence,
    /// In words, escaped, with what the function itself said.
    pub reason: String,
}

impl From<Error> for Unanswered {
    fn from(error: Error) -> Self {
        let why = match error.kind {
            Kind::NotFound => Silence::Absent,
            Kind::Denied => Silence::NotPermitted,
            Kind::Throttled(_) => Silence::Throttled,
            Kind::Function(Refusal::Late) => Silence::Late,
            Kind::Function(_) | Kind::NotBuilt | Kind::Invalid => Silence::Failed,
            _ => Silence::Internal,
        };
        if why == Silence::Internal {
            log_failure!(error, error = ?error, "a function could not be asked: {error:?}");
        }
        Self {
            why,
            reason: shown(&error.message),
        }
    }
}

fn shown(text: &str) -> String {
    let bounded: String = text.chars().take(SHOWN).collect();
    escape::line(&bounded).into_owned()
}

impl Functions {
    /// Asks the function and waits for its answer, as JSON text. `limit` holds for everything: the start of a process
    /// that is not there yet as well.
    pub async fn ask(
        &self,
        ctx: &Ctx,
        source: &Source,
        function: &str,
        event: &impl Serialize,
        limit: Duration,
    ) -> Result<Bytes, Unanswered> {
        let event = serde_json::to_vec(event).map_err(Error::internal)?;
        let call = self.invoke_for_service(ctx, source, function, event.into(), How::Within(limit));
        // The host counts from when it has a place for the call; what comes before counts as well.
        let answered = match tokio::time::timeout(limit, call).await {
            Ok(answered) => answered?,
            Err(_) => {
                return Err(Unanswered {
                    why: Silence::Late,
                    reason: format!(
                        "the function {function} did not answer within {} s",
                        limit.as_secs_f32()
                    ),
                });
            }
        };
        let answered =
            answered.ok_or_else(|| Error::internal("a call that was waited for has no answer"))?;
        let Some(failure) = answered.failure() else {
            return Ok(answered.payload);
        };
        let mut reason = format!("the function {function} failed: {}", shown(&failure));
        if let Some(line) = answered.last_line() {
            reason.push_str(&format!("; its last line: {}", shown(&line)));
        }
        Err(Unanswered {
            why: Silence::Failed,
            reason,
        })
    }
}
