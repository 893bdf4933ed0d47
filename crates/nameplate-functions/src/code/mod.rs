//! Code on disk: uploaded zips, unpacked once and named by their digest, and layers laid out together.
//!
//! Owns the folders `code` and `opt`. Knows nothing of functions: who uses which digest is the caller's.

mod guess;
mod pack;
mod unzip;

pub use guess::{Guess, Sources, Unclear};
pub use pack::{PackError, pack};
pub use unzip::{Limits, Refused};

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A zip that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// `CodeSha256`: the zip's SHA-256 in base64.
    pub sha256: String,
    /// Bytes of the zip, `CodeSize`.
    pub size: u64,
    /// Bytes of what was in it.
    pub unpacked: u64,
}

/// Why a zip was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// Something about the zip itself.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something about the disk.
    #[error("{0}: {1}")]
    Io(String, io::Error),
}

/// What the names of notes begin with.
const LOOSE: &str = ".loose-";

/// The folders of uploaded code.
#[derive(Debug, Clone)]
pub struct CodeStore {
    directory: PathBuf,
}

impl CodeStore {
    /// Opens the store under `directory`, which is made if it is not there.
    pub fn open(directory: &Path) -> io::Result<Self> {
        for name in ["code", "opt"] {
            fs::create_dir_all(directory.join(name))?;
        }
        Ok(Self {
            directory: directory.to_owned(),
        })
    }

    /// Notes that the zip with this digest may be of no use: before a row names it, or ceases to. Who looks at
    /// [`CodeStore::loose`] later, also after a power cut, decides.
    pub fn loosen(&self, sha256: &str) -> io::Result<()> {
        match Self::name(sha256) {
            Some(name) => fs::write(
                self.directory.join("code").join(format!("{LOOSE}{name}")),
                "",
            ),
            None => Ok(()),
        }
    }

