//! Harnesses for fuzzers: whatever others send is read or refused, and what is read can be written.
//!
//! `cargo test` gives each the inputs kept under `__fuzz__`, and for a bounded time others: random ones, and edits of those
//! that are kept. `cargo bolero test mqtt::packets` goes on with libFuzzer for as long as it is let; what it finds is
//! kept, small and by a name that says what it is.

mod documents;
mod kept;
mod languages;
mod mqtt;
mod requests;
mod x509;

use std::time::Duration;

/// The inputs of one harness in `cargo test`, beside the corpus.
const ITERATIONS: usize = 20_000;

/// How long it may take to go through them.
const TIME: Duration = Duration::from_secs(2);
