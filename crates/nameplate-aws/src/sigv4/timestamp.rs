//! The two forms in which a request states its time.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime, UtcDateTime};

const BASIC: &[BorrowedFormatItem] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// Reads `20261123T154212Z` into seconds since the epoch.
pub(super) fn parse_basic(text: &str) -> Option<i64> {
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
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
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
        assert_eq!(
            parse_date_header("Mon, 23 Nov 2026 15:42:12 GMT"),
            Some(1_795_448_532)
        );
        assert_eq!(write_basic(1_795_448_532), "20261123T154212Z");
        assert_eq!(write_extended(1_795_448_532), "2026-11-23T15:42:12Z");
        assert_eq!(write_basic(i64::MAX), "19700101T000000Z");
    }
}
