//! Log events: what is put, and pages of what is read.

use super::group_of;
use crate::api::Call;
use crate::api::page::Page;
use crate::app::Error;
use crate::app::log_groups::Read;
use nameplate_functions::{LogEvent, Place};
use serde_json::{Map, Value, json};

/// Events of one page (CloudWatch Logs API: FilterLogEvents, GetLogEvents).
const PAGE: usize = 10_000;
/// Digits of an event's id: those of its time and those of its number.
const ID: (usize, usize) = (20, 36);

/// `PutLogEvents`. Sequence tokens are taken and not looked at, as in AWS since 2023.
pub async fn put_log_events(call: &Call<'_>) -> Result<Value, Error> {
    call.not_built(&["entity"])?;
    let (group, stream) = (
        call.required("logGroupName")?,
        call.required("logStreamName")?,
    );
    let events = call.input.items("logEvents").iter();
    let lines = events.map(|event| {
        let at = event["timestamp"].as_i64().unwrap_or_default();
        (at, event["message"].as_str().unwrap_or_default().to_owned())
    });
    let put = call
        .app
        .log_groups
        .put(group, stream, lines.collect())
        .await?;
    let mut rejected = Map::new();
    for (name, index) in [
        ("tooNewLogEventStartIndex", put.too_new_from),
        ("tooOldLogEventEndIndex", put.too_old_until),
        ("expiredLogEventEndIndex", put.expired_until),
    ] {
        rejected.extend(index.map(|index| (name.to_owned(), json!(index))));
    }
    let token = id(Place(call.caller.ctx.now.0, 0));
    let mut answer = json!({"nextSequenceToken": token});
    if !rejected.is_empty() {
        answer["rejectedLogEventsInfo"] = Value::Object(rejected);
    }
    Ok(answer)
}

/// `GetLogEvents`: of one stream, from either end.
pub async fn get_log_events(call: &Call<'_>) -> Result<Value, Error> {
    let stream = call.required("logStreamName")?.to_owned();
    let (backward, beyond) = match call.input.text("nextToken") {
        None => (call.input.flag("startFromHead") != Some(true), None),
        Some(token) => {
            let wrong = || Error::invalid("The specified nextToken is invalid.");
            let (way, place) = token.split_once('/').ok_or_else(wrong)?;
            let backward = match way {
                "f" => false,
                "b" => true,
                _ => return Err(wrong()),
            };
            (backward, Some(place_of(place).ok_or_else(wrong)?))
        }
    };
    let read = Read {
        streams: vec![stream],
        beyond,
        backward,
        must_exist: true,
        ..window(call)?
    };
    let from = read.from.unwrap_or(0);
    let group = group_of(call)?;
    let page = call.app.log_groups.read(&group, read).await?;
    // Where nothing was found, the tokens stay where they are.
    let stay = beyond.unwrap_or(Place(from, 0));
    let first = page.events.first().map_or(stay, LogEvent::place);
    let last = page.events.last().map_or(stay, LogEvent::place);
    let events = page.events.iter().map(|event| {
        json!({
            "timestamp": event.timestamp,
            "message": event.message,
            "ingestionTime": event.ingested(),
        })
    });
    Ok(json!({
        "events": events.collect::<Vec<_>>(),
        "nextForwardToken": format!("f/{}", id(last)),
        "nextBackwardToken": format!("b/{}", id(first)),
    }))
}

/// `FilterLogEvents`: of all streams of a group, or of some, those that a pattern finds.
pub async fn filter_log_events(call: &Call<'_>) -> Result<Value, Error> {
    let group = group_of(call)?;
    let names = call.input.items("logStreamNames").iter();
    let streams: Vec<String> = names
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect();
    let prefix = call.input.text("logStreamNamePrefix").map(str::to_owned);
    if !streams.is_empty() && prefix.is_some() {
        return Err(Error::invalid(
            "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
        ));
    }
    let page = Page::limited_tokens(call, PAGE)?;
    let wrong = || Error::invalid("The specified nextToken is invalid.");
    let beyond = page
        .from
        .as_deref()
        .map(|from| place_of(from).ok_or_else(wrong));
    let backward = call.input.flag("startFromHead") == Some(false);
    let read = Read {
        must_exist: !streams.is_empty(),
        streams,
        prefix,
        beyond: beyond.transpose()?,
        backward,
        pattern: call.input.text("filterPattern").map(str::to_owned),
        ..window(call)?
    };
    let mut found = call.app.log_groups.read(&group, read).await?;
    if backward {
        found.events.reverse();
    }
    let next = found
        .events
        .last()
        .filter(|_| found.more)
        .map(|event| id(event.place()));
    let events = found.events.iter().map(|event| {
        json!({
            "logStreamName": event.stream,
            "timestamp": event.timestamp,
            "message": event.message,
            "ingestionTime": event.ingested(),
            "eventId": id(event.place()),
        })
    });
    let mut answer = page.answer("events", events.collect(), next);
    // AWS has left it empty since 2020.
    answer["searchedLogStreams"] = json!([]);
    Ok(answer)
}

/// Times and length of a page. The end of GetLogEvents is exclusive, that of FilterLogEvents inclusive.
fn window(call: &Call<'_>) -> Result<Read, Error> {
    let (from, until) = (
        call.input.integer("startTime"),
        call.input.integer("endTime"),
    );
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        return Err(Error::invalid("startTime must not be after endTime."));
    }
    if call.input.flag("unmask") == Some(true) {
        call.not_built(&["unmask"])?;
    }
    let inclusive = call.operation.name == "FilterLogEvents";
    let limit = call.input.integer("limit");
    Ok(Read {
        from,
        until: until.map(|until| until.saturating_add(i64::from(inclusive))),
        limit: limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(PAGE),
        ..Read::default()
    })
}

/// An event's id, or a place in a token: 56 digits, as AWS's.
fn id(place: Place) -> String {
    format!("{:0a$}{:0b$}", place.0.max(0), place.1, a = ID.0, b = ID.1)
}

fn place_of(id: &str) -> Option<Place> {
    let digits = id.len() == ID.0 + ID.1 && id.bytes().all(|byte| byte.is_ascii_digit());
    let (time, number) = digits.then(|| id.split_at(ID.0))?;
    Some(Place(time.parse().ok()?, number.parse().ok()?))
}
