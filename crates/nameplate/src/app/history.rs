//! What connections came to and what messages went, minute by minute since the start, for pictures. In memory, and no more
//! than a day of it.

use nameplate_core::ctx::Millis;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;
/// Minutes that are kept.
pub const KEPT: usize = 24 * 60;
/// Minutes of which it is kept why something was refused.
const KEPT_REFUSALS: usize = 60;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// A first connection was provisioned, after so many milliseconds.
    Provisioned(i64),
    /// A known device connected, after so many milliseconds.
    Connected(i64),
    /// It was refused.
    Refused,
}

/// One minute. Nodes tell each other of theirs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Minute {
    /// When it began, milliseconds.
    pub at: i64,
    /// First connections that were provisioned.
    pub provisioned: u64,
    /// Connections of known devices.
    pub connected: u64,
    /// Refusals.
    pub refused: u64,
    /// Milliseconds from the first byte to CONNACK, of all that connected together.
    pub milliseconds: u64,
    /// And of the slowest one.
    pub slowest: u64,
    /// PUBLISH packets taken from devices.
    pub received: u64,
    /// Messages written to devices.
    pub sent: u64,
}

impl Minute {
    fn add(&mut self, other: &Self) {
        self.provisioned += other.provisioned;
        self.connected += other.connected;
        self.refused += other.refused;
        self.milliseconds += other.milliseconds;
        self.slowest = self.slowest.max(other.slowest);
        self.received += other.received;
        self.sent += other.sent;
    }
}

/// What happened, minute by minute up to now, and what was refused in the last hour of it at most, by code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The oldest first.
    pub minutes: Vec<Minute>,
    /// By code.
    pub refusals: BTreeMap<String, u64>,
}

impl Told {
    /// Counts what happened at another node. Its clock may be another: what is later than now here counts as now.
    pub fn add(&mut self, other: &Self) {
        for minute in &other.minutes {
            let later = self.minutes.partition_point(|own| own.at < minute.at);
            let at = later.min(self.minutes.len().saturating_sub(1));
            if let Some(own) = self.minutes.get_mut(at)
                && own.at <= minute.at
            {
                own.add(minute);
            }
        }
        for (code, count) in &other.refusals {
            *self.refusals.entry(code.clone()).or_default() += count;
        }
    }
}

/// The minutes.
#[derive(Debug, Default)]
pub struct History {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    minutes: VecDeque<Minute>,
    // What was refused in each of the last minutes, by code.
    refusals: VecDeque<(i64, BTreeMap<String, u64>)>,
    // The counters when they were last looked at.
    received: u64,
    sent: u64,
}

impl Kept {
    fn minute(&mut self, now: Millis) -> &mut Minute {
        let at = now.0.div_euclid(MINUTE) * MINUTE;
        // A clock that steps back counts to the newest.
        if self.minutes.back().is_none_or(|last| last.at < at) {
            if self.minutes.len() == KEPT {
                self.minutes.pop_front();
            }
            self.minutes.push_back(Minute {
                at,
                ..Minute::default()
            });
        }
        let newest = self.minutes.len() - 1;
        &mut self.minutes[newest]
    }
}

impl History {
    /// An attempt has ended.
    pub fn ended(&self, now: Millis, ended: Ended) {
        let mut kept = self.kept.lock();
        let minute = kept.minute(now);
        let took = match ended {
            Ended::Provisioned(took) => {
                minute.provisioned += 1;
                took
            }
            Ended::Connected(took) => {
                minute.connected += 1;
                took
            }
            Ended::Refused => {
                minute.refused += 1;
                return;
            }
        };
        let took = took.max(0).unsigned_abs();
        minute.milliseconds += took;
        minute.slowest = minute.slowest.max(took);
    }

    /// An attempt was refused for this; codes are from a closed set.
    pub fn refused(&self, now: Millis, code: &str) {
        let mut kept = self.kept.lock();
        let at = now.0.div_euclid(MINUTE);
        if kept.refusals.back().is_none_or(|(last, _)| *last < at) {
            if kept.refusals.len() == KEPT_REFUSALS {
                kept.refusals.pop_front();
            }
            kept.refusals.push_back((at, BTreeMap::new()));
        }
        if let Some((_, codes)) = kept.refusals.back_mut() {
            match codes.get_mut(code) {
                Some(count) => *count += 1,
                None => drop(codes.insert(code.to_owned(), 1)),
            }
        }
    }

    /// What was refused in the last so many minutes, an hour at most, by code.
    pub fn refusals(&self, now: Millis, minutes: usize) -> BTreeMap<String, u64> {
        let kept = self.kept.lock();
        let count = i64::try_from(minutes).unwrap_or(i64::MAX);
        let since = now.0.div_euclid(MINUTE).saturating_sub(count);
        let mut sum = BTreeMap::new();
        for (_, codes) in kept.refusals.iter().filter(|(at, _)| *at > since) {
            for (code, count) in codes {
                *sum.entry(code.clone()).or_default() += count;
            }
        }
        sum
    }

