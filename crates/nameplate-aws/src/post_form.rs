//! Forms by which browsers upload to S3: who signed their policy, and what it allows.
//! [S3 API reference: POST Object; "Creating an HTML form using AWS Signature Version 4"]
//!
//! Must not know how a form travels, nor what becomes of its file.

use crate::sigv4::{Scope, SigningKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Fields that no condition needs to name.
const FREE: [&str; 5] = [
    "awsaccesskeyid",
    "file",
    "policy",
    "signature",
    "x-amz-signature",
];

/// Why a form is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostRefused {
    /// It has no policy, or nobody who signed it.
    #[error("Access Denied")]
    Unsigned,
    /// A field is not what it should be: which one, and why.
    #[error("{1}")]
    Field(&'static str, String),
    /// The policy is none.
    #[error("Invalid Policy: {0}")]
    Policy(String),
    /// The policy does not allow the form.
    #[error("Invalid according to Policy: {0}")]
    NotAllowed(String),
}

/// The fields of a form before its file, names in lower case.
#[derive(Debug, Clone, Default)]
pub struct PostForm(Vec<(String, String)>);

/// Who signed a form, by signature version 4, or by version 2 where there is no scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostSigner<'f> {
    /// The access key's id.
    pub access_key: &'f str,
    /// What the key was derived for.
    pub scope: Option<Scope>,
    signature: &'f str,
    policy: &'f str,
}

impl PostForm {
    /// A form of these fields.
    pub fn new(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
        Self(fields.into_iter().map(lower).collect())
    }

    /// The value of a field, by its name in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// Names and values.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Who signed it.
    ///
    /// # Errors
    /// Nobody, or not as it must be.
    pub fn signer(&self) -> Result<PostSigner<'_>, PostRefused> {
        let policy = self.get("policy").ok_or(PostRefused::Unsigned)?;
        if let Some(signature) = self.get("signature") {
            let access_key = self.get("awsaccesskeyid").ok_or(PostRefused::Unsigned)?;
            return Ok(PostSigner {
                access_key,
                scope: None,
                signature,
                policy,
            });
        }
        let signature = self.get("x-amz-signature").ok_or(PostRefused::Unsigned)?;
        if self.get("x-amz-algorithm") != Some("AWS4-HMAC-SHA256") {
            let why = "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"".to_owned();
            return Err(PostRefused::Field("x-amz-algorithm", why));
        }
        let credential = self.get("x-amz-credential").unwrap_or_default();
        let parts: Vec<&str> = credential.split('/').collect();
        let [access_key, date, region, service @ "s3", "aws4_request"] = parts[..] else {
            let why = "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
            return Err(PostRefused::Field("x-amz-credential", why.to_owned()));
        };
        let at = self.get("x-amz-date").unwrap_or_default();
        if at.len() != 16 || !at.starts_with(date) {
            let why = "X-Amz-Date must be formatted via ISO8601 Long format";
            return Err(PostRefused::Field("x-amz-date", why.to_owned()));
        }
        Ok(PostSigner {
            access_key,
            scope: Some(Scope {
                date: date.to_owned(),
                region: region.to_owned(),
                service: service.to_owned(),
            }),
            signature,
            policy,
        })
    }

    /// Holds the form against its policy, once that is known to be its signer's. How many bytes the file may have, from
    /// and to, where the policy says so.
    ///
    /// # Errors
    /// The policy is none, is over, or does not allow the form.
    pub fn check(&self, bucket: &str, now_seconds: i64) -> Result<Option<(u64, u64)>, PostRefused> {
        let none = |why: &str| PostRefused::Policy(why.to_owned());
        let text = STANDARD.decode(self.get("policy").unwrap_or_default());
        let text = text.map_err(|_| none("it is not Base64."))?;
        let policy: Value = serde_json::from_slice(&text).map_err(|_| none("Invalid JSON."))?;
        let expires = policy["expiration"].as_str();
        let expires = expires.ok_or_else(|| none("Policy missing expiration."))?;
        let expires = OffsetDateTime::parse(expires, &Rfc3339)
            .map_err(|_| none("Invalid 'expiration' value."))?;
        if expires.unix_timestamp() < now_seconds {
            return Err(PostRefused::NotAllowed("Policy expired.".into()));
        }
        let conditions = policy["conditions"].as_array();
        let conditions = conditions.ok_or_else(|| none("Policy missing conditions."))?;
        let (mut named, mut length) = (Vec::new(), None);
        for condition in conditions {
            match condition {
                Value::Object(members) => {
                    for (name, value) in members {
                        let name = name.to_ascii_lowercase();
                        self.hold("eq", &name, value, bucket)?;
                        named.push(name);
                    }
                }
                Value::Array(parts) => match parts.as_slice() {
                    [kind, from, to] if kind == "content-length-range" => {
                        length = Some(self::length(from).zip(self::length(to)));
                    }
                    [Value::String(kind), Value::String(name), value] => {
                        let name = name.strip_prefix('$').unwrap_or(name).to_ascii_lowercase();
                        self.hold(&kind.to_ascii_lowercase(), &name, value, bucket)?;
                        named.push(name);
                    }
                    _ => return Err(none("Invalid condition.")),
                },
                _ => return Err(none("Invalid condition.")),
            }
        }
        let free = |name: &str| FREE.contains(&name) || name.starts_with("x-ignore-");
        let mut extra = self.fields().map(|(name, _)| name);
        if let Some(name) = extra.find(|name| !free(name) && !named.iter().any(|one| one == name)) {
            let why = format!("Extra input fields: {name}");
            return Err(PostRefused::NotAllowed(why));
        }
        match length {
            Some(None) => Err(none("Invalid content-length-range.")),
            Some(Some(range)) => Ok(Some(range)),
            None => Ok(None),
        }
    }

    fn hold(&self, kind: &str, name: &str, value: &Value, bucket: &str) -> Result<(), PostRefused> {
        let wanted = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let given = match name {
            "bucket" => bucket,
            name => self.get(name).unwrap_or_default(),
        };
        let holds = match kind {
            "eq" => given == wanted,
            "starts-with" => given.starts_with(&wanted),
            _ => return Err(PostRefused::Policy(format!("Invalid condition: {kind}."))),
        };
        match holds {
            true => Ok(()),
            false => Err(PostRefused::NotAllowed(format!(
                "Policy Condition failed: [\"{kind}\", \"${name}\", \"{wanted}\"]"
            ))),
        }
    }
}

