//! `nameplate rule test`: what a topic rule would do with a message. Asks no server, and does nothing of it.

use super::args::{RuleArgs, RuleCommand, RuleTestArgs};
use super::out::tell;
use super::serve::clock;
use crate::config;
use anyhow::Context as _;
use aws_lc_rs::rand;
use nameplate_core::escape;
use nameplate_rules::{Answers, Message, Properties, TopicRule, explain};
use serde_json::{Value, json};

/// No action would run.
const NOTHING: u8 = 1;

/// Runs the command.
pub fn run(args: &RuleArgs) -> anyhow::Result<u8> {
    match &args.command {
        RuleCommand::Test(args) => test(args),
    }
}

fn test(args: &RuleTestArgs) -> anyhow::Result<u8> {
    let document = match (&args.rule, &args.sql) {
        (Some(path), _) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            let document: Value = serde_json::from_str(&text)
                .with_context(|| format!("{} is not JSON", path.display()))?;
            // As `get-topic-rule` answers it, and as `create-topic-rule` takes it.
            match document.get("rule") {
                Some(rule) => rule.clone(),
                None => document,
            }
        }
        (None, Some(sql)) => {
            json!({"sql": sql, "awsIotSqlVersion": args.version, "actions": []})
        }
        // The argument parser asks for one of them.
        (None, None) => anyhow::bail!("--sql or --rule is required"),
    };
    let rule = TopicRule::parse(&document)?;
    let payload = match (&args.payload, &args.payload_file) {
        (Some(text), _) => text.clone().into_bytes(),
        (None, Some(path)) => {
            std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?
        }
        (None, None) => Vec::new(),
    };
    let mut seed = [0; 16];
    rand::fill(&mut seed).context("the system has no randomness")?;
    let realm = config::realm()?;
    let message = Message {
        topic: &args.topic,
        payload: &payload,
        client_id: args.client_id.as_deref(),
        principal: None,
        source_ip: None,
        trace_id: None,
        account_id: &realm.account,
        now_ms: clock().0,
        seed,
        properties: Properties::default(),
    };
    let explanation = explain(&rule, &message, &Answers::new());
    // A payload is whatever its maker wrote.
    tell(&escape::lines(&explanation.to_string()))?;
    Ok(match explanation.output {
        Some(_) => 0,
        None => NOTHING,
    })
}
