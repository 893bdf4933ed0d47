//! Answers: errors of every protocol, and the XML of the query protocol.
//!
//! Owns how an error looks on the wire and which status its name has. Which error a failure
//! deserves is for the caller to say. Success bodies of JSON services are plain `serde_json`.

mod error;
mod xml;

pub use error::{Answering, ApiError, Rendered, error_status, render_error, render_foreign_error};
pub use xml::{Node, query_response, s3_document};

#[cfg(test)]
mod tests;
