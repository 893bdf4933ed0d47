//! What belongs to a registry and is no row of it: files of the data directory.

use crate::cli::serve::ENDPOINTS_FILE;
use anyhow::{Context as _, bail};
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// Without these no server starts over a registry that is there.
const NEEDED: &[&str] = &["keys", "credentials", "root-ca.pem", "device-ca.pem"];
/// What a directory has of its own: its database, who holds it, where its server listens.
const OWN: &[&str] = &["lock", "node", ENDPOINTS_FILE];
const DATABASE: &str = "nameplate.db";

/// Which of the files that a server needs are not in the directory.
pub(super) fn missing(directory: &Path) -> Vec<&'static str> {
    NEEDED
        .iter()
        .copied()
        .filter(|name| !directory.join(name).exists())
        .collect()
}

/// Copies all files but the database from one data directory to another; how many there are. What is there already must
/// be the same.
pub(super) fn take_along(from: &Path, to: &Path) -> anyhow::Result<u64> {
    let mut count = 0;
    for entry in std::fs::read_dir(from).with_context(|| format!("read {}", from.display()))? {
        let name = entry?.file_name();
        let text = name.to_string_lossy();
        if OWN.contains(&&*text) || text.starts_with(DATABASE) {
            continue;
        }
        count += take(&from.join(&name), &to.join(&name))?;
    }
    Ok(count)
}

fn take(from: &Path, to: &Path) -> anyhow::Result<u64> {
    let context = || format!("copy {} to {}", from.display(), to.display());
    let kind = std::fs::symlink_metadata(from).with_context(context)?;
    if kind.is_dir() {
        if !to.is_dir() {
            std::fs::DirBuilder::new()
                .mode(0o700)
                .create(to)
                .with_context(context)?;
        }
        let mut count = 0;
        for entry in std::fs::read_dir(from).with_context(context)? {
            let name = entry?.file_name();
            count += take(&from.join(&name), &to.join(&name))?;
        }
        return Ok(count);
    }
    // The code of a function may have links of its own, which lead nowhere else than they did.
    if kind.is_symlink() {
        let target = std::fs::read_link(from).with_context(context)?;
        return match std::fs::read_link(to) {
            Ok(there) if there == target => Ok(1),
            Ok(_) => bail!(
                "{} is there already and differs from {}; remove it, or name an empty directory with --to",
                to.display(),
                from.display()
            ),
            Err(_) => {
                std::os::unix::fs::symlink(target, to).with_context(context)?;
                Ok(1)
            }
        };
    }
    if to.exists() {
        if !is_same(from, to).with_context(context)? {
            bail!(
                "{} is there already and differs from {}; remove it, or name an empty directory with --to",
                to.display(),
                from.display()
            );
        }
        return Ok(1);
    }
    // Whole or not at all: a copy that is killed is begun anew. Permissions are copied with the content.
    let mut half = to.as_os_str().to_owned();
    half.push(".new");
    std::fs::copy(from, &half)
        .and_then(|_| File::open(&half)?.sync_all())
        .and_then(|()| std::fs::rename(&half, to))
        .with_context(context)?;
    Ok(1)
}

fn is_same(one: &Path, other: &Path) -> std::io::Result<bool> {
    let (mut one, mut other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let mut buffers = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let read = one.read(&mut buffers.0)?;
        if read == 0 {
            return Ok(true);
        }
        other.read_exact(&mut buffers.1[..read])?;
        if buffers.0[..read] != buffers.1[..read] {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn files_go_along_and_what_is_the_directorys_own_stays() {
        let (from, to) = (
            tempfile::tempdir().expect("a directory"),
            tempfile::tempdir().expect("a directory"),
        );
        for name in ["keys", "objects/aa", "functions/code"] {
            std::fs::create_dir_all(from.path().join(name)).expect("made");
        }
        for name in [
            "keys/root-rsa.pem",
            "objects/aa/body",
            "credentials",
            "lock",
            "node",
            "nameplate.db",
            "nameplate.db-wal",
            ENDPOINTS_FILE,
        ] {
            std::fs::write(from.path().join(name), name).expect("written");
        }
        let link = from.path().join("functions/code/current");
        std::os::unix::fs::symlink("1/lib", &link).expect("made");
        let secret = from.path().join("keys/root-rsa.pem");
        std::fs::set_permissions(&secret, PermissionsExt::from_mode(0o600)).expect("set");
        assert_eq!(missing(to.path()).len(), 4);
        for _ in 0..2 {
            assert_eq!(take_along(from.path(), to.path()).expect("copied"), 4);
        }
        let there = |name: &str| to.path().join(name);
        let mode = there("keys/root-rsa.pem").metadata().expect("there");
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
        assert!(there("objects/aa/body").exists());
        let target = std::fs::read_link(there("functions/code/current")).expect("a link");
        assert_eq!(target, Path::new("1/lib"));
        for own in [
            "lock",
            "node",
            "nameplate.db",
            "nameplate.db-wal",
            ENDPOINTS_FILE,
        ] {
            assert!(!there(own).exists(), "{own}");
        }
        assert_eq!(missing(to.path()), ["root-ca.pem", "device-ca.pem"]);
        std::fs::write(there("credentials"), "others").expect("written");
        let told = take_along(from.path(), to.path()).expect_err("refused");
        assert!(told.to_string().contains("differs"), "{told}");
    }
}
