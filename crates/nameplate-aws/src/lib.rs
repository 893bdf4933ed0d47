//! The wire side of the AWS APIs: what an SDK sends and what it must get back.
//!
//! Pure: no socket, clock, random source, file or key store. The time, the secret that belongs
//! to an access key, and the parts of a request (method, raw target, headers, body) are
//! arguments. Knows no domain: what an operation does is said elsewhere.
//!
//! A request goes through the modules in this order:
//!
//! 1. [`sigv4`] finds the signature; the caller looks up the key; [`sigv4`] verifies. The
//!    credential scope names the [`Service`](model::Service).
//! 2. [`route`] finds the [`Operation`](model::Operation) for method, path and query (or for
//!    `Action`, in the query protocol).
//! 3. [`request`] reads the parameters from path, query, headers and body into an
//!    [`Input`](request::Input), typed by the operation's table.
//! 4. [`validate`] holds the input against the constraints of the model.
//! 5. The operation happens, elsewhere. [`token`] makes and reads its page tokens.
//! 6. [`respond`] writes errors of any protocol, and XML answers.
//!
//! A request to a service without a table ends after 1: [`foreign`] says what it calls and how its
//! client reads the answer.
//!
//! S3 adds its own: bodies framed as [`chunked`], [`checksum`]s, and links signed by [`sigv2`].
//!
//! [`model`] is the tables that all of them read; they are generated from botocore's service
//! models by `cargo run -p xtask -- models`. [`headers`] and [`uri`] are the small change.

pub mod checksum;
pub mod chunked;
pub mod foreign;
pub mod headers;
pub mod model;
pub mod post_form;
pub mod request;
pub mod respond;
pub mod route;
pub mod sigv2;
pub mod sigv4;
pub mod token;
pub mod uri;
pub mod validate;
