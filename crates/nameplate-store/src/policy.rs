//! IoT policies, their versions and what they are attached to.

use crate::entry::{CertificateEntry, Few};
use crate::sql::{Row, Value};
use crate::tx::{Notice, Tx};
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;
use nameplate_core::registry::policy::{Policy, PolicyVersion};

/// A query for rows that [`policy`] reads: its columns, and the rest of the statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, name, default_version, next_version, created, modified FROM policy ",
            $rest
        )
    };
}

fn policy(row: &Row<'_>) -> Result<Policy> {
    Ok(Policy {
        key: row.int(0)?,
        name: row.text(1)?,
        default_version: row.int(2)?,
        next_version: row.int(3)?,
        created: Millis(row.int(4)?),
        modified: Millis(row.int(5)?),
    })
}

fn version(row: &Row<'_>) -> Result<PolicyVersion> {
    Ok(PolicyVersion {
        version: row.int(0)?,
        document: row.text(1)?,
        created: Millis(row.int(2)?),
    })
}

impl Conn<'_> {
    /// The policy of this name.
    pub fn policy(&self, name: &str) -> Result<Option<Policy>> {
        self.one(select!("WHERE name = $1"), &[name.into()], policy)
    }

    /// The policy in this row.
    pub fn policy_by_key(&self, key: i64) -> Result<Option<Policy>> {
        self.one(select!("WHERE id = $1"), &[key.into()], policy)
    }

    /// Policies in the order they were created, or newest first, beyond `from`.
    pub fn policies(
        &self,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<Policy>> {
        let limit = Value::Int(limit as i64);
        if ascending {
            self.all(
                select!("WHERE id > $1 ORDER BY id LIMIT $2"),
                &[from.unwrap_or(0).into(), limit],
                policy,
            )
        } else {
            self.all(
                select!("WHERE id < $1 ORDER BY id DESC LIMIT $2"),
                &[from.unwrap_or(i64::MAX).into(), limit],
                policy,
            )
        }
    }

    /// One version of a policy.
    pub fn policy_version(&self, key: i64, number: i64) -> Result<Option<PolicyVersion>> {
        self.one(
            "SELECT version, document, created FROM policy_version WHERE policy_id = $1 AND version = $2",
            &[key.into(), number.into()],
            version,
        )
    }

    /// All versions of a policy, oldest first; there are at most five.
    pub fn policy_versions(&self, key: i64) -> Result<Vec<PolicyVersion>> {
        self.all(
            "SELECT version, document, created FROM policy_version WHERE policy_id = $1 ORDER BY version",
            &[key.into()],
            version,
        )
    }

    /// Name and document in force of a policy.
    pub fn policy_in_force(&self, key: i64) -> Result<Option<(String, String)>> {
        self.one(
            "SELECT p.name, v.document FROM policy p
             JOIN policy_version v ON v.policy_id = p.id AND v.version = p.default_version WHERE p.id = $1",
            &[key.into()],
            |row| Ok((row.text(0)?, row.text(1)?)),
        )
    }

    /// Key and document in force of the policy of this name; the document is none where it cannot be found.
    pub fn policy_in_force_named(&self, name: &str) -> Result<Option<(i64, Option<String>)>> {
        self.one(
            "SELECT p.id, v.document FROM policy p
             LEFT JOIN policy_version v ON v.policy_id = p.id AND v.version = p.default_version WHERE p.name = $1",
            &[name.into()],
            |row| Ok((row.int(0)?, row.opt_text(1)?)),
        )
    }

    /// Keys of the policies attached to a certificate.
    pub fn policies_of_certificate(&self, certificate: i64) -> Result<Vec<i64>> {
        self.all(
            "SELECT policy_id FROM policy_certificate WHERE certificate_id = $1 ORDER BY policy_id",
            &[certificate.into()],
            |row| row.int(0),
        )
    }

    /// Keys of the policies attached to a thing group.
    pub fn policies_of_group(&self, group: i64) -> Result<Vec<i64>> {
        self.all(
            "SELECT policy_id FROM policy_group WHERE group_id = $1 ORDER BY policy_id",
            &[group.into()],
            |row| row.int(0),
        )
    }

    /// Whether any thing group has a policy.
    pub fn any_group_policies(&self) -> Result<bool> {
        Ok(self
            .one("SELECT 1 FROM policy_group LIMIT 1", &[], |_| Ok(()))?
            .is_some())
    }

    /// Whether a policy is attached to a certificate.
    pub fn policy_attached(&self, policy: i64, certificate: i64) -> Result<bool> {
        Ok(self
            .one(
                "SELECT 1 FROM policy_certificate WHERE policy_id = $1 AND certificate_id = $2",
                &[policy.into(), certificate.into()],
                |_| Ok(()),
            )?
            .is_some())
    }

    /// Whether a policy is attached to anything.
    pub fn policy_in_use(&self, key: i64) -> Result<bool> {
        Ok(self
            .one(
                "SELECT 1 FROM policy_certificate WHERE policy_id = $1
                 UNION ALL SELECT 1 FROM policy_group WHERE policy_id = $1 LIMIT 1",
                &[key.into()],
                |_| Ok(()),
            )?
            .is_some())
    }

    /// Certificates that a policy is attached to, key and digest: in the order they were registered, or newest first,
    /// beyond `from`.
    pub fn certificates_of_policy(
        &self,
        policy: i64,
        ascending: bool,
        from: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, [u8; 32])>> {
        let limit = Value::Int(limit as i64);
        let read = |row: &Row<'_>| Ok((row.int(0)?, row.hash(1)?));
        if ascending {
            self.all(
                "SELECT c.id, c.hash FROM policy_certificate a JOIN certificate c ON c.id = a.certificate_id
                 WHERE a.policy_id = $1 AND a.certificate_id > $2 ORDER BY a.certificate_id LIMIT $3",
                &[policy.into(), from.unwrap_or(0).into(), limit],
                read,
            )
        } else {
            self.all(
                "SELECT c.id, c.hash FROM policy_certificate a JOIN certificate c ON c.id = a.certificate_id
                 WHERE a.policy_id = $1 AND a.certificate_id < $2 ORDER BY a.certificate_id DESC LIMIT $3",
                &[policy.into(), from.unwrap_or(i64::MAX).into(), limit],
                read,
            )
        }
    }

    /// Thing groups that a policy is attached to: key and name, beyond `after` in key order.
    pub fn groups_of_policy(
        &self,
        policy: i64,
        after: i64,
        limit: usize,
    ) -> Result<Vec<(i64, String)>> {
        self.all(
            "SELECT g.id, g.name FROM policy_group a JOIN thing_group g ON g.id = a.group_id
             WHERE a.policy_id = $1 AND a.group_id > $2 ORDER BY a.group_id LIMIT $3",
            &[policy.into(), after.into(), Value::Int(limit as i64)],
            |row| Ok((row.int(0)?, row.text(1)?)),
        )
    }
}

