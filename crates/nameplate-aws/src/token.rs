//! Opaque pagination tokens.
//!
//! A token is the position after the last item of a page, bound by a MAC to the operation and to
//! the parameters it was made with. A forged token, or one from another list, is refused. The
//! key is the caller's; whoever reads a token learns the position, which the page already
//! showed.

use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::request::Input;

/// How much of the MAC a token carries: 128 bits.
const MAC_BYTES: usize = 16;

/// Members that may change from page to page.
const PAGING: &[&str] = &[
    "nextToken",
    "NextToken",
    "position",
    "marker",
    "Marker",
    "maxResults",
    "MaxResults",
    "limit",
    "pageSize",
    "MaxItems",
    "ContinuationToken",
    "MaxKeys",
    // A token stands in its place. [S3: ListObjectsV2]
    "StartAfter",
];

/// Makes and reads the tokens of one list, with its parameters.
pub struct TokenSeal {
    key: hmac::Key,
    operation: String,
    fingerprint: [u8; 32],
}

/// A token that is not ours, or not of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the pagination token was not issued for this operation and these parameters")]
pub struct TokenError;

impl TokenSeal {
    /// The seal for the pages of `operation` as asked with `input`, its paging parameters aside.
    pub fn new(key: &[u8; 32], operation: &str, input: &Input) -> Self {
        let mut names: Vec<&String> = input
            .members
            .keys()
            .filter(|name| !PAGING.contains(&name.as_str()))
            .collect();
        names.sort();
        let mut context = Context::new(&SHA256);
        for name in names {
            // The text of JSON is unambiguous; lengths keep name and value apart.
            let value = input.members[name].to_string();
            for part in [name.as_bytes(), value.as_bytes()] {
                context.update(&(part.len() as u64).to_be_bytes());
                context.update(part);
            }
        }
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(context.finish().as_ref());
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            operation: operation.to_owned(),
            fingerprint,
        }
    }

    /// The token for a position. Its alphabet is `[A-Za-z0-9+/]+={0,2}`, as SDKs check markers.
    pub fn encode(&self, position: &[u8]) -> String {
        let mut token = self.mac(position)[..MAC_BYTES].to_vec();
        token.extend_from_slice(position);
        STANDARD.encode(token)
    }

    /// The position in a token.
    ///
    /// # Errors
    /// [`TokenError`] for any text that [`Self::encode`] did not return for this list.
    pub fn decode(&self, token: &str) -> Result<Vec<u8>, TokenError> {
        let bytes = STANDARD.decode(token).map_err(|_| TokenError)?;
        let (mac, position) = bytes.split_at_checked(MAC_BYTES).ok_or(TokenError)?;
        constant_time::verify_slices_are_equal(&self.mac(position)[..MAC_BYTES], mac)
            .map_err(|_| TokenError)?;
        Ok(position.to_vec())
    }

    fn mac(&self, position: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&(self.operation.len() as u64).to_be_bytes());
        context.update(self.operation.as_bytes());
        context.update(&self.fingerprint);
        context.update(position);
        let mut mac = [0; 32];
        mac.copy_from_slice(context.sign().as_ref());
        mac
    }
}

impl std::fmt::Debug for TokenSeal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSeal")
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn seal(key: u8, operation: &str, members: Value) -> TokenSeal {
        let Value::Object(members) = members else {
            panic!("an input is an object")
        };
        TokenSeal::new(
            &[key; 32],
            operation,
            &Input {
                members,
                payload: None,
            },
        )
    }

    #[test]
    fn a_token_is_good_for_its_list_only() {
        let token = seal(1, "ListThings", json!({"a": 1, "maxResults": 5})).encode(b"lamp");
        let check = |seal: TokenSeal, good: bool| {
            assert_eq!(
                seal.decode(&token)
                    .is_ok_and(|position| position == b"lamp"),
                good
            );
        };
        check(
            seal(1, "ListThings", json!({"a": 1, "maxResults": 5})),
            true,
        );
        check(
            seal(
                1,
                "ListThings",
                json!({"nextToken": token, "maxResults": 6, "a": 1}),
            ),
            true,
        );
        check(seal(1, "ListThings", json!({"a": 2})), false);
        check(seal(1, "ListThings", json!({})), false);
        check(seal(1, "ListThingTypes", json!({"a": 1})), false);
        check(seal(2, "ListThings", json!({"a": 1})), false);
    }

    #[test]
    fn anything_else_is_refused() {
        let seal = seal(1, "ListThings", json!({}));
        for token in ["", "x", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAA", "%%%"] {
            assert_eq!(seal.decode(token), Err(TokenError), "{token}");
        }
    }

    proptest! {
        #[test]
        fn positions_return_and_changes_do_not(
            position in proptest::collection::vec(any::<u8>(), 0..60),
            at in any::<usize>(),
            flip in 1..=255_u8,
        ) {
            let seal = seal(1, "ListThings", json!({}));
            let token = seal.encode(&position);
            let body = token.trim_end_matches('=');
            prop_assert!(!body.is_empty() && token.len() - body.len() <= 2);
            prop_assert!(body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/'));
            prop_assert_eq!(seal.decode(&token), Ok(position));

            let mut bytes = STANDARD.decode(&token).expect("we encoded it");
            let at = at % bytes.len();
            bytes[at] ^= flip;
            prop_assert_eq!(seal.decode(&STANDARD.encode(bytes)), Err(TokenError));
        }
    }
}
