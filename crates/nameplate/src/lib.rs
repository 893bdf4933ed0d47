//! Nameplate: AWS IoT Core compatible device provisioning in one binary.
//!
//! Who may know whom (an arrow means "uses"; nothing points up):
//! `main → cli → net → { api, broker, web } → app → { store, router, authority, outbound } → core`. `ARCHITECTURE.md` says more.

// They panic where nobody reads.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod api;
pub mod app;
pub mod authority;
pub mod broker;
pub mod bus;
pub mod cli;
pub mod config;
pub mod net;
pub mod outbound;
pub mod router;
#[cfg(test)]
mod testing;
pub mod web;

/// The hidden command under which this program becomes a function's process.
pub const FUNCTION_COMMAND: &str = "__function";
