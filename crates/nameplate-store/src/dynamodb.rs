//! Tables of DynamoDB, their items, entries of their indexes, and work that goes over a table in steps.
//!
//! Keys are bytes whose order is that of the values; what they mean, and what an item is, is not known here.

use crate::sql::{Row, Value};
use crate::tx::Tx;
use crate::{Conn, Result};
use std::collections::HashMap;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// The store's own growing key.
    pub key: i64,
    /// Its definition, as the use cases write it.
    pub document: String,
    /// Grows with each change of the definition.
    pub revision: i64,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Bytes that it counts for.
    pub size: i64,
    /// The item, as the use cases write it.
    pub item: Vec<u8>,
}

/// Where an item lies: its partition, and its place in it.
pub type ItemKey = (Vec<u8>, Vec<u8>);

/// An item, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedItem {
    /// Where it lies in its table.
    pub key: ItemKey,
    /// The item.
    pub row: ItemRow,
}

/// An entry of an index, and the item that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryItem {
    /// Where the entry lies in its index.
    pub entry: ItemKey,
    /// The item.
    pub of: KeyedItem,
}

/// Where an entry lies in its index, and the item that it is of: all of it, in order.
#[derive(Debug, Clone, Copy)]
pub struct EntryPlace<'a> {
    /// Its place in the partition.
    pub range: &'a [u8],
    /// The item's partition.
    pub item_hash: &'a [u8],
    /// The item's place there.
    pub item_range: &'a [u8],
}

/// Work that goes over a table in steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// Its key.
    pub key: i64,
    /// What is done; the use cases' own numbers.
    pub kind: i64,
    /// The table or index that it goes over.
    pub subject: i64,
    /// An index that is filled, or 0.
    pub index: i64,
    /// The key that it has come to.
    pub at: ItemKey,
}

fn table(row: &Row<'_>) -> Result<TableRow> {
    Ok(TableRow {
        key: row.int(0)?,
        document: row.text(1)?,
        revision: row.int(2)?,
    })
}

pub(crate) fn keyed(row: &Row<'_>) -> Result<KeyedItem> {
    Ok(KeyedItem {
        row: ItemRow {
            size: row.int(0)?,
            item: row.blob(1)?,
        },
        key: (row.blob(2)?, row.blob(3)?),
    })
}

fn entry(row: &Row<'_>) -> Result<EntryItem> {
    Ok(EntryItem {
        of: keyed(row)?,
        entry: (row.blob(4)?, row.blob(5)?),
    })
}

fn limited(limit: usize) -> Value<'static> {
    Value::Int(i64::try_from(limit).unwrap_or(i64::MAX))
}

