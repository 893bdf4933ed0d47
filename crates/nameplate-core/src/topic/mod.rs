//! The topics that belong to the service: those that begin with `$`.
//!
//! Owns the table of which of them clients may publish and subscribe to and which service a message asks, and what
//! requests to services that are not built are answered. Must not know the syntax of topics and the matching of filters
//! (that is `nameplate-mqtt`), who may use a topic (that is [`crate::policy`]), or how a refusal looks on the wire.

mod reserved;
mod unbuilt;

pub use reserved::{
    Asked, Entry, Publishing, Subscribing, Unpublishable, is_reserved, publishing, subscribing,
};
pub use unbuilt::Unbuilt;
