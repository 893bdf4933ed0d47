//! What failed when rules ran: counted together, logged now and then, and kept for `nameplate explain`.
//!
//! An endpoint that is down while a thousand messages a second are for it makes one row whose count grows, one log line a
//! minute, and one write a second. Must not keep payloads.

use super::lane::Arrived;
use super::live::Compiled;
use crate::app::error::{Error, Result, log_failure};
use crate::app::kernel::Kernel;
use nameplate_core::ctx::Millis;
use nameplate_core::escape;
use nameplate_store::rule::RuleFailureRow;
use parking_lot::Mutex;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Different failures that wait to be written.
const PENDING: usize = 1_000;
/// Different failures that are kept of one rule, the newest.
const KEPT: usize = 32;
/// Characters of a reason, a resource or a topic.
const CHARS: usize = 500;
/// Milliseconds between log lines about equal failures.
const QUIET: i64 = 60_000;
/// How long failures are gathered before they are written.
const GATHER: Duration = Duration::from_secs(1);

type Key = (String, String, String);

/// Failures on their way to the store.
#[derive(Default)]
pub(super) struct Records {
    pending: Mutex<HashMap<Key, RuleFailureRow>>,
    told: Mutex<HashMap<Key, Millis>>,
    added: Notify,
}

impl Records {
    pub(super) fn add(
        &self,
        rule: &Compiled,
        message: &Arrived,
        action: &str,
        resource: &str,
        reason: &str,
        now: Millis,
    ) {
        let reason = shortened(reason);
        let key = (rule.name.clone(), action.to_owned(), reason.clone());
        if self.is_to_tell(&key, now) {
            tracing::warn!(
                rule = rule.name,
                topic = escape::line(&message.topic).as_ref(),
                "the rule {} failed at {action} {}: {}",
                rule.name,
                escape::line(&shortened(resource)),
                escape::line(&reason)
            );
        }
        let mut pending = self.pending.lock();
        if pending.len() >= PENDING && !pending.contains_key(&key) {
            return;
        }
        let row = pending.entry(key).or_insert_with(|| RuleFailureRow {
            rule: rule.name.clone(),
            action: action.to_owned(),
            reason,
            resource: String::new(),
            topic: String::new(),
            client_id: None,
            first: now,
            last: now,
            times: 0,
        });
        row.resource = shortened(resource);
        row.topic = shortened(&message.topic);
        row.client_id.clone_from(&message.client_id);
        row.last = now;
        row.times += 1;
        drop(pending);
        self.added.notify_one();
    }

    fn is_to_tell(&self, key: &Key, now: Millis) -> bool {
        let mut told = self.told.lock();
        if told.get(key).is_some_and(|at| now.0 - at.0 < QUIET) {
            return false;
        }
        if told.len() >= PENDING {
            told.retain(|_, at| now.0 - at.0 < QUIET);
        }
        // Where there are more different ones than that within a minute, the log has been told enough.
        if told.len() >= PENDING {
            return false;
        }
        told.insert(key.clone(), now);
        true
    }

    /// Writes what was gathered.
    pub(super) async fn flush(&self, kernel: &Kernel) -> Result<()> {
        let rows: Vec<RuleFailureRow> = {
            let mut pending = self.pending.lock();
            pending.drain().map(|(_, row)| row).collect()
        };
        if rows.is_empty() {
            return Ok(());
        }
        kernel
            .store
            .tx("rule-failures", move |tx| {
                let names: BTreeSet<&String> = rows.iter().map(|row| &row.rule).collect();
                for name in names {
                    if tx.topic_rule(name)?.is_none() {
                        // It was deleted meanwhile, and with it what was known of it.
                        continue;
                    }
                    for row in rows.iter().filter(|row| row.rule == *name) {
                        tx.add_rule_failure(row)?;
                    }
                    let mut kept = tx.rule_failures(name)?;
                    kept.sort_by_key(|row| std::cmp::Reverse(row.last));
                    for old in kept.iter().skip(KEPT) {
                        tx.delete_rule_failure(name, &old.action, &old.reason)?;
                    }
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Has what is gathered looked at.
    pub(super) fn wake(&self) {
        self.added.notify_one();
    }

    /// Writes what is gathered every now and then, as long as there is a store.
    pub(super) fn keep_writing(self: &Arc<Self>, kernel: &Arc<Kernel>) {
        let (records, kernel) = (Arc::clone(self), Arc::downgrade(kernel));
        tokio::spawn(async move {
            loop {
                records.added.notified().await;
                tokio::time::sleep(GATHER).await;
                let Some(kernel) = kernel.upgrade() else {
                    return;
                };
                if let Err(error) = records.flush(&kernel).await {
                    log_failure!(error, "failures of rules could not be kept: {error:?}");
                }
            }
        });
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