fn length(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}

impl PostSigner<'_> {
    /// Whether a key of version 4, derived for the scope, signed the policy.
    pub fn is_of_key(&self, key: &SigningKey) -> bool {
        let ours = key.sign(self.policy.as_bytes());
        same(ours.as_bytes(), self.signature.as_bytes())
    }

    /// Whether a secret signed the policy by version 2.
    pub fn is_of_secret(&self, secret: &str) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
        let sent = STANDARD.decode(self.signature).unwrap_or_default();
        hmac::verify(&key, self.policy.as_bytes(), &sent).is_ok()
    }
}

fn same(ours: &[u8], theirs: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(ours, theirs).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form(policy: &Value, fields: &[(&str, &str)]) -> PostForm {
        let policy = STANDARD.encode(policy.to_string());
        let fields = fields.iter().copied().chain([("Policy", policy.as_str())]);
        PostForm::new(fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    #[test]
    fn a_policy_allows_what_it_names() {
        let until = "2030-01-01T00:00:00.000Z";
        let policy = |conditions: Value| json!({"expiration": until, "conditions": conditions});
        let check =
            |policy: Value, fields: &[(&str, &str)], expected: Result<Option<(u64, u64)>, &str>| {
                let found = form(&policy, fields).check("bucket", 1_800_000_000);
                let found = found.map_err(|why| why.to_string());
                assert_eq!(
                    found,
                    expected.map_err(str::to_owned),
                    "{policy} {fields:?}"
                );
            };
        let key = [("key", "user/a")];
        check(
            policy(json!([{"bucket": "bucket"}, {"key": "user/a"}])),
            &key,
            Ok(None),
        );
        check(
            policy(json!([
                ["starts-with", "$key", "user/"],
                ["content-length-range", 1, "10"]
            ])),
            &key,
            Ok(Some((1, 10))),
        );
        check(
            policy(json!([["eq", "$key", "user/b"]])),
            &key,
            Err(
                "Invalid according to Policy: Policy Condition failed: [\"eq\", \"$key\", \"user/b\"]",
            ),
        );
        check(
            policy(json!([{"bucket": "other"}, ["starts-with", "$key", ""]])),
            &key,
            Err(
                "Invalid according to Policy: Policy Condition failed: [\"eq\", \"$bucket\", \"other\"]",
            ),
        );
        check(
            policy(json!([["starts-with", "$key", ""]])),
            &[("key", "a"), ("X-Amz-Meta-A", "b")],
            Err("Invalid according to Policy: Extra input fields: x-amz-meta-a"),
        );
        check(
            policy(json!([["starts-with", "$key", ""]])),
            &[
                ("key", "a"),
                ("x-ignore-this", "b"),
                ("x-amz-signature", "c"),
            ],
            Ok(None),
        );
        check(
            json!({"expiration": "2020-01-01T00:00:00Z", "conditions": []}),
            &[],
            Err("Invalid according to Policy: Policy expired."),
        );
        check(
            json!({"conditions": []}),
            &[],
            Err("Invalid Policy: Policy missing expiration."),
        );
        check(
            json!({"expiration": until}),
            &[],
            Err("Invalid Policy: Policy missing conditions."),
        );
        check(
            policy(json!([["like", "$key", "a"]])),
            &key,
            Err("Invalid Policy: Invalid condition: like."),
        );
        check(
            policy(json!([7])),
            &key,
            Err("Invalid Policy: Invalid condition."),
        );
        let bad = PostForm::new([("policy".to_owned(), "e30".to_owned())]);
        assert!(matches!(bad.check("b", 0), Err(PostRefused::Policy(_))));
    }

    #[test]
    fn signers_of_both_versions() {
        let policy = json!({"expiration": "2030-01-01T00:00:00Z", "conditions": []});
        let four = |credential: &str, date: &str, signature: &str| {
            form(
                &policy,
                &[
                    ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
                    ("x-amz-credential", credential),
                    ("x-amz-date", date),
                    ("x-amz-signature", signature),
                ],
            )
        };
        let unsigned = four(
            "AKID/20260101/eu-west-1/s3/aws4_request",
            "20260101T000000Z",
            "",
        );
        let signer = unsigned.signer().expect("signed");
        let scope = signer.scope.clone().expect("version 4");
        assert_eq!(
            (signer.access_key, scope.region.as_str()),
            ("AKID", "eu-west-1")
        );
        let key = SigningKey::derive("secret", &scope);
        assert!(!signer.is_of_key(&key));
        let signature = key.sign(unsigned.get("policy").unwrap_or_default().as_bytes());
        let signed = four(
            "AKID/20260101/eu-west-1/s3/aws4_request",
            "20260101T000000Z",
            &signature,
        );
        assert!(signed.signer().expect("signed").is_of_key(&key));
        for (credential, date) in [
            ("AKID", "20260101T000000Z"),
            (
                "AKID/20260101/eu-west-1/iot/aws4_request",
                "20260101T000000Z",
            ),
            (
                "AKID/20260101/eu-west-1/s3/aws4_request",
                "20260102T000000Z",
            ),
            ("AKID/20260101/eu-west-1/s3/aws4_request", ""),
        ] {
            let found = four(credential, date, "x");
            assert!(
                matches!(found.signer(), Err(PostRefused::Field(..))),
                "{credential} {date}"
            );
        }
        let secret = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"secret");
        let encoded = STANDARD.encode(policy.to_string());
        let signature = STANDARD.encode(hmac::sign(&secret, encoded.as_bytes()));
        let two = form(
            &policy,
            &[("AWSAccessKeyId", "AKID"), ("signature", &signature)],
        );
        let signer = two.signer().expect("signed");
        assert!(signer.is_of_secret("secret") && !signer.is_of_secret("other"));
        assert_eq!(form(&policy, &[]).signer(), Err(PostRefused::Unsigned));
        assert_eq!(PostForm::default().signer(), Err(PostRefused::Unsigned));
    }
}
