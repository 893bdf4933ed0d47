//! `nameplate explain`: why a device's connection or provisioning ended as it did.

use super::args::ExplainArgs;
use super::client::Client;
use super::out::{complain, json, say, tell};
use crate::app::admission::attempt::{CONNECTED, PROVISIONED};
use crate::app::fleet_provisioning::{
    CHILD, CREATED, KEYS_CREATED, PROVISIONED as FLEET_PROVISIONED, RENEWED,
};
use crate::app::functions::{ANSWERED, VENDED as FUNCTION_VENDED};
use crate::app::vending::{PENDING as VENDING_PENDING, SHADOW, VENDED};
use nameplate_core::ctx::Millis;
use nameplate_core::escape;
use serde_json::Value;
use std::fmt::Write as _;

/// Longest step of a plan that is printed whole, characters; a certificate attached to a thing named by it fits.
const STEP_CHARS: usize = 200;
/// Nothing was found.
const NOTHING: u8 = 1;

/// Runs the command.
pub async fn run(args: &ExplainArgs) -> anyhow::Result<u8> {
    let client = Client::find(args.place.data_dir.as_deref())?;
    let limit = args.limit;
    let target = match &args.subject {
        Some(subject) => {
            let of = nameplate_aws::uri::encode(subject.trim().as_bytes());
            format!("/nameplate/attempts?limit={limit}&of={of}")
        }
        None => format!("/nameplate/attempts?failed=true&limit={limit}"),
    };
    let mut answer = client
        .json("nameplate", "GET", &target, &Value::Null)
        .await?;
    if !args.json {
        // Names and subjects of devices are whatever their makers wrote.
        answer = escape::answer(answer);
    }
    let attempts = list(answer.get("attempts"));
    let rules = list(answer.get("rules"));
    if args.json {
        say(&format!("{}\n", json(&answer)))?;
    } else {
        for rule in rules {
            tell(&of_rule(rule))?;
        }
        match (attempts.split_first(), &args.subject) {
            (Some((newest, earlier)), Some(_)) => {
                tell(&(whole(newest) + &history(earlier)))?;
            }
            (Some(_), None) => tell(&failures(attempts))?,
            (None, Some(_)) if !rules.is_empty() => {}
            (None, Some(subject)) => complain(nothing_about(subject).trim_end()),
            (None, None) => tell("No connection attempt on record has failed.\n")?,
        }
    }
    Ok(
        match attempts.is_empty() && rules.is_empty() && args.subject.is_some() {
            true => NOTHING,
            false => 0,
        },
    )
}

