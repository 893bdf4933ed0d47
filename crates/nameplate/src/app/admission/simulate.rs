//! What a template would do to devices, against the registry as it stands, without touching it.

use super::{Admission, Considered, Dialled, Peer, certificate_parameters, rule_code};
use crate::app::error::{Error, Result};
use crate::app::provisioning;
use nameplate_core::admission::ServerName;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::pki::{Certificate, check_device};
use nameplate_core::provisioning::simulate::{Outcome, Registry, Simulation};
use nameplate_core::template::{Parameters, Refusal, Template, TemplateKind};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// One device to simulate.
#[derive(Debug, Clone)]
pub struct Device {
    /// What reports call it: a file name or a line number.
    pub label: String,
    /// Where its parameters come from.
    pub source: Source,
}

/// Where a simulated device's parameters come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// A device certificate, as in just-in-time provisioning, and what a device would send with it.
    Certificate(Box<Certificate>, Arc<[Certificate]>),
    /// Names and values, as in RegisterThing and bulk registration.
    Parameters(BTreeMap<String, String>),
}

impl Source {
    /// The template parameters.
    pub fn parameters(&self) -> Parameters {
        match self {
            Source::Certificate(certificate, _) => {
                certificate_parameters(certificate, &certificate.id().to_string())
            }
            Source::Parameters(values) => Parameters::from_caller(values.clone()),
        }
    }
}

impl Admission {
    /// Plans each device against the registry and the devices before it; `each` gets what would happen. A certificate
    /// is first held against what a connection with it would meet. `body` is the template's text.
    pub async fn simulate(
        &self,
        template: Template,
        body: &str,
        devices: &[Device],
        mut each: impl FnMut(&Device, &Outcome) + Send,
    ) -> Result<Simulation> {
        let mut simulation = Simulation::new(self.kernel.ctx(), template, Registry::default())
            .with_policy_check(provisioning::check_policy);
        // A certificate that comes again meets what the first time left.
        let mut seen = HashSet::new();
        for device in devices {
            if let Source::Certificate(certificate, chain) = &device.source
                && seen.insert(certificate.id())
            {
                let outcome = match self.meets(certificate, chain, body).await? {
                    Meets::Template(note) => {
                        simulation.note_next(note);
                        None
                    }
                    Meets::Nothing(note) => Some(simulation.admitted(note)),
                    Meets::Refusal(refusal) => Some(simulation.refused(&device.label, refusal)),
                };
                if let Some(outcome) = outcome {
                    each(device, &outcome);
                    continue;
                }
            }
            let parameters = device.source.parameters();
            if let Ok(lookups) = simulation.lookups(&parameters) {
                let existing = self
                    .kernel
                    .store
                    .read(|conn| {
                        let memory = &mut provisioning::Memory::default();
                        provisioning::existing_for(conn, memory, &lookups, None)
                    })
                    .await?;
                simulation.learn(&lookups, existing);
            }
            let outcome = simulation.device(&device.label, &parameters, None);
            each(device, &outcome);
        }
        Ok(simulation)
    }
}

/// What a connection meets before a template is resolved.
enum Meets {
    /// Its CA's template, or that it has none yet and something must be said of that.
    Template(Option<String>),
    /// Nothing: it is let in as it is.
    Nothing(&'static str),
    /// A refusal.
    Refusal(Refusal),
}

impl Admission {
    async fn meets(
        &self,
        certificate: &Certificate,
        chain: &[Certificate],
        body: &str,
    ) -> Result<Meets> {
        if let Some(refusal) = unacceptable(certificate, self.kernel.now()) {
            return Ok(Meets::Refusal(refusal));
        }
        let ders = std::iter::once(certificate).chain(chain);
        let peer = Peer {
            address: (std::net::Ipv4Addr::LOCALHOST, 0).into(),
            chain: ders.map(|certificate| certificate.der().to_vec()).collect(),
            server_name: ServerName {
                sent: Some(self.kernel.settings.endpoint_host.clone()),
                ours: true,
            },
            dialled: Dialled::default(),
        };
        let considered = self
            .consider(&peer, certificate, certificate.id().0)
            .await?;
        let authority = match considered {
            Considered::Refused(closed) => {
                let refusal = Refusal::connection(closed.code, &closed.reason);
                return Ok(Meets::Refusal(refusal));
            }
            Considered::Known(_) => {
                return Ok(Meets::Nothing(
                    "the certificate is registered and ACTIVE: it is let in, and no template runs",
                ));
            }
            Considered::New { authority, .. } => authority,
        };
        let ca = authority.ca.id();
        let Some(program) = &authority.program else {
            return Ok(Meets::Template(Some(format!(
                "the CA certificate {ca} has no template yet; until it has this one, a connection only registers the certificate"
            ))));
        };
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        let same = |own: &str| own == body || json(own) == json(body);
        Ok(Meets::Template(match &program.template {
            Err(why) => Some(format!(
                "a connection would not be provisioned by the CA certificate {ca}: {why}; the template given here was tried in its place"
            )),
            Ok(_) if !program.body.as_deref().is_some_and(same) => Some(format!(
                "the CA certificate {ca} provisions by another template, {}; the one given here was tried in its place",
                program.label
            )),
            Ok(_) => None,
        }))
    }
}

/// Why no connection with this certificate gets anywhere, whatever is registered.
pub fn unacceptable(certificate: &Certificate, now: Millis) -> Option<Refusal> {
    let rule = check_device(certificate, now).err()?;
    let reason = format!("the certificate is not accepted: {rule}");
    Some(Refusal::connection(rule_code(&rule), &reason))
}

/// A simulation against an empty registry, without an app.
pub fn offline(ctx: Ctx, template: Template) -> Simulation {
    Simulation::new(ctx, template, Registry::default())
        .with_policy_check(provisioning::check_policy)
}

/// Reads a template file: a template body, or a registration config that holds one as `templateBody`.
pub fn template_of(text: &str, kind: TemplateKind) -> Result<Template> {
    Template::parse(&template_text(text), kind).map_err(|error| Error::invalid(error.to_string()))
}

/// The template body in a template file.
pub fn template_text(text: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Object(members)) => match members.get("templateBody") {
            Some(serde_json::Value::String(body)) => body.clone(),
            _ => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}
