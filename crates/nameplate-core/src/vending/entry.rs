//! A device on an allow-list: what a line says of it, and what is kept.

use super::proof::{TokenKey, key_digest};
use super::{ProofKind, TOKEN_BYTES, check_serial};
use crate::ctx::Millis;
use crate::pki::{check_key, key_of, spki_of_public_key};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;

/// Where a device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryStatus {
    /// It may ask.
    New,
    /// It has asked, its proof was right, and an operator is to decide.
    PendingApproval,
    /// An operator has said yes; it may ask once.
    Approved,
    /// It has its certificate.
    Vended,
    /// It gets nothing.
    Blocked,
}

impl EntryStatus {
    const ALL: [Self; 5] = [
        Self::New,
        Self::PendingApproval,
        Self::Approved,
        Self::Vended,
        Self::Blocked,
    ];

    /// The word in requests and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::PendingApproval => "PENDING_APPROVAL",
            Self::Approved => "APPROVED",
            Self::Vended => "VENDED",
            Self::Blocked => "BLOCKED",
        }
    }

    /// From that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// The number it is kept under.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// From that number.
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// A device as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Key of its row.
    pub key: i64,
    /// Its serial number, which no other has.
    pub serial: String,
    /// Key of its batch's row.
    pub batch: i64,
    /// Where it stands.
    pub status: EntryStatus,
    /// Digest of its token ([`TokenKey::digest`]).
    pub token: Option<[u8; 32]>,
    /// SHA-256 of its public key.
    pub public_key: Option<[u8; 32]>,
    /// Parameters of the template.
    pub parameters: BTreeMap<String, String>,
    /// Digest of the certificate it has.
    pub certificate: Option<[u8; 32]>,
    /// Digest of the one before, which goes when the new one has connected.
    pub previous: Option<[u8; 32]>,
    /// The thing it became.
    pub thing: Option<String>,
    /// When it got its certificate.
    pub vended: Option<Millis>,
}

/// A device as a line of an allow-list has it, ready to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Its serial number.
    pub serial: String,
    /// Digest of its token.
    pub token: Option<[u8; 32]>,
    /// SHA-256 of its public key.
    pub public_key: Option<[u8; 32]>,
    /// It gets nothing until an operator says so.
    pub blocked: bool,
    /// All other columns.
    pub parameters: BTreeMap<String, String>,
}

/// Names that the tables of public samples have for the same.
const SERIAL: [&str; 2] = ["serialNumber", "device_uid"];
const TOKEN: [&str; 3] = ["token", "deviceToken", "device_token"];
const ENABLED: [&str; 2] = ["enabled", "is_enabled"];
const PUBLIC_KEY: &str = "publicKey";

impl NewEntry {
    /// Reads the values of a line; why it is no device of the batch. What the line says of secrets is not repeated.
    pub fn of(
        mut values: BTreeMap<String, String>,
        proof: ProofKind,
        key: &TokenKey,
    ) -> Result<Self, String> {
        let serial = take(&mut values, &SERIAL)?.ok_or("serialNumber is missing")?;
        check_serial(&serial).map_err(|why| format!("serialNumber: {why}"))?;
        let token = take(&mut values, &TOKEN)?.filter(|token| !token.is_empty());
        if token
            .as_ref()
            .is_some_and(|token| token.len() > TOKEN_BYTES)
        {
            return Err(format!("the token is longer than {TOKEN_BYTES} bytes"));
        }
        let public_key = values.remove(PUBLIC_KEY).filter(|key| !key.is_empty());
        match proof {
            ProofKind::Key if public_key.is_none() => {
                return Err("publicKey is missing, by which its batch knows a device".into());
            }
            _ => {}
        }
        let blocked = take(&mut values, &ENABLED)?.is_some_and(|text| !enabled(Some(&text)));
        for name in values.keys() {
            if name.is_empty() || name.starts_with("AWS::") {
                return Err(format!("a column may not be named {name:?}"));
            }
        }
        Ok(Self {
            token: token.map(|token| key.digest(&serial, &token)),
            public_key: public_key.as_deref().map(registered_key).transpose()?,
            serial,
            blocked,
            parameters: values,
        })
    }
}

