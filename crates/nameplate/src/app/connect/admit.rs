//! Who may go on to CONNECT, decided by the certificate: the table of `core/admission.rs`, fed and carried out.

use super::{Admit, Admitted, Peer, Refused, refuse};
use crate::app::App;
use crate::app::attempt::{Attempt, Stage};
use crate::app::authorities::Authority;
use crate::app::error::Result;
use nameplate_core::admission::{self, Admission};
use nameplate_core::pki::{self, Bridging, Certificate, CertificateId};
use nameplate_core::registry::certificate::Status;
use std::sync::Arc;

impl App {
    /// Decides by the certificate whether the connection may go on to CONNECT. A first connection is provisioned
    /// here, durably, before this returns.
    pub async fn admit(&self, peer: &Peer, attempt: &mut Attempt) -> Admit {
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
        attempt.serial = Some(certificate.serial_hex());
        attempt.subject = Some(certificate.subject().to_string());
        attempt.issuer = Some(certificate.issuer().to_string());
        pki::check_device(&certificate, self.now()).map_err(|rule| {
            Refused::new(
                Stage::Certificate,
                rule_code(&rule),
                format!("the certificate is not accepted: {rule}"),
            )
        })?;
        Ok(Arc::new(certificate))
    }

    async fn try_admit(&self, peer: &Peer, attempt: &mut Attempt) -> Result<Admit> {
        let Some(leaf) = peer.chain.first() else {
            return Ok(refuse(
                Stage::Certificate,
                "no-certificate",
                "the client sent no certificate",
            ));
        };
        let certificate = match self.look_at(leaf, attempt) {
            Ok(certificate) => certificate,
            Err(refused) => return Ok(Admit::Refuse(refused)),
        };
        let CertificateId(hash) = CertificateId::of(leaf);
        let now = self.now();
        attempt.passed(Stage::Certificate, now);

        let entry = self.store.certificate_entry(&hash);
        let admitted = |key| Admitted {
            hash,
            key,
            certificate: Arc::clone(&certificate),
        };
        let authorities;
        let authority: Arc<Authority>;
        let admission = match entry {
            Some(entry) if entry.status == Status::Active => {
                attempt.passed(Stage::Registered, now);
                match admission::registered(entry.status, entry.mode, None, &peer.server_name) {
                    Admission::Refuse(refusal) => {
                        return Ok(refuse(
                            Stage::Registered,
                            refusal.code(),
                            refusal.to_string(),
                        ));
                    }
                    _ => return Ok(Admit::Enter(admitted(entry.key))),
                }
            }
            Some(entry) => {
                attempt.passed_with(
                    Stage::Registered,
                    now,
                    format!("status {}", entry.status.as_str()),
                );
                authorities = self.authorities().await?;
                let ca = entry.ca.and_then(|key| authorities.by_key(key)).cloned();
                let facts = ca.as_ref().map(|ca| ca.facts());
                let admission = admission::registered(
                    entry.status,
                    entry.mode,
                    facts.as_ref(),
                    &peer.server_name,
                );
                match (admission, ca) {
                    (Admission::Refuse(refusal), _) => {
                        return Ok(refuse(
                            Stage::Registered,
                            refusal.code(),
                            refusal.to_string(),
                        ));
                    }
                    (admission, Some(ca)) => {
                        authority = ca;
                        admission
                    }
                    (_, None) => return Ok(Admit::Enter(admitted(entry.key))),
                }
            }
            None => {
                authorities = self.authorities().await?;
                if authorities.is_ca(&hash) {
                    let refusal = admission::Refusal::IsCa;
                    return Ok(refuse(Stage::Issuer, refusal.code(), refusal.to_string()));
                }
                let presented: Vec<Certificate> = peer
                    .chain
                    .iter()
                    .skip(1)
                    .filter_map(|der| Certificate::parse_der(der).ok())
                    .collect();
                let issuer = pki::find_issuer(
                    &certificate,
                    &presented,
                    Bridging::Allowed,
                    now,
                    |subject| authorities.by_subject(subject),
                );
                match issuer {
                    Ok(issuer) => authority = issuer.ca.0,
                    Err(none) => {
                        return Ok(refuse(Stage::Issuer, issuer_code(&none), none.to_string()));
                    }
                }
                attempt.passed_with(
                    Stage::Issuer,
                    now,
                    format!("CA certificate {}", authority.ca.id()),
                );
                admission::unknown(&authority.facts(), &peer.server_name)
            }
        };
        match admission {
            Admission::Known => Ok(refuse(
                Stage::Registered,
                "internal",
                "an unknown certificate cannot be known",
            )),
            Admission::Refuse(refusal) => {
                Ok(refuse(Stage::Issuer, refusal.code(), refusal.to_string()))
            }
            Admission::Provision => {
                self.provision_first(&certificate, hash, &authority, peer, attempt)
                    .await
            }
            Admission::Register => {
                self.register_only(&certificate, hash, &authority, peer, attempt)
                    .await
            }
        }
    }
}

fn rule_code(rule: &pki::RuleError) -> &'static str {
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
