//! Policies of resources: those of S3's buckets and of DynamoDB's tables.
//!
//! Owns when they are asked, so that no way to an object or an item passes them by: every decision about S3 and DynamoDB
//! comes here. What a policy may be is in `core::policy`, in the file of its noun; they are set where the resource is.

use super::{Asker, Iam, Identity, bucket_policy, holder};
use crate::app::Result;
use nameplate_core::arn::Arn;
use nameplate_core::ctx::Millis;
use nameplate_core::policy::caller::Asked;
use nameplate_core::policy::iam::{Principal, RESOURCE_POLICY, says};
use nameplate_core::policy::{Decision, Dialect, NamedPolicy, Request, Verdict};
use nameplate_store::Conn;
use std::collections::HashSet;

/// What the root may do whatever the policy says, so that nobody is shut out for ever (S3 user guide: bucket policies;
/// DynamoDB API reference: DeleteResourcePolicy).
const OF_ROOT: [&str; 4] = [
    "dynamodb:DeleteResourcePolicy",
    "s3:DeleteBucketPolicy",
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
];

/// The table of DynamoDB that a resource is or is of.
fn table_of(resource: &str) -> Option<&str> {
    let arn = Arn::parse(resource).filter(|arn| arn.service == "dynamodb")?;
    let rest = arn.resource.strip_prefix("table/")?;
    rest.split('/').next().filter(|name| !name.is_empty())
}

/// Whether a resource is of a kind that can have a policy.
pub(super) fn can_have(resource: &str) -> bool {
    bucket_policy::bucket_of(resource).is_some() || table_of(resource).is_some()
}

/// The policy that a resource has, or that it is under: objects by their bucket, indexes by their table.
pub(super) fn policy_of(conn: &Conn<'_>, resource: &str) -> Result<Option<NamedPolicy>> {
    let Some(table) = table_of(resource) else {
        return bucket_policy::policy_of(conn, resource);
    };
    let Some((text, _)) = conn.dynamodb_policy(table)? else {
        return Ok(None);
    };
    // Checked when it was set; one that no longer parses must not let anyone in.
    super::named(RESOURCE_POLICY, &text, Dialect::Resource).map(Some)
}

/// Names of the tables that have policies.
pub(super) fn tables(conn: &Conn<'_>) -> Result<HashSet<String>> {
    Ok(conn.dynamodb_tables_with_policies()?.into_iter().collect())
}

/// What the root is told, who may do all that no policy denies: `None` where none does.
pub(super) fn denies_root(
    conn: &Conn<'_>,
    asker: &Asker<'_>,
    asked: &Asked<'_>,
    policy: Option<&NamedPolicy>,
) -> Result<Option<Decision>> {
    if OF_ROOT.contains(&asked.action) {
        return Ok(None);
    }
    let Some(policy) = policy else {
        return Ok(None);
    };
    let request = Request {
        action: asked.action,
        resource: asked.resource,
    };
    let tags = holder::tags_of(conn, asked.resource)?;
    let context = asker.context(&Asked {
        tags: &tags,
        ..*asked
    });
    let principal = Principal::Arn(&asker.caller.arn);
    let decision = says(policy, principal, request, &context).decision;
    Ok((decision.verdict == Verdict::ExplicitDeny).then_some(decision))
}

impl Iam {
    /// Whether any table has a policy of its own: where none has, the root need not be asked about.
    ///
    /// # Errors
    /// Ours alone.
    pub async fn tables_have_policies(&self) -> Result<bool> {
        Ok(!self.tables_with_policies().await?.is_empty())
    }

    pub(super) async fn tables_with_policies(&self) -> Result<std::sync::Arc<HashSet<String>>> {
        let kernel = &self.kernel;
        self.policed_tables
            .get(&kernel.store, &kernel.generations)
            .await
    }

    /// Whether a resource may have a policy, as far as it is known without reading that: of tables, the names of those that
    /// do are kept, for items are asked for often.
    pub(super) async fn may_have_policy(&self, resource: &str) -> Result<bool> {
        match table_of(resource) {
            Some(table) => Ok(self.tables_with_policies().await?.contains(table)),
            None => Ok(can_have(resource)),
        }
    }
}

impl Identity {
    /// Whether the caller may do `action` on `resource` once that has `policy`.
    ///
    /// # Errors
    /// Ours alone.
    pub(crate) fn may_under(
        &self,
        conn: &Conn<'_>,
        action: &str,
        resource: &str,
        policy: &NamedPolicy,
        now: Millis,
    ) -> Result<bool> {
        let decision = self.decision_under(conn, (action, resource, &[]), Some(policy), now)?;
        Ok(decision.is_none_or(|decision| decision.is_allowed()))
    }
}
