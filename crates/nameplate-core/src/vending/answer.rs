//! How a device is told, in the shape that it asked in. All refusals of a shape are one answer.

use super::Shape;
use serde_json::{Value, json};

/// What a device leaves with.
#[derive(Clone)]
pub struct Identity {
    /// Id of its certificate.
    pub certificate_id: String,
    /// ARN of its certificate.
    pub certificate_arn: String,
    /// The certificate in PEM.
    pub certificate_pem: String,
    /// The CAs above it in PEM, where the one that issued it is an intermediate of its owner's.
    pub certificate_chain: Option<String>,
    /// Private and public key in PEM, where they were made for it.
    pub keys: Option<Keys>,
    /// PEM of what this server is verified by.
    pub root_ca: String,
    /// Where devices connect.
    pub endpoint: String,
    /// The thing it became, if its template makes one.
    pub thing_name: Option<String>,
    /// The template's DeviceConfiguration.
    pub configuration: serde_json::Map<String, Value>,
}

/// A pair of keys in PEM. The private one exists nowhere else.
#[derive(Clone)]
pub struct Keys {
    /// The private key.
    pub private: String,
    /// The public key.
    pub public: String,
}

impl std::fmt::Debug for Identity {
    /// Without the private key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("certificate_id", &self.certificate_id)
            .finish_non_exhaustive()
    }
}

/// What became of a request, as far as a device may know.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It has its identity.
    Vended(Box<Identity>),
    /// An operator will decide; it may ask again in so many seconds.
    Pending(u32),
    /// Its proof is right, and it has had its certificate.
    AlreadyVended,
    /// No.
    Refused,
    /// Its request cannot be read, and why.
    Malformed(String),
    /// It asks too often; it may ask again in so many seconds.
    TooOften(u32),
    /// Nothing could be decided or made now; nothing was. It may ask again in so many seconds.
    Unavailable(u32),
}

/// An answer in HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// Value of `Retry-After`, seconds.
    pub retry_after: Option<u32>,
    /// The body.
    pub body: String,
}

const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

/// Writes an outcome in a shape.
pub fn answer(shape: Shape, outcome: &Outcome) -> Answer {
    let mut answer = match shape {
        // EST has its own way, which is no document.
        Shape::Own | Shape::Est => own(outcome),
        Shape::GetCert => get_cert(outcome),
        Shape::Registration => registration(outcome),
    };
    answer.retry_after = match outcome {
        Outcome::Pending(seconds) | Outcome::TooOften(seconds) | Outcome::Unavailable(seconds) => {
            Some(*seconds)
        }
        _ => None,
    };
    answer
}

fn of(status: u16, content_type: &'static str, body: String) -> Answer {
    Answer {
        status,
        content_type,
        retry_after: None,
        body,
    }
}

fn own(outcome: &Outcome) -> Answer {
    let coded = |status, code: &str, message: &str| {
        let body = json!({"code": code, "message": message});
        of(status, JSON, body.to_string())
    };
    match outcome {
        Outcome::Vended(identity) => {
            let mut body = json!({
                "certificateId": identity.certificate_id,
                "certificateArn": identity.certificate_arn,
                "certificatePem": identity.certificate_pem,
            });
            if let Some(chain) = &identity.certificate_chain {
                body["certificateChain"] = chain.as_str().into();
            }
            if let Some(keys) = &identity.keys {
                body["privateKey"] = keys.private.as_str().into();
            }
            body["rootCa"] = identity.root_ca.as_str().into();
            body["endpoint"] = identity.endpoint.as_str().into();
            if let Some(name) = &identity.thing_name {
                body["thingName"] = name.as_str().into();
            }
            body["deviceConfiguration"] = identity.configuration.clone().into();
            of(200, JSON, body.to_string())
        }
        Outcome::Pending(seconds) => {
            let body = json!({"status": "PENDING_APPROVAL", "retryAfter": seconds});
            of(202, JSON, body.to_string())
        }
        Outcome::AlreadyVended => coded(
            409,
            "AlreadyVended",
            "This device has had its certificate; its operator can let it ask once more.",
        ),
        // Nothing that varies.
        Outcome::Refused => of(403, JSON, json!({"code": "AccessDenied"}).to_string()),
        Outcome::Malformed(why) => coded(400, "InvalidRequest", why),
        Outcome::TooOften(_) => coded(429, "TooManyRequests", "Ask again later."),
        Outcome::Unavailable(_) => coded(503, "ServiceUnavailable", "Ask again later."),
    }
}

