//! CA certificates and the registration code.

use super::certificate::ascending;
use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::ca::{CaChange, NewCa};
use crate::app::registry::certificate::generation_id;
use nameplate_core::registry::ca::{CaCertificate, RegistrationConfig};
use nameplate_core::registry::certificate::Mode;
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 25;

/// The account's registration code.
pub async fn get_registration_code(call: &Call<'_>) -> Result<Value, Error> {
    Ok(json!({"registrationCode": call.app.registry.registration_code(&call.caller).await?}))
}

/// Forgets the registration code.
pub async fn delete_registration_code(call: &Call<'_>) -> Result<Value, Error> {
    call.app
        .registry
        .delete_registration_code(&call.caller)
        .await?;
    Ok(json!({}))
}

/// Registers a CA certificate.
pub async fn register_ca_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let input = &call.input;
    let new = NewCa {
        pem: call.required("caCertificate")?.to_owned(),
        verification_pem: input.text("verificationCertificate").map(str::to_owned),
        mode: input
            .text("certificateMode")
            .and_then(Mode::parse)
            .unwrap_or_default(),
        active: input.flag("setAsActive").unwrap_or(false),
        auto_registration: input.flag("allowAutoRegistration").unwrap_or(false),
        config: registration_config(call),
        tags: super::tag::given(call),
    };
    let id = call.app.registry.register_ca(&call.caller, new).await?;
    Ok(json!({"certificateArn": call.caller.ctx.realm.ca_certificate(&id), "certificateId": id}))
}

/// `registrationConfig`; without members it says nothing.
fn registration_config(call: &Call<'_>) -> Option<RegistrationConfig> {
    let members = call.input.object("registrationConfig")?;
    let text = |name: &str| members.get(name)?.as_str().map(str::to_owned);
    let config = RegistrationConfig {
        template_body: text("templateBody"),
        role_arn: text("roleArn"),
        template_name: text("templateName"),
    };
    (config != RegistrationConfig::default()).then_some(config)
}

/// All about one CA certificate.
pub async fn describe_ca_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let found = call
        .app
        .registry
        .describe_ca(call.required("certificateId")?)
        .await?;
    let ca = &found.ca;
    let description = json!({
        "certificateArn": call.caller.ctx.realm.ca_certificate(&ca.id()),
        "certificateId": ca.id(),
        "status": status(ca),
        "certificatePem": found.pem,
        "ownedBy": call.caller.ctx.realm.account,
        "creationDate": ca.created.as_seconds_f64(),
        "autoRegistrationStatus": if ca.auto_registration { "ENABLE" } else { "DISABLE" },
        "lastModifiedDate": ca.modified.as_seconds_f64(),
        "customerVersion": ca.version,
        "generationId": generation_id(&ca.hash, ca.version),
        "validity": {
            "notBefore": found.validity.not_before.as_seconds_f64(),
            "notAfter": found.validity.not_after.as_seconds_f64(),
        },
        "certificateMode": ca.mode.as_str(),
    });
    let mut answer = Map::new();
    answer.insert("certificateDescription".into(), description);
    if let Some(config) = &ca.registration_config {
        let mut members = Map::new();
        for (name, value) in [
            ("templateBody", &config.template_body),
            ("roleArn", &config.role_arn),
            ("templateName", &config.template_name),
        ] {
            if let Some(value) = value {
                members.insert(name.into(), value.as_str().into());
            }
        }
        answer.insert("registrationConfig".into(), members.into());
    }
    Ok(answer.into())
}

/// Changes a CA certificate's statuses and registration config.
pub async fn update_ca_certificate(call: &Call<'_>) -> Result<Value, Error> {
    let input = &call.input;
    let config = registration_config(call);
    let config = match (input.flag("removeAutoRegistration"), config) {
        (Some(true), Some(_)) => {
            return Err(Error::invalid(
                "registrationConfig and removeAutoRegistration cannot be given together",
            ));
        }
        (Some(true), None) => Some(None),
        (_, config) => config.map(Some),
    };
    let is = |name: &str, on: &str| input.text(name).map(|status| status == on);
    let change = CaChange {
        active: is("newStatus", "ACTIVE"),
        auto_registration: is("newAutoRegistrationStatus", "ENABLE"),
        config,
    };
    let id = call.required("certificateId")?;
    call.app
        .registry
        .update_ca(&call.caller, id, change)
        .await?;
    Ok(json!({}))
}

/// Deletes a CA certificate that is not in force.
pub async fn delete_ca_certificate(call: &Call<'_>) -> Result<Value, Error> {
    call.app
        .registry
        .delete_ca(&call.caller, call.required("certificateId")?)
        .await?;
    Ok(json!({}))
}

/// The registered CA certificates, newest first unless asked otherwise.
pub async fn list_ca_certificates(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let template = call.input.text("templateName");
    let mut found = call
        .app
        .registry
        .cas(template, ascending(call), page.key()?, page.size + 1)
        .await?;
    let next = page.cut(&mut found, |ca| ca.key.to_string());
    let items = found
        .iter()
        .map(|ca| {
            json!({
                "certificateArn": call.caller.ctx.realm.ca_certificate(&ca.id()),
                "certificateId": ca.id(),
                "status": status(ca),
                "creationDate": ca.created.as_seconds_f64(),
            })
        })
        .collect();
    Ok(page.answer("certificates", items, next))
}

fn status(ca: &CaCertificate) -> &'static str {
    if ca.active { "ACTIVE" } else { "INACTIVE" }
}
