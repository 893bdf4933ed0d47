//! What surrounds one call: where, when and in whose name it runs.

use crate::arn::Realm;
use std::fmt;
use std::sync::Arc;

/// Milliseconds since the Unix epoch. The only time in the house; clocks live in `main`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Millis(pub i64);

impl Millis {
    /// Whole and fractional seconds, as REST-JSON timestamps are written.
    pub fn as_seconds_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Whole seconds, rounded down.
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// RFC 3339 in UTC, of years that have four digits.
    fn written(self) -> Option<[u8; 24]> {
        let nanoseconds = i128::from(self.0) * 1_000_000;
        let at = time::OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok()?;
        let (date, time) = (at.date(), at.time());
        let year = u16::try_from(date.year()).ok()?;
        let mut text = *b"0000-00-00T00:00:00.000Z";
        let mut put = |at: usize, digits: usize, mut number: u16| {
            for place in (at..at + digits).rev() {
                // A digit has one byte.
                text[place] = b'0' + (number % 10) as u8;
                number /= 10;
            }
        };
        put(0, 4, year);
        put(5, 2, u8::from(date.month()).into());
        put(8, 2, date.day().into());
        put(11, 2, time.hour().into());
        put(14, 2, time.minute().into());
        put(17, 2, time.second().into());
        put(20, 3, time.millisecond());
        Some(text)
    }
}

impl fmt::Display for Millis {
    /// RFC 3339 in UTC with milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.written() {
            Some(digits) => f.write_str(std::str::from_utf8(&digits).unwrap_or_default()),
            None => write!(f, "{} ms", self.0),
        }
    }
}

/// First argument of core and app functions: the call's surroundings as values.
#[derive(Debug, Clone)]
pub struct Ctx {
    /// Account and region.
    pub realm: Arc<Realm>,
    /// When the call began.
    pub now: Millis,
    /// UUID that the caller sees as `x-amzn-RequestId` and the log as `request.id`.
    pub request_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_rfc_3339() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_448_532_042, "2026-11-23T15:42:12.042Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "253402300800000 ms"),
            (i64::MIN, "-9223372036854775808 ms"),
        ] {
            assert_eq!(Millis(millis).to_string(), text);
        }
    }
}
