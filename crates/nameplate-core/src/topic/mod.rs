//! The topics that belong to the service: those that begin with `$`.
//!
//! Owns the table of which of them clients may publish and subscribe to. Must not know the syntax of topics and the
//! matching of filters (that is `nameplate-mqtt`), who may use a topic (that is [`crate::policy`]), or how a refusal
//! looks on the wire.

mod reserved;

pub use reserved::{basic_ingest, is_reserved, may_publish, may_retain, may_subscribe};
