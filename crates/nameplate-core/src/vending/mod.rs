//! Certificate vending: a device without a certificate asks, proves what it can, and leaves with an identity.
//!
//! Owns what a batch of devices is allowed ([`Batch`]), what a line of an allow-list says ([`NewEntry`]), what a device
//! asks in each of the request shapes that are served ([`Presented`]), whether its proof holds ([`proof`]), what
//! follows from all that ([`decide()`]), how it is told in the shape that was asked in ([`answer`]),
//! and how a request goes to a function of the owner's instead ([`gateway`]).
//!
//! Must not know: how a certificate is made, where lists are kept, the clock, or how a database is reached. Who looks at
//! answers from outside learns nothing about a serial number whose proof is wrong.

pub mod answer;
mod batch;
mod brake;
mod decide;
mod entry;
pub mod gateway;
pub mod proof;
mod request;
mod statement;

pub use batch::{
    Batch, BatchError, BatchSecrets, BatchTemplate, ProofKind, Repeat, RetireOld, Source,
    TableKind, TableSource,
};
pub use brake::{Brake, source};
pub use decide::{Decision, Refusal, Standing, decide};
pub use entry::{Entry, EntryStatus, NewEntry, TableRow};
pub use request::{Door, Malformed, Presented, Shape};
pub use statement::{Bound, Statement, StatementError};

/// Longest serial number, bytes.
pub const SERIAL_BYTES: usize = 128;
/// Longest token that a device may show or a list may hold, bytes.
pub const TOKEN_BYTES: usize = 1024;
/// Longest signing request in PEM, bytes: RSA with 4096 bits and a long subject needs a quarter of it.
pub const REQUEST_PEM_BYTES: usize = 8192;
/// Largest body of a device's request, bytes.
pub const BODY_BYTES: usize = 32 * 1024;
/// What a device that waits for its approval is told to wait, seconds.
pub const APPROVAL_RETRY_SECONDS: u32 = 30;

/// Why a text is no serial number: empty, longer than [`SERIAL_BYTES`], or with control characters.
pub fn check_serial(serial: &str) -> Result<(), &'static str> {
    if serial.is_empty() {
        Err("it is empty")
    } else if serial.len() > SERIAL_BYTES {
        Err("it is longer than 128 bytes")
    } else if serial.chars().any(char::is_control) {
        Err("it has a control character in it")
    } else {
        Ok(())
    }
}
