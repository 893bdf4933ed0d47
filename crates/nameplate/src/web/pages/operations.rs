//! What is under way: bulk registration with its progress, vending with its approvals, functions with what they printed,
//! rules with what failed, and who is connected now.

use super::{PAGE, button, danger, done, pages, path, query};
use crate::api::logged_in::Question;
use crate::web::text::Text;
use crate::web::view::{
    Act, Block, Cell, Field, Form, Input, Page, Row, Table, Tone, address, short,
};
use crate::web::visit::{Answer, Trouble, Visit, list as items, text};
use nameplate_core::ctx::Millis;
use serde_json::{Value, json};

/// Lines of a function's log that are shown.
const LINES: usize = 200;
/// Characters of one of them, and of all that are shown.
const LINE: usize = 2_000;
const PRINTED: usize = 30_000;

fn status(word: &str) -> Cell {
    let tone = match word {
        "Completed" | "VENDED" => Tone::Good,
        "Failed" | "BLOCKED" => Tone::Bad,
        "InProgress" | "PENDING_APPROVAL" => Tone::Warn,
        _ => Tone::Quiet,
    };
    Cell::Badge(tone, word.to_owned())
}

/// `GET /console/bulk?after=…`: bulk registration tasks.
pub async fn tasks(visit: &Visit<'_>) -> Answer {
    let (t, after) = (visit.t, visit.asked("after"));
    let size = PAGE.to_string();
    let page = query(&[("maxResults", &size), ("nextToken", after)]);
    let found = visit
        .iot(format!("/thing-registration-tasks{page}"))
        .await?;
    let heads = vec![
        t.task,
        t.status,
        t.progress,
        t.succeeded,
        t.failed,
        t.created_at,
    ];
    let mut rows = Vec::new();
    for id in items(&found, "taskIds").iter().filter_map(Value::as_str) {
        let task = visit.iot(path(&["thing-registration-tasks", id])).await?;
        rows.push(Row::new(
            &heads,
            vec![
                Cell::link(address(&["bulk", id], &[]), id),
                status(text(&task, "status")),
                Cell::text(format!("{} %", task["percentageProgress"])),
                Cell::text(task["successCount"].to_string()),
                Cell::text(task["failureCount"].to_string()),
                Cell::seconds(task["creationDate"].as_f64()),
            ],
        ));
    }
    let table = Table {
        caption: t.bulk.to_owned(),
        rows,
        empty: t.no_tasks.to_owned(),
        pages: pages(t, &["bulk"], &[], after, &found["nextToken"]),
        live: None,
        heads,
    };
    Ok(Page::new(t.bulk)
        .lead(t.bulk_lead)
        .with(Block::Table(table))
        .into())
}

/// `GET /console/bulk/ID`: how far a task is, and its reports.
pub async fn task(visit: &Visit<'_>, id: &str) -> Answer {
    let t = visit.t;
    let task = visit.iot(path(&["thing-registration-tasks", id])).await?;
    let mut links = vec![(address(&["bulk", id], &[]), t.look_again.to_owned())];
    for (kind, label) in [("ERRORS", t.failed_lines), ("RESULTS", t.results)] {
        let target =
            path(&["thing-registration-tasks", id, "reports"]) + &query(&[("reportType", kind)]);
        if let Ok(found) = visit.iot(target).await {
            let reports = items(&found, "resourceLinks")
                .iter()
                .filter_map(Value::as_str);
            links.extend(reports.map(|link| (link.to_owned(), label.to_owned())));
        }
    }
    let facts = vec![
        (t.status, status(text(&task, "status"))),
        (
            t.progress,
            Cell::text(format!("{} %", task["percentageProgress"])),
        ),
        (t.succeeded, Cell::text(task["successCount"].to_string())),
        (t.failed, Cell::text(task["failureCount"].to_string())),
        (t.message, Cell::text(text(&task, "message"))),
        (
            t.input,
            Cell::code(format!(
                "s3://{}/{}",
                text(&task, "inputFileBucket"),
                text(&task, "inputFileKey")
            )),
        ),
        (t.role, Cell::code(text(&task, "roleArn"))),
        (t.created_at, Cell::seconds(task["creationDate"].as_f64())),
        (
            t.changed_at,
            Cell::seconds(task["lastModifiedDate"].as_f64()),
        ),
    ];
    let failed = match task["failureCount"].as_i64() {
        Some(1..) => failed_lines(visit, id).await,
        _ => None,
    };
    let stop = (text(&task, "status") == "InProgress").then(|| {
        let action = address(&["bulk", id], &[]);
        super::act(visit, "stop", action, &[], danger("stop", t.stop))
    });
    Ok(Page::new(format!("{} {id}", t.task))
        .with(Block::Links(links))
        .with(Block::Facts(t.facts.to_owned(), facts))
        .with_some(stop)
        .with_some(failed)
        .with(Block::Document(
            t.template.to_owned(),
            super::pretty(text(&task, "templateBody")),
        ))
        .into())
}

