//! `nameplate vending`: batches, their lists, and where devices stand.
//!
//! Owns what is printed and the exit status; what is allowed is the server's to say.

mod batch;
mod codes;
mod import;

use super::args::{BatchCommand, VendingArgs, VendingCommand};
use super::client::{Client, ClientError};
use super::out::{complain, json as printed, say, tell};
use nameplate_core::ctx::Millis;
use nameplate_core::escape;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Exit status where something was refused.
const REFUSED: u8 = 1;

/// Runs the command; the exit status.
pub async fn run(args: &VendingArgs) -> anyhow::Result<u8> {
    let client = Client::find(args.data_dir.as_deref())?;
    let change = async |serials: &[String], body: Value, done: &str| {
        changed(&client, serials, &body, done).await
    };
    match &args.command {
        VendingCommand::Batch { command } => match command {
            BatchCommand::Create(args) => batch::create(&client, args).await,
            BatchCommand::List { json } => batch::list(&client, *json).await,
            BatchCommand::Show { name, json } => batch::show(&client, name, *json).await,
            BatchCommand::Rm { names } => batch::remove(&client, names).await,
        },
        VendingCommand::Import { file, batch } => import::run(&client, file, batch).await,
        VendingCommand::Show { serial, json } => {
            let entry = call(&client, "GET", &entry(serial), &Value::Null).await?;
            match json {
                true => say(&format!("{}\n", printed(&entry)))?,
                false => tell(&text(&escape::answer(entry)))?,
            }
            Ok(0)
        }
        VendingCommand::Approve(args) => {
            let body = json!({"status": "APPROVED"});
            change(&args.serials, body, "approved").await
        }
        VendingCommand::Block(args) => {
            let body = json!({"status": "BLOCKED"});
            change(&args.serials, body, "blocked").await
        }
        VendingCommand::Release(args) => {
            let body = json!({"status": "NEW"});
            change(&args.serials, body, "released").await
        }
        VendingCommand::Revoke(args) => {
            let body = json!({"status": "BLOCKED", "revoke": true});
            change(&args.serials, body, "revoked and blocked").await
        }
        VendingCommand::Codes {
            batch,
            svg,
            replace,
            json,
        } => codes::run(&client, batch, svg.as_deref(), *replace, *json).await,
    }
}

async fn call(
    client: &Client,
    method: &str,
    path: &str,
    body: &Value,
) -> Result<Value, ClientError> {
    let target = format!("/nameplate/vending/{path}");
    client.json("nameplate", method, &target, body).await
}

fn encoded(text: &str) -> String {
    nameplate_aws::uri::encode(text.as_bytes())
}

fn entry(serial: &str) -> String {
    format!("entries/{}", encoded(serial))
}

async fn changed(
    client: &Client,
    serials: &[String],
    body: &Value,
    done: &str,
) -> anyhow::Result<u8> {
    let mut status = 0;
    for serial in serials {
        match call(client, "PATCH", &entry(serial), body).await {
            Ok(_) => tell(&format!("{serial}: {done}\n"))?,
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

/// Where a device stands, for people.
fn text(entry: &Value) -> String {
    let member = |name: &str| entry.get(name).and_then(Value::as_str);
    let mut text = format!(
        "{} of batch {}: {}\n",
        member("serialNumber").unwrap_or_default(),
        member("batch").unwrap_or_default(),
        member("status").unwrap_or_default()
    );
    let mut line = |title: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {title:<12} {value}");
    };
    for (title, name) in [
        ("certificate", "certificateId"),
        ("before it", "previousCertificateId"),
        ("thing", "thingName"),
    ] {
        if let Some(value) = member(name) {
            line(title, value);
        }
    }
    if let Some(vended) = entry.get("vendedAt").and_then(Value::as_f64) {
        let at = Millis((vended * 1000.0).round() as i64);
        line("vended", &at.to_string());
    }
    for (name, value) in entry["parameters"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        line("parameter", &format!("{name}={value}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_device_stands() {
        let entry = json!({
            "serialNumber": "SN-1", "batch": "b", "status": "VENDED", "certificateId": "ab", "thingName": "lamp",
            "vendedAt": 1_795_448_532.345, "parameters": {"colour": "red"},
        });
        assert_eq!(
            text(&entry),
            "SN-1 of batch b: VENDED\n  certificate  ab\n  thing        lamp\n  \
             vended       2026-11-23T15:42:12.345Z\n  parameter    colour=red\n"
        );
    }
}
