//! What every service may use: the store, the clock, chance, account and region, counters, and what follows commits.
//!
//! Must not know any service.

use super::audit::{self, Audit};
use super::cached::{Cached, Generations, KINDS, Kept};
use super::caller::Caller;
use super::effects::{Effect, Effects, ServiceMessage};
use super::error::{Error, Kind, Result};
use super::faults::Faults;
use super::ground::Ground;
use super::heavy::Heavy;
use super::metrics::Metrics;
use super::spent::Spent;
use super::takeover::Claimed;
use super::time::Time;
use super::{AppSettings, backup, directory, traces};
use crate::app::ids;
use crate::authority::DeviceAuthority;
use crate::bus;
use crate::config::Refusals;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::endpoint::EndpointType;
use nameplate_core::pki::Certificate;
use nameplate_core::quota::{Bucket, Rate};
use nameplate_core::registry::event::EventKinds;
use nameplate_store::{AttemptRow, Change, Notice, Store, SummaryOf, Tx};
use parking_lot::Mutex;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// How often a second it is looked what other nodes have changed of a kind because somebody is about to be refused, who may
/// be anybody. Beyond that a refusal is as old as what this node has heard.
const LOOKS: Rate = Rate::per_second(100);
/// A store that could not be followed for so long is away.
const AWAY: Duration = Duration::from_secs(2);

/// The clock: milliseconds since the epoch. Given from `main`, so that tests can hold it still.
pub type Clock = fn() -> Millis;

/// Hears of each notice after its commit, on the writer's thread: it must be quick.
pub(crate) type Follower = Box<dyn Fn(&Notice) + Send + Sync>;

/// What services share.
pub struct Kernel {
    pub(crate) ground: Arc<Ground>,
    pub(crate) settings: AppSettings,
    pub(crate) store: Store,
    pub(crate) audit: Arc<Audit>,
    pub(crate) device_authority: Arc<DeviceAuthority>,
    /// The machine's clock, by which calls of services elsewhere are signed. Everything else goes by [`Kernel::now`].
    pub(crate) clock: Clock,
    pub(super) generations: Arc<Generations>,
    event_kinds: Cached<EventKinds>,
    pub(crate) metrics: Metrics,
    pub(crate) effects: Arc<Effects>,
    /// What was taken here of limits that all nodes have together.
    pub(crate) spent: Arc<Spent>,
    pub(super) heavy: Heavy,
    /// By kind, so that who asks at one door takes nothing from who asks at another.
    looks: Mutex<[Bucket; KINDS]>,
    pub(super) directory_id: String,
    token_key: [u8; 32],
    // Woken when a certificate changes; held first connections wait on it.
    pub(crate) certificate_changed: tokio::sync::broadcast::Sender<[u8; 32]>,
    // Woken when another server has come or gone.
    pub(super) nodes: Arc<Notify>,
    // Woken when another server has changed secrets that all share.
    pub(super) secrets: Arc<Notify>,
    claimed: Mutex<Option<mpsc::UnboundedReceiver<Claimed>>>,
}

/// How far what is kept of some kinds was in force at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard<const N: usize> {
    kinds: [Kept; N],
    numbers: [u64; N],
}

