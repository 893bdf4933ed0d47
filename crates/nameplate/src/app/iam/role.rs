//! Roles: who may take one on, and for how long.
//!
//! Owns the rules of creating, changing and removing a role. What hangs on it is in [`super::holder`].

use super::holder::{self, Tags};
use super::{Iam, Role, check_document, entity_arn, exists, in_use, over_quota, policy_chars};
use crate::app::caller::Caller;
use crate::app::{Error, Result};
use crate::authority::{EntityPrefix, new_entity_id};
use nameplate_core::arn::Realm;
use nameplate_core::policy::Dialect;

/// Characters of a trust policy, white space not counted: IAM's quota at its highest.
const TRUST_CHARS: usize = 4096;
/// Longest session of a role whose creator named none, seconds.
const MAX_SESSION_SECONDS: i64 = 3600;

/// What a role is created from.
#[derive(Debug, Clone)]
pub struct NewRole {
    /// Unique in the account.
    pub name: String,
    /// `/` or `/path/`.
    pub path: String,
    /// The trust policy.
    pub trust: String,
    /// Description.
    pub description: Option<String>,
    /// Longest session, seconds.
    pub max_session_seconds: Option<i64>,
    /// Tags.
    pub tags: Tags,
}

/// A role, its ARN and its tags.
#[derive(Debug, Clone)]
pub struct TaggedRole {
    /// The role.
    pub role: Role,
    /// Its ARN.
    pub arn: String,
    /// Its tags.
    pub tags: Tags,
}

/// The refusal where no role has the name.
pub(super) fn no_role(name: &str) -> Error {
    Error::not_found(format!("The role with name {name} cannot be found."))
}

pub(super) fn role_arn(realm: &Realm, role: &Role) -> String {
    entity_arn(realm, "role", &role.path, &role.name)
}

fn check_trust(text: &str) -> Result<()> {
    if policy_chars(text) > TRUST_CHARS {
        return Err(over_quota("ACLSizePerRole", TRUST_CHARS));
    }
    check_document(text, Dialect::IamTrust)
}

impl Iam {
    /// The ARN of a role that was read.
    pub fn role_arn(&self, role: &Role) -> String {
        role_arn(self.kernel.realm(), role)
    }

    /// Creates a role.
    pub async fn create_role(&self, caller: &Caller, new: NewRole) -> Result<TaggedRole> {
        let ctx = &caller.ctx;
        check_trust(&new.trust)?;
        holder::check_tags("TagsPerRole", &[], &new.tags)?;
        let role = Role {
            key: 0,
            role_id: new_entity_id(EntityPrefix::Aroa).map_err(Error::internal)?,
            name: new.name,
            path: new.path,
            trust: new.trust,
            description: new.description,
            max_session_seconds: new.max_session_seconds.unwrap_or(MAX_SESSION_SECONDS),
            created: ctx.now,
        };
        let created = TaggedRole {
            arn: self.role_arn(&role),
            role,
            tags: new.tags,
        };
        self.kernel
            .change(caller, "create-role", move |tx| {
                let role = &created.role;
                if tx.iam_role(&role.name)?.is_some() {
                    return Err(exists(format!(
                        "Role with name {} already exists.",
                        role.name
                    )));
                }
                tx.insert_iam_role(role)?;
                tx.put_tags(&created.arn, &created.tags)?;
                Ok(created.clone())
            })
            .await
    }

    /// The role of this name.
    pub async fn role(&self, name: &str) -> Result<TaggedRole> {
        self.kernel
            .store
            .read(|conn| {
                let role = conn.iam_role(name)?.ok_or_else(|| no_role(name))?;
                let arn = self.role_arn(&role);
                let tags = holder::tags_of(conn, &arn)?;
                Ok(TaggedRole { role, arn, tags })
            })
            .await
    }

    /// At most `limit` roles whose path begins with `prefix`, by name, beyond `after`.
    pub async fn roles(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<Role>> {
        self.kernel
            .store
            .read(|conn| {
                holder::by_prefix(
                    after,
                    limit,
                    |after, limit| Ok(conn.iam_roles(after, limit)?),
                    |role| (&role.name, role.path.starts_with(prefix)),
                )
            })
            .await
    }

    /// Changes what is given of a role.
    pub async fn update_role(
        &self,
        caller: &Caller,
        name: String,
        trust: Option<String>,
        description: Option<String>,
        max_session_seconds: Option<i64>,
    ) -> Result<Role> {
        if let Some(trust) = &trust {
            check_trust(trust)?;
        }
        self.kernel
            .change(caller, "update-role", move |tx| {
                let mut role = tx.iam_role(&name)?.ok_or_else(|| no_role(&name))?;
                if let Some(trust) = &trust {
                    role.trust.clone_from(trust);
                }
                if description.is_some() {
                    role.description.clone_from(&description);
                }
                if let Some(seconds) = max_session_seconds {
                    role.max_session_seconds = seconds;
                }
                tx.update_iam_role(&role)?;
                Ok(role)
            })
            .await
    }

    /// Removes a role that no policy hangs on and no instance profile hands on, and its sessions with it.
    pub async fn delete_role(&self, caller: &Caller, name: String) -> Result<()> {
        let realm = self.kernel.realm().clone();
        self.kernel
            .change(caller, "delete-role", move |tx| {
                let role = tx.iam_role(&name)?.ok_or_else(|| no_role(&name))?;
                if !tx.iam_instance_profiles_of(&name, "", 1)?.is_empty() {
                    return Err(in_use(
                        "Cannot delete entity, must remove roles from instance profile first.",
                    ));
                }
                holder::refuse_policies(tx, &format!("role/{name}"))?;
                tx.delete_iam_role(&name)?;
                tx.delete_all_tags(&role_arn(&realm, &role))?;
                Ok(())
            })
            .await
    }
}
