//! The end of certificates that others have taken the place of.

use super::Vending;
use crate::app::error::{Error, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::certificate::Status;
use nameplate_store::Tx;

/// Takes a certificate out of use: REVOKED, without things and policies, its open connection ended. One that is gone or
/// belongs to a transfer stays as it is.
pub(super) fn retire(tx: &mut Tx<'_>, hash: &[u8; 32], now: Millis) -> Result<()> {
    let Some(entry) = tx.certificate_entry(hash)? else {
        return Ok(());
    };
    match entry.status {
        Status::PendingTransfer => return Ok(()),
        Status::Revoked => {}
        _ => tx.set_certificate_status(hash, Status::Revoked, now)?,
    }
    loop {
        let things = tx.things_of_certificate(entry.key, 0, 100)?;
        if things.is_empty() {
            break;
        }
        for attachment in things {
            tx.detach_thing(entry.key, hash, attachment.thing)?;
        }
    }
    for policy in tx.policies_of_certificate(entry.key)? {
        tx.detach_policy(policy, entry.key, hash)?;
    }
    Ok(())
}

impl Vending {
    /// A device has connected with this certificate: the one that it had before goes, if it waited for that.
    pub async fn connected(&self, hash: &[u8; 32]) {
        if !self.awaited.lock().contains(hash) {
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
