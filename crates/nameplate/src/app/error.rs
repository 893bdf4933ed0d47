//! What use cases refuse and fail with, in domain words. What AWS calls them is
//! said in `api`, by each service's `fault.rs`.

use crate::app::admission::authorizer::AuthorizerRefusal;
use crate::app::{
    functions, jobs, objects, presence, provisioning, registry, rules, search, tables,
};
use nameplate_core::shadow;
use nameplate_functions::Concurrency;
use std::fmt;

/// The kind of a refusal or failure: one that any service may meet, or one of a service's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A value is not acceptable.
    Invalid,
    /// One thing is named in two ways that exclude each other.
    NamedTwice,
    /// Something named does not exist.
    NotFound,
    /// It exists already, with another content.
    Exists {
        /// Its id, where the answer carries one.
        id: Option<String>,
        /// Its ARN, where the answer carries one.
        arn: Option<String>,
    },
    /// It is still used by something else.
    InUse,
    /// A count limit is reached.
    Limit,
    /// A policy document is not one.
    MalformedPolicy,
    /// The caller may not.
    Denied,
    /// More calls than a rate allows, or, where a limit is named, than may run at once.
    Throttled(Option<Concurrency>),
    /// Not built.
    NotBuilt,
    /// A server elsewhere that it needs cannot be used at the moment.
    Unavailable,
    /// Ours.
    Internal,
    /// Of the registry.
    Registry(registry::Refusal),
    /// Of provisioning.
    Provisioning(provisioning::Refusal),
    /// Of fleet indexing.
    Search(search::Refusal),
    /// A function cannot be had or called so.
    Function(functions::Refusal),
    /// A job, an execution or a template of jobs cannot be had or changed so.
    Job(jobs::Refusal),
    /// Of topic rules.
    Rules(rules::Refusal),
    /// A custom authorizer gives no answer.
    Authorizer(AuthorizerRefusal),
    /// A bucket or object is not as the caller would have it.
    Object(objects::Refusal),
    /// A table or item cannot be had or changed so.
    Table(tables::Refusal),
    /// A shadow cannot be had or changed so.
    Shadow(shadow::Refusal),
    /// A message for one client was not delivered.
    Direct(presence::Refusal),
}

impl From<registry::Refusal> for Kind {
    fn from(refusal: registry::Refusal) -> Self {
        Self::Registry(refusal)
    }
}

impl From<provisioning::Refusal> for Kind {
    fn from(refusal: provisioning::Refusal) -> Self {
        Self::Provisioning(refusal)
    }
}

impl From<functions::Refusal> for Kind {
    fn from(refusal: functions::Refusal) -> Self {
        Self::Function(refusal)
    }
}

impl From<rules::Refusal> for Kind {
    fn from(refusal: rules::Refusal) -> Self {
        Self::Rules(refusal)
    }
}

impl From<search::Refusal> for Kind {
    fn from(refusal: search::Refusal) -> Self {
        Self::Search(refusal)
    }
}

/// A refusal or failure: what the caller may read, and what only the log gets.
pub struct Error {
    /// Its kind.
    pub kind: Kind,
    /// For the caller.
    pub message: String,
    /// For the log.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A refusal.
    pub fn new(kind: impl Into<Kind>, message: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            message: message.into(),
            source: None,
        }
    }

    /// A value that is not acceptable.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message)
    }

    /// Something that does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// The caller may not.
    pub fn denied(message: impl Into<String>) -> Self {
        Self::new(Kind::Denied, message)
    }

    /// Whether what failed may have been done all the same: its commit was not answered, or failed after it was made.
    pub(in crate::app) fn may_have_happened(&self) -> bool {
        let source = self
            .source
            .as_deref()
            .and_then(|source| source.downcast_ref());
        let unanswered = matches!(source, Some(nameplate_store::Error::Unanswered(_)));
        unanswered || self.kind == Kind::Internal
    }

    /// A failure of ours; the caller learns no more than that.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            kind: Kind::Internal,
            message: "Internal failure".into(),
            source: Some(source.into()),
        }
    }

    /// Whether it comes of the server's end: the store is closed already.
    pub fn is_of_the_end(&self) -> bool {
        let source = self.source.as_deref();
        let source = source.and_then(|source| source.downcast_ref::<nameplate_store::Error>());
        matches!(source, Some(nameplate_store::Error::Closed))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)?;
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|s| s as _)
    }
}

impl From<nameplate_store::Error> for Error {
    fn from(source: nameplate_store::Error) -> Self {
        match source {
            // The caller may try again, and learns no more than that.
            nameplate_store::Error::Away(_) => Self {
                kind: Kind::Unavailable,
                message: "The registry's database cannot be used at the moment".into(),
                source: Some(source.into()),
            },
            nameplate_store::Error::Unanswered(_) => Self {
                kind: Kind::Unavailable,
                message: "The registry's database went away; whether this was done is not known"
                    .into(),
                source: Some(source.into()),
            },
            source => Self::internal(source),
        }
    }
}

/// Logs a failure of ours, given first, as `tracing::error!` does; for debugging only, where it comes of the server's end:
/// the client comes back, here or to another node, and nobody has to do anything.
macro_rules! log_failure {
    ($error:expr, $($told:tt)+) => {
        match $error.is_of_the_end() {
            true => tracing::debug!($($told)+),
            false => tracing::error!($($told)+),
        }
    };
}
pub(crate) use log_failure;

/// What use cases return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
