//! What tests do to a server that they have to themselves: empty it, keep its registry aside and put it back, move its
//! clock, and have things go wrong. Refused unless it was started with `--allow-reset`.

use super::Call;
use crate::app::ground::Wanted;
use crate::app::{Error, faults};
use faults::{Fault, Ordered};
use nameplate_aws::uri;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use std::time::Duration;

/// How far the clock may be moved at once, and in all: a hundred years, in milliseconds.
const FARTHEST: i64 = 100 * 366 * 24 * 3600 * 1000;
/// How often one order may have something go wrong.
const MOST_TIMES: u64 = 1_000_000;
/// How long a fault may take at most, milliseconds.
const LONGEST: u64 = 60_000;

/// Whether the caller may, and the server lets anyone.
async fn check(call: &Call<'_>, action: &str) -> Result<(), Error> {
    let iam = &call.app.iam;
    iam.may(&call.caller, action, "*", &[]).await?;
    call.app.ground().check_allowed()
}

/// The name in the path, behind `/nameplate/snapshots/`.
fn name(call: &Call<'_>) -> String {
    let (path, _) = uri::split_target(call.request.target);
    let segment = path.split('/').nth(3).unwrap_or_default();
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

/// The body as an object, an empty one where there is none; members that are not among `known` are refused.
fn body(call: &Call<'_>, known: &[&str]) -> Result<Value, Error> {
    if call.request.body.is_empty() {
        return Ok(json!({}));
    }
    let body: Value = serde_json::from_slice(call.request.body)
        .map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?;
    let Some(members) = body.as_object() else {
        return Err(Error::invalid("the body must be a JSON object"));
    };
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Error::invalid(format!(
            "{name:?} is not known here; {} are",
            known.join(", ")
        ))),
        None => Ok(body),
    }
}

/// A whole number of the body within bounds.
fn number(
    body: &Value,
    name: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Result<Option<i64>, Error> {
    let Some(value) = body.get(name) else {
        return Ok(None);
    };
    let fits = value.as_i64().filter(|number| range.contains(number));
    fits.map(Some).ok_or_else(|| {
        Error::invalid(format!(
            "{name} must be a whole number from {} to {}",
            range.start(),
            range.end()
        ))
    })
}

/// `POST /nameplate/reset`: empties everything but the root's key and the server's own, sends all devices away, puts
/// the clock right and forgets faults. Snapshots stay.
pub async fn reset(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:Reset").await?;
    body(call, &[])?;
    call.app.ground().become_another(Wanted::Empty).await?;
    Ok(json!({}))
}

/// `GET /nameplate/snapshots`: what is kept aside.
pub async fn snapshots(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:ListSnapshots").await?;
    let all = call.app.ground().snapshots().into_iter();
    let shown = all.map(|(name, snapshot)| {
        json!({"name": name, "createdAt": snapshot.made.0, "bytes": snapshot.bytes()})
    });
    Ok(json!({"snapshots": shown.collect::<Vec<_>>()}))
}

/// `POST /nameplate/snapshots/NAME`: keeps the registry aside as it is now.
pub async fn keep(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:CreateSnapshot").await?;
    body(call, &[])?;
    let name = name(call);
    let snapshot = call.app.keep(&name).await?;
    Ok(json!({"name": name, "createdAt": snapshot.made.0, "bytes": snapshot.bytes()}))
}

/// `POST /nameplate/snapshots/NAME/restore`: puts it back, and is otherwise like a reset.
pub async fn restore(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:RestoreSnapshot").await?;
    body(call, &[])?;
    let name = name(call);
    // Devices are not sent away for nothing.
    call.app.ground().snapshot(&name)?;
    let wanted = Wanted::Snapshot(name);
    call.app.ground().become_another(wanted).await?;
    Ok(json!({}))
}

/// `DELETE /nameplate/snapshots/NAME`: forgets it.
pub async fn forget(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:DeleteSnapshot").await?;
    let name = name(call);
    match call.app.ground().forget(&name) {
        true => Ok(json!({})),
        false => Err(Error::not_found(format!("there is no snapshot {name:?}"))),
    }
}

/// `GET /nameplate/clock`: the time that everything is decided by, in milliseconds since 1970, and how far it is ahead
/// of the machine's.
pub async fn clock(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:GetClock").await?;
    Ok(shown(call))
}

fn shown(call: &Call<'_>) -> Value {
    let time = call.app.time();
    json!({"now": time.now().0, "aheadMillis": time.ahead()})
}

/// `POST /nameplate/clock` with `seconds`: moves the clock forward by so many; with `at`, to this time in milliseconds
/// since 1970, which is not before now. What is over by then is over, and waits end. A reset puts it right.
pub async fn move_clock(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:MoveClock").await?;
    let body = body(call, &["seconds", "at"])?;
    let now = call.app.now().0;
    let by = match (
        number(&body, "seconds", 0..=FARTHEST / 1000)?,
        number(&body, "at", now..=now.saturating_add(FARTHEST))?,
    ) {
        (Some(seconds), None) => seconds * 1000,
        (None, Some(at)) => at - now,
        _ => return Err(Error::invalid("either seconds or at is required")),
    };
    call.app.move_clock(by, FARTHEST)?;
    Ok(shown(call))
}

/// `GET /nameplate/faults`: what is still to go wrong.
pub async fn faults(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:ListFaults").await?;
    let orders = call.app.faults().orders();
    Ok(json!({"faults": orders.iter().map(order).collect::<Vec<_>>()}))
}

fn order(ordered: &Ordered) -> Value {
    let delay = u64::try_from(ordered.delay.as_millis()).unwrap_or(u64::MAX);
    let mut shown = json!({
        "fault": ordered.fault.name(), "times": ordered.times, "delayMillis": delay,
    });
    if let Some(of) = &ordered.of {
        shown["of"] = json!(of);
    }
    shown
}

/// `POST /nameplate/faults` with `fault`, and if need be `times` (1), `of` (a client id, a template's name or an
/// operation, by the fault; everybody's) and `delayMillis`.
pub async fn order_fault(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:CreateFault").await?;
    let body = body(call, &["fault", "times", "of", "delayMillis"])?;
    let fault = body.get("fault").and_then(Value::as_str);
    let fault = fault.and_then(Fault::parse).ok_or_else(|| {
        let names: Vec<&str> = Fault::ALL.iter().map(|(name, _)| *name).collect();
        Error::invalid(format!("fault must be one of {}", names.join(", ")))
    })?;
    let of = match body.get("of") {
        None => None,
        Some(Value::String(of)) => Some(of.clone()),
        Some(_) => return Err(Error::invalid("of must be text")),
    };
    let times = number(&body, "times", 1..=MOST_TIMES as i64)?.unwrap_or(1);
    let delay = number(&body, "delayMillis", 0..=LONGEST as i64)?.unwrap_or(0);
    let ordered = Ordered {
        fault,
        of,
        times: u32::try_from(times).unwrap_or(u32::MAX),
        delay: Duration::from_millis(delay.unsigned_abs()),
    };
    let answer = order(&ordered);
    call.app.faults().order(ordered)?;
    Ok(answer)
}

/// `DELETE /nameplate/faults`: nothing is to go wrong any more.
pub async fn forget_faults(call: &Call<'_>) -> Result<Value, Error> {
    check(call, "nameplate:DeleteFaults").await?;
    call.app.faults().forget();
    Ok(json!({}))
}
