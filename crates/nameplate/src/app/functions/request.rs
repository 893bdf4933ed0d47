//! What is on record of a request from outside that went to a function of the owner's, for `explain`.
//!
//! Owns which certificates a function makes while it answers one request: its SDK sends the request's trace header along.
//! Must not hold what was sent or answered.

use super::Functions;
use nameplate_core::ctx::Millis;
use nameplate_store::{AttemptRow, SummaryOf};
use serde_json::{Map, Value, json};
use std::net::IpAddr;

/// The function made a certificate, and its answer was no refusal.
pub const VENDED: &str = "function-vended";
/// The function answered, without a certificate.
pub const ANSWERED: &str = "function-answered";
/// The function's own answer was a refusal.
const REFUSED: &str = "function-refused";
/// The function failed, came too late, or answered what is no answer.
const FAILED: &str = "function-failed";
/// The request did not come as far as the function.
const NOT_CALLED: &str = "function-not-called";

/// Certificates of one request that are remembered.
const CERTIFICATES: usize = 16;
/// Characters of what a function printed or failed with that are kept.
const TEXT_CHARS: usize = 500;

/// A request under way.
#[derive(Debug)]
pub struct FromOutside {
    /// When it came.
    pub began: Millis,
    /// Where it came from.
    pub address: IpAddr,
    /// Over TLS.
    pub secure: bool,
    /// Method and path, without the query.
    pub request: String,
    /// Id and stage of the API; none at the door to functions.
    pub api: Option<String>,
    /// The function's name or ARN.
    pub function: String,
    /// Who the device says that it is.
    pub serial: Option<String>,
    /// What came of the call, once there was one.
    pub called: Option<CameOf>,
}

/// What came of a call.
#[derive(Debug, Default)]
pub struct CameOf {
    /// Digests of the certificates that it made.
    pub certificates: Vec<[u8; 32]>,
    /// The last line that the handler printed.
    pub last_line: Option<String>,
}

/// Certificates that are being made for a request, forgotten when it ends.
pub(super) struct Made<'f> {
    functions: &'f Functions,
    /// The trace's root.
    pub(super) root: String,
}

impl Made<'_> {
    pub(super) fn certificates(&self) -> Vec<[u8; 32]> {
        let made = self.functions.made.lock();
        made.get(&self.root).cloned().unwrap_or_default()
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        self.functions.made.lock().remove(&self.root);
    }
}

/// The root of a trace header.
pub fn root_of(trace: Option<&str>) -> Option<&str> {
    let mut parts = trace?.split(';');
    parts.find_map(|part| part.trim().strip_prefix("Root="))
}

impl Functions {
    /// Begins to remember what is made under a trace.
    pub(super) fn remember(&self, root: String) -> Made<'_> {
        self.made.lock().insert(root.clone(), Vec::new());
        Made {
            functions: self,
            root,
        }
    }

    /// A call with this trace header made a certificate.
    pub fn note_made(&self, trace: Option<&str>, certificate: [u8; 32]) {
        let Some(root) = root_of(trace) else { return };
        if let Some(certificates) = self.made.lock().get_mut(root)
            && certificates.len() < CERTIFICATES
        {
            certificates.push(certificate);
        }
    }

    /// Keeps the record of a request that was answered with `status`; `why` is the reason where that was not the
    /// function's own answer.
    pub fn keep_request(&self, request: &FromOutside, status: u16, why: Option<&str>) {
        let (code, reason) = outcome(request, status, why);
        let now = self.kernel.now();
        let certificates = request.called.as_ref().map(|of| of.certificates.as_slice());
        let certificates = certificates.unwrap_or_default();
        for certificate in certificates {
            self.kernel.record_attempt(row(
                request,
                status,
                (code, &reason),
                Some(*certificate),
                now,
            ));
        }
        let well = matches!(code, VENDED | ANSWERED);
        // What an API is asked beside certificates is no device's way in.
        if !certificates.is_empty() || (well && request.serial.is_none()) {
            return;
        }
        // Anyone can ask as often as they like.
        let of = match well {
            true => SummaryOf::Devices,
            false => SummaryOf::Strangers,
        };
        let serial = request.serial.as_deref().unwrap_or_default();
        let key = format!("{code} {} {} {serial}", request.function, request.address);
        self.kernel
            .summarise_attempt(of, &key, row(request, status, (code, &reason), None, now));
    }
}

