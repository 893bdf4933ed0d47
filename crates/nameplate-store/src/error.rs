//! What can go wrong while keeping things, as opposed to what the registry refuses.

use crate::postgres::{Failure, FailureKind};

/// A failure of the database or of the machine below it. Never the caller's fault.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine refused or failed a statement.
    #[error("the database failed")]
    Engine(#[from] rusqlite::Error),
    /// A server of PostgreSQL failed a statement.
    #[error("the database failed: {0}")]
    Server(String),
    /// A server of PostgreSQL cannot be reached, or does not answer, at the moment.
    #[error("the database is away: {0}")]
    Away(String),
    /// The database cannot be used by this server; why, and what to do.
    #[error("{0}")]
    Refused(String),
    /// The data directory is held by another server.
    #[error("the data directory {0} is in use by another server")]
    InUse(String),
    /// The database was written by a newer version.
    #[error("the database has schema version {found}, this program knows {known}")]
    FromTheFuture {
        /// Version found in the file.
        found: i64,
        /// Newest version this program can read.
        known: i64,
    },
    /// A stored value cannot be understood.
    #[error("stored {what} is damaged: {detail}")]
    Damaged {
        /// What was read.
        what: &'static str,
        /// Why it cannot be understood.
        detail: String,
    },
    /// The writer has ended; the server is shutting down or its disk failed.
    #[error("the store is closed")]
    Closed,
    /// A write panicked; nothing of it was kept.
    #[error("the write {0} panicked")]
    Panicked(&'static str),
    /// A commit failed, so everything in it did.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// Reading or writing beside the database.
    #[error("cannot use {path}")]
    Io {
        /// The file or directory.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl From<Failure> for Error {
    fn from(failed: Failure) -> Self {
        match failed.kind {
            FailureKind::Away | FailureKind::Stuck => Error::Away(failed.text),
            _ => Error::Server(failed.text),
        }
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(failed: tokio_postgres::Error) -> Self {
        Failure::of(&failed).into()
    }
}
