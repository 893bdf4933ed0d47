//! Settings: one list, read from flags, then environment, then `nameplate.toml`, then defaults.
//!
//! Owns names, defaults and help texts. Nothing else in the program reads the environment for settings. All
//! mistakes are reported at once, each with its key, its value and what would be accepted.

mod cluster;
mod endpoint;
mod engine;
mod environment;
mod objects;
mod rules;
pub mod secret;
mod settings;
mod tls;
mod traces;

pub use cluster::Cluster;
pub use endpoint::EndpointPort;
use environment::variable;
pub use environment::{Environment, environment, strangers_in_the_environment};
pub use objects::Objects;
#[cfg(test)]
pub(crate) use rules::for_tests as rule_places_for_tests;
pub use settings::{SETTINGS, Setting};

use crate::authority::{CaKey, OwnedFiles};
use crate::bus::BusOptions;
use crate::outbound::aws::AwsPlaces;
use nameplate_core::arn::Realm;
use nameplate_store::EngineOptions;
use secret::shown;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

/// Whether a first connection is accepted once it is provisioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstConnect {
    /// Provisioned, then accepted.
    Inline,
    /// Provisioned, then closed, as AWS does.
    Aws,
}

/// How a refusal looks to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusals {
    /// The protocol's own code, then the close if there must be one.
    Clear,
    /// What AWS does.
    Aws,
}

/// Whether AWS's rates are held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotas {
    /// No rates.
    Off,
    /// AWS's default rates.
    Aws,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// All settings, resolved.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Data directory.
    pub data_dir: PathBuf,
    /// Plain HTTP listeners.
    pub api: Vec<SocketAddr>,
    /// MQTT listeners.
    pub mqtt: Vec<SocketAddr>,
    /// TLS listeners with ALPN.
    pub https: Vec<SocketAddr>,
    /// Name of the endpoint.
    pub endpoint_host: String,
    /// Further names and addresses that the server's certificate has.
    pub further_hosts: Vec<String>,
    /// Where the server's own certificate is, if its owner brings one.
    pub tls: Option<OwnedFiles>,
    /// Account and region.
    pub realm: Realm,
    /// What of account and region was given, not left to its default.
    pub given: Given,
    /// Where the registry is kept.
    pub engine: EngineOptions,
    /// That other servers may serve the same registry.
    pub cluster: Option<Cluster>,
    /// Where S3's objects have their bodies.
    pub objects: Objects,
    /// Where topic rules reach services of AWS, and as whom.
    pub rule_places: AwsPlaces,
    /// What the server's own CA signs device certificates with.
    pub device_ca_key: CaKey,
    /// What follows a successful first provisioning.
    pub first_connect: FirstConnect,
    /// How refusals look.
    pub refusals: Refusals,
    /// How long a just-in-time registration is held, seconds.
    pub jitr_wait_seconds: u64,
    /// How long certificates of the server's own CA are valid, days; `None`: as AWS's.
    pub device_certificate_days: Option<u32>,
    /// For how long an expired certificate may still be renewed, days.
    pub renew_expired_days: u32,
    /// How long an MQTT session is kept after its connection, seconds.
    pub session_expiry_seconds: u32,
    /// Connection attempts kept.
    pub attempts: u32,
    /// Megabytes of the audit log that are kept; 0 keeps none.
    pub audit_megabytes: u64,
    /// Address of the collector that traces go to.
    pub traces: Option<String>,
    /// How long a thing type must have been deprecated before it can be deleted, seconds.
    pub thing_type_deletion_wait_seconds: u64,
    /// Whether AWS's rates are held to.
    pub quotas: Quotas,
    /// The bus between nodes, where there is one.
    pub bus: Option<BusOptions>,
    /// Whether certificates are vended without TLS to other machines.
    pub vending_plain: bool,
    /// What `DescribeEndpoint` adds to the name.
    pub endpoint_port: EndpointPort,
    /// Whether the registry may be emptied, the clock moved and faults made by an API call.
    pub allow_reset: bool,
    /// Where functions live in folders.
    pub function_dir: Option<PathBuf>,
    /// Python's interpreter, for functions: a path, or a name on the path.
    pub python: PathBuf,
    /// Node's.
    pub node: PathBuf,
    /// Log filter.
    pub log: String,
    /// Log format.
    pub log_format: LogFormat,
}

