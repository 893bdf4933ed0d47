//! Writes of items, with the entries of their indexes, in one transaction.

use super::refusal::{DUPLICATE, Refusal, condition};
use super::{Known, Tables, current, imported};
use crate::app::caller::Caller;
use crate::app::error::{Error, Result};
use nameplate_dynamodb::expression::{Projection, Update};
use nameplate_dynamodb::key::KeyBytes;
use nameplate_dynamodb::request::{Action, Returned, Write};
use nameplate_dynamodb::table::{Index, Table};
use nameplate_dynamodb::value::{ITEM_BYTES, item_text, size, stored_item};
use nameplate_dynamodb::{Invalid, Item};
use nameplate_store::Tx;
use nameplate_store::dynamodb::ItemRow;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a write came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// What is answered of the item, as JSON.
    pub attributes: Option<String>,
    /// Bytes of the larger of the item before and after.
    pub bytes: usize,
    /// What was written of indexes.
    pub indexes: Vec<IndexWrite>,
}

/// What a write wrote of one index. Developer guide: global secondary indexes, write capacity units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexWrite {
    /// Its name.
    pub name: String,
    /// Whether it has the table's partitions.
    pub local: bool,
    /// Bytes of the entry that is removed, and of the one that is put; of one that changes in its place, the larger.
    pub entries: [Option<usize>; 2],
}

impl Tables {
    /// Writes one item.
    ///
    /// # Errors
    /// There is no such table, its key does not fit, or a condition does not hold.
    pub async fn write(&self, caller: &Caller, write: Write) -> Result<Written> {
        let known = self.table(&write.table).await?;
        let key = check(&known.table, &write)?;
        self.kernel
            .change(caller, "write-dynamodb-item", move |tx| {
                apply(tx, &known, &key, &write, true)
            })
            .await
    }

    /// Writes items, of one or more tables, that have no conditions. Bytes of each, in order.
    ///
    /// # Errors
    /// There is no such table, a key does not fit, or two are of one item.
    pub async fn write_batch(&self, caller: &Caller, writes: Vec<Write>) -> Result<Vec<Written>> {
        let mut all = Vec::with_capacity(writes.len());
        let mut keys = Vec::with_capacity(writes.len());
        for write in writes {
            let known = self.table(&write.table).await?;
            if let Action::Put(item) = &write.action {
                // A batch says it of the key by itself.
                let schema = &known.table.schema;
                schema.of_key(&schema.key_of(item))?;
            }
            let key = check(&known.table, &write)?;
            let place = (known.key, key.clone());
            if keys.contains(&place) {
                return Err(Error::invalid(
                    "Provided list of item keys contains duplicates",
                ));
            }
            keys.push(place);
            all.push((known, key, write));
        }
        self.kernel
            .change(caller, "write-dynamodb-items", move |tx| {
                all.iter()
                    .map(|(known, key, write)| apply(tx, known, key, write, false))
                    .collect()
            })
            .await
    }
}

/// The key of the item that is written.
///
/// # Errors
/// It does not fit the table, or it is to be changed.
pub(super) fn check(table: &Table, write: &Write) -> Result<KeyBytes, Invalid> {
    let key = match &write.action {
        Action::Put(item) => {
            let key = table.schema.of_item(item)?;
            enterable(table, item)?;
            key
        }
        Action::Update(key, update) => {
            let bytes = table.schema.of_key(key)?;
            if let Some(path) = update
                .paths()
                .find(|path| table.schema.has(&path.attribute))
            {
                return Err(Invalid::parameters(format!(
                    "Cannot update attribute {}. This attribute is part of the key",
                    path.attribute
                )));
            }
            for (name, value) in update.given() {
                for index in &table.indexes {
                    index.schema.updated(name, value)?;
                }
            }
            bytes
        }
        Action::Delete(key) | Action::Check(key) => table.schema.of_key(key)?,
    };
    Ok(key)
}

