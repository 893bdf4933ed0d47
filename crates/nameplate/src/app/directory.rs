//! What a data directory is: the account and region that its ARNs name, and the keys that belong to its database.
//!
//! Owns what is remembered of the first start and held against each later one. Must not know how keys are made.

use super::error::{Error, Result};
use crate::app::kernel::Kernel;
use crate::authority::{DeviceAuthority, ServerAuthority};
use crate::config::Settings;
use nameplate_core::pki::CertificateId;
use nameplate_store::EngineOptions;
use std::collections::BTreeMap;
use std::path::Path;

const ACCOUNT: &str = "directory-account";
const REGION: &str = "directory-region";
/// Name of the digest of the roots that devices trust.
pub const ROOTS: &str = "directory-roots";
const DEVICE_CA: &str = "directory-device-ca";

/// Why a data directory cannot be served so.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Every ARN would change.
    #[error(
        "{registry} belongs to the {what} {kept}, which all its ARNs name, and --{what} is {given}: leave the flag \
         out, or name {another}"
    )]
    Other {
        /// The directory, or the database elsewhere.
        registry: String,
        /// What could be named instead.
        another: &'static str,
        /// `account` or `region`.
        what: &'static str,
        /// What its ARNs name.
        kept: String,
        /// What was asked for.
        given: String,
    },
    /// The database has been served with others.
    #[error(
        "{directory}/keys holds {what} of another data directory than the one that {registry} was served with, so devices \
         would trust neither: put back what belongs together"
    )]
    Keys {
        /// The directory.
        directory: String,
        /// The database.
        registry: String,
        /// Which keys.
        what: &'static str,
    },
}

/// What is remembered of a data directory; empty before its first start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    account: Option<String>,
    region: Option<String>,
    roots: Option<String>,
    device_ca: Option<String>,
}

impl Kept {
    /// Names of the values in the database.
    pub const NAMES: &[&str] = &[ACCOUNT, REGION, ROOTS, DEVICE_CA];

    /// From the values as they are stored.
    pub fn of(remembered: &BTreeMap<String, String>) -> Self {
        let value = |name: &str| remembered.get(name).cloned();
        Self {
            account: value(ACCOUNT),
            region: value(REGION),
            roots: value(ROOTS),
            device_ca: value(DEVICE_CA),
        }
    }

    /// Refuses another account or region than the directory's; where none was given, it is the directory's.
    pub fn settle(&mut self, settings: &mut Settings) -> Result<(), Misfit> {
        let (registry, another) = match &settings.engine {
            EngineOptions::Sqlite => (
                settings.data_dir.display().to_string(),
                "another directory with --data-dir",
            ),
            EngineOptions::Postgres(server) => (server.place(), "another database with --store"),
        };
        let other = |what, kept: &str, given: &str| Misfit::Other {
            registry: registry.clone(),
            another,
            what,
            kept: kept.to_owned(),
            given: given.to_owned(),
        };
        let realm = &mut settings.realm;
        if let Some(account) = &self.account
            && *account != realm.account
        {
            if settings.given.account {
                return Err(other("account", account, &realm.account));
            }
            realm.account.clone_from(account);
        }
        if let Some(region) = &self.region
            && *region != realm.region
        {
            if settings.given.region {
                return Err(other("region", region, &realm.region));
            }
            realm.region.clone_from(region);
            if !settings.given.objects_region {
                settings.objects.follow(region);
            }
        }
        self.account = Some(realm.account.clone());
        self.region = Some(realm.region.clone());
        Ok(())
    }

    /// Refuses other keys than those that the database has been served with.
    pub fn settle_keys(
        &mut self,
        directory: &Path,
        engine: &EngineOptions,
        server: &ServerAuthority,
        device: &DeviceAuthority,
    ) -> Result<(), Misfit> {
        let roots = CertificateId::of(server.root_ca_pem().as_bytes()).to_string();
        let device_ca = hex::encode(device.derived_key(b"data directory"));
        for (kept, found, what) in [
            (&mut self.roots, roots, "root keys"),
            (&mut self.device_ca, device_ca, "a device CA's key"),
        ] {
            match kept {
                Some(kept) if *kept != found => {
                    return Err(Misfit::Keys {
                        directory: directory.display().to_string(),
                        registry: match engine {
                            EngineOptions::Sqlite => {
                                directory.join("nameplate.db").display().to_string()
                            }
                            EngineOptions::Postgres(server) => server.place(),
                        },
                        what,
                    });
                }
                _ => *kept = Some(found),
            }
        }
        Ok(())
    }

