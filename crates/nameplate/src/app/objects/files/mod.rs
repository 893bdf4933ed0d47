//! The bodies of objects: where they are, how they come to be, how they are read.
//!
//! A body is written under a name of its own, made durable, and only then named by a row of the store. So a crash
//! leaves at most a body that no row names, and opening removes those. Bodies are files of the data directory
//! (`directory.rs`) or objects of a bucket elsewhere (`bucket.rs`); this module alone knows which.
//!
//! Must not know: buckets, keys, rows.

mod bucket;
mod directory;

#[cfg(test)]
mod tests;

pub use directory::{elsewhere, place_of};

use crate::app::{Error, Result};
use crate::config::Objects;
use crate::outbound::http::Endpoint;
use crate::outbound::s3::Failure;
use bucket::Bucket;
use bytes::Bytes;
use directory::Directory;
use nameplate_aws::checksum::{Algorithm, Hasher};
use nameplate_core::ctx::Millis;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes that are read from a file at a time where it is taken over.
const BUFFER: usize = 512 * 1024;

/// Bytes of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// The first.
    pub offset: u64,
    /// How many.
    pub size: u64,
}

/// All bodies.
#[derive(Debug, Clone)]
pub enum ObjectFiles {
    /// Files of the data directory.
    Directory(Arc<Directory>),
    /// Objects of a bucket elsewhere.
    Bucket(Arc<Bucket>),
}

/// Why bodies cannot be opened. The text is for whoever starts the server.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file of the data directory.
    #[error("the bodies of objects cannot be opened: {0}")]
    Io(#[from] io::Error),
    /// There is no such bucket.
    #[error("--objects {place}: there is no bucket {bucket:?} at {endpoint}; create it first")]
    NoBucket {
        /// The setting.
        place: String,
        /// The bucket.
        bucket: String,
        /// Where it was looked for.
        endpoint: Endpoint,
    },
    /// The store will not have the keys.
    #[error("--objects {place}: the credentials in {} are refused: {failure}", .file.display())]
    Refused {
        /// The setting.
        place: String,
        /// Where the keys are from.
        file: PathBuf,
        /// What the store answered.
        failure: Box<Failure>,
    },
    /// The store does not answer, or otherwise than expected.
    #[error("--objects {place}: {failure}")]
    Store {
        /// The setting.
        place: String,
        /// What happened.
        failure: Box<Failure>,
    },
    /// There are bodies, and not where they are wanted.
    #[error(
        "--objects {wanted}: the bodies of {bodies} objects and parts are in {}. Start with that, and either delete \
         the objects there, or copy them to another server",
        .noted.as_deref().unwrap_or("data-dir")
    )]
    Elsewhere {
        /// How many bodies.
        bodies: usize,
        /// Where they are; the data directory where it is not said.
        noted: Option<String>,
        /// The setting.
        wanted: String,
    },
    /// Another data directory has its bodies there.
    #[error(
        "--objects {place}: another Nameplate keeps its bodies there. Each needs a bucket or a prefix of its own, such \
         as {place}/second"
    )]
    Foreign {
        /// The setting.
        place: String,
    },
    /// Nothing says whose the bodies there are, or that they are there.
    #[error(
        "--objects {place}: {owner:?}, which says whose bodies are there, is missing. Name the bucket and prefix that \
         were used so far, or for a new start one without objects under {bodies:?}"
    )]
    Unowned {
        /// The setting.
        place: String,
        /// The key that is missing.
        owner: String,
        /// What keys of bodies begin with.
        bodies: String,
    },
}

impl ObjectFiles {
    /// Opens the bodies of a data directory, where `objects` says, and removes those that `named` does not hold.
    /// `identity` is the data directory's own, the same at every start. Where the bodies are `shared` with other servers,
    /// which may be writing some, none are removed.
    pub async fn open(
        directory: &Path,
        objects: &Objects,
        identity: &str,
        clock: fn() -> Millis,
        named: HashSet<String>,
        shared: bool,
    ) -> Result<Self, OpenError> {
        match objects {
            Objects::DataDir => Ok(Self::Directory(Directory::open(directory, &named)?)),
            Objects::Bucket(place) => Ok(Self::Bucket(
                Bucket::open(directory, place, identity, clock, (&named, shared)).await?,
            )),
        }
    }

    /// A new body.
    pub async fn begin(&self) -> Result<Incoming> {
        let writing = match self {
            Self::Directory(files) => Writing::Directory(files.begin().await?),
            Self::Bucket(files) => Writing::Bucket(files.begin()),
        };
        Ok(Incoming {
            md5: Algorithm::Md5.hasher(),
            size: 0,
            writing,
        })
    }

