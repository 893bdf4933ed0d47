//! What an owner sets for a version of a function.

use crate::ctx::Millis;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Seconds that a call may take where the owner says nothing (API: CreateFunction).
const TIMEOUT: u32 = 3;
/// MB that a call may use where the owner says nothing.
const MEMORY: u32 = 128;
/// MB of `/tmp` where the owner says nothing.
const EPHEMERAL: u32 = 512;

/// Attempts after the first, and seconds until a call is given up, where the owner says nothing (AWS Lambda guide:
/// asynchronous invocation).
const RETRIES: u32 = 2;
const AGE: u32 = 21_600;

/// Where the code of a version is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// Uploaded as a zip.
    #[default]
    Uploaded,
    /// In a folder of the owner's on this machine, by its absolute path.
    Folder(String),
    /// Elsewhere: a URL that takes the event as body.
    Url(String),
}

/// The settings of one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// AWS's name of the runtime, such as `python3.12`; empty for a function that is elsewhere.
    pub runtime: String,
    /// ARN of the role whose credentials the function gets; empty for one that is elsewhere.
    pub role: String,
    /// What in the code is called; of no meaning for `provided` runtimes.
    pub handler: String,
    /// A text of the owner's.
    pub description: String,
    /// Seconds that a call may take, 1 to 900.
    pub timeout: u32,
    /// MB that a call may use, 128 to 10,240.
    pub memory: u32,
    /// MB of `/tmp`, 512 to 10,240.
    pub ephemeral: u32,
    /// Variables of the function's own.
    pub environment: BTreeMap<String, String>,
    /// Whether the owner has said which, even none, for tools that compare it.
    pub environment_given: bool,
    /// ARNs of versions of layers, later ones over earlier ones.
    pub layers: Vec<String>,
    /// `x86_64` or `arm64`; taken as they are, code that does not fit the machine fails when it is started.
    pub architectures: Vec<String>,
    /// `Active` or `PassThrough`; kept for tools that compare it.
    pub tracing: String,
    /// Where what it prints goes; `/aws/lambda/NAME` where the owner says nothing.
    pub log_group: Option<String>,
    /// Where a call goes that failed for the last time: an ARN.
    pub dead_letter: Option<String>,
    /// Where its code is.
    pub place: Place,
    /// The revision of `$LATEST` that it was published from; `None` for `$LATEST` itself.
    pub published_from: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            runtime: String::new(),
            role: String::new(),
            handler: String::new(),
            description: String::new(),
            timeout: TIMEOUT,
            memory: MEMORY,
            ephemeral: EPHEMERAL,
            environment: BTreeMap::new(),
            environment_given: false,
            layers: Vec::new(),
            architectures: vec!["x86_64".into()],
            tracing: "PassThrough".into(),
            log_group: None,
            dead_letter: None,
            place: Place::Uploaded,
            published_from: None,
        }
    }
}

impl Settings {
    /// The form in which they are stored.
    pub fn encode(&self) -> String {
        let (folder, url) = match &self.place {
            Place::Uploaded => (None, None),
            Place::Folder(path) => (Some(path), None),
            Place::Url(url) => (None, Some(url)),
        };
        json!({
            "folder": folder, "url": url,
            "runtime": self.runtime, "role": self.role, "handler": self.handler,
            "description": self.description, "timeout": self.timeout, "memory": self.memory,
            "ephemeral": self.ephemeral, "environment": self.environment, "layers": self.layers,
            "architectures": self.architectures, "tracing": self.tracing, "logGroup": self.log_group,
            "deadLetter": self.dead_letter, "environmentGiven": self.environment_given,
            "publishedFrom": self.published_from,
        })
        .to_string()
    }

