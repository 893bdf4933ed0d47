//! Fleet indexing: what is indexed, the indexes, and what there is still to do for them and for dynamic groups.
//!
//! The indexes are in memory (`docs/adr/0011-fleet-index.md`). Commits and connections leave the keys of what changed
//! in `Wanted`, which is all they pay; one thread of its own (`worker.rs`) reads those rows again, puts them into
//! the indexes and moves things between dynamic groups. So an index follows the registry within moments and is never
//! waited for. Searching is in `search.rs`, the operations on dynamic groups in `dynamic.rs`, the configuration in
//! `configuration.rs`.
//!
//! Must not know: connections' tasks, AWS's error names.

pub mod configuration;
pub mod connectivity;
pub mod dynamic;
pub mod queries;
mod refusal;
mod worker;

pub use refusal::Refusal;

use crate::app::kernel::{Follower, Kernel};
use crate::app::{Error, Result};
use connectivity::Connections;
use nameplate_core::search::{Configuration, Index, Subject};
use nameplate_store::Notice;
use parking_lot::{Condvar, Mutex, RwLock};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

/// Whether an index can be searched, in AWS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexStatus {
    /// It can.
    Active,
    /// Not yet.
    Building,
    /// It can, but does not hold yet all that was asked for.
    Rebuilding,
}

impl IndexStatus {
    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            IndexStatus::Active => "ACTIVE",
            IndexStatus::Building => "BUILDING",
            IndexStatus::Rebuilding => "REBUILDING",
        }
    }
}

/// The use cases of fleet indexing.
pub struct Search {
    kernel: Arc<Kernel>,
    pub(crate) fleet: Arc<Fleet>,
    connections: Arc<Connections>,
    keeping: Mutex<Option<tokio::task::AbortHandle>>,
}

impl Search {
    /// Over a kernel that `fleet` follows. The thread that keeps the indexes up ends with what is returned.
    pub(crate) async fn open(kernel: Arc<Kernel>, fleet: Arc<Fleet>) -> Result<Arc<Self>> {
        fleet.open(&kernel.store).await?;
        fleet
            .own
            .store(kernel.store.incarnation(), Ordering::Release);
        let connections = Arc::new(Connections::open(&kernel).await?);
        let search = Arc::new(Self {
            kernel,
            fleet,
            connections,
            keeping: Mutex::default(),
        });
        *search.keeping.lock() = Some(connectivity::start(&search));
        worker::start(&search).map_err(Error::internal)?;
        Ok(search)
    }

