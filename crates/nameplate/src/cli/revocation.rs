//! `nameplate revocation`: lists of certificates that registered CAs have revoked.
//!
//! Owns what is printed and the exit status; which lists are believed is the server's to say.

use super::args::{RevocationArgs, RevocationCommand};
use super::client::{Client, ClientError};
use super::out::{complain, json as printed, say, tell};
use anyhow::Context as _;
use nameplate_core::ctx::Millis;
use nameplate_core::escape;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Exit status where something was refused, or a list could not be fetched.
const REFUSED: u8 = 1;
const PATH: &str = "/nameplate/revocation-lists";

/// Runs the command; the exit status.
pub async fn run(args: &RevocationArgs) -> anyhow::Result<u8> {
    let client = Client::find(args.data_dir.as_deref())?;
    match &args.command {
        RevocationCommand::Put { ca, file } => {
            let list = std::fs::read(file);
            let list = list.with_context(|| file.display().to_string())?;
            let answer = client.lines("nameplate", "PUT", &of(ca), list).await;
            told(answer)
        }
        RevocationCommand::Fetch { ca, url } => changed(&client, ca, &json!({"url": url})).await,
        RevocationCommand::Stale { ca, what } => {
            changed(&client, ca, &json!({"refuseStale": what == "refuse"})).await
        }
        RevocationCommand::List { json } => {
            let answer = client.json("nameplate", "GET", PATH, &Value::Null).await?;
            if *json {
                say(&format!("{}\n", printed(&answer)))?;
                return Ok(0);
            }
            let answer = escape::answer(answer);
            let lists = answer["revocationLists"].as_array();
            let text: String = lists.into_iter().flatten().map(text).collect();
            tell(match text.is_empty() {
                true => "There is no list; `nameplate revocation put` or `fetch` gets one.\n",
                false => &text,
            })?;
            Ok(0)
        }
        RevocationCommand::Rm { cas } => {
            let mut status = 0;
            for ca in cas {
                match client
                    .json("nameplate", "DELETE", &of(ca), &Value::Null)
                    .await
                {
                    Ok(_) => tell(&format!("{ca}: removed\n"))?,
                    Err(error) => status = refused(error)?,
                }
            }
            Ok(status)
        }
    }
}

fn of(ca: &str) -> String {
    format!("{PATH}/{}", nameplate_aws::uri::encode(ca.as_bytes()))
}

async fn changed(client: &Client, ca: &str, body: &Value) -> anyhow::Result<u8> {
    told(client.json("nameplate", "PATCH", &of(ca), body).await)
}

fn told(answer: Result<Value, ClientError>) -> anyhow::Result<u8> {
    let answer = match answer {
        Ok(answer) => escape::answer(answer),
        Err(error) => return refused(error),
    };
    tell(&text(&answer))?;
    Ok(match answer["failure"].is_string() {
        true => REFUSED,
        false => 0,
    })
}

fn refused(error: ClientError) -> anyhow::Result<u8> {
    match error {
        ClientError::Refused { message, .. } => {
            complain(format_args!(
                "nameplate revocation: {}",
                escape::line(&message)
            ));
            Ok(REFUSED)
        }
        error => Err(error.into()),
    }
}

/// What is known of a CA's list, for people.
fn text(list: &Value) -> String {
    let member = |name: &str| list.get(name).and_then(Value::as_str);
    let mut text = format!("CA {}\n", member("certificateId").unwrap_or_default());
    let mut line = |title: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {title:<12} {value}");
    };
    let at = |value: &Value| {
        let seconds = value.as_f64();
        seconds.map(|seconds| Millis((seconds * 1000.0).round() as i64).to_string())
    };
    match &list["list"] {
        Value::Null => line("in force", "no list"),
        held => {
            let count = held["certificates"].as_u64().unwrap_or_default();
            let made = at(&held["thisUpdate"]).unwrap_or_default();
            line(
                "in force",
                &format!("made {made}, with {count} certificates"),
            );
            if let Some(due) = at(&held["nextUpdate"]) {
                let late = match held["stale"].as_bool() {
                    Some(true) => ", which is over: it is stale",
                    _ => "",
                };
                line("next", &format!("due {due}{late}"));
            }
        }
    }
    if let Some(url) = member("url") {
        line("from", url);
    }
    line(
        "when stale",
        match list["refuseStale"].as_bool() {
            Some(true) => "nobody of the CA is let in",
            _ => "whoever the last list does not name is let in",
        },
    );
    if let Some(failure) = member("failure") {
        line("failed", failure);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_for_people() {
        let list = json!({
            "certificateId": "ab", "url": "http://pki/ca.crl", "refuseStale": true, "failure": "the server answered 500",
            "list": {"thisUpdate": 1_795_448_532.0, "nextUpdate": 1_795_448_533.0, "certificates": 2, "stale": true},
        });
        assert_eq!(
            text(&list),
            "CA ab\n  in force     made 2026-11-23T15:42:12.000Z, with 2 certificates\n  \
             next         due 2026-11-23T15:42:13.000Z, which is over: it is stale\n  \
             from         http://pki/ca.crl\n  when stale   nobody of the CA is let in\n  \
             failed       the server answered 500\n"
        );
    }
}
