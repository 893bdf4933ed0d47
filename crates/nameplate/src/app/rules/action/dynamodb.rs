//! Payloads as items of a table. AWS guide: dynamodb-rule-action, dynamodb-v2-rule-action; DynamoDB API:
//! AttributeValue.

use super::Ended;
use crate::app::caller::Caller;
use crate::app::error::Error;
use crate::app::rules::engine::{Engine, again};
use crate::app::rules::evaluate::Payload;
use crate::outbound::aws::DYNAMODB;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nameplate_dynamodb::request::{Fields, Get, Write};
use nameplate_rules::{DynamoDb, DynamoDbV2};
use serde_json::{Map, Value, json};

/// A value as DynamoDB writes it.
pub(in crate::app::rules) fn attribute(value: &Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(value) => json!({"BOOL": value}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(elements) => {
            json!({"L": elements.iter().map(attribute).collect::<Vec<_>>()})
        }
        Value::Object(members) => json!({"M": attributes(members)}),
    }
}

fn attributes(members: &Map<String, Value>) -> Map<String, Value> {
    members
        .iter()
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect()
}

/// The plain JSON of a value that DynamoDB wrote; sets become arrays.
pub(in crate::app::rules) fn plain(attribute: &Value) -> Value {
    let Some((kind, value)) = attribute
        .as_object()
        .and_then(|members| members.iter().next())
    else {
        return Value::Null;
    };
    let number = |text: &Value| {
        text.as_str()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_else(|| text.clone())
    };
    let all = |of: &dyn Fn(&Value) -> Value| {
        Value::Array(value.as_array().into_iter().flatten().map(of).collect())
    };
    match kind.as_str() {
        "NULL" => Value::Null,
        "N" => number(value),
        "NS" => all(&number),
        "L" => all(&plain),
        "M" => Value::Object(
            value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, value)| (name.clone(), plain(value)))
                .collect(),
        ),
        _ => value.clone(),
    }
}

/// A key's value, of the type that the action says it has.
fn key(value: &str, kind: Option<&String>) -> Result<Value, String> {
    match kind.map_or("STRING", String::as_str) {
        "STRING" => Ok(json!({"S": value})),
        "NUMBER" => Ok(json!({"N": value})),
        other => Err(format!(
            "the type of a key is {other:?}, not STRING or NUMBER"
        )),
    }
}

impl Engine {
    /// One column for the whole payload.
    pub(super) async fn write_item(&self, to: &DynamoDb<String>, payload: &Payload) -> Ended {
        let mut keys = Map::new();
        keys.insert(
            to.hash_key_field.clone(),
            key(&to.hash_key_value, to.hash_key_type.as_ref())?,
        );
        if let (Some(field), Some(value)) = (&to.range_key_field, &to.range_key_value) {
            keys.insert(field.clone(), key(value, to.range_key_type.as_ref())?);
        }
        let field = to.payload_field.as_deref().unwrap_or("payload");
        let value = match serde_json::from_slice::<Value>(&payload.bytes) {
            Ok(value) if payload.is_json => attribute(&value),
            _ => json!({"B": STANDARD.encode(&payload.bytes)}),
        };
        let table = &to.table_name;
        let (operation, body) = match to.operation.as_deref().unwrap_or("INSERT") {
            "INSERT" => {
                keys.insert(field.to_owned(), value);
                ("PutItem", json!({"TableName": table, "Item": keys}))
            }
            "UPDATE" => (
                "UpdateItem",
                json!({
                    "TableName": table, "Key": keys, "UpdateExpression": "SET #payload = :payload",
                    "ExpressionAttributeNames": {"#payload": field},
                    "ExpressionAttributeValues": {":payload": value},
                }),
            ),
            "DELETE" => ("DeleteItem", json!({"TableName": table, "Key": keys})),
            other => {
                return Err(format!(
                    "the operation is {other:?}, not INSERT, UPDATE or DELETE"
                ));
            }
        };
        self.dynamodb(operation, &body).await.map(drop)
    }

    /// A column for each member of the payload.
    pub(super) async fn put_item(&self, to: &DynamoDbV2<String>, payload: &Payload) -> Ended {
        let value: Option<Value> = serde_json::from_slice(&payload.bytes).ok();
        let Some(Value::Object(members)) = value.filter(|_| payload.is_json) else {
            return Err("the payload is not a JSON object".to_owned());
        };
        let body = json!({"TableName": to.table_name, "Item": attributes(&members)});
        self.dynamodb("PutItem", &body).await.map(drop)
    }

    /// Asks DynamoDB at the owner's endpoint, or, where there is none, this server's own. What the role may do was asked
    /// before.
    pub(in crate::app::rules) async fn dynamodb(
        &self,
        operation: &'static str,
        body: &Value,
    ) -> Result<Value, String> {
        if self.aws.reaches(DYNAMODB) {
            return again(|| async { Ok(self.aws.json(DYNAMODB, operation, body).await?) }).await;
        }
        again(|| async { Ok(self.own_dynamodb(operation, body).await?) }).await
    }

    async fn own_dynamodb(&self, operation: &str, body: &Value) -> Result<Value, Error> {
        let fields = Fields(body.as_object().cloned().unwrap_or_default());
        let write = match operation {
            "GetItem" => {
                let found = self.tables.get(&Get::read(fields)?).await?;
                let item = found.item.as_deref().map(serde_json::from_str::<Value>);
                return match item.transpose().map_err(Error::internal)? {
                    Some(item) => Ok(json!({"Item": item})),
                    None => Ok(json!({})),
                };
            }
            "UpdateItem" => Write::update(fields)?,
            "DeleteItem" => Write::delete(fields)?,
            _ => Write::put(fields)?,
        };
        let caller = Caller::server(self.ctx());
        self.tables.write(&caller, write).await?;
        Ok(json!({}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_there_and_back() {
        let value = json!({"a": [1, 2.5, "x", null, true], "b": {"c": {}}});
        let written = attribute(&value);
        assert_eq!(
            written,
            json!({"M": {
                "a": {"L": [{"N": "1"}, {"N": "2.5"}, {"S": "x"}, {"NULL": true}, {"BOOL": true}]},
                "b": {"M": {"c": {"M": {}}}},
            }})
        );
        assert_eq!(plain(&written), value);
        assert_eq!(plain(&json!({"NS": ["1", "2"]})), json!([1, 2]));
        assert_eq!(plain(&json!({"SS": ["a"]})), json!(["a"]));
    }
}
