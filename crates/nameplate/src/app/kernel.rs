//! What every service may use: the store, the clock, chance, account and region, counters, and what follows commits.
//!
//! Must not know any service.

use super::audit::{self, Audit};
use super::cached::{Cached, Generations, Kept};
use super::caller::Caller;
use super::effects::{Effect, Effects, ServiceMessage};
use super::error::Result;
use super::heavy::Heavy;
use super::metrics::Metrics;
use super::{AppSettings, backup, directory};
use crate::app::ids;
use crate::authority::DeviceAuthority;
use crate::config::Refusals;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::endpoint::EndpointType;
use nameplate_core::registry::event::EventKinds;
use nameplate_store::{AttemptRow, Change, Notice, Store, StoreOptions, SummaryOf, Tx};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The clock: milliseconds since the epoch. Given from `main`, so that tests can hold it still.
pub type Clock = fn() -> Millis;

/// Hears of each notice after its commit, on the writer's thread: it must be quick.
pub(crate) type Follower = Box<dyn Fn(&Notice) + Send + Sync>;

/// What services share.
pub struct Kernel {
    pub(crate) settings: AppSettings,
    pub(crate) store: Store,
    /// The data directory.
    pub(crate) directory: PathBuf,
    pub(crate) audit: Audit,
    /// What must stay while a backup is made.
    pub(crate) hold: backup::Hold,
    pub(crate) device_authority: Arc<DeviceAuthority>,
    pub(crate) clock: Clock,
    pub(super) generations: Arc<Generations>,
    event_kinds: Cached<EventKinds>,
    pub(crate) metrics: Metrics,
    pub(crate) effects: Arc<Effects>,
    pub(super) heavy: Heavy,
    pub(super) directory_id: String,
    token_key: [u8; 32],
    // Woken when a certificate changes; held first connections wait on it.
    pub(crate) certificate_changed: tokio::sync::broadcast::Sender<[u8; 32]>,
}

impl Kernel {
    /// Opens the store in `directory`. `followers` hear of every commit.
    pub(crate) async fn open(
        directory: &Path,
        settings: AppSettings,
        device_authority: DeviceAuthority,
        clock: Clock,
        followers: Vec<Follower>,
    ) -> Result<Arc<Self>> {
        let metrics = Metrics::default();
        let audit = Audit::open(directory, settings.audit_megabytes, metrics.audit.clone());
        let effects = Arc::new(Effects::new(&metrics));
        let generations = Arc::new(Generations::default());
        let (certificate_changed, _) = tokio::sync::broadcast::channel(1024);
        let options = StoreOptions {
            directory: directory.to_owned(),
            engine: settings.engine.clone(),
            attempts: settings.attempts,
        };
        let store = Store::open(&options, {
            let generations = Arc::clone(&generations);
            let effects = Arc::clone(&effects);
            let certificate_changed = certificate_changed.clone();
            move |changes| {
                for change in &changes {
                    if let Change::Notice(notice) = change {
                        followers.iter().for_each(|follower| follower(notice));
                    }
                }
                pass_on(changes, &generations, &effects, &certificate_changed);
            }
        })?;
        Ok(Arc::new(Self {
            token_key: device_authority.derived_key(b"pagination tokens"),
            directory_id: directory::id_of(directory, &device_authority),
            heavy: Heavy::default(),
            metrics,
            effects,
            settings,
            store,
            directory: directory.to_owned(),
            audit,
            hold: backup::Hold::default(),
            device_authority: Arc::new(device_authority),
            clock,
            generations,
            event_kinds: Cached::new(Kept::EventKinds, |conn| Ok(conn.event_kinds()?)),
            certificate_changed,
        }))
    }

    /// Account and region.
    pub fn realm(&self) -> &Arc<Realm> {
        &self.settings.realm
    }

    /// The server's name.
    pub fn endpoint_host(&self) -> &str {
        &self.settings.endpoint_host
    }

    /// What `DescribeEndpoint` answers.
    pub fn endpoint_host_of(&self, kind: EndpointType) -> String {
        nameplate_core::endpoint::host_of(&self.settings.endpoint_host, kind)
    }