    /// Takes over a finished file as a body; from then on it is no longer where it was.
    pub async fn adopt(&self, path: PathBuf) -> Result<Finished> {
        match self {
            Self::Directory(files) => files.adopt(path).await,
            Self::Bucket(files) => files.adopt(path).await,
        }
    }

    /// Makes one body of others, in order, each with its size in bytes: at most 5 GiB, and at least 5 MiB unless it is
    /// the last.
    pub async fn join(&self, parts: Vec<(String, u64)>) -> Result<Body> {
        match self {
            Self::Directory(files) => Ok(Body(Held::Directory(files.join(parts).await?))),
            Self::Bucket(files) => Ok(Body(Held::Bucket(files.join(parts).await?))),
        }
    }

    /// Bytes of a body for reading, all of which are there; `None` where the body has gone. What is open stays
    /// readable though the body is removed meanwhile.
    pub async fn read(&self, name: &str, extent: Extent) -> Result<Option<Reading>> {
        let source = match self {
            Self::Directory(files) => files.read(name, extent.offset).await?.map(Source::File),
            Self::Bucket(files) => files
                .read(name, extent.offset, extent.size)
                .await?
                .map(Source::Stream),
        };
        let path = match self {
            Self::Directory(files) => Some(files.path(name)),
            Self::Bucket(_) => None,
        };
        Ok(source.map(|source| Reading {
            source,
            left: extent.size,
            path,
        }))
    }

    /// Removes bodies that no row names any more. One that cannot be removed is for the next start.
    pub async fn remove(&self, names: Vec<String>) {
        match self {
            Self::Directory(files) => files.remove(names).await,
            Self::Bucket(files) => files.remove(names).await,
        }
    }
}

/// A body being written. Dropped unfinished, it is gone.
pub struct Incoming {
    md5: Hasher,
    size: u64,
    writing: Writing,
}

enum Writing {
    Directory(directory::Writing),
    Bucket(bucket::Writing),
}

impl Incoming {
    /// Appends.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.md5.update(bytes);
        self.size += bytes.len() as u64;
        match &mut self.writing {
            Writing::Directory(writing) => writing.write(bytes).await,
            Writing::Bucket(writing) => writing.write(bytes).await,
        }
    }

    /// Bytes written.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Makes it durable under its final name.
    pub async fn finish(self) -> Result<Finished> {
        let body = match self.writing {
            Writing::Directory(writing) => Held::Directory(writing.finish().await?),
            Writing::Bucket(writing) => Held::Bucket(writing.finish().await?),
        };
        Ok(Finished {
            body: Body(body),
            size: self.size,
            md5: self.md5.bytes(),
        })
    }
}

/// A durable body.
pub struct Finished {
    /// The body.
    pub body: Body,
    /// Bytes.
    pub size: u64,
    /// Its MD5, which its entity tag is.
    pub md5: Vec<u8>,
}

/// A body that is nobody's until a row names it: unless it is kept, it goes with this value.
pub struct Body(Held);

enum Held {
    Directory(directory::Body),
    Bucket(bucket::Body),
}

impl Body {
    /// Its name, for a row that is about to be written. From here on it stays.
    pub fn keep(self) -> String {
        match self.0 {
            Held::Directory(body) => body.keep(),
            Held::Bucket(body) => body.keep(),
        }
    }
}

/// Bytes of a body that are being read.
#[derive(Debug)]
pub struct Reading {
    source: Source,
    left: u64,
    // Of a body that is a file.
    path: Option<PathBuf>,
}

#[derive(Debug)]
enum Source {
    File(tokio::fs::File),
    Stream(bucket::Stream),
}

impl Reading {
    /// Bytes that are still to come.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Gives the whole body, which never changes, a second name that stays when the body is removed. `false` where that
    /// cannot be: it is elsewhere, on another file system, or has just been removed.
    pub async fn link(&self, to: PathBuf) -> Result<bool> {
        let Some(path) = self.path.clone() else {
            return Ok(false);
        };
        blocking(move || match std::fs::hard_link(path, &to) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) => Ok(false),
        })
        .await
    }

    /// The next bytes, some hundred KiB at most; `None` once all have been read.
    ///
    /// # Errors
    /// Those of reading, and where there are fewer than were asked for.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let piece = match &mut self.source {
            Source::File(file) => directory::piece(file, self.left)
                .await
                .map_err(Error::internal)?,
            Source::Stream(stream) => stream.next().await?,
        };
        if piece.is_empty() || piece.len() as u64 > self.left {
            return Err(Error::internal(io::Error::from(
                io::ErrorKind::UnexpectedEof,
            )));
        }
        self.left -= piece.len() as u64;
        Ok(Some(piece))
    }
}

/// Runs what blocks on a thread where it may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)
}
