//! What a template would do to devices, against the registry as it stands, without touching it.

use super::connect::certificate_parameters;
use super::error::{Error, Result};
use super::{App, provision};
use nameplate_core::ctx::Ctx;
use nameplate_core::pki::Certificate;
use nameplate_core::provisioning::simulate::{Outcome, Registry, Simulation};
use nameplate_core::template::{Parameters, Template, TemplateKind};
use std::collections::BTreeMap;

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
    /// A device certificate, as in just-in-time provisioning.
    Certificate(Box<Certificate>),
    /// Names and values, as in RegisterThing and bulk registration.
    Parameters(BTreeMap<String, String>),
}

impl Source {
    /// The template parameters.
    pub fn parameters(&self) -> Parameters {
        match self {
            Source::Certificate(certificate) => {
                certificate_parameters(certificate, &certificate.id().to_string())
            }
            Source::Parameters(values) => Parameters::from_caller(values.clone()),
        }
    }
}

impl App {
    /// Plans each device against the registry and the devices before it; `each` gets what would happen.
    pub async fn simulate(
        &self,
        template: Template,
        devices: &[Device],
        mut each: impl FnMut(&Device, &Outcome) + Send,
    ) -> Result<Simulation> {
        let mut simulation = Simulation::new(self.ctx(), template, Registry::default())
            .with_policy_check(provision::check_policy);
        for device in devices {
            let parameters = device.source.parameters();
            if let Ok(lookups) = simulation.lookups(&parameters) {
                let existing = self
                    .store
                    .read(|conn| {
                        let memory = &mut provision::Memory::default();
                        provision::existing_for(conn, memory, &lookups, None)
                    })
                    .await?;
                simulation.registry_mut().learn(&lookups, existing);
            }
            let outcome = simulation.device(&device.label, &parameters, None);
            each(device, &outcome);
        }
        Ok(simulation)
    }
}

/// A simulation against an empty registry, without an app.
pub fn offline(ctx: Ctx, template: Template) -> Simulation {
    Simulation::new(ctx, template, Registry::default()).with_policy_check(provision::check_policy)
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
