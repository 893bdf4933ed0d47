//! Several servers over one registry: `--cluster` and what it needs.

use super::key;
use super::secret::shown;
use nameplate_store::EngineOptions;
use std::path::PathBuf;

/// That other servers may serve the same registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The key that seals the secrets which they share.
    pub secrets_key: PathBuf,
}

/// Reads the settings. `get` answers with the layer that sets one and its value.
pub(super) fn resolve(
    get: impl Fn(&str) -> (String, String),
    engine: &EngineOptions,
    wrong: &mut Vec<String>,
) -> Option<Cluster> {
    let mut mistake = |name: &str, rule: &str| {
        let (from, value) = get(name);
        wrong.push(format!("{}: {}: {rule}", key(&from, name), shown(&value)));
    };
    let secrets_key = get("secrets-key").1;
    let has_key = !matches!(secrets_key.as_str(), "" | "none");
    let mut asked = "cluster";
    let has_bus = !matches!(get("bus").1.as_str(), "" | "none");
    match get("cluster").1.as_str() {
        "true" => {}
        // A bus is of no use to one.
        "false" if has_bus => asked = "bus",
        "false" => {
            if has_key {
                mistake("secrets-key", "it goes with --cluster, which is not given");
            }
            return None;
        }
        _ => {
            mistake("cluster", "true or false is accepted");
            return None;
        }
    }
    if matches!(engine, EngineOptions::Sqlite) {
        mistake(
            asked,
            "several servers need a database that they all reach: --store postgres://…",
        );
    }
    // What else is wrong with it is said already.
    if get("objects").1 == "data-dir" {
        mistake(
            asked,
            "several servers need a store of objects that they all reach: --objects s3://BUCKET",
        );
    }
    if !has_key {
        mistake(
            asked,
            "several servers share their secrets, sealed: --secrets-key FILE",
        );
    }
    Some(Cluster {
        secrets_key: secrets_key.into(),
    })
}

#[cfg(test)]
mod tests {
    use crate::config::{FLAG, Layer, resolve};

    const STORE: (&str, &str) = ("store", "postgres://u@127.0.0.1/fleet");
    const KEY: (&str, &str) = ("secrets-key", "secrets.key");
    const ON: (&str, &str) = ("cluster", "true");

    #[test]
    fn what_several_servers_need() {
        let check = |flags: &[(&str, &str)], told: &[&str]| {
            let flags: Layer = flags
                .iter()
                .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
                .collect();
            let mistakes = match resolve(&[(FLAG, flags.clone())]) {
                Ok(settings) => {
                    assert_eq!(settings.cluster.is_some(), flags.contains_key("cluster"));
                    String::new()
                }
                Err(mistakes) => mistakes.to_string(),
            };
            for words in told {
                assert!(mistakes.contains(words), "{flags:?}: {mistakes}");
            }
            assert_eq!(mistakes.is_empty(), told.is_empty(), "{mistakes}");
        };
        let directory = tempfile::tempdir().expect("a directory");
        let keys = directory.path().join("credentials");
        std::fs::write(
            &keys,
            "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = SECRET\n",
        )
        .expect("written");
        let keys = keys.display().to_string();
        let (place, endpoint, credentials) = (
            ("objects", "s3://bodies"),
            ("objects-endpoint", "http://127.0.0.1:9000"),
            ("objects-credentials", keys.as_str()),
        );
        check(&[], &[]);
        check(&[ON, STORE, KEY, place, endpoint, credentials], &[]);
        check(
            &[ON],
            &[
                "--store postgres://",
                "--objects s3://BUCKET",
                "--secrets-key FILE",
            ],
        );
        check(&[ON, STORE, KEY], &["--objects s3://BUCKET"]);
        let bus = ("bus", "nats://u:p@host");
        check(
            &[bus],
            &[
                "--bus: \"nats://…@host\": several servers need a database",
                "--secrets-key FILE",
            ],
        );
        check(&[KEY], &["it goes with --cluster"]);
        check(&[("cluster", "3")], &["true or false is accepted"]);
    }
}
