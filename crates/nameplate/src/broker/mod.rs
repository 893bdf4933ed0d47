//! The connections and what passes between them.
//!
//! [`Router`] knows who is connected and who subscribes to what; [`Outbox`] holds what waits for one connection.
//! The rules of one connection are [`nameplate_mqtt::connection`]'s, and who may do what is `app`'s.
//! Must not know: the store, SQL, HTTP, AWS error names, or how a policy is decided.

pub mod connection;
pub mod effects;
mod filters;
mod message;
mod outbox;
mod router;
#[cfg(test)]
mod tests;
mod throttle;

pub use filters::ShareLimits;
pub use message::{Delivery, Message};
pub use outbox::{Control, Outbox, OutboxLimits, Pushed};
pub use router::{Client, Registration, Routed, Router, RouterLimits, SubscribeError};

use crate::app::messaging::publish::TOPIC_LIMITS;
use nameplate_core::limits;
use nameplate_mqtt::connection::{Config, Limits, Refusals};
use std::time::Duration;

/// Rules of every connection: AWS's limits, with what a refused client is told.
pub fn connection_config(refusals: Refusals) -> Config {
    Config {
        refusals,
        limits: Limits {
            client_id_bytes: limits::CLIENT_ID_BYTES,
            topic: TOPIC_LIMITS,
            payload_bytes: limits::PAYLOAD_BYTES,
            filters_per_subscribe: limits::FILTERS_PER_SUBSCRIBE,
            subscriptions: limits::SUBSCRIPTIONS_PER_CONNECTION,
            in_flight: limits::IN_FLIGHT,
            keep_alive_min_seconds: limits::KEEP_ALIVE_MIN_SECONDS,
            keep_alive_max_seconds: limits::KEEP_ALIVE_MAX_SECONDS,
            connect_timeout: Duration::from_secs(30),
            ack_timeout: Duration::from_secs(3600),
        },
    }
}

/// What a router may hold. The outbox bounds are our own: AWS states none for a connected client beyond a rate.
/// They let a subscriber fall a second or so behind a dense stream.
pub const ROUTER_LIMITS: RouterLimits = RouterLimits {
    outbox: OutboxLimits {
        messages: 16_384,
        bytes: 8 * 1024 * 1024,
    },
    share: ShareLimits {
        groups: 100,
        members: 100,
    },
};
