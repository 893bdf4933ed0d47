//! The data directory, held for one server alone.

use crate::{Error, Result};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// A program that the last holder was starting as it let go has the lock, too, for the moment until it is its own: so
/// often, and after such pauses, the lock is asked for again.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(10);

/// The data directory, held for one server alone for as long as this lives, also against a process that dies.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: std::fs::File,
}

impl DirectoryLock {
    /// Creates the directory if need be and takes it. Fails with [`Error::InUse`] where another server holds it.
    pub fn take(directory: &Path) -> Result<Self> {
        private_directory(directory).map_err(io(directory))?;
        let path = directory.join("lock");
        let file = std::fs::File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(io(&path))?;
        let mut left = LOCK_TRIES;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(std::fs::TryLockError::WouldBlock) if left > 0 => {
                    left -= 1;
                    std::thread::sleep(LOCK_PAUSE);
                }
                Err(std::fs::TryLockError::WouldBlock) => {
                    return Err(Error::InUse(directory.display().to_string()));
                }
                Err(std::fs::TryLockError::Error(source)) => return Err(io(&path)(source)),
            }
        }
    }
}

pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.display().to_string();
    move |source| Error::Io { path, source }
}

fn private_directory(path: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}
