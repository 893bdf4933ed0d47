//! Whether a data directory that has been served is still whole.
//!
//! Keys that are lost cannot be made again: new ones in their place would be a root that no device trusts, silently. So
//! they are made only in a directory that shows no trace of earlier ones.

use super::AuthorityError;
use super::device::CaKey;
use super::files::{self, Readers};
use super::own;
use super::server::ROOTS;
use nameplate_core::pki::Certificate;
use std::path::Path;

/// The database's file.
const DATABASE: &str = "nameplate.db";
/// What is being restored, until it has its place.
const UNFINISHED: &str = ".restoring";
/// In `keys`: there is a database that belongs to them.
const MARK: &str = "database";

/// Refuses a directory in which something is missing that it once had. `elsewhere` is where its registry is, if it is in
/// a database elsewhere that has been served.
pub fn check_whole(data_dir: &Path, elsewhere: Option<&str>) -> Result<(), AuthorityError> {
    let is_there = |name: &str| data_dir.join(name).exists();
    if is_there(UNFINISHED) {
        return Err(AuthorityError::Restoring {
            path: data_dir.join(UNFINISHED),
        });
    }
    let has_database = elsewhere.is_some() || is_there(DATABASE);
    let database = || match elsewhere {
        Some(place) => place.into(),
        None => data_dir.join(DATABASE),
    };
    let mark = files::keys_path(data_dir, MARK);
    if elsewhere.is_none() && mark.exists() && !is_filled(&data_dir.join(DATABASE)) {
        return Err(AuthorityError::NoDatabase {
            path: data_dir.join(DATABASE),
            mark,
        });
    }
    let missing = |name: &str, handed_out: &str| AuthorityError::NoKey {
        path: files::pair_path(data_dir, name),
        trace: match has_database {
            true => database(),
            false => data_dir.join(handed_out),
        },
        elsewhere: elsewhere.is_some(),
    };
    let root_file = "root-ca.pem";
    if has_database || is_there(root_file) {
        for name in ROOTS {
            if !files::pair_path(data_dir, name).exists() {
                return Err(missing(name, root_file));
            }
        }
        let mut held = Vec::new();
        for name in ROOTS {
            held.extend(files::read_pair(data_dir, name)?.map(|pair| pair.certificate));
        }
        trusted(data_dir, root_file, &held)?;
    }
    let kinds = CaKey::ALL.map(CaKey::file);
    let has_ca = kinds
        .iter()
        .any(|name| files::pair_path(data_dir, name).exists());
    let ca_file = "device-ca.pem";
    if !has_ca && (has_database || is_there(ca_file)) {
        return Err(missing(kinds[0], ca_file));
    }
    let own = own::read_all(data_dir, CaKey::Rsa2048)?;
    let held: Vec<Certificate> = own::trust(own.iter()).into_iter().cloned().collect();
    trusted(data_dir, ca_file, &held)
}

/// Notes that the directory has a database, so that its loss is noticed.
pub fn mark_served(data_dir: &Path) -> Result<(), AuthorityError> {
    let path = files::keys_path(data_dir, MARK);
    if path.exists() {
        return Ok(());
    }
    let text = "The keys beside this file belong to nameplate.db. Without that the server does not start.\n";
    files::write(&path, text.as_bytes(), Readers::Owner)
}

fn is_filled(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.len() > 0)
}

