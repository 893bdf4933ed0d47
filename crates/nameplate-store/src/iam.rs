//! IAM users, roles, keys and policies, and STS sessions.
//!
//! An owner of policies is written `user/NAME` or `role/NAME`; groups, which own some too, are in `iam_group.rs`.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use std::fmt;

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// `AIDA…`.
    pub user_id: String,
    /// Begins and ends with a slash; `/` where none was given.
    pub path: String,
    /// When it was created.
    pub created: Millis,
}

/// An access key, long-lived or of a session.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// `AKIA…` or `ASIA…`.
    pub id: String,
    /// The secret. Never shown by `Debug`.
    pub secret: String,
    /// Active rather than Inactive.
    pub active: bool,
    /// When it was created.
    pub created: Millis,
    /// The user it belongs to; `None` for the account's root key and for role sessions.
    pub user: Option<String>,
    /// What a session's requests must carry beside the key.
    pub session_token: Option<String>,
    /// When a session ends.
    pub expires: Option<Millis>,
    /// The role a session has assumed.
    pub role: Option<String>,
    /// `RoleSessionName`.
    pub session_name: Option<String>,
    /// The policies that narrow the session: a JSON list of the documents' texts.
    pub session_policy: Option<String>,
    /// Condition keys that the session was given when it began, beside those that all have: a JSON object of texts.
    pub session_keys: Option<String>,
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .field("user", &self.user)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// An IAM role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// `AROA…`.
    pub role_id: String,
    /// Begins and ends with a slash; `/` where none was given.
    pub path: String,
    /// `AssumeRolePolicyDocument`.
    pub trust: String,
    /// As it was given; nothing else reads it.
    pub description: Option<String>,
    /// Longest session, seconds.
    pub max_session_seconds: i64,
    /// When it was created.
    pub created: Millis,
}

/// A customer-managed IAM policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// The store's own growing key.
    pub key: i64,
    /// Path and name are part of it; attachments name the policy by it.
    pub arn: String,
    /// Unique in the account.
    pub name: String,
    /// `ANPA…`.
    pub policy_id: String,
    /// Begins and ends with a slash; `/` where none was given.
    pub path: String,
    /// As it was given; nothing else reads it.
    pub description: Option<String>,
    /// The version in force.
    pub default_version: i64,
    /// Number that the next version gets.
    pub next_version: i64,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
}

/// One version of a customer-managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagedPolicyVersion {
    /// 1, 2, …
    pub version: i64,
    /// The document as it was given.
    pub document: String,
    /// When it was created.
    pub created: Millis,
}

fn user(row: &Row<'_>) -> Result<User> {
    Ok(User {
        key: row.int(0)?,
        name: row.text(1)?,
        user_id: row.text(2)?,
        path: row.text(3)?,
        created: Millis(row.int(4)?),
    })
}

fn access_key(row: &Row<'_>) -> Result<AccessKey> {
    Ok(AccessKey {
        id: row.text(0)?,
        user: row.opt_text(1)?,
        secret: row.text(2)?,
        active: row.flag(3)?,
        created: Millis(row.int(4)?),
        session_token: row.opt_text(5)?,
        expires: row.opt_int(6)?.map(Millis),
        role: row.opt_text(7)?,
        session_name: row.opt_text(8)?,
        session_policy: row.opt_text(9)?,
        session_keys: row.opt_text(10)?,
    })
}

fn role(row: &Row<'_>) -> Result<Role> {
    Ok(Role {
        key: row.int(0)?,
        name: row.text(1)?,
        role_id: row.text(2)?,
        path: row.text(3)?,
        trust: row.text(4)?,
        description: row.opt_text(5)?,
        max_session_seconds: row.int(6)?,
        created: Millis(row.int(7)?),
    })
}

fn managed(row: &Row<'_>) -> Result<ManagedPolicy> {
    Ok(ManagedPolicy {
        key: row.int(0)?,
        arn: row.text(1)?,
        name: row.text(2)?,
        policy_id: row.text(3)?,
        path: row.text(4)?,
        description: row.opt_text(5)?,
        default_version: row.int(6)?,
        next_version: row.int(7)?,
        created: Millis(row.int(8)?),
        modified: Millis(row.int(9)?),
    })
}

fn managed_version(row: &Row<'_>) -> Result<ManagedPolicyVersion> {
    Ok(ManagedPolicyVersion {
        version: row.int(0)?,
        document: row.text(1)?,
        created: Millis(row.int(2)?),
    })
}