/// A topic rule: how often it ran, and what failed.
fn of_rule(rule: &Value) -> String {
    let member = |of: &Value, name: &str| {
        let text = of.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let is_off = rule.get("disabled").and_then(Value::as_bool) == Some(true);
    let mut text = format!(
        "Rule {}{}: {}\n",
        member(rule, "name"),
        if is_off { " (disabled)" } else { "" },
        member(rule, "sql").trim()
    );
    let _ = writeln!(
        text,
        "  since the server started: {} messages matched, {} selected; {} actions succeeded, {} failed; {} messages left out",
        number(rule, "matched"),
        number(rule, "selected"),
        number(rule, "succeeded"),
        number(rule, "failed"),
        number(rule, "dropped"),
    );
    let failures = list(rule.get("failures"));
    if failures.is_empty() {
        text.push_str("  No failure is on record.\n");
    }
    for failure in failures {
        let resource = member(failure, "resource");
        let _ = writeln!(
            text,
            "  {}  FAILED {}{}{resource}: {}",
            Millis(number(failure, "lastAt")),
            member(failure, "action"),
            if resource.is_empty() { "" } else { " " },
            member(failure, "reason"),
        );
        let times = match number(failure, "count") {
            1 => "once".to_owned(),
            count => format!("{count} times since {}", Millis(number(failure, "firstAt"))),
        };
        let client = match member(failure, "clientId") {
            id if id.is_empty() => String::new(),
            id => format!(" from {id}"),
        };
        let _ = writeln!(
            text,
            "    {times}, last for a message to {}{client}",
            member(failure, "topic")
        );
    }
    text
}

/// One attempt with every stage.
pub fn whole(attempt: &Value) -> String {
    let member = |name: &str| attempt.get(name).and_then(Value::as_str);
    let began = number(attempt, "at");
    let mut text = String::new();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        text,
        "{}: {}",
        ending(attempt),
        member("reason").unwrap_or_default()
    );
    let _ = writeln!(
        text,
        "  at {} from {} on the {} listener",
        Millis(began),
        member("address").unwrap_or("an unknown address"),
        member("listener").unwrap_or("unknown")
    );
    for (title, name) in [
        ("certificate", "certificateId"),
        ("serial", "serial"),
        ("device", "serialNumber"),
        ("batch", "batch"),
        ("thing", "thingName"),
        ("subject", "subject"),
        ("issuer", "issuer"),
        ("client id", "clientId"),
        ("server name", "serverName"),
        ("claim", "claimCertificateId"),
        ("flow", "flow"),
        ("request", "request"),
        ("api", "api"),
        ("function", "function"),
        ("template", "template"),
        ("printed", "printed"),
    ] {
        if let Some(value) = member(name) {
            let _ = writeln!(text, "  {title:<12} {value}");
        }
    }
    if let Some(status) = attempt.get("status").and_then(Value::as_u64) {
        let _ = writeln!(text, "  {:<12} {status}", "status");
    }
    if let Some(times) = repeated(attempt) {
        let _ = writeln!(text, "  {:<12} {times}", "repeated");
    }
    text.push('\n');
    text.push_str(&stages(attempt));
    if let Some(remedy) = member("remedy") {
        let _ = writeln!(text, "\n  try: {remedy}");
    }
    text
}

/// The stages of an attempt, the failed one last, each with how long after the beginning it was reached.
pub fn stages(attempt: &Value) -> String {
    let member = |name: &str| attempt.get(name).and_then(Value::as_str);
    let began = number(attempt, "at");
    let mut text = String::new();
    let failed = member("failedStage");
    for stage in list(attempt.get("stages")) {
        let name = stage.get("stage").and_then(Value::as_str);
        let detail = stage.get("detail").and_then(Value::as_str);
        let line = format!(
            "  passed {:>7}  {:<16} {}",
            format!("+{} ms", number(stage, "at") - began),
            name.unwrap_or("unnamed"),
            detail.unwrap_or_default()
        );
        let _ = writeln!(text, "{}", line.trim_end());
        if name == Some("provisioned") {
            text.push_str(&plan(attempt));
        }
    }
    if let Some(stage) = failed {
        let _ = writeln!(
            text,
            "  FAILED {:>7}  {stage:<16} {}",
            format!("+{} ms", number(attempt, "endedAt") - began),
            member("reason").unwrap_or_default()
        );
    }
    text
}

/// What provisioning did, step by step.
fn plan(attempt: &Value) -> String {
    list(attempt.get("plan"))
        .iter()
        .filter_map(Value::as_str)
        .map(|step| format!("                    {}\n", shortened(step)))
        .collect()
}

/// Policy documents are in the plan whole; their beginning is enough on a screen, and `--json` has the rest.
fn shortened(step: &str) -> String {
    match step.char_indices().nth(STEP_CHARS) {
        Some((end, _)) => format!("{}…", &step[..end]),
        None => step.to_owned(),
    }
}

fn history(earlier: &[Value]) -> String {
    if earlier.is_empty() {
        return String::new();
    }
    let mut text = "\nEarlier:\n".to_owned();
    for attempt in earlier {
        text.push_str(&line(attempt, None));
    }
    text
}

