//! Requests: what a topic asks for, and what its payload holds.

use super::answer::{Rejection, Why};
use crate::cbor;
use crate::template::Parameters;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How payloads are written, which the last level of the topic says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// `…/json`.
    Json,
    /// `…/cbor`.
    Cbor,
}

impl Payload {
    fn read(self, payload: &[u8]) -> Result<Value, String> {
        match self {
            Self::Json => serde_json::from_slice(payload)
                .map_err(|why| format!("the payload is no JSON: {why}")),
            Self::Cbor => {
                cbor::decode(payload).map_err(|why| format!("the payload is refused: {why}"))
            }
        }
    }

    /// Writes a document.
    pub fn write(self, document: &Value) -> Vec<u8> {
        match self {
            Self::Json => document.to_string().into_bytes(),
            Self::Cbor => {
                let mut out = Vec::new();
                cbor::encode(document, &mut out);
                out
            }
        }
    }
}

/// What a topic asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation<'a> {
    /// A key made by the service, and a certificate for it.
    CreateKeysAndCertificate,
    /// A certificate for a key of the device's own.
    CreateCertificateFromCsr,
    /// The device's registration by this template.
    RegisterThing(&'a str),
    /// Another certificate for a device that is registered: ours.
    RenewCertificate,
    /// A thing of this name as the child of the gateway that asks: ours.
    RegisterChild(&'a str),
}

impl<'a> Operation<'a> {
    /// What a topic asks for, and how its payload is written. `None` for other topics.
    pub fn of_topic(topic: &'a str) -> Option<(Self, Payload)> {
        let (rest, format) = topic.rsplit_once('/')?;
        let format = match format {
            "json" => Payload::Json,
            "cbor" => Payload::Cbor,
            _ => return None,
        };
        let operation = match rest {
            "$aws/certificates/create" => Self::CreateKeysAndCertificate,
            "$aws/certificates/create-from-csr" => Self::CreateCertificateFromCsr,
            "$nameplate/certificates/renew" => Self::RenewCertificate,
            _ if rest.starts_with("$nameplate/") => {
                let name = rest.strip_prefix("$nameplate/things/")?;
                let name = name.strip_suffix("/register-child")?;
                Self::RegisterChild((!name.is_empty() && !name.contains('/')).then_some(name)?)
            }
            _ => {
                let name = rest.strip_prefix("$aws/provisioning-templates/")?;
                let name = name.strip_suffix("/provision")?;
                Self::RegisterThing((!name.is_empty() && !name.contains('/')).then_some(name)?)
            }
        };
        Some((operation, format))
    }

    /// Its name in AWS's guide.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreateKeysAndCertificate => "CreateKeysAndCertificate",
            Self::CreateCertificateFromCsr => "CreateCertificateFromCsr",
            Self::RegisterThing(_) => "RegisterThing",
            Self::RenewCertificate => "RenewCertificate",
            Self::RegisterChild(_) => "RegisterChild",
        }
    }
}

/// What a device asks for, read.
#[derive(Clone, PartialEq, Eq)]
pub enum Request {
    /// A key and a certificate.
    Keys,
    /// A certificate for this signing request, PEM.
    Csr(String),
    /// Its registration.
    Register {
        /// `certificateOwnershipToken`; empty where there is none.
        token: String,
        /// `parameters`.
        parameters: BTreeMap<String, String>,
    },
    /// The registration of a child.
    Child {
        /// `thingTypeName`.
        thing_type: Option<String>,
        /// `attributes`; what the child has besides stays.
        attributes: BTreeMap<String, String>,
    },
}

impl Request {
    /// Reads a payload. Members that no request has are passed over.
    ///
    /// # Errors
    /// What the device is answered: the payload is no document of its format, or a member has the wrong type.
    pub fn read(
        operation: Operation<'_>,
        format: Payload,
        payload: &[u8],
    ) -> Result<Self, Rejection> {
        let invalid = |why: String| Rejection::new(Why::Payload, why);
        // CreateKeysAndCertificate needs no payload, and clients send none.
        if payload.is_empty() && operation == Operation::CreateKeysAndCertificate {
            return Ok(Self::Keys);
        }
        if payload.is_empty() && matches!(operation, Operation::RegisterChild(_)) {
            return Ok(Self::Child {
                thing_type: None,
                attributes: BTreeMap::new(),
            });
        }
        let Value::Object(mut members) = format.read(payload).map_err(invalid)? else {
            return Err(invalid("the payload is no object".into()));
        };
        match operation {
            Operation::CreateKeysAndCertificate => Ok(Self::Keys),
            Operation::CreateCertificateFromCsr | Operation::RenewCertificate => {
                let csr = text(&mut members, "certificateSigningRequest")?;
                csr.filter(|csr| !csr.is_empty())
                    .map(Self::Csr)
                    .ok_or_else(|| {
                        Rejection::new(Why::Csr, "Certificate signing request cannot be empty.")
                    })
            }
            Operation::RegisterThing(_) => Ok(Self::Register {
                token: text(&mut members, "certificateOwnershipToken")?.unwrap_or_default(),
                parameters: texts("parameter", members.remove("parameters"))?,
            }),
            Operation::RegisterChild(_) => Ok(Self::Child {
                thing_type: text(&mut members, "thingTypeName")?,
                attributes: texts("attribute", members.remove("attributes"))?,
            }),
        }
    }
}

