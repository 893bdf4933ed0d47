//! Who gets in: what becomes of a connection whose TLS handshake proved a certificate's key.
//!
//! Owns the decision table for registered and unknown certificates (AWS guide: jit-provisioning,
//! auto-register-device-cert, deactivate-ca-cert). Must not know how the CA was found, nor what provisioning does.

use crate::ctx::Millis;
use crate::pki::{Reason, RuleError, Validity, check_validity};
use crate::registry::certificate::{Mode, Status};

/// What the decision needs to know of the CA that a certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaFacts {
    /// Its certificate id.
    pub id: String,
    /// Whether its status is ACTIVE.
    pub active: bool,
    /// Auto-registration ENABLE.
    pub auto_registration: bool,
    /// It has a registration config, so first connections are provisioned.
    pub provisions: bool,
    /// Its mode, which the certificates registered through it take over.
    pub mode: Mode,
    /// When its certificate is valid.
    pub validity: Validity,
}

/// Where a registered certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// Not from a registered CA: from us, or registered without one.
    NoCa,
    /// From a CA that has been deleted since, by its certificate id.
    Deleted(&'a str),
    /// From a registered CA.
    Ca(&'a CaFacts),
}

/// What becomes of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// A registered, ACTIVE certificate: go on to CONNECT. No template runs.
    Known,
    /// Register it if it is not, run the CA's template, then go on.
    Provision,
    /// Register it if it is not, publish the event, let somebody else decide.
    Register,
    /// No.
    Refuse(Refusal),
}

/// Why a certificate is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Switched off by its owner; never provisioned again, which is how an owner locks a device out.
    #[error("the certificate is registered and its status is {}; only ACTIVE certificates may connect", .0.as_str())]
    Status(Status),
    /// Pending, and nothing will change that by itself.
    #[error(
        "the certificate is PENDING_ACTIVATION and was not registered through a CA certificate; activate it with update-certificate"
    )]
    PendingWithoutCa,
    /// Pending, and the CA that would decide is gone.
    #[error(
        "the certificate is PENDING_ACTIVATION, and the CA certificate {ca} that it was registered through has been deleted; register that CA certificate again, or activate the certificate with update-certificate"
    )]
    CaDeleted {
        /// Id of the CA.
        ca: String,
    },
    /// Pending or unknown, and its CA's own certificate is out of its time.
    #[error("CA certificate {ca} would register this certificate, but {rule}")]
    CaValidity {
        /// Id of the CA.
        ca: String,
        /// Expired or not yet valid.
        rule: RuleError,
    },
    /// Pending or unknown, and its CA takes nobody new.
    #[error("CA certificate {ca} would register this certificate, but {}", inactive_text(*.active))]
    CaClosed {
        /// Id of the CA.
        ca: String,
        /// It is ACTIVE, so auto-registration is what is off.
        active: bool,
    },
    /// The certificate's mode needs SNI, and there was none or another name.
    #[error("certificates in SNI_ONLY mode need the endpoint's name in the TLS server name indication; {}", sni_text(.sent))]
    ServerName {
        /// The name sent.
        sent: Option<String>,
    },
    /// Its CA has revoked it.
    #[error(
        "it is on the revocation list of CA certificate {ca}: revoked at {at}, reason {reason}"
    )]
    OnRevocationList {
        /// Id of the CA.
        ca: String,
        /// Since when.
        at: Millis,
        /// Why.
        reason: Reason,
    },
    /// Nobody can say whether its CA has revoked it since.
    #[error(
        "the revocation list of CA certificate {ca} is stale, its successor was due at {due}, and without a fresh one nobody of that CA is let in"
    )]
    RevocationListStale {
        /// Id of the CA.
        ca: String,
        /// When the next list was due.
        due: Millis,
    },
    /// Nobody can say whether its CA has revoked it.
    #[error(
        "there is no revocation list of CA certificate {ca}, and without one nobody of that CA is let in"
    )]
    RevocationListMissing {
        /// Id of the CA.
        ca: String,
    },
    /// The certificate is registered as a CA.
    #[error(
        "the certificate is a registered CA certificate, and a CA certificate is not a device certificate"
    )]
    IsCa,
}

