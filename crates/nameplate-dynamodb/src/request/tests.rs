//! Requests in tables of cases.

use super::*;
use crate::table::NewTable;
use serde_json::json;

fn fields(value: Value) -> Fields {
    Fields(value.as_object().expect("an object").clone())
}

fn refused<T: std::fmt::Debug>(read: Result<T>, expected: &str) {
    assert_eq!(read.expect_err("refused").0, expected);
}

#[test]
fn parameters_that_contradict_are_refused() {
    refused(
        Write::put(fields(
            json!({"TableName": "t", "Item": {}, "Expected": {}, "ConditionExpression": "a"}),
        )),
        "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
    );
    refused(
        Write::put(fields(
            json!({"TableName": "t", "Item": {}, "ReturnValues": "ALL_NEW"}),
        )),
        "ReturnValues can only be ALL_OLD or NONE",
    );
    refused(
        Get::read(fields(
            json!({"Key": {}, "ExpressionAttributeNames": {"#a": "a"}}),
        )),
        "ExpressionAttributeNames can only be specified when using expressions",
    );
    refused(
        Write::update(fields(
            json!({"Key": {}, "ExpressionAttributeValues": {":a": {"S": "a"}}}),
        )),
        "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null",
    );
    refused(
        Write::update(fields(
            json!({"Key": {}, "UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"S": "a"}, ":b": {"S": "b"}}}),
        )),
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
    );
    refused(
        Write::update(fields(
            json!({"Key": {}, "UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {"a": {"S": "a"}}}),
        )),
        "ExpressionAttributeValues contains invalid key: Syntax error; key: \"a\"",
    );
    refused(
        Write::update(fields(
            json!({"Key": {}, "UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"N": "x"}}}),
        )),
        "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :a",
    );
    refused(
        Query::read(fields(json!({"TableName": "t"}))),
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    );
    refused(
        Scan::read(fields(
            json!({"TableName": "t", "Segment": 1, "TotalSegments": 1}),
        )),
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 1 is not less than TotalSegments: 1",
    );
    let large = "a".repeat(400 * 1024);
    refused(
        Write::put(fields(json!({"Item": {"k": {"S": large}}}))),
        "Item size has exceeded the maximum allowed size",
    );
    let fits = "a".repeat(400 * 1024 - 1);
    assert!(Write::put(fields(json!({"Item": {"k": {"S": fits}}}))).is_ok());
}

#[test]
fn parameters_from_before_expressions_are_expressions() {
    let write = Write::update(fields(json!({
        "TableName": "t", "Key": {"k": {"S": "a"}},
        "AttributeUpdates": {"a": {"Value": {"S": "x"}}, "b": {"Action": "DELETE"}, "c": {"Action": "ADD", "Value": {"N": "1"}}},
        "Expected": {"d": {"Exists": false}, "e": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "1"}, {"N": "2"}]}},
    })))
    .expect("read");
    let Action::Update(_, update) = &write.action else {
        panic!("{write:?}")
    };
    let item = |value: Value| parse_item(value.as_object().expect("object").clone()).expect("item");
    let before = item(json!({"b": {"S": "gone"}, "e": {"N": "2"}}));
    assert!(
        write
            .condition
            .as_ref()
            .expect("a condition")
            .holds(&before)
    );
    let after = update.apply(&before).expect("applied");
    assert_eq!(
        after,
        item(json!({"a": {"S": "x"}, "c": {"N": "1"}, "e": {"N": "2"}}))
    );
    refused(
        Scan::read(fields(
            json!({"ScanFilter": {"a": {"ComparisonOperator": "EQ", "AttributeValueList": []}}}),
        )),
        "One or more parameter values were invalid: Invalid number of argument(s) for the EQ ComparisonOperator",
    );
}

#[test]
fn tables_that_cannot_be_are_refused() {
    let table = |change: Value| {
        let mut all = json!({
            "TableName": "abc", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "h", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}],
        });
        for (name, value) in change.as_object().expect("object") {
            all[name] = value.clone();
        }
        NewTable::read(fields(all))
    };
    assert!(table(json!({})).is_ok());
    refused(
        table(json!({"TableName": "ab"})),
        "Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'",
    );
    refused(
        table(json!({"BillingMode": "PROVISIONED"})),
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
    refused(
        table(json!({"KeySchema": [{"AttributeName": "x", "KeyType": "HASH"}]})),
        "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [x], AttributeDefinitions: [h]",
    );
    refused(
        table(
            json!({"AttributeDefinitions": [{"AttributeName": "h", "AttributeType": "S"}, {"AttributeName": "x", "AttributeType": "S"}]}),
        ),
        "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    );
    refused(
        table(json!({"KeySchema": [{"AttributeName": "h", "KeyType": "RANGE"}]})),
        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
    );
    let index = |projection: Value| json!([{"IndexName": "idx", "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}], "Projection": projection}]);
    assert!(
        table(json!({"GlobalSecondaryIndexes": index(json!({"ProjectionType": "ALL"}))})).is_ok()
    );
    refused(
        table(json!({"GlobalSecondaryIndexes": index(json!({}))})),
        "One or more parameter values were invalid: Unknown ProjectionType: null",
    );
    refused(
        table(json!({"LocalSecondaryIndexes": index(json!({"ProjectionType": "ALL"}))})),
        "One or more parameter values were invalid: Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
}
