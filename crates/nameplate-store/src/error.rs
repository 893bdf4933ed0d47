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
    /// A server of PostgreSQL was lost while it committed: whether it did is not known.
    #[error("the commit was not answered: {0}; whether it happened is not known")]
    Unanswered(String),
    /// The database cannot be used by this server; why, and what to do.
    #[error("{0}")]
    Refused(String),
    /// The data directory is held by another server.
    #[error("the data directory {0} is in use by another server")]
    InUse(String),
    /// The database cannot be opened.
    #[error("{path} cannot be used: {cause}. {remedy}")]
    Unusable {
        /// The file.
        path: String,
        /// What is wrong with it.
        cause: String,
        /// What its owner may do.
        remedy: &'static str,
    },
    /// The database was written by a newer version.
    #[error(
        "{path} was written by a newer release: it has schema version {found}, this one knows {known}. Run that \
         release or a later one, or put back a backup of before"
    )]
    FromTheFuture {
        /// The file.
        path: String,
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

const PUT_BACK: &str =
    "Put back a backup of nameplate.db together with `keys`, or name another directory";

impl Error {
    /// Why a database file cannot be opened, from the engine's code.
    pub(crate) fn unusable(path: &std::path::Path, engine: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        let Some(code) = engine.sqlite_error_code() else {
            return Error::Engine(engine);
        };
        let (cause, remedy) = match code {
            Code::NotADatabase => (
                "it is not a SQLite database, or its beginning is overwritten".to_owned(),
                PUT_BACK,
            ),
            Code::DatabaseCorrupt => (
                format!("it is damaged or cut short ({engine})"),
                "Keep a copy of the directory, then put back a backup of nameplate.db together with `keys`; \
                 `sqlite3 nameplate.db .recover` may save what is left",
            ),
            Code::CannotOpen | Code::PermissionDenied | Code::ReadOnly => (
                engine.to_string(),
                "The server's user must be able to read and write it, and its directory",
            ),
            Code::DatabaseBusy | Code::DatabaseLocked => {
                ("another program has it open".to_owned(), "End that program")
            }
            Code::DiskFull => ("the disk is full".to_owned(), "Make room"),
            Code::SystemIoFailure => (
                format!("the disk or its file system failed ({engine})"),
                "The system's log may say more",
            ),
            _ => (engine.to_string(), PUT_BACK),
        };
        Error::Unusable {
            path: path.display().to_string(),
            cause,
            remedy,
        }
    }

    /// A database of somebody else.
    pub(crate) fn foreign(path: &std::path::Path) -> Self {
        Error::Unusable {
            path: path.display().to_string(),
            cause: "it is a database of another program".to_owned(),
            remedy: PUT_BACK,
        }
    }
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
