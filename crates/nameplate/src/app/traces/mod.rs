//! Traces of API calls and of what devices met, for a collector of the owner's; docs/traces.md.
//!
//! Built without the feature `otel` there is none, and nothing of this costs anything. Must not hold what records and
//! the audit log must not.

#[cfg(feature = "otel")]
mod told;
#[cfg(feature = "otel")]
pub use told::Traces;
#[cfg(feature = "otel")]
pub(crate) use told::step;

// Compiled in any case, so that one look sees both.
#[cfg_attr(feature = "otel", allow(dead_code))]
mod none;
#[cfg(not(feature = "otel"))]
pub use none::Traces;
#[cfg(not(feature = "otel"))]
pub(crate) use none::step;

/// What is known of a call at its end.
pub struct Called<'a> {
    /// The service, as counters call it.
    pub service: &'static str,
    /// The operation, likewise.
    pub operation: &'static str,
    /// HTTP status of the answer.
    pub status: u16,
    /// `x-amzn-RequestId`.
    pub request_id: &'a str,
    /// Who asked: the address.
    pub source: std::net::IpAddr,
}
