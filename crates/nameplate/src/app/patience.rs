//! How work goes on by itself that met a store which is away: for what nobody waits for, or what must not be left half
//! done.
//!
//! Must not know the work.

use super::error::{Error, Kind, Result};
use std::time::Duration;

/// How long the store is left alone after it failed.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The patience of some work: what it is is in the log once, however long it waits.
pub(super) struct Patience {
    what: &'static str,
    told: bool,
}

impl Patience {
    pub(super) const fn new(what: &'static str) -> Self {
        let told = false;
        Self { what, told }
    }

    /// Waits a while after a failure that ends with the store's absence. Whoever then does the same once more may find it
    /// done: a commit that was not answered may have been made.
    ///
    /// # Errors
    /// Any other failure, as it came.
    pub(super) async fn wait(&mut self, error: Error) -> Result<()> {
        if error.kind != Kind::Unavailable {
            return Err(error);
        }
        if !std::mem::replace(&mut self.told, true) {
            tracing::warn!(error = ?error, "{} until the store is back: {error:?}", self.what);
        }
        tokio::time::sleep(AGAIN_AFTER).await;
        Ok(())
    }

    /// Attempts something, with a wait after each failure, until it is done.
    ///
    /// # Errors
    /// As of [`Self::wait`].
    pub(super) async fn until_done<T, F>(mut self, attempt: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        loop {
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(error) => self.wait(error).await?,
            }
        }
    }
}
