//! API keys and usage plans, whether a key may call a stage now, and what keys have used of their plans.

use super::{Gateway, PLAN, REST, Result, read, written};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, log_failure};
use crate::app::ids;
use crate::app::spent::Spend;
use nameplate_core::gateway::Refusal;
use nameplate_core::gateway::rest::Rest;
use nameplate_core::gateway::usage::{self, Limits, Over, day_of};
use nameplate_store::{Conn, Tx};
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::sync::watch;

/// How often what was used is written down: so much of it a server that is killed may lose.
const EVERY: Duration = Duration::from_secs(1);
/// What the names begin with under which the store keeps what each node has written down last.
const WRITTEN: &str = "gateway_usage_written:";
/// So many days are kept.
const DAYS: i64 = 366;
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

/// What was used, by plan, key and day.
type Counts = HashMap<(String, String, i64), i64>;

/// What was used and is not written down yet.
#[derive(Debug, Default)]
pub(super) struct Unwritten {
    counts: Mutex<Counts>,
    /// Held by whoever writes.
    writing: tokio::sync::Mutex<Writing>,
}

/// How far it has been written down.
#[derive(Debug, Default)]
struct Writing {
    /// The day on which what is old was last forgotten.
    forgotten: Option<i64>,
    /// What may have been written without an answer, and by what that is known.
    unanswered: Option<(String, Counts)>,
}

/// What a key used of a plan, by its days, from the first of the period of a day to another day.
fn used_since(
    conn: &Conn<'_>,
    plan: &Value,
    key: &str,
    days: (i64, i64),
) -> Result<BTreeMap<i64, i64>> {
    let quota = Limits::of(plan).quota;
    let first = quota.map_or(days.0, |(_, period)| period.begins(days.0));
    let plan = plan["id"].as_str().unwrap_or_default();
    let used = conn.gateway_usage(plan, key, (first, days.1))?;
    Ok(used.into_iter().collect())
}

impl Gateway {
    /// All documents of a kind, [`KEY`](super::KEY) or [`PLAN`].
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

    /// Takes one request of a key to a method of a stage, by the path of its resource; the key's id.
    pub async fn take(
        &self,
        value: Option<&str>,
        (api, stage): (&str, &str),
        (path, method): (&str, &str),
    ) -> Result<std::result::Result<String, KeyRefused>> {
        let served = self.kernel.cached(&self.served).await?;
        let key = value.and_then(|value| served.keys.get(value));
        let key = key.filter(|key| key["enabled"] != Value::Bool(false));
        let Some(id) = key.and_then(|key| key["id"].as_str()) else {
            return Ok(Err(KeyRefused::Unknown));
        };
        let found = served.plans.iter().find_map(|plan| {
            let keys = plan["keys"].as_array()?;
            let has = keys.iter().any(|key| key == id);
            Some((plan, usage::covered(plan, api, stage)?)).filter(|_| has)
        });
        let Some((plan, covered)) = found else {
            return Ok(Err(KeyRefused::Unknown));
        };
        let name = plan["id"].as_str().unwrap_or_default().to_owned();
        // Those of the method go before those of the plan.
        if let Some((own, limits)) = Limits::of_covered_method(covered, path, method) {
            let of = (format!("{name}/{api}/{stage}"), format!("{id} {own}"));
            if let Err(over) = self.spend(of.0, &of.1, &limits) {
                return Ok(Err(KeyRefused::Over(over)));
            }
        }
        let now = self.kernel.now();
        let limits = Limits::of_key(plan, id, now);
        self.resume(plan, (&name, id), &limits).await?;
        let spent = self.spend(name.clone(), id, &limits);
        Ok(match spent {
            Ok(()) => {
                let mut counts = self.unwritten.counts.lock();
                let count = counts.entry((name, id.to_owned(), day_of(now)));
                *count.or_default() += 1;
                Ok(id.to_owned())
            }
            Err(over) => Err(KeyRefused::Over(over)),
        })
    }

    /// Has a quota go on from what is written down, where this server has not counted in its period yet, or may not have heard
    /// of all that others counted.
    async fn resume(&self, plan: &Value, (name, id): (&str, &str), limits: &Limits) -> Result<()> {
        let (of, now) = ((name.to_owned(), id.to_owned()), self.kernel.now());
        let (is_current, looks) = {
            let mut all = self.used.lock();
            let own = all.entry(of.clone()).or_default();
            let looks = own.looks(limits, now) && self.kernel.store.is_clustered();
            (own.is_current(limits, now), looks)
        };
        if is_current && !looks {
            return Ok(());
        }
        match self.look(plan, id).await {
            Ok(count) => {
                let mut all = self.used.lock();
                all.entry(of).or_default().resume(limits, now, count);
                Ok(())
            }
            // It goes on by what it has.
            Err(error) if is_current && error.kind == Kind::Unavailable => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// What a key has used of a plan in its period, by all servers, as far as it is written down.
    async fn look(&self, plan: &Value, id: &str) -> Result<u64> {
        self.write_usage().await?;
        let day = day_of(self.kernel.now());
        let used = self
            .kernel
            .store
            .read(|conn| used_since(conn, plan, id, (day, day)))
            .await?;
        Ok(u64::try_from(used.values().sum::<i64>()).unwrap_or(0))
    }

    /// Writes down what was used, all of it once.
    pub async fn write_usage(&self) -> Result<()> {
        let mut writing = self.unwritten.writing.lock().await;
        if let Some(before) = writing.unanswered.take() {
            self.write_counts(&mut writing, before).await?;
        }
        let counts = std::mem::take(&mut *self.unwritten.counts.lock());
        match counts.is_empty() {
            true => Ok(()),
            false => self.write_counts(&mut writing, (ids::uuid(), counts)).await,
        }
    }

    async fn write_counts(
        &self,
        writing: &mut Writing,
        (id, counts): (String, Counts),
    ) -> Result<()> {
        let day = day_of(self.kernel.now());
        let (written, forget) = (counts.clone(), writing.forgotten != Some(day));
        let last = format!("{WRITTEN}{}", self.kernel.node_number());
        let known = id.clone();
        let done = self.kernel.store.tx("write_gateway_usage", move |tx| {
            if tx.meta(&last)?.as_deref() == Some(&known) {
                return Ok(());
            }
            tx.set_meta(&last, Some(&known))?;
            for ((plan, key, day), count) in &written {
                tx.add_gateway_usage(plan, key, *day, *count)?;
            }
            if forget {
                tx.forget_gateway_usage(day - DAYS)?;
            }
            Ok::<_, Error>(())
        });
        match done.await {
            Ok(()) => {
                writing.forgotten = Some(day);
                Ok(())
            }
            Err(error) => {
                writing.unanswered = Some((id, counts));
                Err(error)
            }
        }
    }

    /// Writes down what is used, until the server drains.
    pub(crate) async fn keep_usage(&self, mut draining: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                biased;
                _ = draining.wait_for(|draining| *draining) => return,
                () = tokio::time::sleep(EVERY) => {}
            }
            if let Err(error) = self.write_usage().await
                && !*draining.borrow()
            {
                log_failure!(
                    error,
                    "what API keys used could not be written down: {error:?}"
                );
            }
        }
    }

