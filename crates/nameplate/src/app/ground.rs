//! What stays when all services are made anew: the directory, the store, the server's own keys, the clock, what was
//! kept aside of the registry, and the faults that were asked for.
//!
//! Must not know any service.

use super::audit::{self, Audit};
use super::error::{Error, Kind, Result};
use super::faults::Faults;
use super::time::Time;
use super::{AppSettings, backup};
use crate::authority::DeviceAuthority;
use arc_swap::ArcSwapOption;
use nameplate_core::ctx::Millis;
use nameplate_functions::SavedLogs;
use nameplate_store::iam::AccessKey;
use nameplate_store::{Change, Saved, Store, StoreOptions};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio::sync::{mpsc, oneshot};

/// Hears of a commit's changes, on the writer's thread: it must be quick.
pub(super) type Hearer = Box<dyn Fn(Vec<Change>) + Send + Sync>;

/// Registries that may be kept aside at once, and how many bytes they may take together.
const MOST_SNAPSHOTS: usize = 64;
pub(super) const SNAPSHOT_BYTES: u64 = 512 << 20;
/// Longest name of one.
const NAME_LENGTH: usize = 64;

/// What the registry becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Empty.
    Empty,
    /// As it was when the snapshot of this name was made.
    Snapshot(String),
}

/// Somebody asks for another registry, and is answered when it is there.
pub type Asked = (Wanted, oneshot::Sender<Result<()>>);

/// A registry that was kept aside.
#[derive(Clone)]
pub(crate) struct Snapshot {
    pub(super) saved: Arc<Saved>,
    pub(super) logs: Arc<SavedLogs>,
    pub(crate) made: Millis,
}

impl Snapshot {
    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> u64 {
        self.saved.bytes() + self.logs.bytes()
    }
}

/// What stays.
pub struct Ground {
    pub(super) directory: PathBuf,
    pub(super) settings: AppSettings,
    pub(super) device_authority: Arc<DeviceAuthority>,
    pub(super) root_key: AccessKey,
    pub(super) time: Arc<Time>,
    pub(super) faults: Arc<Faults>,
    /// The audit log goes on through resets, which it has entries of.
    pub(super) audit: Arc<Audit>,
    pub(super) audit_counters: audit::Counters,
    /// What must stay while a backup is made, also of a registry that has been replaced meanwhile.
    pub(super) hold: backup::Hold,
    store: Mutex<Store>,
    hearer: Arc<ArcSwapOption<Hearer>>,
    snapshots: Mutex<BTreeMap<String, Snapshot>>,
    asked: OnceLock<mpsc::Sender<Asked>>,
    endpoint_port: OnceLock<u16>,
}

impl Ground {
    /// Opens the store in `directory`. Nobody hears of its commits before [`Ground::hear`].
    pub(super) fn open(
        directory: &Path,
        settings: AppSettings,
        device_authority: DeviceAuthority,
        root_key: AccessKey,
        clock: super::Clock,
    ) -> Result<Arc<Self>> {
        let options = StoreOptions {
            directory: directory.to_owned(),
            engine: settings.engine.clone(),
            attempts: settings.attempts,
            cluster: settings.cluster.clone(),
        };
        let hearer: Arc<ArcSwapOption<Hearer>> = Arc::default();
        let store = Store::open(&options, {
            let hearer = Arc::clone(&hearer);
            move |changes| {
                if let Some(hear) = &*hearer.load() {
                    hear(changes);
                }
            }
        })?;
        let audit_counters = audit::Counters::default();
        let megabytes = settings.audit_megabytes;
        let audit = Audit::open(directory, megabytes, audit_counters.clone());
        Ok(Arc::new(Self {
            audit: Arc::new(audit),
            audit_counters,
            hold: backup::Hold::default(),
            directory: directory.to_owned(),
            faults: Arc::new(Faults::new(settings.allow_reset)),
            settings,
            device_authority: Arc::new(device_authority),
            root_key,
            time: Arc::new(Time::new(clock)),
            store: Mutex::new(store),
            hearer,
            snapshots: Mutex::default(),
            asked: OnceLock::new(),
            endpoint_port: OnceLock::new(),
        }))
    }

    /// Commits are told to this one from now on, and to nobody else.
    pub(super) fn hear(&self, hearer: Hearer) {
        self.hearer.store(Some(Arc::new(hearer)));
    }

    /// The store as it is now.
    pub(super) fn store(&self) -> Store {
        self.store.lock().clone()
    }

    /// The store that has taken over.
    pub(super) fn set_store(&self, store: Store) {
        *self.store.lock() = store;
    }