/// Every certificate that the public file hands out has its key. A file that cannot be read is made again.
fn trusted(data_dir: &Path, file: &str, held: &[Certificate]) -> Result<(), AuthorityError> {
    let path = data_dir.join(file);
    let Some(text) = files::read(&path)? else {
        return Ok(());
    };
    let Ok(handed_out) = Certificate::parse_pem_many(&text) else {
        return Ok(());
    };
    match handed_out
        .iter()
        .all(|certificate| held.contains(certificate))
    {
        true => Ok(()),
        false => Err(AuthorityError::OtherKeys {
            path,
            keys: data_dir.join("keys"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::{DeviceAuthority, ServerAuthority};
    use nameplate_core::ctx::Millis;

    const NOW: Millis = Millis(1_795_478_400_000);

    fn served(directory: &Path) {
        check_whole(directory, None).expect("nothing to miss");
        ServerAuthority::open(directory, NOW).expect("roots");
        DeviceAuthority::open(directory, CaKey::EcdsaP256, NOW).expect("a CA");
        std::fs::write(directory.join(DATABASE), "data").expect("written");
        mark_served(directory).expect("written");
        check_whole(directory, None).expect("whole");
    }

    #[test]
    fn what_is_missing_is_named() {
        let check = |lost: &[&str], expected: Option<&str>| {
            let directory = tempfile::tempdir().expect("a directory");
            let path = directory.path();
            served(path);
            for name in lost {
                let name = path.join(name);
                match name.is_dir() {
                    true => std::fs::remove_dir_all(name).expect("removed"),
                    false => std::fs::remove_file(name).expect("removed"),
                }
            }
            let told = check_whole(path, None).map_err(|error| error.to_string());
            match expected {
                None => assert_eq!(told, Ok(()), "{lost:?}"),
                Some(name) => {
                    let told = told.expect_err("refused");
                    let start = format!("{} is missing", path.join(name).display());
                    assert!(told.starts_with(&start), "{lost:?}: {told}");
                    assert!(!told.contains('\n'), "{told}");
                }
            }
        };
        check(&["keys"], Some("keys/root-ecdsa.pem"));
        check(
            &["keys", "root-ca.pem", "device-ca.pem"],
            Some("keys/root-ecdsa.pem"),
        );
        check(&["keys", "nameplate.db"], Some("keys/root-ecdsa.pem"));
        check(&["keys/root-rsa.pem"], Some("keys/root-rsa.pem"));
        check(&["keys/device-ca-ecdsa.pem"], Some("keys/device-ca.pem"));
        check(
            &["keys/device-ca-ecdsa.pem", "device-ca.pem"],
            Some("keys/device-ca.pem"),
        );
        check(&["nameplate.db"], Some("nameplate.db"));
        // These are made again from the keys.
        check(&["root-ca.pem", "device-ca.pem"], None);
        // Of an earlier release, or of a first start that went no further.
        check(&["nameplate.db", "keys/database"], None);
    }

    #[test]
    fn what_is_half_restored_is_not_served() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(directory.path().join(UNFINISHED)).expect("made");
        let told = check_whole(directory.path(), None).expect_err("refused");
        assert!(told.to_string().contains("nameplate restore"), "{told}");
    }

    #[test]
    fn an_empty_database_is_a_lost_one() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path();
        served(path);
        std::fs::write(path.join(DATABASE), "").expect("written");
        let told = check_whole(path, None).expect_err("refused").to_string();
        assert!(told.contains("nameplate.db is missing or empty"), "{told}");
        std::fs::remove_file(path.join("keys/database")).expect("removed");
        check_whole(path, None).expect("an empty registry was asked for");
    }

    #[test]
    fn keys_of_another_directory_are_refused() {
        let (one, other) = (
            tempfile::tempdir().expect("a directory"),
            tempfile::tempdir().expect("a directory"),
        );
        served(one.path());
        served(other.path());
        for (name, file) in [
            ("keys/root-rsa.pem", "root-ca.pem"),
            ("keys/device-ca-ecdsa.pem", "device-ca.pem"),
        ] {
            let own = std::fs::read(one.path().join(name)).expect("readable");
            std::fs::copy(other.path().join(name), one.path().join(name)).expect("copied");
            let told = check_whole(one.path(), None)
                .expect_err("refused")
                .to_string();
            let start = one.path().join(file).display().to_string();
            assert!(told.starts_with(&start), "{told}");
            std::fs::write(one.path().join(name), own).expect("written");
        }
        check_whole(one.path(), None).expect("whole");
        // Another kind of key beside the first is its own.
        DeviceAuthority::open(one.path(), CaKey::Rsa2048, NOW).expect("a CA");
        check_whole(one.path(), None).expect("whole");
    }
}
