//! Dates and times by patterns, as `parse_time` writes and `time_to_epoch` reads them.
//!
//! The zones' rules are compiled in: no file of the machine's is read, so that every machine answers alike.

mod pattern;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use read::epoch_ms;
pub(crate) use write::formatted;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Monday first, as ISO 8601 counts.
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// A zone by its IANA name, or as an offset: `+01:00`, `UTC+01:00`, `GMT-3`, `Z`.
fn zone(name: &str) -> Option<TimeZone> {
    if matches!(name, "Z" | "UTC" | "GMT" | "UT") {
        return Some(TimeZone::UTC);
    }
    let bare = ["UTC", "GMT", "UT"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name);
    if bare.starts_with(['+', '-']) {
        let (seconds, rest) = offset(bare)?;
        return rest.is_empty().then_some(fixed(seconds)?);
    }
    TimeZoneDatabase::bundled().get(name).ok()
}

fn fixed(seconds: i32) -> Option<TimeZone> {
    Some(Offset::from_seconds(seconds).ok()?.to_time_zone())
}

/// Reads `+H`, `+HH`, `+HHMM`, `+HH:MM` and the like with seconds from the front of a text. Gives seconds, and what
/// follows.
fn offset(text: &str) -> Option<(i32, &str)> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let mut rest = &text[1..];
    let two = |text: &str| -> Option<i32> {
        let digits = text.get(..2)?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(())?;
        digits.parse().ok()
    };
    let hours = match two(rest) {
        Some(hours) => {
            rest = &rest[2..];
            hours
        }
        None => {
            let digit = rest.chars().next()?.to_digit(10)?;
            rest = &rest[1..];
            digit as i32
        }
    };
    let mut seconds = hours * 3600;
    for unit in [60, 1] {
        let next = rest.strip_prefix(':').unwrap_or(rest);
        let Some(value) = two(next) else {
            break;
        };
        if value > 59 {
            return None;
        }
        seconds += value * unit;
        rest = &next[2..];
    }
    (hours <= 18).then_some((sign * seconds, rest))
}
