//! The two forms in which a request states its time.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime};

const BASIC: &[BorrowedFormatItem] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// Reads `20261123T154212Z` into seconds since the epoch.
pub(super) fn parse_basic(text: &str) -> Option<i64> {
    plain_basic(text).or_else(|| spelled_basic(text))
}

/// The same where all parts are digits, as all clients write them.
fn plain_basic(text: &str) -> Option<i64> {
    let [date @ .., b'Z'] = text.as_bytes() else {
        return None;
    };
    let (date, time) = date.split_at_checked(8)?;
    let [b'T', time @ ..] = time else {
        return None;
    };
    let (date, time) = (number::<8>(date)?, number::<6>(time)?);
    let part = |of: u32, by: u32| u8::try_from(of / by % 100).ok();
    let month = Month::try_from(part(date, 100)?).ok()?;
    let year = i32::try_from(date / 10_000).ok()?;
    let date = Date::from_calendar_date(year, month, part(date, 1)?).ok()?;
    let time = Time::from_hms(part(time, 10_000)?, part(time, 100)?, part(time, 1)?).ok()?;
    Some(UtcDateTime::new(date, time).unix_timestamp())
}

/// A number of so many digits.
fn number<const DIGITS: usize>(text: &[u8]) -> Option<u32> {
    let digits: &[u8; DIGITS] = text.try_into().ok()?;
    digits.iter().try_fold(0, |number, digit| {
        let value = digit.is_ascii_digit().then(|| digit - b'0')?;
        Some(number * 10 + u32::from(value))
    })
}

/// The same in any way that the form allows.
fn spelled_basic(text: &str) -> Option<i64> {
    let at = PrimitiveDateTime::parse(text, BASIC).ok()?;
    Some(at.assume_utc().unix_timestamp())
}

/// Reads a `Date` header: RFC 7231's preferred form, or the basic form.
pub(super) fn parse_date_header(text: &str) -> Option<i64> {
    parse_basic(text).or_else(|| {
        let format = &time::format_description::well_known::Rfc2822;
        Some(OffsetDateTime::parse(text, format).ok()?.unix_timestamp())
    })
}

/// Writes seconds since the epoch as `20261123T154212Z`; a time beyond the calendar as the
/// epoch, which only a broken clock could ask for.
pub(super) fn write_basic(seconds: i64) -> String {
    let at = UtcDateTime::from_unix_timestamp(seconds).unwrap_or(UtcDateTime::UNIX_EPOCH);
    let (date, time) = (at.date(), at.time());
    let mut out = String::with_capacity(16);
    match u32::try_from(date.year()) {
        Ok(year @ 0..=9999) => push::<4>(&mut out, year),
        _ => out.push_str(&format!("{:04}", date.year())),
    }
    push::<2>(&mut out, u8::from(date.month()).into());
    push::<2>(&mut out, date.day().into());
    out.push('T');
    for part in [time.hour(), time.minute(), time.second()] {
        push::<2>(&mut out, part.into());
    }
    out.push('Z');
    out
}

/// Writes a number with so many digits.
fn push<const DIGITS: u32>(out: &mut String, number: u32) {
    for place in (0..DIGITS).rev() {
        let digit = number / 10_u32.pow(place) % 10;
        out.extend(char::from_digit(digit, 10));
    }
}

/// Writes seconds since the epoch as `2026-11-23T15:42:12Z`.
pub(super) fn write_extended(seconds: i64) -> String {
    let basic = write_basic(seconds);
    // Four digits of year, two of everything else: the form is ours, just above.
    let part = |from: usize, to: usize| basic.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(9, 11),
        part(11, 13),
        part(13, 15)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert_eq!(parse_basic("20261123T154212Z"), Some(1_795_448_532));
        assert_eq!(parse_basic("2026-11-23T15:42:12Z"), None);
        assert_eq!(parse_basic("00010101T000000Z"), Some(-62_135_596_800));
        assert_eq!(parse_basic("20240229T235959Z"), Some(1_709_251_199));
        for wrong in [
            "",
            "Z",
            "20261123T154212",
            "20261123 154212Z",
            "20261323T154212Z",
            "20230229T000000Z",
            "20261123T244212Z",
            "20261123T1542120Z",
            "2026112éT154212Z",
        ] {
            assert_eq!(parse_basic(wrong), None, "{wrong}");
        }
        assert_eq!(
            parse_date_header("Mon, 23 Nov 2026 15:42:12 GMT"),
            Some(1_795_448_532)
        );
        assert_eq!(write_basic(1_795_448_532), "20261123T154212Z");
        assert_eq!(write_extended(1_795_448_532), "2026-11-23T15:42:12Z");
        assert_eq!(write_basic(-62_135_596_800), "00010101T000000Z");
        assert_eq!(write_basic(253_402_300_799), "99991231T235959Z");
        assert_eq!(write_basic(i64::MAX), "19700101T000000Z");
    }
}
