//! What our own CAs publish of the certificates that they issued: a revocation list, and answers to questions after one.

use super::Revocation;
use crate::app::error::{Error, Result, log_failure};
use crate::app::kernel::Follower;
use crate::authority::{CertificateStatus, NoStatus, OwnCa};
use nameplate_core::ctx::Millis;
use nameplate_core::pki::{AskedCertificate, Certificate, CertificateId, StatusRequest};
use nameplate_core::registry::certificate::Status;
use nameplate_store::Notice;
use parking_lot::Mutex;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// For how long a list is answered again before it is made anew, milliseconds.
const FRESH: i64 = 60 * 1000;
/// For how long a list may be relied on, milliseconds.
const LIST_LIFE: i64 = 24 * 60 * 60 * 1000;
/// For how long an answer may be relied on, milliseconds.
const ANSWER_LIFE: i64 = 60 * 60 * 1000;
/// Certificates that are read at once.
const PAGE: usize = 1000;

/// Bytes of the serial numbers that our CAs give.
const SERIAL: usize = 20;

/// A list, and when it was made.
type Made = (Millis, Arc<Vec<u8>>);

/// What is kept of what is published.
#[derive(Default)]
pub(super) struct Published {
    lists: Mutex<HashMap<CertificateId, Made>>,
    issued: tokio::sync::Mutex<Issued>,
}

/// Certificates that our CAs issued, by their serial numbers: nobody asks before somebody asks.
#[derive(Default)]
struct Issued {
    // Key of the newest certificate that was looked at; none while all are to be.
    until: Option<i64>,
    keys: HashMap<[u8; SERIAL], i64>,
}

/// Most certificates that are remembered until they are looked at; beyond that all are.
const HEARD: usize = 10_000;

/// What was registered since certificates were last looked at. Where several servers register, their keys are in no order
/// that would say what is new.
#[derive(Default)]
pub(crate) struct Heard(Mutex<HeardOf>);

#[derive(Default)]
struct HeardOf {
    certificates: HashSet<[u8; 32]>,
    all: bool,
}

impl Heard {
    /// Hears of commits.
    pub(crate) fn follower(self: &Arc<Self>) -> Follower {
        let heard = Arc::clone(self);
        Box::new(move |notice| match notice {
            Notice::Certificate(hash) => {
                let mut heard = heard.0.lock();
                if heard.certificates.len() >= HEARD {
                    heard.certificates.clear();
                    heard.all = true;
                }
                if !heard.all {
                    heard.certificates.insert(*hash);
                }
            }
            Notice::Everything => heard.0.lock().all = true,
            _ => {}
        })
    }
}

/// Why a list is not there.
#[derive(Debug)]
pub enum PublishedError {
    /// No CA of ours has this id.
    NoCa,
    /// It could not be made.
    Failed(Error),
}

impl From<Error> for PublishedError {
    fn from(error: Error) -> Self {
        PublishedError::Failed(error)
    }
}

impl Revocation {
    /// One of our own CAs that has a certificate: by the id of that, or the one that issues now.
    pub fn own_ca(&self, id: Option<&str>) -> Option<Arc<OwnCa>> {
        let authority = &self.kernel.device_authority;
        match id {
            None => authority.issuing(self.kernel.now()).ok(),
            Some(id) => self.own_cas().into_iter().find(|ca| {
                let own = ca.certificate();
                own.is_some_and(|own| own.id().to_string() == id)
            }),
        }
    }

    /// Our own CAs that have certificates, the one that issues now first.
    pub fn own_cas(&self) -> Vec<Arc<OwnCa>> {
        let mut all = self.kernel.device_authority.all(self.kernel.now());
        all.retain(|ca| ca.certificate().is_some());
        all
    }

    /// The revocation list of one of our own CAs, DER: its certificates with the status REVOKED.
    pub async fn own_list(&self, id: Option<&str>) -> Result<Arc<Vec<u8>>, PublishedError> {
        let ca = self.own_ca(id).ok_or(PublishedError::NoCa)?;
        let own = ca.certificate().ok_or(PublishedError::NoCa)?.id();
        let now = self.kernel.now();
        let kept = self.published.lists.lock().get(&own).cloned();
        if let Some((_, list)) = kept.filter(|(made, _)| (0..FRESH).contains(&(now.0 - made.0))) {
            return Ok(list);
        }
        let revoked = self.kernel.over_the_fleet(self.revoked(&ca)).await?;
        let next = Millis(now.0 + LIST_LIFE);
        let list = self
            .kernel
            .device_authority
            .revocation_list(&ca, &revoked, now, next)
            .map_err(Error::internal)?;
        let list = Arc::new(list);
        let mut lists = self.published.lists.lock();
        lists.insert(own, (now, Arc::clone(&list)));
        Ok(list)
    }

    /// How to tell what a CA issued from what another of ours did: by the name that it signs in, and by its key where
    /// another has that name, too.
    fn issued_by(&self, ca: &Arc<OwnCa>) -> impl Fn(&Certificate) -> bool + use<> {
        let name = |ca: &OwnCa| ca.certificate().map(|own| own.subject().der().to_vec());
        let (ca, own) = (Arc::clone(ca), name(ca));
        let same = self
            .own_cas()
            .iter()
            .filter(|other| name(other) == own)
            .count();
        move |certificate: &Certificate| match same {
            0 | 1 => Some(certificate.issuer().der()) == own.as_deref(),
            _ => ca.has_issued(certificate),
        }
    }

