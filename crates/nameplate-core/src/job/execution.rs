//! One thing's execution of a job, and the changes that it takes.

use super::TIMEOUT_MINUTES;
use super::refusal::Refusal;
use super::status::ExecutionStatus;
use crate::ctx::Millis;
use std::collections::BTreeMap;

/// `statusDetails`: values by key.
pub type Details = BTreeMap<String, String>;

/// Characters of a key of the details (API: `DetailsKey`).
const KEY_CHARS: usize = 128;
/// Characters of a value of the details (General Reference, AWS IoT Device Management quotas).
const VALUE_CHARS: usize = 1024;
/// Keys and values of the details together, bytes (General Reference, AWS IoT Device Management quotas).
const DETAILS_BYTES: usize = 32 * 1024;

/// An execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// Id of its job.
    pub job: String,
    /// Its number among those of its job and thing; the first is 1.
    pub number: i64,
    /// Grows with each change; the first is 1.
    pub version: i64,
    /// What it is doing.
    pub status: ExecutionStatus,
    /// It was canceled while it was in progress.
    pub forced: bool,
    /// Which retry it is; 0 for the first try.
    pub attempt: i64,
    /// When it was created.
    pub queued: Millis,
    /// When the thing began.
    pub started: Option<Millis>,
    /// When it last changed.
    pub updated: Millis,
    /// What the thing says of it.
    pub details: Details,
    /// When it times out because the job says so.
    pub deadline: Option<Millis>,
    /// When it times out because the thing said so.
    pub step_deadline: Option<Millis>,
}

/// What a thing wants to change of its execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The state that it shall have.
    pub status: ExecutionStatus,
    /// The details that it shall have; as they are where there are none.
    pub details: Option<Details>,
    /// The version that it must have.
    pub expected: Option<i64>,
    /// `stepTimeoutInMinutes`.
    pub step: Option<i64>,
}

impl Execution {
    /// A new one that waits for its thing.
    pub fn new(job: &str, number: i64, attempt: i64, now: Millis) -> Self {
        Self {
            job: job.to_owned(),
            number,
            version: 1,
            status: ExecutionStatus::Queued,
            forced: false,
            attempt,
            queued: now,
            started: None,
            updated: now,
            details: Details::new(),
            deadline: None,
            step_deadline: None,
        }
    }

    /// Takes an update of its thing. `timeout` is the job's in-progress timeout in minutes.
    ///
    /// # Errors
    /// Another version, a state that it cannot have, or a step timeout out of range.
    pub fn update(
        &mut self,
        update: &Update,
        timeout: Option<i64>,
        now: Millis,
    ) -> Result<(), Refusal> {
        use ExecutionStatus::{Failed, InProgress, Rejected, Removed, Succeeded};
        self.expect(update.expected)?;
        // REMOVED is in no list of AWS's guide, and in its example for the command line.
        let possible = matches!(
            update.status,
            InProgress | Succeeded | Failed | Rejected | Removed
        );
        if self.status.is_terminal() || !possible {
            return Err(self.impossible(update.status));
        }
        let step = update.step.map(|minutes| step(minutes, now)).transpose()?;
        self.status = update.status;
        if let Some(details) = &update.details {
            self.details.clone_from(details);
        }
        if self.status == InProgress {
            self.begin(timeout, now);
            self.step_deadline = step.unwrap_or(self.step_deadline);
        }
        self.changed(now);
        Ok(())
    }

    /// The thing begins it, where it has not. One that is in progress stays as it is, but for its step timeout.
    ///
    /// # Errors
    /// A step timeout out of range.
    pub fn start(
        &mut self,
        details: Option<Details>,
        minutes: Option<i64>,
        timeout: Option<i64>,
        now: Millis,
    ) -> Result<bool, Refusal> {
        let step = minutes.map(|minutes| step(minutes, now)).transpose()?;
        let begins = self.status == ExecutionStatus::Queued;
        if begins {
            self.status = ExecutionStatus::InProgress;
            self.begin(timeout, now);
            if let Some(details) = details {
                self.details = details;
            }
            self.changed(now);
        }
        self.step_deadline = step.unwrap_or(self.step_deadline);
        Ok(begins || step.is_some())
    }

