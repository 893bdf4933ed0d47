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
}

impl fmt::Display for Millis {
    /// RFC 3339 in UTC with milliseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = time::macros::format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
        );
        match time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|at| at.format(&format).ok())
        {
            Some(text) => f.write_str(&text),
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
