//! The server's own signed endpoints, for its own commands: credential scope `nameplate`.

mod audit;
mod backup;
mod bulk;
mod certificate;
mod connection;
mod device_ca;
mod function;
mod rehearsal;
mod reset;
mod revocation;
mod status;
mod vending;

use super::pipeline::UNKNOWN;
use super::read::{Read, Unread};
use super::service::{Bodies, Permission, Row};
use super::{Call, Content, Request, Response, write};
use crate::app::admission::explain::{Record, Subject, Which};
use crate::app::admission::simulate::{Device, Source, template_of, template_text};
use crate::app::bulk::NewTask;
use crate::app::registry::removal::Extent;
use crate::app::{App, Error, Kind};
use nameplate_aws::model::{Operation, Service};
use nameplate_aws::request::Input;
use nameplate_aws::respond::ApiError;
use nameplate_aws::uri;
use nameplate_core::pki::{Certificate, to_pem};
use nameplate_core::policy::resource::canonical_id;
use nameplate_core::provisioning::simulate::Outcome;
use nameplate_core::registry::removal::Root;
use nameplate_core::template::TemplateKind;
use serde_json::{Value, json};

/// The code of a removal that what the thing or certificate owns is in the way of.
pub const IN_THE_WAY: &str = "in-the-way";
/// The code of any other refusal, which is told by its status alone.
const NO_CODE: &str = "";

/// The endpoints as a service. Signatures are refused in the form of the control plane.
pub static ROW: Row = Row {
    bodies: Bodies::Whole(body_limit),
    read,
    refuse,
    ..Row::new(
        Service::Iot,
        &["nameplate"],
        OPERATIONS,
        Permission::ByOperation,
        fault,
    )
};

super::service::operations! {
    "Backup" => backup::back_up,
    "CountExpiringCertificates" => certificate::weeks,
    "CreateDeviceCa" => device_ca::create,
    "CreateFault" => reset::order_fault,
    "CreateSnapshot" => reset::keep,
    "CreateVendingCodes" => vending::codes,
    "DeleteDeviceCa" => device_ca::delete,
    "DeleteFaults" => reset::forget_faults,
    "DeleteRevocationList" => revocation::delete,
    "DeleteSnapshot" => reset::forget,
    "DeleteVendingBatch" => vending::delete_batch,
    "ExportDeviceCaKey" => device_ca::key,
    "GetClock" => reset::clock,
    "GetConfinement" => function::confinement,
    "GetDeviceCa" => device_ca::one,
    "GetFunctionCode" => function::code,
    "GetFunctionLogs" => function::logs,
    "GetHistory" => connection::history,
    "GetLayerCode" => function::layer_code,
    "GetRevocationList" => revocation::one,
    "GetStatus" => status::status,
    "GetVendingBatch" => vending::batch,
    "GetVendingEntry" => vending::entry,
    "InstallDeviceCa" => device_ca::install,
    "ListAuditEntries" => audit::entries,
    "ListCertificatesByExpiry" => certificate::by_expiry,
    "ListConnectionAttempts" => attempts,
    "ListConnections" => connection::list,
    "ListDeviceCas" => device_ca::all,
    "ListFailedLines" => bulk::failed_lines,
    "ListFaults" => reset::faults,
    "ListPendingVendingEntries" => vending::pending,
    "ListPresentedCertificates" => presented,
    "ListRevocationLists" => revocation::all,
    "ListSnapshots" => reset::snapshots,
    "ListVendingBatches" => vending::batches,
    "ListVendingEntries" => vending::entries,
    "MoveClock" => reset::move_clock,
    "PutRemoteFunction" => function::put_remote,
    "PutRevocationList" => revocation::put,
    "PutVendingBatch" => vending::put_batch,
    "PutVendingEntries" => vending::import,
    "Rehearse" => rehearsal::play,
    "Remove" => remove,
    "Reset" => reset::reset,
    "RestoreSnapshot" => reset::restore,
    "Simulate" => simulate,
    "StartBulkRegistration" => start_bulk,
    "UpdateDeviceCa" => device_ca::update,
    "UpdateRevocationList" => revocation::update,
    "UpdateVendingEntry" => vending::set_status,
}

