//! What the account has set for all its APIs.

use super::{check_role, patches};
use crate::api::Call;
use crate::app::Error;
use nameplate_core::gateway::Refusal;
use serde_json::{Value, json};

/// The one member that UpdateAccount changes here.
const ROLE: &str = "/cloudwatchRoleArn";

/// `GetAccount`. Nothing is throttled by it.
pub async fn get_account(call: &Call<'_>) -> Result<Value, Error> {
    let mut account = json!({
        "apiKeyVersion": "4",
        "features": ["UsagePlans"],
        "throttleSettings": {"burstLimit": 5000, "rateLimit": 10_000.0},
    });
    if let Some(role) = call.app.gateway.logging_role().await? {
        account["cloudwatchRoleArn"] = json!(role);
    }
    Ok(account)
}

/// `UpdateAccount`: the role that writes logs.
pub async fn update_account(call: &Call<'_>) -> Result<Value, Error> {
    let mut wanted = None;
    for patch in patches(call) {
        let (op, path) = (patch.op.as_str(), patch.path.as_str());
        let value = patch.value.filter(|value| !value.is_empty());
        match (op, path, value) {
            ("replace" | "add", ROLE, role) => wanted = Some(role),
            ("remove", ROLE, _) => wanted = Some(None),
            ("add", "/features", Some(feature)) if feature == "UsagePlans" => {}
            ("remove", "/features", _) => {
                return Err(Error::invalid(
                    "Usage Plans cannot be disabled once enabled",
                ));
            }
            (_, "/throttleSettings/burstLimit" | "/throttleSettings/rateLimit", _) => {
                return Err(Refusal::NotBuilt(format!("the patch path {path}")).into());
            }
            _ => {
                return Err(Error::invalid(format!(
                    "Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [/cloudwatchRoleArn, /features]"
                )));
            }
        }
    }
    if let Some(role) = wanted {
        if let Some(role) = &role {
            check_role(call, role).await?;
        }
        let role = role.as_deref();
        call.app
            .gateway
            .set_logging_role(&call.caller, role)
            .await?;
    }
    get_account(call).await
}
