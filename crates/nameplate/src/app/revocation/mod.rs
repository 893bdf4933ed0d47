//! Revocation lists: of registered CAs, which devices are held against, and of our own CA, which others ask for.
//!
//! Owns which list is in force (`InForce`), how it comes here (`lists`), and what is published (`published`). What a
//! list is and says is `core::pki`'s. Must not know: connections, HTTP.
//!
//! Nothing is looked up elsewhere while a device waits: lists are fetched beside, and a setting of each CA says what its
//! devices meet when there is none that is fresh.

mod lists;
mod published;
#[cfg(test)]
mod tests;

pub use lists::{ListView, Replaced};
pub(crate) use published::Heard;
pub use published::PublishedError;

use super::cached::Kept;
use super::error::Result;
use super::kernel::Kernel;
use crate::outbound::web::Web;
use arc_swap::ArcSwap;
use nameplate_core::admission::Refusal;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, Name, RevocationList, verify_signed_by};
use nameplate_store::{Conn, RevocationSource};
use parking_lot::Mutex;
use published::Published;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Notify;

/// The use cases of revocation lists.
pub struct Revocation {
    kernel: Arc<Kernel>,
    held: ArcSwap<(u64, InForce)>,
    // Lists that were just read, by their digests, until they are held.
    fresh: Mutex<HashMap<[u8; 32], Arc<RevocationList>>>,
    web: tokio::sync::OnceCell<Web>,
    // A source has changed, so that something may be due.
    wake: Notify,
    published: Published,
    heard: Arc<Heard>,
}

/// The list of one CA.
struct Held {
    source: RevocationSource,
    ca_id: String,
    ca: Certificate,
    // `Err`: there is one, and it cannot be read.
    list: std::result::Result<Option<Arc<RevocationList>>, ()>,
}

/// All lists that are in force.
#[derive(Default)]
pub(crate) struct InForce {
    // By DER of the CA's subject, as nearly every certificate has it.
    by_name: HashMap<Vec<u8>, Vec<Arc<Held>>>,
    // By the form in which names are compared.
    by_canonical: HashMap<Vec<u8>, Vec<Arc<Held>>>,
    all: Vec<Arc<Held>>,
}

impl Revocation {
    /// Reads the lists that are in force.
    pub(crate) async fn open(kernel: Arc<Kernel>, heard: Arc<Heard>) -> Result<Self> {
        let this = Self {
            kernel,
            // No number is so high, so the first who asks reads.
            held: ArcSwap::from_pointee((u64::MAX, InForce::default())),
            fresh: Mutex::default(),
            web: tokio::sync::OnceCell::new(),
            wake: Notify::new(),
            published: Published::default(),
            heard,
        };
        this.current().await?;
        Ok(this)
    }

    /// The lists in force, as of the last commit.
    async fn current(&self) -> Result<Arc<(u64, InForce)>> {
        let now = self.kernel.generations.of(Kept::Revocations);
        let held = self.held.load_full();
        if held.0 == now {
            return Ok(held);
        }
        let read = self
            .kernel
            .store
            .read(|conn| InForce::read(conn, &held.1, &self.fresh))
            .await?;
        let read = Arc::new((now, read));
        self.held.store(Arc::clone(&read));
        Ok(read)
    }

    /// The lists in force, to hold several certificates against.
    pub(crate) async fn in_force(&self) -> Result<impl std::ops::Deref<Target = InForce> + use<>> {
        Ok(Lists(self.current().await?))
    }

    /// Refuses a certificate that its CA has revoked, or of which nobody can say whether it has where that is asked for.
    ///
    /// # Errors
    /// The lists have changed and cannot be read.
    pub(crate) async fn check(
        &self,
        certificate: &Certificate,
        now: Millis,
    ) -> Result<std::result::Result<(), Refusal>> {
        Ok(self.current().await?.1.check(certificate, now))
    }
}

struct Lists(Arc<(u64, InForce)>);

impl std::ops::Deref for Lists {
    type Target = InForce;

    fn deref(&self) -> &InForce {
        &self.0.1
    }
}

