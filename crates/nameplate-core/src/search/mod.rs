//! Fleet indexing: the query language over things and thing groups, what of them can be searched, and an index in
//! memory that answers queries and aggregates.
//!
//! Owns the language (AWS guide: query-syntax, version 2017-09-30), the names and types of fields, which values a
//! document has, and the index. A query can be decided by [`Query::matches`] on one document, which is short and
//! slow, or by [`Index`], which gives the same answer for a million. Does not know where documents come from, when
//! they change, or what AWS calls a refusal.

pub mod aggregate;
pub mod document;
pub mod field;
pub mod index;
pub mod membership;
mod parse;
mod pattern;
pub mod query;
#[cfg(test)]
mod tests;
mod texts;

pub use document::{Connectivity, Document, Shadow};
pub use field::{Configuration, Field, FieldType, Subject};
pub use index::Index;
pub use query::{Query, QueryError};

/// The only version of the language.
pub const QUERY_VERSION: &str = "2017-09-30";
