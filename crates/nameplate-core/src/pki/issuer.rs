//! The search for the registered CA that issued a certificate, and the reasons for finding none.
//!
//! Owns matching by name and signature, and what the other certificates of a presented chain may add.
//! Must not know a CA's status or mode: whether the one found may register devices is decided elsewhere.

use super::certificate::Certificate;
use super::id::CertificateId;
use super::name::Name;
use super::verify::{RuleError, SignatureError, check_intermediate, verify_signed_by};
use crate::ctx::Millis;
use std::borrow::Borrow;
use std::collections::HashMap;

/// How many presented certificates are looked at.
const PRESENTED: usize = 16;

/// How many intermediates a way over them may have.
const INTERMEDIATES: usize = 8;

/// How many signatures a stranger can have checked by one certificate and what is sent with it.
const SIGNATURES: usize = 64;

/// How many steps from a certificate to one that may be its issuer are tried.
const STEPS: usize = 512;

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
        /// SHA-256 of the DER of the certificate that breaks the rule.
        intermediate: CertificateId,
        /// Its subject, for people.
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

/// Finds the registered CA that issued `leaf`: the first of [`find_issuers`].
pub fn find_issuer<C: Borrow<Certificate> + Clone>(
    leaf: &Certificate,
    presented: &[Certificate],
    bridging: Bridging,
    now: Millis,
    registered: impl Fn(&Name) -> Vec<C>,
) -> Result<Issuer<C>, NoIssuer> {
    // There is always a first one.
    find_issuers(leaf, presented, bridging, now, registered).map(|mut found| found.swap_remove(0))
}

/// Finds every registered CA that may have issued `leaf`, at least one: a CA that was renewed with its old name and
/// key is registered twice, and cross-signed intermediates lead to several.
///
/// `registered` answers the registered CA certificates with exactly this subject, see [`Name::matches`]. `presented`
/// is what else the client sent, in any order. Where a registered CA signed a certificate, no way goes past it over
/// presented ones: an owner who closes a CA has closed it. The leaf's own rules (`check_device`) are not checked here,
/// nor the registered CAs' validity.
pub fn find_issuers<C: Borrow<Certificate> + Clone>(
    leaf: &Certificate,
    presented: &[Certificate],
    bridging: Bridging,
    now: Millis,
    registered: impl Fn(&Name) -> Vec<C>,
) -> Result<Vec<Issuer<C>>, NoIssuer> {
    let mut search = Search {
        leaf,
        presented: presented.iter().take(PRESENTED).collect(),
        registered,
        bridging,
        now,
        signatures: SIGNATURES,
        steps: STEPS,
        checked: HashMap::new(),
        found: Vec::new(),
        unfit: None,
    };
    let (direct, tried) = search.signers(leaf);
    if !direct.is_empty() {
        return Ok(direct
            .into_iter()
            .map(|ca| Issuer {
                ca,
                through: Vec::new(),
            })
            .collect());
    }
    search.climb(&mut Vec::new());
    if !search.found.is_empty() {
        return Ok(search.found);
    }
    if let Some(unfit) = search.unfit {
        return Err(unfit);
    }
    let issuer = leaf.issuer().to_string();
    Err(if !tried.is_empty() {
        NoIssuer::Signature { issuer, tried }
    } else if leaf.is_self_issued() && verify_signed_by(leaf, leaf.spki()).is_ok() {
        NoIssuer::SelfSigned { issuer }
    } else {
        NoIssuer::Unknown { issuer }
    })
}

/// A search from the device's certificate upwards, with what it may still spend.
struct Search<'a, C, R> {
    leaf: &'a Certificate,
    presented: Vec<&'a Certificate>,
    registered: R,
    bridging: Bridging,
    now: Millis,
    signatures: usize,
    steps: usize,
    /// Whether a presented certificate's key signed another certificate, once it was asked.
    checked: HashMap<(CertificateId, CertificateId), bool>,
    found: Vec<Issuer<C>>,
    /// Why the first way that leads to a registered CA cannot be taken.
    unfit: Option<NoIssuer>,
}

