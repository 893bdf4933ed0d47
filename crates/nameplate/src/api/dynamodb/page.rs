//! Items of a partition, a table or an index. API: Query, Scan.

use super::answer::{Answer, Wanted, array, read_units};
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
    let (table, consistent) = (query.asked.table.clone(), query.asked.consistent);
    let page = call.app.tables.query(query).await?;
    Ok(shown.reply(call.app.tables.name_of(&table)?, &page, counts, consistent))
}

/// `Scan`.
pub async fn scan(call: &mut Call<'_>) -> Result<Reply, Error> {
    let shown = Shown::of(call);
    let scan = Scan::read(fields(call))?;
    let counts = scan.asked.select == Select::Count;
    let (table, consistent) = (scan.asked.table.clone(), scan.asked.consistent);
    let page = call.app.tables.scan(scan).await?;
    Ok(shown.reply(call.app.tables.name_of(&table)?, &page, counts, consistent))
}

struct Shown(Wanted);

impl Shown {
    fn of(call: &Call<'_>) -> Self {
        Self(Wanted::of(call.input.text("ReturnConsumedCapacity")))
    }

    fn reply(&self, table: &str, page: &Page, counts: bool, consistent: bool) -> Reply {
        let mut answer = Answer::default();
        if !counts {
            answer.raw("Items", &array(page.items.iter().map(String::as_str)));
        }
        answer.value("Count", &json!(page.count));
        answer.value("ScannedCount", &json!(page.scanned));
        if let Some(next) = &page.next {
            answer.raw("LastEvaluatedKey", &item_text(next));
        }
        if let Some(shown) = self.0.shown(table, read_units(page.bytes, consistent)) {
            answer.value("ConsumedCapacity", &shown);
        }
        answer.reply()
    }
}
