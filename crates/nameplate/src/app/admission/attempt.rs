//! The record of one connection attempt: the stages it passed, where it ended and why.
//!
//! Every attempt leaves one, from the first byte of TLS on: in the store, in the counters by reason, and as one log
//! line. Must not hold keys, passwords or payloads.

use super::remedy;
use nameplate_core::ctx::Millis;
use nameplate_core::pki::Certificate;
use nameplate_core::template::SubjectField;
use nameplate_store::AttemptRow;
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
    /// Whoever asked for a WebSocket has shown who it is.
    Authenticated,
    /// CONNECT arrived and is well formed.
    Connect,
    /// The certificate was registered by this attempt.
    AutoRegistered,
    /// The CA's template was resolved with the certificate's values.
    Template,
    /// The plan was applied and is on disk.
    Provisioned,
    /// Somebody activated the certificate while the connection was held.
    Activated,
    /// The policies allow the connection.
    Authorized,
    /// CONNACK 0 went out.
    Connected,
    /// The connection is open; what fails here is what its client does, or its end.
    Open,
}

impl Stage {
    /// The stage as records and pages write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Tls => "tls",
            Stage::Certificate => "certificate",
            Stage::Registered => "registered",
            Stage::Issuer => "issuer",
            Stage::Authenticated => "authenticated",
            Stage::AutoRegistered => "auto-registered",
            Stage::Template => "template",
            Stage::Provisioned => "provisioned",
            Stage::Activated => "activated",
            Stage::Connect => "connect",
            Stage::Authorized => "authorized",
            Stage::Connected => "connected",
            Stage::Open => "open",
        }
    }
}

/// Code of an attempt that ended well.
pub const CONNECTED: &str = "connected";
/// Code of a first connection that was provisioned and then closed, as `--first-connect aws` does.
pub const PROVISIONED: &str = "provisioned-and-closed";
/// Code of a first connection that was registered, announced by an event and closed, likewise.
pub const REGISTERED: &str = "registered-and-closed";

/// What an open connection keeps of its attempt.
#[derive(Debug, Clone, Copy)]
pub struct Seat {
    listener: &'static str,
    address: SocketAddr,
    since: Millis,
}

impl Seat {
    /// The peer.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A record of something that happened while the connection was open.
    pub(super) fn record(self) -> Attempt {
        let mut attempt = Attempt::new(self.listener, self.address, self.since);
        attempt.passed(Stage::Connected, self.since);
        attempt
    }
}

fn common_name(certificate: &Certificate) -> Option<String> {
    let fields = certificate.subject().fields();
    let mut named = fields
        .iter()
        .filter(|(field, _)| SubjectField::from_oid(field.oid()) == SubjectField::CommonName);
    named.next().map(|(_, name)| name.clone())
}

/// The piece of a record that has this member with this text.
pub(super) fn member(member: &str, text: &str) -> String {
    let mut piece = format!("\"{member}\":");
    quote(&mut piece, text);
    piece
}

/// An attempt while it goes on.
#[derive(Debug, Clone)]
pub struct Attempt {
    began: Millis,
    listener: &'static str,
    address: SocketAddr,
    /// Server name indication.
    pub server_name: Option<String>,
    /// Why the client may not have taken the server's certificate, should it leave without a word.
    pub doubt: Option<String>,
    /// Protocol version and suite.
    pub tls: Option<String>,
    /// SHA-256 of the leaf.
    pub certificate: Option<[u8; 32]>,
    /// Serial number of the leaf, lower-case hex.
    pub serial: Option<String>,
    /// Subject of the leaf, for people.
    pub subject: Option<String>,
    /// Common name of the leaf.
    pub common_name: Option<String>,
    /// Issuer of the leaf, for people.
    pub issuer: Option<String>,
    /// Client identifier of CONNECT.
    pub client_id: Option<String>,
    /// The thing that the device is to be, or is: where a template names it, or the device itself.
    pub thing: Option<String>,
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
            doubt: None,
            tls: None,
            certificate: None,
            serial: None,
            subject: None,
            common_name: None,
            issuer: None,
            client_id: None,
            thing: None,
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

    /// Where its connection has come in, now that it stands.
    pub fn seat(&self, since: Millis) -> Seat {
        Seat {
            listener: self.listener,
            address: self.address,
            since,
        }
    }

