//! Which server a command calls, and with which keys: the one that serves the data directory, and no other.
//!
//! Must not write anything.

use super::serve::ENDPOINTS_FILE;
use crate::authority::{AccessKey, AuthorityError, kept_access_key, trust_in_use};
use crate::config::{self, Mistakes};
use serde_json::Value;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Why there is no server to call.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The settings that name the directory are wrong.
    #[error(transparent)]
    Settings(#[from] Mistakes),
    /// No server has ever used the directory.
    #[error(
        "{} has never been served: it holds no `{missing}`. Start `nameplate serve` there, or name another directory \
         with --data-dir",
        path.display()
    )]
    NeverServed {
        /// The directory.
        path: PathBuf,
        /// The first file that was missed.
        missing: &'static str,
    },
    /// No server uses it now.
    #[error(
        "no server serves {}; nothing was done. Start `nameplate serve` there, or name another directory with \
         --data-dir",
        path.display()
    )]
    NotServed {
        /// The directory.
        path: PathBuf,
    },
    /// A server holds the directory and does not say where it listens.
    #[error(
        "the server of {} is starting or stopping; nothing was done. Try again when it is ready",
        path.display()
    )]
    NotReady {
        /// The directory.
        path: PathBuf,
    },
    /// A file in it cannot be used.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The file of addresses, or the lock, cannot be used.
    #[error("{} cannot be used: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl PlaceError {
    /// Whether there is no server, or none yet.
    pub fn is_nobody(&self) -> bool {
        matches!(
            self,
            PlaceError::NeverServed { .. }
                | PlaceError::NotServed { .. }
                | PlaceError::NotReady { .. }
        )
    }
}

/// A data directory that a server holds.
#[derive(Debug, Clone)]
pub struct Place {
    /// The directory, absolute.
    pub directory: PathBuf,
    /// The account's key.
    pub access_key: AccessKey,
    /// The region that the server names.
    pub region: String,
    /// First plain HTTP listener, as a client reaches it.
    pub api: SocketAddr,
    /// First MQTT listener, as a client reaches it.
    pub mqtt: Option<SocketAddr>,
    /// First listener of HTTPS, as a client reaches it.
    pub https: Option<SocketAddr>,
    /// The server certificate's first name.
    pub endpoint_host: String,
    /// What the server of this directory, and no other, calls it: see [`crate::app::App::directory_id`].
    pub directory_id: String,
}

impl Place {
    /// What a directory tells of the server that holds it.
    pub fn open(directory: &Path) -> Result<Self, PlaceError> {
        let directory = absolute(directory);
        let never = |missing| PlaceError::NeverServed {
            path: directory.clone(),
            missing,
        };
        let (access_key, region) =
            kept_access_key(&directory)?.ok_or_else(|| never("credentials"))?;
        if !directory.join("root-ca.pem").is_file() {
            return Err(never("root-ca.pem"));
        }
        // What a server that was killed left behind names addresses that may be another's by now. The lock is gone
        // with its holder.
        if !is_held(&directory)? {
            return Err(PlaceError::NotServed { path: directory });
        }
        let Some(left) = Endpoints::read(&directory)? else {
            return Err(PlaceError::NotReady { path: directory });
        };
        Ok(Place {
            access_key,
            region: left
                .region
                .or(region)
                .unwrap_or_else(|| config::default_region().to_owned()),
            api: reachable(left.api),
            mqtt: left.mqtt.map(reachable),
            https: left.https.map(reachable),
            endpoint_host: left.host,
            directory_id: left.directory,
            directory,
        })
    }

    /// What `AWS_ENDPOINT_URL` names.
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.api)
    }

    /// What `NAMEPLATE_ROOT_CA` names.
    pub fn root_ca(&self) -> PathBuf {
        trust_in_use(&self.directory)
    }
}

/// The place that a command's `--data-dir` or the settings name.
pub fn find(data_dir: Option<&Path>) -> Result<Place, PlaceError> {
    Place::open(&config::data_dir(data_dir)?)
}

