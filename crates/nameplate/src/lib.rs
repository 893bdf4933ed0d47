//! Nameplate.

pub mod authority;
pub mod net;
