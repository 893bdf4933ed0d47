//! Single items. API: GetItem, PutItem, UpdateItem, DeleteItem.

use super::answer::{Answer, Used, Wanted, read_units};
use super::collection;
use super::fields;
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use nameplate_dynamodb::request::{Fields, Get, Write};

/// `GetItem`.
pub async fn get_item(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let get = Get::read(fields(call))?;
    let found = call.app.tables.get(&get).await?;
    let mut answer = Answer::default();
    if let Some(item) = &found.item {
        answer.raw("Item", item);
    }
    let units = read_units(found.bytes, get.consistent);
    let name = call.app.tables.name_of(&get.table)?;
    if let Some(shown) = wanted.shown(name, &Used::of_table(units)) {
        answer.value("ConsumedCapacity", &shown);
    }
    Ok(answer.reply())
}

/// `PutItem`.
pub async fn put_item(call: &mut Call<'_>) -> Result<Reply, Error> {
    written(call, Write::put).await
}

/// `UpdateItem`.
pub async fn update_item(call: &mut Call<'_>) -> Result<Reply, Error> {
    written(call, Write::update).await
}

/// `DeleteItem`.
pub async fn delete_item(call: &mut Call<'_>) -> Result<Reply, Error> {
    written(call, Write::delete).await
}

async fn written(
    call: &mut Call<'_>,
    read: fn(Fields) -> nameplate_dynamodb::Result<Write>,
) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let measures = collection::wanted(call);
    let write = read(fields(call))?;
    let table = call.app.tables.name_of(&write.table)?.to_owned();
    let measured = measures.then(|| write.action.key().clone());
    let written = call.app.tables.write(&call.caller, write).await?;
    let mut answer = Answer::default();
    if let Some(attributes) = &written.attributes {
        answer.raw("Attributes", attributes);
    }
    if let Some(shown) = wanted.shown(&table, &Used::of_write(&written)) {
        answer.value("ConsumedCapacity", &shown);
    }
    if let Some(key) = measured
        && let Some(shown) = collection::metrics(call, &table, &key).await?
    {
        answer.value("ItemCollectionMetrics", &shown);
    }
    Ok(answer.reply())
}
