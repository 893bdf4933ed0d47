//! A certificate provider: a function that signs the signing requests of CreateCertificateFromCsr over MQTT. AWS guide:
//! provisioning-cert-provider.

use crate::pki::{Certificate, CertificateRequest};
use serde_json::{Value, json};

/// What the function is called with. `principal_id` is the id of the certificate that asks.
pub fn provider_event(csr: &str, principal_id: &str, client_id: &str) -> Value {
    json!({
        "certificateSigningRequest": csr,
        "principalId": principal_id,
        "clientId": client_id,
    })
}

/// Why a function's answer is no certificate for the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderAnswerError {
    /// Not `{"certificatePem": "…"}`.
    #[error("it answered no certificatePem")]
    Shape,
    /// Not a certificate.
    #[error("its certificatePem is refused: {0}")]
    Certificate(String),
    /// Made for another key.
    #[error("its certificate has another public key than the signing request")]
    Key,
    /// Made for another name.
    #[error("its certificate has another subject than the signing request")]
    Subject,
}

/// The certificate that a function answered, where it is one for the request: of its key, and with its subject.
pub fn read_provider_answer(
    answer: &[u8],
    request: &CertificateRequest,
) -> Result<Certificate, ProviderAnswerError> {
    let document: Value = serde_json::from_slice(answer).map_err(|_| ProviderAnswerError::Shape)?;
    let pem = document.get("certificatePem").and_then(Value::as_str);
    let pem = pem.ok_or(ProviderAnswerError::Shape)?;
    let certificate = Certificate::parse_pem(pem)
        .map_err(|why| ProviderAnswerError::Certificate(why.to_string()))?;
    let key = crate::pki::spki_of(certificate.der())
        .map_err(|why| ProviderAnswerError::Certificate(why.to_string()))?;
    if key != request.spki() {
        return Err(ProviderAnswerError::Key);
    }
    // Signers write names anew, so what they say is compared and not how.
    let fields = |name: &crate::pki::Name| name.fields().to_vec();
    if fields(certificate.subject()) != fields(request.subject()) {
        return Err(ProviderAnswerError::Subject);
    }
    Ok(certificate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair};

    fn params(name: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params
    }

    #[test]
    fn a_certificate_must_be_for_the_request() {
        let key = KeyPair::generate().expect("a key");
        let csr = params("lamp").serialize_request(&key).expect("a request");
        let request = CertificateRequest::parse_pem(&csr.pem().expect("PEM")).expect("it is one");
        let other = KeyPair::generate().expect("a key");
        let answer = |name: &str, key: &KeyPair| {
            let certificate = params(name).self_signed(key).expect("a certificate");
            json!({"certificatePem": certificate.pem()}).to_string()
        };
        let read = |answer: &str| read_provider_answer(answer.as_bytes(), &request).map(drop);
        assert_eq!(read(&answer("lamp", &key)), Ok(()));
        assert_eq!(read(&answer("lamp", &other)), Err(ProviderAnswerError::Key));
        assert_eq!(
            read(&answer("sun", &key)),
            Err(ProviderAnswerError::Subject)
        );
        for shape in ["", "null", "{}", r#"{"certificatePem": 7}"#] {
            assert_eq!(read(shape), Err(ProviderAnswerError::Shape), "{shape}");
        }
        let garbage = read(r#"{"certificatePem": "-----BEGIN"}"#);
        assert!(matches!(garbage, Err(ProviderAnswerError::Certificate(_))));
    }
}
