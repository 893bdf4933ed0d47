//! Device certificates: made here or brought along, looked at, switched on and off, deleted.
//!
//! Owns the order of the checks at registration and the texts of refusals. The rules on keys, signatures and
//! changes of status are `core`'s. First connections register certificates too, in `connect.rs`.

use super::Refusal;
use super::Registry;
use super::authorities::{Authorities, Authority, NoSigner};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::authority::{DeviceAuthority, IssuedWithKeys, OwnCa};
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::pki::{self, Certificate, CertificateId, CertificateRequest, Validity, to_pem};
use nameplate_core::registry::certificate as registry;
use nameplate_core::registry::certificate::{Mode, Status, TransitionRefused};
use nameplate_core::registry::transfer::Transfer;
use nameplate_store::{NewCertificate, Notice, Tx};
use std::sync::Arc;

/// Label of the PEM blocks that hold certificates.
pub(crate) const PEM_LABEL: &str = "CERTIFICATE";

/// Milliseconds of a week.
const WEEK: i64 = 7 * 86_400_000;
/// Certificates of a week that are counted.
const COUNTED: i64 = 10_000;
/// Things that are told of a certificate in a list.
const THINGS_SHOWN: usize = 3;

/// How many certificates end in a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    /// When it begins.
    pub from: Millis,
    /// How many end in it, or ten thousand.
    pub count: i64,
    /// There are more than that.
    pub more: bool,
}

/// A device certificate with all that DescribeCertificate shows.
#[derive(Debug, Clone)]
pub struct Description {
    /// The row.
    pub certificate: registry::Certificate,
    /// Id of the CA it was registered through, which may have been deleted since.
    pub ca_id: Option<String>,
    /// The certificate, with a newline at its end.
    pub pem: String,
    /// Its last transfer to another account.
    pub transfer: Option<Transfer>,
}

/// An id as the caller wrote it. The model's pattern lets through a text that no certificate can have as its id.
pub(crate) fn parse_id(text: &str) -> Result<[u8; 32]> {
    text.parse::<CertificateId>()
        .map(|id| id.0)
        .map_err(|error| Error::invalid(error.to_string()))
}

