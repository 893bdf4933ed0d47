//! Groups and who is in them.

use super::{owned, path, prefix, text, user};
use crate::api::Call;
use crate::api::page::Page;
use crate::api::query::{Members, date};
use crate::app::Error;
use crate::app::iam::Group;
use nameplate_aws::respond::Node;

fn node(call: &Call<'_>, group: &Group) -> Node {
    Members::new()
        .text("Path", &group.path)
        .text("GroupName", &group.name)
        .text("GroupId", &group.group_id)
        .text("Arn", call.app.iam.group_arn(group))
        .node("CreateDate", date(group.created))
        .build()
}

/// CreateGroup.
pub async fn create_group(call: &Call<'_>) -> Result<Node, Error> {
    let created = call
        .app
        .iam
        .create_group(&call.caller, owned(call, "GroupName")?, path(call))
        .await?;
    Ok(Node::structure([("Group", node(call, &created))]))
}

/// GetGroup: the group with a page of its members.
pub async fn get_group(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let after = page.from.as_deref().unwrap_or_default();
    let name = call.required("GroupName")?;
    let (group, mut users) = call.app.iam.group(name, after, page.size + 1).await?;
    let next = page.cut(&mut users, |user| user.name.clone());
    let nodes = users
        .iter()
        .map(|user| user::members(user, &call.app.iam.user_arn(user)).build())
        .collect();
    let mut answer = page.truncated_answer([("Users", nodes)], next);
    if let Node::Structure(members) = &mut answer {
        members.insert(0, ("Group".into(), node(call, &group)));
    }
    Ok(answer)
}

/// ListGroups.
pub async fn list_groups(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let after = page.from.as_deref().unwrap_or_default();
    let mut groups = call
        .app
        .iam
        .groups(prefix(call), after, page.size + 1)
        .await?;
    let next = page.cut(&mut groups, |group| group.name.clone());
    let nodes = groups.iter().map(|group| node(call, group)).collect();
    Ok(page.truncated_answer([("Groups", nodes)], next))
}

/// ListGroupsForUser.
pub async fn list_groups_for_user(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let groups = call.app.iam.groups_of(call.required("UserName")?).await?;
    let (groups, next) = page.of_whole(groups, |group| group.name.clone());
    let nodes = groups.iter().map(|group| node(call, group)).collect();
    Ok(page.truncated_answer([("Groups", nodes)], next))
}

/// UpdateGroup. A new name or path needs the permission too (API: UpdateGroup).
pub async fn update_group(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let (name, new_name) = (owned(call, "GroupName")?, text(call, "NewGroupName"));
    let new_path = text(call, "NewPath");
    let (group, _) = call.app.iam.group(&name, "", 0).await?;
    let moved = Group {
        name: new_name.clone().unwrap_or(group.name),
        path: new_path.clone().unwrap_or(group.path),
        ..group
    };
    call.require("iam:UpdateGroup", &call.app.iam.group_arn(&moved))
        .await?;
    call.app
        .iam
        .update_group(&call.caller, name, new_name, new_path)
        .await?;
    Ok(None)
}

/// DeleteGroup.
pub async fn delete_group(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .delete_group(&call.caller, owned(call, "GroupName")?)
        .await?;
    Ok(None)
}

/// AddUserToGroup.
pub async fn add_user_to_group(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let (group, user) = (owned(call, "GroupName")?, owned(call, "UserName")?);
    call.app.iam.add_to_group(&call.caller, group, user).await?;
    Ok(None)
}

/// RemoveUserFromGroup.
pub async fn remove_user_from_group(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let (group, user) = (owned(call, "GroupName")?, owned(call, "UserName")?);
    call.app
        .iam
        .remove_from_group(&call.caller, group, user)
        .await?;
    Ok(None)
}
