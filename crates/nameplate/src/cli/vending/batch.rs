//! `nameplate vending batch`.

use super::{REFUSED, call, encoded};
use crate::cli::args::BatchArgs;
use crate::cli::client::{Client, ClientError};
use crate::cli::out::{complain, json as printed, say, tell};
use anyhow::Context;
use nameplate_core::escape;
use serde_json::{Map, Value};
use std::path::Path;

fn of(name: &str) -> String {
    format!("batches/{}", encoded(name))
}

/// Makes or changes a batch.
pub async fn create(client: &Client, args: &BatchArgs) -> anyhow::Result<u8> {
    let document = document(args)?;
    let made = call(client, "PUT", &of(&args.name), &document).await?;
    tell(&made_text(&escape::answer(made)))?;
    Ok(0)
}

/// The batch's document: the file's members, and those of the flags.
fn document(args: &BatchArgs) -> anyhow::Result<Value> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let mut members = match &args.file {
        Some(path) => serde_json::from_str(&read(path)?)
            .with_context(|| format!("{} is no JSON object", path.display()))?,
        None => Map::new(),
    };
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    };
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let template = args.template.as_deref().map(read).transpose()?;
    set("proof", text(&args.proof));
    set("templateBody", template.map(Value::from));
    set("templateName", text(&args.template_name));
    set("roleArn", text(&args.role));
    set("approval", args.approval.then_some(Value::Bool(true)));
    set("repeat", text(&args.repeat));
    set("retireOld", text(&args.retire_old));
    set("opens", text(&args.opens));
    set("closes", text(&args.closes));
    set("validityDays", args.validity_days.map(Value::from));
    set("ratePerSecond", args.rate.map(Value::from));
    Ok(Value::Object(members))
}

fn made_text(made: &Value) -> String {
    let member = |name: &str| made.get(name).and_then(Value::as_str);
    let mut text = format!(
        "{}: proof {}\n",
        member("name").unwrap_or_default(),
        member("proof").unwrap_or_default()
    );
    if let Some(secret) = member("secret") {
        text.push_str(&format!(
            "  secret       {secret}\n  It is shown this once. A device's signature is the HMAC-SHA256 of its serial number with it, in hex.\n"
        ));
    }
    for warning in made["warnings"].as_array().into_iter().flatten() {
        text.push_str(&format!(
            "  warning      {}\n",
            warning.as_str().unwrap_or_default()
        ));
    }
    text
}

/// Lists the batches.
pub async fn list(client: &Client, json: bool) -> anyhow::Result<u8> {
    let answer = call(client, "GET", "batches", &Value::Null).await?;
    if json {
        say(&format!("{}\n", printed(&answer)))?;
        return Ok(0);
    }
    let answer = escape::answer(answer);
    let mut text = String::new();
    for batch in answer["batches"].as_array().into_iter().flatten() {
        let member = |name: &str| batch.get(name).and_then(Value::as_str).unwrap_or_default();
        let source = batch["source"]["place"].as_str().unwrap_or("listed here");
        let approval = match batch["approval"].as_bool() {
            Some(true) => ", approval",
            _ => "",
        };
        let (name, proof, repeat) = (member("name"), member("proof"), member("repeat"));
        text.push_str(&format!(
            "{name}  proof {proof}{approval}, {repeat}, {source}\n"
        ));
    }
    if text.is_empty() {
        text.push_str("There is no batch; `nameplate vending batch create` makes one.\n");
    }
    tell(&text)?;
    Ok(0)
}

/// Shows a batch.
pub async fn show(client: &Client, name: &str, json: bool) -> anyhow::Result<u8> {
    let batch = call(client, "GET", &of(name), &Value::Null).await?;
    if json {
        say(&format!("{}\n", printed(&batch)))?;
        return Ok(0);
    }
    let text = serde_json::to_string_pretty(&batch)?;
    say(&format!("{}\n", escape::json(&text)))?;
    Ok(0)
}

/// Removes batches.
pub async fn remove(client: &Client, names: &[String]) -> anyhow::Result<u8> {
    let mut status = 0;
    for name in names {
        match call(client, "DELETE", &of(name), &Value::Null).await {
            Ok(answer) => {
                let entries = answer["entries"].as_u64().unwrap_or_default();
                tell(&format!("{name}: removed, with a list of {entries}\n"))?;
            }
            Err(ClientError::Refused { message, .. }) => {
                status = REFUSED;
                complain(format_args!(
                    "nameplate vending: {}",
                    escape::line(&message)
                ));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(status)
}
