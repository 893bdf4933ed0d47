//! When a job rolls out: its start, its end and its maintenance windows. API: `SchedulingConfig`.

use super::cron::Cron;
use crate::ctx::Millis;
use serde_json::Value;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// A start or end lies so far ahead at the least, and so far apart.
const LEAST: i64 = 30 * 60_000;
/// A start lies so far ahead at the most.
const START_MOST: i64 = 366 * 86_400_000;
/// An end lies so far ahead, and so far behind the start, at the most.
const END_MOST: i64 = 731 * 86_400_000;
/// Maintenance windows that are told ahead. API: `scheduledJobRollouts`.
const TOLD: usize = 7;
const MINUTE: i64 = 60_000;

/// What becomes of executions at the end of a job. API: `JobEndBehavior`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EndBehavior {
    /// Nothing new begins; what was told goes on.
    #[default]
    StopRollout,
    /// What is queued is canceled.
    Cancel,
    /// What is in progress is canceled too.
    ForceCancel,
}

/// When a job rolls out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// Not before this.
    pub start: Option<Millis>,
    /// Not from this on.
    pub end: Option<Millis>,
    /// What happens then.
    pub behavior: EndBehavior,
    windows: Vec<(Cron, i64)>,
}

/// Where a moment lies in a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing rolls out until this, where that is known.
    Waiting(Option<Millis>),
    /// It rolls out, until this where there is an end to it.
    Open(Option<Millis>),
    /// It has ended.
    Ended,
}

impl Schedule {
    /// Reads `schedulingConfig`.
    ///
    /// # Errors
    /// Which member is not as it must be.
    pub(super) fn read(config: &Value) -> Result<Self, String> {
        let moment = |name: &str| match config.get(name).and_then(Value::as_str) {
            Some(text) => parse_time(text)
                .map(Some)
                .ok_or_else(|| format!("{name} {text:?} is not a date and time: YYYY-MM-DDTHH:MM")),
            None => Ok(None),
        };
        let behavior = match config.get("endBehavior").and_then(Value::as_str) {
            Some("CANCEL") => EndBehavior::Cancel,
            Some("FORCE_CANCEL") => EndBehavior::ForceCancel,
            _ => EndBehavior::StopRollout,
        };
        let windows = config.get("maintenanceWindows").and_then(Value::as_array);
        let windows = windows.into_iter().flatten().map(|window| {
            let start = window.get("startTime").and_then(Value::as_str);
            let minutes = window.get("durationInMinutes").and_then(Value::as_i64);
            let cron = Cron::parse(start.unwrap_or_default())
                .map_err(|why| format!("startTime of a maintenance window: {why}"))?;
            let minutes = minutes.filter(|minutes| (1..=1430).contains(minutes));
            let minutes =
                minutes.ok_or("durationInMinutes of a maintenance window must be 1 to 1430")?;
            Ok((cron, minutes * MINUTE))
        });
        Ok(Self {
            start: moment("startTime")?,
            end: moment("endTime")?,
            behavior,
            windows: windows.collect::<Result<_, String>>()?,
        })
    }

    /// Whether it has maintenance windows.
    pub fn has_windows(&self) -> bool {
        !self.windows.is_empty()
    }

    /// Whether a job that is created now may have it.
    ///
    /// # Errors
    /// Which of its moments is too soon or too late.
    pub fn check(&self, continuous: bool, now: Millis) -> Result<(), String> {
        let ahead = |at: Millis| at.0 - now.0;
        if let Some(start) = self.start
            && !(LEAST..=START_MOST).contains(&ahead(start))
        {
            return Err(
                "startTime must be at least thirty minutes and at most a year from now".into(),
            );
        }
        if let Some(end) = self.end {
            if !(LEAST..=END_MOST).contains(&ahead(end)) {
                return Err(
                    "endTime must be at least thirty minutes and at most two years from now".into(),
                );
            }
            let span = end.0 - self.start.unwrap_or(now).0;
            if !(LEAST..=END_MOST).contains(&span) {
                return Err(
                    "endTime must be at least thirty minutes and at most two years after startTime"
                        .into(),
                );
            }
        }
        if self.has_windows() {
            if !continuous {
                return Err("maintenanceWindows are for jobs that are CONTINUOUS".into());
            }
            if self.start.is_some() {
                return Err("a job has either a startTime or maintenanceWindows".into());
            }
            if self.next_window(now).is_none() {
                return Err("the maintenance windows have no next occurrence".into());
            }
        }
        Ok(())
    }

