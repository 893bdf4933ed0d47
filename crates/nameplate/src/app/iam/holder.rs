//! What hangs on a user, a role or a group: attached policies and inline policies; and the tags of all that has some.
//!
//! Owns the rules that are the same for all of them, so that they cannot drift apart.

use super::{
    Iam, check_document, entity_arn, group, in_use, instance_profile, over_quota, policy, role,
    user,
};
use crate::app::caller::Caller;
use crate::app::{Error, Kind, Result};
use nameplate_core::arn::{Arn, Realm};
use nameplate_core::policy::Dialect;
use nameplate_store::{Conn, Notice};
use std::collections::HashSet;

/// Managed policies attached to one user, role or group (IAM user guide: quotas).
const ATTACHED: usize = 10;
/// Tags of one entity (IAM user guide: quotas).
const TAGS: usize = 50;
/// Rows read at a time where a filter may drop some.
const CHUNK: usize = 200;

/// Names and values of tags.
pub type Tags = Vec<(String, String)>;

/// A user, a role or a group, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A user.
    User(String),
    /// A role.
    Role(String),
    /// A group.
    Group(String),
}

impl Holder {
    /// As the store names the owner of a policy.
    pub(super) fn owner(&self) -> String {
        match self {
            Holder::User(name) => format!("user/{name}"),
            Holder::Role(name) => format!("role/{name}"),
            Holder::Group(name) => format!("group/{name}"),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Holder::User(name) | Holder::Role(name) | Holder::Group(name) => name,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Holder::User(_) => "user",
            Holder::Role(_) => "role",
            Holder::Group(_) => "group",
        }
    }

    fn quota(&self, of: &str) -> String {
        match self {
            Holder::User(_) => format!("{of}PerUser"),
            Holder::Role(_) => format!("{of}PerRole"),
            Holder::Group(_) => format!("{of}PerGroup"),
        }
    }

    /// Characters of all inline policies together (IAM user guide: quotas).
    fn inline_chars(&self) -> usize {
        match self {
            Holder::User(_) => 2048,
            Holder::Role(_) => 10_240,
            Holder::Group(_) => 5120,
        }
    }

    /// Its path; refused where it does not exist.
    fn path(&self, conn: &Conn<'_>) -> Result<String> {
        match self {
            Holder::User(name) => match conn.iam_user(name)? {
                Some(found) => Ok(found.path),
                None => Err(user::no_user(name)),
            },
            Holder::Role(name) => match conn.iam_role(name)? {
                Some(found) => Ok(found.path),
                None => Err(role::no_role(name)),
            },
            Holder::Group(name) => match conn.iam_group(name)? {
                Some(found) => Ok(found.path),
                None => Err(group::no_group(name)),
            },
        }
    }

    fn arn(&self, conn: &Conn<'_>, realm: &Realm) -> Result<String> {
        Ok(entity_arn(
            realm,
            self.kind(),
            &self.path(conn)?,
            self.name(),
        ))
    }

    fn no_inline_policy(&self, policy: &str) -> Error {
        Error::not_found(format!(
            "The {} policy with name {policy} cannot be found.",
            self.kind()
        ))
    }
}

/// What tags are put on: users and roles, policies by their ARN, instance profiles by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tagged {
    /// A user or a role.
    Holder(Holder),
    /// A managed policy of the account.
    Policy(String),
    /// An instance profile.
    InstanceProfile(String),
}

impl Tagged {
    /// Its ARN; refused where it does not exist.
    fn arn(&self, conn: &Conn<'_>, realm: &Realm) -> Result<String> {
        match self {
            Tagged::Holder(holder) => holder.arn(conn, realm),
            Tagged::Policy(arn) if policy::exists(conn, realm, arn)? => Ok(arn.clone()),
            Tagged::Policy(arn) => Err(policy::not_found(realm, arn)),
            Tagged::InstanceProfile(name) => {
                let found = conn.iam_instance_profile(name)?;
                let profile = found.ok_or_else(|| instance_profile::no_profile(name))?;
                Ok(instance_profile::profile_arn(realm, &profile))
            }
        }
    }

    fn quota(&self) -> String {
        match self {
            Tagged::Holder(holder) => holder.quota("Tags"),
            Tagged::Policy(_) => "TagsPerPolicy".to_owned(),
            Tagged::InstanceProfile(_) => "TagsPerInstanceProfile".to_owned(),
        }
    }
}

