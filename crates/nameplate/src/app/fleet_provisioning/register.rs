//! RegisterThing: a device that has its certificate becomes what the template says.

use super::record::Record;
use super::refused::Refused;
use super::{Asker, FleetProvisioning};
use crate::app::admission::certificate_parameters;
use crate::app::error::Error;
use crate::app::events::Announcer;
use crate::app::provisioning::{Actor, Prepared, Run, Stop};
use crate::app::registry::template::Hook;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::fleet_provisioning::{Accepted, Why};
use nameplate_core::pki::Certificate;
use nameplate_core::provisioning::{HookRequest, PlanError};
use nameplate_core::quota::Limit;
use nameplate_core::registry::template::{NamedTemplate, TemplateType};
use nameplate_store::Tx;
use std::collections::BTreeMap;

/// What the registry has of what a request names.
struct Found {
    template: NamedTemplate,
    version: i64,
    body: String,
    certificate: Certificate,
}

/// What the transaction is to do. May run twice.
struct Work {
    ctx: Ctx,
    hash: [u8; 32],
    prepared: Prepared,
    actor: Actor,
    announcer: Announcer,
}

/// Why the transaction was undone.
enum Undone {
    /// Another request with the same token was faster, or the certificate is gone.
    Spent,
    Stopped(Stop),
}

impl From<Stop> for Undone {
    fn from(stop: Stop) -> Self {
        Self::Stopped(stop)
    }
}

impl From<nameplate_store::Error> for Undone {
    fn from(error: nameplate_store::Error) -> Self {
        Self::Stopped(error.into())
    }
}

fn spent() -> Refused {
    let why = "The certificate ownership token was used before, or its certificate is gone.";
    Refused::new(Why::Token, "fleet-token", why)
}

impl FleetProvisioning {
    pub(super) async fn register(
        &self,
        asker: Asker<'_>,
        name: &str,
        token: &str,
        parameters: BTreeMap<String, String>,
        record: &mut Record,
    ) -> Result<Accepted, Refused> {
        self.quota.may_provision_fleet(Limit::FleetRegistrations)?;
        let ctx = self.kernel.ctx();
        let connection = self.connection(asker);
        let hash = self.tokens.open(token, connection, ctx.now)?;
        record.certificate = Some(hash);
        let found = self.found(name, hash, ctx.now, record).await?;
        record.template = Some(format!("{}@{}", found.template.name, found.version));
        let template = self
            .templates
            .get(&found.body)
            .map_err(|why| PlanError::no_template(&why.to_string()))?;
        let source = ctx.realm.provisioning_template(name);
        let role_arn = &found.template.role_arn;
        let role = self.iam.service_role(role_arn, &source, &ctx).await?;
        let role = role.map_err(|why| PlanError::no_role(role_arn, &why))?;
        record.passed("template", self.kernel.now());
        let overrides = match Hook::of(&found.template)? {
            None => BTreeMap::new(),
            Some(hook) => {
                let request = HookRequest {
                    claim_certificate_id: asker.principal.to_owned(),
                    certificate_id: hex::encode(hash),
                    certificate_pem: found.certificate.to_pem(),
                    template_arn: source,
                    client_id: asker.client_id.to_owned(),
                    parameters: parameters.clone(),
                };
                let overrides = self.provisioning.ask_hook(&ctx, &hook, &request).await?;
                record.passed("hook", self.kernel.now());
                overrides
            }
        };
        let parameters = certificate_parameters(&found.certificate, &hex::encode(hash))
            .with_caller(parameters)
            .with_hook(overrides);
        let authorities = self.registry.authorities().await?;
        let prepared = self
            .provisioning
            .prepare(&template, &parameters, &authorities, &ctx)?;
        self.provisioning.quota.may_provision(prepared.desired())?;
        let thing = prepared.desired().thing.as_ref();
        let thing = thing.map(|thing| thing.name.clone()).unwrap_or_default();
        let configuration = prepared.desired().device_configuration.clone();
        let work = Work {
            announcer: self.kernel.announcer(&ctx).await?,
            actor: Actor::Role(role),
            ctx,
            hash,
            prepared,
        };
        let done = self
            .kernel
            .store
            .tx("fleet-register", move |tx| work.run(tx));
        record.plan = done.await.map_err(|undone| match undone {
            Undone::Spent => spent(),
            Undone::Stopped(stop) => stop.into(),
        })?;
        record.thing = Some(thing.clone()).filter(|thing| !thing.is_empty());
        record.passed("provisioned", self.kernel.now());
        Ok(Accepted::Registered {
            configuration,
            thing,
        })
    }

    /// Reads the certificate that the token is for, and the template in force.
    async fn found(
        &self,
        name: &str,
        hash: [u8; 32],
        now: Millis,
        record: &mut Record,
    ) -> Result<Found, Refused> {
        let (der, template) = self
            .kernel
            .store
            .read(|conn| {
                let mut der = None;
                if let Some(entry) = conn.certificate_entry(&hash)? {
                    let pending = conn.pending_certificate(entry.key)?;
                    if pending.is_some_and(|expires| expires > now) {
                        der = conn.certificate_der(entry.key)?;
                    }
                }
                let template = match conn.template(name)? {
                    Some(template) => conn
                        .template_version(template.key, template.default_version)?
                        .map(|version| (template, version)),
                    None => None,
                };
                Ok::<_, nameplate_store::Error>((der, template))
            })
            .await?;
        let der = der.ok_or_else(spent)?;
        record.passed("token", self.kernel.now());
        let refused = |why, code, text: String| Err(Refused::new(why, code, text));
        let Some((template, version)) = template else {
            let text = format!("Unable to find template named {name}");
            return refused(Why::Absent, "fleet-template-absent", text);
        };
        if template.kind != TemplateType::FleetProvisioning {
            let text = format!("The template {name} is not of type FLEET_PROVISIONING");
            return refused(Why::Denied, "fleet-template-type", text);
        }
        if !template.enabled {
            let text = format!("The template {name} is not enabled");
            return refused(Why::Denied, "fleet-template-disabled", text);
        }
        Ok(Found {
            template,
            version: version.version,
            body: version.body,
            certificate: Certificate::parse_der(&der).map_err(Error::internal)?,
        })
    }
}

impl Work {
    /// Spends the token and provisions the device, or does neither; the plan's steps.
    fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<String>, Undone> {
        let Some(entry) = tx.certificate_entry(&self.hash)? else {
            return Err(Undone::Spent);
        };
        if tx.pending_certificate(entry.key)?.is_none() {
            return Err(Undone::Spent);
        }
        tx.delete_pending_certificate(entry.key)?;
        let mut run = Run::new(&self.ctx, &self.actor, &self.announcer);
        let plan = run.provision(tx, &self.prepared)?;
        Ok(plan.steps.iter().map(ToString::to_string).collect())
    }
}
