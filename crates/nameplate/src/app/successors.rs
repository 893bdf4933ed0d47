//! Certificates that take the place of others: the old one of a device goes once that has connected with its new one.
//!
//! Must not know where certificates come from: whoever issues them says what is revoked for which.

use super::error::{Error, Kind, Result, log_failure};
use super::kernel::Kernel;
use super::patience::Patience;
use nameplate_core::ctx::Millis;
use nameplate_store::Tx;
use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;

/// Revokes what the certificate of this hash takes the place of, if there is anything.
type Retire = fn(&mut Tx<'_>, &[u8; 32], Millis) -> Result<()>;

/// The new certificates of one way in.
pub(crate) struct Successors {
    ending: Ending,
    // Those whose first connection ends the ones before them.
    awaited: Mutex<HashSet<[u8; 32]>>,
}

#[derive(Clone)]
struct Ending {
    kernel: Arc<Kernel>,
    transaction: &'static str,
    retire: Retire,
}

impl Successors {
    /// Of those that are `awaited` by now, the older ones go in transactions of this name.
    pub(super) fn new(
        kernel: &Arc<Kernel>,
        awaited: Vec<[u8; 32]>,
        transaction: &'static str,
        retire: Retire,
    ) -> Self {
        Self {
            ending: Ending {
                kernel: Arc::clone(kernel),
                transaction,
                retire,
            },
            awaited: Mutex::new(awaited.into_iter().collect()),
        }
    }

    /// One that was just issued is awaited, too.
    pub(super) fn await_one(&self, hash: [u8; 32]) {
        self.awaited.lock().insert(hash);
    }

    /// A device has connected with this certificate: the one that it had before goes, if it waited for that. For a server that
    /// is alone: of what others issued only the store knows.
    pub(crate) async fn connected(&self, hash: &[u8; 32]) {
        let is_awaited = self.awaited.lock().contains(hash);
        if is_awaited {
            self.ends_before(*hash).await;
        }
    }

    /// The certificate that a device had before this one goes, with which it has connected.
    pub(crate) async fn ends_before(&self, hash: [u8; 32]) {
        match self.ending.of(hash).await {
            Ok(()) => drop(self.awaited.lock().remove(&hash)),
            Err(error) if error.kind == Kind::Unavailable => {
                let ending = self.ending.clone();
                tokio::spawn(async move {
                    if let Err(error) = ending.in_time(hash, error).await {
                        not_revoked(hash, &error);
                    }
                });
            }
            // The next connection tries again.
            Err(error) => not_revoked(hash, &error),
        }
    }
}

impl Ending {
    async fn of(&self, hash: [u8; 32]) -> Result<()> {
        let (now, retire) = (self.kernel.now(), self.retire);
        self.kernel
            .store
            .tx(self.transaction, move |tx| retire(tx, &hash, now))
            .await
    }

    /// The same once the store is back: the connection may last for months.
    async fn in_time(&self, hash: [u8; 32], failed: Error) -> Result<()> {
        let mut patience = Patience::new("a certificate that another took the place of stays");
        patience.wait(failed).await?;
        patience.until_done(|| self.of(hash)).await
    }
}

fn not_revoked(hash: [u8; 32], error: &Error) {
    log_failure!(
        error,
        certificate.id = hex::encode(hash),
        "the certificate that this one took the place of could not be revoked: {error:?}"
    );
}
