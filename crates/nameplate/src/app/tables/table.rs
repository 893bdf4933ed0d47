//! Tables themselves: made, described, changed, deleted; their tags and the attribute by which items expire.

use super::refusal::Refusal;
use super::work::Task;
use super::{Known, Tables, current, no_resource, no_table};
use crate::app::caller::Caller;
use crate::app::error::{Error, Kind, Result};
use crate::app::ids;
use nameplate_dynamodb::request::Fields;
use nameplate_dynamodb::table::{Billing, NewTable, Table, TableChange, ThroughputHistory};
use nameplate_store::{Notice, Tx};

/// Tables of an account and region. Developer guide: quotas.
const TABLES: usize = 2500;
/// Tags of a table. Developer guide: tagging restrictions.
const TAGS: usize = 50;

/// How long the attribute by which items expire stays as it is once it was set. API reference: UpdateTimeToLive, which
/// tells an hour; measured at the service by the public suite of ScyllaDB's Alternator.
const EXPIRY_RESTS_MILLIS: i64 = 30 * 60 * 1000;

/// A table, and how much is in it.
#[derive(Debug, Clone)]
pub struct Described {
    /// Its definition.
    pub table: Table,
    /// Items and bytes.
    pub size: (i64, i64),
    /// The same of its indexes, in their order.
    pub indexes: Vec<(i64, i64)>,
}

fn document(table: &Table) -> Result<String> {
    serde_json::to_string(table).map_err(Error::internal)
}

impl Tables {
    /// Makes a table.
    ///
    /// # Errors
    /// There is one of this name, or there are too many.
    pub async fn create_table(&self, caller: &Caller, new: NewTable) -> Result<Described> {
        let (created, id) = (caller.ctx.now.0, ids::uuid());
        check_tags(&new.tags)?;
        let arn = self.kernel.realm().table(&new.name);
        if let Some(policy) = &new.policy {
            super::policy::read(policy, &arn)?;
        }
        self.kernel
            .change(caller, "create-dynamodb-table", move |tx| {
                let (_, table) = insert(tx, new.clone(), &arn, (created, id.as_str()), false)?;
                tx.notice(Notice::Tables);
                Ok(Described {
                    size: (0, 0),
                    indexes: vec![(0, 0); table.indexes.len()],
                    table,
                })
            })
            .await
    }

    /// A table, and how much is in it.
    ///
    /// # Errors
    /// There is none.
    pub async fn describe_table(&self, given: &str) -> Result<Described> {
        let known = self.find(given).await?.ok_or_else(|| no_table(given))?;
        self.described(&known).await
    }

    async fn described(&self, known: &Known) -> Result<Described> {
        self.kernel
            .store
            .read(|conn| {
                let mut indexes = Vec::new();
                for index in &known.table.indexes {
                    indexes.push(conn.dynamodb_size(index.key)?);
                }
                Ok(Described {
                    table: known.table.clone(),
                    size: conn.dynamodb_size(known.key)?,
                    indexes,
                })
            })
            .await
    }

    /// Names of tables behind one, in order.
    ///
    /// # Errors
    /// Ours alone.
    pub async fn list_tables(&self, after: &str, limit: usize) -> Result<Vec<String>> {
        let names = |conn: &nameplate_store::Conn<'_>| Ok(conn.dynamodb_tables(after, limit)?);
        self.kernel.store.read(names).await
    }

    /// Runs a transaction about a table that must exist.
    pub(super) async fn alter<T, F>(
        &self,
        caller: &Caller,
        what: &'static str,
        given: &str,
        mut body: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>, Known) -> Result<T> + Send + 'static,
    {
        let known = self.find(given).await?.ok_or_else(|| no_table(given))?;
        self.kernel
            .change(caller, what, move |tx| {
                let known = current(tx, &known)?;
                known.is_made()?;
                body(tx, Known::clone(&known))
            })
            .await
    }

