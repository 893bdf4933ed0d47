//! Instance profiles: names under which instances of services elsewhere are handed a role.
//!
//! Owns the rules of creating, filling and removing one. No instance runs here, so that nobody takes the role; what
//! sets accounts up makes them beside its roles, and a role in one cannot be removed.

use super::holder::{self, Tags};
use super::role::no_role;
use super::{Iam, InstanceProfile, Role, entity_arn, exists, in_use, over_quota};
use crate::app::caller::Caller;
use crate::app::{Error, Kind, Result};
use crate::authority::{EntityPrefix, new_entity_id};
use nameplate_core::arn::Realm;
use nameplate_store::Conn;

/// Instance profiles of an account (IAM user guide: quotas).
const PROFILES: usize = 1000;

/// An instance profile with its ARN, the role in it, and its tags.
#[derive(Debug, Clone)]
pub struct ProfileView {
    /// The instance profile.
    pub profile: InstanceProfile,
    /// Its ARN.
    pub arn: String,
    /// The role in it.
    pub role: Option<Role>,
    /// Its tags.
    pub tags: Tags,
}

/// The refusal where no instance profile has the name.
pub(super) fn no_profile(name: &str) -> Error {
    Error::not_found(format!("Instance Profile {name} cannot be found."))
}

pub(super) fn profile_arn(realm: &Realm, profile: &InstanceProfile) -> String {
    entity_arn(realm, "instance-profile", &profile.path, &profile.name)
}

fn found(conn: &Conn<'_>, name: &str) -> Result<InstanceProfile> {
    conn.iam_instance_profile(name)?
        .ok_or_else(|| no_profile(name))
}

fn view(conn: &Conn<'_>, realm: &Realm, profile: InstanceProfile) -> Result<ProfileView> {
    let arn = profile_arn(realm, &profile);
    let role = match &profile.role {
        Some(name) => conn.iam_role(name)?,
        None => None,
    };
    Ok(ProfileView {
        tags: holder::tags_of(conn, &arn)?,
        arn,
        role,
        profile,
    })
}

impl Iam {
    /// Creates an instance profile without a role.
    pub async fn create_instance_profile(
        &self,
        caller: &Caller,
        name: String,
        path: String,
        tags: Tags,
    ) -> Result<ProfileView> {
        holder::check_tags("TagsPerInstanceProfile", &[], &tags)?;
        let profile = InstanceProfile {
            key: 0,
            profile_id: new_entity_id(EntityPrefix::Aipa).map_err(Error::internal)?,
            name,
            path,
            role: None,
            created: caller.ctx.now,
        };
        let created = ProfileView {
            arn: profile_arn(self.kernel.realm(), &profile),
            role: None,
            profile,
            tags,
        };
        self.kernel
            .change(caller, "create-instance-profile", move |tx| {
                let name = &created.profile.name;
                if tx.iam_instance_profile(name)?.is_some() {
                    return Err(exists(format!("Instance Profile {name} already exists.")));
                }
                if tx.iam_instance_profiles("", PROFILES)?.len() >= PROFILES {
                    return Err(over_quota("InstanceProfilesPerAccount", PROFILES));
                }
                tx.insert_iam_instance_profile(&created.profile)?;
                tx.put_tags(&created.arn, &created.tags)?;
                Ok(created.clone())
            })
            .await
    }

    /// The instance profile of this name.
    pub async fn instance_profile(&self, name: &str) -> Result<ProfileView> {
        self.kernel
            .store
            .read(|conn| view(conn, self.kernel.realm(), found(conn, name)?))
            .await
    }

    /// The ARN of the instance profile; what it would be without a path where there is none, so that permission can
    /// be asked before existence is told.
    pub async fn instance_profile_arn(&self, name: &str) -> Result<String> {
        match self.instance_profile(name).await {
            Ok(found) => Ok(found.arn),
            Err(error) if error.kind == Kind::NotFound => Ok(entity_arn(
                self.kernel.realm(),
                "instance-profile",
                "/",
                name,
            )),
            Err(error) => Err(error),
        }
    }

    /// At most `limit` instance profiles whose path begins with `prefix`, by name, beyond `after`; those of one role,
    /// where it is given.
    pub async fn instance_profiles(
        &self,
        role: Option<&str>,
        prefix: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<ProfileView>> {
        self.kernel
            .store
            .read(|conn| {
                if let Some(role) = role {
                    conn.iam_role(role)?.ok_or_else(|| no_role(role))?;
                }
                let profiles = holder::by_prefix(
                    after,
                    limit,
                    |after, limit| match role {
                        Some(role) => Ok(conn.iam_instance_profiles_of(role, after, limit)?),
                        None => Ok(conn.iam_instance_profiles(after, limit)?),
                    },
                    |profile| (&profile.name, profile.path.starts_with(prefix)),
                )?;
                profiles
                    .into_iter()
                    .map(|profile| view(conn, self.kernel.realm(), profile))
                    .collect()
            })
            .await
    }

    /// Puts a role into an instance profile that has none. Whether the caller may pass the role has been asked.
    pub async fn add_role_to_instance_profile(
        &self,
        caller: &Caller,
        name: String,
        role: String,
    ) -> Result<()> {
        self.kernel
            .change(caller, "add-role-to-instance-profile", move |tx| {
                let profile = found(tx, &name)?;
                tx.iam_role(&role)?.ok_or_else(|| no_role(&role))?;
                if profile.role.is_some() {
                    return Err(over_quota("InstanceSessionsPerInstanceProfile", 1));
                }
                tx.set_iam_instance_profile_role(&name, Some(&role))?;
                Ok(())
            })
            .await
    }

    /// Takes the role out of an instance profile.
    pub async fn remove_role_from_instance_profile(
        &self,
        caller: &Caller,
        name: String,
        role: String,
    ) -> Result<()> {
        self.kernel
            .change(caller, "remove-role-from-instance-profile", move |tx| {
                let profile = found(tx, &name)?;
                if profile.role.as_ref() != Some(&role) {
                    return Err(no_role(&role));
                }
                tx.set_iam_instance_profile_role(&name, None)?;
                Ok(())
            })
            .await
    }

    /// Removes an instance profile that has no role.
    pub async fn delete_instance_profile(&self, caller: &Caller, name: String) -> Result<()> {
        let realm = self.kernel.realm().clone();
        self.kernel
            .change(caller, "delete-instance-profile", move |tx| {
                let profile = found(tx, &name)?;
                if profile.role.is_some() {
                    return Err(in_use(
                        "Cannot delete entity, must remove roles from instance profile first.",
                    ));
                }
                tx.delete_iam_instance_profile(&name)?;
                tx.delete_all_tags(&profile_arn(&realm, &profile))?;
                Ok(())
            })
            .await
    }
}
