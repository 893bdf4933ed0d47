//! Nameplate.
