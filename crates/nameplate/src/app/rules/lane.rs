//! Where messages wait for their rules: a lane for each rule, so that one whose endpoint is slow holds up no other.
//!
//! All is bounded. A lane has [`LANE_MESSAGES`] places and works at [`LANE_WORKERS`] messages at once; all lanes together
//! hold [`MESSAGES`] messages of [`BYTES`] bytes. What finds no place is left out and counted. Registry events, which are
//! few and are not sent again, find a place in a full lane.

use super::Arrival;
use super::engine::Engine;
use super::live::Compiled;
use bytes::Bytes;
use nameplate_core::ctx::Millis;
use nameplate_mqtt::{MessageProperties, Text};
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Messages that wait in one lane.
const LANE_MESSAGES: usize = 1_000;
/// Messages of one rule that are worked at together.
const LANE_WORKERS: usize = 16;
/// Messages in all lanes, those that are worked at included.
const MESSAGES: usize = 20_000;
/// Bytes of their payloads and properties.
const BYTES: usize = 64 * 1024 * 1024;
/// Milliseconds between log lines about the same.
const QUIET: i64 = 60_000;

/// A message that rules will see, kept until they are done with it.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) topic: String,
    pub(super) payload: Bytes,
    pub(super) client_id: Option<String>,
    pub(super) principal: Option<String>,
    pub(super) source_ip: Option<String>,
    pub(super) trace_id: String,
    pub(super) properties: Option<Box<Properties>>,
    pub(super) hops: u8,
    pub(super) at: Millis,
    _event: Option<OwedEvent>,
}

impl Arrived {
    pub(super) fn new(
        arrival: &Arrival<'_>,
        at: Millis,
        events: &Arc<Mutex<BTreeMap<i64, usize>>>,
    ) -> Self {
        Self {
            topic: arrival.topic.to_owned(),
            payload: arrival.payload.clone(),
            client_id: arrival.client_id.map(str::to_owned),
            principal: arrival.principal.map(str::to_owned),
            source_ip: arrival.source_ip.map(|ip| ip.to_canonical().to_string()),
            trace_id: crate::app::ids::uuid(),
            properties: arrival
                .properties
                .map(|own| Box::new(Properties::from(own))),
            hops: arrival.hops,
            at,
            _event: arrival.event.map(|key| OwedEvent::new(key, events)),
        }
    }

    /// Bytes that count: payload, and properties twice, as they are kept.
    fn size(&self) -> usize {
        let properties = self.properties.as_ref();
        self.payload.len() + properties.map_or(0, |properties| 2 * properties.own.bytes())
    }

    fn is_event(&self) -> bool {
        self._event.is_some()
    }
}

/// Properties of MQTT 5 that a message came with.
#[derive(Debug)]
pub(super) struct Properties {
    own: MessageProperties,
    /// User properties once more, as the language reads them.
    user: Vec<(String, String)>,
}

impl From<&MessageProperties> for Properties {
    fn from(own: &MessageProperties) -> Self {
        let user = own.user.iter();
        Self {
            own: own.clone(),
            user: user
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect(),
        }
    }
}

impl Properties {
    /// As the language sees them.
    pub(super) fn seen(&self) -> nameplate_rules::Properties<'_> {
        nameplate_rules::Properties {
            utf8: self.own.utf8,
            content_type: self.own.content_type.as_ref().map(Text::as_str),
            response_topic: self.own.response_topic.as_ref().map(Text::as_str),
            correlation_data: self.own.correlation_data.as_deref(),
            user: &self.user,
        }
    }
}

/// That an event is still owed to some rule.
#[derive(Debug)]
struct OwedEvent {
    key: i64,
    events: Arc<Mutex<BTreeMap<i64, usize>>>,
}

impl OwedEvent {
    fn new(key: i64, events: &Arc<Mutex<BTreeMap<i64, usize>>>) -> Self {
        *events.lock().entry(key).or_default() += 1;
        Self {
            key,
            events: Arc::clone(events),
        }
    }
}

impl Drop for OwedEvent {
    fn drop(&mut self) {
        let mut events = self.events.lock();
        if let Some(count) = events.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                events.remove(&self.key);
            }
        }
    }
}

/// A message for one rule.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) rule: Arc<Compiled>,
    pub(super) message: Arc<Arrived>,
}

/// What became of a rule's messages since the server started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Messages that FROM matched.
    pub matched: u64,
    /// Messages that WHERE let through.
    pub selected: u64,
    /// Actions that succeeded.
    pub succeeded: u64,
    /// Actions and evaluations that failed.
    pub failed: u64,
    /// Messages that found no place.
    pub dropped: u64,
}

