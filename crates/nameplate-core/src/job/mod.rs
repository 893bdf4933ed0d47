//! AWS IoT Jobs: what a job and its executions are, which changes they take, and when what is due. AWS guide: iot-jobs.
//!
//! Owns states and transitions, the settings of a job, rates of rollout, the criteria to abort and to retry, schedules
//! on a clock that is given, placeholders of documents, and requests and answers of devices. Must not know: where jobs
//! are kept, who asks, over which protocol an answer leaves.

mod answer;
mod cron;
mod document;
mod execution;
mod managed;
mod refusal;
mod request;
mod rollout;
mod schedule;
mod settings;
mod status;

pub use answer::{data, list_notification, next_notification, pending, rejection, state};
pub use cron::Cron;
pub use document::{Link, check_document, links, parameters_of, with_links, with_parameters};
pub use execution::{Details, Execution, Update};
pub use managed::{MANAGED, Managed, ManagedParameter};
pub use refusal::Refusal;
pub use request::{Operation, Request, token};
pub use rollout::{Allowance, Counts, Minute, Rollout, aborts, retries};
pub use schedule::{EndBehavior, Phase, Schedule};
pub use settings::{FailureKind, Presign, Settings};
pub use status::{ExecutionStatus, JobStatus};

/// Pending executions in a notification (AWS guide: jobs-comm-notifications).
pub const NOTIFIED: usize = 15;
/// Pending executions in an answer to GetPendingJobExecutions, of each status; so that the answer fits into a message.
pub const PENDING: usize = 200;
/// Bytes of a job's document (API: `JobDocument`).
pub const DOCUMENT_BYTES: usize = 32 * 1024;
/// Places of a document that are filled in (General Reference, AWS IoT Device Management quotas).
pub const SUBSTITUTIONS: usize = 10;
/// Targets of a job (General Reference, AWS IoT Device Management quotas).
pub const TARGETS: usize = 100;
/// The longest in-progress or step timeout, minutes: seven days (API: `inProgressTimeoutInMinutes`).
pub const TIMEOUT_MINUTES: i64 = 10_080;