    /// Deletes a table. What is in it goes later.
    ///
    /// # Errors
    /// There is none, or it is protected.
    pub async fn delete_table(&self, caller: &Caller, given: &str) -> Result<Described> {
        let known = self.find(given).await?.ok_or_else(|| no_table(given))?;
        let before = self.described(&known).await?;
        let arn = self.kernel.realm().table(&known.table.name);
        self.alter(caller, "delete-dynamodb-table", given, move |tx, known| {
            if known.table.protected {
                return Err(Error::invalid(
                    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
                ));
            }
            drop_table(tx, &known, &arn)?;
            tx.notice(Notice::Tables);
            Ok(())
        })
        .await?;
        self.wake.notify_one();
        Ok(before)
    }

    /// Changes a table as a request says.
    ///
    /// # Errors
    /// There is none, or it cannot be so.
    pub async fn update_table(
        &self,
        caller: &Caller,
        given: &str,
        fields: serde_json::Map<String, serde_json::Value>,
    ) -> Result<Described> {
        TableChange::check(&fields)?;
        let now = caller.ctx.now.0;
        self.alter(caller, "update-dynamodb-table", given, move |tx, known| {
            let mut table = known.table.clone();
            let changes = TableChange::read(Fields(fields.clone()), &known.table)?;
            let indexes = changes.iter().filter(|change| change.is_of_an_index());
            if indexes.count() > 1 {
                return Err(Error::new(
                    Kind::Limit,
                    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
                ));
            }
            for change in changes {
                apply(tx, known.key, &mut table, change, now)?;
            }
            tx.update_dynamodb_table(known.key, &document(&table)?)?;
            tx.notice(Notice::Tables);
            Ok(())
        })
        .await?;
        self.wake.notify_one();
        self.describe_table(given).await
    }

    /// Sets the attribute by which items expire, or, with none, that they do not; where it `rests`, only some time after it
    /// was set before.
    ///
    /// # Errors
    /// There is no such table, it is so already, or it was set before just now.
    pub async fn set_expiry(
        &self,
        caller: &Caller,
        given: &str,
        attribute: &str,
        on: bool,
        rests: bool,
    ) -> Result<()> {
        let now = caller.ctx.now.0;
        let attribute = attribute.to_owned();
        self.alter(caller, "set-dynamodb-expiry", given, move |tx, known| {
            let mut table = known.table;
            match (on, &table.ttl) {
                (true, Some(_)) => return Err(Error::invalid("TimeToLive is already enabled")),
                (false, None) => return Err(Error::invalid("TimeToLive is already disabled")),
                (false, Some(kept)) if *kept != attribute => {
                    return Err(Error::invalid(format!(
                        "TimeToLive is active on a different AttributeName: current AttributeName is {kept}"
                    )));
                }
                _ => {}
            }
            if rests && table.ttl_since.is_some_and(|at| now - at < EXPIRY_RESTS_MILLIS) {
                return Err(Error::invalid(
                    "Time to live has been modified multiple times within a fixed interval",
                ));
            }
            table.ttl_since = Some(now);
            table.ttl = on.then(|| attribute.clone());
            if on {
                Task::SetExpiry.add(tx, known.key, 0)?;
            }
            tx.update_dynamodb_table(known.key, &document(&table)?)?;
            tx.notice(Notice::Tables);
            Ok(())
        })
        .await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Tags a table.
    ///
    /// # Errors
    /// There is none, or it would have too many.
    pub async fn tag_table(
        &self,
        caller: &Caller,
        arn: &str,
        tags: Vec<(String, String)>,
    ) -> Result<()> {
        check_arn(arn, &self.kernel.realm().table(""))?;
        if tags.is_empty() {
            return Err(Error::invalid(
                "Atleast one Tag needs to be provided as Input.",
            ));
        }
        check_tags(&tags)?;
        self.find(arn).await?.ok_or_else(|| no_resource(arn))?;
        let kept = arn.to_owned();
        self.alter(caller, "tag-dynamodb-table", arn, move |tx, _| {
            tx.put_tags(&kept, &tags)?;
            if tx.tags(&kept, "", TAGS + 1)?.len() > TAGS {
                return Err(too_many_tags());
            }
            Ok(())
        })
        .await
    }

    /// Takes tags from a table.
    ///
    /// # Errors
    /// There is none.
    pub async fn untag_table(&self, caller: &Caller, arn: &str, names: Vec<String>) -> Result<()> {
        check_arn(arn, &self.kernel.realm().table(""))?;
        if names.is_empty() {
            return Err(Error::invalid(
                "Atleast one Tag Key needs to be provided as Input.",
            ));
        }
        self.find(arn).await?.ok_or_else(|| no_resource(arn))?;
        let kept = arn.to_owned();
        self.alter(caller, "untag-dynamodb-table", arn, move |tx, _| {
            Ok(tx.delete_tags(&kept, &names)?)
        })
        .await
    }

    /// Tags of a table.
    ///
    /// # Errors
    /// There is none.
    pub async fn table_tags(&self, arn: &str) -> Result<Vec<(String, String)>> {
        check_arn(arn, &self.kernel.realm().table(""))?;
        self.find(arn).await?.ok_or_else(|| no_resource(arn))?;
        self.kernel
            .store
            .read(|conn| Ok(conn.tags(arn, "", TAGS)?))
            .await
    }
}

/// Refuses what is no ARN of a table of this region where one is asked for; `own` is how ARNs begin here.
pub(super) fn check_arn(given: &str, own: &str) -> Result<()> {
    match given.starts_with("arn:") {
        true if given.split(':').nth(3) != own.split(':').nth(3) => Err(Error::invalid(format!(
            "Invalid TableArn: Invalid ResourceArn provided as input {given}"
        ))),
        true if given.contains("/index/") => Err(Error::invalid(format!(
            "One or more parameter values were invalid: Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {given}"
        ))),
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "One or more parameter values were invalid: ARNs must start with 'arn:': {given}"
        ))),
    }
}

