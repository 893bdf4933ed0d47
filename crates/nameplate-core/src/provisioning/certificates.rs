//! The certificate of a plan: registered or found, its status, its attachment to the thing.
//!
//! Owns the override setting of `Status` and the rules of exclusive things.

use super::existing::{Existing, ExistingCertificate};
use super::plan::{Fresh, NewCertificate, Plan, refusal};
use super::step::Step;
use crate::registry::certificate::Status;
use crate::registry::thing::PrincipalType;
use crate::template::{
    CertificateSource, DesiredCertificate, DesiredThing, FailureClass, Override, Refusal,
};

/// The certificate's id, its registration as a step if it needs one, and the change of its status, which comes last.
pub(super) fn register(
    desired: &DesiredCertificate,
    existing: &Existing,
    fresh: &Fresh,
    steps: &mut Vec<Step>,
) -> Result<(String, Option<Step>), Refusal> {
    let logical = desired.logical.as_str();
    let status = desired.status.unwrap_or(Status::Active);
    let registered = existing.certificate.as_ref();
    match (&desired.source, registered) {
        (CertificateSource::Id(_) | CertificateSource::Pem { .. }, Some(registered)) => {
            let change = plan_status(desired, registered)?;
            Ok((registered.id.clone(), change))
        }
        (CertificateSource::Id(id), None) => Err(refusal(
            FailureClass::Absent,
            "certificate-absent",
            logical,
            "CertificateId",
        )
        .words("there is no certificate ")
        .value(id)),
        (CertificateSource::Pem { .. }, None) => {
            let new = new_certificate(fresh, logical, "CertificatePem")?;
            steps.push(Step::RegisterCertificate {
                id: new.id.clone(),
                pem: new.pem.clone(),
                ca_certificate_id: new.ca_certificate_id.clone(),
                status,
            });
            Ok((new.id.clone(), None))
        }
        (CertificateSource::SigningRequest(_), _) => {
            let new = new_certificate(fresh, logical, "CertificateSigningRequest")?;
            steps.push(Step::IssueCertificate {
                id: new.id.clone(),
                pem: new.pem.clone(),
                status,
            });
            Ok((new.id.clone(), None))
        }
    }
}

fn new_certificate<'a>(
    fresh: &'a Fresh,
    logical: &str,
    property: &str,
) -> Result<&'a NewCertificate, Refusal> {
    fresh.certificate.as_ref().ok_or_else(|| {
        refusal(
            FailureClass::Invalid,
            "certificate-not-given",
            logical,
            property,
        )
        .words("there is no certificate to register")
    })
}

/// AWS guide: provision-template, override settings, `Status`. Waiting for activation is not a status that its
/// owner chose, so no setting protects it; REVOKED is one that nothing may change.
fn plan_status(
    desired: &DesiredCertificate,
    registered: &ExistingCertificate,
) -> Result<Option<Step>, Refusal> {
    let from = registered.status;
    let to = desired.status.unwrap_or(Status::Active);
    let conflict = |code| {
        refusal(FailureClass::Conflict, code, &desired.logical, "Status")
            .words("the certificate ")
            .value(&registered.id)
            .words(format_args!(" is {}", from.as_str()))
    };
    let set = (from != to).then(|| Step::SetCertificateStatus {
        certificate: registered.id.clone(),
        from,
        to,
    });
    match (from, desired.status_override) {
        (Status::PendingActivation, _) => Ok(set),
        // A transfer needs a certificate without things and policies, and this run would attach some.
        (Status::PendingTransfer, _) => Err(conflict("certificate-in-transfer")
            .words(" and belongs to a transfer that is not decided")),
        (_, Some(Override::DoNothing)) => Ok(None),
        // A template that says nothing means ACTIVE (AWS guide: provision-template, its example of an existing id).
        (_, None) if from == to => Ok(None),
        // Every create and register call leaves a certificate INACTIVE unless told otherwise, so owners make one
        // and have the template switch it on. Nothing is lost by that; switching one off is not done unasked.
        (Status::Inactive, None) => Ok(set),
        (Status::Revoked, Some(Override::Replace)) => {
            Err(conflict("certificate-revoked").words(format_args!(
                ", the template says {}, and a revoked certificate is never changed",
                to.as_str()
            )))
        }
        (_, Some(Override::Replace)) => Ok(set),
        (_, None) => Err(conflict("status-differs").words(format_args!(
            " and the template says {}; without an override setting for Status they must be equal",
            to.as_str()
        ))),
        // MERGE is refused for Status when the template is parsed.
        (_, Some(Override::Fail | Override::Merge)) => {
            Err(conflict("status-exists").words(format_args!(
                ", the template says {}, and the override setting for Status is FAIL",
                to.as_str()
            )))
        }
    }
}

/// AWS guide: exclusive-thing. The certificate is attached beside those that the thing has.
pub(super) fn attach(
    thing: &DesiredThing,
    certificate: &DesiredCertificate,
    existing: &Existing,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let Some(id) = plan.certificate.as_ref().map(|named| named.name.clone()) else {
        return Ok(());
    };
    let wanted = certificate.principal_type.unwrap_or_default();
    let things = existing
        .certificate
        .as_ref()
        .filter(|_| !matches!(certificate.source, CertificateSource::SigningRequest(_)))
        .map(|c| &c.things);
    let conflict = |code| {
        refusal(
            FailureClass::Conflict,
            code,
            &certificate.logical,
            "ThingPrincipalType",
        )
        .words("the certificate ")
        .value(&id)
    };
    match things.and_then(|things| things.get(&thing.name)) {
        // A template that does not say is content with the attachment there is.
        Some(held) if certificate.principal_type.is_none_or(|t| t == *held) => return Ok(()),
        Some(held) => {
            return Err(conflict("attachment-differs")
                .words(" is attached to the thing ")
                .value(&thing.name)
                .words(format_args!(
                    " as {}, and the template says {}; detach it first",
                    held.as_str(),
                    wanted.as_str()
                )));
        }
        None => {}
    }
    for (other, held) in things.into_iter().flatten() {
        if *held == PrincipalType::Exclusive {
            return Err(conflict("certificate-has-exclusive-thing")
                .words(" belongs to the thing ")
                .value(other)
                .words(" exclusively, and the template says ")
                .value(&thing.name)
                .words("; detach it first"));
        }
        if wanted == PrincipalType::Exclusive {
            return Err(conflict("certificate-has-other-thing")
                .words(" is attached to the thing ")
                .value(other)
                .words(", and the template wants ")
                .value(&thing.name)
                .words(" as its only thing; detach it first"));
        }
    }
    plan.steps.push(Step::AttachThingPrincipal {
        thing: thing.name.clone(),
        certificate: id,
        principal_type: wanted,
    });
    Ok(())
}
