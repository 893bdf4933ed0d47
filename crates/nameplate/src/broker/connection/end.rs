//! How a connection ends: what the client, the log and the record hear of it.

use super::TookLeave;
use nameplate_mqtt::{Close, DisconnectReason};
use std::borrow::Cow;

/// The end of a connection.
pub(super) struct End {
    pub(super) reason: DisconnectReason,
    /// For the record and the log of a connection that was open. Empty where nobody refused anything, and then there
    /// is no record.
    pub(super) code: Cow<'static, str>,
    pub(super) text: String,
}

impl End {
    /// As the rules of the protocol want it.
    pub(super) fn of(close: Close) -> Self {
        Self {
            reason: close.reason,
            code: Cow::Borrowed(close.cause.code()),
            text: close.cause.to_string(),
        }
    }

    pub(super) fn lost(text: impl Into<String>) -> Self {
        Self {
            reason: DisconnectReason::ConnectionLost,
            code: Cow::Borrowed(""),
            text: text.into(),
        }
    }

    /// Reading or writing failed, `when` (empty, or with a space before it).
    pub(super) fn broken(when: &str, error: &std::io::Error) -> Self {
        if error.get_ref().is_some_and(|inner| inner.is::<TookLeave>()) {
            let reason = DisconnectReason::ClientInitiatedDisconnect;
            return Self::of_server(reason, error.to_string());
        }
        // Many devices close the socket without a word of TLS, and what the library says of it is for programmers.
        Self::lost(match error.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                format!("the client closed the connection{when}, without TLS's close_notify")
            }
            _ => format!("the connection broke{when}: {error}"),
        })
    }

    pub(super) fn client_error(code: &'static str, text: impl Into<String>) -> Self {
        Self {
            reason: DisconnectReason::ClientError,
            code: Cow::Borrowed(code),
            text: text.into(),
        }
    }

    /// Ours to decide, and no fault of the client's.
    pub(super) fn of_server(reason: DisconnectReason, text: impl Into<String>) -> Self {
        Self {
            reason,
            code: Cow::Borrowed(""),
            text: text.into(),
        }
    }
}
