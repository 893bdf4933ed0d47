//! The owner's function that validates client certificates under a domain configuration: revocation lists, OCSP, or what
//! else the registry does not know. AWS guide: customize-client-auth.

use super::attempt::Stage;
use super::{Admission, Peer, Refused};
use crate::app::functions::{Silence, Source};
use crate::app::iam::IOT_SERVICE;
use crate::app::ids;
use crate::app::registry::certificate::PEM_LABEL;
use nameplate_core::custom_auth::{CertificateEvent, certificate_answer};
use nameplate_core::pki::to_pem;
use std::time::Duration;

/// How long the function may take. AWS's guide gives no limit; an authorizer's function has as long.
const LIMIT: Duration = Duration::from_secs(5);

fn code(why: Silence) -> &'static str {
    match why {
        Silence::Absent => "callback-absent",
        Silence::NotPermitted => "callback-not-permitted",
        Silence::Throttled => "callback-throttled",
        Silence::Late => "callback-timeout",
        Silence::Failed => "callback-failed",
        Silence::Internal => "internal",
    }
}

impl Admission {
    /// Asks the function of the domain configuration that was dialled, if it has one, about a certificate that may
    /// otherwise go on. Anything but a clear yes refuses it, before anything is registered.
    pub(super) async fn validate(&self, peer: &Peer, hash: [u8; 32]) -> Result<(), Refused> {
        let Some((domain, function)) = peer.dialled.domain.as_ref().and_then(|domain| {
            let function = domain.certificate_callback.as_deref()?;
            Some((domain, function))
        }) else {
            return Ok(());
        };
        let refuse =
            |code: &str, reason: String| Err(Refused::new(Stage::Certificate, code, reason));
        let chain = peer
            .chain
            .iter()
            .map(|der| to_pem(PEM_LABEL, der))
            .collect();
        let server_name = peer.server_name.sent.clone().unwrap_or_default();
        let event = CertificateEvent::new(ids::uuid(), hex::encode(hash), server_name, chain);
        let source = Source {
            service: IOT_SERVICE,
            role: None,
            arn: self.kernel.realm().domain_configuration(&domain.name),
        };
        let ctx = self.kernel.ctx();
        let asked = self
            .functions
            .ask(&ctx, &source, function, &event, LIMIT)
            .await;
        let payload = match asked {
            Ok(payload) => payload,
            Err(silent) => {
                let refused = Refused::new(Stage::Certificate, code(silent.why), silent.reason);
                return Err(Refused {
                    internal: silent.why == Silence::Internal,
                    ..refused
                });
            }
        };
        match certificate_answer(&payload) {
            Ok(true) => Ok(()),
            Ok(false) => refuse(
                "callback-denied",
                format!(
                    "the function {function} answered that the certificate is not to be accepted"
                ),
            ),
            Err(why) => refuse(
                "callback-answer",
                format!("the function {function} was asked, and {why}"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::admission::attempt::Attempt;
    use crate::app::admission::{Admit, Dialled};
    use crate::app::functions;
    use crate::app::{Error, Kind};
    use crate::testing::{ARN, NOW, Outcome, TestApp, answered, crashed};
    use nameplate_core::admission::ServerName;
    use serde_json::{Value, json};
    use std::net::SocketAddr;
    use std::sync::Arc;

    const HOST: &str = "fleet.example.com";

    /// How a device is admitted that dials the name of a domain configuration with this callback: the code and reason of
    /// its refusal.
    async fn admitted(
        test: &TestApp,
        chain: &[Vec<u8>],
        callback: &str,
    ) -> Option<(String, String)> {
        let body = json!({"clientCertificateConfig": {"clientCertificateCallbackArn": callback}});
        test.iot("PUT /domainConfigurations/fleet", body).await.ok();
        let domain = test.app.admission.domain_of_host(HOST).await.expect("read");
        let peer = Peer {
            address: SocketAddr::from(([127, 0, 0, 1], 40_000)),
            chain: chain.to_vec(),
            server_name: ServerName {
                sent: Some(HOST.into()),
                ours: true,
            },
            dialled: Dialled {
                domain: domain.map(Arc::new),
                mqtt_alpn: false,
            },
        };
        let mut attempt = Attempt::new("mqtt", peer.address, NOW);
        match test.app.admission.admit(peer, &mut attempt).await {
            Admit::Refuse(refused) => Some((refused.code, refused.reason)),
            _ => None,
        }
    }

    async fn world() -> (TestApp, Vec<Vec<u8>>) {
        let test = TestApp::new().await;
        let (_, der) = test.device("device").await;
        let certificate =
            "arn:aws:acm:us-east-1:123456789012:certificate/0f0e0d0c-0b0a-4900-8807-060504030201";
        let body = json!({"domainName": HOST, "serverCertificateArns": [certificate]});
        test.iot("POST /domainConfigurations/fleet", body)
            .await
            .ok();
        (test, vec![der.clone(), der])
    }

    #[tokio::test]
    async fn the_function_sees_the_chain_and_decides() {
        let (test, chain) = world().await;
        let pem = to_pem(PEM_LABEL, &chain[0]);
        let id = nameplate_core::pki::CertificateId::of(&chain[0]).to_string();
        let function = test
            .function("validate", move |mut event| {
                let connection = event["connectionMetadata"]["id"].take();
                assert_eq!(connection.as_str().map(str::len), Some(36));
                let wanted = json!({
                    "connectionMetadata": {"id": null}, "principalId": id, "serverName": HOST,
                    "clientCertificateChain": [pem, pem],
                });
                assert_eq!(event, wanted);
                answered(r#"{"isAuthenticated":true}"#)
            })
            .await;
        assert_eq!(admitted(&test, &chain, &function).await, None);
    }

    #[tokio::test]
    async fn nothing_but_a_clear_yes_lets_a_certificate_in() {
        let (test, chain) = world().await;
        type Case = (
            &'static str,
            fn(Value) -> Outcome,
            &'static str,
            &'static str,
        );
        let cases: [Case; 5] = [
            (
                "no",
                |_| answered(r#"{"isAuthenticated":false}"#),
                "callback-denied",
                "answered that the certificate is not to be accepted",
            ),
            (
                "crashes",
                |_| crashed("the list cannot be fetched", "fetching"),
                "callback-failed",
                "the list cannot be fetched; its last line: fetching",
            ),
            (
                "hangs",
                |_| {
                    let late = Kind::Function(functions::Refusal::Late);
                    Err(Error::new(late, "no answer within 5 s"))
                },
                "callback-timeout",
                "no answer within 5 s",
            ),
            (
                "garbage",
                |_| answered(r#"{"isAuthenticated":"yes"}"#),
                "callback-answer",
                "isAuthenticated of its answer must be true or false",
            ),
            (
                "busy",
                |_| Err(Error::new(Kind::Throttled(None), "Rate Exceeded.")),
                "callback-throttled",
                "Rate Exceeded.",
            ),
        ];
        for (name, answer, code, reason) in cases {
            let function = test.function(name, answer).await;
            let refused = admitted(&test, &chain, &function).await;
            let (found, text) = refused.expect("it does not say yes");
            assert_eq!(found, code, "{name}: {text}");
            assert!(text.ends_with(reason), "{name}: {text}");
        }
        let absent = "arn:aws:lambda:us-east-1:123456789012:function:absent";
        let refused = admitted(&test, &chain, absent).await.expect("it is absent");
        assert_eq!(refused.0, "callback-absent");
    }

    #[tokio::test]
    async fn the_function_must_let_the_domain_configuration_call_it() {
        let (test, chain) = world().await;
        let function = test
            .function("validate", |_| answered(r#"{"isAuthenticated":true}"#))
            .await;
        let policy = "/2015-03-31/functions/validate/policy";
        test.call("lambda", &format!("DELETE {policy}/iot"), &[], Value::Null)
            .await;
        let refused = admitted(&test, &chain, &function)
            .await
            .expect("it may not");
        assert_eq!(refused.0, "callback-not-permitted");
        let grant = json!({
            "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "iot.amazonaws.com",
            "SourceArn": format!("{ARN}domainconfiguration/fleet/*"),
        });
        test.call("lambda", &format!("POST {policy}"), &[], grant)
            .await;
        assert_eq!(admitted(&test, &chain, &function).await, None);
    }

    #[tokio::test]
    async fn a_stranger_costs_no_call() {
        let (test, _) = world().await;
        let function = test
            .function("validate", |_| panic!("it is asked about a stranger"))
            .await;
        let stranger = crate::testing::Ca::new("Nobody").sign_der("x");
        let refused = admitted(&test, &[stranger], &function)
            .await
            .expect("a stranger");
        assert_eq!(refused.0, "ca-unknown");
    }
}
