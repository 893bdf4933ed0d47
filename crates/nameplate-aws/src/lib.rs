//! The wire side of the AWS APIs.
//!
//! Pure: no sockets, clock, random source or files. Requests come in as their parts (method,
//! raw target, headers, body), answers go out as values.
pub mod model;
