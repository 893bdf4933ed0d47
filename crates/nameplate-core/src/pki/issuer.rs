//! The search for the registered CA that issued a certificate, and the reasons for finding none.
//!
//! Owns matching by name and signature, and what the other certificates of a presented chain may add.
//! Must not know a CA's status or mode: whether the one found may register devices is decided elsewhere.

use super::certificate::Certificate;
use super::id::CertificateId;
use super::verify::{RuleError, SignatureError, check_ca, verify_signed_by};
use crate::ctx::Millis;
use std::borrow::Borrow;

/// How many presented certificates are looked at, and so how long a way over them can be. Bounds the
/// signatures that a stranger can have checked.
const INTERMEDIATES: usize = 8;

/// Whether certificates that the client sends beside its own may lead to a registered CA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bridging {
    /// They may, when each is a CA certificate that keeps the rules.
    Allowed,
    /// Only the direct issuer counts, as in AWS (AWS guide: device-certs-your-own).
    DirectIssuerOnly,
}

/// The registered CA that a certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer<C> {
    /// The registered CA.
    pub ca: C,
    /// Presented intermediates between the certificate and that CA, nearest to the certificate first. Empty
    /// when the CA signed the certificate itself.
    pub through: Vec<CertificateId>,
}

/// Why no registered CA is the issuer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoIssuer {
    /// No registered CA has the issuer's name, and nothing presented leads to one.
    #[error("no registered CA certificate has the subject {issuer:?}, the certificate's issuer")]
    Unknown {
        /// The certificate's issuer, for people.
        issuer: String,
    },
    /// The certificate names itself as issuer, and is not registered as a CA.
    #[error("the certificate is self-signed as {issuer:?}, which is not a registered CA")]
    SelfSigned {
        /// Its subject and issuer.
        issuer: String,
    },
    /// CAs of that name are registered, and none of their keys made the signature.
    #[error(
        "{} registered CA certificate(s) have the subject {issuer:?}, but none signed this certificate: {}",
        .tried.len(), tried_text(.tried)
    )]
    Signature {
        /// The certificate's issuer.
        issuer: String,
        /// The CAs tried, and what spoke against each.
        tried: Vec<(CertificateId, SignatureError)>,
    },
    /// The issuer is not registered, but a CA above it is, and bridging is not allowed.
    #[error(
        "the issuer {issuer:?} is not registered; its own issuer {registered_subject:?} (CA certificate {registered}) is. Register the certificate that signs the devices"
    )]
    OnlyItsIssuer {
        /// The certificate's issuer.
        issuer: String,
        /// The registered CA further up.
        registered: CertificateId,
        /// That CA's subject.
        registered_subject: String,
    },
    /// The presented chain leads to a registered CA, but over a certificate that may not issue others.
    #[error(
        "the presented intermediate {subject:?} ({intermediate}) may not vouch for the certificate: {reason}"
    )]
    UnfitIntermediate {
        /// The intermediate.
        intermediate: CertificateId,
        /// Its subject.
        subject: String,
        /// The rule that it breaks.
        reason: Unfit,
    },
}

/// Why a presented intermediate may not issue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is not a sound CA certificate.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A CA above it allows fewer intermediates.
    #[error("the CA above allows {allowed} intermediate certificate(s) below itself")]
    PathLength {
        /// pathLenConstraint of that CA.
        allowed: u32,
    },
}

fn tried_text(tried: &[(CertificateId, SignatureError)]) -> String {
    tried
        .iter()
        .map(|(id, why)| format!("{id}: {why}"))
        .collect::<Vec<_>>()
        .join("; ")
}

