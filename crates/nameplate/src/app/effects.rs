//! What commits owe to open connections and to subscribers, until the pump (`app/pump.rs`) has seen to it.
//!
//! Three things wait here, each in bounds of its own; `docs/adr/0016-ingress.md` says why these:
//!
//! | what | at most | where there is no more room |
//! | --- | --- | --- |
//! | connections to look at again | 4,096 certificates and things | all connections are looked at |
//! | registry events | 16,384 | they are left in the store, and read from there when these are gone |
//! | messages of services | 16,384, and what was under way then | whoever makes more waits for room, before it changes anything |
//!
//! Commits never wait for the pump, and the pump never waits for room, so neither can stop the other. Must not know: who
//! is connected, the store.

use super::metrics::Metrics;
use nameplate_store::Event;
use parking_lot::Mutex;
use prometheus_client::metrics::counter::Counter;
use std::collections::{BTreeSet, VecDeque};
use tokio::sync::Notify;

/// Certificates and things that wait to be looked at again.
pub(crate) const NOTICES: usize = 4_096;
/// Events that wait in memory.
pub(crate) const EVENTS: usize = 16_384;
/// Messages of services that wait.
pub(crate) const MESSAGES: usize = 16_384;

/// Something that a commit made necessary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// A certificate's status, policies or things changed: look at its open connections again.
    Certificate([u8; 32]),
    /// A thing changed: look at the open connections of its certificates again.
    Thing(i64),
    /// Something of IAM changed: look at the open connections of its users and roles again.
    Callers,
    /// Policies or groups changed, or too much else: look at all open connections again.
    Everyone,
    /// Publish an event, then settle it.
    Publish(Event),
    /// Send a service's message to those who subscribe to its topic now.
    Message(ServiceMessage),
}

/// An answer or announcement of a service, from a commit or beside one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceMessage {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
}

/// What is to be published next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// An event.
    Event(Event),
    /// A service's message.
    Message(ServiceMessage),
    /// Some events were not kept here: read them from the store.
    Owed,
}

/// The queues.
pub struct Effects {
    waiting: Mutex<Waiting>,
    noticed: Notify,
    sendable: Notify,
    room: Notify,
    full_notices: Counter,
    full_events: Counter,
    full_messages: Counter,
}

#[derive(Default)]
struct Waiting {
    certificates: BTreeSet<[u8; 32]>,
    things: BTreeSet<i64>,
    callers: bool,
    everyone: bool,
    /// In the order of commits.
    sending: VecDeque<Sending>,
    events: usize,
    messages: usize,
    /// Places for messages that are promised to those who make them.
    promised: usize,
    /// Events are left in the store.
    behind: bool,
    /// Connections are being told of a notice that was taken.
    telling: bool,
}

enum Sending {
    Event(Event),
    Message(ServiceMessage),
}

impl Effects {
    /// Empty queues.
    pub(crate) fn new(metrics: &Metrics) -> Self {
        Self {
            waiting: Mutex::default(),
            noticed: Notify::new(),
            sendable: Notify::new(),
            room: Notify::new(),
            full_notices: metrics.queue_full("notices"),
            full_events: metrics.queue_full("events"),
            full_messages: metrics.queue_full("messages"),
        }
    }

    /// Adds what a commit made necessary. Waits for nothing.
    pub(crate) fn push(&self, effect: Effect) {
        match effect {
            Effect::Certificate(hash) => self.notice(|waiting| {
                waiting.certificates.insert(hash);
            }),
            Effect::Thing(key) => self.notice(|waiting| {
                waiting.things.insert(key);
            }),
            Effect::Callers => self.notice(|waiting| waiting.callers = true),
            Effect::Everyone => self.notice(|waiting| waiting.everyone = true),
            Effect::Publish(event) => {
                let mut waiting = self.waiting.lock();
                if waiting.events >= EVENTS && !waiting.behind {
                    waiting.behind = true;
                    self.full_events.inc();
                }
                if !waiting.behind {
                    waiting.events += 1;
                    waiting.sending.push_back(Sending::Event(event));
                }
                drop(waiting);
                self.sendable.notify_one();
            }
            Effect::Message(message) => {
                let mut waiting = self.waiting.lock();
                waiting.messages += 1;
                waiting.sending.push_back(Sending::Message(message));
                drop(waiting);
                self.sendable.notify_one();
            }
        }
    }

