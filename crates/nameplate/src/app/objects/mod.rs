//! Buckets and objects, as S3 has them: rows in the store, bodies in files.
//!
//! Owns their rules: names, conditions, what replaces what, in which order files and rows come to be. Must not know:
//! HTTP, XML, how a body is framed on the wire.

mod bucket;
mod cors;
mod details;
mod files;
mod list;
mod refusal;
mod setting;
mod sweep;
mod tag;
mod upload;

pub use bucket::Bucket;
pub use cors::CorsRule;
pub use details::{Checksum, Details};
pub use files::{Extent, Finished, Incoming, ObjectFiles, Reading, elsewhere, place_of};
pub use list::{Item, Listing, Selection};
pub use refusal::Refusal;
pub use setting::Ownership;
pub(crate) use sweep::{Leftovers, Suspects};
pub use tag::{OBJECT, check_tags};
pub use upload::{Completion, NamedPart, NewPart, PARTS, Part, Plan, Upload, UploadItem};

use crate::app::caller::Caller;
use crate::app::iam::Iam;
use crate::app::kernel::Kernel;
use crate::app::{Error, Result};
use nameplate_aws::sigv4::Signer;
use nameplate_aws::uri;
use nameplate_core::ctx::Millis;
use nameplate_store::object::ObjectRow;
use nameplate_store::{Conn, Tx};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longest name of an object, bytes of UTF-8 (S3 user guide: object keys).
pub const KEY_BYTES: usize = 1024;

/// No key is so far: a byte that UTF-8 does not have.
const PAST_ALL_KEYS: &[u8] = &[0xff];

/// What is known of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectInfo {
    /// Bytes.
    pub size: u64,
    /// Its entity tag, without quotes.
    pub etag: String,
    /// When it was last written.
    pub modified: Millis,
    /// Everything else.
    pub details: Details,
}

impl ObjectInfo {
    fn of(row: &ObjectRow) -> Result<Self> {
        Ok(Self {
            size: row.size,
            etag: row.etag.clone(),
            modified: row.modified,
            details: Details::parse(&row.details)?,
        })
    }

    /// All of its body.
    pub fn whole(&self) -> Extent {
        Extent {
            offset: 0,
            size: self.size,
        }
    }
}

/// What a writer expects of the object that it would replace or remove.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// There is none yet.
    pub absent: bool,
    /// It has this entity tag, without quotes; `*`: it exists.
    pub etag: Option<String>,
}

impl Expected {
    fn check(&self, key: &str, found: Option<&ObjectRow>) -> Result<()> {
        let refused = |condition| Err(Refusal::Precondition { condition }.into());
        match (&self.etag, found) {
            _ if self.absent && found.is_some() => refused("If-None-Match"),
            (Some(_), None) => Err(Refusal::NoObject { key: key.into() }.into()),
            (Some(etag), Some(row)) if etag != "*" && *etag != row.etag => refused("If-Match"),
            _ => Ok(()),
        }
    }
}

/// What is to become an object.
pub struct NewObject {
    /// Its body, which is durable already.
    pub finished: Finished,
    /// What is known of it besides.
    pub details: Details,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// The use cases of buckets and objects.
pub struct Objects {
    kernel: Arc<Kernel>,
    iam: Arc<Iam>,
    files: ObjectFiles,
}

impl Objects {
    /// Bodies that no object names any longer are removed.
    pub(crate) async fn open(kernel: Arc<Kernel>, iam: Arc<Iam>, directory: &Path) -> Result<Self> {
        let mut named = kernel.store.read(|conn| conn.object_files()).await?;
        named.extend(kernel.ground.kept_bodies());
        let authority = &kernel.device_authority;
        let identity = hex::encode(authority.derived_key(b"owner of bodies of objects"));
        let files = ObjectFiles::open(
            directory,
            &kernel.settings.objects,
            &identity,
            kernel.clock,
            named.into_iter().collect(),
            kernel.store.is_clustered(),
        )
        .await
        .map_err(Error::internal)?;
        Ok(Self { kernel, iam, files })
    }

    /// A new body to write to.
    pub async fn begin_body(&self) -> Result<Incoming> {
        self.files.begin().await
    }

    /// The body of this name, which a row has.
    pub(super) async fn body(&self, name: &str, extent: Extent) -> Result<Option<Reading>> {
        self.files.read(name, extent).await
    }

    /// Removes bodies that no row names any more.
    pub(super) async fn remove_bodies(&self, names: Vec<String>) {
        self.files.remove(names).await;
    }

