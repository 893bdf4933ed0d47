//! Whether a token was signed with one of an authorizer's keys.

use crate::pki::spki_of_public_key;
use crate::registry::authorizer::Authorizer;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Why a token does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The authorizer wants signed tokens, and there is no token or no signature.
    #[error("the authorizer requires a signed token: {0} is missing")]
    Missing(&'static str),
    /// The signature is not base64.
    #[error("the token's signature is not base64")]
    NotBase64,
    /// No key of the authorizer made the signature.
    #[error(
        "the token's signature verifies with none of the authorizer's keys; it must be RSASSA-PKCS1-v1_5 with SHA-256 \
         over the token"
    )]
    Signature,
}

/// Checks a token by base64 of its signature, RSASSA-PKCS1-v1_5 with SHA-256 over the token's bytes. `true` where one of
/// the authorizer's keys made it, `false` where the authorizer's tokens are not signed.
///
/// # Errors
/// Where the function must not be called at all.
pub fn check_token(
    authorizer: &Authorizer,
    token: Option<&str>,
    signature: Option<&str>,
) -> Result<bool, TokenError> {
    if authorizer.signing_disabled {
        return Ok(false);
    }
    let token = token.ok_or(TokenError::Missing("the token"))?;
    let signature = signature.ok_or(TokenError::Missing("its signature"))?;
    let signature = STANDARD
        .decode(signature)
        .map_err(|_| TokenError::NotBase64)?;
    let made_with = |pem: &String| {
        spki_of_public_key(pem).is_ok_and(|spki| {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki)
                .verify(token.as_bytes(), &signature)
                .is_ok()
        })
    };
    match authorizer.signing_keys.values().any(made_with) {
        true => Ok(true),
        false => Err(TokenError::Signature),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctx::Millis;
    use crate::pki::to_pem;
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RsaEncoding};
    use std::collections::BTreeMap;

    fn pem(key: &KeyPair) -> String {
        let der: PublicKeyX509Der<'_> = key.public_key().as_der().expect("a key has DER");
        to_pem("PUBLIC KEY", der.as_ref())
    }

    fn signed(key: &KeyPair, how: &'static dyn RsaEncoding, token: &str) -> String {
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(how, &SystemRandom::new(), token.as_bytes(), &mut signature)
            .expect("a key signs");
        STANDARD.encode(signature)
    }

    #[test]
    fn which_tokens_count() {
        let make = || KeyPair::generate(KeySize::Rsa2048).expect("a key can be made");
        let (first, second, strange) = (make(), make(), make());
        let keys = BTreeMap::from([("a".into(), pem(&first)), ("b".into(), pem(&second))]);
        let mut authorizer = Authorizer {
            key: 0,
            name: "a".into(),
            function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
            token_key: Some("token".into()),
            signing_keys: keys,
            signing_disabled: false,
            active: true,
            cache_http: false,
            created: Millis(0),
            modified: Millis(0),
        };
        let good = signed(&first, &RSA_PKCS1_SHA256, "token");
        let cases = [
            (Some("token"), Some(good.clone()), Ok(true)),
            (
                Some("token"),
                Some(signed(&second, &RSA_PKCS1_SHA256, "token")),
                Ok(true),
            ),
            (
                Some("token"),
                Some(signed(&strange, &RSA_PKCS1_SHA256, "token")),
                Err(TokenError::Signature),
            ),
            (
                Some("token"),
                Some(signed(&first, &RSA_PKCS1_SHA512, "token")),
                Err(TokenError::Signature),
            ),
            (
                Some("Token"),
                Some(good.clone()),
                Err(TokenError::Signature),
            ),
            (
                Some("token"),
                Some("AAAA".into()),
                Err(TokenError::Signature),
            ),
            (Some("token"), Some("A".into()), Err(TokenError::NotBase64)),
            (
                Some("token"),
                None,
                Err(TokenError::Missing("its signature")),
            ),
            (None, Some(good), Err(TokenError::Missing("the token"))),
        ];
        for (token, signature, wanted) in &cases {
            let found = check_token(&authorizer, *token, signature.as_deref());
            assert_eq!(found, *wanted, "{token:?} {signature:?}");
        }
        authorizer.signing_disabled = true;
        for (token, signature, _) in &cases {
            let found = check_token(&authorizer, *token, signature.as_deref());
            assert_eq!(found, Ok(false));
        }
    }
}
