//! Who may go on to CONNECT, decided by the certificate: the table of `core/admission.rs`, fed.
//!
//! Nothing is written here: a handshake alone must leave no trace in the registry.

use super::attempt::{Attempt, Stage};
use super::{Admission, Admit, Admitted, Closed, Considered, Newcomer, Peer, Refused, Seen, Who};
use crate::app::cached::Kept;
use crate::app::error::{Error, Result};
use nameplate_core::admission::{self, Admission as Outcome, Origin};
use nameplate_core::pki::{self, Bridging, Certificate, CertificateId};
use nameplate_core::registry::certificate::Status;
use std::sync::Arc;

/// What is kept in memory of that by which a certificate is a newcomer's or refused.
pub(super) const DECIDED_BY: [Kept; 2] = [Kept::Authorities, Kept::Revocations];

impl Admission {
    /// Decides by the certificate whether the connection may go on to CONNECT. A first connection may, and is
    /// registered or provisioned only then, by [`Admission::enter`].
    pub async fn admit(&self, peer: Peer, attempt: &mut Attempt) -> Admit {
        match self.try_admit(peer, attempt).await {
            Ok(admit) => admit,
            Err(error) => Admit::Refuse(Refused::internal(Stage::Registered, &error)),
        }
    }

    /// Reads a device's certificate and checks it by itself; what it says of the device goes into the record.
    pub fn look_at(
        &self,
        leaf: &[u8],
        attempt: &mut Attempt,
    ) -> std::result::Result<Arc<Certificate>, Refused> {
        let CertificateId(hash) = CertificateId::of(leaf);
        attempt.certificate = Some(hash);
        let certificate = Certificate::parse_der(leaf).map_err(|malformed| {
            Refused::new(
                Stage::Certificate,
                "certificate-unreadable",
                format!("the certificate cannot be read: {malformed}"),
            )
        })?;
        attempt.describe(&certificate);
        pki::check_device(&certificate, self.kernel.now()).map_err(|rule| {
            Refused::new(
                Stage::Certificate,
                rule_code(&rule),
                format!("the certificate is not accepted: {rule}"),
            )
        })?;
        Ok(Arc::new(certificate))
    }

    async fn try_admit(&self, peer: Peer, attempt: &mut Attempt) -> Result<Admit> {
        let Some(leaf) = peer.chain.first() else {
            return Ok(Admit::Refuse(Refused::new(
                Stage::Certificate,
                "no-certificate",
                "the client sent no certificate",
            )));
        };
        let certificate = match self.look_at(leaf, attempt) {
            Ok(certificate) => certificate,
            Err(refused) => {
                let Some(late) = self.late(&peer, leaf).await? else {
                    return Ok(Admit::Refuse(refused));
                };
                let detail = "expired, to be renewed and for nothing else".into();
                attempt.passed_with(Stage::Registered, self.kernel.now(), detail);
                let CertificateId(hash) = CertificateId::of(leaf);
                return Ok(match self.validate(&peer, hash).await {
                    Ok(()) => Admit::Enter(late),
                    Err(refused) => Admit::Refuse(refused),
                });
            }
        };
        let hash = (attempt.certificate).unwrap_or_else(|| certificate.id().0);
        let now = self.kernel.now();
        attempt.passed(Stage::Certificate, now);
        let mut heard = self.kernel.heard(DECIDED_BY);
        let mut mark = self.kernel.generations.mark(&hash);
        let mut considered = self.consider(&peer, &certificate, hash).await?;
        if matches!(considered, Considered::Refused(_))
            && self.kernel.has_news_since(&heard).await?
        {
            // Its CA was registered or activated at another node a moment ago.
            heard = self.kernel.heard(DECIDED_BY);
            mark = self.kernel.generations.mark(&hash);
            considered = self.consider(&peer, &certificate, hash).await?;
        }
        if !matches!(considered, Considered::Known(_)) {
            self.presented.note(hash, &peer.chain);
        }
        let (stage, detail) = match considered {
            // Claims are in no registry, so whoever has one is refused so far.
            Considered::Refused(closed) => {
                let Some(claim) = self.claim(&certificate, hash).await? else {
                    return Ok(Admit::Refuse(closed.into()));
                };
                attempt.passed_with(Stage::Registered, now, "as a temporary claim".into());
                return Ok(match self.validate(&peer, hash).await {
                    Ok(()) => Admit::Enter(claim),
                    Err(refused) => Admit::Refuse(refused),
                });
            }
            Considered::Known(entry) => {
                attempt.passed(Stage::Registered, now);
                if let Err(refused) = self.validate(&peer, hash).await {
                    return Ok(Admit::Refuse(refused));
                }
                return Ok(Admit::Enter(Who::Certificate(Admitted {
                    hash,
                    key: entry.key,
                    certificate,
                    seen: Some(Seen { entry, mark }),
                })));
            }
            Considered::New {
                registered: true, ..
            } => {
                let status = Status::PendingActivation.as_str();
                (Stage::Registered, format!("before, with status {status}"))
            }
            Considered::New { ref authority, .. } => (
                Stage::Issuer,
                format!("CA certificate {}", authority.ca.id()),
            ),
        };
        attempt.passed_with(stage, now, detail);
        if let Err(refused) = self.validate(&peer, hash).await {
            return Ok(Admit::Refuse(refused));
        }
        Ok(Admit::First(Box::new(Newcomer {
            certificate,
            hash,
            peer,
            considered,
            heard,
        })))
    }

