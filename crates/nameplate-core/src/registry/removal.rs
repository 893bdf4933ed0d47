//! Removing a device with all it owns: what goes, in which order, and what stays since others have it too.
//!
//! Owns what belongs to what: a thing owns the certificates that no other thing has, a CA the certificates registered
//! through it and the things that have no others, a certificate the policies that nothing else has. Must not know how
//! facts are read or steps made.

use super::certificate::Status;
use crate::arn::Realm;
use crate::policy::resource::THING_ARN;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What is to be removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Root {
    /// A thing, by name.
    Thing(String),
    /// A device certificate, by id.
    Certificate(String),
    /// A registered CA, by the id of its certificate.
    Ca(String),
}

/// A certificate as a removal needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCertificate {
    /// What it has before the removal.
    pub status: Status,
    /// Names of the things it is attached to.
    pub things: BTreeSet<String>,
    /// Names of the policies attached to it.
    pub policies: BTreeSet<String>,
}

/// What is there: the root's certificates and things, and the other ends of their attachments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Certificates by id: those of the root, and those of its things.
    pub certificates: BTreeMap<String, HeldCertificate>,
    /// Ids of the certificates of each thing that is the root or has a certificate of it.
    pub things: BTreeMap<String, BTreeSet<String>>,
    /// Names of the shadows of each thing, empty for the classic one.
    pub shadows: BTreeMap<String, Vec<String>>,
    /// Groups of the root, where it is a thing.
    pub groups: Vec<String>,
    /// Whether the root, where it is a CA, is ACTIVE.
    pub active_ca: bool,
    /// Policies that something has which is not removed. Asked for after [`Holdings::certificates_to_remove`].
    pub shared_policies: BTreeSet<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// A certificate is detached from a thing.
    DetachThing {
        /// Name of the thing.
        thing: String,
        /// Id of the certificate.
        certificate: String,
    },
    /// A policy is detached from a certificate.
    DetachPolicy {
        /// Name of the policy.
        policy: String,
        /// Id of the certificate.
        certificate: String,
    },
    /// A certificate is deleted; connections with it end.
    DeleteCertificate {
        /// SHA-256 of the DER, 64 lower-case hex digits.
        id: String,
        /// What it had, which the answer shows.
        status: Status,
    },
    /// A shadow is deleted.
    DeleteShadow {
        /// Name of the thing that has it.
        thing: String,
        /// Its name; empty for the classic one.
        name: String,
    },
    /// A thing is deleted, and leaves its groups.
    DeleteThing {
        /// Its name.
        name: String,
        /// The groups it leaves, as far as they were asked for.
        groups: Vec<String>,
    },
    /// A policy is deleted with all its versions.
    DeletePolicy {
        /// Its name.
        name: String,
    },
    /// A CA is deleted.
    DeleteCa {
        /// Id of its certificate.
        id: String,
        /// Whether it is ACTIVE.
        active: bool,
    },
}

/// Why nothing is removed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A transfer must be decided first.
    #[error("the certificate {0} is being transferred; cancel the transfer first")]
    InTransfer(String),
}

impl Holdings {
    /// The certificates that go with the root.
    pub fn certificates_to_remove(&self, root: &Root) -> BTreeSet<String> {
        match root {
            Root::Certificate(id) => BTreeSet::from([id.clone()]),
            Root::Ca(_) => self.certificates.keys().cloned().collect(),
            Root::Thing(name) => {
                let owned = |held: &HeldCertificate| held.things.iter().all(|thing| thing == name);
                let owned = self.certificates.iter().filter(|(_, held)| owned(held));
                owned.map(|(id, _)| id.clone()).collect()
            }
        }
    }

    /// The things that go with the root.
    fn things_to_remove(&self, root: &Root, certificates: &BTreeSet<String>) -> BTreeSet<String> {
        match root {
            Root::Thing(name) => BTreeSet::from([name.clone()]),
            Root::Certificate(_) => BTreeSet::new(),
            Root::Ca(_) => {
                let owned = self.things.iter();
                let owned = owned.filter(|(_, has)| has.is_subset(certificates));
                owned.map(|(name, _)| name.clone()).collect()
            }
        }
    }
}

