//! Keys for a store elsewhere, in a file as AWS's tools have them.
//!
//! AWS CLI user guide: configuration and credential file settings.

use std::path::{Path, PathBuf};

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// Its id.
    pub access_key: String,
    /// Its secret.
    pub secret: String,
    /// The token that goes with it, where it belongs to a session.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for Keys {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("access_key", &self.access_key)
            .finish_non_exhaustive()
    }
}

/// Keys, and the file that they are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeysFile {
    /// The file.
    pub path: PathBuf,
    /// What stood in it.
    pub keys: Keys,
}

impl KeysFile {
    /// Reads the profile `default` of a file.
    ///
    /// # Errors
    /// What is wrong with it, in words that hold nothing of its content.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
        Ok(Self {
            path: path.to_owned(),
            keys: parse(&text)?,
        })
    }
}

/// The keys of the profile `default`.
fn parse(text: &str) -> Result<Keys, String> {
    let mut in_default = false;
    let mut seen = false;
    let (mut access_key, mut secret, mut session_token) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            in_default = name.trim() == "default";
            seen |= in_default;
            continue;
        }
        let Some((name, value)) = line.split_once('=').filter(|_| in_default) else {
            continue;
        };
        let place = match name.trim().to_ascii_lowercase().as_str() {
            "aws_access_key_id" => &mut access_key,
            "aws_secret_access_key" => &mut secret,
            "aws_session_token" => &mut session_token,
            _ => continue,
        };
        let value = value.trim();
        if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("{} holds characters that no key has", name.trim()));
        }
        *place = (!value.is_empty()).then(|| value.to_owned());
    }
    match (access_key, secret) {
        (Some(access_key), Some(secret)) => Ok(Keys {
            access_key,
            secret,
            session_token,
        }),
        _ if !seen => Err("has no profile [default]".to_owned()),
        (None, _) => Err("has no aws_access_key_id in [default]".to_owned()),
        _ => Err("has no aws_secret_access_key in [default]".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files() {
        let keys = parse(
            "# mine\n[other]\naws_access_key_id = no\n\n[ default ]\n; here\nAWS_ACCESS_KEY_ID=id\n\
             aws_secret_access_key = a/b+c=\nregion = x\n[more]\naws_session_token = no\n",
        )
        .expect("keys");
        assert_eq!(
            (keys.access_key.as_str(), keys.secret.as_str()),
            ("id", "a/b+c=")
        );
        assert_eq!(keys.session_token, None);
        let keys = parse(
            "[default]\r\naws_access_key_id=id\r\naws_secret_access_key=s3cr3t\r\naws_session_token=t0k3n\r\n",
        )
        .expect("keys");
        assert_eq!(keys.session_token.as_deref(), Some("t0k3n"));
        let shown = format!("{keys:?}");
        assert!(
            !shown.contains("s3cr3t") && !shown.contains("t0k3n"),
            "{shown}"
        );
    }

    #[test]
    fn what_is_wrong_is_told_without_the_content() {
        let check = |text: &str, expected: &str| {
            let error = parse(text).expect_err(text);
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        };
        check("", "no profile [default]");
        check("aws_secret_access_key=s3cr3t", "no profile [default]");
        check(
            "[default]\naws_secret_access_key=s3cr3t",
            "no aws_access_key_id",
        );
        check(
            "[default]\naws_access_key_id=id\naws_secret_access_key=",
            "no aws_secret_access_key",
        );
        check(
            "[default]\naws_access_key_id=id\naws_secret_access_key=s3cr3t x",
            "no key has",
        );
    }
}