fn too_many_tags() -> Error {
    Error::invalid("Number of Tags exceed the current limit for the provided ResourceArn")
}

/// Removes a table. What is in it goes later.
pub(super) fn drop_table(tx: &mut Tx<'_>, known: &Known, arn: &str) -> Result<()> {
    tx.delete_dynamodb_table(known.key)?;
    Task::RemoveItems.add(tx, known.key, 0)?;
    for index in &known.table.indexes {
        tx.delete_dynamodb_size(index.key)?;
        Task::RemoveEntries.add(tx, index.key, 0)?;
    }
    tx.delete_all_tags(arn)?;
    Ok(())
}

/// Adds a table, made at `created` with this id; the store's key, and its definition. `importing` says that its items are yet
/// to come out of files.
///
/// # Errors
/// There is one of this name, or there are too many.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    new: NewTable,
    arn: &str,
    (created, id): (i64, &str),
    importing: bool,
) -> Result<(i64, Table)> {
    if tx.dynamodb_table(&new.name)?.is_some() {
        return Err(Refusal::InUse.because(format!("Table already exists: {}", new.name)));
    }
    if tx.dynamodb_tables("", TABLES)?.len() >= TABLES {
        return Err(Error::new(
            Kind::Limit,
            format!(
                "Subscriber limit exceeded: There is a limit of {TABLES} tables per subscriber"
            ),
        ));
    }
    let key = tx.next_dynamodb_key()?;
    let mut indexes = Vec::new();
    for index in new.indexes {
        indexes.push(index.with_key(tx.next_dynamodb_key()?, false));
    }
    let table = Table {
        name: new.name,
        id: id.to_owned(),
        created,
        schema: new.schema,
        attributes: new.attributes,
        billing: new.billing,
        throughput_history: ThroughputHistory::default(),
        on_demand_since: (new.billing == Billing::OnDemand).then_some(created),
        class: new.class,
        protected: new.protected,
        ttl: None,
        ttl_since: None,
        importing,
        class_since: None,
        indexes,
    };
    tx.insert_dynamodb_table(key, &table.name, &document(&table)?)?;
    tx.put_tags(arn, &new.tags)?;
    if let Some(policy) = &new.policy {
        tx.put_dynamodb_policy(key, policy, created)?;
    }
    Ok((key, table))
}

