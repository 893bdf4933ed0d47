//! `nameplate ca`: the server's own CAs.
//!
//! Owns what is printed and the exit status; what a CA may be is the server's to say.

use super::args::{CaArgs, CaCommand};
use super::client::{Client, ClientError};
use super::out::{complain, json as printed, say, tell};
use anyhow::Context as _;
use nameplate_core::ctx::Millis;
use nameplate_core::escape;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Exit status where something was refused.
const REFUSED: u8 = 1;
const PATH: &str = "/nameplate/device-cas";

/// Runs the command; the exit status.
pub async fn run(args: &CaArgs) -> anyhow::Result<u8> {
    let client = Client::find(args.data_dir.as_deref())?;
    match done(&client, &args.command).await {
        Ok(()) => Ok(0),
        Err(error) => match error.downcast::<ClientError>() {
            Ok(ClientError::Refused { message, .. }) => {
                complain(format_args!("nameplate ca: {}", escape::line(&message)));
                Ok(REFUSED)
            }
            Ok(error) => Err(error.into()),
            Err(error) => Err(error),
        },
    }
}

async fn done(client: &Client, command: &CaCommand) -> anyhow::Result<()> {
    match command {
        CaCommand::List { json } => {
            let answer = ask(client, "GET", PATH, &Value::Null).await?;
            if *json {
                return Ok(say(&format!("{}\n", printed(&answer)))?);
            }
            let answer = escape::answer(answer);
            let all = answer["deviceCas"].as_array();
            Ok(tell(
                &all.into_iter().flatten().map(text).collect::<String>(),
            )?)
        }
        CaCommand::Csr { subject, key, of } => {
            let answer = match of {
                Some(id) => ask(client, "GET", &path(id), &Value::Null).await?,
                None => {
                    let body = json!({
                        "request": true, "subject": subject, "keyAlgorithm": algorithm(key.as_deref()),
                    });
                    ask(client, "POST", PATH, &body).await?
                }
            };
            let key = member(&answer, "keyId");
            let request = answer["certificateSigningRequest"].as_str();
            let request =
                request.with_context(|| format!("the key {key} waits for no certificate"))?;
            say(&escape::lines(request))?;
            complain(format_args!(
                "The key {key} waits: `nameplate ca install CHAIN` takes its certificate, with those above it."
            ));
            Ok(())
        }
        CaCommand::Install { chain, key, from } => {
            let key = match key {
                Some(file) => Some(read(file)?),
                None => None,
            };
            let body = json!({"chain": read(chain)?, "privateKey": key, "issuesFrom": moment(from.as_deref())?});
            told(ask(client, "POST", &format!("{PATH}/install"), &body).await?)
        }
        CaCommand::New { key, from, until } => {
            let body = json!({
                "keyAlgorithm": algorithm(key.as_deref()), "issuesFrom": moment(from.as_deref())?,
                "notAfter": moment(until.as_deref())?,
            });
            told(ask(client, "POST", PATH, &body).await?)
        }
        CaCommand::Issue { ca, from, never } => {
            let now = super::serve::clock().as_seconds_f64();
            let from = match never {
                true => Value::Null,
                false => moment(from.as_deref())?.map_or(now.into(), Into::into),
            };
            told(ask(client, "PATCH", &path(ca), &json!({"issuesFrom": from})).await?)
        }
        CaCommand::Export {
            ca,
            with_key: _,
            passphrase_file,
        } => {
            let found = ask(client, "GET", &path(ca), &Value::Null).await?;
            let mut text = member(&found, "certificatePem").to_owned();
            text.push_str(member(&found, "certificateChain"));
            if let Some(file) = passphrase_file {
                let passphrase = read(file)?;
                let passphrase = passphrase.lines().next().unwrap_or_default();
                let path = format!("{}/key", path(ca));
                let key = ask(client, "POST", &path, &json!({"passphrase": passphrase})).await?;
                text.push_str(member(&key, "encryptedPrivateKey"));
            }
            Ok(say(&escape::lines(&text))?)
        }
        CaCommand::Rm { cas } => {
            for ca in cas {
                ask(client, "DELETE", &path(ca), &Value::Null).await?;
                tell(&format!("{ca}: removed\n"))?;
            }
            Ok(())
        }
    }
}