/// Decides what is removed, and in which order: what AWS would let an owner do step by step, statuses aside.
pub fn plan(root: &Root, held: &Holdings) -> Result<Vec<Removal>, Refused> {
    let certificates = held.certificates_to_remove(root);
    let things = held.things_to_remove(root, &certificates);
    let mut steps = Vec::new();
    let mut policies = BTreeSet::new();
    for (id, certificate) in &held.certificates {
        if certificate.status == Status::PendingTransfer {
            return Err(Refused::InTransfer(id.clone()));
        }
        let goes = certificates.contains(id);
        for thing in &certificate.things {
            if goes || things.contains(thing) {
                steps.push(Removal::DetachThing {
                    thing: thing.clone(),
                    certificate: id.clone(),
                });
            }
        }
        if !goes {
            continue;
        }
        for policy in &certificate.policies {
            steps.push(Removal::DetachPolicy {
                policy: policy.clone(),
                certificate: id.clone(),
            });
            if !held.shared_policies.contains(policy) {
                policies.insert(policy.clone());
            }
        }
        steps.push(Removal::DeleteCertificate {
            id: id.clone(),
            status: certificate.status,
        });
    }
    for thing in things {
        let shadows = held.shadows.get(&thing).map_or(&[][..], Vec::as_slice);
        steps.extend(shadows.iter().map(|name| Removal::DeleteShadow {
            thing: thing.clone(),
            name: name.clone(),
        }));
        steps.push(Removal::DeleteThing {
            groups: match root {
                Root::Thing(_) => held.groups.clone(),
                _ => Vec::new(),
            },
            name: thing,
        });
    }
    let delete = |name| Removal::DeletePolicy { name };
    steps.extend(policies.into_iter().map(delete));
    if let Root::Ca(id) = root {
        steps.push(Removal::DeleteCa {
            id: id.clone(),
            active: held.active_ca,
        });
    }
    Ok(steps)
}

impl Removal {
    /// Condition keys that the questions about the step bring.
    pub fn keys(&self, realm: &Realm) -> Vec<(String, String)> {
        match self {
            Removal::DetachThing { thing, .. } => {
                vec![(THING_ARN.to_owned(), realm.thing(thing))]
            }
            _ => Vec::new(),
        }
    }

    /// Actions and resources that the step takes, all of them.
    pub fn permissions(&self, realm: &Realm) -> Vec<(&'static str, String)> {
        match self {
            Removal::DetachThing { certificate, .. } => {
                vec![("iot:DetachThingPrincipal", realm.certificate(certificate))]
            }
            Removal::DetachPolicy { certificate, .. } => {
                vec![("iot:DetachPolicy", realm.certificate(certificate))]
            }
            Removal::DeleteCertificate { id, status } => {
                let arn = realm.certificate(id);
                let mut needed = vec![("iot:DeleteCertificate", arn.clone())];
                if *status == Status::Active {
                    needed.push(("iot:UpdateCertificate", arn));
                }
                needed
            }
            Removal::DeleteShadow { thing, name } if name.is_empty() => {
                vec![("iot:DeleteThingShadow", realm.thing(thing))]
            }
            Removal::DeleteShadow { thing, name } => {
                vec![("iot:DeleteThingShadow", realm.shadow(thing, name))]
            }
            Removal::DeleteThing { name, .. } => vec![("iot:DeleteThing", realm.thing(name))],
            Removal::DeletePolicy { name } => vec![
                ("iot:DeletePolicy", realm.policy(name)),
                ("iot:DeletePolicyVersion", realm.policy(name)),
            ],
            Removal::DeleteCa { id, active } => {
                let arn = realm.ca_certificate(id);
                let mut needed = vec![("iot:DeleteCACertificate", arn.clone())];
                if *active {
                    needed.push(("iot:UpdateCACertificate", arn));
                }
                needed
            }
        }
    }

    /// What of the step AWS asks an owner to do before the root itself may be deleted; `None` for the root.
    pub fn stands_in_the_way_of(&self, root: &Root) -> Option<String> {
        match (self, root) {
            (Removal::DetachThing { thing, certificate }, Root::Thing(name)) if thing == name => {
                Some(format!("the certificate {certificate} is attached to it"))
            }
            (Removal::DetachThing { thing, certificate }, Root::Certificate(id))
                if certificate == id =>
            {
                Some(format!("it is attached to the thing {thing}"))
            }
            (
                Removal::DetachPolicy {
                    policy,
                    certificate,
                },
                Root::Certificate(id),
            ) if certificate == id => Some(format!("the policy {policy} is attached to it")),
            (Removal::DeleteCertificate { status, .. }, Root::Certificate(_))
                if *status == Status::Active =>
            {
                Some("it is ACTIVE".to_owned())
            }
            (Removal::DeleteCa { active: true, .. }, Root::Ca(_)) => {
                Some("it is ACTIVE".to_owned())
            }
            _ => None,
        }
    }
}

