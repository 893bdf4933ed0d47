//! Secrets of batches as they are kept: sealed with a key of the data directory, so that the database alone gives none
//! of them away.

use crate::app::error::{Error, Result};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use nameplate_core::vending::BatchSecrets;
use serde_json::{Value, json};

/// Seals and opens.
pub(super) struct Seal(RandomizedNonceKey);

impl Seal {
    pub(super) fn new(key: &[u8; 32]) -> Result<Self> {
        RandomizedNonceKey::new(&AES_256_GCM, key)
            .map(Self)
            .map_err(|_| Error::internal("the key for secrets of vending batches cannot be made"))
    }

    /// Seals a batch's secrets for the batch of this name alone; none where there are none.
    pub(super) fn close(&self, batch: &str, secrets: &BatchSecrets) -> Result<Option<Vec<u8>>> {
        if *secrets == BatchSecrets::default() {
            return Ok(None);
        }
        let mut sealed = json!({"secret": secrets.secret, "url": secrets.url})
            .to_string()
            .into_bytes();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(batch.as_bytes()), &mut sealed)
            .map_err(|_| Error::internal("secrets of a vending batch cannot be sealed"))?;
        let nonce: &[u8; NONCE_LEN] = nonce.as_ref();
        Ok(Some([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what was sealed.
    pub(super) fn open(&self, batch: &str, sealed: &[u8]) -> Result<BatchSecrets> {
        let unreadable = || {
            Error::internal(format!(
                "the secrets of the vending batch {batch} cannot be opened: they were sealed with the keys of another data \
                 directory"
            ))
        };
        let (nonce, rest) = sealed
            .split_first_chunk::<NONCE_LEN>()
            .ok_or_else(unreadable)?;
        let mut rest = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self
            .0
            .open_in_place(nonce, Aad::from(batch.as_bytes()), &mut rest)
            .map_err(|_| unreadable())?;
        let value: Value = serde_json::from_slice(opened).map_err(|_| unreadable())?;
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(BatchSecrets {
            secret: text("secret"),
            url: text("url"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_back_to_their_own_batch_alone() {
        let seal = Seal::new(&[1; 32]).expect("a key");
        let secrets = BatchSecrets {
            secret: Some("shop floor".into()),
            url: None,
        };
        let sealed = seal.close("b", &secrets).expect("sealed").expect("some");
        assert!(!sealed.windows(4).any(|bytes| bytes == b"shop"));
        assert!(seal.open("b", &sealed).expect("opened") == secrets);
        assert!(seal.open("c", &sealed).is_err());
        assert!(
            Seal::new(&[2; 32])
                .expect("a key")
                .open("b", &sealed)
                .is_err()
        );
        assert!(seal.open("b", &sealed[..5]).is_err());
        assert!(
            seal.close("b", &BatchSecrets::default())
                .expect("none")
                .is_none()
        );
    }
}
