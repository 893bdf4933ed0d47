//! What a template would do to devices: those whose certificates are pasted, and those that have connected lately, as they
//! would fare by it and as they fare now.

use crate::api::logged_in::{Question, Refusal};
use crate::web::view::{Block, Cell, Row, Table, Tone, address};
use crate::web::visit::{Answer, Outcome, Visit, list as items, text};
use serde_json::{Value, json};

/// Devices that have connected lately, at most.
const RECORDED: usize = 25;
/// Certificates that are pasted, at most.
const PASTED: usize = 200;
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// A template, and what it is tried on.
pub struct Trial<'a> {
    /// Its body.
    pub body: &'a str,
    /// The one in force, where there is one.
    pub current: Option<&'a str>,
    /// Certificates as PEM, one after another.
    pub pasted: &'a str,
    /// Devices that have connected lately too.
    pub recorded: bool,
}

/// `POST /console/simulate`: the blocks alone, for the script.
pub async fn piece(visit: &Visit<'_>) -> Answer {
    let current = visit.sent("current");
    let trial = Trial {
        body: visit.sent("body"),
        current: Some(current).filter(|current| !current.is_empty()),
        pasted: visit.sent("pasted"),
        recorded: visit.sent("recorded") == "true",
    };
    let blocks = blocks(visit, &trial).await;
    Ok(Outcome::Piece(
        blocks.iter().map(ToString::to_string).collect(),
    ))
}

/// The certificates in a text.
fn pems(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(END).filter_map(|piece| {
        let from = piece.find(BEGIN)?;
        piece.ends_with(END).then(|| &piece[from..])
    })
}

async fn simulated(
    visit: &Visit<'_>,
    body: &str,
    certificates: &[Value],
) -> Result<Value, Refusal> {
    let question = Question {
        service: "nameplate",
        method: "POST",
        target: "/nameplate/simulate".into(),
        body: json!({"template": body, "certificates": certificates}),
        ..Question::default()
    };
    visit.ask(question).await
}

/// What comes of a trial.
pub async fn blocks(visit: &Visit<'_>, trial: &Trial<'_>) -> Vec<Block> {
    let t = visit.t;
    if trial.body.is_empty() {
        return Vec::new();
    }
    let recorded = match trial.recorded {
        true => {
            let target = format!("/nameplate/attempts/certificates?limit={RECORDED}");
            let found = visit.own(target).await.unwrap_or_default();
            items(&found, "certificates").to_vec()
        }
        false => Vec::new(),
    };
    let pasted = pems(trial.pasted).take(PASTED).enumerate();
    let pasted =
        pasted.map(|(at, pem)| json!({"label": format!("{} {}", t.pasted, at + 1), "pem": pem}));
    let certificates: Vec<Value> = recorded
        .iter()
        .map(|one| json!({"label": label(one), "pem": one["pem"], "chain": one["chain"]}))
        .chain(pasted)
        .collect();
    let draft = match simulated(visit, trial.body, &certificates).await {
        Ok(draft) => draft,
        Err(refusal) => {
            let words = vec![Cell::text(refusal.message)];
            return vec![Block::Notice(Tone::Bad, t.template_wrong.to_owned(), words)];
        }
    };
    let warnings: Vec<Cell> = items(&draft, "warnings")
        .iter()
        .filter_map(|warning| Some(Cell::text(warning.as_str()?)))
        .collect();
    let mut blocks = match warnings.is_empty() {
        true => vec![Block::Notice(
            Tone::Good,
            t.template_right.to_owned(),
            Vec::new(),
        )],
        false => vec![Block::Notice(
            Tone::Warn,
            t.template_warnings.to_owned(),
            warnings,
        )],
    };
    if certificates.is_empty() {
        return blocks;
    }
    let now = match trial.current {
        Some(current) if current != trial.body => {
            simulated(visit, current, &certificates).await.ok()
        }
        _ => None,
    };
    blocks.push(Block::Table(table(visit, &recorded, now.as_ref(), &draft)));
    blocks
}

fn label(recorded: &Value) -> String {
    let names = ["clientId", "commonName", "certificateId"];
    let found = names
        .iter()
        .map(|name| text(recorded, name))
        .find(|name| !name.is_empty());
    found.unwrap_or("?").to_owned()
}

fn table(visit: &Visit<'_>, recorded: &[Value], now: Option<&Value>, draft: &Value) -> Table {
    let t = visit.t;
    let heads = vec![t.device, t.last_time, t.with_this, t.change];
    let devices = items(draft, "devices");
    let rows = devices.iter().enumerate().map(|(at, would)| {
        let record = recorded.get(at);
        let last = match record {
            Some(record) => {
                let number = record["sequence"].as_i64().unwrap_or_default().to_string();
                let link = Cell::link(
                    address(&["connections", &number], &[]),
                    text(record, "code"),
                );
                Cell::Several(vec![super::connections::outcome(t, record), link])
            }
            None => Cell::none(),
        };
        let was = now.and_then(|now| items(now, "devices").get(at));
        let refused_before = match (was, record) {
            (Some(was), _) => Some(was.get("plan").is_none()),
            (None, Some(record)) => Some(record.get("failedStage").is_some()),
            (None, None) => None,
        };
        let refused = would.get("plan").is_none();
        let change = match (refused_before, refused) {
            (Some(true), false) => Cell::Badge(Tone::Good, t.would_get_in.to_owned()),
            (Some(false), true) => Cell::Badge(Tone::Bad, t.would_be_refused.to_owned()),
            _ if was.is_some_and(|was| differs(was, would)) => {
                Cell::Badge(Tone::Warn, t.would_differ.to_owned())
            }
            _ => Cell::text(t.no_change),
        };
        Row::new(
            &heads,
            vec![
                Cell::text(text(would, "device")),
                last,
                shown(visit, would),
                change,
            ],
        )
    });
    Table {
        caption: t.simulated.to_owned(),
        rows: rows.collect(),
        heads: heads.clone(),
        ..Table::default()
    }
}

fn differs(was: &Value, would: &Value) -> bool {
    let essence = |one: &Value| (text(one, "text").to_owned(), text(one, "reason").to_owned());
    essence(was) != essence(would)
}

/// What would become of a device.
fn shown(visit: &Visit<'_>, would: &Value) -> Cell {
    let t = visit.t;
    if would.get("plan").is_some() {
        let lines = text(would, "text")
            .lines()
            .map(|line| Cell::text(line.trim()));
        let mut all = vec![Cell::Badge(Tone::Good, t.provisioned.to_owned())];
        all.extend(lines);
        return Cell::Lines(all);
    }
    let mut all = vec![
        Cell::Several(vec![
            Cell::Badge(Tone::Bad, t.refused.to_owned()),
            Cell::code(text(would, "code")),
        ]),
        Cell::text(text(would, "reason")),
    ];
    let remedy = text(would, "remedy");
    if !remedy.is_empty() {
        all.push(Cell::marked(remedy));
    }
    Cell::Lines(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_are_found_in_any_text() {
        let one = format!("{BEGIN}\nAAAA\n{END}");
        let text = format!("subject=x\n{one}\nnoise {one}\n{BEGIN}\nhalf");
        let found: Vec<&str> = pems(&text).collect();
        assert_eq!(found, [one.as_str(), one.as_str()]);
        assert_eq!(pems("").count(), 0);
    }
}