fn failures(attempts: &[Value]) -> String {
    let mut text =
        "The newest failures; `nameplate explain WHAT` tells more about one.\n".to_owned();
    for attempt in attempts {
        let member = |name: &str| attempt.get(name).and_then(Value::as_str);
        // What is most of a device's own comes first.
        let who = member("clientId")
            .filter(|id| !id.is_empty())
            .or_else(|| member("serialNumber"))
            .or_else(|| member("certificateId"))
            .or_else(|| member("address"));
        text.push_str(&line(attempt, who));
    }
    text
}

fn line(attempt: &Value, who: Option<&str>) -> String {
    let reason = attempt.get("reason").and_then(Value::as_str);
    let who = who.map(|who| format!("{who}  ")).unwrap_or_default();
    let times = repeated(attempt).map(|times| format!(" ({times})"));
    let open = attempt.get("failedStage").and_then(Value::as_str) == Some("open");
    // An open connection began long before.
    let when = if open { "endedAt" } else { "at" };
    format!(
        "  {}  {who}{}: {}{}\n",
        Millis(number(attempt, when)),
        ending(attempt),
        reason.unwrap_or_default(),
        times.unwrap_or_default()
    )
}

/// How often it came, where it was more than once.
fn repeated(attempt: &Value) -> Option<String> {
    let count = attempt.get("count").and_then(Value::as_i64)?;
    Some(format!(
        "{count} times since {}",
        Millis(number(attempt, "firstAt"))
    ))
}

/// How it ended, in two or three words.
fn ending(attempt: &Value) -> String {
    let member = |name: &str| attempt.get(name).and_then(Value::as_str);
    match (member("code").unwrap_or_default(), member("failedStage")) {
        (CONNECTED, _) => "Connected".to_owned(),
        (KEYS_CREATED | CREATED, _) => "Has a certificate to register".to_owned(),
        (RENEWED, _) => "Has a successor to its certificate".to_owned(),
        (CHILD, _) => "Registered a child".to_owned(),
        (FLEET_PROVISIONED, _) => "Provisioned".to_owned(),
        (VENDED | FUNCTION_VENDED, _) => "Has its certificate".to_owned(),
        (ANSWERED | SHADOW, _) => "Answered".to_owned(),
        (VENDING_PENDING, _) => "Waits for approval".to_owned(),
        (PROVISIONED, _) => "Provisioned and closed".to_owned(),
        (code, Some("open")) => format!("Refused while connected [{code}]"),
        (code, Some(stage)) => format!("Failed at {stage} [{code}]"),
        (code, None) => format!("Failed [{code}]"),
    }
}

fn nothing_about(subject: &str) -> String {
    format!(
        "nameplate explain: no connection attempt of {subject:?} is on record.\n\
         It may be a certificate id, its beginning or its ARN, a serial number in hex or decimal, a common name, a client \
         id, a thing name, or an address such as 127.0.0.1.\n\
         An attempt is on record from the first byte of TLS on: if there is none, the device did not reach this \
         server, or reached another. `nameplate explain` without argument lists the newest failures.\n"
    )
}

