//! Temporary claims of trusted users: who comes with one, and what it may do.

use super::{Admission, Admitted, Refused, Stage, Who};
use crate::app::error::{Error, Result};
use nameplate_core::fleet_provisioning::{CLAIM_MILLIS, claim_policy};
use nameplate_core::pki::Certificate;
use nameplate_core::policy::{
    Authorizer, Context, Dialect, NamedPolicy, PolicyDocument, PolicySet,
};
use nameplate_store::ClaimRow;
use std::sync::Arc;

impl Admission {
    /// The claim that a certificate is, where it is one. Its own validity says until when it can be connected with.
    pub(super) async fn claim(
        &self,
        certificate: &Arc<Certificate>,
        hash: [u8; 32],
    ) -> Result<Option<Who>> {
        if !self.kernel.device_authority.is_ours(certificate) {
            return Ok(None);
        }
        let row = self.claim_row(&hash).await?;
        Ok(row.map(|row| {
            Who::Claim(
                Admitted {
                    hash,
                    key: row.key,
                    certificate: Arc::clone(certificate),
                    seen: None,
                },
                row.template,
            )
        }))
    }

    async fn claim_row(&self, hash: &[u8; 32]) -> Result<Option<ClaimRow>> {
        let row = self.kernel.store.read(|conn| conn.provisioning_claim(hash));
        Ok(row.await?)
    }

    /// Whether a claim's connection may be open: as long again as it can be connected with.
    pub(super) async fn check_claim(
        &self,
        admitted: &Admitted,
    ) -> std::result::Result<(), Refused> {
        let row = self.claim_row(&admitted.hash).await;
        let row = row.map_err(|error| Refused::internal(Stage::Authorized, &error))?;
        let now = self.kernel.now().0;
        match row {
            Some(row) if row.key == admitted.key && now < row.expires.0 + CLAIM_MILLIS => Ok(()),
            _ => Err(Refused::new(
                Stage::Authorized,
                "claim-expired",
                "the temporary claim has expired; a trusted user makes another with create-provisioning-claim",
            )),
        }
    }

    /// What the claim of a template may do.
    pub(super) fn claim_authorizer(&self, template: &str) -> Result<Authorizer> {
        let realm = self.kernel.realm();
        let document = claim_policy(realm, template).to_string();
        let document = PolicyDocument::parse(&document, Dialect::Iot).map_err(Error::internal)?;
        let policy = NamedPolicy {
            name: "provisioning-claim".into(),
            document: Arc::new(document),
        };
        let set = Arc::new(PolicySet::new(realm, vec![policy]));
        Ok(Authorizer::build(set, Arc::new(Context::default())))
    }
}
