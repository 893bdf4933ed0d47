//! Payloads as objects. AWS guide: s3-rule-action.

use super::Ended;
use crate::app::caller::Caller;
use crate::app::error::Error;
use crate::app::objects::{Details, Expected, NewObject};
use crate::app::rules::engine::{Engine, Trouble, again};
use crate::app::rules::evaluate::Payload;
use nameplate_rules::S3;

/// Canned ACLs that say no more than what is so anyway: the account owns its objects, and nobody else reads them.
const OWNERS_ALONE: &[&str] = &["private", "bucket-owner-read", "bucket-owner-full-control"];

impl Engine {
    pub(super) async fn put_object(&self, to: &S3<String>, payload: &Payload) -> Ended {
        if let Some(acl) = &to.canned_acl
            && !OWNERS_ALONE.contains(&acl.as_str())
        {
            return Err(format!("objects cannot have the canned ACL {acl} here"));
        }
        again(|| async {
            let put = async {
                let mut body = self.objects.begin_body().await?;
                body.write(&payload.bytes).await?;
                let new = NewObject {
                    finished: body.finish().await?,
                    details: Details::default(),
                    tags: Vec::new(),
                };
                // What the role may do was asked before.
                let caller = Caller::server(self.ctx());
                let (bucket, key) = (&to.bucket_name, &to.key);
                self.objects
                    .put_object(&caller, bucket, key, new, Expected::default())
                    .await?;
                Ok::<_, Error>(())
            };
            put.await.map_err(Trouble::from)
        })
        .await
    }
}