/// The first lines of a task that failed, with their reasons; nothing for whoever may not read reports.
async fn failed_lines(visit: &Visit<'_>, id: &str) -> Option<Block> {
    let t = visit.t;
    let target = path(&["nameplate", "bulk", id, "failed"]);
    let found = visit.own(target).await.ok()?;
    let heads = vec![t.line, t.reason];
    let rows = items(&found, "lines").iter().map(|line| {
        let number = Cell::text(line["lineNumber"].to_string());
        Row::new(&heads, vec![number, Cell::text(text(line, "errorMessage"))])
    });
    let caption = match found["more"] == true {
        true => format!("{} ({})", t.failed_lines, t.the_first),
        false => t.failed_lines.to_owned(),
    };
    Some(Block::Table(Table {
        caption,
        rows: rows.collect(),
        heads: heads.clone(),
        ..Table::default()
    }))
}

/// `POST /console/bulk/ID`: stops a task.
pub async fn stop(visit: &Visit<'_>, id: &str) -> Answer {
    let target = path(&["thing-registration-tasks", id, "cancel"]);
    visit.send("PUT", target, Value::Null).await?;
    Ok(done(&["bulk", id], "changed"))
}

/// `GET /console/vending`: batches.
pub async fn batches(visit: &Visit<'_>) -> Answer {
    let t = visit.t;
    let found = visit.own("/nameplate/vending/batches".to_owned()).await?;
    let heads = vec![t.batch, t.proof, t.approval, t.template];
    let rows = items(&found, "batches").iter().map(|batch| {
        let name = text(batch, "name");
        let approval = match batch["approval"] == true {
            true => Cell::Badge(Tone::Warn, t.approval.to_owned()),
            false => Cell::none(),
        };
        let cells = vec![
            Cell::link(address(&["vending", name], &[]), name),
            Cell::code(text(batch, "proof")),
            approval,
            Cell::text(text(batch, "templateName")),
        ];
        Row::new(&heads, cells)
    });
    let table = Table {
        caption: t.vending.to_owned(),
        rows: rows.collect(),
        empty: t.no_batches.to_owned(),
        heads: heads.clone(),
        ..Table::default()
    };
    Ok(Page::new(t.vending)
        .lead(t.vending_lead)
        .with(Block::Table(table))
        .with_some(pending(visit).await?)
        .into())
}

/// Devices of all batches that wait for an operator's word, which is given here; nothing for whoever may not list them.
async fn pending(visit: &Visit<'_>) -> Result<Option<Block>, Trouble> {
    let (t, after) = (visit.t, visit.asked("after"));
    let size = PAGE.to_string();
    let page = query(&[("maxResults", &size), ("nextToken", after)]);
    let found = match visit.own(format!("/nameplate/vending/pending{page}")).await {
        Err(refusal) if refusal.status == 403 => return Ok(None),
        found => found?,
    };
    let heads = vec![t.serial, t.batch, t.decide];
    let rows = items(&found, "entries").iter().map(|entry| {
        let (batch, serial) = (text(entry, "batch"), text(entry, "serialNumber"));
        let cells = vec![
            Cell::link(address(&["vending", batch, serial], &[]), serial),
            Cell::link(address(&["vending", batch], &[]), batch),
            Cell::Buttons(Act {
                action: address(&["vending", batch, serial], &[]),
                token: visit.token().unwrap_or_default(),
                of: serial.to_owned(),
                buttons: vec![button("APPROVED", t.approve), danger("BLOCKED", t.block)],
            }),
        ];
        Row::new(&heads, cells)
    });
    Ok(Some(Block::Table(Table {
        caption: t.pending.to_owned(),
        rows: rows.collect(),
        empty: t.none_pending.to_owned(),
        pages: pages(t, &["vending"], &[], after, &found["nextToken"]),
        live: None,
        heads: heads.clone(),
    })))
}