    fn values(&self) -> [(&'static str, Option<&str>); 4] {
        [
            (ACCOUNT, self.account.as_deref()),
            (REGION, self.region.as_deref()),
            (ROOTS, self.roots.as_deref()),
            (DEVICE_CA, self.device_ca.as_deref()),
        ]
    }
}

impl Kernel {
    /// Remembers what the data directory is, for the next start. What is remembered already stays.
    pub async fn remember(&self, kept: &Kept) -> Result<()> {
        let kept = kept.clone();
        let missing = self
            .store
            .read({
                let kept = kept.clone();
                move |conn| {
                    for (name, value) in kept.values() {
                        if value.is_some() && conn.meta(name)?.is_none() {
                            return Ok::<_, Error>(true);
                        }
                    }
                    Ok(false)
                }
            })
            .await?;
        if !missing {
            return Ok(());
        }
        self.store
            .tx("remember-directory", move |tx| {
                for (name, value) in kept.values() {
                    if tx.meta(name)?.is_none() {
                        tx.set_meta(name, value)?;
                    }
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// What the server of this data directory, and no other, calls it: a copy of the directory has another place, and
    /// another directory has other keys. The same after a restart.
    pub fn directory_id(&self) -> &str {
        &self.directory_id
    }
}

/// See [`Kernel::directory_id`].
pub(super) fn id_of(directory: &Path, device: &DeviceAuthority) -> String {
    let path = std::fs::canonicalize(directory).unwrap_or_else(|_| directory.to_owned());
    let mut purpose = b"name of the data directory ".to_vec();
    purpose.extend_from_slice(path.as_os_str().as_encoded_bytes());
    hex::encode(device.derived_key(&purpose))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::CaKey;
    use crate::config::{FLAG, Layer, resolve};
    use crate::testing::{NOW, TestApp};

    fn settings(flags: &[(&str, &str)]) -> Settings {
        let flags: Layer = flags
            .iter()
            .chain(&[("data-dir", "d")])
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect();
        resolve(&[(FLAG, flags)]).expect("good settings")
    }

    #[test]
    fn a_directory_keeps_its_account_and_region() {
        let check = |flags: &[(&str, &str)], expected: Result<(&str, &str), &str>| {
            let mut kept = Kept {
                account: Some("111122223333".into()),
                region: Some("eu-west-1".into()),
                ..Kept::default()
            };
            let mut settings = settings(flags);
            match (kept.settle(&mut settings), expected) {
                (Ok(()), Ok((account, region))) => {
                    assert_eq!(settings.realm.account, account, "{flags:?}");
                    assert_eq!(settings.realm.region, region, "{flags:?}");
                }
                (Err(misfit), Err(text)) => {
                    let told = misfit.to_string();
                    assert!(told.starts_with(text) && !told.contains('\n'), "{told}");
                }
                (found, expected) => panic!("{found:?} is not {expected:?}"),
            }
        };
        let own = Ok(("111122223333", "eu-west-1"));
        check(&[], own);
        check(&[("account", "111122223333"), ("region", "eu-west-1")], own);
        check(
            &[("account", "123456789012")],
            Err(
                "d belongs to the account 111122223333, which all its ARNs name, and --account is 123456789012: ",
            ),
        );
        check(
            &[("region", "us-east-1")],
            Err(
                "d belongs to the region eu-west-1, which all its ARNs name, and --region is us-east-1: ",
            ),
        );
        let mut first = Kept::default();
        let mut settings = settings(&[("account", "444455556666")]);
        first.settle(&mut settings).expect("free");
        assert_eq!(first.account.as_deref(), Some("444455556666"));
        assert_eq!(first.region.as_deref(), Some("us-east-1"));
    }

    #[test]
    fn a_database_keeps_its_keys() {
        let open = |ca_key| {
            let directory = tempfile::tempdir().expect("a directory");
            let server = ServerAuthority::open(directory.path(), NOW).expect("roots");
            let device = DeviceAuthority::open(directory.path(), ca_key, NOW).expect("a CA");
            (directory, server, device)
        };
        let (directory, server, device) = open(CaKey::EcdsaP256);
        let path = Path::new("d");
        let mut kept = Kept::default();
        kept.settle_keys(path, &EngineOptions::Sqlite, &server, &device)
            .expect("the first");
        kept.settle_keys(path, &EngineOptions::Sqlite, &server, &device)
            .expect("the same");
        let (_other, other_server, other_device) = open(CaKey::EcdsaP256);
        let refused = kept.settle_keys(path, &EngineOptions::Sqlite, &other_server, &device);
        let told = refused.expect_err("other roots").to_string();
        assert!(
            told.starts_with("d/keys holds root keys of another"),
            "{told}"
        );
        let refused = kept.settle_keys(path, &EngineOptions::Sqlite, &server, &other_device);
        let told = refused.expect_err("another CA").to_string();
        assert!(
            told.starts_with("d/keys holds a device CA's key of another"),
            "{told}"
        );
        // Another kind of key for new certificates is no other directory's.
        let later = nameplate_core::ctx::Millis(NOW.0 + 60_000);
        let rsa = DeviceAuthority::open(directory.path(), CaKey::Rsa2048, later).expect("a CA");
        kept.settle_keys(path, &EngineOptions::Sqlite, &server, &rsa)
            .expect("the same directory");
    }

    #[tokio::test]
    async fn what_is_remembered_stays() {
        let t = TestApp::new().await;
        let kept = |account: &str| Kept {
            account: Some(account.to_owned()),
            ..Kept::default()
        };
        t.app.remember(&kept("111122223333")).await.expect("kept");
        t.app.remember(&kept("444455556666")).await.expect("kept");
        let id = t.app.directory_id().to_owned();
        let t = t.restarted().await;
        assert_eq!(t.app.directory_id(), id);
        let found = t.app.kernel.store.read(|conn| conn.meta(ACCOUNT)).await;
        assert_eq!(found.expect("readable").as_deref(), Some("111122223333"));
    }
}
