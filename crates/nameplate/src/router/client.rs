//! One connected client: its names, its outbox, and the subscriptions it holds.

use super::outbox::Outbox;
use super::session::Session;
use nameplate_mqtt::packet::SubscribeOptions;
use nameplate_mqtt::topic::Filter;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One connected client as others see it.
#[derive(Debug)]
pub struct Client {
    pub(super) number: u64,
    pub(super) client_id: Arc<str>,
    pub(super) principal: Arc<str>,
    pub(super) outbox: Outbox,
    pub(super) session: Option<Arc<Session>>,
    pub(super) held: Mutex<Held>,
    /// When it came, by the clock that nodes agree on.
    pub(super) stamp: AtomicU64,
}

/// Subscriptions a client holds; nothing is added once it is gone.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) filters: Vec<(Filter, SubscribeOptions)>,
    pub(super) gone: bool,
}

impl Held {
    /// Where a filter is.
    pub(super) fn position(&self, filter: &Filter) -> Option<usize> {
        self.filters.iter().position(|(held, _)| held == filter)
    }
}

impl Client {
    /// Unique among all connections of this process, growing.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Client id.
    pub fn client_id(&self) -> &Arc<str> {
        &self.client_id
    }

    /// Certificate id, or the identity a custom authorizer or SigV4 gave.
    pub fn principal(&self) -> &Arc<str> {
        &self.principal
    }

    /// When it came, by the clock that nodes agree on: of two connections of one client id the higher one counts.
    pub fn stamp(&self) -> u64 {
        self.stamp.load(Ordering::Acquire)
    }

    /// It came with this stamp: the one that other nodes have heard of it by.
    pub fn came_with(&self, stamp: u64) {
        self.stamp.store(stamp, Ordering::Release);
    }

    /// The session that it leaves behind.
    pub fn session(&self) -> Option<&Arc<Session>> {
        self.session.as_ref()
    }

    /// Filters that it subscribes to, and what was granted for each.
    pub fn filters(&self) -> Vec<(Filter, SubscribeOptions)> {
        self.held.lock().filters.clone()
    }

    /// What waits for it. Push here to reach this client whether it subscribes or not.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }
}
