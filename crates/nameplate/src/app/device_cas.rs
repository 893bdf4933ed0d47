//! Our own CAs, for their operator: keys and requests, chains, turns, what leaves the house.
//!
//! Owns what may be removed: nothing that a certificate in force relies on. How a CA is made and kept is `authority`'s.

use super::caller::Caller;
use super::error::{Error, Kind, Result};
use super::kernel::Kernel;
use crate::authority::shared::SharedError;
use crate::authority::{CaChange, CaRefused, DeviceAuthority, OwnCa};
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{Certificate, CertificateId};
use nameplate_store::Notice;
use std::sync::Arc;

/// How often a change is made again that another server's came before.
const TRIES: usize = 4;

/// The use cases.
pub struct DeviceCas {
    kernel: Arc<Kernel>,
}

/// Where a CA stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is a key, and waits for its certificate.
    Waiting,
    /// It issues.
    Issuing,
    /// Its turn comes later.
    Scheduled,
    /// It issues no more; it answers for what it issued.
    Retired,
    /// Its certificate has ended.
    Ended,
}

impl From<SharedError> for Error {
    fn from(why: SharedError) -> Self {
        match why {
            SharedError::Outdated { .. } => Error::new(Kind::Throttled(None), why.to_string()),
            SharedError::Store(why) => why.into(),
            why => Error::internal(why),
        }
    }
}

impl From<CaRefused> for Error {
    fn from(refused: CaRefused) -> Self {
        match refused {
            CaRefused::None(_) => Error::not_found(refused.to_string()),
            CaRefused::Failed(why) => Error::internal(why),
            CaRefused::Unshared(why) => why.into(),
            CaRefused::Several(_) | CaRefused::Invalid(_) => Error::invalid(refused.to_string()),
        }
    }
}

impl DeviceCas {
    pub(crate) fn new(kernel: Arc<Kernel>) -> Self {
        Self { kernel }
    }

    /// All of them, the one that issues first, and where each stands.
    pub fn all(&self) -> Vec<(Arc<OwnCa>, Standing)> {
        let now = self.kernel.now();
        let all = self.kernel.device_authority.all(now);
        all.into_iter()
            .map(|ca| {
                let standing = self.standing(&ca, now);
                (ca, standing)
            })
            .collect()
    }

    /// One of them.
    pub fn one(&self, id: &str) -> Result<(Arc<OwnCa>, Standing)> {
        let ca = self.kernel.device_authority.find(id)?;
        let standing = self.standing(&ca, self.kernel.now());
        Ok((ca, standing))
    }

    fn standing(&self, ca: &OwnCa, now: Millis) -> Standing {
        let Some(own) = ca.certificate() else {
            return Standing::Waiting;
        };
        let issuing = self.kernel.device_authority.issuing(now);
        match ca.issues_from() {
            _ if own.validity().not_after < now => Standing::Ended,
            _ if issuing.is_ok_and(|issuing| issuing.key_id() == ca.key_id()) => Standing::Issuing,
            Some(from) if from > now => Standing::Scheduled,
            _ => Standing::Retired,
        }
    }

