//! Statements of PartiQL. API: ExecuteStatement, BatchExecuteStatement, ExecuteTransaction.

use super::answer::{self, Answer, Used, Wanted, array, read_units};
use super::{fault, fields};
use crate::api::Call;
use crate::api::call::Reply;
use crate::app::Error;
use crate::app::tables::{Cursor, Executed, How};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_dynamodb::partiql::Statement;
use nameplate_dynamodb::value::{item_text, parse_item};
use nameplate_dynamodb::{AttributeValue, Invalid};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The statements of a call, in order, each as it is or why it is none.
pub(super) fn statements(call: &Call<'_>) -> Vec<Result<Statement, Invalid>> {
    let list = match call.operation.name {
        "BatchExecuteStatement" => "Statements",
        "ExecuteTransaction" => "TransactStatements",
        _ => return vec![statement(&call.input.members).and_then(read)],
    };
    let members = call.input.items(list).iter();
    members
        .map(|one| match one {
            Value::Object(members) => statement(members).and_then(read),
            _ => read((String::new(), Vec::new())),
        })
        .collect()
}

/// The text of a statement, and its parameters.
type Given = (String, Vec<AttributeValue>);

fn statement(members: &Map<String, Value>) -> Result<Given, Invalid> {
    let text = members.get("Statement").and_then(Value::as_str);
    let parameters = members.get("Parameters").and_then(Value::as_array);
    let parameters = parameters.into_iter().flatten();
    let parameters = parameters
        .map(|value| AttributeValue::parse(value.clone()))
        .collect::<Result<_, _>>()?;
    Ok((text.unwrap_or_default().to_owned(), parameters))
}

fn read((text, parameters): Given) -> Result<Statement, Invalid> {
    Statement::parse(&text, parameters)
}

fn tells(members: &Map<String, Value>) -> bool {
    members
        .get("ReturnValuesOnConditionCheckFailure")
        .and_then(Value::as_str)
        == Some("ALL_OLD")
}

/// What a statement consumed.
fn used(executed: &Executed, consistent: bool) -> Used {
    if let Some(written) = &executed.written {
        return Used::of_write(written);
    }
    let units = read_units(executed.bytes, consistent);
    match &executed.index {
        Some((name, local)) => Used::of_index(name, *local, units),
        None => Used::of_table(units),
    }
}

/// `ExecuteStatement`
pub async fn execute_statement(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let mut fields = fields(call);
    let given = statement(&fields.0)?;
    let request = request_of(&fields.0);
    let limit = fields.0.get("Limit").and_then(Value::as_u64);
    let how = How {
        consistent: fields.0.get("ConsistentRead").and_then(Value::as_bool) == Some(true),
        limit,
        tells: tells(&fields.0),
        from: match fields.0.remove("NextToken") {
            Some(Value::String(token)) => cursor(&token, &request)?,
            _ => Cursor::default(),
        },
    };
    let consistent = how.consistent;
    let executed = call
        .app
        .tables
        .execute(&call.caller, read(given)?, how)
        .await?;
    let mut answer = Answer::default();
    answer.raw("Items", &array(executed.items.iter().map(String::as_str)));
    if let Some(next) = &executed.next {
        answer.value("NextToken", &json!(token(next, &request)));
        if let Some(after) = &next.after {
            answer.raw("LastEvaluatedKey", &item_text(after));
        }
    }
    if let Some(shown) = wanted.shown(&executed.table, &used(&executed, consistent)) {
        answer.value("ConsumedCapacity", &shown);
    }
    Ok(answer.reply())
}