    /// What the table says of a certificate that is acceptable by itself. Reads only.
    pub(crate) async fn consider(
        &self,
        peer: &Peer,
        certificate: &Certificate,
        hash: [u8; 32],
    ) -> Result<Considered> {
        let refuse = |stage, refusal: admission::Refusal| {
            Ok(Considered::Refused(Closed {
                stage,
                code: refusal.code(),
                reason: refusal.to_string(),
            }))
        };
        let now = self.kernel.now();
        let entry = self.kernel.store.certificate_entry(&hash).await?;
        if let Err(refusal) = self.revocation.check(certificate, now).await? {
            let stage = match &entry {
                Some(_) => Stage::Registered,
                None => Stage::Issuer,
            };
            return refuse(stage, refusal);
        }
        // Every registered CA says CA:TRUE, and nearly no device does.
        if certificate.ca_flag() == Some(true) && self.registry.authorities().await?.is_ca(&hash) {
            let stage = match &entry {
                Some(_) => Stage::Registered,
                None => Stage::Issuer,
            };
            return refuse(stage, admission::Refusal::IsCa);
        }
        if let Some(entry) = &entry
            && entry.status == Status::Active
        {
            let admission = admission::registered(
                entry.status,
                entry.mode,
                Origin::NoCa,
                &peer.server_name,
                now,
            );
            return match admission {
                Outcome::Refuse(refusal) => refuse(Stage::Registered, refusal),
                _ => Ok(Considered::Known(*entry)),
            };
        }
        let authorities = self.registry.authorities().await?;
        let (admission, authority, stage) = match &entry {
            Some(entry) => {
                let ca = entry.ca.and_then(|key| authorities.by_key(key)).cloned();
                let facts = ca.as_ref().map(|ca| ca.facts());
                let deleted = match (entry.ca, &facts) {
                    (Some(key), None) => self.kernel.store.read(|conn| conn.ca_by_key(key)).await?,
                    _ => None,
                };
                let deleted = deleted.map(|ca| ca.id());
                let origin = match (&facts, &deleted) {
                    (Some(facts), _) => Origin::Ca(facts),
                    (None, Some(id)) => Origin::Deleted(id),
                    (None, None) => Origin::NoCa,
                };
                let admission =
                    admission::registered(entry.status, entry.mode, origin, &peer.server_name, now);
                (admission, ca, Stage::Registered)
            }
            None => {
                let presented: Vec<Certificate> = peer
                    .chain
                    .iter()
                    .skip(1)
                    // A registered CA is found without being shown.
                    .filter(|der| !authorities.is_ca(&CertificateId::of(der).0))
                    .filter_map(|der| Certificate::parse_der(der).ok())
                    .collect();
                let issuers =
                    pki::find_issuers(certificate, &presented, Bridging::Allowed, now, |subject| {
                        authorities.by_subject(subject)
                    });
                let issuers = match issuers {
                    Ok(issuers) => issuers,
                    Err(none) => {
                        return Ok(Considered::Refused(Closed {
                            stage: Stage::Issuer,
                            code: issuer_code(&none),
                            reason: none.to_string(),
                        }));
                    }
                };
                let lists = self.revocation.in_force().await?;
                // Of a CA and its renewal, the one that takes new devices; of none that does, the first says why.
                let mut decided = issuers.into_iter().map(|issuer| {
                    let authority = issuer.ca.0;
                    let mut through = presented
                        .iter()
                        .filter(|one| issuer.through.contains(&one.id()));
                    let revoked = through.try_for_each(|one| lists.check(one, now));
                    let outcome = match revoked {
                        Err(refusal) => Outcome::Refuse(refusal),
                        Ok(()) => admission::unknown(&authority.facts(), &peer.server_name, now),
                    };
                    (outcome, authority)
                });
                let first = decided.next();
                let closed =
                    |(admission, _): &(Outcome, _)| matches!(admission, Outcome::Refuse(_));
                let open = match &first {
                    Some(first) if closed(first) => decided.find(|other| !closed(other)),
                    _ => None,
                };
                let (admission, authority) = open
                    .or(first)
                    .ok_or_else(|| Error::internal("an issuer was found and is none"))?;
                (admission, Some(authority), Stage::Issuer)
            }
        };
        match (admission, authority, &entry) {
            (Outcome::Refuse(refusal), ..) => refuse(stage, refusal),
            (Outcome::Known, _, Some(entry)) => Ok(Considered::Known(*entry)),
            (admission, Some(authority), entry) => Ok(Considered::New {
                provision: admission == Outcome::Provision,
                registered: entry.is_some(),
                authority,
            }),
            (_, None, _) => Err(Error::internal(
                "a certificate may be registered through no CA",
            )),
        }
    }
}

/// The code of a refusal for a rule that a certificate breaks by itself.
pub(crate) fn rule_code(rule: &pki::RuleError) -> &'static str {
    use pki::RuleError;
    match rule {
        RuleError::KeyTooShort { .. } | RuleError::KeyKind { .. } => "certificate-weak-key",
        RuleError::SignatureAlgorithm { .. } => "certificate-weak-signature",
        RuleError::NotYetValid { .. } => "certificate-not-yet-valid",
        RuleError::Expired { .. } => "certificate-expired",
        _ => "certificate-unacceptable",
    }
}

fn issuer_code(none: &pki::NoIssuer) -> &'static str {
    use pki::NoIssuer;
    match none {
        NoIssuer::Unknown { .. } => "ca-unknown",
        NoIssuer::SelfSigned { .. } => "certificate-self-signed",
        NoIssuer::Signature { .. } => "certificate-signature",
        NoIssuer::OnlyItsIssuer { .. } => "ca-issuer-unregistered",
        NoIssuer::UnfitIntermediate { .. } => "ca-intermediate-unfit",
    }
}
