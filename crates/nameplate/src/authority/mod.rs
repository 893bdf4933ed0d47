//! The server's own secrets: its roots and server certificates, the CA that issues device certificates, and
//! the access keys it hands out.
//!
//! Owns the making of keys and certificates and the files that keep them. Must not know what is registered,
//! which requests are allowed, or how TLS uses a certificate; time is an argument.
//!
//! Files in the data directory: `root-ca.pem` (what devices trust), `device-ca.pem` (what the certificates that are
//! issued here chain to), `credentials` (AWS credentials-file format), and `keys/` with one file for each key and its
//! certificate. The two stand in one file so that no crash can separate them.

mod credentials;
mod der;
mod device;
mod files;
mod issue;
mod key;
mod server;

#[cfg(test)]
mod tests;

pub use credentials::{
    AccessKey, EntityPrefix, KeyPrefix, default_access_key, entity_id, kept_access_key,
    new_access_key, new_entity_id, new_session_token,
};
pub use device::{CaKey, DeviceAuthority, IssuedWithKeys};
pub use server::{KeyAndChain, ServerAuthority, ServerIdentity};

use std::path::PathBuf;

/// Why the server's secrets could not be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file could not be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was being done: `read`, `write`, `create the directory`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file is there and does not hold what it should.
    #[error("{} cannot be used: {reason}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never its content.
        reason: String,
    },
    /// A name for the server certificate that a certificate cannot hold.
    #[error(
        "{name:?} cannot stand in a server certificate: it must be an ASCII host name or an IP address"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// The crypto library failed, which it does only when the system is out of something.
    #[error("the crypto library could not {action}")]
    Crypto {
        /// What it was asked to do.
        action: &'static str,
    },
    /// A time that a certificate cannot say.
    #[error("the time {0} ms since 1970 does not fit a certificate")]
    Time(i64),
}
