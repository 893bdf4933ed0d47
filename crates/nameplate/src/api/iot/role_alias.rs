//! Role aliases.

use crate::api::Call;
use crate::api::iot::certificate::ascending;
use crate::api::iot::tag;
use crate::api::page::Page;
use crate::app::Error;
use serde_json::{Value, json};

/// Items of a page where the caller does not say.
const PAGE: usize = 25;

fn names(call: &Call<'_>, name: &str) -> Value {
    json!({"roleAlias": name, "roleAliasArn": call.caller.ctx.realm.role_alias(name)})
}

/// `CreateRoleAlias`.
pub async fn create_role_alias(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("roleAlias")?;
    let seconds = call.input.integer("credentialDurationSeconds");
    call.app
        .registry
        .create_role_alias(
            &call.caller,
            name,
            call.required("roleArn")?,
            seconds,
            tag::given(call),
        )
        .await?;
    Ok(names(call, name))
}

/// `DescribeRoleAlias`.
pub async fn describe_role_alias(call: &Call<'_>) -> Result<Value, Error> {
    let found = call
        .app
        .registry
        .role_alias(call.required("roleAlias")?)
        .await?;
    Ok(json!({"roleAliasDescription": {
        "roleAlias": found.name,
        "roleAliasArn": call.caller.ctx.realm.role_alias(&found.name),
        "roleArn": found.role_arn,
        "owner": call.caller.ctx.realm.account,
        "credentialDurationSeconds": found.seconds,
        "creationDate": found.created.as_seconds_f64(),
        "lastModifiedDate": found.modified.as_seconds_f64(),
    }}))
}

/// `ListRoleAliases`: names alone, newest first unless asked otherwise.
pub async fn list_role_aliases(call: &Call<'_>) -> Result<Value, Error> {
    let page = Page::markers(call, PAGE)?;
    let found = call.app.registry.role_aliases().await?;
    let (found, next) = page.alphabetical(found, ascending(call), |alias| &alias.name);
    let items = found.into_iter().map(|alias| alias.name.into()).collect();
    Ok(page.answer("roleAliases", items, next))
}

/// `UpdateRoleAlias`.
pub async fn update_role_alias(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("roleAlias")?;
    let role_arn = call.input.text("roleArn");
    let seconds = call.input.integer("credentialDurationSeconds");
    call.app
        .registry
        .update_role_alias(&call.caller, name, role_arn, seconds)
        .await?;
    Ok(names(call, name))
}

/// `DeleteRoleAlias`.
pub async fn delete_role_alias(call: &Call<'_>) -> Result<Value, Error> {
    call.app
        .registry
        .delete_role_alias(&call.caller, call.required("roleAlias")?)
        .await?;
    Ok(json!({}))
}
