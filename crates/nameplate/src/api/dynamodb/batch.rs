//! Items of several tables in one call. API: BatchGetItem, BatchWriteItem.

use super::answer::{Answer, Used, Wanted, array, read_units};
use super::{collection, fields};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use nameplate_dynamodb::request::{BatchGet, BatchWrite, Get};
use nameplate_dynamodb::value::item_text;
use serde_json::Value;
use std::collections::BTreeMap;

/// `BatchGetItem`.
pub async fn batch_get_item(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let asked = BatchGet::read(fields(call))?;
    let gets: Vec<Get> = asked
        .0
        .iter()
        .flat_map(|keys| keys.gets.iter().cloned())
        .collect();
    let mut found = call.app.tables.get_batch(&gets).await?.into_iter();
    let (mut responses, mut left) = (Answer::default(), Answer::default());
    let mut units: BTreeMap<String, Used> = BTreeMap::new();
    for keys in &asked.0 {
        let (mut items, mut unprocessed) = (Vec::new(), Vec::new());
        let name = call.app.tables.name_of(&keys.table)?;
        for get in &keys.gets {
            match found.next().flatten() {
                Some(one) => {
                    let read = Used::of_table(read_units(one.bytes, get.consistent));
                    units.entry(name.to_owned()).or_default().add(&read);
                    items.extend(one.item);
                }
                None => unprocessed.push(item_text(&get.key)),
            }
        }
        responses.raw(&keys.table, &array(items.iter().map(String::as_str)));
        if !unprocessed.is_empty() {
            let mut rest = Answer::default();
            for (name, value) in &keys.rest {
                rest.value(name, value);
            }
            rest.raw("Keys", &array(unprocessed.iter().map(String::as_str)));
            left.raw(&keys.table, &rest.object());
        }
    }
    let mut answer = Answer::default();
    answer.raw("Responses", &responses.object());
    answer.raw("UnprocessedKeys", &left.object());
    if let Some(shown) = wanted.list(&units) {
        answer.value("ConsumedCapacity", &shown);
    }
    Ok(answer.reply())
}

/// `BatchWriteItem`.
pub async fn batch_write_item(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let measures = collection::wanted(call);
    let asked = BatchWrite::read(fields(call))?;
    let mut names = Vec::with_capacity(asked.0.len());
    for write in &asked.0 {
        names.push(call.app.tables.name_of(&write.table)?.to_owned());
    }
    let measured: Vec<_> = match measures {
        true => {
            let keys = asked.0.iter().map(|write| write.action.key().clone());
            names.iter().cloned().zip(keys).collect()
        }
        false => Vec::new(),
    };
    let written = call.app.tables.write_batch(&call.caller, asked.0).await?;
    let mut units: BTreeMap<String, Used> = BTreeMap::new();
    for (name, one) in names.into_iter().zip(&written) {
        units.entry(name).or_default().add(&Used::of_write(one));
    }
    let mut answer = Answer::default();
    answer.value("UnprocessedItems", &Value::Object(serde_json::Map::new()));
    collection::add(call, &measured, &mut answer).await?;
    if let Some(shown) = wanted.list(&units) {
        answer.value("ConsumedCapacity", &shown);
    }
    Ok(answer.reply())
}
