//! Why a request about an execution is not carried out.

use super::execution::Execution;

/// Why. AWS guide: jobs-mqtt-error-response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The topic is one of jobs, and asks for nothing that there is.
    #[error("The topic asks for no operation of AWS IoT Jobs")]
    Topic,
    /// The payload is no JSON.
    #[error(
        "The contents of the request could not be interpreted as valid UTF-8-encoded JSON: {0}"
    )]
    Json(String),
    /// The payload is JSON and no right request.
    #[error("{0}")]
    Invalid(String),
    /// No such job, thing or execution.
    #[error("{0}")]
    Absent(String),
    /// The execution cannot go from its state to the one that is asked for.
    #[error("The job execution is {} and cannot become {wanted}.", execution.status.as_str())]
    Transition {
        /// As it is.
        execution: Box<Execution>,
        /// What was asked for, in AWS's spelling.
        wanted: String,
    },
    /// The execution has another version than was expected.
    #[error("The job execution has version {}, and {expected} was expected.", execution.version)]
    Version {
        /// As it is.
        execution: Box<Execution>,
        /// What was expected.
        expected: i64,
    },
    /// A device asks for an execution that has ended.
    #[error("The job execution has reached the terminal state {0}.")]
    Terminal(&'static str),
}

impl Refusal {
    /// A request that is none.
    pub fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }

    /// `code` of a rejection over MQTT.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Topic => "InvalidTopic",
            Self::Json(_) => "InvalidJson",
            Self::Invalid(_) => "InvalidRequest",
            Self::Absent(_) => "ResourceNotFound",
            Self::Transition { .. } => "InvalidStateTransition",
            Self::Version { .. } => "VersionMismatch",
            Self::Terminal(_) => "TerminalStateReached",
        }
    }

    /// The execution as it is, where the refusal tells it.
    pub fn execution(&self) -> Option<&Execution> {
        match self {
            Self::Transition { execution, .. } | Self::Version { execution, .. } => Some(execution),
            _ => None,
        }
    }
}
