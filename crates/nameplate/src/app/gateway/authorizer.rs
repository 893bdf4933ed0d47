//! Lambda authorizers: asked, and their answers kept for as long as the owner says.

use super::{Gateway, Result};
use crate::app::caller::Caller;
use crate::app::error::Error;
use crate::app::functions::{How, Source};
use crate::app::ids;
use bytes::Bytes;
use nameplate_core::ctx::Ctx;
use nameplate_core::ctx::Millis;
use nameplate_core::gateway::policy::Authorized;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// The kind of the document, of which there is one, that is another whenever what authorizers said is forgotten.
pub(super) const FORGOTTEN: &str = "authorizers-forgotten";
/// How long an authorizer may take (API Gateway quotas: the integration timeout).
const LIMIT: Duration = Duration::from_secs(29);
/// Answers that are kept; beyond that all are forgotten.
const KEPT: usize = 10_000;

/// Why an authorizer lets nobody through.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// It said `Unauthorized`.
    Unauthorized,
    /// It failed, or said what is none of its answers; the reason, for the log.
    Failed(String),
}

impl Gateway {
    /// Forgets what authorizers said, at all nodes: they are asked anew.
    ///
    /// # Errors
    /// That the others cannot be told.
    pub async fn forget_said(&self, caller: &Caller) -> Result<()> {
        let now = ids::uuid();
        self.kernel
            .change(caller, "forget-said", move |tx| {
                Ok::<_, Error>(tx.put_gateway_document(FORGOTTEN, FORGOTTEN, &now)?)
            })
            .await?;
        self.said.lock().clear();
        Ok(())
    }

    /// Asks an authorizer's function, whose answers are `simple` or policies. `key` names all that its answer depends on; none where it is not to be kept.
    pub async fn authorize(
        &self,
        ctx: &Ctx,
        (source, function): (&Source, &str),
        event: Value,
        key: Option<(String, i64)>,
        simple: bool,
    ) -> Result<std::result::Result<Arc<Authorized>, Refused>> {
        let key = match key {
            Some((key, seconds)) => Some((self.since_forgotten(key).await?, seconds)),
            None => None,
        };
        if let Some((key, _)) = &key
            && let Some((until, said)) = self.said.lock().get(key)
            && *until > ctx.now
        {
            return Ok(Ok(Arc::clone(said)));
        }
        let payload = match self.ask_authorizer(ctx, (source, function), event).await? {
            Ok(payload) => payload,
            Err(refused) => return Ok(Err(refused)),
        };
        let said = match simple {
            true => Authorized::simple(&payload),
            false => Authorized::read(&payload),
        };
        let Some(said) = said.map(Arc::new) else {
            let wanted = match simple {
                true => "its answer has no isAuthorized, true or false",
                false => "its answer is no policy of a principal",
            };
            return Ok(Err(Refused::Failed(wanted.into())));
        };
        if let Some((key, seconds)) = key.filter(|(_, seconds)| *seconds > 0) {
            let mut kept = self.said.lock();
            if kept.len() >= KEPT {
                kept.clear();
            }
            kept.insert(key, (Millis(ctx.now.0 + seconds * 1000), Arc::clone(&said)));
        }
        Ok(Ok(said))
    }

    /// A key under which nothing is found that was kept before answers were forgotten last, wherever that was.
    async fn since_forgotten(&self, key: String) -> Result<String> {
        let served = self.kernel.cached(&self.served).await?;
        Ok(match &served.forgotten {
            Some(last) => format!("{last} {key}"),
            None => key,
        })
    }

    /// Calls an authorizer's function; what it answered.
    pub async fn ask_authorizer(
        &self,
        ctx: &Ctx,
        (source, function): (&Source, &str),
        event: Value,
    ) -> Result<std::result::Result<Bytes, Refused>> {
        let payload = event.to_string().into();
        let called =
            self.functions
                .invoke_for_service(ctx, source, function, payload, How::Within(LIMIT));
        let answered = match called.await {
            Ok(Some(answered)) => answered,
            Ok(None) => return Ok(Err(Refused::Failed("it was not waited for".into()))),
            Err(error) => return Ok(Err(Refused::Failed(error.message))),
        };
        if let Some(failure) = answered.failure() {
            // What AWS's guide has authorizers throw.
            let unauthorized = failure == "Unauthorized" || failure.ends_with(": Unauthorized");
            return Ok(Err(match unauthorized {
                true => Refused::Unauthorized,
                false => Refused::Failed(failure),
            }));
        }
        Ok(Ok(answered.payload))
    }
}
