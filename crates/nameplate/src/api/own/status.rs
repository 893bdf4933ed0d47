//! What an operator looks at first.

use super::Call;
use crate::app::Error;
use serde_json::{Value, json};

/// `GET /nameplate/status`: counts of the registry, who is connected, how connections of the last hour ended, certificates
/// that end soon, tasks under way, and the store. Without `registry` and `expiring` where the store does not answer.
pub async fn status(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, "nameplate:GetStatus", "*", &[])
        .await?;
    let status = call.app.status().await?;
    let connected: Vec<Value> = status
        .connected
        .iter()
        .map(super::connection::one)
        .collect();
    let tasks: Vec<Value> = status
        .tasks
        .iter()
        .map(|task| {
            json!({
                "taskId": task.id, "status": task.status.as_str(), "createdAt": task.created.0,
                "succeeded": task.progress.succeeded, "failed": task.progress.failed,
                "position": task.progress.position, "size": task.size,
            })
        })
        .collect();
    let realm = call.app.realm();
    let (provisioned, known, refused) = status.hour;
    let mut answer = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "at": status.now.0,
        "account": realm.account,
        "region": realm.region,
        "endpoint": call.app.endpoint_host(),
        "store": {"engine": status.engine, "answers": status.counts.is_some(), "bytes": status.bytes},
        "connections": {"count": status.connections, "some": connected},
        "lastHour": {
            "provisioned": provisioned, "connected": known, "refused": refused, "refusals": status.refusals,
        },
        "bulkTasks": tasks,
        "backup": status.backup,
    });
    if let Some(counts) = status.counts {
        answer["registry"] = json!({
            "things": counts.things, "certificates": counts.certificates, "caCertificates": counts.authorities,
            "provisioningTemplates": counts.templates,
        });
        let expiring = counts.expiring.iter();
        let expiring = expiring.map(|(days, count)| (format!("{days}d"), Value::from(*count)));
        answer["expiring"] = Value::Object(expiring.collect());
    }
    Ok(answer)
}
