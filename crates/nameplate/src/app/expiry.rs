//! The ends of certificates, told ahead: an event for each certificate thirty days before, for each CA ninety, and figures
//! for `/metrics`.
//!
//! Must not know who hears of it, or whether a device renews.

use super::cluster::work;
use super::error::{Error, Result, log_failure};
use super::kernel::Kernel;
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, Validity};
use nameplate_core::registry::ca::CaCertificate;
use nameplate_core::registry::certificate::Status;
use nameplate_core::registry::lifetime::TELL_AHEAD;
use nameplate_store::Tx;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A day, milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How long ahead a CA's end is told, and no longer than a third of its life.
const CA_AHEAD: i64 = 90 * DAY;
/// How often it is looked for ends that have come near.
const EVERY: Duration = Duration::from_secs(60);
/// Events of one commit.
const PAGE: usize = 200;
/// Name under which the store keeps up to which end it has been told.
const TOLD: &str = "certificate_ends_told";
/// What the names begin with under which it keeps which CAs' ends have been told.
const TOLD_CA: &str = "ca_end_told:";
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

    /// The CAs whose ends matter: our own, and those registered that are ACTIVE.
    fn cas(&self, registered: &[CaCertificate]) -> Vec<(Certificate, bool)> {
        let own = self.kernel.device_authority.all(self.kernel.now());
        let own = own.iter().filter_map(|ca| ca.certificate().cloned());
        let registered = registered.iter().filter(|ca| ca.active);
        let registered = registered.filter_map(|ca| Certificate::parse_der(&ca.der).ok());
        own.map(|ca| (ca, true))
            .chain(registered.map(|ca| (ca, false)))
            .collect()
    }

    /// Owes an event for every CA that ends soon and of which none has been owed.
    pub(crate) async fn tell_cas(&self) -> Result<()> {
        let (now, realm) = (self.kernel.now(), Arc::clone(self.kernel.realm()));
        let registered = self.kernel.store.read(|conn| conn.cas()).await?;
        let mut due = self.cas(&registered);
        due.retain(|(ca, _)| {
            let Validity {
                not_before,
                not_after,
            } = ca.validity();
            let life = not_after.0.saturating_sub(not_before.0);
            now <= not_after && not_after.0 - now.0 <= CA_AHEAD.min(life / 3)
        });
        if due.is_empty() {
            return Ok(());
        }
        self.kernel
            .store
            .tx("ca-ends", move |tx| {
                for (ca, own) in &due {
                    let id = ca.id().to_string();
                    let told = format!("{TOLD_CA}{id}");
                    if tx.meta(&told)?.is_some() {
                        continue;
                    }
                    let mut event = json!({
                        "eventType": "CA_CERTIFICATE_EXPIRING", "caCertificateId": id, "own": own,
                        "notAfter": ca.validity().not_after.0, "timestamp": now.0,
                    });
                    if !own {
                        event["caCertificateArn"] = realm.ca_certificate(&id).into();
                    }
                    let topic = format!("$nameplate/events/cas/expiring/{id}");
                    tx.owe_event(topic, event.to_string().into_bytes())?;
                    tx.set_meta(&told, Some(&ca.validity().not_after.0.to_string()))?;
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// How many CAs end within so many days: our own, and those registered that are ACTIVE.
    pub(crate) fn cas_that_end(&self, registered: &[CaCertificate], days: i64) -> [i64; 2] {
        let now = self.kernel.now();
        let soon = self.cas(registered).into_iter().filter(|(ca, _)| {
            let end = ca.validity().not_after;
            now <= end && end <= in_days(now, days)
        });
        let (own, registered): (Vec<_>, Vec<_>) = soon.partition(|(_, own)| *own);
        [own, registered].map(|found| i64::try_from(found.len()).unwrap_or(i64::MAX))
    }

    /// Tells it now and then, until the server drains.
    pub(crate) async fn keep(&self, mut draining: watch::Receiver<bool>) {
        loop {
            if self.kernel.leads(work::EXPIRY).await
                && let Err(error) = self.tell().await
                && !*draining.borrow()
            {
                log_failure!(
                    error,
                    "the ends of certificates could not be told: {error:?}"
                );
            }
            if let Err(error) = self.tell_cas().await
                && !*draining.borrow()
            {
                log_failure!(error, "the ends of CAs could not be told: {error:?}");
            }
            tokio::select! {
                () = self.kernel.time().sleep(EVERY) => {}
                _ = draining.wait_for(|draining| *draining) => return,
            }
        }
    }

    /// Owes an event for every ACTIVE certificate that ends soon and of which none has been owed.
    pub(crate) async fn tell(&self) -> Result<()> {
        while self.tell_usual().await? || self.tell_others().await? {}
        Ok(())
    }

    /// Those that end within thirty days; whether there may be more.
    async fn tell_usual(&self) -> Result<bool> {
        let (now, realm) = (self.kernel.now(), Arc::clone(self.kernel.realm()));
        let until = Millis(now.0 + TELL_AHEAD);
        self.kernel
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
                    owe(tx, &realm, hash, *end, now)?;
                }
                if last > after || told.is_none() {
                    tx.set_meta(TOLD, Some(&last.0.to_string()))?;
                }
                Ok::<_, Error>(last < until && !ends.is_empty())
            })
            .await
    }

    /// Those of a short life, and those that were registered within their last thirty days; whether there may be more.
    async fn tell_others(&self) -> Result<bool> {
        let (now, realm) = (self.kernel.now(), Arc::clone(self.kernel.realm()));
        let due = self
            .kernel
            .store
            .read(|conn| conn.certificates_to_tell(now, 1));
        if due.await?.is_empty() {
            return Ok(false);
        }
        self.kernel
            .store
            .tx("certificate-ends", move |tx| {
                let due = tx.certificates_to_tell(now, PAGE)?;
                for one in &due {
                    if one.status == Status::Active && now <= one.end {
                        owe(tx, &realm, &one.hash, one.end, now)?;
                    }
                    tx.end_was_told(one.key)?;
                }
                Ok::<_, Error>(due.len() == PAGE)
            })
            .await
    }
}

