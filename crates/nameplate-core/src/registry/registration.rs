//! Bulk registration tasks: their states and what is told of them.

use crate::ctx::Millis;

/// State of a bulk registration task. API: `Status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskStatus {
    /// Lines are tried, or will be once a worker is free.
    InProgress,
    /// All lines were tried; some may have failed.
    Completed,
    /// It could not run.
    Failed,
    /// It was stopped by its owner; the devices done until then stay.
    Cancelled,
    /// Its owner wants it to stop.
    Cancelling,
}

impl TaskStatus {
    /// Every status, in the order of its stored code.
    pub const ALL: [TaskStatus; 5] = [
        TaskStatus::InProgress,
        TaskStatus::Completed,
        TaskStatus::Failed,
        TaskStatus::Cancelled,
        TaskStatus::Cancelling,
    ];

    /// AWS's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            TaskStatus::InProgress => "InProgress",
            TaskStatus::Completed => "Completed",
            TaskStatus::Failed => "Failed",
            TaskStatus::Cancelled => "Cancelled",
            TaskStatus::Cancelling => "Cancelling",
        }
    }

    /// From AWS's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// The number it is stored as.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// From the number it is stored as.
    pub fn from_code(code: i64) -> Option<Self> {
        usize::try_from(code)
            .ok()
            .and_then(|i| Self::ALL.get(i).copied())
    }

    /// Whether nothing more will happen.
    pub fn is_over(self) -> bool {
        match self {
            TaskStatus::Completed | TaskStatus::Failed | TaskStatus::Cancelled => true,
            TaskStatus::InProgress | TaskStatus::Cancelling => false,
        }
    }
}

/// How far a task has come. Moves with the devices it registers, in one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes of the input that are done.
    pub position: i64,
    /// Lines of the input that are done, blank ones included.
    pub lines: i64,
    /// Chunks of lines that are done.
    pub chunks: i64,
    /// Devices registered.
    pub succeeded: i64,
    /// Lines that failed.
    pub failed: i64,
    /// Chunks of which the reports are on disk.
    pub reported: i64,
    /// Bytes of the RESULTS report that hold those chunks.
    pub results_bytes: i64,
    /// Bytes of the ERRORS report that hold those chunks.
    pub errors_bytes: i64,
}

/// A bulk registration task. API: `DescribeThingRegistrationTask`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationTask {
    /// The store's own growing key.
    pub key: i64,
    /// `taskId`, a UUID.
    pub id: String,
    /// The template's text as it was when the task began.
    pub template_body: String,
    /// Bucket of the input.
    pub bucket: String,
    /// Key of the input in its bucket.
    pub object_key: String,
    /// Role that it runs as; none where it runs as whoever started it.
    pub role_arn: Option<String>,
    /// Access key id of whoever started it.
    pub starter: String,
    /// A line whose thing has a certificate for the line's signing request keeps that one; otherwise it is issued
    /// another, as at AWS.
    pub keep_certificates: bool,
    /// Its state.
    pub status: TaskStatus,
    /// Why it failed.
    pub message: Option<String>,
    /// When it was started.
    pub created: Millis,
    /// When it last changed.
    pub modified: Millis,
    /// Bytes of the input; 0 until that is known.
    pub size: i64,
    /// How far it has come.
    pub progress: Progress,
}

impl RegistrationTask {
    /// `percentageProgress`: 100 exactly when every line has been tried and the reports are complete.
    pub fn percentage(&self) -> i64 {
        match self.status {
            TaskStatus::Completed => 100,
            _ if self.size <= 0 => 0,
            _ => (self.progress.position.saturating_mul(100) / self.size).clamp(0, 99),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_go_round() {
        for status in TaskStatus::ALL {
            assert_eq!(TaskStatus::from_code(status.code()), Some(status));
            assert_eq!(TaskStatus::parse(status.as_str()), Some(status));
        }
    }

    #[test]
    fn a_hundred_percent_is_the_end() {
        let check = |status, position, size, expected| {
            let task = RegistrationTask {
                key: 1,
                id: String::new(),
                template_body: String::new(),
                bucket: String::new(),
                object_key: String::new(),
                role_arn: None,
                keep_certificates: false,
                starter: String::new(),
                status,
                message: None,
                created: Millis(0),
                modified: Millis(0),
                size,
                progress: Progress {
                    position,
                    ..Progress::default()
                },
            };
            assert_eq!(task.percentage(), expected);
        };
        check(TaskStatus::InProgress, 0, 0, 0);
        check(TaskStatus::InProgress, 50, 200, 25);
        check(TaskStatus::InProgress, 200, 200, 99);
        check(TaskStatus::Completed, 0, 0, 100);
        check(TaskStatus::Cancelled, 50, 200, 25);
    }
}
