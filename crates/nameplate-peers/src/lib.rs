//! What the nodes of one fleet say to each other. Pure: values in, values out.
//!
//! Nodes talk over a bus that may lose what it is given and never doubles or mixes up what one sends to another. On top of
//! it each pair of nodes has a [`Outgoing`] and an [`Incoming`] in each direction, between which numbered [`Frame`]s arrive
//! once and in order, however often the bus goes away, and loose ones at most once. Each node tells all others which
//! filters its clients have; what it was told is its [`Table`]. Of two connections with one client id the one with the
//! higher [`Stamp`](stamp::Clock) counts.
//!
//! A node is named by its incarnation, a number that no other start of any node of the fleet has.

pub mod frame;
pub mod interest;
pub mod link;
pub mod stamp;

pub use frame::{Frame, Packet, Unreadable};
pub use interest::{Interest, Table, Wanted};
pub use link::{Incoming, LinkLimits, Outgoing};
pub use stamp::Clock;
