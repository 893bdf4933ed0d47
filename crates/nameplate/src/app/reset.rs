//! Another registry in the place of the one there is: empty, or as it was when a snapshot was made.
//!
//! The store puts its rows in place in one transaction, and all services are then made anew over it, as at a start. So
//! nothing that was kept in memory of what was there can be forgotten here: it is gone with the services that kept it.
//! Those read and write no more from that transaction on.

use super::directory::Kept;
use super::ground::{SNAPSHOT_BYTES, Snapshot, Wanted};
use super::{App, Error, Result};
use std::sync::Arc;

impl App {
    /// Has the registry become another. This app is at its end, whatever the answer; who asks makes the next of the
    /// ground by [`App::over`].
    ///
    /// # Errors
    /// There is no such snapshot, or it could not be made durable; then the registry is as it was.
    pub async fn give_way(&self, to: &Wanted) -> Result<()> {
        let ground = &self.kernel.ground;
        ground.check_allowed()?;
        let (saved, logs) = match to {
            Wanted::Empty => (None, None),
            Wanted::Snapshot(name) => {
                let kept = ground.snapshot(name)?;
                (Some(kept.saved), Some(kept.logs))
            }
        };
        self.retire();
        // Code that nothing names afterwards is found by those notes.
        self.functions.loosen_all().await?;
        let store = self.kernel.store.replaced(saved, Kept::NAMES).await?;
        ground.set_store(store);
        ground.time.set_ahead(0);
        ground.faults.forget();
        self.functions.replace_logs(logs).await
    }

    /// Keeps the registry and its log groups aside as they are now, in the place of another snapshot of that name.
    ///
    /// # Errors
    /// It is not allowed, the name is not fit, or there is no room.
    pub(crate) async fn keep(&self, name: &str) -> Result<Snapshot> {
        let ground = &self.kernel.ground;
        ground.check_allowed()?;
        let logs = self.functions.saved_logs(SNAPSHOT_BYTES).await?;
        let logs = logs.ok_or_else(|| {
            Error::invalid(format!(
                "the log groups have more than the {SNAPSHOT_BYTES} bytes that snapshots may have together"
            ))
        })?;
        ground.keep(name, logs).await
    }

    /// Begins nothing any more.
    fn retire(&self) {
        self.tables.stop();
        self.functions.stop();
        self.search.stop();
        self.sessions.stop();
        self.bulk.stop();
        self.rules.stop();
    }

    /// Moves the clock forward by so many milliseconds, at most to so many ahead of the machine's.
    ///
    /// # Errors
    /// It is not allowed, or would be too far.
    pub fn move_clock(&self, by: i64, most: i64) -> Result<()> {
        self.ground().check_allowed()?;
        let time = self.time();
        let ahead = time.ahead().saturating_add(by);
        if ahead > most {
            return Err(Error::invalid("the clock would be too far ahead"));
        }
        time.set_ahead(ahead);
        Ok(())
    }

    /// The ground that the services stand on.
    pub fn ground(&self) -> &Arc<super::ground::Ground> {
        &self.kernel.ground
    }
}

#[cfg(test)]
mod tests;
