//! CreateKeysAndCertificate and CreateCertificateFromCsr: a certificate that waits for RegisterThing.

use super::record::{Record, digest};
use super::refused::Refused;
use super::{Asker, FleetProvisioning};
use crate::app::error::Error;
use crate::app::registry::authorities::Authority;
use crate::app::registry::certificate::{Checked, insert};
use crate::app::registry::tag::tagged_days;
use nameplate_core::ctx::Millis;
use nameplate_core::fleet_provisioning::{Accepted, Ownership, TOKEN_MILLIS, Why};
use nameplate_core::pki::{Certificate, CertificateRequest};
use nameplate_core::quota::Limit;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_core::registry::lifetime::VALIDITY;
use std::sync::Arc;

/// A day, milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

impl FleetProvisioning {
    pub(super) async fn create_keys(
        &self,
        asker: Asker<'_>,
        record: &mut Record,
    ) -> Result<Accepted, Refused> {
        self.quota.may_provision_fleet(Limit::FleetKeys)?;
        let (authority, now) = (Arc::clone(&self.kernel.device_authority), self.kernel.now());
        let until = self.until(asker, now).await?;
        let issued = self
            .made(move || match until {
                None => authority.create_keys_and_certificate(now),
                until => authority.create_keys_and_certificate_until(now, until),
            })
            .await?
            .map_err(Error::internal)?;
        record.passed("issued", self.kernel.now());
        let private_key = Some(issued.private_key_pem);
        self.hand_out(asker, issued.certificate, private_key, None, record)
            .await
    }

    pub(super) async fn create_from_csr(
        &self,
        asker: Asker<'_>,
        csr: String,
        record: &mut Record,
    ) -> Result<Accepted, Refused> {
        self.quota.may_provision_fleet(Limit::FleetCsrs)?;
        let ctx = self.kernel.ctx();
        let provider = self
            .kernel
            .store
            .read(|conn| conn.certificate_provider())
            .await?;
        let read = csr.clone();
        let request = self
            .granted(move || CertificateRequest::parse_pem(&read).map(Arc::new))
            .await?
            .map_err(|why| {
                let why = format!("CSR violates constraints: {why}");
                Refused::new(Why::Csr, "fleet-csr", why)
            })?;
        let (certificate, signer) = match provider {
            None => {
                let authority = Arc::clone(&self.kernel.device_authority);
                let (now, until) = (ctx.now, self.until(asker, ctx.now).await?);
                let issued = self
                    .granted(move || authority.certificate_from_request_until(&request, now, until))
                    .await?;
                (issued.map_err(Error::internal)?, None)
            }
            Some(provider) => {
                let certificate = self
                    .signed_by(&provider, asker, &csr, request, &ctx)
                    .await?;
                record.passed("provider", self.kernel.now());
                let authorities = self.registry.authorities().await?;
                let signer = authorities.signer_of(&certificate, None, ctx.now).ok();
                (certificate, signer)
            }
        };
        record.passed("issued", self.kernel.now());
        self.hand_out(asker, certificate, None, signer.as_deref(), record)
            .await
    }

    /// Until when a certificate is to be valid, where the template of a temporary claim says so.
    async fn until(&self, asker: Asker<'_>, now: Millis) -> Result<Option<Millis>, Error> {
        let Some(hash) = digest(asker.principal) else {
            return Ok(None);
        };
        let realm = self.kernel.realm();
        let days = self
            .kernel
            .store
            .read(|conn| match conn.provisioning_claim(&hash)? {
                Some(claim) => {
                    let arn = realm.provisioning_template(&claim.template);
                    tagged_days(conn, &arn, VALIDITY)
                }
                None => Ok(None),
            })
            .await?;
        Ok(days.map(|days| Millis(now.0 + i64::from(days) * DAY)))
    }

    /// Does work that keeps a processor busy for milliseconds, when its turn comes.
    pub(super) async fn made<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.makers.acquire().await.map_err(Error::internal)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(Error::internal)
    }

    /// Does work on a signing request: at once where that takes microseconds, else when its turn comes.
    pub(super) async fn granted<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let authority = &self.kernel.device_authority;
        match authority.signs_quickly(self.kernel.now()) {
            true => Ok(work()),
            false => self.made(work).await,
        }
    }

    /// Registers a certificate as one that waits, and seals what its owner registers it by. `signer` is the registered CA
    /// that signed it, if one did.
    async fn hand_out(
        &self,
        asker: Asker<'_>,
        certificate: Certificate,
        private_key: Option<String>,
        signer: Option<&Authority>,
        record: &mut Record,
    ) -> Result<Accepted, Refused> {
        let now = self.kernel.now();
        let expires = Millis(now.0 + TOKEN_MILLIS);
        let hash = certificate.id().0;
        let pem = certificate.to_pem();
        let checked = Checked::brought(certificate, &self.kernel.device_authority);
        let ca = signer.map(|authority| authority.ca.key);
        let mode = signer.map_or(Mode::Default, |authority| authority.ca.mode);
        let fresh = self
            .kernel
            .store
            .tx("fleet-create", move |tx| {
                if tx.certificate_entry(&hash)?.is_some() {
                    return Ok(false);
                }
                let status = Status::PendingActivation;
                insert(tx, &checked, status, mode, ca, now)?;
                let entry = tx.certificate_entry(&hash)?;
                let entry = entry.ok_or_else(|| Error::internal("it was just registered"))?;
                tx.insert_pending_certificate(entry.key, expires)?;
                Ok::<_, Error>(true)
            })
            .await?;
        if !fresh {
            let why = "the certificate that its certificate provider gave is registered already";
            return Err(Refused::new(
                Why::Conflict,
                "provider-certificate-known",
                why,
            ));
        }
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
