//! What a failed statement means for the transaction it was part of.

use tokio_postgres::error::SqlState;

/// A failure of a statement or of the connection.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// What it means.
    pub(crate) kind: FailureKind,
    /// The server's code for it (SQLSTATE), where the server said it.
    pub(crate) state: Option<String>,
    /// In words, without the statement's values where they could be secret.
    pub(crate) text: String,
}

/// What is to be done about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// Another transaction was in the way: the same may succeed when it is run again.
    Conflict,
    /// A row with this key, or a table of this name, was written by another transaction after this one looked.
    Duplicate,
    /// Nothing can be had from the server at the moment.
    Away,
    /// The server does not get on with it; again would only wait again.
    Stuck,
    /// Something else; again would be the same.
    Other,
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::of(&error)
    }
}

impl Failure {
    pub(crate) fn away(text: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Away,
            state: None,
            text: text.into(),
        }
    }

    pub(crate) fn stuck(text: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Stuck,
            ..Self::away(text)
        }
    }

    /// A conflict that a test asked for.
    pub(crate) fn injected() -> Self {
        Self {
            kind: FailureKind::Conflict,
            state: Some("40001".to_owned()),
            text: "a conflict that was asked for".to_owned(),
        }
    }

    pub(crate) fn of(error: &tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            // What went wrong below SQL: its own words stand in the causes.
            let text = with_causes(error);
            let kind = if error.is_closed() || is_below(error) {
                FailureKind::Away
            } else {
                FailureKind::Other
            };
            return Self {
                kind,
                state: None,
                text,
            };
        };
        let code = db.code();
        if code == &SqlState::DIVISION_BY_ZERO {
            // What the writer's first statement is made to fail by.
            return Self {
                kind: FailureKind::Other,
                state: Some(code.code().to_owned()),
                text: "another server has taken the registry, or declared this one dead".to_owned(),
            };
        }
        let kind = match code {
            &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => {
                FailureKind::Conflict
            }
            // Of a table, its type or a column that another makes at the same moment, besides rows.
            &SqlState::UNIQUE_VIOLATION
            | &SqlState::DUPLICATE_TABLE
            | &SqlState::DUPLICATE_OBJECT
            | &SqlState::DUPLICATE_COLUMN => FailureKind::Duplicate,
            &SqlState::ADMIN_SHUTDOWN
            | &SqlState::CRASH_SHUTDOWN
            | &SqlState::CANNOT_CONNECT_NOW
            | &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
            | &SqlState::IDLE_SESSION_TIMEOUT
            // A replica, until it has been promoted: of a write, and of how the writer's transaction begins. The latter code
            // is also that of a statement prepared before a table was altered, which another connection prepares anew.
            | &SqlState::READ_ONLY_SQL_TRANSACTION
            | &SqlState::FEATURE_NOT_SUPPORTED => FailureKind::Away,
            // Connections, what a server has too little of (disks, memory, places), and its machine.
            code if ["08", "53", "58"].contains(&code.code().get(..2).unwrap_or_default()) => {
                FailureKind::Away
            }
            &SqlState::QUERY_CANCELED | &SqlState::LOCK_NOT_AVAILABLE => FailureKind::Stuck,
            _ => FailureKind::Other,
        };
        Self {
            kind,
            state: Some(code.code().to_owned()),
            // The detail of a violated key would name its value.
            text: format!("{} ({})", db.message(), code.code()),
        }
    }
}

/// Whether an error comes from the socket rather than from what was asked.
fn is_below(error: &tokio_postgres::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<std::io::Error>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// An error and its causes, each once.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = inner.source();
    }
    text
}