/// What of the settings that a data directory remembers was given for this start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// `--account`.
    pub account: bool,
    /// `--region`.
    pub region: bool,
    /// `--objects-region`, other than `same`.
    pub objects_region: bool,
}

/// Values given by one layer, by setting name.
pub type Layer = BTreeMap<String, Vec<String>>;

/// Everything that is wrong with the settings, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes(pub Vec<String>);

impl std::fmt::Display for Mistakes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, mistake) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_char('\n')?;
            }
            f.write_str(mistake)?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// Flags that set others: `--like-aws`.
pub const LIKE_AWS: &[(&str, &str)] = &[
    ("first-connect", "aws"),
    ("refusals", "aws"),
    ("quotas", "aws"),
    ("thing-type-deletion-wait", "300"),
];

/// The settings of this process: flags, then its environment, then `config`, or `nameplate.toml` where there is one. The
/// text is a warning.
pub fn gather(flags: Layer, config: Option<&Path>) -> Result<(Settings, Option<String>), Mistakes> {
    let file = settings_file(config)?;
    let path = config.unwrap_or(Path::new(FILE)).display().to_string();
    let environment = environment(std::env::vars_os());
    let warning = environment.warning();
    let mut wrong = environment.wrong;
    let resolved = resolve(&[
        (FLAG, flags),
        (ENVIRONMENT, environment.layer),
        (&path, file),
    ]);
    match resolved {
        Ok(settings) if wrong.is_empty() => Ok((settings, warning)),
        Ok(_) => Err(Mistakes(wrong)),
        Err(Mistakes(more)) => {
            wrong.extend(more);
            Err(Mistakes(wrong))
        }
    }
}

/// What the user of the flag `--NAME` should know where its value holds a password, which `ps` shows to all users of the
/// machine; never the password.
pub fn exposed(name: &str, value: &str, instead: &str) -> Option<String> {
    secret::is_in_url(value).then(|| {
        format!("--{name} holds a password, and the list of processes shows it to every user of this machine: {instead}")
    })
}

/// [`exposed`] of each flag of `serve`.
pub fn exposed_by(flags: &Layer) -> Vec<String> {
    let told = flags.iter().filter_map(|(name, values)| {
        let instead = format!("give it by {} or in {FILE}", variable(name));
        values
            .iter()
            .find_map(|value| exposed(name, value, &instead))
    });
    told.collect()
}

/// The settings file that is read unless another is named.
const FILE: &str = "nameplate.toml";

fn settings_file(named: Option<&Path>) -> Result<Layer, Mistakes> {
    match named {
        Some(path) => file(path),
        None if Path::new(FILE).exists() => file(Path::new(FILE)),
        None => Ok(Layer::new()),
    }
}

/// The data directory that a command is about: `--data-dir`, then the environment, then `nameplate.toml`. What else
/// is set there is the server's business.
pub fn data_dir(flag: Option<&Path>) -> Result<PathBuf, Mistakes> {
    if let Some(path) = flag {
        return Ok(path.to_owned());
    }
    if let Some(path) = std::env::var_os(variable("data-dir")) {
        return Ok(path.into());
    }
    let file = settings_file(None)?;
    let value = file.get("data-dir").and_then(|values| values.first());
    Ok(value.map_or_else(|| default_of("data-dir").into(), PathBuf::from))
}

/// Where a server started here would keep its registry, as it is written: it may hold a password.
pub fn store() -> Result<String, Mistakes> {
    said("store")
}