/// Refuses an item that an index cannot have. Of several that cannot, the first by its name is told.
fn enterable(table: &Table, item: &Item) -> Result<(), Invalid> {
    let refused = table
        .indexes
        .iter()
        .filter_map(|index| Some((&index.name, index.schema.of_entry(item, &index.name).err()?)))
        .min_by_key(|(name, _)| *name);
    refused.map_or(Ok(()), |(_, why)| Err(why))
}

/// Makes a write. `key` is what [`check`] said of the table as it is known; `alone` says that the request is this write.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    known: &Arc<Known>,
    key: &KeyBytes,
    write: &Write,
    alone: bool,
) -> Result<Written> {
    let now = imported(current(tx, known)?)?;
    let changed = match Arc::ptr_eq(&now, known) {
        true => None,
        false => Some(check(&now.table, write)?),
    };
    make(tx, &now, changed.as_ref().unwrap_or(key), write, alone)
}

/// The same of a table that this transaction has read.
fn make(
    tx: &mut Tx<'_>,
    known: &Known,
    key: &KeyBytes,
    write: &Write,
    alone: bool,
) -> Result<Written> {
    let row = tx.dynamodb_item(known.key, &key.hash, &key.range)?;
    let mut sizes = Sizes::default();
    let written = make_of(tx, known, key, write, (alone, row), &mut sizes)?;
    sizes.count(tx)?;
    Ok(written)
}

/// Puts items, in order, into a table that this transaction has read: those that were there are asked for in one
/// question, and what the table and its indexes have is counted once. An item that is put twice is replaced by the later
/// one. Whether each was put, or why it cannot be.
pub(super) fn put_all(
    tx: &mut Tx<'_>,
    known: &Known,
    writes: Vec<Result<(KeyBytes, Write)>>,
) -> Result<Vec<Result<()>>> {
    let mut keys: Vec<(&[u8], &[u8])> = Vec::with_capacity(writes.len());
    for (key, _) in writes.iter().flatten() {
        keys.push((&key.hash, &key.range));
    }
    keys.sort_unstable();
    keys.dedup();
    let mut there = tx.dynamodb_items(known.key, &keys)?;
    let mut sizes = Sizes::default();
    let mut outcomes = Vec::with_capacity(writes.len());
    for write in writes {
        let (key, write) = match write {
            Ok(write) => write,
            Err(error) => {
                outcomes.push(Err(error));
                continue;
            }
        };
        let place = (key.hash.clone(), key.range.clone());
        let row = there.get(&place).cloned();
        let made = make_of(tx, known, &key, &write, (false, row), &mut sizes);
        if let (Ok(_), Action::Put(item)) = (&made, &write.action) {
            let row = ItemRow {
                size: bytes(size(item)),
                item: item_text(item).into_bytes(),
            };
            there.insert(place, row);
        }
        outcomes.push(made.map(drop));
    }
    sizes.count(tx)?;
    Ok(outcomes)
}

/// How much more a table and its indexes have, items and bytes by their keys, that is not counted yet.
#[derive(Debug, Default)]
struct Sizes(BTreeMap<i64, (i64, i64)>);

impl Sizes {
    fn add(&mut self, of: i64, items: i64, bytes: i64) {
        let sum = self.0.entry(of).or_default();
        *sum = (sum.0 + items, sum.1 + bytes);
    }

    fn count(self, tx: &mut Tx<'_>) -> Result<()> {
        for (of, (items, bytes)) in self.0 {
            tx.add_dynamodb_size(of, items, bytes)?;
        }
        Ok(())
    }
}

