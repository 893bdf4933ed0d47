//! Instance profiles.

use super::{owned, path, prefix, role, tags, with_tags};
use crate::api::Call;
use crate::api::page::Page;
use crate::api::query::{Members, date};
use crate::app::Error;
use crate::app::iam::holder::Holder;
use crate::app::iam::instance_profile::ProfileView;
use nameplate_aws::respond::Node;

/// The service whose instances are handed roles by a profile; who fills one passes the role to it.
const INSTANCES: &str = "ec2.amazonaws.com";

fn members(call: &Call<'_>, found: &ProfileView) -> Members {
    let roles = found.role.iter();
    let roles = roles.map(|role| role::members(role, &call.app.iam.role_arn(role)).build());
    Members::new()
        .text("Path", &found.profile.path)
        .text("InstanceProfileName", &found.profile.name)
        .text("InstanceProfileId", &found.profile.profile_id)
        .text("Arn", &found.arn)
        .node("CreateDate", date(found.profile.created))
        .node("Roles", Node::List(roles.collect()))
}

fn answer(call: &Call<'_>, found: &ProfileView) -> Node {
    let profile = with_tags(members(call, found), &found.tags).build();
    Node::structure([("InstanceProfile", profile)])
}

/// CreateInstanceProfile.
pub async fn create_instance_profile(call: &Call<'_>) -> Result<Node, Error> {
    let name = owned(call, "InstanceProfileName")?;
    let created = call
        .app
        .iam
        .create_instance_profile(&call.caller, name, path(call), tags(call))
        .await?;
    Ok(answer(call, &created))
}

/// GetInstanceProfile.
pub async fn get_instance_profile(call: &Call<'_>) -> Result<Node, Error> {
    let name = call.required("InstanceProfileName")?;
    let found = call.app.iam.instance_profile(name).await?;
    Ok(answer(call, &found))
}

/// ListInstanceProfiles, ListInstanceProfilesForRole. Without tags, as at AWS.
pub async fn list_instance_profiles(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let after = page.from.as_deref().unwrap_or_default();
    let mut profiles = call
        .app
        .iam
        .instance_profiles(
            call.input.text("RoleName"),
            prefix(call),
            after,
            page.size + 1,
        )
        .await?;
    let next = page.cut(&mut profiles, |found| found.profile.name.clone());
    let nodes = profiles
        .iter()
        .map(|found| members(call, found).build())
        .collect();
    Ok(page.truncated_answer([("InstanceProfiles", nodes)], next))
}

/// AddRoleToInstanceProfile. Needs the permission to pass the role, too (API: AddRoleToInstanceProfile).
pub async fn add_role_to_instance_profile(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let (name, role) = (
        owned(call, "InstanceProfileName")?,
        owned(call, "RoleName")?,
    );
    let arn = call.app.iam.holder_arn(&Holder::Role(role.clone())).await?;
    call.app.iam.may_pass(&call.caller, &arn, INSTANCES).await?;
    call.app
        .iam
        .add_role_to_instance_profile(&call.caller, name, role)
        .await?;
    Ok(None)
}

/// RemoveRoleFromInstanceProfile.
pub async fn remove_role_from_instance_profile(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let (name, role) = (
        owned(call, "InstanceProfileName")?,
        owned(call, "RoleName")?,
    );
    call.app
        .iam
        .remove_role_from_instance_profile(&call.caller, name, role)
        .await?;
    Ok(None)
}

/// DeleteInstanceProfile.
pub async fn delete_instance_profile(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let name = owned(call, "InstanceProfileName")?;
    call.app
        .iam
        .delete_instance_profile(&call.caller, name)
        .await?;
    Ok(None)
}
