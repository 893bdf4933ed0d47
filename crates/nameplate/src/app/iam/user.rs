//! Users and their access keys.
//!
//! Owns the rules of creating, changing and removing them. What hangs on a user is in [`super::holder`].

use super::holder::{self, Tags};
use super::{AccessKey, Iam, User, entity_arn, exists, in_use, over_quota};
use crate::app::caller::Caller;
use crate::app::{Error, Result};
use crate::authority::{EntityPrefix, KeyPrefix, new_access_key, new_entity_id};
use nameplate_core::arn::Realm;
use nameplate_store::Conn;

/// Access keys of one user (IAM user guide: quotas).
const KEYS_PER_USER: usize = 2;

/// A user, its ARN and its tags.
#[derive(Debug, Clone)]
pub struct TaggedUser {
    /// The user.
    pub user: User,
    /// Its ARN.
    pub arn: String,
    /// Its tags.
    pub tags: Tags,
}

/// The refusal where no user has the name.
pub(super) fn no_user(name: &str) -> Error {
    Error::not_found(format!("The user with name {name} cannot be found."))
}

fn user_taken(name: &str) -> Error {
    exists(format!("User with name {name} already exists."))
}

pub(super) fn user_arn(realm: &Realm, user: &User) -> String {
    entity_arn(realm, "user", &user.path, &user.name)
}

impl Iam {
    /// The ARN of a user that was read.
    pub fn user_arn(&self, user: &User) -> String {
        user_arn(self.kernel.realm(), user)
    }

    /// Creates a user.
    pub async fn create_user(
        &self,
        caller: &Caller,
        name: String,
        path: String,
        tags: Tags,
    ) -> Result<TaggedUser> {
        let ctx = &caller.ctx;
        holder::check_tags("TagsPerUser", &[], &tags)?;
        let user = User {
            key: 0,
            user_id: new_entity_id(EntityPrefix::Aida).map_err(Error::internal)?,
            name,
            path,
            created: ctx.now,
        };
        let created = TaggedUser {
            arn: self.user_arn(&user),
            user,
            tags,
        };
        self.kernel
            .change(caller, "create-user", move |tx| {
                let user = &created.user;
                if tx.iam_user(&user.name)?.is_some() {
                    return Err(user_taken(&user.name));
                }
                tx.insert_iam_user(user)?;
                tx.put_tags(&created.arn, &created.tags)?;
                Ok(created.clone())
            })
            .await
    }

    /// The user of this name.
    pub async fn user(&self, name: &str) -> Result<TaggedUser> {
        self.kernel
            .store
            .read(|conn| {
                let user = conn.iam_user(name)?.ok_or_else(|| no_user(name))?;
                let arn = self.user_arn(&user);
                let tags = holder::tags_of(conn, &arn)?;
                Ok(TaggedUser { user, arn, tags })
            })
            .await
    }