    /// Does something with the keys, which may wait for the disk.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&DeviceAuthority) -> std::result::Result<T, CaRefused> + Send + 'static,
    ) -> Result<T> {
        let authority = Arc::clone(&self.kernel.device_authority);
        let done = tokio::task::spawn_blocking(move || work(&authority)).await;
        Ok(done.map_err(Error::internal)??)
    }

    /// Changes the keys, also those of other servers that have the same: as they are now, and until nobody else has changed
    /// them at the same moment. `work` may run several times.
    async fn change<T: Send + 'static>(
        &self,
        work: impl Fn(&DeviceAuthority) -> std::result::Result<T, CaRefused> + Send + 'static,
    ) -> Result<T> {
        let is_shared = self.kernel.store.is_clustered();
        let changed = self.blocking(move |authority| {
            for _ in 0..TRIES {
                if is_shared {
                    authority.refresh()?;
                }
                match work(authority) {
                    Err(CaRefused::Unshared(SharedError::Outdated { .. })) => {}
                    done => return done,
                }
            }
            authority.refresh()?;
            work(authority)
        });
        let changed = changed.await?;
        let told = self.kernel.store.tx("device-cas", |tx| {
            tx.notice(Notice::Secrets);
            Ok::<_, Error>(())
        });
        if let Err(error) = told.await {
            // They look by themselves, a while later.
            tracing::warn!("other servers were not told of a device CA: {error:?}");
        }
        Ok(changed)
    }

    /// A CA as it is now, also where another server has changed it a moment ago.
    async fn current(&self, id: &str) -> Result<Arc<OwnCa>> {
        if self.kernel.store.is_clustered() && self.refresh().await? {
            // What follows from that is not done here.
            self.kernel.secrets.notify_one();
        }
        Ok(self.kernel.device_authority.find(id)?)
    }

    /// Follows what other servers have changed; whether the CAs are others now.
    pub(crate) async fn refresh(&self) -> Result<bool> {
        self.blocking(|authority| Ok(authority.refresh()?)).await
    }

    fn noted(&self, caller: &Caller, what: &str, ca: &OwnCa) {
        tracing::warn!(
            request = caller.ctx.request_id,
            "device CA {} {what} by {}",
            ca.key_id(),
            caller.arn(),
        );
    }

    /// A key that waits for a certificate, with the request for it.
    pub async fn request(&self, caller: &Caller, change: CaChange) -> Result<Arc<OwnCa>> {
        let made = self.change(move |cas| cas.request_ca(&change)).await?;
        self.noted(caller, "requested", &made);
        Ok(made)
    }

    /// A successor that signs itself.
    pub async fn succeed(&self, caller: &Caller, change: CaChange) -> Result<Arc<OwnCa>> {
        let now = caller.ctx.now;
        let made = self.change(move |cas| cas.succeed(&change, now)).await?;
        self.noted(caller, "made", &made);
        Ok(made)
    }

    /// Takes a chain, for a key that is here or that is handed in.
    pub async fn install(
        &self,
        caller: &Caller,
        chain: String,
        key: Option<String>,
        from: Option<Millis>,
    ) -> Result<Arc<OwnCa>> {
        let now = caller.ctx.now;
        let work = move |cas: &DeviceAuthority| cas.install(&chain, key.as_deref(), from, now);
        let made = self.change(work).await?;
        self.noted(caller, "installed", &made);
        Ok(made)
    }

    /// Says from when on a CA issues.
    pub async fn schedule(
        &self,
        caller: &Caller,
        id: &str,
        from: Option<Millis>,
    ) -> Result<Arc<OwnCa>> {
        let (id, now) = (id.to_owned(), caller.ctx.now);
        let changed = self.change(move |cas| cas.schedule(&id, from, now)).await?;
        self.noted(caller, "rescheduled", &changed);
        Ok(changed)
    }

    /// The private key of a CA, encrypted with a passphrase.
    pub async fn key(&self, caller: &Caller, id: &str, passphrase: String) -> Result<String> {
        let ca = self.current(id).await?;
        let id = ca.key_id();
        let key = self
            .blocking(move |cas| cas.encrypted_key(&id, &passphrase))
            .await?;
        self.noted(caller, "exported with its key", &ca);
        Ok(key)
    }

    /// Forgets a CA, unless a certificate relies on it that has not ended.
    pub async fn remove(&self, caller: &Caller, id: &str) -> Result<()> {
        let ca = self.current(id).await?;
        let (id, now) = (ca.key_id(), caller.ctx.now);
        if ca.certificate().is_none() {
            self.change(move |cas| cas.forget(&id, now)).await?;
            self.noted(caller, "removed", &ca);
            return Ok(());
        }
        // Twice: most are told so before anything is stopped for it.
        self.refuse_relied_on(&ca).await?;
        let begun = id.clone();
        self.blocking(move |cas| cas.begin_to_forget(&begun, now))
            .await?;
        let removed = async {
            // What this server was registering is committed before this is.
            let store = &self.kernel.store;
            store.tx("device-ca-leaves", |_| Ok::<_, Error>(())).await?;
            self.refuse_relied_on(&ca).await?;
            self.change(move |cas| cas.forget(&id, now)).await
        };
        let removed = removed.await;
        let left = Arc::clone(&ca);
        let ended = self.blocking(move |cas| cas.end_to_forget(&left)).await;
        removed?;
        ended?;
        self.noted(caller, "removed", &ca);
        Ok(())
    }

    /// Refuses to remove a CA of which a certificate is in force.
    async fn refuse_relied_on(&self, ca: &OwnCa) -> Result<()> {
        match self.kernel.over_the_fleet(self.last_issued(ca)).await? {
            None => Ok(()),
            Some((relies, end)) => Err(Error::new(
                Kind::InUse,
                format!(
                    "certificates of this CA are in force, the last of them ({relies}) until {end}: it signs what is said \
                     of their revocation until then"
                ),
            )),
        }
    }

    /// The certificate of a CA that ends last, of those that have not ended.
    async fn last_issued(&self, ca: &OwnCa) -> Result<Option<(CertificateId, Millis)>> {
        let now = self.kernel.now();
        let mut last = None::<(CertificateId, Millis)>;
        let look = |_, certificate: &Certificate| {
            let end = certificate.validity().not_after;
            let later = last.is_none_or(|(_, last)| last < end);
            if end >= now && later && ca.has_issued(certificate) {
                last = Some((certificate.id(), end));
            }
        };
        self.kernel.each_certificate(0, look).await?;
        Ok(last)
    }
}

#[cfg(test)]
mod tests {
    use crate::app::Error;
    use crate::app::error::Kind;
    use crate::app::registry::certificate::{Checked, insert_issued};
    use crate::authority::{CaChange, CaKey};
    use crate::testing::{NOW, TestApp};
    use nameplate_core::ctx::Millis;
    use std::sync::Arc;

    #[tokio::test]
    async fn what_a_ca_issued_that_is_removed_is_not_registered() {
        let test = TestApp::new().await;
        let authority = &test.app.kernel.device_authority;
        let change = CaChange {
            key: Some(CaKey::EcdsaP256),
            ..CaChange::default()
        };
        let (first, later) = (NOW, Millis(NOW.0 + 1));
        let gone = authority.succeed(&change, first).expect("made");
        let issued = || {
            let made = authority.create_keys_and_certificate(first);
            Checked::issued(made.expect("issued").certificate, authority)
        };
        let (refused, taken, late) = (issued(), issued(), issued());
        let register = async |certificate: Checked| {
            let store = &test.app.kernel.store;
            let certificate = Arc::new(certificate);
            store
                .tx("test", move |tx| {
                    insert_issued(tx, &certificate, None, first)
                })
                .await
        };
        let kind = |error: Error| error.kind;
        let removed = |id: &str| authority.begin_to_forget(id, later);
        assert!(removed(&gone.key_id()).is_err(), "it issues");
        authority.succeed(&change, later).expect("made");
        removed(&gone.key_id()).expect("it issues no more");
        let answer = register(refused).await.map_err(kind);
        assert_eq!(answer, Err(Kind::Throttled(None)));
        authority.end_to_forget(&gone).expect("it stays");
        register(taken).await.expect("registered");
        authority.forget(&gone.key_id(), later).expect("removed");
        let answer = register(late).await.map_err(kind);
        assert_eq!(answer, Err(Kind::Throttled(None)));
    }
}
