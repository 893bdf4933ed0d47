//! Access keys: what AWS's look like, and the file that keeps the first pair.

use super::AuthorityError;
use super::files::{self, Readers};
use super::key::random;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::path::Path;

/// What an access key id begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPrefix {
    /// Long-lived.
    Akia,
    /// Temporary, used with a session token.
    Asia,
}

/// An access key id and its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// `AKIA` or `ASIA` and 16 characters of base32.
    pub id: String,
    /// 40 characters.
    pub secret: String,
}

impl fmt::Debug for AccessKey {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A new access key.
pub fn new_access_key(prefix: KeyPrefix) -> Result<AccessKey, AuthorityError> {
    let prefix = match prefix {
        KeyPrefix::Akia => "AKIA",
        KeyPrefix::Asia => "ASIA",
    };
    Ok(AccessKey {
        id: prefixed(prefix, random::<16>()?),
        // 30 bytes are 40 characters without padding.
        secret: STANDARD.encode(random::<30>()?),
    })
}

/// What an entity's unique id begins with (IAM user guide: unique identifiers).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityPrefix {
    /// A role.
    Aroa,
    /// A user.
    Aida,
    /// A managed policy.
    Anpa,
    /// A group.
    Agpa,
    /// An instance profile.
    Aipa,
}

/// A new unique id of an IAM entity: the prefix and 17 characters of base32.
pub fn new_entity_id(prefix: EntityPrefix) -> Result<String, AuthorityError> {
    Ok(entity_id(prefix, random::<17>()?))
}

/// The unique id that these bytes make; ids that must not change are made from a digest.
pub fn entity_id(prefix: EntityPrefix, bytes: [u8; 17]) -> String {
    let prefix = match prefix {
        EntityPrefix::Aroa => "AROA",
        EntityPrefix::Aida => "AIDA",
        EntityPrefix::Anpa => "ANPA",
        EntityPrefix::Agpa => "AGPA",
        EntityPrefix::Aipa => "AIPA",
    };
    prefixed(prefix, bytes)
}

fn prefixed<const N: usize>(prefix: &str, bytes: [u8; N]) -> String {
    const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let digits = bytes.map(|byte| char::from(BASE32[usize::from(byte % 32)]));
    prefix.chars().chain(digits).collect()
}

/// A new session token: opaque, base64, of the length and beginning that AWS's have.
pub fn new_session_token() -> Result<String, AuthorityError> {
    // "IQoJ" is what AWS's tokens begin with; some tools recognise secrets by it.
    Ok(format!("IQoJ{}", STANDARD.encode(random::<252>()?)))
}

/// The access key in the data directory's `credentials` file, profile `default`; made at the first start.
/// The file is in AWS's credentials-file format, so that `AWS_SHARED_CREDENTIALS_FILE` can name it; a key
/// that someone put there by hand is taken as it is, and the region is kept in step with `region`.
pub fn default_access_key(data_dir: &Path, region: &str) -> Result<AccessKey, AuthorityError> {
    files::directory(data_dir)?;
    let path = data_dir.join("credentials");
    let Some(text) = files::read(&path)? else {
        let key = new_access_key(KeyPrefix::Akia)?;
        let text = format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\nregion = {region}\n",
            key.id, key.secret
        );
        files::write(&path, text.as_bytes(), Readers::Owner)?;
        return Ok(key);
    };
    let missing = |name: &str| AuthorityError::Content {
        path: path.clone(),
        reason: format!("the profile [default] has no {name}"),
    };
    let value = |name: &str| {
        entry(&text, name)
            .map(|(_, value)| value.to_owned())
            .ok_or_else(|| missing(name))
    };
    let key = AccessKey {
        id: value("aws_access_key_id")?,
        secret: value("aws_secret_access_key")?,
    };
    if let Some((line, found)) = entry(&text, "region")
        && found != region
    {
        let lines: Vec<String> = text
            .lines()
            .enumerate()
            .map(|(number, old)| match number == line {
                true => format!("region = {region}"),
                false => old.to_owned(),
            })
            .collect();
        let text = lines.join("\n") + "\n";
        files::write(&path, text.as_bytes(), Readers::Owner)?;
    }
    Ok(key)
}

/// The access key and the region in the data directory's `credentials` file, profile `default`; `None` where
/// there is no such file. Writes nothing.
pub fn kept_access_key(
    data_dir: &Path,
) -> Result<Option<(AccessKey, Option<String>)>, AuthorityError> {
    let path = data_dir.join("credentials");
    let Some(text) = files::read(&path)? else {
        return Ok(None);
    };
    let value = |name: &str| entry(&text, name).map(|(_, value)| value.to_owned());
    match (value("aws_access_key_id"), value("aws_secret_access_key")) {
        (Some(id), Some(secret)) => Ok(Some((AccessKey { id, secret }, value("region")))),
        _ => Err(AuthorityError::Content {
            path,
            reason: "the profile [default] has no complete access key".to_owned(),
        }),
    }
}

/// Line number and value of `name = value` in the profile `default`; an empty value is none.
fn entry<'a>(text: &'a str, name: &str) -> Option<(usize, &'a str)> {
    let mut profile = "";
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            profile = header.trim();
        } else if profile == "default"
            && let Some((key, value)) = line.split_once('=')
            && key.trim() == name
            && !value.trim().is_empty()
        {
            return Some((number, value.trim()));
        }
    }
    None
}
