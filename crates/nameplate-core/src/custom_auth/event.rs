//! What an authorizer's function is asked. Nothing here can be printed: names, header fields and queries carry tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// The event, JSON as AWS sends it: what is absent is left out. AWS guide: custom-auth-lambda.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    signature_verified: bool,
    protocols: Vec<&'static str>,
    #[serde(skip_serializing_if = "ProtocolData::is_empty")]
    protocol_data: ProtocolData,
    connection_metadata: ConnectionMetadata,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct ConnectionMetadata {
    id: String,
}

/// What each protocol of a connection told.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProtocolData {
    /// Of the TLS handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// Of an HTTP request, or of a WebSocket's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http: Option<Http>,
    /// Of CONNECT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mqtt: Option<Mqtt>,
}

/// Of the TLS handshake.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tls {
    /// Server name indication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// PEM of the client's certificate, where the connection asks for both it and an authorizer (AWS guide:
    /// custom-auth-509cert).
    #[serde(rename = "x509CertificatePem", skip_serializing_if = "Option::is_none")]
    pub certificate_pem: Option<String>,
    /// The certificate's id, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<String>,
}

/// Of an HTTP request.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Http {
    /// Header fields by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// The query with its question mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query_string: Option<String>,
}

/// Of CONNECT.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mqtt {
    /// User name, with what follows its question mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Password; base64 in the event.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "base64")]
    pub password: Option<Vec<u8>>,
    /// Client identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

fn base64<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_some(&bytes.as_ref().map(|bytes| STANDARD.encode(bytes)))
}

impl ProtocolData {
    fn is_empty(&self) -> bool {
        self.protocols().is_empty()
    }

    fn protocols(&self) -> Vec<&'static str> {
        let told = [
            ("tls", self.tls.is_some()),
            ("http", self.http.is_some()),
            ("mqtt", self.mqtt.is_some()),
        ];
        told.iter()
            .filter_map(|(name, told)| told.then_some(*name))
            .collect()
    }
}

impl Event {
    /// The event of a connection with this id; `verified` says whether the token's signature was checked.
    pub fn new(token: Option<String>, verified: bool, data: ProtocolData, id: String) -> Self {
        Self {
            token,
            signature_verified: verified,
            protocols: data.protocols(),
            protocol_data: data,
            connection_metadata: ConnectionMetadata { id },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_absent_is_left_out() {
        #[track_caller]
        fn check(token: Option<&str>, data: ProtocolData, wanted: serde_json::Value) {
            let verified = token.is_some();
            let event = Event::new(token.map(str::to_owned), verified, data, "id".into());
            assert_eq!(serde_json::to_value(event).expect("it is JSON"), wanted);
        }
        let metadata = json!({"id": "id"});
        check(
            None,
            ProtocolData::default(),
            json!({"signatureVerified": false, "protocols": [], "connectionMetadata": metadata}),
        );
        let mqtt = Mqtt {
            username: Some("user?a=b".into()),
            password: Some(b"test".to_vec()),
            client_id: None,
        };
        let data = ProtocolData {
            mqtt: Some(mqtt),
            ..ProtocolData::default()
        };
        check(
            Some("t"),
            data.clone(),
            json!({
                "token": "t", "signatureVerified": true, "protocols": ["mqtt"],
                "protocolData": {"mqtt": {"username": "user?a=b", "password": "dGVzdA=="}},
                "connectionMetadata": metadata,
            }),
        );
        let data = ProtocolData {
            tls: Some(Tls {
                server_name: Some("host".into()),
                ..Tls::default()
            }),
            http: Some(Http {
                headers: Some(BTreeMap::from([("name".into(), "value".into())])),
                query_string: Some("?name=value".into()),
            }),
            ..data
        };
        check(
            Some("t"),
            data,
            json!({
                "token": "t", "signatureVerified": true, "protocols": ["tls", "http", "mqtt"],
                "protocolData": {
                    "tls": {"serverName": "host"},
                    "http": {"headers": {"name": "value"}, "queryString": "?name=value"},
                    "mqtt": {"username": "user?a=b", "password": "dGVzdA=="},
                },
                "connectionMetadata": metadata,
            }),
        );
    }
}
