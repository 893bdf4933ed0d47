//! Managed policies: AWS's own, which exist without being created, and the account's.
//!
//! Owns versions and the rules of removing. Attaching is in [`super::holder`].

use super::holder::{self, Holder, Tags, check_tags};
use super::{Iam, entity_arn, exists as taken, in_use, over_quota, policy_chars};
use crate::app::caller::Caller;
use crate::app::{Error, Kind, Result};
use crate::authority::{EntityPrefix, entity_id, new_entity_id};
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Millis;
use nameplate_core::policy::{malformed, managed};
use nameplate_store::Conn;
use nameplate_store::iam::ManagedPolicy;

/// Versions of one managed policy (IAM user guide: quotas).
const VERSIONS: usize = 5;
/// Characters of a managed policy, white space not counted (IAM user guide: quotas).
const CHARS: usize = 6144;
/// AWS's own policies were never created here; this stands where a date must: 2015-02-06T18:40:00Z.
const AWS_CREATED: Millis = Millis(1_423_248_000_000);
const CHUNK: usize = 200;

/// What a policy is created from.
#[derive(Debug, Clone)]
pub struct NewPolicy {
    /// Unique among the account's policies.
    pub name: String,
    /// `/` or `/path/`.
    pub path: String,
    /// Its first version.
    pub document: String,
    /// Description.
    pub description: Option<String>,
    /// Tags.
    pub tags: Tags,
}

/// A managed policy, AWS's or the account's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyView {
    /// Its ARN.
    pub arn: String,
    /// Name.
    pub name: String,
    /// `ANPA…`.
    pub policy_id: String,
    /// `/` or `/path/`.
    pub path: String,
    /// Description.
    pub description: Option<String>,
    /// The version in force.
    pub default_version: i64,
    /// To how many users, roles and groups it is attached.
    pub attachments: usize,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
    /// Tags.
    pub tags: Tags,
    /// Where a list goes on after it.
    pub position: String,
}

/// One version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionView {
    /// 1, 2, …
    pub number: i64,
    /// The document as it was given.
    pub document: String,
    /// Whether it is in force.
    pub in_force: bool,
    /// When it was created.
    pub created: Millis,
}

/// Which policies a list shows.
#[derive(Debug, Clone)]
pub struct PolicyFilter {
    /// AWS's own.
    pub of_aws: bool,
    /// The account's.
    pub of_account: bool,
    /// Only those that are attached to something.
    pub only_attached: bool,
    /// Only those whose path begins so.
    pub path_prefix: String,
}

/// A user, role or group that a policy is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Which of them, by name.
    pub holder: Holder,
    /// `AIDA…`, `AROA…` or `AGPA…`.
    pub id: String,
    /// `/` or `/path/`.
    pub path: String,
}

/// The refusal where no policy has the ARN.
pub(super) fn not_found(realm: &Realm, arn: &str) -> Error {
    let hint = realm.partition_hint(arn);
    Error::not_found(format!("Policy {arn} was not found.{hint}"))
}

fn no_version(arn: &str, number: i64) -> Error {
    Error::not_found(format!(
        "Policy {arn} version v{number} does not exist or is not attachable."
    ))
}

/// AWS's policy with this ARN, if the ARN is of this partition.
fn of_aws(realm: &Realm, arn: &str) -> Option<&'static managed::ManagedPolicy> {
    managed::find(arn).filter(|policy| policy.arn(realm.partition()) == arn)
}

/// Whether a managed policy has the ARN.
pub(super) fn exists(conn: &Conn<'_>, realm: &Realm, arn: &str) -> Result<bool> {
    Ok(of_aws(realm, arn).is_some() || conn.managed_policy(arn)?.is_some())
}

/// The document in force of the policy with this ARN.
pub(super) fn document_in_force(conn: &Conn<'_>, realm: &Realm, arn: &str) -> Result<String> {
    if let Some(policy) = of_aws(realm, arn) {
        return Ok(policy.document());
    }
    let policy = conn
        .managed_policy(arn)?
        .ok_or_else(|| not_found(realm, arn))?;
    let version = conn.managed_policy_version(policy.key, policy.default_version)?;
    version
        .map(|version| version.document)
        .ok_or_else(|| not_found(realm, arn))
}

fn check(document: &str) -> Result<()> {
    if policy_chars(document) > CHARS {
        return Err(over_quota("PolicySize", CHARS));
    }
    malformed::parse_managed(document)
        .map(drop)
        .map_err(|why| Error::new(Kind::MalformedPolicy, why))
}

fn view_of_aws(
    conn: &Conn<'_>,
    realm: &Realm,
    policy: &'static managed::ManagedPolicy,
) -> Result<PolicyView> {
    let arn = policy.arn(realm.partition());
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, policy.name.as_bytes());
    let mut bytes = [0; 17];
    bytes.copy_from_slice(&digest.as_ref()[..17]);
    Ok(PolicyView {
        attachments: conn.owners_of_policy(&arn)?.len(),
        arn,
        name: policy.name.to_owned(),
        policy_id: entity_id(EntityPrefix::Anpa, bytes),
        path: policy.path.to_owned(),
        description: Some(policy.description.to_owned()),
        default_version: 1,
        created: AWS_CREATED,
        modified: AWS_CREATED,
        tags: Tags::new(),
        position: format!("aws/{}", policy.name),
    })
}

