//! How our own CAs take over from each other: keys made or handed in, certificates of an owner's PKI, turns, and what
//! leaves the house.
//!
//! Each change is one file that is written whole, so a server that is killed has made it or has not.

use super::AuthorityError;
use super::device::{CaKey, DeviceAuthority, self_signed};
use super::files;
use super::issue::END_OF_2049;
use super::key::PrivateKey;
use super::own::{self, OwnCa};
use super::request;
use super::sealed_key::{self, PASSPHRASE};
use super::shared::SharedError;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{CaChain, Certificate, Turn, issuing, verify_signed_by};
use parking_lot::MutexGuard;
use std::sync::Arc;

/// Most CAs and keys that wait, so that a mistaken loop fills no disk.
const MOST: usize = 64;
/// The subject of a request where its owner names none.
const SUBJECT: &str = "CN=Nameplate device CA";

/// Why a CA was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CaRefused {
    /// None has this id.
    #[error(
        "no CA of this server, and no key that waits for a certificate, is called {0}; `nameplate ca list` has them"
    )]
    None(String),
    /// Several have an id that begins so.
    #[error("{0} is the beginning of several ids")]
    Several(String),
    /// What was asked for cannot be.
    #[error("{0}")]
    Invalid(String),
    /// It could not be done.
    #[error(transparent)]
    Failed(#[from] AuthorityError),
    /// The other servers, which have the same CAs, could not be given it.
    #[error(transparent)]
    Unshared(#[from] SharedError),
}

fn invalid(why: impl Into<String>) -> CaRefused {
    CaRefused::Invalid(why.into())
}

/// What a new CA shall be.
#[derive(Debug, Clone, Default)]
pub struct CaChange {
    /// Kind of its key; as the first CA's where nothing is said.
    pub key: Option<CaKey>,
    /// From when on it issues; at once where nothing is said.
    pub from: Option<Millis>,
    /// Until when it is valid; the end of 2049 where nothing is said.
    pub not_after: Option<Millis>,
    /// Whom its request is about.
    pub subject: Option<String>,
}

impl DeviceAuthority {
    /// One of the CAs, or a key that waits.
    pub fn find(&self, id: &str) -> Result<Arc<OwnCa>, CaRefused> {
        let all = self.cas.load();
        let id = id.to_ascii_lowercase();
        let mut found = all.iter().filter(|ca| ca.is_called(&id));
        match (found.next(), found.next()) {
            (Some(one), None) => Ok(Arc::clone(one)),
            (None, _) => Err(CaRefused::None(id.chars().take(64).collect())),
            (Some(_), Some(_)) => Err(CaRefused::Several(id)),
        }
    }

    /// A key that waits for a certificate, with the request for it. Blocks.
    pub fn request_ca(&self, change: &CaChange) -> Result<Arc<OwnCa>, CaRefused> {
        let subject = change.subject.as_deref().unwrap_or(SUBJECT);
        let subject = request::subject(subject).map_err(CaRefused::Invalid)?;
        let key = PrivateKey::generate(change.key.unwrap_or(self.ca_key).kind())?;
        let mut ca = OwnCa::new(key);
        ca.request = Some(request::request(&subject, &ca.key)?);
        self.put(&self.changing.lock(), ca, None)
    }

    /// A successor that signs itself. Blocks.
    pub fn succeed(&self, change: &CaChange, now: Millis) -> Result<Arc<OwnCa>, CaRefused> {
        let end = change.not_after.unwrap_or(END_OF_2049);
        let from = change.from.unwrap_or(now);
        if end <= from.max(now) {
            return Err(invalid("the CA would end before it issues"));
        }
        let mut ca = OwnCa::new(PrivateKey::generate(
            change.key.unwrap_or(self.ca_key).kind(),
        )?);
        ca.chain = vec![self_signed(&ca.key, end, now)?];
        ca.from = Some(from);
        self.put(&self.changing.lock(), ca, None)
    }

    /// Takes a chain for a key that is here, or for the one that is handed in with it (PEM). Blocks.
    pub fn install(
        &self,
        chain: &str,
        key: Option<&str>,
        from: Option<Millis>,
        now: Millis,
    ) -> Result<Arc<OwnCa>, CaRefused> {
        let chain = CaChain::read(chain).map_err(|why| invalid(why.to_string()))?;
        let certificates = chain.certificates();
        let handed_in = match key {
            Some(text) => Some(PrivateKey::from_pem(text).map_err(invalid)?),
            None => None,
        };
        let one = self.changing.lock();
        let all = self.cas.load_full();
        let here = match &handed_in {
            Some(key) => all.iter().find(|ca| ca.key.spki() == key.spki()),
            None => {
                let of = |own: &Certificate| all.iter().find(|ca| ca.key.spki() == own.spki());
                certificates.iter().find_map(of)
            }
        };
        let mut ca = match (here, handed_in) {
            (Some(here), _) => copy(here)?,
            (None, Some(key)) => OwnCa::new(key),
            (None, None) => {
                return Err(invalid(format!(
                    "the chain does not fit: no key of this server is the one of its first certificate ({}); `nameplate ca \
                     csr` makes the request that its issuer signs, and --key hands in a key",
                    certificates[0].subject()
                )));
            }
        };
        chain
            .check(ca.key.spki(), now)
            .map_err(|why| invalid(why.to_string()))?;
        if let (Some(before), Some(after)) = (ca.certificate(), certificates.first())
            && before.subject().der() != after.subject().der()
        {
            return Err(invalid(format!(
                "the key has a certificate about {}, and this one is about {}: what it has issued would no longer be \
                 verified",
                before.subject(),
                after.subject()
            )));
        }
        // One that is renewed keeps its turn.
        let usual = match ca.certificate() {
            Some(_) => ca.from,
            None => Some(now),
        };
        ca.chain = certificates.to_vec();
        ca.request = None;
        ca.from = from.or(usual);
        if ca
            .from
            .is_some_and(|from| from > certificates[0].validity().not_after)
        {
            return Err(invalid("the CA would end before it issues"));
        }
        self.put(&one, ca, Some(now))
    }

    /// Says from when on a CA issues; `None`: never again. Blocks.
    pub fn schedule(
        &self,
        id: &str,
        from: Option<Millis>,
        now: Millis,
    ) -> Result<Arc<OwnCa>, CaRefused> {
        let one = self.changing.lock();
        let found = self.find(id)?;
        let Some(own) = found.certificate() else {
            return Err(invalid("a key that waits for its certificate cannot issue"));
        };
        if from.is_some_and(|from| from.max(now) > own.validity().not_after) {
            return Err(invalid("the CA would end before it issues"));
        }
        let mut ca = copy(&found)?;
        ca.from = from;
        self.put(&one, ca, Some(now))
    }

    /// The private key of a CA, encrypted with a passphrase. Blocks.
    pub fn encrypted_key(&self, id: &str, passphrase: &str) -> Result<String, CaRefused> {
        if passphrase.len() < PASSPHRASE {
            return Err(invalid(format!(
                "the passphrase must have at least {PASSPHRASE} bytes"
            )));
        }
        let ca = self.find(id)?;
        Ok(sealed_key::encrypted(
            ca.key.pkcs8(),
            passphrase.as_bytes(),
        )?)
    }

    /// Refuses to remove a CA that issues, or will, and the one that this server's secrets come from.
    fn may_go(&self, ca: &OwnCa, now: Millis) -> Result<(), CaRefused> {
        if CaKey::ALL.iter().any(|kind| kind.file() == ca.file) {
            return Err(invalid(
                "the CA of the first start stays: what this server seals is sealed with its key",
            ));
        }
        let issues = self
            .issuing(now)
            .is_ok_and(|issuing| issuing.file == ca.file);
        if issues || ca.from.is_some_and(|from| from > now) {
            return Err(invalid(
                "the CA issues, or will; let another take its turn first (`nameplate ca issue`)",
            ));
        }
        Ok(())
    }

    /// Has nothing be registered any more, at any server, that a CA has issued: it is about to be removed, if it may be.
    /// What was registered before, by others, is committed when this returns. Blocks.
    pub fn begin_to_forget(&self, id: &str, now: Millis) -> Result<(), CaRefused> {
        let _one = self.changing.lock();
        let ca = self.find(id)?;
        self.may_go(&ca, now)?;
        self.leaving.lock().push(ca.file.clone());
        let told = self.leave(&ca, true);
        if told.is_err() {
            self.leaving.lock().retain(|file| *file != ca.file);
        }
        Ok(told?)
    }

    /// It stays after all, or is gone. Blocks.
    pub fn end_to_forget(&self, ca: &OwnCa) -> Result<(), CaRefused> {
        self.leaving.lock().retain(|file| *file != ca.file);
        Ok(self.leave(ca, false)?)
    }

    fn leave(&self, ca: &OwnCa, is_leaving: bool) -> Result<(), SharedError> {
        match &self.shared {
            None => Ok(()),
            Some(shared) => shared.leave(&ca.path(&self.data_dir), is_leaving),
        }
    }

    /// Forgets a key that waits, or a CA that neither issues nor will; whether something that it issued is still in force is
    /// for the caller to know. Blocks.
    pub fn forget(&self, id: &str, now: Millis) -> Result<(), CaRefused> {
        let _one = self.changing.lock();
        let gone = self.find(id)?;
        self.may_go(&gone, now)?;
        let before = self.cas.load_full();
        let after: Vec<_> = before
            .iter()
            .filter(|ca| ca.file != gone.file)
            .cloned()
            .collect();
        self.share(&gone, None)?;
        // What is handed out never has more than the keys that are here.
        own::hand_out(&self.data_dir, &own::trust(after.iter().map(|ca| &**ca)))?;
        files::remove(&gone.path(&self.data_dir))?;
        self.cas.store(Arc::new(after));
        Ok(())
    }

    /// Puts a CA in the place of the one in its file. What it was made of must have been read under the same lock, or it
    /// would undo what was changed in between. `issuing_at`: some CA must issue at this moment afterwards, if one did.
    fn put(
        &self,
        _one: &MutexGuard<'_, ()>,
        ca: OwnCa,
        issuing_at: Option<Millis>,
    ) -> Result<Arc<OwnCa>, CaRefused> {
        let before = self.cas.load_full();
        let mut after: Vec<_> = before
            .iter()
            .filter(|old| old.file != ca.file)
            .cloned()
            .collect();
        if after.len() >= MOST {
            return Err(invalid(format!(
                "this server has {MOST} CAs and keys that wait; remove one first (`nameplate ca rm`)"
            )));
        }
        let ca = Arc::new(ca);
        after.push(Arc::clone(&ca));
        after.sort_by_key(|ca| ca.from);
        if let Some(now) = issuing_at {
            let turns: Vec<Turn> = after.iter().filter_map(|ca| ca.turn()).collect();
            if issuing(&turns, now).is_none() && self.issuing(now).is_ok() {
                return Err(invalid("no CA would issue now"));
            }
        }
        self.share(&ca, Some(ca.text()))?;
        // A crash in between leaves what both states have.
        let (old, new) = (before.iter().map(|ca| &**ca), after.iter().map(|ca| &**ca));
        let (old, new) = (own::trust(old), own::trust(new));
        let both: Vec<&Certificate> = old.iter().copied().filter(|ca| new.contains(ca)).collect();
        if both.len() < old.len() {
            own::hand_out(&self.data_dir, &both)?;
        }
        ca.write(&self.data_dir)?;
        self.cas.store(Arc::new(after.clone()));
        own::hand_out(&self.data_dir, &new)?;
        Ok(ca)
    }
}

impl DeviceAuthority {
    /// Has the other servers know of a CA as it is from now on, or that it is gone, before it is so here: what it issues here
    /// they can answer for, and its key is not lost with this server.
    fn share(&self, ca: &OwnCa, text: Option<String>) -> Result<(), SharedError> {
        match &self.shared {
            None => Ok(()),
            Some(shared) => {
                let text = text.as_ref().map(String::as_bytes);
                shared.change(&self.data_dir, &ca.path(&self.data_dir), text)
            }
        }
    }

    /// Follows what the other servers have changed; whether the CAs are others now. Blocks.
    ///
    /// # Errors
    /// That the shared secrets cannot be read, or opened.
    pub fn refresh(&self) -> Result<bool, SharedError> {
        let Some(shared) = &self.shared else {
            return Ok(false);
        };
        let _one = self.changing.lock();
        shared.bring(&self.data_dir)?;
        let all = own::read_all(&self.data_dir, self.ca_key)?;
        let before = self.cas.load_full();
        let is_same =
            |(old, new): (&Arc<OwnCa>, &OwnCa)| old.file == new.file && old.text() == new.text();
        if before.len() == all.len() && before.iter().zip(&all).all(is_same) {
            return Ok(false);
        }
        let all: Vec<Arc<OwnCa>> = all.into_iter().map(Arc::new).collect();
        self.cas.store(Arc::new(all.clone()));
        own::hand_out(&self.data_dir, &own::trust(all.iter().map(|ca| &**ca)))?;
        Ok(true)
    }
}

/// The same CA once more, for a change of it.
fn copy(ca: &OwnCa) -> Result<OwnCa, AuthorityError> {
    let key = PrivateKey::from_pkcs8(ca.key.pkcs8()).ok_or(AuthorityError::Crypto {
        action: "read a key that it made",
    })?;
    Ok(OwnCa {
        file: ca.file.clone(),
        key,
        request: ca.request.clone(),
        chain: ca.chain.clone(),
        from: ca.from,
    })
}

impl OwnCa {
    /// Whether a certificate is one that this CA issued, of several of ours that may have one name.
    pub fn has_issued(&self, certificate: &Certificate) -> bool {
        self.certificate().is_some_and(|own| {
            certificate.issuer().der() == own.subject().der()
                && verify_signed_by(certificate, self.key.spki()).is_ok()
        })
    }
}
