//! CreateKeysAndCertificate and CreateCertificateFromCsr: a certificate that waits for RegisterThing.

use super::record::Record;
use super::refused::Refused;
use super::{Asker, FleetProvisioning};
use crate::app::error::Error;
use crate::app::registry::certificate::{Checked, insert};
use nameplate_core::ctx::Millis;
use nameplate_core::fleet_provisioning::{Accepted, Ownership, TOKEN_MILLIS, Why};
use nameplate_core::pki::{Certificate, CertificateRequest};
use nameplate_core::quota::Limit;
use nameplate_core::registry::certificate::{Mode, Status};
use std::sync::Arc;

impl FleetProvisioning {
    pub(super) async fn create_keys(
        &self,
        asker: Asker<'_>,
        record: &mut Record,
    ) -> Result<Accepted, Refused> {
        self.quota.may_provision_fleet(Limit::FleetKeys)?;
        let (authority, now) = (Arc::clone(&self.kernel.device_authority), self.kernel.now());
        let issued = self
            .made(move || authority.create_keys_and_certificate(now))
            .await?
            .map_err(Error::internal)?;
        record.passed("issued", self.kernel.now());
        let private_key = Some(issued.private_key_pem);
        self.hand_out(asker, issued.certificate, private_key, record)
            .await
    }

    pub(super) async fn create_from_csr(
        &self,
        asker: Asker<'_>,
        csr: String,
        record: &mut Record,
    ) -> Result<Accepted, Refused> {
        self.quota.may_provision_fleet(Limit::FleetCsrs)?;
        let (authority, now) = (Arc::clone(&self.kernel.device_authority), self.kernel.now());
        let certificate = self
            .made(move || {
                let request = CertificateRequest::parse_pem(&csr).map_err(|why| {
                    Refused::new(
                        Why::Csr,
                        "fleet-csr",
                        format!("CSR violates constraints: {why}"),
                    )
                })?;
                let issued = authority.certificate_from_request(&request, now);
                issued.map_err(|why| Refused::from(Error::internal(why)))
            })
            .await??;
        record.passed("issued", self.kernel.now());
        self.hand_out(asker, certificate, None, record).await
    }

    /// Does work that keeps a processor busy for milliseconds, when its turn comes.
    async fn made<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.makers.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)
    }

    /// Registers a certificate as one that waits, and seals what its owner registers it by.
    async fn hand_out(
        &self,
        asker: Asker<'_>,
        certificate: Certificate,
        private_key: Option<String>,
        record: &mut Record,
    ) -> Result<Accepted, Refused> {
        let now = self.kernel.now();
        let expires = Millis(now.0 + TOKEN_MILLIS);
        let hash = certificate.id().0;
        let pem = certificate.to_pem();
        let checked = Checked::from(certificate);
        self.kernel
            .store
            .tx("fleet-create", move |tx| {
                insert(
                    tx,
                    &checked,
                    Status::PendingActivation,
                    Mode::Default,
                    None,
                    now,
                )?;
                let entry = tx.certificate_entry(&hash)?;
                let entry = entry.ok_or_else(|| Error::internal("it was just registered"))?;
                tx.insert_pending_certificate(entry.key, expires)?;
                Ok::<_, Error>(())
            })
            .await?;
        record.certificate = Some(hash);
        record.passed("registered", self.kernel.now());
        let token = self.tokens.seal(&Ownership {
            certificate: hash,
            expires,
            connection: self.connection(asker),
        });
        Ok(Accepted::Certificate {
            id: hex::encode(hash),
            pem,
            private_key,
            token,
        })
    }
}
