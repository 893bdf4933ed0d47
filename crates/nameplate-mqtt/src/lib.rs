//! MQTT as values: bytes to packets and back, and one connection's rules as a state machine.
//!
//! - [`codec`] knows what the bytes of MQTT 3.1.1 and 5 mean, and refuses each kind of malformed packet by name.
//! - [`connection`] knows what a client may send when, what it is answered, and how its connection ends.
//! - [`topic`] knows the syntax and size rules of topic names and filters, and which filter matches which name.
//!
//! Must not know: sockets, tasks, clocks, random sources, certificates, policies, or who else is connected.
//! Time comes in as a [`std::time::Duration`] on the caller's monotonic clock, counted from any fixed start.

pub mod codec;
pub mod connection;
pub mod filters;
pub mod packet;
pub mod properties;
pub mod reason_code;
pub mod text;
pub mod topic;

pub use connection::{Close, Connection, DisconnectReason, Step};
pub use packet::{Packet, PacketId, QoS, SubscribeOptions, Version};
pub use properties::MessageProperties;
pub use reason_code::ReasonCode;
pub use text::Text;