static ENDPOINTS: &[Operation] = &[
    endpoint("ListConnectionAttempts", "GET", "/nameplate/attempts"),
    endpoint("ListAuditEntries", "GET", "/nameplate/audit"),
    endpoint("Backup", "POST", "/nameplate/backup"),
    endpoint("Rehearse", "POST", "/nameplate/rehearsal"),
    endpoint(
        "ListPresentedCertificates",
        "GET",
        "/nameplate/attempts/certificates",
    ),
    endpoint("ListCertificatesByExpiry", "GET", "/nameplate/certificates"),
    endpoint(
        "CountExpiringCertificates",
        "GET",
        "/nameplate/certificates/expiry",
    ),
    endpoint("ListConnections", "GET", "/nameplate/connections"),
    endpoint("GetHistory", "GET", "/nameplate/history"),
    endpoint("GetStatus", "GET", "/nameplate/status"),
    endpoint("ListDeviceCas", "GET", "/nameplate/device-cas"),
    endpoint("CreateDeviceCa", "POST", "/nameplate/device-cas"),
    endpoint("InstallDeviceCa", "POST", "/nameplate/device-cas/install"),
    endpoint("GetDeviceCa", "GET", DEVICE_CA),
    endpoint("UpdateDeviceCa", "PATCH", DEVICE_CA),
    endpoint("DeleteDeviceCa", "DELETE", DEVICE_CA),
    endpoint("ExportDeviceCaKey", "POST", "/nameplate/device-cas/*/key"),
    endpoint("Remove", "POST", "/nameplate/remove"),
    endpoint("Simulate", "POST", SIMULATE),
    endpoint("StartBulkRegistration", "POST", "/nameplate/bulk"),
    endpoint("GetFunctionLogs", "GET", "/nameplate/logs"),
    endpoint("GetConfinement", "GET", "/nameplate/confinement"),
    endpoint("GetFunctionCode", "GET", "/nameplate/functions/*/code/*"),
    endpoint("GetLayerCode", "GET", "/nameplate/layers/*/code/*"),
    endpoint("PutRemoteFunction", "PUT", "/nameplate/functions/*"),
    endpoint("ListRevocationLists", "GET", "/nameplate/revocation-lists"),
    endpoint("GetRevocationList", "GET", REVOCATION),
    endpoint("PutRevocationList", "PUT", REVOCATION),
    endpoint("UpdateRevocationList", "PATCH", REVOCATION),
    endpoint("DeleteRevocationList", "DELETE", REVOCATION),
    endpoint("Reset", "POST", "/nameplate/reset"),
    endpoint("ListSnapshots", "GET", "/nameplate/snapshots"),
    endpoint("CreateSnapshot", "POST", "/nameplate/snapshots/*"),
    endpoint("DeleteSnapshot", "DELETE", "/nameplate/snapshots/*"),
    endpoint("RestoreSnapshot", "POST", "/nameplate/snapshots/*/restore"),
    endpoint("GetClock", "GET", "/nameplate/clock"),
    endpoint("MoveClock", "POST", "/nameplate/clock"),
    endpoint("ListFaults", "GET", "/nameplate/faults"),
    endpoint("CreateFault", "POST", "/nameplate/faults"),
    endpoint("DeleteFaults", "DELETE", "/nameplate/faults"),
    endpoint("ListFailedLines", "GET", "/nameplate/bulk/*/failed"),
    endpoint(
        "ListPendingVendingEntries",
        "GET",
        "/nameplate/vending/pending",
    ),
    endpoint("ListVendingBatches", "GET", "/nameplate/vending/batches"),
    endpoint("PutVendingBatch", "PUT", "/nameplate/vending/batches/*"),
    endpoint("GetVendingBatch", "GET", "/nameplate/vending/batches/*"),
    endpoint(
        "DeleteVendingBatch",
        "DELETE",
        "/nameplate/vending/batches/*",
    ),
    endpoint("PutVendingEntries", "POST", LISTS),
    endpoint("ListVendingEntries", "GET", LISTS),
    endpoint(
        "CreateVendingCodes",
        "POST",
        "/nameplate/vending/batches/*/codes",
    ),
    endpoint("GetVendingEntry", "GET", "/nameplate/vending/entries/*"),
    endpoint(
        "UpdateVendingEntry",
        "PATCH",
        "/nameplate/vending/entries/*",
    ),
];

