//! Where the server is and with which keys it is called, as far as its data directory tells.
//!
//! Works whether or not the server runs. Must not write anything.

use super::serve::ENDPOINTS_FILE;
use crate::authority::{AccessKey, AuthorityError, kept_access_key};
use crate::config::{self, Layer, Mistakes, Settings};
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Why a data directory tells nothing.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The settings that name the directory are wrong.
    #[error(transparent)]
    Settings(#[from] Mistakes),
    /// No server has ever used the directory.
    #[error(
        "{} has never been served: it holds no `{missing}`. Start `nameplate serve` there once, or name another \
         directory with --data-dir",
        path.display()
    )]
    NeverServed {
        /// The directory.
        path: PathBuf,
        /// The first file that was missed.
        missing: &'static str,
    },
    /// A file in it cannot be used.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The file of addresses cannot be used.
    #[error("{} cannot be used: {reason}", path.display())]
    Endpoints {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// A data directory that has been served.
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
    /// First MQTT listener, as a client reaches it; known only from a server that has run.
    pub mqtt: Option<SocketAddr>,
    /// The server certificate's first name.
    pub endpoint_host: String,
}

impl Place {
    /// What `directory` tells; `settings` fill in what it does not.
    pub fn open(settings: &Settings) -> Result<Self, PlaceError> {
        // Only an empty path has no absolute form, and reading from it fails below.
        let directory =
            std::path::absolute(&settings.data_dir).unwrap_or_else(|_| settings.data_dir.clone());
        let never = |missing| PlaceError::NeverServed {
            path: directory.clone(),
            missing,
        };
        let (access_key, region) =
            kept_access_key(&directory)?.ok_or_else(|| never("credentials"))?;
        if !directory.join("root-ca.pem").is_file() {
            return Err(never("root-ca.pem"));
        }
        let left = Endpoints::read(&directory)?;
        let (api, mqtt, host) = match left {
            Some(Endpoints { api, mqtt, host }) => (api, mqtt, host),
            None => (None, None, None),
        };
        let api = api
            .or_else(|| settings.api.first().copied())
            .unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 4566)));
        Ok(Place {
            access_key,
            region: region.unwrap_or_else(|| settings.realm.region.clone()),
            api: reachable(api),
            mqtt: mqtt.map(reachable),
            endpoint_host: host.unwrap_or_else(|| settings.endpoint_host.clone()),
            directory,
        })
    }

    /// What `AWS_ENDPOINT_URL` names.
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.api)
    }

    /// What `NAMEPLATE_ROOT_CA` names.
    pub fn root_ca(&self) -> PathBuf {
        self.directory.join("root-ca.pem")
    }
}

/// The settings that name the data directory: `--data-dir`, then the environment, then `nameplate.toml`.
pub fn settings(data_dir: Option<&Path>) -> Result<Settings, Mistakes> {
    let mut flags = Layer::new();
    if let Some(path) = data_dir {
        let path = path.to_str().ok_or_else(|| {
            Mistakes(vec![format!(
                "--data-dir: {path:?}: a path in UTF-8 is accepted"
            )])
        })?;
        flags.insert("data-dir".to_owned(), vec![path.to_owned()]);
    }
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let file = Path::new("nameplate.toml");
    let file = match file.is_file() {
        true => config::file(file)?,
        false => Layer::new(),
    };
    config::resolve(&[
        ("flag", flags),
        ("environment", config::environment(variables)),
        ("nameplate.toml", file),
    ])
}

/// The place that a command's `--data-dir` or the defaults name.
pub fn find(data_dir: Option<&Path>) -> Result<Place, PlaceError> {
    Place::open(&settings(data_dir)?)
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

/// What the serving process left in [`ENDPOINTS_FILE`].
struct Endpoints {
    api: Option<SocketAddr>,
    mqtt: Option<SocketAddr>,
    host: Option<String>,
}

impl Endpoints {
    fn read(directory: &Path) -> Result<Option<Self>, PlaceError> {
        let path = directory.join(ENDPOINTS_FILE);
        let unusable = |reason: String| PlaceError::Endpoints {
            path: path.clone(),
            reason,
        };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
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
        Ok(Some(Endpoints {
            api: first("api")?,
            mqtt: first("mqtt")?,
            host: value
                .get("endpointHost")
                .and_then(Value::as_str)
                .map(str::to_owned),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings_for(directory: &Path) -> Settings {
        let directory = directory.to_str().expect("UTF-8").to_owned();
        config::resolve(&[(
            "flag",
            Layer::from([("data-dir".to_owned(), vec![directory])]),
        )])
        .expect("good settings")
    }

    #[test]
    fn a_directory_never_served_says_so() {
        let directory = tempfile::tempdir().expect("a directory");
        let error = Place::open(&settings_for(directory.path())).expect_err("nothing there");
        assert!(error.to_string().contains("never been served"), "{error}");
    }

    #[test]
    fn addresses_are_those_of_the_last_server() {
        let directory = tempfile::tempdir().expect("a directory");
        crate::authority::default_access_key(directory.path(), "eu-west-1").expect("a key");
        std::fs::write(directory.path().join("root-ca.pem"), "").expect("written");
        let place = Place::open(&settings_for(directory.path())).expect("served");
        assert_eq!(place.endpoint_url(), "http://127.0.0.1:4566");
        assert_eq!(place.region, "eu-west-1");
        assert!(place.root_ca().is_absolute());
        let endpoints =
            r#"{"api":["[::]:4000"],"mqtt":["0.0.0.0:8883"],"endpointHost":"iot.plant"}"#;
        std::fs::write(directory.path().join(ENDPOINTS_FILE), endpoints).expect("written");
        let place = Place::open(&settings_for(directory.path())).expect("served");
        assert_eq!(place.endpoint_url(), "http://[::1]:4000");
        assert_eq!(place.mqtt, "127.0.0.1:8883".parse().ok());
        assert_eq!(place.endpoint_host, "iot.plant");
    }
}
