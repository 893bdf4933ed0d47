//! Bytes to packets and back, for MQTT 3.1.1.
//!
//! Decoding is strict: every rule the specification puts on the shape of a packet is kept, and each breach has its
//! own [`DecodeError`]. Payloads and strings are cut out of the read buffer, not copied. Encoding appends to a
//! buffer of the caller, so that everything due can leave in one write.
//!
//! Must not know what a packet is answered with, which topics or client ids are allowed, or how large the limits are.
//! Why this is our own and not a crate: `docs/adr/0003-mqtt-codec.md`.

mod decode;
mod encode;
mod error;
#[cfg(test)]
mod tests;

pub use decode::decode;
pub use encode::{connack, connack_v5, encode, packet_id_only, pingresp, publish, suback};
pub use error::DecodeError;
