//! Transactions. API: TransactGetItems, TransactWriteItems.

use super::answer::{Answer, Wanted, array, read_units, write_units};
use super::fields;
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use nameplate_dynamodb::request::{TransactGet, TransactWrite};
use std::collections::BTreeMap;

/// `TransactGetItems`.
pub async fn transact_get_items(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let asked = TransactGet::read(fields(call))?;
    let found = call.app.tables.read_together(&asked).await?;
    let mut units = BTreeMap::new();
    let mut responses = Vec::with_capacity(found.len());
    for (get, one) in asked.0.iter().zip(&found) {
        let name = call.app.tables.name_of(&get.table)?;
        // Twice those of a consistent read. Developer guide: transactions, capacity management.
        *units.entry(name.to_owned()).or_default() += 2.0 * read_units(one.bytes, true);
        let mut response = Answer::default();
        if let Some(item) = &one.item {
            response.raw("Item", item);
        }
        responses.push(response.object());
    }
    let mut answer = Answer::default();
    answer.raw("Responses", &array(responses.iter().map(String::as_str)));
    if let Some(shown) = wanted.list(&units) {
        answer.value("ConsumedCapacity", &shown);
    }
    Ok(answer.reply())
}

/// `TransactWriteItems`.
pub async fn transact_write_items(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let asked = TransactWrite::read(fields(call))?;
    let mut names = Vec::with_capacity(asked.writes.len());
    for write in &asked.writes {
        names.push(call.app.tables.name_of(&write.table)?.to_owned());
    }
    let written = call.app.tables.write_together(&call.caller, asked).await?;
    let mut units = BTreeMap::new();
    for (name, one) in names.into_iter().zip(written) {
        *units.entry(name).or_default() += 2.0 * write_units(one.bytes);
    }
    let mut answer = Answer::default();
    if let Some(shown) = wanted.list(&units) {
        answer.value("ConsumedCapacity", &shown);
    }
    Ok(answer.reply())
}