impl Conn<'_> {
    /// The user of this name.
    pub fn iam_user(&self, name: &str) -> Result<Option<User>> {
        self.one(
            "SELECT id, name, user_id, path, created FROM iam_user WHERE name = $1",
            &[name.into()],
            user,
        )
    }

    /// Users beyond `after` in the order of their names.
    pub fn iam_users(&self, after: &str, limit: usize) -> Result<Vec<User>> {
        self.all(
            "SELECT id, name, user_id, path, created FROM iam_user WHERE name > $1 ORDER BY name LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            user,
        )
    }

    /// The access key with this id.
    pub fn access_key(&self, id: &str) -> Result<Option<AccessKey>> {
        self.one(
            "SELECT access_key_id, user_name, secret, active, created, session_token, expires, role_name,
             session_name, session_policy, session_keys FROM iam_access_key WHERE access_key_id = $1",
            &[id.into()],
            access_key,
        )
    }

    /// A user's long-lived access keys; there are at most two.
    pub fn access_keys_of(&self, user: &str) -> Result<Vec<AccessKey>> {
        self.all(
            "SELECT access_key_id, user_name, secret, active, created, session_token, expires, role_name,
             session_name, session_policy, session_keys FROM iam_access_key
             WHERE user_name = $1 AND session_token IS NULL ORDER BY created, access_key_id",
            &[user.into()],
            access_key,
        )
    }

    /// The role of this name.
    pub fn iam_role(&self, name: &str) -> Result<Option<Role>> {
        self.one(
            "SELECT id, name, role_id, path, trust, description, max_session_seconds, created FROM iam_role
             WHERE name = $1",
            &[name.into()],
            role,
        )
    }

    /// Roles beyond `after` in the order of their names.
    pub fn iam_roles(&self, after: &str, limit: usize) -> Result<Vec<Role>> {
        self.all(
            "SELECT id, name, role_id, path, trust, description, max_session_seconds, created FROM iam_role
             WHERE name > $1 ORDER BY name LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            role,
        )
    }

    /// The customer-managed policy with this ARN.
    pub fn managed_policy(&self, arn: &str) -> Result<Option<ManagedPolicy>> {
        self.one(
            "SELECT id, arn, name, policy_id, path, description, default_version, next_version, created, modified
             FROM iam_policy WHERE arn = $1",
            &[arn.into()],
            managed,
        )
    }

    /// Whether a customer-managed policy has this name.
    pub fn managed_policy_named(&self, name: &str) -> Result<bool> {
        Ok(self
            .one(
                "SELECT 1 FROM iam_policy WHERE name = $1 LIMIT 1",
                &[name.into()],
                |_| Ok(()),
            )?
            .is_some())
    }

    /// Customer-managed policies beyond the key `after`, oldest first.
    pub fn managed_policies(&self, after: i64, limit: usize) -> Result<Vec<ManagedPolicy>> {
        self.all(
            "SELECT id, arn, name, policy_id, path, description, default_version, next_version, created, modified
             FROM iam_policy WHERE id > $1 ORDER BY id LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            managed,
        )
    }

    /// One version of a customer-managed policy.
    pub fn managed_policy_version(
        &self,
        key: i64,
        number: i64,
    ) -> Result<Option<ManagedPolicyVersion>> {
        self.one(
            "SELECT version, document, created FROM iam_policy_version WHERE policy_id = $1 AND version = $2",
            &[key.into(), number.into()],
            managed_version,
        )
    }

    /// All versions of a customer-managed policy, oldest first; there are at most five.
    pub fn managed_policy_versions(&self, key: i64) -> Result<Vec<ManagedPolicyVersion>> {
        self.all(
            "SELECT version, document, created FROM iam_policy_version WHERE policy_id = $1 ORDER BY version",
            &[key.into()],
            managed_version,
        )
    }

    /// ARNs of the policies attached to an owner, in order.
    pub fn attached_policies_of(&self, owner: &str) -> Result<Vec<String>> {
        self.all(
            "SELECT policy_arn FROM iam_attachment WHERE owner = $1 ORDER BY policy_arn",
            &[owner.into()],
            |row| row.text(0),
        )
    }

    /// Owners that a policy is attached to.
    pub fn owners_of_policy(&self, arn: &str) -> Result<Vec<String>> {
        self.all(
            "SELECT owner FROM iam_attachment WHERE policy_arn = $1 ORDER BY owner",
            &[arn.into()],
            |row| row.text(0),
        )
    }

    /// Names and documents of an owner's inline policies, in the order of their names.
    pub fn inline_policies_of(&self, owner: &str) -> Result<Vec<(String, String)>> {
        self.all(
            "SELECT name, document FROM iam_inline_policy WHERE owner = $1 ORDER BY name",
            &[owner.into()],
            |row| Ok((row.text(0)?, row.text(1)?)),
        )
    }
}

