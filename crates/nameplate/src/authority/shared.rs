//! The server's secrets where several servers have the same: sealed in their database, and as files in each one's data
//! directory.
//!
//! Owns which files they are, how they are sealed, and what is refused. Must not know what a key is for. The owner's key is
//! in a file of its own (`--secrets-key`); whoever has the database alone can open nothing.

use super::AuthorityError;
use super::files::{self, Readers};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_store::{
    PostgresOptions, SharedSecret, exchange_secrets, leave_secret, share_secrets, shared_secrets,
};
use parking_lot::{Mutex, RwLock};
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
    /// Another server changed the secrets at the same moment.
    #[error("another server changed the shared secrets in {place} at the same moment; try again")]
    Outdated {
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

/// Secrets that several servers have, and the keys that seal them.
pub struct SharedSecrets {
    file: PathBuf,
    server: PostgresOptions,
    // The first seals, each opens.
    keys: RwLock<Vec<OwnersKey>>,
    // As they were last read, sealed.
    base: Mutex<Vec<SharedSecret>>,
}

/// A key of the owner's.
struct OwnersKey {
    key: LessSafeKey,
    id: String,
}

impl SharedSecrets {
    /// Reads the owner's keys. Blocks.
    ///
    /// # Errors
    /// That the file cannot be read, or a line of it holds no 32 bytes in Base64 or hexadecimal digits.
    pub fn open(file: &Path, server: &PostgresOptions) -> Result<Self, SharedError> {
        Ok(Self {
            file: file.to_owned(),
            server: server.clone(),
            keys: RwLock::new(keys_in(file)?),
            base: Mutex::default(),
        })
    }

    /// Brings what the others share into the data directory, and gives them what was changed here since; whether there
    /// was anything. What both have changed since they last had it in common is refused. What the others have removed is
    /// set aside. Blocks.
    ///
    /// # Errors
    /// That it is sealed with another key, or that the directory has other secrets.
    pub fn bring(&self, data_dir: &Path) -> Result<bool, SharedError> {
        let shared = self.read()?;
        self.bring_these(data_dir, &shared)
    }

    fn bring_these(&self, data_dir: &Path, shared: &[SharedSecret]) -> Result<bool, SharedError> {
        let place = self.server.place();
        let seen = seen_in(data_dir);
        let (mut opened, mut newer) = (Vec::new(), Vec::new());
        let mut digests = Digests::new();
        for secret in shared {
            let damaged = || SharedError::Damaged {
                name: secret.name.clone(),
                place: place.clone(),
            };
            let path = path_of(data_dir, &secret.name).ok_or_else(damaged)?;
            let content = self.unseal(secret).ok_or_else(damaged)?;
            // All of them are looked at before one is written.
            let before = seen.get(&secret.name).map(Vec::as_slice);
            let was_common =
                |content: &[u8]| before.is_some_and(|of| of.contains(&digest_of(content)));
            let mut common = digest_of(&content);
            match std::fs::read(&path) {
                Ok(found) if found == content => {}
                // Another server has changed it since, or this one has.
                Ok(found) if was_common(&found) => opened.push((path, content)),
                Ok(found) if was_common(&content) => {
                    common = digest_of(&found);
                    newer.push(self.seal(secret.name.clone(), found)?);
                }
                Ok(_) => return Err(SharedError::OtherFile { path, place }),
                Err(_) => opened.push((path, content)),
            }
            digests.insert(secret.name.clone(), vec![common]);
        }
        if shared.is_empty() {
            return Ok(false);
        }
        if !opened.is_empty() {
            files::directory(data_dir)?;
            files::directory(&data_dir.join(KEYS))?;
            // First that they are common: a file that a server left behind which ended here would be taken for its own, and
            // given to the others again when they have removed it.
            let mut both = seen.clone();
            for (path, content) in &opened {
                let (known, new) = (both.entry(name_of(path)).or_default(), digest_of(content));
                if !known.contains(&new) {
                    known.push(new);
                }
            }
            note_seen(data_dir, &both)?;
        }
        for (path, content) in opened {
            files::write(&path, &content, Readers::Owner)?;
        }
        if !newer.is_empty() {
            let mut after = shared.to_vec();
            after.retain(|old| newer.iter().all(|new| new.name != old.name));
            after.extend(newer);
            self.exchange(shared, after)?;
        }
        for (name, of) in seen {
            if !digests.contains_key(&name) {
                set_aside(data_dir, &name, &of)?;
            }
        }
        note_seen(data_dir, &digests)?;
        Ok(true)
    }

    /// Says at all servers that a secret is about to be removed, or is not after all. Blocks.
    ///
    /// # Errors
    /// That the database does not say.
    pub fn leave(&self, path: &Path, is_leaving: bool) -> Result<(), SharedError> {
        Ok(leave_secret(&self.server, &name_of(path), is_leaving)?)
    }

    /// Gives the others a secret as it is from now on, or has them remove it, before it counts here: the file is written
    /// by the caller when this returns. Blocks.
    ///
    /// # Errors
    /// [`SharedError::Outdated`] where they are others than this server last read.
    pub fn change(
        &self,
        data_dir: &Path,
        path: &Path,
        content: Option<&[u8]>,
    ) -> Result<(), SharedError> {
        let name = name_of(path);
        let before = self.base.lock().clone();
        let mut after = before.clone();
        after.retain(|old| old.name != name);
        if let Some(content) = content {
            after.push(self.seal(name.clone(), content.to_vec())?);
        }
        // Whichever of the two is found after a crash is known to have been common.
        let mut digests = seen_in(data_dir);
        let known = digests.entry(name.clone()).or_default();
        if let Ok(found) = std::fs::read(path) {
            *known = vec![digest_of(&found)];
        }
        known.extend(content.map(digest_of));
        note_seen(data_dir, &digests)?;
        self.exchange(&before, after)
    }

    /// Seals all secrets with the first of the owner's keys; how many were sealed with another. Blocks.
    ///
    /// # Errors
    /// That one of them opens with none of the owner's keys.
    pub fn seal_again(&self) -> Result<usize, SharedError> {
        let before = self.read()?;
        let first = self.first_key();
        let (mut after, mut sealed) = (Vec::new(), 0);
        for secret in &before {
            if Some(&secret.key_id) == first.as_ref() {
                after.push(secret.clone());
                continue;
            }
            let content = self.unseal(secret).ok_or_else(|| SharedError::Damaged {
                name: secret.name.clone(),
                place: self.server.place(),
            })?;
            after.push(self.seal(secret.name.clone(), content)?);
            sealed += 1;
        }
        self.exchange(&before, after)?;
        self.forget_ticket_keys()?;
        Ok(sealed)
    }

    pub(super) fn random(&self, bytes: &mut [u8]) -> Result<(), SharedError> {
        rand::fill(bytes).map_err(|_| SharedError::KeyFile {
            path: self.file.clone(),
            reason: "the system gives no random bytes".into(),
        })
    }

    pub(super) fn server(&self) -> &PostgresOptions {
        &self.server
    }

    /// Which key seals.
    pub(super) fn first_key(&self) -> Option<String> {
        self.keys.read().first().map(|key| key.id.clone())
    }

    /// The secrets as they are, each sealed with a key that is here: the owner may have put another into the file.
    fn read(&self) -> Result<Vec<SharedSecret>, SharedError> {
        let shared = shared_secrets(&self.server)?;
        let opens =
            |secret: &SharedSecret| self.keys.read().iter().any(|key| key.id == secret.key_id);
        if !shared.iter().all(opens) {
            *self.keys.write() = keys_in(&self.file)?;
            if !shared.iter().all(opens) {
                return Err(SharedError::OtherKey {
                    path: self.file.clone(),
                    place: self.server.place(),
                });
            }
        }
        self.base.lock().clone_from(&shared);
        Ok(shared)
    }

    fn exchange(
        &self,
        before: &[SharedSecret],
        after: Vec<SharedSecret>,
    ) -> Result<(), SharedError> {
        if !exchange_secrets(&self.server, before, &after)? {
            return Err(SharedError::Outdated {
                place: self.server.place(),
            });
        }
        *self.base.lock() = after;
        Ok(())
    }

    /// Puts those of the data directory there that the others do not have yet; false where another server was first with
    /// some of them. Blocks.
    pub fn share(&self, data_dir: &Path) -> Result<bool, SharedError> {
        let known = shared_secrets(&self.server)?;
        let (mut new, mut digests) = (Vec::new(), seen_in(data_dir));
        for (name, content) in secrets_of(data_dir)? {
            if known.iter().all(|secret| secret.name != name) {
                digests.insert(name.clone(), vec![digest_of(&content)]);
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

    pub(super) fn seal(
        &self,
        name: String,
        mut content: Vec<u8>,
    ) -> Result<SharedSecret, SharedError> {
        let failed = |_| SharedError::KeyFile {
            path: self.file.clone(),
            reason: "nothing can be sealed with its first key".into(),
        };
        let mut nonce = [0; NONCE_LEN];
        self.random(&mut nonce)?;
        let keys = self.keys.read();
        let first = keys.first().ok_or_else(|| failed(Unspecified))?;
        first
            .key
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
            key_id: first.id.clone(),
            sealed,
        })
    }

    pub(super) fn unseal(&self, secret: &SharedSecret) -> Option<Vec<u8>> {
        let (nonce, sealed) = secret.sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let keys = self.keys.read();
        let of = keys.iter().find(|key| key.id == secret.key_id)?;
        let mut content = sealed.to_vec();
        let length = of
            .key
            .open_in_place(nonce, Aad::from(secret.name.as_bytes()), &mut content)
            .ok()?
            .len();
        content.truncate(length);
        Some(content)
    }
}

/// The keys of a file, one on each line.
fn keys_in(file: &Path) -> Result<Vec<OwnersKey>, SharedError> {
    let wrong = |reason: &str| SharedError::KeyFile {
        path: file.to_owned(),
        reason: reason.to_owned(),
    };
    let text = std::fs::read_to_string(file).map_err(|error| wrong(&error.to_string()))?;
    let mut keys = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let bytes = hex::decode(line)
            .ok()
            .or_else(|| STANDARD.decode(line).ok())
            .filter(|bytes| bytes.len() == KEY_BYTES)
            .ok_or_else(|| wrong("it holds no 32 bytes in Base64 or hexadecimal digits"))?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(wrong("its bytes are all the same"));
        }
        let key = UnboundKey::new(&AES_256_GCM, &bytes);
        let key = key.map_err(|_| wrong("the key cannot be used"))?;
        let mut about = b"nameplate secrets key ".to_vec();
        about.extend_from_slice(&bytes);
        keys.push(OwnersKey {
            key: LessSafeKey::new(key),
            id: hex::encode(&digest::digest(&digest::SHA256, &about).as_ref()[..8]),
        });
    }
    match keys.is_empty() {
        true => Err(wrong(
            "it holds no 32 bytes in Base64 or hexadecimal digits",
        )),
        false => Ok(keys),
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

/// Digests of what a directory and the others had in common, by name: one, or two while it is changed.
type Digests = BTreeMap<String, Vec<String>>;

fn seen_in(data_dir: &Path) -> Digests {
    let text = std::fs::read_to_string(data_dir.join(KEYS).join(SEEN)).unwrap_or_default();
    let mut seen = Digests::new();
    for (digest, name) in text.lines().filter_map(|line| line.split_once(' ')) {
        let of = seen.entry(name.to_owned()).or_default();
        of.push(digest.to_owned());
    }
    seen
}

fn note_seen(data_dir: &Path, digests: &Digests) -> Result<(), SharedError> {
    if seen_in(data_dir) == *digests {
        return Ok(());
    }
    let mut text = String::new();
    for (name, of) in digests {
        text.extend(of.iter().map(|digest| format!("{digest} {name}\n")));
    }
    let path = data_dir.join(KEYS).join(SEEN);
    files::write(&path, text.as_bytes(), Readers::Owner)?;
    Ok(())
}

/// Another server has removed a secret. Its file is no longer used here and yet kept: what is gone may be the database's
/// newest state, put back from a backup.
fn set_aside(data_dir: &Path, name: &str, common: &[String]) -> Result<(), SharedError> {
    let Some(path) = path_of(data_dir, name) else {
        return Ok(());
    };
    match std::fs::read(&path) {
        Ok(found) if common.contains(&digest_of(&found)) => {}
        _ => return Ok(()),
    }
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let aside = path.with_file_name(format!(".removed-{file}"));
    std::fs::rename(&path, &aside).map_err(|source| AuthorityError::File {
        action: "rename",
        path: path.clone(),
        source,
    })?;
    tracing::warn!(
        "{} was removed by another server, and is {} now",
        path.display(),
        aside.display()
    );
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

/// The name of the secret that is kept in a file among the keys.
pub(super) fn name_of(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy());
    format!("{KEYS}/{}", name.unwrap_or_default())
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
        // A file that was being written.
        && !name.ends_with(".new")
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
        let id = |of: &SharedSecrets| of.keys.read()[0].id.clone();
        assert_eq!(id(&hex), id(&same));
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

    /// A server that ends while it brings what the others share leaves files that are known to be theirs: it does not give
    /// one to them again which they have removed meanwhile.
    #[test]
    fn what_a_server_has_brought_before_it_ended_is_not_its_own() {
        let (directory, shared) = key(HEX).expect("a key");
        let directory = directory.path().join("data");
        let seal = |name: &str| {
            let sealed = shared.seal(format!("keys/{name}"), name.as_bytes().to_vec());
            sealed.expect("sealed")
        };
        let (ends_at, first, second) = (seal("b.pem"), seal("a.pem"), seal("c.pem"));
        let file = |name: &str| directory.join("keys").join(name);
        // It ends between two files: the second of them cannot be written.
        std::fs::create_dir_all(file("b.pem")).expect("made");
        let all = [first, ends_at.clone(), second.clone()];
        assert!(shared.bring_these(&directory, &all).is_err());
        assert!(file("a.pem").exists() && !file("c.pem").exists());
        std::fs::remove_dir(file("b.pem")).expect("removed");

        // Meanwhile the others have removed what it has written, and something that it has not.
        let left = [ends_at];
        assert!(shared.bring_these(&directory, &left).expect("brought"));
        let own = secrets_of(&directory).expect("read");
        assert_eq!(own.keys().collect::<Vec<_>>(), ["keys/b.pem"]);
        assert!(!file("a.pem").exists() && file(".removed-a.pem").exists());
        // One that comes again is brought again.
        let again = [left[0].clone(), second];
        assert!(shared.bring_these(&directory, &again).expect("brought"));
        assert_eq!(secrets_of(&directory).expect("read").len(), 2);
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
    fn the_first_of_several_keys_seals_and_each_opens() {
        let (_, old) = key(HEX).expect("a key");
        let (directory, both) =
            key(&format!("{}\n\n{HEX}", HEX.trim().replace("00", "01"))).expect("two");
        let by_old = old
            .seal("keys/a.pem".into(), b"SECRET".to_vec())
            .expect("sealed");
        let by_new = both
            .seal("keys/a.pem".into(), b"SECRET".to_vec())
            .expect("sealed");
        assert_ne!(by_old.key_id, by_new.key_id);
        assert_eq!(both.unseal(&by_old).as_deref(), Some(&b"SECRET"[..]));
        assert_eq!(both.unseal(&by_new).as_deref(), Some(&b"SECRET"[..]));
        assert_eq!(old.unseal(&by_new), None);
        assert!(
            key(&format!("{HEX}SECRET")).is_err(),
            "a line that is no key"
        );
        drop(directory);
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
            "keys/root.pem.new",
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
        let digests: Digests = [(
            "keys/root.pem".to_owned(),
            vec![digest_of(b"x"), digest_of(b"y")],
        )]
        .into();
        note_seen(path, &digests).expect("written");
        assert_eq!(seen_in(path), digests);
        // What others have removed is set aside, unless it has become another here.
        for (common, stays) in [
            (vec![digest_of(b"x")], true),
            (vec![digest_of(b"keys/root.pem")], false),
        ] {
            set_aside(path, "keys/root.pem", &common).expect("set aside");
            assert_eq!(path.join("keys/root.pem").exists(), stays);
        }
        assert!(path.join("keys/.removed-root.pem").exists());
        discard(path).expect("removed");
        assert!(seen_in(path).is_empty());
        assert!(!has_secrets(path) && path.join("keys/database").exists());
    }
}