/// `GET /console/vending/BATCH?after=…`: its devices, and where each stands.
pub async fn batch(visit: &Visit<'_>, name: &str) -> Answer {
    let (t, after) = (visit.t, visit.asked("after"));
    let size = PAGE.to_string();
    let page = query(&[("maxResults", &size), ("nextToken", after)]);
    let found = visit
        .own(path(&["nameplate", "vending", "batches", name, "entries"]) + &page)
        .await?;
    let heads = vec![t.serial, t.status, t.thing, t.certificate, t.vended_at];
    let rows = items(&found, "entries").iter().map(|entry| {
        let thing = text(entry, "thingName");
        let certificate = text(entry, "certificateId");
        let serial = text(entry, "serialNumber");
        let cells = vec![
            Cell::link(address(&["vending", name, serial], &[]), serial),
            status(text(entry, "status")),
            if thing.is_empty() {
                Cell::none()
            } else {
                Cell::link(address(&["things", thing], &[]), thing)
            },
            if certificate.is_empty() {
                Cell::none()
            } else {
                super::certificate(certificate)
            },
            Cell::seconds(entry["vendedAt"].as_f64()),
        ];
        Row::new(&heads, cells)
    });
    let table = Table {
        caption: t.devices.to_owned(),
        rows: rows.collect(),
        empty: t.no_devices.to_owned(),
        pages: pages(t, &["vending", name], &[], after, &found["nextToken"]),
        live: None,
        heads: heads.clone(),
    };
    let find = Form {
        id: "find",
        action: address(&["vending", name, "find"], &[]),
        fields: vec![Field::Line(Input::new("serial", t.serial, "").required())],
        buttons: vec![button("", t.find)],
        inline: true,
        ..Form::default()
    };
    Ok(Page::new(format!("{} {name}", t.batch))
        .with(Block::Form(find))
        .with(Block::Table(table))
        .into())
}

/// `GET /console/vending/BATCH/SERIAL`: a device, with what an operator decides.
pub async fn entry(visit: &Visit<'_>, batch: &str, serial: &str) -> Answer {
    let t = visit.t;
    let entry = visit
        .own(path(&["nameplate", "vending", "entries", serial]))
        .await?;
    let mut facts = vec![
        (t.batch, Cell::code(text(&entry, "batch"))),
        (t.status, status(text(&entry, "status"))),
    ];
    let certificate = text(&entry, "certificateId");
    if !certificate.is_empty() {
        facts.push((t.certificate, super::certificate(certificate)));
    }
    let thing = text(&entry, "thingName");
    if !thing.is_empty() {
        facts.push((t.thing, Cell::link(address(&["things", thing], &[]), thing)));
    }
    let parameters = entry["parameters"].as_object().into_iter().flatten();
    let parameters = parameters
        .map(|(name, value)| Cell::code(format!("{name}={}", value.as_str().unwrap_or_default())));
    facts.push((t.parameters, Cell::Lines(parameters.collect())));
    let decide = Form {
        id: "decide",
        title: t.decide.to_owned(),
        action: address(&["vending", batch, serial], &[]),
        token: visit.token(),
        buttons: vec![
            button("APPROVED", t.approve),
            button("NEW", t.release),
            danger("BLOCKED", t.block),
        ],
        ..Form::default()
    };
    let links = vec![(
        address(&["connections"], &[("of", serial), ("show", "all")]),
        t.its_connections.to_owned(),
    )];
    Ok(Page::new(serial)
        .with(Block::Links(links))
        .with(Block::Facts(t.facts.to_owned(), facts))
        .with(Block::Form(decide))
        .into())
}