    /// Now.
    pub fn now(&self) -> Millis {
        (self.clock)()
    }

    /// Surroundings of a call that begins now.
    pub fn ctx(&self) -> Ctx {
        Ctx {
            realm: Arc::clone(&self.settings.realm),
            now: self.now(),
            request_id: ids::uuid(),
        }
    }

    /// The key that pagination tokens are authenticated with; the same after a restart.
    pub fn token_key(&self) -> &[u8; 32] {
        &self.token_key
    }

    /// How refusals look.
    pub fn refusals(&self) -> Refusals {
        self.settings.refusals
    }

    /// Changes the store in one transaction for a caller: `body` runs on the writer's thread, and may run twice.
    ///
    /// # Errors
    /// What `body` answers, or that the change could not be made durable.
    pub(super) async fn change<T, E, F>(
        &self,
        caller: &Caller,
        name: &'static str,
        body: F,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<nameplate_store::Error> + Send + 'static,
        F: FnMut(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        let changed = self.store.tx(name, body).await;
        tracing::debug!(
            request = caller.ctx.request_id,
            "{name} {} for {}",
            if changed.is_ok() { "done" } else { "refused" },
            caller.arn(),
        );
        changed
    }

    /// Notes a connection attempt or another request of a device; where a flow ran, the audit log hears of it.
    pub(super) fn record_attempt(&self, row: AttemptRow) {
        if let Some(entry) = audit::provisioning(&row, 1) {
            self.audit.add(&entry);
        }
        self.store.record_attempt(row);
    }

    /// Notes one that may repeat, as one row for its key; how often it has come by now. Of what repeats, the audit log
    /// hears the first time, the tenth, the hundredth.
    pub(super) fn summarise_attempt(&self, of: SummaryOf, key: &str, row: AttemptRow) -> i64 {
        let entry = audit::provisioning(&row, 1).map(|_| row.clone());
        let times = self.store.summarise_attempt(of, key, row);
        let told = times > 0 && 10_i64.checked_pow(times.ilog10()) == Some(times);
        if let Some(entry) = entry
            .filter(|_| told)
            .and_then(|row| audit::provisioning(&row, times))
        {
            self.audit.add(&entry);
        }
        times
    }

    /// A value that services keep, as of the last commit.
    pub(super) async fn cached<T: Send + Sync>(&self, cached: &Cached<T>) -> Result<Arc<T>> {
        cached.get(&self.store, &self.generations).await
    }

    /// The kinds of events that are switched on, as of the last commit.
    pub(super) async fn event_kinds(&self) -> Result<EventKinds> {
        Ok(*self.cached(&self.event_kinds).await?)
    }

    /// Has every open connection looked at again, where time alone has changed what it may.
    pub(super) fn look_at_everyone(&self) {
        self.generations.move_everyone();
        self.effects.push(Effect::Everyone);
    }

    /// How many things and certificates are registered.
    pub async fn counts(&self) -> Result<(usize, usize)> {
        Ok(self.store.counts().await?)
    }
}

fn pass_on(
    changes: Vec<Change>,
    generations: &Generations,
    effects: &Effects,
    certificate_changed: &tokio::sync::broadcast::Sender<[u8; 32]>,
) {
    let mut everyone = false;
    for change in changes {
        match change {
            Change::Notice(notice) => {
                generations.follow(&notice);
                match notice {
                    Notice::Certificate(hash) => {
                        let _ = certificate_changed.send(hash);
                        effects.push(Effect::Certificate(hash));
                    }
                    Notice::Thing(key) => effects.push(Effect::Thing(key)),
                    Notice::Iam => effects.push(Effect::Callers),
                    Notice::Policy(_) | Notice::Group(_) | Notice::Revocations => everyone = true,
                    _ => {}
                }
            }
            Change::Event(event) => effects.push(Effect::Publish(event)),
            Change::Message { topic, payload } => {
                effects.push(Effect::Message(ServiceMessage { topic, payload }));
            }
        }
    }
    // Once for a commit, however many policies it changed.
    if everyone {
        effects.push(Effect::Everyone);
    }
}