impl Kernel {
    /// A kernel over the store as it is now. `followers` hear of every commit, and those of a kernel before it do not
    /// any more.
    pub(crate) fn over(ground: &Arc<Ground>, followers: Vec<Follower>) -> Arc<Self> {
        let metrics = Metrics::counting(ground.audit_counters.clone());
        let effects = Arc::new(Effects::new(&metrics));
        let generations = Arc::new(Generations::default());
        let (certificate_changed, _) = tokio::sync::broadcast::channel(1024);
        let device_authority = Arc::clone(&ground.device_authority);
        let (nodes, secrets) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (claims, claimed) = mpsc::unbounded_channel();
        ground.hear({
            let (nodes, secrets) = (Arc::clone(&nodes), Arc::clone(&secrets));
            let generations = Arc::clone(&generations);
            let effects = Arc::clone(&effects);
            let certificate_changed = certificate_changed.clone();
            Box::new(move |changes| {
                for change in &changes {
                    if let Change::Notice(notice) = change {
                        followers.iter().for_each(|follower| follower(notice));
                    }
                }
                pass_on(
                    changes,
                    &generations,
                    &effects,
                    &certificate_changed,
                    (&nodes, &secrets),
                    &claims,
                );
            })
        });
        Arc::new(Self {
            token_key: device_authority.derived_key(b"pagination tokens"),
            directory_id: directory::id_of(&ground.directory, &device_authority),
            heavy: Heavy::default(),
            looks: Mutex::new(std::array::from_fn(|_| Bucket::default())),
            metrics,
            effects,
            spent: Arc::new(Spent::new(!matches!(
                ground.settings.bus,
                bus::Setting::None
            ))),
            audit: Arc::clone(&ground.audit),
            settings: ground.settings.clone(),
            store: ground.store(),
            device_authority,
            clock: ground.time.machine_clock(),
            generations,
            event_kinds: Cached::new(Kept::EventKinds, |conn| Ok(conn.event_kinds()?)),
            certificate_changed,
            nodes,
            secrets,
            claimed: Mutex::new(Some(claimed)),
            ground: Arc::clone(ground),
        })
    }

    /// Account and region.
    pub fn realm(&self) -> &Arc<Realm> {
        &self.settings.realm
    }

    /// The server's name.
    pub fn endpoint_host(&self) -> &str {
        &self.settings.endpoint_host
    }

    /// Whether the server itself answers under a name or an address. Case does not count.
    pub fn is_own_host(&self, host: &str) -> bool {
        nameplate_core::endpoint::is_own(host, self.hosts())
    }

    /// Whether a name is one of AWS's services here. Case does not count.
    pub fn is_host_of_service(&self, host: &str) -> bool {
        nameplate_core::endpoint::is_of_service(host, self.hosts())
    }

    fn hosts(&self) -> impl Iterator<Item = &str> {
        let further = self.settings.further_hosts.iter().map(String::as_str);
        std::iter::once(self.endpoint_host()).chain(further)
    }

    /// What `DescribeEndpoint` answers.
    pub fn endpoint_host_of(&self, kind: EndpointType) -> String {
        nameplate_core::endpoint::host_of(&self.settings.endpoint_host, kind)
    }

    /// This start of this node among those that share the store; 0 where it is alone.
    pub fn incarnation(&self) -> i64 {
        match self.settings.bus.incarnation() {
            0 => self.store.incarnation(),
            wanted => wanted,
        }
    }

    /// The number of this node among those that share the store, which no other has at the same time; 0 where it is alone.
    pub fn node_number(&self) -> u16 {
        match self.settings.bus.incarnation() {
            0 => self.store.node_number(),
            wanted => u16::try_from(wanted).unwrap_or(u16::MAX),
        }
    }

    /// Another node has committed something that this one may not have seen.
    pub(crate) fn look_at_notices(&self) {
        self.store.ring();
    }

    /// Follows what other nodes have committed by now, so that what is decided next is decided by what the store has, and
    /// not by what this node has heard; whether there may be other nodes. At once where there are none.
    ///
    /// # Errors
    /// That the store does not say.
    pub(super) async fn catch_up(&self) -> Result<bool> {
        let has_others = self.store.is_clustered();
        if has_others {
            self.store.catch_up().await?;
        }
        Ok(has_others)
    }

    /// What of these kinds has been heard of so far: to be asked for before what is kept of them is used.
    pub(super) fn heard<const N: usize>(&self, kinds: [Kept; N]) -> Heard<N> {
        Heard {
            kinds,
            numbers: kinds.map(|kind| self.generations.of(kind)),
        }
    }

    /// Follows what other nodes have committed by now; whether anything of these kinds is another than it was then, whoever
    /// heard of it first.
    pub(super) async fn has_news_since<const N: usize>(&self, before: &Heard<N>) -> Result<bool> {
        self.catch_up().await?;
        Ok(self.heard(before.kinds).numbers != before.numbers)
    }

