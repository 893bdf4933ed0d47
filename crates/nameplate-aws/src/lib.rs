//! The wire side of the AWS APIs.
pub mod headers;
pub mod model;
pub mod respond;
pub mod route;
pub mod sigv4;
pub mod uri;
