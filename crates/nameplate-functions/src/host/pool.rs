//! Which environments there are, who waits for one, and which are idle.

use super::Environment;
use crate::function::{Code, Concurrency, Failure, Function};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many functions may wait for one another with places of their own; those beyond share the last's.
const DEPTHS: usize = 17;

pub(super) struct Pool {
    /// One permit for each call that may run: first come, first served. By how many functions wait for the call, so that
    /// who has a place waits only for calls that wait for fewer, and the last for none.
    slots: [Semaphore; DEPTHS],
    most: usize,
    waiting: AtomicUsize,
    state: Mutex<State>,
    running: Arc<Mutex<HashMap<String, u32>>>,
    /// Folders that calls and environments have, and how many do.
    folders: Arc<Mutex<HashMap<PathBuf, usize>>>,
}

/// Folders that must stay.
pub(super) struct Held {
    paths: Vec<PathBuf>,
    folders: Arc<Mutex<HashMap<PathBuf, usize>>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut folders = self.folders.lock();
        for path in &self.paths {
            if let Some(count) = folders.get_mut(path) {
                *count -= 1;
                if *count == 0 {
                    folders.remove(path);
                }
            }
        }
    }
}

#[derive(Default)]
struct State {
    /// By name and version; the one used last is last.
    idle: HashMap<(String, String), Vec<Idle>>,
    count: usize,
}

struct Idle {
    environment: Environment,
    since: Instant,
}

/// A call that counts against its function's concurrency.
pub(super) struct Counted {
    name: String,
    running: Arc<Mutex<HashMap<String, u32>>>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut running = self.running.lock();
        if let Some(count) = running.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.name);
            }
        }
    }
}

/// The right to run one environment.
pub(super) struct Slot<'a> {
    pool: &'a Pool,
    _permit: SemaphorePermit<'a>,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.pool.state.lock().count -= 1;
    }
}

impl Pool {
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            slots: std::array::from_fn(|depth| {
                Semaphore::new(if depth == 0 { most } else { (most / 2).max(1) })
            }),
            most,
            waiting: AtomicUsize::new(0),
            state: Mutex::default(),
            running: Arc::default(),
            folders: Arc::default(),
        }
    }

    /// Notes that the folders of a function are used, until what is answered is gone.
    pub(super) fn hold(&self, function: &Function) -> Held {
        let mut paths = Vec::new();
        if let Code::Folder(path) = &function.code {
            paths.push(path.clone());
        }
        let mut folders = self.folders.lock();
        for path in &paths {
            *folders.entry(path.clone()).or_default() += 1;
        }
        Held {
            paths,
            folders: Arc::clone(&self.folders),
        }
    }

    pub(super) fn holds(&self, folder: &Path) -> bool {
        self.folders.lock().contains_key(folder)
    }

    /// Counts a call, or refuses it for its function's reserved concurrency.
    pub(super) fn count(&self, function: &Function) -> Result<Counted, Failure> {
        let mut running = self.running.lock();
        let count = running.get(&function.name).copied().unwrap_or(0);
        if function
            .reserved_concurrency
            .is_some_and(|most| count >= most)
        {
            let why = "Rate Exceeded.".into();
            return Err(Failure::Throttled(Concurrency::Reserved, why));
        }
        running.insert(function.name.clone(), count + 1);
        Ok(Counted {
            name: function.name.clone(),
            running: Arc::clone(&self.running),
        })
    }

    /// Waits for the right to run, within the bounds of `queue`: how many may wait, and for how long. `depth` functions wait
    /// for the call.
    pub(super) async fn slot(
        &self,
        queue: (usize, Duration),
        depth: u32,
    ) -> Result<Slot<'_>, Failure> {
        let depth = usize::try_from(depth).unwrap_or(usize::MAX);
        let slots = &self.slots[depth.min(DEPTHS - 1)];
        let permit = match slots.try_acquire() {
            Ok(permit) => permit,
            Err(_) => {
                let busy = |why: String| {
                    let why = format!("{} functions are running, {why}", self.most);
                    Failure::Throttled(Concurrency::Unreserved, why)
                };
                if self.waiting.fetch_add(1, Ordering::Relaxed) >= queue.0 {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    return Err(busy(format!("and {} calls wait for one to end", queue.0)));
                }
                let permit = tokio::time::timeout(queue.1, slots.acquire()).await;
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                match permit {
                    Ok(Ok(permit)) => permit,
                    _ => {
                        return Err(busy(format!(
                            "and none ended within {} s",
                            queue.1.as_secs()
                        )));
                    }
                }
            }
        };
        self.state.lock().count += 1;
        Ok(Slot {
            pool: self,
            _permit: permit,
        })
    }

    /// An idle environment of this revision. If there is none, room is made for another.
    pub(super) fn take(&self, function: &Function, revision: &str) -> Option<Environment> {
        let mut ended = Vec::new();
        let mut state = self.state.lock();
        let key = (function.name.clone(), function.version.clone());
        let mut found = None;
        if let Some(idle) = state.idle.get_mut(&key) {
            while let Some(one) = idle.pop() {
                if one.environment.fits(revision) {
                    found = Some(one.environment);
                    break;
                }
                ended.push(one);
            }
        }
        if found.is_none() && state.count + state.idle() > self.most {
            // The one that was used longest ago, whosesoever it is.
            let oldest = state
                .idle
                .iter()
                .filter_map(|(key, idle)| Some((idle.first()?.since, key.clone())))
                .min();
            if let Some((_, key)) = oldest
                && let Some(idle) = state.idle.get_mut(&key)
            {
                ended.push(idle.remove(0));
            }
        }
        drop(state);
        found
    }

    /// Keeps an environment for the next call.
    pub(super) fn put(&self, function: &Function, environment: Environment) {
        let key = (function.name.clone(), function.version.clone());
        self.state.lock().idle.entry(key).or_default().push(Idle {
            environment,
            since: Instant::now(),
        });
    }

    pub(super) fn expire(&self, idle: Duration) {
        let mut ended = Vec::new();
        let mut state = self.state.lock();
        state.idle.retain(|_, environments| {
            ended.extend(environments.extract_if(.., |one| {
                one.since.elapsed() >= idle || one.environment.ended()
            }));
            !environments.is_empty()
        });
        drop(state);
    }

    pub(super) fn retire(&self, name: &str) {
        let mut ended = Vec::new();
        let mut state = self.state.lock();
        state.idle.retain(|(of, _), environments| {
            if of == name {
                ended.append(environments);
            }
            of != name
        });
        drop(state);
    }

    pub(super) fn environments(&self) -> usize {
        let state = self.state.lock();
        state.count + state.idle()
    }
}

impl State {
    fn idle(&self) -> usize {
        self.idle.values().map(Vec::len).sum()
    }
}