/// `POST /console/vending/BATCH/SERIAL`.
pub async fn decide(visit: &Visit<'_>, batch: &str, serial: &str) -> Answer {
    let question = Question {
        service: "nameplate",
        method: "PATCH",
        target: path(&["nameplate", "vending", "entries", serial]),
        body: json!({"status": visit.sent("do")}),
        ..Question::default()
    };
    visit.ask(question).await?;
    Ok(match visit.sent("from") {
        "list" => done(&["vending"], "changed"),
        _ => done(&["vending", batch, serial], "changed"),
    })
}

/// `GET /console/functions?after=…`.
pub async fn functions(visit: &Visit<'_>) -> Answer {
    let (t, after) = (visit.t, visit.asked("after"));
    let size = PAGE.to_string();
    let page = query(&[("MaxItems", &size), ("Marker", after)]);
    let found = visit
        .get("lambda", format!("/2015-03-31/functions/{page}"))
        .await?;
    let heads = vec![t.name, t.runtime, t.handler, t.changed_at];
    let rows = items(&found, "Functions").iter().map(|function| {
        let name = text(function, "FunctionName");
        let cells = vec![
            Cell::link(address(&["functions", name], &[]), name),
            Cell::code(text(function, "Runtime")),
            Cell::code(text(function, "Handler")),
            Cell::text(text(function, "LastModified")),
        ];
        Row::new(&heads, cells)
    });
    let table = Table {
        caption: t.functions.to_owned(),
        rows: rows.collect(),
        empty: t.no_functions.to_owned(),
        pages: pages(t, &["functions"], &[], after, &found["NextMarker"]),
        live: None,
        heads: heads.clone(),
    };
    Ok(Page::new(t.functions).with(Block::Table(table)).into())
}

/// `GET /console/functions/NAME`: what it is, and what it printed last.
pub async fn function(visit: &Visit<'_>, name: &str) -> Answer {
    let t = visit.t;
    let found = visit
        .get("lambda", path(&["2015-03-31", "functions", name]))
        .await?;
    let function = &found["Configuration"];
    let facts = vec![
        (t.runtime, Cell::code(text(function, "Runtime"))),
        (t.handler, Cell::code(text(function, "Handler"))),
        (t.role, Cell::code(text(function, "Role"))),
        (t.status, Cell::code(text(function, "State"))),
        (t.changed_at, Cell::text(text(function, "LastModified"))),
        ("ARN", Cell::code(text(function, "FunctionArn"))),
    ];
    let lines = LINES.to_string();
    let logs = query(&[("function", name), ("tail", "true"), ("limit", &lines)]);
    let log = match visit.own(format!("/nameplate/logs{logs}")).await {
        Ok(found) => {
            let heads = vec![t.time, t.printed];
            let mut room = PRINTED;
            // The newest come first, so that they have the room.
            let shown = items(&found, "events").iter().rev().map_while(|event| {
                let message = short(text(event, "message"), LINE);
                room = room.checked_sub(message.chars().count())?;
                Some((event, message))
            });
            let rows = shown.map(|(event, message)| {
                let at = Millis(event["timestamp"].as_i64().unwrap_or_default());
                Row::new(&heads, vec![Cell::time(at), Cell::Document(message)])
            });
            Block::Table(Table {
                caption: t.log.to_owned(),
                rows: rows.collect(),
                empty: t.nothing_printed.to_owned(),
                heads: heads.clone(),
                ..Table::default()
            })
        }
        Err(refusal) => Block::Notice(
            Tone::Quiet,
            t.log.to_owned(),
            vec![Cell::text(refusal.message)],
        ),
    };
    let links = vec![(address(&["functions", name], &[]), t.look_again.to_owned())];
    Ok(Page::new(name)
        .with(Block::Links(links))
        .with(Block::Facts(t.facts.to_owned(), facts))
        .with(log)
        .into())
}