/// A setting of a server started here, as it is written.
pub fn said(name: &str) -> Result<String, Mistakes> {
    let environment = environment(std::env::vars_os()).layer;
    let file = settings_file(None)?;
    let value = [&environment, &file]
        .into_iter()
        .find_map(|layer| layer.get(name)?.first().cloned());
    Ok(value.unwrap_or_else(|| default_of(name).to_owned()))
}

/// The format of the log that was asked for, where the settings as a whole are wrong.
pub fn wanted_log_format(flags: &Layer) -> LogFormat {
    let environment = environment(std::env::vars_os()).layer;
    let wanted = [flags, &environment]
        .into_iter()
        .find_map(|layer| layer.get("log-format")?.first().cloned());
    match wanted.as_deref() {
        Some("json") => LogFormat::Json,
        _ => LogFormat::Text,
    }
}

/// What a server started here would run functions on: Python's interpreter and Node's.
pub fn interpreters() -> Result<[PathBuf; 2], Mistakes> {
    let environment = environment(std::env::vars_os()).layer;
    let file = settings_file(None)?;
    let of = |name: &str| {
        [&environment, &file]
            .into_iter()
            .find_map(|layer| layer.get(name)?.first().cloned())
            .unwrap_or_else(|| default_of(name).to_owned())
    };
    Ok([of("python").into(), of("node").into()])
}

/// The account and region that a server started here would have, for plans without one.
pub fn realm() -> Result<Realm, Mistakes> {
    let environment = environment(std::env::vars_os()).layer;
    let file = settings_file(None)?;
    let text = |name: &str| {
        [&environment, &file]
            .into_iter()
            .find_map(|layer| layer.get(name)?.first().cloned())
            .unwrap_or_else(|| default_of(name).to_owned())
    };
    Ok(Realm {
        account: text("account"),
        region: text("region"),
    })
}

/// The region where none is given.
pub fn default_region() -> &'static str {
    default_of("region")
}

fn default_of(name: &str) -> &'static str {
    SETTINGS
        .iter()
        .find(|setting| setting.name == name)
        .map_or("", |setting| setting.default)
}

/// What stands for a layer where none has the setting.
const DEFAULT: &str = "default";
/// The layer of flags.
pub const FLAG: &str = "flag";
/// The layer of the environment.
pub const ENVIRONMENT: &str = "environment";

/// How a user wrote the setting `name` in the layer called `from`.
fn key(from: &str, name: &str) -> String {
    match from {
        FLAG | DEFAULT => format!("--{name}"),
        ENVIRONMENT => format!("{} (--{name})", variable(name)),
        file => format!("{file}: {name}"),
    }
}

/// The layer of a settings file.
pub fn file(path: &Path) -> Result<Layer, Mistakes> {
    let one = |text: String| Mistakes(vec![text]);
    let text = std::fs::read_to_string(path)
        .map_err(|e| one(format!("{}: cannot be read: {e}", path.display())))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
        // Its own text shows the line, and a line may hold a password.
        let before = e.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        one(format!(
            "{}: line {line}: {}",
            path.display(),
            secret::hidden_in(e.message())
        ))
    })?;
    let mut layer = Layer::new();
    let mut mistakes = Vec::new();
    for (key, value) in table {
        let scalar = |value: &toml::Value| match value {
            toml::Value::String(s) => Some(s.clone()),
            toml::Value::Integer(n) => Some(n.to_string()),
            toml::Value::Boolean(b) => Some(b.to_string()),
            _ => None,
        };
        let values = match &value {
            toml::Value::Array(items) => items.iter().map(scalar).collect::<Option<Vec<_>>>(),
            other => scalar(other).map(|v| vec![v]),
        };
        match values {
            Some(values) => {
                layer.insert(key, values);
            }
            None => mistakes.push(format!(
                "{}: {key}: a text, a number, or a list of texts is accepted",
                path.display()
            )),
        }
    }
    if mistakes.is_empty() {
        Ok(layer)
    } else {
        Err(Mistakes(mistakes))
    }
}

