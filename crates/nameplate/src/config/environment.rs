//! What the environment says: `NAMEPLATE_…` variables.

use super::{Layer, SETTINGS, nearest};
use std::ffi::OsString;

/// What the environment says.
#[derive(Debug, Default)]
pub struct Environment {
    /// Those that are settings. Lists are separated by commas.
    pub layer: Layer,
    /// Settings whose values cannot be read, one sentence each.
    pub wrong: Vec<String>,
    /// Names of those that are no settings. Kubernetes makes some for a service called `nameplate`, such as
    /// `NAMEPLATE_SERVICE_HOST`.
    pub strangers: Vec<String>,
}

/// Beginning of the variables that are settings.
const PREFIX: &str = "NAMEPLATE_";

/// Sorts the variables that begin with `NAMEPLATE_`; others are not ours, whatever they hold.
pub fn environment(variables: impl Iterator<Item = (OsString, OsString)>) -> Environment {
    let mut found = Environment::default();
    for (key, value) in variables {
        let key = key.to_string_lossy();
        let Some(name) = key.strip_prefix(PREFIX) else {
            continue;
        };
        let name = name.to_ascii_lowercase().replace('_', "-");
        // Set by `nameplate env` for the user's scripts; not settings.
        if name == "root-ca" {
            continue;
        }
        let setting = SETTINGS.iter().find(|setting| setting.name == name);
        if setting.is_none() && name != "like-aws" {
            found.strangers.push(key.into_owned());
            continue;
        }
        let Ok(value) = value.into_string() else {
            found
                .wrong
                .push(format!("{key}: a text in UTF-8 is accepted"));
            continue;
        };
        let values = match setting.is_some_and(|setting| setting.many) {
            true => value.split(',').map(|v| v.trim().to_owned()).collect(),
            false => vec![value],
        };
        found.layer.insert(name, values);
    }
    found.strangers.sort();
    found
}

impl Environment {
    /// What its user should know of variables that look like settings; never their values.
    pub fn warning(&self) -> Option<String> {
        if self.strangers.is_empty() {
            return None;
        }
        let names: Vec<String> = self
            .strangers
            .iter()
            .map(|name| {
                let near = name.strip_prefix(PREFIX).and_then(|name| {
                    let name = name.to_ascii_lowercase().replace('_', "-");
                    nearest(&name)
                });
                match near {
                    Some(near) => format!(
                        "{} (did you mean {}?)",
                        name.escape_default(),
                        variable(near)
                    ),
                    None => name.escape_default().to_string(),
                }
            })
            .collect();
        Some(format!(
            "the environment has variables that are no settings and are passed over: {}",
            names.join(", ")
        ))
    }
}

/// [`Environment::warning`] of this process.
pub fn strangers_in_the_environment() -> Option<String> {
    environment(std::env::vars_os()).warning()
}

/// The variable of a setting.
pub(super) fn variable(name: &str) -> String {
    format!("{PREFIX}{}", name.to_ascii_uppercase().replace('-', "_"))
}