/// The lane of one rule.
#[derive(Debug, Default)]
pub(super) struct Lane {
    waiting: Mutex<Waiting>,
    matched: AtomicU64,
    selected: AtomicU64,
    succeeded: AtomicU64,
    failed: AtomicU64,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    workers: usize,
}

impl Lane {
    pub(super) fn count_selected(&self) {
        self.selected.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_success(&self) {
        self.succeeded.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_failure(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn figures(&self) -> Figures {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Figures {
            matched: of(&self.matched),
            selected: of(&self.selected),
            succeeded: of(&self.succeeded),
            failed: of(&self.failed),
            dropped: of(&self.dropped),
        }
    }

    /// The next message; none ends the worker that asks.
    fn next(&self) -> Option<Job> {
        let mut waiting = self.waiting.lock();
        let job = waiting.jobs.pop_front();
        if job.is_none() {
            waiting.workers -= 1;
        }
        job
    }
}

/// What all lanes hold together.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    messages: AtomicUsize,
    bytes: AtomicUsize,
    dropped: AtomicU64,
    not_found: AtomicU64,
    told: AtomicI64,
    emptied: Notify,
}

impl Lanes {
    /// Puts a message into its rule's lane. `false` where there is no place.
    pub(super) fn push(self: &Arc<Self>, job: Job, engine: &Arc<Engine>) -> bool {
        let lane = Arc::clone(&job.rule.lane);
        lane.matched.fetch_add(1, Ordering::Relaxed);
        let size = job.message.size();
        let is_full = !self.came(size);
        let began = {
            let mut waiting = lane.waiting.lock();
            let lane_full = waiting.jobs.len() >= LANE_MESSAGES && !job.message.is_event();
            if is_full || lane_full {
                None
            } else {
                waiting.jobs.push_back(job);
                let begins = waiting.workers < LANE_WORKERS;
                if begins {
                    waiting.workers += 1;
                }
                Some(begins)
            }
        };
        let Some(begins) = began else {
            lane.dropped.fetch_add(1, Ordering::Relaxed);
            self.leave_out(size);
            return false;
        };
        if begins {
            let (lanes, engine) = (Arc::clone(self), Arc::clone(engine));
            let worker = Worker { lane: Some(lane) };
            tokio::spawn(async move { worker.work(&lanes, &engine).await });
        }
        true
    }

    /// A place for a message that has no lane yet; `None` where there is none, which counts it as left out.
    pub(super) fn place(self: &Arc<Self>, message: &Arrived) -> Option<Place> {
        let size = message.size();
        if !self.came(size) {
            self.leave_out(size);
            return None;
        }
        let lanes = Arc::clone(self);
        Some(Place { lanes, size })
    }

    /// Counts one more; whether there was room for it.
    fn came(&self, size: usize) -> bool {
        let messages = self.messages.fetch_add(1, Ordering::AcqRel) + 1;
        let bytes = self.bytes.fetch_add(size, Ordering::AcqRel) + size;
        messages <= MESSAGES && bytes <= BYTES
    }

    fn leave_out(&self, size: usize) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
        self.left(size);
    }

    fn left(&self, size: usize) {
        self.bytes.fetch_sub(size, Ordering::AcqRel);
        if self.messages.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.emptied.notify_waiters();
        }
    }

    /// Waits until nothing waits and nothing is worked at.
    pub(super) async fn idle(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.messages.load(Ordering::Acquire) == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Counts a message that names no rule; whether it is time to log one.
    pub(super) fn rule_not_found(&self, now: Millis) -> bool {
        self.not_found.fetch_add(1, Ordering::Relaxed);
        let now = now.0;
        let told = self.told.load(Ordering::Relaxed);
        (told == 0 || now - told >= QUIET)
            && self
                .told
                .compare_exchange(told, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }

    pub(super) fn lost(&self) -> (u64, u64) {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (of(&self.dropped), of(&self.not_found))
    }
}

/// One of those that work at a lane.
struct Worker {
    lane: Option<Arc<Lane>>,
}

impl Worker {
    async fn work(mut self, lanes: &Arc<Lanes>, engine: &Engine) {
        while let Some(job) = self.next() {
            let _place = Place {
                lanes: Arc::clone(lanes),
                size: job.message.size(),
            };
            engine.run(&job.rule, &job.message).await;
            drop(job);
        }
    }

    fn next(&mut self) -> Option<Job> {
        let job = self.lane.as_ref()?.next();
        if job.is_none() {
            // It has left the lane.
            self.lane = None;
        }
        job
    }
}

impl Drop for Worker {
    /// However it ends.
    fn drop(&mut self) {
        if let Some(lane) = &self.lane {
            lane.waiting.lock().workers -= 1;
        }
    }
}

/// A place in the lanes, given back however the work ends.
#[derive(Debug)]
pub(super) struct Place {
    lanes: Arc<Lanes>,
    size: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.lanes.left(self.size);
    }
}