fn view(conn: &Conn<'_>, policy: ManagedPolicy) -> Result<PolicyView> {
    Ok(PolicyView {
        attachments: conn.owners_of_policy(&policy.arn)?.len(),
        tags: holder::tags_of(conn, &policy.arn)?,
        arn: policy.arn,
        name: policy.name,
        policy_id: policy.policy_id,
        path: policy.path,
        description: policy.description,
        default_version: policy.default_version,
        created: policy.created,
        modified: policy.modified,
        position: format!("own/{}", policy.key),
    })
}

impl Iam {
    /// Creates a policy of the account.
    pub async fn create_managed_policy(
        &self,
        caller: &Caller,
        new: NewPolicy,
    ) -> Result<PolicyView> {
        let ctx = &caller.ctx;
        check(&new.document)?;
        check_tags("TagsPerPolicy", &[], &new.tags)?;
        let policy = ManagedPolicy {
            key: 0,
            arn: entity_arn(self.kernel.realm(), "policy", &new.path, &new.name),
            policy_id: new_entity_id(EntityPrefix::Anpa).map_err(Error::internal)?,
            name: new.name,
            path: new.path,
            description: new.description,
            default_version: 1,
            next_version: 2,
            created: ctx.now,
            modified: ctx.now,
        };
        self.kernel
            .change(caller, "create-managed-policy", move |tx| {
                if tx.managed_policy_named(&policy.name)? {
                    return Err(taken(format!(
                        "A policy called {} already exists. Duplicate names are not allowed.",
                        policy.name
                    )));
                }
                tx.insert_managed_policy(&policy, &new.document)?;
                tx.put_tags(&policy.arn, &new.tags)?;
                view(tx, policy.clone())
            })
            .await
    }

    /// The policy with this ARN.
    pub async fn managed_policy(&self, arn: &str) -> Result<PolicyView> {
        self.kernel
            .store
            .read(|conn| {
                if let Some(policy) = of_aws(self.kernel.realm(), arn) {
                    return view_of_aws(conn, self.kernel.realm(), policy);
                }
                let policy = conn
                    .managed_policy(arn)?
                    .ok_or_else(|| not_found(self.kernel.realm(), arn))?;
                view(conn, policy)
            })
            .await
    }