/// The tags of the entity with this ARN, by name.
pub(super) fn tags_of(conn: &Conn<'_>, arn: &str) -> Result<Tags> {
    Ok(conn.tags(arn, "", TAGS)?)
}

/// Refuses tags that name a key twice, in any case, or would be too many beside those that are there.
pub(super) fn check_tags(
    quota: &str,
    present: &[(String, String)],
    new: &[(String, String)],
) -> Result<()> {
    let mut names = HashSet::new();
    for (name, _) in new {
        if !names.insert(name.to_lowercase()) {
            return Err(Error::invalid(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        if name.to_lowercase().starts_with("aws:") {
            return Err(Error::invalid(format!(
                "The tag key {name:?} begins with aws:, which is reserved"
            )));
        }
    }
    let kept = present
        .iter()
        .filter(|(name, _)| !names.contains(&name.to_lowercase()))
        .count();
    if kept + new.len() > TAGS {
        return Err(over_quota(quota, TAGS));
    }
    Ok(())
}

/// Refuses to remove what policies still hang on.
pub(super) fn refuse_policies(conn: &Conn<'_>, owner: &str) -> Result<()> {
    if !conn.attached_policies_of(owner)?.is_empty() {
        return Err(in_use(
            "Cannot delete entity, must detach all policies first.",
        ));
    }
    if !conn.inline_policies_of(owner)?.is_empty() {
        return Err(in_use("Cannot delete entity, must delete policies first."));
    }
    Ok(())
}

/// At most `limit` items beyond `after`, of those that `judge` keeps; it also tells an item's name.
pub(super) fn by_prefix<T>(
    after: &str,
    limit: usize,
    mut read: impl FnMut(&str, usize) -> Result<Vec<T>>,
    judge: impl Fn(&T) -> (&String, bool),
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    let mut after = after.to_owned();
    loop {
        let chunk = read(&after, CHUNK)?;
        let Some(last) = chunk.last() else {
            return Ok(found);
        };
        after.clone_from(judge(last).0);
        let wanted = limit - found.len();
        found.extend(chunk.into_iter().filter(|item| judge(item).1).take(wanted));
        if found.len() >= limit {
            return Ok(found);
        }
    }
}

impl Iam {
    /// The ARN of the user, role or group; what it would be without a path where there is none, so that permission can be
    /// asked before existence is told.
    pub async fn holder_arn(&self, holder: &Holder) -> Result<String> {
        self.kernel
            .store
            .read(|conn| match holder.arn(conn, self.kernel.realm()) {
                Err(error) if error.kind == Kind::NotFound => Ok(entity_arn(
                    self.kernel.realm(),
                    holder.kind(),
                    "/",
                    holder.name(),
                )),
                answer => answer,
            })
            .await
    }

    /// Attaches a managed policy; again is no change.
    pub async fn attach_managed_policy(
        &self,
        caller: &Caller,
        holder: Holder,
        arn: String,
    ) -> Result<()> {
        let realm = self.kernel.realm().clone();
        if Arn::parse(&arn).is_none() {
            return Err(Error::invalid(format!("ARN {arn} is not valid.")));
        }
        self.kernel
            .change(caller, "attach-iam-policy", move |tx| {
                holder.path(tx)?;
                if !policy::exists(tx, &realm, &arn)? {
                    return Err(Error::not_found(format!(
                        "Policy {arn} does not exist or is not attachable.{}",
                        realm.partition_hint(&arn)
                    )));
                }
                let owner = holder.owner();
                let attached = tx.attached_policies_of(&owner)?;
                if attached.len() >= ATTACHED && !attached.contains(&arn) {
                    return Err(over_quota(&holder.quota("Policies"), ATTACHED));
                }
                tx.attach_iam_policy(&owner, &arn)?;
                Ok(())
            })
            .await
    }

    /// Detaches a managed policy.
    pub async fn detach_managed_policy(
        &self,
        caller: &Caller,
        holder: Holder,
        arn: String,
    ) -> Result<()> {
        let realm = self.kernel.realm().clone();
        self.kernel
            .change(caller, "detach-iam-policy", move |tx| {
                holder.path(tx)?;
                if tx.detach_iam_policy(&holder.owner(), &arn)? {
                    Ok(())
                } else {
                    Err(policy::not_found(&realm, &arn))
                }
            })
            .await
    }

    /// ARNs of the attached managed policies, in order.
    pub async fn attached_managed_policies(&self, holder: &Holder) -> Result<Vec<String>> {
        self.kernel
            .store
            .read(|conn| {
                holder.path(conn)?;
                Ok(conn.attached_policies_of(&holder.owner())?)
            })
            .await
    }

    /// Writes an inline policy, over one of the same name.
    pub async fn put_inline_policy(
        &self,
        caller: &Caller,
        holder: Holder,
        name: String,
        document: String,
    ) -> Result<()> {
        let too_long = |holder: &Holder| {
            Error::new(
                Kind::Limit,
                format!(
                    "Maximum policy size of {} bytes exceeded for {} {}",
                    holder.inline_chars(),
                    holder.kind(),
                    holder.name()
                ),
            )
        };
        if super::policy_chars(&document) > holder.inline_chars() {
            return Err(too_long(&holder));
        }
        check_document(&document, Dialect::IamIdentity)?;
        self.kernel
            .change(caller, "put-inline-policy", move |tx| {
                holder.path(tx)?;
                let owner = holder.owner();
                let others: usize = tx
                    .inline_policies_of(&owner)?
                    .iter()
                    .filter(|(other, _)| *other != name)
                    .map(|(_, document)| super::policy_chars(document))
                    .sum();
                if others + super::policy_chars(&document) > holder.inline_chars() {
                    return Err(too_long(&holder));
                }
                tx.put_inline_policy(&owner, &name, &document)?;
                Ok(())
            })
            .await
    }

    /// Names and documents of the inline policies, by name.
    pub async fn inline_policies(&self, holder: &Holder) -> Result<Vec<(String, String)>> {
        self.kernel
            .store
            .read(|conn| {
                holder.path(conn)?;
                Ok(conn.inline_policies_of(&holder.owner())?)
            })
            .await
    }

    /// The document of an inline policy.
    pub async fn inline_policy(&self, holder: &Holder, name: &str) -> Result<String> {
        self.inline_policies(holder)
            .await?
            .into_iter()
            .find(|(found, _)| found == name)
            .map(|(_, document)| document)
            .ok_or_else(|| holder.no_inline_policy(name))
    }

    /// Removes an inline policy.
    pub async fn delete_inline_policy(
        &self,
        caller: &Caller,
        holder: Holder,
        name: String,
    ) -> Result<()> {
        self.kernel
            .change(caller, "delete-inline-policy", move |tx| {
                holder.path(tx)?;
                if tx.delete_inline_policy(&holder.owner(), &name)? {
                    Ok(())
                } else {
                    Err(holder.no_inline_policy(&name))
                }
            })
            .await
    }

    /// The tags, by name.
    pub async fn tags_on(&self, tagged: &Tagged) -> Result<Tags> {
        self.kernel
            .store
            .read(|conn| tags_of(conn, &tagged.arn(conn, self.kernel.realm())?))
            .await
    }

    /// Puts tags on, over those of the same names.
    pub async fn tag(&self, caller: &Caller, tagged: Tagged, tags: Tags) -> Result<()> {
        let realm = self.kernel.realm().clone();
        self.kernel
            .change(caller, "tag-iam", move |tx| {
                let arn = tagged.arn(tx, &realm)?;
                let present = tags_of(tx, &arn)?;
                check_tags(&tagged.quota(), &present, &tags)?;
                // Names do not distinguish case: a tag that differs only in that is replaced.
                let replaced: Vec<String> = present
                    .into_iter()
                    .map(|(old, _)| old)
                    .filter(|old| {
                        let same = |(name, _): &(String, String)| {
                            name.to_lowercase() == old.to_lowercase()
                        };
                        tags.iter().any(same)
                    })
                    .collect();
                tx.delete_tags(&arn, &replaced)?;
                tx.put_tags(&arn, &tags)?;
                tx.notice(Notice::Iam);
                Ok(())
            })
            .await
    }

    /// Removes tags; those that are not there are passed over.
    pub async fn untag(&self, caller: &Caller, tagged: Tagged, names: Vec<String>) -> Result<()> {
        let realm = self.kernel.realm().clone();
        self.kernel
            .change(caller, "untag-iam", move |tx| {
                let arn = tagged.arn(tx, &realm)?;
                tx.delete_tags(&arn, &names)?;
                // Policies may ask for a caller's tags.
                tx.notice(Notice::Iam);
                Ok(())
            })
            .await
    }
}
