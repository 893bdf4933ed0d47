//! Taking in files of API keys.

use super::{Gateway, KEY, MOST, PLAN, Result, read, written};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind};
use nameplate_core::gateway::key_file::Entry;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What came of a file.
#[derive(Debug, Default)]
pub struct Imported {
    /// Ids of the keys, in the file's order.
    pub ids: Vec<String>,
    /// What was not taken, and why.
    pub warnings: Vec<String>,
}

impl Gateway {
    /// Takes in the keys of a file. One whose value there is already goes over that key. What is not a key, or names a plan
    /// that there is not, is a warning.
    ///
    /// # Errors
    /// `Invalid` where there are warnings and `strict`, [`Kind::Limit`]; nothing is taken in then.
    pub async fn import_keys(
        &self,
        caller: &Caller,
        entries: Vec<std::result::Result<Entry, String>>,
        strict: bool,
    ) -> Result<Imported> {
        let at = json!(caller.ctx.now.as_seconds());
        self.kernel
            .change(caller, "import_gateway_keys", move |tx| {
                let (mut keys, mut plans) = (HashMap::new(), BTreeMap::new());
                for (_, document) in tx.gateway_documents(KEY)? {
                    let key: Value = read(&document)?;
                    let value = key["value"].as_str().unwrap_or_default().to_owned();
                    keys.insert(value, key);
                }
                for (id, document) in tx.gateway_documents(PLAN)? {
                    plans.insert(id, read::<Value>(&document)?);
                }
                let (mut imported, mut changed) = (Imported::default(), BTreeSet::new());
                let mut seen = HashSet::new();
                for entry in &entries {
                    let entry = match entry {
                        Ok(entry) => entry,
                        Err(wrong) => {
                            imported.warnings.push(wrong.clone());
                            continue;
                        }
                    };
                    let key = keys.entry(entry.value.clone()).or_insert_with(|| {
                        json!({"id": Self::id(), "value": entry.value, "stageKeys": [], "createdDate": at})
                    });
                    key["name"] = json!(entry.name);
                    key["enabled"] = json!(entry.enabled);
                    key["lastUpdatedDate"] = at.clone();
                    if let Some(members) = key.as_object_mut() {
                        match entry.description.as_str() {
                            "" => members.remove("description"),
                            text => members.insert("description".into(), json!(text)),
                        };
                    }
                    let id = key["id"].as_str().unwrap_or_default().to_owned();
                    for plan in &entry.plans {
                        let Some(keys) = plans
                            .get_mut(plan)
                            .and_then(|found| found["keys"].as_array_mut())
                        else {
                            imported.warnings.push(format!(
                                "line {}: there is no usage plan {plan}",
                                entry.line
                            ));
                            continue;
                        };
                        if keys.iter().all(|one| *one != id) {
                            keys.push(json!(id));
                            changed.insert(plan);
                        }
                    }
                    tx.put_gateway_document(KEY, &id, &written(key)?)?;
                    if seen.insert(id.clone()) {
                        imported.ids.push(id);
                    }
                }
                if strict && !imported.warnings.is_empty() {
                    return Err(Error::invalid(format!(
                        "Warnings found during import: {}",
                        imported.warnings.join("; ")
                    )));
                }
                let most = MOST.iter().find(|(of, _)| *of == KEY);
                if most.is_some_and(|(_, most)| keys.len() > *most) {
                    return Err(Error::new(
                        Kind::Limit,
                        "Limit exceeded: there are too many of this kind.",
                    ));
                }
                for plan in changed {
                    tx.put_gateway_document(PLAN, plan, &written(&plans[plan])?)?;
                }
                Ok(imported)
            })
            .await
    }
}
