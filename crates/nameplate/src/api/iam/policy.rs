//! Managed policies and their versions.

use super::{owned, path, prefix, tag_node, tags, text, with_tags};
use crate::api::Call;
use crate::api::page::Page;
use crate::api::query::{Members, date, document};
use crate::app::Error;
use crate::app::iam::holder::Holder;
use crate::app::iam::policy::{Attached, NewPolicy, PolicyFilter, PolicyView, VersionView};
use nameplate_aws::respond::Node;
use nameplate_core::arn::Arn;

fn members(policy: &PolicyView) -> Members {
    Members::new()
        .text("PolicyName", &policy.name)
        .text("PolicyId", &policy.policy_id)
        .text("Arn", &policy.arn)
        .text("Path", &policy.path)
        .text("DefaultVersionId", version_id(policy.default_version))
        .text("AttachmentCount", policy.attachments)
        .text("PermissionsBoundaryUsageCount", 0)
        .text("IsAttachable", true)
        .node("CreateDate", date(policy.created))
        .node("UpdateDate", date(policy.modified))
}

fn version_id(number: i64) -> String {
    format!("v{number}")
}

/// The number in a version's id; 0, which no version has, for an id that has none.
fn version_number(call: &Call<'_>) -> Result<i64, Error> {
    let id = call.required("VersionId")?;
    Ok(id.trim_start_matches('v').parse().unwrap_or(0))
}

/// The ARN of a policy that is to be changed; AWS's own belong to AWS.
pub(super) fn own_arn(call: &Call<'_>) -> Result<String, Error> {
    let arn = owned(call, "PolicyArn")?;
    match Arn::parse(&arn) {
        Some(parsed) if parsed.account == "aws" => Err(Error::denied(format!(
            "User: {} is not authorized to perform: iam:{} on resource: policy {arn}",
            call.caller.identity()?.arn(),
            call.operation.name
        ))),
        _ => Ok(arn),
    }
}

/// CreatePolicy. Without the description, as at AWS.
pub async fn create_policy(call: &Call<'_>) -> Result<Node, Error> {
    let new = NewPolicy {
        name: owned(call, "PolicyName")?,
        path: path(call),
        document: owned(call, "PolicyDocument")?,
        description: text(call, "Description"),
        tags: tags(call),
    };
    let created = call
        .app
        .iam
        .create_managed_policy(&call.caller, new)
        .await?;
    let members = with_tags(members(&created), &created.tags);
    Ok(Node::structure([("Policy", members.build())]))
}

/// GetPolicy.
pub async fn get_policy(call: &Call<'_>) -> Result<Node, Error> {
    let policy = call
        .app
        .iam
        .managed_policy(call.required("PolicyArn")?)
        .await?;
    let members = members(&policy).maybe("Description", policy.description.as_deref());
    // Sent though there are none.
    let tags = Node::List(policy.tags.iter().map(tag_node).collect());
    let members = members.node("Tags", tags);
    Ok(Node::structure([("Policy", members.build())]))
}

/// ListPolicyTags.
pub async fn list_policy_tags(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let arn = call.required("PolicyArn")?;
    let policy = call.app.iam.managed_policy(arn).await?;
    let (tags, next) = page.of_whole(policy.tags, |(name, _)| name.clone());
    let nodes = tags.iter().map(tag_node).collect();
    Ok(page.truncated_answer([("Tags", nodes)], next))
}

/// ListPolicies. Without descriptions and tags, as at AWS.
pub async fn list_policies(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let scope = call.input.text("Scope").unwrap_or("All");
    // No policy is used as a boundary, so that a list of those is empty.
    let boundaries = call.input.text("PolicyUsageFilter") == Some("PermissionsBoundary");
    let filter = PolicyFilter {
        of_aws: scope != "Local" && !boundaries,
        of_account: scope != "AWS" && !boundaries,
        only_attached: call.input.flag("OnlyAttached").unwrap_or(false),
        path_prefix: prefix(call).to_owned(),
    };
    let mut policies = call
        .app
        .iam
        .managed_policies(&filter, page.from.as_deref(), page.size + 1)
        .await?;
    let next = page.cut(&mut policies, |policy| policy.position.clone());
    let nodes = policies
        .iter()
        .map(|policy| members(policy).build())
        .collect();
    Ok(page.truncated_answer([("Policies", nodes)], next))
}