fn number(value: &Value, name: &str) -> i64 {
    value.get(name).and_then(Value::as_i64).unwrap_or(0)
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn failed() -> Value {
        json!({
            "at": 1_795_448_532_000_i64, "endedAt": 1_795_448_532_045_i64, "listener": "mqtt",
            "address": "127.0.0.1:40000", "certificateId": "ab12", "subject": "CN=lamp",
            "failedStage": "template", "code": "ParameterMissing",
            "reason": "the parameter Country has no value", "remedy": "put C into the subject",
            "stages": [
                {"stage": "tls", "at": 1_795_448_532_002_i64, "detail": "TLSv1_3"},
                {"stage": "certificate", "at": 1_795_448_532_003_i64},
            ],
        })
    }

    #[test]
    fn a_failure_with_its_stages() {
        assert_eq!(
            whole(&failed()),
            "Failed at template [ParameterMissing]: the parameter Country has no value\n  \
             at 2026-11-23T15:42:12.000Z from 127.0.0.1:40000 on the mqtt listener\n  \
             certificate  ab12\n  \
             subject      CN=lamp\n\n  \
             passed   +2 ms  tls              TLSv1_3\n  \
             passed   +3 ms  certificate\n  \
             FAILED  +45 ms  template         the parameter Country has no value\n\n  \
             try: put C into the subject\n"
        );
    }

    #[test]
    fn a_success_with_its_plan() {
        let attempt = json!({
            "at": 0, "endedAt": 9, "code": "connected", "reason": "CONNACK 0",
            "plan": ["create thing lamp"],
            "stages": [{"stage": "provisioned", "at": 7}, {"stage": "connected", "at": 9}],
        });
        let text = whole(&attempt);
        assert!(text.starts_with("Connected: CONNACK 0\n"), "{text}");
        let stages = "  passed   +7 ms  provisioned\n                    create thing lamp\n  passed   +9 ms";
        assert!(text.contains(stages), "{text}");
    }

    #[test]
    fn a_function_s_request() {
        let attempt = json!({
            "at": 0, "endedAt": 9, "code": "function-refused", "reason": "the function answered 500",
            "failedStage": "function", "request": "GET /getcert", "api": "a1/Prod", "function": "vend",
            "printed": "no such device", "status": 500, "address": "127.0.0.1", "listener": "https",
            "serialNumber": "SN-1",
        });
        let text = whole(&attempt);
        let lines = "  device       SN-1\n  request      GET /getcert\n  api          a1/Prod\n  function     vend\n  \
                     printed      no such device\n  status       500\n";
        assert!(text.contains(lines), "{text}");
        let answered =
            json!({"at": 0, "code": "function-answered", "reason": "the function answered 200"});
        assert!(whole(&answered).starts_with("Answered: the function answered 200\n"));
    }

    #[test]
    fn what_repeats_says_so() {
        let refused = json!({
            "at": 0, "endedAt": 60_000, "failedStage": "open", "code": "publish-denied", "reason": "no",
            "count": 3, "firstAt": 10_000, "stages": [{"stage": "connected", "at": 0}],
        });
        let text = whole(&refused);
        assert!(
            text.starts_with("Refused while connected [publish-denied]: no\n"),
            "{text}"
        );
        assert!(
            text.contains("  repeated     3 times since 1970-01-01T00:00:10.000Z\n"),
            "{text}"
        );
        assert_eq!(
            line(&refused, Some("lamp")),
            "  1970-01-01T00:01:00.000Z  lamp  Refused while connected [publish-denied]: no \
             (3 times since 1970-01-01T00:00:10.000Z)\n"
        );
    }

    #[test]
    fn a_rule_with_its_failures() {
        let rule = json!({
            "name": "r", "sql": "SELECT * FROM 'a'", "disabled": false, "matched": 3, "selected": 2, "succeeded": 1,
            "failed": 1, "dropped": 0,
            "failures": [{"action": "S3Action", "reason": "no", "resource": "b", "topic": "a", "clientId": "lamp",
                "count": 2, "firstAt": 0, "lastAt": 1000}],
        });
        assert_eq!(
            of_rule(&rule),
            "Rule r: SELECT * FROM 'a'\n  \
             since the server started: 3 messages matched, 2 selected; 1 actions succeeded, 1 failed; 0 messages left \
             out\n  \
             1970-01-01T00:00:01.000Z  FAILED S3Action b: no\n    \
             2 times since 1970-01-01T00:00:00.000Z, last for a message to a from lamp\n"
        );
    }

    #[test]
    fn one_line_each() {
        assert_eq!(history(&[]), "");
        let text = failures(&[failed()]);
        assert!(
            text.ends_with(
                "  2026-11-23T15:42:12.000Z  ab12  Failed at template [ParameterMissing]: \
                 the parameter Country has no value\n"
            ),
            "{text}"
        );
    }
}
