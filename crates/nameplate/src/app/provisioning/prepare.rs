//! What a run needs besides the registry, made before the transaction: the template's values, and the certificate it
//! brings, read, checked or issued. CPU work only, so that many devices can be prepared at once.

use super::{Memory, Provisioning, Stop, environment};
use crate::app::error::{Error, Result};
use crate::app::ids;
use crate::app::registry::authorities::{Authorities, NoSigner};
use crate::app::registry::certificate::{CA_AS_DEVICE, Checked};
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::pki::{self, Certificate, CertificateId, CertificateRequest};
use nameplate_core::provisioning::{Fresh, NewCertificate, Plan, PlanError};
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_core::template::{
    CertificateSource, Desired, DesiredCertificate, FailureClass, Parameters, Template,
};
use nameplate_store::Tx;
use std::sync::Arc;

/// A device that can be planned.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// What the template wants.
    pub(super) desired: Desired,
    /// Ids made for it.
    pub(super) fresh: Fresh,
    /// The certificate to register, where the template brings one that is not registered yet.
    pub(super) brought: Option<Brought>,
    /// A certificate that the flow registers itself: first connections.
    pub(super) unregistered: Option<[u8; 32]>,
}

impl Prepared {
    /// What the template wants.
    pub(crate) fn desired(&self) -> &Desired {
        &self.desired
    }

    /// The certificate that the template brings, in PEM, if it is the plan's.
    pub(crate) fn certificate_pem(&self, plan: &Plan) -> Option<Arc<str>> {
        let (new, planned) = (self.fresh.certificate.as_ref()?, plan.certificate.as_ref()?);
        (new.id == planned.name).then(|| Arc::clone(&new.pem))
    }

    /// The certificate that an earlier run had for the same signing request: one of the thing's that has the request's
    /// key and is not REVOKED, the newest of those that are ACTIVE before others. Nothing else tells a line again: a
    /// request may be meant for many things.
    pub(super) fn earlier_certificate(&self, tx: &Tx<'_>) -> Result<Option<String>, Stop> {
        let (Some(brought), Some(thing)) = (&self.brought, &self.desired.thing) else {
            return Ok(None);
        };
        let Ok(Origin::Issued) = &brought.origin else {
            return Ok(None);
        };
        let Some(thing) = tx.thing_key(&thing.name)? else {
            return Ok(None);
        };
        let wanted = pki::spki_of(brought.certificate.der()).map_err(Error::internal)?;
        let mut found: Option<(bool, String)> = None;
        let mut after = 0;
        loop {
            let page = tx.principals_of_thing(thing, after, 250)?;
            let Some(last) = page.last() else { break };
            after = last.certificate;
            for principal in &page {
                let Some(entry) = tx.certificate_entry(&principal.hash)? else {
                    continue;
                };
                let active = entry.status == Status::Active;
                if entry.status == Status::Revoked
                    || found.as_ref().is_some_and(|(better, _)| *better && !active)
                {
                    continue;
                }
                let der = tx.certificate_der(entry.key)?.unwrap_or_default();
                if pki::spki_of(&der).is_ok_and(|key| key == wanted) {
                    found = Some((active, hex::encode(principal.hash)));
                }
            }
        }
        Ok(found.map(|(_, id)| id))
    }

    /// The same for a certificate that the flow itself registers, beside the plan.
    pub(crate) fn with_unregistered(mut self, hash: [u8; 32]) -> Self {
        self.unregistered = Some(hash);
        self
    }
}

/// A certificate that a template brings.
#[derive(Debug)]
pub(super) struct Brought {
    certificate: Checked,
    origin: Result<Origin, PlanError>,
    // For refusals that turn up later.
    logical: String,
}

/// Where a certificate comes from.
#[derive(Debug, Clone, Copy)]
enum Origin {
    /// From us, for the template's request.
    Issued,
    /// From a registered CA, the key of its row.
    Ca { key: i64, mode: Mode },
}