impl Tx<'_> {
    /// Creates a policy with version 1 in force; its key. The caller has seen that the name is free.
    pub fn insert_policy(&mut self, name: &str, document: &str, now: Millis) -> Result<i64> {
        let key = self.next_key("policy")?;
        self.write(
            "INSERT INTO policy (id, name, default_version, next_version, created, modified)
             VALUES ($1, $2, 1, 2, $3, $4)",
            &[key.into(), name.into(), now.0.into(), now.0.into()],
        )?;
        self.write(
            "INSERT INTO policy_version (policy_id, version, document, created) VALUES ($1, 1, $2, $3)",
            &[key.into(), document.into(), now.0.into()],
        )?;
        Ok(key)
    }

    /// Adds a version; its number.
    pub fn insert_policy_version(
        &mut self,
        policy: &Policy,
        document: &str,
        in_force: bool,
        now: Millis,
    ) -> Result<i64> {
        let number = policy.next_version;
        self.write(
            "INSERT INTO policy_version (policy_id, version, document, created) VALUES ($1, $2, $3, $4)",
            &[
                policy.key.into(),
                number.into(),
                document.into(),
                now.0.into(),
            ],
        )?;
        self.write(
            "UPDATE policy SET next_version = $1, modified = $2 WHERE id = $3",
            &[(number + 1).into(), now.0.into(), policy.key.into()],
        )?;
        if in_force {
            self.set_default_policy_version(policy.key, number, now)?;
        }
        Ok(number)
    }

    /// Puts another version in force.
    pub fn set_default_policy_version(&mut self, key: i64, number: i64, now: Millis) -> Result<()> {
        self.write(
            "UPDATE policy SET default_version = $1, modified = $2 WHERE id = $3",
            &[number.into(), now.0.into(), key.into()],
        )?;
        self.notice(Notice::Policy(key));
        Ok(())
    }

    /// Removes one version.
    pub fn delete_policy_version(&mut self, key: i64, number: i64) -> Result<()> {
        self.write(
            "DELETE FROM policy_version WHERE policy_id = $1 AND version = $2",
            &[key.into(), number.into()],
        )?;
        Ok(())
    }

    /// Removes a policy and its versions. The caller has seen that it is attached nowhere.
    pub fn delete_policy(&mut self, key: i64) -> Result<()> {
        self.write(
            "DELETE FROM policy_version WHERE policy_id = $1",
            &[key.into()],
        )?;
        self.write("DELETE FROM policy WHERE id = $1", &[key.into()])?;
        self.notice(Notice::Policy(key));
        Ok(())
    }

    /// Attaches a policy to a certificate; again is no change.
    pub fn attach_policy(&mut self, policy: i64, certificate: i64, hash: &[u8; 32]) -> Result<()> {
        self.write(
            "INSERT INTO policy_certificate (policy_id, certificate_id) VALUES ($1, $2)
             ON CONFLICT (policy_id, certificate_id) DO NOTHING",
            &[policy.into(), certificate.into()],
        )?;
        if let Some(entry) = self.indexed_certificate(hash) {
            let policies = entry.policies.with(policy);
            self.index_certificate(*hash, Some(CertificateEntry { policies, ..entry }));
        }
        self.notice(Notice::Certificate(*hash));
        Ok(())
    }

    /// Detaches a policy from a certificate; what is not attached stays so.
    pub fn detach_policy(&mut self, policy: i64, certificate: i64, hash: &[u8; 32]) -> Result<()> {
        self.write(
            "DELETE FROM policy_certificate WHERE policy_id = $1 AND certificate_id = $2",
            &[policy.into(), certificate.into()],
        )?;
        if let Some(entry) = self.indexed_certificate(hash) {
            let policies = Few::of(&self.policies_of_certificate(certificate)?);
            self.index_certificate(*hash, Some(CertificateEntry { policies, ..entry }));
        }
        self.notice(Notice::Certificate(*hash));
        Ok(())
    }

    /// Attaches a policy to a thing group.
    pub fn attach_policy_to_group(&mut self, policy: i64, group: i64) -> Result<()> {
        self.write(
            "INSERT INTO policy_group (policy_id, group_id) VALUES ($1, $2)
             ON CONFLICT (policy_id, group_id) DO NOTHING",
            &[policy.into(), group.into()],
        )?;
        self.notice(Notice::Group(group));
        Ok(())
    }

    /// Detaches a policy from a thing group.
    pub fn detach_policy_from_group(&mut self, policy: i64, group: i64) -> Result<()> {
        self.write(
            "DELETE FROM policy_group WHERE policy_id = $1 AND group_id = $2",
            &[policy.into(), group.into()],
        )?;
        self.notice(Notice::Group(group));
        Ok(())
    }
}
