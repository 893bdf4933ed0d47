//! Pages of Query and Scan: read in small steps, so that a long one holds neither a thread nor much memory.

use super::{Known, Tables};
use crate::app::error::{Error, Result};
use nameplate_dynamodb::expression::{KeyCondition, Projection};
use nameplate_dynamodb::key::{KeySchema, RangeBytes, segment, successor};
use nameplate_dynamodb::request::{Asked, Query, Scan, Select};
use nameplate_dynamodb::table::{Index, IndexProjection};
use nameplate_dynamodb::value::{item_text, stored_item};
use nameplate_dynamodb::{Invalid, Item};
use nameplate_store::Conn;
use nameplate_store::dynamodb::{EntryItem, EntryPlace, KeyedItem};

/// Bytes of items that a page looks at. API reference: Query, Scan.
const PAGE_BYTES: usize = 1024 * 1024;
/// Rows of the first step and of any later one. An item has 400 KB at most.
const STEP: (usize, usize) = (16, 128);

/// A page of items.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// What is answered of the items, as JSON; nothing where only their count is wanted.
    pub items: Vec<String>,
    /// How many satisfy the filter.
    pub count: usize,
    /// How many were looked at.
    pub scanned: usize,
    /// The key behind which the next page begins.
    pub next: Option<Item>,
    /// Bytes that were looked at.
    pub bytes: usize,
}

/// Which rows a read is of.
#[derive(Clone, Copy)]
pub(super) enum Place<'k> {
    /// Those of a partition, in ascending order or not.
    Partition(&'k KeyCondition, bool),
    /// Those of a segment, of so many, of a table or index.
    Segment(u32, u32),
}

/// Where a page is read, and from where to where.
enum Source<'q> {
    /// A partition of a table: forward or not.
    Partition(RangeBytes, bool),
    /// The same of an index.
    Entries(&'q Index, RangeBytes, bool),
    /// Partitions of a table to before one.
    Table(Vec<u8>),
    /// The same of an index.
    Index(&'q Index, Vec<u8>),
}

/// The last row that was read: keys of the entry and of the item.
#[derive(Clone)]
struct At {
    entry: (Vec<u8>, Vec<u8>),
    item: (Vec<u8>, Vec<u8>),
}

fn of_table(rows: Vec<KeyedItem>) -> Vec<EntryItem> {
    let entry = |of: KeyedItem| EntryItem {
        entry: of.key.clone(),
        of,
    };
    rows.into_iter().map(entry).collect()
}

impl Source<'_> {
    fn step(
        &self,
        conn: &Conn<'_>,
        table: i64,
        after: Option<&At>,
        limit: usize,
    ) -> Result<Vec<EntryItem>> {
        let place = |at: &At| {
            let At { entry, item } = at;
            (entry.1.clone(), item.0.clone(), item.1.clone())
        };
        Ok(match self {
            Self::Partition(range, true) => {
                let from = after.map_or_else(|| range.from.clone(), |at| successor(&at.entry.1));
                of_table(conn.dynamodb_query(
                    table,
                    &range.hash,
                    (&from, &range.until),
                    true,
                    limit,
                )?)
            }
            Self::Partition(range, false) => {
                let until = after.map_or(&range.until, |at| &at.entry.1);
                of_table(conn.dynamodb_query(
                    table,
                    &range.hash,
                    (&range.from, until),
                    false,
                    limit,
                )?)
            }
            Self::Entries(index, range, forward) => {
                let first = if *forward { &range.from } else { &range.until };
                let (sort, hash, item) =
                    after.map_or_else(|| (first.clone(), Vec::new(), Vec::new()), place);
                let place = EntryPlace {
                    range: &sort,
                    item_hash: &hash,
                    item_range: &item,
                };
                match forward {
                    true => conn.dynamodb_index_forward(
                        index.key,
                        &range.hash,
                        place,
                        &range.until,
                        table,
                        limit,
                    )?,
                    false => conn.dynamodb_index_backward(
                        index.key,
                        &range.hash,
                        place,
                        &range.from,
                        table,
                        limit,
                    )?,
                }
            }
            Self::Table(before) => {
                let (hash, range) =
                    after.map_or((&[][..], &[][..]), |at| (&at.entry.0, &at.entry.1));
                of_table(conn.dynamodb_scan(table, (hash, range), before, limit)?)
            }
            Self::Index(index, before) => {
                let none = At {
                    entry: (Vec::new(), Vec::new()),
                    item: (Vec::new(), Vec::new()),
                };
                let at = after.unwrap_or(&none);
                let place = EntryPlace {
                    range: &at.entry.1,
                    item_hash: &at.item.0,
                    item_range: &at.item.1,
                };
                conn.dynamodb_index_scan(index.key, (&at.entry.0, place), before, table, limit)?
            }
        })
    }
}

