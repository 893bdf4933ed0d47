//! Buckets.

use super::{Objects, Refusal, need_bucket};
use crate::app::Result;
use crate::app::caller::Caller;
use nameplate_core::ctx::Millis;
use nameplate_store::object::BucketRow;

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// The region it is in.
    pub region: String,
    /// When it was made.
    pub created: Millis,
}

impl From<BucketRow> for Bucket {
    fn from(row: BucketRow) -> Self {
        Self {
            name: row.name,
            region: row.region,
            created: row.created,
        }
    }
}

impl Objects {
    /// Makes a bucket, for a region; without one for the server's own.
    pub async fn create_bucket(
        &self,
        caller: &Caller,
        name: &str,
        region: Option<&str>,
    ) -> Result<()> {
        let region = region.unwrap_or(&self.kernel.realm().region);
        match self.add_bucket(caller, name, region).await? {
            true => Ok(()),
            false => Err(Refusal::BucketOwned {
                bucket: name.to_owned(),
            }
            .into()),
        }
    }

    /// Makes a bucket unless it exists.
    pub async fn ensure_bucket(&self, caller: &Caller, name: &str) -> Result<()> {
        let region = &self.kernel.realm().region;
        self.add_bucket(caller, name, region).await.map(drop)
    }

    async fn add_bucket(&self, caller: &Caller, name: &str, region: &str) -> Result<bool> {
        if !is_bucket_name(name) {
            return Err(Refusal::BucketName {
                bucket: name.to_owned(),
            }
            .into());
        }
        let (name, region, now) = (name.to_owned(), region.to_owned(), caller.ctx.now);
        self.kernel
            .change(caller, "create-bucket", move |tx| {
                if tx.bucket(&name)?.is_some() {
                    return Ok(false);
                }
                tx.insert_bucket(&name, &region, now)?;
                Ok(true)
            })
            .await
    }

    /// A bucket.
    pub async fn bucket(&self, name: &str) -> Result<Bucket> {
        let found = self.kernel.store.read(|conn| conn.bucket(name)).await?;
        match found {
            Some(row) => Ok(row.into()),
            None => Err(Refusal::NoBucket {
                bucket: name.to_owned(),
            }
            .into()),
        }
    }

    /// Buckets whose names begin with `prefix`, of one region where that is given, in the order of names, beyond `after`.
    pub async fn buckets(
        &self,
        prefix: &str,
        region: Option<&str>,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Bucket>> {
        /// Rows read at a time where some are passed over.
        const ROWS: usize = 1000;
        let (mut found, mut after) = (Vec::new(), after.to_owned());
        let asked = if region.is_some() { ROWS } else { limit };
        while found.len() < limit {
            let rows = self
                .kernel
                .store
                .read(|conn| conn.buckets(prefix, &after, asked))
                .await?;
            let last = rows.len() < asked;
            if let Some(row) = rows.last() {
                after.clone_from(&row.name);
            }
            let rows = rows.into_iter().map(Bucket::from);
            found.extend(rows.filter(|bucket| region.is_none_or(|region| bucket.region == region)));
            if last {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Removes a bucket that holds no objects. Unfinished uploads in it are aborted.
    pub async fn delete_bucket(&self, caller: &Caller, name: &str) -> Result<()> {
        let arn = self.kernel.realm().s3(name);
        let name = name.to_owned();
        self.tx_releasing(caller, "delete-bucket", None, move |tx| {
            let bucket = need_bucket(tx, &name)?;
            if tx.bucket_has_objects(bucket)? {
                return Err(Refusal::BucketNotEmpty {
                    bucket: name.clone(),
                }
                .into());
            }
            let mut released = Vec::new();
            for upload in tx.uploads(bucket, (b"", ""), super::PAST_ALL_KEYS, usize::MAX >> 1)? {
                let parts = tx.parts(&upload.upload, 0, usize::MAX >> 1)?;
                released.extend(parts.into_iter().map(|part| part.file));
                tx.delete_upload(bucket, &upload.name, &upload.upload)?;
            }
            tx.delete_bucket(bucket)?;
            tx.delete_all_tags(&arn)?;
            Ok(((), released))
        })
        .await
    }
}

/// S3 user guide: bucket naming rules.
fn is_bucket_name(name: &str) -> bool {
    let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.chars().all(|c| ends(c) || c == '-' || c == '.')
        && name.starts_with(ends)
        && name.ends_with(ends)
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err()
}

#[cfg(test)]
mod tests {
    use super::is_bucket_name;

    #[test]
    fn names() {
        let check = |name: &str, valid: bool| assert_eq!(is_bucket_name(name), valid, "{name}");
        check("abc", true);
        check("a.b-c.1", true);
        check("ab", false);
        check(&"a".repeat(63), true);
        check(&"a".repeat(64), false);
        check("Bucket", false);
        check("-bucket", false);
        check("bucket-", false);
        check("a..b", false);
        check("192.168.1.1", false);
        check("under_score", false);
    }
}
