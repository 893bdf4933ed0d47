//! Owners' own tables of devices, in MySQL, MariaDB or PostgreSQL: one row read, one row written.
//!
//! Owns connections, their bounds, and what a row is as text. Values are bound by the database's protocol. A query runs
//! in a transaction that may only read; an update in one of its own, which is committed only where it changed exactly
//! one row. Neither waits for longer than [`PATIENCE`].
//!
//! Must not know: what columns mean, or what is done with them.

mod mysql;
mod postgres;

use nameplate_core::vending::{Bound, Statement, TableKind};
use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

/// How long a query or an update may take, with the connection it needs.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Connections to one database at most.
const CONNECTIONS: usize = 16;

/// Why a table said nothing, for its owner. Without user, password or values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TableError(pub String);

/// What a query answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No row.
    Nothing,
    /// One row: its columns by name, NULL as `None`.
    One(BTreeMap<String, Option<String>>),
    /// More than one.
    Several,
}

/// What is bound to a statement's parameters.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// `:serialNumber`.
    pub serial: String,
    /// `:certificateId`.
    pub certificate_id: String,
    /// `:certificateArn`.
    pub certificate_arn: String,
    /// `:thingName`; NULL where there is none.
    pub thing_name: Option<String>,
    /// `:time`, milliseconds since the epoch.
    pub time: i64,
}

impl Values {
    /// The value of one parameter as text.
    fn text(&self, bound: Bound) -> Option<String> {
        match bound {
            Bound::SerialNumber => Some(self.serial.clone()),
            Bound::CertificateId => Some(self.certificate_id.clone()),
            Bound::CertificateArn => Some(self.certificate_arn.clone()),
            Bound::ThingName => self.thing_name.clone(),
            Bound::Time => Some(self.time.to_string()),
        }
    }
}

/// A database of an owner's.
pub struct Table(Engine);

enum Engine {
    Mysql(mysql::Mysql),
    Postgres(Box<postgres::Postgres>),
}

impl Table {
    /// Reads where it is; nothing is connected yet. What is wrong with the URL is said without it. Must be called on a
    /// runtime.
    pub fn open(kind: TableKind, url: &str) -> Result<Self, String> {
        Ok(Self(match kind {
            TableKind::Mysql => Engine::Mysql(mysql::Mysql::open(url)?),
            TableKind::Postgres => Engine::Postgres(Box::new(postgres::Postgres::open(url)?)),
        }))
    }

    /// The row that a query answers.
    pub async fn find(&self, query: &Statement, values: &Values) -> Result<Found, TableError> {
        let found = async {
            match &self.0 {
                Engine::Mysql(mysql) => mysql.find(query, values).await,
                Engine::Postgres(postgres) => postgres.find(query, values).await,
            }
        };
        in_time(found).await
    }

    /// Changes the one row that an update is about, durably. Where this fails it may have been done all the same, if the
    /// connection was lost while it was being committed.
    pub async fn update(&self, update: &Statement, values: &Values) -> Result<(), TableError> {
        let updated = async {
            match &self.0 {
                Engine::Mysql(mysql) => mysql.update(update, values).await,
                Engine::Postgres(postgres) => postgres.update(update, values).await,
            }
        };
        in_time(updated).await
    }
}

async fn in_time<T>(work: impl Future<Output = Result<T, TableError>>) -> Result<T, TableError> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => Err(TableError(format!(
            "the database has not answered within {} s",
            PATIENCE.as_secs()
        ))),
    }
}

/// An update must be about one device.
fn one_row(changed: u64) -> Result<(), TableError> {
    match changed {
        1 => Ok(()),
        _ => Err(TableError(format!(
            "the update is about {changed} rows; it must be about the one of this serial number, and was undone"
        ))),
    }
}

/// An error with what caused it: what went wrong below SQL stands there.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(&format!(": {cause_text}"));
        }
        next = cause.source();
    }
    text
}
