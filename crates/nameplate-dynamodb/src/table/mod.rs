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

/// When the capacity units of a table or index were changed. API: `ProvisionedThroughputDescription`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThroughputHistory {
    /// When one of them was last raised, milliseconds since the epoch.
    pub raised: Option<i64>,
    /// When one of them was last lowered, milliseconds since the epoch.
    pub lowered: Option<i64>,
    /// How often that was done on that day.
    lowerings: u32,
}

impl ThroughputHistory {
    /// They become others at a time in milliseconds since the epoch; on demand there were none.
    pub fn note(&mut self, before: Option<Throughput>, after: Throughput, now: i64) {
        let (read, write) = before.map_or((0, 0), |units| (units.read, units.write));
        if after.read > read || after.write > write {
            self.raised = Some(now);
        }
        if after.read < read || after.write < write {
            self.lowerings = self.lowerings_on_the_day_of(now) + 1;
            self.lowered = Some(now);
        }
    }

    /// How often they were lowered on the day of a time, which begins at midnight of UTC.
    pub fn lowerings_on_the_day_of(&self, now: i64) -> u32 {
        let day = |at: i64| at.div_euclid(DAY_MILLIS);
        match self.lowered.is_some_and(|at| day(at) == day(now)) {
            true => self.lowerings,
            false => 0,
        }
    }
}

const DAY_MILLIS: i64 = 86_400_000;

/// How a table is paid for at AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Billing {
    /// `PAY_PER_REQUEST`
    OnDemand,
    /// `PROVISIONED`
    Provisioned(Throughput),
}

impl Billing {
    /// The throughput that is paid for; none on demand.
    pub fn throughput(self) -> Option<Throughput> {
        match self {
            Self::OnDemand => None,
            Self::Provisioned(units) => Some(units),
        }
    }
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
    /// When its own throughput was changed.
    #[serde(default)]
    pub throughput_history: ThroughputHistory,
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
    /// When that was changed.
    #[serde(default)]
    pub throughput_history: ThroughputHistory,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throughput_remembers_when_it_was_changed() {
        let units = |read, write| Throughput { read, write };
        let mut history = ThroughputHistory::default();
        let hour = |hours: i64| hours * 3_600_000;
        history.note(None, units(5, 5), hour(1));
        assert_eq!((history.raised, history.lowered), (Some(hour(1)), None));
        history.note(Some(units(5, 5)), units(5, 5), hour(2));
        assert_eq!((history.raised, history.lowered), (Some(hour(1)), None));
        history.note(Some(units(5, 5)), units(6, 4), hour(3));
        assert_eq!(
            (history.raised, history.lowered),
            (Some(hour(3)), Some(hour(3)))
        );
        history.note(Some(units(6, 4)), units(1, 1), hour(23));
        assert_eq!(history.lowerings_on_the_day_of(hour(23)), 2);
        // Midnight.
        assert_eq!(history.lowerings_on_the_day_of(hour(24)), 0);
        history.note(Some(units(2, 1)), units(1, 1), hour(25));
        assert_eq!(history.lowerings_on_the_day_of(hour(25)), 1);
    }
}
