//! Uploads in parts.

use super::list::{common_prefix, past_prefix};
use super::{
    Checksum, Details, Expected, Finished, ObjectInfo, Objects, Refusal, check_key, need_bucket,
};
use crate::app::caller::Caller;
use crate::app::{Error, Result, ids};
use nameplate_aws::checksum::Algorithm;
use nameplate_core::ctx::Millis;
use nameplate_store::Conn;
use nameplate_store::object::{ObjectRow, PartRow, UploadRow};
use serde::{Deserialize, Serialize};

/// Most parts of an upload (S3 user guide: multipart upload limits).
pub const PARTS: i64 = 10_000;
/// Least size of a part that is not the last, bytes.
pub const PART_BYTES: u64 = 5 * 1024 * 1024;

/// What the object of an upload will have besides its body.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Details; the checksum says how it will be made.
    pub details: Details,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<(String, String)>,
}

/// An upload under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// The object it will be.
    pub key: String,
    /// Its id.
    pub id: String,
    /// When it began.
    pub initiated: Millis,
    /// What it will be.
    pub plan: Plan,
}

impl Upload {
    fn of(row: UploadRow) -> Result<Self> {
        Ok(Self {
            key: row.name,
            id: row.upload,
            initiated: row.initiated,
            plan: serde_json::from_str(&row.details).map_err(Error::internal)?,
        })
    }

    /// The algorithm that parts and object are checked by.
    pub fn algorithm(&self) -> Option<Algorithm> {
        let checksum = self.plan.details.checksum.as_ref()?;
        Algorithm::named(&checksum.algorithm)
    }
}

/// An item of a list of uploads.
#[derive(Debug, Clone, PartialEq)]
pub enum UploadItem {
    /// An upload.
    Upload(Box<Upload>),
    /// The beginning of the key of at least one, delimiter included.
    CommonPrefix(String),
}

/// A part that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// From 1.
    pub number: i64,
    /// Bytes.
    pub size: u64,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// When it was written.
    pub modified: Millis,
    /// Its checksum by the upload's algorithm.
    pub checksum: Option<String>,
}

impl From<PartRow> for Part {
    fn from(row: PartRow) -> Self {
        Self {
            number: row.number,
            size: row.size,
            etag: row.etag,
            modified: row.modified,
            checksum: row.checksum,
        }
    }
}

/// A part as the one who completes the upload names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPart {
    /// From 1.
    pub number: i64,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// Its checksum, where it is named.
    pub checksum: Option<String>,
}

/// What completes an upload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completion {
    /// The parts, in order.
    pub parts: Vec<NamedPart>,
    /// What is expected of the object that is replaced.
    pub expected: Expected,
    /// The checksum that the object must have, by the upload's algorithm.
    pub checksum: Option<String>,
    /// The size that it must have, bytes.
    pub size: Option<u64>,
}

/// What is to become a part of an upload.
pub struct NewPart {
    /// Its number, from 1.
    pub number: i64,
    /// Its body, which is durable already.
    pub finished: Finished,
    /// Its checksum as the client gave it.
    pub checksum: Option<String>,
}

impl Objects {
    /// Begins an upload; its id.
    pub async fn create_upload(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        plan: &Plan,
    ) -> Result<String> {
        check_key(key)?;
        let initiated = caller.ctx.now;
        // Ids of one key sort by when the uploads began.
        let id = format!("{:012x}{}", initiated.0, ids::hex());
        let row = UploadRow {
            name: key.to_owned(),
            upload: id.clone(),
            initiated,
            details: serde_json::to_string(plan).map_err(Error::internal)?,
        };
        let bucket = bucket.to_owned();
        self.kernel
            .change(caller, "create-upload", move |tx| {
                let bucket = need_bucket(tx, &bucket)?;
                Ok::<_, Error>(tx.insert_upload(bucket, &row)?)
            })
            .await?;
        Ok(id)
    }

    /// An upload under way.
    pub async fn upload(&self, bucket: &str, key: &str, id: &str) -> Result<Upload> {
        let row = self
            .kernel
            .store
            .read(|conn| {
                let bucket = need_bucket(conn, bucket)?;
                need_upload(conn, bucket, key, id)
            })
            .await?;
        Upload::of(row)
    }

    /// Makes a durable body a part, replacing the one of that number; when it was written.
    pub async fn put_part(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        id: &str,
        new: NewPart,
    ) -> Result<Part> {
        let NewPart {
            number,
            finished,
            checksum,
        } = new;
        let row = PartRow {
            number,
            file: finished.body.keep(),
            size: finished.size,
            etag: hex::encode(finished.md5),
            modified: caller.ctx.now,
            checksum,
        };
        let part = Part::from(row.clone());
        let (bucket, key, id) = (bucket.to_owned(), key.to_owned(), id.to_owned());
        self.tx_releasing(caller, "put-part", Some(row.file.clone()), move |tx| {
            let bucket = need_bucket(tx, &bucket)?;
            need_upload(tx, bucket, &key, &id)?;
            let replaced = tx.parts(&id, number - 1, 1)?;
            tx.put_part(&id, &row)?;
            let replaced = replaced.into_iter().filter(|part| part.number == number);
            Ok((part.clone(), replaced.map(|part| part.file).collect()))
        })
        .await
    }