    /// What is known of an object.
    pub async fn object(&self, bucket: &str, key: &str) -> Result<ObjectInfo> {
        let row = self
            .kernel
            .store
            .read(|conn| find(conn, bucket, key))
            .await?;
        ObjectInfo::of(&row)
    }

    /// An object and bytes of its body: those that `choose` names once it knows the object, with what else it finds.
    /// What is open stays readable though the object is replaced or deleted meanwhile.
    ///
    /// # Errors
    /// Those of `choose`; and ours.
    pub async fn open_object<T, E: From<Error>>(
        &self,
        bucket: &str,
        key: &str,
        choose: impl Fn(&ObjectInfo) -> Result<(T, Extent), E>,
    ) -> Result<(ObjectInfo, T, Reading), E> {
        // Between the row and its body the object may be replaced; then the row is another.
        for _ in 0..16 {
            let row = self
                .kernel
                .store
                .read(|conn| find(conn, bucket, key))
                .await?;
            let info = ObjectInfo::of(&row)?;
            let (found, extent) = choose(&info)?;
            if let Some(reading) = self.files.read(&row.file, extent).await? {
                return Ok((info, found, reading));
            }
        }
        let text = format!("the body of {key:?} in {bucket:?} is missing");
        Err(Error::internal(text).into())
    }

    /// An object and all of its body.
    pub async fn open_whole_object(
        &self,
        bucket: &str,
        key: &str,
    ) -> Result<(ObjectInfo, Reading)> {
        let (info, (), reading) = self
            .open_object(bucket, key, |info| Ok::<_, Error>(((), info.whole())))
            .await?;
        Ok((info, reading))
    }

    /// Makes a finished file an object, replacing the one of that name. The file moves; it must be in the data
    /// directory, or it is copied.
    pub async fn store_object(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        content_type: &str,
        path: PathBuf,
    ) -> Result<ObjectInfo> {
        check_key(key)?;
        let finished = self.files.adopt(path).await?;
        let details = Details {
            content_type: Some(content_type.to_owned()),
            ..Details::default()
        };
        self.put_object(
            caller,
            bucket,
            key,
            NewObject {
                finished,
                details,
                tags: Vec::new(),
            },
            Expected::default(),
        )
        .await
    }

    /// Makes a durable body an object, with its tags, replacing the one of that name.
    pub async fn put_object(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        new: NewObject,
        expected: Expected,
    ) -> Result<ObjectInfo> {
        let NewObject {
            finished,
            details,
            tags,
        } = new;
        check_key(key)?;
        let row = ObjectRow {
            file: finished.body.keep(),
            size: finished.size,
            etag: hex::encode(finished.md5),
            modified: caller.ctx.now,
            details: details.text(),
        };
        let info = ObjectInfo::of(&row)?;
        let arn = self.kernel.realm().s3(format_args!("{bucket}/{key}"));
        let (bucket, key) = (bucket.to_owned(), key.to_owned());
        self.tx_releasing(caller, "put-object", Some(row.file.clone()), move |tx| {
            let bucket = need_bucket(tx, &bucket)?;
            let replaced = tx.object(bucket, &key)?;
            expected.check(&key, replaced.as_ref())?;
            tx.put_object(bucket, &key, &row)?;
            tx.delete_all_tags(&arn)?;
            tx.put_tags(&arn, &tags)?;
            Ok((
                info.clone(),
                replaced.into_iter().map(|row| row.file).collect(),
            ))
        })
        .await
    }

    /// Removes objects of a bucket, each if it is as expected. That there is none is no refusal.
    pub async fn delete_objects(
        &self,
        caller: &Caller,
        bucket: &str,
        doomed: Vec<(String, Expected)>,
    ) -> Result<Vec<(String, Result<()>)>> {
        let bucket_arn = self.kernel.realm().s3(bucket);
        let bucket = bucket.to_owned();
        self.tx_releasing(caller, "delete-objects", None, move |tx| {
            let bucket = need_bucket(tx, &bucket)?;
            let mut outcomes = Vec::with_capacity(doomed.len());
            let mut released = Vec::new();
            for (key, expected) in &doomed {
                let outcome = match tx.object(bucket, key)? {
                    // What was never there is gone already, unless it was to be there.
                    None if expected.etag.is_none() => Ok(()),
                    found => expected.check(key, found.as_ref()).map(|()| {
                        released.extend(found.map(|row| row.file));
                    }),
                };
                if outcome.is_ok() {
                    tx.delete_object(bucket, key)?;
                    tx.delete_all_tags(&format!("{bucket_arn}/{key}"))?;
                }
                outcomes.push((key.clone(), outcome));
            }
            Ok((outcomes, released))
        })
        .await
    }

