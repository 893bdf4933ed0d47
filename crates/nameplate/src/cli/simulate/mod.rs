//! `nameplate simulate`: what a template would create, and why not where it would not. Touches nothing.

mod input;
mod report;
#[cfg(test)]
mod tests;

use super::args::SimulateArgs;
use super::client::{Client, ClientError};
use super::out::{complain, json as printed, say, tell};
use super::serve::clock;
use crate::api::own::outcome_json;
use crate::app::admission::simulate::{Device, Source, offline, template_of, unacceptable};
use crate::config;
use anyhow::Context;
use input::{Entry, Input, Unreadable};
use nameplate_core::arn::Realm;
use nameplate_core::ctx::Ctx;
use nameplate_core::pki::Certificate;
use nameplate_core::template::{Template, TemplateKind};
use report::Report;
use serde_json::{Value, json};
use std::sync::Arc;

/// Some devices would fail.
const WOULD_FAIL: u8 = 1;
/// Template or input cannot be used.
const UNUSABLE: u8 = 2;

/// What an empty registry leaves open.
const OFFLINE: &str = "offline, each certificate counts as unregistered and as signed by a CA that provisions by this template";

/// Runs the command.
pub async fn run(args: &SimulateArgs) -> anyhow::Result<u8> {
    let kind = match args.certs {
        Some(_) => TemplateKind::Jitp,
        None => TemplateKind::Bulk,
    };
    let (text, template) = match read_template(args, kind) {
        Ok(read) => read,
        Err(error) => return Ok(unusable(error)),
    };
    let read = match (&args.certs, &args.params) {
        (Some(path), _) => input::certificates(path),
        (None, Some(path)) => input::parameters(path),
        // The argument parser asks for one of them.
        (None, None) => return Ok(unusable(anyhow::anyhow!("--certs or --params is required"))),
    };
    let input = match read {
        Ok(input) => input,
        Err(error) => return Ok(unusable(error)),
    };
    let against = match args.offline {
        true => "an empty registry".to_owned(),
        false => "the running registry".to_owned(),
    };
    let Input { entries, notes } = input;
    let (mut report, unreadable) = if args.offline {
        let realm = config::realm()?;
        plan_here(template, entries, realm, args.json)
    } else {
        let planned = async {
            let client = Client::find(args.place.data_dir.as_deref())?;
            plan_there(&client, &text, entries, args.json).await
        };
        match planned.await {
            Err(error) if error.is_nobody() => {
                return Ok(unusable(anyhow::anyhow!(
                    "{error}; --offline plans against an empty registry, without a server"
                )));
            }
            other => other?,
        }
    };
    report.notes = notes;
    if args.offline && args.certs.is_some() {
        report.notes.push(OFFLINE.to_owned());
    }
    report.add_unreadable(&unreadable);
    let good = report.is_good();
    if args.json {
        say(&format!("{}\n", printed(&report.to_json(&against))))?;
    } else {
        tell(&report.for_terminal().to_text(&against))?;
    }
    Ok(match good {
        true => 0,
        false => WOULD_FAIL,
    })
}

fn unusable(error: impl Into<anyhow::Error>) -> u8 {
    complain(format_args!("nameplate simulate: {:#}", error.into()));
    UNUSABLE
}

fn read_template(args: &SimulateArgs, kind: TemplateKind) -> anyhow::Result<(String, Template)> {
    let path = args.template.display();
    let text = std::fs::read_to_string(&args.template)
        .with_context(|| format!("{path} cannot be read"))?;
    let template =
        template_of(&text, kind).map_err(|error| anyhow::anyhow!("{path}: {}", error.message))?;
    Ok((text, template))
}

/// Plans against an empty registry. `all` keeps every device's outcome, else the first plan is enough.
fn plan_here(
    template: Template,
    entries: Vec<Entry>,
    realm: Realm,
    all: bool,
) -> (Report, Vec<Unreadable>) {
    let now = clock();
    let ctx = Ctx {
        realm: Arc::new(realm),
        now,
        request_id: "simulate".to_owned(),
    };
    let warnings = template
        .warnings()
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut simulation = offline(ctx, template);
    let mut devices = Vec::new();
    let mut unreadable = Vec::new();
    let single = entries.len() == 1;
    for entry in entries {
        match entry {
            Ok(device) => {
                let unacceptable = match &device.source {
                    Source::Certificate(certificate, _) => unacceptable(certificate, now),
                    Source::Parameters(_) => None,
                };
                let outcome = match unacceptable {
                    Some(refusal) => simulation.refused(&device.label, refusal),
                    None => simulation.device(&device.label, &device.source.parameters(), None),
                };
                let first = devices.is_empty() && outcome.is_planned();
                if all || single || first {
                    devices.push(outcome_json(&device.label, &outcome));
                }
            }
            Err(device) => {
                if all || single {
                    devices.push(report::unreadable_json(&device));
                }
                unreadable.push(device);
            }
        }
    }
    let summary = match simulation.summary().to_json() {
        Value::Object(summary) => summary,
        _ => serde_json::Map::new(),
    };
    let report = Report {
        warnings,
        devices,
        summary,
        notes: Vec::new(),
    };
    (report, unreadable)
}

/// Asks the server to plan, in one request, since devices may be in each other's way.
async fn plan_there(
    client: &Client,
    template: &str,
    entries: Vec<Entry>,
    all: bool,
) -> Result<(Report, Vec<Unreadable>), ClientError> {
    let single = entries.len() == 1;
    let mut items = Vec::with_capacity(entries.len());
    let mut unreadable: Vec<(usize, Unreadable)> = Vec::new();
    let mut kind = "certificates";
    for (at, entry) in entries.into_iter().enumerate() {
        match entry {
            Ok(Device { label, source }) => items.push(match source {
                Source::Certificate(certificate, chain) => {
                    let chain: Vec<String> = chain.iter().map(Certificate::to_pem).collect();
                    json!({"label": label, "pem": certificate.to_pem(), "chain": chain})
                }
                Source::Parameters(values) => {
                    kind = "parameters";
                    json!({"label": label, "values": values})
                }
            }),
            Err(device) => unreadable.push((at, device)),
        }
    }
    let detail = if all || single { "all" } else { "first" };
    let body = json!({"template": template, "detail": detail, kind: items});
    let answer = client
        .json("nameplate", "POST", "/nameplate/simulate", &body)
        .await?;
    let mut report = Report::from_answer(answer).ok_or_else(|| ClientError::Transport {
        address: client.address().to_owned(),
        reason: "its answer is not that of a simulation".to_owned(),
    })?;
    if all || single {
        // From the front, so that each lands where it stood in the input.
        for (at, device) in &unreadable {
            let at = (*at).min(report.devices.len());
            report.devices.insert(at, report::unreadable_json(device));
        }
    }
    Ok((report, unreadable.into_iter().map(|(_, d)| d).collect()))
}
