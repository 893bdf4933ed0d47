//! Which permission an operation needs, and on what, before it runs.

use super::call::Call;
use super::service::Permission;
use crate::app::Error;
use crate::app::admission::Requester;
use nameplate_aws::request::Input;
use nameplate_core::policy::action::{iam_action, needs_no_permission};
use nameplate_core::policy::resource::{canonical_arn, canonical_id};
use serde_json::Value;

/// Refuses unless the caller's policies allow the operation on its resources, as the service's row says they are named.
pub async fn check(call: &Call<'_>) -> Result<(), Error> {
    let (resources, keys) = match &call.row.permission {
        Permission::Action { resources, keys } => (resources, keys),
        Permission::Asked(ask) => return ask(call).await,
        Permission::ByOperation => return Ok(()),
    };
    let device = call.caller.as_device();
    if device.is_none() && call.caller.identity()?.is_root() {
        return Ok(());
    }
    let (app, operation, input) = (call.app, call.operation, &call.input);
    let scope = operation.service.scope();
    if needs_no_permission(scope, operation.name) {
        return Ok(());
    }
    let action = iam_action(scope, operation.name);
    let keys = keys(app, operation, input);
    for resource in resources(app, &call.caller, operation, input).await? {
        if let Some(device) = device {
            may_device(device, &action, &resource, &keys)?;
            continue;
        }
        app.iam.may(&call.caller, &action, &resource, &keys).await?;
    }
    Ok(())
}

/// Refuses unless a device's policies allow it. AWS's guide names what devices ask of jobs with the prefix of IoT's other
/// actions too: either allows, and either denies.
fn may_device(
    device: &Requester,
    action: &str,
    resource: &str,
    keys: &[(String, String)],
) -> Result<(), Error> {
    if let Some(name) = action.strip_prefix("iotjobsdata:") {
        let older = device.decide(&format!("iot:{name}"), resource, keys);
        if !older.denying.is_empty() {
            return Err(Error::denied(older.to_string()));
        }
        let newer = device.decide(action, resource, keys);
        if older.is_allowed() && newer.denying.is_empty() {
            return Ok(());
        }
    }
    device.may(action, resource, keys)
}

/// Writes the names that have several spellings in their one form, before anything is asked about them: what is judged
/// is what is used. Policies and the registry compare names as they stand.
pub fn canonicalize(input: &mut Input) {
    for (name, value) in &mut input.members {
        let canonical: fn(&str) -> String = match name.as_str() {
            "certificateId" | "caCertificateId" => canonical_id,
            "principal" | "target" | "resourceArn" => canonical_arn,
            _ => continue,
        };
        if let Value::String(text) = value {
            *text = canonical(text);
        }
    }
}

#[cfg(test)]
mod tests;
