//! What an operator looks at first.

use super::Call;
use crate::app::Error;
use crate::app::status::{Nodes, OneNode};
use serde_json::{Value, json};

/// `GET /nameplate/status`: counts of the registry, who is connected, how connections of the last hour ended, certificates
/// that end soon, tasks under way, the store, and the nodes that serve it together. Without `registry` and `expiring` where the store does not answer.
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
    if status.missing > 0 {
        answer["nodesMissing"] = status.missing.into();
    }
    if let Some(nodes) = &status.nodes {
        answer["nodes"] = of_nodes(nodes);
    }
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

/// What is told of nodes: of each what the store knows, and how it is heard over the bus.
fn of_nodes(nodes: &Nodes) -> Value {
    let one = |node: &OneNode| {
        let mut one = json!({
            "node": node.number, "incarnation": node.incarnation, "addresses": node.addresses,
            "release": node.release, "started": node.started.0, "live": node.live, "silentMillis": node.silent,
            "leases": node.leases, "commits": node.commits, "behind": node.behind, "asked": node.is_own,
        });
        if nodes.bus.is_some() && !node.is_own {
            one["bus"] = match &node.heard {
                Some(peer) => json!({
                    "heard": peer.near, "framesWaiting": peer.waiting, "messagesUnsettled": peer.open,
                }),
                None => json!({"heard": false}),
            };
        }
        one
    };
    let all = nodes.all.as_ref();
    let all = all.map(|all| all.iter().map(one).collect::<Vec<_>>());
    let bus = nodes.bus.as_ref();
    let bus = bus.map(|(place, up)| json!({"place": place, "up": up, "heard": nodes.near}));
    json!({"all": all, "standing": nodes.standing, "bus": bus})
}
