//! Certificate providers.

use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::fleet_provisioning::provider_arn;
use serde_json::{Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 25;

fn names(call: &Call<'_>, name: &str) -> Value {
    let arn = provider_arn(&call.caller.ctx.realm, name);
    json!({"certificateProviderName": name, "certificateProviderArn": arn})
}

/// `CreateCertificateProvider`.
pub async fn create_certificate_provider(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("certificateProviderName")?;
    let function = call.required("lambdaFunctionArn")?;
    let tags = super::tag::given(call);
    call.app
        .fleet_provisioning
        .create_provider(&call.caller, name, function, tags)
        .await?;
    Ok(names(call, name))
}

/// `DescribeCertificateProvider`.
pub async fn describe_certificate_provider(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("certificateProviderName")?;
    let found = call.app.fleet_provisioning.provider(name).await?;
    let mut members = names(call, name);
    members["lambdaFunctionArn"] = found.function_arn.into();
    // The list of operations has one, and it must have one.
    members["accountDefaultForOperations"] = json!(["CreateCertificateFromCsr"]);
    members["creationDate"] = found.created.as_seconds_f64().into();
    members["lastModifiedDate"] = found.modified.as_seconds_f64().into();
    Ok(members)
}

/// `ListCertificateProviders`.
pub async fn list_certificate_providers(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::tokens(call, PAGE)?;
    let found = call.app.fleet_provisioning.providers().await?;
    let items = found.iter().map(|one| names(call, &one.name)).collect();
    Ok(page.answer("certificateProviders", items, None))
}

/// `UpdateCertificateProvider`.
pub async fn update_certificate_provider(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("certificateProviderName")?;
    let function = call.input.text("lambdaFunctionArn");
    call.app
        .fleet_provisioning
        .update_provider(&call.caller, name, function)
        .await?;
    Ok(names(call, name))
}

/// `DeleteCertificateProvider`.
pub async fn delete_certificate_provider(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("certificateProviderName")?;
    call.app
        .fleet_provisioning
        .delete_provider(&call.caller, name)
        .await?;
    Ok(json!({}))
}