    /// Parts of an upload beyond the number `after`, in order.
    pub async fn parts(
        &self,
        bucket: &str,
        key: &str,
        id: &str,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Part>> {
        let rows = self
            .kernel
            .store
            .read(|conn| {
                let bucket = need_bucket(conn, bucket)?;
                need_upload(conn, bucket, key, id)?;
                Ok::<_, Error>(conn.parts(id, after, limit)?)
            })
            .await?;
        Ok(rows.into_iter().map(Part::from).collect())
    }

    /// Uploads of a bucket whose keys begin with `prefix`, beyond `after` (key and id; without id, all of the key), in
    /// the order of keys and then of their beginnings; those below a delimiter are rolled up. An empty delimiter rolls up
    /// nothing.
    pub async fn uploads(
        &self,
        bucket: &str,
        (prefix, delimiter): (&str, &str),
        (key, id): (&str, Option<&str>),
        limit: usize,
    ) -> Result<Vec<UploadItem>> {
        // Ids are hex digits.
        let mut after = match common_prefix(key, prefix, delimiter) {
            Some(rolled) => (past_prefix(&rolled), String::new()),
            None if key.as_bytes() < prefix.as_bytes() => (prefix.into(), String::new()),
            None => {
                let id = id.unwrap_or(if key.is_empty() { "" } else { "~" });
                (key.into(), id.to_owned())
            }
        };
        let mut items: Vec<UploadItem> = Vec::new();
        while items.len() < limit {
            let asked = limit - items.len();
            let rows = self
                .kernel
                .store
                .read(|conn| {
                    let bucket = need_bucket(conn, bucket)?;
                    let from = (after.0.as_slice(), after.1.as_str());
                    Ok::<_, Error>(conn.uploads(bucket, from, &past_prefix(prefix), asked)?)
                })
                .await?;
            let last = rows.len() < asked;
            for row in rows {
                if row.name.as_bytes() < after.0.as_slice() {
                    // Below a common prefix that is in the list.
                    continue;
                }
                items.push(match common_prefix(&row.name, prefix, delimiter) {
                    Some(rolled) => {
                        after = (past_prefix(&rolled), String::new());
                        UploadItem::CommonPrefix(rolled)
                    }
                    None => {
                        after = (row.name.clone().into(), row.upload.clone());
                        UploadItem::Upload(Box::new(Upload::of(row)?))
                    }
                });
            }
            if last {
                break;
            }
        }
        Ok(items)
    }

    /// Ends an upload without an object.
    pub async fn abort_upload(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        id: &str,
    ) -> Result<()> {
        let (bucket, key, id) = (bucket.to_owned(), key.to_owned(), id.to_owned());
        self.tx_releasing(caller, "abort-upload", None, move |tx| {
            let bucket = need_bucket(tx, &bucket)?;
            need_upload(tx, bucket, &key, &id)?;
            let parts = all_parts(tx, &id)?;
            tx.delete_upload(bucket, &key, &id)?;
            Ok(((), parts.into_iter().map(|part| part.file).collect()))
        })
        .await
    }

    /// Makes an object of an upload's parts, in the order named, and ends the upload.
    pub async fn complete_upload(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        id: &str,
        completion: Completion,
    ) -> Result<ObjectInfo> {
        let (upload, there) = self
            .kernel
            .store
            .read(|conn| {
                let bucket = need_bucket(conn, bucket)?;
                let row = need_upload(conn, bucket, key, id)?;
                Ok::<_, Error>((Upload::of(row)?, all_parts(conn, id)?))
            })
            .await?;
        let chosen = choose(id, &completion.parts, &there)?;
        let mut details = upload.plan.details.clone();
        details.checksum = details
            .checksum
            .and_then(|planned| checksum(&planned, &chosen));
        details.parts = chosen.iter().map(|part| part.size).collect();
        let size = chosen.iter().map(|part| part.size).sum();
        completion.check(&details, size)?;
        let bodies = chosen.iter().map(|part| (part.file.clone(), part.size));
        let body = self.files.join(bodies.collect()).await?;
        let row = ObjectRow {
            file: body.keep(),
            size,
            etag: etag(&chosen),
            modified: caller.ctx.now,
            details: details.text(),
        };
        let info = ObjectInfo::of(&row)?;
        let arn = self.kernel.realm().s3(format_args!("{bucket}/{key}"));
        let (bucket, key, id) = (bucket.to_owned(), key.to_owned(), id.to_owned());
        self.tx_releasing(
            caller,
            "complete-upload",
            Some(row.file.clone()),
            move |tx| {
                let bucket = need_bucket(tx, &bucket)?;
                need_upload(tx, bucket, &key, &id)?;
                let now = all_parts(tx, &id)?;
                // A part that was replaced while the parts were joined is not in the body.
                if let Some(lost) = chosen.iter().find(|part| !now.contains(part)) {
                    return Err(no_part(&id, lost.number, &lost.etag));
                }
                let replaced = tx.object(bucket, &key)?;
                completion.expected.check(&key, replaced.as_ref())?;
                let since = |row: &ObjectRow| row.modified > upload.initiated;
                if completion.expected.etag.is_some() && replaced.as_ref().is_some_and(since) {
                    let (condition, key) = ("If-Match", key.clone());
                    return Err(Refusal::Conflict { condition, key }.into());
                }
                tx.put_object(bucket, &key, &row)?;
                tx.delete_all_tags(&arn)?;
                tx.put_tags(&arn, &upload.plan.tags)?;
                tx.delete_upload(bucket, &key, &id)?;
                let released = now.into_iter().map(|part| part.file);
                let released = released.chain(replaced.into_iter().map(|row| row.file));
                Ok((info.clone(), released.collect()))
            },
        )
        .await
    }
}

impl Completion {
    fn check(&self, details: &Details, bytes: u64) -> Result<()> {
        if let Some(stated) = self.size.filter(|stated| *stated != bytes) {
            return Err(Refusal::Size { stated, bytes }.into());
        }
        let Some((made, algorithm)) = details
            .checksum
            .as_ref()
            .and_then(|made| Some((made, Algorithm::named(&made.algorithm)?)))
        else {
            return Ok(());
        };
        match &self.checksum {
            Some(expected) if *expected != made.value => Err(Refusal::Digest {
                header: algorithm.header(),
                expected: expected.clone(),
                computed: made.value.clone(),
            }
            .into()),
            _ => Ok(()),
        }
    }
}

fn need_upload(conn: &Conn<'_>, bucket: i64, key: &str, id: &str) -> Result<UploadRow> {
    conn.upload(bucket, key, id)?.ok_or_else(|| {
        Refusal::NoUpload {
            upload: id.to_owned(),
        }
        .into()
    })
}

fn all_parts(conn: &Conn<'_>, id: &str) -> Result<Vec<PartRow>> {
    Ok(conn.parts(id, 0, PARTS as usize)?)
}

fn no_part(id: &str, number: i64, etag: &str) -> Error {
    Refusal::NoPart {
        part: number,
        etag: etag.to_owned(),
        upload: id.to_owned(),
    }
    .into()
}

/// The parts named, of those that are there.
fn choose(id: &str, named: &[NamedPart], there: &[PartRow]) -> Result<Vec<PartRow>> {
    if named
        .windows(2)
        .any(|pair| pair[0].number >= pair[1].number)
    {
        return Err(Refusal::PartOrder {
            upload: id.to_owned(),
        }
        .into());
    }
    let mut chosen = Vec::with_capacity(named.len());
    for wanted in named {
        let found = there
            .binary_search_by_key(&wanted.number, |part| part.number)
            .ok()
            .and_then(|at| there.get(at))
            .filter(|part| {
                part.etag == wanted.etag
                    && (wanted.checksum.is_none() || wanted.checksum == part.checksum)
            });
        match found {
            Some(part) => chosen.push(part.clone()),
            None => return Err(no_part(id, wanted.number, &wanted.etag)),
        }
    }
    let all_but_last = chosen.split_last().map_or(&[][..], |(_, before)| before);
    if let Some(small) = all_but_last.iter().find(|part| part.size < PART_BYTES) {
        return Err(Refusal::PartTooSmall {
            part: small.number,
            bytes: small.size,
            etag: small.etag.clone(),
        }
        .into());
    }
    Ok(chosen)
}

/// The MD5 of the parts' MD5s, and their number.
fn etag(parts: &[PartRow]) -> String {
    let mut md5 = Algorithm::Md5.hasher();
    for part in parts {
        // Ours, written as hex.
        md5.update(&hex::decode(&part.etag).unwrap_or_default());
    }
    format!("{}-{}", hex::encode(md5.bytes()), parts.len())
}

fn checksum(planned: &Checksum, parts: &[PartRow]) -> Option<Checksum> {
    let algorithm = Algorithm::named(&planned.algorithm)?;
    let values: Option<Vec<(&str, u64)>> = parts
        .iter()
        .map(|part| Some((part.checksum.as_deref()?, part.size)))
        .collect();
    let values = values?;
    let value = if planned.whole {
        algorithm.combined(values)?
    } else {
        algorithm.composite(values.into_iter().map(|(value, _)| value))?
    };
    Some(Checksum {
        value,
        ..planned.clone()
    })
}
