//! Buckets, objects and unfinished uploads of S3: what is known of them. Their bodies are files, which belong to the
//! use cases; a row names its file, and a file that no row names is nobody's.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Result};
use nameplate_core::ctx::Millis;

/// The name of the setting that is a bucket's policy, which every decision about the bucket asks for.
pub const POLICY: &str = "policy";

/// A bucket: a name over which objects are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketRow {
    /// The store's own growing key.
    pub key: i64,
    /// Unique on this server.
    pub name: String,
    /// The region it was made in.
    pub region: String,
    /// When it was made.
    pub created: Millis,
}

/// What is kept of an object besides its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRow {
    /// The file that is its body.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// When it was last written.
    pub modified: Millis,
    /// What else there is to say, as the use cases write it.
    pub details: String,
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    /// Its name in the bucket.
    pub name: String,
    /// The rest.
    pub row: ObjectRow,
}

/// An upload in parts that is neither complete nor aborted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// The object it will be.
    pub name: String,
    /// Its id.
    pub upload: String,
    /// When it began.
    pub initiated: Millis,
    /// What the object will have besides its body.
    pub details: String,
}

/// A part of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    /// Its number, from 1.
    pub number: i64,
    /// The file that is its body.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// When it was written.
    pub modified: Millis,
    /// Its checksum by the upload's algorithm.
    pub checksum: Option<String>,
}

fn bucket(row: &Row<'_>) -> Result<BucketRow> {
    Ok(BucketRow {
        key: row.int(0)?,
        name: row.text(1)?,
        region: row.text(2)?,
        created: Millis(row.int(3)?),
    })
}

fn object(row: &Row<'_>) -> Result<ObjectRow> {
    Ok(ObjectRow {
        file: row.text(0)?,
        size: size(row.int(1)?),
        etag: row.text(2)?,
        modified: Millis(row.int(3)?),
        details: row.text(4)?,
    })
}

fn name(row: &Row<'_>, column: usize) -> Result<String> {
    // It was text when it was written.
    Ok(String::from_utf8_lossy(&row.blob(column)?).into_owned())
}

fn part(row: &Row<'_>) -> Result<PartRow> {
    Ok(PartRow {
        number: row.int(0)?,
        file: row.text(1)?,
        size: size(row.int(2)?),
        etag: row.text(3)?,
        modified: Millis(row.int(4)?),
        checksum: row.opt_text(5)?,
    })
}

fn size(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

fn stored(size: u64) -> Value<'static> {
    Value::Int(i64::try_from(size).unwrap_or(i64::MAX))
}