    /// A new body of bytes of another. They pass by `seen` too.
    pub async fn copied_body(
        &self,
        mut reading: Reading,
        mut seen: impl FnMut(&[u8]),
    ) -> Result<Incoming> {
        let mut body = self.begin_body().await?;
        while let Some(piece) = reading.next().await? {
            seen(&piece);
            body.write(&piece).await?;
        }
        Ok(body)
    }

    /// A link with which anyone who has it may read the object for `expires_seconds` (1 to 604,800), signed with the
    /// root's key. `host` is the name and port under which it will be asked for.
    pub fn presigned_get(
        &self,
        bucket: &str,
        key: &str,
        expires_seconds: u32,
        host: &str,
    ) -> String {
        let signer = Signer {
            access_key: &self.iam.root_access_key().id,
            secret: &self.iam.root_access_key().secret,
            region: &self.kernel.realm().region,
            service: "s3",
        };
        let path = format!("/{bucket}/{}", uri::encode_path(key.as_bytes()));
        let query = signer.presign("GET", host, &path, "", expires_seconds, self.kernel.now().0);
        format!("http://{host}{path}?{query}")
    }

    /// Runs a transaction whose answer is accompanied by the files that no row names any more, and removes them. If it
    /// refuses, `added` goes instead: the file that it would have named.
    ///
    /// It goes on to its end when the caller does not wait for it, as when a client has left.
    async fn tx_releasing<T, F>(
        &self,
        caller: &Caller,
        name: &'static str,
        added: Option<String>,
        body: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<(T, Vec<String>)> + Send + 'static,
    {
        let (kernel, files) = (Arc::clone(&self.kernel), self.files.clone());
        let caller = caller.clone();
        let settled = tokio::spawn(async move {
            match kernel.change(&caller, name, body).await {
                Ok((answer, mut released)) => {
                    released.retain(|body| !kernel.ground.keeps_body(body));
                    files.remove(kernel.hold().removable(released)).await;
                    Ok(answer)
                }
                Err(error) => {
                    // Then the file may be somebody's.
                    if !error.may_have_happened() {
                        files.remove(added.into_iter().collect()).await;
                    }
                    Err(error)
                }
            }
        });
        settled.await.map_err(Error::internal)?
    }
}

fn need_bucket(conn: &Conn<'_>, name: &str) -> Result<i64> {
    match conn.bucket(name)? {
        Some(bucket) => Ok(bucket.key),
        None => Err(Refusal::NoBucket {
            bucket: name.to_owned(),
        }
        .into()),
    }
}

fn find(conn: &Conn<'_>, bucket: &str, key: &str) -> Result<ObjectRow> {
    let bucket = need_bucket(conn, bucket)?;
    conn.object(bucket, key)?.ok_or_else(|| {
        Refusal::NoObject {
            key: key.to_owned(),
        }
        .into()
    })
}

fn check_key(key: &str) -> Result<()> {
    if key.len() > KEY_BYTES {
        return Err(Refusal::KeyTooLong { bytes: key.len() }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;
    use nameplate_store::Failing;

    #[tokio::test]
    async fn a_body_stays_that_may_be_an_objects() {
        let test = TestApp::new().await;
        test.object("bodies", "k", b"before").await;
        let (objects, root) = (&test.app.objects, test.app.iam.root());
        let put = async |body: &[u8], how| {
            test.app.kernel.store.fail_next("put-object", how);
            let mut incoming = objects.begin_body().await?;
            incoming.write(body).await?;
            let new = NewObject {
                finished: incoming.finish().await?,
                details: Details::default(),
                tags: Vec::new(),
            };
            let put = objects.put_object(&root, "bodies", "k", new, Expected::default());
            put.await.map(drop)
        };
        // Each lies on one of many shelves.
        let bodies = || -> usize {
            let shelves = std::fs::read_dir(test.directory().join("objects"));
            let shelves = shelves.expect("there are bodies").flatten();
            let on = |shelf: std::fs::DirEntry| {
                std::fs::read_dir(shelf.path()).map_or(0, Iterator::count)
            };
            shelves.map(on).sum()
        };
        let content = async || {
            let (_, mut reading) = objects.open_whole_object("bodies", "k").await?;
            let mut content = Vec::new();
            while let Some(piece) = reading.next().await? {
                content.extend_from_slice(&piece);
            }
            Ok::<_, Error>(content)
        };
        assert!(put(b"after", Failing::Unanswered).await.is_err());
        assert_eq!(content().await.expect("it is there"), b"after");
        let before = bodies();
        assert!(put(b"never", Failing::Away).await.is_err());
        assert_eq!(content().await.expect("it is there"), b"after");
        assert_eq!(bodies(), before, "nobody's body goes");
    }
}