/// Makes a write in the place of an item that is known, or known not to be there.
fn make_of(
    tx: &mut Tx<'_>,
    known: &Known,
    key: &KeyBytes,
    write: &Write,
    (alone, row): (bool, Option<ItemRow>),
    sizes: &mut Sizes,
) -> Result<Written> {
    let table = &known.table;
    let looks = write.condition.is_some()
        || !table.indexes.is_empty()
        || matches!(write.action, Action::Update(..));
    let before = match (&row, looks) {
        (Some(row), true) => Some(stored_item(&row.item).map_err(Error::internal)?),
        _ => None,
    };
    if let Some(wanted) = &write.condition
        && !wanted.holds(before.as_ref().unwrap_or(&Item::new()))
    {
        if write.inserts {
            return Err(Refusal::Duplicate.because(DUPLICATE));
        }
        let told = write.tells.then(|| row.as_ref().map(text)).flatten();
        return Err(condition(told));
    }
    let was = row
        .as_ref()
        .map_or(0, |row| usize::try_from(row.size).unwrap_or(0));
    let after = match &write.action {
        Action::Put(item) => Some(Cow::Borrowed(item)),
        Action::Update(key, update) => {
            let after = updated(key, update, before.as_ref(), alone)?;
            if let Some(after) = &after {
                enterable(table, after)?;
            }
            after.map(Cow::Owned)
        }
        Action::Delete(_) => None,
        Action::Check(_) => {
            return Ok(Written {
                bytes: was,
                ..Written::default()
            });
        }
    };
    let after = after.as_deref();
    let is = after.map_or(0, size);
    store(tx, known, key, row.is_some(), after, (was, is), sizes)?;
    let mut indexes = Vec::new();
    for index in &table.indexes {
        let entries = enter(tx, table, index, key, (before.as_ref(), after), sizes)?;
        if entries != [None, None] {
            indexes.push(IndexWrite {
                name: index.name.clone(),
                local: index.local,
                entries,
            });
        }
    }
    Ok(Written {
        attributes: returned(write, row.as_ref(), before.as_ref(), after),
        bytes: was.max(is),
        indexes,
    })
}

fn text(row: &ItemRow) -> String {
    // It was text when it was written.
    String::from_utf8_lossy(&row.item).into_owned()
}

/// The item as an update makes it; none where it would only take something from an item that does not exist.
fn updated(
    key: &Item,
    update: &Update,
    before: Option<&Item>,
    alone: bool,
) -> Result<Option<Item>> {
    if before.is_none() && update.only_removes() {
        return Ok(None);
    }
    let after = update.apply(before.unwrap_or(key))?;
    // UpdateItem alone also counts what is done.
    let charge = if alone { update.charge(&after) } else { 0 };
    if size(&after).max(charge) > ITEM_BYTES {
        return Err(Error::invalid(
            "Item size to update has exceeded the maximum allowed size",
        ));
    }
    Ok(Some(after))
}

fn bytes(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn store(
    tx: &mut Tx<'_>,
    known: &Known,
    key: &KeyBytes,
    was_there: bool,
    after: Option<&Item>,
    (was, is): (usize, usize),
    sizes: &mut Sizes,
) -> Result<()> {
    let place = (key.hash.as_slice(), key.range.as_slice());
    let items = match (was_there, after) {
        (_, Some(item)) => {
            let expires = known.table.expiry(item);
            let text = item_text(item);
            tx.put_dynamodb_item(known.key, place, bytes(is), text.as_bytes(), expires)?;
            i64::from(!was_there)
        }
        (true, None) => {
            tx.delete_dynamodb_item(known.key, place)?;
            -1
        }
        (false, None) => 0,
    };
    sizes.add(known.key, items, bytes(is) - bytes(was));
    Ok(())
}

/// Changes the entry of an index as the item has changed; what was written of it.
fn enter<'i>(
    tx: &mut Tx<'_>,
    table: &Table,
    index: &Index,
    key: &KeyBytes,
    (before, after): (Option<&'i Item>, Option<&'i Item>),
    sizes: &mut Sizes,
) -> Result<[Option<usize>; 2]> {
    let place = (key.hash.as_slice(), key.range.as_slice());
    // An item that was there before the index may have a value that no entry can have.
    let old = before.and_then(|item| index.schema.of_entry(item, &index.name).ok().flatten());
    let new = match after {
        Some(item) => index.schema.of_entry(item, &index.name)?,
        None => None,
    };
    let projection = table.projected(index);
    let has = |item: Option<&'i Item>| -> Option<Cow<'i, Item>> {
        item.map(|item| match &projection {
            Some(projection) => Cow::Owned(projection.of(item)),
            None => Cow::Borrowed(item),
        })
    };
    let measure = |item: &Option<Cow<'_, Item>>| item.as_ref().map_or(0, |item| size(item));
    let (had, has) = (has(before), has(after));
    let (was, is) = (measure(&had), measure(&has));
    if old == new && !index.backfilling {
        if old.is_none() || had == has {
            return Ok([None, None]);
        }
        sizes.add(index.key, 0, bytes(is) - bytes(was));
        return Ok([None, Some(was.max(is))]);
    }
    let mut entries = [None, None];
    if let Some(old) = &old
        && tx.delete_dynamodb_entry(index.key, (&old.hash, &old.range), place)?
    {
        sizes.add(index.key, -1, -bytes(was));
        entries[0] = Some(was);
    }
    if let Some(new) = &new
        && tx.put_dynamodb_entry(index.key, (&new.hash, &new.range), place)?
    {
        sizes.add(index.key, 1, bytes(is));
        entries[1] = Some(is);
    }
    Ok(entries)
}