const SIMULATE: &str = "/nameplate/simulate";
/// Allow-lists of batches.
const LISTS: &str = "/nameplate/vending/batches/*/entries";
/// One of our own CAs.
const DEVICE_CA: &str = "/nameplate/device-cas/*";
/// Revocation lists of registered CAs.
const REVOCATION: &str = "/nameplate/revocation-lists/*";
/// Largest body of a simulation, an allow-list or a revocation list: a hundred thousand certificates, some million devices.
const SIMULATION_BYTES: usize = 512 * 1024 * 1024;
/// Largest body of any other endpoint, bytes.
const BODY_BYTES: usize = 2 * 1024 * 1024;

const fn endpoint(name: &'static str, method: &'static str, uri: &'static str) -> Operation {
    Operation {
        service: Service::Iot,
        name,
        method,
        uri,
        status: 200,
        input: None,
        has_output: true,
        deprecated: false,
        unsigned: false,
        errors: &[],
    }
}

/// A body is collected before its signature is known, so strangers on the public listener may not send as much.
pub fn body_limit(request: &Request<'_>) -> usize {
    let (path, _) = uri::split_target(request.target);
    let large = path == SIMULATE || leads(LISTS, path) || leads(REVOCATION, path);
    match large && !request.secure {
        true => SIMULATION_BYTES,
        false => BODY_BYTES,
    }
}

fn read(_: &'static Row, _: &App, request: &Request<'_>) -> Result<Read, Unread> {
    let (path, _) = uri::split_target(request.target);
    let found = ENDPOINTS
        .iter()
        .find(|endpoint| endpoint.method == request.method && leads(endpoint.uri, path));
    match found {
        Some(operation) => Ok(Read {
            operation,
            input: Input::default(),
            moved: Vec::new(),
        }),
        None => {
            let message = format!("{} {path} is not an endpoint", request.method);
            Err((UNKNOWN, Error::not_found(message).into()))
        }
    }
}

/// Whether an endpoint is the one at a path; `*` stands for one segment that is not empty.
fn leads(endpoint: &str, path: &str) -> bool {
    let mut wanted = endpoint.split('/');
    let mut found = path.split('/');
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some("*"), Some(segment)) if !segment.is_empty() => {}
            (Some(one), Some(other)) if one == other => {}
            _ => return false,
        }
    }
}

fn fault(error: &Error, _: Option<&'static Operation>) -> ApiError {
    let (code, status) = match error.kind {
        Kind::NotFound => (NO_CODE, 404),
        Kind::Denied => (NO_CODE, 403),
        Kind::Throttled(_) => (NO_CODE, 429),
        Kind::Internal => (NO_CODE, 500),
        Kind::InUse => (IN_THE_WAY, 400),
        _ => (NO_CODE, 400),
    };
    ApiError {
        code: code.into(),
        status,
        message: error.message.clone(),
        extra: Vec::new(),
        headers: Vec::new(),
    }
}

fn refuse(row: &'static Row, request: &Request<'_>, error: ApiError, request_id: &str) -> Response {
    let mut body = json!({"message": error.message});
    match error.code.as_ref() {
        NO_CODE => {}
        IN_THE_WAY => body["code"] = IN_THE_WAY.into(),
        // A name of AWS's.
        _ => return write::refusal(row, request, error, request_id),
    }
    Response {
        status: error.status,
        headers: vec![
            ("content-type".into(), "application/json".to_owned()),
            ("x-amzn-requestid".into(), request_id.to_owned()),
        ],
        body: Content::Bytes(body.to_string().into_bytes()),
    }
}

