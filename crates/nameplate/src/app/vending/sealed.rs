//! Secrets of batches as they are kept.

use crate::app::error::{Error, Result};
use crate::app::sealed::Seal;
use nameplate_core::vending::BatchSecrets;
use serde_json::{Value, json};

/// Seals a batch's secrets for the batch of this name alone; none where there are none.
pub(super) fn close(seal: &Seal, batch: &str, secrets: &BatchSecrets) -> Result<Option<Vec<u8>>> {
    if *secrets == BatchSecrets::default() {
        return Ok(None);
    }
    let text = json!({"secret": secrets.secret, "url": secrets.url}).to_string();
    seal.close(batch, text.into_bytes()).map(Some)
}

/// Opens what was sealed.
pub(super) fn open(seal: &Seal, batch: &str, sealed: &[u8]) -> Result<BatchSecrets> {
    let opened = seal
        .open(batch, sealed)
        .and_then(|opened| serde_json::from_slice::<Value>(&opened).ok());
    let value = opened.ok_or_else(|| {
        Error::internal(format!(
            "the secrets of the vending batch {batch} cannot be opened: they were sealed with the keys of another data \
             directory"
        ))
    })?;
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(BatchSecrets {
        secret: text("secret"),
        url: text("url"),
    })
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
        let sealed = close(&seal, "b", &secrets).expect("sealed").expect("some");
        assert!(open(&seal, "b", &sealed).expect("opened") == secrets);
        assert!(open(&seal, "c", &sealed).is_err());
        let none = close(&seal, "b", &BatchSecrets::default()).expect("none");
        assert!(none.is_none());
    }
}