    /// Where `now` lies.
    pub fn phase(&self, now: Millis) -> Phase {
        if self.end.is_some_and(|end| end <= now) {
            return Phase::Ended;
        }
        let sooner = |at: Option<Millis>| match (at, self.end) {
            (Some(at), Some(end)) => Some(at.min(end)),
            (at, end) => at.or(end),
        };
        if self.start.is_some_and(|start| start > now) {
            return Phase::Waiting(sooner(self.start));
        }
        if !self.has_windows() {
            return Phase::Open(self.end);
        }
        match self.open_until(now) {
            Some(until) => Phase::Open(sooner(Some(until))),
            None => Phase::Waiting(sooner(self.next_window(now))),
        }
    }

    /// Starts of the next maintenance windows.
    pub fn next_windows(&self, now: Millis) -> Vec<Millis> {
        let mut starts: Vec<Millis> = Vec::new();
        for (cron, _) in &self.windows {
            let mut at = now;
            for _ in 0..TOLD {
                match cron.next(at) {
                    Some(next) => {
                        starts.push(next);
                        at = next;
                    }
                    None => break,
                }
            }
        }
        starts.sort();
        starts.dedup();
        starts.truncate(TOLD);
        starts
    }

    fn next_window(&self, now: Millis) -> Option<Millis> {
        self.windows
            .iter()
            .filter_map(|(cron, _)| cron.next(now))
            .min()
    }

    /// The end of the last window that is open now.
    fn open_until(&self, now: Millis) -> Option<Millis> {
        let of = |(cron, length): &(Cron, i64)| {
            // One that began at most its length ago; of several the last.
            let mut at = Millis(now.0 - length);
            let mut until = None;
            while let Some(start) = cron.next(at).filter(|start| *start <= now) {
                until = Some(Millis(start.0 + length));
                at = start;
            }
            until
        };
        self.windows.iter().filter_map(of).max()
    }
}

/// Seconds and their fraction, and an offset, may be left out; without an offset it is UTC.
fn parse_time(text: &str) -> Option<Millis> {
    const MINUTES: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]");
    const SECONDS: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    const PARTS: &[BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond]");
    let text = text.trim();
    let text = match text.split_once(' ') {
        Some((date, time)) => format!("{date}T{time}"),
        None => text.to_owned(),
    };
    if let Ok(at) = OffsetDateTime::parse(&text, &time::format_description::well_known::Rfc3339) {
        return millis(at);
    }
    let plain = text.strip_suffix('Z').unwrap_or(&text);
    let parsed = [MINUTES, SECONDS, PARTS]
        .iter()
        .find_map(|format| PrimitiveDateTime::parse(plain, format).ok())?;
    millis(parsed.assume_utc())
}