    fn notice(&self, add: impl FnOnce(&mut Waiting)) {
        let mut waiting = self.waiting.lock();
        if !waiting.everyone {
            add(&mut waiting);
        }
        if waiting.certificates.len() + waiting.things.len() > NOTICES {
            waiting.everyone = true;
            self.full_notices.inc();
        }
        if waiting.everyone {
            waiting.certificates.clear();
            waiting.things.clear();
            waiting.callers = false;
        }
        drop(waiting);
        self.noticed.notify_one();
    }

    /// Waits until there is room for so many messages of a service, which the caller may then push or have a commit push.
    /// Not for the pump, nor for what the pump waits for.
    pub(crate) async fn room(&self, messages: usize) -> Room<'_> {
        let mut waited = false;
        loop {
            let freed = self.room.notified();
            {
                let mut waiting = self.waiting.lock();
                if waiting.messages + waiting.promised < MESSAGES {
                    waiting.promised += messages;
                    if waiting.messages + waiting.promised < MESSAGES {
                        // Whoever waits behind this one.
                        self.room.notify_one();
                    }
                    return Room {
                        effects: self,
                        messages,
                    };
                }
            }
            if !std::mem::replace(&mut waited, true) {
                self.full_messages.inc();
            }
            freed.await;
        }
    }

    /// The next connections to look at again. Whoever asks has told those of the one before.
    pub(crate) async fn next_notice(&self) -> Effect {
        loop {
            if let Some(notice) = self.take_notice() {
                return notice;
            }
            self.noticed.notified().await;
        }
    }

    fn take_notice(&self) -> Option<Effect> {
        let mut waiting = self.waiting.lock();
        let notice = waiting.notice();
        waiting.telling = notice.is_some();
        notice
    }

    /// Whether a commit may concern connections that have not been told of it yet.
    pub(crate) fn owes_a_look(&self) -> bool {
        let waiting = self.waiting.lock();
        waiting.telling
            || waiting.everyone
            || waiting.callers
            || !waiting.certificates.is_empty()
            || !waiting.things.is_empty()
    }

    /// What is to be published next, in the order of commits.
    pub(crate) async fn next_due(&self) -> Due {
        loop {
            if let Some(due) = self.take_due() {
                return due;
            }
            self.sendable.notified().await;
        }
    }

    fn take_due(&self) -> Option<Due> {
        let mut waiting = self.waiting.lock();
        // Before messages that came after: a steady stream of those must not hold up events for ever.
        if waiting.behind && waiting.events == 0 {
            return Some(Due::Owed);
        }
        match waiting.sending.pop_front() {
            Some(Sending::Event(event)) => {
                waiting.events -= 1;
                Some(Due::Event(event))
            }
            Some(Sending::Message(message)) => {
                waiting.messages -= 1;
                let was_full = waiting.messages + waiting.promised + 1 >= MESSAGES;
                drop(waiting);
                if was_full {
                    self.room.notify_one();
                }
                Some(Due::Message(message))
            }
            None => None,
        }
    }

    /// From now on events wait here again. Those that the store has by now may also be among these.
    pub(crate) fn keep_events(&self) {
        self.waiting.lock().behind = false;
    }

    /// From now on events are left in the store, until [`Self::keep_events`].
    pub(crate) fn leave_events(&self) {
        self.waiting.lock().behind = true;
        self.sendable.notify_one();
    }

    /// Anything that waits; for tests, which have no pump.
    #[cfg(test)]
    pub(crate) fn try_recv(&self) -> Option<Effect> {
        if let Some(notice) = self.take_notice() {
            return Some(notice);
        }
        match self.take_due()? {
            Due::Event(event) => Some(Effect::Publish(event)),
            Due::Message(message) => Some(Effect::Message(message)),
            Due::Owed => None,
        }
    }
}

impl Waiting {
    fn notice(&mut self) -> Option<Effect> {
        if std::mem::take(&mut self.everyone) {
            return Some(Effect::Everyone);
        }
        if std::mem::take(&mut self.callers) {
            return Some(Effect::Callers);
        }
        if let Some(hash) = self.certificates.pop_first() {
            return Some(Effect::Certificate(hash));
        }
        self.things.pop_first().map(Effect::Thing)
    }
}

/// A promise of places for messages, kept until it is dropped.
pub(crate) struct Room<'a> {
    effects: &'a Effects,
    messages: usize,
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.effects.waiting.lock().promised -= self.messages;
        self.effects.room.notify_one();
    }
}
