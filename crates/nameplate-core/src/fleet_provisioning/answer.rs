//! Answers: `accepted` and `rejected`.

use super::request::Payload;
use serde_json::{Map, Value, json};
use std::fmt;

/// Why a request is rejected. AWS documents the shape of `rejected` and few of its codes: `InvalidCertificateOwnershipToken`
/// with 400 and a hook's denial with 403 are its own, the others follow its control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The payload is no document of its format, or not this request's.
    Payload,
    /// The ownership token is not one that may be used here and now.
    Token,
    /// The signing request cannot be granted.
    Csr,
    /// The template cannot be carried out with these parameters.
    Parameters,
    /// The template, its role or its hook does not allow it.
    Denied,
    /// Something that the template names does not exist, or the template itself.
    Absent,
    /// The registry has it otherwise, and the template does not say to change it.
    Conflict,
    /// More than a rate allows.
    Throttled,
    /// A server elsewhere that it needs cannot be used.
    Unavailable,
    /// Ours.
    Internal,
}

impl Why {
    /// `statusCode`.
    pub fn status(self) -> u16 {
        match self {
            Self::Payload | Self::Token | Self::Csr | Self::Parameters => 400,
            Self::Denied => 403,
            Self::Absent => 404,
            Self::Conflict => 409,
            Self::Throttled => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// `errorCode`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Payload => "InvalidPayload",
            Self::Token => "InvalidCertificateOwnershipToken",
            Self::Csr => "InvalidCertificateSigningRequest",
            Self::Parameters => "InvalidParameters",
            Self::Denied => "AccessDenied",
            Self::Absent => "ResourceNotFound",
            Self::Conflict => "Conflict",
            Self::Throttled => "Throttled",
            Self::Unavailable => "ServiceUnavailable",
            Self::Internal => "InternalFailure",
        }
    }
}

/// A request that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Why.
    pub why: Why,
    /// `errorMessage`, for the device's maker.
    pub message: String,
}

impl Rejection {
    /// A rejection with this message.
    pub fn new(why: Why, message: impl Into<String>) -> Self {
        Self {
            why,
            message: message.into(),
        }
    }

    /// The payload of `rejected`: its three members are always there, since clients read them without a look.
    pub fn write(&self, format: Payload) -> Vec<u8> {
        format.write(&json!({
            "statusCode": self.why.status(),
            "errorCode": self.why.code(),
            "errorMessage": self.message,
        }))
    }
}

/// A request that was carried out. Not to be printed: it may hold a private key, and a token.
#[derive(Clone, PartialEq, Eq)]
pub enum Accepted {
    /// A certificate that waits for RegisterThing.
    Certificate {
        /// `certificateId`.
        id: String,
        /// `certificatePem`.
        pem: String,
        /// `privateKey`, where the service made it.
        private_key: Option<String>,
        /// `certificateOwnershipToken`.
        token: String,
    },
    /// A certificate that takes the place of the one that asked for it.
    Renewed {
        /// `certificateId`.
        id: String,
        /// `certificatePem`.
        pem: String,
    },
    /// A device that is registered.
    Registered {
        /// `deviceConfiguration`; empty where the template has none.
        configuration: Map<String, Value>,
        /// `thingName`; empty where the template makes no thing.
        thing: String,
    },
    /// A child that is registered.
    Child {
        /// `thingName`.
        thing: String,
        /// `thingId`.
        id: String,
        /// `thingArn`.
        arn: String,
        /// `parent`: the gateway's thing.
        parent: String,
    },
}

impl fmt::Debug for Accepted {
    /// Without key and token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate { id, .. } => write!(f, "Certificate({id})"),
            Self::Renewed { id, .. } => write!(f, "Renewed({id})"),
            Self::Registered { thing, .. } => write!(f, "Registered({thing:?})"),
            Self::Child { thing, .. } => write!(f, "Child({thing:?})"),
        }
    }
}

impl Accepted {
    /// The payload of `accepted`.
    pub fn write(&self, format: Payload) -> Vec<u8> {
        let mut members = Map::new();
        match self {
            Self::Certificate {
                id,
                pem,
                private_key,
                token,
            } => {
                members.insert("certificateId".into(), id.as_str().into());
                members.insert("certificatePem".into(), pem.as_str().into());
                if let Some(key) = private_key {
                    members.insert("privateKey".into(), key.as_str().into());
                }
                members.insert("certificateOwnershipToken".into(), token.as_str().into());
            }
            Self::Renewed { id, pem } => {
                members.insert("certificateId".into(), id.as_str().into());
                members.insert("certificatePem".into(), pem.as_str().into());
            }
            Self::Registered {
                configuration,
                thing,
            } => {
                members.insert("deviceConfiguration".into(), configuration.clone().into());
                members.insert("thingName".into(), thing.as_str().into());
            }
            Self::Child {
                thing,
                id,
                arn,
                parent,
            } => {
                for (name, value) in [
                    ("thingName", thing),
                    ("thingId", id),
                    ("thingArn", arn),
                    ("parent", parent),
                ] {
                    members.insert(name.into(), value.as_str().into());
                }
            }
        }
        format.write(&members.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    #[test]
    fn answers_in_both_formats() {
        let keys = Accepted::Certificate {
            id: "ab".into(),
            pem: "PEM".into(),
            private_key: Some("KEY".into()),
            token: "t".into(),
        };
        assert_eq!(
            keys.write(Payload::Json),
            br#"{"certificateId":"ab","certificatePem":"PEM","privateKey":"KEY","certificateOwnershipToken":"t"}"#
        );
        assert_eq!(format!("{keys:?}"), "Certificate(ab)");
        let registered = Accepted::Registered {
            configuration: Map::new(),
            thing: String::new(),
        };
        let expected = json!({"deviceConfiguration": {}, "thingName": ""});
        assert_eq!(
            registered.write(Payload::Json),
            expected.to_string().as_bytes()
        );
        assert_eq!(cbor::decode(&registered.write(Payload::Cbor)), Ok(expected));
        let rejected = Rejection::new(Why::Denied, "no").write(Payload::Cbor);
        let expected =
            json!({"statusCode": 403, "errorCode": "AccessDenied", "errorMessage": "no"});
        assert_eq!(cbor::decode(&rejected), Ok(expected));
    }
}
