//! Where bodies of objects are kept: `--objects` and what goes with it.

use super::key;
use super::secret::shown;
use crate::outbound::http::Endpoint;
use crate::outbound::s3::{KeysFile, Place};
use std::path::Path;

/// Longest prefix in a bucket, bytes: it stands before names of some 40.
const PREFIX_BYTES: usize = 512;

/// Where S3's objects have their bodies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objects {
    /// In the data directory.
    DataDir,
    /// In a bucket of an S3-compatible store elsewhere.
    Bucket(Place),
}

/// Reads the settings. `get` answers with the layer that sets one and its value; `region` is the server's own.
pub(super) fn resolve(
    get: impl Fn(&str) -> (String, String),
    region: &str,
    wrong: &mut Vec<String>,
) -> Objects {
    let mut mistake = |name: &str, rule: &str| {
        let (from, value) = get(name);
        wrong.push(format!("{}: {}: {rule}", key(&from, name), shown(&value)));
    };
    let place = get("objects").1;
    if place == "data-dir" {
        for (name, usual) in [
            ("objects-endpoint", "aws"),
            ("objects-region", "same"),
            ("objects-credentials", "none"),
        ] {
            let value = get(name).1;
            if !value.is_empty() && value != usual {
                mistake(
                    name,
                    "it goes with --objects s3://BUCKET, which is not given",
                );
            }
        }
        return Objects::DataDir;
    }
    let Some(path) = place.strip_prefix("s3://") else {
        mistake("objects", "data-dir or s3://BUCKET[/PREFIX] is accepted");
        return Objects::DataDir;
    };
    let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
    let prefix = prefix.trim_end_matches('/');
    if !is_bucket(bucket) {
        mistake(
            "objects",
            "a bucket's name has 3 to 63 lower-case letters, digits, hyphens and dots",
        );
    }
    if !is_prefix(prefix) {
        mistake(
            "objects",
            "a prefix has at most 512 letters, digits and -_.!*'(), with single slashes between",
        );
    }
    let own_region = match get("objects-region").1 {
        text if matches!(text.as_str(), "" | "same") => region.to_owned(),
        text => text,
    };
    if own_region.is_empty()
        || !own_region
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        mistake(
            "objects-region",
            "letters, digits, hyphens and underscores are accepted, or same",
        );
    }
    let endpoint = match get("objects-endpoint").1.as_str() {
        "" | "aws" => Some(of_aws(&own_region)),
        url => Endpoint::parse(url),
    };
    if endpoint.is_none() {
        mistake(
            "objects-endpoint",
            "http://HOST[:PORT] or https://HOST[:PORT] is accepted, without user and path, or aws",
        );
    }
    let keys = match get("objects-credentials").1.as_str() {
        "" | "none" => Err("a file with access keys for s3:// is required".to_owned()),
        path => KeysFile::read(Path::new(path)),
    };
    if let Err(why) = &keys {
        mistake("objects-credentials", why);
    }
    match (endpoint, keys) {
        (Some(endpoint), Ok(keys)) => Objects::Bucket(Place {
            endpoint,
            region: own_region,
            bucket: bucket.to_owned(),
            prefix: match prefix {
                "" => String::new(),
                prefix => format!("{prefix}/"),
            },
            keys,
        }),
        _ => Objects::DataDir,
    }
}

impl Objects {
    /// Goes along where the server's own region turns out to be another.
    pub fn follow(&mut self, region: &str) {
        if let Objects::Bucket(place) = self {
            if place.endpoint == of_aws(&place.region) {
                place.endpoint = of_aws(region);
            }
            region.clone_into(&mut place.region);
        }
    }
}

/// AWS General Reference: Amazon S3 endpoints.
fn of_aws(region: &str) -> Endpoint {
    let china = if region.starts_with("cn-") { ".cn" } else { "" };
    Endpoint {
        secure: true,
        host: format!("s3.{region}.amazonaws.com{china}"),
        port: 443,
    }
}

/// S3 user guide: bucket naming rules, as far as they keep a name out of trouble in a path.
fn is_bucket(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
        })
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && !name.contains("..")
}

/// S3 user guide: object key names, safe characters.
fn is_prefix(prefix: &str) -> bool {
    prefix.is_empty()
        || prefix.len() <= PREFIX_BYTES
            && prefix
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.!*'()/".contains(&byte))
            && prefix
                .split('/')
                .all(|segment| !matches!(segment, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str = "[default]\naws_access_key_id = id\naws_secret_access_key = s3cr3t\n";

    fn check(settings: &[(&str, &str)]) -> Result<Objects, Vec<String>> {
        let mut wrong = Vec::new();
        let get = |name: &str| {
            let set = settings.iter().find(|(set, _)| *set == name);
            let value = set.map_or("", |(_, value)| *value);
            ("flag".to_owned(), value.to_owned())
        };
        let objects = resolve(get, "eu-west-1", &mut wrong);
        if wrong.is_empty() {
            Ok(objects)
        } else {
            Err(wrong)
        }
    }

    #[test]
    fn places() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("keys");
        std::fs::write(&file, KEYS).expect("space");
        let file = file.display().to_string();
        let place = |settings: &[(&str, &str)]| {
            let mut all = vec![("objects-credentials", file.as_str())];
            all.extend(settings);
            match check(&all) {
                Ok(Objects::Bucket(place)) => (
                    place.endpoint.to_string(),
                    place.region.clone(),
                    place.prefix.clone(),
                    place.to_string(),
                ),
                other => panic!("{other:?}"),
            }
        };
        let texts = |(a, b, c, d): (&str, &str, &str, &str)| {
            (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned())
        };
        assert_eq!(
            place(&[("objects", "s3://my-bucket")]),
            texts((
                "https://s3.eu-west-1.amazonaws.com",
                "eu-west-1",
                "",
                "s3://my-bucket"
            ))
        );
        assert_eq!(
            place(&[
                ("objects", "s3://my-bucket/site/one/"),
                ("objects-region", "cn-north-1"),
            ]),
            texts((
                "https://s3.cn-north-1.amazonaws.com.cn",
                "cn-north-1",
                "site/one/",
                "s3://my-bucket/site/one"
            ))
        );
        assert_eq!(
            place(&[
                ("objects", "s3://my-bucket"),
                ("objects-region", "same"),
                ("objects-endpoint", "http://minio:9000"),
            ]),
            texts(("http://minio:9000", "eu-west-1", "", "s3://my-bucket"))
        );
        assert_eq!(check(&[("objects", "data-dir")]), Ok(Objects::DataDir));
    }

    #[test]
    fn every_mistake_is_reported_at_once() {
        let found = check(&[
            ("objects", "s3://Bucket/a//b"),
            ("objects-region", "a region"),
            ("objects-endpoint", "minio:9000"),
            ("objects-credentials", "/nonexistent/keys"),
        ])
        .expect_err("mistakes");
        let expected = [
            "--objects: \"s3://Bucket/a//b\": a bucket's name",
            "--objects: \"s3://Bucket/a//b\": a prefix has",
            "--objects-region: \"a region\": letters",
            "--objects-endpoint: \"minio:9000\": http://HOST[:PORT]",
            "--objects-credentials: \"/nonexistent/keys\": cannot be read",
        ];
        assert_eq!(found.len(), expected.len(), "{found:#?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}");
        }
        let found = check(&[("objects", "s3://bucket")]).expect_err("no keys");
        assert!(found[0].contains("is required"), "{found:?}");
        let found = check(&[("objects", "elsewhere")]).expect_err("no place");
        assert!(found[0].contains("s3://BUCKET[/PREFIX]"), "{found:?}");
    }
}
