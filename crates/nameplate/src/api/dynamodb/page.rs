//! Items of a partition, a table or an index. API: Query, Scan.

use super::answer::{Answer, Used, Wanted, array, read_units};
use super::fields;
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use crate::app::tables::Page;
use nameplate_dynamodb::request::{Query, Scan, Select};
use nameplate_dynamodb::value::item_text;
use serde_json::json;

/// `Query`.
pub async fn query(call: &mut Call<'_>) -> Result<Reply, Error> {
    let shown = Shown::of(call);
    let query = Query::read(fields(call))?;
    let counts = query.asked.select == Select::Count;
    let (table, index) = (query.asked.table.clone(), query.asked.index.clone());
    let consistent = query.asked.consistent;
    let page = call.app.tables.query(query).await?;
    let units = read_units(page.bytes, consistent);
    let used = used(call, &table, index.as_deref(), units).await?;
    Ok(shown.reply(call.app.tables.name_of(&table)?, &page, counts, &used))
}

/// `Scan`.
pub async fn scan(call: &mut Call<'_>) -> Result<Reply, Error> {
    let shown = Shown::of(call);
    let scan = Scan::read(fields(call))?;
    let counts = scan.asked.select == Select::Count;
    let (table, index) = (scan.asked.table.clone(), scan.asked.index.clone());
    let consistent = scan.asked.consistent;
    let page = call.app.tables.scan(scan).await?;
    let units = read_units(page.bytes, consistent);
    let used = used(call, &table, index.as_deref(), units).await?;
    Ok(shown.reply(call.app.tables.name_of(&table)?, &page, counts, &used))
}

/// Where the units were consumed: of the index that was read, if one was.
async fn used(
    call: &Call<'_>,
    table: &str,
    index: Option<&str>,
    units: f64,
) -> Result<Used, Error> {
    let Some(name) = index else {
        return Ok(Used::of_table(units));
    };
    let known = call.app.tables.table(table).await?;
    let local = known.table.index(name).is_ok_and(|index| index.local);
    Ok(Used::of_index(name, local, units))
}

struct Shown(Wanted);

impl Shown {
    fn of(call: &Call<'_>) -> Self {
        Self(Wanted::of(call.input.text("ReturnConsumedCapacity")))
    }

    fn reply(&self, table: &str, page: &Page, counts: bool, used: &Used) -> Reply {
        let mut answer = Answer::default();
        if !counts {
            answer.raw("Items", &array(page.items.iter().map(String::as_str)));
        }
        answer.value("Count", &json!(page.count));
        answer.value("ScannedCount", &json!(page.scanned));
        if let Some(next) = &page.next {
            answer.raw("LastEvaluatedKey", &item_text(next));
        }
        if let Some(shown) = self.0.shown(table, used) {
            answer.value("ConsumedCapacity", &shown);
        }
        answer.reply()
    }
}