impl Conn<'_> {
    /// The table of this name.
    pub fn dynamodb_table(&self, name: &str) -> Result<Option<TableRow>> {
        self.one(
            "SELECT id, document, revision FROM dynamodb_table WHERE name = $1",
            &[name.into()],
            table,
        )
    }

    /// The table of this key.
    pub fn dynamodb_table_of(&self, key: i64) -> Result<Option<TableRow>> {
        self.one(
            "SELECT id, document, revision FROM dynamodb_table WHERE id = $1",
            &[key.into()],
            table,
        )
    }

    /// The revision of a table's definition; none where it is gone.
    pub fn dynamodb_revision(&self, table: i64) -> Result<Option<i64>> {
        self.one(
            "SELECT revision FROM dynamodb_table WHERE id = $1",
            &[table.into()],
            |row| row.int(0),
        )
    }

    /// Names of tables behind `after`, in order.
    pub fn dynamodb_tables(&self, after: &str, limit: usize) -> Result<Vec<String>> {
        self.all(
            "SELECT name FROM dynamodb_table WHERE name > $1 ORDER BY name LIMIT $2",
            &[after.into(), limited(limit)],
            |row| row.text(0),
        )
    }

    /// The policy that a table itself has, by its name, and the number of its last change.
    pub fn dynamodb_policy(&self, name: &str) -> Result<Option<(String, i64)>> {
        self.one(
            "SELECT policy, revision FROM dynamodb_policy
             WHERE table_id = (SELECT id FROM dynamodb_table WHERE name = $1)",
            &[name.into()],
            |row| Ok((row.text(0)?, row.int(1)?)),
        )
    }

    /// Names of the tables that have policies of their own.
    pub fn dynamodb_tables_with_policies(&self) -> Result<Vec<String>> {
        self.all(
            "SELECT name FROM dynamodb_policy AS p CROSS JOIN dynamodb_table AS t WHERE t.id = p.table_id",
            &[],
            |row| row.text(0),
        )
    }

    /// How many items a table or index has, and their bytes.
    pub fn dynamodb_size(&self, of: i64) -> Result<(i64, i64)> {
        let found = self.one(
            "SELECT items, bytes FROM dynamodb_size WHERE id = $1",
            &[of.into()],
            |row| Ok((row.int(0)?, row.int(1)?)),
        )?;
        Ok(found.unwrap_or_default())
    }

    /// An item.
    pub fn dynamodb_item(&self, table: i64, hash: &[u8], range: &[u8]) -> Result<Option<ItemRow>> {
        self.one(
            "SELECT size, item FROM dynamodb_item WHERE table_id = $1 AND hash_key = $2 AND range_key = $3",
            &[table.into(), hash.into(), range.into()],
            |row| {
                Ok(ItemRow {
                    size: row.int(0)?,
                    item: row.blob(1)?,
                })
            },
        )
    }

    /// Those of a table's items with these keys that are there. Where answers are waited for, it is one question.
    pub fn dynamodb_items(
        &self,
        table: i64,
        keys: &[(&[u8], &[u8])],
    ) -> Result<HashMap<ItemKey, ItemRow>> {
        if let Some(found) = self.items_at_once(table, keys)? {
            return Ok(found);
        }
        let mut found = HashMap::new();
        for (hash, range) in keys {
            if let Some(row) = self.dynamodb_item(table, hash, range)? {
                found.insert((hash.to_vec(), range.to_vec()), row);
            }
        }
        Ok(found)
    }

    /// Items of a partition from one sort key to before another, in order or, with `forward` false, in the other.
    pub fn dynamodb_query(
        &self,
        table: i64,
        hash: &[u8],
        between: (&[u8], &[u8]),
        forward: bool,
        limit: usize,
    ) -> Result<Vec<KeyedItem>> {
        let sql = match forward {
            true => {
                "SELECT size, item, hash_key, range_key FROM dynamodb_item
                 WHERE table_id = $1 AND hash_key = $2 AND range_key >= $3 AND range_key < $4
                 ORDER BY range_key LIMIT $5"
            }
            false => {
                "SELECT size, item, hash_key, range_key FROM dynamodb_item
                 WHERE table_id = $1 AND hash_key = $2 AND range_key >= $3 AND range_key < $4
                 ORDER BY range_key DESC LIMIT $5"
            }
        };
        let params = [
            table.into(),
            hash.into(),
            between.0.into(),
            between.1.into(),
            limited(limit),
        ];
        self.all(sql, &params, keyed)
    }

    /// Items behind a key and before a partition, in order.
    pub fn dynamodb_scan(
        &self,
        table: i64,
        after: (&[u8], &[u8]),
        before: &[u8],
        limit: usize,
    ) -> Result<Vec<KeyedItem>> {
        self.all(
            "SELECT size, item, hash_key, range_key FROM dynamodb_item
             WHERE table_id = $1 AND (hash_key, range_key) > ($2, $3) AND hash_key < $4
             ORDER BY hash_key, range_key LIMIT $5",
            &[
                table.into(),
                after.0.into(),
                after.1.into(),
                before.into(),
                limited(limit),
            ],
            keyed,
        )
    }

    /// Entries of a partition of an index behind a place and before a sort key, with their items, in order.
    pub fn dynamodb_index_forward(
        &self,
        index: i64,
        hash: &[u8],
        after: EntryPlace<'_>,
        until: &[u8],
        table: i64,
        limit: usize,
    ) -> Result<Vec<EntryItem>> {
        self.all(
            "SELECT i.size, i.item, i.hash_key, i.range_key, e.hash_key, e.range_key
             FROM dynamodb_entry AS e CROSS JOIN dynamodb_item AS i
             WHERE e.index_id = $1 AND e.hash_key = $2 AND (e.range_key, e.item_hash, e.item_range) > ($3, $4, $5)
             AND e.range_key < $6 AND i.table_id = $7 AND i.hash_key = e.item_hash AND i.range_key = e.item_range
             ORDER BY e.range_key, e.item_hash, e.item_range LIMIT $8",
            &[
                index.into(),
                hash.into(),
                after.range.into(),
                after.item_hash.into(),
                after.item_range.into(),
                until.into(),
                table.into(),
                limited(limit),
            ],
            entry,
        )
    }

    /// Entries of a partition of an index from a sort key to before a place, with their items, the last first.
    pub fn dynamodb_index_backward(
        &self,
        index: i64,
        hash: &[u8],
        before: EntryPlace<'_>,
        from: &[u8],
        table: i64,
        limit: usize,
    ) -> Result<Vec<EntryItem>> {
        self.all(
            "SELECT i.size, i.item, i.hash_key, i.range_key, e.hash_key, e.range_key
             FROM dynamodb_entry AS e CROSS JOIN dynamodb_item AS i
             WHERE e.index_id = $1 AND e.hash_key = $2 AND (e.range_key, e.item_hash, e.item_range) < ($3, $4, $5)
             AND e.range_key >= $6 AND i.table_id = $7 AND i.hash_key = e.item_hash AND i.range_key = e.item_range
             ORDER BY e.range_key DESC, e.item_hash DESC, e.item_range DESC LIMIT $8",
            &[
                index.into(),
                hash.into(),
                before.range.into(),
                before.item_hash.into(),
                before.item_range.into(),
                from.into(),
                table.into(),
                limited(limit),
            ],
            entry,
        )
    }

    /// Entries of an index behind a place and before a partition, with their items, in order.
    pub fn dynamodb_index_scan(
        &self,
        index: i64,
        after: (&[u8], EntryPlace<'_>),
        before: &[u8],
        table: i64,
        limit: usize,
    ) -> Result<Vec<EntryItem>> {
        let (hash, place) = after;
        self.all(
            "SELECT i.size, i.item, i.hash_key, i.range_key, e.hash_key, e.range_key
             FROM dynamodb_entry AS e CROSS JOIN dynamodb_item AS i
             WHERE e.index_id = $1 AND (e.hash_key, e.range_key, e.item_hash, e.item_range) > ($2, $3, $4, $5)
             AND e.hash_key < $6 AND i.table_id = $7 AND i.hash_key = e.item_hash AND i.range_key = e.item_range
             ORDER BY e.hash_key, e.range_key, e.item_hash, e.item_range LIMIT $8",
            &[
                index.into(),
                hash.into(),
                place.range.into(),
                place.item_hash.into(),
                place.item_range.into(),
                before.into(),
                table.into(),
                limited(limit),
            ],
            entry,
        )
    }

    /// Items whose time has come, by table and key, the earliest first. `now` is in seconds.
    pub fn dynamodb_expired(&self, now: i64, limit: usize) -> Result<Vec<(i64, ItemKey)>> {
        self.all(
            "SELECT table_id, hash_key, range_key FROM dynamodb_item
             WHERE expires IS NOT NULL AND expires <= $1 ORDER BY expires LIMIT $2",
            &[now.into(), limited(limit)],
            |row| Ok((row.int(0)?, (row.blob(1)?, row.blob(2)?))),
        )
    }

    /// The work that waits longest.
    pub fn dynamodb_task(&self) -> Result<Option<TaskRow>> {
        self.one(
            "SELECT id, kind, subject, index_id, hash_key, range_key FROM dynamodb_task ORDER BY id LIMIT 1",
            &[],
            |row| {
                Ok(TaskRow {
                    key: row.int(0)?,
                    kind: row.int(1)?,
                    subject: row.int(2)?,
                    index: row.int(3)?,
                    at: (row.blob(4)?, row.blob(5)?),
                })
            },
        )
    }

    /// The digest of the request that a token was last used for, if that was not before `now`.
    pub fn dynamodb_token(&self, token: &str, now: i64) -> Result<Option<Vec<u8>>> {
        self.one(
            "SELECT digest FROM dynamodb_token WHERE token = $1 AND expires > $2",
            &[token.into(), now.into()],
            |row| row.blob(0),
        )
    }
}

