//! The `sts` service.

mod fault;

use super::Call;
use super::query::{Members, date};
use super::service::{Permission, Row};
use crate::app::Error;
use crate::app::iam::AccessKey;
use crate::app::iam::session::Assume;
use nameplate_aws::model::Service;
use nameplate_aws::respond::Node;
use nameplate_core::arn::Arn;

/// The service.
pub static ROW: Row = Row::new(
    Service::Sts,
    &["sts"],
    OPERATIONS,
    Permission::Action {
        resources: |_, _, operation, _| {
            let resources = match operation.name {
                // The role's trust policy may be permission enough; the operation decides with both.
                "AssumeRole" => Vec::new(),
                _ => vec!["*".to_owned()],
            };
            Box::pin(std::future::ready(Ok(resources)))
        },
        keys: |_, _, _| Vec::new(),
    },
    fault::of,
);

super::service::operations! {
    "AssumeRole" => assume_role,
    "GetAccessKeyInfo" => get_access_key_info,
    "GetCallerIdentity" => get_caller_identity,
    "GetSessionToken" => get_session_token,
}

/// Who the caller is. Needs no permission.
async fn get_caller_identity(call: &Call<'_>) -> Result<Node, Error> {
    Ok(Node::structure([
        ("UserId", Node::text(call.caller.identity()?.user_id())),
        (
            "Account",
            Node::text(call.caller.ctx.realm.account.as_str()),
        ),
        ("Arn", Node::text(call.caller.identity()?.arn())),
    ]))
}

/// A session of a role. Whether the caller may have one is decided with the role's trust policy.
async fn assume_role(call: &Call<'_>) -> Result<Node, Error> {
    // Each of these restricts or marks the session; to pass over it would be to grant more than was asked.
    call.not_built(&[
        "MinimumSessionTokenSize",
        "ProvidedContexts",
        "SerialNumber",
        "SourceIdentity",
        "Tags",
        "TokenCode",
        "TransitiveTagKeys",
    ])?;
    let text = |name| call.input.text(name).map(str::to_owned);
    let role = call.required("RoleArn")?;
    if Arn::parse(role).is_none() {
        return Err(Error::invalid(format!("{role} is invalid")));
    }
    let wanted = Assume {
        role_arn: role.to_owned(),
        session_name: call.required("RoleSessionName")?.to_owned(),
        seconds: call.input.integer("DurationSeconds"),
        policy: text("Policy"),
        policy_arns: call
            .input
            .items("PolicyArns")
            .iter()
            .filter_map(|policy| policy["arn"].as_str().map(str::to_owned))
            .collect(),
        external_id: text("ExternalId"),
    };
    let session = call.app.iam.assume_role(&call.caller, wanted).await?;
    let user = Members::new()
        .text("AssumedRoleId", &session.user_id)
        .text("Arn", &session.arn);
    Ok(Members::new()
        .node("Credentials", credentials(&session.key))
        .node("AssumedRoleUser", user.build())
        .build())
}

/// A session of the caller itself.
async fn get_session_token(call: &Call<'_>) -> Result<Node, Error> {
    call.not_built(&["MinimumSessionTokenSize", "SerialNumber", "TokenCode"])?;
    let seconds = call.input.integer("DurationSeconds");
    let key = call.app.iam.session_token(&call.caller, seconds).await?;
    Ok(Node::structure([("Credentials", credentials(&key))]))
}

/// The account an access key belongs to.
async fn get_access_key_info(call: &Call<'_>) -> Result<Node, Error> {
    call.app
        .iam
        .check_access_key_known(call.required("AccessKeyId")?)
        .await?;
    let account = call.caller.ctx.realm.account.as_str();
    Ok(Node::structure([("Account", Node::text(account))]))
}

fn credentials(key: &AccessKey) -> Node {
    let members = Members::new()
        .text("AccessKeyId", &key.id)
        .text("SecretAccessKey", &key.secret)
        .maybe("SessionToken", key.session_token.as_deref());
    match key.expires {
        Some(at) => members.node("Expiration", date(at)).build(),
        None => members.build(),
    }
}