/// AWS's first sample: JSON with tabs, or 500 and a text.
fn get_cert(outcome: &Outcome) -> Answer {
    let text = |status, text: &str| of(status, TEXT, text.to_owned());
    match outcome {
        Outcome::Vended(identity) => {
            let mut body = json!({
                "certificateArn": identity.certificate_arn,
                "certificateId": identity.certificate_id,
                "certificatePem": identity.certificate_pem,
            });
            if let Some(keys) = &identity.keys {
                body["keyPair"] = json!({"PublicKey": keys.public, "PrivateKey": keys.private});
            }
            body["RootCA"] = identity.root_ca.as_str().into();
            of(200, JSON, with_tabs(&body))
        }
        // It knows no such thing; a device of its kind asks again on anything but 200.
        Outcome::Pending(_) => text(500, "Pending approval"),
        Outcome::AlreadyVended => text(500, "Error issuing certificate!"),
        Outcome::Refused | Outcome::Malformed(_) => text(500, "Access Denied"),
        Outcome::TooOften(_) => text(429, "Too many requests"),
        Outcome::Unavailable(_) => text(500, "Service error"),
    }
}

/// AWS's second sample: always 200, and its own status in the body.
fn registration(outcome: &Outcome) -> Answer {
    let told = |code: u16, status: &str, message: &str, payload: Option<Value>| {
        let mut body = json!({"statusCode": code, "status": status, "message": message});
        if let Some(payload) = payload {
            body["payload"] = payload;
        }
        of(200, JSON, body.to_string())
    };
    match outcome {
        Outcome::Vended(identity) => {
            let mut payload = json!({
                "endpoint": identity.endpoint,
                "thing_name": identity.thing_name,
                "certificates": {
                    "device_certificate": identity.certificate_pem,
                    "root_ca": identity.root_ca,
                },
            });
            if let Some(keys) = &identity.keys {
                payload["keyPair"] = json!({"publicKey": keys.public, "privateKey": keys.private});
            }
            told(200, "SUCCESS", "Device is registered", Some(payload))
        }
        Outcome::Pending(_) => told(202, "PENDING_APPROVAL", "Device waits for approval", None),
        Outcome::AlreadyVended => told(500, "ERROR", "Device is already registered", None),
        // The sample's own words for the reasons would tell strangers which device there is.
        Outcome::Refused => told(404, "ERROR", "Device not found", None),
        Outcome::Malformed(_) => told(500, "ERROR", "Missing input data", None),
        Outcome::TooOften(_) => {
            let mut answer = told(429, "ERROR", "Too many requests", None);
            answer.status = 429;
            answer
        }
        Outcome::Unavailable(_) => told(500, "ERROR", "Device database access error", None),
    }
}