/// The value of a column that has several names.
fn take(
    values: &mut BTreeMap<String, String>,
    names: &[&'static str],
) -> Result<Option<String>, String> {
    let mut found = None;
    for name in names {
        if let Some(value) = values.remove(*name)
            && found.replace(value).is_some()
        {
            return Err(format!("only one of {} may be given", names.join(", ")));
        }
    }
    Ok(found)
}

/// A device's row in a table of the owner's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Its serial number, where the row has it.
    pub serial: Option<String>,
    /// Its token.
    pub token: Option<String>,
    /// SHA-256 of its public key.
    pub public_key: Option<[u8; 32]>,
    /// Whether it may ask.
    pub enabled: bool,
    /// All other columns that are not NULL.
    pub parameters: BTreeMap<String, String>,
}

impl TableRow {
    /// Reads the columns of a row. Databases change the case of names as they like, so it does not count, and neither
    /// do underscores. The error is for the owner.
    pub fn of(columns: BTreeMap<String, Option<String>>) -> Result<Self, String> {
        let mut row = Self {
            serial: None,
            token: None,
            public_key: None,
            enabled: true,
            parameters: BTreeMap::new(),
        };
        for (name, value) in columns {
            let word: String = name.chars().filter(|c| *c != '_').collect();
            match word.to_ascii_lowercase().as_str() {
                "serialnumber" | "deviceuid" => row.serial = value,
                "token" | "devicetoken" => row.token = value,
                "publickey" => {
                    row.public_key = value.as_deref().map(registered_key).transpose()?;
                }
                "enabled" | "isenabled" => row.enabled = enabled(value.as_deref()),
                _ => {
                    if let Some(value) = value {
                        row.parameters.insert(name, value);
                    }
                }
            }
        }
        Ok(row)
    }
}

/// What a column `enabled` says: false, 0, no and an empty value or NULL are no.
fn enabled(text: Option<&str>) -> bool {
    let no = ["", "0", "false", "f", "no", "n", "off"];
    let word = text.unwrap_or_default().trim().to_ascii_lowercase();
    !no.contains(&word.as_str())
}

