//! Named provisioning templates.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::registry::template::{HOOK_PAYLOAD_VERSION, Hook, NewTemplate, TemplateChange};
use nameplate_core::registry::template::{NamedTemplate, TemplateType, TemplateVersion};
use serde_json::{Map, Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 50;

fn arn(call: &Call<'_>, name: &str) -> String {
    call.caller.ctx.realm.provisioning_template(name)
}

/// `preProvisioningHook`.
fn hook(call: &Call<'_>) -> Option<Hook> {
    let members = call.input.object("preProvisioningHook")?;
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    Some(Hook {
        target_arn: text("targetArn").unwrap_or_default().to_owned(),
        payload_version: text("payloadVersion")
            .unwrap_or(HOOK_PAYLOAD_VERSION)
            .to_owned(),
    })
}

/// Creates a template.
pub async fn create_provisioning_template(call: &Call<'_>) -> Result<Value, Error> {
    let input = &call.input;
    let name = call.required("templateName")?;
    let new = NewTemplate {
        name: name.to_owned(),
        kind: input
            .text("type")
            .and_then(TemplateType::parse)
            .unwrap_or(TemplateType::FleetProvisioning),
        body: call.required("templateBody")?.to_owned(),
        role_arn: call.required("provisioningRoleArn")?.to_owned(),
        enabled: input.flag("enabled"),
        description: input.text("description").map(str::to_owned),
        hook: hook(call),
        tags: super::tag::given(call),
    };
    call.app.registry.create_template(&call.caller, new).await?;
    Ok(json!({"templateArn": arn(call, name), "templateName": name, "defaultVersionId": 1}))
}

/// Makes a temporary claim for a template.
pub async fn create_provisioning_claim(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("templateName")?;
    let claim = call
        .app
        .fleet_provisioning
        .create_claim(&call.caller, name)
        .await?;
    let issued = claim.issued;
    Ok(json!({
        "certificateId": issued.certificate.id().to_string(),
        "certificatePem": issued.certificate.to_pem(),
        "keyPair": {"PublicKey": issued.public_key_pem, "PrivateKey": issued.private_key_pem},
        "expiration": claim.expires.as_seconds_f64(),
    }))
}

/// Changes a template.
pub async fn update_provisioning_template(call: &Call<'_>) -> Result<Value, Error> {
    let input = &call.input;
    let hook = match (input.flag("removePreProvisioningHook"), hook(call)) {
        (Some(true), Some(_)) => {
            return Err(Error::invalid(
                "preProvisioningHook and removePreProvisioningHook cannot be given together",
            ));
        }
        (Some(true), None) => Some(None),
        (_, hook) => hook.map(Some),
    };
    let change = TemplateChange {
        description: input.text("description").map(str::to_owned),
        enabled: input.flag("enabled"),
        default_version: input.integer("defaultVersionId"),
        role_arn: input.text("provisioningRoleArn").map(str::to_owned),
        hook,
    };
    let name = call.required("templateName")?;
    call.app
        .registry
        .update_template(&call.caller, name, change)
        .await?;
    Ok(json!({}))
}

/// What the list and the description have in common.
fn summary(call: &Call<'_>, template: &NamedTemplate) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("templateArn".into(), arn(call, &template.name).into());
    members.insert("templateName".into(), template.name.as_str().into());
    if let Some(description) = &template.description {
        members.insert("description".into(), description.as_str().into());
    }
    for (name, value) in [
        ("creationDate", json!(template.created.as_seconds_f64())),
        (
            "lastModifiedDate",
            json!(template.modified.as_seconds_f64()),
        ),
        ("enabled", json!(template.enabled)),
        ("type", json!(template.kind.as_str())),
    ] {
        members.insert(name.into(), value);
    }
    members
}

/// All about one template, with the body in force.
pub async fn describe_provisioning_template(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("templateName")?;
    let (template, version) = call.app.registry.describe_template(name).await?;
    let mut members = summary(call, &template);
    members.insert("defaultVersionId".into(), template.default_version.into());
    members.insert("templateBody".into(), version.body.into());
    members.insert("provisioningRoleArn".into(), template.role_arn.into());
    if let Some(hook) = &template.hook {
        let hook = serde_json::from_str(hook).map_err(Error::internal)?;
        members.insert("preProvisioningHook".into(), hook);
    }
    Ok(members.into())
}

/// Deletes a template.
pub async fn delete_provisioning_template(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("templateName")?;
    call.app
        .registry
        .delete_template(&call.caller, name)
        .await?;
    Ok(json!({}))
}

/// All templates in the order they were created.
pub async fn list_provisioning_templates(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let after = page.key()?.unwrap_or(0);
    let mut found = call.app.registry.templates(after, page.size + 1).await?;
    let next = page.cut(&mut found, |template| template.key.to_string());
    let items = found
        .iter()
        .map(|template| summary(call, template).into())
        .collect();
    Ok(page.answer("templates", items, next))
}

/// Adds a version.
pub async fn create_provisioning_template_version(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("templateName")?;
    let body = call.required("templateBody")?;
    let default = call.input.flag("setAsDefault").unwrap_or(false);
    let number = call
        .app
        .registry
        .create_template_version(&call.caller, name, body, default)
        .await?;
    Ok(json!({
        "templateArn": arn(call, name),
        "templateName": name,
        "versionId": number,
        "isDefaultVersion": default,
    }))
}

fn number(call: &Call<'_>) -> Result<i64, Error> {
    call.input
        .integer("versionId")
        .ok_or_else(|| Error::invalid("versionId is required"))
}

fn version_summary(version: &TemplateVersion, default: bool) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("versionId".into(), version.version.into());
    members.insert(
        "creationDate".into(),
        version.created.as_seconds_f64().into(),
    );
    members.insert("isDefaultVersion".into(), default.into());
    members
}

/// One version with its body.
pub async fn describe_provisioning_template_version(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("templateName")?;
    let (version, default) = call
        .app
        .registry
        .describe_template_version(name, number(call)?)
        .await?;
    let mut members = version_summary(&version, default);
    members.insert("templateBody".into(), version.body.into());
    Ok(members.into())
}

/// Removes one version.
pub async fn delete_provisioning_template_version(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("templateName")?;
    call.app
        .registry
        .delete_template_version(&call.caller, name, number(call)?)
        .await?;
    Ok(json!({}))
}

/// All versions of a template, oldest first.
pub async fn list_provisioning_template_versions(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let after = page.key()?.unwrap_or(0);
    let mut found = call
        .app
        .registry
        .template_versions(call.required("templateName")?)
        .await?;
    found.retain(|(version, _)| version.version > after);
    let next = page.cut(&mut found, |(version, _)| version.version.to_string());
    let items = found
        .iter()
        .map(|(version, default)| version_summary(version, *default).into())
        .collect();
    Ok(page.answer("versions", items, next))
}