    /// At most `limit` policies beyond `after`, a [`PolicyView::position`]: AWS's by name, then the account's, oldest
    /// first.
    pub async fn managed_policies(
        &self,
        filter: &PolicyFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<PolicyView>> {
        let keep = |view: &PolicyView| {
            view.path.starts_with(&filter.path_prefix)
                && (!filter.only_attached || view.attachments > 0)
        };
        let (aws_after, mut own_after) = match after.map(|at| at.split_once('/')) {
            None => (Some(""), 0),
            Some(Some(("aws", name))) => (Some(name), 0),
            Some(Some(("own", key))) if let Ok(key) = key.parse() => (None, key),
            Some(_) => return Err(Error::invalid("Invalid Marker")),
        };
        self.kernel
            .store
            .read(|conn| {
                let mut found = Vec::new();
                if let Some(after) = aws_after.filter(|_| filter.of_aws) {
                    for policy in managed::all().iter().filter(|policy| policy.name > after) {
                        let view = view_of_aws(conn, self.kernel.realm(), policy)?;
                        if found.len() < limit && keep(&view) {
                            found.push(view);
                        }
                    }
                }
                while filter.of_account && found.len() < limit {
                    let chunk = conn.managed_policies(own_after, CHUNK)?;
                    let Some(last) = chunk.last() else { break };
                    own_after = last.key;
                    for policy in chunk {
                        let view = view(conn, policy)?;
                        if found.len() < limit && keep(&view) {
                            found.push(view);
                        }
                    }
                }
                Ok(found)
            })
            .await
    }

    /// Removes a policy of the account that is attached to nothing and has but one version.
    pub async fn delete_managed_policy(&self, caller: &Caller, arn: String) -> Result<()> {
        let realm = self.kernel.realm().clone();
        self.kernel.change(caller, "delete-managed-policy", move |tx| {
                let policy = tx.managed_policy(&arn)?.ok_or_else(|| not_found(&realm, &arn))?;
                if !tx.owners_of_policy(&arn)?.is_empty() {
                    return Err(in_use("Cannot delete a policy attached to entities."));
                }
                if tx.managed_policy_versions(policy.key)?.len() > 1 {
                    return Err(in_use(
                        "This policy has more than one version. Before you delete a policy, you must delete the \
                         policy's versions. The default version is deleted with the policy.",
                    ));
                }
                tx.delete_managed_policy(policy.key)?;
                tx.delete_all_tags(&arn)?;
                Ok(())
            })
            .await
    }

    /// Adds a version to a policy of the account.
    pub async fn create_managed_policy_version(
        &self,
        caller: &Caller,
        arn: String,
        document: String,
        in_force: bool,
    ) -> Result<VersionView> {
        let ctx = &caller.ctx;
        check(&document)?;
        let now = ctx.now;
        let realm = self.kernel.realm().clone();
        self.kernel.change(caller, "create-managed-policy-version", move |tx| {
                let policy = tx.managed_policy(&arn)?.ok_or_else(|| not_found(&realm, &arn))?;
                if tx.managed_policy_versions(policy.key)?.len() >= VERSIONS {
                    return Err(Error::new(
                        Kind::Limit,
                        format!(
                            "A managed policy can have up to {VERSIONS} versions. Before you create a new version, \
                             you must delete an existing version."
                        ),
                    ));
                }
                let number = tx.insert_managed_policy_version(&policy, &document, in_force, now)?;
                Ok(VersionView {
                    number,
                    document: document.clone(),
                    in_force,
                    created: now,
                })
            })
            .await
    }

    /// All versions of a policy, oldest first.
    pub async fn managed_policy_versions(&self, arn: &str) -> Result<Vec<VersionView>> {
        if let Some(policy) = of_aws(self.kernel.realm(), arn) {
            return Ok(vec![VersionView {
                number: 1,
                document: policy.document(),
                in_force: true,
                created: AWS_CREATED,
            }]);
        }
        self.kernel
            .store
            .read(|conn| {
                let policy = conn
                    .managed_policy(arn)?
                    .ok_or_else(|| not_found(self.kernel.realm(), arn))?;
                let versions = conn.managed_policy_versions(policy.key)?;
                Ok(versions
                    .into_iter()
                    .map(|version| VersionView {
                        number: version.version,
                        document: version.document,
                        in_force: version.version == policy.default_version,
                        created: version.created,
                    })
                    .collect())
            })
            .await
    }

    /// One version of a policy.
    pub async fn managed_policy_version(&self, arn: &str, number: i64) -> Result<VersionView> {
        self.managed_policy_versions(arn)
            .await?
            .into_iter()
            .find(|version| version.number == number)
            .ok_or_else(|| no_version(arn, number))
    }

    /// Puts another version in force.
    pub async fn set_default_managed_policy_version(
        &self,
        caller: &Caller,
        arn: String,
        number: i64,
    ) -> Result<()> {
        let ctx = &caller.ctx;
        let now = ctx.now;
        let realm = self.kernel.realm().clone();
        self.kernel
            .change(caller, "set-default-managed-policy-version", move |tx| {
                let policy = tx
                    .managed_policy(&arn)?
                    .ok_or_else(|| not_found(&realm, &arn))?;
                tx.managed_policy_version(policy.key, number)?
                    .ok_or_else(|| no_version(&arn, number))?;
                tx.set_default_managed_policy_version(policy.key, number, now)?;
                Ok(())
            })
            .await
    }

    /// Removes a version that is not in force.
    pub async fn delete_managed_policy_version(
        &self,
        caller: &Caller,
        arn: String,
        number: i64,
    ) -> Result<()> {
        let realm = self.kernel.realm().clone();
        self.kernel
            .change(caller, "delete-managed-policy-version", move |tx| {
                let policy = tx
                    .managed_policy(&arn)?
                    .ok_or_else(|| not_found(&realm, &arn))?;
                if policy.default_version == number {
                    return Err(in_use("Cannot delete the default version of a policy."));
                }
                tx.managed_policy_version(policy.key, number)?
                    .ok_or_else(|| no_version(&arn, number))?;
                tx.delete_managed_policy_version(policy.key, number)?;
                Ok(())
            })
            .await
    }

    /// The users, roles and groups that a policy is attached to.
    pub async fn entities_of_policy(&self, arn: &str) -> Result<Vec<Attached>> {
        self.kernel
            .store
            .read(|conn| {
                if !exists(conn, self.kernel.realm(), arn)? {
                    return Err(not_found(self.kernel.realm(), arn));
                }
                let mut found = Vec::new();
                for owner in conn.owners_of_policy(arn)? {
                    if let Some(name) = owner.strip_prefix("role/") {
                        found.extend(conn.iam_role(name)?.map(|role| Attached {
                            holder: Holder::Role(role.name),
                            id: role.role_id,
                            path: role.path,
                        }));
                    } else if let Some(name) = owner.strip_prefix("user/") {
                        found.extend(conn.iam_user(name)?.map(|user| Attached {
                            holder: Holder::User(user.name),
                            id: user.user_id,
                            path: user.path,
                        }));
                    } else if let Some(name) = owner.strip_prefix("group/") {
                        found.extend(conn.iam_group(name)?.map(|group| Attached {
                            holder: Holder::Group(group.name),
                            id: group.group_id,
                            path: group.path,
                        }));
                    }
                }
                Ok(found)
            })
            .await
    }
}
