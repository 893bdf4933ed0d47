//! Renewal of a certificate over MQTT, under the one that is in force: ours, since AWS has no such operation.
//!
//! The new certificate says the same of its device: its subject is the old one's, whatever the request names, since policies
//! may ask for it. So a device cannot become another by renewing.

use crate::arn::Realm;
use crate::ctx::Millis;
use crate::pki::{Certificate, CertificateRequest, KeyKind, Validity};
use serde_json::{Value, json};

/// A day, milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Why a certificate is not renewed with this request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RenewalRefusal {
    /// RSA for EC, another curve, or the like.
    #[error("the signing request has another kind of key than the certificate that is in force")]
    Kind,
    /// RSA with fewer bits.
    #[error("the signing request has a shorter key than the certificate that is in force")]
    Shorter,
}

/// Whether a request may renew a certificate: its key is of the same kind, and not shorter.
pub fn check_renewal(
    old: &Certificate,
    request: &CertificateRequest,
) -> Result<(), RenewalRefusal> {
    if std::mem::discriminant(old.key()) != std::mem::discriminant(request.key()) {
        return Err(RenewalRefusal::Kind);
    }
    match (old.key(), request.key()) {
        (KeyKind::Rsa { bits: old }, KeyKind::Rsa { bits: new })
        | (KeyKind::RsaPss { bits: old }, KeyKind::RsaPss { bits: new })
            if new < old =>
        {
            Err(RenewalRefusal::Shorter)
        }
        _ => Ok(()),
    }
}

/// What a certificate may do that has expired and that its owner lets renew: nothing else. Whether it may connect, and
/// under which client id, is asked of its own policies.
pub fn late_renewal_policy(realm: &Realm) -> Value {
    let topics = |kind: &str| realm.iot(format_args!("{kind}/$nameplate/certificates/renew/*"));
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": realm.iot("client/*")},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": topics("topic")},
        {"Effect": "Allow", "Action": "iot:Subscribe", "Resource": topics("topicfilter")},
    ]})
}

/// Until when the new certificate is valid: for `days` where its CA's owner says so, else as long as the old one was made
/// for, but not longer than `usual` days; and not beyond `end`.
pub fn renewed_until(
    old: Validity,
    days: Option<u32>,
    usual: Option<u32>,
    now: Millis,
    end: Millis,
) -> Millis {
    let millis = |days: u32| i64::from(days) * DAY;
    let before = old.not_after.0.saturating_sub(old.not_before.0);
    let length = match days {
        Some(days) => millis(days),
        None => usual.map_or(before, |usual| before.min(millis(usual))),
    };
    Millis(now.0.saturating_add(length).min(end.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};

    #[test]
    fn an_expired_certificate_may_renew_and_nothing_else() {
        use crate::policy::{
            Authorizer, Context, Dialect, MqttAction, NamedPolicy, PolicyDocument, PolicySet,
        };
        use std::sync::Arc;
        let realm = Arc::new(Realm {
            account: "123456789012".into(),
            region: "us-east-1".into(),
        });
        let document = late_renewal_policy(&realm).to_string();
        let document = PolicyDocument::parse(&document, Dialect::Iot).expect("it is a policy");
        let policy = NamedPolicy {
            name: "late".into(),
            document: Arc::new(document),
        };
        let set = Arc::new(PolicySet::new(&realm, vec![policy]));
        let authorizer = Authorizer::build(set, Arc::new(Context::default()));
        let may = |action, name: &str| authorizer.check(action, name, || Millis(0)).is_allowed();
        use MqttAction::{Publish, Receive, Subscribe};
        let topic = "$nameplate/certificates/renew/json";
        assert!(may(Publish, topic));
        assert!(may(Receive, &format!("{topic}/accepted")));
        assert!(may(Subscribe, &format!("{topic}/+")));
        for other in [
            "hello",
            "$aws/certificates/create/json",
            "$nameplate/certificates",
        ] {
            assert!(!may(Publish, other) && !may(Receive, other), "{other}");
        }
        for filter in [
            "#",
            "$nameplate/#",
            "$nameplate/certificates/+/json/accepted",
        ] {
            assert!(!may(Subscribe, filter), "{filter}");
        }
    }

    #[test]
    fn a_key_of_the_same_kind_renews() {
        let key = |algorithm| KeyPair::generate_for(algorithm).expect("a key");
        let (p256, p384) = (
            &rcgen::PKCS_ECDSA_P256_SHA256,
            &rcgen::PKCS_ECDSA_P384_SHA384,
        );
        let mut params = CertificateParams::default();
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 1, 31);
        let old = params.self_signed(&key(p256)).expect("a certificate");
        let old = Certificate::parse_der(old.der()).expect("it is one");
        let request = |algorithm| {
            let csr = CertificateParams::default().serialize_request(&key(algorithm));
            let pem = csr.and_then(|csr| csr.pem()).expect("a request");
            CertificateRequest::parse_pem(&pem).expect("it is one")
        };
        assert_eq!(check_renewal(&old, &request(p256)), Ok(()));
        assert_eq!(
            check_renewal(&old, &request(p384)),
            Err(RenewalRefusal::Kind)
        );
        let (now, month, never) = (Millis(1000), 30 * DAY, Millis(i64::MAX));
        for (days, usual, end, until) in [
            (None, None, never, Millis(1000 + month)),
            (None, None, Millis(2000), Millis(2000)),
            (Some(1), None, never, Millis(1000 + DAY)),
            (Some(90), Some(7), never, Millis(1000 + 90 * DAY)),
            (None, Some(7), never, Millis(1000 + 7 * DAY)),
            (None, Some(365), never, Millis(1000 + month)),
        ] {
            let found = renewed_until(old.validity(), days, usual, now, end);
            assert_eq!(found, until, "{days:?} {usual:?}");
        }
    }
}
