//! The server's secrets where several servers have the same: sealed in their database, and as files in each one's data
//! directory.
//!
//! Owns which files they are, how they are sealed, and what is refused. Must not know what a key is for. The owner's key is
//! in a file of its own (`--secrets-key`); whoever has the database alone can open nothing.

use super::AuthorityError;
use super::files::{self, Readers};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_store::{
    PostgresOptions, SharedSecret, replace_secrets, share_secrets, shared_secrets,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Bytes of the owner's key.
const KEY_BYTES: usize = 32;
/// The access key of the account's root.
const CREDENTIALS: &str = "credentials";
/// The directory of keys.
const KEYS: &str = "keys";
/// A mark of this directory alone, see `whole.rs`.
const MARK: &str = "database";
/// What certificates of one server alone begin with: they are made anew for other names.
const LEAVES: &str = "server-";
/// In the directory of keys: digests of what was last seen with the others.
const SEEN: &str = ".shared";
/// Longest file that is taken for a key, bytes.
const MOST: u64 = 64 * 1024;

/// Why secrets cannot be shared.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// The file of the owner's key.
    #[error(
        "--secrets-key {}: {reason}; make one with: openssl rand -base64 32 > FILE",
        path.display()
    )]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never its content.
        reason: String,
    },
    /// Others have sealed theirs with another.
    #[error(
        "--secrets-key {}: the secrets in {place} are sealed with another key; name the file that the other servers use",
        path.display()
    )]
    OtherKey {
        /// The file.
        path: PathBuf,
        /// The database.
        place: String,
    },
    /// A secret does not open.
    #[error(
        "the secret {name:?} in {place} is damaged: it cannot be opened with the key that it says it is sealed with; put \
         back a backup of the database"
    )]
    Damaged {
        /// Its name.
        name: String,
        /// The database.
        place: String,
    },
    /// The data directory has its own.
    #[error(
        "{} is another than the one that the servers over {place} share; name an empty directory with --data-dir, or put \
         back what belongs together",
        path.display()
    )]
    OtherFile {
        /// The file.
        path: PathBuf,
        /// The database.
        place: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] nameplate_store::Error),
    /// A file.
    #[error(transparent)]
    File(#[from] AuthorityError),
}

/// Secrets that several servers have, and the key that seals them.
pub struct SharedSecrets {
    file: PathBuf,
    server: PostgresOptions,
    key: LessSafeKey,
    key_id: String,
}

