//! What is run: a function's configuration, one call of it, and what came of the call. Plain values.

use crate::runtime::Runtime;
use bytes::Bytes;
use std::path::PathBuf;
use std::time::Duration;

/// The largest payload of a call, in bytes (AWS Lambda quotas: 6 MB for a synchronous call).
pub const MAX_REQUEST: usize = 6_291_456;

/// The largest payload of an answer, in bytes (AWS: 6 MB, which is this figure).
pub const MAX_PAYLOAD: usize = 6_291_556;

/// How much of an invocation's log [`Answer::log_tail`] holds, in bytes (AWS: Invoke, `X-Amz-Log-Result`).
pub const LOG_TAIL: usize = 4096;

/// Where a function's code is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code {
    /// A folder that nobody changes, unpacked by [`crate::CodeStore`].
    Folder(PathBuf),
    /// A folder of the owner's, looked at before each call: when a file in it has changed, new environments are started.
    Live(PathBuf),
    /// Something that answers `POST` with the payload as body: another Lambda-compatible service, or any HTTP server.
    Url(http::Uri),
}

/// A version of a function, ready to be run.
#[derive(Debug, Clone)]
pub struct Function {
    /// The function's name. Reserved concurrency is counted by it.
    pub name: String,
    /// `$LATEST` or a number.
    pub version: String,
    /// Changes whenever anything in this value changes: environments of another revision are not used again.
    pub revision: String,
    /// What runs the code. Ignored for [`Code::Url`].
    pub runtime: Runtime,
    /// `module.function` for Python and Node, anything for `provided`.
    pub handler: String,
    /// The code.
    pub code: Code,
    /// What the function sees as `/opt`: made by [`crate::CodeStore::compose`].
    pub layers: Option<PathBuf>,
    /// The function's own environment variables. They cannot replace those that [`reserved`](crate::is_reserved) names.
    pub environment: Vec<(String, String)>,
    /// How long one call may take (AWS: 1 to 900 s).
    pub timeout: Duration,
    /// `MemorySize` in MB (2^20 bytes).
    pub memory_mb: u32,
    /// `EphemeralStorage` in MB: the size of `/tmp`.
    pub ephemeral_mb: u32,
    /// `ReservedConcurrentExecutions`: 0 refuses every call; absent, the host's own bound holds.
    pub reserved_concurrency: Option<u32>,
    /// The log group, `/aws/lambda/NAME` unless the owner chose another.
    pub log_group: String,
}

/// One call.
#[derive(Debug, Clone, Default)]
pub struct Invocation {
    /// The event, as JSON. Empty stands for `{}`, as in AWS.
    pub payload: Bytes,
    /// `X-Amz-Client-Context`, decoded from base64: JSON.
    pub client_context: Option<String>,
    /// What the handler gets as `invoked_function_arn`: with the qualifier that the caller named.
    pub function_arn: String,
    /// `X-Amzn-Trace-Id` of the call. The SDKs in a function send it along with every call of theirs, so that a caller of
    /// ours can see where a circle closes. Absent, one is made.
    pub trace_id: Option<String>,
    /// A request id of the caller's; absent, one is made.
    pub request_id: Option<String>,
    /// How many functions wait for this call, each for the next: one that a function makes and waits for finds a place
    /// though its callers have all there are.
    pub depth: u32,
    /// How long the caller waits, a cold start included. The function goes on until its own time limit.
    pub patience: Option<Duration>,
}

/// What a function's own failure is called in `X-Amz-Function-Error`. The runtime clients of today report every one of
/// them the same way, so there is no `Handled`.
pub const UNHANDLED: &str = "Unhandled";

/// What came of a call that reached the function.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The request id, also in the log.
    pub request_id: String,
    /// The version that was run.
    pub version: String,
    /// The answer, or `{"errorType", "errorMessage", …}` where [`function_error`](Self::function_error) is there.
    pub payload: Bytes,
    /// [`UNHANDLED`] where the function failed.
    pub function_error: Option<&'static str>,
    /// The last [`LOG_TAIL`] bytes of the invocation's log.
    pub log_tail: Vec<u8>,
    /// The environment's log stream.
    pub log_stream: Option<String>,
    /// How long the handler ran.
    pub duration: Duration,
    /// The duration rounded up to a millisecond.
    pub billed: Duration,
    /// How long the start took, where this call made one necessary.
    pub init: Option<Duration>,
}

/// What bounds how many calls run at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concurrency {
    /// What is reserved for the function.
    Reserved,
    /// What the host takes of all functions.
    Unreserved,
}

/// Why a call did not reach the function.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The event is larger than [`MAX_REQUEST`].
    #[error("Request must be smaller than {MAX_REQUEST} bytes for the InvokeFunction operation")]
    PayloadTooLarge(usize),
    /// The event is not JSON.
    #[error("{0}")]
    PayloadNotJson(String),
    /// As many calls run as may; the text says how many.
    #[error("{1}")]
    Throttled(Concurrency, String),
    /// An interpreter or a runtime client is missing; the text says which, and how to install it.
    #[error("{0}")]
    RuntimeMissing(String),
    /// This machine cannot confine the function as the settings ask.
    #[error("{0}")]
    NotConfined(String),
    /// The caller's patience ended. The function may still be running.
    #[error("the function did not answer within {:.2} s", .0.as_secs_f64())]
    Patience(Duration),
    /// No process could be started, or a file not be written.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
}

/// `{"errorType", "errorMessage"}` as AWS orders and writes them.
pub(crate) fn error_payload(kind: &str, message: &str) -> Bytes {
    serde_json::json!({"errorType": kind, "errorMessage": message})
        .to_string()
        .into()
}
