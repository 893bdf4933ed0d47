//! Roles.

use super::{owned, path, prefix, tags, text, with_tags};
use crate::api::Call;
use crate::api::page::Page;
use crate::api::query::{Members, date, document};
use crate::app::Error;
use crate::app::iam::Role;
use crate::app::iam::role::NewRole;
use nameplate_aws::respond::Node;

/// A role as others see it.
pub(super) fn members(role: &Role, arn: &str) -> Members {
    created(role, arn).text("MaxSessionDuration", role.max_session_seconds)
}

/// A role as whoever creates it is told.
fn created(role: &Role, arn: &str) -> Members {
    Members::new()
        .text("Path", &role.path)
        .text("RoleName", &role.name)
        .text("RoleId", &role.role_id)
        .text("Arn", arn)
        .node("CreateDate", date(role.created))
        .node("AssumeRolePolicyDocument", document(&role.trust))
        .maybe("Description", role.description.as_deref())
}

/// CreateRole.
pub async fn create_role(call: &Call<'_>) -> Result<Node, Error> {
    call.not_built(&["PermissionsBoundary"])?;
    let new = NewRole {
        name: owned(call, "RoleName")?,
        path: path(call),
        trust: owned(call, "AssumeRolePolicyDocument")?,
        description: text(call, "Description"),
        max_session_seconds: call.input.integer("MaxSessionDuration"),
        tags: tags(call),
    };
    let given = new.max_session_seconds;
    let made = call.app.iam.create_role(&call.caller, new).await?;
    let role = created(&made.role, &made.arn);
    let role = match given {
        Some(seconds) => role.text("MaxSessionDuration", seconds),
        None => role,
    };
    let role = with_tags(role, &made.tags).build();
    Ok(Node::structure([("Role", role)]))
}

/// GetRole.
pub async fn get_role(call: &Call<'_>) -> Result<Node, Error> {
    let found = call.app.iam.role(call.required("RoleName")?).await?;
    // Sent though it is empty: the uses of a role are not kept.
    let role = with_tags(members(&found.role, &found.arn), &found.tags)
        .node("RoleLastUsed", Node::Structure(Vec::new()));
    Ok(Node::structure([("Role", role.build())]))
}

/// ListRoles. Without tags, as at AWS.
pub async fn list_roles(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let after = page.from.as_deref().unwrap_or_default();
    let mut roles = call
        .app
        .iam
        .roles(prefix(call), after, page.size + 1)
        .await?;
    let next = page.cut(&mut roles, |role| role.name.clone());
    let nodes = roles
        .iter()
        .map(|role| members(role, &call.app.iam.role_arn(role)).build())
        .collect();
    Ok(page.truncated_answer([("Roles", nodes)], next))
}

/// UpdateRole.
pub async fn update_role(call: &Call<'_>) -> Result<Node, Error> {
    let seconds = call.input.integer("MaxSessionDuration");
    call.app
        .iam
        .update_role(
            &call.caller,
            owned(call, "RoleName")?,
            None,
            text(call, "Description"),
            seconds,
        )
        .await?;
    Ok(Node::Structure(Vec::new()))
}

/// UpdateRoleDescription.
pub async fn update_role_description(call: &Call<'_>) -> Result<Node, Error> {
    let description = text(call, "Description");
    let role = call
        .app
        .iam
        .update_role(
            &call.caller,
            owned(call, "RoleName")?,
            None,
            description,
            None,
        )
        .await?;
    let members = members(&role, &call.app.iam.role_arn(&role));
    Ok(Node::structure([("Role", members.build())]))
}

/// UpdateAssumeRolePolicy.
pub async fn update_assume_role_policy(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let trust = owned(call, "PolicyDocument")?;
    call.app
        .iam
        .update_role(
            &call.caller,
            owned(call, "RoleName")?,
            Some(trust),
            None,
            None,
        )
        .await?;
    Ok(None)
}

/// DeleteRole.
pub async fn delete_role(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .delete_role(&call.caller, owned(call, "RoleName")?)
        .await?;
    Ok(None)
}
