//! IoT policies and their versions, and what they are attached to.
//!
//! AWS guide: iot-policies.

use super::Refusal;
use super::Registry;
use super::principal::{Target, certificate_of, check_not_in_transfer, group_named};
use super::tag::{self, Tag};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use nameplate_core::arn::Realm;
use nameplate_core::limits;
use nameplate_core::pki::CertificateId;
use nameplate_core::policy::{Dialect, PolicyDocument};
use nameplate_core::registry::policy::{Policy, PolicyVersion};
use nameplate_store::Conn;
use std::collections::BTreeSet;

/// A place in the list of a policy's targets: certificates come before groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKey {
    /// Key of a certificate.
    Certificate(i64),
    /// Key of a thing group.
    Group(i64),
}

impl Registry {
    /// Creates a policy with one version, which is in force.
    pub async fn create_policy(
        &self,
        caller: &Caller,
        name: &str,
        document: &str,
        tags: Vec<Tag>,
    ) -> Result<()> {
        check_document(document)?;
        tag::check(&tags)?;
        let arn = self.kernel.realm().policy(name);
        let (name, document, now) = (name.to_owned(), document.to_owned(), caller.ctx.now);
        self.kernel
            .change(caller, "create-policy", move |tx| {
                if tx.policy(&name)?.is_some() {
                    let kind = Kind::Exists {
                        id: Some(name.clone()),
                        arn: Some(arn.clone()),
                    };
                    return Err(Error::new(
                        kind,
                        format!("Policy cannot be created - name already exists (name={name})"),
                    ));
                }
                tx.insert_policy(&name, &document, now)?;
                tx.put_tags(&arn, &tags)?;
                Ok(())
            })
            .await
    }

    /// A policy and its version in force.
    pub async fn policy(&self, name: &str) -> Result<(Policy, PolicyVersion)> {
        self.kernel
            .store
            .read(|conn| {
                let policy = policy_named(conn, name)?;
                let version = version_of(conn, &policy, policy.default_version)?;
                Ok((policy, version))
            })
            .await
    }

    /// A policy and one of its versions.
    pub async fn policy_version(&self, name: &str, number: i64) -> Result<(Policy, PolicyVersion)> {
        self.kernel
            .store
            .read(|conn| {
                let policy = policy_named(conn, name)?;
                let version = version_of(conn, &policy, number)?;
                Ok((policy, version))
            })
            .await
    }

    /// A policy and all its versions, newest first.
    pub async fn policy_versions(&self, name: &str) -> Result<(Policy, Vec<PolicyVersion>)> {
        self.kernel
            .store
            .read(|conn| {
                let policy = policy_named(conn, name)?;
                let mut versions = conn.policy_versions(policy.key)?;
                versions.reverse();
                Ok((policy, versions))
            })
            .await
    }