impl Refusal {
    /// A stable word for programs and counters.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Status(Status::Inactive) => "certificate-inactive",
            Refusal::Status(Status::Revoked) => "certificate-revoked",
            Refusal::Status(Status::PendingTransfer) => "certificate-pending-transfer",
            Refusal::Status(_) => "certificate-not-active",
            Refusal::PendingWithoutCa => "certificate-pending",
            Refusal::CaDeleted { .. } => "ca-deleted",
            Refusal::CaValidity {
                rule: RuleError::NotYetValid { .. },
                ..
            } => "ca-not-yet-valid",
            Refusal::CaValidity { .. } => "ca-expired",
            Refusal::CaClosed { active: false, .. } => "ca-inactive",
            Refusal::CaClosed { active: true, .. } => "auto-registration-disabled",
            Refusal::ServerName { .. } => "server-name",
            Refusal::OnRevocationList { .. } => "certificate-on-revocation-list",
            Refusal::RevocationListStale { .. } => "revocation-list-stale",
            Refusal::RevocationListMissing { .. } => "revocation-list-missing",
            Refusal::IsCa => "ca-as-device",
        }
    }
}

fn inactive_text(active: bool) -> &'static str {
    if active {
        "its auto-registration is DISABLE; switch it on with update-ca-certificate --new-auto-registration-status ENABLE"
    } else {
        "it is INACTIVE; switch it on with update-ca-certificate --new-status ACTIVE"
    }
}

fn sni_text(sent: &Option<String>) -> String {
    match sent {
        Some(name) => format!("{name:?} was sent"),
        None => "none was sent".into(),
    }
}

/// What the handshake told about the name the client dialled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerName {
    /// SNI as it was sent.
    pub sent: Option<String>,
    /// It is the endpoint's name or another name of this server.
    pub ours: bool,
}

fn check_name(mode: Mode, name: &ServerName) -> Result<(), Refusal> {
    if mode == Mode::SniOnly && !name.ours {
        return Err(Refusal::ServerName {
            sent: name.sent.clone(),
        });
    }
    Ok(())
}

/// A certificate that is registered.
pub fn registered(
    status: Status,
    mode: Mode,
    origin: Origin<'_>,
    name: &ServerName,
    now: Millis,
) -> Admission {
    if let Err(refusal) = check_name(mode, name) {
        return Admission::Refuse(refusal);
    }
    match (status, origin) {
        // Also when its CA is inactive, expired or gone (AWS guide: deactivate-ca-cert).
        (Status::Active, _) => Admission::Known,
        (Status::PendingActivation, Origin::Ca(ca)) => through(ca, now),
        (Status::PendingActivation, Origin::Deleted(ca)) => {
            Admission::Refuse(Refusal::CaDeleted { ca: ca.to_owned() })
        }
        (Status::PendingActivation, Origin::NoCa) => Admission::Refuse(Refusal::PendingWithoutCa),
        (other, _) => Admission::Refuse(Refusal::Status(other)),
    }
}

/// A certificate that is not registered, signed by a registered CA.
pub fn unknown(ca: &CaFacts, name: &ServerName, now: Millis) -> Admission {
    if let Err(refusal) = check_name(ca.mode, name) {
        return Admission::Refuse(refusal);
    }
    through(ca, now)
}

