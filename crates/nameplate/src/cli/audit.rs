//! `nameplate audit`: who changed what, from where, and how provisioning ended.

use super::args::AuditArgs;
use super::client::Client;
use super::out::{json, say, tell};
use super::serve::clock;
use nameplate_core::ctx::Millis;
use nameplate_core::escape;
use serde_json::Value;
use std::time::Duration;

/// How often new entries are looked for.
const LOOK: Duration = Duration::from_millis(500);

/// Runs the command; the exit status.
pub async fn run(args: &AuditArgs) -> anyhow::Result<u8> {
    let client = Client::find(args.place.data_dir.as_deref())?;
    let since = args.since.map(|ago| {
        let ago = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
        Millis(clock().0.saturating_sub(ago)).to_string()
    });
    let mut position: Option<String> = None;
    loop {
        let mut target = "/nameplate/audit".to_owned();
        if let Some(position) = &position {
            target.push_str(&format!("?from={position}"));
        }
        let answer = client
            .json("nameplate", "GET", &target, &Value::Null)
            .await?;
        if answer["kept"].as_bool() == Some(false) {
            anyhow::bail!("the server keeps no audit log: its setting audit is 0");
        }
        position = answer["next"].as_str().map(str::to_owned);
        let entries = answer["entries"].as_array().cloned().unwrap_or_default();
        let more = !entries.is_empty();
        let mut text = String::new();
        for entry in entries {
            // Times of one form and length are in the order of their texts.
            let at = entry["time"].as_str();
            if at.is_some_and(|at| since.as_deref().is_some_and(|since| at < since)) {
                continue;
            }
            if args.json {
                text.push_str(&json(&entry));
                text.push('\n');
            } else {
                text.push_str(&line(&escape::answer(entry)));
            }
        }
        if !text.is_empty() {
            match args.json {
                true => say(&text)?,
                false => tell(&text)?,
            }
        }
        if more {
            continue;
        }
        if !args.follow {
            return Ok(0);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// An entry, for people.
fn line(entry: &Value) -> String {
    let member = |name: &str| entry[name].as_str().unwrap_or_default();
    let outcome = match (member("error"), member("code"), member("outcome")) {
        ("", "", outcome) => outcome.to_owned(),
        ("", code, outcome) => format!("{outcome} ({code})"),
        (error, _, outcome) => format!("{outcome} ({error})"),
    };
    match member("event") {
        "lost" => format!(
            "{} entries are missing here: the disk took none\n",
            entry["count"]
        ),
        "provisioning" => {
            let who = [
                "thingName",
                "serialNumber",
                "clientId",
                "certificateId",
                "taskId",
            ]
            .into_iter()
            .map(member)
            .find(|text| !text.is_empty())
            .unwrap_or("somebody");
            format!(
                "{}  {:<8}  {outcome}  {who} from {}\n",
                member("time"),
                member("flow"),
                match member("source") {
                    "" => member("principal"),
                    source => source,
                }
            )
        }
        _ => {
            let resources = entry["resources"].as_object().into_iter().flatten();
            let resources: Vec<String> = resources
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()))
                .collect();
            let what = match resources.is_empty() {
                true => member("path").to_owned(),
                false => resources.join(" "),
            };
            format!(
                "{}  {:<8}  {outcome}  {}:{} {what}  by {} from {}\n",
                member("time"),
                member("door"),
                member("service"),
                member("operation"),
                member("principal"),
                member("sourceIp"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_entry_is_one_line() {
        let told = line(&json!({
            "time": "T", "event": "call", "door": "api", "service": "iot", "operation": "CreateThing",
            "principal": "arn:aws:iam::1:root", "sourceIp": "192.0.2.1", "outcome": "success", "status": 200,
            "resources": {"thingName": "lamp"},
        }));
        assert_eq!(
            told,
            "T  api       success  iot:CreateThing thingName=lamp  by arn:aws:iam::1:root from 192.0.2.1\n"
        );
        let told = line(&json!({
            "time": "T", "event": "provisioning", "flow": "jitp", "outcome": "refused", "code": "template-parameter-missing",
            "certificateId": "ab12", "source": "192.0.2.1:4711",
        }));
        assert_eq!(
            told,
            "T  jitp      refused (template-parameter-missing)  ab12 from 192.0.2.1:4711\n"
        );
        assert!(line(&json!({"event": "lost", "count": 3})).starts_with("3 entries are missing"));
    }
}
