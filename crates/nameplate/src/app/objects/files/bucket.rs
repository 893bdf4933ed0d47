//! Bodies as objects of a bucket elsewhere, `bodies/` and a name below the prefix.
//!
//! The prefix belongs to one data directory: an object beside the bodies says to which, so that no other server takes
//! its bodies for leftovers. The data directory has a note in turn of where its bodies are, so that they are not
//! looked for elsewhere. Large bodies are uploaded in parts as they come, small ones when they are whole.

use super::{BUFFER, Finished, Held, OpenError, blocking, directory};
use crate::app::{Error, Kind, Result, ids};
use crate::outbound::http::Flow;
use crate::outbound::s3::{Failure, Pending, Place, S3};
use bytes::Bytes;
use nameplate_aws::checksum::Algorithm;
use nameplate_core::ctx::Millis;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

/// Bytes of a part but the last. What is not longer is one request.
const PART: usize = 8 * 1024 * 1024;
/// What a body may have in memory before it needs room for a part.
const SMALL: usize = 256 * 1024;
/// How many parts may be in memory, of all bodies that are written.
const ROOM: usize = 16;
/// How long a body waits for that.
const ROOM_TIME: Duration = Duration::from_secs(20);
/// Parts that the store copies at once when a body is joined.
const COPIES: usize = 8;
/// Times that a broken answer is asked to go on without another byte having come.
const RESUMES: u32 = 2;
/// The object that says whose the prefix is.
const OWNER: &str = "nameplate-owner";
/// What bodies' keys begin with, below the prefix.
const BODIES: &str = "bodies/";

/// All bodies, as objects.
#[derive(Debug)]
pub struct Bucket {
    s3: S3,
    prefix: String,
    room: Arc<Semaphore>,
}

impl Bucket {
    /// Opens the bodies of a data directory and removes those that `named` does not hold. `identity` is the data
    /// directory's own, the same at every start.
    pub async fn open(
        directory: &Path,
        place: &Place,
        identity: &str,
        clock: fn() -> Millis,
        (named, shared): (&HashSet<String>, bool),
    ) -> Result<Arc<Self>, OpenError> {
        let failed = |failure: Failure| match failure.status() {
            Some(404) => OpenError::NoBucket {
                place: place.to_string(),
                bucket: place.bucket.clone(),
                endpoint: place.endpoint.clone(),
            },
            Some(401 | 403) => OpenError::Refused {
                place: place.to_string(),
                file: place.keys.path.clone(),
                failure: Box::new(failure),
            },
            _ => OpenError::Store {
                place: place.to_string(),
                failure: Box::new(failure),
            },
        };
        let this = Self {
            s3: S3::new(place, clock).map_err(failed)?,
            prefix: place.prefix.clone(),
            room: Arc::new(Semaphore::new(ROOM)),
        };
        // Whether it can be used at all, before anything is concluded from what is there.
        let first = this.s3.list(&this.key(""), 1, None).await;
        let taken = !first.map_err(failed)?.keys.is_empty();
        let noted = directory::elsewhere(directory)?;
        // Another server's data directory may be new; whose bodies these are the bucket says below.
        let is_other = match shared {
            true => noted
                .as_ref()
                .is_some_and(|noted| *noted != place.to_string()),
            false => noted.as_deref() != Some(&place.to_string()),
        };
        if !named.is_empty() && is_other {
            return Err(OpenError::Elsewhere {
                bodies: named.len(),
                noted,
                wanted: place.to_string(),
            });
        }
        match this.owner().await.map_err(failed)? {
            Some(owner) if owner == identity => {}
            Some(_) => {
                return Err(OpenError::Foreign {
                    place: place.to_string(),
                });
            }
            None if !named.is_empty() || taken => {
                return Err(OpenError::Unowned {
                    place: place.to_string(),
                    owner: format!("{}{OWNER}", place.prefix),
                    bodies: format!("{}{BODIES}", place.prefix),
                });
            }
            None => {
                let owner = format!("{identity}\n");
                let key = this.owner_key();
                this.s3.put_new(&key, owner.into()).await.map_err(failed)?;
                // Another may have been faster.
                if this.owner().await.map_err(failed)?.as_deref() != Some(identity) {
                    return Err(OpenError::Foreign {
                        place: place.to_string(),
                    });
                }
            }
        }
        directory::note_elsewhere(directory, &place.to_string())?;
        // What no row names may be under way at another server.
        if !shared {
            this.sweep(named).await.map_err(failed)?;
        }
        Ok(Arc::new(this))
    }