/// Owes the event of one certificate.
fn owe(tx: &mut Tx<'_>, realm: &Realm, hash: &[u8; 32], end: Millis, now: Millis) -> Result<()> {
    let id = hex::encode(hash);
    let mut things = Vec::new();
    if let Some(entry) = tx.certificate_entry(hash)? {
        for attachment in tx.things_of_certificate(entry.key, 0, THINGS)? {
            things.extend(tx.thing_name(attachment.thing)?);
        }
    }
    let event = json!({
        "eventType": "CERTIFICATE_EXPIRING", "certificateId": id, "certificateArn": realm.certificate(&id),
        "thingNames": things, "notAfter": end.0, "timestamp": now.0,
    });
    let topic = format!("$nameplate/events/certificates/expiring/{id}");
    Ok(tx.owe_event(topic, event.to_string().into_bytes())?)
}

/// How many days ahead `/metrics` looks.
pub(crate) const METRIC_DAYS: [i64; 3] = [1, 7, 30];

/// The same for CAs.
pub(crate) const CA_METRIC_DAYS: [i64; 2] = [30, 90];

/// The end of a window that begins now.
pub(crate) fn in_days(now: Millis, days: i64) -> Millis {
    Millis(now.0 + days * DAY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::effects::Effect;
    use crate::authority::CaChange;
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
                created: Millis(NOW.0 - 50 * DAY),
                not_before: Millis(NOW.0 + days.min(0) * DAY - 100 * DAY),
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
    async fn short_lives_are_told_in_their_last_third() {
        let test = TestApp::new().await;
        // Days of its life so far, and those that are left; as it was registered when its life began.
        for (number, before, left, late) in [
            (1u8, 2, 1, false),
            (2, 1, 2, false),
            (3, 40, 19, false),
            (4, 40, 21, false),
            (5, 300, 5, true),
            (6, 3, -1, false),
        ] {
            let insert = test.app.kernel.store.tx("test-certificate", move |tx| {
                let began = Millis(NOW.0 - before * DAY);
                tx.insert_certificate(&NewCertificate {
                    hash: [number; 32],
                    der: b"DER",
                    status: Status::Active,
                    mode: Mode::Default,
                    ca: None,
                    created: if late { NOW } else { began },
                    not_before: began,
                    not_after: Millis(NOW.0 + left * DAY),
                })?;
                Ok::<_, Error>(())
            });
            insert.await.expect("it is stored");
        }
        test.app.expiry.tell().await.expect("told");
        let mut told = events(&test);
        told.sort();
        assert_eq!(told, ["01", "03", "05"]);
        test.app.expiry.tell().await.expect("told");
        assert_eq!(events(&test), [""; 0]);
    }

    #[tokio::test]
    async fn a_cas_end_is_told_once() {
        let test = TestApp::new().await;
        let authority = &test.app.kernel.device_authority;
        for days in [60, 200] {
            let change = CaChange {
                not_after: Some(Millis(NOW.0 + days * DAY)),
                from: Some(Millis(NOW.0 + DAY)),
                ..CaChange::default()
            };
            authority.succeed(&change, NOW).expect("a CA");
        }
        test.app.expiry.tell_cas().await.expect("told");
        assert!(
            test.effect().is_none(),
            "a third of its life is left for neither"
        );
        let soon = CaChange {
            not_after: Some(Millis(NOW.0 + 2000)),
            ..CaChange::default()
        };
        authority.succeed(&soon, Millis(NOW.0 - DAY)).expect("a CA");
        test.app.expiry.tell_cas().await.expect("told");
        let Some(Effect::Publish(event)) = test.effect() else {
            panic!("an event is due");
        };
        let id = authority
            .issuing(NOW)
            .expect("it issues")
            .certificate()
            .expect("it has one")
            .id();
        assert_eq!(event.topic, format!("$nameplate/events/cas/expiring/{id}"));
        let payload: Value = serde_json::from_slice(&event.payload).expect("JSON");
        assert_eq!(
            (&payload["own"], &payload["eventType"]),
            (&true.into(), &"CA_CERTIFICATE_EXPIRING".into())
        );
        test.app.expiry.tell_cas().await.expect("told");
        assert!(test.effect().is_none(), "it was told");
        let text = test.app.exposition().await;
        for (within, count) in [("30d", 1), ("90d", 2)] {
            let line = format!(
                "nameplate_ca_certificates_expiring{{of=\"own\",within=\"{within}\"}} {count}\n"
            );
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
                    created: Millis(NOW.0 - 100 * DAY),
                    not_before: Millis(NOW.0 - 100 * DAY),
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
