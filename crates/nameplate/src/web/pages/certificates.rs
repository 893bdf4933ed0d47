//! Device certificates: newest first or by the end of their validity, and each with its policies, things and status.

use super::{PAGE, button, danger, done, name_of, pages, path, query};
use crate::api::logged_in::Question;
use crate::web::text::Text;
use crate::web::view::{Block, Cell, Field, Form, Input, Page, Row, Table, Tone, address};
use crate::web::visit::{Answer, Visit, list as items, text};
use nameplate_core::ctx::Millis;
use serde_json::{Value, json};

/// A status in its colour.
pub fn status(word: &str) -> Cell {
    let tone = match word {
        "ACTIVE" => Tone::Good,
        "REVOKED" => Tone::Bad,
        "PENDING_ACTIVATION" | "PENDING_TRANSFER" | "REGISTER_INACTIVE" => Tone::Warn,
        _ => Tone::Quiet,
    };
    Cell::Badge(tone, word.to_owned())
}

/// The end of a validity, and whether it is near.
pub fn expiry(t: &'static Text, at: Millis, now: Millis) -> Cell {
    let days = (at.0 - now.0).div_euclid(86_400_000);
    let when = Cell::time(at);
    match days {
        ..0 => Cell::Several(vec![when, Cell::Badge(Tone::Bad, t.expired.to_owned())]),
        0..30 => Cell::Several(vec![
            when,
            Cell::Badge(Tone::Warn, format!("{days} {}", t.days)),
        ]),
        _ => when,
    }
}

/// `GET /console/certificates?order=…&ca=…&after=…`.
pub async fn list(visit: &Visit<'_>) -> Answer {
    let (t, order, ca, after) = (
        visit.t,
        visit.asked("order"),
        visit.asked("ca"),
        visit.asked("after"),
    );
    let size = PAGE.to_string();
    let by_expiry = order == "expiry";
    let found = match (by_expiry, ca) {
        (true, _) => {
            let page = query(&[
                ("limit", &size),
                ("nextToken", after),
                ("from", visit.asked("from")),
            ]);
            visit.own(format!("/nameplate/certificates{page}")).await?
        }
        (false, "") => {
            let page = query(&[("pageSize", &size), ("marker", after)]);
            visit.iot(format!("/certificates{page}")).await?
        }
        (false, ca) => {
            let page = query(&[("pageSize", &size), ("marker", after)]);
            visit
                .iot(format!("{}{page}", path(&["certificates-by-ca", ca])))
                .await?
        }
    };
    let heads = match by_expiry {
        true => vec![t.certificate, t.status, t.expires, t.things],
        false => vec![t.certificate, t.status, t.registered_at],
    };
    let rows = items(&found, "certificates").iter().map(|one| {
        let mut cells = vec![
            super::certificate(text(one, "certificateId")),
            status(text(one, "status")),
        ];
        if by_expiry {
            let at = Millis((one["notAfter"].as_f64().unwrap_or_default() * 1000.0) as i64);
            cells.push(expiry(t, at, visit.now()));
            let things = items(one, "things").iter().filter_map(Value::as_str);
            let things = things.map(|name| Cell::link(address(&["things", name], &[]), name));
            cells.push(Cell::Lines(things.collect()));
        } else {
            cells.push(Cell::seconds(one["creationDate"].as_f64()));
        }
        Row::new(&heads, cells)
    });
    let next = match by_expiry {
        true => &found["nextToken"],
        false => &found["nextMarker"],
    };
    let table = Table {
        caption: t.certificates.to_owned(),
        rows: rows.collect(),
        empty: t.no_certificates.to_owned(),
        pages: pages(
            t,
            &["certificates"],
            &[("order", order), ("ca", ca)],
            after,
            next,
        ),
        live: None,
        heads: heads.clone(),
    };
    let orders = [("newest", t.newest_first), ("expiry", t.by_expiry)];
    let orders = orders.map(|(value, label)| (value.to_owned(), label.to_owned()));
    let filter = Form {
        id: "filter",
        action: address(&["certificates"], &[]),
        fields: vec![Field::Choice(
            Input::new("order", t.order, order),
            orders.into(),
        )],
        buttons: vec![button("", t.show)],
        inline: true,
        ..Form::default()
    };
    Ok(Page::new(t.certificates)
        .with(Block::Form(filter))
        .with(Block::Table(table))
        .into())
}