impl Tx<'_> {
    /// A key for a table or an index.
    pub fn next_dynamodb_key(&mut self) -> Result<i64> {
        self.next_key("dynamodb_table")
    }

    /// Adds a table. The caller has seen that the name is free.
    pub fn insert_dynamodb_table(&mut self, key: i64, name: &str, document: &str) -> Result<()> {
        self.write(
            "INSERT INTO dynamodb_table (id, name, document, revision) VALUES ($1, $2, $3, 0)",
            &[key.into(), name.into(), document.into()],
        )
    }

    /// Gives a table another definition.
    pub fn update_dynamodb_table(&mut self, key: i64, document: &str) -> Result<()> {
        self.write(
            "UPDATE dynamodb_table SET document = $1, revision = revision + 1 WHERE id = $2",
            &[document.into(), key.into()],
        )
    }

    /// Removes a table. Its items are nobody's from now on, until work removes them.
    pub fn delete_dynamodb_table(&mut self, key: i64) -> Result<()> {
        self.write("DELETE FROM dynamodb_table WHERE id = $1", &[key.into()])?;
        self.delete_dynamodb_policy(key)?;
        self.delete_dynamodb_size(key)
    }

    /// Gives a table a policy of its own, in the place of the one that it had.
    pub fn put_dynamodb_policy(&mut self, table: i64, policy: &str, revision: i64) -> Result<()> {
        self.write(
            "INSERT INTO dynamodb_policy (table_id, policy, revision) VALUES ($1, $2, $3)
             ON CONFLICT (table_id) DO UPDATE SET policy = excluded.policy, revision = excluded.revision",
            &[table.into(), policy.into(), revision.into()],
        )
    }

    /// Takes a table's policy away.
    pub fn delete_dynamodb_policy(&mut self, table: i64) -> Result<()> {
        self.write(
            "DELETE FROM dynamodb_policy WHERE table_id = $1",
            &[table.into()],
        )
    }

    /// Forgets how many items a table or index has.
    pub fn delete_dynamodb_size(&mut self, of: i64) -> Result<()> {
        self.write("DELETE FROM dynamodb_size WHERE id = $1", &[of.into()])
    }

    /// Counts items of a table or index, and their bytes.
    pub fn add_dynamodb_size(&mut self, of: i64, items: i64, bytes: i64) -> Result<()> {
        if (items, bytes) == (0, 0) {
            return Ok(());
        }
        self.write(
            "INSERT INTO dynamodb_size (id, items, bytes) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET items = dynamodb_size.items + excluded.items,
             bytes = dynamodb_size.bytes + excluded.bytes",
            &[of.into(), items.into(), bytes.into()],
        )
    }

    /// Puts an item in the place of the one that was there.
    pub fn put_dynamodb_item(
        &mut self,
        table: i64,
        key: (&[u8], &[u8]),
        size: i64,
        item: &[u8],
        expires: Option<i64>,
    ) -> Result<()> {
        self.write(
            "INSERT INTO dynamodb_item (table_id, hash_key, range_key, size, item, expires)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (table_id, hash_key, range_key)
             DO UPDATE SET size = excluded.size, item = excluded.item, expires = excluded.expires",
            &[
                table.into(),
                key.0.into(),
                key.1.into(),
                size.into(),
                item.into(),
                expires.into(),
            ],
        )
    }

    /// Says when an item expires, seconds.
    pub fn expire_dynamodb_item(
        &mut self,
        table: i64,
        key: (&[u8], &[u8]),
        expires: Option<i64>,
    ) -> Result<()> {
        self.write(
            "UPDATE dynamodb_item SET expires = $1 WHERE table_id = $2 AND hash_key = $3 AND range_key = $4",
            &[expires.into(), table.into(), key.0.into(), key.1.into()],
        )
    }

    /// Removes an item.
    pub fn delete_dynamodb_item(&mut self, table: i64, key: (&[u8], &[u8])) -> Result<()> {
        self.write(
            "DELETE FROM dynamodb_item WHERE table_id = $1 AND hash_key = $2 AND range_key = $3",
            &[table.into(), key.0.into(), key.1.into()],
        )
    }

    /// Removes some items of a table that is gone; how many.
    pub fn purge_dynamodb_items(&mut self, table: i64, limit: usize) -> Result<usize> {
        self.count(
            "DELETE FROM dynamodb_item WHERE table_id = $1 AND (hash_key, range_key) IN
             (SELECT hash_key, range_key FROM dynamodb_item WHERE table_id = $1 ORDER BY hash_key, range_key LIMIT $2)",
            &[table.into(), limited(limit)],
        )
    }

    /// Adds an entry to an index, unless it is there. Whether it was not.
    pub fn put_dynamodb_entry(
        &mut self,
        index: i64,
        entry: (&[u8], &[u8]),
        item: (&[u8], &[u8]),
    ) -> Result<bool> {
        let added = self.count(
            "INSERT INTO dynamodb_entry (index_id, hash_key, range_key, item_hash, item_range)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            &[
                index.into(),
                entry.0.into(),
                entry.1.into(),
                item.0.into(),
                item.1.into(),
            ],
        )?;
        Ok(added > 0)
    }

    /// Removes an entry of an index. Whether it was there.
    pub fn delete_dynamodb_entry(
        &mut self,
        index: i64,
        entry: (&[u8], &[u8]),
        item: (&[u8], &[u8]),
    ) -> Result<bool> {
        let gone = self.count(
            "DELETE FROM dynamodb_entry WHERE index_id = $1 AND hash_key = $2 AND range_key = $3
             AND item_hash = $4 AND item_range = $5",
            &[
                index.into(),
                entry.0.into(),
                entry.1.into(),
                item.0.into(),
                item.1.into(),
            ],
        )?;
        Ok(gone > 0)
    }

    /// Removes some entries of an index that is gone; how many.
    pub fn purge_dynamodb_entries(&mut self, index: i64, limit: usize) -> Result<usize> {
        self.count(
            "DELETE FROM dynamodb_entry WHERE index_id = $1 AND (hash_key, range_key, item_hash, item_range) IN
             (SELECT hash_key, range_key, item_hash, item_range FROM dynamodb_entry WHERE index_id = $1
             ORDER BY hash_key, range_key, item_hash, item_range LIMIT $2)",
            &[index.into(), limited(limit)],
        )
    }

    /// Adds work that goes over a table or index.
    pub fn insert_dynamodb_task(&mut self, kind: i64, subject: i64, index: i64) -> Result<()> {
        let key = self.next_key("dynamodb_task")?;
        self.write(
            "INSERT INTO dynamodb_task (id, kind, subject, index_id, hash_key, range_key)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                key.into(),
                kind.into(),
                subject.into(),
                index.into(),
                Value::Blob(&[]),
                Value::Blob(&[]),
            ],
        )
    }

    /// Notes how far work has come.
    pub fn advance_dynamodb_task(&mut self, task: i64, at: (&[u8], &[u8])) -> Result<()> {
        self.write(
            "UPDATE dynamodb_task SET hash_key = $1, range_key = $2 WHERE id = $3",
            &[at.0.into(), at.1.into(), task.into()],
        )
    }

    /// Removes work that is done.
    pub fn delete_dynamodb_task(&mut self, task: i64) -> Result<()> {
        self.write("DELETE FROM dynamodb_task WHERE id = $1", &[task.into()])
    }

    /// Keeps a token with the digest of its request. Times are in seconds. Tokens whose time has come are forgotten.
    pub fn put_dynamodb_token(
        &mut self,
        token: &str,
        digest: &[u8],
        expires: i64,
        now: i64,
    ) -> Result<()> {
        self.write(
            "DELETE FROM dynamodb_token WHERE expires <= $1",
            &[now.into()],
        )?;
        self.write(
            "INSERT INTO dynamodb_token (token, digest, expires) VALUES ($1, $2, $3)
             ON CONFLICT (token) DO UPDATE SET digest = excluded.digest, expires = excluded.expires",
            &[token.into(), digest.into(), expires.into()],
        )
    }
}
