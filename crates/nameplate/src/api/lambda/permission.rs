//! Who may invoke a function, and what becomes of calls that are taken for later. API: AddPermission,
//! PutFunctionEventInvokeConfig.

use super::function::names;
use super::{list, markers};
use crate::api::Call;
use crate::app::Error;
use crate::app::functions::INVOKE_URL;
use nameplate_core::function::{EventSettings, Grant, LATEST};
use serde_json::{Value, json};

/// Settings of a page where the caller does not say (API: ListFunctionEventInvokeConfigs).
const EVENT_CONFIGS: usize = 50;

/// `AddPermission`.
pub async fn add_permission(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["EventSourceToken"])?;
    let text = |name: &str| call.input.text(name).map(str::to_owned);
    let grant = Grant {
        id: call.required("StatementId")?.to_owned(),
        action: call.required("Action")?.to_owned(),
        principal: call.required("Principal")?.to_owned(),
        source_arn: text("SourceArn"),
        source_account: text("SourceAccount"),
        principal_org: text("PrincipalOrgID"),
        url_auth: text("FunctionUrlAuthType"),
        by_url: call.input.flag("InvokedViaFunctionUrl") == Some(true),
    };
    if grant.url_auth.is_some() && grant.action != INVOKE_URL {
        return Err(Error::invalid(
            "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action",
        ));
    }
    let (name, qualifier) = names(call)?;
    let statement = call
        .app
        .functions
        .add_permission(&call.caller, (name, qualifier), grant, expected(call))
        .await?;
    Ok(json!({"Statement": statement}))
}

/// The revision that the caller believes the policy to have.
fn expected(call: &Call<'_>) -> Option<String> {
    call.input.text("RevisionId").map(str::to_owned)
}

/// `RemovePermission`.
pub async fn remove_permission(call: &Call<'_>) -> Result<Value, Error> {
    let (name, qualifier) = names(call)?;
    let sid = call.required("StatementId")?;
    call.app
        .functions
        .remove_permission(&call.caller, (name, qualifier), sid, expected(call))
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
    let members = [
        "DestinationConfig",
        "MaximumEventAgeInSeconds",
        "MaximumRetryAttempts",
    ];
    if members.iter().all(|name| call.input.get(name).is_none()) {
        return Err(Error::invalid(
            "You must specify at least one of error handling or destination setting.",
        ));
    }
    set_event_config(call, EventSettings::default()).await
}

/// `UpdateFunctionEventInvokeConfig`: what is left out stays.
pub async fn update_event_config(call: &Call<'_>) -> Result<Value, Error> {
    let (name, qualifier) = names(call)?;
    let functions = &call.app.functions;
    functions.event_configurations(name).await?;
    let kept = functions.event_configuration(name, qualifier).await?;
    set_event_config(call, kept).await
}

/// `GetFunctionEventInvokeConfig`.
pub async fn get_event_config(call: &Call<'_>) -> Result<Value, Error> {
    let (name, qualifier) = names(call)?;
    let kept = call.app.functions.event_configuration(name, qualifier);
    let kept = kept.await?;
    let found = call.app.functions.function(name, qualifier).await?;
    let qualifier = found.qualifier.as_deref().unwrap_or(LATEST);
    Ok(event_members(call, &found.function.name, qualifier, &kept))
}

/// `ListFunctionEventInvokeConfigs`, in the order of qualifiers.
pub async fn list_event_configs(call: &Call<'_>) -> Result<Value, Error> {
    let (after, limit) = markers(call, EVENT_CONFIGS)?;
    let name = call.required("FunctionName")?;
    let all = call.app.functions.event_configurations(name).await?;
    let found = call.app.functions.function(name, None).await?;
    let mut rest = all.iter().filter(|(qualifier, _)| **qualifier > after);
    let page: Vec<_> = rest.by_ref().take(limit).collect();
    let next = page.last().map(|(qualifier, _)| (*qualifier).clone());
    let next = next.filter(|_| rest.next().is_some());
    let items = page
        .into_iter()
        .map(|(qualifier, kept)| event_members(call, &found.function.name, qualifier, kept))
        .collect();
    Ok(list("FunctionEventInvokeConfigs", items, next))
}

/// `DeleteFunctionEventInvokeConfig`.
pub async fn delete_event_config(call: &Call<'_>) -> Result<Value, Error> {
    let (name, qualifier) = names(call)?;
    let functions = &call.app.functions;
    functions.event_configuration(name, qualifier).await?;
    functions
        .set_event_configuration(&call.caller, name, qualifier, None)
        .await?;
    Ok(json!({}))
}

async fn set_event_config(call: &Call<'_>, mut settings: EventSettings) -> Result<Value, Error> {
    let number = |name: &str| call.input.integer(name).and_then(|n| u32::try_from(n).ok());
    settings.retries = number("MaximumRetryAttempts").or(settings.retries);
    settings.age = number("MaximumEventAgeInSeconds").or(settings.age);
    settings.modified = call.caller.ctx.now;
    if let Some(config) = call.input.object("DestinationConfig") {
        let target = |name: &str| {
            let arn = config.get(name)?.get("Destination")?.as_str()?;
            Some(arn.to_owned())
        };
        settings.on_success = target("OnSuccess");
        settings.on_failure = target("OnFailure");
    }
    let (name, qualifier) = names(call)?;
    let functions = &call.app.functions;
    functions
        .set_event_configuration(&call.caller, name, qualifier, Some(settings.clone()))
        .await?;
    let found = functions.function(name, qualifier).await?;
    let qualifier = found.qualifier.as_deref().unwrap_or(LATEST);
    Ok(event_members(
        call,
        &found.function.name,
        qualifier,
        &settings,
    ))
}

fn event_members(call: &Call<'_>, name: &str, qualifier: &str, kept: &EventSettings) -> Value {
    let arn = call.caller.ctx.realm.function(name);
    let target = |arn: &Option<String>| match arn {
        Some(arn) => json!({"Destination": arn}),
        None => json!({}),
    };
    let mut members = json!({
        "FunctionArn": format!("{arn}:{qualifier}"),
        "LastModified": kept.modified.as_seconds_f64(),
        "DestinationConfig": {
            "OnSuccess": target(&kept.on_success),
            "OnFailure": target(&kept.on_failure),
        },
    });
    // As recorded of AWS: what the owner did not say is not told.
    for (name, number) in [
        ("MaximumRetryAttempts", kept.retries),
        ("MaximumEventAgeInSeconds", kept.age),
    ] {
        if let Some(number) = number {
            members[name] = json!(number);
        }
    }
    members
}
