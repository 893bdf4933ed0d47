//! Bodies as files: one each, in `objects/` of the data directory.
//!
//! A body is written beside the others, flushed, and given its final name in a shelf: a directory of those whose names
//! begin alike.

use super::{BUFFER, Finished, Held, OpenError, blocking};
use crate::app::{Error, Result, ids};
use bytes::{Bytes, BytesMut};
use nameplate_aws::checksum::Algorithm;
use std::collections::HashSet;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufWriter};

/// Below the data directory.
const OBJECTS: &str = "objects";
/// Bodies under way, by names that are not taken for finished ones.
const INCOMING: &str = "incoming";
/// A note of where the bodies are that are not here.
const ELSEWHERE: &str = "elsewhere";
/// Bytes of a file that are read at a time.
const PIECE: usize = 256 * 1024;

/// All bodies, as files.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// Opens the bodies of a data directory and removes those that `named` does not hold.
    pub fn open(directory: &Path, named: &HashSet<String>) -> Result<Arc<Self>, OpenError> {
        let root = directory.join(OBJECTS);
        if let Some(noted) = elsewhere(directory)? {
            if !named.is_empty() {
                return Err(OpenError::Elsewhere {
                    bodies: named.len(),
                    noted: Some(noted),
                    wanted: "data-dir".to_owned(),
                });
            }
            std::fs::remove_file(root.join(ELSEWHERE))?;
        }
        std::fs::create_dir_all(root.join(INCOMING))?;
        for shelf in std::fs::read_dir(&root)? {
            let shelf = shelf?;
            if !shelf.file_type()?.is_dir() {
                continue;
            }
            let prefix = shelf.file_name().to_string_lossy().into_owned();
            for file in std::fs::read_dir(shelf.path())? {
                let file = file?;
                let name = format!("{prefix}{}", file.file_name().to_string_lossy());
                if !named.contains(&name) {
                    std::fs::remove_file(file.path())?;
                }
            }
        }
        Ok(Arc::new(Self { root }))
    }

    /// A name for a body, and where its file is until it is shelved.
    fn new_name(&self) -> (String, PathBuf) {
        let name = ids::hex();
        let path = self.root.join(INCOMING).join(&name);
        (name, path)
    }

    fn body(self: &Arc<Self>, (name, path): (String, PathBuf)) -> Body {
        Body {
            files: Arc::clone(self),
            name,
            path,
            kept: false,
        }
    }

    /// A new body.
    pub async fn begin(self: &Arc<Self>) -> Result<Writing> {
        let new = self.new_name();
        // What they hold is their owners' business: no other user of the machine may read them.
        let file = tokio::fs::File::options()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&new.1)
            .await
            .map_err(Error::internal)?;
        Ok(Writing {
            writer: BufWriter::with_capacity(BUFFER, file),
            body: self.body(new),
        })
    }

    /// Takes over a finished file as a body; from then on it is no longer where it was.
    pub async fn adopt(self: &Arc<Self>, path: PathBuf) -> Result<Finished> {
        let body = self.body(self.new_name());
        blocking(move || {
            if let Err(error) = std::fs::rename(&path, &body.path) {
                if error.kind() != io::ErrorKind::CrossesDevices {
                    return Err(error);
                }
                std::fs::copy(&path, &body.path)?;
                std::fs::remove_file(&path)?;
            }
            let mut file = std::fs::File::open(&body.path)?;
            let mut md5 = Algorithm::Md5.hasher();
            let mut buffer = vec![0; BUFFER];
            let mut size = 0;
            loop {
                let read = io::Read::read(&mut file, &mut buffer)?;
                if read == 0 {
                    break;
                }
                size += read as u64;
                md5.update(&buffer[..read]);
            }
            file.sync_all()?;
            Ok(Finished {
                body: super::Body(Held::Directory(body.shelved()?)),
                size,
                md5: md5.bytes(),
            })
        })
        .await
    }

    /// Makes one body of others, in order.
    pub async fn join(self: &Arc<Self>, parts: Vec<(String, u64)>) -> Result<Body> {
        let body = self.body(self.new_name());
        blocking(move || {
            let mut whole = std::fs::File::options()
                .create_new(true)
                .write(true)
                .mode(0o600)
                .open(&body.path)?;
            for (part, _) in parts {
                let mut part = std::fs::File::open(body.files.path(&part))?;
                // Inside the kernel, where the file system can.
                io::copy(&mut part, &mut whole)?;
            }
            whole.sync_all()?;
            body.shelved()
        })
        .await
    }

    /// A body open at a byte, `None` where it has gone.
    pub async fn read(&self, name: &str, offset: u64) -> Result<Option<tokio::fs::File>> {
        let mut file = match tokio::fs::File::open(self.path(name)).await {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::internal(error)),
        };
        if offset > 0 {
            file.seek(io::SeekFrom::Start(offset))
                .await
                .map_err(Error::internal)?;
        }
        Ok(Some(file))
    }

    /// Removes bodies that no row names any more. One that cannot be removed is for the next start.
    pub async fn remove(&self, names: Vec<String>) {
        for name in names {
            if let Err(error) = tokio::fs::remove_file(self.path(&name)).await {
                tracing::warn!("the body {name} was not removed: {error}");
            }
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        below(&self.root, name)
    }
}