/// Resolves the layers, strongest first, each with the name that a mistake in it is reported under.
pub fn resolve(layers: &[(&str, Layer)]) -> Result<Settings, Mistakes> {
    let mut wrong = Vec::new();
    for (from, layer) in layers {
        for (name, values) in layer {
            match SETTINGS.iter().find(|s| s.name == name) {
                Some(setting) if !setting.many && values.len() > 1 => {
                    wrong.push(format!(
                        "{}: given {} times, once is accepted",
                        key(from, name),
                        values.len()
                    ));
                }
                Some(_) => {}
                None if name == "like-aws" => {}
                None => wrong.push(format!(
                    "{}: no such setting{}",
                    key(from, name),
                    nearest(name)
                        .map(|n| format!("; did you mean {n}?"))
                        .unwrap_or_default()
                )),
            }
        }
    }
    let expanded: Vec<(String, Layer)> = layers
        .iter()
        .map(|(from, layer)| {
            let mut layer = layer.clone();
            if let Some(value) = layer.remove("like-aws") {
                match value.first().map(String::as_str) {
                    Some("true" | "") => {
                        for (name, value) in LIKE_AWS {
                            layer
                                .entry((*name).to_owned())
                                .or_insert_with(|| vec![(*value).to_owned()]);
                        }
                    }
                    Some("false") => {}
                    other => wrong.push(format!(
                        "{}: {}: true or false is accepted",
                        key(from, "like-aws"),
                        shown(other.unwrap_or_default())
                    )),
                }
            }
            ((*from).to_owned(), layer)
        })
        .collect();
    let get = |name: &str| -> (String, Vec<String>) {
        for (from, layer) in &expanded {
            if let Some(values) = layer.get(name) {
                return (from.clone(), values.clone());
            }
        }
        (DEFAULT.into(), vec![default_of(name).into()])
    };
    let text = |name: &str| get(name).1.into_iter().next().unwrap_or_default();
    let is_given = |name: &str| expanded.iter().any(|(_, layer)| layer.contains_key(name));

    let mut addresses = |name: &str| -> Vec<SocketAddr> {
        let (from, values) = get(name);
        let mut found = Vec::new();
        for value in values {
            match value.to_socket_addrs().map(|mut all| all.next()) {
                Ok(Some(address)) => found.push(address),
                _ => wrong.push(format!(
                    "{}: {}: an address and port such as 127.0.0.1:8883 is accepted",
                    key(&from, name),
                    shown(&value)
                )),
            }
        }
        found
    };
    let api = addresses("api");
    let mqtt = addresses("mqtt");
    let https = addresses("https");

    let mut choice = |name: &str, accepted: &[&str], later: &[(&str, &str)]| -> usize {
        let (from, values) = get(name);
        let value = values.first().cloned().unwrap_or_default();
        if let Some(at) = accepted.iter().position(|a| *a == value) {
            return at;
        }
        match later.iter().find(|(start, _)| value.starts_with(start)) {
            Some((_, why)) => {
                wrong.push(format!("{}: {}: {why}", key(&from, name), shown(&value)));
            }
            None => wrong.push(format!(
                "{}: {}: {} is accepted",
                key(&from, name),
                shown(&value),
                accepted.join(" or ")
            )),
        }
        0
    };
    let device_ca_key =
        [CaKey::Rsa2048, CaKey::EcdsaP256][choice("device-ca-key", &["rsa", "ecdsa"], &[])];
    let first_connect =
        [FirstConnect::Inline, FirstConnect::Aws][choice("first-connect", &["inline", "aws"], &[])];
    let refusals = [Refusals::Clear, Refusals::Aws][choice("refusals", &["clear", "aws"], &[])];
    let quotas = [Quotas::Off, Quotas::Aws][choice("quotas", &["off", "aws"], &[])];
    let vending_plain = choice("vending-plain", &["false", "true"], &[]) == 1;
    let allow_reset = choice("allow-reset", &["false", "true"], &[]) == 1;
    let log_format =
        [LogFormat::Text, LogFormat::Json][choice("log-format", &["text", "json"], &[])];

    let engine = {
        let (from, values) = get("store");
        let value = values.first().cloned().unwrap_or_default();
        engine::parse(&value).unwrap_or_else(|rule| {
            wrong.push(format!(
                "{}: {}: {rule}",
                key(&from, "store"),
                shown(&value)
            ));
            EngineOptions::Sqlite
        })
    };

    let bus = match text("bus").as_str() {
        "" | "none" => None,
        url => BusOptions::parse(url)
            .map_err(|rule| {
                let (from, _) = get("bus");
                wrong.push(format!("{}: {}: {rule}", key(&from, "bus"), shown(url)));
            })
            .ok(),
    };

    let account = text("account");
    if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
        wrong.push(format!(
            "{}: {}: twelve digits are accepted",
            key(&get("account").0, "account"),
            shown(&account)
        ));
    }
    let region = text("region");
    if region.is_empty()
        || !region
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        || region.starts_with('-')
        || region.ends_with('-')
    {
        wrong.push(format!(
            "{}: {}: lower-case letters, digits and hyphens are accepted",
            key(&get("region").0, "region"),
            shown(&region)
        ));
    }
    let rule_places = rules::resolve(get, &mut wrong);
    let tls = tls::resolve(|name| (get(name).0, text(name)), &mut wrong);
    let objects = objects::resolve(|name| (get(name).0, text(name)), &region, &mut wrong);
    let endpoint_port = endpoint::port(|name| (get(name).0, text(name)), &mut wrong);
    let traces = traces::collector((get("traces").0, text("traces")), &mut wrong);
    if allow_reset && !matches!(objects, Objects::DataDir) {
        wrong.push(
            "--allow-reset needs --objects data-dir: what is elsewhere cannot be put back"
                .to_owned(),
        );
    }
    let cluster = cluster::resolve(|name| (get(name).0, text(name)), &engine, &mut wrong);
    if allow_reset && cluster.is_some() {
        wrong.push(
            "--allow-reset is for a server that tests have to themselves, and --cluster for several"
                .to_owned(),
        );
    }
    let engine = match engine {
        EngineOptions::Postgres(server) if cluster.is_some() => {
            EngineOptions::Postgres(Box::new(server.with_others()))
        }
        engine => engine,
    };
    let (endpoint_host, further_hosts) = endpoint::hosts(get("endpoint-host"), &mut wrong);
    let mut number = |name: &str, min: u64, max: u64| -> u64 {
        let (from, values) = get(name);
        let value = values.first().cloned().unwrap_or_default();
        match value.parse::<u64>() {
            Ok(n) if (min..=max).contains(&n) => n,
            _ => {
                wrong.push(format!(
                    "{}: {}: a number from {min} to {max} is accepted",
                    key(&from, name),
                    shown(&value)
                ));
                min
            }
        }
    };
    let jitr_wait_seconds = number("jitr-wait", 0, 60);
    let days = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let device_certificate_days = match text("device-certificate-days").as_str() {
        "none" => None,
        _ => Some(days(number("device-certificate-days", 1, 36_500))),
    };
    let renew_expired_days = days(number("renew-expired-days", 0, 36_500));
    let session_expiry_seconds =
        u32::try_from(number("session-expiry", 60, 604_800)).unwrap_or(u32::MAX);
    let attempts = number("attempts", 100, 10_000_000);
    let audit_megabytes = number("audit", 0, 1_000_000);
    let thing_type_deletion_wait_seconds = number("thing-type-deletion-wait", 0, 86_400);
    let log = text("log");
    if let Err(e) = log.parse::<tracing_subscriber::filter::Targets>() {
        wrong.push(format!(
            "{}: {}: {}",
            key(&get("log").0, "log"),
            shown(&log),
            secret::hidden_in(&e.to_string())
        ));
    } else if let Some(word) = log.split(',').map(str::trim).find(|word| !is_level(word)) {
        wrong.push(format!(
            "{}: {}: error, warn, info, debug, trace, off or MODULE=LEVEL is accepted, or several with commas between",
            key(&get("log").0, "log"),
            shown(word),
        ));
    }
    if !wrong.is_empty() {
        return Err(Mistakes(wrong));
    }
    Ok(Settings {
        data_dir: PathBuf::from(text("data-dir")),
        api,
        mqtt,
        https,
        endpoint_host,
        further_hosts,
        tls,
        realm: Realm { account, region },
        given: Given {
            account: is_given("account"),
            region: is_given("region"),
            objects_region: !matches!(text("objects-region").as_str(), "" | "same"),
        },
        engine,
        cluster,
        objects,
        rule_places,
        device_ca_key,
        first_connect,
        refusals,
        jitr_wait_seconds,
        device_certificate_days,
        renew_expired_days,
        session_expiry_seconds,
        function_dir: match text("function-dir").as_str() {
            "" | "none" => None,
            directory => Some(directory.into()),
        },
        python: text("python").into(),
        node: text("node").into(),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        audit_megabytes,
        traces,
        thing_type_deletion_wait_seconds,
        quotas,
        bus,
        vending_plain,
        endpoint_port,
        allow_reset,
        log,
        log_format,
    })
}

