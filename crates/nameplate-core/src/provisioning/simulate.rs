//! Planning for many devices against a registry held in memory, which changes as it would.
//!
//! Devices of one fleet meet each other: the hundredth finds the thing that the first created. So every plan is
//! applied to the copy before the next device is planned. The planner is the one the server uses.

use super::decide::plan;
use super::existing::{
    Existing, ExistingCertificate, ExistingThing, Group, Lookups, Membership, ThingType,
};
use super::plan::{Fresh, NewCertificate, Plan};
use super::step::Step;
use super::summary::Summary;
use crate::ctx::Ctx;
use crate::registry::certificate::Status;
use crate::registry::thing::PARENT;
use crate::template::{
    CertificateSource, Desired, Environment, Parameters, Refusal, Template, TemplateKind,
    check_document,
};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What a simulation knows of a registry. Empty by default; filled at once, or bit by bit with [`Registry::learn`].
#[derive(Debug, Clone, Default)]
pub struct Registry {
    /// Things by name.
    pub things: HashMap<String, ExistingThing>,
    /// Thing types by name.
    pub thing_types: HashMap<String, ThingType>,
    /// Groups by name.
    pub groups: HashMap<String, Group>,
    /// Names of billing groups.
    pub billing_groups: HashSet<String>,
    /// Certificates by id.
    pub certificates: HashMap<String, ExistingCertificate>,
    /// Documents of the policies' default versions by policy name.
    pub policies: HashMap<String, String>,
    /// Names of IAM policies.
    pub iam_policies: HashSet<String>,
    /// Whose children things are that are not among [`Registry::things`], by name.
    pub children: HashMap<String, Option<String>>,
}

impl Registry {
    /// The answer to `lookups`.
    pub fn existing_for(&self, lookups: &Lookups) -> Existing {
        let policies = || lookups.policies.iter();
        Existing {
            thing: lookups
                .thing
                .as_ref()
                .and_then(|name| self.things.get(name))
                .cloned(),
            thing_type: lookups
                .thing_type
                .as_ref()
                .and_then(|name| self.thing_types.get(name))
                .copied(),
            groups: lookups
                .groups
                .iter()
                .filter_map(|name| Some((name.clone(), self.groups.get(name)?.clone())))
                .collect(),
            billing_group: lookups
                .billing_group
                .as_ref()
                .is_some_and(|name| self.billing_groups.contains(name)),
            certificate: lookups
                .certificate
                .as_ref()
                .and_then(|id| self.certificates.get(id))
                .cloned(),
            policies: policies()
                .filter_map(|name| Some((name.clone(), self.policies.get(name)?.clone())))
                .collect(),
            iam_policies: policies()
                .filter(|name| self.iam_policies.contains(*name))
                .cloned()
                .collect(),
            children: lookups
                .children
                .iter()
                .filter_map(|name| Some((name.clone(), self.parent(name)?)))
                .collect(),
        }
    }

    /// Whose child a thing is, if there is such a thing.
    fn parent(&self, name: &str) -> Option<Option<String>> {
        match self.things.get(name) {
            Some(thing) => Some(thing.attributes.get(PARENT).cloned()),
            None => self.children.get(name).cloned(),
        }
    }

    /// Takes over what a real registry answered to `lookups`. What is known already stays: the simulation may
    /// have changed it.
    pub fn learn(&mut self, lookups: &Lookups, existing: Existing) {
        if let (Some(name), Some(thing)) = (&lookups.thing, existing.thing) {
            self.things.entry(name.clone()).or_insert(thing);
        }
        if let (Some(name), Some(thing_type)) = (&lookups.thing_type, existing.thing_type) {
            self.thing_types.entry(name.clone()).or_insert(thing_type);
        }
        for (name, group) in existing.groups {
            self.groups.entry(name).or_insert(group);
        }
        if let (Some(name), true) = (&lookups.billing_group, existing.billing_group) {
            self.billing_groups.insert(name.clone());
        }
        if let Some(certificate) = existing.certificate {
            self.certificates
                .entry(certificate.id.clone())
                .or_insert(certificate);
        }
        for (name, document) in existing.policies {
            self.policies.entry(name).or_insert(document);
        }
        self.iam_policies.extend(existing.iam_policies);
        self.children.extend(existing.children);
    }