/// `GET /console/certificates/ID`.
pub async fn one(visit: &Visit<'_>, id: &str) -> Answer {
    let t = visit.t;
    let found = visit.iot(path(&["certificates", id])).await?;
    let described = &found["certificateDescription"];
    let arn = text(described, "certificateArn");
    let policies = visit
        .send("POST", path(&["attached-policies", arn]), Value::Null)
        .await;
    let things = Question {
        service: "iot",
        method: "GET",
        target: "/principals/things".into(),
        headers: vec![("x-amzn-principal", arn.to_owned())],
        ..Question::default()
    };
    let things = visit.ask(things).await;
    let validity = &described["validity"];
    let millis = |name: &str| Millis((validity[name].as_f64().unwrap_or_default() * 1000.0) as i64);
    let ca = text(described, "caCertificateId");
    let mut facts = vec![
        (t.status, status(text(described, "status"))),
        (t.expires, expiry(t, millis("notAfter"), visit.now())),
        (t.valid_from, Cell::time(millis("notBefore"))),
        (
            t.registered_at,
            Cell::seconds(described["creationDate"].as_f64()),
        ),
        (t.certificate, Cell::code(id)),
        ("ARN", Cell::code(arn)),
        (t.mode, Cell::code(text(described, "certificateMode"))),
    ];
    if !ca.is_empty() {
        facts.push((t.authority, Cell::link(address(&["cas", ca], &[]), ca)));
    }
    if let Ok(things) = things {
        let names = items(&things, "things").iter().filter_map(Value::as_str);
        let names = names.map(|name| Cell::link(address(&["things", name], &[]), name));
        facts.push((t.things, Cell::Lines(names.collect())));
    }
    let mut page = Page::new(format!(
        "{} {}…",
        t.certificate,
        id.chars().take(12).collect::<String>()
    ))
    .with(Block::Links(vec![(
        address(&["connections"], &[("of", id), ("show", "all")]),
        t.its_connections.to_owned(),
    )]))
    .with(Block::Facts(t.facts.to_owned(), facts));
    if let Ok(policies) = policies {
        page = with_policies(visit, page, id, items(&policies, "policies"));
    }
    let this = address(&["certificates", id], &[]);
    let mut buttons = vec![
        button("ACTIVE", t.activate),
        button("INACTIVE", t.deactivate),
        danger("REVOKED", t.revoke),
    ];
    buttons.retain(|button| button.value != text(described, "status"));
    let change = Form {
        id: "status",
        title: t.status.to_owned(),
        action: this,
        token: visit.token(),
        buttons,
        ..Form::default()
    };
    Ok(page
        .with(Block::Form(change))
        .with(Block::Document(
            "PEM".to_owned(),
            text(described, "certificatePem").to_owned(),
        ))
        .into())
}

fn with_policies(visit: &Visit<'_>, page: Page, id: &str, policies: &[Value]) -> Page {
    let t = visit.t;
    let names: Vec<&str> = policies
        .iter()
        .map(|policy| text(policy, "policyName"))
        .collect();
    let links = names
        .iter()
        .map(|name| Cell::link(address(&["policies", name], &[]), *name))
        .collect();
    let none = names.is_empty().then(|| {
        Block::Notice(
            Tone::Warn,
            t.no_policy.to_owned(),
            vec![Cell::text(t.no_policy_lead)],
        )
    });
    let attach = Form {
        id: "attach",
        title: t.policies.to_owned(),
        action: address(&["certificates", id], &[]),
        token: visit.token(),
        fields: vec![Field::Line(Input::new("policy", t.policy, "").required())],
        buttons: vec![button("attach", t.attach), danger("detach", t.detach)],
        ..Form::default()
    };
    page.with_some(none)
        .with(Block::Facts(
            String::new(),
            vec![(t.policies, Cell::Lines(links))],
        ))
        .with(Block::Form(attach))
}

/// `POST /console/certificates/ID` with `do`.
pub async fn change(visit: &Visit<'_>, id: &str) -> Answer {
    let found = visit.iot(path(&["certificates", id])).await?;
    let arn = text(&found["certificateDescription"], "certificateArn");
    let policy = path(&["target-policies", visit.sent("policy")]);
    let said = match visit.sent("do") {
        "attach" => {
            visit.send("PUT", policy, json!({"target": arn})).await?;
            "attached"
        }
        "detach" => {
            visit.send("POST", policy, json!({"target": arn})).await?;
            "detached"
        }
        status => {
            let target = path(&["certificates", id]) + &query(&[("newStatus", status)]);
            visit.send("PUT", target, Value::Null).await?;
            "changed"
        }
    };
    Ok(done(&["certificates", id], said))
}

/// The page's table of an ARN's targets.
pub fn target(arn: &str) -> Cell {
    match arn.contains(":cert/") {
        true => super::certificate(name_of(arn)),
        false => Cell::code(arn),
    }
}
