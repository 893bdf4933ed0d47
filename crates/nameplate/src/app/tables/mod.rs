//! Tables of DynamoDB and their items, kept in the registry's store.
//!
//! Owns which table a name means, how items and indexes change together, pages of reads, and what is done later:
//! expiry, filling an index, removing what a table leaves. What an item, a key or an expression is, is
//! [`nameplate_dynamodb`]'s business. Must not know: the shapes of answers, topic rules.

mod import;
mod page;
mod policy;
mod read;
mod refusal;
mod statement;
mod table;
mod transact;
mod work;
mod write;

pub use import::{
    Asked as AskedImport, Import, LOG_GROUP as IMPORT_LOG_GROUP, Status as ImportStatus,
};
pub use page::Page;
pub use read::Found;
pub use refusal::{DUPLICATE, Reason, Refusal};
pub use statement::{Cursor, Executed, How};
pub use table::Described;
pub use write::{IndexWrite, Written};

use super::cached::{Kept, Keyed};
use super::error::{Error, Kind, Result};
use super::kernel::Kernel;
use super::objects::Objects;
use nameplate_dynamodb::request::table_of;
use nameplate_dynamodb::table::{Table, check_table_name};
use nameplate_store::Conn;
use nameplate_store::dynamodb::TableRow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::Notify;

/// The use cases of tables.
pub struct Tables {
    kernel: Arc<Kernel>,
    known: Keyed<String, Arc<Known>>,
    wake: Notify,
    objects: Arc<Objects>,
    import_waits: Notify,
    stopped: AtomicBool,
}

/// A table as it is kept.
#[derive(Debug, Clone)]
pub struct Known {
    /// The store's key.
    key: i64,
    revision: i64,
    /// Its definition.
    pub table: Table,
}

impl Known {
    fn of(row: &TableRow) -> Result<Self> {
        let table = serde_json::from_str(&row.document).map_err(Error::internal)?;
        Ok(Self {
            key: row.key,
            revision: row.revision,
            table,
        })
    }
}

/// That there is no such table, where an item of it is wanted.
fn absent() -> Error {
    Error::not_found("Requested resource not found")
}

/// The same where the table itself is wanted.
fn no_table(given: &str) -> Error {
    let (name, _) = table_of(given);
    Error::not_found(format!(
        "Requested resource not found: Table: {name} not found"
    ))
}

/// The same where its tags are wanted.
fn no_resource(arn: &str) -> Error {
    Error::not_found(format!(
        "Requested resource not found: ResourceArn: {arn} not found"
    ))
}

/// Why a table is not found under an ARN; `own` is the ARN that one of its name has here.
fn elsewhere(arn: &str, own: &str) -> Error {
    let segment = |of: &str, at: usize| of.split(':').nth(at).map(str::to_owned);
    if segment(arn, 3) != segment(own, 3) {
        let wrong = format!("1 validation error detected: Invalid AWS region in '{arn}'");
        return Error::invalid(wrong);
    }
    match segment(arn, 4) == segment(own, 4) {
        true => absent(),
        false => Error::new(Kind::Denied, "Access is denied"),
    }
}

impl Tables {
    /// Begins to work on what is due.
    pub(crate) fn open(kernel: &Arc<Kernel>, objects: &Arc<Objects>) -> Arc<Self> {
        let tables = Arc::new(Self {
            kernel: Arc::clone(kernel),
            known: Keyed::default(),
            wake: Notify::new(),
            objects: Arc::clone(objects),
            import_waits: Notify::new(),
            stopped: AtomicBool::new(false),
        });
        work::start(&tables);
        tables
    }

    /// The name of a table that is given by name or ARN.
    ///
    /// # Errors
    /// No table can have the name, or the ARN is that of a table elsewhere.
    pub fn name_of<'g>(&self, given: &'g str) -> Result<&'g str> {
        let (name, arn) = table_of(given);
        match arn {
            Some(arn) if arn != self.kernel.realm().table(name) => {
                Err(elsewhere(arn, &self.kernel.realm().table(name)))
            }
            Some(_) => Ok(name),
            None => {
                check_table_name(name)?;
                Ok(name)
            }
        }
    }

    /// A table whose items are asked about, by name or ARN, as of the last commit.
    ///
    /// # Errors
    /// There is none, or it is still being made.
    pub async fn table(&self, given: &str) -> Result<Arc<Known>> {
        imported(self.find(given).await?.ok_or_else(absent)?)
    }

    /// The same as of this moment, where other nodes may have changed it, or made it anew, of which this one has not heard.
    async fn table_now(&self, given: &str) -> Result<Arc<Known>> {
        let known = self.table(given).await?;
        if !self.kernel.store.is_clustered() {
            return Ok(known);
        }
        let now = self.kernel.store.read(|conn| current(conn, &known));
        imported(now.await?)
    }

    async fn find(&self, given: &str) -> Result<Option<Arc<Known>>> {
        let name = self.name_of(given)?;
        let now = self.kernel.generations.of(Kept::Tables);
        if let Some(known) = self.known.get(now, name) {
            return Ok(Some(known));
        }
        let row = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.dynamodb_table(name)?))
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let known = Arc::new(Known::of(&row)?);
        self.known.put(now, name.to_owned(), Arc::clone(&known));
        Ok(Some(known))
    }
}

/// The table, unless its items are yet being imported: till then there is none.
fn imported(known: Arc<Known>) -> Result<Arc<Known>> {
    match known.table.importing {
        true => Err(absent()),
        false => Ok(known),
    }
}

/// The table as it is in a transaction: the one that is known, unless it has changed, or was deleted and made anew.
fn current(conn: &Conn<'_>, known: &Arc<Known>) -> Result<Arc<Known>> {
    let row = match conn.dynamodb_revision(known.key)? {
        Some(revision) if revision == known.revision => return Ok(Arc::clone(known)),
        Some(_) => conn.dynamodb_table_of(known.key)?,
        None => conn.dynamodb_table(&known.table.name)?,
    };
    Ok(Arc::new(Known::of(&row.ok_or_else(absent)?)?))
}
