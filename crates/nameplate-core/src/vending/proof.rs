//! Whether a device has shown what its batch asks for. Every comparison takes the same time whatever differs.

use super::{Presented, ProofKind, Refusal};
use aws_lc_rs::{constant_time, digest, hmac};

/// What tokens are kept under: a digest keyed with a secret of the server, so that a copy of the database tells none
/// of them, short ones included.
#[derive(Clone)]
pub struct TokenKey(hmac::Key);

impl TokenKey {
    /// A key from the server's own secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The digest of a device's token; another for each serial number.
    pub fn digest(&self, serial: &str, token: &str) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(&(serial.len() as u64).to_be_bytes());
        context.update(serial.as_bytes());
        context.update(token.as_bytes());
        bytes_of(context.sign().as_ref())
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKey")
    }
}

/// What is known of a device beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected<'a> {
    /// Digest of its token.
    pub token: Option<[u8; 32]>,
    /// SHA-256 of its public key's SubjectPublicKeyInfo.
    pub public_key: Option<[u8; 32]>,
    /// The batch's secret.
    pub secret: Option<&'a [u8]>,
}

/// SHA-256 of a SubjectPublicKeyInfo.
pub fn key_digest(spki: &[u8]) -> [u8; 32] {
    bytes_of(digest::digest(&digest::SHA256, spki).as_ref())
}

/// HMAC-SHA256 of a serial number with a batch's secret, in lower-case hex: what a device of the batch shows.
pub fn signature(secret: &[u8], serial: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hex::encode(hmac::sign(&key, serial.as_bytes()))
}

/// Whether the proof that a batch asks for was given. A serial number that is not known is checked with nothing
/// expected, and takes as long.
pub fn check(
    kind: ProofKind,
    presented: &Presented,
    expected: &Expected<'_>,
    key: &TokenKey,
) -> Result<(), Refusal> {
    match kind {
        ProofKind::None => Ok(()),
        ProofKind::Token => {
            let shown = presented.token.as_deref();
            let digest = key.digest(&presented.serial, shown.unwrap_or_default());
            let right = same(expected.token, &digest);
            match (shown, expected.token) {
                (None, _) => Err(Refusal::ProofMissing("token")),
                (_, None) => Err(Refusal::NothingRegistered("token")),
                _ if right => Ok(()),
                _ => Err(Refusal::TokenWrong),
            }
        }
        ProofKind::Hmac => {
            // The shapes of the samples have one member for either.
            let shown = presented.signature.as_deref().or(presented.sample_token());
            let right = signature(expected.secret.unwrap_or_default(), &presented.serial);
            let shown_lower = shown.unwrap_or_default().to_ascii_lowercase();
            let equal =
                constant_time::verify_slices_are_equal(right.as_bytes(), shown_lower.as_bytes());
            match (shown, expected.secret) {
                (None, _) => Err(Refusal::ProofMissing("signature")),
                (_, None) => Err(Refusal::NothingRegistered("secret")),
                _ if equal.is_ok() => Ok(()),
                _ => Err(Refusal::SignatureWrong),
            }
        }
        ProofKind::Key => {
            let shown = presented.csr.as_ref().map(|csr| key_digest(csr.spki()));
            let right = same(expected.public_key, &shown.unwrap_or_default());
            match (shown, expected.public_key) {
                (None, _) => Err(Refusal::ProofMissing("csr")),
                (_, None) => Err(Refusal::NothingRegistered("publicKey")),
                _ if right => Ok(()),
                _ => Err(Refusal::KeyWrong),
            }
        }
    }
}

fn same(expected: Option<[u8; 32]>, shown: &[u8; 32]) -> bool {
    // Nothing expected is compared all the same.
    let right = constant_time::verify_slices_are_equal(&expected.unwrap_or_default(), shown);
    expected.is_some() && right.is_ok()
}

fn bytes_of(digest: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vending::Shape;

    fn presented(shape: Shape, token: Option<&str>, signature: Option<&str>) -> Presented {
        Presented {
            shape,
            serial: "SN-1".into(),
            batch: None,
            token: token.map(str::to_owned),
            signature: signature.map(str::to_owned),
            csr: None,
        }
    }

    #[test]
    fn proofs() {
        let key = TokenKey::new(&[7; 32]);
        let registered = Expected {
            token: Some(key.digest("SN-1", "right")),
            public_key: None,
            secret: Some(b"shop floor"),
        };
        let nothing = Expected::default();
        // printf SN-1 | openssl dgst -sha256 -hmac 'shop floor'
        let right = signature(b"shop floor", "SN-1");
        let upper = right.to_uppercase();
        let of_another = signature(b"shop floor", "SN-2");
        let (token, hmac) = (ProofKind::Token, ProofKind::Hmac);
        let own = Shape::Own;
        #[rustfmt::skip]
        let cases: &[(ProofKind, Presented, &Expected<'_>, Result<(), Refusal>)] = &[
            (token, presented(own, Some("right"), None), &registered, Ok(())),
            (token, presented(Shape::GetCert, Some("right"), None), &registered, Ok(())),
            (token, presented(own, Some("Right"), None), &registered, Err(Refusal::TokenWrong)),
            (token, presented(own, Some(""), None), &registered, Err(Refusal::TokenWrong)),
            (token, presented(own, None, None), &registered, Err(Refusal::ProofMissing("token"))),
            (token, presented(own, Some("right"), None), &nothing, Err(Refusal::NothingRegistered("token"))),
            (token, presented(own, Some(""), None), &nothing, Err(Refusal::NothingRegistered("token"))),
            (hmac, presented(own, None, Some(&right)), &registered, Ok(())),
            (hmac, presented(own, None, Some(&upper)), &registered, Ok(())),
            (hmac, presented(Shape::Registration, Some(&right), None), &registered, Ok(())),
            (hmac, presented(Shape::GetCert, Some(&right), None), &registered, Ok(())),
            (hmac, presented(own, Some(&right), None), &registered, Err(Refusal::ProofMissing("signature"))),
            (hmac, presented(own, None, Some(&right[..62])), &registered, Err(Refusal::SignatureWrong)),
            (hmac, presented(own, None, Some(&of_another)), &registered, Err(Refusal::SignatureWrong)),
            (hmac, presented(own, None, Some(&signature(b"", "SN-1"))), &nothing, Err(Refusal::NothingRegistered("secret"))),
            (ProofKind::Key, presented(own, Some("right"), None), &registered, Err(Refusal::ProofMissing("csr"))),
            (ProofKind::None, presented(own, None, None), &nothing, Ok(())),
        ];
        for (kind, shown, expected, wanted) in cases {
            assert_eq!(
                &check(*kind, shown, expected, &key),
                wanted,
                "{kind:?} {shown:?}"
            );
        }
    }

    #[test]
    fn a_token_is_of_one_serial_number() {
        let key = TokenKey::new(&[7; 32]);
        assert_ne!(key.digest("a", "bc"), key.digest("ab", "c"));
        assert_ne!(
            key.digest("a", "b"),
            TokenKey::new(&[8; 32]).digest("a", "b")
        );
    }
}
