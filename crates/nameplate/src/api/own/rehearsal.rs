//! A fleet's years, played for operators.

use super::Call;
use crate::app::Error;
use crate::app::rehearsal::Ask;
use nameplate_core::ctx::Millis;
use nameplate_core::rehearsal::{Conduct, DAY, Report};
use serde_json::{Value, json};

/// Days of a report; of what comes later, there is the count alone.
const ROWS: usize = 1000;

/// `POST /nameplate/rehearsal` with `years`, and if they shall be others than they are: `fleet` (0), `ca` or `template`,
/// `overDays` (365), `validityDays`, `connectEveryHours` (24), `renewBeforeDays` (30; null for devices that never renew),
/// `lifetimeDays`, `awayPercent` (0), `awayDays` (0).
pub async fn play(call: &Call<'_>) -> Result<Value, Error> {
    let action = "nameplate:Rehearse";
    call.app.iam.may(&call.caller, action, "*", &[]).await?;
    let ask = read(call.request.body)?;
    let rehearsals = &call.app.rehearsals;
    let (start, report) = call.app.heavily(rehearsals.play(ask)).await?;
    Ok(shown(start, &report))
}

const MEMBERS: [&str; 11] = [
    "years",
    "fleet",
    "ca",
    "template",
    "overDays",
    "validityDays",
    "connectEveryHours",
    "renewBeforeDays",
    "lifetimeDays",
    "awayPercent",
    "awayDays",
];

fn read(body: &[u8]) -> Result<Ask, Error> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?;
    let members = body
        .as_object()
        .ok_or_else(|| Error::invalid("the body must be a JSON object"))?;
    if let Some(name) = members
        .keys()
        .find(|name| !MEMBERS.contains(&name.as_str()))
    {
        return Err(Error::invalid(format!(
            "{name:?} is not known; known are {}",
            MEMBERS.join(", ")
        )));
    }
    let number = |name: &str, most: u64| match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64().filter(|number| *number <= most) {
            Some(number) => Ok(Some(number)),
            None => Err(Error::invalid(format!(
                "{name} must be a whole number up to {most}"
            ))),
        },
    };
    let text = |name: &str| match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Error::invalid(format!("{name} must be text"))),
    };
    let small = |name: &str, most: u32| {
        let found = number(name, u64::from(most))?;
        Ok::<_, Error>(found.and_then(|number| u32::try_from(number).ok()))
    };
    let days = |name: &str| Ok::<_, Error>(small(name, 36_500)?.map(|days| i64::from(days) * DAY));
    let renew_before = match members.get("renewBeforeDays") {
        Some(Value::Null) => None,
        None => Some(30 * DAY),
        Some(_) => days("renewBeforeDays")?,
    };
    let (ca, template) = (text("ca")?, text("template")?);
    if ca.is_some() && template.is_some() {
        return Err(Error::invalid("only one of ca and template may be given"));
    }
    let hours = small("connectEveryHours", 24 * 366)?.unwrap_or(24);
    if hours == 0 {
        return Err(Error::invalid("connectEveryHours must be at least 1"));
    }
    Ok(Ask {
        fleet: number("fleet", u64::MAX)?.unwrap_or_default(),
        years: small("years", u32::MAX)?.ok_or_else(|| Error::invalid("years is required"))?,
        conduct: Conduct {
            connect_every: i64::from(hours) * 3_600_000,
            renew_before,
            lifetime: days("lifetimeDays")?,
            away_percent: u8::try_from(small("awayPercent", 100)?.unwrap_or_default())
                .unwrap_or(100),
            away: days("awayDays")?.unwrap_or_default(),
            grace: 0,
        },
        ca,
        template,
        over_days: small("overDays", 36_500)?.unwrap_or(365),
        validity_days: small("validityDays", 36_500)?,
    })
}

fn shown(start: Millis, report: &Report) -> Value {
    let day = |at: Millis| {
        at.to_string()
            .split('T')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let rows: Vec<Value> = report
        .locked_out
        .iter()
        .take(ROWS)
        .map(|((at, why), count)| {
            json!({"day": day(*at), "devices": count, "code": why.code(), "reason": why.text()})
        })
        .collect();
    json!({
        "from": day(start), "devices": report.devices, "connects": report.connects, "renewals": report.renewals,
        "lateRenewals": report.late_renewals, "firstConnections": report.firsts, "lockedOut": report.locked(),
        "days": rows, "daysInAll": report.locked_out.len(),
    })
}
