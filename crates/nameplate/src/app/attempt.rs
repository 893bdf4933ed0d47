//! The record of one connection attempt: the stages it passed, where it ended and why.
//!
//! Every attempt leaves one, from the first byte of TLS on: in the store, in the counters by reason, and as one log
//! line. Must not hold keys, passwords or payloads.

use nameplate_core::ctx::Millis;
use nameplate_store::AttemptRow;
use serde_json::{Map, Value, json};
use std::net::SocketAddr;

/// A stage that an attempt passes, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// TLS handshake finished; the client proved its certificate's key.
    Tls,
    /// The certificate was read and is acceptable by itself.
    Certificate,
    /// The certificate is registered.
    Registered,
    /// A registered CA signed it.
    Issuer,
    /// The certificate was registered by this attempt.
    AutoRegistered,
    /// The CA's template was resolved with the certificate's values.
    Template,
    /// The plan was applied and is on disk.
    Provisioned,
    /// Somebody activated the certificate while the connection was held.
    Activated,
    /// CONNECT arrived and is well formed.
    Connect,
    /// The policies allow the connection.
    Authorized,
    /// CONNACK 0 went out.
    Connected,
}

impl Stage {
    /// The stage as records and pages write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Tls => "tls",
            Stage::Certificate => "certificate",
            Stage::Registered => "registered",
            Stage::Issuer => "issuer",
            Stage::AutoRegistered => "auto-registered",
            Stage::Template => "template",
            Stage::Provisioned => "provisioned",
            Stage::Activated => "activated",
            Stage::Connect => "connect",
            Stage::Authorized => "authorized",
            Stage::Connected => "connected",
        }
    }
}

/// Code of an attempt that ended well.
pub const CONNECTED: &str = "connected";
/// Code of a first connection that was provisioned and then closed, as `--first-connect aws` does.
pub const PROVISIONED: &str = "provisioned-and-closed";
/// Code of a first connection that was registered, announced by an event and closed, likewise.
pub const REGISTERED: &str = "registered-and-closed";

/// An attempt while it goes on.
#[derive(Debug)]
pub struct Attempt {
    began: Millis,
    listener: &'static str,
    address: SocketAddr,
    /// Server name indication.
    pub server_name: Option<String>,
    /// Protocol version and suite.
    pub tls: Option<String>,
    /// SHA-256 of the leaf.
    pub certificate: Option<[u8; 32]>,
    /// Serial number of the leaf, lower-case hex.
    pub serial: Option<String>,
    /// Subject of the leaf, for people.
    pub subject: Option<String>,
    /// Issuer of the leaf, for people.
    pub issuer: Option<String>,
    /// Client identifier of CONNECT.
    pub client_id: Option<String>,
    /// `jitp` or `jitr` where this attempt ran one.
    pub flow: Option<&'static str>,
    /// `template@version` or the CA whose own template ran.
    pub template: Option<String>,
    /// Steps of the plan, one line each.
    pub plan: Vec<String>,
    /// What the owner may do about a failure.
    pub remedy: Option<String>,
    stages: Vec<(Stage, Millis, Option<String>)>,
}

impl Attempt {
    /// An attempt that begins.
    pub fn new(listener: &'static str, address: SocketAddr, began: Millis) -> Self {
        Self {
            began,
            listener,
            address,
            server_name: None,
            tls: None,
            certificate: None,
            serial: None,
            subject: None,
            issuer: None,
            client_id: None,
            flow: None,
            template: None,
            plan: Vec::new(),
            remedy: None,
            stages: Vec::with_capacity(6),
        }
    }

    /// The peer.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A stage is passed.
    pub fn passed(&mut self, stage: Stage, at: Millis) {
        self.stages.push((stage, at, None));
    }

    /// A stage is passed, with something to say about it.
    pub fn passed_with(&mut self, stage: Stage, at: Millis, detail: String) {
        self.stages.push((stage, at, Some(detail)));
    }

    /// Whether the stage was passed.
    pub fn has_passed(&self, stage: Stage) -> bool {
        self.stages.iter().any(|(passed, ..)| *passed == stage)
    }

    /// The row to keep. `failed` is the stage that could not be passed.
    pub fn into_row(
        self,
        code: &str,
        reason: &str,
        failed: Option<Stage>,
        now: Millis,
    ) -> AttemptRow {
        let mut record = Map::with_capacity(16);
        let mut put = |name: &str, value: Value| {
            record.insert(name.to_owned(), value);
        };
        put("at", json!(self.began.0));
        put("endedAt", json!(now.0));
        put("listener", json!(self.listener));
        put("address", json!(self.address.to_string()));
        let optional = [
            ("serverName", self.server_name.map(Value::from)),
            ("tls", self.tls.map(Value::from)),
            (
                "certificateId",
                self.certificate.map(|c| Value::from(hex::encode(c))),
            ),
            ("serial", self.serial.clone().map(Value::from)),
            ("subject", self.subject.map(Value::from)),
            ("issuer", self.issuer.map(Value::from)),
            ("clientId", self.client_id.clone().map(Value::from)),
            ("flow", self.flow.map(Value::from)),
            ("template", self.template.map(Value::from)),
            ("plan", (!self.plan.is_empty()).then(|| json!(self.plan))),
            (
                "failedStage",
                failed.map(|stage| Value::from(stage.as_str())),
            ),
            ("remedy", self.remedy.map(Value::from)),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                put(name, value);
            }
        }
        let stages: Vec<Value> = self
            .stages
            .iter()
            .map(|(stage, at, detail)| match detail {
                Some(detail) => json!({"stage": stage.as_str(), "at": at.0, "detail": detail}),
                None => json!({"stage": stage.as_str(), "at": at.0}),
            })
            .collect();
        put("stages", Value::Array(stages));
        put("code", json!(code));
        put("reason", json!(reason));
        AttemptRow {
            seq: 0,
            at: now.0,
            certificate: self.certificate,
            serial: self.serial,
            client_id: self.client_id,
            address: self.address.to_string(),
            code: code.to_owned(),
            record: Value::Object(record).to_string(),
        }
    }
}
