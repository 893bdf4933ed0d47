//! The end of certificates that others have taken the place of.

use super::Vending;
use crate::app::error::{Error, Kind, Result};
use crate::app::kernel::Kernel;
use crate::app::patience::Patience;
use crate::app::registry::certificate::retire;
use std::sync::Arc;

impl Vending {
    /// A device has connected with this certificate: the one that it had before goes, if it waited for that. For a server that
    /// is alone: of what others made only the store knows.
    pub async fn connected(&self, hash: &[u8; 32]) {
        let is_awaited = self.awaited.lock().contains(hash);
        if is_awaited {
            self.ends_before(*hash).await;
        }
    }

    /// The certificate that a device had before this one goes, with which it has connected.
    pub(crate) async fn ends_before(&self, hash: [u8; 32]) {
        match retire_before(&self.kernel, hash).await {
            Ok(()) => drop(self.awaited.lock().remove(&hash)),
            Err(error) if error.kind == Kind::Unavailable => {
                let kernel = Arc::clone(&self.kernel);
                tokio::spawn(async move {
                    if let Err(error) = retire_in_time(&kernel, hash, error).await {
                        not_revoked(hash, &error);
                    }
                });
            }
            // The next connection tries again.
            Err(error) => not_revoked(hash, &error),
        }
    }
}

fn not_revoked(hash: [u8; 32], error: &Error) {
    tracing::error!(
        certificate.id = hex::encode(hash),
        "the certificate that this one took the place of could not be revoked: {error}"
    );
}

/// Revokes the certificate that this one has taken the place of.
async fn retire_before(kernel: &Kernel, hash: [u8; 32]) -> Result<()> {
    let now = kernel.now();
    kernel
        .store
        .tx("vending-retire", move |tx| {
            let Some(mut entry) = tx.vending_entry_of_new_certificate(&hash)? else {
                return Ok(());
            };
            if let Some(previous) = entry.previous.take() {
                retire(tx, &previous, now)?;
            }
            tx.set_vending_entry(&entry)?;
            Ok::<_, Error>(())
        })
        .await
}

/// The same once the store is back: the connection may last for months.
async fn retire_in_time(kernel: &Kernel, hash: [u8; 32], failed: Error) -> Result<()> {
    let mut patience = Patience::new("a certificate that another took the place of stays");
    patience.wait(failed).await?;
    patience.until_done(|| retire_before(kernel, hash)).await
}