/// Code and reason.
fn outcome(request: &FromOutside, status: u16, why: Option<&str>) -> (&'static str, String) {
    let why = why.map(shortened);
    let Some(came) = &request.called else {
        let why = why.unwrap_or_else(|| "it was refused before".to_owned());
        return (NOT_CALLED, format!("the function was not called: {why}"));
    };
    let made = came.certificates.len();
    let though = match made {
        0 => "",
        _ => ", though it had made a certificate",
    };
    if let Some(why) = why {
        return (FAILED, format!("the function failed{though}: {why}"));
    }
    if status >= 400 {
        return (REFUSED, format!("the function answered {status}{though}"));
    }
    match made {
        0 => (ANSWERED, format!("the function answered {status}")),
        1 => (
            VENDED,
            format!("the function made this certificate and answered {status}"),
        ),
        _ => (
            VENDED,
            format!("the function made {made} certificates and answered {status}"),
        ),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(TEXT_CHARS).collect()
}

fn row(
    request: &FromOutside,
    status: u16,
    (code, reason): (&str, &str),
    certificate: Option<[u8; 32]>,
    now: Millis,
) -> AttemptRow {
    let address = request.address.to_canonical().to_string();
    let last_line = request
        .called
        .as_ref()
        .and_then(|of| of.last_line.as_deref());
    let mut record = Map::new();
    let mut text = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            record.insert(name.to_owned(), value.into());
        }
    };
    let well = matches!(code, VENDED | ANSWERED);
    text(
        "listener",
        Some(if request.secure { "https" } else { "api" }),
    );
    text("address", Some(&address));
    text("serialNumber", request.serial.as_deref());
    text("certificateId", certificate.map(hex::encode).as_deref());
    text("flow", Some("function"));
    text("request", Some(&request.request));
    text("api", request.api.as_deref());
    text("function", Some(&request.function));
    text("printed", last_line.map(shortened).as_deref());
    text("failedStage", (!well).then_some("function"));
    text("code", Some(code));
    text("reason", Some(reason));
    record.insert("status".into(), status.into());
    record.insert("at".into(), request.began.0.into());
    record.insert("endedAt".into(), now.0.into());
    if request.called.is_some() && well {
        record.insert(
            "stages".into(),
            json!([{"stage": "function", "at": now.0, "detail": format!("answered {status}")}]),
        );
    }
    AttemptRow {
        seq: 0,
        at: now.0,
        certificate,
        serial: None,
        // What it says that it is: looked for in the same way.
        client_id: request.serial.clone(),
        address,
        code: code.to_owned(),
        record: Value::Object(record).to_string(),
        count: 1,
        first_at: now.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_request() {
        let check =
            |made: Option<usize>, status: u16, why: Option<&str>, expected: &str, text: &str| {
                let request = FromOutside {
                    began: Millis(1),
                    address: IpAddr::from([127, 0, 0, 1]),
                    secure: true,
                    request: "GET /getcert".into(),
                    api: Some("a1/Prod".into()),
                    function: "vend".into(),
                    serial: Some("SN-1".into()),
                    called: made.map(|made| CameOf {
                        certificates: vec![[7; 32]; made],
                        last_line: Some("hello".into()),
                    }),
                };
                let (code, reason) = outcome(&request, status, why);
                assert_eq!((code, reason.as_str()), (expected, text));
                let row = row(&request, status, (code, &reason), None, Millis(2));
                let record: Value = serde_json::from_str(&row.record).expect("JSON");
                assert_eq!(record["function"], "vend");
                assert_eq!(record["status"], status);
                assert_eq!(row.client_id.as_deref(), Some("SN-1"));
            };
        let one = "the function made this certificate and answered 200";
        check(Some(1), 200, None, VENDED, one);
        check(Some(0), 200, None, ANSWERED, "the function answered 200");
        check(Some(0), 500, None, REFUSED, "the function answered 500");
        let after = "the function failed, though it had made a certificate: Error: no";
        check(Some(1), 502, Some("Error: no"), FAILED, after);
        let before = "the function was not called: Unauthorized";
        check(None, 401, Some("Unauthorized"), NOT_CALLED, before);
    }

    #[test]
    fn roots_of_trace_headers() {
        let header = "Root=1-65a-b;Parent=c;Sampled=0;Lineage=1";
        assert_eq!(root_of(Some(header)), Some("1-65a-b"));
        assert_eq!(root_of(Some("Self=1; Root=x")), Some("x"));
        assert_eq!(root_of(Some("Parent=c")), None);
        assert_eq!(root_of(None), None);
    }
}
