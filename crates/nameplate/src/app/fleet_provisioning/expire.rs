//! The end of certificates that were handed out and that nobody registered in time. AWS guide: fleet-provision-api.

use super::FleetProvisioning;
use crate::app::cluster::work;
use crate::app::error::{Error, Result, log_failure};
use nameplate_core::ctx::Millis;
use nameplate_core::fleet_provisioning::CLAIM_MILLIS;
use nameplate_core::registry::certificate::Status;
use std::time::Duration;
use tokio::sync::watch;

/// How often it is looked for them.
const EVERY: Duration = Duration::from_secs(60);
/// How many go in one commit.
const PAGE: usize = 200;

impl FleetProvisioning {
    /// Removes them now and then, until the server drains.
    pub(crate) async fn expire_in_time(&self, mut draining: watch::Receiver<bool>) {
        loop {
            if self.kernel.leads(work::FLEET_PROVISIONING).await
                && let Err(error) = self.expire().await
                && !*draining.borrow()
            {
                log_failure!(
                    error,
                    "certificates of fleet provisioning could not be removed: {error:?}"
                );
            }
            tokio::select! {
                () = self.kernel.time().sleep(EVERY) => {}
                _ = draining.wait_for(|draining| *draining) => return,
            }
        }
    }

    /// Removes those whose tokens have expired, but for what somebody has activated or attached something to meanwhile,
    /// and claims whose connections are to end.
    pub(crate) async fn expire(&self) -> Result<()> {
        self.expire_certificates().await?;
        self.expire_claims().await
    }

    async fn expire_claims(&self) -> Result<()> {
        loop {
            let before = Millis(self.kernel.now().0 - CLAIM_MILLIS);
            let more = self
                .kernel
                .store
                .tx("fleet-expire", move |tx| {
                    let expired = tx.expired_claims(before, PAGE)?;
                    for claim in &expired {
                        tx.delete_provisioning_claim(claim)?;
                    }
                    Ok::<_, Error>(expired.len() == PAGE)
                })
                .await?;
            if !more {
                return Ok(());
            }
        }
    }

    async fn expire_certificates(&self) -> Result<()> {
        loop {
            let now = self.kernel.now();
            let more = self
                .kernel
                .store
                .tx("fleet-expire", move |tx| {
                    let expired = tx.expired_certificates(now, PAGE)?;
                    for hash in &expired {
                        let Some(entry) = tx.certificate_entry(hash)? else {
                            continue;
                        };
                        tx.delete_pending_certificate(entry.key)?;
                        let unused = entry.status == Status::PendingActivation
                            && tx.things_of_certificate(entry.key, 0, 1)?.is_empty()
                            && tx.policies_of_certificate(entry.key)?.is_empty();
                        if unused {
                            tx.delete_certificate(hash)?;
                        }
                    }
                    Ok::<_, Error>(expired.len() == PAGE)
                })
                .await?;
            if !more {
                return Ok(());
            }
        }
    }
}
