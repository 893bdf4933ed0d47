//! Custom authorizers as the registry holds them: a function, and the keys that tokens for it are signed with.
//!
//! Owns which of them make sense. Must not know how a function is called.

use crate::arn::Arn;
use crate::ctx::Millis;
use crate::pki::{KeyKind, PublicKeyError, public_key_of_pem};
use std::collections::BTreeMap;

/// Shortest modulus of a token's signing key, bits (AWS guide: config-custom-auth).
const RSA_BITS: usize = 2048;

/// A custom authorizer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorizer {
    /// The store's own growing key.
    pub key: i64,
    /// Unique in the account.
    pub name: String,
    /// The Lambda function that decides.
    pub function_arn: String,
    /// Where in a request the token stands.
    pub token_key: Option<String>,
    /// Public keys by name; a token signed with any of them counts.
    pub signing_keys: BTreeMap<String, String>,
    /// Tokens are not signed. Fixed at creation.
    pub signing_disabled: bool,
    /// It may be used.
    pub active: bool,
    /// Answers are kept for the life of an HTTP connection.
    pub cache_http: bool,
    /// When it was created.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
}

/// Why an authorizer makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizerError {
    /// The function's ARN is not one.
    #[error("authorizerFunctionArn {0:?} is not the ARN of a Lambda function")]
    Function(String),
    /// Signing is on, and there is nothing to check signatures with.
    #[error("{0} is required unless signingDisabled is true")]
    Missing(&'static str),
    /// A key cannot be read.
    #[error("the signing key {name:?} cannot be read: {why}")]
    Key {
        /// The name under which the caller gave the key.
        name: String,
        /// What is wrong.
        why: PublicKeyError,
    },
    /// A key of another kind, or a short one.
    #[error("the signing key {name:?} is {kind}; it must be RSA with {RSA_BITS} bits or more")]
    KeyKind {
        /// The name under which the caller gave the key.
        name: String,
        /// What it is.
        kind: KeyKind,
    },
}

impl Authorizer {
    /// Refuses a function that is none, and keys that no signature could be checked with. AWS guide:
    /// config-custom-auth.
    pub fn check(&self) -> Result<(), AuthorizerError> {
        let is_function = Arn::parse(&self.function_arn).is_some_and(|arn| {
            arn.service == "lambda"
                && arn
                    .resource
                    .strip_prefix("function:")
                    .is_some_and(|name| !name.is_empty())
        });
        if !is_function {
            return Err(AuthorizerError::Function(self.function_arn.clone()));
        }
        for (name, pem) in &self.signing_keys {
            let kind = public_key_of_pem(pem).map_err(|why| AuthorizerError::Key {
                name: name.clone(),
                why,
            })?;
            if !matches!(kind, KeyKind::Rsa { bits } if bits >= RSA_BITS) {
                let name = name.clone();
                return Err(AuthorizerError::KeyKind { name, kind });
            }
        }
        if self.signing_disabled {
            return Ok(());
        }
        if self.token_key.is_none() {
            return Err(AuthorizerError::Missing("tokenKeyName"));
        }
        if self.signing_keys.is_empty() {
            return Err(AuthorizerError::Missing("tokenSigningPublicKeys"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::to_pem;

    fn authorizer() -> Authorizer {
        Authorizer {
            key: 0,
            name: "a".into(),
            function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
            token_key: Some("token".into()),
            signing_keys: BTreeMap::new(),
            signing_disabled: false,
            active: false,
            cache_http: false,
            created: Millis(0),
            modified: Millis(0),
        }
    }

    #[test]
    fn what_an_authorizer_needs() {
        #[track_caller]
        fn check(change: impl FnOnce(&mut Authorizer), wanted: Option<&str>) {
            let mut authorizer = authorizer();
            change(&mut authorizer);
            let found = authorizer.check().err().map(|error| error.to_string());
            assert_eq!(found.as_deref(), wanted);
        }
        let ec = rcgen::KeyPair::generate().expect("a key can be made");
        let ec = ec.public_key_pem();
        let garbage = to_pem("PUBLIC KEY", b"not a key");
        check(
            |_| {},
            Some("tokenSigningPublicKeys is required unless signingDisabled is true"),
        );
        check(
            |a| a.token_key = None,
            Some("tokenKeyName is required unless signingDisabled is true"),
        );
        check(|a| a.signing_disabled = true, None);
        check(
            |a| a.function_arn = "f".into(),
            Some("authorizerFunctionArn \"f\" is not the ARN of a Lambda function"),
        );
        check(
            |a| a.function_arn = "arn:aws:lambda:us-east-1:123456789012:layer:f".into(),
            Some(
                "authorizerFunctionArn \"arn:aws:lambda:us-east-1:123456789012:layer:f\" is not the ARN of a Lambda function",
            ),
        );
        check(
            |a| drop(a.signing_keys.insert("k".into(), ec)),
            Some("the signing key \"k\" is EC P-256; it must be RSA with 2048 bits or more"),
        );
        check(
            |a| drop(a.signing_keys.insert("k".into(), "key".into())),
            Some(
                "the signing key \"k\" cannot be read: no PEM block -----BEGIN PUBLIC KEY-----; the text holds no PEM block at all",
            ),
        );
        let mut broken = authorizer();
        broken.signing_keys.insert("k".into(), garbage);
        assert!(matches!(broken.check(), Err(AuthorizerError::Key { .. })));
    }
}