    /// Digests that were noted, in base64, each with how long ago that was.
    pub fn loose(&self) -> io::Result<Vec<(String, Duration)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.directory.join("code"))? {
            let entry = entry?;
            let name = entry.file_name();
            let digest = name.to_str().and_then(|name| name.strip_prefix(LOOSE));
            if let Some(bytes) = digest.and_then(|digest| hex::decode(digest).ok()) {
                let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
                found.push((STANDARD.encode(bytes), age));
            }
        }
        Ok(found)
    }

    /// Digests of all that is unpacked, in base64.
    pub fn all(&self) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.directory.join("code"))? {
            let entry = entry?;
            let digest = entry
                .file_name()
                .to_str()
                .and_then(|name| hex::decode(name).ok());
            if let Some(bytes) = digest.filter(|bytes| bytes.len() == 32) {
                found.push(STANDARD.encode(bytes));
            }
        }
        Ok(found)
    }

    /// Forgets the note.
    pub fn keep(&self, sha256: &str) -> io::Result<()> {
        let Some(name) = Self::name(sha256) else {
            return Ok(());
        };
        match fs::remove_file(self.directory.join("code").join(format!("{LOOSE}{name}"))) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    /// Removes what a process left that was ended in the middle: folders that were being unpacked, and layers laid out
    /// together, which are laid out again when they are needed. Nothing may run.
    pub fn tidy(&self) -> io::Result<()> {
        for (folder, all) in [("code", false), ("opt", true)] {
            for entry in fs::read_dir(self.directory.join(folder))? {
                let entry = entry?;
                let scratch = entry.file_name().to_string_lossy().starts_with('.');
                if entry.file_type()?.is_dir() && (all || scratch) {
                    fs::remove_dir_all(entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// Digest of a zip, as `CodeSha256` has it.
    pub fn sha256(zip: &[u8]) -> String {
        STANDARD.encode(digest(&SHA256, zip).as_ref())
    }

    /// Checks and unpacks a zip, and keeps it for download. The same zip again costs only its digest. Blocks: megabytes
    /// are inflated and flushed.
    pub fn add(&self, zip: &[u8], limits: &Limits) -> Result<Package, CodeError> {
        let sha = digest(&SHA256, zip);
        let sha256 = STANDARD.encode(sha.as_ref());
        let name = hex::encode(sha.as_ref());
        let folder = self.directory.join("code").join(&name);
        let unpacked = if folder.is_dir() {
            size_of(&folder).map_err(|e| CodeError::Io(folder.display().to_string(), e))?
        } else {
            self.unpack(zip, &name, limits)?
        };
        Ok(Package {
            sha256,
            size: zip.len() as u64,
            unpacked,
        })
    }

    fn unpack(&self, zip: &[u8], name: &str, limits: &Limits) -> Result<u64, CodeError> {
        let code = self.directory.join("code");
        let scratch = code.join(format!(".{}", uuid::Uuid::new_v4().simple()));
        let done = (|| {
            let wrong = |step: &str, e| CodeError::Io(step.to_owned(), e);
            fs::create_dir(&scratch).map_err(|e| wrong("making a folder for the code", e))?;
            let unpacked = unzip::unzip(zip, &scratch, limits)?;
            let kept = code.join(format!("{name}.zip"));
            let mut file = fs::File::create(&kept).map_err(|e| wrong("keeping the zip", e))?;
            file.write_all(zip)
                .map_err(|e| wrong("keeping the zip", e))?;
            // One flush for all files: a folder that has its final name is whole, also after a power cut.
            nix::unistd::syncfs(&file).map_err(|e| wrong("flushing the code", e.into()))?;
            match fs::rename(&scratch, code.join(name)) {
                // Somebody else unpacked the same zip meanwhile.
                Err(_) if code.join(name).is_dir() => Ok(unpacked),
                Err(e) => Err(wrong("naming the code's folder", e)),
                Ok(()) => Ok(unpacked),
            }
        })();
        let _ = fs::remove_dir_all(&scratch);
        done
    }

    /// The folder of an unpacked zip by its `CodeSha256`; `None` if it is not here.
    pub fn folder(&self, sha256: &str) -> Option<PathBuf> {
        let path = self.directory.join("code").join(Self::name(sha256)?);
        path.is_dir().then_some(path)
    }

    /// The zip itself by its `CodeSha256`, to be downloaded.
    pub fn zip(&self, sha256: &str) -> Option<PathBuf> {
        let path = self
            .directory
            .join("code")
            .join(format!("{}.zip", Self::name(sha256)?));
        path.is_file().then_some(path)
    }

    /// Removes a zip and its folder. What still runs from it may fail.
    pub fn remove(&self, sha256: &str) -> io::Result<()> {
        if let Some(zip) = self.zip(sha256) {
            fs::remove_file(zip)?;
        }
        match self.folder(sha256) {
            Some(folder) => fs::remove_dir_all(folder),
            None => Ok(()),
        }
    }

    /// The digest as a file name; `None` for what is no digest, so that no path can be smuggled in.
    fn name(sha256: &str) -> Option<String> {
        let bytes = STANDARD.decode(sha256).ok()?;
        (bytes.len() == 32).then(|| hex::encode(bytes))
    }

    /// One folder out of several layers, later ones over earlier ones, for [`crate::Function::layers`]. Files are hard
    /// links, so that a big layer used by many functions is on the disk once.
    pub fn compose(&self, layers: &[String]) -> io::Result<Option<PathBuf>> {
        if layers.is_empty() {
            return Ok(None);
        }
        let name = hex::encode(digest(&SHA256, layers.join("\n").as_bytes()).as_ref());
        let opt = self.directory.join("opt");
        let path = opt.join(name);
        if !path.is_dir() {
            let scratch = opt.join(format!(".{}", uuid::Uuid::new_v4().simple()));
            for layer in layers {
                let folder = self.folder(layer).ok_or_else(|| {
                    io::Error::new(io::ErrorKind::NotFound, "a layer's code is gone")
                })?;
                lay_over(&folder, &scratch)?;
            }
            if let Err(e) = fs::rename(&scratch, &path)
                && !path.is_dir()
            {
                return Err(e);
            }
            let _ = fs::remove_dir_all(&scratch);
        }
        Ok(Some(path))
    }
}

/// Copies the tree `from` over `to`. What stands in the way gives way.
fn lay_over(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let kind = entry.file_type()?;
        let there = fs::symlink_metadata(&target).ok();
        if let Some(there) = &there
            && !(kind.is_dir() && there.is_dir())
        {
            match there.is_dir() {
                true => fs::remove_dir_all(&target)?,
                false => fs::remove_file(&target)?,
            }
        }
        if kind.is_dir() {
            lay_over(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        } else if fs::hard_link(entry.path(), &target).is_err() {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn size_of(folder: &Path) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        sum += match kind.is_dir() {
            true => size_of(&entry.path())?,
            false if kind.is_file() => entry.metadata()?.len(),
            false => 0,
        };
    }
    Ok(sum)
}

/// What changes when a file in `folder` does: names, sizes and times of at most ten thousand files. Installed packages and
/// what Python compiles are left out, or looking would cost more than the call.
pub(crate) fn fingerprint(folder: &Path) -> io::Result<u64> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::os::unix::fs::MetadataExt;
    let mut hasher = DefaultHasher::new();
    let mut open = vec![folder.to_owned()];
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        let mut entries = fs::read_dir(&folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let name_is_no_code = name.to_str().is_some_and(pack::is_left_out);
            if name == "node_modules" || name_is_no_code {
                continue;
            }
            seen += 1;
            if seen > 10_000 {
                return Ok(hasher.finish());
            }
            let about = entry.metadata()?;
            (
                &name,
                about.len(),
                about.mtime(),
                about.mtime_nsec(),
                about.ino(),
            )
                .hash(&mut hasher);
            if about.is_dir() {
                open.push(entry.path());
            }
        }
    }
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests;