/// Refuses tags that a table cannot have.
fn check_tags(tags: &[(String, String)]) -> Result<()> {
    if tags.len() > TAGS {
        return Err(too_many_tags());
    }
    let part = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    let strange = |text: &str| !text.chars().all(part);
    for (name, value) in tags {
        if strange(name) {
            return Err(Error::invalid(format!(
                "The Tag Key provided is invalid, Key: {name}"
            )));
        }
        if strange(value) {
            return Err(Error::invalid(format!(
                "The Tag Value provided is invalid, Value: {value}"
            )));
        }
    }
    match tags
        .iter()
        .find(|(name, _)| name.to_ascii_lowercase().starts_with("aws:"))
    {
        Some((name, _)) => Err(Error::invalid(format!(
            "Tag Key cannot be prefixed with aws:, Key: {name}"
        ))),
        None => Ok(()),
    }
}

fn apply(
    tx: &mut Tx<'_>,
    key: i64,
    table: &mut Table,
    change: TableChange,
    now: i64,
) -> Result<()> {
    match change {
        TableChange::Billing(billing) => {
            match billing {
                Billing::OnDemand => {
                    table.on_demand_since = Some(now);
                    table
                        .indexes
                        .iter_mut()
                        .for_each(|index| index.throughput = None);
                }
                Billing::Provisioned(units) => {
                    let before = table.billing.throughput();
                    table.throughput_history.note(before, units, now);
                }
            }
            table.billing = billing;
        }
        TableChange::Class(class) => {
            if table.class.as_ref() != Some(&class) {
                table.class_since = Some(now);
            }
            table.class = Some(class);
        }
        TableChange::Protected(protected) => table.protected = protected,
        TableChange::IndexThroughput(name, throughput) => {
            let at = global(table, &name, "update")?;
            let index = &mut table.indexes[at];
            let before = index.throughput.replace(throughput);
            index.throughput_history.note(before, throughput, now);
        }
        TableChange::AddIndex(new, attributes) => {
            let index = new.with_key(tx.next_dynamodb_key()?, true);
            Task::FillIndex.add(tx, key, index.key)?;
            table.attributes = attributes;
            table.indexes.push(index);
        }
        TableChange::RemoveIndex(name) => {
            let at = global(table, &name, "delete")?;
            let gone = table.indexes.remove(at);
            tx.delete_dynamodb_size(gone.key)?;
            Task::RemoveEntries.add(tx, gone.key, 0)?;
        }
    }
    // What no key has any more is not defined any more.
    let used: Vec<String> = table
        .schema
        .attributes()
        .chain(
            table
                .indexes
                .iter()
                .flat_map(|index| index.schema.attributes()),
        )
        .map(|attribute| attribute.name.clone())
        .collect();
    table
        .attributes
        .retain(|attribute| used.contains(&attribute.name));
    Ok(())
}

/// Where a global index of a table is that is to be changed.
fn global(table: &Table, name: &str, verb: &str) -> Result<usize> {
    let at = table.indexes.iter().position(|index| index.name == name);
    if at.is_some_and(|at| table.indexes[at].local) {
        return Err(Error::invalid(format!(
            "Cannot {verb} an index that is not a GlobalSecondaryIndex: {name}"
        )));
    }
    at.ok_or_else(|| {
        Error::not_found(format!(
            "Requested resource not found: Index {name} for table {}",
            table.name
        ))
    })
}

/// The definition of a table that has been made of files.
pub(super) fn made(table: &Table) -> Result<String> {
    document(&Table {
        importing: false,
        ..table.clone()
    })
}

/// The definition with an index that has all entries now.
pub(super) fn filled(table: &Table, index: i64) -> Result<String> {
    let mut table = table.clone();
    for filled in table.indexes.iter_mut().filter(|found| found.key == index) {
        filled.backfilling = false;
    }
    document(&table)
}
