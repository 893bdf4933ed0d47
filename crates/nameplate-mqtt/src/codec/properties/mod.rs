//! Property sections of MQTT 5 (section 2.2.2).
//!
//! Each packet reads the properties it may have and refuses the others by name, as well as a second one of a kind that may
//! come once.

mod read;
mod write;

pub use read::message_from_bytes;
pub use write::message_to_bytes;

pub(super) use read::{ack, connack, connect, disconnect, publish, subscribe, will};
pub(super) use write::{
    put_ack, put_connack, put_connect, put_disconnect, put_publish, put_subscribe, put_will,
};

/// Identifiers and names of all properties (table 2-4).
macro_rules! properties {
    ($($name:ident $id:literal $words:literal;)*) => {
        mod id {
            $(pub(in crate::codec::properties) const $name: u32 = $id;)*
        }

        fn name(id: u32) -> Option<&'static str> {
            match id {
                $($id => Some($words),)*
                _ => None,
            }
        }
    };
}

properties! {
    PAYLOAD_FORMAT 0x01 "Payload Format Indicator";
    MESSAGE_EXPIRY 0x02 "Message Expiry Interval";
    CONTENT_TYPE 0x03 "Content Type";
    RESPONSE_TOPIC 0x08 "Response Topic";
    CORRELATION_DATA 0x09 "Correlation Data";
    SUBSCRIPTION_ID 0x0b "Subscription Identifier";
    SESSION_EXPIRY 0x11 "Session Expiry Interval";
    ASSIGNED_CLIENT_ID 0x12 "Assigned Client Identifier";
    SERVER_KEEP_ALIVE 0x13 "Server Keep Alive";
    AUTHENTICATION_METHOD 0x15 "Authentication Method";
    AUTHENTICATION_DATA 0x16 "Authentication Data";
    REQUEST_PROBLEM_INFORMATION 0x17 "Request Problem Information";
    WILL_DELAY 0x18 "Will Delay Interval";
    REQUEST_RESPONSE_INFORMATION 0x19 "Request Response Information";
    RESPONSE_INFORMATION 0x1a "Response Information";
    SERVER_REFERENCE 0x1c "Server Reference";
    REASON_STRING 0x1f "Reason String";
    RECEIVE_MAXIMUM 0x21 "Receive Maximum";
    TOPIC_ALIAS_MAXIMUM 0x22 "Topic Alias Maximum";
    TOPIC_ALIAS 0x23 "Topic Alias";
    MAXIMUM_QOS 0x24 "Maximum QoS";
    RETAIN_AVAILABLE 0x25 "Retain Available";
    USER_PROPERTY 0x26 "User Property";
    MAXIMUM_PACKET_SIZE 0x27 "Maximum Packet Size";
    WILDCARD_AVAILABLE 0x28 "Wildcard Subscription Available";
    SUBSCRIPTION_ID_AVAILABLE 0x29 "Subscription Identifiers Available";
    SHARED_AVAILABLE 0x2a "Shared Subscription Available";
}