impl InForce {
    fn read(
        conn: &Conn<'_>,
        before: &Self,
        fresh: &Mutex<HashMap<[u8; 32], Arc<RevocationList>>>,
    ) -> Result<Self> {
        let mut all = Self::default();
        for source in conn.revocation_sources()? {
            let Some(row) = conn.ca_by_key(source.ca)? else {
                continue;
            };
            let ca_id = row.id();
            let Ok(ca) = Certificate::parse_der(&row.der) else {
                // Nor is it an authority then: nobody new comes in by it.
                tracing::error!(ca.id = ca_id, "CA certificate {ca_id} cannot be read");
                continue;
            };
            let known = before.all.iter().find(|held| {
                held.list.is_ok()
                    && held.source.ca == source.ca
                    && held.source.digest == source.digest
            });
            let list = match (known, source.digest) {
                (Some(held), _) => held.list.clone(),
                (None, None) => Ok(None),
                (None, Some(digest)) => match fresh.lock().remove(&digest) {
                    Some(list) => Ok(Some(list)),
                    None => kept_list(conn, source.ca, &ca_id, &ca)?,
                },
            };
            let held = Arc::new(Held {
                source,
                ca_id,
                ca,
                list,
            });
            let subject = held.ca.subject();
            let by_name = all.by_name.entry(subject.der().to_vec());
            by_name.or_default().push(Arc::clone(&held));
            let by_canonical = all.by_canonical.entry(subject.canonical());
            by_canonical.or_default().push(Arc::clone(&held));
            all.all.push(held);
        }
        Ok(all)
    }

    fn of(&self, issuer: &Name) -> &[Arc<Held>] {
        if self.all.is_empty() {
            return &[];
        }
        let found = self.by_name.get(issuer.der());
        let found = found.or_else(|| self.by_canonical.get(&issuer.canonical()));
        found.map_or(&[], Vec::as_slice)
    }

    /// Holds a certificate against the lists of its issuer. Where nothing speaks against it, that is a look-up by name and
    /// one by serial number.
    pub(crate) fn check(
        &self,
        certificate: &Certificate,
        now: Millis,
    ) -> std::result::Result<(), Refusal> {
        for held in self.of(certificate.issuer()) {
            if let Err(refusal) = held.check(certificate.serial(), now)
                // A CA of the same name and another key says nothing of it.
                && verify_signed_by(certificate, held.ca.spki()).is_ok()
            {
                return Err(refusal);
            }
        }
        Ok(())
    }
}

fn kept_list(
    conn: &Conn<'_>,
    key: i64,
    ca_id: &str,
    ca: &Certificate,
) -> Result<std::result::Result<Option<Arc<RevocationList>>, ()>> {
    let Some(der) = conn.revocation_list(key)? else {
        return Ok(Err(()));
    };
    Ok(match RevocationList::read(&der, ca) {
        Ok(list) => Ok(Some(Arc::new(list))),
        Err(why) => {
            tracing::error!(
                ca.id = ca_id,
                "the revocation list of CA certificate {ca_id} cannot be read, so nobody of that CA is let in: {why}"
            );
            Err(())
        }
    })
}

impl Held {
    fn check(&self, serial: &[u8], now: Millis) -> std::result::Result<(), Refusal> {
        let missing = || Refusal::RevocationListMissing {
            ca: self.ca_id.clone(),
        };
        let list = match &self.list {
            Ok(Some(list)) => list,
            Ok(None) if self.source.refuse_stale => return Err(missing()),
            Ok(None) => return Ok(()),
            Err(()) => return Err(missing()),
        };
        if let Some(revoked) = list.revoked(serial) {
            return Err(Refusal::OnRevocationList {
                ca: self.ca_id.clone(),
                at: revoked.at,
                reason: revoked.reason,
            });
        }
        match list.next_update() {
            Some(due) if self.source.refuse_stale && list.is_stale(now) => {
                Err(Refusal::RevocationListStale {
                    ca: self.ca_id.clone(),
                    due,
                })
            }
            _ => Ok(()),
        }
    }
}
