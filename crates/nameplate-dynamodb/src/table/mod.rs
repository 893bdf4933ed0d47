//! Tables and their indexes: what one consists of, how it comes to be, and what an index has of an item.

mod definition;

pub use definition::{NewIndex, NewTable, TableChange, check_table_name, key_attributes};

use crate::error::{Invalid, Result};
use crate::expression::Projection;
use crate::key::{KeyAttribute, KeySchema};
use crate::value::Item;
use serde::{Deserialize, Serialize};

/// Capacity units that a table or index is to have. Nothing is throttled by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throughput {
    /// `ReadCapacityUnits`
    pub read: i64,
    /// `WriteCapacityUnits`
    pub write: i64,
}

/// How a table is paid for at AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Billing {
    /// `PAY_PER_REQUEST`
    OnDemand,
    /// `PROVISIONED`
    Provisioned(Throughput),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// `TableId`
    pub id: String,
    /// When it was made, milliseconds since the epoch.
    pub created: i64,
    /// Its key.
    pub schema: KeySchema,
    /// `AttributeDefinitions`
    pub attributes: Vec<KeyAttribute>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// How it is paid for.
    pub billing: Billing,
    /// When it last became on demand, milliseconds since the epoch.
    pub on_demand_since: Option<i64>,
    /// `TableClass`, where it was given.
    pub class: Option<String>,
    /// When its class was last changed, milliseconds since the epoch.
    #[serde(default)]
    pub class_since: Option<i64>,
    /// Whether it can be deleted only after this is taken back.
    pub protected: bool,
    /// The attribute by which items expire.
    pub ttl: Option<String>,
    /// When that was last changed, milliseconds since the epoch.
    #[serde(default)]
    pub ttl_since: Option<i64>,
    /// Whether it is still being made of files.
    #[serde(default)]
    pub importing: bool,
}

/// An index of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its number among all indexes, by which its entries are kept.
    pub key: i64,
    /// Whether it has the table's partitions.
    pub local: bool,
    /// Its key.
    pub schema: KeySchema,
    /// What it has of items.
    pub projection: IndexProjection,
    /// Its own throughput.
    pub throughput: Option<Throughput>,
    /// Whether it lacks entries of items that were there before it.
    pub backfilling: bool,
}

/// What an index has of items beside keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum IndexProjection {
    /// All.
    All,
    /// Nothing.
    KeysOnly,
    /// These.
    Include(Vec<String>),
}

impl Table {
    /// The index of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn index(&self, name: &str) -> Result<&Index> {
        self.indexes
            .iter()
            .find(|index| index.name == name)
            .ok_or_else(|| {
                Invalid::new(format!(
                    "The table does not have the specified index: {name}"
                ))
            })
    }

    /// The key of an entry of an index: that of the index, and that of the item.
    pub fn start_key(&self, index: Option<&Index>, item: &Item) -> Item {
        let mut key = self.schema.key_of(item);
        if let Some(index) = index {
            key.extend(index.schema.key_of(item));
        }
        key
    }

    /// What an index has of an item; none where that is all.
    pub fn projected(&self, index: &Index) -> Option<Projection> {
        let more = match &index.projection {
            IndexProjection::All => return None,
            IndexProjection::KeysOnly => &[][..],
            IndexProjection::Include(names) => names,
        };
        let mut names: Vec<String> = self
            .schema
            .attributes()
            .chain(index.schema.attributes())
            .map(|attribute| attribute.name.clone())
            .chain(more.iter().cloned())
            .collect();
        names.sort_unstable();
        names.dedup();
        Some(Projection::of_attributes(names))
    }

    /// Seconds since the epoch at which an item expires, by the attribute that says so.
    pub fn expiry(&self, item: &Item) -> Option<i64> {
        match item.get(self.ttl.as_ref()?)? {
            crate::AttributeValue::N(seconds) => seconds.whole(),
            _ => None,
        }
    }
}
