//! What is on record of a request, for `explain`: never its payload, a key or a token.

use super::refused::Refused;
use super::{Asker, FleetProvisioning};
use nameplate_core::ctx::Millis;
use nameplate_core::fleet_provisioning::{Accepted, Operation, Why};
use nameplate_core::registry::logging::Level;
use nameplate_store::{AttemptRow, SummaryOf};
use serde_json::{Map, Value, json};

/// A device was given a key and a certificate.
pub const KEYS_CREATED: &str = "fleet-keys-created";
/// A device was given a certificate for its own key.
pub const CREATED: &str = "fleet-certificate-created";
/// A device was registered by a template.
pub const PROVISIONED: &str = "fleet-provisioned";

/// A device was given the successor of its certificate.
pub const RENEWED: &str = "certificate-renewed";

/// A gateway registered a thing that it speaks for.
pub const CHILD: &str = "child-registered";

/// A request under way.
pub(super) struct Record {
    operation: &'static str,
    /// Where it was asked.
    pub(super) listener: &'static str,
    began: Millis,
    pub(super) certificate: Option<[u8; 32]>,
    pub(super) template: Option<String>,
    pub(super) thing: Option<String>,
    child: Option<String>,
    pub(super) plan: Vec<String>,
    stages: Vec<(&'static str, Millis)>,
}

impl Record {
    pub(super) fn new(operation: Operation<'_>, began: Millis) -> Self {
        Self {
            operation: operation.name(),
            listener: "mqtt",
            began,
            certificate: None,
            template: match operation {
                Operation::RegisterThing(name) => Some(name.to_owned()),
                _ => None,
            },
            thing: None,
            child: match operation {
                Operation::RegisterChild(name) => Some(name.to_owned()),
                _ => None,
            },
            plan: Vec::new(),
            stages: Vec::new(),
        }
    }

    pub(super) fn passed(&mut self, stage: &'static str, at: Millis) {
        self.stages.push((stage, at));
    }

    fn into_row(
        self,
        asker: Asker<'_>,
        code: &str,
        reason: &str,
        refused: Option<&Refused>,
        now: Millis,
    ) -> AttemptRow {
        let address = asker.source_ip.map(|ip| ip.to_string()).unwrap_or_default();
        let certificate = self.certificate.map(hex::encode);
        let mut record = Map::new();
        let mut text = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                record.insert(name.to_owned(), value.into());
            }
        };
        text("listener", Some(self.listener));
        text("address", Some(&address));
        let client_id = Some(asker.client_id).filter(|id| !id.is_empty());
        text("clientId", client_id);
        text("claimCertificateId", Some(asker.principal));
        text("certificateId", certificate.as_deref());
        text("thingName", self.thing.as_deref());
        let flow = match self.operation {
            "RenewCertificate" => "renewal",
            "RegisterChild" => "child",
            _ => "fleet",
        };
        text("flow", Some(flow));
        text("request", Some(self.operation));
        text("template", self.template.as_deref());
        text("failedStage", refused.map(|_| self.operation));
        text(
            "remedy",
            refused.and_then(|refused| refused.remedy.as_deref()),
        );
        text("code", Some(code));
        text("reason", Some(reason));
        record.insert("at".into(), self.began.0.into());
        record.insert("endedAt".into(), now.0.into());
        if !self.plan.is_empty() {
            record.insert("plan".into(), self.plan.into());
        }
        let stages = self.stages.into_iter();
        let stages = stages.map(|(stage, at)| json!({"stage": stage, "at": at.0}));
        record.insert("stages".into(), stages.collect());
        AttemptRow {
            seq: 0,
            at: now.0,
            // Of a request that failed before it named one, the claim's.
            certificate: self.certificate.or_else(|| digest(asker.principal)),
            // A child has no certificate to be found by.
            serial: self.child,
            client_id: client_id.map(str::to_owned),
            address,
            code: code.to_owned(),
            record: Value::Object(record).to_string(),
            count: 1,
            first_at: now.0,
        }
    }
}

pub(super) fn digest(id: &str) -> Option<[u8; 32]> {
    hex::decode(id).ok()?.try_into().ok()
}

impl FleetProvisioning {
    /// Keeps the record of a request that has ended, counts it and logs it.
    pub(super) async fn keep(
        &self,
        asker: Asker<'_>,
        operation: Operation<'_>,
        record: Record,
        result: &Result<Accepted, Refused>,
    ) {
        let outcome = match result {
            Ok(_) => "success",
            Err(refused) => match refused.rejection.why {
                Why::Denied => "denied",
                Why::Internal | Why::Unavailable => "server_error",
                _ => "client_error",
            },
        };
        let metrics = &self.kernel.metrics;
        metrics.fleet_request(operation.name(), outcome);
        if let Operation::RegisterThing(_) = operation {
            metrics.provision("fleet", outcome);
            if result.is_ok() {
                metrics.provision_took("fleet", self.kernel.now().0 - record.began.0);
            }
        }
        let (code, reason) = match (result, operation) {
            (Err(refused), _) => (refused.code.as_ref(), refused.reason.clone()),
            (Ok(_), Operation::CreateKeysAndCertificate) => (
                KEYS_CREATED,
                "a key and a certificate, which waits for RegisterThing".to_owned(),
            ),
            (Ok(_), Operation::CreateCertificateFromCsr) => (
                CREATED,
                "a certificate for its signing request, which waits for RegisterThing".to_owned(),
            ),
            (Ok(_), Operation::RenewCertificate) => (
                RENEWED,
                "the successor of its certificate, which is revoked once that has connected"
                    .to_owned(),
            ),
            (Ok(_), Operation::RegisterChild(name)) => {
                (CHILD, format!("registered {name} as its child"))
            }
            (Ok(_), Operation::RegisterThing(name)) => {
                (PROVISIONED, format!("registered by template {name}"))
            }
        };
        let level = match result {
            Ok(_) => Level::Info,
            Err(_) => Level::Error,
        };
        let claim = digest(asker.principal);
        let logged = self
            .registry
            .logs(level, Some(asker.client_id), claim, asker.source_ip)
            .await;
        let id = record.certificate.map(hex::encode);
        let refused = result.as_ref().err();
        let row = record.into_row(asker, code, &reason, refused, self.kernel.now());
        let (client, name) = (asker.client_id, operation.name());
        if refused.is_none() {
            self.kernel.record_attempt(row);
            if logged {
                tracing::info!(
                    client.id = client,
                    certificate.id = id,
                    claim.id = asker.principal,
                    "{client} asked for {name}: {reason}"
                );
            }
            return;
        }
        // A device that asks again and again is one record.
        let key = format!("fleet {code} {} {client} {name}", asker.principal);
        let times = self.kernel.summarise_attempt(SummaryOf::Devices, &key, row);
        if logged && times == 1 {
            tracing::warn!(
                client.id = client,
                certificate.id = id,
                claim.id = asker.principal,
                reason = code,
                "{client} was refused {name} ({code}): {reason}"
            );
        }
    }
}
