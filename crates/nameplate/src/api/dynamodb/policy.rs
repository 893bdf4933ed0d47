//! Policies of tables. API: GetResourcePolicy, PutResourcePolicy, DeleteResourcePolicy.

use super::answer::reply;
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use serde_json::json;

/// `GetResourcePolicy`
pub async fn get_resource_policy(call: &mut Call<'_>) -> Result<Reply, Error> {
    let arn = call.required("ResourceArn")?;
    let (policy, revision) = call.app.tables.policy(arn).await?;
    Ok(reply(
        &json!({"Policy": policy, "RevisionId": revision.to_string()}),
    ))
}

/// `PutResourcePolicy`
pub async fn put_resource_policy(call: &mut Call<'_>) -> Result<Reply, Error> {
    let (arn, policy) = (call.required("ResourceArn")?, call.required("Policy")?);
    let expected = call.input.text("ExpectedRevisionId");
    let confirmed = call
        .input
        .flag("ConfirmRemoveSelfResourceAccess")
        .unwrap_or(false);
    let revision = call
        .app
        .tables
        .set_policy(&call.caller, arn, policy, expected, confirmed)
        .await?;
    Ok(reply(&json!({"RevisionId": revision.to_string()})))
}

/// `DeleteResourcePolicy`
pub async fn delete_resource_policy(call: &mut Call<'_>) -> Result<Reply, Error> {
    let arn = call.required("ResourceArn")?;
    let expected = call.input.text("ExpectedRevisionId");
    let tables = &call.app.tables;
    let gone = tables.delete_policy(&call.caller, arn, expected).await?;
    Ok(reply(&match gone {
        Some(revision) => json!({"RevisionId": revision.to_string()}),
        None => json!({}),
    }))
}

#[cfg(test)]
mod tests;
