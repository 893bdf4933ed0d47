//! The certificate ownership token: who asked for a certificate may register it, over the same connection and for an hour.
//!
//! A token says what it is for and is authenticated as a whole, so that nobody can change or invent one. That it was not
//! used before is the registry's to know.

use super::answer::{Rejection, Why};
use crate::ctx::Millis;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;

/// How long a token is good, milliseconds (AWS guide: fleet-provision-api).
pub const TOKEN_MILLIS: i64 = 3600 * 1000;

/// A connection among all of all servers that share a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionId {
    /// Chosen by chance when the server started.
    pub server: [u8; 16],
    /// Its number there.
    pub number: u64,
}

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ownership {
    /// SHA-256 of the certificate.
    pub certificate: [u8; 32],
    /// Until when.
    pub expires: Millis,
    /// The connection that asked.
    pub connection: ConnectionId,
}

const CONTENT: usize = 32 + 8 + 16 + 8;
const TAG: usize = 32;

/// The key that tokens are authenticated with.
pub struct TokenKey(hmac::Key);

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey")
    }
}

impl TokenKey {
    /// From a secret of this purpose.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The token: 128 characters that may stand in a URL. AWS's clients reserve 512.
    pub fn seal(&self, ownership: &Ownership) -> String {
        let mut bytes = Vec::with_capacity(CONTENT + TAG);
        bytes.extend(ownership.certificate);
        bytes.extend(ownership.expires.0.to_be_bytes());
        bytes.extend(ownership.connection.server);
        bytes.extend(ownership.connection.number.to_be_bytes());
        let tag = hmac::sign(&self.0, &bytes);
        bytes.extend_from_slice(tag.as_ref());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The certificate of a token, where it may be used over this connection now.
    ///
    /// # Errors
    /// What the device is answered.
    pub fn open(
        &self,
        token: &str,
        connection: ConnectionId,
        now: Millis,
    ) -> Result<[u8; 32], Rejection> {
        let refused = |why: &str| Rejection::new(Why::Token, why);
        if token.is_empty() {
            return Err(refused("Certificate ownership token cannot be empty."));
        }
        let ownership = self.read(token).ok_or_else(|| {
            refused("The certificate ownership token is not one of this server's.")
        })?;
        if ownership.connection != connection {
            return Err(refused(
                "The certificate ownership token was given to another connection.",
            ));
        }
        if ownership.expires <= now {
            return Err(refused("The certificate ownership token has expired."));
        }
        Ok(ownership.certificate)
    }

    fn read(&self, token: &str) -> Option<Ownership> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (content, tag) = bytes.split_at_checked(CONTENT)?;
        hmac::verify(&self.0, content, tag).ok()?;
        let (certificate, rest) = content.split_first_chunk()?;
        let (expires, rest) = rest.split_first_chunk()?;
        let (server, rest) = rest.split_first_chunk()?;
        let (number, _) = rest.split_first_chunk()?;
        Some(Ownership {
            certificate: *certificate,
            expires: Millis(i64::from_be_bytes(*expires)),
            connection: ConnectionId {
                server: *server,
                number: u64::from_be_bytes(*number),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: ConnectionId = ConnectionId {
        server: [3; 16],
        number: 7,
    };
    const GIVEN: Ownership = Ownership {
        certificate: [9; 32],
        expires: Millis(1000),
        connection: HERE,
    };

    #[test]
    fn a_token_is_for_its_connection_and_time() {
        let key = TokenKey::new(&[1; 32]);
        let token = key.seal(&GIVEN);
        assert_eq!(token.len(), 128);
        let open = |key: &TokenKey, token: &str, connection, now| {
            let opened = key.open(token, connection, Millis(now));
            opened.map_err(|refused| {
                assert_eq!(refused.why, Why::Token);
                refused.message
            })
        };
        assert_eq!(open(&key, &token, HERE, 999), Ok([9; 32]));
        let refused = |why: &str| Err(why.to_owned());
        let expired = refused("The certificate ownership token has expired.");
        assert_eq!(open(&key, &token, HERE, 1000), expired);
        let elsewhere = refused("The certificate ownership token was given to another connection.");
        let other = ConnectionId { number: 8, ..HERE };
        assert_eq!(open(&key, &token, other, 0), elsewhere);
        let restarted = ConnectionId {
            server: [4; 16],
            ..HERE
        };
        assert_eq!(open(&key, &token, restarted, 0), elsewhere);
        let empty = refused("Certificate ownership token cannot be empty.");
        assert_eq!(open(&key, "", HERE, 0), empty);
        let foreign = refused("The certificate ownership token is not one of this server's.");
        assert_eq!(open(&TokenKey::new(&[2; 32]), &token, HERE, 0), foreign);
        for wrong in ["x", &token[..127], &format!("{token}AA"), "Ä"] {
            assert_eq!(open(&key, wrong, HERE, 0), foreign, "{wrong}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_changed_token_is_taken(at in 0..128usize, with in "[A-Za-z0-9_-]") {
            let key = TokenKey::new(&[1; 32]);
            let token = key.seal(&GIVEN);
            let mut changed = token.clone();
            changed.replace_range(at..=at, &with);
            let opened = key.open(&changed, HERE, Millis(0));
            proptest::prop_assert_eq!(opened.is_ok(), changed == token);
        }
    }
}
