//! The bodies of objects: where they are, how they come to be, how they are read.
//!
//! A body is written under a name of its own, made durable, and only then named by a row of the store. So a crash
//! leaves at most a body that no row names, and opening removes those. Bodies are files of the data directory
//! (`directory.rs`); this module alone knows that.
//!
//! Must not know: buckets, keys, rows.

mod directory;

use crate::app::{Error, Result};
use bytes::Bytes;
use directory::Directory;
use nameplate_aws::checksum::{Algorithm, Hasher};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
}

impl ObjectFiles {
    /// Opens the bodies of a data directory and removes those that `named` does not hold.
    pub fn open(directory: &Path, named: &HashSet<String>) -> io::Result<Self> {
        Ok(Self::Directory(Directory::open(directory, named)?))
    }

    /// A new body.
    pub async fn begin(&self) -> Result<Incoming> {
        let writing = match self {
            Self::Directory(files) => Writing::Directory(files.begin().await?),
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
        }
    }

    /// Makes one body of others, in order. A body is at most 5 GiB, and at least 5 MiB unless it is the last.
    pub async fn join(&self, parts: Vec<String>) -> Result<Body> {
        match self {
            Self::Directory(files) => Ok(Body(Held::Directory(files.join(parts).await?))),
        }
    }

    /// Bytes of a body for reading, all of which are there; `None` where the body has gone. What is open stays
    /// readable though the body is removed meanwhile.
    pub async fn read(&self, name: &str, extent: Extent) -> Result<Option<Reading>> {
        let source = match self {
            Self::Directory(files) => files.read(name, extent.offset).await?.map(Source::File),
        };
        Ok(source.map(|source| Reading {
            source,
            left: extent.size,
        }))
    }

    /// Removes bodies that no row names any more. One that cannot be removed is for the next start.
    pub async fn remove(&self, names: Vec<String>) {
        match self {
            Self::Directory(files) => files.remove(names).await,
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
}

impl Incoming {
    /// Appends.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.md5.update(bytes);
        self.size += bytes.len() as u64;
        match &mut self.writing {
            Writing::Directory(writing) => writing.write(bytes).await,
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
}

impl Body {
    /// Its name, for a row that is about to be written. From here on it stays.
    pub fn keep(self) -> String {
        match self.0 {
            Held::Directory(body) => body.keep(),
        }
    }
}

/// Bytes of a body that are being read.
#[derive(Debug)]
pub struct Reading {
    source: Source,
    left: u64,
}

#[derive(Debug)]
enum Source {
    File(tokio::fs::File),
}

impl Reading {
    /// Bytes that are still to come.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// The next bytes, some hundred KiB at most; `None` once all have been read.
    ///
    /// # Errors
    /// Those of reading; and `UnexpectedEof` where there are fewer than were asked for.
    pub async fn next(&mut self) -> io::Result<Option<Bytes>> {
        if self.left == 0 {
            return Ok(None);
        }
        let piece = match &mut self.source {
            Source::File(file) => directory::piece(file, self.left).await?,
        };
        if piece.is_empty() || piece.len() as u64 > self.left {
            return Err(io::ErrorKind::UnexpectedEof.into());
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
