//! Transactions. API: TransactGetItems, TransactWriteItems.

use super::answer::{self, Answer, Used, Wanted, read_units};
use super::{collection, fields};
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
    let mut units: BTreeMap<String, Used> = BTreeMap::new();
    let mut responses = Vec::with_capacity(found.len());
    for (get, one) in asked.0.iter().zip(&found) {
        let name = call.app.tables.name_of(&get.table)?;
        let read = Used::of_table(read_units(one.bytes, true));
        let used = units.entry(name.to_owned()).or_default();
        used.add_twice("ReadCapacityUnits", &read);
        let mut response = Answer::default();
        if let Some(item) = &one.item {
            response.raw("Item", item);
        }
        responses.push(response.object());
    }
    let told = responses.iter().map(String::as_str);
    Ok(answer::responses(told, wanted, &units))
}

/// `TransactWriteItems`.
pub async fn transact_write_items(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let measures = collection::wanted(call);
    let asked = TransactWrite::read(fields(call))?;
    let mut names = Vec::with_capacity(asked.writes.len());
    for write in &asked.writes {
        names.push(call.app.tables.name_of(&write.table)?.to_owned());
    }
    let measured: Vec<_> = match measures {
        true => {
            let keys = asked.writes.iter().map(|write| write.action.key().clone());
            names.iter().cloned().zip(keys).collect()
        }
        false => Vec::new(),
    };
    let written = call.app.tables.write_together(&call.caller, asked).await?;
    let mut units: BTreeMap<String, Used> = BTreeMap::new();
    for (name, one) in names.into_iter().zip(&written) {
        let used = units.entry(name).or_default();
        used.add_twice("WriteCapacityUnits", &Used::of_write(one));
    }
    let mut answer = Answer::default();
    collection::add(call, &measured, &mut answer).await?;
    if let Some(shown) = wanted.list(&units) {
        answer.value("ConsumedCapacity", &shown);
    }
    Ok(answer.reply())
}