impl Tables {
    /// A page of a partition.
    ///
    /// # Errors
    /// There is no such table or index, or a parameter does not fit it.
    pub async fn query(&self, query: Query) -> Result<Page> {
        let known = self.table_now(&query.asked.table).await?;
        let index = index_of(&known, &query.asked)?;
        let schema = index.map_or(&known.table.schema, |index| &index.schema);
        let keys = KeyCondition::of(query.keys, schema)?;
        if let Some(filter) = &query.asked.filter
            && let Some(key) = filter
                .attributes()
                .into_iter()
                .find(|name| schema.has(name))
        {
            return Err(Error::invalid(format!(
                "{} can only contain non-primary key attributes: Primary key attribute: {key}",
                query.asked.filter_name
            )));
        }
        let place = Place::Partition(&keys, query.forward);
        self.read_page(&known, index, &query.asked, place).await
    }

    /// A page of a table or index.
    ///
    /// # Errors
    /// There is no such table or index, or a parameter does not fit it.
    pub async fn scan(&self, scan: Scan) -> Result<Page> {
        let known = self.table_now(&scan.asked.table).await?;
        let index = index_of(&known, &scan.asked)?;
        let place = Place::Segment(scan.segment.0, scan.segment.1);
        self.read_page(&known, index, &scan.asked, place).await
    }

    /// A page of what lies in a place of a table or index.
    ///
    /// # Errors
    /// A parameter does not fit the table or index.
    pub(super) async fn read_page(
        &self,
        known: &Known,
        index: Option<&Index>,
        asked: &Asked,
        place: Place<'_>,
    ) -> Result<Page> {
        let start = start_of(known, index, asked, matches!(place, Place::Segment(..)))?;
        match place {
            Place::Partition(keys, forward) => {
                let range = keys.range();
                if let Some(start) = &start {
                    let (hash, sort) = &start.entry;
                    let within = *sort >= range.from && *sort < range.until;
                    if keys.sort.is_some() && !within {
                        return Err(Error::invalid(
                            "The provided starting key does not match the range key predicate",
                        ));
                    }
                    if *hash != range.hash || !within {
                        return Err(Error::invalid(
                            "The provided starting key is outside query boundaries based on provided conditions",
                        ));
                    }
                }
                let source = match index {
                    Some(index) => Source::Entries(index, range, forward),
                    None => Source::Partition(range, forward),
                };
                self.page(known, index, asked, &source, start).await
            }
            Place::Segment(at, of) => {
                let (from, before) = segment(at, of);
                let start = match start {
                    Some(start) if start.entry.0 < from || start.entry.0 >= before => {
                        return Err(Error::invalid(
                            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment.",
                        ));
                    }
                    Some(start) => start,
                    None => At {
                        entry: (from, Vec::new()),
                        item: (Vec::new(), Vec::new()),
                    },
                };
                let source = match index {
                    Some(index) => Source::Index(index, before),
                    None => Source::Table(before),
                };
                self.page(known, index, asked, &source, Some(start)).await
            }
        }
    }

    async fn page(
        &self,
        known: &Known,
        index: Option<&Index>,
        asked: &Asked,
        source: &Source<'_>,
        start: Option<At>,
    ) -> Result<Page> {
        let shown = Shown::of(known, index, asked)?;
        let limit = asked
            .limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(usize::MAX);
        let mut page = Page::default();
        let mut at = start;
        let mut last: Option<Vec<u8>> = None;
        let mut step = STEP.0;
        loop {
            let wanted = step.min(limit - page.scanned);
            let rows = self
                .kernel
                .store
                .read(|conn| source.step(conn, known.key, at.as_ref(), wanted))
                .await?;
            let ended = rows.len() < wanted;
            let mut full = false;
            for row in rows {
                let bytes = usize::try_from(row.of.row.size).unwrap_or(0);
                full = page.scanned > 0 && page.bytes + bytes > PAGE_BYTES;
                if full {
                    break;
                }
                page.bytes += bytes;
                page.scanned += 1;
                shown.add(asked, &row.of.row.item, &mut page)?;
                last = Some(row.of.row.item);
                at = Some(At {
                    entry: row.entry,
                    item: row.of.key,
                });
            }
            if full || page.scanned >= limit {
                if let Some(last) = &last {
                    let item = stored_item(last).map_err(Error::internal)?;
                    page.next = Some(known.table.start_key(index, &item));
                }
                return Ok(page);
            }
            if ended {
                return Ok(page);
            }
            step = STEP.1;
            // Others have their turn.
            tokio::task::yield_now().await;
        }
    }
}