impl Conn<'_> {
    /// The bucket of this name.
    pub fn bucket(&self, name: &str) -> Result<Option<BucketRow>> {
        self.one(
            "SELECT id, name, region, created FROM bucket WHERE name = $1",
            &[name.into()],
            bucket,
        )
    }

    /// What has been set of a bucket under this name; `None` where nothing has, or where there is no such bucket.
    pub fn bucket_setting(&self, bucket: &str, name: &str) -> Result<Option<String>> {
        self.one(
            "SELECT value FROM bucket_setting WHERE bucket_id = (SELECT id FROM bucket WHERE name = $1) AND name = $2",
            &[bucket.into(), name.into()],
            |row| row.text(0),
        )
    }

    /// Buckets whose names begin with `prefix`, in the order of names, beyond `after`.
    pub fn buckets(&self, prefix: &str, after: &str, limit: usize) -> Result<Vec<BucketRow>> {
        self.all(
            "SELECT id, name, region, created FROM bucket WHERE name > $1 AND substr(name, 1, $2) = $3
             ORDER BY name LIMIT $4",
            &[
                after.into(),
                Value::Int(prefix.chars().count() as i64),
                prefix.into(),
                Value::Int(limit as i64),
            ],
            bucket,
        )
    }

    /// Whether a bucket holds an object.
    pub fn bucket_has_objects(&self, bucket: i64) -> Result<bool> {
        let found = self.one(
            "SELECT 1 FROM object WHERE bucket_id = $1 LIMIT 1",
            &[bucket.into()],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// The object of this name in a bucket.
    pub fn object(&self, bucket: i64, name: &str) -> Result<Option<ObjectRow>> {
        self.one(
            "SELECT file, size, etag, modified, details FROM object WHERE bucket_id = $1 AND name = $2",
            &[bucket.into(), Value::Blob(name.as_bytes())],
            object,
        )
    }

    /// Objects of a bucket whose names are at or after `from` and before `until`, in the order of names.
    pub fn objects(
        &self,
        bucket: i64,
        from: &[u8],
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<ListedObject>> {
        self.all(
            "SELECT file, size, etag, modified, details, name FROM object
             WHERE bucket_id = $1 AND name >= $2 AND name < $3 ORDER BY name LIMIT $4",
            &[
                bucket.into(),
                from.into(),
                until.into(),
                Value::Int(limit as i64),
            ],
            |row| {
                Ok(ListedObject {
                    row: object(row)?,
                    name: name(row, 5)?,
                })
            },
        )
    }

    /// An unfinished upload.
    pub fn upload(&self, bucket: i64, name: &str, upload: &str) -> Result<Option<UploadRow>> {
        let object = name;
        self.one(
            "SELECT initiated, details FROM upload WHERE bucket_id = $1 AND name = $2 AND upload = $3",
            &[bucket.into(), Value::Blob(name.as_bytes()), upload.into()],
            |row| {
                Ok(UploadRow {
                    name: object.to_owned(),
                    upload: upload.to_owned(),
                    initiated: Millis(row.int(0)?),
                    details: row.text(1)?,
                })
            },
        )
    }

    /// Unfinished uploads of a bucket beyond `after` (name and id) whose names are before `until`, in the order of
    /// names and then of their beginnings.
    pub fn uploads(
        &self,
        bucket: i64,
        after: (&[u8], &str),
        until: &[u8],
        limit: usize,
    ) -> Result<Vec<UploadRow>> {
        self.all(
            "SELECT name, upload, initiated, details FROM upload
             WHERE bucket_id = $1 AND (name, upload) > ($2, $3) AND name < $4 ORDER BY name, upload LIMIT $5",
            &[
                bucket.into(),
                after.0.into(),
                after.1.into(),
                until.into(),
                Value::Int(limit as i64),
            ],
            |row| {
                Ok(UploadRow {
                    name: name(row, 0)?,
                    upload: row.text(1)?,
                    initiated: Millis(row.int(2)?),
                    details: row.text(3)?,
                })
            },
        )
    }

    /// Parts of an upload beyond the number `after`, in order.
    pub fn parts(&self, upload: &str, after: i64, limit: usize) -> Result<Vec<PartRow>> {
        self.all(
            "SELECT number, file, size, etag, modified, checksum FROM part
             WHERE upload = $1 AND number > $2 ORDER BY number LIMIT $3",
            &[upload.into(), after.into(), Value::Int(limit as i64)],
            part,
        )
    }

    /// Every file that an object or a part has.
    pub fn object_files(&self) -> Result<Vec<String>> {
        self.all(
            "SELECT file FROM object UNION ALL SELECT file FROM part",
            &[],
            |row| row.text(0),
        )
    }
}

impl Tx<'_> {
    /// Adds a bucket; its key. The caller has seen that the name is free.
    pub fn insert_bucket(&mut self, name: &str, region: &str, created: Millis) -> Result<i64> {
        let key = self.next_key("bucket")?;
        self.write(
            "INSERT INTO bucket (id, name, region, created) VALUES ($1, $2, $3, $4)",
            &[key.into(), name.into(), region.into(), created.0.into()],
        )?;
        Ok(key)
    }

    /// Removes a bucket. The caller has seen that it holds nothing.
    pub fn delete_bucket(&mut self, bucket: i64) -> Result<()> {
        self.write(
            "DELETE FROM bucket_setting WHERE bucket_id = $1",
            &[bucket.into()],
        )?;
        self.write("DELETE FROM bucket WHERE id = $1", &[bucket.into()])?;
        Ok(())
    }

    /// Sets something of a bucket, over what was set under this name, or takes it away.
    pub fn set_bucket_setting(
        &mut self,
        bucket: i64,
        name: &str,
        value: Option<&str>,
    ) -> Result<()> {
        match value {
            Some(value) => self.write(
                "INSERT INTO bucket_setting (bucket_id, name, value) VALUES ($1, $2, $3)
                 ON CONFLICT (bucket_id, name) DO UPDATE SET value = excluded.value",
                &[bucket.into(), name.into(), value.into()],
            ),
            None => self.write(
                "DELETE FROM bucket_setting WHERE bucket_id = $1 AND name = $2",
                &[bucket.into(), name.into()],
            ),
        }
    }

    /// Adds an object or replaces the one of the same name.
    pub fn put_object(&mut self, bucket: i64, name: &str, row: &ObjectRow) -> Result<()> {
        self.write(
            "INSERT INTO object (bucket_id, name, file, size, etag, modified, details)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (bucket_id, name) DO UPDATE SET file = excluded.file, size = excluded.size,
             etag = excluded.etag, modified = excluded.modified, details = excluded.details",
            &[
                bucket.into(),
                Value::Blob(name.as_bytes()),
                (&row.file).into(),
                stored(row.size),
                (&row.etag).into(),
                row.modified.0.into(),
                (&row.details).into(),
            ],
        )?;
        Ok(())
    }

    /// Removes an object.
    pub fn delete_object(&mut self, bucket: i64, name: &str) -> Result<()> {
        self.write(
            "DELETE FROM object WHERE bucket_id = $1 AND name = $2",
            &[bucket.into(), Value::Blob(name.as_bytes())],
        )?;
        Ok(())
    }

    /// Begins an upload in parts.
    pub fn insert_upload(&mut self, bucket: i64, row: &UploadRow) -> Result<()> {
        self.write(
            "INSERT INTO upload (bucket_id, name, upload, initiated, details) VALUES ($1, $2, $3, $4, $5)",
            &[
                bucket.into(),
                Value::Blob(row.name.as_bytes()),
                (&row.upload).into(),
                row.initiated.0.into(),
                (&row.details).into(),
            ],
        )?;
        Ok(())
    }

    /// Removes an upload and its parts.
    pub fn delete_upload(&mut self, bucket: i64, name: &str, upload: &str) -> Result<()> {
        self.write(
            "DELETE FROM upload WHERE bucket_id = $1 AND name = $2 AND upload = $3",
            &[bucket.into(), Value::Blob(name.as_bytes()), upload.into()],
        )?;
        self.write("DELETE FROM part WHERE upload = $1", &[upload.into()])?;
        Ok(())
    }

    /// Adds a part or replaces the one of the same number.
    pub fn put_part(&mut self, upload: &str, row: &PartRow) -> Result<()> {
        self.write(
            "INSERT INTO part (upload, number, file, size, etag, modified, checksum)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (upload, number) DO UPDATE SET file = excluded.file, size = excluded.size,
             etag = excluded.etag, modified = excluded.modified, checksum = excluded.checksum",
            &[
                upload.into(),
                row.number.into(),
                (&row.file).into(),
                stored(row.size),
                (&row.etag).into(),
                row.modified.0.into(),
                row.checksum.as_deref().into(),
            ],
        )?;
        Ok(())
    }
}
