//! Messages that do not come from a connection, those that are kept, and shadows.
//!
//! Must not know: who is connected, how a message reaches its subscribers.

pub mod publish;
pub mod retained;
pub mod shadow;

use super::kernel::Kernel;
use super::quota::Quota;
use super::{Effect, Error, Result};
use std::sync::Arc;

/// The use cases of messages.
pub struct Messaging {
    kernel: Arc<Kernel>,
    quota: Arc<Quota>,
}

impl Messaging {
    /// Events that are still owed from the last run are sent first.
    pub(crate) async fn open(kernel: Arc<Kernel>, quota: Arc<Quota>) -> Result<Self> {
        for event in kernel.store.read(|conn| conn.owed_events()).await? {
            // Who opened the kernel holds the receiver.
            let _ = kernel.effects.send(Effect::Publish(event));
        }
        Ok(Self { kernel, quota })
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