/// `GET /console/rules?after=…`.
pub async fn rules(visit: &Visit<'_>) -> Answer {
    let (t, after) = (visit.t, visit.asked("after"));
    let size = PAGE.to_string();
    let page = query(&[("maxResults", &size), ("nextToken", after)]);
    let found = visit.iot(format!("/rules{page}")).await?;
    let heads = vec![t.name, t.topic, t.enabled, t.created_at];
    let rows = items(&found, "rules").iter().map(|rule| {
        let name = text(rule, "ruleName");
        let cells = vec![
            Cell::link(address(&["rules", name], &[]), name),
            Cell::code(text(rule, "topicPattern")),
            enabled(t, rule["ruleDisabled"] == true),
            Cell::seconds(rule["createdAt"].as_f64()),
        ];
        Row::new(&heads, cells)
    });
    let table = Table {
        caption: t.rules.to_owned(),
        rows: rows.collect(),
        empty: t.no_rules.to_owned(),
        pages: pages(t, &["rules"], &[], after, &found["nextToken"]),
        live: None,
        heads: heads.clone(),
    };
    Ok(Page::new(t.rules).with(Block::Table(table)).into())
}

fn enabled(t: &'static Text, disabled: bool) -> Cell {
    match disabled {
        true => Cell::Badge(Tone::Quiet, t.disabled.to_owned()),
        false => Cell::Badge(Tone::Good, t.enabled.to_owned()),
    }
}

/// `GET /console/rules/NAME`: a rule, how often it ran, and what failed.
pub async fn rule(visit: &Visit<'_>, name: &str) -> Answer {
    let t = visit.t;
    let found = visit.iot(path(&["rules", name])).await?;
    let rule = &found["rule"];
    let disabled = rule["ruleDisabled"] == true;
    let mut facts = vec![
        (t.enabled, enabled(t, disabled)),
        ("SQL", Cell::Document(text(rule, "sql").to_owned())),
        (t.description, Cell::text(text(rule, "description"))),
        (t.created_at, Cell::seconds(rule["createdAt"].as_f64())),
    ];
    let known = visit
        .own(format!(
            "/nameplate/attempts{}",
            query(&[("of", name), ("limit", "1")])
        ))
        .await;
    let known = known
        .ok()
        .and_then(|known| items(&known, "rules").first().cloned());
    let mut failures = None;
    if let Some(known) = &known {
        for (label, member) in [
            (t.matched, "matched"),
            (t.succeeded, "succeeded"),
            (t.failed, "failed"),
            (t.dropped, "dropped"),
        ] {
            facts.push((label, Cell::text(known[member].to_string())));
        }
        let heads = vec![t.last_time, t.reason, t.topic, t.times];
        let rows = items(known, "failures").iter().map(|failure| {
            let at = Millis(failure["lastAt"].as_i64().unwrap_or_default());
            let why = vec![
                Cell::code(text(failure, "action")),
                Cell::text(text(failure, "reason")),
            ];
            let cells = vec![
                Cell::time(at),
                Cell::Several(why),
                Cell::code(text(failure, "topic")),
                Cell::text(failure["count"].to_string()),
            ];
            Row::new(&heads, cells)
        });
        failures = Some(Block::Table(Table {
            caption: t.failures.to_owned(),
            rows: rows.collect(),
            empty: t.no_failures.to_owned(),
            heads: heads.clone(),
            ..Table::default()
        }));
    }
    let actions = serde_json::to_string_pretty(&rule["actions"]).unwrap_or_default();
    let change = match disabled {
        true => button("enable", t.enable),
        false => danger("disable", t.disable),
    };
    Ok(Page::new(name)
        .with(Block::Facts(t.facts.to_owned(), facts))
        .with_some(failures)
        .with(Block::Document(t.actions.to_owned(), actions))
        .with(super::act(
            visit,
            "switch",
            address(&["rules", name], &[]),
            &[],
            change,
        ))
        .into())
}

