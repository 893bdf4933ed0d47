//! The policies of a plan: found or created, and attached to the certificate.

use super::existing::{Existing, ExistingCertificate};
use super::plan::{Plan, refusal};
use super::step::Step;
use crate::ctx::Ctx;
use crate::limits::POLICIES_PER_CERTIFICATE;
use crate::template::{CertificateSource, Desired, FailureClass, Named, PolicySource, Refusal};

/// Checks every policy, creates those that are written out and new, and attaches what is not attached yet.
pub(super) fn plan(
    ctx: &Ctx,
    desired: &Desired,
    existing: &Existing,
    plan: &mut Plan,
) -> Result<(), Refusal> {
    let mut attach: Vec<&str> = Vec::new();
    for policy in &desired.policies {
        let found = existing.policies.get(&policy.name);
        match (&policy.source, found) {
            (PolicySource::Existing, Some(_)) => {}
            (PolicySource::Existing, None) => {
                let absent = refusal(
                    FailureClass::Absent,
                    "policy-absent",
                    &policy.logical,
                    "PolicyName",
                )
                .words(format_args!("there is no IoT policy {:?}", policy.name));
                return Err(if existing.iam_policies.contains(&policy.name) {
                    absent.words(format_args!(
                        "; there is an IAM policy {}, which is another kind: a certificate takes IoT policies only",
                        ctx.realm.iam(format_args!("policy/{}", policy.name))
                    ))
                } else {
                    absent.remedy(format!(
                        "aws iot create-policy --policy-name {} --policy-document file://policy.json",
                        policy.name
                    ))
                });
            }
            (PolicySource::Document(document), None) => {
                let created = plan.steps.iter().any(
                    |step| matches!(step, Step::CreatePolicy { name, .. } if *name == policy.name),
                );
                if !created {
                    plan.steps.push(Step::CreatePolicy {
                        name: policy.name.clone(),
                        document: document.clone(),
                    });
                }
            }
            // The owner may give the shared policy a new version for the whole fleet; a device that comes later
            // gets what its owner made of it.
            (PolicySource::Document(document), Some(held)) => {
                if document != held {
                    plan.notes.push(format!(
                        "the policy {} exists and its default version is no longer the document of {}; it is attached as it is",
                        policy.name, policy.logical
                    ));
                }
            }
        }
        plan.policies.push(Named {
            logical: policy.logical.clone(),
            name: policy.name.clone(),
        });
        let attached = certificate_before(desired, existing)
            .is_some_and(|c| c.policies.contains(&policy.name));
        if !attached && !attach.contains(&policy.name.as_str()) {
            attach.push(&policy.name);
        }
    }
    let Some(certificate) = plan.certificate.as_ref().map(|named| named.name.clone()) else {
        return Ok(());
    };
    let held = certificate_before(desired, existing).map_or(0, |c| c.policies.len());
    if !attach.is_empty() && held + attach.len() > POLICIES_PER_CERTIFICATE {
        let logical = desired.certificate.as_ref().map_or("", |c| &c.logical);
        return Err(Refusal::new(FailureClass::Limit, "too-many-policies")
            .words(format_args!("{logical}: the certificate "))
            .value(&certificate)
            .words(format_args!(
                " would have {} policies, and may have at most {POLICIES_PER_CERTIFICATE}",
                held + attach.len()
            )));
    }
    plan.steps
        .extend(attach.into_iter().map(|policy| Step::AttachPolicy {
            policy: policy.to_owned(),
            certificate: certificate.clone(),
        }));
    Ok(())
}

/// The certificate as it was before this run; none where it is issued in this run.
fn certificate_before<'a>(
    desired: &Desired,
    existing: &'a Existing,
) -> Option<&'a ExistingCertificate> {
    let issued = desired
        .certificate
        .as_ref()
        .is_some_and(|c| matches!(c.source, CertificateSource::SigningRequest(_)));
    existing.certificate.as_ref().filter(|_| !issued)
}
