//! How this server speaks TLS: versions 1.2 and 1.3, resumption, the certificate that the client can check.
//!
//! Must not know where certificates come from or what a client's certificate means.

use super::tickets::SharedTickets;
use super::verifier::AnyClientCertificate;
use crate::authority::{KeyAndChain, ServerIdentity};
use arc_swap::ArcSwap;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, NoServerSessionStorage, ProducesTickets, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{Error, ServerConfig};
use std::sync::Arc;

/// The server's certificates, of which each client gets the first that it can check: of our own, P-256 unless it
/// offers no ECDSA, else RSA; an owner's is the only one. They can be replaced while listeners run.
#[derive(Debug)]
pub struct ServerCertificates {
    current: ArcSwap<Vec<Arc<CertifiedKey>>>,
}

impl ServerCertificates {
    /// Certificates for `server_config`.
    pub fn new(identity: &ServerIdentity) -> Result<Arc<Self>, Error> {
        Ok(Arc::new(ServerCertificates {
            current: ArcSwap::from_pointee(pair(identity)?),
        }))
    }

    /// The same of one that the owner brought.
    pub fn owned(certified: Arc<CertifiedKey>) -> Arc<Self> {
        Arc::new(ServerCertificates {
            current: ArcSwap::from_pointee(vec![certified]),
        })
    }

    /// From now on, handshakes use this identity; open connections keep theirs.
    pub fn replace(&self, identity: &ServerIdentity) -> Result<(), Error> {
        self.current.store(Arc::new(pair(identity)?));
        Ok(())
    }

    /// The same with one that the owner brought.
    pub fn replace_owned(&self, certified: Arc<CertifiedKey>) {
        self.current.store(Arc::new(vec![certified]));
    }
}

fn pair(identity: &ServerIdentity) -> Result<Vec<Arc<CertifiedKey>>, Error> {
    let provider = provider();
    let load = |side: &KeyAndChain| {
        CertifiedKey::from_der(side.chain.clone(), side.key.clone_key(), &provider).map(Arc::new)
    };
    Ok(vec![load(&identity.ecdsa)?, load(&identity.rsa)?])
}

impl ResolvesServerCert for ServerCertificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.load();
        // For TLS 1.2 rustls has already left out the schemes that no cipher suite of the client goes with.
        let schemes = hello.signature_schemes();
        current
            .iter()
            .find(|certified| certified.key.choose_scheme(schemes).is_some())
            .cloned()
    }
}

/// The one crypto provider. It is named wherever rustls wants one: a process-wide default could be another.
pub fn provider() -> Arc<CryptoProvider> {
    let mut provider = aws_lc_rs::default_provider();
    // AES-128 first: its suites hash with SHA-256, for which processors have instructions and for SHA-384 have not.
    provider
        .cipher_suites
        .sort_by_key(|suite| !format!("{:?}", suite.suite()).contains("AES_128"));
    Arc::new(provider)
}

/// TLS settings of a listener, of which a client's first message decides.
#[derive(Debug, Clone)]
pub struct ListenerTls {
    usual: Arc<ServerConfig>,
    // For those who ask for a custom authorizer, and need no certificate: by ALPN, and by the name they dial.
    guests: Option<(Arc<ServerConfig>, Arc<ServerConfig>)>,
}

impl ListenerTls {
    /// The same for everybody.
    pub fn same(usual: Arc<ServerConfig>) -> Self {
        Self {
            usual,
            guests: None,
        }
    }

    /// `usual` refuses clients without certificate, `guests` does not.
    pub fn with_guests(usual: Arc<ServerConfig>, guests: &ServerConfig, alpn: &[&[u8]]) -> Self {
        let mut by_alpn = guests.clone();
        by_alpn.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
        Self {
            usual,
            guests: Some((Arc::new(by_alpn), Arc::new(guests.clone()))),
        }
    }

