//! The certificate provider: a function of the owner's that signs the requests of CreateCertificateFromCsr over MQTT with a
//! CA of the owner's. AWS guide: provisioning-cert-provider.

use super::refused::Refused;
use super::{Asker, FleetProvisioning};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::functions::{Silence, Source, Unanswered};
use crate::app::iam::IOT_SERVICE;
use crate::app::registry::tag::{self, Tag};
use nameplate_core::arn::{Arn, Realm};
use nameplate_core::ctx::Ctx;
use nameplate_core::fleet_provisioning::{Why, provider_event, read_provider_answer};
use nameplate_core::limits::CERTIFICATE_PROVIDERS;
use nameplate_core::pki::{self, Certificate, CertificateRequest};
use nameplate_store::{CertificateProvider, Conn};
use std::sync::Arc;
use std::time::Duration;

/// How long the function may take.
const LIMIT: Duration = Duration::from_secs(5);

/// ARN of a certificate provider.
pub fn provider_arn(realm: &Realm, name: &str) -> String {
    realm.iot(format_args!("certificateprovider/{name}"))
}

fn named(conn: &Conn<'_>, name: &str) -> Result<CertificateProvider> {
    let found = conn.certificate_provider()?;
    found
        .filter(|found| found.name == name)
        .ok_or_else(|| Error::not_found(format!("Certificate provider {name} does not exist")))
}

fn check_function(arn: &str) -> Result<()> {
    let function = Arn::parse(arn)
        .is_some_and(|arn| arn.service == "lambda" && arn.resource.starts_with("function:"));
    match function {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "lambdaFunctionArn {arn:?} is not the ARN of a Lambda function"
        ))),
    }
}

impl FleetProvisioning {
    /// Makes the account's certificate provider. The same again changes nothing.
    pub async fn create_provider(
        &self,
        caller: &Caller,
        name: &str,
        function_arn: &str,
        tags: Vec<Tag>,
    ) -> Result<()> {
        check_function(function_arn)?;
        tag::check(&tags)?;
        let now = caller.ctx.now;
        let new = CertificateProvider {
            name: name.to_owned(),
            function_arn: function_arn.to_owned(),
            created: now,
            modified: now,
        };
        let arn = provider_arn(&caller.ctx.realm, name);
        self.kernel
            .change(caller, "create-certificate-provider", move |tx| {
                match tx.certificate_provider()? {
                    None => {
                        tx.insert_certificate_provider(&new)?;
                        Ok(tx.put_tags(&arn, &tags)?)
                    }
                    // SDKs send a token and ask again where an answer got lost.
                    Some(found)
                        if found.name == new.name && found.function_arn == new.function_arn =>
                    {
                        Ok(())
                    }
                    Some(found) if found.name == new.name => Err(Error::new(
                        Kind::Exists {
                            id: Some(new.name.clone()),
                            arn: Some(arn.clone()),
                        },
                        format!("Certificate provider {} already exists", new.name),
                    )),
                    Some(_) => Err(Error::new(
                        Kind::Limit,
                        format!(
                            "An account has at most {CERTIFICATE_PROVIDERS} certificate provider"
                        ),
                    )),
                }
            })
            .await
    }

    /// The certificate provider of this name.
    pub async fn provider(&self, name: &str) -> Result<CertificateProvider> {
        self.kernel.store.read(|conn| named(conn, name)).await
    }

    /// All certificate providers: none or one.
    pub async fn providers(&self) -> Result<Vec<CertificateProvider>> {
        let found = self.kernel.store.read(|conn| conn.certificate_provider());
        Ok(found.await?.into_iter().collect())
    }

    /// Gives a certificate provider another function.
    pub async fn update_provider(
        &self,
        caller: &Caller,
        name: &str,
        function_arn: Option<&str>,
    ) -> Result<()> {
        if let Some(arn) = function_arn {
            check_function(arn)?;
        }
        let (name, function_arn) = (name.to_owned(), function_arn.map(str::to_owned));
        let now = caller.ctx.now;
        self.kernel
            .change(caller, "update-certificate-provider", move |tx| {
                let mut found = named(tx, &name)?;
                if let Some(function_arn) = &function_arn {
                    found.function_arn.clone_from(function_arn);
                }
                found.modified = now;
                Ok(tx.update_certificate_provider(&found)?)
            })
            .await
    }

    /// Removes a certificate provider: requests are granted by the service's own CA again.
    pub async fn delete_provider(&self, caller: &Caller, name: &str) -> Result<()> {
        let (name, arn) = (name.to_owned(), provider_arn(&caller.ctx.realm, name));
        self.kernel
            .change(caller, "delete-certificate-provider", move |tx| {
                named(tx, &name)?;
                tx.delete_certificate_provider(&name)?;
                Ok(tx.delete_all_tags(&arn)?)
            })
            .await
    }

    /// Has the provider's function sign a request. What it answers is a certificate for the request that may be registered.
    pub(super) async fn signed_by(
        &self,
        provider: &CertificateProvider,
        asker: Asker<'_>,
        csr: &str,
        request: Arc<CertificateRequest>,
        ctx: &Ctx,
    ) -> std::result::Result<Certificate, Refused> {
        let source = Source {
            service: IOT_SERVICE,
            role: None,
            arn: provider_arn(&ctx.realm, &provider.name),
        };
        let event = provider_event(csr, asker.principal, asker.client_id);
        let function = &provider.function_arn;
        let answer = self
            .functions
            .ask(ctx, &source, function, &event, LIMIT)
            .await
            .map_err(silent)?;
        let bad = |why: String| {
            let why = nameplate_core::escape::line(&why).into_owned();
            let reason = format!("the function {function} was asked, and {why}");
            told(Why::Denied, "provider-answer", reason)
        };
        let certificate =
            read_provider_answer(&answer, &request).map_err(|why| bad(why.to_string()))?;
        pki::check_device(&certificate, ctx.now)
            .map_err(|rule| bad(format!("its certificate is refused: {rule}")))?;
        Ok(certificate)
    }
}

/// The device learns no more than that there is no certificate for it.
fn told(why: Why, code: &'static str, reason: String) -> Refused {
    let mut refused = Refused::new(why, code, reason);
    refused.rejection.message = "The certificate provider gave no certificate.".into();
    refused
}

fn silent(unanswered: Unanswered) -> Refused {
    let (why, code) = match unanswered.why {
        Silence::Absent => (Why::Denied, "provider-absent"),
        Silence::NotPermitted => (Why::Denied, "provider-not-permitted"),
        Silence::Failed => (Why::Denied, "provider-failed"),
        Silence::Throttled => (Why::Unavailable, "provider-throttled"),
        Silence::Late => (Why::Unavailable, "provider-timeout"),
        Silence::Internal => (Why::Internal, "fleet-internal"),
    };
    told(why, code, unanswered.reason)
}