    /// Cancels it. One that is in progress needs `force`.
    ///
    /// # Errors
    /// Another version, or a state in which it cannot be canceled.
    pub fn cancel(
        &mut self,
        force: bool,
        expected: Option<i64>,
        details: Option<Details>,
        now: Millis,
    ) -> Result<(), Refusal> {
        self.expect(expected)?;
        let in_progress = self.status == ExecutionStatus::InProgress;
        if self.status.is_terminal() || in_progress && !force {
            return Err(self.impossible(ExecutionStatus::Canceled));
        }
        if let Some(details) = details {
            self.details = details;
        }
        self.forced = in_progress;
        self.end(ExecutionStatus::Canceled, now);
        Ok(())
    }

    /// Ends it for a reason that is not its thing's.
    pub fn end(&mut self, status: ExecutionStatus, now: Millis) {
        self.status = status;
        self.changed(now);
    }

    /// When it times out, if it stays as it is.
    pub fn times_out(&self) -> Option<Millis> {
        match (self.deadline, self.step_deadline) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// `approximateSecondsBeforeTimedOut`.
    pub fn seconds_left(&self, now: Millis) -> Option<i64> {
        let left = self.times_out()?.0 - now.0;
        Some(left.max(0) / 1000)
    }

    fn begin(&mut self, timeout: Option<i64>, now: Millis) {
        if self.started.is_none() {
            self.started = Some(now);
            self.deadline = timeout.map(|minutes| after(now, minutes));
        }
    }

    fn changed(&mut self, now: Millis) {
        self.version += 1;
        self.updated = now;
        if self.status.is_terminal() {
            self.deadline = None;
            self.step_deadline = None;
        }
    }

    fn expect(&self, expected: Option<i64>) -> Result<(), Refusal> {
        match expected {
            Some(expected) if expected != self.version => Err(Refusal::Version {
                execution: Box::new(self.clone()),
                expected,
            }),
            _ => Ok(()),
        }
    }

    fn impossible(&self, wanted: ExecutionStatus) -> Refusal {
        Refusal::Transition {
            execution: Box::new(self.clone()),
            wanted: wanted.as_str().to_owned(),
        }
    }
}

fn after(now: Millis, minutes: i64) -> Millis {
    Millis(now.0.saturating_add(minutes.saturating_mul(60_000)))
}

/// The end of a step, or that it has none: -1 takes the timeout away. API: `stepTimeoutInMinutes`.
fn step(minutes: i64, now: Millis) -> Result<Option<Millis>, Refusal> {
    match minutes {
        -1 => Ok(None),
        1..=TIMEOUT_MINUTES => Ok(Some(after(now, minutes))),
        _ => Err(Refusal::invalid(format!(
            "stepTimeoutInMinutes must be between 1 and {TIMEOUT_MINUTES}, or -1, and is {minutes}"
        ))),
    }
}

/// Whether details may be kept.
///
/// # Errors
/// Which key or value is not as it may be.
pub(super) fn check_details(details: &Details) -> Result<(), String> {
    let mut bytes = 0;
    for (key, value) in details {
        let right = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
        if key.is_empty() || key.chars().count() > KEY_CHARS || !key.chars().all(right) {
            return Err(format!(
                "statusDetails has a key that is not 1 to {KEY_CHARS} of [a-zA-Z0-9:_-]"
            ));
        }
        let count = value.chars().count();
        if count == 0 || count > VALUE_CHARS || value.chars().any(char::is_control) {
            return Err(format!(
                "the value of {key} in statusDetails is not 1 to {VALUE_CHARS} characters without control characters"
            ));
        }
        bytes += key.len() + value.len();
    }
    if bytes > DETAILS_BYTES {
        return Err(format!(
            "statusDetails are {bytes} bytes long and may be {DETAILS_BYTES}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ExecutionStatus::*;

    const NOW: Millis = Millis(1_000_000);

    fn in_state(status: ExecutionStatus) -> Execution {
        let mut execution = Execution::new("j", 1, 0, Millis(0));
        execution.status = status;
        execution
    }

    fn to(status: ExecutionStatus) -> Update {
        Update {
            status,
            details: None,
            expected: None,
            step: None,
        }
    }

    /// Each state, and what its thing may make of it.
    #[test]
    fn updates_follow_the_states() {
        for from in ExecutionStatus::ALL {
            for wanted in ExecutionStatus::ALL {
                let mut execution = in_state(*from);
                let taken = execution.update(&to(*wanted), None, NOW);
                let may = matches!(from, Queued | InProgress)
                    && matches!(wanted, InProgress | Succeeded | Failed | Rejected | Removed);
                assert_eq!(taken.is_ok(), may, "{from:?} to {wanted:?}");
                match taken {
                    Ok(()) => assert_eq!((execution.status, execution.version), (*wanted, 2)),
                    Err(refused) => {
                        assert_eq!(refused.code(), "InvalidStateTransition");
                        assert_eq!(execution, in_state(*from));
                    }
                }
            }
        }
    }

    #[test]
    fn canceling_what_is_in_progress_needs_force() {
        for (from, force, may) in [
            (Queued, false, true),
            (Queued, true, true),
            (InProgress, false, false),
            (InProgress, true, true),
            (Succeeded, true, false),
            (Canceled, true, false),
        ] {
            let mut execution = in_state(from);
            let done = execution.cancel(force, None, None, NOW);
            assert_eq!(done.is_ok(), may, "{from:?} {force}");
            assert_eq!(execution.forced, may && from == InProgress);
        }
        let refused = in_state(Queued).cancel(false, Some(7), None, NOW);
        assert_eq!(refused.expect_err("version 1").code(), "VersionMismatch");
    }

    #[test]
    fn timeouts_run_from_the_beginning_and_from_each_step() {
        let mut execution = in_state(Queued);
        let step = |minutes| Update {
            step: Some(minutes),
            ..to(InProgress)
        };
        assert_eq!(execution.start(None, Some(5), Some(60), NOW), Ok(true));
        assert_eq!(execution.deadline, Some(Millis(NOW.0 + 3_600_000)));
        assert_eq!(execution.seconds_left(NOW), Some(300));
        let later = Millis(NOW.0 + 60_000);
        execution
            .update(&step(10), Some(60), later)
            .expect("it may");
        assert_eq!(execution.seconds_left(later), Some(600));
        assert_eq!(execution.started, Some(NOW));
        execution
            .update(&step(-1), Some(60), later)
            .expect("it may");
        assert_eq!(execution.seconds_left(later), Some(3540));
        for minutes in [0, -2, TIMEOUT_MINUTES + 1, i64::MAX] {
            let refused = execution.update(&step(minutes), None, later);
            assert_eq!(refused.expect_err("out of range").code(), "InvalidRequest");
        }
        execution
            .update(&to(Succeeded), None, later)
            .expect("it may");
        assert_eq!(execution.times_out(), None);
    }

    #[test]
    fn starting_twice_changes_no_details() {
        let mut execution = in_state(Queued);
        let details = |text: &str| Some(Details::from([("k".to_owned(), text.to_owned())]));
        assert_eq!(execution.start(details("a"), None, None, NOW), Ok(true));
        let before = execution.clone();
        assert_eq!(execution.start(details("b"), None, None, NOW), Ok(false));
        assert_eq!(execution, before);
    }

    #[test]
    fn details_have_limits() {
        let of = |key: &str, value: &str| {
            check_details(&Details::from([(key.to_owned(), value.to_owned())])).is_ok()
        };
        assert!(of("a:b_c-9", "v"));
        assert!(of(&"k".repeat(128), &"v".repeat(1024)));
        assert!(!of(&"k".repeat(129), "v"));
        assert!(!of("k", &"v".repeat(1025)));
        assert!(!of("", "v"));
        assert!(!of("k", ""));
        assert!(!of("k.k", "v"));
        assert!(!of("k", "a\nb"));
        let many = (0..40).map(|n| (format!("k{n}"), "v".repeat(1000)));
        assert!(check_details(&many.collect()).is_err());
    }
}