/// `POST /console/rules/NAME`: switched on or off.
pub async fn switch(visit: &Visit<'_>, name: &str) -> Answer {
    let what = match visit.sent("do") {
        "enable" => "enable",
        _ => "disable",
    };
    visit
        .send("POST", path(&["rules", name, what]), Value::Null)
        .await?;
    Ok(done(&["rules", name], "changed"))
}

/// `GET /console/connected?after=…`: who is connected now.
pub async fn connected(visit: &Visit<'_>) -> Answer {
    let (t, after) = (visit.t, visit.asked("after"));
    let size = PAGE.to_string();
    let found = visit
        .own(format!(
            "/nameplate/connections{}",
            query(&[("limit", &size), ("after", after)])
        ))
        .await?;
    let heads = vec![t.client_id, t.thing, t.since, t.address, t.certificate];
    let rows = items(&found, "connections").iter().map(|one| {
        let (thing, certificate) = (text(one, "thingName"), text(one, "certificateId"));
        let client_id = text(one, "clientId");
        let cells = vec![
            Cell::link(address(&["connected", client_id], &[]), client_id),
            if thing.is_empty() {
                Cell::none()
            } else {
                Cell::link(address(&["things", thing], &[]), thing)
            },
            Cell::time(Millis(one["since"].as_i64().unwrap_or_default())),
            Cell::code(text(one, "address")),
            if certificate.is_empty() {
                Cell::text(text(one, "principal"))
            } else {
                super::certificate(certificate)
            },
        ];
        Row::new(&heads, cells)
    });
    let table = Table {
        caption: t.connected_now.to_owned(),
        rows: rows.collect(),
        empty: t.nobody_connected.to_owned(),
        pages: pages(t, &["connected"], &[], after, &found["after"]),
        live: None,
        heads: heads.clone(),
    };
    let title = format!("{}: {}", t.connected_now, found["count"]);
    Ok(Page::new(title).with(Block::Table(table)).into())
}

/// `GET /console/connected/CLIENT`: a connection, and what it subscribes to.
pub async fn connection(visit: &Visit<'_>, client_id: &str) -> Answer {
    let t = visit.t;
    let one = visit
        .get(
            "iotdata",
            path(&["connections", client_id]) + "?includeSocketInformation=true",
        )
        .await?;
    let state = match one["connected"] == true {
        true => Cell::Badge(Tone::Good, t.connected.to_owned()),
        false => Cell::Badge(Tone::Quiet, t.ended.to_owned()),
    };
    let facts = vec![
        (t.status, state),
        (t.thing, Cell::text(text(&one, "thingName"))),
        (t.address, Cell::code(text(&one, "sourceIp"))),
        (
            t.keep_alive,
            Cell::text(one["keepAliveDuration"].to_string()),
        ),
        (t.clean_session, Cell::text(one["cleanSession"].to_string())),
    ];
    let subscriptions = visit
        .get(
            "iotdata",
            path(&["connections", client_id, "subscriptions"]),
        )
        .await;
    let subscriptions = subscriptions.ok().map(|found| {
        let filters = items(&found, "subscriptions")
            .iter()
            .map(|one| Cell::code(text(one, "topicFilter")));
        Block::Facts(
            String::new(),
            vec![(t.subscriptions, Cell::Lines(filters.collect()))],
        )
    });
    let links = vec![(
        address(&["connections"], &[("of", client_id), ("show", "all")]),
        t.its_connections.to_owned(),
    )];
    let action = address(&["connected", client_id], &[]);
    Ok(Page::new(client_id)
        .with(Block::Links(links))
        .with(Block::Facts(t.facts.to_owned(), facts))
        .with_some(subscriptions)
        .with(super::act(
            visit,
            "disconnect",
            action,
            &[],
            danger("disconnect", t.disconnect),
        ))
        .into())
}

/// `POST /console/connected/CLIENT`: ends it.
pub async fn disconnect(visit: &Visit<'_>, client_id: &str) -> Answer {
    let question = Question {
        service: "iotdata",
        method: "DELETE",
        target: path(&["connections", client_id]),
        ..Question::default()
    };
    visit.ask(question).await?;
    Ok(done(&["connected"], "disconnected"))
}
