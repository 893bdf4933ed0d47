//! `nameplate rm`: removes things, certificates or CAs, with all they own if asked to.
//!
//! Owns what is printed and the exit status. What belongs to what is the server's to say.

use super::args::{Kind, RmArgs};
use super::client::{Client, ClientError};
use super::out::{complain, json as printed};
use crate::api::own::IN_THE_WAY;
use nameplate_core::escape;
use serde_json::{Value, json};
use std::io::Write;

/// Exit status where something was not removed.
const REFUSED: u8 = 1;

/// Runs the command; the exit status.
pub async fn run(args: &RmArgs) -> anyhow::Result<u8> {
    let client = Client::find(args.place.data_dir.as_deref())?;
    let mut out = std::io::stdout().lock();
    let mut status = 0;
    for name in &args.names {
        match removed(&client, args, name).await {
            Ok(answer) if args.json => {
                let mut line = answer;
                line["name"] = name.as_str().into();
                writeln!(out, "{}", printed(&line))?;
            }
            Ok(answer) => write!(out, "{}", text(&escape::answer(answer), args.dry_run))?,
            Err(ClientError::Refused { code, message, .. }) => {
                status = REFUSED;
                if args.json {
                    let line = json!({"name": name, "message": message});
                    writeln!(out, "{}", printed(&line))?;
                    continue;
                }
                // Of use only where what it owns is in the way.
                let hint = match code == IN_THE_WAY && !args.cascade {
                    true => "; --cascade removes it with all it owns, --dry-run shows what that is",
                    false => "",
                };
                complain(format_args!(
                    "nameplate rm: {}{hint}",
                    escape::line(&message)
                ));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(status)
}

async fn removed(client: &Client, args: &RmArgs, name: &str) -> Result<Value, ClientError> {
    let kind = match args.kind {
        Kind::Thing => "thing",
        Kind::Certificate => "certificate",
        Kind::Ca => "ca",
    };
    let body = json!({"kind": kind, "name": name, "cascade": args.cascade, "dryRun": args.dry_run});
    client
        .json("nameplate", "POST", "/nameplate/remove", &body)
        .await
}

/// The steps as people read them.
fn text(answer: &Value, dry_run: bool) -> String {
    let mut text = String::new();
    let steps: Vec<&str> = answer["steps"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for step in &steps {
        if dry_run {
            text.push_str("would ");
        }
        text.push_str(step);
        text.push('\n');
    }
    let count = answer["count"].as_u64().unwrap_or_default();
    if let Some(more) = count
        .checked_sub(steps.len() as u64)
        .filter(|more| *more > 0)
    {
        text.push_str(&format!("… and {more} more steps\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_one_a_line() {
        let answer = json!({"steps": ["delete thing a", "delete policy p"], "count": 5});
        assert_eq!(
            text(&answer, false),
            "delete thing a\ndelete policy p\n… and 3 more steps\n"
        );
        let answer = json!({"steps": ["delete thing a"], "count": 1});
        assert_eq!(text(&answer, true), "would delete thing a\n");
    }
}
