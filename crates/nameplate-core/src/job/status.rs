//! The states of jobs and of their executions.

/// Declares states with AWS's spelling and the number that they are kept by.
macro_rules! states {
    ($(#[$about:meta])* $name:ident { $($(#[$said:meta])* $state:ident = $code:literal, $text:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$said])* $state,)*
        }

        impl $name {
            /// All of them, in the order of their codes.
            pub const ALL: &[$name] = &[$($name::$state),*];

            /// AWS's spelling.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$state => $text,)*
                }
            }

            /// From AWS's spelling.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|state| state.as_str() == text)
            }

            /// The number it is kept by.
            pub fn code(self) -> i64 {
                match self {
                    $($name::$state => $code,)*
                }
            }

            /// From the number it is kept by.
            pub fn of_code(code: i64) -> Option<Self> {
                Self::ALL.iter().copied().find(|state| state.code() == code)
            }
        }
    };
}

states! {
    /// What a job is doing.
    JobStatus {
        /// It rolls out, or waits for its executions.
        InProgress = 0, "IN_PROGRESS";
        /// It waits for its start, or for its next maintenance window.
        Scheduled = 1, "SCHEDULED";
        /// All its executions have ended.
        Completed = 2, "COMPLETED";
        /// It was canceled, by somebody, by its criteria or by its end.
        Canceled = 3, "CANCELED";
        /// Its executions are being deleted, and then it is.
        DeletionInProgress = 4, "DELETION_IN_PROGRESS";
    }
}

states! {
    /// What one thing's execution of a job is doing.
    ExecutionStatus {
        /// The thing has not begun.
        Queued = 0, "QUEUED";
        /// The thing has begun.
        InProgress = 1, "IN_PROGRESS";
        /// The thing is done.
        Succeeded = 2, "SUCCEEDED";
        /// The thing could not do it.
        Failed = 3, "FAILED";
        /// The thing did not end in time.
        TimedOut = 4, "TIMED_OUT";
        /// The thing will not do it.
        Rejected = 5, "REJECTED";
        /// The thing is no target of the job any more.
        Removed = 6, "REMOVED";
        /// The job or the execution was canceled.
        Canceled = 7, "CANCELED";
    }
}

impl JobStatus {
    /// Whether nothing of it can begin any more.
    pub fn has_ended(self) -> bool {
        !matches!(self, JobStatus::InProgress | JobStatus::Scheduled)
    }
}

impl ExecutionStatus {
    /// Whether it stays as it is.
    pub fn is_terminal(self) -> bool {
        !matches!(self, ExecutionStatus::Queued | ExecutionStatus::InProgress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_one_spelling_and_one_code() {
        for state in ExecutionStatus::ALL {
            assert_eq!(ExecutionStatus::parse(state.as_str()), Some(*state));
            assert_eq!(ExecutionStatus::of_code(state.code()), Some(*state));
        }
        for state in JobStatus::ALL {
            assert_eq!(JobStatus::parse(state.as_str()), Some(*state));
            assert_eq!(JobStatus::of_code(state.code()), Some(*state));
        }
        assert_eq!(JobStatus::parse("queued"), None);
        assert_eq!(ExecutionStatus::of_code(8), None);
    }
}
