//! The ends of certificates, told ahead: an event for each certificate thirty days before, and figures for `/metrics`.
//!
//! Must not know who hears of it, or whether a device renews.

use super::error::{Error, Result};
use super::kernel::Kernel;
use nameplate_core::ctx::Millis;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A day, milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How long ahead a certificate's end is told.
const AHEAD: i64 = 30 * DAY;
/// How often it is looked for ends that have come near.
const EVERY: Duration = Duration::from_secs(3600);
/// Events of one commit.
const PAGE: usize = 200;
/// Name under which the store keeps up to which end it has been told.
const TOLD: &str = "certificate_ends_told";
/// Things that an event names.
const THINGS: usize = 10;

/// What is told ahead.
pub struct Expiry {
    kernel: Arc<Kernel>,
}

impl Expiry {
    pub(crate) fn new(kernel: Arc<Kernel>) -> Self {
        Self { kernel }
    }

    /// Tells it now and then, until the server drains.
    pub(crate) async fn keep(&self, mut draining: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.tell().await {
                tracing::error!("the ends of certificates could not be told: {error:?}");
            }
            tokio::select! {
                () = self.kernel.time().sleep(EVERY) => {}
                _ = draining.wait_for(|draining| *draining) => return,
            }
        }
    }

    /// Owes an event for every ACTIVE certificate that ends within thirty days and of which none has been owed.
    pub(crate) async fn tell(&self) -> Result<()> {
        loop {
            let (now, realm) = (self.kernel.now(), Arc::clone(self.kernel.realm()));
            let until = Millis(now.0 + AHEAD);
            let more = self
                .kernel
                .store
                .tx("certificate-ends", move |tx| {
                    let told = tx.meta(TOLD)?.and_then(|told| told.parse().ok());
                    let after = Millis(told.unwrap_or(now.0));
                    let ends = tx.certificates_by_end(after, until, PAGE)?;
                    // Those that end together with the last are told together, or some would be left out.
                    let last = match ends.last() {
                        Some((_, last)) if ends.len() == PAGE => *last,
                        _ => until.max(after),
                    };
                    let ends = match ends.len() == PAGE {
                        true => tx.certificates_by_end(after, last, usize::MAX >> 1)?,
                        false => ends,
                    };
                    for (hash, end) in &ends {
                        let id = hex::encode(hash);
                        let mut things = Vec::new();
                        if let Some(entry) = tx.certificate_entry(hash)? {
                            for attachment in tx.things_of_certificate(entry.key, 0, THINGS)? {
                                things.extend(tx.thing_name(attachment.thing)?);
                            }
                        }
                        let event = json!({
                            "eventType": "CERTIFICATE_EXPIRING", "certificateId": id,
                            "certificateArn": realm.certificate(&id), "thingNames": things, "notAfter": end.0,
                            "timestamp": now.0,
                        });
                        let topic = format!("$nameplate/events/certificates/expiring/{id}");
                        tx.owe_event(topic, event.to_string().into_bytes())?;
                    }
                    if last > after || told.is_none() {
                        tx.set_meta(TOLD, Some(&last.0.to_string()))?;
                    }
                    Ok::<_, Error>(last < until && !ends.is_empty())
                })
                .await?;
            if !more {
                return Ok(());
            }
        }
    }
}

/// How many days ahead `/metrics` looks.
pub(crate) const METRIC_DAYS: [i64; 3] = [1, 7, 30];

/// The end of a window that begins now.
pub(crate) fn in_days(now: Millis, days: i64) -> Millis {
    Millis(now.0 + days * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::effects::Effect;
    use crate::testing::{NOW, TestApp};
    use nameplate_core::registry::certificate::{Mode, Status};
    use nameplate_store::NewCertificate;
    use serde_json::Value;

    async fn insert(test: &TestApp, number: u8, days: i64, status: Status) {
        let insert = test.app.kernel.store.tx("test-certificate", move |tx| {
            tx.insert_certificate(&NewCertificate {
                hash: [number; 32],
                der: b"DER",
                status,
                mode: Mode::Default,
                ca: None,
                created: NOW,
                not_before: NOW,
                not_after: Millis(NOW.0 + days * DAY),
            })?;
            Ok::<_, Error>(())
        });
        insert.await.expect("it is stored");
    }

    fn events(test: &TestApp) -> Vec<String> {
        let mut found = Vec::new();
        while let Some(effect) = test.effect() {
            if let Effect::Publish(event) = effect {
                let payload: Value = serde_json::from_slice(&event.payload).expect("JSON");
                assert_eq!(payload["eventType"], "CERTIFICATE_EXPIRING");
                found.push(event.topic.rsplit('/').next().unwrap_or_default()[..2].to_owned());
            }
        }
        found
    }

    #[tokio::test]
    async fn ends_are_told_once_and_counted() {
        let test = TestApp::new().await;
        for (number, days, status) in [
            (1, 5, Status::Active),
            (2, 29, Status::Active),
            (3, 31, Status::Active),
            (4, 5, Status::Revoked),
            (5, -1, Status::Active),
        ] {
            insert(&test, number, days, status).await;
        }
        test.app.expiry.tell().await.expect("told");
        assert_eq!(events(&test), ["01", "02"]);
        test.app.expiry.tell().await.expect("told");
        assert_eq!(events(&test), [""; 0]);
        let text = test.app.exposition().await;
        for (within, count) in [("1d", 0), ("7d", 1), ("30d", 2)] {
            let line = format!("nameplate_certificates_expiring{{within=\"{within}\"}} {count}\n");
            assert!(text.contains(&line), "{text}");
        }
    }

    #[tokio::test]
    async fn many_that_end_together_are_all_told() {
        let test = TestApp::new().await;
        let insert = test.app.kernel.store.tx("test-certificates", |tx| {
            for number in 0..450u32 {
                let mut hash = [0; 32];
                hash[..4].copy_from_slice(&number.to_be_bytes());
                tx.insert_certificate(&NewCertificate {
                    hash,
                    der: b"DER",
                    status: Status::Active,
                    mode: Mode::Default,
                    ca: None,
                    created: NOW,
                    not_before: NOW,
                    not_after: Millis(NOW.0 + (1 + i64::from(number / 300)) * DAY),
                })?;
            }
            Ok::<_, Error>(())
        });
        insert.await.expect("they are stored");
        test.app.expiry.tell().await.expect("told");
        assert_eq!(events(&test).len(), 450);
    }
}