    /// Makes the changes of `plan`, which was made from this registry.
    pub fn apply(&mut self, plan: &Plan) {
        for step in &plan.steps {
            self.apply_step(step);
        }
    }

    fn apply_step(&mut self, step: &Step) {
        match step {
            Step::RegisterCertificate { id, status, .. }
            | Step::IssueCertificate { id, status, .. } => {
                self.certificates
                    .insert(id.clone(), new_certificate(id, *status));
            }
            Step::CreateThing {
                name,
                thing_id,
                thing_type,
                attributes,
            } => {
                self.things.insert(
                    name.clone(),
                    ExistingThing {
                        thing_id: thing_id.clone(),
                        version: 1,
                        attributes: attributes.clone(),
                        thing_type: thing_type.clone(),
                        groups: Vec::new(),
                        billing_group: None,
                    },
                );
            }
            Step::UpdateThing {
                name,
                version,
                thing_type,
                attributes,
                ..
            } => {
                if let Some(thing) = self.things.get_mut(name) {
                    thing.version = *version;
                    thing.thing_type.clone_from(thing_type);
                    thing.attributes.clone_from(attributes);
                }
            }
            Step::RemoveThingFromGroup { thing, group } => {
                if let Some(thing) = self.things.get_mut(thing) {
                    thing.groups.retain(|member| member.name != *group);
                }
            }
            Step::AddThingToGroup { thing, group } => {
                if let (Some(thing), Some(found)) =
                    (self.things.get_mut(thing), self.groups.get(group))
                {
                    thing.groups.push(Membership {
                        name: group.clone(),
                        group: found.clone(),
                    });
                }
            }
            Step::SetBillingGroup {
                thing,
                billing_group,
                ..
            } => {
                if let Some(thing) = self.things.get_mut(thing) {
                    thing.billing_group = Some(billing_group.clone());
                }
            }
            Step::CreatePolicy { name, document } => {
                self.policies.insert(name.clone(), document.clone());
            }
            Step::AttachPolicy {
                policy,
                certificate,
            } => {
                self.certificate(certificate)
                    .policies
                    .insert(policy.clone());
            }
            Step::AttachThingPrincipal {
                thing,
                certificate,
                principal_type,
            } => {
                self.certificate(certificate)
                    .things
                    .insert(thing.clone(), *principal_type);
            }
            Step::SetCertificateStatus {
                certificate, to, ..
            } => {
                self.certificate(certificate).status = *to;
            }
        }
    }

    /// The certificate; one that connects for the first time is registered by that, without a step of a plan.
    fn certificate(&mut self, id: &str) -> &mut ExistingCertificate {
        self.certificates
            .entry(id.to_owned())
            .or_insert_with(|| new_certificate(id, Status::PendingActivation))
    }
}

fn new_certificate(id: &str, status: Status) -> ExistingCertificate {
    ExistingCertificate {
        id: id.to_owned(),
        status,
        policies: BTreeSet::new(),
        things: BTreeMap::new(),
    }
}

/// What would happen to one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is provisioned like this.
    Planned(Plan),
    /// It is not.
    Refused(Refusal),
}

impl Outcome {
    /// Whether the device is provisioned.
    pub fn is_planned(&self) -> bool {
        matches!(self, Self::Planned(_))
    }
}

/// A template tried on device after device.
#[derive(Debug, Clone)]
pub struct Simulation {
    ctx: Ctx,
    template: Template,
    /// As the devices so far would have left it.
    registry: Registry,
    /// As it was before the first.
    before: Registry,
    check_policy: fn(&str) -> Result<(), String>,
    /// What the next plan says beside.
    note: Option<String>,
    summary: Summary,
}

impl Simulation {
    /// Starts with the registry as it is.
    pub fn new(ctx: Ctx, template: Template, registry: Registry) -> Self {
        Self {
            ctx,
            template,
            before: registry.clone(),
            registry,
            check_policy: check_document,
            note: None,
            summary: Summary::default(),
        }
    }

    /// The same with a full check of policy documents, see [`Environment::check_policy`].
    pub fn with_policy_check(mut self, check_policy: fn(&str) -> Result<(), String>) -> Self {
        self.check_policy = check_policy;
        self
    }

    /// Takes over what a real registry answered to what the next device needs, see [`Registry::learn`].
    pub fn learn(&mut self, lookups: &Lookups, existing: Existing) {
        self.before.learn(lookups, existing.clone());
        self.registry.learn(lookups, existing);
    }