/// `GET /nameplate/attempts?of=…&limit=…&failed=true&show=…&before=…&sequence=…`: connection attempts, newest first.
/// `show` is `all`, `refused` or `first`; `before` is the number of one, for those that are older; with `sequence` the one
/// of that number alone.
async fn attempts(call: &Call<'_>) -> Result<Value, Error> {
    let (app, caller) = (call.app, &call.caller);
    let (_, query) = uri::split_target(call.request.target);
    app.iam
        .may(caller, "nameplate:ListConnectionAttempts", "*", &[])
        .await?;
    let pairs = uri::query_pairs(query);
    let value = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let limit = match value("limit") {
        Some(text) => text
            .parse::<usize>()
            .ok()
            .filter(|n| (1..=1000).contains(n))
            .ok_or_else(|| {
                Error::invalid(format!(
                    "limit is {text:?}; it must be a number from 1 to 1000"
                ))
            })?,
        None => 20,
    };
    let number = |name: &str| match value(name) {
        None => Ok(None),
        Some(text) => text.parse::<i64>().map(Some).map_err(|_| {
            Error::invalid(format!(
                "{name} is {text:?}; it must be the sequence number of an attempt"
            ))
        }),
    };
    let which = match (value("show"), value("failed")) {
        (Some("refused"), _) | (None, Some("true")) => Which::Failed,
        (Some("first"), _) => Which::First,
        (Some("all") | None, _) => Which::All,
        (Some(text), _) => {
            let must = "it must be all, refused or first";
            return Err(Error::invalid(format!("show is {text:?}; {must}")));
        }
    };
    let records = match (number("sequence")?, value("of")) {
        (Some(sequence), _) => app.admission.attempt(sequence).await?.into_iter().collect(),
        (None, Some(text)) => app.admission.explain(&Subject::parse(text), limit).await?,
        (None, None) => {
            let before = number("before")?;
            app.admission.recent_attempts(which, before, limit).await?
        }
    };
    let attempts = records.iter().map(|record| attempt(app, record));
    let attempts = attempts.collect::<Result<Vec<_>, _>>()?;
    let mut answer = json!({"attempts": attempts});
    if let Some(rule) = rule(app, caller, value("of").unwrap_or_default()).await? {
        answer["rules"] = json!([rule]);
    }
    Ok(answer)
}

/// Devices of one answer at most.
const PRESENTED: usize = 100;

/// `GET /nameplate/attempts/certificates?limit=…`: the newest attempts of certificates, one of each, with the certificate as
/// `pem` and what was sent with it as `chain`, in the form that a simulation takes.
async fn presented(call: &Call<'_>) -> Result<Value, Error> {
    let (app, caller) = (call.app, &call.caller);
    app.iam
        .may(caller, "nameplate:ListConnectionAttempts", "*", &[])
        .await?;
    let (_, query) = uri::split_target(call.request.target);
    let pairs = uri::query_pairs(query);
    let limit = pairs.iter().find(|(name, _)| name == "limit");
    let limit = match limit.map(|(_, text)| text.parse::<usize>()) {
        None => PRESENTED,
        Some(Ok(limit)) if (1..=PRESENTED).contains(&limit) => limit,
        Some(_) => return Err(Error::invalid("limit must be a number from 1 to 100")),
    };
    let pem = |der: &[u8]| to_pem("CERTIFICATE", der);
    let mut certificates = Vec::new();
    for (record, chain) in app.admission.presented(limit).await? {
        let mut value = attempt(app, &record)?;
        let mut chain = chain.iter().map(|der| pem(der));
        value["pem"] = chain.next().into();
        value["chain"] = chain.collect::<Vec<_>>().into();
        certificates.push(value);
    }
    Ok(json!({"certificates": certificates}))
}

