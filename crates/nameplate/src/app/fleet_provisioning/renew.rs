//! Renewal: the successor of the certificate that a device is connected with, for a signing request of its.
//!
//! Both are in force until the successor has connected; then the other is revoked. Until then a device may ask again, and
//! has one successor at a time.

use super::record::{Record, digest};
use super::refused::Refused;
use super::{Asker, FleetProvisioning};
use crate::app::error::{Error, Result};
use crate::app::registry::certificate::{Checked, insert, retire};
use crate::app::registry::tag::tagged_days;
use nameplate_core::ctx::Millis;
use nameplate_core::fleet_provisioning::{Accepted, Operation, Rejection, Why, check_renewal};
use nameplate_core::pki::{Certificate, CertificateRequest, to_pem};
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_core::registry::lifetime::VALIDITY;
use nameplate_store::Tx;
use std::sync::Arc;

/// Things that one certificate is attached to, and policies: as many as are taken along.
const PAGE: usize = 1000;

/// Why the transaction was undone.
enum Undone {
    /// It is no longer what it was a moment ago.
    Changed,
    Failed(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Undone::Failed(error)
    }
}

impl From<nameplate_store::Error> for Undone {
    fn from(error: nameplate_store::Error) -> Self {
        Undone::Failed(error.into())
    }
}

fn not_in_force() -> Refused {
    let why = "only a registered certificate that is ACTIVE and attached to a thing can be renewed";
    Refused::new(Why::Denied, "renewal-not-registered", why)
}

/// What the subject of a request for renewal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// Nothing: the successor has the old certificate's.
    AsBefore,
    /// It must be the old certificate's (RFC 7030, 4.2.2).
    InRequest,
}

impl FleetProvisioning {
    /// EST's simplereenroll: the successor of the certificate that a device asks with over HTTPS, in PEM, for the DER of a
    /// signing request. On disk and on record.
    pub(crate) async fn reenrol(
        &self,
        asker: Asker<'_>,
        request: &[u8],
    ) -> Result<String, Rejection> {
        let operation = Operation::RenewCertificate;
        let mut record = Record::new(operation, self.kernel.now());
        record.listener = "https";
        let csr = to_pem("CERTIFICATE REQUEST", request);
        let result = self.renew(asker, csr, Named::InRequest, &mut record).await;
        self.keep(asker, operation, record, &result).await;
        match result {
            Ok(Accepted::Renewed { pem, .. }) => Ok(pem),
            Ok(_) => Err(Rejection::new(Why::Internal, "Internal failure")),
            Err(refused) => Err(refused.rejection),
        }
    }

    pub(super) async fn renew(
        &self,
        asker: Asker<'_>,
        csr: String,
        named: Named,
        record: &mut Record,
    ) -> Result<Accepted, Refused> {
        let old_hash = digest(asker.principal).ok_or_else(not_in_force)?;
        let der = self
            .kernel
            .store
            .read(|conn| {
                let Some(entry) = conn.certificate_entry(&old_hash)? else {
                    return Ok(None);
                };
                let has_thing = !conn.things_of_certificate(entry.key, 0, 1)?.is_empty();
                match has_thing && entry.status == Status::Active {
                    true => conn.certificate_der(entry.key),
                    false => Ok(None),
                }
            })
            .await?;
        let der = der.ok_or_else(not_in_force)?;
        let old = Certificate::parse_der(&der).map_err(Error::internal)?;
        record.passed("registered", self.kernel.now());
        let now = self.kernel.now();
        let old = Arc::new(old);
        let request = self
            .granted({
                let (old, csr) = (Arc::clone(&old), csr.clone());
                move || {
                    let request = CertificateRequest::parse_pem(&csr).map_err(|why| {
                        let why = format!("CSR violates constraints: {why}");
                        Refused::new(Why::Csr, "fleet-csr", why)
                    })?;
                    check_renewal(&old, &request)
                        .map_err(|why| Refused::new(Why::Csr, "renewal-key", why.to_string()))?;
                    Ok::<_, Refused>(Arc::new(request))
                }
            })
            .await??;
        let certificate = self.successor(asker, old, request, named, &csr).await?;
        record.passed("issued", self.kernel.now());
        let (hash, pem) = (certificate.id().0, certificate.to_pem());
        let checked = Checked::brought(certificate, &self.kernel.device_authority);
        let done = self.kernel.store.tx("certificate-renew", move |tx| {
            succeed(tx, &old_hash, &checked, now)
        });
        done.await.map_err(|undone| match undone {
            Undone::Changed => not_in_force(),
            Undone::Failed(error) => error.into(),
        })?;
        self.successors.await_one(hash);
        record.certificate = Some(hash);
        Ok(Accepted::Renewed {
            id: hex::encode(hash),
            pem,
        })
    }

