//! The check of a client's certificate within the handshake: does the peer hold its key?
//!
//! Anything more needs the registry, which a verifier cannot wait for; that comes after the handshake. So any
//! well-formed certificate is let through, of X.509 version 1 too, which rustls' own verification refuses and
//! `openssl x509 -req` makes: the public key is taken out here and the handshake's signature checked with it.
//!
//! Must not know which certificates or CAs are registered.

use nameplate_core::pki::{RuleError, check_key, key_of, spki_of};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, PeerMisbehaved,
    SignatureScheme,
};
use std::sync::Arc;

/// A certificate whose key we cannot verify a signature of, so that the handshake has to end: the refusal itself
/// comes from the same rules as after a handshake.
#[derive(Debug)]
pub struct UnfitKey {
    /// The certificate.
    pub leaf: Vec<u8>,
    rule: RuleError,
}

impl std::fmt::Display for UnfitKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.rule.fmt(f)
    }
}

impl std::error::Error for UnfitKey {}

/// The certificate for whose key a handshake failed, if that is why it did.
pub fn unfit_key(error: &std::io::Error) -> Option<&UnfitKey> {
    match error.get_ref()?.downcast_ref::<Error>()? {
        Error::InvalidCertificate(CertificateError::Other(other)) => other.0.downcast_ref(),
        _ => None,
    }
}

/// Lets any client certificate through whose key the client proves to hold.
#[derive(Debug)]
pub struct AnyClientCertificate {
    mandatory: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl AnyClientCertificate {
    /// Asks every client for a certificate; `mandatory` refuses those without.
    pub fn new(mandatory: bool, algorithms: WebPkiSupportedAlgorithms) -> Self {
        AnyClientCertificate {
            mandatory,
            algorithms,
        }
    }
}

impl ClientCertVerifier for AnyClientCertificate {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        self.mandatory
    }

    /// None: a client that sees no hints sends the certificate that it has.
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let public_key = public_key(end_entity)?;
        let key = key_of(&public_key).map_err(|_| Error::from(CertificateError::BadEncoding))?;
        if let Err(rule) = check_key(&key) {
            let leaf = end_entity.to_vec();
            return Err(
                CertificateError::Other(OtherError(Arc::new(UnfitKey { leaf, rule }))).into(),
            );
        }
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let public_key = public_key(certificate)?;
        let entity = webpki::RawPublicKeyEntity::try_from(&public_key)
            .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
        let (_, algorithms) = self
            .algorithms
            .mapping
            .iter()
            .find(|(scheme, _)| *scheme == signed.scheme)
            .ok_or(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme)?;
        // In TLS 1.2 an ECDSA scheme names the digest only, so one of several curves may be the key's
        // (RFC 8422, 5.4).
        let verified = algorithms.iter().any(|algorithm| {
            entity
                .verify_signature(*algorithm, message, signed.signature())
                .is_ok()
        });
        match verified {
            true => Ok(HandshakeSignatureValid::assertion()),
            false => Err(CertificateError::BadSignature.into()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature_with_raw_key(
            message,
            &public_key(certificate)?,
            signed,
            &self.algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn public_key<'a>(
    certificate: &'a CertificateDer<'_>,
) -> Result<SubjectPublicKeyInfoDer<'a>, Error> {
    spki_of(certificate)
        .map(SubjectPublicKeyInfoDer::from)
        .map_err(|_| CertificateError::BadEncoding.into())
}
