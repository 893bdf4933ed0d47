//! A text by a pattern of `java.time.format.DateTimeFormatter`, whose letters these are.

use super::pattern::{self, Part};
use super::{DAYS, MONTHS, fixed, offset, zone};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// Reads a time and gives milliseconds since 1970. Without a zone it is UTC, without a time of day midnight. `None`
/// where the text does not fit the pattern, or does not say a day.
pub(crate) fn epoch_ms(text: &str, pattern: &str) -> Option<i64> {
    let parts = pattern::parse(pattern, true)?;
    let mut fields = Fields::default();
    let rest = read(&parts, text, &mut fields)?;
    rest.is_empty().then_some(())?;
    fields.resolve()
}

#[derive(Default, Clone)]
struct Fields {
    year: Option<i64>,
    before_christ: bool,
    month: Option<i8>,
    day: Option<i8>,
    day_of_year: Option<i16>,
    hour: Option<i64>,
    half_hour: Option<i64>,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    nanosecond: i64,
    of_day_ns: Option<i64>,
    zone: Option<TimeZone>,
}

impl Fields {
    fn resolve(self) -> Option<i64> {
        let year = match (self.year?, self.before_christ) {
            (year, true) => 1 - year,
            (year, false) => year,
        };
        let year = i16::try_from(year).ok()?;
        let date = match self.day_of_year {
            Some(day) => Date::new(year, 1, 1)
                .ok()?
                .with()
                .day_of_year(day)
                .build()
                .ok()?,
            None => Date::new(year, self.month?, self.day?).ok()?,
        };
        let hour = match (self.hour, self.half_hour, self.afternoon) {
            (Some(hour), _, _) => hour,
            (None, Some(hour), Some(afternoon)) => hour + if afternoon { 12 } else { 0 },
            (None, Some(_), None) => return None,
            (None, None, _) => 0,
        };
        let time = match self.of_day_ns {
            Some(ns) => {
                let (seconds, ns) = (ns / 1_000_000_000, ns % 1_000_000_000);
                time(seconds / 3600, seconds / 60 % 60, seconds % 60, ns)?
            }
            None => time(hour, self.minute, self.second, self.nanosecond)?,
        };
        let zone = self.zone.unwrap_or(TimeZone::UTC);
        let timestamp = zone.to_timestamp(date.to_datetime(time)).ok()?;
        Some(timestamp.as_millisecond())
    }
}

fn time(hour: i64, minute: i64, second: i64, nanosecond: i64) -> Option<Time> {
    Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        i32::try_from(nanosecond).ok()?,
    )
    .ok()
}

/// Reads parts off the front of a text; gives what is left of it.
fn read<'t>(parts: &[Part], mut text: &'t str, fields: &mut Fields) -> Option<&'t str> {
    let mut at = 0;
    while let Some(part) = parts.get(at) {
        at += 1;
        match part {
            Part::Text(wanted) => text = text.strip_prefix(wanted.as_str())?,
            Part::Close => return None,
            Part::Open => {
                let length = section(&parts[at..])?;
                let mut tried = fields.clone();
                if let Some(rest) = read(&parts[at..at + length], text, &mut tried) {
                    (text, *fields) = (rest, tried);
                }
                at += length + 1;
            }
            Part::Field(letter, count) => {
                let adjacent = matches!(parts.get(at), Some(Part::Field(next, count)) if is_number(*next, *count));
                text = field(*letter, *count, adjacent, text, fields)?;
            }
        }
    }
    Some(text)
}

/// Parts up to the bracket that closes a section.
fn section(parts: &[Part]) -> Option<usize> {
    let mut depth = 0;
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Open => depth += 1,
            Part::Close if depth == 0 => return Some(at),
            Part::Close => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_number(letter: char, count: usize) -> bool {
    match letter {
        'M' | 'L' => count < 3,
        letter => "yudDHhkKmsSnAN".contains(letter),
    }
}

fn field<'t>(
    letter: char,
    count: usize,
    adjacent: bool,
    text: &'t str,
    fields: &mut Fields,
) -> Option<&'t str> {
    match letter {
        'y' | 'u' if count == 2 => {
            let (year, rest) = digits(text, 2, 2)?;
            fields.year = Some(2000 + year);
            return Some(rest);
        }
        'y' | 'u' => {
            let (negative, unsigned) = match text.strip_prefix('-') {
                Some(rest) if letter == 'u' => (true, rest),
                _ => (false, text),
            };
            let most = if adjacent { count } else { 9 };
            let (year, rest) = digits(unsigned, count, most)?;
            fields.year = Some(if negative { -year } else { year });
            return Some(rest);
        }
        'M' | 'L' if count > 2 => {
            let (month, rest) = name(text, &MONTHS, count == 3)?;
            fields.month = Some(month as i8 + 1);
            return Some(rest);
        }
        'E' => return name(text, &DAYS, count < 4).map(|(_, rest)| rest),
        'a' => {
            let (afternoon, rest) = name(text, &["AM", "PM"], false)?;
            fields.afternoon = Some(afternoon == 1);
            return Some(rest);
        }
        'G' => {
            let (era, rest) = name(text, &["AD", "BC"], false)?;
            fields.before_christ = era == 1;
            return Some(rest);
        }
        'V' | 'z' | 'O' | 'X' | 'x' | 'Z' => {
            let (zone, rest) = zone_field(letter, count, text)?;
            fields.zone = Some(zone);
            return Some(rest);
        }
        _ => {}
    }
    number_field(letter, count, text, fields)
}

