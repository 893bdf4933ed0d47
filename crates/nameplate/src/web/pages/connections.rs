//! First connections: a list that stays up to date by itself, and each of them whole, with what to do about it.

use crate::web::text::Text;
use crate::web::view::{
    Block, Button, Cell, Field, Form, Input, Page, Row, Step, Table, Tone, address, short,
};
use crate::web::visit::{Answer, Outcome, Trouble, Visit, list as items, text};
use crate::web::{Body, Response};
use nameplate_core::ctx::Millis;
use serde_json::Value;

/// Records of one page.
const PAGE: usize = 50;
/// Characters of a reason, and of a device's name, in the list.
const REASON: usize = 400;
const DEVICE: usize = 100;

/// Which records are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Of devices that were not registered before, and refusals.
    First,
    /// Of refusals.
    Refused,
    /// All of them.
    All,
}

impl Shown {
    /// Each of them.
    pub const ALL: &'static [Self] = &[Self::First, Self::Refused, Self::All];

    fn of(text: &str) -> Self {
        match text {
            "refused" => Self::Refused,
            "all" => Self::All,
            _ => Self::First,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Refused => "refused",
            Self::All => "all",
        }
    }

    /// Whether a record is one of them.
    pub fn has(self, record: &Value) -> bool {
        let refused = record.get("failedStage").is_some();
        let passed = |stage: &str| {
            items(record, "stages")
                .iter()
                .any(|one| one["stage"] == stage)
        };
        match self {
            Self::All => true,
            Self::Refused => refused,
            Self::First => {
                let open = record["failedStage"] == "open";
                let known = passed("registered") || passed("authenticated");
                !open && (refused || record.get("flow").is_some() || !known)
            }
        }
    }
}

/// How an attempt ended, in colour and in words.
pub fn outcome(t: &'static Text, record: &Value) -> Cell {
    let provisioned = items(record, "stages")
        .iter()
        .any(|stage| stage["stage"] == "provisioned");
    let (tone, word) = match text(record, "code") {
        _ if record["failedStage"] == "open" => (Tone::Warn, t.refused_later),
        _ if record.get("failedStage").is_some() => (Tone::Bad, t.refused),
        "connected" if provisioned => (Tone::Good, t.provisioned),
        "connected" => (Tone::Good, t.connected),
        "provisioned-and-closed" | "fleet-provisioned" | "child-registered" => {
            (Tone::Good, t.provisioned)
        }
        "registered-and-closed" => (Tone::Warn, t.registered),
        "vended" => (Tone::Good, t.vended),
        "vending-pending" => (Tone::Warn, t.waits_for_approval),
        "fleet-keys-created" | "fleet-certificate-created" => (Tone::Good, t.certificate_given),
        _ => (Tone::Quiet, t.ended),
    };
    Cell::Badge(tone, word.to_owned())
}

