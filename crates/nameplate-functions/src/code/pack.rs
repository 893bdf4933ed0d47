//! A folder of the owner's made into a zip, the same for the same files.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;

/// Files, at most.
const FILES: usize = 65_536;
/// Bytes of all files (AWS: 250 MB).
const BYTES: u64 = 262_144_000;

/// Why a folder was not made into a zip.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A file or folder cannot be read.
    #[error("{0}: {1}")]
    Read(String, io::Error),
    /// A name that is not text.
    #[error("{0}: the name is not UTF-8, which a zip's must be")]
    Name(String),
    /// There is nothing in it.
    #[error("{0}: there are no files")]
    Empty(String),
    /// More files, or more bytes, than a function may have.
    #[error(
        "there are more than {FILES} files or {BYTES} bytes in it, {0} being the first too many"
    )]
    TooMuch(String),
    /// The zip cannot be written.
    #[error("making the zip: {0}")]
    Zip(zip::result::ZipError),
}

/// Whether something of this name in a folder is no part of the function: what tools leave there.
pub(super) fn is_left_out(name: &str) -> bool {
    matches!(name, ".git" | "__pycache__" | ".DS_Store")
}

/// Makes a zip of a folder. Links are followed; what Git, Python and the owner's own environments keep there, and files
/// of the front that `left_out` names, are left out.
pub fn pack(folder: &Path, left_out: &[&str]) -> Result<Vec<u8>, PackError> {
    let mut files = Vec::new();
    let mut seen = HashSet::new();
    collect(folder, "", &mut files, &mut seen)?;
    files.retain(|(name, _)| !left_out.contains(&name.as_str()));
    if files.is_empty() {
        return Err(PackError::Empty(folder.display().to_string()));
    }
    files.sort();
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let mut bytes = 0;
    for (name, path) in files {
        let wrong = |e| PackError::Read(path.display().to_string(), e);
        let about = fs::metadata(&path).map_err(wrong)?;
        bytes += about.len();
        if bytes > BYTES {
            return Err(PackError::TooMuch(name));
        }
        let text = fs::read(&path).map_err(wrong)?;
        // Everybody may read, as functions run as somebody else in AWS; only what is run may be run.
        let mode = 0o644 | about.permissions().mode() & 0o111;
        let options = SimpleFileOptions::default().unix_permissions(mode);
        zip.start_file(name, options).map_err(PackError::Zip)?;
        zip.write_all(&text).map_err(|e| PackError::Zip(e.into()))?;
    }
    let whole = zip.finish().map_err(PackError::Zip)?;
    Ok(whole.into_inner())
}

/// Name in the zip and path of every file; `seen` has the folders above, so that a link to one of them ends.
fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut Vec<(String, PathBuf)>,
    seen: &mut HashSet<PathBuf>,
) -> Result<(), PackError> {
    let wrong = |e| PackError::Read(folder.display().to_string(), e);
    let real = folder.canonicalize().map_err(wrong)?;
    if !seen.insert(real.clone()) {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| PackError::Name(path.display().to_string()))?;
        if is_left_out(name) || path.join("pyvenv.cfg").is_file() {
            continue;
        }
        let name = format!("{prefix}{name}");
        let about =
            fs::metadata(&path).map_err(|e| PackError::Read(path.display().to_string(), e))?;
        if about.is_dir() {
            collect(&path, &format!("{name}/"), files, seen)?;
        } else if about.is_file() {
            if files.len() >= FILES {
                return Err(PackError::TooMuch(name));
            }
            files.push((name, path));
        }
    }
    seen.remove(&real);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CodeStore, Limits};
    use std::os::unix::fs::symlink;

    #[test]
    fn a_folder_becomes_a_zip_that_unpacks_to_it() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("f");
        fs::create_dir_all(folder.join("lib/deep")).unwrap();
        for name in ["__pycache__", ".git", ".venv"] {
            fs::create_dir_all(folder.join(name)).unwrap();
            fs::write(folder.join(name).join("x"), "left out").unwrap();
        }
        fs::write(folder.join(".venv/pyvenv.cfg"), "").unwrap();
        fs::write(folder.join("function.toml"), "left out").unwrap();
        fs::write(folder.join("app.py"), "code").unwrap();
        fs::write(folder.join("lib/deep/tool"), "program").unwrap();
        fs::set_permissions(
            folder.join("lib/deep/tool"),
            fs::Permissions::from_mode(0o700),
        )
        .unwrap();
        symlink("..", folder.join("lib/circle")).unwrap();
        symlink("../app.py", folder.join("lib/again.py")).unwrap();
        let zip = pack(&folder, &["function.toml"]).unwrap();
        assert_eq!(
            zip,
            pack(&folder, &["function.toml"]).unwrap(),
            "always the same"
        );
        let store = CodeStore::open(&directory.path().join("store")).unwrap();
        let package = store.add(&zip, &Limits::default()).unwrap();
        let unpacked = store.folder(&package.sha256).unwrap();
        assert_eq!(fs::read(unpacked.join("lib/again.py")).unwrap(), b"code");
        let mode = |name: &str| {
            fs::metadata(unpacked.join(name))
                .unwrap()
                .permissions()
                .mode()
                & 0o111
        };
        assert_ne!(mode("lib/deep/tool"), 0);
        assert_eq!(mode("app.py"), 0);
        for name in ["__pycache__", ".git", ".venv", "function.toml"] {
            assert!(!unpacked.join(name).exists(), "{name}");
        }
        fs::create_dir(directory.path().join("empty")).unwrap();
        let refused = pack(&directory.path().join("empty"), &[]).unwrap_err();
        assert!(refused.to_string().contains("there are no files"));
    }
}
