//! What holds for the account and for every function, because nothing else can be set here. API: GetAccountSettings,
//! GetRuntimeManagementConfig, GetFunctionRecursionConfig, and lists of what cannot be made.

use super::function::names;
use crate::api::Call;
use crate::app::functions::{CONCURRENCY, Refusal};
use crate::app::{Error, Kind};
use nameplate_core::function::LATEST;
use nameplate_functions::Limits;
use serde_json::{Value, json};

/// Bytes of all code (AWS Lambda quotas: function and layer storage). Nothing but the disk bounds it here.
const CODE_BYTES: u64 = 80_530_636_800;
/// Bytes of a zip that comes with the call (AWS Lambda quotas: deployment package size).
const ZIP_BYTES: u64 = 52_428_800;

/// `GetAccountSettings`.
pub async fn get_account_settings(call: &Call<'_>) -> Result<Value, Error> {
    let usage = call.app.functions.usage().await?;
    Ok(json!({
        "AccountLimit": {
            "TotalCodeSize": CODE_BYTES,
            "CodeSizeUnzipped": Limits::default().unpacked,
            "CodeSizeZipped": ZIP_BYTES,
            "ConcurrentExecutions": CONCURRENCY,
            "UnreservedConcurrentExecutions": CONCURRENCY.saturating_sub(usage.reserved),
        },
        "AccountUsage": {"TotalCodeSize": usage.code_bytes, "FunctionCount": usage.functions},
    }))
}

/// `GetRuntimeManagementConfig`: a function runs on what is installed.
pub async fn get_runtime_management_config(call: &Call<'_>) -> Result<Value, Error> {
    let (name, qualifier) = names(call)?;
    let found = call.app.functions.function(name, qualifier).await?;
    let arn = call.caller.ctx.realm.function(&found.function.name);
    let qualifier = found.qualifier.unwrap_or_else(|| "$LATEST".to_owned());
    Ok(json!({"UpdateRuntimeOn": "Auto", "FunctionArn": format!("{arn}:{qualifier}")}))
}

/// `GetFunctionRecursionConfig`: circles of calls are always ended.
pub async fn get_function_recursion_config(call: &Call<'_>) -> Result<Value, Error> {
    let (name, qualifier) = names(call)?;
    call.app.functions.function(name, qualifier).await?;
    Ok(json!({"RecursiveLoop": "Terminate"}))
}

/// `ListEventSourceMappings`: none can be made.
pub async fn list_event_source_mappings(_: &Call<'_>) -> Result<Value, Error> {
    Ok(json!({"EventSourceMappings": []}))
}

/// `ListProvisionedConcurrencyConfigs`: none can be made.
pub async fn list_provisioned_concurrency_configs(call: &Call<'_>) -> Result<Value, Error> {
    let name = call.required("FunctionName")?;
    call.app.functions.function(name, None).await?;
    Ok(json!({"ProvisionedConcurrencyConfigs": []}))
}

/// `ListCodeSigningConfigs`: none can be made.
pub async fn list_code_signing_configs(_: &Call<'_>) -> Result<Value, Error> {
    Ok(json!({"CodeSigningConfigs": []}))
}

/// `GetProvisionedConcurrencyConfig`: none can be made.
pub async fn get_provisioned_concurrency_config(call: &Call<'_>) -> Result<Value, Error> {
    let (name, qualifier) = names(call)?;
    let functions = &call.app.functions;
    if qualifier == Some(LATEST) {
        functions.function(name, None).await?;
        return Err(Error::invalid(
            "The function resource provided must be an alias or a published version.",
        ));
    }
    match qualifier {
        Some(alias) if alias.parse::<u64>().is_err() => {
            let found = functions.function(name, None).await;
            match found {
                Ok(_) => drop(functions.alias(name, alias).await?),
                Err(_) => drop(functions.function(name, qualifier).await?),
            }
        }
        _ => drop(functions.function(name, qualifier).await?),
    }
    Err(Error::new(
        Kind::Function(Refusal::NotProvisioned),
        "No Provisioned Concurrency Config found for this function",
    ))
}
