//! The rule language alone, without a server: evaluations a second of one core, and what finding a topic's rules among
//! many costs a publish.

use crate::figures::grouped;
use anyhow::{Context as _, ensure};
use nameplate_rules::{
    Answers, Decision, Evaluation, Message, Properties, RuleIndex, SqlVersion, Statement, Template,
    TemplateUse,
};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Flags of `rules`.
#[derive(clap::Args)]
pub struct Options {
    /// Rules in the index.
    #[arg(long, default_value_t = 10_000)]
    rules: u32,
    /// Seconds that each figure is measured for.
    #[arg(long, default_value_t = 2)]
    seconds: u64,
}

const SELECT: &str =
    "SELECT temperature, topic(2) AS device FROM 'sensors/+/data' WHERE temperature > 30";

/// 200 bytes, as a sensor sends them.
fn payload(temperature: u32) -> String {
    let begin = format!(
        r#"{{"temperature":{temperature},"humidity":49.9397,"pressure":1013.25,"unit":"C","location":{{"lat":47.606,"long":-122.332}},"sequence":184467,"firmware":"2.4.1","status":"ok","note":""#
    );
    let fill = 200 - begin.len() - 2;
    begin + &"x".repeat(fill) + "\"}"
}

/// Runs the bench and prints its lines.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let time = Duration::from_secs(options.seconds);
    println!("evaluations of one core, payload of 200 bytes:");
    for (name, sql, temperature) in [
        ("the issue's, selected", SELECT, 31),
        ("the issue's, rejected by WHERE", SELECT, 29),
        ("SELECT *", "SELECT * FROM 'sensors/+/data'", 31),
        (
            "nested, decimal, functions",
            "SELECT *, location.lat AS lat, humidity * 1.5 AS h, upper(unit) AS u, timestamp() AS t FROM 'sensors/+/data' \
             WHERE location.long < 0 AND status = 'ok'",
            31,
        ),
    ] {
        let rate = evaluations(sql, temperature, time)?;
        println!("  {name:<36} {:>10}/s", grouped(rate));
    }
    let rate = templates(time)?;
    println!(
        "  {:<36} {:>10}/s",
        "template ${topic(2)}/${temperature}",
        grouped(rate)
    );
    index(options.rules, time)
}

fn message<'a>(topic: &'a str, payload: &'a [u8]) -> Message<'a> {
    Message {
        topic,
        payload,
        client_id: Some("D7"),
        principal: None,
        source_ip: None,
        trace_id: None,
        account_id: "123456789012",
        now_ms: 1_481_825_251_155,
        seed: [0; 16],
        properties: Properties::default(),
    }
}

fn evaluations(sql: &str, temperature: u32, time: Duration) -> anyhow::Result<f64> {
    let statement = Statement::parse(sql, SqlVersion::V2016)?;
    let payload = payload(temperature);
    ensure!(
        payload.len() == 200,
        "the payload has {} bytes",
        payload.len()
    );
    let message = message("sensors/D7/data", payload.as_bytes());
    let answers = Answers::new();
    let selects = temperature > 30;
    rate(time, || {
        let decision = Evaluation::new(&statement, black_box(&message), &answers).decide()?;
        ensure!(
            matches!(decision, Decision::Selected(_)) == selects,
            "{sql} decided otherwise"
        );
        black_box(decision);
        Ok(())
    })
}

fn templates(time: Duration) -> anyhow::Result<f64> {
    let statement = Statement::parse(SELECT, SqlVersion::V2016)?;
    let template = Template::parse(
        "${topic(2)}/${temperature}",
        &statement,
        TemplateUse::Action,
    )?;
    let payload = payload(31);
    let message = message("sensors/D7/data", payload.as_bytes());
    let answers = Answers::new();
    rate(time, || {
        let mut evaluation = Evaluation::new(&statement, black_box(&message), &answers);
        black_box(evaluation.render(&template)?);
        Ok(())
    })
}

fn index(rules: u32, time: Duration) -> anyhow::Result<()> {
    println!(
        "finding the rules of a topic among {}:",
        grouped(f64::from(rules))
    );
    let mut index = RuleIndex::new();
    for rule in 0..rules {
        let filter = match rule % 4 {
            0 => format!("factory/line{}/+/data", rule / 4),
            1 => format!("+/site{}/#", rule / 4),
            2 => format!("$aws/things/thing{rule}/shadow/update/accepted"),
            _ => format!("fleet/+/model{}/+/alarm", rule / 4),
        };
        index.insert(&format!("rule{rule}"), Some(&filter), rule);
    }
    for (name, topic, expected) in [
        ("matches none", "factory/line0/robot/other", 0),
        ("matches none, five levels", "fleet/north/none/7/alarm", 0),
        ("matches one", "factory/line7/robot/data", 1),
        (
            "a shadow's, matches one",
            "$aws/things/thing2/shadow/update/accepted",
            1,
        ),
        ("Basic Ingest", "$aws/rules/rule7/any/topic", 1),
    ] {
        let rate = rate(time, || {
            let mut found = 0;
            index.matching(black_box(topic), |_| found += 1);
            ensure!(found == expected, "{topic} found {found} rules");
            Ok(())
        })?;
        println!("  {name:<36} {:>7.0} ns", 1e9 / rate);
    }
    Ok(())
}

/// How often a second something is done.
fn rate(time: Duration, mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    for _ in 0..1000 {
        work().context("warm up")?;
    }
    let (began, mut count) = (Instant::now(), 0u64);
    while began.elapsed() < time {
        for _ in 0..1000 {
            work()?;
        }
        count += 1000;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}
