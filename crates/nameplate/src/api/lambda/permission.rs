//! Who may invoke a function, and what becomes of calls that are taken for later. API: AddPermission,
//! PutFunctionEventInvokeConfig.

use super::function::names;
use crate::api::Call;
use crate::app::Error;
use nameplate_core::function::{EventSettings, Grant};
use serde_json::{Value, json};

/// `AddPermission`.
pub async fn add_permission(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&[
        "EventSourceToken",
        "FunctionUrlAuthType",
        "InvokedViaFunctionUrl",
    ])?;
    let text = |name: &str| call.input.text(name).map(str::to_owned);
    let grant = Grant {
        id: call.required("StatementId")?.to_owned(),
        action: call.required("Action")?.to_owned(),
        principal: call.required("Principal")?.to_owned(),
        source_arn: text("SourceArn"),
        source_account: text("SourceAccount"),
        principal_org: text("PrincipalOrgID"),
    };
    let (name, qualifier) = names(call)?;
    let statement = call
        .app
        .functions
        .add_permission(&call.caller, name, qualifier, grant)
        .await?;
    Ok(json!({"Statement": statement}))
}

/// `RemovePermission`.
pub async fn remove_permission(call: &Call<'_>) -> Result<Value, Error> {
    let (name, qualifier) = names(call)?;
    let sid = call.required("StatementId")?;
    call.app
        .functions
        .remove_permission(&call.caller, name, qualifier, sid)
        .await?;
    Ok(json!({}))
}

/// `GetPolicy`.
pub async fn get_policy(call: &Call<'_>) -> Result<Value, Error> {
    let (name, qualifier) = names(call)?;
    let found = call.app.functions.function_policy(name, qualifier).await?;
    Ok(json!({"Policy": found.text, "RevisionId": found.revision}))
}

/// `PutFunctionEventInvokeConfig`: what is left out is the default.
pub async fn put_event_config(call: &Call<'_>) -> Result<Value, Error> {
    set_event_config(call, EventSettings::default()).await
}

/// `UpdateFunctionEventInvokeConfig`: what is left out stays.
pub async fn update_event_config(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("FunctionName")?;
    let kept = call.app.functions.event_configuration(name).await?;
    set_event_config(call, kept).await
}

/// `GetFunctionEventInvokeConfig`.
pub async fn get_event_config(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("FunctionName")?;
    let kept = call.app.functions.event_configuration(name).await?;
    event_members(call, &kept).await
}

/// `DeleteFunctionEventInvokeConfig`.
pub async fn delete_event_config(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("FunctionName")?;
    call.app.functions.event_configuration(name).await?;
    call.app
        .functions
        .set_event_configuration(&call.caller, name, None)
        .await?;
    Ok(json!({}))
}

async fn set_event_config(call: &Call<'_>, mut settings: EventSettings) -> Result<Value, Error> {
    let number = |name: &str| call.input.integer(name).and_then(|n| u32::try_from(n).ok());
    settings.retries = number("MaximumRetryAttempts").unwrap_or(settings.retries);
    settings.age = number("MaximumEventAgeInSeconds").unwrap_or(settings.age);
    if let Some(config) = call.input.object("DestinationConfig") {
        let target = |name: &str| {
            let arn = config.get(name)?.get("Destination")?.as_str()?;
            Some(arn.to_owned())
        };
        settings.on_success = target("OnSuccess");
        settings.on_failure = target("OnFailure");
    }
    let name = call.required("FunctionName")?;
    call.app
        .functions
        .set_event_configuration(&call.caller, name, Some(settings.clone()))
        .await?;
    event_members(call, &settings).await
}

async fn event_members(call: &Call<'_>, settings: &EventSettings) -> Result<Value, Error> {
    let name = call.required("FunctionName")?;
    let found = call.app.functions.function(name, None).await?;
    let arn = call.caller.ctx.realm.function(&found.function.name);
    let target = |arn: &Option<String>| match arn {
        Some(arn) => json!({"Destination": arn}),
        None => json!({}),
    };
    Ok(json!({
        "FunctionArn": format!("{arn}:$LATEST"),
        "LastModified": call.caller.ctx.now.as_seconds_f64(),
        "MaximumRetryAttempts": settings.retries,
        "MaximumEventAgeInSeconds": settings.age,
        "DestinationConfig": {
            "OnSuccess": target(&settings.on_success),
            "OnFailure": target(&settings.on_failure),
        },
    }))
}