fn millis(at: OffsetDateTime) -> Option<Millis> {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000)
        .ok()
        .map(Millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// 2026-11-23T15:42:12.345Z, a Monday.
    const NOW: Millis = Millis(1_795_448_532_345);

    fn schedule(config: Value) -> Schedule {
        Schedule::read(&config).expect("it is right")
    }

    fn at(text: &str) -> Millis {
        parse_time(text).expect(text)
    }

    #[test]
    fn times_are_read_in_the_forms_that_clients_send() {
        for (text, read) in [
            ("2026-11-23T16:30", "2026-11-23T16:30:00.000Z"),
            ("2026-11-23 16:30", "2026-11-23T16:30:00.000Z"),
            ("2026-11-23T16:30:05Z", "2026-11-23T16:30:05.000Z"),
            ("2026-11-23T16:30Z", "2026-11-23T16:30:00.000Z"),
            ("2026-11-23T16:30:05.250", "2026-11-23T16:30:05.250Z"),
            ("2026-11-23T18:30:05+02:00", "2026-11-23T16:30:05.000Z"),
        ] {
            assert_eq!(at(text).to_string(), read, "{text}");
        }
        for text in [
            "",
            "2026-11-23",
            "16:30",
            "2026-13-01T00:00",
            "1795448532",
            "ü",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn moments_must_lie_within_their_bounds() {
        for (config, continuous, right) in [
            (json!({"startTime": "2026-11-23T16:13"}), false, true),
            (json!({"startTime": "2026-11-23T16:12"}), false, false),
            (json!({"startTime": "2028-01-01T00:00"}), false, false),
            (json!({"endTime": "2026-11-23T16:13"}), false, true),
            (json!({"endTime": "2026-11-23T16:00"}), false, false),
            (
                json!({"startTime": "2026-11-24T00:00", "endTime": "2026-11-24T00:29"}),
                false,
                false,
            ),
            (
                json!({"startTime": "2026-11-24T00:00", "endTime": "2026-11-24T00:30"}),
                false,
                true,
            ),
            (json!({"endTime": "2029-01-01T00:00"}), false, false),
            (
                json!({"maintenanceWindows": [{"startTime": "cron(0 18 * * ? *)", "durationInMinutes": 60}]}),
                true,
                true,
            ),
            (
                json!({"maintenanceWindows": [{"startTime": "cron(0 18 * * ? *)", "durationInMinutes": 60}]}),
                false,
                false,
            ),
            (
                json!({"maintenanceWindows": [{"startTime": "cron(0 18 * * ? 2020)", "durationInMinutes": 60}]}),
                true,
                false,
            ),
        ] {
            let checked = schedule(config.clone()).check(continuous, NOW);
            assert_eq!(checked.is_ok(), right, "{config} {checked:?}");
        }
        for config in [
            json!({"startTime": "soon"}),
            json!({"maintenanceWindows": [{"startTime": "daily", "durationInMinutes": 60}]}),
            json!({"maintenanceWindows": [{"startTime": "cron(0 18 * * ? *)", "durationInMinutes": 1431}]}),
        ] {
            assert!(Schedule::read(&config).is_err(), "{config}");
        }
    }

    #[test]
    fn a_moment_lies_in_a_phase() {
        let plain =
            schedule(json!({"startTime": "2026-11-24T00:00", "endTime": "2026-11-25T00:00"}));
        let (start, end) = (at("2026-11-24T00:00"), at("2026-11-25T00:00"));
        assert_eq!(plain.phase(NOW), Phase::Waiting(Some(start)));
        assert_eq!(plain.phase(start), Phase::Open(Some(end)));
        assert_eq!(plain.phase(end), Phase::Ended);
        assert_eq!(Schedule::default().phase(NOW), Phase::Open(None));
        let windows = schedule(
            json!({"endTime": "2026-11-26T00:00", "maintenanceWindows": [
            {"startTime": "cron(0 18 * * ? *)", "durationInMinutes": 90},
            {"startTime": "cron(0 15 ? * TUE *)", "durationInMinutes": 10}]}),
        );
        let opens = at("2026-11-23T18:00");
        assert_eq!(windows.phase(NOW), Phase::Waiting(Some(opens)));
        let closes = at("2026-11-23T19:30");
        assert_eq!(windows.phase(opens), Phase::Open(Some(closes)));
        assert_eq!(
            windows.phase(Millis(closes.0 - 1)),
            Phase::Open(Some(closes))
        );
        assert_eq!(
            windows.phase(closes),
            Phase::Waiting(Some(at("2026-11-24T15:00")))
        );
        assert_eq!(windows.phase(at("2026-11-26T00:00")), Phase::Ended);
        let told = windows.next_windows(NOW);
        assert_eq!(told.len(), 7);
        assert_eq!(
            told[..3],
            [opens, at("2026-11-24T15:00"), at("2026-11-24T18:00")]
        );
    }
}
