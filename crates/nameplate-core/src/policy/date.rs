//! Dates as policies write them.
//!
//! Owns which texts are dates. Sources: IAM user guide: date condition operators (W3C's profile of ISO 8601, or seconds
//! since 1970); what IAM takes and refuses beyond it, moto's `test_iam_policies`.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The most digits of a year, and of a fraction.
const DIGITS: usize = 9;
const NANOSECONDS: i128 = 1_000_000_000;

/// Nanoseconds since 1970: a number of seconds, or a date with as much of it as is given: `2016`-`12`-`13`,
/// `T`, `21`:`20`:`37`.`593194`, and `Z` or an offset. Without an offset it is UTC. `T` may stand without a time, and
/// numbers without leading zeros.
///
/// A date by RFC 3339 is one with anything between day and time, since earlier releases kept policies that have it so.
pub(super) fn date(text: &str) -> Option<i128> {
    let text = text.trim();
    let kept = || OffsetDateTime::parse(text, &Rfc3339).map(OffsetDateTime::unix_timestamp_nanos);
    profile(text).or_else(|| kept().ok())
}

fn profile(text: &str) -> Option<i128> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(i128::from(seconds) * NANOSECONDS);
    }
    let mut rest = Rest(text.as_bytes());
    let negative = rest.take(b'-');
    let year = rest.number(DIGITS)?;
    let year = if negative { -year } else { year };
    let mut day_of_month = |least: i128, most: i128| match rest.take(b'-') {
        true => rest.within(least, most),
        false => Some(least),
    };
    let month = day_of_month(1, 12)?;
    let day = day_of_month(1, i128::from(days_of(year, month)))?;
    let mut since = days(year, month, day) * 86_400 * NANOSECONDS;
    if rest.take(b'T') || rest.take(b't') {
        let mut unit = 3600 * NANOSECONDS;
        if rest.is_digit() {
            since += rest.within(0, 23)? * unit;
            for _ in 0..2 {
                if !rest.take(b':') {
                    break;
                }
                unit /= 60;
                since += rest.within(0, 59)? * unit;
            }
            since += rest.fraction(unit)?;
        }
        since -= rest.offset()? * NANOSECONDS;
    }
    rest.0.is_empty().then_some(since)
}

/// What of a text is not read yet.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    fn take(&mut self, wanted: u8) -> bool {
        let found = self.0.first() == Some(&wanted);
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    fn is_digit(&self) -> bool {
        self.0.first().is_some_and(u8::is_ascii_digit)
    }

    /// One digit, or as many as there are up to `most`.
    fn number(&mut self, most: usize) -> Option<i128> {
        let digits = self.0.iter().take(most).take_while(|c| c.is_ascii_digit());
        let count = digits.count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    fn within(&mut self, least: i128, most: i128) -> Option<i128> {
        self.number(2)
            .filter(|value| (least..=most).contains(value))
    }

    /// A part of a unit, behind a point or a comma; nothing where there is neither.
    fn fraction(&mut self, unit: i128) -> Option<i128> {
        if !self.take(b'.') && !self.take(b',') {
            return Some(0);
        }
        let before = self.0.len();
        let digits = self.number(DIGITS)?;
        let count = u32::try_from(before - self.0.len()).ok()?;
        Some(digits * unit / 10_i128.pow(count))
    }

    /// Seconds east of UTC: `Z`, or two digits of hours and, with or without a colon, two of minutes.
    fn offset(&mut self) -> Option<i128> {
        if self.take(b'Z') || self.take(b'z') {
            return Some(0);
        }
        let sign = match (self.take(b'+'), self.take(b'-')) {
            (true, _) => 1,
            (_, true) => -1,
            _ => return Some(0),
        };
        let hours = self.pair(23)?;
        let minutes = match self.take(b':') || self.is_digit() {
            true => self.pair(59)?,
            false => 0,
        };
        Some(sign * (hours * 3600 + minutes * 60))
    }

    fn pair(&mut self, most: i128) -> Option<i128> {
        let before = self.0.len();
        let value = self.within(0, most)?;
        (before - self.0.len() == 2).then_some(value)
    }
}

fn is_leap(year: i128) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

fn days_of(year: i128, month: i128) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970 began, in the Gregorian calendar before it was one too.
fn days(year: i128, month: i128, day: i128) -> i128 {
    let past = year - 1;
    let to_year = past * 365 + past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    let in_year: i128 = (1..month)
        .map(|month| i128::from(days_of(year, month)))
        .sum();
    to_year + in_year + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_what_is_none() {
        let check = |text: &str, like: &str| {
            let wanted = OffsetDateTime::parse(like, &Rfc3339).expect(like);
            assert_eq!(date(text), Some(wanted.unix_timestamp_nanos()), "{text}");
        };
        for same in [
            "2019-07-01T13:20:15Z",
            "2016-12-13T21:20:37.593194+00:00",
            "2000-02-29T23:59:59-11:30",
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.5Z",
        ] {
            check(same, same);
        }
        check("2026-01-31", "2026-01-31T00:00:00Z");
        check("2026-01", "2026-01-01T00:00:00Z");
        check("2026-01-31T12:30Z", "2026-01-31T12:30:00Z");
        check("2026-01-31T12.5", "2026-01-31T12:30:00Z");
        check("2026-01-31T12:30:01,25+0130", "2026-01-31T11:00:01.25Z");
        check("2026-01-31 12:30:00Z", "2026-01-31T12:30:00Z");
        check(
            "2026-01-31T12:30:00.1234567891Z",
            "2026-01-31T12:30:00.123456789Z",
        );
        check("01T", "0001-01-01T00:00:00Z");
        check(
            "2016-12-13t2:00:00.593194+23",
            "2016-12-12T03:00:00.593194Z",
        );
        assert_eq!(date("-292275054"), Some(-292_275_054 * NANOSECONDS));
        assert!(
            date("-292275054-01").is_some_and(|long_ago| long_ago < -292_275_054 * NANOSECONDS)
        );
        for none in [
            "",
            "soon",
            "T",
            "234-13",
            "2026-02-29",
            "2026-01-31T24:00",
            "2016-12-13t2:00:00.593194+1",
            "2016-12-13t2:00:00.1999999999+10:59",
            "9223372036854775808",
        ] {
            assert_eq!(date(none), None, "{none}");
        }
    }
}
