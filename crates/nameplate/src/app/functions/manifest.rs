//! `function.toml`: what an owner says of a function beside its code. All of it may be left out.
//!
//! Must not know: where the folder is, whether the function exists already.

use crate::app::error::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Name of the file, in the front of a function's folder. It is no part of the code.
pub const MANIFEST: &str = "function.toml";
/// Bytes of it.
const BYTES: u64 = 64 * 1024;

/// What is said; what is absent is guessed, made, or AWS's default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Name of a runtime.
    pub runtime: Option<String>,
    /// What in the code is called.
    pub handler: Option<String>,
    /// A text of the owner's.
    pub description: Option<String>,
    /// Seconds that a call may take.
    pub timeout: Option<u32>,
    /// MB that a call may use.
    pub memory: Option<u32>,
    /// MB of `/tmp`.
    pub ephemeral: Option<u32>,
    /// Name or ARN of a role that exists; without it, the function has one of its own.
    pub role: Option<String>,
    /// Managed policies of its own role, by name or ARN, beside the one that lets it log.
    #[serde(default)]
    pub policies: Vec<String>,
    /// ARNs of versions of layers.
    pub layers: Option<Vec<String>>,
    /// All variables of its own.
    pub environment: Option<BTreeMap<String, String>>,
    /// Services that may invoke it for what the same account owns, such as `iot.amazonaws.com` for topic rules.
    #[serde(default)]
    pub invoked_by: Vec<String>,
    /// Where it is, if it is not here: an `http` or `https` URL that takes the event as body.
    pub url: Option<String>,
}

impl Manifest {
    /// Reads it; the default where there is none.
    ///
    /// # Errors
    /// One that names the file, for a file that cannot be read and for what is not understood, with its line.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let wrong = |why: String| {
            let why = nameplate_core::escape::lines(why.trim()).into_owned();
            Error::invalid(format!("{}: {why}", path.display()))
        };
        let text = match std::fs::metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Ok(about) if about.len() > BYTES => {
                return Err(wrong(format!("it is longer than {BYTES} bytes")));
            }
            _ => std::fs::read_to_string(&path).map_err(|e| wrong(e.to_string()))?,
        };
        let manifest: Self = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        match manifest.role.is_some() && !manifest.policies.is_empty() {
            true => Err(wrong(
                "policies are for the role that is made where `role` names none".into(),
            )),
            false => Ok(manifest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_read_and_its_mistakes_are_told() {
        let directory = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            std::fs::write(directory.path().join(MANIFEST), text).unwrap();
            Manifest::read(directory.path())
        };
        let whole = read(
            "runtime = 'python3.12'\ntimeout = 30\ninvoked-by = ['iot.amazonaws.com']\n[environment]\nA = 'b'",
        )
        .unwrap();
        assert_eq!(whole.runtime.as_deref(), Some("python3.12"));
        assert_eq!((whole.timeout, whole.memory), (Some(30), None));
        assert_eq!(whole.invoked_by, ["iot.amazonaws.com"]);
        assert_eq!(whole.environment, Some([("A".into(), "b".into())].into()));
        for (text, part) in [
            ("timeouts = 3", "unknown field `timeouts`"),
            ("timeout = 'x'", "line 1"),
            (
                "role = 'r'\npolicies = ['p']",
                "policies are for the role that is made",
            ),
            ("x", "function.toml"),
        ] {
            let told = read(text).unwrap_err().message;
            assert!(told.contains(part), "{told}");
        }
        let none = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::read(none.path()).unwrap(), Manifest::default());
    }
}