fn text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Rejection> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Rejection::new(Why::Payload, format!("{name} is no text"))),
    }
}

/// Parameters or attributes as a device sends them: texts; numbers and booleans become texts, as in bulk registration.
fn texts(what: &str, given: Option<Value>) -> Result<BTreeMap<String, String>, Rejection> {
    let members = match given {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(members)) => members,
        Some(_) => {
            return Err(Rejection::new(
                Why::Payload,
                format!("{what}s is no object"),
            ));
        }
    };
    let read = |(name, value): (String, Value)| match Parameters::text_of(&value) {
        Some(text) => Ok((name, text)),
        None => {
            let why = format!("the {what} {name:?} is neither text, number nor boolean");
            Err(Rejection::new(Why::Payload, why))
        }
    };
    members.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn topics_say_what_is_asked() {
        use Operation::{CreateCertificateFromCsr, CreateKeysAndCertificate, RegisterThing};
        for (topic, expected) in [
            (
                "$aws/certificates/create/json",
                Some((CreateKeysAndCertificate, Payload::Json)),
            ),
            (
                "$aws/certificates/create/cbor",
                Some((CreateKeysAndCertificate, Payload::Cbor)),
            ),
            (
                "$aws/certificates/create-from-csr/cbor",
                Some((CreateCertificateFromCsr, Payload::Cbor)),
            ),
            (
                "$aws/provisioning-templates/My_T-1/provision/json",
                Some((RegisterThing("My_T-1"), Payload::Json)),
            ),
            (
                "$nameplate/certificates/renew/json",
                Some((Operation::RenewCertificate, Payload::Json)),
            ),
            (
                "$nameplate/things/gw-1-lamp/register-child/cbor",
                Some((Operation::RegisterChild("gw-1-lamp"), Payload::Cbor)),
            ),
            ("$nameplate/things//register-child/json", None),
            ("$nameplate/things/a/b/register-child/json", None),
            ("$nameplate/things/a/json", None),
            ("$aws/certificates/renew/json", None),
            ("$aws/certificates/create/xml", None),
            ("$aws/certificates/create/json/accepted", None),
            ("$aws/provisioning-templates//provision/json", None),
            ("$aws/provisioning-templates/a/b/provision/json", None),
            ("certificates/create/json", None),
        ] {
            assert_eq!(Operation::of_topic(topic), expected, "{topic}");
        }
    }

    fn read(operation: Operation<'_>, payload: &Value) -> Result<Request, String> {
        let json = Request::read(operation, Payload::Json, payload.to_string().as_bytes());
        let cbor = Request::read(operation, Payload::Cbor, &Payload::Cbor.write(payload));
        assert!(json == cbor, "{payload}");
        json.map_err(|refused| refused.message)
    }

    #[test]
    fn payloads_are_the_same_in_both_formats() {
        let register = Operation::RegisterThing("T");
        let registered = |token: &str, parameters: &[(&str, &str)]| Request::Register {
            token: token.to_owned(),
            parameters: parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        };
        for (operation, payload, expected) in [
            (
                Operation::CreateKeysAndCertificate,
                json!({}),
                Ok(Request::Keys),
            ),
            (
                Operation::CreateKeysAndCertificate,
                json!({"other": [1]}),
                Ok(Request::Keys),
            ),
            (
                Operation::CreateKeysAndCertificate,
                json!([]),
                Err("the payload is no object"),
            ),
            (
                Operation::CreateCertificateFromCsr,
                json!({"certificateSigningRequest": "PEM"}),
                Ok(Request::Csr("PEM".into())),
            ),
            (
                Operation::CreateCertificateFromCsr,
                json!({"certificateSigningRequest": 7}),
                Err("certificateSigningRequest is no text"),
            ),
            (
                Operation::CreateCertificateFromCsr,
                json!({}),
                Err("Certificate signing request cannot be empty."),
            ),
            (
                register,
                json!({"certificateOwnershipToken": "t", "parameters": {"a": "b", "n": 7, "y": true}}),
                Ok(registered("t", &[("a", "b"), ("n", "7"), ("y", "true")])),
            ),
            (
                register,
                json!({"parameters": null}),
                Ok(registered("", &[])),
            ),
            (
                register,
                json!({"parameters": []}),
                Err("parameters is no object"),
            ),
            (
                register,
                json!({"parameters": {"a": {}}}),
                Err("the parameter \"a\" is neither text, number nor boolean"),
            ),
        ] {
            let found = read(operation, &payload);
            assert!(found == expected.map_err(str::to_owned), "{payload}");
        }
    }

    #[test]
    fn only_keys_need_no_payload() {
        let create = Operation::CreateKeysAndCertificate;
        assert!(Request::read(create, Payload::Json, b"") == Ok(Request::Keys));
        assert!(Request::read(create, Payload::Cbor, b"") == Ok(Request::Keys));
        for (operation, format, payload) in [
            (create, Payload::Json, &b"{"[..]),
            (create, Payload::Cbor, b"{}"),
            (Operation::CreateCertificateFromCsr, Payload::Json, b""),
            (Operation::RegisterThing("T"), Payload::Cbor, b""),
            (
                Operation::RegisterThing("T"),
                Payload::Cbor,
                b"\x9f\x9f\x9f",
            ),
        ] {
            let refused = Request::read(operation, format, payload);
            assert_eq!(
                refused.map(drop).map_err(|refused| refused.why),
                Err(Why::Payload)
            );
        }
    }
}
