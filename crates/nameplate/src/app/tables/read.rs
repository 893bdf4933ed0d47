//! Items by their keys.

use super::Tables;
use crate::app::error::{Error, Result};
use nameplate_dynamodb::expression::Projection;
use nameplate_dynamodb::request::Get;
use nameplate_dynamodb::value::{item_text, stored_item};
use nameplate_store::dynamodb::ItemRow;

/// What was found under a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// What is answered of the item, as JSON; none where there is no item.
    pub item: Option<String>,
    /// Bytes of the item.
    pub bytes: usize,
}

/// Bytes of items that one call of many keys answers. API reference: BatchGetItem.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// What is answered of a row.
pub(super) fn found(row: Option<ItemRow>, projection: Option<&Projection>) -> Result<Found> {
    let Some(row) = row else {
        return Ok(Found::default());
    };
    let bytes = usize::try_from(row.size).unwrap_or(0);
    let item = match projection {
        Some(projection) => {
            let item = stored_item(&row.item).map_err(Error::internal)?;
            item_text(&projection.of(&item))
        }
        None => String::from_utf8(row.item).map_err(Error::internal)?,
    };
    Ok(Found {
        item: Some(item),
        bytes,
    })
}

impl Tables {
    /// An item by its key.
    ///
    /// # Errors
    /// There is no such table, or the key does not fit.
    pub async fn get(&self, get: &Get) -> Result<Found> {
        let known = self.table_now(&get.table).await?;
        let key = known.table.schema.of_key(&get.key)?;
        let row = self
            .kernel
            .store
            .read(|conn| Ok::<_, Error>(conn.dynamodb_item(known.key, &key.hash, &key.range)?))
            .await?;
        found(row, get.projection.as_ref())
    }

    /// Items of one or more tables by their keys, in order; none for keys that are left for another call.
    ///
    /// # Errors
    /// There is no such table, a key does not fit, or two are the same.
    pub async fn get_batch(&self, gets: &[Get]) -> Result<Vec<Option<Found>>> {
        let mut keys = Vec::with_capacity(gets.len());
        for get in gets {
            let known = self.table_now(&get.table).await?;
            let key = (known.key, known.table.schema.of_key(&get.key)?);
            if keys.contains(&key) {
                return Err(Error::invalid(
                    "Provided list of item keys contains duplicates",
                ));
            }
            keys.push(key);
        }
        let mut left = BATCH_BYTES;
        let mut all = Vec::with_capacity(gets.len());
        for (get, (table, key)) in gets.iter().zip(&keys) {
            if left == 0 {
                all.push(None);
                continue;
            }
            let row = self
                .kernel
                .store
                .read(|conn| Ok::<_, Error>(conn.dynamodb_item(*table, &key.hash, &key.range)?))
                .await?;
            let one = found(row, get.projection.as_ref())?;
            left = left.saturating_sub(one.bytes);
            all.push(Some(one));
        }
        Ok(all)
    }
}