    /// The successor as it is issued: by the certificate provider where the owner has one, else by the service's own CA.
    async fn successor(
        &self,
        asker: Asker<'_>,
        old: Arc<Certificate>,
        request: Arc<CertificateRequest>,
        named: Named,
        csr: &str,
    ) -> Result<Certificate, Refused> {
        let ctx = self.kernel.ctx();
        let provider = self
            .kernel
            .store
            .read(|conn| conn.certificate_provider())
            .await?;
        // A provider signs what the request names, so that must be the device's own name.
        if (provider.is_some() || named == Named::InRequest)
            && old.subject().fields() != request.subject().fields()
        {
            let why =
                "the signing request names another subject than the certificate that is in force";
            return Err(Refused::new(Why::Csr, "renewal-subject", why));
        }
        let Some(provider) = provider else {
            let authority = Arc::clone(&self.kernel.device_authority);
            let days = self.days_of_successor(&old).await?;
            let renewed = self
                .granted(move || authority.renewed(&old, &request, days, ctx.now))
                .await?;
            return renewed.map_err(|why| Refused::from(Error::internal(why)));
        };
        self.signed_by(&provider, asker, csr, request, &ctx).await
    }

    /// For how many days the successor of a certificate is valid, where the tags of its registered CA say so.
    async fn days_of_successor(&self, old: &Certificate) -> Result<Option<u32>, Error> {
        let (hash, realm) = (old.id().0, self.kernel.realm());
        self.kernel
            .store
            .read(|conn| {
                let entry = conn.certificate_entry(&hash)?;
                let Some(ca) = entry.and_then(|entry| entry.ca) else {
                    return Ok(None);
                };
                match conn.ca_by_key(ca)? {
                    Some(ca) => tagged_days(conn, &realm.ca_certificate(&ca.id()), VALIDITY),
                    None => Ok(None),
                }
            })
            .await
    }
}

/// Revokes the certificate that this one takes the place of.
pub(super) fn retire_before(tx: &mut Tx<'_>, hash: &[u8; 32], now: Millis) -> Result<()> {
    let Some(entry) = tx.certificate_entry(hash)? else {
        return Ok(());
    };
    if let Some(old) = tx.renewed_certificate(entry.key)? {
        retire(tx, &old, now)?;
        tx.replace_vended_certificate(&old, hash)?;
        tx.delete_renewal(entry.key)?;
    }
    Ok(())
}

/// Registers the successor, with all that the old one is attached to. One that has not connected yet goes.
fn succeed(tx: &mut Tx<'_>, old: &[u8; 32], new: &Checked, now: Millis) -> Result<(), Undone> {
    let entry = tx.certificate_entry(old)?.ok_or(Undone::Changed)?;
    let things = tx.things_of_certificate(entry.key, 0, PAGE)?;
    if entry.status != Status::Active || things.is_empty() {
        return Err(Undone::Changed);
    }
    if let Some(unused) = tx.renewal_of_certificate(old)? {
        tx.delete_certificate(&unused)?;
    }
    let policies = tx.policies_of_certificate(entry.key)?;
    insert(tx, new, Status::Active, Mode::Default, None, now)?;
    let hash = new.id.0;
    let successor = tx.certificate_entry(&hash)?;
    let key = successor
        .ok_or_else(|| Error::internal("it was just registered"))?
        .key;
    for thing in things {
        tx.attach_thing(key, &hash, thing.thing, thing.kind)?;
    }
    for policy in policies {
        tx.attach_policy(policy, key, &hash)?;
    }
    tx.insert_renewal(key, old)?;
    Ok(())
}
