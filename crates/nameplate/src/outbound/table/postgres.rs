//! PostgreSQL.

use super::{CONNECTIONS, Found, PATIENCE, TableError, Values, one_row, with_causes};
use bytes::BytesMut;
use nameplate_core::vending::Statement;
use nameplate_store::PostgresOptions;
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use tokio::sync::Semaphore;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Format, IsNull, ToSql, Type};
use tokio_postgres::{Client, Statement as Prepared};

pub struct Postgres {
    options: PostgresOptions,
    places: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

struct Connection {
    client: Client,
    prepared: HashMap<String, Prepared>,
}

impl Postgres {
    /// `postgres://…` as [`PostgresOptions::parse`] reads it.
    pub fn open(url: &str) -> Result<Self, String> {
        Ok(Self {
            options: PostgresOptions::parse(url)?,
            places: Semaphore::new(CONNECTIONS),
            idle: Mutex::default(),
        })
    }

    pub async fn find(&self, query: &Statement, values: &Values) -> Result<Found, TableError> {
        // Any type of any column as text, and no more rows than tell that there is more than one.
        let text = format!(
            "SELECT r.n, e.key, e.value FROM (SELECT row_number() OVER () AS n, row_to_json(q) AS j FROM (\n{}\n) q \
             LIMIT 2) r LEFT JOIN LATERAL json_each_text(r.j) e ON true",
            query.native()
        );
        let _place = self.place().await?;
        let mut tried = false;
        loop {
            let mut connection = self.connection().await?;
            match connection.read(&text, &bound(query, values)).await {
                Ok(rows) => {
                    self.idle.lock().push(connection);
                    return found(&rows);
                }
                // What cannot be a value of the column is in no row.
                Err(why) if is_no_value(&why) => {
                    if connection.client.batch_execute("ROLLBACK").await.is_ok() {
                        self.idle.lock().push(connection);
                    }
                    return Ok(Found::Nothing);
                }
                // One that stood idle when the server was started anew.
                Err(why) if why.is_closed() && !std::mem::replace(&mut tried, true) => {}
                Err(why) => return Err(failed(&why)),
            }
        }
    }

    pub async fn update(&self, update: &Statement, values: &Values) -> Result<(), TableError> {
        let _place = self.place().await?;
        let mut connection = self.connection().await?;
        // Where this fails nobody else gets the connection, and what it has begun is undone with it.
        let changed = connection
            .write(update.native(), &bound(update, values))
            .await
            .map_err(|why| failed(&why))?;
        self.idle.lock().push(connection);
        one_row(changed)
    }

    async fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>, TableError> {
        let place = self.places.acquire().await;
        place.map_err(|_| TableError("the server is ending".into()))
    }

    /// A connection at rest, or a new one.
    async fn connection(&self) -> Result<Connection, TableError> {
        loop {
            let idle = self.idle.lock().pop();
            match idle {
                Some(connection) if !connection.client.is_closed() => return Ok(connection),
                Some(_) => {}
                None => break,
            }
        }
        let client = self.options.client().await.map_err(TableError)?;
        let limit = format!(
            "SET statement_timeout = {0}; SET lock_timeout = {0}",
            PATIENCE.as_millis()
        );
        client
            .batch_execute(&limit)
            .await
            .map_err(|why| failed(&why))?;
        Ok(Connection {
            client,
            prepared: HashMap::new(),
        })
    }
}

impl Connection {
    async fn prepared(&mut self, text: &str) -> Result<Prepared, tokio_postgres::Error> {
        if let Some(prepared) = self.prepared.get(text) {
            return Ok(prepared.clone());
        }
        let prepared = self.client.prepare(text).await?;
        // Of batches that have changed.
        if self.prepared.len() >= 64 {
            self.prepared.clear();
        }
        self.prepared.insert(text.to_owned(), prepared.clone());
        Ok(prepared)
    }

    async fn read(
        &mut self,
        text: &str,
        values: &[AsText],
    ) -> Result<Vec<tokio_postgres::Row>, tokio_postgres::Error> {
        self.client.batch_execute("BEGIN READ ONLY").await?;
        let prepared = self.prepared(text).await?;
        let rows = self.client.query(&prepared, &refs(values)).await?;
        self.client.batch_execute("ROLLBACK").await?;
        Ok(rows)
    }

    async fn write(&mut self, text: &str, values: &[AsText]) -> Result<u64, tokio_postgres::Error> {
        // Where the owner's server makes transactions read only, as one does whose disk is full, it is not overruled.
        self.client.batch_execute("BEGIN").await?;
        let prepared = self.prepared(text).await?;
        let changed = self.client.execute(&prepared, &refs(values)).await?;
        let end = if changed == 1 { "COMMIT" } else { "ROLLBACK" };
        self.client.batch_execute(end).await?;
        Ok(changed)
    }
}

/// A value as text, which the database reads as whatever type stands there.
#[derive(Debug)]
struct AsText(Option<String>);

impl ToSql for AsText {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match &self.0 {
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            None => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    tokio_postgres::types::to_sql_checked!();
}

fn bound(statement: &Statement, values: &Values) -> Vec<AsText> {
    let bound = statement.bound().iter();
    bound.map(|bound| AsText(values.text(*bound))).collect()
}

fn refs(values: &[AsText]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as _).collect()
}

fn is_no_value(why: &tokio_postgres::Error) -> bool {
    [
        SqlState::INVALID_TEXT_REPRESENTATION,
        SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
        SqlState::INVALID_DATETIME_FORMAT,
        SqlState::DATETIME_FIELD_OVERFLOW,
        // Letters that the database's encoding has not.
        SqlState::UNTRANSLATABLE_CHARACTER,
        SqlState::CHARACTER_NOT_IN_REPERTOIRE,
    ]
    .iter()
    .any(|state| why.code() == Some(state))
}

fn failed(why: &tokio_postgres::Error) -> TableError {
    TableError(match why.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
        None => with_causes(why),
    })
}

fn found(rows: &[tokio_postgres::Row]) -> Result<Found, TableError> {
    let mut named = BTreeMap::new();
    let mut any = false;
    for row in rows {
        let read = || {
            Ok::<_, tokio_postgres::Error>((
                row.try_get::<_, i64>(0)?,
                row.try_get::<_, Option<String>>(1)?,
                row.try_get::<_, Option<String>>(2)?,
            ))
        };
        let (number, name, value) = read().map_err(|why| failed(&why))?;
        if number > 1 {
            return Ok(Found::Several);
        }
        any = true;
        if let Some(name) = name {
            named.insert(name, value);
        }
    }
    Ok(match any {
        true => Found::One(named),
        false => Found::Nothing,
    })
}
