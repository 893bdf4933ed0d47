//! Nameplate.

pub mod broker;
