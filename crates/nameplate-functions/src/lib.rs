//! Runs functions that were written for AWS Lambda on this machine, as confined processes, without containers.
//!
//! [`Host::invoke`] is all of it: a function's configuration and an event go in, an [`Answer`] comes out, with AWS's errors,
//! log lines and figures. Behind it each environment is a process under AWS's own runtime client, which asks for events by
//! the Lambda Runtime API on a port of its own. [`confine`] is what that process does to itself before it becomes the
//! function; the product's binary calls it under a hidden command.
//!
//! Knows neither IAM nor the registry nor the shapes of any API: whoever calls decides who may, brings the credentials and
//! keeps the functions.

#![cfg(target_os = "linux")]

mod code;
pub mod confine;
mod function;
mod host;
mod logs;
mod runtime;

pub use code::{
    CodeError, CodeStore, Guess, Limits, PackError, Package, Refused, Sources, Unclear, pack,
};
pub use confine::Confinement;
pub use function::{
    Answer, Code, Concurrency, Failure, Function, Invocation, LOG_TAIL, MAX_PAYLOAD, MAX_REQUEST,
    UNHANDLED,
};
pub use host::{Credentials, Demand, Files, Host, LOG_BYTES, Settings, Sign, is_reserved};
pub use logs::{
    About as LogGroup, Found, LINE_BYTES, LogEvent, LogQuery, LogStream, Logs, MAX_MESSAGE, Place,
    SavedLogs, Search,
};
pub use runtime::{Family, InstallError, Installed, Runtime, RuntimeReport, Toolchain};
