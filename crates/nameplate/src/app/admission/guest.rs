//! Clients that are to show who they are after their handshake: guests, whose CONNECT or HTTP request an authorizer is
//! asked about.
//!
//! AWS guide: protocols, custom-auth. Owns when an authorizer is asked and when a certificate. Must not know what an
//! authorizer is asked.

use super::attempt::{Attempt, Stage};
use super::custom::Offer;
use super::{Admission, Admit, Admitted, Dialled, Peer, Refused, Who};
use crate::app::registry::certificate::PEM_LABEL;
use nameplate_core::custom_auth::{Mqtt, ProtocolData, Tls};
use nameplate_core::pki::to_pem;
use nameplate_core::registry::domain::Authentication;
use std::sync::Arc;

/// What `meet` knows of how a client of MQTT is to prove who it is.
enum Proof {
    /// Its certificate.
    Certificate,
    /// An authorizer.
    Authorizer,
    /// An authorizer where one is named or a default, else its certificate.
    Either,
    /// Its certificate, and then an authorizer.
    Both,
}

/// By the domain configuration, else by ALPN (AWS guide: protocols).
fn proof(peer: &Peer) -> Proof {
    let Dialled { domain, mqtt_alpn } = &peer.dialled;
    match domain.as_ref().map(|domain| domain.authentication) {
        Some(Authentication::Custom) => Proof::Authorizer,
        Some(Authentication::CustomX509) => Proof::Both,
        None | Some(Authentication::Default) if *mqtt_alpn => match peer.chain.is_empty() {
            true => Proof::Authorizer,
            false => Proof::Either,
        },
        _ => Proof::Certificate,
    }
}

/// A client of MQTT whose CONNECT is still to show who it is.
#[derive(Debug)]
pub struct Guest {
    offer: Offer,
    // Admitted already, and asked for beside an authorizer.
    certificate: Option<Admitted>,
    // Decides where no authorizer is asked.
    fallback: Option<Peer>,
}

impl Guest {
    fn of(peer: &Peer) -> Self {
        let tls = Tls {
            server_name: peer.server_name.sent.clone(),
            ..Tls::default()
        };
        Self {
            offer: Offer {
                data: ProtocolData {
                    tls: Some(tls),
                    ..ProtocolData::default()
                },
                domain: peer.dialled.domain.clone(),
                address: peer.address.ip(),
            },
            certificate: None,
            fallback: None,
        }
    }
}

impl Admission {
    /// Decides about a client of MQTT as far as its handshake tells who it is; the rest is up to its CONNECT
    /// ([`Admit::Ask`]).
    pub async fn meet(&self, peer: Peer, attempt: &mut Attempt) -> Admit {
        let mut guest = Guest::of(&peer);
        match proof(&peer) {
            Proof::Certificate => return self.admit(peer, attempt).await,
            Proof::Authorizer => {}
            Proof::Either => guest.fallback = Some(peer),
            Proof::Both => {
                let leaf = peer.chain.first().map(|der| to_pem(PEM_LABEL, der));
                match self.admit(peer, attempt).await {
                    Admit::Enter(Who::Certificate(admitted)) => {
                        if let Some(tls) = &mut guest.offer.data.tls {
                            tls.certificate_pem = leaf;
                            tls.principal_id = Some(hex::encode(admitted.hash));
                        }
                        guest.certificate = Some(admitted);
                    }
                    Admit::First(_) => {
                        return Admit::Refuse(Refused::new(
                            Stage::Registered,
                            "authorizer-unregistered",
                            "the domain configuration asks for a registered certificate beside an authorizer, and the \
                             certificate is not registered",
                        ));
                    }
                    other => return other,
                }
            }
        }
        Admit::Ask(Box::new(guest))
    }

    /// Decides about a guest, now that its CONNECT is there.
    pub async fn greet(&self, guest: Guest, shown: Mqtt, attempt: &mut Attempt) -> Admit {
        let Guest {
            mut offer,
            certificate,
            fallback,
        } = guest;
        offer.data.mqtt = Some(shown);
        if let Some(peer) = fallback {
            let domain = offer.domain.as_deref();
            match self.has_authorizer(&offer.credentials(), domain).await {
                Ok(true) => {}
                Ok(false) => return self.admit(peer, attempt).await,
                Err(refused) => return Admit::Refuse(refused),
            }
        }
        match self.admit_by_authorizer(offer).await {
            Ok(mut known) => {
                let (name, principal) = (&known.authorizer, &known.principal);
                let detail = format!("authorizer {name}, principal {principal}");
                attempt.passed_with(Stage::Authenticated, self.kernel.now(), detail);
                known.certificate = certificate;
                Admit::Enter(Who::Custom(Arc::new(known)))
            }
            Err(refused) => Admit::Refuse(refused),
        }
    }
}