    /// Has the next device's plan say this beside its own notes.
    pub fn note_next(&mut self, note: Option<String>) {
        self.note = note;
    }

    /// Counts a device for which no template runs, and why.
    pub fn admitted(&mut self, note: &str) -> Outcome {
        let plan = Plan {
            notes: vec![note.to_owned()],
            ..Plan::default()
        };
        self.summary.planned(&plan, false);
        Outcome::Planned(plan)
    }

    /// Counts a device that does not come so far that its plan matters.
    pub fn refused(&mut self, label: &str, refusal: Refusal) -> Outcome {
        self.summary.refused(label, &refusal);
        Outcome::Refused(refusal)
    }

    /// What a device would ask of the registry, or why it would not come so far.
    pub fn lookups(&self, parameters: &Parameters) -> Result<Lookups, Refusal> {
        Ok(self.resolve(parameters)?.lookups())
    }

    /// Plans for one device and applies the plan. `label` is what the summary's examples call it.
    ///
    /// `certificate` is the one that would be issued for the template's signing request or registered from its
    /// PEM; without it, one with a made-up id or the PEM's own is taken. In just-in-time and fleet provisioning
    /// a certificate that the registry does not hold is taken as waiting for activation, as it would be.
    pub fn device(
        &mut self,
        label: &str,
        parameters: &Parameters,
        certificate: Option<NewCertificate>,
    ) -> Outcome {
        let completed = self.own_certificate(parameters, certificate.as_ref());
        let parameters = completed.as_ref().unwrap_or(parameters);
        let note = self.note.take();
        match self.plan(parameters, certificate.clone(), &self.registry) {
            Ok(mut plan) => {
                plan.notes.extend(note);
                // Nothing is left to do: was it so before the first device, or has one of these done it?
                let repeats = plan.is_empty()
                    && self
                        .plan(parameters, certificate, &self.before)
                        .is_ok_and(|first| !first.is_empty());
                self.registry.apply(&plan);
                self.summary.planned(&plan, repeats);
                Outcome::Planned(plan)
            }
            Err(refusal) => self.refused(label, refusal),
        }
    }

    /// What the devices so far came to.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The parameters with a certificate id, where the flow supplies one and they have none.
    fn own_certificate(
        &self,
        parameters: &Parameters,
        certificate: Option<&NewCertificate>,
    ) -> Option<Parameters> {
        if self.template.kind().trusts_caller() || parameters.has_certificate() {
            return None;
        }
        let id = certificate.map_or_else(|| self.made_up_id(), |c| c.id.clone());
        Some(parameters.clone().with_certificate_id(&id))
    }

    fn made_up_id(&self) -> String {
        format!("{:064x}", self.summary.devices() + 1)
    }

    fn resolve(&self, parameters: &Parameters) -> Result<Desired, Refusal> {
        let environment = Environment {
            realm: &self.ctx.realm,
            check_policy: self.check_policy,
        };
        self.template.resolve(parameters, &environment)
    }

    fn plan(
        &self,
        parameters: &Parameters,
        certificate: Option<NewCertificate>,
        registry: &Registry,
    ) -> Result<Plan, Refusal> {
        let desired = self.resolve(parameters)?;
        let mut existing = registry.existing_for(&desired.lookups());
        let source = desired.certificate.as_ref().map(|c| &c.source);
        let first_connection = matches!(
            self.template.kind(),
            TemplateKind::Jitp | TemplateKind::Fleet
        );
        if let (true, Some(CertificateSource::Id(id))) = (first_connection, source) {
            existing
                .certificate
                .get_or_insert_with(|| new_certificate(id, Status::PendingActivation));
        }
        let certificate = certificate.or_else(|| {
            match source? {
                CertificateSource::Id(_) => None,
                CertificateSource::SigningRequest(_) => Some((self.made_up_id(), String::new())),
                CertificateSource::Pem { id, pem, .. } => Some((id.clone(), pem.clone())),
            }
            .map(|(id, pem)| NewCertificate {
                id,
                pem: pem.into(),
                ca_certificate_id: None,
            })
        });
        let fresh = Fresh {
            thing_id: format!(
                "00000000-0000-4000-8000-{:012x}",
                self.summary.devices() + 1
            ),
            child_ids: Vec::new(),
            certificate,
        };
        plan(&self.ctx, &desired, &existing, &fresh)
    }
}
