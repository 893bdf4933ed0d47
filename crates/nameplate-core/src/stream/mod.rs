//! File delivery over MQTT: what devices ask of a stream, and what they are answered, in JSON and CBOR. AWS guide:
//! mqtt-based-file-delivery-in-devices.
//!
//! Owns topics, requests with their limits, which blocks of a file are meant, and answers. Must not know: where streams
//! and files are kept, who may read them.

mod answer;
mod request;

pub use answer::{Block, Rejection, Why, description};
pub use request::{Format, Get, Operation, Request, token};

/// Files of a stream (API: `StreamFiles`).
pub const FILES: usize = 50;
/// Bytes of a file that can be delivered (General Reference, AWS IoT Device Management quotas: 24 MB).
pub const FILE_BYTES: u64 = 24 * 1024 * 1024;
