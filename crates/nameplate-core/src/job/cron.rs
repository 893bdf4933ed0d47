//! Cron expressions of maintenance windows: `cron(minutes hours day-of-month month day-of-week year)`, in UTC.
//! EventBridge user guide: scheduled rules.

use crate::ctx::Millis;
use time::{Date, Month, OffsetDateTime, Time};

/// Years that are looked through for the next moment.
const YEARS: i32 = 10;
const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// An expression that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: Days,
    months: u64,
    years: Vec<(i32, i32)>,
}

/// Which days of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    /// Days by their number.
    Numbered(u64),
    /// The last day.
    Last,
    /// Days of the week, Sunday being bit 1.
    OfWeek(u64),
    /// The n-th such day of the week; the last one is 0.
    Nth(u64, u8),
}

impl Cron {
    /// Reads an expression, with `cron(…)` around it or without.
    ///
    /// # Errors
    /// Which part of it is not as it must be.
    pub fn parse(text: &str) -> Result<Self, String> {
        let inner = text
            .strip_prefix("cron(")
            .and_then(|rest| rest.strip_suffix(')'))
            .unwrap_or(text);
        let parts: Vec<String> = inner
            .split_ascii_whitespace()
            .map(str::to_ascii_uppercase)
            .collect();
        let [minutes, hours, of_month, month, of_week, year] = parts.as_slice() else {
            return Err(format!(
                "{text:?} must have six fields: minutes, hours, day of month, month, day of week, year"
            ));
        };
        let wrong = |what: &str| format!("{text:?} has no right {what}");
        let days = match (of_month.as_str(), of_week.as_str()) {
            ("?", "?") => {
                return Err(format!(
                    "{text:?} must name a day of the month or of the week"
                ));
            }
            ("L", "?") => Days::Last,
            (days, "?") => {
                Days::Numbered(set(days, 1, 31, &[]).ok_or_else(|| wrong("day of month"))?)
            }
            ("?", days) => of_week_field(days).ok_or_else(|| wrong("day of week"))?,
            _ => {
                return Err(format!(
                    "{text:?} must have ? as its day of month or as its day of week"
                ));
            }
        };
        Ok(Self {
            minutes: set(minutes, 0, 59, &[]).ok_or_else(|| wrong("minutes"))?,
            hours: set(hours, 0, 23, &[]).ok_or_else(|| wrong("hours"))?,
            days,
            months: set(month, 1, 12, &MONTHS).ok_or_else(|| wrong("month"))?,
            years: years(year).ok_or_else(|| wrong("year"))?,
        })
    }

    /// The first moment after `after`; `None` where there is none within ten years.
    pub fn next(&self, after: Millis) -> Option<Millis> {
        // The next whole minute.
        let first = after.0.div_euclid(60_000) * 60 + 60;
        let start = OffsetDateTime::from_unix_timestamp(first).ok()?;
        let (mut date, mut from) = (start.date(), (start.hour(), start.minute()));
        let last = date.year() + YEARS;
        while date.year() <= last {
            if !self.in_years(date.year()) {
                date = Date::from_calendar_date(date.year() + 1, Month::January, 1).ok()?;
                from = (0, 0);
                continue;
            }
            if self.has_day(date)
                && let Some((hour, minute)) = self.time_from(from)
            {
                let at = date.with_time(Time::from_hms(hour, minute, 0).ok()?);
                return Some(Millis(at.assume_utc().unix_timestamp() * 1000));
            }
            date = date.next_day()?;
            from = (0, 0);
        }
        None
    }

    fn in_years(&self, year: i32) -> bool {
        self.years
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&year))
    }

    fn has_day(&self, date: Date) -> bool {
        if self.months & 1 << u8::from(date.month()) == 0 {
            return false;
        }
        let of_week = 1u64 << (date.weekday().number_days_from_sunday() + 1);
        let length = date.month().length(date.year());
        match self.days {
            Days::Numbered(days) => days & 1 << date.day() != 0,
            Days::Last => date.day() == length,
            Days::OfWeek(days) => days & of_week != 0,
            Days::Nth(day, 0) => day == of_week && date.day() + 7 > length,
            Days::Nth(day, nth) => day == of_week && (date.day() - 1) / 7 + 1 == nth,
        }
    }

    fn time_from(&self, (hour, minute): (u8, u8)) -> Option<(u8, u8)> {
        (hour..24)
            .filter(|candidate| self.hours & 1 << candidate != 0)
            .find_map(|candidate| {
                let from = if candidate == hour { minute } else { 0 };
                let found = (from..60).find(|minute| self.minutes & 1 << minute != 0)?;
                Some((candidate, found))
            })
    }
}

