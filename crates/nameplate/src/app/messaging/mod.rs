//! What is kept of messages: retained ones, shadows, and events that are owed.
//!
//! Must not know: who is connected, how a message comes in or reaches its subscribers.

mod groups;
pub(crate) mod moving;
pub mod retained;
mod room;
pub mod sessions;
pub mod shadow;

use super::kernel::Kernel;
use super::quota::Quota;
use super::{Error, Result};
use nameplate_core::limits;
use nameplate_store::Event;
use room::{OFTEN, RARELY, Room};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use tokio::sync::Semaphore;

/// New subscriptions whose retained message may wait for the store at a time.
const LATE: usize = 10_000;

/// The use cases of messages.
pub struct Messaging {
    kernel: Arc<Kernel>,
    quota: Arc<Quota>,
    /// For retained messages.
    room: Room,
    /// For shadows, of all things together.
    shadows: Room,
    /// Held by whoever counts shadows.
    counting: tokio::sync::Mutex<()>,
    /// Shadows that were deleted since the start.
    deleted: AtomicU64,
    /// Places for new subscriptions whose retained message waits for the store.
    late: Semaphore,
}

impl Messaging {
    fn of(kernel: Arc<Kernel>, quota: Arc<Quota>) -> Self {
        Self {
            kernel,
            quota,
            room: Room::new(limits::RETAINED_MESSAGES, OFTEN),
            shadows: Room::new(limits::SHADOWS, RARELY),
            counting: tokio::sync::Mutex::default(),
            deleted: AtomicU64::default(),
            late: Semaphore::new(LATE),
        }
    }

    /// Events that are still owed from the last run are published first.
    pub(crate) async fn open(kernel: Arc<Kernel>, quota: Arc<Quota>) -> Result<Self> {
        let messaging = Self::of(kernel, quota);
        if !messaging.owed_events(1).await?.is_empty() {
            messaging.kernel.effects.leave_events();
        }
        Ok(messaging)
    }

    /// The oldest events that are owed, in the order of their commits.
    pub(crate) async fn owed_events(&self, limit: usize) -> Result<Vec<Event>> {
        self.kernel
            .store
            .read(|conn| Ok(conn.owed_events(limit)?))
            .await
    }

    /// An event has been published: it is owed no more, nor is any before it.
    pub async fn settle_events(&self, key: i64) -> Result<()> {
        self.kernel
            .store
            .tx("settle-events", move |tx| {
                Ok::<_, Error>(tx.settle_events(key)?)
            })
            .await
    }
}
