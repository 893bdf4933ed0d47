//! Files that are either wholly there or not, readable by whom they should be.

use super::AuthorityError;
use super::key::PrivateKey;
use nameplate_core::pki::{Certificate, to_pem};
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Who may read a file beside its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    Owner,
    Everyone,
}

/// Replaces a file: a temporary one beside it is written, flushed to disk and renamed over it, and the
/// directory is flushed, so that after a crash the old or the new content is there in full.
pub(super) fn write(path: &Path, content: &[u8], readers: Readers) -> Result<(), AuthorityError> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let temporary = PathBuf::from(temporary);
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::Everyone => 0o644,
    };
    let written = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(&temporary)?;
        // The mode above counts only for a new file, and less the umask.
        file.set_permissions(std::fs::Permissions::from_mode(mode))?;
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        File::open(directory)?.sync_all()
    })();
    written.map_err(|source| AuthorityError::File {
        action: "write",
        path: path.to_owned(),
        source,
    })
}

/// A file's text; `None` when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, AuthorityError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(AuthorityError::File {
            action: "read",
            path: path.to_owned(),
            source,
        }),
    }
}

/// Makes a directory for the owner only, with those above it, unless it is there.
pub(super) fn directory(path: &Path) -> Result<(), AuthorityError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| AuthorityError::File {
            action: "create the directory",
            path: path.to_owned(),
            source,
        })
}

/// A private key and the certificate of its public half.
pub(super) struct Pair {
    pub(super) key: PrivateKey,
    pub(super) certificate: Certificate,
}

/// Where the file of that name stands in a data directory.
pub(super) fn pair_path(data_dir: &Path, name: &str) -> PathBuf {
    keys_path(data_dir, &format!("{name}.pem"))
}

/// A file among the keys.
pub(super) fn keys_path(data_dir: &Path, file: &str) -> PathBuf {
    data_dir.join("keys").join(file)
}

/// Writes a key and its certificate into one file.
pub(super) fn write_pair(data_dir: &Path, name: &str, pair: &Pair) -> Result<(), AuthorityError> {
    let path = pair_path(data_dir, name);
    directory(&data_dir.join("keys"))?;
    let mut text = to_pem("PRIVATE KEY", pair.key.pkcs8());
    text.push_str(&pair.certificate.to_pem());
    write(&path, text.as_bytes(), Readers::Owner)
}

/// Reads them back; `None` when there is no such file.
pub(super) fn read_pair(data_dir: &Path, name: &str) -> Result<Option<Pair>, AuthorityError> {
    let path = pair_path(data_dir, name);
    let Some(text) = read(&path)? else {
        return Ok(None);
    };
    let unusable = |reason: &str| AuthorityError::Content {
        path: path.clone(),
        reason: reason.to_owned(),
    };
    let key = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes())
        .ok()
        .and_then(|pkcs8| PrivateKey::from_pkcs8(pkcs8.secret_pkcs8_der()))
        .ok_or_else(|| unusable("it holds no readable PRIVATE KEY"))?;
    let certificate =
        Certificate::parse_pem(&text).map_err(|error| unusable(&error.to_string()))?;
    if certificate.spki() != key.spki() {
        return Err(unusable("its certificate is not of its key"));
    }
    Ok(Some(Pair { key, certificate }))
}

/// Removes a file, and makes sure that it stays away.
pub(super) fn remove(path: &Path) -> Result<(), AuthorityError> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let removed = std::fs::remove_file(path).and_then(|()| File::open(directory)?.sync_all());
    removed.map_err(|source| AuthorityError::File {
        action: "remove",
        path: path.to_owned(),
        source,
    })
}

/// Names of the files among the keys.
pub(super) fn keys(data_dir: &Path) -> Result<Vec<String>, AuthorityError> {
    let path = data_dir.join("keys");
    let failed = |source| AuthorityError::File {
        action: "read",
        path: path.clone(),
        source,
    };
    let mut names = Vec::new();
    match std::fs::read_dir(&path) {
        Ok(entries) => {
            for entry in entries {
                names.extend(entry.map_err(failed)?.file_name().into_string());
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(source) => return Err(failed(source)),
    }
    names.sort();
    Ok(names)
}
