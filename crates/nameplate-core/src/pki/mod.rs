//! X.509 as provisioning needs it: reading certificates and requests, and checking who signed what.
//!
//! Owns the DER and PEM reading, the rules on keys, signatures and validity, and the search for the
//! registered CA that issued a certificate. Everything is a function of bytes and of the time handed in.
//!
//! Must not know: where certificates are kept, which status they have, how TLS delivers them, or how keys
//! are made; issuing needs randomness and lives with the server.

mod algorithm;
mod certificate;
mod chain;
mod der;
mod id;
mod issuer;
mod name;
mod ocsp;
mod pem;
mod pss;
mod request;
mod revocation;
mod succession;
mod validity;
mod verify;

#[cfg(test)]
mod tests;

pub use algorithm::{
    KeyKind, PublicKeyError, SignatureAlgorithm, key_of, public_key_of_pem, spki_of_public_key,
};
pub use certificate::{
    AlternativeNames, Certificate, CertificateError, Demand, is_name_of, spki_of,
};
pub use chain::{CaChain, ChainError};
pub use der::MalformedDer;
pub use id::{CertificateId, CertificateIdError};
pub use issuer::{Bridging, Issuer, NoIssuer, Unfit, find_issuer, find_issuers};
pub use name::{Field, Name, NameError};
pub use ocsp::{AskedCertificate, STATUS_REQUEST_BYTES, StatusRequest, responder_key_hash};
pub use pem::{PemError, to_pem};
pub use pss::PssParameters;
pub use request::{CertificateRequest, RequestError, request_der};
pub use revocation::{
    REVOCATION_LIST_BYTES, Reason, RevocationList, RevocationListError, Revoked,
    revocation_list_der,
};
pub use succession::{Turn, issuing};
pub use validity::Validity;
pub use verify::{
    RuleError, SignatureError, VerificationError, check_ca, check_device, check_intermediate,
    check_key, check_validity, check_verification, verify_signed_by,
};
