//! What every service may use: the store, the clock, chance, account and region, counters, and what follows commits.
//!
//! Must not know any service.

use super::caller::Caller;
use super::error::Result;
use super::heavy::Heavy;
use super::metrics::Metrics;
use super::{AppSettings, Effect, Message, directory};
use crate::app::events::Switches;
use crate::app::ids;
use crate::authority::DeviceAuthority;
use crate::config::Refusals;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::endpoint::EndpointType;
use nameplate_store::{Change, Store, StoreOptions, Tx};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The clock: milliseconds since the epoch. Given from `main`, so that tests can hold it still.
pub type Clock = fn() -> Millis;

/// Hears of each change after the commit that made it true, on the writer's thread: it must be quick.
pub(crate) type Follower = Box<dyn Fn(&Change) + Send + Sync>;

/// What services share.
pub struct Kernel {
    pub(crate) settings: AppSettings,
    pub(crate) store: Store,
    pub(crate) device_authority: Arc<DeviceAuthority>,
    pub(crate) clock: Clock,
    pub(crate) generations: Arc<Generations>,
    pub(crate) switches: Arc<Switches>,
    pub(crate) metrics: Metrics,
    pub(super) effects: UnboundedSender<Effect>,
    pub(super) heavy: Heavy,
    pub(super) directory_id: String,
    token_key: [u8; 32],
    // Woken when a certificate changes; held first connections wait on it.
    pub(crate) certificate_changed: tokio::sync::broadcast::Sender<[u8; 32]>,
}

impl Kernel {
    /// Opens the store in `directory`. `followers` hear of every commit. The receiver gets what the broker must do
    /// after commits.
    pub(crate) async fn open(
        directory: &Path,
        settings: AppSettings,
        device_authority: DeviceAuthority,
        clock: Clock,
        followers: Vec<Follower>,
    ) -> Result<(Arc<Self>, UnboundedReceiver<Effect>)> {
        let (effects, receiver) = unbounded_channel();
        let generations = Arc::new(Generations::default());
        let switches = Arc::new(Switches::starting());
        let (certificate_changed, _) = tokio::sync::broadcast::channel(1024);
        let options = StoreOptions {
            directory: directory.to_owned(),
            engine: settings.engine.clone(),
            attempts: settings.attempts,
        };
        let store = Store::open(&options, {
            let generations = Arc::clone(&generations);
            let switches = Arc::clone(&switches);
            let effects = effects.clone();
            let certificate_changed = certificate_changed.clone();
            move |changes| {
                for change in &changes {
                    followers.iter().for_each(|follower| follower(change));
                }
                pass_on(
                    changes,
                    &generations,
                    &switches,
                    &effects,
                    &certificate_changed,
                );
            }
        })?;
        // Nobody writes yet, so nothing can overtake this.
        let kinds = store.read(|conn| conn.event_kinds()).await?;
        switches.set(kinds);
        let kernel = Arc::new(Self {
            token_key: device_authority.derived_key(b"pagination tokens"),
            directory_id: directory::id_of(directory, &device_authority),
            heavy: Heavy::default(),
            metrics: Metrics::default(),
            effects,
            settings,
            store,
            device_authority: Arc::new(device_authority),
            clock,
            generations,
            switches,
            certificate_changed,
        });
        Ok((kernel, receiver))
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

    /// How many things and certificates are registered.
    pub async fn counts(&self) -> Result<(usize, usize)> {
        Ok(self.store.counts().await?)
    }
}

/// Counters that commits move, by which caches know that they are stale.
pub(crate) struct Generations {
    pub(crate) authorities: AtomicU64,
    pub(crate) policies: AtomicU64,
    pub(crate) iam: AtomicU64,
    // By the first byte of the digest, so that one device's change seldom concerns another.
    certificates: [AtomicU64; 256],
    everyone: AtomicU64,
}

impl Default for Generations {
    fn default() -> Self {
        Self {
            authorities: AtomicU64::new(0),
            policies: AtomicU64::new(0),
            iam: AtomicU64::new(0),
            certificates: [const { AtomicU64::new(0) }; 256],
            everyone: AtomicU64::new(0),
        }
    }
}

impl Generations {
    /// A number that any change which may concern a connection of this certificate moves. Taken before a decision
    /// and compared after the connection has been registered, it tells whether the decision may still stand.
    pub(super) fn mark(&self, hash: &[u8; 32]) -> (u64, u64) {
        (
            self.certificate(hash).load(Ordering::Acquire),
            self.everyone.load(Ordering::Acquire),
        )
    }

    fn certificate(&self, hash: &[u8; 32]) -> &AtomicU64 {
        &self.certificates[usize::from(hash[0])]
    }
}

fn pass_on(
    changes: Vec<Change>,
    generations: &Generations,
    switches: &Switches,
    effects: &UnboundedSender<Effect>,
    certificate_changed: &tokio::sync::broadcast::Sender<[u8; 32]>,
) {
    let mut everyone = false;
    let send = |effect| {
        // Without a broker there are no connections to tell.
        let _ = effects.send(effect);
    };
    for change in changes {
        match change {
            Change::Certificate(hash) => {
                generations
                    .certificate(&hash)
                    .fetch_add(1, Ordering::Release);
                let _ = certificate_changed.send(hash);
                send(Effect::Certificate(hash));
            }
            Change::Thing(key) => {
                generations.everyone.fetch_add(1, Ordering::Release);
                send(Effect::Thing(key));
            }
            Change::Policy(_) | Change::Group(_) => everyone = true,
            Change::Authorities => {
                generations.authorities.fetch_add(1, Ordering::Release);
            }
            Change::Iam => {
                generations.iam.fetch_add(1, Ordering::Release);
            }
            Change::EventKinds(kinds) => switches.set(kinds),
            // Fleet indexing takes note of these by itself.
            Change::Indexing(_)
            | Change::NewThing(_)
            | Change::GroupData(_)
            | Change::GroupGone { .. }
            | Change::Shadow(_) => {}
            Change::Event(event) => send(Effect::Publish(event)),
            Change::Message { topic, payload } => {
                send(Effect::Message(Message::plain(topic, payload)));
            }
            // In force already.
            Change::Domains(_) | Change::Logging(_) => {}
        }
    }
    if everyone {
        generations.policies.fetch_add(1, Ordering::Release);
        generations.everyone.fetch_add(1, Ordering::Release);
        send(Effect::Everyone);
    }
}