/// DeletePolicy.
pub async fn delete_policy(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .delete_managed_policy(&call.caller, own_arn(call)?)
        .await?;
    Ok(None)
}

fn version_members(version: &VersionView) -> Members {
    Members::new()
        .text("VersionId", version_id(version.number))
        .text("IsDefaultVersion", version.in_force)
        .node("CreateDate", date(version.created))
}

/// CreatePolicyVersion.
pub async fn create_policy_version(call: &Call<'_>) -> Result<Node, Error> {
    let version = call
        .app
        .iam
        .create_managed_policy_version(
            &call.caller,
            own_arn(call)?,
            owned(call, "PolicyDocument")?,
            call.input.flag("SetAsDefault").unwrap_or(false),
        )
        .await?;
    let members = version_members(&version);
    Ok(Node::structure([("PolicyVersion", members.build())]))
}

/// GetPolicyVersion.
pub async fn get_policy_version(call: &Call<'_>) -> Result<Node, Error> {
    let version = call
        .app
        .iam
        .managed_policy_version(call.required("PolicyArn")?, version_number(call)?)
        .await?;
    let members = version_members(&version).node("Document", document(&version.document));
    Ok(Node::structure([("PolicyVersion", members.build())]))
}

/// ListPolicyVersions. Without documents, as at AWS.
pub async fn list_policy_versions(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let versions = call
        .app
        .iam
        .managed_policy_versions(call.required("PolicyArn")?)
        .await?;
    let (versions, next) = page.of_whole(versions, |version| format!("{:020}", version.number));
    let nodes = versions
        .iter()
        .map(|version| version_members(version).build())
        .collect();
    Ok(page.truncated_answer([("Versions", nodes)], next))
}

/// SetDefaultPolicyVersion.
pub async fn set_default_policy_version(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .set_default_managed_policy_version(&call.caller, own_arn(call)?, version_number(call)?)
        .await?;
    Ok(None)
}

/// DeletePolicyVersion.
pub async fn delete_policy_version(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .delete_managed_policy_version(&call.caller, own_arn(call)?, version_number(call)?)
        .await?;
    Ok(None)
}

/// ListEntitiesForPolicy.
pub async fn list_entities_for_policy(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let mut entities = call
        .app
        .iam
        .entities_of_policy(call.required("PolicyArn")?)
        .await?;
    let kind = call.input.text("EntityFilter");
    let boundaries = call.input.text("PolicyUsageFilter") == Some("PermissionsBoundary");
    entities.retain(|entity| {
        let of_kind = match kind {
            Some("Role") => matches!(entity.holder, Holder::Role(_)),
            Some("User") => matches!(entity.holder, Holder::User(_)),
            Some("Group") => matches!(entity.holder, Holder::Group(_)),
            Some(_) => false,
            None => true,
        };
        of_kind && !boundaries && entity.path.starts_with(prefix(call))
    });
    let position = |entity: &Attached| match &entity.holder {
        Holder::User(name) => format!("0 {name}"),
        Holder::Role(name) => format!("1 {name}"),
        Holder::Group(name) => format!("2 {name}"),
    };
    entities.sort_by_key(position);
    let (entities, next) = page.of_whole(entities, position);
    let (mut groups, mut users, mut roles) = (Vec::new(), Vec::new(), Vec::new());
    for Attached { holder, id, .. } in entities {
        let (list, name_member, id_member) = match &holder {
            Holder::Group(_) => (&mut groups, "GroupName", "GroupId"),
            Holder::User(_) => (&mut users, "UserName", "UserId"),
            Holder::Role(_) => (&mut roles, "RoleName", "RoleId"),
        };
        let members = Members::new().text(name_member, holder.name());
        list.push(members.text(id_member, id).build());
    }
    let lists = [
        ("PolicyGroups", groups),
        ("PolicyUsers", users),
        ("PolicyRoles", roles),
    ];
    Ok(page.truncated_answer(lists, next))
}