    async fn owner(&self) -> Result<Option<String>, Failure> {
        let found = self.s3.get(&self.owner_key()).await?;
        Ok(found.map(|owner| String::from_utf8_lossy(&owner).trim().to_owned()))
    }

    /// The body's name in a key, if it is one's that a server gave.
    fn name_in(&self, key: &str) -> Option<String> {
        let name = key.strip_prefix(&self.key(""))?;
        let made = name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        made.then(|| name.to_owned())
    }

    /// All bodies that are there, and all uploads under way.
    pub async fn all(&self) -> Result<(Vec<String>, Vec<Pending>)> {
        let (prefix, mut next, mut found) = (self.key(""), None, Vec::new());
        loop {
            let page = self.s3.list(&prefix, 1000, next.as_deref()).await;
            let page = page.map_err(unavailable)?;
            found.extend(page.keys.iter().filter_map(|key| self.name_in(key)));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        let mut uploads = self.s3.uploads(&prefix).await.map_err(unavailable)?;
        uploads.retain(|pending| self.name_in(&pending.key).is_some());
        Ok((found, uploads))
    }

    /// Ends an upload that nobody goes on with.
    pub async fn abort(&self, pending: &Pending) -> Result<()> {
        self.s3.abort(pending).await.map_err(unavailable)
    }

    /// Removes bodies that `named` does not hold, and ends uploads. Looks only at what has a body's name.
    async fn sweep(&self, named: &HashSet<String>) -> Result<(), Failure> {
        let prefix = self.key("");
        let is_body = |key: &str| self.name_in(key);
        let (mut next, mut found) = (None, 0);
        loop {
            let page = self.s3.list(&prefix, 1000, next.as_deref()).await?;
            let (kept, left): (Vec<String>, Vec<String>) = page
                .keys
                .iter()
                .filter_map(|key| is_body(key))
                .partition(|name| named.contains(name));
            found += kept.len();
            if !left.is_empty() {
                tracing::info!("bodies that no object has are removed: {}", left.len());
                self.remove(left).await;
            }
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        if found < named.len() {
            tracing::error!(
                "{} bodies of objects are missing in the object store; reading those objects fails",
                named.len() - found
            );
        }
        for pending in self.s3.uploads(&prefix).await? {
            if is_body(&pending.key).is_some() {
                self.s3.abort(&pending).await?;
            }
        }
        Ok(())
    }

    fn key(&self, name: &str) -> String {
        format!("{}{BODIES}{name}", self.prefix)
    }

    fn owner_key(&self) -> String {
        format!("{}{OWNER}", self.prefix)
    }

    fn new_body(self: &Arc<Self>) -> Body {
        Body {
            files: Arc::clone(self),
            name: ids::hex(),
            pending: None,
            there: false,
            kept: false,
        }
    }

    /// A new body.
    pub fn begin(self: &Arc<Self>) -> Writing {
        Writing {
            buffer: Vec::new(),
            room: None,
            etags: Vec::new(),
            body: self.new_body(),
        }
    }

    /// Takes over a finished file as a body; from then on it is no longer where it was.
    pub async fn adopt(self: &Arc<Self>, path: PathBuf) -> Result<Finished> {
        use tokio::io::AsyncReadExt as _;
        let mut file = tokio::fs::File::open(&path)
            .await
            .map_err(Error::internal)?;
        let mut writing = self.begin();
        let mut md5 = Algorithm::Md5.hasher();
        let mut buffer = vec![0; BUFFER];
        let mut size = 0;
        loop {
            let read = file.read(&mut buffer).await.map_err(Error::internal)?;
            if read == 0 {
                break;
            }
            size += read as u64;
            md5.update(&buffer[..read]);
            writing.write(&buffer[..read]).await?;
        }
        let body = writing.finish().await?;
        blocking(move || std::fs::remove_file(path)).await?;
        Ok(Finished {
            body: super::Body(Held::Bucket(body)),
            size,
            md5: md5.bytes(),
        })
    }

    /// Makes one body of others, in order, inside the store.
    pub async fn join(self: &Arc<Self>, parts: Vec<(String, u64)>) -> Result<Body> {
        let mut body = self.new_body();
        if let [(part, size)] = &parts[..] {
            // Only here may it be empty, which no part that is copied may.
            body.there = true;
            let (from, to) = (self.key(part), self.key(&body.name));
            self.s3.copy(&from, &to, *size).await.map_err(unavailable)?;
            return Ok(body);
        }
        let pending = body.begin_upload().await?;
        let mut etags = vec![String::new(); parts.len()];
        let whole = parts.iter().map(|(_, size)| size).sum();
        let mut waiting = parts.into_iter().enumerate();
        // Dropped, as when the client leaves, it ends what is in it.
        let mut copies = JoinSet::new();
        loop {
            while copies.len() < COPIES
                && let Some((at, (part, size))) = waiting.next()
            {
                let (this, pending) = (Arc::clone(self), pending.clone());
                copies.spawn(async move {
                    let from = this.key(&part);
                    let copied = this.s3.copy_part(&pending, at + 1, &from, size).await;
                    copied.map(|etag| (at, etag))
                });
            }
            let Some(copied) = copies.join_next().await else {
                break;
            };
            let (at, etag) = copied.map_err(Error::internal)?.map_err(unavailable)?;
            etags[at] = etag;
        }
        body.complete(&etags, whole).await?;
        Ok(body)
    }

    /// A body from a byte on, so many bytes; `None` where it has gone.
    pub async fn read(
        self: &Arc<Self>,
        name: &str,
        offset: u64,
        size: u64,
    ) -> Result<Option<Stream>> {
        let mut stream = Stream {
            files: Arc::clone(self),
            key: self.key(name),
            offset,
            left: size,
            flow: None,
            resumes: 0,
        };
        if size > 0 {
            stream.flow = match self.s3.range(&stream.key, offset, size).await {
                Ok(Some(flow)) => Some(flow),
                Ok(None) => return Ok(None),
                Err(failure) => return Err(unavailable(failure)),
            };
        }
        Ok(Some(stream))
    }

    /// Removes bodies that no row names any more. One that cannot be removed is for the next start.
    pub async fn remove(&self, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        let keys: Vec<String> = names.iter().map(|name| self.key(name)).collect();
        match self.s3.remove(&keys).await {
            Ok(0) => {}
            Ok(failed) => tracing::warn!("{failed} of {} bodies were not removed", keys.len()),
            Err(failure) => {
                tracing::warn!("{} bodies were not removed: {failure}", keys.len());
            }
        }
    }
}

/// The store cannot do its part; the caller may try again.
fn unavailable(failure: Failure) -> Error {
    Error {
        kind: Kind::Unavailable,
        message: "The store that keeps the bodies of objects is not available. Please try again."
            .into(),
        source: Some(failure.into()),
    }
}

/// A body being written. Dropped unfinished, it is gone.
pub struct Writing {
    buffer: Vec<u8>,
    room: Option<OwnedSemaphorePermit>,
    etags: Vec<String>,
    body: Body,
}

impl Writing {
    /// Appends. What is full is sent only once more comes, since the last part may be all there is.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            if self.buffer.len() == PART {
                self.send_part().await?;
            }
            if self.room.is_none() && self.buffer.len() + bytes.len() > SMALL {
                self.take_room().await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PART - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Nobody holds room while it waits for more, so that all who wait get some.
    async fn take_room(&mut self) -> Result<()> {
        let room = Arc::clone(&self.body.files.room).acquire_owned();
        match tokio::time::timeout(ROOM_TIME, room).await {
            Ok(room) => self.room = Some(room.map_err(Error::internal)?),
            Err(_) => {
                return Err(Error {
                    kind: Kind::Unavailable,
                    message: "Too many objects are written at once. Please try again.".into(),
                    source: Some("no room in memory for a part of a body".into()),
                });
            }
        }
        self.buffer.reserve_exact(PART - self.buffer.len());
        Ok(())
    }

    async fn send_part(&mut self) -> Result<()> {
        let pending = match &self.body.pending {
            Some(pending) => pending.clone(),
            None => self.body.begin_upload().await?,
        };
        let part = Bytes::from(std::mem::take(&mut self.buffer));
        let number = self.etags.len() + 1;
        let sent = self.body.files.s3.upload_part(&pending, number, part).await;
        self.room = None;
        self.etags.push(sent.map_err(unavailable)?);
        Ok(())
    }

    /// Makes it durable under its final name.
    pub async fn finish(mut self) -> Result<Body> {
        if self.body.pending.is_some() {
            self.send_part().await?;
            let most = (self.etags.len() * PART) as u64;
            self.body.complete(&self.etags, most).await?;
        } else {
            // It may be there even if the answer does not come.
            self.body.there = true;
            let key = self.body.files.key(&self.body.name);
            let body = Bytes::from(self.buffer);
            let put = self.body.files.s3.put(&key, body).await;
            put.map_err(unavailable)?;
        }
        Ok(self.body)
    }
}

/// An object that is nobody's until a row names it: unless it is kept, it goes with this value.
pub struct Body {
    files: Arc<Bucket>,
    name: String,
    /// The upload that it is to come from.
    pending: Option<Pending>,
    /// It may be in the store.
    there: bool,
    kept: bool,
}

impl Body {
    /// Its name, for a row that is about to be written. From here on it stays.
    pub fn keep(mut self) -> String {
        self.kept = true;
        self.name.clone()
    }

    async fn begin_upload(&mut self) -> Result<Pending> {
        let key = self.files.key(&self.name);
        let upload = self.files.s3.begin_upload(&key).await;
        let pending = Pending {
            upload: upload.map_err(unavailable)?,
            key,
        };
        self.pending = Some(pending.clone());
        Ok(pending)
    }

    async fn complete(&mut self, etags: &[String], size: u64) -> Result<()> {
        if let Some(pending) = &self.pending {
            self.there = true;
            let completed = self.files.s3.complete(pending, etags, size).await;
            completed.map_err(unavailable)?;
            self.pending = None;
        }
        Ok(())
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        let (pending, there) = (self.pending.take(), self.there);
        if self.kept || (pending.is_none() && !there) {
            return;
        }
        // Where the runtime has ended, the next start removes it.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let (files, name) = (Arc::clone(&self.files), std::mem::take(&mut self.name));
        runtime.spawn(async move {
            if let Some(pending) = pending
                && let Err(failure) = files.s3.abort(&pending).await
            {
                tracing::warn!("the upload of the body {name} was not ended: {failure}");
            }
            if there {
                files.remove(vec![name]).await;
            }
        });
    }
}

/// Bytes of a body that are being read. A connection that breaks is replaced: a body never changes.
#[derive(Debug)]
pub struct Stream {
    files: Arc<Bucket>,
    key: String,
    offset: u64,
    left: u64,
    flow: Option<Flow>,
    resumes: u32,
}

impl Stream {
    /// The next bytes; none where there are no more.
    pub async fn next(&mut self) -> Result<Bytes> {
        loop {
            let Some(flow) = &mut self.flow else {
                return Ok(Bytes::new());
            };
            let broken = match flow.next().await {
                Ok(Some(piece)) => {
                    self.offset += piece.len() as u64;
                    self.left = self.left.saturating_sub(piece.len() as u64);
                    self.resumes = 0;
                    if self.left == 0 {
                        self.end().await;
                    }
                    return Ok(piece);
                }
                Ok(None) => "it ended too early".to_owned(),
                Err(broken) => broken.to_string(),
            };
            if self.resumes == RESUMES {
                return Err(unavailable(Failure::Unreachable {
                    endpoint: self.files.s3.endpoint().clone(),
                    reason: broken,
                }));
            }
            self.resumes += 1;
            tracing::debug!("the body {} goes on at {}: {broken}", self.key, self.offset);
            let again = self.files.s3.range(&self.key, self.offset, self.left).await;
            self.flow = again.map_err(unavailable)?;
        }
    }

    /// The end of the answer is read with its last bytes, so that its connection can be used again.
    async fn end(&mut self) {
        if let Some(mut flow) = self.flow.take() {
            let _ = flow.next().await;
        }
    }
}