/// The setting whose name is closest to `name`, if any is close.
fn nearest(name: &str) -> Option<&'static str> {
    SETTINGS
        .iter()
        .map(|s| s.name)
        .chain(["like-aws"])
        .map(|known| (strsim::levenshtein(known, name), known))
        .filter(|(d, _)| *d <= 2)
        .min()
        .map(|(_, known)| known)
}

/// Whether a part of a filter says a level. A word that stands by itself would be a module's, all of which is logged and
/// nothing else: what somebody meant by `verbose` would be silence.
fn is_level(part: &str) -> bool {
    part.is_empty()
        || part.contains('=')
        || part.parse::<tracing::level_filters::LevelFilter>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(pairs: &[(&str, &str)]) -> Layer {
        let mut layer = Layer::new();
        for (name, value) in pairs {
            layer
                .entry((*name).to_owned())
                .or_default()
                .push((*value).to_owned());
        }
        layer
    }

    #[test]
    fn flag_beats_environment_beats_file_beats_default() {
        let settings = resolve(&[
            ("flag", layer(&[("account", "111111111111")])),
            (
                "environment",
                layer(&[("account", "222222222222"), ("region", "cn-north-1")]),
            ),
            (
                "nameplate.toml",
                layer(&[("region", "eu-west-1"), ("endpoint-host", "iot.factory")]),
            ),
        ])
        .expect("good settings");
        assert_eq!(settings.realm.account, "111111111111");
        assert_eq!(settings.realm.region, "cn-north-1");
        assert_eq!(settings.endpoint_host, "iot.factory");
        assert_eq!(
            settings.mqtt,
            vec!["0.0.0.0:8883".parse().expect("an address")]
        );
    }

    #[test]
    fn an_endpoint_host_may_be_given_several_times() {
        let hosts = |list: &[&str]| {
            let pairs: Vec<(&str, &str)> =
                list.iter().map(|host| ("endpoint-host", *host)).collect();
            resolve(&[("flag", layer(&pairs))])
                .map(|settings| (settings.endpoint_host, settings.further_hosts))
                .map_err(|mistakes| mistakes.to_string())
        };
        let owned = |list: &[&str]| {
            list.iter()
                .map(|host| (*host).to_owned())
                .collect::<Vec<_>>()
        };
        let two = hosts(&["board.lan", "192.168.1.9", "fe80::1", "iot.plant"]);
        let further = owned(&["192.168.1.9", "fe80::1", "iot.plant"]);
        assert_eq!(two, Ok(("board.lan".to_owned(), further)));
        assert_eq!(hosts(&[]), Ok(("localhost".to_owned(), Vec::new())));
        for bad in [&["mqtts://a"][..], &["a", "b:8883"], &["::1"], &["a", ""]] {
            let text = hosts(bad).expect_err("none of them is a name");
            assert!(text.contains("endpoint-host"), "{text}");
        }
    }

    #[test]
    fn a_listener_may_be_given_several_times() {
        let settings = resolve(&[(
            "flag",
            layer(&[("https", "127.0.0.1:1"), ("https", "127.0.0.1:2")]),
        )])
        .expect("good settings");
        assert_eq!(settings.https.len(), 2);
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let mistakes = resolve(&[(
            "flag",
            layer(&[
                ("objects-credentials", "none"),
                ("account", "12"),
                ("mqtt", "nowhere"),
                ("first-connect", "later"),
                ("store", "postgres://db"),
                ("objects", "s3://bucket"),
                ("acount", "1"),
            ]),
        )])
        .expect_err("bad settings");
        let text = mistakes.to_string();
        for part in [
            "--acount: no such setting; did you mean account?",
            "--account: \"12\": twelve digits",
            "--mqtt: \"nowhere\"",
            "first-connect: \"later\": inline or aws",
            "store: \"postgres://db\": it names no user",
            "--objects-credentials: \"none\": a file with access keys for s3:// is required",
        ] {
            assert!(text.contains(part), "{part} in:\n{text}");
        }
        assert_eq!(mistakes.0.len(), 6);
    }

    fn variables(pairs: &[(&str, &[u8])]) -> Environment {
        use std::ffi::OsString;
        use std::os::unix::ffi::OsStringExt;
        environment(
            pairs
                .iter()
                .map(|(name, value)| ((*name).into(), OsString::from_vec(value.to_vec()))),
        )
    }

    #[test]
    fn variables_that_are_no_settings_are_told_and_passed_over() {
        let found = variables(&[
            ("NAMEPLATE_SERVICE_HOST", b"10.0.0.1"),
            ("NAMEPLATE_PORT", b"tcp://10.0.0.1:8883"),
            ("NAMEPLATE_REGIO", b"eu-west-1"),
            ("NAMEPLATE_ROOT_CA", b"/x"),
            ("NAMEPLATE_API", b"127.0.0.1:1, 127.0.0.1:2"),
            ("OTHER", b"\xff"),
            ("NAMEPLATE_STRANGE", b"\xff"),
        ]);
        assert_eq!(found.wrong, [""; 0]);
        assert_eq!(
            found.layer,
            Layer::from([(
                "api".into(),
                vec!["127.0.0.1:1".into(), "127.0.0.1:2".into()]
            )])
        );
        let warning = found.warning().expect("a warning");
        let names = "NAMEPLATE_PORT, NAMEPLATE_REGIO (did you mean NAMEPLATE_REGION?), NAMEPLATE_SERVICE_HOST, \
                     NAMEPLATE_STRANGE";
        assert!(warning.ends_with(names), "{warning}");
        assert!(!warning.contains("10.0.0.1"), "{warning}");
        assert_eq!(variables(&[("NAMEPLATE_ACCOUNT", b"1")]).warning(), None);
    }

    #[test]
    fn a_setting_that_is_not_utf_8_is_a_mistake() {
        let found = variables(&[("NAMEPLATE_DATA_DIR", b"\xff/x")]);
        assert_eq!(
            found.wrong,
            ["NAMEPLATE_DATA_DIR: a text in UTF-8 is accepted"]
        );
    }

    #[test]
    fn no_mistake_shows_a_secret() {
        for (name, value) in [
            ("store", "postgres://user:SECRET@host/db?sslmode=maybe"),
            ("bus", "nats://SECRET@host:x"),
            ("objects-endpoint", "https://user:SECRET@host"),
            (
                "objects-credentials",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiSECRETEXAMPLE1",
            ),
            ("api", "postgres://user:SECRET@host/db"),
            ("log", "info,nameplate=postgres://user:SECRET@host"),
            ("quotas", "password=SECRET"),
            ("attempts", "user:SECRET@host"),
            ("stoer", "postgres://user:SECRET@host/db"),
        ] {
            let settings = layer(&[("objects", "s3://bucket"), (name, value)]);
            let text = resolve(&[(FLAG, settings)]).expect_err(name).to_string();
            assert!(text.contains(&format!("--{name}: ")), "{name}: {text}");
            assert!(!text.contains("SECRET"), "{text}");
        }
    }

    #[test]
    fn what_would_be_passed_over_is_refused() {
        for (name, value, why) in [
            ("log", "verbose", "is accepted"),
            ("log", "info,nameplate", "MODULE=LEVEL"),
            (
                "objects-endpoint",
                "http://minio:9000",
                "goes with --objects",
            ),
            ("objects-region", "eu-west-1", "goes with --objects"),
            ("objects-credentials", "keys", "goes with --objects"),
            ("endpoint-host", "-iot.plant", "a host name"),
            ("endpoint-host", "iot..plant", "a host name"),
            ("region", "-1", "lower-case letters"),
        ] {
            let refused = resolve(&[(FLAG, layer(&[(name, value)]))]);
            let text = refused.expect_err(name).to_string();
            assert!(
                text.starts_with(&format!("--{name}: ")) && text.contains(why),
                "{text}"
            );
        }
        for filter in [
            "off",
            "WARN",
            "info,nameplate::net=debug",
            "error,hyper=off",
        ] {
            let settings = resolve(&[(FLAG, layer(&[("log", filter)]))]);
            assert!(settings.is_ok(), "{filter}");
        }
    }

    #[test]
    fn a_flag_that_holds_a_password_is_warned_of_without_it() {
        let flags = layer(&[
            ("store", "postgres://user:SECRET@host/db"),
            ("bus", "nats://SECRET@host"),
            ("objects", "s3://bucket"),
            ("api", "127.0.0.1:0"),
        ]);
        assert_eq!(
            exposed_by(&flags),
            ["bus", "store"].map(|name| format!(
                "--{name} holds a password, and the list of processes shows it to every user of this machine: give it by \
                 NAMEPLATE_{} or in nameplate.toml",
                name.to_uppercase()
            ))
        );
        let flags = layer(&[("store", "postgres://user@host/db"), ("bus", "nats://host")]);
        assert_eq!(exposed_by(&flags), [""; 0]);
    }

    #[test]
    fn a_file_that_is_no_toml_is_not_shown() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("nameplate.toml");
        for text in [
            "region = \"x\"\nstore = \"postgres://user:SECRET@host",
            "region = \"x\"\nstore = postgres://user:SECRET@host",
            "region = \"x\"\n= \"SECRET\"",
        ] {
            std::fs::write(&path, text).expect("written");
            let told = file(&path).expect_err("no TOML").to_string();
            assert!(told.contains("nameplate.toml: line 2: "), "{told}");
            assert!(!told.contains("SECRET"), "{told}");
        }
    }

    #[test]
    fn like_aws_is_all_of_it_unless_told_otherwise() {
        let settings = resolve(&[("flag", layer(&[("like-aws", "true")]))]).expect("all of it");
        assert_eq!(settings.quotas, Quotas::Aws);
        let settings = resolve(&[("flag", layer(&[("like-aws", "true"), ("quotas", "off")]))])
            .expect("all but the rates");
        assert_eq!(settings.quotas, Quotas::Off);
        assert_eq!(settings.first_connect, FirstConnect::Aws);
        assert_eq!(settings.refusals, Refusals::Aws);
        assert_eq!(settings.thing_type_deletion_wait_seconds, 300);
    }
}
