//! `nameplate certificates`: certificates by the end of their validity.

use super::args::CertificatesArgs;
use super::client::Client;
use super::out::{json, say, tell};
use super::serve::clock;
use nameplate_core::ctx::Millis;
use nameplate_core::escape;
use serde_json::Value;

/// Certificates of one question.
const PAGE: usize = 1000;
/// Digits of an id that are shown to people; no two certificates of a fleet share them.
const SHORT: usize = 16;

/// Runs the command; the exit status.
pub async fn run(args: &CertificatesArgs) -> anyhow::Result<u8> {
    let client = Client::find(args.place.data_dir.as_deref())?;
    let now = clock();
    let window = match (args.expiring, args.expired) {
        (Some(ahead), _) => {
            let ahead = i64::try_from(ahead.as_millis()).unwrap_or(i64::MAX);
            format!("&from={}&until={}", now.0, now.0.saturating_add(ahead))
        }
        (None, true) => format!("&until={}", now.0),
        (None, false) => String::new(),
    };
    let (mut count, mut token) = (0, None::<String>);
    if args.json {
        say("{\"certificates\":[")?;
    }
    loop {
        let mut target = format!("/nameplate/certificates?limit={PAGE}{window}");
        if let Some(token) = &token {
            target.push_str(&format!("&nextToken={token}"));
        }
        let answer = client
            .json("nameplate", "GET", &target, &Value::Null)
            .await?;
        token = answer["nextToken"].as_str().map(str::to_owned);
        let found = answer["certificates"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let mut text = String::new();
        for certificate in found {
            if args.json {
                text.push_str(if count == 0 { "\n" } else { ",\n" });
                text.push_str(&json(&certificate));
            } else {
                text.push_str(&line(&escape::answer(certificate), now));
            }
            count += 1;
        }
        match args.json {
            true => say(&text)?,
            false => tell(&text)?,
        }
        if token.is_none() {
            break;
        }
    }
    match (args.json, count) {
        (true, _) => say("\n]}\n")?,
        (false, 0) => tell("No certificate ends then.\n")?,
        _ => {}
    }
    Ok(0)
}

/// A certificate, for people.
#[allow(clippy::cast_possible_truncation)]
fn line(certificate: &Value, now: Millis) -> String {
    let member = |name: &str| certificate[name].as_str().unwrap_or_default();
    let end = Millis((certificate["notAfter"].as_f64().unwrap_or_default() * 1000.0) as i64);
    let id = member("certificateId");
    let things: Vec<&str> = certificate["things"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let things = match things.is_empty() {
        true => "of no thing".to_owned(),
        false => things.join(", "),
    };
    format!(
        "{end}  {:<11}  {:<18}  {}  {things}\n",
        left(end.0 - now.0),
        member("status"),
        id.get(..SHORT).unwrap_or(id),
    )
}

/// How far something is ahead, or how long ago.
fn left(millis: i64) -> String {
    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;
    let ahead = millis >= 0;
    let span = match millis.abs() {
        millis if millis < HOUR => format!("{} min", millis / 60_000),
        millis if millis < 2 * DAY => format!("{} h", millis / HOUR),
        millis => format!("{} d", millis / DAY),
    };
    match ahead {
        true => format!("in {span}"),
        false => format!("{span} ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_has_what_one_looks_for() {
        let now = Millis(1_795_448_532_000);
        let told = line(
            &json!({
                "certificateId": "0123456789abcdef0123", "status": "ACTIVE", "notAfter": 1_795_448_532.0 + 30.0 * 86_400.0,
                "things": ["lamp", "socket"],
            }),
            now,
        );
        assert!(
            told.contains("  in 30 d      ACTIVE              0123456789abcdef  lamp, socket\n"),
            "{told}"
        );
        let told = line(
            &json!({"certificateId": "01", "status": "INACTIVE", "notAfter": 0}),
            now,
        );
        assert!(
            told.contains(" d ago") && told.contains("of no thing"),
            "{told}"
        );
        assert_eq!(left(90_000), "in 1 min");
        assert_eq!(left(-7_200_000), "2 h ago");
    }
}
