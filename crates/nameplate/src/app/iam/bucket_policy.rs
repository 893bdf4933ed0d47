//! What the policy of a bucket has to say where S3's buckets and objects are asked about, and whom it lets in unsigned.
//!
//! What a policy may be, and when one is public, is in `core::policy::bucket`; it is set in `app/objects/setting.rs`.

use super::{Iam, holder};
use crate::app::caller::Caller;
use crate::app::{Error, Result};
use nameplate_core::arn::Arn;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::policy::caller::{Asked, Origin};
use nameplate_core::policy::iam::{Principal, RESOURCE_POLICY, says};
use nameplate_core::policy::{Dialect, NamedPolicy, Request};
use nameplate_store::Conn;
use nameplate_store::object::POLICY;
use serde::{Deserialize, Serialize};

/// The name of the setting that says what of a bucket may not be public; `null` where it was taken away, which is not what a
/// new bucket has.
pub(in crate::app) const ACCESS_BLOCK: &str = "public-access-block";

/// What of a bucket may not be public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessBlock {
    /// ACLs that let in anybody are refused.
    pub block_public_acls: bool,
    /// ACLs that let in anybody count for nothing.
    pub ignore_public_acls: bool,
    /// Policies that let in anybody are refused.
    pub block_public_policy: bool,
    /// A policy that lets in anybody counts for the account's own callers alone.
    pub restrict_public_buckets: bool,
}

impl AccessBlock {
    /// What a new bucket has.
    const ALL: Self = Self {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
}

/// What of a bucket may not be public; `None` where the setting was taken away.
pub(in crate::app) fn access_block(conn: &Conn<'_>, bucket: &str) -> Result<Option<AccessBlock>> {
    match conn.bucket_setting(bucket, ACCESS_BLOCK)? {
        None => Ok(Some(AccessBlock::ALL)),
        Some(kept) => serde_json::from_str(&kept).map_err(Error::internal),
    }
}

/// The bucket that a resource is or is in.
pub(super) fn bucket_of(resource: &str) -> Option<&str> {
    let arn = Arn::parse(resource).filter(|arn| arn.service == "s3")?;
    arn.resource
        .split('/')
        .next()
        .filter(|name| !name.is_empty())
}

/// The policy that the bucket of this resource has.
pub(super) fn policy_of(conn: &Conn<'_>, resource: &str) -> Result<Option<NamedPolicy>> {
    let Some(bucket) = bucket_of(resource) else {
        return Ok(None);
    };
    let Some(text) = conn.bucket_setting(bucket, POLICY)? else {
        return Ok(None);
    };
    // Checked when it was set; one that no longer parses must not let anyone in.
    super::named(RESOURCE_POLICY, &text, Dialect::Resource).map(Some)
}

impl Iam {
    /// Whoever has not signed, where a bucket has a policy that lets in anybody and nothing restricts it.
    pub async fn anybody(&self, bucket: &str, origin: Origin, ctx: &Ctx) -> Result<Option<Caller>> {
        let resource = self.kernel.realm().s3(bucket);
        let is_open = self
            .kernel
            .store
            .read(|conn| is_open(conn, &resource))
            .await?;
        Ok(is_open.then(|| Caller::anonymous(ctx.clone(), origin)))
    }

    /// Whether the policy of a bucket lets anybody do it.
    pub(super) async fn may_anybody(
        &self,
        origin: &Origin,
        asked: &Asked<'_>,
        now: Millis,
    ) -> Result<()> {
        let request = Request {
            action: asked.action,
            resource: asked.resource,
        };
        let is_allowed = self
            .kernel
            .store
            .read(|conn| {
                if !is_open(conn, asked.resource)? {
                    return Ok::<_, Error>(false);
                }
                let policy = policy_of(conn, asked.resource)?;
                let tags = holder::tags_of(conn, asked.resource)?;
                let asked = Asked {
                    tags: &tags,
                    ..*asked
                };
                let context = asked.complete(origin.context(now), self.kernel.realm());
                Ok(policy.is_some_and(|policy| {
                    let said = says(&policy, Principal::Anonymous, request, &context);
                    said.decision.is_allowed()
                }))
            })
            .await?;
        match is_allowed {
            true => Ok(()),
            false => Err(Error::denied("Access Denied")),
        }
    }
}

/// Whether the policy of the resource's bucket counts for who has not signed: it is a public one, and public ones are
/// not restricted to the account.
fn is_open(conn: &Conn<'_>, resource: &str) -> Result<bool> {
    let (Some(bucket), Some(policy)) = (bucket_of(resource), policy_of(conn, resource)?) else {
        return Ok(false);
    };
    Ok(policy.document.is_public()
        && !access_block(conn, bucket)?.is_some_and(|block| block.restrict_public_buckets))
}
