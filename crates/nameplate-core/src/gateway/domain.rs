//! Names of owners' own under which APIs answer, and which API a path below them means.
//! [API Gateway developer guide: Custom domain names for REST APIs, for HTTP APIs; API mappings]

use super::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Most mappings of a name (API Gateway quotas: multi-level API mappings per domain).
const MAPPINGS: usize = 200;
/// Characters of the longest key (API Gateway developer guide: restrictions for API mappings).
const KEY_CHARS: usize = 300;

/// An API, or a stage of one, under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Id of the API.
    pub api: String,
    /// Its stage; where there is none, paths name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What paths begin with, without slashes at its ends; empty where it is nothing.
    pub key: String,
}

/// A name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// What was said about it, under names of REST APIs' `DomainName`.
    pub about: Map<String, Value>,
    /// Its mappings by id.
    #[serde(default)]
    pub mappings: BTreeMap<String, Mapping>,
}

impl Domain {
    /// The ARN of the certificate that it is to be reached by.
    pub fn certificate(&self) -> Option<&str> {
        let given = |member: &str| self.about.get(member)?.as_str();
        given("regionalCertificateArn").or_else(|| given("certificateArn"))
    }
}

/// How a name is looked up, whatever case it is written in.
pub fn folded(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// Refuses what is no name of a host, with `*` in the place of its first label at most.
pub fn check_name(name: &str) -> Result<(), Refusal> {
    let label = |label: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(fits)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let rest = name.strip_prefix("*.").unwrap_or(name);
    let address = rest.parse::<std::net::IpAddr>().is_ok();
    // Under it the server itself answers.
    let own = rest.eq_ignore_ascii_case("localhost");
    match name.len() <= 253 && rest.split('.').all(label) && !address && !own {
        true => Ok(()),
        false => Err(Refusal::Invalid(format!(
            "Invalid domain name '{name}': it is a host name, whose first label may be *"
        ))),
    }
}

/// Refuses what no path can begin with.
pub fn check_key(key: &str) -> Result<(), Refusal> {
    let part = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"$-_.+!*'()".contains(&byte);
        !part.is_empty() && part.bytes().all(fits)
    };
    let wrong = |text: &str| Err(Refusal::Invalid(text.to_owned()));
    if key.starts_with('/') || key.contains("//") {
        return wrong("API mapping key should not start with a '/' or have consecutive '/'s.");
    }
    if key.ends_with('/') {
        return wrong("API mapping key should not end with a '/'.");
    }
    match key.is_empty() || key.len() <= KEY_CHARS && key.split('/').all(part) {
        true => Ok(()),
        false => wrong(
            "API mapping key should have at most 300 characters, which are letters, digits and $-_.+!*'()/",
        ),
    }
}

impl Domain {
    /// Adds a mapping, or puts it in the place of the one of this id.
    ///
    /// # Errors
    /// Another one has the key, or there are too many.
    pub fn map(&mut self, id: String, mapping: Mapping, taken: &str) -> Result<(), Refusal> {
        let mut others = self.mappings.iter().filter(|(other, _)| **other != id);
        if others.any(|(_, other)| other.key == mapping.key) {
            return Err(Refusal::Exists(taken.to_owned()));
        }
        if self.mappings.len() >= MAPPINGS && !self.mappings.contains_key(&id) {
            return Err(Refusal::Limit(format!(
                "A domain name has at most {MAPPINGS} mappings"
            )));
        }
        self.mappings.insert(id, mapping);
        Ok(())
    }

    /// The mapping whose key is the longest that a path begins with, and what is left of the path; the path begins with
    /// a slash or is empty, as does what is left.
    pub fn find<'d, 'p>(&'d self, path: &'p str) -> Option<(&'d Mapping, &'p str)> {
        let left = |key: &str| {
            if key.is_empty() {
                return Some(path);
            }
            let rest = path.strip_prefix('/')?.strip_prefix(key)?;
            (rest.is_empty() || rest.starts_with('/')).then_some(rest)
        };
        let fitting = self.mappings.values();
        let fitting = fitting.filter_map(|mapping| Some((mapping, left(&mapping.key)?)));
        fitting.max_by_key(|(mapping, _)| mapping.key.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(keys: &[&str]) -> Domain {
        let mut domain = Domain::default();
        for key in keys {
            let mapping = Mapping {
                api: format!("api-{key}"),
                stage: None,
                key: (*key).to_owned(),
            };
            domain
                .map((*key).to_owned(), mapping, "taken")
                .expect("it is free");
        }
        domain
    }

    #[test]
    fn the_longest_key_counts() {
        let domain = mapped(&["orders", "orders/v1/items", "orders/v2", ""]);
        let check = |path: &str, key: &str, left: &str| {
            let (mapping, found) = domain.find(path).expect(path);
            assert_eq!((mapping.key.as_str(), found), (key, left), "{path}");
        };
        check("/orders/v1/items/5", "orders/v1/items", "/5");
        check("/orders/v1/customers", "orders", "/v1/customers");
        check("/orders/v2", "orders/v2", "");
        check("/orders/v20", "orders", "/v20");
        check("/ordersx", "", "/ordersx");
        check("", "", "");
        assert!(mapped(&["a"]).find("/").is_none());
        assert!(mapped(&["a"]).find("").is_none());
    }

    #[test]
    fn names_and_keys() {
        for fine in ["dev", "api.example.com", "*.example.com", "testDomain"] {
            assert_eq!(check_name(fine), Ok(()), "{fine}");
        }
        for wrong in [
            "",
            "a b",
            "-a.b",
            "a..b",
            "a.*.b",
            "10.0.0.1",
            "LocalHost",
            "a/b",
            "*",
        ] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
        for fine in ["", "v1", "v1/api"] {
            assert_eq!(check_key(fine), Ok(()), "{fine}");
        }
        for wrong in ["/v1", "v1/", "a//b", "a b", "a?b"] {
            assert!(check_key(wrong).is_err(), "{wrong}");
        }
        let taken = Mapping {
            api: "x".into(),
            stage: None,
            key: "a".into(),
        };
        let mut domain = mapped(&["a"]);
        assert!(domain.map("other".into(), taken.clone(), "taken").is_err());
        assert_eq!(domain.map("a".into(), taken, "taken"), Ok(()));
    }
}