impl Brought {
    /// Refuses unless the certificate may be registered now that it turned out not to be.
    pub(super) fn may_register(&self, tx: &Tx<'_>, memory: &mut Memory) -> Result<(), Stop> {
        if self.certificate.is_ca(tx)? {
            let conflict = FailureClass::Conflict;
            return Err(refusal(&self.logical, conflict, "ca-as-device", CA_AS_DEVICE).into());
        }
        let Origin::Ca { key, .. } = self.origin.clone()? else {
            return Ok(());
        };
        // It was found before the transaction began.
        match memory.ca(tx, key)?.filter(|ca| !ca.deleted) {
            Some(ca) if ca.active => Ok(()),
            Some(ca) => Err(refusal(
                &self.logical,
                FailureClass::Absent,
                "ca-inactive",
                &format!(
                    "the CA certificate {} that signed it is not ACTIVE",
                    ca.id()
                ),
            )
            .into()),
            None => Err(refusal(
                &self.logical,
                FailureClass::Absent,
                "ca-unknown",
                "the CA certificate that signed it has just been deleted",
            )
            .into()),
        }
    }

    /// Registers it.
    pub(super) fn insert(&self, tx: &mut Tx<'_>, status: Status, now: Millis) -> Result<()> {
        let (ca, mode) = match self.origin {
            Ok(Origin::Ca { key, mode }) => (Some(key), mode),
            Ok(Origin::Issued) => (None, Mode::Default),
            Err(_) => return Err(Error::internal("a refused certificate was planned")),
        };
        crate::app::registry::certificate::insert(tx, &self.certificate, status, mode, ca, now)?;
        Ok(())
    }
}

fn refusal(logical: &str, class: FailureClass, code: &'static str, why: &str) -> PlanError {
    PlanError::certificate(class, code, logical, "CertificatePem", why)
}

/// A device whose template has been resolved. Whether the certificate that it brings is registered was not asked yet.
pub(crate) struct Resolved {
    desired: Desired,
    certificate: Option<Source>,
}

/// The certificate that a template brings.
enum Source {
    Issued(Certificate),
    Pem {
        certificate: Certificate,
        ca_pem: Option<String>,
    },
}

impl Resolved {
    /// The certificate of which must be known whether it is registered.
    pub(crate) fn brings(&self) -> Option<[u8; 32]> {
        match &self.certificate {
            Some(Source::Pem { certificate, .. }) => Some(certificate.id().0),
            Some(Source::Issued(_)) | None => None,
        }
    }
}

impl Provisioning {
    /// Resolves a template for one device, and reads or issues the certificate it brings.
    pub(crate) fn prepare(
        &self,
        template: &Template,
        parameters: &Parameters,
        authorities: &Authorities,
        ctx: &Ctx,
    ) -> Result<Prepared, Stop> {
        let resolved = self.resolve(template, parameters, ctx)?;
        let is_registered = match resolved.brings() {
            Some(hash) => self.kernel.store.certificate_entry_now(&hash)?.is_some(),
            None => false,
        };
        Ok(self.finish(resolved, is_registered, authorities, ctx))
    }

    /// The first half of [`Provisioning::prepare`], which asks the store for nothing.
    pub(crate) fn resolve(
        &self,
        template: &Template,
        parameters: &Parameters,
        ctx: &Ctx,
    ) -> Result<Resolved, Stop> {
        let mut desired = template.resolve(parameters, &environment(ctx))?;
        let certificate = match &mut desired.certificate {
            Some(certificate) => {
                let source = self.source(certificate, ctx)?;
                certificate.source.forget_texts();
                source
            }
            None => None,
        };
        Ok(Resolved {
            desired,
            certificate,
        })
    }

