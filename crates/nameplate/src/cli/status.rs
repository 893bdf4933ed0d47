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

/// Frames that are worth a word: fewer wait for a moment.
const MANY: i64 = 1000;
/// Seconds after which it is told that a node has not said that it is there: it says so every two.
const SILENT: i64 = 5;

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
    screen.push_str(&nodes(status));
    screen.push_str(&under_way(status));
    screen
}

/// The nodes, where there are several: where each is, how far it is followed, and what it does alone.
fn nodes(status: &Value) -> String {
    let of = &status["nodes"];
    if !of.is_object() {
        return String::new();
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    let bus = match &of["bus"] {
        Value::Null => "no bus".to_owned(),
        bus => match bus["up"].as_bool() {
            Some(true) => format!("bus {}", text(&bus["place"])),
            _ => format!("bus {}, AWAY", text(&bus["place"])),
        },
    };
    let mut told = match of["all"].as_array() {
        Some(all) => {
            let live = all.iter().filter(|one| one["live"].as_bool() == Some(true));
            format!("{} nodes, {bus}\n", live.count())
        }
        None => format!(
            "nodes are not known while the store does not answer; {} others are heard, {bus}\n",
            number(&of["bus"]["heard"])
        ),
    };
    match of["standing"].as_str() {
        Some("doubtful") => {
            told.push_str("  THIS ONE could not tell the others that it is there\n")
        }
        Some("lost") => told.push_str("  THIS ONE was taken for dead by the others, and ends\n"),
        _ => {}
    }
    for one in of["all"].as_array().into_iter().flatten() {
        let mut parts = vec![format!(
            "{}  {}, release {}, since {}",
            number(&one["node"]),
            text(&one["addresses"]),
            text(&one["release"]),
            Millis(number(&one["started"])),
        )];
        if one["asked"].as_bool() == Some(true) {
            parts.push("asked".to_owned());
        }
        let silent = number(&one["silentMillis"]) / 1000;
        if one["live"].as_bool() != Some(true) {
            parts.push("DEAD, not taken over yet".to_owned());
        } else if silent > SILENT {
            parts.push(format!("SILENT for {silent} s"));
        }
        if number(&one["behind"]) > 0 {
            parts.push(format!(
                "{} of its commits not followed yet",
                number(&one["behind"])
            ));
        }
        let heard = &one["bus"];
        if heard.is_object() && heard["heard"].as_bool() != Some(true) {
            parts.push("NOT HEARD over the bus".to_owned());
        }
        if number(&heard["framesWaiting"]) >= MANY {
            parts.push(format!(
                "{} frames wait for it",
                number(&heard["framesWaiting"])
            ));
        }
        let _ = writeln!(told, "  {}", parts.join(", "));
        let leases = one["leases"].as_array().into_iter().flatten();
        let leases: Vec<String> = leases.map(text).collect();
        if !leases.is_empty() {
            let _ = writeln!(told, "     does alone: {}", leases.join(", "));
        }
    }
    if number(&status["nodesMissing"]) > 0 {
        let _ = writeln!(
            told,
            "  without what happened at {} nodes that do not answer",
            number(&status["nodesMissing"])
        );
    }
    told
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
        assert!(!told.contains("nodes"), "{told}");
        let away =
            screen(&json!({"store": {"engine": "postgres", "answers": false, "bytes": null}}));
        assert!(away.contains("postgres, DOES NOT ANSWER"), "{away}");
    }

    #[test]
    fn nodes_are_shown_with_what_ails_them() {
        let told = screen(&json!({
            "nodesMissing": 1,
            "nodes": {
                "standing": "sure", "bus": {"place": "bus.example:4222", "up": true, "heard": 1},
                "all": [
                    {"node": 0, "addresses": "api=a:4566", "release": "0.1.0", "started": 0, "live": true, "silentMillis": 900,
                     "leases": ["clean-up", "jobs"], "behind": 0, "asked": true},
                    {"node": 1, "addresses": "api=b:4566", "release": "0.1.0", "started": 0, "live": true,
                     "silentMillis": 7000, "leases": [], "behind": 3, "asked": false,
                     "bus": {"heard": false, "framesWaiting": 2000}},
                    {"node": 2, "addresses": "api=c:4566", "release": "0.0.9", "started": 0, "live": false,
                     "silentMillis": 30000, "leases": ["node/7"], "behind": 0, "asked": false,
                     "bus": {"heard": true, "framesWaiting": 0}},
                ],
            },
        }));
        for line in [
            "2 nodes, bus bus.example:4222",
            "  0  api=a:4566, release 0.1.0, since 1970-01-01T00:00:00.000Z, asked",
            "     does alone: clean-up, jobs",
            "  1  api=b:4566, release 0.1.0, since 1970-01-01T00:00:00.000Z, SILENT for 7 s, 3 of its commits not followed \
             yet, NOT HEARD over the bus, 2000 frames wait for it",
            "  2  api=c:4566, release 0.0.9, since 1970-01-01T00:00:00.000Z, DEAD, not taken over yet",
            "     does alone: node/7",
            "  without what happened at 1 nodes that do not answer",
        ] {
            assert!(told.lines().any(|found| found == line), "{line}\n{told}");
        }
        let away = screen(&json!({
            "nodes": {"standing": "doubtful", "all": null, "bus": {"place": "bus:1", "up": false, "heard": 0}},
        }));
        assert!(
            away.contains("nodes are not known while the store does not answer; 0 others are heard, bus bus:1, AWAY"),
            "{away}"
        );
        assert!(away.contains("THIS ONE could not tell"), "{away}");
    }
}