fn below(root: &Path, name: &str) -> PathBuf {
    let (shelf, rest) = name.split_at_checked(2).unwrap_or((name, ""));
    root.join(shelf).join(rest)
}

/// Where a data directory that no server holds has the body of this name.
pub fn place_of(directory: &Path, name: &str) -> PathBuf {
    below(&directory.join(OBJECTS), name)
}

/// Where the bodies of a data directory are if not in it.
pub fn elsewhere(directory: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(directory.join(OBJECTS).join(ELSEWHERE)) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a durable note that the bodies are in `place`.
pub(super) fn note_elsewhere(directory: &Path, place: &str) -> io::Result<()> {
    if elsewhere(directory)?.as_deref() == Some(place) {
        return Ok(());
    }
    let root = directory.join(OBJECTS);
    std::fs::create_dir_all(&root)?;
    let (note, fresh) = (root.join(ELSEWHERE), root.join("elsewhere.new"));
    std::fs::write(&fresh, format!("{place}\n"))?;
    std::fs::File::open(&fresh)?.sync_all()?;
    std::fs::rename(&fresh, &note)?;
    sync_directory(&root)
}

/// The next bytes of a file, at most `left` of them; none at its end.
pub(super) async fn piece(file: &mut tokio::fs::File, left: u64) -> io::Result<Bytes> {
    let most = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
    let mut piece = BytesMut::with_capacity(most);
    file.take(most as u64).read_buf(&mut piece).await?;
    Ok(piece.freeze())
}

/// A file being written. Dropped unfinished, it is gone.
pub struct Writing {
    writer: BufWriter<tokio::fs::File>,
    body: Body,
}

impl Writing {
    /// Appends.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes).await.map_err(Error::internal)
    }

    /// Makes it durable under its final name.
    pub async fn finish(mut self) -> Result<Body> {
        self.writer.flush().await.map_err(Error::internal)?;
        self.writer
            .get_ref()
            .sync_all()
            .await
            .map_err(Error::internal)?;
        let body = self.body;
        blocking(move || body.shelved()).await
    }
}

/// A file that is nobody's until a row names it: unless it is kept, it goes with this value.
pub struct Body {
    files: Arc<Directory>,
    name: String,
    path: PathBuf,
    kept: bool,
}

impl Body {
    /// Its name, for a row that is about to be written. From here on it stays.
    pub fn keep(mut self) -> String {
        self.kept = true;
        self.name.clone()
    }

    fn shelved(mut self) -> io::Result<Self> {
        let path = self.files.path(&self.name);
        let shelf = path.parent().unwrap_or(&self.files.root).to_owned();
        match std::fs::create_dir(&shelf) {
            Ok(()) => sync_directory(&self.files.root)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        std::fs::rename(&self.path, &path)?;
        self.path = path;
        sync_directory(&shelf)?;
        Ok(self)
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!("the body {} was not removed: {error}", self.name);
        }
    }
}

fn sync_directory(path: &Path) -> io::Result<()> {
    std::fs::File::open(path)?.sync_all()
}