    fn source(&self, desired: &mut DesiredCertificate, ctx: &Ctx) -> Result<Option<Source>, Stop> {
        match &mut desired.source {
            CertificateSource::Id(_) => Ok(None),
            CertificateSource::SigningRequest(request) => {
                let request = CertificateRequest::parse_pem(request).map_err(|why| {
                    PlanError::certificate(
                        FailureClass::Invalid,
                        "signing-request-invalid",
                        &desired.logical,
                        "CertificateSigningRequest",
                        &why.to_string(),
                    )
                })?;
                let certificate = self
                    .kernel
                    .device_authority
                    .certificate_from_request(&request, ctx.now)
                    .map_err(Error::internal)?;
                Ok(Some(Source::Issued(certificate)))
            }
            CertificateSource::Pem { pem, ca_pem, .. } => {
                let certificate = Certificate::parse_pem(pem).map_err(|why| {
                    let (class, why) = (FailureClass::Invalid, why.to_string());
                    refusal(&desired.logical, class, "certificate-pem-invalid", &why)
                })?;
                Ok(Some(Source::Pem {
                    certificate,
                    ca_pem: ca_pem.take(),
                }))
            }
        }
    }

    /// The second half: `is_registered` says whether the certificate that is brought is. One that is needs no CA. Should it
    /// vanish before the transaction, the device is refused and may come again.
    pub(crate) fn finish(
        &self,
        resolved: Resolved,
        is_registered: bool,
        authorities: &Authorities,
        ctx: &Ctx,
    ) -> Prepared {
        let Resolved {
            desired,
            certificate,
        } = resolved;
        let logical = desired
            .certificate
            .as_ref()
            .map(|certificate| certificate.logical.clone())
            .unwrap_or_default();
        let brought = certificate.map(|source| match source {
            Source::Issued(certificate) => Brought {
                certificate: Checked::issued(certificate, &self.kernel.device_authority),
                origin: Ok(Origin::Issued),
                logical,
            },
            Source::Pem {
                certificate,
                ca_pem,
            } => {
                let origin = match is_registered {
                    true => Err(refusal(
                        &logical,
                        FailureClass::Conflict,
                        "certificate-deleted",
                        "the certificate was deleted in this moment; try again",
                    )),
                    false => origin(&logical, &certificate, ca_pem.as_deref(), authorities, ctx),
                };
                Brought {
                    certificate: certificate.into(),
                    origin,
                    logical,
                }
            }
        });
        let children = desired
            .thing
            .as_ref()
            .map_or(0, |thing| thing.children.len());
        let fresh = Fresh {
            thing_id: ids::uuid(),
            child_ids: (0..children).map(|_| ids::uuid()).collect(),
            certificate: brought.as_ref().map(|brought| NewCertificate {
                id: brought.certificate.id.to_string(),
                pem: brought.certificate.to_pem().into(),
                ca_certificate_id: match brought.origin {
                    Ok(Origin::Ca { key, .. }) => authorities.by_key(key).map(|ca| ca.ca.id()),
                    _ => None,
                },
            }),
        };
        Prepared {
            desired,
            fresh,
            brought,
            unregistered: None,
        }
    }
}

/// The registered CA that a certificate is registered through.
fn origin(
    logical: &str,
    certificate: &Certificate,
    ca_pem: Option<&str>,
    authorities: &Authorities,
    ctx: &Ctx,
) -> Result<Origin, PlanError> {
    let refused =
        |class, code, why: &dyn std::fmt::Display| refusal(logical, class, code, &why.to_string());
    let invalid = FailureClass::Invalid;
    pki::check_device(certificate, ctx.now)
        .map_err(|rule| refused(invalid, "certificate-unfit", &rule))?;
    let named = match ca_pem {
        Some(pem) => Some(CertificateId::of(
            Certificate::parse_pem(pem)
                .map_err(|why| {
                    PlanError::certificate(
                        invalid,
                        "ca-pem-invalid",
                        logical,
                        "CACertificatePem",
                        &why.to_string(),
                    )
                })?
                .der(),
        )),
        None => None,
    };
    let authority =
        authorities
            .signer_of(certificate, named, ctx.now)
            .map_err(|why| match &why {
                NoSigner::Ambiguous { .. } => refused(invalid, "ca-ambiguous", &why),
                NoSigner::Signature(_) => refused(invalid, "certificate-signature", &why),
                NoSigner::OutOfTime { .. } => refused(invalid, "ca-out-of-time", &why),
                NoSigner::Unknown(_) => refused(FailureClass::Absent, "ca-unknown", &why),
            })?;
    Ok(Origin::Ca {
        key: authority.ca.key,
        mode: authority.ca.mode,
    })
}
