//! The end of certificates that others have taken the place of.

use crate::app::error::Result;
use crate::app::registry::certificate::retire;
use nameplate_core::ctx::Millis;
use nameplate_store::Tx;

/// Revokes the certificate that this one has taken the place of.
pub(super) fn retire_before(tx: &mut Tx<'_>, hash: &[u8; 32], now: Millis) -> Result<()> {
    let Some(mut entry) = tx.vending_entry_of_new_certificate(hash)? else {
        return Ok(());
    };
    if let Some(previous) = entry.previous.take() {
        retire(tx, &previous, now)?;
    }
    tx.set_vending_entry(&entry)?;
    Ok(())
}
