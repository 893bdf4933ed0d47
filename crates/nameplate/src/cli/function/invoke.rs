//! `nameplate function invoke`: the answer goes to standard output as it is, whatever else is said to standard error.

use super::deploy::FUNCTIONS;
use super::encode;
use crate::cli::args::InvokeArgs;
use crate::cli::client::Client;
use crate::cli::out::{complain, json as printed, say};
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::io::Read as _;
use std::path::Path;

/// Exit status where the function failed.
const FAILED: u8 = 1;

/// Runs the command.
pub async fn run(data_dir: Option<&Path>, args: &InvokeArgs) -> anyhow::Result<u8> {
    let payload = payload(args)?;
    if !payload.is_empty()
        && let Err(why) = serde_json::from_slice::<serde::de::IgnoredAny>(&payload)
    {
        anyhow::bail!("the event is not JSON: {why}");
    }
    let client = Client::find(data_dir)?;
    let target = format!("{FUNCTIONS}/{}/invocations", encode(args.function.trim()));
    let kind = match args.later {
        true => "Event",
        false => "RequestResponse",
    };
    let mut headers = vec![
        ("content-type", "application/json"),
        ("x-amz-invocation-type", kind),
    ];
    if args.log {
        headers.push(("x-amz-log-type", "Tail"));
    }
    let (headers, answer) = client
        .call("lambda", "POST", &target, &headers, payload)
        .await?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(log) = header("x-amz-log-result").and_then(|text| STANDARD.decode(text).ok()) {
        complain(String::from_utf8_lossy(&log).trim_end());
    }
    if args.later {
        complain("taken; nameplate logs shows what becomes of it");
        return Ok(0);
    }
    // Whatever a function answers is for programs, and does nothing on a terminal.
    match serde_json::from_slice::<Value>(&answer) {
        Ok(answer) => say(&(printed(&answer) + "\n"))?,
        Err(_) => say(&(nameplate_core::escape::lines(&String::from_utf8_lossy(&answer)) + "\n"))?,
    }
    Ok(match header("x-amz-function-error") {
        Some(_) => FAILED,
        None => 0,
    })
}

fn payload(args: &InvokeArgs) -> anyhow::Result<Vec<u8>> {
    match (&args.payload, &args.payload_file) {
        (Some(text), _) => Ok(text.clone().into_bytes()),
        (None, Some(path)) if path.as_os_str() == "-" => {
            let mut bytes = Vec::new();
            std::io::stdin()
                .lock()
                .read_to_end(&mut bytes)
                .context("standard input cannot be read")?;
            Ok(bytes)
        }
        (None, Some(path)) => {
            std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
        }
        (None, None) => Ok(Vec::new()),
    }
}
