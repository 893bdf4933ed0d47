//! What can be set of a bucket: who may reach it.
//!
//! Owns what each setting may be and what stands where none was made. Who asks the policy is `app/iam/bucket_policy.rs`.

use super::{Objects, Refusal, need_bucket};
use crate::app::caller::Caller;
use crate::app::iam::{ACCESS_BLOCK, AccessBlock, access_block};
use crate::app::{Error, Result};
use nameplate_core::policy::bucket;
use nameplate_core::policy::{Dialect, PolicyDocument};
use nameplate_store::object::POLICY;
use serde::{Deserialize, Serialize};

/// Who owns what others put into a bucket. `null` is kept where the setting was taken away, which is not what a new bucket
/// has.
const OWNERSHIP: &str = "ownership";

/// Who owns what others put into a bucket. All who can put something belong to the bucket's own account, so that it is
/// always the same owner; it decides whether ACLs are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ownership {
    /// The bucket's owner; ACLs are off. What a new bucket has.
    BucketOwnerEnforced,
    /// The bucket's owner, where an ACL says so.
    BucketOwnerPreferred,
    /// Who puts it.
    ObjectWriter,
}

fn is_public(policy: &str) -> Result<bool> {
    let document = PolicyDocument::parse(policy, Dialect::Resource).map_err(Error::internal)?;
    Ok(document.is_public())
}

impl Objects {
    pub(super) async fn setting(&self, bucket: &str, name: &str) -> Result<Option<String>> {
        self.kernel
            .store
            .read(|conn| {
                need_bucket(conn, bucket)?;
                Ok(conn.bucket_setting(bucket, name)?)
            })
            .await
    }

    pub(super) async fn set(
        &self,
        caller: &Caller,
        bucket: &str,
        name: &'static str,
        value: Option<String>,
    ) -> Result<()> {
        let bucket = bucket.to_owned();
        self.kernel
            .change(caller, "set-bucket-setting", move |tx| {
                let key = need_bucket(tx, &bucket)?;
                tx.set_bucket_setting(key, name, value.as_deref())?;
                Ok(())
            })
            .await
    }

    /// The policy of a bucket.
    pub async fn bucket_policy(&self, bucket: &str) -> Result<Option<String>> {
        self.setting(bucket, POLICY).await
    }

    /// Whether the policy of a bucket lets in anybody; `None` where it has none.
    pub async fn policy_is_public(&self, bucket: &str) -> Result<Option<bool>> {
        match self.bucket_policy(bucket).await? {
            Some(policy) => is_public(&policy).map(Some),
            None => Ok(None),
        }
    }

    /// Gives a bucket a policy; one that lets in anybody only where that is not blocked.
    pub async fn set_bucket_policy(
        &self,
        caller: &Caller,
        bucket: &str,
        policy: String,
    ) -> Result<()> {
        let arn = self.kernel.realm().s3(bucket);
        let (bucket, who) = (bucket.to_owned(), caller.arn().to_owned());
        self.kernel
            .change(caller, "set-bucket-policy", move |tx| {
                let key = need_bucket(tx, &bucket)?;
                let parsed = bucket::parse(&policy, &arn)
                    .map_err(|why| Error::from(Refusal::Policy(why.to_string())))?;
                let blocked = access_block(tx, &bucket)?.is_some_and(|on| on.block_public_policy);
                if blocked && parsed.document.is_public() {
                    return Err(Error::denied(format!(
                        "User: {who} is not authorized to perform: s3:PutBucketPolicy on resource: \"{arn}\" because \
                         public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
                    )));
                }
                tx.set_bucket_setting(key, POLICY, Some(&policy))?;
                Ok(())
            })
            .await
    }

    /// Takes a bucket's policy away.
    pub async fn delete_bucket_policy(&self, caller: &Caller, bucket: &str) -> Result<()> {
        self.set(caller, bucket, POLICY, None).await
    }

    /// Who owns what others put into a bucket; `None` where the setting was taken away, which is as `ObjectWriter`.
    pub async fn ownership(&self, bucket: &str) -> Result<Option<Ownership>> {
        match self.setting(bucket, OWNERSHIP).await? {
            None => Ok(Some(Ownership::BucketOwnerEnforced)),
            Some(kept) => serde_json::from_str(&kept).map_err(Error::internal),
        }
    }

    /// Says who owns what others put into a bucket.
    pub async fn set_ownership(
        &self,
        caller: &Caller,
        bucket: &str,
        ownership: Option<Ownership>,
    ) -> Result<()> {
        let value = serde_json::to_string(&ownership).map_err(Error::internal)?;
        self.set(caller, bucket, OWNERSHIP, Some(value)).await
    }

    /// What of a bucket may not be public; `None` where the setting was taken away.
    pub async fn access_block(&self, bucket: &str) -> Result<Option<AccessBlock>> {
        self.kernel
            .store
            .read(|conn| {
                need_bucket(conn, bucket)?;
                access_block(conn, bucket)
            })
            .await
    }

    /// Says what of a bucket may not be public.
    pub async fn set_access_block(
        &self,
        caller: &Caller,
        bucket: &str,
        block: Option<AccessBlock>,
    ) -> Result<()> {
        let value = serde_json::to_string(&block).map_err(Error::internal)?;
        self.set(caller, bucket, ACCESS_BLOCK, Some(value)).await
    }
}
