//! One change to the registry, with everything filled in, and the permission it takes.

use crate::arn::Realm;
use crate::policy::resource::THING_ARN;
use crate::registry::certificate::Status;
use crate::registry::thing::PrincipalType;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One change. The executor makes it and has no choice left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Register an owner's certificate.
    RegisterCertificate {
        /// SHA-256 of the DER, 64 lower-case hex digits.
        id: String,
        /// The certificate.
        pem: Arc<str>,
        /// Id of the registered CA that signed it.
        ca_certificate_id: Option<String>,
        /// Its status from the start.
        status: Status,
    },
    /// Register a certificate that the service issued for a request.
    IssueCertificate {
        /// SHA-256 of the DER, 64 lower-case hex digits.
        id: String,
        /// The certificate.
        pem: Arc<str>,
        /// Its status from the start.
        status: Status,
    },
    /// Create a thing, version 1.
    CreateThing {
        /// Its name.
        name: String,
        /// A fresh UUID.
        thing_id: String,
        /// Name of a thing type that exists and is not deprecated.
        thing_type: Option<String>,
        /// By name; the empty ones of the template are left out.
        attributes: BTreeMap<String, String>,
    },
    /// Change type or attributes of a thing.
    UpdateThing {
        /// Its name.
        name: String,
        /// The version that was read; the thing must still have it.
        from_version: i64,
        /// The new version.
        version: i64,
        /// The type it has afterwards.
        thing_type: Option<String>,
        /// All attributes it has afterwards.
        attributes: BTreeMap<String, String>,
    },
    /// Take a thing out of a static group.
    RemoveThingFromGroup {
        /// Name of the thing.
        thing: String,
        /// Name of the group.
        group: String,
    },
    /// Put a thing into a static group.
    AddThingToGroup {
        /// Name of the thing.
        thing: String,
        /// Name of the group.
        group: String,
    },
    /// Put a thing into a billing group, out of the one it was in.
    SetBillingGroup {
        /// Name of the thing.
        thing: String,
        /// The group it was in.
        from: Option<String>,
        /// The new group.
        billing_group: String,
    },
    /// Create a policy, version 1.
    CreatePolicy {
        /// Its name.
        name: String,
        /// The document of its version 1, as the template has it.
        document: String,
    },
    /// Attach a policy to a certificate.
    AttachPolicy {
        /// Name of the policy.
        policy: String,
        /// Id of the certificate.
        certificate: String,
    },
    /// Attach a certificate to a thing.
    AttachThingPrincipal {
        /// Name of the thing.
        thing: String,
        /// Id of the certificate.
        certificate: String,
        /// Exclusive or not.
        principal_type: PrincipalType,
    },
    /// Change the status of a registered certificate.
    SetCertificateStatus {
        /// Id of the certificate.
        certificate: String,
        /// The status it had.
        from: Status,
        /// The new status.
        to: Status,
    },
}

/// What a role or caller must be allowed for a step: any one of some actions on one resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// IAM actions, of which one suffices.
    pub any_of: Vec<&'static str>,
    /// ARN, or `*`.
    pub resource: String,
    /// The value of `iot:thingArn` that the question brings.
    pub thing_arn: Option<String>,
}

impl Permission {
    fn new(action: &'static str, resource: impl Into<String>) -> Self {
        Self {
            any_of: vec![action],
            resource: resource.into(),
            thing_arn: None,
        }
    }
}

impl Permission {
    /// Condition keys that the question brings.
    pub fn keys(&self) -> Vec<(String, String)> {
        let thing = self.thing_arn.iter();
        thing
            .map(|arn| (THING_ARN.to_owned(), arn.clone()))
            .collect()
    }
}

impl Step {
    /// The permissions this step takes, all of them. AWS guide: the actions of AWSIoTThingsRegistration.
    pub fn permissions(&self, realm: &Realm) -> Vec<Permission> {
        match self {
            Self::RegisterCertificate { .. } => {
                vec![Permission::new("iot:RegisterCertificate", "*")]
            }
            Self::IssueCertificate { .. } => {
                vec![Permission::new("iot:CreateCertificateFromCsr", "*")]
            }
            Self::CreateThing { name, .. } => {
                vec![Permission::new("iot:CreateThing", realm.thing(name))]
            }
            Self::UpdateThing { name, .. } => {
                vec![Permission::new("iot:UpdateThing", realm.thing(name))]
            }
            Self::RemoveThingFromGroup { thing, group } => both(
                "iot:RemoveThingFromThingGroup",
                realm.thing_group(group),
                realm.thing(thing),
            ),
            Self::AddThingToGroup { thing, group } => both(
                "iot:AddThingToThingGroup",
                realm.thing_group(group),
                realm.thing(thing),
            ),
            Self::SetBillingGroup {
                thing,
                billing_group,
                ..
            } => both(
                "iot:AddThingToBillingGroup",
                realm.billing_group(billing_group),
                realm.thing(thing),
            ),
            Self::CreatePolicy { name, .. } => {
                vec![Permission::new("iot:CreatePolicy", realm.policy(name))]
            }
            // Roles written before AttachPolicy existed have only the older action, and work on AWS.
            Self::AttachPolicy { certificate, .. } => vec![Permission {
                any_of: vec!["iot:AttachPolicy", "iot:AttachPrincipalPolicy"],
                resource: realm.certificate(certificate),
                thing_arn: None,
            }],
            Self::AttachThingPrincipal {
                thing, certificate, ..
            } => vec![Permission {
                thing_arn: Some(realm.thing(thing)),
                ..Permission::new("iot:AttachThingPrincipal", realm.certificate(certificate))
            }],
            Self::SetCertificateStatus { certificate, .. } => vec![Permission::new(
                "iot:UpdateCertificate",
                realm.certificate(certificate),
            )],
        }
    }
}

fn both(action: &'static str, one: String, other: String) -> Vec<Permission> {
    vec![Permission::new(action, one), Permission::new(action, other)]
}
