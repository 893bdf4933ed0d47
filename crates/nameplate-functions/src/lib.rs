//! Runs functions that were written for AWS Lambda on this machine, as confined processes, without containers.
//!
//! Knows neither IAM nor the registry nor the shapes of any API: whoever calls decides who may, brings the credentials and
//! keeps the functions.

#![cfg(target_os = "linux")]

mod code;
mod logs;

pub use code::{CodeError, CodeStore, Limits, Package, Refused};
pub use logs::{LogEvent, LogQuery, LogStream, Logs, MAX_MESSAGE};