fn number_field<'t>(
    letter: char,
    count: usize,
    text: &'t str,
    fields: &mut Fields,
) -> Option<&'t str> {
    let most = match letter {
        'D' => 3,
        'S' => count.min(9),
        'n' | 'A' | 'N' => 15,
        _ => 2,
    };
    if count > most {
        return None;
    }
    let exact = count > 1 && !matches!(letter, 'D' | 'n' | 'A' | 'N');
    let (value, rest) = digits(text, count, if exact { count } else { most })?;
    match letter {
        'M' | 'L' => fields.month = Some(value as i8),
        'd' => fields.day = Some(value as i8),
        'D' => fields.day_of_year = Some(value as i16),
        'H' => fields.hour = Some(value),
        'k' if (1..=24).contains(&value) => fields.hour = Some(value % 24),
        'K' if value < 12 => fields.half_hour = Some(value),
        'h' if (1..=12).contains(&value) => fields.half_hour = Some(value % 12),
        'm' => fields.minute = value,
        's' => fields.second = value,
        'S' => fields.nanosecond = value * 10i64.pow(9 - count as u32),
        'n' => fields.nanosecond = value,
        'A' => fields.of_day_ns = Some(value.checked_mul(1_000_000)?),
        'N' => fields.of_day_ns = Some(value),
        _ => return None,
    }
    Some(rest)
}

/// A zone's name or offset, as each letter takes it.
fn zone_field(letter: char, count: usize, text: &str) -> Option<(TimeZone, &str)> {
    let utc =
        |text: &'_ str| text.starts_with('Z') && matches!((letter, count), ('X', _) | ('Z', 5));
    if utc(text) {
        return Some((TimeZone::UTC, &text[1..]));
    }
    match letter {
        'X' | 'x' => numeric(text),
        'Z' if count != 4 => numeric(text),
        'Z' | 'O' => {
            let rest = text.strip_prefix("GMT")?;
            match rest.starts_with(['+', '-']) {
                true => numeric(rest),
                false => Some((TimeZone::UTC, rest)),
            }
        }
        'V' if count != 2 => None,
        // Java takes ids of regions for z, too.
        _ => {
            let end = text
                .find(|c: char| !(c.is_ascii_alphanumeric() || "/_+-:".contains(c)))
                .unwrap_or(text.len());
            let (name, rest) = text.split_at(end);
            Some((named(name)?, rest))
        }
    }
}

fn numeric(text: &str) -> Option<(TimeZone, &str)> {
    let (seconds, rest) = offset(text)?;
    Some((fixed(seconds)?, rest))
}

/// Beside what [`zone`] knows, the short names that Java knows by a place.
fn named(name: &str) -> Option<TimeZone> {
    let place = match name {
        "PST" | "PDT" => "America/Los_Angeles",
        "MST" | "MDT" => "America/Denver",
        "CST" | "CDT" => "America/Chicago",
        "EST" | "EDT" => "America/New_York",
        "CET" | "CEST" => "Europe/Paris",
        "BST" => "Europe/London",
        "JST" => "Asia/Tokyo",
        "IST" => "Asia/Kolkata",
        name => name,
    };
    zone(place)
}

/// At least and at most so many digits.
fn digits(text: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let length = text
        .bytes()
        .take(most)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if length < least || length == 0 {
        return None;
    }
    Some((text[..length].parse().ok()?, &text[length..]))
}

/// The place of the name that a text begins with, short ones by their first three letters.
fn name<'t>(text: &'t str, names: &[&str], short: bool) -> Option<(usize, &'t str)> {
    names.iter().enumerate().find_map(|(at, name)| {
        let name = if short { &name[..3] } else { name };
        Some((at, text.strip_prefix(name)?))
    })
}