impl<'a, C: Borrow<Certificate> + Clone, R: Fn(&Name) -> Vec<C>> Search<'a, C, R> {
    /// The registered CAs whose name and key are the issuer's, and those tried in vain.
    fn signers(&mut self, child: &Certificate) -> (Vec<C>, Vec<(CertificateId, SignatureError)>) {
        let (mut signers, mut tried) = (Vec::new(), Vec::new());
        for ca in (self.registered)(child.issuer()) {
            let certificate = ca.borrow();
            if !certificate.subject().matches(child.issuer()) || !spend(&mut self.signatures) {
                continue;
            }
            match verify_signed_by(child, certificate.spki()) {
                Ok(()) => signers.push(ca),
                Err(why) => tried.push((certificate.id(), why)),
            }
        }
        (signers, tried)
    }

    /// Follows every presented certificate that may have issued the last of `chain`.
    fn climb(&mut self, chain: &mut Vec<&'a Certificate>) {
        if chain.len() == INTERMEDIATES {
            return;
        }
        let child = chain.last().copied().unwrap_or(self.leaf);
        for at in 0..self.presented.len() {
            let above = self.presented[at];
            if !spend(&mut self.steps) {
                return;
            }
            let again = |seen: &Certificate| {
                seen.spki() == above.spki() && seen.subject().matches(above.subject())
            };
            // A name and key that are on the way already lead round in a circle.
            if again(self.leaf)
                || chain.iter().any(|seen| again(seen))
                || !above.subject().matches(child.issuer())
                || !self.signed(child, above)
            {
                continue;
            }
            chain.push(above);
            let (signers, _) = self.signers(above);
            if signers.is_empty() {
                self.climb(chain);
            }
            for ca in signers {
                match judge(self.leaf, ca, chain, self.bridging, self.now) {
                    Ok(issuer) => self.found.push(issuer),
                    Err(unfit) => self.unfit = self.unfit.take().or(Some(unfit)),
                }
            }
            chain.pop();
        }
    }

    fn signed(&mut self, child: &Certificate, above: &Certificate) -> bool {
        let pair = (child.id(), above.id());
        if let Some(known) = self.checked.get(&pair) {
            return *known;
        }
        let signed = spend(&mut self.signatures) && verify_signed_by(child, above.spki()).is_ok();
        self.checked.insert(pair, signed);
        signed
    }
}

fn spend(left: &mut usize) -> bool {
    let may = *left > 0;
    *left = left.saturating_sub(1);
    may
}

/// Whether a way over presented certificates, the nearest to the leaf first, may be taken.
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
    let unfit = |intermediate: &Certificate, reason| NoIssuer::UnfitIntermediate {
        intermediate: intermediate.id(),
        subject: intermediate.subject().to_string(),
        reason,
    };
    // Without these checks any device could issue devices. Self-issued ones do not count against a path's length
    // (RFC 5280, 4.2.1.9).
    let mut below = 0;
    for intermediate in chain {
        check_intermediate(intermediate, now)
            .map_err(|rule| unfit(intermediate, Unfit::Rule(rule)))?;
        if let Some(allowed) = intermediate
            .path_length()
            .filter(|allowed| *allowed < below)
        {
            return Err(unfit(intermediate, Unfit::PathLength { allowed }));
        }
        below += u32::from(!intermediate.is_self_issued());
    }
    let allowed = ca.borrow().path_length();
    if let (Some(allowed), Some(nearest)) = (allowed, chain.last())
        && allowed < below
    {
        return Err(unfit(nearest, Unfit::PathLength { allowed }));
    }
    Ok(Issuer {
        ca,
        through: chain.iter().map(|certificate| certificate.id()).collect(),
    })
}