    /// Policies in the order they were created, or newest first, beyond the key `from`.
    pub async fn policies(
        &self,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Policy>> {
        self.kernel
            .store
            .read(|conn| Ok(conn.policies(ascending, from, limit)?))
            .await
    }

    /// Adds a version, and puts it in force if asked to; its number.
    pub async fn create_policy_version(
        &self,
        caller: &Caller,
        name: &str,
        document: &str,
        in_force: bool,
    ) -> Result<i64> {
        check_document(document)?;
        let (name, document, now) = (name.to_owned(), document.to_owned(), caller.ctx.now);
        self.kernel
            .change(caller, "create-policy-version", move |tx| {
                let policy = policy_named(tx, &name)?;
                if tx.policy_versions(policy.key)?.len() >= limits::POLICY_VERSIONS {
                    return Err(Error::new(
                        Refusal::VersionsLimit,
                        format!(
                            "The policy {name} already has the maximum number of versions ({})",
                            limits::POLICY_VERSIONS
                        ),
                    ));
                }
                Ok(tx.insert_policy_version(&policy, &document, in_force, now)?)
            })
            .await
    }

    /// Puts another version in force.
    pub async fn set_default_policy_version(
        &self,
        caller: &Caller,
        name: &str,
        number: i64,
    ) -> Result<()> {
        let (name, now) = (name.to_owned(), caller.ctx.now);
        self.kernel
            .change(caller, "set-default-policy-version", move |tx| {
                let policy = policy_named(tx, &name)?;
                version_of(tx, &policy, number)?;
                if policy.default_version != number {
                    tx.set_default_policy_version(policy.key, number, now)?;
                }
                Ok(())
            })
            .await
    }

    /// Removes a version that is not in force.
    pub async fn delete_policy_version(
        &self,
        caller: &Caller,
        name: &str,
        number: i64,
    ) -> Result<()> {
        let name = name.to_owned();
        self.kernel.change(caller, "delete-policy-version", move |tx| {
                let policy = policy_named(tx, &name)?;
                version_of(tx, &policy, number)?;
                if policy.default_version == number {
                    return Err(Error::new(
                        Kind::InUse,
                        format!(
                            "Cannot delete a default policy version (name={name}, versionId={number})"
                        ),
                    ));
                }
                tx.delete_policy_version(policy.key, number)?;
                Ok(())
            })
            .await
    }

    /// Removes a policy that is attached nowhere and has one version.
    pub async fn delete_policy(&self, caller: &Caller, name: &str) -> Result<()> {
        let arn = self.kernel.realm().policy(name);
        let name = name.to_owned();
        self.kernel
            .change(caller, "delete-policy", move |tx| {
                let policy = policy_named(tx, &name)?;
                let in_use = |why: &str| {
                    Error::new(
                        Kind::InUse,
                        format!("The policy cannot be deleted as {why} (name={name})"),
                    )
                };
                if tx.policy_in_use(policy.key)? {
                    return Err(in_use("the policy is attached to one or more principals"));
                }
                if tx.policy_versions(policy.key)?.len() > 1 {
                    return Err(in_use("multiple versions of the policy exist"));
                }
                tx.delete_policy(policy.key)?;
                tx.delete_all_tags(&arn)?;
                Ok(())
            })
            .await
    }

    /// Attaches a policy to a certificate or a static thing group. Again is no change.
    pub async fn attach_policy(&self, caller: &Caller, policy: &str, target: Target) -> Result<()> {
        let realm = self.kernel.realm().clone();
        let policy = policy.to_owned();
        self.kernel.change(caller, "attach-policy", move |tx| {
                let key = policy_named(tx, &policy)?.key;
                match &target {
                    Target::Certificate(id) => {
                        let entry = tx.certificate_entry(&id.0)?.ok_or_else(no_certificate)?;
                        check_not_in_transfer(id, &entry)?;
                        let present = tx.policies_of_certificate(entry.key)?;
                        if admits(&present, key, limits::POLICIES_PER_CERTIFICATE, &target, &realm)?
                        {
                            tx.attach_policy(key, entry.key, &id.0)?;
                        }
                    }
                    Target::Group(name) => {
                        let group = group_named(tx, &realm, name)?;
                        if group.query.is_some() {
                            return Err(Error::invalid(format!(
                                "Invalid Target: {} is a dynamic thing group, which cannot have policies",
                                target.arn(&realm)
                            )));
                        }
                        let present = tx.policies_of_group(group.key)?;
                        if admits(&present, key, limits::POLICIES_PER_GROUP, &target, &realm)? {
                            tx.attach_policy_to_group(key, group.key)?;
                        }
                    }
                }
                Ok(())
            })
            .await
    }

    /// Detaches a policy from a target. Where either does not exist, or they are not attached, nothing is left to do.
    pub async fn detach_policy(&self, caller: &Caller, policy: &str, target: Target) -> Result<()> {
        let policy = policy.to_owned();
        self.kernel
            .change(caller, "detach-policy", move |tx| {
                let Some(policy) = tx.policy(&policy)? else {
                    return Ok(());
                };
                match &target {
                    Target::Certificate(id) => {
                        if let Some(entry) = tx.certificate_entry(&id.0)? {
                            tx.detach_policy(policy.key, entry.key, &id.0)?;
                        }
                    }
                    Target::Group(name) => {
                        if let Some(group) = tx.group(name)? {
                            tx.detach_policy_from_group(policy.key, group.key)?;
                        }
                    }
                }
                Ok(())
            })
            .await
    }

    /// Detaches a policy from a certificate; both must exist, as the older operation has it.
    pub async fn detach_principal_policy(
        &self,
        caller: &Caller,
        policy: &str,
        principal: &str,
    ) -> Result<()> {
        let id = certificate_of(self.kernel.realm(), principal)?;
        let policy = policy.to_owned();
        self.kernel
            .change(caller, "detach-principal-policy", move |tx| {
                let key = policy_named(tx, &policy)?.key;
                let entry = tx.certificate_entry(&id.0)?.ok_or_else(no_certificate)?;
                tx.detach_policy(key, entry.key, &id.0)?;
                Ok(())
            })
            .await
    }

    /// The policies attached to a target, in the order they were created. With `ancestors`, those of the groups above
    /// a group too.
    pub async fn attached_policies(&self, target: &Target, ancestors: bool) -> Result<Vec<Policy>> {
        self.kernel
            .store
            .read(|conn| {
                attached_keys(conn, self.kernel.realm(), target, ancestors)?
                    .into_iter()
                    .filter_map(|key| conn.policy_by_key(key).transpose())
                    .map(|policy| policy.map_err(Error::from))
                    .collect()
            })
            .await
    }

    /// What a policy is attached to, beyond `from`: at most `limit` targets, with their places.
    pub async fn policy_targets(
        &self,
        policy: &str,
        from: Option<TargetKey>,
        limit: usize,
    ) -> Result<Vec<(TargetKey, Target)>> {
        self.kernel
            .store
            .read(|conn| {
                let policy = policy_named(conn, policy)?.key;
                let mut found = Vec::new();
                let (certificates_after, groups_after) = match from {
                    None => (Some(0), 0),
                    Some(TargetKey::Certificate(key)) => (Some(key), 0),
                    Some(TargetKey::Group(key)) => (None, key),
                };
                if let Some(after) = certificates_after {
                    let page = conn.certificates_of_policy(policy, true, Some(after), limit)?;
                    found.extend(page.into_iter().map(|(key, hash)| {
                        let target = Target::Certificate(CertificateId(hash));
                        (TargetKey::Certificate(key), target)
                    }));
                }
                let rest = limit - found.len();
                let groups = conn.groups_of_policy(policy, groups_after, rest)?;
                found.extend(
                    groups
                        .into_iter()
                        .map(|(key, name)| (TargetKey::Group(key), Target::Group(name))),
                );
                Ok(found)
            })
            .await
    }

    /// Certificates that a policy is attached to, key and id, in the order they were registered or newest first.
    pub async fn policy_principals(
        &self,
        policy: &str,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, CertificateId)>> {
        self.kernel
            .store
            .read(|conn| {
                let policy = policy_named(conn, policy)?.key;
                let found = conn.certificates_of_policy(policy, ascending, from, limit)?;
                Ok(found
                    .into_iter()
                    .map(|(key, hash)| (key, CertificateId(hash)))
                    .collect())
            })
            .await
    }
}

/// The policy of this name, or the refusal.
pub(crate) fn policy_named(conn: &Conn<'_>, name: &str) -> Result<Policy> {
    conn.policy(name)?
        .ok_or_else(|| Error::not_found(format!("Policy not found (name={name})")))
}

/// Keys of the policies attached to a target that must exist, in the order the policies were created.
pub(crate) fn attached_keys(
    conn: &Conn<'_>,
    realm: &Realm,
    target: &Target,
    ancestors: bool,
) -> Result<BTreeSet<i64>> {
    match target {
        Target::Certificate(id) => {
            let entry = conn.certificate_entry(&id.0)?.ok_or_else(no_certificate)?;
            Ok(conn
                .policies_of_certificate(entry.key)?
                .into_iter()
                .collect())
        }
        Target::Group(name) => {
            let group = group_named(conn, realm, name)?;
            let line = if ancestors {
                conn.group_and_ancestors(group.key)?
            } else {
                vec![group]
            };
            let mut keys = BTreeSet::new();
            for group in line {
                keys.extend(conn.policies_of_group(group.key)?);
            }
            Ok(keys)
        }
    }
}

fn version_of(conn: &Conn<'_>, policy: &Policy, number: i64) -> Result<PolicyVersion> {
    conn.policy_version(policy.key, number)?.ok_or_else(|| {
        Error::not_found(format!(
            "Policy version not found (name={}, versionId={number})",
            policy.name
        ))
    })
}

fn check_document(document: &str) -> Result<()> {
    PolicyDocument::parse(document, Dialect::Iot)
        .map(drop)
        .map_err(|error| {
            Error::new(
                Kind::MalformedPolicy,
                format!("Policy document is Malformed: {error}"),
            )
        })
}

fn no_certificate() -> Error {
    Error::not_found("The certificate given in the principal does not exist.")
}

/// Whether the policy is still to be attached; a refusal where there is no room for it.
fn admits(
    present: &[i64],
    policy: i64,
    limit: usize,
    target: &Target,
    realm: &Realm,
) -> Result<bool> {
    if present.contains(&policy) {
        return Ok(false);
    }
    if present.len() >= limit {
        return Err(Error::new(
            Kind::Limit,
            format!(
                "{} has {} policies attached, which is the most it can have",
                target.arn(realm),
                present.len()
            ),
        ));
    }
    Ok(true)
}