    async fn revoked(&self, ca: &Arc<OwnCa>) -> Result<Vec<(Vec<u8>, Millis)>> {
        let is_its = self.issued_by(ca);
        let mut revoked = Vec::new();
        let mut from = None;
        loop {
            let (page, found) = self
                .kernel
                .store
                .read(|conn| {
                    let page = conn.certificates(None, true, from, PAGE)?;
                    let mut found = Vec::new();
                    for row in page.iter().filter(|row| row.status == Status::Revoked) {
                        if let Some(der) = conn.certificate_der(row.key)? {
                            found.push((der, row.modified));
                        }
                    }
                    Ok::<_, nameplate_store::Error>((page, found))
                })
                .await?;
            revoked.extend(found.into_iter().filter_map(|(der, at)| {
                let certificate = Certificate::parse_der(&der).ok()?;
                is_its(&certificate).then(|| (certificate.serial().to_vec(), at))
            }));
            match page.last() {
                Some(last) if page.len() == PAGE => from = Some(last.key),
                _ => return Ok(revoked),
            }
        }
    }

    /// Answers a question after certificates of our own CAs: DER of an OCSPResponse, whatever was asked.
    pub async fn statuses(&self, request: &[u8]) -> Vec<u8> {
        let Ok(request) = StatusRequest::read(request) else {
            return NoStatus::Malformed.response();
        };
        let is_asked = |ca: &Arc<OwnCa>| {
            let mut asked = request.certificates.iter();
            asked.any(|one| ca.certificate().is_some_and(|own| one.is_of(own)))
        };
        let Some(ca) = self.own_cas().into_iter().find(is_asked) else {
            return NoStatus::Unauthorized.response();
        };
        match self.answered(&ca, &request).await {
            Ok(answer) => answer,
            Err(error) => {
                log_failure!(error, "a certificate's status could not be told: {error:?}");
                NoStatus::Internal.response()
            }
        }
    }

    async fn answered(&self, ca: &Arc<OwnCa>, request: &StatusRequest) -> Result<Vec<u8>> {
        let mut statuses = Vec::new();
        for one in &request.certificates {
            let status = match ca.certificate() {
                Some(own) if one.is_of(own) => self.status(one, ca).await?,
                _ => CertificateStatus::Unknown,
            };
            statuses.push((one.der.as_slice(), status));
        }
        let now = self.kernel.now();
        let next = Millis(now.0 + ANSWER_LIFE);
        let nonce = request.nonce.as_deref();
        let authority = &self.kernel.device_authority;
        authority
            .status_response(ca, &statuses, nonce, now, next)
            .map_err(Error::internal)
    }

    async fn status(&self, asked: &AskedCertificate, ca: &Arc<OwnCa>) -> Result<CertificateStatus> {
        let Ok(serial) = <[u8; SERIAL]>::try_from(asked.serial.as_slice()) else {
            return Ok(CertificateStatus::Unknown);
        };
        let key = {
            let mut issued = self.published.issued.lock().await;
            let work = self.look_at_new(&mut issued);
            self.kernel.over_the_fleet(work).await?;
            issued.keys.get(&serial).copied()
        };
        let Some(key) = key else {
            return Ok(CertificateStatus::Unknown);
        };
        let found = self
            .kernel
            .store
            .read(|conn| {
                let row = conn.certificate_by_key(key)?;
                let der = conn.certificate_der(key)?;
                Ok::<_, nameplate_store::Error>(row.zip(der))
            })
            .await?;
        let is_its = self.issued_by(ca);
        let row = found.and_then(|(row, der)| {
            let certificate = Certificate::parse_der(&der).ok()?;
            is_its(&certificate).then_some(row)
        });
        Ok(match row {
            None => CertificateStatus::Unknown,
            Some(row) if row.status == Status::Revoked => CertificateStatus::Revoked(row.modified),
            Some(_) => CertificateStatus::Good,
        })
    }

    /// Our own CAs are others: which certificates are theirs is looked at anew.
    pub(crate) async fn cas_changed(&self) {
        *self.published.issued.lock().await = Issued::default();
        self.published.lists.lock().clear();
    }

    /// Notes the certificates that were registered since the last question.
    async fn look_at_new(&self, issued: &mut Issued) -> Result<()> {
        let heard = std::mem::take(&mut *self.heard.0.lock());
        let is_clustered = self.kernel.store.is_clustered();
        let after = match issued.until.take() {
            Some(until) if !is_clustered => until,
            Some(until) if !heard.all => {
                for hash in heard.certificates {
                    let Some(entry) = self.kernel.store.certificate_entry(&hash).await? else {
                        continue;
                    };
                    let read = self
                        .kernel
                        .store
                        .read(|conn| conn.certificate_der(entry.key));
                    let read = read.await?.map(|der| Certificate::parse_der(&der));
                    if let Some(Ok(certificate)) = read {
                        self.note(issued, entry.key, &certificate);
                    }
                }
                issued.until = Some(until);
                return Ok(());
            }
            _ => 0,
        };
        let note = |key, certificate: &Certificate| self.note(issued, key, certificate);
        let until = self.kernel.each_certificate(after, note).await?;
        // What fails before this is looked at again.
        issued.until = Some(until);
        Ok(())
    }

    fn note(&self, issued: &mut Issued, key: i64, certificate: &Certificate) {
        if let Ok(serial) = certificate.serial().try_into()
            && self.kernel.device_authority.is_ours(certificate)
        {
            issued.keys.insert(serial, key);
        }
    }
}
