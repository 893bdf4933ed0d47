//! Clients that are to show who they are after their handshake: guests, whose CONNECT or HTTP request an authorizer is
//! asked about.
//!
//! AWS guide: protocols, custom-auth. Owns when an authorizer is asked and when a certificate. Must not know what an
//! authorizer is asked.

use super::attempt::{Attempt, Stage};
use super::custom::Offer;
use super::{Admission, Admit, Admitted, Dialled, Peer, Refused, Who};
use crate::app::error::{Error, Kind};
use crate::app::registry::certificate::PEM_LABEL;
use nameplate_core::custom_auth::{Http, Mqtt, ProtocolData, Tls};
use nameplate_core::pki::to_pem;
use nameplate_core::registry::domain::Authentication;
use std::net::IpAddr;
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

/// Whoever comes over HTTP to be known by an authorizer.
pub struct OverHttp {
    /// What the TLS handshake established, where there was one.
    pub peer: Option<Peer>,
    /// The peer's address.
    pub address: IpAddr,
    /// Header fields and query of the request.
    pub http: Http,
}

/// A client whose CONNECT is still to show who it is, or whose request has shown it.
#[derive(Debug)]
pub struct Guest {
    pub(super) offer: Offer,
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

    /// Without TLS.
    fn unencrypted(address: IpAddr) -> Self {
        Self {
            offer: Offer {
                data: ProtocolData::default(),
                domain: None,
                address,
            },
            certificate: None,
            fallback: None,
        }
    }
}

impl Refused {
    /// What the sender of an HTTP request hears of it, which is no reason: that may tell of the function, or of which guess
    /// was nearer.
    pub fn told(&self) -> Error {
        match self.internal {
            true => Error::new(Kind::Unavailable, "The service is unavailable"),
            false => Error::denied("Forbidden"),
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
                return match self.beside_certificate(guest, peer, attempt).await {
                    Ok(guest) => Admit::Ask(Box::new(guest)),
                    Err(refused) => Admit::Refuse(refused),
                };
            }
        }
        Admit::Ask(Box::new(guest))
    }

    /// The same of whoever comes over HTTP, for a request or a WebSocket that an authorizer is asked about.
    ///
    /// # Errors
    /// Where the domain configuration asks for a certificate beside it, and that one may not come in.
    pub async fn meet_over_http(
        &self,
        caller: OverHttp,
        attempt: &mut Attempt,
    ) -> Result<Guest, Refused> {
        let OverHttp {
            peer,
            address,
            http,
        } = caller;
        let mut guest = match &peer {
            Some(peer) => Guest::of(peer),
            None => Guest::unencrypted(address),
        };
        guest.offer.data.http = Some(http);
        match peer {
            Some(peer) if matches!(proof(&peer), Proof::Both) => {
                self.beside_certificate(guest, peer, attempt).await
            }
            _ => Ok(guest),
        }
    }

    /// A guest whose certificate is registered and may come in; an authorizer is asked about it as well.
    async fn beside_certificate(
        &self,
        mut guest: Guest,
        peer: Peer,
        attempt: &mut Attempt,
    ) -> Result<Guest, Refused> {
        let leaf = peer.chain.first().map(|der| to_pem(PEM_LABEL, der));
        match self.admit(peer, attempt).await {
            Admit::Enter(Who::Certificate(admitted)) => {
                if let Some(tls) = &mut guest.offer.data.tls {
                    tls.certificate_pem = leaf;
                    tls.principal_id = Some(hex::encode(admitted.hash));
                }
                guest.certificate = Some(admitted);
                Ok(guest)
            }
            Admit::Refuse(refused) => Err(refused),
            // Nor does a temporary claim stand for one.
            Admit::Enter(_) | Admit::First(_) | Admit::Ask(_) => Err(Refused::new(
                Stage::Registered,
                "authorizer-unregistered",
                "the domain configuration asks for a registered certificate beside an authorizer, and the certificate is \
                 not registered",
            )),
        }
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