/// Finds the registered CA that issued `leaf`.
///
/// `registered` answers the registered CA certificates with exactly this subject (DER of a Name); every one
/// is tried, since several CAs may share a name. `presented` is what else the client sent, in any order. The
/// leaf's own rules (`check_device`) are not checked here.
pub fn find_issuer<C: Borrow<Certificate>>(
    leaf: &Certificate,
    presented: &[Certificate],
    bridging: Bridging,
    now: Millis,
    registered: impl Fn(&[u8]) -> Vec<C>,
) -> Result<Issuer<C>, NoIssuer> {
    let tried = match signer(leaf, &registered) {
        Ok(ca) => {
            return Ok(Issuer {
                ca,
                through: Vec::new(),
            });
        }
        Err(tried) => tried,
    };
    if let Some((ca, chain)) = bridge(leaf, presented, &registered) {
        return judge(leaf, ca, &chain, bridging, now);
    }
    let issuer = leaf.issuer().to_string();
    Err(if !tried.is_empty() {
        NoIssuer::Signature { issuer, tried }
    } else if leaf.issuer().der() == leaf.subject().der()
        && verify_signed_by(leaf, leaf.spki()).is_ok()
    {
        NoIssuer::SelfSigned { issuer }
    } else {
        NoIssuer::Unknown { issuer }
    })
}

/// The registered CA whose name and key are the issuer's, or those tried in vain.
fn signer<C: Borrow<Certificate>>(
    child: &Certificate,
    registered: &impl Fn(&[u8]) -> Vec<C>,
) -> Result<C, Vec<(CertificateId, SignatureError)>> {
    let mut tried = Vec::new();
    for ca in registered(child.issuer().der()) {
        let certificate = ca.borrow();
        if certificate.subject().der() != child.issuer().der() {
            continue;
        }
        match verify_signed_by(child, certificate.spki()) {
            Ok(()) => return Ok(ca),
            Err(why) => tried.push((certificate.id(), why)),
        }
    }
    Err(tried)
}

/// The way from `leaf` over presented certificates to a registered CA, by name and signature alone.
fn bridge<'a, C: Borrow<Certificate>>(
    leaf: &'a Certificate,
    presented: &'a [Certificate],
    registered: &impl Fn(&[u8]) -> Vec<C>,
) -> Option<(C, Vec<&'a Certificate>)> {
    let mut chain: Vec<&Certificate> = Vec::new();
    let mut child = leaf;
    while chain.len() < INTERMEDIATES {
        let next = presented.iter().take(INTERMEDIATES).find(|above| {
            above.id() != child.id()
                && !chain.iter().any(|seen| seen.id() == above.id())
                && above.subject().der() == child.issuer().der()
                && verify_signed_by(child, above.spki()).is_ok()
        })?;
        chain.push(next);
        if let Ok(ca) = signer(next, registered) {
            return Some((ca, chain));
        }
        child = next;
    }
    None
}

fn judge<C: Borrow<Certificate>>(
    leaf: &Certificate,
    ca: C,
    chain: &[&Certificate],
    bridging: Bridging,
    now: Millis,
) -> Result<Issuer<C>, NoIssuer> {
    if bridging == Bridging::DirectIssuerOnly {
        return Err(NoIssuer::OnlyItsIssuer {
            issuer: leaf.issuer().to_string(),
            registered: ca.borrow().id(),
            registered_subject: ca.borrow().subject().to_string(),
        });
    }
    // Without these checks any device could issue devices.
    for (below, intermediate) in chain.iter().enumerate() {
        let limit = intermediate
            .path_length()
            .filter(|allowed| (*allowed as usize) < below);
        let unfit = match (check_ca(intermediate, now), limit) {
            (Err(rule), _) => Unfit::Rule(rule),
            (Ok(()), Some(allowed)) => Unfit::PathLength { allowed },
            (Ok(()), None) => continue,
        };
        return Err(NoIssuer::UnfitIntermediate {
            intermediate: intermediate.id(),
            subject: intermediate.subject().to_string(),
            reason: unfit,
        });
    }
    let allowed = ca.borrow().path_length();
    if let (Some(allowed), Some(nearest)) = (allowed, chain.last())
        && (allowed as usize) < chain.len()
    {
        return Err(NoIssuer::UnfitIntermediate {
            intermediate: nearest.id(),
            subject: nearest.subject().to_string(),
            reason: Unfit::PathLength { allowed },
        });
    }
    Ok(Issuer {
        ca,
        through: chain.iter().map(|certificate| certificate.id()).collect(),
    })
}