/// An opaque value that is another one after each change, in the form of a UUID as AWS has it.
pub fn generation_id(hash: &[u8; 32], version: i64) -> String {
    let mut input = hash.to_vec();
    input.extend_from_slice(&version.to_be_bytes());
    let CertificateId(digest) = CertificateId::of(&input);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

impl Registry {
    /// Registers a device certificate that a registered CA has signed; its id. `ca_pem` names the CA where several
    /// have the issuer's name. AWS guide: manual-cert-registration.
    pub async fn register_certificate(
        &self,
        caller: &Caller,
        pem: &str,
        ca_pem: Option<&str>,
        status: Status,
    ) -> Result<CertificateId> {
        let ctx = &caller.ctx;
        may_begin_as(status)?;
        let certificate = device_certificate(pem, ctx)?;
        let named = ca_pem
            .map(|pem| parse("caCertificatePem", pem))
            .transpose()?;
        let named = named.map(|ca| ca.id());
        // A certificate that is known is told so, whatever became of its CA.
        let authority = issuer(&*self.authorities().await?, &certificate, named, ctx);
        let (ctx, certificate) = (ctx.clone(), Checked::from(certificate));
        self.kernel
            .change(caller, "register-certificate", move |tx| {
                refuse_known(tx, &certificate, &ctx)?;
                let authority = match &authority {
                    Ok(authority) => authority,
                    Err(why) => return Err(Error::new(why.kind.clone(), why.message.clone())),
                };
                // As it is now, not as it was when the signature was checked.
                let ca = tx.ca_by_key(authority.ca.key)?.filter(|ca| ca.active);
                let Some(ca) = ca else {
                    return Err(Error::new(
                        Refusal::CertificateState,
                        format!(
                            "The CA certificate is not active. Id: {}",
                            authority.ca.id()
                        ),
                    ));
                };
                insert(tx, &certificate, status, ca.mode, Some(ca.key), ctx.now)
            })
            .await
    }

    /// Registers a device certificate whatever CA it comes from; its id. Such a certificate needs SNI to connect.
    pub async fn register_certificate_without_ca(
        &self,
        caller: &Caller,
        pem: &str,
        status: Status,
    ) -> Result<CertificateId> {
        let ctx = &caller.ctx;
        may_begin_as(status)?;
        let authority = &self.kernel.device_authority;
        let certificate = Checked::brought(device_certificate(pem, ctx)?, authority);
        let ctx = ctx.clone();
        self.kernel
            .change(caller, "register-certificate", move |tx| {
                refuse_known(tx, &certificate, &ctx)?;
                insert(tx, &certificate, status, Mode::SniOnly, None, ctx.now)
            })
            .await
    }

    /// Makes an RSA key and a registered certificate for it. The private key is in the answer and nowhere else.
    pub async fn create_keys_and_certificate(
        &self,
        caller: &Caller,
        active: bool,
    ) -> Result<IssuedWithKeys> {
        let ctx = &caller.ctx;
        let authority = Arc::clone(&self.kernel.device_authority);
        let now = ctx.now;
        // An RSA key takes tens of milliseconds and more.
        let issued =
            tokio::task::spawn_blocking(move || authority.create_keys_and_certificate(now))
                .await
                .map_err(Error::internal)?
                .map_err(Error::internal)?;
        self.register_issued(caller, &issued.certificate, active)
            .await?;
        Ok(issued)
    }

    /// Grants a certificate signing request and registers the certificate. The same request again gives another.
    pub async fn create_certificate_from_csr(
        &self,
        caller: &Caller,
        csr: &str,
        active: bool,
    ) -> Result<Certificate> {
        let ctx = &caller.ctx;
        let authority = Arc::clone(&self.kernel.device_authority);
        let (csr, now) = (csr.to_owned(), ctx.now);
        let granted = self.kernel.granting(move || {
            let request = CertificateRequest::parse_pem(&csr)
                .map_err(|error| Error::invalid(format!("CSR violates constraints: {error}")))?;
            authority
                .certificate_from_request(&request, now)
                .map_err(Error::internal)
        });
        let certificate = granted.await??;
        self.register_issued(caller, &certificate, active).await?;
        Ok(certificate)
    }

    async fn register_issued(
        &self,
        caller: &Caller,
        certificate: &Certificate,
        active: bool,
    ) -> Result<CertificateId> {
        let ctx = &caller.ctx;
        let status = if active {
            Status::Active
        } else {
            Status::Inactive
        };
        let certificate = Checked::issued(certificate.clone(), &self.kernel.device_authority);
        let ctx = ctx.clone();
        self.kernel
            .change(caller, "create-certificate", move |tx| {
                insert(tx, &certificate, status, Mode::Default, None, ctx.now)
            })
            .await
    }

    /// The certificate with this id, and all about it.
    pub async fn describe_certificate(&self, id: &str) -> Result<Description> {
        let hash = parse_id(id)?;
        self.kernel
            .store
            .read(|conn| {
                let certificate = conn.certificate(&hash)?.ok_or_else(|| absent(&hash))?;
                let ca = match certificate.ca {
                    Some(key) => conn.ca_by_key(key)?,
                    None => None,
                };
                let der = conn
                    .certificate_der(certificate.key)?
                    .ok_or_else(|| absent(&hash))?;
                Ok(Description {
                    ca_id: ca.map(|ca| ca.id()),
                    pem: to_pem(PEM_LABEL, &der),
                    transfer: conn.transfer(certificate.key)?,
                    certificate,
                })
            })
            .await
    }

    /// Sets a certificate's status. Setting the status it has already changes nothing.
    pub async fn set_certificate_status(
        &self,
        caller: &Caller,
        id: &str,
        status: Status,
    ) -> Result<()> {
        let ctx = &caller.ctx;
        let (hash, now) = (parse_id(id)?, ctx.now);
        self.kernel
            .change(caller, "set-certificate-status", move |tx| {
                let entry = tx.certificate_entry(&hash)?.ok_or_else(|| absent(&hash))?;
                registry::may_set(entry.status, status).map_err(|refused| {
                    let kind = match refused {
                        TransitionRefused::ServiceOnly(_) => Kind::Invalid,
                        TransitionRefused::Revoked | TransitionRefused::InTransfer => {
                            Refusal::CertificateState.into()
                        }
                    };
                    let id = hex::encode(hash);
                    Error::new(
                        kind,
                        format!(
                            "The status of certificate {id} cannot become {}: {refused}",
                            status.as_str()
                        ),
                    )
                })?;
                if entry.status != status {
                    tx.set_certificate_status(&hash, status, now)?;
                }
                Ok(())
            })
            .await
    }

    /// Deletes a certificate that is not in force. `force` takes its policies with it, never its things.
    pub async fn delete_certificate(&self, caller: &Caller, id: &str, force: bool) -> Result<()> {
        let ctx = &caller.ctx;
        let hash = parse_id(id)?;
        let realm = Arc::clone(&ctx.realm);
        self.kernel.change(caller, "delete-certificate", move |tx| {
                let entry = tx
                    .certificate_entry(&hash)?
                    .ok_or_else(|| absent(&hash))?;
                let id = hex::encode(hash);
                let state = |text| Err(Error::new(Refusal::CertificateState, text));
                match entry.status {
                    Status::Active => {
                        return state(format!(
                            "Certificate must be deactivated (not ACTIVE) before deletion. Id: {id}"
                        ));
                    }
                    Status::PendingTransfer => {
                        return state(format!(
                            "Certificate is being transferred; cancel the transfer before deletion. Id: {id}"
                        ));
                    }
                    Status::Inactive | Status::Revoked | Status::PendingActivation => {}
                }
                let in_use = |what| {
                    let arn = realm.certificate(&id);
                    Error::new(
                        Kind::InUse,
                        format!("{what} must be detached before deletion (arn: {arn})"),
                    )
                };
                if !tx.things_of_certificate(entry.key, 0, 1)?.is_empty() {
                    return Err(in_use("Things"));
                }
                if !force && !tx.policies_of_certificate(entry.key)?.is_empty() {
                    return Err(in_use("Certificate policies"));
                }
                Ok(tx.delete_certificate(&hash)?)
            })
            .await
    }

    /// Registered certificates by the end of their validity, and the things that each belongs to. `after` is end and key
    /// of the last one that was had.
    pub async fn certificates_by_expiry(
        &self,
        from: Option<Millis>,
        until: Option<Millis>,
        after: Option<(i64, i64)>,
        limit: usize,
    ) -> Result<Vec<(registry::Certificate, Vec<String>)>> {
        let from = from.unwrap_or(Millis(i64::MIN));
        let until = until.unwrap_or(Millis(i64::MAX));
        let found = self.kernel.store.read(|conn| {
            let found = conn.certificates_by_expiry(from, until, after, limit)?;
            let with_things = found.into_iter().map(|one| {
                let things = conn.things_of_certificate(one.key, 0, THINGS_SHOWN)?;
                Ok((one, things.into_iter().map(|thing| thing.name).collect()))
            });
            with_things.collect::<nameplate_store::Result<Vec<_>>>()
        });
        Ok(found.await?)
    }

    /// How many certificates end in each of the weeks from now on.
    pub async fn expiry_by_week(&self, now: Millis, weeks: i64) -> Result<Vec<Week>> {
        let counted = self.kernel.store.read(|conn| {
            let each = (0..weeks).map(|week| {
                let (from, until) = (now.0 + week * WEEK, now.0 + (week + 1) * WEEK);
                let count = conn.count_expiring(Millis(from), Millis(until), COUNTED + 1)?;
                Ok(Week {
                    from: Millis(from),
                    count: count.min(COUNTED),
                    more: count > COUNTED,
                })
            });
            each.collect::<nameplate_store::Result<Vec<_>>>()
        });
        Ok(counted.await?)
    }

    /// Certificates in the order they were registered, or newest first, beyond the key `from`.
    pub async fn certificates(
        &self,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<registry::Certificate>> {
        self.kernel
            .store
            .read(|conn| Ok(conn.certificates(None, ascending, from, limit)?))
            .await
    }

    /// Those registered through a CA, which may have been deleted since. A CA that never was has none.
    pub async fn certificates_by_ca(
        &self,
        ca_id: &str,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<registry::Certificate>> {
        let hash = parse_id(ca_id)?;
        self.kernel
            .store
            .read(|conn| match conn.ca_or_deleted(&hash)? {
                Some(ca) => Ok(conn.certificates(Some(ca.key), ascending, from, limit)?),
                None => Ok(Vec::new()),
            })
            .await
    }
}

pub(crate) fn absent(hash: &[u8; 32]) -> Error {
    Error::not_found(format!(
        "CertificateId {} does not exist",
        hex::encode(hash)
    ))
}

/// Reads a certificate that a caller brought as parameter `name`.
pub(crate) fn parse(name: &str, pem: &str) -> Result<Certificate> {
    Certificate::parse_pem(pem)
        .map_err(|error| Error::new(Refusal::CertificateInvalid, format!("{name}: {error}")))
}

fn device_certificate(pem: &str, ctx: &Ctx) -> Result<Certificate> {
    let certificate = parse("certificatePem", pem)?;
    pki::check_device(&certificate, ctx.now).map_err(|rule| {
        Error::new(
            Refusal::CertificateInvalid,
            format!("The certificate cannot be registered: {rule}"),
        )
    })?;
    Ok(certificate)
}

fn may_begin_as(status: Status) -> Result<()> {
    match status {
        Status::Active | Status::Inactive | Status::Revoked => Ok(()),
        Status::PendingActivation | Status::PendingTransfer => Err(Error::new(
            Refusal::CertificateState,
            format!(
                "Not allowed to register certificate with {} status",
                status.as_str()
            ),
        )),
    }
}

/// Why a registered CA's own certificate cannot be registered for a device.
pub(crate) const CA_AS_DEVICE: &str = "the certificate is a registered CA certificate, and a CA certificate is not a device certificate";

/// Refuses a certificate that is registered already, as a device's or as a CA's.
fn refuse_known(tx: &Tx<'_>, certificate: &Checked, ctx: &Ctx) -> Result<()> {
    if certificate.is_ca(tx)? {
        return Err(Error::new(
            Refusal::CertificateInvalid,
            format!("The certificate cannot be registered: {CA_AS_DEVICE}"),
        ));
    }
    let id = certificate.id;
    if tx.certificate_entry(&id.0)?.is_none() {
        return Ok(());
    }
    let id = id.to_string();
    Err(Error::new(
        Kind::Exists {
            arn: Some(ctx.realm.certificate(&id)),
            id: Some(id),
        },
        "The certificate is already provisioned or registered",
    ))
}

/// The registered CA that signed a certificate; `named` where the caller says which.
fn issuer(
    authorities: &Authorities,
    certificate: &Certificate,
    named: Option<CertificateId>,
    ctx: &Ctx,
) -> Result<Arc<Authority>> {
    authorities
        .signer_of(certificate, named, ctx.now)
        .map_err(|why| match why {
            NoSigner::Ambiguous { .. } => Error::new(Refusal::AmbiguousCa, why.to_string()),
            NoSigner::Signature(_) | NoSigner::OutOfTime { .. } => Error::new(
                Refusal::CertificateInvalid,
                format!("The certificate does not verify: {why}"),
            ),
            NoSigner::Unknown(_) => Error::new(
                Refusal::CertificateState,
                format!("No CA certificate exists for the given certificate: {why}"),
            ),
        })
}

/// What is kept of a certificate that was checked. Small beside the certificate, since many wait for their transaction.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) id: CertificateId,
    der: Vec<u8>,
    validity: Validity,
    /// It says CA:TRUE, as every registered CA does and nearly no device.
    may_be_ca: bool,
    /// The CA of ours that issued it, if one did.
    issuer: Option<Issuer>,
}

/// A CA of ours, which may be removed before what it issued is registered.
struct Issuer {
    authority: Arc<DeviceAuthority>,
    /// `None` where it is gone by now.
    ca: Option<Arc<OwnCa>>,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.ca.as_ref().map_or("", |ca| ca.file()))
    }
}