    /// The counters of messages as they are now; what they have grown by is counted to this minute.
    pub fn messages(&self, now: Millis, received: u64, sent: u64) {
        let mut kept = self.kept.lock();
        let grown = (
            received.saturating_sub(kept.received),
            sent.saturating_sub(kept.sent),
        );
        (kept.received, kept.sent) = (received, sent);
        let minute = kept.minute(now);
        minute.received += grown.0;
        minute.sent += grown.1;
    }

    /// The last so many minutes, with why something was refused.
    pub fn told(&self, now: Millis, minutes: usize) -> Told {
        Told {
            minutes: self.last(now, minutes),
            refusals: self.refusals(now, minutes),
        }
    }

    /// The last so many minutes up to now, the oldest first, those in which nothing happened included.
    pub fn last(&self, now: Millis, minutes: usize) -> Vec<Minute> {
        let kept = self.kept.lock();
        let last = now.0.div_euclid(MINUTE);
        let count = i64::try_from(minutes.min(KEPT)).unwrap_or_default();
        let mut known = kept.minutes.iter().peekable();
        let each = (last - count + 1..=last).map(|number| {
            let at = number * MINUTE;
            while known.next_if(|minute| minute.at < at).is_some() {}
            let found = known.next_if(|minute| minute.at == at);
            found.copied().unwrap_or(Minute {
                at,
                ..Minute::default()
            })
        });
        each.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_by_code_for_an_hour() {
        let history = History::default();
        let at = |minute: i64| Millis(minute * MINUTE);
        for (minute, code) in [
            (1, "ca-unknown"),
            (30, "ca-unknown"),
            (30, "tls-alert"),
            (61, "tls-alert"),
        ] {
            history.refused(at(minute), code);
        }
        let counts = |minutes| {
            let found = history.refusals(at(61), minutes).into_iter();
            found
                .map(|(code, count)| format!("{code} {count}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(counts(60), ["ca-unknown 1", "tls-alert 2"]);
        assert_eq!(counts(1), ["tls-alert 1"]);
        for minute in 0..1000 {
            history.refused(at(100 + minute), "tls-alert");
        }
        assert_eq!(history.kept.lock().refusals.len(), KEPT_REFUSALS);
    }

    #[test]
    fn what_happened_at_other_nodes_is_added_by_the_minute() {
        let at = |minute: i64| Millis(minute * MINUTE);
        let here = History::default();
        here.ended(at(10), Ended::Provisioned(30));
        here.refused(at(10), "ca-unknown");
        let there = History::default();
        for minute in [5, 9, 10, 11] {
            there.ended(at(minute), Ended::Connected(40 + minute));
        }
        there.refused(at(9), "ca-unknown");
        there.refused(at(9), "tls-alert");
        let mut told = here.told(at(10), 3);
        // Its clock is a minute ahead.
        told.add(&there.told(at(11), 7));
        let shown: Vec<_> = told
            .minutes
            .iter()
            .map(|one| (one.at / MINUTE, one.provisioned, one.connected, one.slowest))
            .collect();
        assert_eq!(shown, [(8, 0, 0, 0), (9, 0, 1, 49), (10, 1, 2, 51)]);
        let refusals: Vec<_> = told.refusals.into_iter().collect();
        assert_eq!(
            refusals,
            [("ca-unknown".to_owned(), 2), ("tls-alert".to_owned(), 1)]
        );
        Told::default().add(&there.told(at(11), 7));
    }

    #[test]
    fn minutes_are_counted_and_forgotten() {
        let history = History::default();
        let at = |minute: i64, millis: i64| Millis(minute * MINUTE + millis);
        history.ended(at(10, 0), Ended::Provisioned(30));
        history.ended(at(10, 59_999), Ended::Connected(10));
        history.ended(at(12, 0), Ended::Refused);
        history.messages(at(12, 1), 5, 7);
        history.messages(at(12, 2), 6, 7);
        let last = history.last(at(12, 30_000), 4);
        let shown: Vec<_> = last
            .iter()
            .map(|one| (one.at / MINUTE, one.provisioned, one.connected, one.refused))
            .collect();
        assert_eq!(
            shown,
            [(9, 0, 0, 0), (10, 1, 1, 0), (11, 0, 0, 0), (12, 0, 0, 1)]
        );
        assert_eq!((last[1].milliseconds, last[1].slowest), (40, 30));
        assert_eq!((last[3].received, last[3].sent), (6, 7));
        for minute in 0..2 * KEPT as i64 {
            history.ended(at(100 + minute, 0), Ended::Refused);
        }
        assert_eq!(history.kept.lock().minutes.len(), KEPT);
    }
}
