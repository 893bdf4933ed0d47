//! Certificates that have expired and that their owner lets renew: who comes with one, and what it may do.

use super::{Admission, Admitted, Considered, Peer, Refused, Stage, Who};
use crate::app::error::{Error, Result};
use crate::app::registry::tag::tagged_days;
use nameplate_core::ctx::Millis;
use nameplate_core::fleet_provisioning::late_renewal_policy;
use nameplate_core::pki::{self, Certificate, CertificateId, RuleError};
use nameplate_core::policy::{
    Authorizer, Context, Dialect, NamedPolicy, PolicyDocument, PolicySet,
};
use nameplate_core::registry::lifetime::RENEW_EXPIRED;
use std::sync::Arc;

/// A day, milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

impl Admission {
    /// Who comes with an expired certificate, where it is registered and ACTIVE, nothing else speaks against it, and its
    /// owner lets it renew.
    pub(crate) async fn late(&self, peer: &Peer, leaf: &[u8]) -> Result<Option<Who>> {
        let Ok(certificate) = Certificate::parse_der(leaf) else {
            return Ok(None);
        };
        let rule = pki::check_device(&certificate, self.kernel.now());
        if !matches!(rule, Err(RuleError::Expired { .. })) {
            return Ok(None);
        }
        let CertificateId(hash) = CertificateId::of(leaf);
        if !self.may_be_late(&certificate, &hash).await? {
            return Ok(None);
        }
        let Considered::Known(entry) = self.consider(peer, &certificate, hash).await? else {
            return Ok(None);
        };
        Ok(Some(Who::Late(Admitted {
            hash,
            key: entry.key,
            certificate: Arc::new(certificate),
            seen: None,
        })))
    }

    /// Whether the time that its owner gives it is not over: the tag of its registered CA counts, else the setting.
    async fn may_be_late(&self, certificate: &Certificate, hash: &[u8; 32]) -> Result<bool> {
        let realm = self.kernel.realm();
        let tagged = self
            .kernel
            .store
            .read(|conn| {
                let ca = conn.certificate_entry(hash)?.and_then(|entry| entry.ca);
                match ca {
                    Some(ca) => match conn.ca_by_key(ca)? {
                        Some(ca) => {
                            tagged_days(conn, &realm.ca_certificate(&ca.id()), RENEW_EXPIRED)
                        }
                        None => Ok(None),
                    },
                    None => Ok::<_, Error>(None),
                }
            })
            .await?;
        let days = tagged.unwrap_or(self.kernel.settings.renew_expired_days);
        let end = certificate.validity().not_after.0 + i64::from(days) * DAY;
        Ok(self.kernel.now() <= Millis(end))
    }

    /// Whether its connection may be open still.
    pub(super) async fn check_late(&self, admitted: &Admitted) -> std::result::Result<(), Refused> {
        let may = self
            .may_be_late(&admitted.certificate, &admitted.hash)
            .await;
        match may.map_err(|error| Refused::internal(Stage::Authorized, &error))? {
            true => Ok(()),
            false => Err(Refused::new(
                Stage::Authorized,
                "certificate-expired",
                "the certificate has expired, and the time in which it could be renewed is over",
            )),
        }
    }

    /// What it may do.
    pub(super) fn late_authorizer(&self) -> Result<Authorizer> {
        let realm = self.kernel.realm();
        let document = late_renewal_policy(realm).to_string();
        let document = PolicyDocument::parse(&document, Dialect::Iot).map_err(Error::internal)?;
        let policy = NamedPolicy {
            name: "renewal-of-an-expired-certificate".into(),
            document: Arc::new(document),
        };
        let set = Arc::new(PolicySet::new(realm, vec![policy]));
        Ok(Authorizer::build(set, Arc::new(Context::default())))
    }
}

