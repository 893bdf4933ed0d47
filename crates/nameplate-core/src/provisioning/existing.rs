//! What a plan must know of the registry, and the question that asks for it.

use crate::registry::certificate::Status;
use crate::registry::thing::PrincipalType;
use crate::template::{CertificateSource, Desired};
use std::collections::{BTreeMap, BTreeSet};

/// What to read for one device. Made by [`Desired::lookups`]; answered by an [`Existing`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lookups {
    /// Name of the thing.
    pub thing: Option<String>,
    /// Name of the thing type.
    pub thing_type: Option<String>,
    /// Names of the groups that the template lists.
    pub groups: Vec<String>,
    /// Name of the billing group.
    pub billing_group: Option<String>,
    /// Id of the certificate; `None` where it is still to be issued.
    pub certificate: Option<String>,
    /// Names of the policies.
    pub policies: Vec<String>,
    /// Names of the children.
    pub children: Vec<String>,
}

impl Desired {
    /// What must be read before this can be planned.
    pub fn lookups(&self) -> Lookups {
        let thing = self.thing.as_ref();
        Lookups {
            thing: thing.map(|t| t.name.clone()),
            thing_type: thing.and_then(|t| t.thing_type.clone()),
            groups: thing.and_then(|t| t.groups.clone()).unwrap_or_default(),
            billing_group: thing.and_then(|t| t.billing_group.clone()),
            certificate: self.certificate.as_ref().and_then(|c| match &c.source {
                CertificateSource::Id(id) | CertificateSource::Pem { id, .. } => Some(id.clone()),
                CertificateSource::SigningRequest(_) => None,
            }),
            policies: self.policies.iter().map(|p| p.name.clone()).collect(),
            children: thing.map(|t| t.children.clone()).unwrap_or_default(),
        }
    }
}

/// What the registry holds of what was looked up. Absent means that it does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Existing {
    /// The thing of the name that the template gives.
    pub thing: Option<ExistingThing>,
    /// The thing type that the template names.
    pub thing_type: Option<ThingType>,
    /// Those of the groups looked up that exist, by name.
    pub groups: BTreeMap<String, Group>,
    /// Whether the billing group looked up exists.
    pub billing_group: bool,
    /// The certificate that the template names, or whose PEM it has.
    pub certificate: Option<ExistingCertificate>,
    /// Those of the policies looked up that exist, by name, with the document of the default version.
    pub policies: BTreeMap<String, String>,
    /// Those of the names looked up as policies that an IAM policy has: a frequent mistake, told in the message.
    pub iam_policies: BTreeSet<String>,
    /// Those of the children looked up that exist, by name, with the name of the thing that speaks for each.
    pub children: BTreeMap<String, Option<String>>,
}

/// A thing as planning needs it. Its principals are not here: every rule about attachments is one of the
/// certificate's, and a thing may have as many principals as the fleet has devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingThing {
    /// `thingId`, a UUID.
    pub thing_id: String,
    /// As it was read: a step that changes the thing insists on it.
    pub version: i64,
    /// By name, as the registry has them.
    pub attributes: BTreeMap<String, String>,
    /// Name of its thing type; `None` where it has none.
    pub thing_type: Option<String>,
    /// The groups it is in, static and dynamic.
    pub groups: Vec<Membership>,
    /// Name of its billing group; a thing has one at most.
    pub billing_group: Option<String>,
}

/// A thing type as planning needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThingType {
    /// Whether it accepts no more things.
    pub deprecated: bool,
}

/// Whether things are put into a group or found by its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKind {
    /// Things are put into it.
    Static,
    /// Its query finds its things.
    Dynamic,
}

/// A thing group as planning needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Static or dynamic.
    pub kind: GroupKind,
    /// Name of the topmost group of its hierarchy; its own name where it has no parent.
    pub root: String,
}

/// A group that a thing is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Name of the group.
    pub name: String,
    /// What planning needs to know of that group.
    pub group: Group,
}

/// A certificate as planning needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingCertificate {
    /// 64 lower-case hex digits.
    pub id: String,
    /// Before this run.
    pub status: Status,
    /// Names of the policies attached to it.
    pub policies: BTreeSet<String>,
    /// Names of the things it is attached to, and how.
    pub things: BTreeMap<String, PrincipalType>,
}