impl Tx<'_> {
    /// Creates a user. The caller has seen that the name is free. `key` is not read.
    pub fn insert_iam_user(&mut self, new: &User) -> Result<()> {
        let key = self.next_key("iam_user")?;
        self.write(
            "INSERT INTO iam_user (id, name, user_id, path, created) VALUES ($1, $2, $3, $4, $5)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.user_id).into(),
                (&new.path).into(),
                new.created.0.into(),
            ],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Gives a user another name and path; keys, sessions and policies stay with it. The caller has seen that the
    /// new name is free.
    pub fn move_iam_user(&mut self, name: &str, new_name: &str, new_path: &str) -> Result<()> {
        self.write(
            "UPDATE iam_user SET name = $1, path = $2 WHERE name = $3",
            &[new_name.into(), new_path.into(), name.into()],
        )?;
        self.write(
            "UPDATE iam_access_key SET user_name = $1 WHERE user_name = $2",
            &[new_name.into(), name.into()],
        )?;
        let (old_owner, new_owner) = (format!("user/{name}"), format!("user/{new_name}"));
        for sql in [
            "UPDATE iam_attachment SET owner = $1 WHERE owner = $2",
            "UPDATE iam_inline_policy SET owner = $1 WHERE owner = $2",
        ] {
            self.write(sql, &[(&new_owner).into(), (&old_owner).into()])?;
        }
        self.write(
            "UPDATE iam_member SET user_name = $1 WHERE user_name = $2",
            &[new_name.into(), name.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Removes a user and its sessions. The caller has seen that nothing else hangs on it.
    pub fn delete_iam_user(&mut self, name: &str) -> Result<()> {
        // Or a later user of this name would be reached by its predecessor's sessions.
        self.write(
            "DELETE FROM iam_access_key WHERE user_name = $1",
            &[name.into()],
        )?;
        self.write("DELETE FROM iam_user WHERE name = $1", &[name.into()])?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Adds an access key or a session's key.
    pub fn insert_access_key(&mut self, key: &AccessKey) -> Result<()> {
        self.write(
            "INSERT INTO iam_access_key (access_key_id, user_name, secret, active, created, session_token, expires,
             role_name, session_name, session_policy, session_keys)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &[
                (&key.id).into(),
                key.user.as_deref().into(),
                (&key.secret).into(),
                key.active.into(),
                key.created.0.into(),
                key.session_token.as_deref().into(),
                key.expires.map(|m| m.0).into(),
                key.role.as_deref().into(),
                key.session_name.as_deref().into(),
                key.session_policy.as_deref().into(),
                key.session_keys.as_deref().into(),
            ],
        )?;
        // Nothing that was read before can be about this key.
        Ok(())
    }

    /// Switches an access key on or off.
    pub fn set_access_key_active(&mut self, id: &str, active: bool) -> Result<()> {
        self.write(
            "UPDATE iam_access_key SET active = $1 WHERE access_key_id = $2",
            &[active.into(), id.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Removes an access key.
    pub fn delete_access_key(&mut self, id: &str) -> Result<()> {
        self.write(
            "DELETE FROM iam_access_key WHERE access_key_id = $1",
            &[id.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Removes the keys of sessions that ended before `time`.
    pub fn delete_expired_sessions(&mut self, time: Millis) -> Result<usize> {
        self.count(
            "DELETE FROM iam_access_key WHERE expires IS NOT NULL AND expires < $1",
            &[time.0.into()],
        )
    }

    /// Creates a role. `key` is not read.
    pub fn insert_iam_role(&mut self, new: &Role) -> Result<()> {
        let key = self.next_key("iam_role")?;
        self.write(
            "INSERT INTO iam_role (id, name, role_id, path, trust, description, max_session_seconds, created)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.role_id).into(),
                (&new.path).into(),
                (&new.trust).into(),
                new.description.as_deref().into(),
                new.max_session_seconds.into(),
                new.created.0.into(),
            ],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Writes a role's trust policy, description and longest session.
    pub fn update_iam_role(&mut self, role: &Role) -> Result<()> {
        self.write(
            "UPDATE iam_role SET trust = $1, description = $2, max_session_seconds = $3 WHERE name = $4",
            &[
                (&role.trust).into(),
                role.description.as_deref().into(),
                role.max_session_seconds.into(),
                (&role.name).into(),
            ],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Removes a role and its sessions. The caller has seen that no policy hangs on it.
    pub fn delete_iam_role(&mut self, name: &str) -> Result<()> {
        // Or a later role of this name would be reached by its predecessor's sessions.
        self.write(
            "DELETE FROM iam_access_key WHERE role_name = $1",
            &[name.into()],
        )?;
        self.write("DELETE FROM iam_role WHERE name = $1", &[name.into()])?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Creates a customer-managed policy with version 1 in force. Key and counters of `new` are not read.
    pub fn insert_managed_policy(&mut self, new: &ManagedPolicy, document: &str) -> Result<()> {
        let key = self.next_key("iam_policy")?;
        self.write(
            "INSERT INTO iam_policy (id, arn, name, policy_id, path, description, default_version, next_version,
             created, modified) VALUES ($1, $2, $3, $4, $5, $6, 1, 2, $7, $8)",
            &[
                key.into(),
                (&new.arn).into(),
                (&new.name).into(),
                (&new.policy_id).into(),
                (&new.path).into(),
                new.description.as_deref().into(),
                new.created.0.into(),
                new.created.0.into(),
            ],
        )?;
        self.write(
            "INSERT INTO iam_policy_version (policy_id, version, document, created) VALUES ($1, 1, $2, $3)",
            &[key.into(), document.into(), new.created.0.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Adds a version; its number.
    pub fn insert_managed_policy_version(
        &mut self,
        policy: &ManagedPolicy,
        document: &str,
        in_force: bool,
        now: Millis,
    ) -> Result<i64> {
        let number = policy.next_version;
        self.write(
            "INSERT INTO iam_policy_version (policy_id, version, document, created) VALUES ($1, $2, $3, $4)",
            &[
                policy.key.into(),
                number.into(),
                document.into(),
                now.0.into(),
            ],
        )?;
        let default = if in_force {
            number
        } else {
            policy.default_version
        };
        self.write(
            "UPDATE iam_policy SET next_version = $1, default_version = $2, modified = $3 WHERE id = $4",
            &[
                (number + 1).into(),
                default.into(),
                now.0.into(),
                policy.key.into(),
            ],
        )?;
        self.notice(Notice::Iam);
        Ok(number)
    }

    /// Puts another version of a customer-managed policy in force.
    pub fn set_default_managed_policy_version(
        &mut self,
        key: i64,
        number: i64,
        now: Millis,
    ) -> Result<()> {
        self.write(
            "UPDATE iam_policy SET default_version = $1, modified = $2 WHERE id = $3",
            &[number.into(), now.0.into(), key.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Removes one version of a customer-managed policy.
    pub fn delete_managed_policy_version(&mut self, key: i64, number: i64) -> Result<()> {
        self.write(
            "DELETE FROM iam_policy_version WHERE policy_id = $1 AND version = $2",
            &[key.into(), number.into()],
        )?;
        Ok(())
    }

    /// Removes a customer-managed policy and its versions.
    pub fn delete_managed_policy(&mut self, key: i64) -> Result<()> {
        self.write(
            "DELETE FROM iam_policy_version WHERE policy_id = $1",
            &[key.into()],
        )?;
        self.write("DELETE FROM iam_policy WHERE id = $1", &[key.into()])?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Attaches a policy to an owner; again is no change.
    pub fn attach_iam_policy(&mut self, owner: &str, arn: &str) -> Result<()> {
        self.write(
            "INSERT INTO iam_attachment (owner, policy_arn) VALUES ($1, $2)
             ON CONFLICT (owner, policy_arn) DO NOTHING",
            &[owner.into(), arn.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Detaches a policy from an owner; whether it was attached.
    pub fn detach_iam_policy(&mut self, owner: &str, arn: &str) -> Result<bool> {
        let removed = self.count(
            "DELETE FROM iam_attachment WHERE owner = $1 AND policy_arn = $2",
            &[owner.into(), arn.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(removed > 0)
    }

    /// Writes an inline policy, over one of the same name.
    pub fn put_inline_policy(&mut self, owner: &str, name: &str, document: &str) -> Result<()> {
        self.write(
            "INSERT INTO iam_inline_policy (owner, name, document) VALUES ($1, $2, $3)
             ON CONFLICT (owner, name) DO UPDATE SET document = excluded.document",
            &[owner.into(), name.into(), document.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Removes an inline policy; whether there was one.
    pub fn delete_inline_policy(&mut self, owner: &str, name: &str) -> Result<bool> {
        let removed = self.count(
            "DELETE FROM iam_inline_policy WHERE owner = $1 AND name = $2",
            &[owner.into(), name.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(removed > 0)
    }
}