    /// The settings for a client that offers ALPN `mqtt` or not, and dials a name whose clients need no certificate.
    pub fn of(&self, offers_mqtt: bool, is_guest: bool) -> &Arc<ServerConfig> {
        match &self.guests {
            Some((by_alpn, _)) if offers_mqtt => by_alpn,
            Some((_, by_name)) if is_guest => by_name,
            _ => &self.usual,
        }
    }
}

/// The same settings, with this certificate for whoever dials a name that has one of its own.
pub fn showing(config: &ServerConfig, certified: Arc<CertifiedKey>) -> Arc<ServerConfig> {
    let mut config = config.clone();
    config.cert_resolver = ServerCertificates::owned(certified);
    Arc::new(config)
}

/// What sessions are resumed by. Kept by the client: a ticket holds the session's secret and the client's certificates,
/// encrypted with keys that only this process has, or the servers of one registry.
pub type Tickets = Arc<dyn ProducesTickets>;

/// Makes tickets whose keys are replaced every six hours and forgotten after twelve, so that a ticket is good for twelve
/// hours at most. They are nowhere but in memory: who steals the data directory can decrypt no session, and a restart
/// costs each device one full handshake.
pub fn tickets() -> Result<Tickets, Error> {
    Ok(Arc::new(Bounded(aws_lc_rs::Ticketer::new()?)))
}

/// Makes tickets that other servers can open, too.
pub fn shared_tickets(tickets: &Arc<SharedTickets>) -> Tickets {
    let tickets: Tickets = Arc::clone(tickets) as Tickets;
    Arc::new(Bounded(tickets))
}

/// Bytes of a session that a ticket is made of: its client's certificates, mostly. A longer chain costs its client a full
/// handshake each time. There are 64 KiB in a ticket, and a client may send nearly as many of certificates.
const SESSION_BYTES: usize = 16 * 1024;

/// Makes no ticket of what would not fit into one.
#[derive(Debug)]
struct Bounded(Tickets);

impl ProducesTickets for Bounded {
    fn enabled(&self) -> bool {
        self.0.enabled()
    }

    fn lifetime(&self) -> u32 {
        self.0.lifetime()
    }

    fn encrypt(&self, session: &[u8]) -> Option<Vec<u8>> {
        let fits = session.len() <= SESSION_BYTES;
        fits.then(|| self.0.encrypt(session)).flatten()
    }

    fn decrypt(&self, ticket: &[u8]) -> Option<Vec<u8>> {
        self.0.decrypt(ticket)
    }
}

/// TLS settings of a listener: `mandatory` refuses clients without certificate (8883), `alpn` lists the
/// protocols offered, best first. With an empty list any ALPN is ignored; otherwise a client that offers
/// ALPN must offer one of these, and a client that offers none passes. Without `tickets` every handshake is a full
/// one, as at AWS (AWS guide: transport-security).
///
/// A resumed session asks for no certificate and brings the one of its first handshake, whose owner's key the client
/// need not prove again. The verifier does not run then, nor is `mandatory` held to; what becomes of the certificate
/// is decided after each handshake of either kind alike, and so is what becomes of a client without one.
pub fn server_config(
    certificates: Arc<ServerCertificates>,
    mandatory: bool,
    alpn: &[&[u8]],
    tickets: Option<&Tickets>,
) -> Result<Arc<ServerConfig>, Error> {
    let provider = provider();
    let algorithms = provider.signature_verification_algorithms;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_client_cert_verifier(Arc::new(AnyClientCertificate::new(mandatory, algorithms)))
        .with_cert_resolver(certificates);
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
    config.ignore_client_order = true;
    // What is resumed is not kept here: with so many devices it would be memory, and another node has not got it.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    // TLS 1.2 tickets come from a ticketer, and the default one makes none.
    config.send_tls13_tickets = 0;
    if let Some(tickets) = tickets {
        config.ticketer = Arc::clone(tickets);
        // A device has one connection at a time, and each handshake brings the next ticket.
        config.send_tls13_tickets = 1;
    }
    Ok(Arc::new(config))
}