    /// At most `limit` users whose path begins with `prefix`, by name, beyond `after`.
    pub async fn users(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<User>> {
        self.kernel
            .store
            .read(|conn| {
                holder::by_prefix(
                    after,
                    limit,
                    |after, limit| Ok(conn.iam_users(after, limit)?),
                    |user| (&user.name, user.path.starts_with(prefix)),
                )
            })
            .await
    }

    /// Gives a user another name, another path, or both; all that hangs on the user stays with it.
    pub async fn update_user(
        &self,
        caller: &Caller,
        name: String,
        new_name: Option<String>,
        new_path: Option<String>,
    ) -> Result<()> {
        let realm = self.kernel.realm().clone();
        self.kernel
            .change(caller, "update-user", move |tx| {
                let user = tx.iam_user(&name)?.ok_or_else(|| no_user(&name))?;
                let moved = User {
                    name: new_name.clone().unwrap_or_else(|| user.name.clone()),
                    path: new_path.clone().unwrap_or_else(|| user.path.clone()),
                    ..user.clone()
                };
                if moved.name != user.name && tx.iam_user(&moved.name)?.is_some() {
                    return Err(user_taken(&moved.name));
                }
                let (old, new) = (user_arn(&realm, &user), user_arn(&realm, &moved));
                let tags = holder::tags_of(tx, &old)?;
                tx.delete_all_tags(&old)?;
                tx.put_tags(&new, &tags)?;
                tx.move_iam_user(&user.name, &moved.name, &moved.path)?;
                Ok(())
            })
            .await
    }

    /// Removes a user that has neither policies nor keys and is in no group.
    pub async fn delete_user(&self, caller: &Caller, name: String) -> Result<()> {
        let realm = self.kernel.realm().clone();
        self.kernel
            .change(caller, "delete-user", move |tx| {
                let user = tx.iam_user(&name)?.ok_or_else(|| no_user(&name))?;
                if !tx.access_keys_of(&name)?.is_empty() {
                    return Err(in_use(
                        "Cannot delete entity, must delete access keys first.",
                    ));
                }
                if !tx.iam_groups_of(&name)?.is_empty() {
                    return Err(in_use(
                        "Cannot delete entity, must remove users from group first.",
                    ));
                }
                holder::refuse_policies(tx, &format!("user/{name}"))?;
                tx.delete_iam_user(&name)?;
                tx.delete_all_tags(&user_arn(&realm, &user))?;
                Ok(())
            })
            .await
    }

    /// Makes a long-lived key; the only time that its secret is shown.
    pub async fn create_access_key(&self, caller: &Caller, user: String) -> Result<AccessKey> {
        let ctx = &caller.ctx;
        let pair = new_access_key(KeyPrefix::Akia).map_err(Error::internal)?;
        let key = AccessKey {
            id: pair.id,
            secret: pair.secret,
            active: true,
            created: ctx.now,
            user: Some(user.clone()),
            session_token: None,
            expires: None,
            role: None,
            session_name: None,
            session_policy: None,
            session_keys: None,
        };
        self.kernel
            .change(caller, "create-access-key", move |tx| {
                tx.iam_user(&user)?.ok_or_else(|| no_user(&user))?;
                if tx.access_keys_of(&user)?.len() >= KEYS_PER_USER {
                    return Err(over_quota("AccessKeysPerUser", KEYS_PER_USER));
                }
                tx.insert_access_key(&key)?;
                Ok(key.clone())
            })
            .await
    }

    /// A user's long-lived keys.
    pub async fn access_keys(&self, user: &str) -> Result<Vec<AccessKey>> {
        self.kernel
            .store
            .read(|conn| {
                conn.iam_user(user)?.ok_or_else(|| no_user(user))?;
                Ok(conn.access_keys_of(user)?)
            })
            .await
    }

    /// Switches a user's key on or off; requests signed with it are refused from then on.
    pub async fn set_access_key_active(
        &self,
        caller: &Caller,
        user: String,
        id: String,
        active: bool,
    ) -> Result<()> {
        self.kernel
            .change(caller, "update-access-key", move |tx| {
                own_key(tx, &user, &id)?;
                tx.set_access_key_active(&id, active)?;
                Ok(())
            })
            .await
    }

    /// Removes a user's key; requests signed with it are refused from then on.
    pub async fn delete_access_key(&self, caller: &Caller, user: String, id: String) -> Result<()> {
        self.kernel
            .change(caller, "delete-access-key", move |tx| {
                own_key(tx, &user, &id)?;
                tx.delete_access_key(&id)?;
                Ok(())
            })
            .await
    }
}

/// Refuses unless the long-lived key belongs to the user.
fn own_key(conn: &Conn<'_>, user: &str, id: &str) -> Result<()> {
    conn.iam_user(user)?.ok_or_else(|| no_user(user))?;
    let own = conn
        .access_key(id)?
        .is_some_and(|key| key.user.as_deref() == Some(user) && key.session_token.is_none());
    if own {
        Ok(())
    } else {
        Err(Error::not_found(format!(
            "The Access Key with id {id} cannot be found."
        )))
    }
}
