//! What an operator looks at first: what is registered, who is connected, how first connections go, what ends soon, what
//! is under way, and whether the store answers.
//!
//! Owns what is gathered, and that a store which is away holds nothing up. Must not know how it is shown.

use super::metrics::in_time;
use super::peers::PeerView;
use super::presence::Connected;
use super::{App, Result, expiry, history};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::registration::{RegistrationTask, TaskStatus};
use nameplate_store::{EngineOptions, Member, Standing};
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

/// One of the nodes that serve the registry together, as the store has it.
#[derive(Debug)]
pub struct OneNode {
    /// What its keys begin with.
    pub number: u16,
    /// Which start of it.
    pub incarnation: i64,
    /// Where it listens.
    pub addresses: String,
    /// Its release.
    pub release: String,
    /// When it started, by the database's clock.
    pub started: Millis,
    /// Whether it is taken to be there. One that is not has not been taken over yet.
    pub live: bool,
    /// Milliseconds since it last said that it is there.
    pub silent: i64,
    /// How many commits others had to hear of.
    pub commits: i64,
    /// How many of them the node that is asked has not followed yet.
    pub behind: i64,
    /// What it does alone.
    pub leases: Vec<String>,
    /// Whether it is the one that is asked.
    pub is_own: bool,
    /// How it is heard over the bus, where it is another and has been heard.
    pub heard: Option<PeerView>,
}

/// The nodes that serve the registry together.
#[derive(Debug)]
pub struct Nodes {
    /// `None` where the store does not answer.
    pub all: Option<Vec<OneNode>>,
    /// Whether the one that is asked is one of them, as far as it knows itself: `sure`, `doubtful` or `lost`.
    pub standing: &'static str,
    /// The bus, and whether it brings what it is given.
    pub bus: Option<(String, bool)>,
    /// How many others are heard over it.
    pub near: usize,
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
    /// First connections that were provisioned, connections of known devices, refusals: of the last hour, of all nodes.
    pub hour: (u64, u64, u64),
    /// Refusals of the last hour by their code.
    pub refusals: BTreeMap<String, u64>,
    /// How many nodes did not say what happened there.
    pub missing: usize,
    /// The nodes; `None` where the server holds the registry alone.
    pub nodes: Option<Nodes>,
    /// Bulk registrations under way, some of them.
    pub tasks: Vec<RegistrationTask>,
    /// Whether a backup is being made.
    pub backup: bool,
}

impl App {
    /// What connections came to and what messages went here, in the last so many minutes.
    pub(crate) fn history_here(&self, minutes: usize) -> history::Told {
        let (metrics, now) = (&self.kernel.metrics, self.now());
        let (received, sent) = (metrics.received.get(), metrics.sent.get());
        metrics.history.messages(now, received, sent);
        metrics.history.told(now, minutes)
    }

    /// The same at all nodes, and how many did not say.
    pub async fn history(&self, minutes: usize) -> (history::Told, usize) {
        let mut told = self.history_here(minutes);
        let Some(peers) = &self.peers else {
            return (told, 0);
        };
        let (others, missing) = peers.history(minutes).await;
        others.iter().for_each(|other| told.add(other));
        (told, missing)
    }

    /// The nodes over the registry.
    async fn nodes(&self) -> Option<Nodes> {
        let store = self.kernel.store.clone();
        if !store.is_clustered() {
            return None;
        }
        let standing = match *store.standing().borrow() {
            Standing::Sure => "sure",
            Standing::Doubtful => "doubtful",
            Standing::Lost => "lost",
        };
        let own = store.incarnation();
        let known = in_time(async move { Ok((store.members().await?, store.leases().await?)) });
        let peers = self.peers.as_ref();
        let heard = peers.map(|peers| peers.view()).unwrap_or_default();
        let all = known.await.map(|(members, leases)| {
            let one = |member: Member| {
                let held = leases.iter().filter(|(_, of)| *of == member.incarnation);
                let mut heard = heard.iter();
                OneNode {
                    leases: held.map(|(name, _)| name.clone()).collect(),
                    is_own: member.incarnation == own,
                    heard: heard
                        .find(|peer| peer.incarnation == member.incarnation)
                        .cloned(),
                    behind: (member.newest - member.followed).max(0),
                    number: member.number,
                    incarnation: member.incarnation,
                    addresses: member.addresses,
                    release: member.release,
                    started: Millis(member.started),
                    live: member.live,
                    silent: member.silent,
                    commits: member.newest,
                }
            };
            members.into_iter().map(one).collect()
        });
        Some(Nodes {
            all,
            standing,
            bus: peers.map(|peers| (peers.place().to_owned(), peers.is_up())),
            near: heard.iter().filter(|peer| peer.near).count(),
        })
    }

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
        let (told, missing) = self.history(MINUTES).await;
        let hour = told.minutes.iter().fold((0, 0, 0), |sum, one| {
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
            refusals: told.refusals,
            missing,
            nodes: self.nodes().await,
            tasks,
            backup: self.kernel.hold().is_held(),
        })
    }
}
