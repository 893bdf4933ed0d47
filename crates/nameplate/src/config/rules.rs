//! Where rules reach services of AWS: `--rule-endpoint` and `--rule-credentials`.

use super::key;
use super::secret::shown;
use crate::outbound::aws::{AwsPlaces, SERVICES};
use crate::outbound::http::Endpoint;
use crate::outbound::s3::KeysFile;
use std::collections::BTreeMap;
use std::path::Path;

/// Reads the settings. `get` answers with the layer that sets one and its values.
pub(super) fn resolve(
    get: impl Fn(&str) -> (String, Vec<String>),
    wrong: &mut Vec<String>,
) -> AwsPlaces {
    let mut endpoints = BTreeMap::new();
    let (from, values) = get("rule-endpoint");
    let names: Vec<&str> = SERVICES.iter().map(|service| service.name).collect();
    for value in values
        .iter()
        .filter(|value| !matches!(value.as_str(), "" | "none"))
    {
        let read = value.split_once('=').and_then(|(name, url)| {
            let service = SERVICES.iter().find(|service| service.name == name)?;
            Some((service.name, Endpoint::parse(url)?))
        });
        match read {
            Some((name, endpoint)) => {
                endpoints.insert(name, endpoint);
            }
            None => wrong.push(format!(
                "{}: {}: SERVICE=http://HOST[:PORT] or SERVICE=https://HOST[:PORT] is accepted, where SERVICE is one of {}",
                key(&from, "rule-endpoint"),
                shown(value),
                names.join(", ")
            )),
        }
    }
    let (from, values) = get("rule-credentials");
    let keys = match values.first().map_or("", String::as_str) {
        "" | "none" if endpoints.is_empty() => None,
        "" | "none" => {
            wrong.push(format!(
                "{}: a file with access keys for --rule-endpoint is required",
                key(&from, "rule-credentials")
            ));
            None
        }
        path => match KeysFile::read(Path::new(path)) {
            Ok(keys) => Some(keys),
            Err(why) => {
                wrong.push(format!(
                    "{}: {}: {why}",
                    key(&from, "rule-credentials"),
                    shown(path)
                ));
                None
            }
        },
    };
    AwsPlaces { endpoints, keys }
}

/// What these settings would be read as.
#[cfg(test)]
pub(crate) fn for_tests(endpoints: &[&str], credentials: &Path) -> AwsPlaces {
    let mut wrong = Vec::new();
    let places = resolve(
        |name| {
            let values = match name {
                "rule-endpoint" => endpoints.iter().map(|text| (*text).to_owned()).collect(),
                _ => vec![credentials.display().to_string()],
            };
            ("flag".to_owned(), values)
        },
        &mut wrong,
    );
    assert_eq!(wrong, Vec::<String>::new());
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(endpoints: &[&str], credentials: &str) -> Result<AwsPlaces, Vec<String>> {
        let mut wrong = Vec::new();
        let places = resolve(
            |name| {
                let values = match name {
                    "rule-endpoint" => endpoints.iter().map(|text| (*text).to_owned()).collect(),
                    _ => vec![credentials.to_owned()],
                };
                ("flag".to_owned(), values)
            },
            &mut wrong,
        );
        if wrong.is_empty() {
            Ok(places)
        } else {
            Err(wrong)
        }
    }

    #[test]
    fn endpoints_by_service() {
        assert_eq!(
            read(&["none"], "none").map(|places| places.endpoints.len()),
            Ok(0)
        );
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("keys");
        let text = "[default]\naws_access_key_id = a\naws_secret_access_key = b\n";
        std::fs::write(&file, text).expect("it can be written");
        let path = file.to_str().expect("UTF-8");
        let places = read(&["sqs=http://localhost:5000", "sns=https://sns"], path).expect("right");
        let found: Vec<String> = places
            .endpoints
            .iter()
            .map(|(name, endpoint)| format!("{name} {endpoint}"))
            .collect();
        assert_eq!(found, ["sns https://sns", "sqs http://localhost:5000"]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        for wrong in [
            "sqs",
            "sqs=localhost:1",
            "lambda=http://x",
            "sqs=http://x/y",
            "=http://x",
        ] {
            let told = read(&[wrong], "none").expect_err(wrong);
            assert!(told[0].contains("SERVICE=http://HOST[:PORT]"), "{told:?}");
        }
        let told = read(&["sqs=http://x"], "none").expect_err("no keys");
        assert!(told[0].contains("is required"), "{told:?}");
        let told = read(&["none"], "/nonexistent/keys").expect_err("no file");
        assert!(told[0].contains("cannot be read"), "{told:?}");
    }
}
