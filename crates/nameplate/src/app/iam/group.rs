//! Groups and their members.
//!
//! Owns the rules of creating, changing and removing a group, and of who is in it. What hangs on a group is in
//! [`super::holder`].

use super::user::no_user;
use super::{Group, Iam, User, entity_arn, exists, holder, in_use, over_quota};
use crate::app::caller::Caller;
use crate::app::{Error, Result};
use crate::authority::{EntityPrefix, new_entity_id};
use nameplate_core::arn::Realm;
use nameplate_store::Conn;

/// Groups that one user may be in (IAM user guide: quotas).
const GROUPS_PER_USER: usize = 10;
/// Groups of an account (IAM user guide: quotas).
const GROUPS: usize = 300;

/// The refusal where no group has the name.
pub(super) fn no_group(name: &str) -> Error {
    Error::not_found(format!("The group with name {name} cannot be found."))
}

fn group_taken(name: &str) -> Error {
    exists(format!("Group with name {name} already exists."))
}

fn found(conn: &Conn<'_>, name: &str) -> Result<Group> {
    conn.iam_group(name)?.ok_or_else(|| no_group(name))
}

fn group_arn(realm: &Realm, group: &Group) -> String {
    entity_arn(realm, "group", &group.path, &group.name)
}

impl Iam {
    /// The ARN of a group that was read.
    pub fn group_arn(&self, group: &Group) -> String {
        group_arn(self.kernel.realm(), group)
    }

    /// Creates a group.
    pub async fn create_group(&self, caller: &Caller, name: String, path: String) -> Result<Group> {
        let group = Group {
            key: 0,
            group_id: new_entity_id(EntityPrefix::Agpa).map_err(Error::internal)?,
            name,
            path,
            created: caller.ctx.now,
        };
        self.kernel
            .change(caller, "create-iam-group", move |tx| {
                if tx.iam_group(&group.name)?.is_some() {
                    return Err(group_taken(&group.name));
                }
                if tx.iam_groups("", GROUPS)?.len() >= GROUPS {
                    return Err(over_quota("GroupsPerAccount", GROUPS));
                }
                tx.insert_iam_group(&group)?;
                Ok(group.clone())
            })
            .await
    }

    /// The group of this name, and at most `limit` of its members beyond `after`, by name.
    pub async fn group(&self, name: &str, after: &str, limit: usize) -> Result<(Group, Vec<User>)> {
        self.kernel
            .store
            .read(|conn| {
                let group = found(conn, name)?;
                let mut users = Vec::new();
                for member in conn.iam_members(name, after, limit)? {
                    users.extend(conn.iam_user(&member)?);
                }
                Ok((group, users))
            })
            .await
    }

    /// At most `limit` groups whose path begins with `prefix`, by name, beyond `after`.
    pub async fn groups(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<Group>> {
        self.kernel
            .store
            .read(|conn| {
                holder::by_prefix(
                    after,
                    limit,
                    |after, limit| Ok(conn.iam_groups(after, limit)?),
                    |group| (&group.name, group.path.starts_with(prefix)),
                )
            })
            .await
    }

    /// The groups that a user is in, by name.
    pub async fn groups_of(&self, user: &str) -> Result<Vec<Group>> {
        self.kernel
            .store
            .read(|conn| {
                conn.iam_user(user)?.ok_or_else(|| no_user(user))?;
                let mut groups = Vec::new();
                for name in conn.iam_groups_of(user)? {
                    groups.extend(conn.iam_group(&name)?);
                }
                Ok(groups)
            })
            .await
    }

    /// Gives a group another name, another path, or both; members and policies stay with it.
    pub async fn update_group(
        &self,
        caller: &Caller,
        name: String,
        new_name: Option<String>,
        new_path: Option<String>,
    ) -> Result<()> {
        self.kernel
            .change(caller, "update-iam-group", move |tx| {
                let group = found(tx, &name)?;
                let new_name = new_name.as_ref().unwrap_or(&group.name);
                let new_path = new_path.as_ref().unwrap_or(&group.path);
                if *new_name != group.name && tx.iam_group(new_name)?.is_some() {
                    return Err(group_taken(new_name));
                }
                tx.move_iam_group(&group.name, new_name, new_path)?;
                Ok(())
            })
            .await
    }

    /// Removes a group that has neither members nor policies.
    pub async fn delete_group(&self, caller: &Caller, name: String) -> Result<()> {
        self.kernel
            .change(caller, "delete-iam-group", move |tx| {
                found(tx, &name)?;
                if !tx.iam_members(&name, "", 1)?.is_empty() {
                    return Err(in_use(
                        "Cannot delete entity, must remove users from group first.",
                    ));
                }
                holder::refuse_policies(tx, &format!("group/{name}"))?;
                tx.delete_iam_group(&name)?;
                Ok(())
            })
            .await
    }

    /// Makes a user a member; again is no change.
    pub async fn add_to_group(&self, caller: &Caller, group: String, user: String) -> Result<()> {
        self.kernel
            .change(caller, "add-user-to-iam-group", move |tx| {
                found(tx, &group)?;
                tx.iam_user(&user)?.ok_or_else(|| no_user(&user))?;
                let groups = tx.iam_groups_of(&user)?;
                if groups.len() >= GROUPS_PER_USER && !groups.contains(&group) {
                    return Err(over_quota("GroupsPerUser", GROUPS_PER_USER));
                }
                tx.insert_iam_member(&group, &user)?;
                Ok(())
            })
            .await
    }

    /// Ends a membership.
    pub async fn remove_from_group(
        &self,
        caller: &Caller,
        group: String,
        user: String,
    ) -> Result<()> {
        self.kernel
            .change(caller, "remove-user-from-iam-group", move |tx| {
                found(tx, &group)?;
                tx.iam_user(&user)?.ok_or_else(|| no_user(&user))?;
                if tx.delete_iam_member(&group, &user)? {
                    Ok(())
                } else {
                    Err(Error::not_found(format!(
                        "User {user} not in group {group}"
                    )))
                }
            })
            .await
    }
}
