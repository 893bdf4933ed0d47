//! `nameplate logs`: what a function printed, and what it prints.
//!
//! Owns how a line looks and how long is waited for the next. What is kept is the server's to say.

use super::args::LogsArgs;
use super::client::Client;
use super::out::{complain, json as printed, say};
use super::serve::clock;
use anyhow::Context as _;
use nameplate_core::ctx::Millis;
use nameplate_core::escape;
use serde_json::Value;
use std::fmt::Write as _;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How long to wait before asking for more.
const LOOK: Duration = Duration::from_millis(300);
/// Lines of one answer.
const PAGE: u16 = 2000;

/// Runs the command.
pub async fn run(args: &LogsArgs) -> anyhow::Result<u8> {
    let since = args.since.as_deref().map(|text| since(text, clock()));
    let mut reader = Reader {
        client: Client::find(args.place.data_dir.as_deref())?,
        function: nameplate_aws::uri::encode(args.function.trim().as_bytes()),
        since: since.transpose()?,
        after: String::new(),
        missing: 0,
    };
    let reading = async {
        let mut lines = args.lines;
        loop {
            let (events, more) = reader.next(lines.take()).await?;
            let mut text = String::new();
            for event in &events {
                text.push_str(&match args.json {
                    true => printed(event) + "\n",
                    false => line(event),
                });
            }
            say(&text)?;
            if more && args.lines.is_none() {
                continue;
            }
            if !args.follow {
                return Ok(0);
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        ended = reading => ended,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted.context("cannot wait for Ctrl-C")?;
            Ok(0)
        }
    }
}

/// Where in a function's log the command is.
struct Reader {
    client: Client,
    function: String,
    since: Option<i64>,
    /// What the last answer said; empty before the first.
    after: String,
    /// Nodes that did not answer the last time.
    missing: u64,
}

impl Reader {
    /// The next lines, or the last so many, and whether there are more.
    async fn next(&mut self, tail: Option<u16>) -> anyhow::Result<(Vec<Value>, bool)> {
        let mut target = format!("/nameplate/logs?function={}", self.function);
        if !self.after.is_empty() {
            target += "&after=";
            target += &self.after;
        }
        // Writing to a String cannot fail.
        let _ = match tail {
            Some(lines) => write!(target, "&limit={lines}&tail=true"),
            None => write!(target, "&limit={PAGE}"),
        };
        if let Some(since) = self.since {
            let _ = write!(target, "&since={since}");
        }
        let answer = self.client.json("nameplate", "GET", &target, &Value::Null);
        let mut answer = answer.await?;
        let events = match answer["events"].take() {
            Value::Array(events) => events,
            _ => Vec::new(),
        };
        self.after = answer["next"].as_str().unwrap_or_default().to_owned();
        let missing = answer["nodesMissing"].as_u64().unwrap_or_default();
        if std::mem::replace(&mut self.missing, missing) != missing && missing > 0 {
            complain(format!(
                "{missing} nodes do not answer; their lines come when they do"
            ));
        }
        Ok((events, answer["more"].as_bool().unwrap_or_default()))
    }
}

/// A line for people: when, and what. Further lines of the same message stand below, so that none looks like another
/// message.
fn line(event: &Value) -> String {
    let at = Millis(event["timestamp"].as_i64().unwrap_or_default());
    let message = event["message"].as_str().unwrap_or_default();
    // Runtime clients write the lines of one message with a carriage return between them.
    let message = message.replace("\r\n", "\n").replace('\r', "\n");
    let message = escape::lines(message.trim_end()).replace('\n', "\n    ");
    format!("{at}  {message}\n")
}

/// Milliseconds since 1970 of `10m` before now, or of a time.
fn since(text: &str, now: Millis) -> anyhow::Result<i64> {
    let ago = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let unit: i64 = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 604_800,
            _ => return None,
        };
        let number: u32 = number.parse().ok()?;
        Some(now.0 - i64::from(number) * unit * 1000)
    };
    let at = || {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()
    };
    ago().or_else(at).with_context(|| {
        format!("--since {text}: give a time such as 10m, 2h, 1d, or 2027-01-31T08:00:00Z")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lines_do_nothing_on_a_terminal() {
        let check = |message: &str, expected: &str| {
            let event = json!({"timestamp": 1_795_448_532_345_i64, "message": message});
            assert_eq!(
                line(&event),
                format!("2026-11-23T15:42:12.345Z  {expected}\n")
            );
        };
        check("hello", "hello");
        check("a\u{1b}[2Jb\u{9b}", "a\\u{1b}[2Jb\\u{9b}");
        check(
            "[ERROR] X: y\rTraceback:\r  File\n",
            "[ERROR] X: y\n    Traceback:\n      File",
        );
        check(
            "x\n2026-01-01T00:00:00.000Z  forged",
            "x\n    2026-01-01T00:00:00.000Z  forged",
        );
    }

    #[test]
    fn since_is_a_time_or_how_long_ago() {
        let now = Millis(1_000_000_000);
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(since(text, now).ok(), expected, "{text}");
        };
        check("0s", Some(1_000_000_000));
        check("10m", Some(999_400_000));
        check("2h", Some(992_800_000));
        check("1d", Some(913_600_000));
        check("1w", Some(395_200_000));
        check("1970-01-01T00:00:01Z", Some(1000));
        check("1970-01-01T01:00:01.5+01:00", Some(1500));
        for text in [
            "",
            "m",
            "-1m",
            "10",
            "10y",
            "1.5h",
            "99999999999s",
            "yesterday",
            "1é",
        ] {
            check(text, None);
        }
    }
}
