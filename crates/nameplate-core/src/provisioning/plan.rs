//! What goes into a plan besides what exists, and what a plan is.

use super::step::{Permission, Step};
use crate::arn::Realm;
use crate::registry::certificate::Status;
use crate::template::{FailureClass, Named, Refusal};
use std::sync::Arc;

/// Ids and certificates made for this run before it was planned; unused ones are dropped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fresh {
    /// UUID for the thing if it is created.
    pub thing_id: String,
    /// UUIDs for its children, as many as the template has.
    pub child_ids: Vec<String>,
    /// The certificate issued for the template's signing request, or read from its PEM.
    pub certificate: Option<NewCertificate>,
}

/// A certificate that is not registered yet, with the facts that only X.509 code can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCertificate {
    /// SHA-256 of the DER, 64 lower-case hex digits.
    pub id: String,
    /// The certificate.
    pub pem: Arc<str>,
    /// Id of the registered CA that signed it; `None` for one the service issued.
    pub ca_certificate_id: Option<String>,
}

/// What a run changes, in order, and what its answer says. Empty where the device is provisioned already.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The changes.
    pub steps: Vec<Step>,
    /// The thing of the template.
    pub thing: Option<Named>,
    /// The certificate of the template, by id.
    pub certificate: Option<Named>,
    /// The policies of the template.
    pub policies: Vec<Named>,
    /// What a fleet template sends to the device.
    pub device_configuration: serde_json::Map<String, serde_json::Value>,
    /// What the log and `simulate` should say beside.
    pub notes: Vec<String>,
}

impl Plan {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The status that the certificate of this id is set to, where it has another.
    pub fn status_set(&self, id: &str) -> Option<Status> {
        self.steps.iter().find_map(|step| match step {
            Step::SetCertificateStatus {
                certificate, to, ..
            } if certificate == id => Some(*to),
            _ => None,
        })
    }

    /// Logical names and ARNs, in the order thing, certificate, policies. API: RegisterThing's `resourceArns`.
    pub fn resource_arns(&self, realm: &Realm) -> Vec<(String, String)> {
        let one = |named: &Named, arn: String| (named.logical.clone(), arn);
        let thing = self.thing.iter().map(|n| one(n, realm.thing(&n.name)));
        let certificate = self
            .certificate
            .iter()
            .map(|n| one(n, realm.certificate(&n.name)));
        let policies = self.policies.iter().map(|n| one(n, realm.policy(&n.name)));
        thing.chain(certificate).chain(policies).collect()
    }

    /// Everything the role or caller must be allowed, each once.
    pub fn permissions(&self, realm: &Realm) -> Vec<Permission> {
        let mut permissions = Vec::new();
        for permission in self.steps.iter().flat_map(|step| step.permissions(realm)) {
            if !permissions.contains(&permission) {
                permissions.push(permission);
            }
        }
        permissions
    }
}

/// Words that begin every refusal: logical resource and property.
pub(super) fn refusal(
    class: FailureClass,
    code: &'static str,
    logical: &str,
    property: &str,
) -> Refusal {
    Refusal::new(class, code).words(format_args!("{logical}, property {property}: "))
}
