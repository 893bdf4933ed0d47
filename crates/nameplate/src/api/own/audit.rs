//! The audit log for the server's own commands.

use super::Call;
use crate::app::Error;
use crate::app::audit::Position;
use nameplate_aws::uri;
use serde_json::{Value, json};

/// `GET /nameplate/audit?from=…`: some entries behind a position that an earlier answer called `next`, or the oldest; none
/// where there are none yet.
pub async fn entries(call: &Call<'_>) -> Result<Value, Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, "nameplate:ReadAuditLog", "*", &[])
        .await?;
    let (_, query) = uri::split_target(call.request.target);
    let pairs = uri::query_pairs(query);
    let from = pairs.iter().find(|(name, _)| name == "from");
    let from = match from {
        None => Position::default(),
        Some((_, text)) => Position::parse(text)
            .ok_or_else(|| Error::invalid("from is not what an answer called next"))?,
    };
    let app = std::sync::Arc::clone(call.app);
    let read = tokio::task::spawn_blocking(move || {
        let audit = app.audit();
        audit.read(from).map(|read| (audit.is_kept(), read))
    });
    let (kept, (entries, next)) = read.await.map_err(Error::internal)??;
    Ok(json!({"kept": kept, "entries": entries, "next": next.to_string()}))
}
