//! Bytes to packets and back, for MQTT 3.1.1 and 5.
//!
//! Decoding is strict: every rule the specification puts on the shape of a packet is kept, and each breach has its
//! own [`DecodeError`]. Payloads and strings are cut out of the read buffer, not copied. Encoding appends to a
//! buffer of the caller, so that everything due can leave in one write.
//!
//! Must not know what a packet is answered with, which topics or client ids are allowed, or how large the limits are.
//! Why this is our own and not a crate: `docs/adr/0003-mqtt-codec.md`.

mod body;
mod decode;
mod encode;
mod error;
mod properties;
mod sink;
#[cfg(test)]
mod tests;

pub use decode::decode;
pub use encode::{
    Extra, Outgoing, connack, disconnect, encode, pingresp, puback, publish, publish_v5,
    publish_v5_size, suback, unsuback,
};
pub use error::DecodeError;
pub use properties::{message_from_bytes, message_to_bytes};
