//! What a template asks for once every parameter has its value: names and values, no functions.

use super::syntax::{Override, ThingOverrides};
use crate::registry::certificate::Status;
use crate::registry::thing::PrincipalType;
use std::collections::BTreeMap;

/// A resource of the template and the name it came to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name in the template, the key of `resourceArns` in RegisterThing's answer.
    pub logical: String,
    /// Name of the thing or policy, id of the certificate.
    pub name: String,
}

/// Everything one device's provisioning asks for. Every value keeps its own rule; whether the registry agrees
/// is not decided here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desired {
    /// The thing, if the template has one.
    pub thing: Option<DesiredThing>,
    /// The certificate, if the template has one.
    pub certificate: Option<DesiredCertificate>,
    /// The policies, in the order of the template.
    pub policies: Vec<DesiredPolicy>,
    /// What a fleet template sends to the device, as a JSON object.
    pub device_configuration: serde_json::Map<String, serde_json::Value>,
    /// What the log should say about the values used, for example a dropped parameter.
    pub notes: Vec<String>,
}

/// A thing as the template wants it. A property that the template does not have is `None` and is compared with nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredThing {
    /// Name in the template.
    pub logical: String,
    /// `ThingName`.
    pub name: String,
    /// `AttributePayload`; an empty value means that the thing shall not have that attribute.
    pub attributes: Option<BTreeMap<String, String>>,
    /// `ThingTypeName`.
    pub thing_type: Option<String>,
    /// `ThingGroups`, each once, in the template's order.
    pub groups: Option<Vec<String>>,
    /// `BillingGroup`.
    pub billing_group: Option<String>,
    /// `PackageVersions`, kept for display only: AWS does not document what it looks like.
    pub package_versions: Option<serde_json::Value>,
    /// `ChildThings`, each once, in the template's order: things that this one speaks for.
    pub children: Vec<String>,
    /// What to do where the thing exists.
    pub overrides: ThingOverrides,
}

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateSource {
    /// It is registered already: 64 lower-case hex digits.
    Id(String),
    /// It is to be issued for this request (PEM).
    SigningRequest(String),
    /// It is to be registered, unless it is already.
    Pem {
        /// SHA-256 of its DER, 64 lower-case hex digits.
        id: String,
        /// The certificate.
        pem: String,
        /// The CA to register it through, needed where several share a subject.
        ca_pem: Option<String>,
    },
}

impl CertificateSource {
    /// Drops the texts once they have been read: planning asks for the kind and the id only.
    pub fn forget_texts(&mut self) {
        match self {
            Self::Id(_) => {}
            Self::SigningRequest(request) => *request = String::new(),
            Self::Pem { pem, ca_pem, .. } => {
                *pem = String::new();
                *ca_pem = None;
            }
        }
    }
}

/// A certificate as the template wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredCertificate {
    /// Name in the template.
    pub logical: String,
    /// Where it comes from.
    pub source: CertificateSource,
    /// `Active` or `Inactive`; `None` where the template does not say, which means `Active` for a certificate
    /// that is new or waits for activation.
    pub status: Option<Status>,
    /// `ThingPrincipalType`; `None` means not exclusive for a new attachment.
    pub principal_type: Option<PrincipalType>,
    /// `OverrideSettings`, `Status`.
    pub status_override: Option<Override>,
}

/// Which of the two ways the template names a policy in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicySource {
    /// `PolicyName`: it must exist.
    Existing,
    /// `PolicyDocument`: it is created unless a policy of its name, the document's SHA-1, exists.
    Document(String),
}

/// A policy as the template wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredPolicy {
    /// Name in the template.
    pub logical: String,
    /// Name of the policy.
    pub name: String,
    /// Named or written out.
    pub source: PolicySource,
}