fn of_week_field(text: &str) -> Option<Days> {
    let one = |text: &str| Some(1u64 << value(text, 1, 7, &DAYS)?);
    if let Some((day, nth)) = text.split_once('#') {
        let nth: u8 = nth.parse().ok().filter(|nth| (1..=5).contains(nth))?;
        return Some(Days::Nth(one(day)?, nth));
    }
    if let Some(day) = text.strip_suffix('L') {
        return match day {
            "" => Some(Days::OfWeek(1 << 7)),
            day => Some(Days::Nth(one(day)?, 0)),
        };
    }
    set(text, 1, 7, &DAYS).map(Days::OfWeek)
}

/// The numbers of a field, as bits.
fn set(text: &str, low: u8, high: u8, names: &[&str]) -> Option<u64> {
    let mut bits = 0;
    for part in text.split(',') {
        let (range, every) = match part.split_once('/') {
            Some((range, every)) => (range, every.parse().ok().filter(|every| *every > 0)?),
            None => (part, 1u8),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((from, to)) => (value(from, low, high, names)?, value(to, low, high, names)?),
            None => {
                let from = value(range, low, high, names)?;
                // `5/10` goes on to the end.
                (from, if part.contains('/') { high } else { from })
            }
        };
        if from > to {
            return None;
        }
        for number in (from..=to).step_by(usize::from(every)) {
            bits |= 1u64 << number;
        }
    }
    Some(bits)
}

fn value(text: &str, low: u8, high: u8, names: &[&str]) -> Option<u8> {
    if let Some(at) = names.iter().position(|name| *name == text) {
        return u8::try_from(at).ok().map(|at| at + low);
    }
    text.parse()
        .ok()
        .filter(|number| (low..=high).contains(number))
}

fn years(text: &str) -> Option<Vec<(i32, i32)>> {
    if text == "*" {
        return Some(vec![(1970, 9999)]);
    }
    let year = |text: &str| {
        text.parse()
            .ok()
            .filter(|year: &i32| (1970..=2199).contains(year))
    };
    text.split(',')
        .map(|part| match part.split_once('-') {
            Some((from, to)) => Some((year(from)?, year(to)?)).filter(|(from, to)| from <= to),
            None => year(part).map(|year| (year, year)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T15:42:12.345Z, a Monday.
    const NOW: Millis = Millis(1_795_448_532_345);

    #[test]
    fn the_next_moment_is_found() {
        for (text, next) in [
            ("cron(0 18 ? * MON *)", "2026-11-23T18:00:00.000Z"),
            ("cron(43 15 * * ? *)", "2026-11-23T15:43:00.000Z"),
            ("cron(42 15 * * ? *)", "2026-11-24T15:42:00.000Z"),
            ("0/15 * * * ? *", "2026-11-23T15:45:00.000Z"),
            ("cron(0 9 1 JAN ? *)", "2027-01-01T09:00:00.000Z"),
            ("cron(30 6 ? * TUE-THU *)", "2026-11-24T06:30:00.000Z"),
            ("cron(0 0 L * ? *)", "2026-11-30T00:00:00.000Z"),
            ("cron(0 0 ? 12 2#3 *)", "2026-12-21T00:00:00.000Z"),
            ("cron(0 0 ? * 6L *)", "2026-11-27T00:00:00.000Z"),
            ("cron(0 0 29 2 ? *)", "2028-02-29T00:00:00.000Z"),
            ("cron(0 0 1,15 * ? 2030)", "2030-01-01T00:00:00.000Z"),
        ] {
            let found = Cron::parse(text).map(|cron| cron.next(NOW));
            let found = found.expect(text).map(|at| at.to_string());
            assert_eq!(found.as_deref(), Some(next), "{text}");
        }
        let past = Cron::parse("cron(0 0 1 1 ? 2020)").expect("it is right");
        assert_eq!(past.next(NOW), None);
        let never = Cron::parse("cron(0 0 31 2 ? *)").expect("it is right");
        assert_eq!(never.next(NOW), None);
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in [
            "",
            "cron()",
            "* * * * *",
            "cron(0 0 * * * *)",
            "cron(0 0 ? * ? *)",
            "cron(60 0 * * ? *)",
            "cron(0 24 * * ? *)",
            "cron(0 0 32 * ? *)",
            "cron(0 0 0 * ? *)",
            "cron(0 0 ? * 8 *)",
            "cron(0 0 ? * MON#6 *)",
            "cron(0/0 0 * * ? *)",
            "cron(5-1 0 * * ? *)",
            "cron(0 0 * 13 ? *)",
            "cron(0 0 * * ? 1969)",
            "cron(ü 0 * * ? *)",
        ] {
            assert!(Cron::parse(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in "[-*/,?#L0-9A-Z ]{0,30}", at in 0..4_000_000_000_000i64) {
            if let Ok(cron) = Cron::parse(&text) {
                let next = cron.next(Millis(at));
                proptest::prop_assert!(next.is_none_or(|next| next.0 > at));
            }
        }
    }
}
