//! What an operator looks at first: what is registered, who is connected, how first connections go, what ends soon, what
//! is under way, and whether the store answers.
//!
//! Owns what is gathered, and that a store which is away holds nothing up. Must not know how it is shown.

use super::metrics::in_time;
use super::presence::Connected;
use super::{App, Result, expiry};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::registration::{RegistrationTask, TaskStatus};
use nameplate_store::EngineOptions;
use std::collections::BTreeMap;

/// Minutes that are looked back.
const MINUTES: usize = 60;
/// Connections and tasks that are named.
const NAMED: usize = 10;

/// Counts of the registry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Things.
    pub things: usize,
    /// Device certificates.
    pub certificates: usize,
    /// Registered CAs.
    pub authorities: usize,
    /// Named provisioning templates.
    pub templates: i64,
    /// ACTIVE certificates that end within so many days, each with those before.
    pub expiring: [(i64, i64); expiry::METRIC_DAYS.len()],
}

/// All of it.
#[derive(Debug)]
pub struct Status {
    /// When it was gathered.
    pub now: Millis,
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// Bytes of the database's files, where it is in the data directory.
    pub bytes: Option<u64>,
    /// `None` where the store does not answer.
    pub counts: Option<Counts>,
    /// Some of who is connected, with several nodes to any of them.
    pub connected: Vec<Connected>,
    /// How many are.
    pub connections: usize,
    /// First connections that were provisioned, connections of known devices, refusals: of the last hour.
    pub hour: (u64, u64, u64),
    /// Refusals of the last hour by their code.
    pub refusals: BTreeMap<String, u64>,
    /// Bulk registrations under way, some of them.
    pub tasks: Vec<RegistrationTask>,
    /// Whether a backup is being made.
    pub backup: bool,
}

impl App {
    /// Gathers it.
    pub async fn status(&self) -> Result<Status> {
        let now = self.now();
        let store = self.kernel.store.clone();
        let counted = in_time(async move {
            let (things, certificates) = store.counts().await?;
            store
                .read(|conn| {
                    let mut expiring = [(0, 0); expiry::METRIC_DAYS.len()];
                    for (place, days) in expiring.iter_mut().zip(expiry::METRIC_DAYS) {
                        let until = expiry::in_days(now, days);
                        *place = (days, conn.certificates_that_end(now, until)?);
                    }
                    Ok::<_, nameplate_store::Error>(Counts {
                        things,
                        certificates,
                        authorities: conn.cas()?.len(),
                        templates: conn.template_count()?,
                        expiring,
                    })
                })
                .await
        });
        let counts = counted.await;
        let mut tasks = Vec::new();
        if counts.is_some() {
            for status in [TaskStatus::InProgress, TaskStatus::Cancelling] {
                tasks.extend(self.bulk.registration_tasks(Some(status), 0, NAMED).await?);
            }
        }
        let (connected, connections, _) = self.presence.connected_anywhere("", NAMED).await;
        let history = &self.kernel.metrics.history;
        let hour = history
            .last(now, MINUTES)
            .iter()
            .fold((0, 0, 0), |sum, one| {
                (
                    sum.0 + one.provisioned,
                    sum.1 + one.connected,
                    sum.2 + one.refused,
                )
            });
        let (engine, files) = match self.kernel.settings.engine {
            // The journal is a part of it.
            EngineOptions::Sqlite => ("sqlite", ["nameplate.db", "nameplate.db-wal"].as_slice()),
            EngineOptions::Postgres(_) => ("postgres", [].as_slice()),
        };
        let size = |name: &&str| std::fs::metadata(self.kernel.directory().join(name)).ok();
        let sizes = files.iter().filter_map(size).map(|about| about.len());
        Ok(Status {
            now,
            engine,
            bytes: (!files.is_empty()).then(|| sizes.sum()),
            counts,
            connected,
            connections,
            hour,
            refusals: history.refusals(now, MINUTES),
            tasks,
            backup: self.kernel.hold().is_held(),
        })
    }
}