impl SharedSecrets {
    /// Reads the owner's key. Blocks.
    ///
    /// # Errors
    /// That the file cannot be read or holds no 32 bytes in Base64 or hexadecimal digits.
    pub fn open(file: &Path, server: &PostgresOptions) -> Result<Self, SharedError> {
        let wrong = |reason: String| SharedError::KeyFile {
            path: file.to_owned(),
            reason,
        };
        let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        let text = text.trim();
        let bytes = hex::decode(text)
            .ok()
            .or_else(|| STANDARD.decode(text).ok())
            .filter(|bytes| bytes.len() == KEY_BYTES)
            .ok_or_else(|| wrong("it holds no 32 bytes in Base64 or hexadecimal digits".into()))?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(wrong("its bytes are all the same".into()));
        }
        let unusable = |_| wrong("the key cannot be used".into());
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(unusable)?;
        let mut about = b"nameplate secrets key ".to_vec();
        about.extend_from_slice(&bytes);
        Ok(Self {
            file: file.to_owned(),
            server: server.clone(),
            key: LessSafeKey::new(key),
            key_id: hex::encode(&digest::digest(&digest::SHA256, &about).as_ref()[..8]),
        })
    }

    /// Brings what the others share into the data directory, and gives them what was changed here since; whether there
    /// was anything. What both have changed since they last had it in common is refused. Blocks.
    ///
    /// # Errors
    /// That it is sealed with another key, or that the directory has other secrets.
    pub fn bring(&self, data_dir: &Path) -> Result<bool, SharedError> {
        let place = self.server.place();
        let shared = shared_secrets(&self.server)?;
        let seen = seen_in(data_dir);
        let (mut opened, mut newer, mut digests) = (Vec::new(), Vec::new(), BTreeMap::new());
        for secret in &shared {
            if secret.key_id != self.key_id {
                return Err(SharedError::OtherKey {
                    path: self.file.clone(),
                    place,
                });
            }
            let damaged = || SharedError::Damaged {
                name: secret.name.clone(),
                place: place.clone(),
            };
            let path = path_of(data_dir, &secret.name).ok_or_else(damaged)?;
            let content = self.unseal(secret).ok_or_else(damaged)?;
            // All of them are looked at before one is written.
            let before = seen.get(&secret.name);
            match std::fs::read(&path) {
                Ok(found) if found == content => {}
                // Another server has changed it since, or this one has.
                Ok(found) if before == Some(&digest_of(&found)) => {
                    opened.push((path, content.clone()))
                }
                Ok(found) if before == Some(&digest_of(&content)) => {
                    digests.insert(secret.name.clone(), digest_of(&found));
                    newer.push(self.seal(secret.name.clone(), found)?);
                    continue;
                }
                Ok(_) => return Err(SharedError::OtherFile { path, place }),
                Err(_) => opened.push((path, content.clone())),
            }
            digests.insert(secret.name.clone(), digest_of(&content));
        }
        if !opened.is_empty() {
            files::directory(data_dir)?;
            files::directory(&data_dir.join(KEYS))?;
        }
        for (path, content) in opened {
            files::write(&path, &content, Readers::Owner)?;
        }
        if !newer.is_empty() {
            replace_secrets(&self.server, &newer)?;
        }
        if !digests.is_empty() {
            note_seen(data_dir, &digests)?;
        }
        Ok(!shared.is_empty())
    }

    /// Puts those of the data directory there that the others do not have yet; false where another server was first with
    /// some of them. Blocks.
    pub fn share(&self, data_dir: &Path) -> Result<bool, SharedError> {
        let known = shared_secrets(&self.server)?;
        let (mut new, mut digests) = (Vec::new(), seen_in(data_dir));
        for (name, content) in secrets_of(data_dir)? {
            if known.iter().all(|secret| secret.name != name) {
                digests.insert(name.clone(), digest_of(&content));
                new.push(self.seal(name, content)?);
            }
        }
        if new.is_empty() {
            return Ok(true);
        }
        let is_first = share_secrets(&self.server, &new)?;
        if is_first {
            note_seen(data_dir, &digests)?;
        }
        Ok(is_first)
    }

    fn seal(&self, name: String, mut content: Vec<u8>) -> Result<SharedSecret, SharedError> {
        let failed = |_| SharedError::KeyFile {
            path: self.file.clone(),
            reason: "the system gives no random bytes".into(),
        };
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(failed)?;
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name.as_bytes()),
                &mut content,
            )
            .map_err(failed)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut content);
        Ok(SharedSecret {
            name,
            key_id: self.key_id.clone(),
            sealed,
        })
    }

    fn unseal(&self, secret: &SharedSecret) -> Option<Vec<u8>> {
        let (nonce, sealed) = secret.sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut content = sealed.to_vec();
        let length = self
            .key
            .open_in_place(nonce, Aad::from(secret.name.as_bytes()), &mut content)
            .ok()?
            .len();
        content.truncate(length);
        Some(content)
    }
}

/// Removes the secrets that a first start has just made, as another server's were there first.
pub fn discard(data_dir: &Path) -> Result<(), SharedError> {
    for name in secrets_of(data_dir)?.keys() {
        if let Some(path) = path_of(data_dir, name) {
            let removed = std::fs::remove_file(&path);
            removed.map_err(|source| AuthorityError::File {
                action: "remove",
                path,
                source,
            })?;
        }
    }
    let _ = std::fs::remove_file(data_dir.join(KEYS).join(SEEN));
    // They are made again from the keys.
    for file in ["root-ca.pem", "device-ca.pem"] {
        let _ = std::fs::remove_file(data_dir.join(file));
    }
    Ok(())
}

fn digest_of(content: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, content))
}

/// Digests of what this directory and the others last had in common, by name.
fn seen_in(data_dir: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(data_dir.join(KEYS).join(SEEN)).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(digest, name)| (name.to_owned(), digest.to_owned()))
        .collect()
}

fn note_seen(data_dir: &Path, digests: &BTreeMap<String, String>) -> Result<(), SharedError> {
    let lines = digests
        .iter()
        .map(|(name, digest)| format!("{digest} {name}\n"));
    let text: String = lines.collect();
    let path = data_dir.join(KEYS).join(SEEN);
    files::write(&path, text.as_bytes(), Readers::Owner)?;
    Ok(())
}

/// Whether a data directory has secrets of its own.
pub fn has_secrets(data_dir: &Path) -> bool {
    secrets_of(data_dir).is_ok_and(|secrets| !secrets.is_empty())
}

