//! IAM groups with their members, and instance profiles.
//!
//! As an owner of policies a group is written `group/NAME`.

use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// An IAM group: its members have its policies beside their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// `AGPA…`.
    pub group_id: String,
    /// Begins and ends with a slash; `/` where none was given.
    pub path: String,
    /// When it was created.
    pub created: Millis,
}

/// What hands a role to an instance of a service elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceProfile {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// `AIPA…`.
    pub profile_id: String,
    /// Begins and ends with a slash; `/` where none was given.
    pub path: String,
    /// Name of the role it hands on.
    pub role: Option<String>,
    /// When it was created.
    pub created: Millis,
}

fn group(row: &Row<'_>) -> Result<Group> {
    Ok(Group {
        key: row.int(0)?,
        name: row.text(1)?,
        group_id: row.text(2)?,
        path: row.text(3)?,
        created: Millis(row.int(4)?),
    })
}

fn profile(row: &Row<'_>) -> Result<InstanceProfile> {
    Ok(InstanceProfile {
        key: row.int(0)?,
        name: row.text(1)?,
        profile_id: row.text(2)?,
        path: row.text(3)?,
        role: row.opt_text(4)?,
        created: Millis(row.int(5)?),
    })
}

impl Conn<'_> {
    /// The group of this name.
    pub fn iam_group(&self, name: &str) -> Result<Option<Group>> {
        self.one(
            "SELECT id, name, group_id, path, created FROM iam_group WHERE name = $1",
            &[name.into()],
            group,
        )
    }

    /// Groups beyond `after` in the order of their names.
    pub fn iam_groups(&self, after: &str, limit: usize) -> Result<Vec<Group>> {
        self.all(
            "SELECT id, name, group_id, path, created FROM iam_group WHERE name > $1 ORDER BY name LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            group,
        )
    }

    /// Names of the groups that a user is a member of, in order; there are at most ten.
    pub fn iam_groups_of(&self, user: &str) -> Result<Vec<String>> {
        self.all(
            "SELECT group_name FROM iam_member WHERE user_name = $1 ORDER BY group_name",
            &[user.into()],
            |row| row.text(0),
        )
    }

    /// Names of a group's members beyond `after`, in order.
    pub fn iam_members(&self, name: &str, after: &str, limit: usize) -> Result<Vec<String>> {
        self.all(
            "SELECT user_name FROM iam_member WHERE group_name = $1 AND user_name > $2 ORDER BY user_name LIMIT $3",
            &[name.into(), after.into(), Value::Int(limit as i64)],
            |row| row.text(0),
        )
    }

    /// The instance profile of this name.
    pub fn iam_instance_profile(&self, name: &str) -> Result<Option<InstanceProfile>> {
        self.one(
            "SELECT id, name, profile_id, path, role_name, created FROM iam_instance_profile WHERE name = $1",
            &[name.into()],
            profile,
        )
    }

    /// Instance profiles beyond `after` in the order of their names.
    pub fn iam_instance_profiles(&self, after: &str, limit: usize) -> Result<Vec<InstanceProfile>> {
        self.all(
            "SELECT id, name, profile_id, path, role_name, created FROM iam_instance_profile
             WHERE name > $1 ORDER BY name LIMIT $2",
            &[after.into(), Value::Int(limit as i64)],
            profile,
        )
    }

    /// The instance profiles that hand on a role, beyond `after` in the order of their names.
    pub fn iam_instance_profiles_of(
        &self,
        role: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<InstanceProfile>> {
        self.all(
            "SELECT id, name, profile_id, path, role_name, created FROM iam_instance_profile
             WHERE role_name = $1 AND name > $2 ORDER BY name LIMIT $3",
            &[role.into(), after.into(), Value::Int(limit as i64)],
            profile,
        )
    }
}

impl Tx<'_> {
    /// Creates a group. The caller has seen that the name is free. `key` is not read.
    pub fn insert_iam_group(&mut self, new: &Group) -> Result<()> {
        let key = self.next_key("iam_group")?;
        self.write(
            "INSERT INTO iam_group (id, name, group_id, path, created) VALUES ($1, $2, $3, $4, $5)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.group_id).into(),
                (&new.path).into(),
                new.created.0.into(),
            ],
        )
    }

    /// Gives a group another name and path; members and policies stay with it. The caller has seen that the new name
    /// is free.
    pub fn move_iam_group(&mut self, name: &str, new_name: &str, new_path: &str) -> Result<()> {
        self.write(
            "UPDATE iam_group SET name = $1, path = $2 WHERE name = $3",
            &[new_name.into(), new_path.into(), name.into()],
        )?;
        self.write(
            "UPDATE iam_member SET group_name = $1 WHERE group_name = $2",
            &[new_name.into(), name.into()],
        )?;
        let (old_owner, new_owner) = (format!("group/{name}"), format!("group/{new_name}"));
        for sql in [
            "UPDATE iam_attachment SET owner = $1 WHERE owner = $2",
            "UPDATE iam_inline_policy SET owner = $1 WHERE owner = $2",
        ] {
            self.write(sql, &[(&new_owner).into(), (&old_owner).into()])?;
        }
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Removes a group. The caller has seen that it has neither members nor policies.
    pub fn delete_iam_group(&mut self, name: &str) -> Result<()> {
        self.write("DELETE FROM iam_group WHERE name = $1", &[name.into()])?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Makes a user a member of a group; again is no change.
    pub fn insert_iam_member(&mut self, group: &str, user: &str) -> Result<()> {
        self.write(
            "INSERT INTO iam_member (group_name, user_name) VALUES ($1, $2)
             ON CONFLICT (group_name, user_name) DO NOTHING",
            &[group.into(), user.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(())
    }

    /// Ends a membership; whether there was one.
    pub fn delete_iam_member(&mut self, group: &str, user: &str) -> Result<bool> {
        let removed = self.count(
            "DELETE FROM iam_member WHERE group_name = $1 AND user_name = $2",
            &[group.into(), user.into()],
        )?;
        self.notice(Notice::Iam);
        Ok(removed > 0)
    }

    /// Creates an instance profile. The caller has seen that the name is free. `key` is not read.
    pub fn insert_iam_instance_profile(&mut self, new: &InstanceProfile) -> Result<()> {
        let key = self.next_key("iam_instance_profile")?;
        self.write(
            "INSERT INTO iam_instance_profile (id, name, profile_id, path, role_name, created)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                key.into(),
                (&new.name).into(),
                (&new.profile_id).into(),
                (&new.path).into(),
                new.role.as_deref().into(),
                new.created.0.into(),
            ],
        )
    }

    /// Puts a role into an instance profile, or takes it out.
    pub fn set_iam_instance_profile_role(&mut self, name: &str, role: Option<&str>) -> Result<()> {
        self.write(
            "UPDATE iam_instance_profile SET role_name = $1 WHERE name = $2",
            &[role.into(), name.into()],
        )
    }

    /// Removes an instance profile. The caller has seen that it has no role.
    pub fn delete_iam_instance_profile(&mut self, name: &str) -> Result<()> {
        self.write(
            "DELETE FROM iam_instance_profile WHERE name = $1",
            &[name.into()],
        )
    }
}