/// The index that is read.
fn index_of<'k>(known: &'k Known, asked: &Asked) -> Result<Option<&'k Index>> {
    let Some(name) = &asked.index else {
        return Ok(None);
    };
    let index = known.table.index(name)?;
    if index.backfilling {
        return Err(Error::invalid(format!(
            "Cannot read from backfilling global secondary index: {name}"
        )));
    }
    if asked.consistent && !index.local {
        return Err(Error::invalid(
            "Consistent reads are not supported on global secondary indexes",
        ));
    }
    Ok(Some(index))
}

/// The row behind which to go on; of a scan more is said of what is wrong with it.
fn start_of(
    known: &Known,
    index: Option<&Index>,
    asked: &Asked,
    scans: bool,
) -> Result<Option<At>> {
    const INVALID: &str = "The provided starting key is invalid";
    let Some(start) = &asked.start else {
        return Ok(None);
    };
    let told = |why: Invalid| Error::invalid(format!("{INVALID}: {why}"));
    let schema = &known.table.schema;
    let of_index = index.map(|index| &index.schema);
    let mut names: Vec<&str> = schema
        .attributes()
        .chain(of_index.into_iter().flat_map(KeySchema::attributes))
        .map(|attribute| attribute.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.len() != start.len() || names.iter().any(|name| !start.contains_key(*name)) {
        return Err(match scans && index.is_none() {
            true => told(Invalid::new(
                "The provided key element does not match the schema",
            )),
            false => Error::invalid(INVALID),
        });
    }
    let item = schema.of_key(&schema.key_of(start));
    let entry = match of_index {
        Some(of) => of.of_key(&of.key_of(start))?,
        None if scans => item.clone().map_err(told)?,
        None => item.clone()?,
    };
    let item = item.map_err(told)?;
    Ok(Some(At {
        entry: (entry.hash, entry.range),
        item: (item.hash, item.range),
    }))
}

/// What is answered of each item.
enum Answered {
    Nothing,
    All,
    Parts(Projection),
}

/// What an index has of an item, and what is answered of that.
struct Shown {
    has: Option<Projection>,
    answered: Answered,
}

impl Shown {
    fn of(known: &Known, index: Option<&Index>, asked: &Asked) -> Result<Self> {
        let projected = index.and_then(|index| known.table.projected(index));
        // An index of the table's own partitions leads to the rest of the item.
        let has = projected
            .clone()
            .filter(|_| index.is_some_and(|index| !index.local));
        let name = index.map_or("", |index| index.name.as_str());
        let answered = match &asked.select {
            Select::Count => Answered::Nothing,
            Select::All(true) if has.is_some() => {
                return Err(Invalid::parameters(format!(
                    "Select type ALL_ATTRIBUTES is not supported for global secondary index {name} because its projection type is not ALL"
                ))
                .into());
            }
            Select::All(true) => Answered::All,
            Select::All(false) => projected.map_or(Answered::All, Answered::Parts),
            Select::Parts(parts) => {
                if let (Some(has), Some(index)) = (&has, index) {
                    let missing: Vec<&str> = parts
                        .attributes()
                        .filter(|wanted| !has.attributes().any(|name| name == *wanted))
                        .collect();
                    if !missing.is_empty() && index.projection != IndexProjection::All {
                        return Err(Invalid::parameters(format!(
                            "Global secondary index {name} does not project [{}]",
                            missing.join(", ")
                        ))
                        .into());
                    }
                }
                Answered::Parts(parts.clone())
            }
        };
        Ok(Self { has, answered })
    }

    fn add(&self, asked: &Asked, stored: &[u8], page: &mut Page) -> Result<()> {
        let plain = matches!(self.answered, Answered::Nothing | Answered::All);
        let item = match plain && asked.filter.is_none() {
            true => None,
            false => {
                let item: Item = stored_item(stored).map_err(Error::internal)?;
                Some(match &self.has {
                    Some(has) => has.of(&item),
                    None => item,
                })
            }
        };
        if let (Some(filter), Some(item)) = (&asked.filter, &item)
            && !filter.holds(item)
        {
            return Ok(());
        }
        page.count += 1;
        match (&self.answered, &item) {
            (Answered::Nothing, _) => {}
            (Answered::Parts(parts), Some(item)) => page.items.push(item_text(&parts.of(item))),
            _ => {
                let text = String::from_utf8(stored.to_vec()).map_err(Error::internal)?;
                page.items.push(text);
            }
        }
        Ok(())
    }
}
