//! The MQTT connections, a task each.
//!
//! What passes between them is [`crate::router`]'s. The rules of one connection are [`nameplate_mqtt::connection`]'s, and
//! who may do what is `app`'s.
//! Must not know: the store, SQL, HTTP, AWS error names, or how a policy is decided.

pub mod connection;
mod throttle;

use crate::app::ingress::TOPIC_LIMITS;
use nameplate_core::limits;
use nameplate_mqtt::connection::{Config, Limits, Refusals};
use std::time::Duration;

/// Rules of every connection: AWS's limits, with what a refused client is told and how long sessions are kept.
pub fn connection_config(refusals: Refusals, session_expiry_seconds: u32) -> Config {
    Config {
        refusals,
        trace_id: crate::app::ids::uuid,
        limits: Limits {
            client_id_bytes: limits::CLIENT_ID_BYTES,
            topic: TOPIC_LIMITS,
            payload_bytes: limits::PAYLOAD_BYTES,
            packet_bytes: limits::PACKET_BYTES,
            maximum_packet_size_min: limits::MAXIMUM_PACKET_SIZE_MIN,
            user_properties_bytes: limits::USER_PROPERTIES_BYTES,
            correlation_data_bytes: limits::CORRELATION_DATA_BYTES,
            content_type_bytes: limits::CONTENT_TYPE_BYTES,
            message_expiry_max_seconds: limits::MESSAGE_EXPIRY_MAX_SECONDS,
            topic_aliases: limits::TOPIC_ALIASES,
            session_expiry_max_seconds: session_expiry_seconds,
            filters_per_subscribe: limits::FILTERS_PER_SUBSCRIBE,
            subscriptions: limits::SUBSCRIPTIONS_PER_CONNECTION,
            in_flight: limits::IN_FLIGHT,
            keep_alive_min_seconds: limits::KEEP_ALIVE_MIN_SECONDS,
            keep_alive_max_seconds: limits::KEEP_ALIVE_MAX_SECONDS,
            connect_timeout: Duration::from_secs(30),
            // AWS IoT Core takes at least 30 s, and says how long it goes on.
            resend_after: Duration::from_secs(30),
            ack_timeout: Duration::from_secs(3600),
            ack_timeout_v5: Duration::from_secs(16 * 60),
        },
    }
}