    /// Tells the thread to end.
    pub(crate) fn stop(&self) {
        self.fleet.stop();
        if let Some(keeping) = self.keeping.lock().take() {
            keeping.abort();
        }
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What of fleet indexing is in memory.
#[derive(Debug, Default)]
pub(crate) struct Fleet {
    // Incarnation of this server; 0 where there are no others.
    own: AtomicI64,
    wanted: Mutex<Wanted>,
    wake: Condvar,
    // Whether changes of things, and of their connections, concern anything here.
    watches_things: AtomicBool,
    watches_connections: AtomicBool,
    watches_shadows: AtomicBool,
    configuration: RwLock<Arc<Configuration>>,
    // How many configurations were committed, and up to which one this is in force.
    unread: AtomicU64,
    taken: AtomicU64,
    things: RwLock<Option<Index>>,
    groups: RwLock<Option<Index>>,
    // The dynamic groups whose things have been found.
    found: RwLock<HashMap<i64, Sought>>,
}

/// What a dynamic group's things were found by.
#[derive(Debug, Clone)]
struct Sought {
    query: Arc<str>,
    asks_connections: bool,
    asks_shadows: bool,
}

/// What the worker has to do. Bounded by the number of things and groups.
#[derive(Debug, Default)]
struct Wanted {
    things: BTreeSet<i64>,
    groups: BTreeSet<i64>,
    /// Things that were connected or disconnected at another server.
    elsewhere: BTreeSet<i64>,
    /// Groups that are gone, by name.
    gone: BTreeSet<String>,
    /// Indexes to build, by name; they stay until they are built.
    build: BTreeSet<&'static str>,
    /// Look at the dynamic groups, as at the start.
    look: bool,
    /// The worker is at it.
    busy: bool,
    stop: bool,
}

impl Wanted {
    fn is_empty(&self) -> bool {
        self.things.is_empty()
            && self.groups.is_empty()
            && self.elsewhere.is_empty()
            && self.gone.is_empty()
            && self.build.is_empty()
            && !self.look
    }
}

impl Fleet {
    /// What keeps it up with commits.
    pub(crate) fn follower(self: &Arc<Self>) -> Follower {
        let fleet = Arc::clone(self);
        Box::new(move |notice| fleet.note(notice))
    }

    /// Takes note of what a commit changed. Called on the writer's thread after the commit: it must be quick.
    pub(crate) fn note(&self, notice: &Notice) {
        match notice {
            Notice::NewThing(key) | Notice::Thing(key)
                if self.watches_things.load(Ordering::Acquire) =>
            {
                self.want(|wanted| {
                    wanted.things.insert(*key);
                });
            }
            Notice::Shadow(key) if self.watches_shadows.load(Ordering::Acquire) => {
                self.want(|wanted| {
                    wanted.things.insert(*key);
                });
            }
            Notice::GroupData(key) => self.want(|wanted| {
                wanted.groups.insert(*key);
                wanted.look = true;
            }),
            Notice::GroupGone { key, name } => self.want(|wanted| {
                wanted.gone.insert(name.clone());
                wanted.groups.insert(*key);
                wanted.look = true;
            }),
            // What was written here is known here.
            Notice::Connectivity { thing, at }
                if *at == 0 || *at != self.own.load(Ordering::Acquire) =>
            {
                self.want(|wanted| {
                    wanted.elsewhere.insert(*thing);
                });
            }
            // Whoever moves things between dynamic groups may be gone.
            Notice::NodeGone(_) => self.want(|wanted| wanted.look = true),
            Notice::Everything => {
                self.unread.fetch_add(1, Ordering::Release);
                let configuration = self.configuration();
                self.want(|wanted| {
                    wanted.look = true;
                    for subject in [Subject::Things, Subject::ThingGroups] {
                        if configuration.has(subject) {
                            wanted.build.insert(subject.index_name());
                        }
                    }
                });
            }
            // The worker reads what it is; so does whoever searches before it has.
            Notice::Indexing => {
                self.unread.fetch_add(1, Ordering::Release);
                self.want(|wanted| wanted.look = true);
            }
            _ => {}
        }
    }

    /// Takes note that a thing was connected or disconnected.
    pub(crate) fn note_connection(&self, thing: i64) {
        if self.watches_connections.load(Ordering::Acquire) {
            self.want(|wanted| {
                wanted.things.insert(thing);
            });
        }
    }

    fn want(&self, add: impl FnOnce(&mut Wanted)) {
        let mut wanted = self.wanted.lock();
        let idle = wanted.is_empty();
        add(&mut wanted);
        if idle {
            self.wake.notify_all();
        }
    }

    /// Tells the worker to end.
    pub(crate) fn stop(&self) {
        self.wanted.lock().stop = true;
        self.wake.notify_all();
    }

    fn is_stopped(&self) -> bool {
        self.wanted.lock().stop
    }

    /// What is indexed.
    pub(crate) fn configuration(&self) -> Arc<Configuration> {
        Arc::clone(&self.configuration.read())
    }

    /// Takes a configuration into force that was read when `number` had been committed, unless a newer one is; indexes
    /// that it newly asks for, or asks more of, are built.
    fn configure(&self, next: Configuration, number: u64) {
        let next = Arc::new(next);
        let mut newer = false;
        self.want(|wanted| {
            newer = self.taken.load(Ordering::Acquire) > number;
            if newer {
                return;
            }
            self.taken.store(number, Ordering::Release);
            let before = std::mem::replace(&mut *self.configuration.write(), Arc::clone(&next));
            self.watch();
            let names = |of: &Configuration| -> BTreeSet<String> {
                of.named_shadows.iter().cloned().collect()
            };
            let same = before.things
                && before.connectivity == next.connectivity
                && before.shadows == next.shadows
                && names(&before) == names(&next);
            if next.things && !same {
                wanted.build.insert(Subject::Things.index_name());
            }
            if next.groups && !before.groups {
                wanted.build.insert(Subject::ThingGroups.index_name());
            }
        });
        if newer {
            return;
        }
        for subject in [Subject::Things, Subject::ThingGroups] {
            if !next.has(subject)
                && let Some(old) = self.index(subject).write().take()
            {
                // That of a large fleet takes a while to give up, and commits shall not wait for it.
                std::thread::spawn(move || drop(old));
            }
        }
    }

    /// An index was built by this configuration. It is put in place unless another is in force by now: then it may
    /// lack what nobody watched meanwhile, and is built again if it is still wanted.
    fn built(&self, subject: Subject, index: Index, by: &Arc<Configuration>) {
        let mut place = self.index(subject).write();
        let mut wanted = self.wanted.lock();
        let now = self.configuration();
        if Arc::ptr_eq(&now, by) && now.has(subject) {
            *place = Some(index);
            wanted.build.remove(subject.index_name());
        } else if !now.has(subject) {
            wanted.build.remove(subject.index_name());
        }
    }

    /// Decides whose changes are noted. What a commit before this changed is in all that is read after it.
    fn watch(&self) {
        let configuration = self.configuration();
        let found = self.found.read();
        let things = configuration.things || !found.is_empty();
        let connections = configuration.things && configuration.connectivity
            || found.values().any(|sought| sought.asks_connections);
        let shadows = configuration.things && configuration.has_shadows()
            || found.values().any(|sought| sought.asks_shadows);
        self.watches_things.store(things, Ordering::Release);
        self.watches_shadows.store(shadows, Ordering::Release);
        self.watches_connections
            .store(connections, Ordering::Release);
    }

    fn index(&self, subject: Subject) -> &RwLock<Option<Index>> {
        match subject {
            Subject::Things => &self.things,
            Subject::ThingGroups => &self.groups,
        }
    }

    /// Status of an index; `None` where it is off.
    pub(crate) fn status(&self, subject: Subject) -> Option<IndexStatus> {
        if !self.configuration().has(subject) {
            return None;
        }
        let wanted = self.wanted.lock().build.contains(subject.index_name());
        Some(match (self.index(subject).read().is_some(), wanted) {
            (false, _) => IndexStatus::Building,
            (true, true) => IndexStatus::Rebuilding,
            (true, false) => IndexStatus::Active,
        })
    }

    /// Status of a dynamic group with this query.
    pub(crate) fn group_status(&self, key: i64, query: &str) -> IndexStatus {
        match self.found.read().get(&key) {
            Some(found) if found.query.as_ref() == query => IndexStatus::Active,
            Some(_) => IndexStatus::Rebuilding,
            None => IndexStatus::Building,
        }
    }

    /// Waits until the worker has done all that there is to do.
    #[cfg(test)]
    pub(crate) fn settle(&self) {
        let mut wanted = self.wanted.lock();
        while wanted.busy || !wanted.is_empty() {
            let waited = self
                .wake
                .wait_for(&mut wanted, std::time::Duration::from_secs(20));
            assert!(!waited.timed_out(), "the fleet worker is stuck: {wanted:?}");
        }
    }
}
