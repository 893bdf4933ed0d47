//! How fast a job reaches its things, and what makes it stop or try again.

use super::settings::{Criterion, FailureKind, Retry};
use super::status::ExecutionStatus;
use crate::ctx::Millis;

/// Things of a job by the state of their last execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts([i64; 8]);

impl Counts {
    /// How many are in this state.
    pub fn of(&self, status: ExecutionStatus) -> i64 {
        self.0[status.code() as usize]
    }

    /// Adds to a state's number; `by` may be negative.
    pub fn add(&mut self, status: ExecutionStatus, by: i64) {
        self.0[status.code() as usize] += by;
    }

    /// How many things were told of the job.
    pub fn notified(&self) -> i64 {
        self.0.iter().sum()
    }

    /// How many have not ended.
    pub fn pending(&self) -> i64 {
        self.of(ExecutionStatus::Queued) + self.of(ExecutionStatus::InProgress)
    }

    fn failures(&self, kind: FailureKind) -> i64 {
        use ExecutionStatus::{Failed, Rejected, TimedOut};
        match kind {
            FailureKind::Failed => self.of(Failed),
            FailureKind::Rejected => self.of(Rejected),
            FailureKind::TimedOut => self.of(TimedOut),
            FailureKind::All => self.of(Failed) + self.of(Rejected) + self.of(TimedOut),
        }
    }
}

/// How many things are told of a job in a minute. API: `JobExecutionsRolloutConfig`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rollout {
    /// `maximumPerMinute`.
    pub maximum: Option<i64>,
    /// `exponentialRate`.
    pub exponential: Option<Exponential>,
}

/// A rate that grows. API: `ExponentialRolloutRate`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exponential {
    /// `baseRatePerMinute`.
    pub base: i64,
    /// `incrementFactor`.
    pub factor: f64,
    /// `numberOfNotifiedThings`: it grows whenever so many more were told.
    pub notified: Option<i64>,
    /// `numberOfSucceededThings`: it grows whenever so many more have succeeded.
    pub succeeded: Option<i64>,
}

/// The minute of a rollout in which things were told last, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Minute {
    /// Its number, from the beginning of the rollout.
    pub number: i64,
    /// Things told in it.
    pub told: i64,
}

/// How many things may be told now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// So many, before others are counted.
    pub things: i64,
    /// The minute that they count in.
    pub minute: Minute,
    /// When more may be told, where that is bounded.
    pub next: Option<Millis>,
}

impl Rollout {
    /// Things in a minute, after so many were told and have succeeded. No bound where none is set.
    pub fn per_minute(&self, counts: &Counts) -> Option<i64> {
        let Some(growth) = self.exponential else {
            return self.maximum;
        };
        let steps = |count: i64, each: Option<i64>| match each {
            Some(each) if each > 0 => count / each,
            _ => 0,
        };
        let succeeded = counts.of(ExecutionStatus::Succeeded);
        let grown =
            steps(counts.notified(), growth.notified).max(steps(succeeded, growth.succeeded));
        // From 1 by 1.1 it takes under a hundred steps to the largest rate there is.
        let grown = i32::try_from(grown.clamp(0, 1000)).unwrap_or(1000);
        let rate = (growth.base as f64 * growth.factor.powi(grown)).floor();
        let most = self.maximum.unwrap_or(MOST_PER_MINUTE);
        Some(if rate >= most as f64 {
            most
        } else {
            rate as i64
        })
    }

    /// What may be told now in a rollout that began at `since`.
    pub fn allowance(
        &self,
        counts: &Counts,
        last: Minute,
        since: Millis,
        now: Millis,
    ) -> Allowance {
        let number = (now.0 - since.0).max(0) / 60_000;
        let minute = match last.number == number {
            true => last,
            false => Minute { number, told: 0 },
        };
        match self.per_minute(counts) {
            None => Allowance {
                things: i64::MAX,
                minute,
                next: None,
            },
            Some(rate) => Allowance {
                things: (rate - minute.told).max(0),
                minute,
                next: Some(Millis(since.0 + (number + 1) * 60_000)),
            },
        }
    }
}

/// The largest rate, things in a minute (General Reference, AWS IoT Device Management quotas).
pub(super) const MOST_PER_MINUTE: i64 = 1000;

/// Whether one of the criteria says to cancel the job.
pub fn aborts(criteria: &[Criterion], counts: &Counts) -> bool {
    let notified = counts.notified();
    criteria.iter().any(|criterion| {
        let share = counts.failures(criterion.failure) as f64 * 100.0 / notified.max(1) as f64;
        let failed = counts.failures(criterion.failure) > 0;
        failed && notified >= criterion.minimum && share >= criterion.threshold
    })
}

