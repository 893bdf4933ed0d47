//! Pictures: first connections over time by outcome, messages, how long connecting took, and which certificates end when.

use crate::api::logged_in::Refusal;
use crate::web::picture::{Series, bars};
use crate::web::view::{Block, Cell, Page, Picture, Row, Table, Tone, address, day, minute};
use crate::web::visit::{Answer, Visit, list as items};
use nameplate_core::ctx::Millis;
use serde_json::Value;

/// A picture, with its figures as a table that leaves out columns of nothing.
fn picture(
    visit: &Visit<'_>,
    title: &'static str,
    columns: &[String],
    each: usize,
    series: Vec<Series>,
) -> Block {
    let t = visit.t;
    let heads: Vec<&'static str> = std::iter::once(t.time)
        .chain(series.iter().map(|one| one.label))
        .collect();
    let rows = columns.iter().enumerate().filter_map(|(at, column)| {
        let values: Vec<u64> = series.iter().map(|one| one.values[at]).collect();
        if values.iter().all(|value| *value == 0) {
            return None;
        }
        let values = values
            .into_iter()
            .map(|value| Cell::text(value.to_string()));
        Some(Row::new(
            &heads,
            std::iter::once(Cell::text(column)).chain(values).collect(),
        ))
    });
    let figures = Table {
        caption: title.to_owned(),
        rows: rows.collect(),
        empty: t.nothing_yet.to_owned(),
        heads: heads.clone(),
        ..Table::default()
    };
    Block::Picture(Picture {
        title: title.to_owned(),
        svg: bars(title, columns, each, &series),
        figures,
        figures_label: t.figures,
    })
}

fn series(
    label: &'static str,
    class: &'static str,
    of: &[Value],
    value: impl Fn(&Value) -> u64,
) -> Series {
    Series {
        label,
        class,
        values: of.iter().map(value).collect(),
    }
}

/// `GET /console/overview`.
pub async fn page(visit: &Visit<'_>) -> Answer {
    let t = visit.t;
    let mut page = Page::new(t.overview).lead(t.overview_lead);
    match visit.own("/nameplate/history?minutes=60".to_owned()).await {
        Ok(history) => page.blocks.extend(minutes(visit, &history)),
        Err(refusal) => page.blocks.push(refused(visit, &refusal)),
    }
    match visit
        .own("/nameplate/certificates/expiry?weeks=26".to_owned())
        .await
    {
        Ok(expiry) => page.blocks.push(weeks(visit, &expiry)),
        Err(refusal) => page.blocks.push(refused(visit, &refusal)),
    }
    let soon = address(&["certificates"], &[("order", "expiry")]);
    Ok(page
        .with(Block::Links(vec![(soon, t.by_expiry.to_owned())]))
        .into())
}

fn refused(visit: &Visit<'_>, refusal: &Refusal) -> Block {
    Block::Notice(
        Tone::Quiet,
        visit.t.not_allowed.to_owned(),
        vec![Cell::text(&refusal.message)],
    )
}

fn minutes(visit: &Visit<'_>, history: &Value) -> [Block; 3] {
    let t = visit.t;
    let minutes = items(history, "minutes");
    let columns: Vec<String> = minutes
        .iter()
        .map(|one| minute(Millis(one["at"].as_i64().unwrap_or_default())))
        .collect();
    let number = |name: &'static str| move |one: &Value| one[name].as_u64().unwrap_or_default();
    let connections = vec![
        series(t.provisioned, "s1", minutes, number("provisioned")),
        series(t.connected, "s2", minutes, number("connected")),
        series(t.refused, "s3", minutes, number("refused")),
    ];
    let messages = vec![
        series(t.received, "s1", minutes, number("received")),
        series(t.sent, "s2", minutes, number("sent")),
    ];
    let slowest = vec![series(t.slowest, "s4", minutes, number("slowest"))];
    [
        picture(visit, t.connections_by_minute, &columns, 10, connections),
        picture(visit, t.messages_by_minute, &columns, 10, messages),
        picture(visit, t.latency_by_minute, &columns, 10, slowest),
    ]
}

fn weeks(visit: &Visit<'_>, expiry: &Value) -> Block {
    let weeks = items(expiry, "weeks");
    let columns: Vec<String> = weeks
        .iter()
        .map(|one| day(Millis(one["from"].as_i64().unwrap_or_default())))
        .collect();
    let count = |one: &Value| one["count"].as_u64().unwrap_or_default();
    let ending = vec![series(visit.t.ending, "s4", weeks, count)];
    picture(visit, visit.t.expiry_by_week, &columns, 4, ending)
}
