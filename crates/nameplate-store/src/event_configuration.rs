//! Which kinds of events the account has switched on.

use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::event::{EventKind, EventKinds};

/// What was chosen for one kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventConfiguration {
    /// Which events were switched.
    pub kind: EventKind,
    /// Switched on.
    pub enabled: bool,
    /// When it was first chosen.
    pub created: Millis,
    /// When it was last chosen.
    pub modified: Millis,
}

impl Conn<'_> {
    /// The choices that were made, in the order of [`EventKind::ALL`].
    pub fn event_configurations(&self) -> Result<Vec<EventConfiguration>> {
        let mut found = Vec::new();
        for kind in EventKind::ALL {
            found.extend(self.one(
                "SELECT enabled, created, modified FROM event_configuration WHERE kind = $1",
                &[kind.as_str().into()],
                |row| {
                    Ok(EventConfiguration {
                        kind,
                        enabled: row.flag(0)?,
                        created: Millis(row.int(1)?),
                        modified: Millis(row.int(2)?),
                    })
                },
            )?);
        }
        Ok(found)
    }

    /// The kinds that are switched on, chosen or from the start.
    pub fn event_kinds(&self) -> Result<EventKinds> {
        Ok(self
            .event_configurations()?
            .iter()
            .fold(EventKinds::STARTING, |kinds, chosen| {
                kinds.with(chosen.kind, chosen.enabled)
            }))
    }
}

impl Tx<'_> {
    /// Switches a kind of event on or off.
    pub fn set_event_configuration(
        &mut self,
        kind: EventKind,
        enabled: bool,
        now: Millis,
    ) -> Result<()> {
        self.write(
            "INSERT INTO event_configuration (kind, enabled, created, modified) VALUES ($1, $2, $3, $4)
             ON CONFLICT (kind) DO UPDATE SET enabled = excluded.enabled, modified = excluded.modified",
            &[
                kind.as_str().into(),
                enabled.into(),
                now.0.into(),
                now.0.into(),
            ],
        )?;
        self.notice(Notice::EventKinds);
        Ok(())
    }
}
