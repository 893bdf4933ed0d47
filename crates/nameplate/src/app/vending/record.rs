//! What is on record of a device's request, for `explain`.

use super::Vending;
use super::ask::Peer;
use nameplate_core::ctx::Millis;
use nameplate_store::{AttemptRow, SummaryOf};
use serde_json::{Map, Value, json};

/// A device has its identity.
pub const VENDED: &str = "vended";
/// An operator is to decide.
pub const PENDING: &str = "vending-pending";

/// A device has read or written its shadow.
pub const SHADOW: &str = "vending-shadow";

/// A request under way.
#[derive(Clone)]
pub(super) struct Record {
    pub(super) serial: String,
    pub(super) shape: &'static str,
    pub(super) began: Millis,
    pub(super) peer: Peer,
    pub(super) batch: Option<String>,
    pub(super) template: Option<String>,
    pub(super) certificate: Option<[u8; 32]>,
    pub(super) thing: Option<String>,
    pub(super) plan: Vec<String>,
    pub(super) stages: Vec<(&'static str, Millis, Option<String>)>,
    /// A list has the serial number.
    pub(super) listed: bool,
}

impl Record {
    /// A device asks, and nothing is known of it but what it says.
    pub(super) fn begun(serial: &str, shape: &'static str, began: Millis, peer: Peer) -> Self {
        Self {
            serial: serial.to_owned(),
            shape,
            began,
            peer,
            batch: None,
            template: None,
            certificate: None,
            thing: None,
            plan: Vec::new(),
            stages: Vec::new(),
            listed: false,
        }
    }

    pub(super) fn passed(&mut self, stage: &'static str, at: Millis, detail: Option<String>) {
        self.stages.push((stage, at, detail));
    }

    fn into_row(self, code: &str, reason: &str, now: Millis) -> AttemptRow {
        let well = matches!(code, VENDED | PENDING | SHADOW);
        let mut record = Map::new();
        let mut text = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                record.insert(name.to_owned(), value.into());
            }
        };
        let address = self.peer.address.to_string();
        let certificate = self.certificate.map(hex::encode);
        text("listener", Some(self.peer.listener));
        text("address", Some(&address));
        text("serialNumber", Some(&self.serial));
        text("batch", self.batch.as_deref());
        text("certificateId", certificate.as_deref());
        text("thingName", self.thing.as_deref());
        text("flow", Some("vending"));
        text("request", Some(self.shape));
        text("template", self.template.as_deref());
        text("failedStage", (!well).then_some("vending"));
        text("code", Some(code));
        text("reason", Some(reason));
        record.insert("at".into(), self.began.0.into());
        record.insert("endedAt".into(), now.0.into());
        if !self.plan.is_empty() {
            record.insert("plan".into(), self.plan.into());
        }
        let stages = self.stages.into_iter().map(|(stage, at, detail)| {
            let mut members = json!({"stage": stage, "at": at.0});
            if let Some(detail) = detail {
                members["detail"] = detail.into();
            }
            members
        });
        record.insert("stages".into(), stages.collect());
        AttemptRow {
            seq: 0,
            at: now.0,
            certificate: self.certificate,
            serial: None,
            // What it says that it is: looked for in the same way.
            client_id: Some(self.serial),
            address,
            code: code.to_owned(),
            record: Value::Object(record).to_string(),
            count: 1,
            first_at: now.0,
        }
    }
}

impl Vending {
    /// Keeps the record of a request that has ended, and counts it.
    pub(super) fn keep(&self, record: Record, code: &str, reason: &str, outcome: &'static str) {
        self.kernel.metrics.vending(record.shape, outcome);
        let (serial, address) = (record.serial.clone(), record.peer.address);
        let listed = record.listed;
        if matches!(outcome, "vended") {
            let took = self.kernel.now().0 - record.began.0;
            self.kernel.metrics.provision_took("vending", took);
        }
        let row = record.into_row(code, reason, self.kernel.now());
        if matches!(outcome, "vended") {
            tracing::info!(
                serial.number = serial,
                certificate.id = row.certificate.map(hex::encode),
                peer = %address,
                "{serial} has its certificate: {reason}"
            );
            self.kernel.record_attempt(row);
            return;
        }
        // Anyone can ask as often as they like.
        let of = match listed {
            true => SummaryOf::Devices,
            false => SummaryOf::Strangers,
        };
        let key = format!("vending {code} {} {serial}", address.ip());
        let times = self.kernel.summarise_attempt(of, &key, row);
        if times == 1 {
            tracing::warn!(
                serial.number = serial,
                peer = %address,
                reason = code,
                "{serial} gets no certificate ({code}): {reason}"
            );
        }
    }
}
