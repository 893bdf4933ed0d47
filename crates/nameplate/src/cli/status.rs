//! `nameplate status`: one screen about a server that runs.

use super::args::StatusArgs;
use super::client::Client;
use super::out::{json, say, tell};
use super::place;
use super::progress::bytes;
use super::serve::ENDPOINTS_FILE;
use nameplate_core::ctx::Millis;
use nameplate_core::escape;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Runs the command; the exit status.
pub async fn run(args: &StatusArgs) -> anyhow::Result<u8> {
    let place = place::find(args.place.data_dir.as_deref())?;
    let client = Client::of(&place);
    let mut answer = client
        .json("nameplate", "GET", "/nameplate/status", &Value::Null)
        .await?;
    // Who is answered has the directory, and its server has just said that it is that one's.
    let left = std::fs::read_to_string(place.directory.join(ENDPOINTS_FILE)).unwrap_or_default();
    let left: Value = serde_json::from_str(&left).unwrap_or_default();
    answer["addresses"] = json!({"api": left["api"], "mqtt": left["mqtt"], "https": left["https"]});
    answer["directory"] = place.directory.display().to_string().into();
    answer["rootCa"] = place.root_ca().display().to_string().into();
    if args.json {
        say(&format!("{}\n", json(&answer)))?;
    } else {
        // Client ids and names of things are whatever their makers wrote.
        tell(&screen(&escape::answer(answer)))?;
    }
    Ok(0)
}

/// What is told to people.
fn screen(status: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let list = |value: &Value| {
        let all = value.as_array().into_iter().flatten();
        let all: Vec<String> = all.map(text).collect();
        all.join(", ")
    };
    let mut screen = format!(
        "Nameplate {} serves {}, account {}, {}\n",
        text(&status["version"]),
        text(&status["directory"]),
        text(&status["account"]),
        text(&status["region"]),
    );
    let mut line = |title: &str, value: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(screen, "  {title:<14}  {value}");
    };
    for name in ["api", "mqtt", "https"] {
        line(name, list(&status["addresses"][name]));
    }
    line("endpoint", text(&status["endpoint"]));
    line("root CA", text(&status["rootCa"]));
    let store = &status["store"];
    let size = store["bytes"]
        .as_u64()
        .map(|size| format!(", {}", bytes(size)));
    let answers = match store["answers"].as_bool() {
        Some(true) => "",
        _ => ", DOES NOT ANSWER",
    };
    line(
        "store",
        format!(
            "{}{}{answers}",
            text(&store["engine"]),
            size.unwrap_or_default()
        ),
    );
    if status["backup"].as_bool() == Some(true) {
        line("backup", "one is being made".to_owned());
    }
    if let Some(registry) = status["registry"].as_object() {
        line(
            "registry",
            format!(
                "{} things, {} certificates, {} CAs, {} templates",
                number(&registry["things"]),
                number(&registry["certificates"]),
                number(&registry["caCertificates"]),
                number(&registry["provisioningTemplates"]),
            ),
        );
    }
    if let Some(expiring) = status["expiring"].as_object() {
        let each: Vec<String> = expiring
            .iter()
            .map(|(within, count)| format!("{count} within {within}"))
            .collect();
        line("end soon", each.join(", "));
    }
    let hour = &status["lastHour"];
    line(
        "last hour",
        format!(
            "{} provisioned, {} connected again, {} refused",
            number(&hour["provisioned"]),
            number(&hour["connected"]),
            number(&hour["refused"]),
        ),
    );
    let mut refusals: Vec<(&String, i64)> = hour["refusals"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(code, count)| (code, number(count)))
        .collect();
    refusals.sort_by_key(|(_, count)| -count);
    for (code, count) in refusals {
        line("", format!("refused  {count} for {code}"));
    }
    screen.push_str(&under_way(status));
    screen
}

/// Connections and tasks.
fn under_way(status: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let connections = &status["connections"];
    let count = number(&connections["count"]);
    let some = connections["some"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let mut told = format!("{count} connected now\n");
    for one in some {
        let thing = match one["thingName"].as_str() {
            Some(thing) => format!(", thing {thing}"),
            None => String::new(),
        };
        let _ = writeln!(
            told,
            "  {}  since {} from {}{thing}",
            text(&one["clientId"]),
            Millis(number(&one["since"])),
            text(&one["address"]),
        );
    }
    if count > some.len() as i64 {
        let _ = writeln!(told, "  and {} more", count - some.len() as i64);
    }
    let tasks = status["bulkTasks"].as_array().into_iter().flatten();
    for task in tasks {
        let percent = match number(&task["size"]) {
            0 => 0,
            size => number(&task["position"]).saturating_mul(100) / size,
        };
        let _ = writeln!(
            told,
            "bulk registration {}  {}, {percent} %, {} registered, {} failed",
            text(&task["taskId"]),
            text(&task["status"]),
            number(&task["succeeded"]),
            number(&task["failed"]),
        );
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_on_one_screen() {
        let told = screen(&json!({
            "version": "0.1.0", "directory": "/data", "account": "123456789012", "region": "us-east-1",
            "endpoint": "iot.example", "rootCa": "/data/root-ca.pem",
            "addresses": {"api": ["127.0.0.1:4566"], "mqtt": ["0.0.0.0:8883", "[::]:8883"], "https": ["0.0.0.0:8443"]},
            "store": {"engine": "sqlite", "answers": true, "bytes": 1_500_000},
            "registry": {"things": 3, "certificates": 4, "caCertificates": 1, "provisioningTemplates": 2},
            "expiring": {"1d": 0, "7d": 1, "30d": 2},
            "lastHour": {"provisioned": 3, "connected": 5, "refused": 3, "refusals": {"ca-unknown": 1, "tls-alert": 2}},
            "connections": {"count": 12, "some": [
                {"clientId": "lamp", "since": 0, "address": "192.0.2.1:4711", "thingName": "lamp"}]},
            "bulkTasks": [{"taskId": "t", "status": "InProgress", "size": 200, "position": 50, "succeeded": 4, "failed": 1}],
            "backup": false,
        }));
        for line in [
            "Nameplate 0.1.0 serves /data, account 123456789012, us-east-1",
            "  mqtt            0.0.0.0:8883, [::]:8883",
            "  store           sqlite, 1.5 MB",
            "  registry        3 things, 4 certificates, 1 CAs, 2 templates",
            "  end soon        0 within 1d, 1 within 7d, 2 within 30d",
            "  last hour       3 provisioned, 5 connected again, 3 refused",
            "                  refused  2 for tls-alert",
            "12 connected now",
            "  and 11 more",
            "bulk registration t  InProgress, 25 %, 4 registered, 1 failed",
        ] {
            assert!(told.lines().any(|found| found == line), "{line}\n{told}");
        }
        let away =
            screen(&json!({"store": {"engine": "postgres", "answers": false, "bytes": null}}));
        assert!(away.contains("postgres, DOES NOT ANSWER"), "{away}");
    }
}