#[cfg(test)]
mod tests {
    use crate::app::Error;
    use crate::app::admission::attempt::Attempt;
    use crate::app::admission::{Admit, ConnectAsk, Dialled, Peer, Who};
    use crate::testing::{Ca, NOW, TestApp};
    use nameplate_core::admission::ServerName;
    use nameplate_core::ctx::Millis;
    use nameplate_core::pki::Certificate;
    use nameplate_core::registry::certificate::{Mode, Status};
    use nameplate_store::NewCertificate;
    use serde_json::{Value, json};
    use std::net::SocketAddr;

    /// A server that gives so many days, and an expired certificate that it has.
    async fn ready(days: u32) -> (TestApp, Certificate) {
        let test = TestApp::with(|settings| settings.renew_expired_days = days).await;
        let pem = Ca::new("Fleet CA").sign_expired("lamp");
        let certificate = Certificate::parse_pem(&pem).expect("a certificate");
        let (hash, der) = (certificate.id().0, certificate.der().to_vec());
        let insert = test.app.kernel.store.tx("test-certificate", move |tx| {
            tx.insert_certificate(&NewCertificate {
                hash,
                der: &der,
                status: Status::Active,
                mode: Mode::Default,
                ca: None,
                created: NOW,
                not_before: Millis(0),
                not_after: Millis(1),
            })?;
            Ok::<_, Error>(())
        });
        insert.await.expect("it is stored");
        (test, certificate)
    }

    const ADDRESS: SocketAddr =
        SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

    fn peer(certificate: &Certificate) -> Peer {
        Peer {
            address: ADDRESS,
            chain: vec![certificate.der().to_vec()],
            server_name: ServerName {
                sent: None,
                ours: false,
            },
            dialled: Dialled::default(),
        }
    }

    async fn admit(test: &TestApp, certificate: &Certificate) -> Result<Who, String> {
        let mut attempt = Attempt::new("mqtt", ADDRESS, NOW);
        match test
            .app
            .admission
            .admit(peer(certificate), &mut attempt)
            .await
        {
            Admit::Enter(who) => Ok(who),
            Admit::Refuse(refused) => Err(refused.code),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn an_expired_certificate_may_renew_where_its_owner_allows_it() {
        let (test, certificate) = ready(0).await;
        let refused = admit(&test, &certificate).await.expect_err("refused");
        assert_eq!(refused, "certificate-expired");
        // It ended six years ago.
        let (test, certificate) = ready(365 * 5).await;
        assert!(admit(&test, &certificate).await.is_err());
        let (test, certificate) = ready(365 * 7).await;
        let who = admit(&test, &certificate).await.expect("let in");
        assert!(matches!(who, Who::Late(_)), "{who:?}");
        let ask = ConnectAsk {
            client_id: "lamp",
            persistent: false,
            will: None,
        };
        let admission = &test.app.admission;
        let refused = admission.open_connection(&who, &ask, ADDRESS).await;
        assert_eq!(
            refused.map(|_| ()).expect_err("no policy").code,
            "policy-denied"
        );
        let id = certificate.id().to_string();
        let arn = format!("{}cert/{id}", crate::testing::ARN);
        let document = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]});
        let body = json!({"policyDocument": document.to_string()});
        test.iot("POST /policies/all", body).await.ok();
        let line = "PUT /target-policies/all";
        test.iot(line, json!({"target": arn})).await.ok();
        let permit = admission.open_connection(&who, &ask, ADDRESS).await;
        let permit = permit.expect("its policy lets it connect");
        assert_eq!(permit.principal(), id);
        // Over HTTPS as well: to renew, and for nothing else.
        let attempt = || Attempt::new("https", ADDRESS, NOW);
        assert!(
            admission
                .requester(peer(&certificate), attempt())
                .await
                .is_err()
        );
        let renewer = admission.renewer(peer(&certificate), attempt()).await;
        assert_eq!(renewer.expect("it may"), id);
        let line = format!("PUT /certificates/{id}?newStatus=REVOKED");
        test.iot(&line, Value::Null).await.ok();
        assert!(admit(&test, &certificate).await.is_err());
        assert!(
            admission
                .open_connection(&who, &ask, ADDRESS)
                .await
                .is_err()
        );
    }
}
