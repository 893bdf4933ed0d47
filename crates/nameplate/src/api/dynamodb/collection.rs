//! Sizes of item collections: what a partition of a table with local indexes holds. API: `ReturnItemCollectionMetrics`.

use super::answer::Answer;
use crate::api::Call;
use crate::app::Error;
use nameplate_dynamodb::Item;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Whether the caller wants them.
pub fn wanted(call: &Call<'_>) -> bool {
    call.input.text("ReturnItemCollectionMetrics") == Some("SIZE")
}

/// `ItemCollectionMetrics` of the item's partition; none of a table without local indexes. The estimate is from nothing
/// to all that the table holds, in whole gigabytes.
pub async fn metrics(call: &Call<'_>, table: &str, item: &Item) -> Result<Option<Value>, Error> {
    const GIGABYTE: i64 = 1 << 30;
    let known = call.app.tables.table(table).await?;
    if !known.table.indexes.iter().any(|index| index.local) {
        return Ok(None);
    }
    let hash = &known.table.schema.hash.name;
    let Some(value) = item.get(hash) else {
        return Ok(None);
    };
    let (_, bytes) = call.app.tables.describe_table(table).await?.size;
    let most = (bytes.max(1) - 1) / GIGABYTE + 1;
    let key = Item::from([(hash.clone(), value.clone())]);
    let key: Value = serde_json::from_str(&nameplate_dynamodb::value::item_text(&key))
        .map_err(Error::internal)?;
    Ok(Some(json!({
        "ItemCollectionKey": key,
        "SizeEstimateRangeGB": [0.0, most as f64],
    })))
}

/// Adds those of several writes, by table, each partition once.
pub async fn add(
    call: &Call<'_>,
    written: &[(String, Item)],
    answer: &mut Answer,
) -> Result<(), Error> {
    let mut all: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (table, item) in written {
        if let Some(shown) = metrics(call, table, item).await? {
            let of_table = all.entry(table).or_default();
            if !of_table.contains(&shown) {
                of_table.push(shown);
            }
        }
    }
    if !all.is_empty() {
        let all: Map<String, Value> = all
            .into_iter()
            .map(|(table, shown)| (table.to_owned(), Value::Array(shown)))
            .collect();
        answer.value("ItemCollectionMetrics", &Value::Object(all));
    }
    Ok(())
}