fn with_tabs(value: &Value) -> String {
    use serde::Serialize as _;
    let mut out = Vec::new();
    let tabs = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    let mut writer = serde_json::Serializer::with_formatter(&mut out, tabs);
    match value.serialize(&mut writer) {
        Ok(()) => String::from_utf8(out).unwrap_or_default(),
        // Values of JSON are always JSON.
        Err(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Shape::{GetCert, Own, Registration};

    fn identity() -> Outcome {
        Outcome::Vended(Box::new(Identity {
            certificate_id: "id".into(),
            certificate_arn: "arn".into(),
            certificate_pem: "PEM\n".into(),
            certificate_chain: None,
            keys: Some(Keys {
                private: "PRIVATE".into(),
                public: "PUBLIC".into(),
            }),
            root_ca: "ROOT\n".into(),
            endpoint: "host".into(),
            thing_name: Some("thing".into()),
            configuration: serde_json::Map::new(),
        }))
    }

    #[test]
    fn identities() {
        let body = |shape| {
            let answer = answer(shape, &identity());
            assert_eq!((answer.status, answer.content_type), (200, JSON));
            (
                serde_json::from_str::<Value>(&answer.body).unwrap_or_default(),
                answer.body,
            )
        };
        assert_eq!(
            body(Own).0,
            json!({"certificateId": "id", "certificateArn": "arn", "certificatePem": "PEM\n", "privateKey": "PRIVATE",
                   "rootCa": "ROOT\n", "endpoint": "host", "thingName": "thing", "deviceConfiguration": {}})
        );
        let (value, text) = body(GetCert);
        assert_eq!(
            value,
            json!({"certificateArn": "arn", "certificateId": "id", "certificatePem": "PEM\n",
                   "keyPair": {"PublicKey": "PUBLIC", "PrivateKey": "PRIVATE"}, "RootCA": "ROOT\n"})
        );
        assert!(
            text.starts_with("{\n\t\"certificateArn\": \"arn\",\n"),
            "{text}"
        );
        assert_eq!(
            body(Registration).0,
            json!({"statusCode": 200, "status": "SUCCESS", "message": "Device is registered", "payload": {
                "endpoint": "host", "thing_name": "thing",
                "certificates": {"device_certificate": "PEM\n", "root_ca": "ROOT\n"},
                "keyPair": {"publicKey": "PUBLIC", "privateKey": "PRIVATE"}}})
        );
    }

    #[test]
    fn other_answers() {
        #[rustfmt::skip]
        let cases = [
            (Own, Outcome::Refused, 403, r#"{"code":"AccessDenied"}"#, None),
            (Own, Outcome::Pending(30), 202, r#"{"status":"PENDING_APPROVAL","retryAfter":30}"#, Some(30)),
            (Own, Outcome::Malformed("why".into()), 400, r#"{"code":"InvalidRequest","message":"why"}"#, None),
            (Own, Outcome::TooOften(7), 429, r#"{"code":"TooManyRequests","message":"Ask again later."}"#, Some(7)),
            (Own, Outcome::Unavailable(5), 503, r#"{"code":"ServiceUnavailable","message":"Ask again later."}"#, Some(5)),
            (GetCert, Outcome::Refused, 500, "Access Denied", None),
            (GetCert, Outcome::Malformed("why".into()), 500, "Access Denied", None),
            (GetCert, Outcome::AlreadyVended, 500, "Error issuing certificate!", None),
            (GetCert, Outcome::Unavailable(5), 500, "Service error", Some(5)),
            (GetCert, Outcome::TooOften(7), 429, "Too many requests", Some(7)),
            (Registration, Outcome::Refused, 200, r#"{"statusCode":404,"status":"ERROR","message":"Device not found"}"#, None),
            (Registration, Outcome::AlreadyVended, 200, r#"{"statusCode":500,"status":"ERROR","message":"Device is already registered"}"#, None),
            (Registration, Outcome::Malformed("x".into()), 200, r#"{"statusCode":500,"status":"ERROR","message":"Missing input data"}"#, None),
            (Registration, Outcome::Unavailable(5), 200, r#"{"statusCode":500,"status":"ERROR","message":"Device database access error"}"#, Some(5)),
        ];
        for (shape, outcome, status, body, retry) in cases {
            let given = answer(shape, &outcome);
            assert_eq!(
                (given.status, given.body.as_str(), given.retry_after),
                (status, body, retry),
                "{shape:?} {outcome:?}"
            );
        }
        let vended = answer(Own, &Outcome::AlreadyVended);
        assert!(vended.status == 409 && vended.body.contains(r#""code":"AlreadyVended""#));
    }
}
