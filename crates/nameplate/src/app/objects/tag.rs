//! Tags of objects and buckets.

use super::{Objects, Refusal, find, need_bucket};
use crate::app::caller::Caller;
use crate::app::{Error, Result};
use nameplate_store::Conn;

/// What may have tags: how many, and what is said of too many and of the system's own.
pub struct Tagged {
    most: usize,
    too_many: &'static str,
    of_the_system: &'static str,
}

/// An object (S3 user guide: object tagging).
pub const OBJECT: &Tagged = &Tagged {
    most: 10,
    too_many: "Object tags cannot be greater than 10",
    of_the_system: "Your TagKey cannot be prefixed with aws:",
};
/// A bucket (S3 user guide: cost allocation tags).
pub const BUCKET: &Tagged = &Tagged {
    most: 50,
    too_many: "Bucket tag count cannot be greater than 50",
    of_the_system: "System tags cannot be added/updated by requester",
};

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
                Ok(conn.tags(&arn, "", BUCKET.most)?)
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
        check_tags(&tags, if key.is_some() { OBJECT } else { BUCKET })?;
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

/// Refuses tags that it may not have, in S3's order: too many, one twice, one of the system's, names, values.
pub fn check_tags(tags: &[(String, String)], of: &Tagged) -> Result<()> {
    if tags.len() > of.most {
        return Err(Refusal::TooManyTags { text: of.too_many }.into());
    }
    let takes =
        |text: &str, most: usize| text.chars().count() <= most && text.chars().all(is_of_tags);
    for (at, (key, value)) in tags.iter().enumerate() {
        let refused = |text, value: Option<&String>| {
            let (key, value) = (
                key.as_str().into(),
                value.map(|value| value.as_str().into()),
            );
            Err::<(), Error>(Refusal::Tag { text, key, value }.into())
        };
        if tags[..at].iter().any(|(other, _)| other == key) {
            return refused("Cannot provide multiple Tags with the same key", None);
        }
        if key.starts_with("aws:") {
            return refused(of.of_the_system, None);
        }
        if key.is_empty() || !takes(key, 128) {
            return refused("The TagKey you have provided is invalid", None);
        }
        if !takes(value, 256) {
            return refused("The TagValue you have provided is invalid", Some(value));
        }
    }
    Ok(())
}

/// Letters, digits and spaces of any script, and `_.:/=+-@` (S3 user guide: object tagging).
fn is_of_tags(c: char) -> bool {
    c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c)
}