/// Whether an execution that ended so is tried once more, being the `attempt`th retry itself.
pub fn retries(criteria: &[Retry], status: ExecutionStatus, attempt: i64) -> bool {
    criteria.iter().any(|retry| {
        let concerns = match retry.failure {
            FailureKind::All => {
                matches!(status, ExecutionStatus::Failed | ExecutionStatus::TimedOut)
            }
            FailureKind::Failed => status == ExecutionStatus::Failed,
            FailureKind::TimedOut => status == ExecutionStatus::TimedOut,
            FailureKind::Rejected => false,
        };
        concerns && attempt < retry.times
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ExecutionStatus::*;

    fn counts(of: &[(ExecutionStatus, i64)]) -> Counts {
        let mut counts = Counts::default();
        for (status, number) in of {
            counts.add(*status, *number);
        }
        counts
    }

    /// The example of AWS's guide: 50 a minute, doubled with every thousand, at most a thousand.
    #[test]
    fn a_rate_grows_with_what_was_reached() {
        let rollout = Rollout {
            maximum: Some(1000),
            exponential: Some(Exponential {
                base: 50,
                factor: 2.0,
                notified: Some(1000),
                succeeded: Some(500),
            }),
        };
        for (queued, succeeded, rate) in [
            (0, 0, 50),
            (999, 0, 50),
            (1000, 0, 100),
            (3000, 0, 400),
            (0, 500, 100),
            (100_000, 0, 1000),
        ] {
            let counts = counts(&[(Queued, queued), (Succeeded, succeeded)]);
            assert_eq!(
                rollout.per_minute(&counts),
                Some(rate),
                "{queued} {succeeded}"
            );
        }
        assert_eq!(Rollout::default().per_minute(&Counts::default()), None);
    }

    #[test]
    fn a_minute_takes_so_many() {
        let rollout = Rollout {
            maximum: Some(10),
            exponential: None,
        };
        let since = Millis(5_000);
        let of = |number, told, at| {
            let allowed = rollout.allowance(
                &Counts::default(),
                Minute { number, told },
                since,
                Millis(at),
            );
            (allowed.things, allowed.minute.number, allowed.next)
        };
        assert_eq!(of(0, 0, 5_000), (10, 0, Some(Millis(65_000))));
        assert_eq!(of(0, 10, 64_999), (0, 0, Some(Millis(65_000))));
        assert_eq!(of(0, 10, 65_000), (10, 1, Some(Millis(125_000))));
        assert_eq!(of(1, 12, 65_000), (0, 1, Some(Millis(125_000))));
        assert_eq!(
            of(0, 10, 0),
            (0, 0, Some(Millis(65_000))),
            "a clock put back"
        );
    }

    #[test]
    fn criteria_abort_a_job() {
        let criterion = |failure, threshold, minimum| Criterion {
            failure,
            threshold,
            minimum,
        };
        let ten = |failed, rejected| {
            counts(&[
                (Failed, failed),
                (Rejected, rejected),
                (Succeeded, 10 - failed - rejected),
            ])
        };
        for (criterion, counts, aborted) in [
            (criterion(FailureKind::Failed, 20.0, 10), ten(1, 0), false),
            (criterion(FailureKind::Failed, 20.0, 10), ten(2, 0), true),
            (criterion(FailureKind::Failed, 20.0, 11), ten(9, 0), false),
            (criterion(FailureKind::Rejected, 20.0, 1), ten(9, 1), false),
            (criterion(FailureKind::All, 20.0, 1), ten(1, 1), true),
            (criterion(FailureKind::TimedOut, 0.0, 1), ten(9, 1), false),
        ] {
            assert_eq!(aborts(&[criterion], &counts), aborted, "{criterion:?}");
        }
        assert!(!aborts(&[], &ten(10, 0)));
    }

    #[test]
    fn some_ends_are_tried_again() {
        let retry = |failure, times| vec![Retry { failure, times }];
        for (criteria, status, attempt, again) in [
            (retry(FailureKind::Failed, 2), Failed, 0, true),
            (retry(FailureKind::Failed, 2), Failed, 1, true),
            (retry(FailureKind::Failed, 2), Failed, 2, false),
            (retry(FailureKind::Failed, 2), TimedOut, 0, false),
            (retry(FailureKind::All, 1), TimedOut, 0, true),
            (retry(FailureKind::All, 1), Rejected, 0, false),
            (retry(FailureKind::All, 1), Canceled, 0, false),
            (retry(FailureKind::Failed, 0), Failed, 0, false),
        ] {
            assert_eq!(
                retries(&criteria, status, attempt),
                again,
                "{criteria:?} {status:?}"
            );
        }
    }
}
