//! A certificate's first connection, once its CONNECT is there: what it is to become, and what both ways of becoming it
//! share.
//!
//! `jitp.rs` provisions it by the CA's template, `jitr.rs` only registers it and waits for somebody to decide.

use super::attempt::{Attempt, Stage};
use super::{Admission, Admitted, Considered, Entrance, Newcomer, Peer, Refused};
use crate::app::error::Result;
use crate::app::registry::authorities::Authority;
use nameplate_core::admission;
use nameplate_core::ctx::{Ctx, Millis};
use nameplate_core::pki::Certificate;
use nameplate_core::registry::certificate::{Mode, Status};
use nameplate_core::template::{Parameters, SubjectField};
use nameplate_store::{NewCertificate, Tx};
use serde_json::json;
use std::sync::Arc;

impl Admission {
    /// Registers or provisions a first connection, durably, now that its CONNECT is there: a handshake alone changes
    /// nothing, as at AWS. `gone` ends when the client has closed the connection, and is
    /// looked at only while the client is held.
    pub async fn enter(
        &self,
        newcomer: Newcomer,
        attempt: &mut Attempt,
        gone: impl Future<Output = ()>,
    ) -> Entrance {
        match self.try_enter(newcomer, attempt, gone).await {
            Ok(entrance) => entrance,
            Err(error) => Entrance::Refuse(Refused::internal(Stage::AutoRegistered, &error)),
        }
    }

    async fn try_enter(
        &self,
        newcomer: Newcomer,
        attempt: &mut Attempt,
        gone: impl Future<Output = ()>,
    ) -> Result<Entrance> {
        let Newcomer {
            certificate,
            hash,
            peer,
            mut considered,
            heard,
        } = newcomer;
        // Its CA or template may have changed between the handshake and CONNECT, at another node as well.
        if self.kernel.has_news_since(&heard).await? {
            considered = self.consider(&peer, &certificate, hash).await?;
        }
        match considered {
            Considered::Refused(closed) => Ok(Entrance::Refuse(closed.into())),
            Considered::Known(entry) => Ok(Entrance::Enter(Admitted {
                hash,
                key: entry.key,
                certificate,
                seen: None,
            })),
            Considered::New {
                provision,
                authority,
                ..
            } => {
                let leaf = FirstLeaf {
                    certificate,
                    hash,
                    authority,
                    peer,
                };
                if provision {
                    self.provision_first(&leaf, attempt).await
                } else {
                    self.register_only(&leaf, attempt, gone).await
                }
            }
        }
    }
}

/// A leaf on its first connection, and the registered CA that vouches for it.
pub(super) struct FirstLeaf {
    pub(super) certificate: Arc<Certificate>,
    pub(super) hash: [u8; 32],
    pub(super) authority: Arc<Authority>,
    pub(super) peer: Peer,
}

impl FirstLeaf {
    /// What goes on to its policies, with the key of its row.
    pub(super) fn admitted(&self, key: i64) -> Admitted {
        Admitted {
            hash: self.hash,
            key,
            certificate: Arc::clone(&self.certificate),
            seen: None,
        }
    }

    /// What it takes to register it.
    pub(super) fn row(&self) -> NewLeaf {
        NewLeaf {
            hash: self.hash,
            der: Arc::clone(&self.certificate),
            ca: self.authority.ca.key,
            mode: self.authority.ca.mode,
        }
    }

    /// The topic of the event that says that it was registered.
    pub(super) fn event_topic(&self) -> String {
        format!(
            "$aws/events/certificates/registered/{}",
            self.authority.ca.id()
        )
    }

    /// Topic and payload of the event that it waits for activation.
    pub(super) fn registered_event(&self, ctx: &Ctx) -> (String, Vec<u8>) {
        let ca = self.authority.ca.id();
        let payload = json!({
            "certificateId": hex::encode(self.hash),
            "caCertificateId": ca,
            "timestamp": ctx.now.0,
            "certificateStatus": Status::PendingActivation.as_str(),
            "awsAccountId": ctx.realm.account,
            "certificateRegistrationTimestamp": ctx.now.0.to_string(),
            "sourceIp": self.peer.address.ip().to_canonical().to_string(),
        });
        (self.event_topic(), payload.to_string().into_bytes())
    }
}

/// A leaf that may have to be registered, with all it takes to do so.
pub(super) struct NewLeaf {
    hash: [u8; 32],
    der: Arc<Certificate>,
    ca: i64,
    mode: Mode,
}

impl NewLeaf {
    /// Registers it, as what waits for activation; `set` where it gets another status at once.
    pub(super) fn insert(&self, tx: &mut Tx<'_>, set: Option<Status>, now: Millis) -> Result<i64> {
        let validity = self.der.validity();
        let new = NewCertificate {
            hash: self.hash,
            der: self.der.der(),
            status: Status::PendingActivation,
            mode: self.mode,
            ca: Some(self.ca),
            created: now,
            not_before: validity.not_before,
            not_after: validity.not_after,
        };
        Ok(match set {
            Some(status) => tx.insert_certificate_and_set(&new, status)?,
            None => tx.insert_certificate(&new)?,
        })
    }
}

/// The template parameters that a certificate supplies. AWS guide: jit-provisioning.
pub(crate) fn certificate_parameters(certificate: &Certificate, id: &str) -> Parameters {
    let subject: Vec<(SubjectField, String)> = certificate
        .subject()
        .fields()
        .iter()
        .map(|(field, value)| (SubjectField::from_oid(field.oid()), value.clone()))
        .collect();
    Parameters::from_certificate(id, &subject, &certificate.serial_decimal())
}

pub(super) fn refuse(stage: Stage, code: impl Into<String>, reason: impl Into<String>) -> Entrance {
    Entrance::Refuse(Refused::new(stage, code, reason))
}

/// Not with a certificate in this status.
pub(super) fn refuse_status(stage: Stage, status: Status) -> Entrance {
    let refusal = admission::Refusal::Status(status);
    refuse(stage, refusal.code(), refusal.to_string())
}