/// SHA-256 of the SubjectPublicKeyInfo in a list: a PEM block, with `\n` written out or not, or base64 of the DER alone.
/// Keys that no certificate may have are refused.
fn registered_key(text: &str) -> Result<[u8; 32], String> {
    let spki = if text.contains("-----BEGIN") {
        spki_of_public_key(&text.replace("\\n", "\n")).map_err(|why| format!("publicKey: {why}"))?
    } else {
        let base64: String = text.split_whitespace().collect();
        STANDARD
            .decode(base64)
            .map_err(|_| "publicKey is neither PEM nor base64 of a DER key".to_owned())?
    };
    let kind = key_of(&spki).map_err(|why| format!("publicKey: {why}"))?;
    check_key(&kind).map_err(|why| format!("publicKey: {why}"))?;
    Ok(key_digest(&spki))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Line<'l> = &'l [(&'l str, &'l str)];

    fn read(line: Line<'_>, proof: ProofKind) -> Result<NewEntry, String> {
        let values = line.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        NewEntry::of(values.collect(), proof, &TokenKey::new(&[1; 32]))
    }

    #[test]
    fn lines() {
        let spki = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)
            .map(|key| rcgen::PublicKeyData::subject_public_key_info(&key))
            .unwrap_or_default();
        let pem = crate::pki::to_pem("PUBLIC KEY", &spki);
        let base64 = STANDARD.encode(&spki);
        let long = "x".repeat(129);
        let (token, key, none) = (ProofKind::Token, ProofKind::Key, ProofKind::None);
        #[rustfmt::skip]
        let good: &[(Line<'_>, ProofKind, bool, bool)] = &[
            (&[("serialNumber", "1"), ("token", "t"), ("colour", "red")], token, true, false),
            (&[("serialNumber", "1"), ("deviceToken", "t")], token, true, false),
            (&[("device_uid", "1"), ("device_token", "t")], token, true, false),
            // Its token is made later, with its code.
            (&[("serialNumber", "1")], token, false, false),
            (&[("serialNumber", "1"), ("token", "")], token, false, false),
            (&[("serialNumber", "1'; DROP TABLE thing; --")], none, false, false),
            (&[("serialNumber", "1"), ("publicKey", &pem)], key, false, true),
            (&[("serialNumber", "1"), ("publicKey", &pem.replace('\n', "\\n"))], key, false, true),
            (&[("serialNumber", "1"), ("publicKey", &base64)], key, false, true),
        ];
        for (line, proof, has_token, has_key) in good {
            let entry = read(line, *proof).unwrap_or_else(|why| panic!("{line:?}: {why}"));
            assert_eq!(entry.token.is_some(), *has_token, "{line:?}");
            assert_eq!(
                entry.public_key,
                has_key.then(|| key_digest(&spki)),
                "{line:?}"
            );
        }
        #[rustfmt::skip]
        let bad: &[(Line<'_>, ProofKind, &str)] = &[
            (&[("token", "t")], token, "serialNumber is missing"),
            (&[("serialNumber", "")], token, "serialNumber: it is empty"),
            (&[("serialNumber", &long)], token, "longer than 128"),
            (&[("serialNumber", "a\nb")], token, "control character"),
            (&[("serialNumber", "1"), ("device_uid", "2")], token, "only one of"),
            (&[("serialNumber", "1")], key, "publicKey is missing"),
            (&[("serialNumber", "1"), ("publicKey", "zzz")], key, "neither PEM nor base64"),
            (&[("serialNumber", "1"), ("publicKey", "aGVsbG8=")], key, "publicKey: "),
            (&[("serialNumber", "1"), ("AWS::IoT::Certificate::Id", "x")], none, "may not be named"),
        ];
        for (line, proof, why) in bad {
            let refused = read(line, *proof).expect_err("it was taken");
            assert!(refused.contains(why), "{line:?}: {refused}");
        }
        let entry = read(
            &[("serialNumber", "1"), ("is_enabled", "0"), ("a", "b")],
            none,
        );
        assert!(entry.is_ok_and(|e| e.blocked && e.parameters.len() == 1));
    }

    #[test]
    fn words_for_enabled() {
        for no in ["", "0", "false", "FALSE", "f", " no ", "off"] {
            assert!(!enabled(Some(no)), "{no:?}");
        }
        assert!(!enabled(None));
        for yes in ["1", "true", "t", "yes", "2"] {
            assert!(enabled(Some(yes)), "{yes:?}");
        }
    }

    #[test]
    fn rows_of_tables() {
        let of = |columns: &[(&str, Option<&str>)]| {
            let columns = columns
                .iter()
                .map(|(n, v)| ((*n).into(), v.map(str::to_owned)));
            TableRow::of(columns.collect())
        };
        let row = of(&[
            ("serialnumber", Some("s")),
            ("DEVICE_TOKEN", Some("t")),
            ("is_enabled", Some("1")),
            ("Colour", Some("red")),
            ("size", None),
        ]);
        let parameters = BTreeMap::from([("Colour".to_owned(), "red".to_owned())]);
        assert_eq!(
            row,
            Ok(TableRow {
                serial: Some("s".into()),
                token: Some("t".into()),
                public_key: None,
                enabled: true,
                parameters,
            })
        );
        let enabled = |value| of(&[("enabled", value)]).map(|row| row.enabled);
        assert_eq!(of(&[]).map(|row| row.enabled), Ok(true));
        assert_eq!(enabled(None), Ok(false));
        assert_eq!(enabled(Some("0")), Ok(false));
        assert!(of(&[("publicKey", Some("zzz"))]).is_err());
    }

    #[test]
    fn statuses_survive() {
        for status in EntryStatus::ALL {
            assert_eq!(EntryStatus::parse(status.as_str()), Some(status));
            assert_eq!(EntryStatus::from_code(status.code()), Some(status));
        }
    }
}