async fn ask(client: &Client, method: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
    Ok(client.json("nameplate", method, path, body).await?)
}

fn path(ca: &str) -> String {
    format!("{PATH}/{}", nameplate_aws::uri::encode(ca.as_bytes()))
}

fn algorithm(key: Option<&str>) -> Option<&'static str> {
    key.map(|key| match key {
        "ecdsa" => "EC_P256",
        _ => "RSA_2048",
    })
}

fn read(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| file.display().to_string())
}

/// A day, or a moment, in seconds since 1970.
fn moment(text: Option<&str>) -> anyhow::Result<Option<f64>> {
    let Some(text) = text else {
        return Ok(None);
    };
    let whole = match text.len() {
        10 => format!("{text}T00:00:00Z"),
        _ => text.to_owned(),
    };
    let at = OffsetDateTime::parse(&whole, &Rfc3339).ok();
    let at = at.with_context(|| {
        format!("{text:?} is no time such as 2027-01-31 or 2027-01-31T08:00:00Z")
    })?;
    Ok(Some(at.unix_timestamp() as f64))
}

fn member<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn told(answer: Value) -> anyhow::Result<()> {
    Ok(tell(&text(&escape::answer(answer)))?)
}

/// What is known of a CA, for people.
fn text(ca: &Value) -> String {
    let day = |name: &str| {
        let at = ca[name]
            .as_f64()
            .map(|seconds| Millis((seconds * 1000.0) as i64).to_string());
        at.map(|at| at.split('.').next().unwrap_or_default().replace('T', " "))
    };
    let mut text = String::new();
    let id = match ca["certificateId"].as_str() {
        Some(id) => id.to_owned(),
        None => format!("key {}", member(ca, "keyId")),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{id}  {}", member(ca, "status"));
    if ca["certificateId"].is_string() {
        let _ = writeln!(text, "  {}", member(ca, "subject"));
        if ca["certificateChain"].is_string() {
            let _ = writeln!(text, "  issued by {}", member(ca, "issuer"));
        }
        let _ = writeln!(
            text,
            "  valid until {}",
            day("notAfter").unwrap_or_default()
        );
    }
    match (day("issuesFrom"), member(ca, "status")) {
        (Some(from), "SCHEDULED") => {
            let _ = writeln!(text, "  issues from {from} on");
        }
        (None, "WAITING") => {
            text.push_str("  waits for its certificate: `nameplate ca install`\n");
        }
        _ => {}
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_days_or_times() {
        let check = |text, expected: Option<f64>| {
            assert_eq!(moment(Some(text)).ok().flatten(), expected, "{text}");
        };
        check("2027-01-31", Some(1_801_353_600.0));
        check("2027-01-31T08:00:00Z", Some(1_801_382_400.0));
        check("2027-01-31T08:00:00+08:00", Some(1_801_353_600.0));
        check("soon", None);
        check("2027-02-30", None);
        assert_eq!(moment(None).ok(), Some(None));
    }

    #[test]
    fn a_ca_for_people() {
        let ca = json!({
            "keyId": "ab", "certificateId": "cd", "status": "SCHEDULED", "subject": "CN=D", "issuer": "CN=R",
            "certificateChain": "PEM", "notAfter": 1_801_353_600, "issuesFrom": 1_801_353_600,
        });
        assert_eq!(
            text(&ca),
            "cd  SCHEDULED\n  CN=D\n  issued by CN=R\n  valid until 2027-01-31 00:00:00\n  issues from 2027-01-31 00:00:00 on\n"
        );
        let waiting = json!({"keyId": "ab", "status": "WAITING"});
        assert_eq!(
            text(&waiting),
            "key ab  WAITING\n  waits for its certificate: `nameplate ca install`\n"
        );
    }
}
