//! Users and their access keys.

use super::{owned, path, prefix, tags, text, with_tags};
use crate::api::Call;
use crate::api::page::Page;
use crate::api::query::{Members, date};
use crate::app::Error;
use crate::app::iam::user::TaggedUser;
use crate::app::iam::{AccessKey, User};
use nameplate_aws::respond::Node;

/// The user that is meant: the one named, or the caller.
pub(super) fn user_name(call: &Call<'_>) -> Result<String, Error> {
    let own = call.caller.identity()?.user_name();
    text(call, "UserName")
        .or_else(|| own.map(str::to_owned))
        .ok_or_else(|| {
            Error::invalid("Must specify userName when calling with non-User credentials")
        })
}

/// The root means itself when it names no user.
fn means_root(call: &Call<'_>) -> Result<bool, Error> {
    Ok(call.caller.identity()?.is_root() && call.input.text("UserName").is_none())
}

pub(super) fn members(user: &User, arn: &str) -> Members {
    Members::new()
        .text("Path", &user.path)
        .text("UserName", &user.name)
        .text("UserId", &user.user_id)
        .text("Arn", arn)
        .node("CreateDate", date(user.created))
}

fn answer(found: &TaggedUser) -> Node {
    let user = with_tags(members(&found.user, &found.arn), &found.tags).build();
    Node::structure([("User", user)])
}

/// CreateUser.
pub async fn create_user(call: &Call<'_>) -> Result<Node, Error> {
    call.not_built(&["PermissionsBoundary"])?;
    let created = call
        .app
        .iam
        .create_user(
            &call.caller,
            owned(call, "UserName")?,
            path(call),
            tags(call),
        )
        .await?;
    Ok(answer(&created))
}

/// GetUser. The root is no user and has neither name nor path.
pub async fn get_user(call: &Call<'_>) -> Result<Node, Error> {
    if means_root(call)? {
        let root = Members::new()
            .text("UserId", call.caller.identity()?.user_id())
            .text("Arn", call.caller.identity()?.arn())
            .node(
                "CreateDate",
                date(call.caller.identity()?.access_key().created),
            );
        return Ok(Node::structure([("User", root.build())]));
    }
    let found = call.app.iam.user(&user_name(call)?).await?;
    Ok(answer(&found))
}

/// ListUsers. Without tags, as at AWS.
pub async fn list_users(call: &Call<'_>) -> Result<Node, Error> {
    let page = Page::truncated(call)?;
    let after = page.from.as_deref().unwrap_or_default();
    let mut users = call
        .app
        .iam
        .users(prefix(call), after, page.size + 1)
        .await?;
    let next = page.cut(&mut users, |user| user.name.clone());
    let nodes = users
        .iter()
        .map(|user| members(user, &call.app.iam.user_arn(user)).build())
        .collect();
    Ok(page.truncated_answer([("Users", nodes)], next))
}

/// UpdateUser. A new name or path needs the permission too (API: UpdateUser).
pub async fn update_user(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let (name, new_name) = (owned(call, "UserName")?, text(call, "NewUserName"));
    let new_path = text(call, "NewPath");
    let user = call.app.iam.user(&name).await?.user;
    let moved = User {
        name: new_name.clone().unwrap_or(user.name),
        path: new_path.clone().unwrap_or(user.path),
        ..user
    };
    call.require("iam:UpdateUser", &call.app.iam.user_arn(&moved))
        .await?;
    call.app
        .iam
        .update_user(&call.caller, name, new_name, new_path)
        .await?;
    Ok(None)
}

/// DeleteUser.
pub async fn delete_user(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .delete_user(&call.caller, owned(call, "UserName")?)
        .await?;
    Ok(None)
}

fn status(key: &AccessKey) -> &'static str {
    if key.active { "Active" } else { "Inactive" }
}

/// CreateAccessKey. The root's key is the one in the data directory; it gets no second one here.
pub async fn create_access_key(call: &Call<'_>) -> Result<Node, Error> {
    let user = user_name(call)?;
    let key = call
        .app
        .iam
        .create_access_key(&call.caller, user.clone())
        .await?;
    let members = Members::new()
        .text("UserName", user)
        .text("AccessKeyId", &key.id)
        .text("Status", status(&key))
        .text("SecretAccessKey", &key.secret)
        .node("CreateDate", date(key.created));
    Ok(Node::structure([("AccessKey", members.build())]))
}

/// ListAccessKeys.
pub async fn list_access_keys(call: &Call<'_>) -> Result<Node, Error> {
    let keys = if means_root(call)? {
        vec![call.app.iam.root_access_key().clone()]
    } else {
        let mut keys = call.app.iam.access_keys(&user_name(call)?).await?;
        keys.sort_by(|a, b| a.id.cmp(&b.id));
        keys
    };
    let page = Page::truncated(call)?;
    let (keys, next) = page.of_whole(keys, |key| key.id.clone());
    let nodes = keys
        .iter()
        .map(|key| {
            Members::new()
                .maybe("UserName", key.user.as_deref())
                .text("AccessKeyId", &key.id)
                .text("Status", status(key))
                .node("CreateDate", date(key.created))
                .build()
        })
        .collect();
    Ok(page.truncated_answer([("AccessKeyMetadata", nodes)], next))
}

/// UpdateAccessKey.
pub async fn update_access_key(call: &Call<'_>) -> Result<Option<Node>, Error> {
    let active = match call.required("Status")? {
        "Active" => true,
        "Inactive" => false,
        other => {
            return Err(Error::invalid(format!(
                "The status of an access key cannot be set to {other}; it must be Active or Inactive"
            )));
        }
    };
    call.app
        .iam
        .set_access_key_active(
            &call.caller,
            user_name(call)?,
            owned(call, "AccessKeyId")?,
            active,
        )
        .await?;
    Ok(None)
}

/// DeleteAccessKey.
pub async fn delete_access_key(call: &Call<'_>) -> Result<Option<Node>, Error> {
    call.app
        .iam
        .delete_access_key(&call.caller, user_name(call)?, owned(call, "AccessKeyId")?)
        .await?;
    Ok(None)
}
