//! RegisterThing: one device, provisioned with the permissions of whoever calls. AWS guide: single-thing-provisioning.

use super::{Actor, Provisioning, Run};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::registry::certificate::PEM_LABEL;
use nameplate_core::pki::{CertificateId, to_pem};
use nameplate_core::provisioning::Plan;
use nameplate_core::template::{Parameters, Template, TemplateKind};
use nameplate_store::Conn;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What RegisterThing answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The certificate of the template, in all three ways of naming it.
    pub certificate_pem: Option<String>,
    /// Logical names of the template and ARNs.
    pub resource_arns: Vec<(String, String)>,
}

impl Provisioning {
    /// Provisions one device. `body` is a template's text.
    pub async fn register_thing(
        self: &Arc<Self>,
        caller: &Caller,
        body: &str,
        parameters: BTreeMap<String, String>,
    ) -> Result<Registered> {
        let ctx = &caller.ctx;
        let identity = caller.identity()?;
        let template = Template::parse(body, TemplateKind::RegisterThing)
            .map_err(|why| Error::invalid(why.to_string()))?;
        let authorities = self.registry.authorities().await?;
        let prepared = {
            let (provisioning, ctx) = (Arc::clone(self), ctx.clone());
            let prepared = self.kernel.granting(move || {
                let parameters = Parameters::from_caller(parameters);
                provisioning.prepare(&template, &parameters, &authorities, &ctx)
            });
            prepared.await?
        };
        let prepared = prepared.map_err(Error::from);
        let prepared = match prepared {
            Ok(prepared) => match self.quota.may_provision(prepared.desired()) {
                Ok(()) => Ok(prepared),
                Err(exceeded) => Err(exceeded.into()),
            },
            Err(error) => Err(error),
        };
        let result = match prepared {
            Err(error) => Err(error),
            Ok(prepared) => {
                let (actor, ctx) = (Actor::Caller(identity.clone()), ctx.clone());
                let announcer = self.kernel.announcer(&ctx).await?;
                self.kernel
                    .change(caller, "register-thing", move |tx| {
                        let plan = Run::new(&ctx, &actor, &announcer).provision(tx, &prepared)?;
                        Ok::<_, Error>(Registered {
                            certificate_pem: pem_of(tx, &plan)?,
                            resource_arns: plan.resource_arns(&ctx.realm),
                        })
                    })
                    .await
            }
        };
        let outcome = match &result {
            Ok(_) => "success",
            Err(error) if error.kind == Kind::Denied => "denied",
            Err(error) if error.kind == Kind::Internal => "server_error",
            Err(_) => "client_error",
        };
        self.kernel.metrics.provision("register_thing", outcome);
        result
    }
}

/// The text of a plan's certificate, which is registered by now.
fn pem_of(conn: &Conn<'_>, plan: &Plan) -> Result<Option<String>> {
    let Some(named) = &plan.certificate else {
        return Ok(None);
    };
    let CertificateId(hash) = named.name.parse().map_err(Error::internal)?;
    let der = match conn.certificate_entry(&hash)? {
        Some(entry) => conn.certificate_der(entry.key)?,
        None => None,
    };
    Ok(der.map(|der| to_pem(PEM_LABEL, &der)))
}