/// `root-ca.pem` of the directory, whether or not a server holds it.
pub fn root_ca(data_dir: Option<&Path>) -> Result<PathBuf, PlaceError> {
    let directory = absolute(&config::data_dir(data_dir)?);
    let path = trust_in_use(&directory);
    match path.is_file() {
        true => Ok(path),
        false => Err(PlaceError::NeverServed {
            path: directory,
            missing: "root-ca.pem",
        }),
    }
}

/// Only an empty path has no absolute form, and reading from it fails later.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Whether a server holds the directory. Asking takes the lock for a moment, shared, so that two who ask are not in
/// each other's way; a server that starts then asks again.
fn is_held(directory: &Path) -> Result<bool, PlaceError> {
    let path = directory.join("lock");
    let unusable = |error: std::io::Error| PlaceError::Unusable {
        path: path.clone(),
        reason: error.to_string(),
    };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unusable(error)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}

/// An address to connect to for one that was listened on.
fn reachable(listener: SocketAddr) -> SocketAddr {
    let ip = match listener.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(ip, listener.port())
}

/// What the serving process has in [`ENDPOINTS_FILE`].
struct Endpoints {
    api: SocketAddr,
    mqtt: Option<SocketAddr>,
    https: Option<SocketAddr>,
    host: String,
    region: Option<String>,
    directory: String,
}

impl Endpoints {
    fn read(directory: &Path) -> Result<Option<Self>, PlaceError> {
        let path = directory.join(ENDPOINTS_FILE);
        let unusable = |reason: String| PlaceError::Unusable {
            path: path.clone(),
            reason,
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(error.to_string())),
        };
        let value: Value =
            serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
        let first = |name: &str| match value.get(name).and_then(|list| list.get(0)) {
            None => Ok(None),
            Some(address) => address
                .as_str()
                .and_then(|text| text.parse().ok())
                .map(Some)
                .ok_or_else(|| unusable(format!("{name}: {address} is not an address"))),
        };
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let missing = |name: &str| {
            unusable(format!(
                "it has no {name}; a server of another release wrote it, so restart that with this one"
            ))
        };
        Ok(Some(Endpoints {
            api: first("api")?.ok_or_else(|| missing("api"))?,
            mqtt: first("mqtt")?,
            https: first("https")?,
            host: text("endpointHost").ok_or_else(|| missing("endpointHost"))?,
            region: text("region"),
            directory: text("directory").ok_or_else(|| missing("directory"))?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(directory: &Path) -> String {
        Place::open(directory)
            .expect_err("no server to call")
            .to_string()
    }

    #[test]
    fn only_a_directory_that_is_served_has_a_server() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path();
        let text = refused(path);
        assert!(text.contains("has never been served"), "{text}");
        crate::authority::default_access_key(path, "eu-west-1").expect("a key");
        let text = refused(path);
        assert!(text.contains("holds no `root-ca.pem`"), "{text}");
        std::fs::write(path.join("root-ca.pem"), "").expect("written");
        let text = refused(path);
        assert!(text.starts_with("no server serves"), "{text}");

        let held = nameplate_store::DirectoryLock::take(path).expect("free");
        let text = refused(path);
        assert!(text.contains("is starting or stopping"), "{text}");
        let endpoints = path.join(ENDPOINTS_FILE);
        std::fs::write(&endpoints, r#"{"api":["[::]:4000"]}"#).expect("written");
        let text = refused(path);
        assert!(text.contains("of another release"), "{text}");
        let whole = r#"{"api":["[::]:4000"],"mqtt":["0.0.0.0:8883"],"endpointHost":"iot.plant","directory":"d1"}"#;
        std::fs::write(&endpoints, whole).expect("written");
        let place = Place::open(path).expect("served");
        assert_eq!(place.endpoint_url(), "http://[::1]:4000");
        assert_eq!(place.mqtt, "127.0.0.1:8883".parse().ok());
        assert_eq!(place.endpoint_host, "iot.plant");
        assert_eq!(place.region, "eu-west-1");
        assert_eq!(place.directory_id, "d1");
        assert!(place.root_ca().is_absolute());

        // As a server that is killed leaves it.
        drop(held);
        let text = refused(path);
        assert!(text.starts_with("no server serves"), "{text}");
    }
}