    /// What keys of a plan used on each day of a range and had left after it.
    pub async fn usage(
        &self,
        plan: &Value,
        keys: Vec<String>,
        days: (i64, i64),
    ) -> Result<Vec<(String, Vec<[i64; 2]>)>> {
        self.write_usage().await?;
        let read = self.kernel.store.read(|conn| {
            let told = keys.into_iter().map(|key| {
                let used = used_since(conn, plan, &key, days)?;
                let told = usage::log(plan, &key, &used, days);
                Ok((key, told))
            });
            told.collect::<Result<_>>()
        });
        read.await
    }

    /// Has a key have so many requests left in this period of its plan's quota.
    ///
    /// # Errors
    /// `NotFound`, with the text `what` or as there is no such key in the plan; `Invalid` where the plan has no quota.
    pub async fn extend_usage(
        &self,
        caller: &Caller,
        (plan, what): (&str, &'static str),
        key: &str,
        left: u64,
    ) -> Result<()> {
        self.write_usage().await?;
        let (id, key, day) = (plan.to_owned(), key.to_owned(), day_of(self.kernel.now()));
        self.kernel
            .change(caller, "extend_gateway_usage", move |tx: &mut Tx<'_>| {
                let found = tx.gateway_document(PLAN, &id)?;
                let found = found.ok_or_else(|| Refusal::NotFound(what.to_owned()))?;
                let mut plan: Value = read(&found)?;
                let keys = plan["keys"].as_array();
                if !keys.is_some_and(|keys| keys.iter().any(|one| *one == key)) {
                    return Err(Refusal::unknown("Usage Plan Key").into());
                }
                let used = used_since(tx, &plan, &key, (day, day))?;
                if !usage::extend(&mut plan, &key, left, &used, day) {
                    return Err(Error::invalid("The usage plan has no quota to extend"));
                }
                tx.put_gateway_document(PLAN, &id, &written(&plan)?)?;
                Ok(())
            })
            .await
    }

    /// Removes a usage plan, with what was used of it.
    ///
    /// # Errors
    /// `NotFound`, with the text `what`; `Invalid` while it has stages.
    pub async fn remove_plan(&self, caller: &Caller, plan: &str, what: &'static str) -> Result<()> {
        let id = plan.to_owned();
        self.kernel
            .change(caller, "delete_gateway_plan", move |tx: &mut Tx<'_>| {
                let found = tx.gateway_document(PLAN, &id)?;
                let found = found.ok_or_else(|| Refusal::NotFound(what.to_owned()))?;
                let plan: Value = read(&found)?;
                for stage in plan["apiStages"].as_array().into_iter().flatten() {
                    let text = |name: &str| stage[name].as_str().unwrap_or_default();
                    let (api, stage) = (text("apiId"), text("stage"));
                    // One that went with its API holds nothing.
                    let rest = tx.gateway_document(REST, api)?;
                    let rest = rest.map(|rest| read::<Rest>(&rest)).transpose()?;
                    if rest.is_some_and(|rest| rest.stages.contains_key(stage)) {
                        return Err(Error::invalid(format!(
                            "Cannot delete Usage Plan {id} because there are API Stages associated with it, including {api}:{stage}"
                        )));
                    }
                }
                tx.delete_gateway_usage(&id)?;
                tx.delete_gateway_document(PLAN, &id)?;
                Ok(())
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;
    use nameplate_store::Failing;

    #[tokio::test]
    async fn what_was_used_is_written_down_once() {
        let test = TestApp::new().await;
        let (gateway, store) = (&test.app.gateway, &test.app.kernel.store);
        let day = day_of(test.app.kernel.now());
        let used = |count| {
            let of = ("plan".to_owned(), "key".to_owned(), day);
            *gateway.unwritten.counts.lock().entry(of).or_default() += count;
        };
        for how in [Failing::Unanswered, Failing::Away] {
            used(1);
            store.fail_next("write_gateway_usage", how);
            assert!(gateway.write_usage().await.is_err());
            used(1);
            gateway.write_usage().await.expect("it is back");
        }
        let read =
            store.read(|conn| Ok::<_, Error>(conn.gateway_usage("plan", "key", (day, day))?));
        assert_eq!(read.await.expect("it is read"), [(day, 4)]);
    }
}