fn through(ca: &CaFacts, now: Millis) -> Admission {
    // No switch helps against this one, so it is told before them.
    if let Err(rule) = check_validity(ca.validity, now) {
        return Admission::Refuse(Refusal::CaValidity {
            ca: ca.id.clone(),
            rule,
        });
    }
    if !ca.active || !ca.auto_registration {
        Admission::Refuse(Refusal::CaClosed {
            ca: ca.id.clone(),
            active: ca.active,
        })
    } else if ca.provisions {
        Admission::Provision
    } else {
        Admission::Register
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ca(active: bool, auto_registration: bool, provisions: bool) -> CaFacts {
        CaFacts {
            id: "c".into(),
            active,
            auto_registration,
            provisions,
            mode: Mode::Default,
            validity: Validity {
                not_before: Millis(1_000),
                not_after: Millis(9_000),
            },
        }
    }

    const NOW: Millis = Millis(5_000);

    fn answer(admission: Admission) -> String {
        match admission {
            Admission::Refuse(refusal) => refusal.code().into(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_table() {
        let no_name = ServerName {
            sent: None,
            ours: false,
        };
        let check = |status: Option<Status>, ca: Option<CaFacts>, expected: &str| {
            let got = match (status, &ca) {
                (Some(status), ca) => {
                    let origin = ca.as_ref().map_or(Origin::NoCa, Origin::Ca);
                    registered(status, Mode::Default, origin, &no_name, NOW)
                }
                (None, Some(ca)) => unknown(ca, &no_name, NOW),
                (None, None) => panic!("a case names a status or a CA"),
            };
            assert_eq!(answer(got), expected, "{status:?} {ca:?}");
        };
        check(Some(Status::Active), Some(ca(false, false, true)), "Known");
        check(Some(Status::Active), None, "Known");
        check(
            Some(Status::PendingActivation),
            Some(ca(true, true, true)),
            "Provision",
        );
        check(
            Some(Status::PendingActivation),
            Some(ca(true, true, false)),
            "Register",
        );
        check(
            Some(Status::PendingActivation),
            Some(ca(true, false, true)),
            "auto-registration-disabled",
        );
        check(Some(Status::PendingActivation), None, "certificate-pending");
        check(
            Some(Status::Inactive),
            Some(ca(true, true, true)),
            "certificate-inactive",
        );
        check(
            Some(Status::Revoked),
            Some(ca(true, true, true)),
            "certificate-revoked",
        );
        check(
            Some(Status::PendingTransfer),
            None,
            "certificate-pending-transfer",
        );
        check(None, Some(ca(true, true, true)), "Provision");
        check(None, Some(ca(true, true, false)), "Register");
        check(None, Some(ca(false, true, true)), "ca-inactive");
        check(
            None,
            Some(ca(true, false, true)),
            "auto-registration-disabled",
        );
    }

    #[test]
    fn a_ca_out_of_its_time_takes_nobody_new() {
        let no_name = ServerName {
            sent: None,
            ours: false,
        };
        let ca = ca(true, true, true);
        for (now, expected) in [
            (999, "ca-not-yet-valid"),
            (1_000, "Provision"),
            (9_999, "Provision"),
            (10_000, "ca-expired"),
        ] {
            let now = Millis(now);
            assert_eq!(answer(unknown(&ca, &no_name, now)), expected, "{now}");
            let mode = Mode::Default;
            let with = |status| answer(registered(status, mode, Origin::Ca(&ca), &no_name, now));
            assert_eq!(with(Status::PendingActivation), expected, "{now}");
            assert_eq!(with(Status::Active), "Known", "{now}");
        }
    }

    #[test]
    fn a_deleted_ca_is_named() {
        let no_name = ServerName {
            sent: None,
            ours: false,
        };
        let with = |status| {
            registered(
                status,
                Mode::Default,
                Origin::Deleted("ab12"),
                &no_name,
                NOW,
            )
        };
        assert_eq!(answer(with(Status::Active)), "Known");
        let pending = with(Status::PendingActivation);
        let Admission::Refuse(refusal) = &pending else {
            panic!("{pending:?}")
        };
        assert_eq!(refusal.code(), "ca-deleted");
        assert!(
            refusal.to_string().contains("CA certificate ab12"),
            "{refusal}"
        );
    }

    #[test]
    fn sni_only_needs_our_name() {
        let name = |sent: Option<&str>, ours| ServerName {
            sent: sent.map(str::to_owned),
            ours,
        };
        let check = |name: ServerName, expected: &str| {
            let got = registered(Status::Active, Mode::SniOnly, Origin::NoCa, &name, NOW);
            assert_eq!(answer(got), expected, "{name:?}");
        };
        check(name(Some("localhost"), true), "Known");
        check(name(Some("elsewhere"), false), "server-name");
        check(name(None, false), "server-name");
    }
}