/// What a token is of: the statement and its parameters.
fn request_of(members: &Map<String, Value>) -> String {
    let of = |name: &str| members.get(name).map(Value::to_string).unwrap_or_default();
    let text = format!("{}\n{}", of("Statement"), of("Parameters"));
    STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

fn token(next: &Cursor, request: &str) -> String {
    let mut of = Answer::default();
    of.value("request", &json!(request));
    of.value("read", &json!(next.read));
    if let Some(after) = &next.after {
        of.raw("after", &item_text(after));
    }
    STANDARD.encode(of.object())
}

/// Where a token says to go on. It is a place and no right: what lies there is read by the statement alone.
fn cursor(token: &str, request: &str) -> Result<Cursor, Invalid> {
    let invalid = || Invalid::new("Invalid NextToken");
    let text = STANDARD.decode(token).map_err(|_| invalid())?;
    let mut of: Map<String, Value> = serde_json::from_slice(&text).map_err(|_| invalid())?;
    if of.get("request").and_then(Value::as_str) != Some(request) {
        return Err(Invalid::new("NextToken does not match request"));
    }
    let read = of.get("read").and_then(Value::as_u64);
    let after = match of.remove("after") {
        Some(Value::Object(key)) => Some(parse_item(key).map_err(|_| invalid())?),
        _ => None,
    };
    Ok(Cursor {
        read: read
            .and_then(|read| usize::try_from(read).ok())
            .ok_or_else(invalid)?,
        after,
    })
}

/// `BatchExecuteStatement`
pub async fn batch_execute_statement(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let all = statements(call);
    let reading = all.iter().flatten().filter(|one| one.reads()).count();
    if reading > 0 && reading < all.iter().flatten().count() {
        return Err(Error::invalid(
            "Statements of a batch must all read or all write",
        ));
    }
    let list = fields(call).0.remove("Statements");
    let list = match list {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let mut units: BTreeMap<String, Used> = BTreeMap::new();
    let mut responses = Vec::with_capacity(all.len());
    for (one, given) in all.into_iter().zip(&list) {
        let flag = |name: &str| given.get(name).and_then(Value::as_bool) == Some(true);
        let how = How {
            consistent: flag("ConsistentRead"),
            tells: given.as_object().is_some_and(tells),
            ..How::default()
        };
        let consistent = how.consistent;
        let table = one.as_ref().ok().map(|one| one.source().table.clone());
        let executed = match one {
            Ok(one) => call.app.tables.execute_one(&call.caller, one, how).await,
            Err(why) => Err(why.into()),
        };
        let mut response = Answer::default();
        match executed {
            Ok(executed) => {
                response.value("TableName", &json!(executed.table));
                if let Some(item) = executed.items.first() {
                    response.raw("Item", item);
                }
                let of_table = units.entry(executed.table.clone()).or_default();
                of_table.add(&used(&executed, consistent));
            }
            Err(error) => {
                let known = match &table {
                    Some(table) => call.app.tables.table(table).await.ok(),
                    None => None,
                };
                response.value("Error", &fault::of_statement(&error));
                if let Some(known) = known {
                    response.value("TableName", &json!(known.table.name));
                }
            }
        }
        responses.push(response.object());
    }
    let told = responses.iter().map(String::as_str);
    Ok(answer::responses(told, wanted, &units))
}

/// `ExecuteTransaction`
pub async fn execute_transaction(call: &mut Call<'_>) -> Result<Reply, Error> {
    let wanted = Wanted::of(call.input.text("ReturnConsumedCapacity"));
    let mut fields = fields(call);
    let token = match fields.0.remove("ClientRequestToken") {
        Some(Value::String(token)) => Some(token),
        _ => None,
    };
    let list = match fields.0.remove("TransactStatements") {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let members = || list.iter().filter_map(Value::as_object);
    // Parameters are looked at before any statement is.
    let given = members().map(statement).collect::<Result<Vec<_>, _>>()?;
    let mut all = Vec::with_capacity(given.len());
    for (at, (given, members)) in given.into_iter().zip(members()).enumerate() {
        let one = read(given).map_err(|why| {
            Invalid::new(format!(
                "Validation failed in TransactStatements[{at}]: {why}"
            ))
        })?;
        all.push((one, tells(members)));
    }
    let executed = call
        .app
        .tables
        .execute_together(&call.caller, all, token)
        .await?;
    let mut units: BTreeMap<String, Used> = BTreeMap::new();
    let mut responses = Vec::with_capacity(executed.len());
    for one in &executed {
        let member = match one.written {
            Some(_) => "WriteCapacityUnits",
            None => "ReadCapacityUnits",
        };
        let of_table = units.entry(one.table.clone()).or_default();
        of_table.add_twice(member, &used(one, true));
        let mut response = Answer::default();
        if let Some(item) = one.items.first() {
            response.raw("Item", item);
        }
        responses.push(response.object());
    }
    // Of writes nothing is told, as recorded of the service.
    if executed.iter().all(|one| one.written.is_some()) {
        responses.clear();
    }
    let told = responses.iter().map(String::as_str);
    Ok(answer::responses(told, wanted, &units))
}

#[cfg(test)]
mod tests;
