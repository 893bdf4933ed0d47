//! The `sts` service.

use super::Call;
use crate::app::Error;
use nameplate_aws::respond::Node;

super::operations! {
    "GetCallerIdentity" => get_caller_identity,
}

/// Who the caller is. Needs no permission.
async fn get_caller_identity(call: &Call<'_>) -> Result<Node, Error> {
    Ok(Node::structure([
        ("UserId", Node::text(call.identity.user_id())),
        ("Account", Node::text(call.ctx.realm.account.as_str())),
        ("Arn", Node::text(call.identity.arn())),
    ]))
}