    /// Notes what a certificate says of its device.
    pub fn describe(&mut self, certificate: &Certificate) {
        self.serial = Some(certificate.serial_hex());
        self.subject = Some(certificate.subject().to_string());
        self.common_name = common_name(certificate);
        self.issuer = Some(certificate.issuer().to_string());
    }

    /// Milliseconds since it began.
    pub fn took(&self, now: Millis) -> i64 {
        now.0 - self.began.0
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
        let address = self.address.to_string();
        let certificate = self.certificate.map(hex::encode);
        // Written by hand: every connection pays for it.
        let mut record = Record::new();
        record.number("at", self.began.0);
        record.number("endedAt", now.0);
        record.text("listener", Some(self.listener));
        record.text("address", Some(&address));
        record.text("serverName", self.server_name.as_deref());
        record.text("tls", self.tls.as_deref());
        record.text("certificateId", certificate.as_deref());
        record.text("serial", self.serial.as_deref());
        record.text("subject", self.subject.as_deref());
        record.text("commonName", self.common_name.as_deref());
        record.text("issuer", self.issuer.as_deref());
        record.text("clientId", self.client_id.as_deref());
        record.text("thingName", self.thing.as_deref());
        record.text("flow", self.flow);
        record.text("template", self.template.as_deref());
        record.text("failedStage", failed.map(Stage::as_str));
        if failed.is_some() {
            record.text(
                "remedy",
                self.remedy.as_deref().or_else(|| remedy::of(code)),
            );
        }
        if !self.plan.is_empty() {
            record.list("plan", &self.plan, |out, step| quote(out, step));
        }
        record.list("stages", &self.stages, |out, (stage, at, detail)| {
            let mut inner = Record::new();
            inner.text("stage", Some(stage.as_str()));
            inner.number("at", at.0);
            inner.text("detail", detail.as_deref());
            out.push_str(&inner.end());
        });
        record.text("code", Some(code));
        record.text("reason", Some(reason));
        AttemptRow {
            seq: 0,
            at: now.0,
            certificate: self.certificate,
            serial: self.serial,
            client_id: self.client_id,
            address,
            code: code.to_owned(),
            record: record.end(),
            count: 1,
            first_at: now.0,
        }
    }
}

/// A JSON object being written.
struct Record(String);

impl Record {
    fn new() -> Self {
        let mut text = String::with_capacity(512);
        text.push('{');
        Self(text)
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quote(&mut self.0, name);
        self.0.push(':');
    }

    fn number(&mut self, name: &str, value: i64) {
        self.name(name);
        self.0.push_str(&value.to_string());
    }

    /// Absent values are left out.
    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.name(name);
            quote(&mut self.0, value);
        }
    }

    fn list<T>(&mut self, name: &str, items: &[T], write: impl Fn(&mut String, &T)) {
        self.name(name);
        self.0.push('[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            write(&mut self.0, item);
        }
        self.0.push(']');
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

fn quote(out: &mut String, text: &str) {
    if text.bytes().any(|b| b < 0x20 || b == b'"' || b == b'\\') {
        out.push_str(&serde_json::Value::from(text).to_string());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_record_is_json() {
        let address = SocketAddr::from(([127, 0, 0, 1], 5));
        let mut attempt = Attempt::new("mqtt", address, Millis(1));
        attempt.client_id = Some("a \"quoted\" id\n".into());
        attempt.plan = vec!["one".into(), "two".into()];
        attempt.passed(Stage::Tls, Millis(2));
        attempt.passed_with(Stage::Issuer, Millis(3), "CA".into());
        let row = attempt.into_row(
            "policy-denied",
            "because",
            Some(Stage::Authorized),
            Millis(4),
        );
        let record: Value = serde_json::from_str(&row.record).expect("JSON");
        assert_eq!(
            record,
            json!({
                "remedy": remedy::of("policy-denied"),
                "at": 1, "endedAt": 4, "listener": "mqtt", "address": "127.0.0.1:5",
                "clientId": "a \"quoted\" id\n", "failedStage": "authorized", "plan": ["one", "two"],
                "stages": [{"stage": "tls", "at": 2}, {"stage": "issuer", "at": 3, "detail": "CA"}],
                "code": "policy-denied", "reason": "because",
            })
        );
    }
}
