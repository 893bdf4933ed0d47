//! What one device's provisioning calls at AWS, where it counts against the rates of those operations.

use crate::template::{CertificateSource, Desired, PolicySource};

/// The operations that AWS calls to provision what a template asks for, each as often as it is called. AWS guide:
/// RegisterThing "calls other IoT control plane APIs", and so do just-in-time provisioning and bulk registration.
/// Whether the registry has some of it already is not known before they are called.
pub fn calls_of(desired: &Desired) -> Vec<&'static str> {
    let mut calls = Vec::new();
    if let Some(thing) = &desired.thing {
        calls.push("CreateThing");
        let groups = thing.groups.as_ref().map_or(0, Vec::len);
        calls.extend(std::iter::repeat_n("AddThingToThingGroup", groups));
        if thing.billing_group.is_some() {
            calls.push("AddThingToBillingGroup");
        }
    }
    if let Some(certificate) = &desired.certificate {
        calls.push(match certificate.source {
            CertificateSource::Id(_) => "UpdateCertificate",
            CertificateSource::SigningRequest(_) => "CreateCertificateFromCsr",
            CertificateSource::Pem { .. } => "RegisterCertificate",
        });
    }
    for policy in &desired.policies {
        if let PolicySource::Document(_) = policy.source {
            calls.push("CreatePolicy");
        }
        if desired.certificate.is_some() {
            calls.push("AttachPolicy");
        }
    }
    if desired.thing.is_some() && desired.certificate.is_some() {
        calls.push("AttachThingPrincipal");
    }
    calls
}
