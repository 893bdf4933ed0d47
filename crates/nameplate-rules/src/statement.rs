//! A rule's SQL, ready to be evaluated.

use crate::error::SqlError;
use crate::syntax::ast::{Expr, Query};
use crate::syntax::{self, Parsed};
use crate::version::SqlVersion;

/// Bytes of a rule's SQL (General Reference, IoT Core quotas: size of a rule).
pub const SQL_BYTES: usize = 256 * 1024;

/// A statement that was read and checked. Costs nothing to share between threads.
#[derive(Debug, Clone)]
pub struct Statement {
    pub(crate) version: SqlVersion,
    pub(crate) variables: Vec<Expr>,
    pub(crate) names: Vec<Box<str>>,
    pub(crate) query: Query,
    pub(crate) flat: bool,
    filter: Option<String>,
    roles: Vec<Box<str>>,
}

impl Statement {
    /// Reads a statement as it is saved. Refuses what does not parse, functions that do not exist, are not supported or
    /// belong to a later version, and topic filters that are none.
    pub fn parse(sql: &str, version: SqlVersion) -> Result<Self, SqlError> {
        if sql.len() > SQL_BYTES {
            return Err(SqlError::at(
                sql,
                SQL_BYTES,
                format!("a statement may have {SQL_BYTES} bytes"),
            ));
        }
        let Parsed {
            tree: (variables, query, filter),
            roles,
            ..
        } = syntax::statement(sql, version)?;
        let (names, variables) = variables.into_iter().unzip();
        Ok(Self {
            version,
            variables,
            names,
            flat: query.selection.is_flat(),
            query,
            filter,
            roles,
        })
    }

    /// The version that it is read by.
    pub fn version(&self) -> SqlVersion {
        self.version
    }

    /// The topic filter after FROM. A rule without one runs only for Basic Ingest.
    pub fn filter(&self) -> Option<&str> {
        self.filter.as_deref()
    }

    /// Whether it has a WHERE.
    pub fn has_condition(&self) -> bool {
        self.query.condition.is_some()
    }

    /// ARNs of the roles that its functions ask as, each once. Who saves the rule must be allowed to pass them.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(|role| &**role)
    }

    /// Names that its templates may use with an `@`.
    pub(crate) fn variable_names(&self) -> &[Box<str>] {
        &self.names
    }
}
