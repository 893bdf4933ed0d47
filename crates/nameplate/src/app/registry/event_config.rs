//! Which events the account wants: switching kinds on and off.
//!
//! AWS guide: iot-events.

use super::Registry;
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::event::{EventKind, EventKinds};

/// What `DescribeEventConfigurations` tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventConfigurations {
    /// The kinds that are switched on.
    pub kinds: EventKinds,
    /// When a kind was first chosen; `None` where none ever was.
    pub created: Option<Millis>,
    /// When a kind was last chosen.
    pub modified: Option<Millis>,
}

impl Registry {
    /// Switches kinds of events on and off; those that are not named stay as they are.
    pub async fn update_event_configurations(
        &self,
        caller: &Caller,
        choices: Vec<(EventKind, bool)>,
    ) -> Result<()> {
        let now = caller.ctx.now;
        self.kernel
            .change(caller, "update-event-configurations", move |tx| {
                for (kind, enabled) in &choices {
                    tx.set_event_configuration(*kind, *enabled, now)?;
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Which kinds of events are switched on.
    pub async fn event_configurations(&self) -> Result<EventConfigurations> {
        self.kernel
            .store
            .read(|conn| {
                let chosen = conn.event_configurations()?;
                Ok(EventConfigurations {
                    kinds: conn.event_kinds()?,
                    created: chosen.iter().map(|choice| choice.created).min(),
                    modified: chosen.iter().map(|choice| choice.modified).max(),
                })
            })
            .await
    }
}