fn heads(t: &'static Text) -> Vec<&'static str> {
    vec![t.time, t.outcome, t.device, t.reason, t.address]
}

/// The row of a record.
pub fn row(t: &'static Text, record: &Value) -> Row {
    let number = record["sequence"].as_i64().unwrap_or_default().to_string();
    let at = Millis(record["endedAt"].as_i64().unwrap_or_default());
    let mut reason = vec![Cell::link(
        address(&["connections", &number], &[]),
        text(record, "code"),
    )];
    reason.push(Cell::text(short(text(record, "reason"), REASON)));
    if let Some(count) = record["count"].as_i64().filter(|count| *count > 1) {
        reason.push(Cell::Badge(Tone::Quiet, format!("× {count}")));
    }
    let cells = vec![
        Cell::time(at),
        outcome(t, record),
        Cell::text(short(device(record), DEVICE)),
        Cell::Several(reason),
        Cell::code(text(record, "address")),
    ];
    Row {
        id: Some(format!("record-{number}")),
        ..Row::new(&heads(t), cells)
    }
}

/// What to call the device of a record: what it calls itself.
fn device(record: &Value) -> &str {
    let names = ["clientId", "commonName", "subject", "serial"];
    let found = names
        .iter()
        .map(|name| text(record, name))
        .find(|name| !name.is_empty());
    found.unwrap_or("–")
}

/// `GET /console/connections?show=…&of=…&before=…`.
pub async fn list(visit: &Visit<'_>) -> Answer {
    let t = visit.t;
    let (shown, of, before) = (
        Shown::of(visit.asked("show")),
        visit.asked("of"),
        visit.asked("before"),
    );
    let query = [
        ("limit", PAGE.to_string()),
        ("of", of.to_owned()),
        ("show", shown.as_str().to_owned()),
        ("before", before.to_owned()),
    ];
    let query: Vec<String> = query
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", crate::web::view::escaped(value)))
        .collect();
    let found = visit
        .own(format!("/nameplate/attempts?{}", query.join("&")))
        .await?;
    let records = items(&found, "attempts");
    let mut pages = Vec::new();
    if !before.is_empty() {
        let newest = address(&["connections"], &[("show", shown.as_str()), ("of", of)]);
        pages.push((newest, t.newest));
    }
    if records.len() == PAGE
        && let Some(last) = records
            .last()
            .and_then(|record| record["sequence"].as_i64())
    {
        let last = last.to_string();
        let older = [
            ("show", shown.as_str()),
            ("of", of),
            ("before", last.as_str()),
        ];
        pages.push((address(&["connections"], &older), t.older));
    }
    let table = Table {
        caption: t.connections.to_owned(),
        heads: heads(t),
        rows: records.iter().map(|record| row(t, record)).collect(),
        empty: t.no_connections.to_owned(),
        pages,
        live: (of.is_empty() && before.is_empty()).then(|| {
            let since = visit.now().0.to_string();
            let query = [("show", shown.as_str()), ("since", since.as_str())];
            address(&["connections", "live"], &query)
        }),
    };
    let page = Page::new(t.connections)
        .lead(t.connections_lead)
        .with(Block::Form(filter(t, shown, of)))
        .with(Block::Table(table));
    Ok(page.into())
}

fn filter(t: &'static Text, shown: Shown, of: &str) -> Form {
    let choices = [
        ("first", t.show_first),
        ("refused", t.show_refused),
        ("all", t.show_all),
    ];
    let choices = choices.map(|(value, label)| (value.to_owned(), label.to_owned()));
    Form {
        id: "filter",
        action: address(&["connections"], &[]),
        fields: vec![
            Field::Choice(Input::new("show", t.show, shown.as_str()), choices.into()),
            Field::Line(Input::new("of", t.of_device, of).hint(t.of_device_hint)),
        ],
        buttons: vec![Button {
            value: "",
            label: t.filter,
            danger: false,
        }],
        inline: true,
        ..Form::default()
    }
}

/// `GET /console/connections/live?show=…`: server-sent events.
pub async fn live(visit: &Visit<'_>) -> Answer {
    // As whoever looks at the list.
    let newest = visit.own("/nameplate/attempts?limit=20".to_owned()).await?;
    let shown = Shown::of(visit.asked("show"));
    let since: i64 = visit.asked("since").parse().unwrap_or(i64::MAX);
    // What has come since the page was made.
    let first: Vec<Value> = items(&newest, "attempts")
        .iter()
        .filter(|record| crate::web::live::since(record, since))
        .cloned()
        .collect();
    let still = visit.still("nameplate:ListConnectionAttempts");
    let Some(events) = visit.console.live.events(visit.t, shown, &first, still) else {
        let busy = Response {
            status: 503,
            headers: vec![("retry-after", "60".into())],
            body: Body::Whole(Default::default()),
        };
        return Ok(Outcome::Response(busy));
    };
    Ok(Outcome::Response(Response {
        status: 200,
        headers: vec![
            ("content-type", "text/event-stream; charset=utf-8".into()),
            ("cache-control", "no-store".into()),
            ("x-content-type-options", "nosniff".into()),
        ],
        body: Body::Live(events),
    }))
}

/// `GET /console/connections/NUMBER`: the whole explanation.
pub async fn one(visit: &Visit<'_>, number: &str) -> Answer {
    let t = visit.t;
    let Ok(number) = number.parse::<i64>() else {
        return Err(Trouble::NoPage);
    };
    let found = visit
        .own(format!("/nameplate/attempts?sequence={number}"))
        .await?;
    let Some(record) = items(&found, "attempts").first() else {
        let mut page = Page::new(t.not_found).lead(t.record_gone);
        page.status = 404;
        return Ok(page.into());
    };
    let chinese = match t.lang {
        "zh" => visit.app().admission.in_chinese(record),
        _ => None,
    };
    let (meaning, translated) = chinese.unzip();
    let mut said: Vec<Cell> = meaning.into_iter().map(Cell::marked).collect();
    said.push(Cell::text(text(record, "reason")));
    let translated = translated.flatten();
    let remedy = translated
        .as_deref()
        .unwrap_or_else(|| text(record, "remedy"));
    if !remedy.is_empty() {
        let words = Cell::marked(remedy);
        said.push(Cell::Several(vec![Cell::text(t.what_to_do), words]));
    }
    let tone = match outcome(t, record) {
        Cell::Badge(tone, _) => tone,
        _ => Tone::Quiet,
    };
    let title = match outcome(t, record) {
        Cell::Badge(_, word) => format!("{word}: {}", text(record, "code")),
        _ => text(record, "code").to_owned(),
    };
    let page = Page::new(device(record))
        .with(Block::Notice(tone, title, said))
        .with_some(fixes(t, record))
        .with(Block::Steps(t.steps.to_owned(), steps(t, record)))
        .with_some(plan(t, record))
        .with(Block::Facts(t.facts.to_owned(), facts(t, record)));
    Ok(page.into())
}

fn steps(t: &'static Text, record: &Value) -> Vec<Step> {
    let passed = items(record, "stages").iter().map(|stage| Step {
        tone: Tone::Good,
        word: t.passed,
        name: text(stage, "stage").to_owned(),
        detail: Cell::text(text(stage, "detail")),
    });
    let failed = text(record, "failedStage");
    let failed = (!failed.is_empty()).then(|| Step {
        tone: Tone::Bad,
        word: t.failed,
        name: failed.to_owned(),
        detail: Cell::text(text(record, "reason")),
    });
    passed.chain(failed).collect()
}

fn plan(t: &'static Text, record: &Value) -> Option<Block> {
    let steps: Vec<Cell> = items(record, "plan")
        .iter()
        .filter_map(|step| Some(Cell::text(step.as_str()?)))
        .collect();
    (!steps.is_empty())
        .then(|| Block::Facts(t.plan.to_owned(), vec![(t.plan_steps, Cell::Lines(steps))]))
}

fn facts(t: &'static Text, record: &Value) -> Vec<(&'static str, Cell)> {
    let texts = [
        (t.client_id, "clientId"),
        (t.certificate, "certificateId"),
        (t.serial, "serial"),
        (t.subject, "subject"),
        (t.issuer, "issuer"),
        (t.template, "template"),
        (t.flow, "flow"),
        (t.address, "address"),
        (t.listener, "listener"),
        (t.server_name, "serverName"),
        ("TLS", "tls"),
    ];
    let mut rows = Vec::new();
    let at = |name: &str| record[name].as_i64().map(|at| Cell::time(Millis(at)));
    rows.extend(at("at").map(|cell| (t.began, cell)));
    rows.extend(at("endedAt").map(|cell| (t.ended, cell)));
    if let Some(count) = record["count"].as_i64() {
        rows.push((t.times, Cell::text(count.to_string())));
        rows.extend(at("firstAt").map(|cell| (t.first_time, cell)));
    }
    for (label, name) in texts {
        let value = text(record, name);
        if !value.is_empty() {
            rows.push((label, Cell::code(value)));
        }
    }
    rows
}

/// The pages on which what was in the way can be put right.
fn fixes(t: &'static Text, record: &Value) -> Option<Block> {
    let (code, certificate) = (text(record, "code"), text(record, "certificateId"));
    let mut links = Vec::new();
    if let Some(place) = template_of(text(record, "template")) {
        links.push((place, t.fix_template.to_owned()));
    }
    let of_authority = code.starts_with("ca-") || code == "auto-registration-disabled";
    match code {
        "ca-unknown" | "ca-issuer-unregistered" | "ca-deleted" | "certificate-signature" => {
            links.push((
                address(&["cas", "new"], &[]),
                t.register_authority.to_owned(),
            ));
        }
        _ if of_authority => {
            let place = match id_in(text(record, "reason")) {
                Some(id) => address(&["cas", id], &[]),
                None => address(&["cas"], &[]),
            };
            links.push((place, t.fix_authority.to_owned()));
        }
        _ => {}
    }
    let known = items(record, "stages").iter().any(|stage| {
        matches!(
            text(stage, "stage"),
            "registered" | "auto-registered" | "provisioned"
        )
    });
    let of_certificate = [
        "certificate-inactive",
        "certificate-pending",
        "certificate-not-active",
    ];
    if !certificate.is_empty() && (known || of_certificate.contains(&code)) {
        links.push((
            address(&["certificates", certificate], &[]),
            t.to_certificate.to_owned(),
        ));
    }
    if code == "vending-pending" || code.starts_with("vending-") {
        links.push((address(&["vending"], &[]), t.vending.to_owned()));
    }
    if !certificate.is_empty() {
        let all = address(&["connections"], &[("of", certificate), ("show", "all")]);
        links.push((all, t.its_connections.to_owned()));
    }
    (!links.is_empty()).then_some(Block::Links(links))
}

/// The page of a template by its label in records: `cacert/ID`, or name and version.
fn template_of(label: &str) -> Option<String> {
    match (label.strip_prefix("cacert/"), label.rsplit_once('@')) {
        (Some(id), _) => Some(address(&["cas", id, "template"], &[])),
        (None, Some((name, _))) => Some(address(&["templates", name], &[])),
        (None, None) => None,
    }
}

/// The id of a certificate in a sentence.
fn id_in(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_hexdigit())
        .find(|word| word.len() == 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn which_records_are_of_first_connections() {
        let stage = |name: &str| json!({"stage": name, "at": 1});
        for (what, record, first, refused) in [
            (
                "known",
                json!({"stages": [stage("registered"), stage("connected")]}),
                false,
                false,
            ),
            (
                "provisioned",
                json!({"flow": "jitp", "stages": [stage("provisioned")]}),
                true,
                false,
            ),
            (
                "again",
                json!({"flow": "jitp", "stages": [stage("registered")]}),
                true,
                false,
            ),
            (
                "refused",
                json!({"failedStage": "issuer", "stages": []}),
                true,
                true,
            ),
            (
                "later",
                json!({"failedStage": "open", "stages": [stage("connected")]}),
                false,
                true,
            ),
        ] {
            assert_eq!(Shown::First.has(&record), first, "{what}");
            assert_eq!(Shown::Refused.has(&record), refused, "{what}");
            assert!(Shown::All.has(&record));
        }
    }

    #[test]
    fn every_refusal_leads_to_where_it_is_put_right() {
        let t = &crate::web::text::ENGLISH;
        let id = "ab".repeat(32);
        for (record, place) in [
            (json!({"code": "ca-unknown"}), "/console/cas/new".to_owned()),
            (
                json!({"code": "missing", "template": format!("cacert/{id}")}),
                format!("/console/cas/{id}/template"),
            ),
            (
                json!({"code": "missing", "template": "fleet@3"}),
                "/console/templates/fleet".to_owned(),
            ),
            (
                json!({"code": "ca-inactive", "reason": format!("the CA certificate {id} is INACTIVE")}),
                format!("/console/cas/{id}"),
            ),
            (
                json!({"code": "certificate-inactive", "certificateId": id}),
                format!("/console/certificates/{id}"),
            ),
        ] {
            let Some(Block::Links(links)) = fixes(t, &record) else {
                panic!("{record}: no links")
            };
            assert_eq!(links[0].0, place, "{record}");
        }
    }
}