/// The secrets of a data directory: name and content.
fn secrets_of(data_dir: &Path) -> Result<BTreeMap<String, Vec<u8>>, SharedError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| AuthorityError::File {
            action: "read",
            path,
            source,
        }
    };
    let mut found = BTreeMap::new();
    let keys = data_dir.join(KEYS);
    let entries = match std::fs::read_dir(&keys) {
        Ok(entries) => entries.collect::<Vec<_>>(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(failed(&keys)(error).into()),
    };
    for entry in entries {
        let entry = entry.map_err(failed(&keys))?;
        let about = entry.metadata().map_err(failed(&entry.path()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if about.is_file() && about.len() <= MOST && is_shared(&name) {
            let content = std::fs::read(entry.path()).map_err(failed(&entry.path()))?;
            found.insert(format!("{KEYS}/{name}"), content);
        }
    }
    let credentials = data_dir.join(CREDENTIALS);
    if credentials.exists() {
        let content = std::fs::read(&credentials).map_err(failed(&credentials))?;
        found.insert(CREDENTIALS.to_owned(), content);
    }
    Ok(found)
}

/// Where a secret's file is; `None` for a name that no server gives.
fn path_of(data_dir: &Path, name: &str) -> Option<PathBuf> {
    if name == CREDENTIALS {
        return Some(data_dir.join(CREDENTIALS));
    }
    let file = name.strip_prefix(KEYS)?.strip_prefix('/')?;
    is_shared(file).then(|| data_dir.join(KEYS).join(file))
}

/// Whether a file among the keys is all servers', and its name leads nowhere else.
fn is_shared(name: &str) -> bool {
    !name.starts_with('.')
        && !name.starts_with(LEAVES)
        && name != MARK
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Result<(tempfile::TempDir, SharedSecrets), SharedError> {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("key");
        std::fs::write(&file, text).expect("written");
        let server = PostgresOptions::parse("postgres://u@127.0.0.1/db").expect("a URL");
        SharedSecrets::open(&file, &server).map(|shared| (directory, shared))
    }

    const HEX: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

    #[test]
    fn a_key_is_thirty_two_bytes_in_either_spelling() {
        let (_, hex) = key(HEX).expect("hexadecimal digits");
        let base64 = "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=";
        let (_, same) = key(base64).expect("Base64");
        assert_eq!(hex.key_id, same.key_id);
        for (text, told) in [
            ("", "no 32 bytes"),
            ("SECRET", "no 32 bytes"),
            (&HEX[2..], "no 32 bytes"),
            (&"00".repeat(32), "all the same"),
        ] {
            let refused = key(text).err().map(|refused| refused.to_string());
            let refused = refused.expect(text);
            assert!(
                refused.contains(told) && !refused.contains("SECRET"),
                "{refused}"
            );
        }
        let none = SharedSecrets::open(
            Path::new("/nowhere"),
            &PostgresOptions::parse("postgres://u@127.0.0.1/db").expect("a URL"),
        );
        assert!(none.is_err_and(|refused| refused.to_string().contains("/nowhere")));
    }

    #[test]
    fn a_secret_opens_with_its_key_and_under_its_name_alone() {
        let (_, shared) = key(HEX).expect("a key");
        let sealed = shared.seal("keys/a.pem".into(), b"SECRET".to_vec());
        let sealed = sealed.expect("sealed");
        let again = shared.seal("keys/a.pem".into(), b"SECRET".to_vec());
        assert_ne!(sealed.sealed, again.expect("sealed").sealed, "a nonce each");
        assert_eq!(shared.unseal(&sealed).as_deref(), Some(&b"SECRET"[..]));
        let mut other = sealed.clone();
        other.name = "keys/b.pem".into();
        assert_eq!(shared.unseal(&other), None);
        let mut other = sealed.clone();
        *other.sealed.last_mut().expect("bytes") ^= 1;
        assert_eq!(shared.unseal(&other), None);
        other.sealed.truncate(5);
        assert_eq!(shared.unseal(&other), None);
        let (_, another) = key(&HEX.replace("00", "01")).expect("a key");
        assert_eq!(another.unseal(&sealed), None);
        assert!(!format!("{sealed:?}").contains("SECRET"));
    }

    #[test]
    fn what_is_a_secret_of_a_directory() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path();
        assert!(!has_secrets(path));
        std::fs::create_dir(path.join("keys")).expect("made");
        for name in [
            "keys/root.pem",
            "keys/database",
            "keys/.x",
            "keys/server-rsa.pem",
            "credentials",
            "root-ca.pem",
        ] {
            std::fs::write(path.join(name), name).expect("written");
        }
        let found: Vec<String> = secrets_of(path).expect("read").into_keys().collect();
        assert_eq!(found, ["credentials", "keys/root.pem"]);
        for name in [
            "keys/../x",
            "keys/",
            "keys/a/b",
            "/etc/passwd",
            "keys/database",
            "keys/server-rsa.pem",
            "x",
        ] {
            assert_eq!(path_of(path, name), None, "{name}");
        }
        let digests = [("keys/root.pem".to_owned(), digest_of(b"x"))].into();
        note_seen(path, &digests).expect("written");
        assert_eq!(seen_in(path), digests);
        discard(path).expect("removed");
        assert!(seen_in(path).is_empty());
        assert!(!has_secrets(path) && path.join("keys/database").exists());
    }
}