impl Checked {
    /// One that a CA of ours has issued: registered only as long as that CA is there to answer for it.
    pub(crate) fn issued(certificate: Certificate, authority: &Arc<DeviceAuthority>) -> Self {
        let issuer = Issuer {
            ca: authority.named_by(&certificate),
            authority: Arc::clone(authority),
        };
        Self {
            issuer: Some(issuer),
            ..Self::from(certificate)
        }
    }

    /// The same of one that may be another's.
    pub(crate) fn brought(certificate: Certificate, authority: &Arc<DeviceAuthority>) -> Self {
        match authority.named_by(&certificate) {
            Some(_) => Self::issued(certificate, authority),
            None => Self::from(certificate),
        }
    }

    /// Refuses one whose issuer is removed at this moment, by whichever server.
    fn may_rely(&self, tx: &Tx<'_>) -> Result<()> {
        let Some(Issuer { authority, ca }) = &self.issuer else {
            return Ok(());
        };
        if let Some(ca) = ca
            && authority.stands(ca.file())
            && tx.secret_stands(&ca.secret())?
        {
            return Ok(());
        }
        Err(Error::new(
            Kind::Throttled(None),
            "The CA that issued the certificate is being removed; ask again",
        ))
    }

    /// Whether it is registered as a CA.
    pub(crate) fn is_ca(&self, tx: &Tx<'_>) -> Result<bool> {
        Ok(self.may_be_ca && tx.ca(&self.id.0)?.is_some())
    }

