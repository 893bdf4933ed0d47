//! Tags of objects and buckets.

use super::{Objects, Refusal, find, need_bucket};
use crate::app::caller::Caller;
use crate::app::{Error, Result};
use nameplate_store::Conn;

/// Most tags of an object (S3 user guide: object tagging).
pub const OBJECT_TAGS: usize = 10;
/// Most tags of a bucket (S3 user guide: cost allocation tags).
pub const BUCKET_TAGS: usize = 50;

impl Objects {
    /// Tags of an object, or where no key is given of the bucket, in the order of names.
    pub async fn object_tags(
        &self,
        bucket: &str,
        key: Option<&str>,
    ) -> Result<Vec<(String, String)>> {
        let arn = self.tagged(bucket, key);
        self.kernel
            .store
            .read(|conn| {
                exists(conn, bucket, key)?;
                Ok(conn.tags(&arn, "", BUCKET_TAGS)?)
            })
            .await
    }

    /// Replaces those tags.
    pub async fn set_object_tags(
        &self,
        caller: &Caller,
        bucket: &str,
        key: Option<&str>,
        tags: Vec<(String, String)>,
    ) -> Result<()> {
        check_tags(
            &tags,
            if key.is_some() {
                OBJECT_TAGS
            } else {
                BUCKET_TAGS
            },
        )?;
        let arn = self.tagged(bucket, key);
        let (bucket, key) = (bucket.to_owned(), key.map(str::to_owned));
        self.kernel
            .change(caller, "set-object-tags", move |tx| {
                exists(tx, &bucket, key.as_deref())?;
                tx.delete_all_tags(&arn)?;
                Ok(tx.put_tags(&arn, &tags)?)
            })
            .await
    }

    fn tagged(&self, bucket: &str, key: Option<&str>) -> String {
        match key {
            Some(key) => self.kernel.realm().s3(format_args!("{bucket}/{key}")),
            None => self.kernel.realm().s3(bucket),
        }
    }
}

fn exists(conn: &Conn<'_>, bucket: &str, key: Option<&str>) -> Result<()> {
    match key {
        Some(key) => find(conn, bucket, key).map(drop),
        None => need_bucket(conn, bucket).map(drop),
    }
}

/// Refuses tags that nothing may have.
pub fn check_tags(tags: &[(String, String)], most: usize) -> Result<()> {
    let refused = |reason: String| Err::<(), Error>(Refusal::Tag { reason }.into());
    if tags.len() > most {
        return refused(format!(
            "There can be at most {most} tags, and these are {}",
            tags.len()
        ));
    }
    for (at, (key, value)) in tags.iter().enumerate() {
        if key.is_empty() || key.chars().count() > 128 {
            return refused(format!("The TagKey you have provided is invalid: {key:?}"));
        }
        if value.chars().count() > 256 {
            return refused(format!(
                "The TagValue you have provided is invalid: {value:?}"
            ));
        }
        if key.starts_with("aws:") {
            return refused(format!(
                "System tags cannot be added or updated by a requester: {key:?}"
            ));
        }
        if tags[..at].iter().any(|(other, _)| other == key) {
            return refused(format!(
                "Cannot provide multiple Tags with the same key: {key:?}"
            ));
        }
    }
    Ok(())
}
