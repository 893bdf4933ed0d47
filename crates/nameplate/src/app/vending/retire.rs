//! The end of certificates that others have taken the place of.

use super::Vending;
use crate::app::error::Error;
use crate::app::registry::certificate::retire;

impl Vending {
    /// Whether the first connection of this certificate ends the one before it. Another server may have made it, which
    /// only the store knows.
    async fn is_awaited(&self, hash: &[u8; 32]) -> bool {
        if !self.kernel.store.is_clustered() {
            return self.awaited.lock().contains(hash);
        }
        let found = self
            .kernel
            .store
            .look(|conn| Ok(conn.vending_entry_of_new_certificate(hash)?.is_some()));
        // Where that cannot be read, neither could the certificate be revoked.
        found.await.unwrap_or(false)
    }

    /// A device has connected with this certificate: the one that it had before goes, if it waited for that.
    pub async fn connected(&self, hash: &[u8; 32]) {
        if !self.is_awaited(hash).await {
            return;
        }
        let (hash, now) = (*hash, self.kernel.now());
        let retired = self
            .kernel
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
            .await;
        match retired {
            Ok(()) => drop(self.awaited.lock().remove(&hash)),
            // The next connection tries again.
            Err(error) => tracing::error!(
                certificate.id = hex::encode(hash),
                "the certificate that this one took the place of could not be revoked: {error}"
            ),
        }
    }
}
