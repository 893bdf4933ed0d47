//! API keys and usage plans, and whether a key may call a stage now.

use super::{Gateway, Result, read, written};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind};
use crate::app::spent::Spend;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::usage::{Limits, Over};
use serde_json::Value;

/// Usage of so many pairs of plan and key is counted; beyond that all are forgotten.
const COUNTED: usize = 100_000;

/// What a key is let through with, or why not.
#[derive(Debug, PartialEq)]
pub enum KeyRefused {
    /// There is none, or none for this stage.
    Unknown,
    /// More than its plan lets through.
    Over(Over),
}

impl Gateway {
    /// All documents of a kind, [`KEY`](super::KEY) or [`PLAN`](super::PLAN).
    pub async fn documents(&self, kind: &'static str) -> Result<Vec<Value>> {
        let all = self
            .kernel
            .store
            .read(move |conn| conn.gateway_documents(kind))
            .await?;
        all.iter().map(|(_, document)| read(document)).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// `NotFound`, with the text `what`.
    pub async fn document(&self, kind: &'static str, id: &str, what: &str) -> Result<Value> {
        let id = id.to_owned();
        let found = self
            .kernel
            .store
            .read(move |conn| conn.gateway_document(kind, &id));
        let found = found.await?;
        let found = found.ok_or_else(|| Refusal::NotFound(what.to_owned()))?;
        read(&found)
    }

    /// Keeps a new one. Two keys must not have one value.
    pub async fn add_document(
        &self,
        caller: &Caller,
        kind: &'static str,
        document: Value,
    ) -> Result<()> {
        if kind == super::KEY {
            let all = self.documents(kind).await?;
            if all.iter().any(|key| key["value"] == document["value"]) {
                let exists = Kind::Exists {
                    id: None,
                    arn: None,
                };
                return Err(Error::new(exists, "API Key already exists"));
            }
        }
        let id = document["id"].as_str().unwrap_or_default().to_owned();
        self.add(caller, kind, &id, written(&document)?).await
    }

    /// Changes one.
    pub async fn change_document<F>(
        &self,
        caller: &Caller,
        (kind, id, what): (&'static str, &str, &'static str),
        mut body: F,
    ) -> Result<Value>
    where
        F: FnMut(&mut Value) -> Result<()> + Send + 'static,
    {
        let id = id.to_owned();
        self.kernel
            .change(caller, "change_gateway_document", move |tx| {
                let found = tx
                    .gateway_document(kind, &id)?
                    .ok_or_else(|| Refusal::NotFound(what.to_owned()))?;
                let mut document: Value = read(&found)?;
                body(&mut document)?;
                tx.put_gateway_document(kind, &id, &written(&document)?)?;
                Ok(document)
            })
            .await
    }

    /// Removes one.
    pub async fn remove_document(
        &self,
        caller: &Caller,
        (kind, id, what): (&'static str, &str, &'static str),
    ) -> Result<()> {
        let id = id.to_owned();
        self.kernel
            .change(caller, "delete_gateway_document", move |tx| {
                if tx.gateway_document(kind, &id)?.is_none() {
                    return Err(Refusal::NotFound(what.to_owned()).into());
                }
                tx.delete_gateway_document(kind, &id)?;
                Ok(())
            })
            .await
    }

    /// So many requests of a key under a plan came to another node.
    pub(crate) fn used_elsewhere(&self, plan: String, key: String, count: u32) {
        let mut used = self.used.lock();
        if used.len() >= COUNTED {
            used.clear();
        }
        used.entry((plan, key)).or_default().count_elsewhere(count);
    }

    /// Takes one request to a route of an HTTP API's stage, whose settings have limits, or have none.
    pub fn take_of_route(&self, api: &str, stage: (&str, &Value), key: &str) -> bool {
        let (name, settings) = stage;
        let limits = Limits::of_route(settings, key);
        if limits.throttle.is_none() {
            return true;
        }
        // No plan's name has a slash.
        self.spend(format!("{api}/{name}"), key, &limits).is_ok()
    }

    /// The same of a method of a REST API's stage, by the path of its resource.
    pub fn take_of_method(
        &self,
        api: &str,
        (name, stage): (&str, &Value),
        (path, method): (&str, &str),
    ) -> bool {
        let Some((key, limits)) = Limits::of_method(stage, path, method) else {
            return true;
        };
        self.spend(format!("{api}/{name}"), &key, &limits).is_ok()
    }

    /// Counts one request against limits, which all nodes have together.
    fn spend(&self, plan: String, key: &str, limits: &Limits) -> std::result::Result<(), Over> {
        let mut used = self.used.lock();
        if used.len() >= COUNTED {
            used.clear();
        }
        let taken = used.entry((plan.clone(), key.to_owned())).or_default();
        taken.take(limits, self.kernel.now())?;
        drop(used);
        let key = key.to_owned();
        self.kernel.spent.note(|| Spend::Plan { plan, key });
        Ok(())
    }

    /// Takes one request of a key to a stage; the key's id.
    pub async fn take(
        &self,
        value: Option<&str>,
        api: &str,
        stage: &str,
    ) -> Result<std::result::Result<String, KeyRefused>> {
        let served = self.kernel.cached(&self.served).await?;
        let key = value.and_then(|value| served.keys.get(value));
        let key = key.filter(|key| key["enabled"] != Value::Bool(false));
        let Some(id) = key.and_then(|key| key["id"].as_str()) else {
            return Ok(Err(KeyRefused::Unknown));
        };
        let covers = |plan: &&Value| {
            let stages = plan["apiStages"].as_array();
            let keys = plan["keys"].as_array();
            keys.is_some_and(|keys| keys.iter().any(|key| key == id))
                && stages.is_some_and(|stages| {
                    stages
                        .iter()
                        .any(|of| of["apiId"] == api && of["stage"] == stage)
                })
        };
        let Some(plan) = served.plans.iter().find(covers) else {
            return Ok(Err(KeyRefused::Unknown));
        };
        let name = plan["id"].as_str().unwrap_or_default().to_owned();
        let spent = self.spend(name, id, &Limits::of(plan));
        Ok(match spent {
            Ok(()) => Ok(id.to_owned()),
            Err(over) => Err(KeyRefused::Over(over)),
        })
    }
}
