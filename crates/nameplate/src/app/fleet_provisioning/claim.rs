//! Temporary claims: CreateProvisioningClaim. AWS guide: provision-wo-cert, provisioning by trusted user.

use super::FleetProvisioning;
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use crate::app::registry::template;
use crate::authority::IssuedWithKeys;
use nameplate_core::ctx::Millis;
use nameplate_core::fleet_provisioning::CLAIM_MILLIS;
use nameplate_core::registry::template::TemplateType;
use nameplate_store::ClaimRow;
use std::sync::Arc;

/// A claim: the private key is here and nowhere else.
#[derive(Debug)]
pub struct Claim {
    /// The certificate and its keys.
    pub issued: IssuedWithKeys,
    /// Until when it can be connected with.
    pub expires: Millis,
}

impl FleetProvisioning {
    /// Makes a claim for a template. It is in no list of certificates, and no policy needs to be attached to it.
    pub async fn create_claim(&self, caller: &Caller, name: &str) -> Result<Claim> {
        let found = self
            .kernel
            .store
            .read(|conn| conn.template(name)?.ok_or_else(|| template::absent(name)))
            .await?;
        if found.kind != TemplateType::FleetProvisioning {
            let why = format!("The template {name} is not of type FLEET_PROVISIONING");
            return Err(Error::invalid(why));
        }
        if !found.enabled {
            let why = format!("The template {name} is not enabled");
            return Err(Error::invalid(why));
        }
        let now = caller.ctx.now;
        let expires = Millis(now.0 + CLAIM_MILLIS);
        let authority = Arc::clone(&self.kernel.device_authority);
        let issued = self
            .made(move || authority.create_keys_and_certificate_until(now, Some(expires)))
            .await?
            .map_err(Error::internal)?;
        let row = ClaimRow {
            key: 0,
            hash: issued.certificate.id().0,
            template: found.name,
            expires,
        };
        self.kernel
            .change(caller, "create-provisioning-claim", move |tx| {
                Ok::<_, Error>(tx.insert_provisioning_claim(&row)?)
            })
            .await?;
        Ok(Claim { issued, expires })
    }
}
