//! What AWS IoT Jobs alone refuses, in domain words.

use crate::app::error::{Error, Kind};
use nameplate_core::job;

/// Why a job, an execution or a template does not change as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The job's state forbids it.
    State,
    /// A template of this id is there.
    Conflict,
    /// An execution does not take it.
    Execution(job::Refusal),
}

impl From<job::Refusal> for Error {
    fn from(refusal: job::Refusal) -> Self {
        let text = refusal.to_string();
        Self::new(Kind::Job(Refusal::Execution(refusal)), text)
    }
}

/// A job whose state forbids it.
pub(super) fn state(text: impl Into<String>) -> Error {
    Error::new(Kind::Job(Refusal::State), text)
}
