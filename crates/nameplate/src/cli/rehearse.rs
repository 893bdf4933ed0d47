//! `nameplate rehearse`: when devices would be locked out in years to come.
//!
//! Owns what is printed and the exit status; the playing is the server's, which has the registry.

use super::args::RehearseArgs;
use super::client::Client;
use super::out::{json as printed, say, tell};
use nameplate_core::escape;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Exit status where devices would be locked out.
const LOCKED_OUT: u8 = 1;
/// Days that are printed for people.
const DAYS: usize = 20;

/// Runs the command; the exit status.
pub async fn run(args: &RehearseArgs) -> anyhow::Result<u8> {
    let client = Client::find(args.place.data_dir.as_deref())?;
    let renew_before = match args.no_renewal {
        true => Value::Null,
        false => args.renew_before.into(),
    };
    let body = json!({
        "years": args.years, "fleet": args.fleet, "ca": args.ca, "template": args.template, "overDays": args.over,
        "validityDays": args.validity, "connectEveryHours": args.connect_every, "renewBeforeDays": renew_before,
        "lifetimeDays": args.lifetime, "awayPercent": args.away, "awayDays": args.away_days,
    });
    let path = "/nameplate/rehearsal";
    let report = client.json("nameplate", "POST", path, &body).await?;
    match args.json {
        true => say(&format!("{}\n", printed(&report)))?,
        false => tell(&text(&escape::answer(report.clone()), args.years))?,
    }
    Ok(match report["lockedOut"].as_u64() {
        Some(0) => 0,
        _ => LOCKED_OUT,
    })
}

/// The report for people.
fn text(report: &Value, years: u32) -> String {
    let count = |name: &str| report[name].as_u64().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut text = format!(
        "{} devices from {} on, {years} years: {} connections, {} renewals\n",
        count("devices"),
        word(&report["from"]),
        count("connects"),
        count("renewals"),
    );
    let days = report["days"].as_array().cloned().unwrap_or_default();
    if days.is_empty() {
        text.push_str("Nobody would be locked out.\n");
        return text;
    }
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{} would be locked out:", count("lockedOut"));
    for day in days.iter().take(DAYS) {
        let _ = writeln!(
            text,
            "  {}  {} devices: {} [{}]",
            word(&day["day"]),
            day["devices"],
            word(&day["reason"]),
            word(&day["code"])
        );
    }
    let more = count("daysInAll").saturating_sub(DAYS.min(days.len()) as u64);
    if more > 0 {
        let _ = writeln!(text, "  and on {more} more days; --json has them");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_for_people() {
        let mut report = json!({
            "from": "2026-11-23", "devices": 5, "connects": 100, "renewals": 3, "lockedOut": 2, "daysInAll": 1,
            "days": [{"day": "2027-02-01", "devices": 2, "code": "never-renews", "reason": "they do not renew"}],
        });
        assert_eq!(
            text(&report, 3),
            "5 devices from 2026-11-23 on, 3 years: 100 connections, 3 renewals\n2 would be locked out:\n  \
             2027-02-01  2 devices: they do not renew [never-renews]\n"
        );
        report["days"] = json!([]);
        assert!(text(&report, 3).ends_with("Nobody would be locked out.\n"));
    }
}
