//! What fleet indexing alone refuses, in domain words.

/// Why a question about the fleet is not answered, beyond what every service may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The query is not one.
    InvalidQuery,
    /// The field cannot be aggregated so.
    InvalidAggregation,
    /// The index is being built.
    IndexNotReady,
}