    /// From that form; what an older release did not know has its default. `None` for what is none.
    pub fn decode(text: &str) -> Option<Self> {
        let kept: Map<String, Value> = serde_json::from_str(text).ok()?;
        let string = |name: &str| kept.get(name)?.as_str().map(str::to_owned);
        let number = |name: &str| u32::try_from(kept.get(name)?.as_u64()?).ok();
        let list = |name: &str| -> Option<Vec<String>> {
            let items = kept.get(name)?.as_array()?;
            Some(
                items
                    .iter()
                    .filter_map(|item| item.as_str().map(str::to_owned))
                    .collect(),
            )
        };
        let environment = kept.get("environment").and_then(Value::as_object);
        let default = Self::default();
        Some(Self {
            runtime: string("runtime")?,
            role: string("role")?,
            handler: string("handler").unwrap_or_default(),
            description: string("description").unwrap_or_default(),
            timeout: number("timeout").unwrap_or(default.timeout),
            memory: number("memory").unwrap_or(default.memory),
            ephemeral: number("ephemeral").unwrap_or(default.ephemeral),
            environment: environment
                .into_iter()
                .flatten()
                .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
                .collect(),
            environment_given: kept.get("environmentGiven") == Some(&Value::Bool(true)),
            layers: list("layers").unwrap_or_default(),
            architectures: list("architectures").unwrap_or(default.architectures),
            tracing: string("tracing").unwrap_or(default.tracing),
            log_group: string("logGroup"),
            dead_letter: string("deadLetter"),
            place: match (string("folder"), string("url")) {
                (Some(path), _) => Place::Folder(path),
                (None, Some(url)) => Place::Url(url),
                (None, None) => Place::Uploaded,
            },
            published_from: string("publishedFrom"),
        })
    }

    /// The log group of the function `name`.
    pub fn log_group_of(&self, name: &str) -> String {
        match &self.log_group {
            Some(group) => group.clone(),
            None => format!("/aws/lambda/{name}"),
        }
    }
}

/// What becomes of calls that were taken for later (API: PutFunctionEventInvokeConfig).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventSettings {
    /// Attempts after the first, 0 to 2; 2 where the owner says nothing.
    pub retries: Option<u32>,
    /// Seconds after which a call is given up, 60 to 21,600; so many where the owner says nothing.
    pub age: Option<u32>,
    /// ARN that hears of calls that succeeded.
    pub on_success: Option<String>,
    /// ARN that hears of calls that failed for the last time.
    pub on_failure: Option<String>,
    /// When this was set last.
    pub modified: Millis,
}

impl EventSettings {
    /// Attempts that are made after the first has failed.
    pub fn attempts_after(&self) -> i64 {
        i64::from(self.retries.unwrap_or(RETRIES))
    }

    /// Milliseconds after which a call is given up.
    pub fn age_millis(&self) -> i64 {
        i64::from(self.age.unwrap_or(AGE)) * 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_as_they_were() {
        let settings = Settings {
            runtime: "python3.12".into(),
            role: "arn:aws:iam::123456789012:role/f".into(),
            handler: "app.handler".into(),
            environment: [("A".to_owned(), "b\"".to_owned())].into(),
            environment_given: true,
            published_from: Some("r".into()),
            layers: vec!["arn:aws:lambda:us-east-1:123456789012:layer:l:1".into()],
            log_group: Some("group".into()),
            ..Settings::default()
        };
        assert_eq!(Settings::decode(&settings.encode()), Some(settings.clone()));
        for place in [Place::Folder("/f".into()), Place::Url("http://h/".into())] {
            let settings = Settings {
                place,
                ..settings.clone()
            };
            assert_eq!(Settings::decode(&settings.encode()), Some(settings));
        }
        let old = r#"{"runtime": "provided.al2023", "role": "r"}"#;
        let old = Settings::decode(old).expect("readable");
        assert_eq!((old.timeout, old.memory, old.ephemeral), (3, 128, 512));
        assert_eq!(Settings::decode("[]"), None);
        assert_eq!(settings.log_group_of("f"), "group");
        assert_eq!(old.log_group_of("f"), "/aws/lambda/f");
    }
}
