//! The function that validates client certificates for a domain configuration: what it is asked, and what it answers.
//! AWS guide: customize-client-auth.

use serde::Serialize;
use serde_json::{Map, Value};

/// What the function is asked, JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateEvent {
    connection_metadata: Metadata,
    principal_id: String,
    server_name: String,
    client_certificate_chain: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Metadata {
    id: String,
}

impl CertificateEvent {
    /// About the connection `id` of the certificate with the id `principal`, whose client dialled `server_name` and sent
    /// these certificates in PEM, its own first.
    pub fn new(id: String, principal: String, server_name: String, chain: Vec<String>) -> Self {
        Self {
            connection_metadata: Metadata { id },
            principal_id: principal,
            server_name,
            client_certificate_chain: chain,
        }
    }
}

/// Why an answer is neither yes nor no; nobody is let in by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateAnswerError {
    /// Not a JSON object.
    #[error("its answer is not a JSON object")]
    NotObject,
    /// No verdict.
    #[error("isAuthenticated of its answer must be true or false")]
    Verdict,
}

/// Whether the function lets the certificate go on.
///
/// # Errors
/// Where its answer does not say so clearly.
pub fn certificate_answer(payload: &[u8]) -> Result<bool, CertificateAnswerError> {
    let answer: Map<String, Value> =
        serde_json::from_slice(payload).map_err(|_| CertificateAnswerError::NotObject)?;
    answer
        .get("isAuthenticated")
        .and_then(Value::as_bool)
        .ok_or(CertificateAnswerError::Verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_is_as_the_guide_has_it() {
        let chain = vec!["leaf".into(), "issuer".into()];
        let event = CertificateEvent::new("id".into(), "ab".into(), "host".into(), chain);
        assert_eq!(
            serde_json::to_string(&event).expect("it is JSON"),
            r#"{"connectionMetadata":{"id":"id"},"principalId":"ab","serverName":"host","clientCertificateChain":["leaf","issuer"]}"#
        );
    }

    #[test]
    fn only_a_clear_yes_is_one() {
        use CertificateAnswerError::{NotObject, Verdict};
        let check = |payload: &str, wanted| {
            assert_eq!(certificate_answer(payload.as_bytes()), wanted, "{payload}");
        };
        check(r#"{"isAuthenticated":true}"#, Ok(true));
        check(r#"{"isAuthenticated":true,"more":1}"#, Ok(true));
        check(r#"{"isAuthenticated":false}"#, Ok(false));
        check(r#"{"isAuthenticated":"true"}"#, Err(Verdict));
        check(r#"{"isAuthenticated":1}"#, Err(Verdict));
        check("{}", Err(Verdict));
        check("true", Err(NotObject));
        check("null", Err(NotObject));
        check("", Err(NotObject));
    }
}