/// What is known of a topic rule of this name or ARN, for those who may read the rule.
async fn rule(
    app: &App,
    caller: &crate::app::caller::Caller,
    of: &str,
) -> Result<Option<Value>, Error> {
    let name = of.trim().rsplit(":rule/").next().unwrap_or_default();
    let arn = app.realm().topic_rule(name);
    if let Err(error) = app.iam.may(caller, "iot:GetTopicRule", &arn, &[]).await {
        return match error.kind {
            Kind::Denied => Ok(None),
            _ => Err(error),
        };
    }
    let Some(known) = app.rules.known(name).await? else {
        return Ok(None);
    };
    let failures: Vec<Value> = known
        .failures
        .iter()
        .map(|failure| {
            json!({
                "action": failure.action, "reason": failure.reason, "resource": failure.resource,
                "topic": failure.topic, "clientId": failure.client_id, "count": failure.times,
                "firstAt": failure.first.0, "lastAt": failure.last.0,
            })
        })
        .collect();
    let figures = known.figures;
    Ok(Some(json!({
        "name": name, "arn": arn, "sql": known.rule.document["sql"], "disabled": known.rule.info.disabled,
        "matched": figures.matched, "selected": figures.selected, "succeeded": figures.succeeded,
        "failed": figures.failed, "dropped": figures.dropped, "failures": failures,
    })))
}

fn attempt(app: &App, record: &Record) -> Result<Value, Error> {
    let mut value: Value = serde_json::from_str(&record.text).map_err(Error::internal)?;
    app.admission.advise(&mut value);
    if let Some(members) = value.as_object_mut() {
        members.insert("sequence".into(), json!(record.sequence));
    }
    Ok(value)
}

/// `POST /nameplate/simulate` with `template` (text), and `certificates` (`[{label, pem, chain}]`, where `chain` is a
/// list of what a device would send beside its own) or `parameters` (`[{label, values}]`): what would happen to each, and the summary. With `detail` of `first`, only the first plan
/// is answered beside the summary: a hundred thousand are of use to no reader.
async fn simulate(call: &Call<'_>) -> Result<Value, Error> {
    let app = call.app;
    app.iam
        .may(&call.caller, "nameplate:Simulate", "*", &[])
        .await?;
    // A hundred thousand devices are seconds of work.
    app.heavily(simulated(app, call.request.body)).await
}

async fn simulated(app: &App, body: &[u8]) -> Result<Value, Error> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?;
    let text = body
        .get("template")
        .and_then(Value::as_str)
        .ok_or_else(|| Error::invalid("template is required, as text"))?;
    let list = |name: &str| body.get(name).and_then(Value::as_array);
    let (kind, devices) = match (list("certificates"), list("parameters")) {
        (Some(items), None) => {
            let mut devices = Vec::with_capacity(items.len());
            for (at, item) in items.iter().enumerate() {
                devices.push(certificate_device(at, item)?);
            }
            (TemplateKind::Jitp, devices)
        }
        (None, Some(items)) => {
            let devices = items
                .iter()
                .enumerate()
                .map(|(at, item)| Device {
                    label: label(at, item),
                    source: Source::Parameters(
                        item.get("values")
                            .and_then(Value::as_object)
                            .into_iter()
                            .flatten()
                            .filter_map(|(name, value)| {
                                nameplate_core::template::Parameters::text_of(value)
                                    .map(|text| (name.clone(), text))
                            })
                            .collect(),
                    ),
                })
                .collect();
            (TemplateKind::Bulk, devices)
        }
        _ => {
            return Err(Error::invalid(
                "either certificates or parameters is required, as a list",
            ));
        }
    };
    let all = match body.get("detail").map(Value::as_str) {
        None | Some(Some("all")) => true,
        Some(Some("first")) => false,
        _ => return Err(Error::invalid("detail must be all or first")),
    };
    let template = template_of(text, kind)?;
    let warnings: Vec<String> = template
        .warnings()
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut outcomes = Vec::new();
    let simulation = app
        .admission
        .simulate(
            template,
            &template_text(text),
            &devices,
            |device, outcome| {
                if all || outcomes.is_empty() && outcome.is_planned() {
                    outcomes.push(outcome_json(&device.label, outcome));
                }
            },
        )
        .await?;
    Ok(json!({
        "warnings": warnings,
        "devices": outcomes,
        "summary": simulation.summary().to_json(),
        "summaryText": simulation.summary().to_string(),
    }))
}