    /// The certificate.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate in PEM.
    pub(crate) fn to_pem(&self) -> String {
        to_pem(PEM_LABEL, &self.der)
    }

    /// What is kept of it, as one of no registered CA.
    fn row(&self, status: Status, created: Millis) -> NewCertificate<'_> {
        NewCertificate {
            hash: self.id.0,
            der: &self.der,
            status,
            mode: Mode::Default,
            ca: None,
            created,
            not_before: self.validity.not_before,
            not_after: self.validity.not_after,
        }
    }
}

impl From<Certificate> for Checked {
    fn from(certificate: Certificate) -> Self {
        Self {
            id: certificate.id(),
            validity: certificate.validity(),
            may_be_ca: certificate.ca_flag() == Some(true),
            issuer: None,
            der: certificate.into_der(),
        }
    }
}

/// Takes a certificate out of use: REVOKED, without things and policies, its open connection ended. One that is gone or
/// belongs to a transfer stays as it is.
pub(crate) fn retire(tx: &mut Tx<'_>, hash: &[u8; 32], now: Millis) -> Result<()> {
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

/// Registers a certificate that was checked; its id.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    certificate: &Checked,
    status: Status,
    mode: Mode,
    ca: Option<i64>,
    now: Millis,
) -> Result<CertificateId> {
    certificate.may_rely(tx)?;
    tx.insert_certificate(&NewCertificate {
        mode,
        ca,
        ..certificate.row(status, now)
    })?;
    if ca.is_none() {
        // It may be one that we issued: every server answers for those.
        tx.notice(Notice::Certificate(certificate.id.0));
    }
    Ok(certificate.id)
}

/// Registers a certificate of our own CA's that was checked, as one that waits for activation; `set` where it gets
/// another status at once.
pub(crate) fn insert_issued(
    tx: &mut Tx<'_>,
    certificate: &Checked,
    set: Option<Status>,
    now: Millis,
) -> Result<()> {
    certificate.may_rely(tx)?;
    let new = certificate.row(Status::PendingActivation, now);
    match set {
        Some(status) => tx.insert_certificate_and_set(&new, status)?,
        None => tx.insert_certificate(&new)?,
    };
    // Every server answers for those that we issued.
    tx.notice(Notice::Certificate(certificate.id.0));
    Ok(())
}
