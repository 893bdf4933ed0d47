//! MQTT topic names and filters.
//!
//! Owns what a legal name or filter is, which names a filter matches (with AWS's differences from the
//! specification), and the table of reserved topics. Must not know who may use a topic (that is
//! [`crate::policy`]), subscriptions, or how a refusal looks on the wire.

mod matching;
mod name;
mod reserved;

pub use matching::matches;
pub use name::{Filter, TopicError, check_name};
pub use reserved::{basic_ingest, is_reserved, may_publish, may_retain, may_subscribe};