/// `POST /nameplate/bulk` with `templateBody`, `bucket`, `key` and, if it shall run as a role, `roleArn`: starts a
/// registration task; its `taskId`. A line that was registered before keeps its certificate unless `reissue` is true.
async fn start_bulk(call: &Call<'_>) -> Result<Value, Error> {
    let (app, caller) = (call.app, &call.caller);
    app.iam
        .may(caller, "iot:StartThingRegistrationTask", "*", &[])
        .await?;
    let body: Value = serde_json::from_slice(call.request.body)
        .map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let required = |name: &str| {
        text(name).ok_or_else(|| Error::invalid(format!("{name} is required, as text")))
    };
    let new = NewTask {
        template_body: required("templateBody")?,
        bucket: required("bucket")?,
        object_key: required("key")?,
        role_arn: text("roleArn"),
        keep_certificates: !body
            .get("reissue")
            .and_then(Value::as_bool)
            .unwrap_or(false),
    };
    let id = app.bulk.start_registration_task(caller, new).await?;
    Ok(json!({"taskId": id}))
}

/// Steps told of one removal. A CA may have a hundred thousand devices.
const STEPS_SHOWN: usize = 1000;

/// `POST /nameplate/remove` with `kind` (`thing`, `certificate`, `ca`), `name`, `cascade` and `dryRun`: what is
/// removed, in order.
async fn remove(call: &Call<'_>) -> Result<Value, Error> {
    let body: Value = serde_json::from_slice(call.request.body)
        .map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?;
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let name = text("name")
        .ok_or_else(|| Error::invalid("name is required, as text"))?
        .to_owned();
    // An ARN is as good as an id.
    let id = || canonical_id(name.rsplit('/').next().unwrap_or(&name));
    let root = match text("kind") {
        Some("thing") => Root::Thing(name),
        Some("certificate") => Root::Certificate(id()),
        Some("ca") => Root::Ca(id()),
        _ => return Err(Error::invalid("kind must be thing, certificate or ca")),
    };
    let flag = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or(false);
    let extent = Extent {
        cascade: flag("cascade"),
        dry_run: flag("dryRun"),
    };
    let steps = call.app.registry.remove(&call.caller, root, extent).await?;
    let shown: Vec<String> = steps
        .iter()
        .take(STEPS_SHOWN)
        .map(ToString::to_string)
        .collect();
    Ok(json!({"steps": shown, "count": steps.len(), "removed": !extent.dry_run}))
}

/// One device's outcome as JSON; also what `nameplate simulate --json` prints.
pub fn outcome_json(label: &str, outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Planned(plan) => {
            json!({"device": label, "plan": plan.to_json(), "text": plan.to_string()})
        }
        Outcome::Refused(refusal) => json!({
            "device": label,
            "code": refusal.code(),
            "reason": refusal.to_string(),
            "remedy": refusal.remedy_text(),
        }),
    }
}

fn label(at: usize, item: &Value) -> String {
    item.get("label")
        .and_then(Value::as_str)
        .map_or_else(|| format!("#{}", at + 1), str::to_owned)
}

fn certificate_device(at: usize, item: &Value) -> Result<Device, Error> {
    let label = label(at, item);
    let pem = item
        .get("pem")
        .and_then(Value::as_str)
        .ok_or_else(|| Error::invalid(format!("{label}: pem is required, as text")))?;
    let certificate =
        Certificate::parse_pem(pem).map_err(|error| Error::invalid(format!("{label}: {error}")))?;
    // A connection passes over what it cannot read of these.
    let chain = item.get("chain").and_then(Value::as_array);
    let chain = chain
        .into_iter()
        .flatten()
        .filter_map(|pem| Certificate::parse_pem(pem.as_str()?).ok());
    Ok(Device {
        label,
        source: Source::Certificate(Box::new(certificate), chain.collect()),
    })
}