    /// Whether a refusal that was decided by what is kept of these kinds is to be decided anew: something of them is another
    /// than it was then, or is now that this node has followed the others. For doors at which anybody may ask: a node looks
    /// no oftener than [`LOOKS`] for the first of these kinds, and who asks at the same time shares a look.
    ///
    /// # Errors
    /// That the store does not say, so that nobody knows whether the refusal is one.
    pub(super) async fn may_be_outdated<const N: usize>(&self, before: &Heard<N>) -> Result<bool> {
        const { assert!(N > 0, "a refusal is decided by something") };
        let is_another = |kernel: &Self| kernel.heard(before.kinds).numbers != before.numbers;
        if is_another(self) || !self.store.is_clustered() {
            return Ok(is_another(self));
        }
        let is_away = |until: std::time::Instant| until.elapsed() > AWAY;
        if self.store.followed_until().is_none_or(is_away) {
            let text = "what other nodes have changed cannot be read at the moment";
            return Err(Error::new(Kind::Unavailable, text));
        }
        let of = before.kinds[0] as usize;
        let may_look = self.looks.lock()[of].take(LOOKS, 1, self.now());
        if may_look {
            self.catch_up().await?;
        }
        Ok(is_another(self))
    }

    /// The clients that other servers let in, as notices say; once.
    pub(super) fn take_claims(&self) -> Option<mpsc::UnboundedReceiver<Claimed>> {
        self.claimed.lock().take()
    }

    /// Now.
    pub fn now(&self) -> Millis {
        self.ground.time.now()
    }

    /// The data directory.
    pub(crate) fn directory(&self) -> &Path {
        &self.ground.directory
    }

    /// What must stay while a backup is made.
    pub(crate) fn hold(&self) -> &backup::Hold {
        &self.ground.hold
    }

    /// The clock.
    pub(crate) fn time(&self) -> &Arc<Time> {
        &self.ground.time
    }

    /// What is to go wrong.
    pub(crate) fn faults(&self) -> &Faults {
        &self.ground.faults
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

    /// Shows `look` every certificate that is registered beyond the key `after`, in the order of their keys; the last key.
    /// Read in pages, so that nobody waits for all of them.
    pub(super) async fn each_certificate(
        &self,
        mut after: i64,
        mut look: impl FnMut(i64, &Certificate) + Send,
    ) -> Result<i64> {
        const PAGE: usize = 1000;
        loop {
            let page = self
                .store
                .read(|conn| conn.certificate_bodies(after, PAGE))
                .await?;
            for (key, der) in &page {
                after = *key;
                // One that is registered was read before; one that cannot be is nobody's.
                if let Ok(certificate) = Certificate::parse_der(der) {
                    look(*key, &certificate);
                }
            }
            if page.len() < PAGE {
                return Ok(after);
            }
        }
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
        let changed = traces::step(name, self.store.tx(name, body)).await;
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
        self.settings.traces.attempt(&row);
        self.audit.add_provisioning(&row, 1);
        self.store.record_attempt(row);
    }

    /// Notes one that may repeat, as one row for its key; how often it has come by now. Of what repeats, the audit log
    /// hears the first time, the tenth, the hundredth.
    pub(super) fn summarise_attempt(&self, of: SummaryOf, key: &str, row: AttemptRow) -> i64 {
        let of_flow = audit::is_provisioning(&row).then(|| row.clone());
        let times = self.store.summarise_attempt(of, key, row);
        let told = times > 0 && 10_i64.checked_pow(times.ilog10()) == Some(times);
        if let Some(row) = of_flow.filter(|_| told) {
            self.audit.add_provisioning(&row, times);
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
    (nodes, secrets): (&Notify, &Notify),
    claims: &mpsc::UnboundedSender<Claimed>,
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
                    Notice::Secrets => secrets.notify_one(),
                    Notice::Everything => {
                        everyone = true;
                        secrets.notify_one();
                        // Whoever waits for one looks at its own.
                        let _ = certificate_changed.send([0; 32]);
                        // Events may be owed of which nothing was heard.
                        effects.leave_events();
                    }
                    Notice::NodeCame(_) | Notice::NodeGone(_) => nodes.notify_one(),
                    Notice::Claimed {
                        client_id,
                        incarnation,
                        stamp,
                    } => {
                        // Where nobody follows them there is nobody to tell.
                        let _ = claims.send(Claimed {
                            client_id,
                            incarnation,
                            stamp,
                        });
                    }
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
