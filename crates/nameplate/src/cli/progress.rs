//! How far long work is: a line that is written over on a terminal, now and then a line elsewhere.

use super::out::{complain, fitting, is_dumb};
use std::collections::VecDeque;
use std::io::{IsTerminal, Write as _};
use std::time::{Duration, Instant};

/// How often progress is told where there is no terminal, and where there is one.
const TELL: Duration = Duration::from_secs(5);
const REDRAW: Duration = Duration::from_millis(100);
/// How far back the rate looks.
const WINDOW: Duration = Duration::from_secs(10);

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Rows of tables.
    Rows,
    /// Bytes.
    Bytes,
}

/// Work that is under way.
pub struct Progress {
    terminal: bool,
    told: Option<Instant>,
    begun: bool,
    seen: VecDeque<(Instant, u64)>,
}

impl Progress {
    /// Nothing has been told yet.
    pub fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal() && !is_dumb(),
            told: None,
            begun: false,
            seen: VecDeque::new(),
        }
    }

    /// Tells how much is done, of how much if that is known, unless it has just been told.
    pub fn tell(&mut self, what: &str, unit: Unit, done: u64, of: Option<u64>) {
        self.tell_at(what, unit, done, of, Instant::now());
    }

    fn tell_at(&mut self, what: &str, unit: Unit, done: u64, of: Option<u64>, now: Instant) {
        // Work that is over before it need be told of is not.
        if !self.begun {
            self.begun = true;
            self.told = Some(now);
            self.seen.push_back((now, done));
            return;
        }
        let pause = if self.terminal { REDRAW } else { TELL };
        let recent = self
            .told
            .is_some_and(|told| now.duration_since(told) < pause);
        if recent {
            return;
        }
        self.told = Some(now);
        // Another thing is done now.
        if self.seen.back().is_some_and(|(_, before)| *before > done) {
            self.seen.clear();
        }
        self.seen.push_back((now, done));
        while self.seen.len() > 2
            && self
                .seen
                .front()
                .is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.seen.pop_front();
        }
        let line = line(what, unit, done, of, self.rate());
        match self.terminal {
            // There is nowhere to tell of a failure.
            true => drop(write!(std::io::stderr(), "\r\x1b[K{}", fitting(&line))),
            false => complain(line),
        }
    }

    /// So many a second, if that can be said.
    fn rate(&self) -> Option<f64> {
        let ((since, before), (now, after)) = (self.seen.front()?, self.seen.back()?);
        let seconds = now.duration_since(*since).as_secs_f64();
        // As far as a rate is of use.
        #[allow(clippy::cast_precision_loss)]
        let done = after.saturating_sub(*before) as f64;
        (seconds > 0.0 && done > 0.0).then_some(done / seconds)
    }

    /// Takes the line away.
    pub fn clear(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]
fn line(what: &str, unit: Unit, done: u64, of: Option<u64>, rate: Option<f64>) -> String {
    let amount = |count: u64| match unit {
        Unit::Rows => count.to_string(),
        Unit::Bytes => bytes(count),
    };
    let word = match unit {
        Unit::Rows => " rows",
        Unit::Bytes => "",
    };
    let mut text = match of {
        Some(of) => format!("{what}: {} of {}{word}", amount(done), amount(of)),
        None => format!("{what}: {}{word}", amount(done)),
    };
    if let Some(rate) = rate {
        text.push_str(&format!(", {}{word}/s", amount(rate as u64)));
        if let Some(left) = of.and_then(|of| of.checked_sub(done)) {
            text.push_str(&format!(
                ", {} left",
                duration((left as f64 / rate).ceil() as u64)
            ));
        }
    }
    text
}

/// Bytes as people read them.
pub fn bytes(count: u64) -> String {
    #[allow(clippy::cast_precision_loss)]
    let count_of = |unit: u64| count as f64 / unit as f64;
    match count {
        0..10_000 => format!("{count} bytes"),
        10_000..1_000_000 => format!("{:.0} kB", count_of(1_000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count_of(1_000_000)),
        _ => format!("{:.1} GB", count_of(1_000_000_000)),
    }
}

/// Seconds as people read them.
pub fn duration(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_rate_and_time_left() {
        let check = |unit, done, of, rate, expected: &str| {
            assert_eq!(line("copying", unit, done, of, rate), expected);
        };
        check(Unit::Rows, 10, None, None, "copying: 10 rows");
        check(
            Unit::Rows,
            10,
            Some(1000),
            Some(99.0),
            "copying: 10 of 1000 rows, 99 rows/s, 10 s left",
        );
        check(
            Unit::Bytes,
            12_345,
            None,
            Some(2_500_000.0),
            "copying: 12 kB, 2.5 MB/s",
        );
        check(
            Unit::Rows,
            0,
            Some(1_000_000),
            Some(1000.0),
            "copying: 0 of 1000000 rows, 1000 rows/s, 17 min left",
        );
    }

    #[test]
    fn the_rate_is_of_late() {
        let begun = Instant::now();
        let mut progress = Progress::new();
        progress.terminal = true;
        for second in 0..60 {
            let at = begun + Duration::from_secs(second);
            let done = if second < 30 {
                second
            } else {
                30 + (second - 30) * 100
            };
            progress.tell_at("working", Unit::Rows, done, None, at);
        }
        let rate = progress.rate().expect("there is one");
        assert!((rate - 100.0).abs() < 1.0, "{rate}");
        assert!(progress.seen.len() < 15);
    }
}
