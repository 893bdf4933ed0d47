//! What hangs on a role, a user or a group, and tags: the same operations for all, told apart by the name that is given.

use super::policy::own_arn;
use super::{owned, prefix, strings, tag_node, tags};
use crate::api::Call;
use crate::api::page::Page;
use crate::api::query::{Members, document};
use crate::app::Error;
use crate::app::iam::holder::{Holder, Tagged};
use nameplate_aws::respond::Node;
use nameplate_core::arn::Arn;

fn holder(call: &Call<'_>) -> Result<Holder, Error> {
    let given = |member: &str| call.input.text(member).map(str::to_owned);
    match (given("RoleName"), given("GroupName")) {
        (Some(name), _) => Ok(Holder::Role(name)),
        (None, Some(name)) => Ok(Holder::Group(name)),
        (None, None) => Ok(Holder::User(owned(call, "UserName")?)),
    }
}

fn tagged(call: &Call<'_>) -> Result<Tagged, Error> {
    let given = |member: &str| call.input.text(member).map(str::to_owned);
    match (given("PolicyArn"), given("InstanceProfileName")) {
        (Some(_), _) => Ok(Tagged::Policy(own_arn(call)?)),
        (None, Some(name)) => Ok(Tagged::InstanceProfile(name)),
        (None, None) => Ok(Tagged::Holder(holder(call)?)),
    }
}

/// Path and name of a managed policy, from its ARN.
fn path_and_name(arn: &str) -> (&str, &str) {
    let resource = Arn::parse(arn).map_or("", |arn| arn.resource);
    let full = resource.strip_prefix("policy").unwrap_or(resource);
    full.rfind('/')
        .map_or(("", full), |slash| full.split_at(slash + 1))
}

/// AttachGroupPolicy, AttachRolePolicy, AttachUserPolicy.
pub async fn attach_managed_policy(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .attach_managed_policy(&call.caller, holder(call)?, owned(call, "PolicyArn")?)
        .await?;
    Ok(None)
}

/// DetachGroupPolicy, DetachRolePolicy, DetachUserPolicy.
pub async fn detach_managed_policy(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .detach_managed_policy(&call.caller, holder(call)?, owned(call, "PolicyArn")?)
        .await?;
    Ok(None)
}

/// ListAttachedGroupPolicies, ListAttachedRolePolicies, ListAttachedUserPolicies.
pub async fn list_attached_policies(call: &Call<'_>) -> Result<Node, Error> {
    let mut arns = call
        .app
        .iam
        .attached_managed_policies(&holder(call)?)
        .await?;
    arns.retain(|arn| path_and_name(arn).0.starts_with(prefix(call)));
    let page = Page::truncated(call)?;
    // By name: markers are limited in length, and ARNs may have long paths.
    arns.sort_by_key(|arn| position(arn));
    let (arns, next) = page.of_whole(arns, |arn| position(arn));
    let nodes = arns
        .iter()
        .map(|arn| {
            Members::new()
                .text("PolicyName", path_and_name(arn).1)
                .text("PolicyArn", arn)
                .build()
        })
        .collect();
    Ok(page.truncated_answer([("AttachedPolicies", nodes)], next))
}

/// AWS's policies and the account's may share a name.
fn position(arn: &str) -> String {
    let account = Arn::parse(arn).map_or("", |arn| arn.account);
    format!("{} {account}", path_and_name(arn).1)
}

/// PutGroupPolicy, PutRolePolicy, PutUserPolicy.
pub async fn put_policy(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .put_inline_policy(
            &call.caller,
            holder(call)?,
            owned(call, "PolicyName")?,
            owned(call, "PolicyDocument")?,
        )
        .await?;
    Ok(None)
}

/// GetGroupPolicy, GetRolePolicy, GetUserPolicy.
pub async fn get_policy(call: &Call<'_>) -> Result<Node, Error> {
    let holder = holder(call)?;
    let name = call.required("PolicyName")?;
    let text = call.app.iam.inline_policy(&holder, name).await?;
    let of = match &holder {
        Holder::Role(_) => "RoleName",
        Holder::User(_) => "UserName",
        Holder::Group(_) => "GroupName",
    };
    Ok(Members::new()
        .text(of, holder.name())
        .text("PolicyName", name)
        .node("PolicyDocument", document(&text))
        .build())
}

/// ListGroupPolicies, ListRolePolicies, ListUserPolicies.
pub async fn list_policies(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let policies = call.app.iam.inline_policies(&holder(call)?).await?;
    let (policies, next) = page.of_whole(policies, |(name, _)| name.clone());
    let names = policies.into_iter().map(|(name, _)| Node::Text(name));
    Ok(page.truncated_answer([("PolicyNames", names.collect())], next))
}

/// DeleteGroupPolicy, DeleteRolePolicy, DeleteUserPolicy.
pub async fn delete_policy(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .delete_inline_policy(&call.caller, holder(call)?, owned(call, "PolicyName")?)
        .await?;
    Ok(None)
}

/// TagInstanceProfile, TagPolicy, TagRole, TagUser.
pub async fn tag(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .tag(&call.caller, tagged(call)?, tags(call))
        .await?;
    Ok(None)
}

/// UntagInstanceProfile, UntagPolicy, UntagRole, UntagUser.
pub async fn untag(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let names = strings(call.input.items("TagKeys"));
    call.app
        .iam
        .untag(&call.caller, tagged(call)?, names)
        .await?;
    Ok(None)
}

/// ListInstanceProfileTags, ListRoleTags, ListUserTags.
pub async fn list_tags(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let tags = call.app.iam.tags_on(&tagged(call)?).await?;
    let (tags, next) = page.of_whole(tags, |(name, _)| name.clone());
    let nodes = tags.iter().map(tag_node).collect();
    Ok(page.truncated_answer([("Tags", nodes)], next))
}