/// Adds the entry of an item that was there before the index.
pub(super) fn fill(
    tx: &mut Tx<'_>,
    table: &Table,
    index: &Index,
    key: (&[u8], &[u8]),
    item: &Item,
) -> Result<()> {
    let Ok(Some(entry)) = index.schema.of_entry(item, &index.name) else {
        return Ok(());
    };
    if tx.put_dynamodb_entry(index.key, (&entry.hash, &entry.range), key)? {
        let projected = match table.projected(index) {
            Some(projection) => size(&projection.of(item)),
            None => size(item),
        };
        tx.add_dynamodb_size(index.key, 1, bytes(projected))?;
    }
    Ok(())
}

fn returned(
    write: &Write,
    row: Option<&ItemRow>,
    before: Option<&Item>,
    after: Option<&Item>,
) -> Option<String> {
    let changed = |item: Option<&Item>| {
        let Action::Update(_, update) = &write.action else {
            return None;
        };
        let changed = Projection(update.paths().cloned().collect()).of(item?);
        (!changed.is_empty()).then(|| item_text(&changed))
    };
    match write.returned {
        Returned::None => None,
        Returned::AllOld => row.map(text),
        Returned::AllNew => after.map(item_text),
        Returned::UpdatedOld => changed(before),
        Returned::UpdatedNew => changed(after),
    }
}

/// Removes an item that has expired, with its entries; one that has not, any more, is noted so. `now` is in seconds.
pub(super) fn expire(tx: &mut Tx<'_>, known: &Known, key: &KeyBytes, now: i64) -> Result<()> {
    let Some(row) = tx.dynamodb_item(known.key, &key.hash, &key.range)? else {
        return Ok(());
    };
    let item = stored_item(&row.item).map_err(Error::internal)?;
    let expires = known
        .table
        .expiry(&item)
        .filter(|at| *at > now - LONGEST_PAST_SECONDS);
    if expires.is_none_or(|at| at > now) {
        let place = (key.hash.as_slice(), key.range.as_slice());
        tx.expire_dynamodb_item(known.key, place, expires)?;
        return Ok(());
    }
    let was = usize::try_from(row.size).unwrap_or(0);
    let mut sizes = Sizes::default();
    store(tx, known, key, true, None, (was, 0), &mut sizes)?;
    for index in &known.table.indexes {
        enter(
            tx,
            &known.table,
            index,
            key,
            (Some(&item), None),
            &mut sizes,
        )?;
    }
    sizes.count(tx)
}

/// Items whose time was longer ago than five years do not expire. Developer guide: using time to live.
const LONGEST_PAST_SECONDS: i64 = 5 * 366 * 86_400;