impl fmt::Display for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Removal::DetachThing { thing, certificate } => {
                write!(f, "detach certificate {certificate} from thing {thing}")
            }
            Removal::DetachPolicy {
                policy,
                certificate,
            } => write!(f, "detach policy {policy} from certificate {certificate}"),
            Removal::DeleteCertificate { id, status } => {
                write!(f, "delete certificate {id}, which is {}", status.as_str())
            }
            Removal::DeleteShadow { thing, name } if name.is_empty() => {
                write!(f, "delete the classic shadow of thing {thing}")
            }
            Removal::DeleteShadow { thing, name } => {
                write!(f, "delete shadow {name} of thing {thing}")
            }
            Removal::DeleteThing { name, groups } if groups.is_empty() => {
                write!(f, "delete thing {name}")
            }
            Removal::DeleteThing { name, groups } => {
                write!(f, "delete thing {name}, which leaves {}", groups.join(", "))
            }
            Removal::DeletePolicy { name } => {
                write!(f, "delete policy {name}, which nothing else has")
            }
            Removal::DeleteCa { id, active } => {
                let status = if *active { "ACTIVE" } else { "INACTIVE" };
                write!(f, "delete CA certificate {id}, which is {status}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// Certificates with their things and policies; `shared` are the policies that others have.
    fn holdings(certificates: &[(&str, &[&str], &[&str])], shared: &[&str]) -> Holdings {
        let mut held = Holdings {
            shared_policies: names(shared),
            ..Holdings::default()
        };
        for (id, things, policies) in certificates {
            for thing in *things {
                let has = held.things.entry((*thing).to_owned()).or_default();
                has.insert((*id).to_owned());
            }
            held.certificates.insert(
                (*id).to_owned(),
                HeldCertificate {
                    status: Status::Active,
                    things: names(things),
                    policies: names(policies),
                },
            );
        }
        held
    }

    #[track_caller]
    fn check(root: &Root, held: &Holdings, expected: &[&str]) {
        let steps = plan(root, held).expect("a plan");
        let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
        assert_eq!(steps, expected);
    }

    #[test]
    fn a_thing_takes_what_only_it_has() {
        let root = Root::Thing("lamp".into());
        let mut held = holdings(&[("c1", &["lamp"], &["own", "fleet"])], &["fleet"]);
        held.groups = vec!["hall".into()];
        let shadows = vec![String::new(), "fw".into()];
        held.shadows.insert("lamp".into(), shadows);
        check(
            &root,
            &held,
            &[
                "detach certificate c1 from thing lamp",
                "detach policy fleet from certificate c1",
                "detach policy own from certificate c1",
                "delete certificate c1, which is ACTIVE",
                "delete the classic shadow of thing lamp",
                "delete shadow fw of thing lamp",
                "delete thing lamp, which leaves hall",
                "delete policy own, which nothing else has",
            ],
        );
        check(
            &root,
            &holdings(&[("c1", &["lamp", "other"], &["own"])], &[]),
            &["detach certificate c1 from thing lamp", "delete thing lamp"],
        );
        check(&root, &Holdings::default(), &["delete thing lamp"]);
    }

    #[test]
    fn a_certificate_leaves_its_things() {
        check(
            &Root::Certificate("c1".into()),
            &holdings(&[("c1", &["lamp"], &["own"])], &[]),
            &[
                "detach certificate c1 from thing lamp",
                "detach policy own from certificate c1",
                "delete certificate c1, which is ACTIVE",
                "delete policy own, which nothing else has",
            ],
        );
    }

    #[test]
    fn a_ca_takes_its_certificates_and_the_things_that_have_no_others() {
        let mut held = holdings(
            &[("c1", &["lamp", "both"], &[]), ("c2", &["lamp"], &[])],
            &[],
        );
        // A certificate of another CA.
        held.things.insert("both".into(), names(&["c1", "c9"]));
        held.active_ca = true;
        check(
            &Root::Ca("ca".into()),
            &held,
            &[
                "detach certificate c1 from thing both",
                "detach certificate c1 from thing lamp",
                "delete certificate c1, which is ACTIVE",
                "detach certificate c2 from thing lamp",
                "delete certificate c2, which is ACTIVE",
                "delete thing lamp",
                "delete CA certificate ca, which is ACTIVE",
            ],
        );
    }

    #[test]
    fn a_transfer_stands_in_the_way_of_everything() {
        let mut held = holdings(&[("c1", &[], &[])], &[]);
        for certificate in held.certificates.values_mut() {
            certificate.status = Status::PendingTransfer;
        }
        let refused = plan(&Root::Ca("ca".into()), &held);
        assert_eq!(refused, Err(Refused::InTransfer("c1".into())));
    }
}
