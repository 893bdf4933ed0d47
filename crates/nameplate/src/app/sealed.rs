//! Secrets as they are kept: sealed with a key of the data directory, so that the database alone gives none of them away.
//!
//! Must not know what a secret is.

use super::error::{Error, Result};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

/// Seals and opens.
pub(super) struct Seal(RandomizedNonceKey);

impl Seal {
    /// By this key, which is for one purpose alone.
    pub(super) fn new(key: &[u8; 32]) -> Result<Self> {
        RandomizedNonceKey::new(&AES_256_GCM, key)
            .map(Self)
            .map_err(|_| Error::internal("a key for secrets cannot be made"))
    }

    /// Seals a secret of what has this name: under another it does not open.
    pub(super) fn close(&self, name: &str, mut secret: Vec<u8>) -> Result<Vec<u8>> {
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(name.as_bytes()), &mut secret)
            .map_err(|_| Error::internal("a secret cannot be sealed"))?;
        let nonce: &[u8; NONCE_LEN] = nonce.as_ref();
        Ok([nonce.as_slice(), &secret].concat())
    }

    /// Opens what was sealed; `None` where that was by another key or for another name.
    pub(super) fn open(&self, name: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self
            .0
            .open_in_place(nonce, Aad::from(name.as_bytes()), &mut rest);
        Some(opened.ok()?.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_and_name_alone() {
        let seal = Seal::new(&[1; 32]).expect("a key");
        let sealed = seal.close("a", b"shop".to_vec()).expect("sealed");
        assert!(!sealed.windows(4).any(|bytes| bytes == b"shop"));
        assert_eq!(seal.open("a", &sealed).as_deref(), Some(&b"shop"[..]));
        assert_eq!(seal.open("b", &sealed), None);
        assert_eq!(seal.open("a", &sealed[..5]), None);
        let other = Seal::new(&[2; 32]).expect("a key");
        assert_eq!(other.open("a", &sealed), None);
    }
}
