//! Nameplate.

pub mod authority;
pub mod broker;
pub mod net;
