//! A moment by a pattern of Joda-Time's `DateTimeFormat`, whose letters these are.

use super::pattern::{self, Part};
use super::{DAYS, MONTHS, zone};
use jiff::civil::{ISOWeekDate, Weekday};
use jiff::{Timestamp, ZonedDateTime};
use std::fmt::Write as _;

/// Most digits that a number is padded to.
const WIDTH: usize = 40;

/// Formats milliseconds since 1970. `None` for a pattern or zone that is none, and for times beyond the year 9999.
pub(crate) fn formatted(pattern: &str, ms: i64, zone_name: &str) -> Option<String> {
    let parts = pattern::parse(pattern, false)?;
    let time = Timestamp::from_millisecond(ms)
        .ok()?
        .to_zoned_datetime(zone(zone_name)?);
    let mut out = String::new();
    for part in &parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Field(letter, count) => field(&mut out, *letter, *count, &time, zone_name)?,
            Part::Open | Part::Close => return None,
        }
    }
    Some(out)
}

fn field(
    out: &mut String,
    letter: char,
    count: usize,
    time: &ZonedDateTime,
    zone_name: &str,
) -> Option<()> {
    let width = count.min(WIDTH);
    let mut number = |value: i64| {
        // A vector of characters takes what is written.
        let _ = match value < 0 {
            true => write!(out, "-{:0width$}", -value),
            false => write!(out, "{value:0width$}"),
        };
    };
    let year = i64::from(time.year());
    let era_year = if year > 0 { year } else { 1 - year };
    let hour = i64::from(time.hour());
    match letter {
        'C' => number(era_year / 100),
        'Y' if count == 2 => number(era_year % 100),
        'Y' => number(era_year),
        'y' if count == 2 => number(year.rem_euclid(100)),
        'y' => number(year),
        'x' | 'w' => {
            let week: ISOWeekDate = time.date().iso_week_date();
            match letter {
                'w' => number(i64::from(week.week())),
                _ if count == 2 => number(i64::from(week.year()).rem_euclid(100)),
                _ => number(i64::from(week.year())),
            }
        }
        'e' => number(i64::from(time.weekday().to_monday_one_offset())),
        'D' => number(i64::from(time.day_of_year())),
        'M' if count < 3 => number(i64::from(time.month())),
        'd' => number(i64::from(time.day())),
        'K' => number(hour % 12),
        'h' => number((hour + 11) % 12 + 1),
        'H' => number(hour),
        'k' => number((hour + 23) % 24 + 1),
        'm' => number(i64::from(time.minute())),
        's' => number(i64::from(time.second())),
        'G' => out.push_str(if year > 0 { "AD" } else { "BC" }),
        'M' => {
            let name = MONTHS[time.month() as usize - 1];
            out.push_str(if count == 3 { &name[..3] } else { name });
        }
        'E' => {
            let name = day_name(time.weekday());
            out.push_str(if count < 4 { &name[..3] } else { name });
        }
        'a' => out.push_str(if hour < 12 { "AM" } else { "PM" }),
        'S' => {
            let digits = format!("{:09}{:0<31}", time.subsec_nanosecond(), "");
            out.push_str(&digits[..width]);
        }
        'z' => {
            let info = time.time_zone().to_offset_info(time.timestamp());
            match zone_name.starts_with(['+', '-']) {
                true => out.push_str(zone_name),
                false => out.push_str(info.abbreviation()),
            }
        }
        'Z' if count > 2 => out.push_str(time.time_zone().iana_name().unwrap_or(zone_name)),
        'Z' => {
            let seconds = time.offset().seconds();
            let sign = if seconds < 0 { '-' } else { '+' };
            let minutes = seconds.abs() / 60;
            let colon = if count == 2 { ":" } else { "" };
            let _ = write!(out, "{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60);
        }
        _ => return None,
    }
    Some(())
}

fn day_name(day: Weekday) -> &'static str {
    DAYS[day.to_monday_zero_offset() as usize]
}
