//! Which environments there are, who waits for one, and which are idle.

use super::Environment;
use crate::function::{Failure, Function};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

pub(super) struct Pool {
    /// One permit for each call that may run: first come, first served.
    slots: Semaphore,
    most: usize,
    waiting: AtomicUsize,
    state: Mutex<State>,
    running: Arc<Mutex<HashMap<String, u32>>>,
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
            slots: Semaphore::new(most),
            most,
            waiting: AtomicUsize::new(0),
            state: Mutex::default(),
            running: Arc::default(),
        }
    }

    /// Counts a call, or refuses it for its function's reserved concurrency.
    pub(super) fn count(&self, function: &Function) -> Result<Counted, Failure> {
        let mut running = self.running.lock();
        let count = running.get(&function.name).copied().unwrap_or(0);
        if function
            .reserved_concurrency
            .is_some_and(|most| count >= most)
        {
            return Err(Failure::Throttled("Rate Exceeded.".into()));
        }
        running.insert(function.name.clone(), count + 1);
        Ok(Counted {
            name: function.name.clone(),
            running: Arc::clone(&self.running),
        })
    }

    /// Waits for the right to run, within the bounds of `queue`: how many may wait, and for how long.
    pub(super) async fn slot(&self, queue: (usize, Duration)) -> Result<Slot<'_>, Failure> {
        let permit = match self.slots.try_acquire() {
            Ok(permit) => permit,
            Err(_) => {
                let busy = |why: String| {
                    Failure::Throttled(format!("{} functions are running, {why}", self.most))
                };
                if self.waiting.fetch_add(1, Ordering::Relaxed) >= queue.0 {
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                    return Err(busy(format!("and {} calls wait for one to end", queue.0)));
                }
                let permit = tokio::time::timeout(queue.1, self.slots.acquire()).await;
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
