//! The server's own secrets: its roots and server certificates, the CA that issues device certificates, and
//! the access keys it hands out.
//!
//! Owns the making of keys and certificates and the files that keep them. Must not know what is registered,
//! which requests are allowed, or how TLS uses a certificate; time is an argument.
//!
//! Files in the data directory: `root-ca.pem` (what devices trust), `tls-root-ca.pem` (in its place where the owner brings
//! the server's certificate), `device-ca.pem` (what the certificates that are
//! issued here chain to), `credentials` (AWS credentials-file format), and `keys/` with one file for each key and its
//! certificate. The two stand in one file so that no crash can separate them. `keys/database` says that a database belongs
//! to them.

mod credentials;
mod der;
mod device;
mod files;
mod issue;
mod key;
mod own;
mod owned;
mod request;
mod sealed_key;
mod server;
pub mod shared;
mod spare;
mod status;
mod succession;
mod tickets;
mod whole;

#[cfg(test)]
mod succession_tests;
#[cfg(test)]
mod tests;

pub use credentials::{
    AccessKey, EntityPrefix, KeyPrefix, default_access_key, entity_id, kept_access_key,
    new_access_key, new_entity_id, new_session_token,
};
pub use device::{CaKey, DeviceAuthority, IssuedWithKeys};
pub use own::OwnCa;
pub use owned::{
    HandedKey, Owned, OwnedError, OwnedFiles, Stamp, keep_trust, owned_trust, trust_in_use,
};
pub use sealed_key::PASSPHRASE;
pub use server::{KeyAndChain, ServerAuthority, ServerIdentity};
pub use status::{CertificateStatus, NoStatus, certificates_only};
pub use succession::{CaChange, CaRefused};
pub use tickets::TicketKey;
pub use whole::{check_whole, mark_served};

/// Making certificates of one's own kind, for commands that do what a fleet's owner does.
pub(crate) mod issuing {
    pub(crate) use super::der::name;
    pub(crate) use super::issue::{COMMON_NAME, COUNTRY_NAME, Content, Purpose, issue};
    pub(crate) use super::key::{Kind, PrivateKey};
}

use nameplate_core::ctx::Millis;
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
    /// A restore was broken off.
    #[error(
        "{} shows that a backup was not restored to its end: run `nameplate restore` again, or remove it",
        path.display()
    )]
    Restoring {
        /// What the restore has left.
        path: PathBuf,
    },
    /// A file is there and does not hold what it should.
    #[error("{} cannot be used: {reason}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never its content.
        reason: String,
    },
    /// A key that the directory once had is gone.
    #[error(
        "{} is missing, and {} shows that there was one, which devices or their certificates rely on: put `keys` back \
         as it was, or name {}",
        path.display(),
        trace.display(),
        match elsewhere {
            true => "another database with --store",
            false => "an empty directory with --data-dir",
        }
    )]
    NoKey {
        /// The key's file.
        path: PathBuf,
        /// What would not be there without it.
        trace: PathBuf,
        /// That is a database elsewhere, which an empty directory would not change.
        elsewhere: bool,
    },
    /// The database that the keys belong to is gone.
    #[error(
        "{} is missing or empty, and the keys beside it belong to one with a registry: put it back; or remove {} to \
         begin with an empty registry under the same keys",
        path.display(),
        mark.display()
    )]
    NoDatabase {
        /// The database's file.
        path: PathBuf,
        /// The file that says that there was one.
        mark: PathBuf,
    },
    /// The keys are others than those that were handed out.
    #[error(
        "{} holds certificates whose keys are not in {}, so devices that rely on it would be cut off: put back what \
         belongs together, or remove the former if the keys are the right ones",
        path.display(),
        keys.display()
    )]
    OtherKeys {
        /// The file of certificates.
        path: PathBuf,
        /// The directory of keys.
        keys: PathBuf,
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
    /// The CA whose turn it is to issue has ended.
    #[error(
        "no CA of this server may issue at {now}: the certificate of the one whose turn it is has ended; `nameplate ca` \
         makes or takes another"
    )]
    NoIssuer {
        /// The moment.
        now: Millis,
    },
    /// A time that a certificate cannot say.
    #[error("the time {0} ms since 1970 does not fit a certificate")]
    Time(i64),
}
