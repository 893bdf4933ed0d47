//! Sockets and what stands between them and the protocols: TLS, ALPN, HTTP, WebSocket, draining.
//!
//! Must not know what a request or packet means, nor the registry: a client certificate is only checked for
//! the key that belongs to it, and handed on.

pub mod content;
pub mod current;
pub mod dialled;
pub mod emulators;
pub mod heard;
pub mod http;
pub mod listen;
pub mod patient;
pub mod secured;
pub mod socket;
pub mod tickets;
pub mod tls;
pub mod verifier;
pub mod websocket;

#[cfg(test)]
mod tests;
