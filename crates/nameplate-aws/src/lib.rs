//! The wire side of the AWS APIs.
pub mod headers;
pub mod model;
pub mod route;
pub mod uri;