    /// Refuses what would take a registry away whose owner has not allowed it.
    pub(crate) fn check_allowed(&self) -> Result<()> {
        match self.settings.allow_reset {
            true => Ok(()),
            false => Err(Error::denied(
                "this server was started without --allow-reset, which lets its registry be emptied, its clock be moved \
                 and faults be made: it is for servers that tests have to themselves",
            )),
        }
    }

    /// `DescribeEndpoint` says this port, too. Said once, when the listeners are there.
    pub fn set_endpoint_port(&self, port: u16) {
        // A second one is not heard.
        let _ = self.endpoint_port.set(port);
    }

    /// The port that `DescribeEndpoint` says.
    pub(crate) fn endpoint_port(&self) -> Option<u16> {
        self.endpoint_port.get().copied()
    }

    /// Where others ask for another registry. Given once, by whoever serves.
    pub fn serve_resets(&self) -> mpsc::Receiver<Asked> {
        let (asked, asks) = mpsc::channel(16);
        // A second one would be told by a channel that is closed.
        let _ = self.asked.set(asked);
        asks
    }

    /// Has the registry become another. From then on whoever asked speaks with services that are gone.
    ///
    /// # Errors
    /// It is not allowed, there is no such snapshot, or it could not be made durable.
    pub(crate) async fn become_another(&self, wanted: Wanted) -> Result<()> {
        self.check_allowed()?;
        if self.hold.is_held() {
            return Err(Error::new(
                Kind::Throttled(None),
                "a backup is being made, which needs what there is; ask again when it is done",
            ));
        }
        let (answer, answered) = oneshot::channel();
        let asked = self
            .asked
            .get()
            .ok_or_else(|| Error::internal("nobody serves resets"))?;
        asked
            .send((wanted, answer))
            .await
            .map_err(Error::internal)?;
        answered.await.map_err(Error::internal)?
    }

    /// What is kept aside under this name.
    pub(crate) fn snapshot(&self, name: &str) -> Result<Snapshot> {
        let found = self.snapshots.lock().get(name).cloned();
        found.ok_or_else(|| Error::not_found(format!("there is no snapshot {name:?}")))
    }

    /// All that are kept aside, by name.
    pub(crate) fn snapshots(&self) -> BTreeMap<String, Snapshot> {
        self.snapshots.lock().clone()
    }

    /// Keeps the registry aside as it is now, with these log groups, in the place of another of that name.
    ///
    /// # Errors
    /// It is not allowed, the name is not fit, or there is no room.
    pub(super) async fn keep(&self, name: &str, logs: SavedLogs) -> Result<Snapshot> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.len() > NAME_LENGTH || !name.chars().all(plain) {
            return Err(Error::invalid(format!(
                "a snapshot's name is made of 1 to {NAME_LENGTH} letters, digits, hyphens, underscores and full stops"
            )));
        }
        let snapshot = Snapshot {
            saved: Arc::new(self.store().saved().await?),
            logs: Arc::new(logs),
            made: self.time.now(),
        };
        let mut all = self.snapshots.lock();
        let others = all.iter().filter(|(other, _)| *other != name);
        let (count, bytes) = others.fold((0, 0), |(count, bytes), (_, other)| {
            (count + 1, bytes + other.bytes())
        });
        if count >= MOST_SNAPSHOTS || bytes + snapshot.bytes() > SNAPSHOT_BYTES {
            return Err(Error::invalid(format!(
                "{count} snapshots of {bytes} bytes are kept in memory; at most {MOST_SNAPSHOTS} of {SNAPSHOT_BYTES} \
                 bytes are, so remove some"
            )));
        }
        all.insert(name.to_owned(), snapshot.clone());
        Ok(snapshot)
    }

    /// Forgets a snapshot; whether it was there.
    pub(crate) fn forget(&self, name: &str) -> bool {
        self.snapshots.lock().remove(name).is_some()
    }

    /// Whether a snapshot has the body of this name.
    pub(super) fn keeps_body(&self, name: &str) -> bool {
        self.kept(|saved| saved.object_files().iter().any(|kept| kept == name))
    }

    /// Whether a snapshot has the code of this digest.
    pub(super) fn keeps_code(&self, sha256: &str) -> bool {
        self.kept(|saved| saved.codes().iter().any(|kept| kept == sha256))
    }

    /// Names of the bodies that snapshots have.
    pub(super) fn kept_bodies(&self) -> Vec<String> {
        let all = self.snapshots.lock();
        let bodies = all.values().flat_map(|kept| kept.saved.object_files());
        bodies.cloned().collect()
    }

    fn kept(&self, has: impl Fn(&Saved) -> bool) -> bool {
        self.snapshots.lock().values().any(|kept| has(&kept.saved))
    }
}
