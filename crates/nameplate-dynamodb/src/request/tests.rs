//! Requests in tables of cases.

use super::*;
use crate::table::{NewTable, Table, TableChange};
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
        "1 validation error detected: Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
    );
    refused(
        Write::put(fields(
            json!({"TableName": "t", "Item": {}, "ReturnValues": "ALL_NEW"}),
        )),
        "1 validation error detected: ReturnValues can only be ALL_OLD or NONE",
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
        "1 validation error detected: ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null",
    );
    refused(
        Write::update(fields(
            json!({"Key": {}, "UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"S": "a"}, ":b": {"S": "b"}}}),
        )),
        "1 validation error detected: Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
    );
    refused(
        Write::update(fields(
            json!({"Key": {}, "UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {"a": {"S": "a"}}}),
        )),
        "1 validation error detected: ExpressionAttributeValues contains invalid key: Syntax error; key: \"a\"",
    );
    refused(
        Write::update(fields(
            json!({"Key": {}, "UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"N": "x"}}}),
        )),
        "1 validation error detected: ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :a",
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

/// The single writes count what is wrong with a request; other operations, and writes in a transaction, tell it as it is.
/// That an item is none, or too large, is always told as it is.
#[test]
fn writes_alone_count_what_is_wrong() {
    const DETECTED: &str = "1 validation error detected: ";
    let with = |text: &str| format!("{DETECTED}{text}");
    let set = "One or more parameter values were invalid: An string set  may not be empty";
    let put = |request: Value| Write::put(fields(request));
    refused(
        put(json!({"Item": {"k": {"S": "a"}, "s": {"SS": []}}})),
        &with(set),
    );
    let null = "One or more parameter values were invalid: Null attribute value types must have the value of true";
    refused(put(json!({"Item": {"n": {"NULL": false}}})), &with(null));
    refused(
        put(json!({"Item": {"a": {}}})),
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    );
    let parentheses = "Invalid ConditionExpression: The expression has redundant parentheses;";
    let request = json!({"Item": {}, "ConditionExpression": "((attribute_exists(a)))"});
    refused(put(request.clone()), &with(parentheses));
    let part = json!({"TransactItems": [{"Put": request}]});
    refused(TransactWrite::read(fields(part)), parentheses);
    let update = json!({
        "Key": {}, "UpdateExpression": "ADD a :s", "ExpressionAttributeValues": {":s": {"SS": []}},
    });
    refused(Write::update(fields(update.clone())), &with(set));
    let told = format!("ExpressionAttributeValues contains invalid value: {set} for key :s");
    let part = json!({"TransactItems": [{"Update": update}]});
    refused(TransactWrite::read(fields(part)), &told);
    let twice = json!({
        "Key": {}, "UpdateExpression": "SET a = :s", "ExpressionAttributeValues": {":s": {"SS": ["x", "x"]}},
    });
    let told = "ExpressionAttributeValues contains invalid value: One or more parameter values were invalid: Input collection [x, x] contains duplicates. for key :s";
    refused(Write::update(fields(twice)), &with(told));
    let unused = json!({
        "Key": {}, "ConditionExpression": "a = b", "ExpressionAttributeNames": {"#c": "c"},
    });
    let told = "Value provided in ExpressionAttributeNames unused in expressions: keys: {#c}";
    refused(Write::delete(fields(unused)), &with(told));
    refused(
        Query::read(fields(json!({
            "KeyConditionExpression": "k = :k", "ExpressionAttributeValues": {":k": {"S": "a"}},
            "Select": "ALL_PROJECTED_ATTRIBUTES",
        }))),
        &with("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName"),
    );
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
    for (start, why) in [
        (
            json!({"S": "a", "N": "1"}),
            "The provided starting key is invalid: Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        ),
        (
            json!({"N": "x"}),
            "The parameter cannot be converted to a numeric value: x",
        ),
        (
            json!({"SS": ["a", "a"]}),
            "One or more parameter values were invalid: Input collection [a, a] contains duplicates.",
        ),
    ] {
        refused(
            Scan::read(fields(json!({"ExclusiveStartKey": {"a": start}}))),
            why,
        );
    }
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
    let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
    refused(
        table(json!({"KeySchema": [key("h", "HASH"), key("h", "RANGE")]})),
        "Invalid KeySchema: Some index key attribute have no definition",
    );
    refused(
        table(json!({"KeySchema": [key("h", "HASH"), key("r", "RANGE"), key("x", "RANGE")]})),
        "1 validation error detected: Value '[KeySchemaElement(attributeName=h, keyType=HASH), KeySchemaElement(attributeName=r, keyType=RANGE), KeySchemaElement(attributeName=x, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
    );
    refused(
        table(
            json!({"StreamSpecification": {"StreamEnabled": false, "StreamViewType": "NEW_IMAGE"}}),
        ),
        "One or more parameter values were invalid: StreamViewType cannot be specified when StreamEnabled is false",
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
    refused(
        table(json!({"KeySchema": [{"AttributeName": "x", "KeyType": "RANGE"}]})),
        "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [x], AttributeDefinitions: [h]",
    );
    let paid = |read: i64, write: i64| {
        table(
            json!({"BillingMode": "PROVISIONED", "ProvisionedThroughput": {
            "ReadCapacityUnits": read, "WriteCapacityUnits": write}}),
        )
    };
    assert!(paid(1_000_000_000_000, 1).is_ok());
    refused(
        paid(1_000_000_000_001, 1_000_000_000_001),
        "Given value 1000000000001 for ReadCapacityUnits is out of bounds",
    );
    refused(
        paid(1, 1_000_000_000_001),
        "Given value 1000000000001 for WriteCapacityUnits is out of bounds",
    );
    // Of a local index the key is looked at before what it has of items.
    let local = |schema: Value| {
        table(json!({
            "AttributeDefinitions": [
                {"AttributeName": "h", "AttributeType": "S"}, {"AttributeName": "r", "AttributeType": "S"}],
            "KeySchema": [key("h", "HASH"), key("r", "RANGE")],
            "LocalSecondaryIndexes": [{"IndexName": "idx", "KeySchema": schema, "Projection": {}}],
        }))
    };
    refused(
        local(json!([key("x", "RANGE"), key("y", "RANGE")])),
        "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [x, y], AttributeDefinitions: [h, r]",
    );
    refused(
        local(json!([key("r", "HASH")])),
        "One or more parameter values were invalid: Index KeySchema does not have a range key for index: idx",
    );
    refused(
        local(json!([key("r", "HASH"), key("h", "RANGE")])),
        "One or more parameter values were invalid: Index KeySchema does not have the same leading hash key as table KeySchema for index: idx. index hash key: r, table hash key: h",
    );
    refused(
        table(
            json!({"LocalSecondaryIndexes": [{"IndexName": "idx", "KeySchema": [key("x", "RANGE")], "Projection": {}}]}),
        ),
        "One or more parameter values were invalid: Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
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

#[test]
fn conditions_on_keys_are_looked_at_before_the_table() {
    let query = |members: Value| {
        let mut all = json!({"TableName": "t"});
        for (name, value) in members.as_object().expect("object") {
            all[name] = value.clone();
        }
        Query::read(fields(all))
    };
    let expression = |text: &str| {
        query(json!({
            "KeyConditionExpression": text,
            "ExpressionAttributeValues": {":a": {"S": "a"}, ":b": {"S": "b"}},
        }))
    };
    assert!(expression("h = :a AND begins_with(r, :b)").is_ok());
    for (text, expected) in [
        (
            "h = :a OR r = :b",
            "Invalid operator used in KeyConditionExpression: OR",
        ),
        (
            "h = :a AND size(r) = :b",
            "KeyConditionExpressions cannot contain nested operations",
        ),
        (
            "h = :a AND begins_with(:b, r)",
            "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand",
        ),
        (
            "h = :a AND r = :b AND h = :b",
            "KeyConditionExpressions must only contain one condition per key",
        ),
    ] {
        refused(expression(text), expected);
    }
    let equal =
        |value: &str| json!({"ComparisonOperator": "EQ", "AttributeValueList": [{"S": value}]});
    let between =
        json!({"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"S": "b"}, {"S": "a"}]});
    refused(
        query(json!({"KeyConditions": {"h": equal("a"), "r": between}})),
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    );
    let unlike = json!({"ComparisonOperator": "NE", "AttributeValueList": [{"S": "a"}]});
    refused(
        query(json!({"KeyConditions": {"h": equal("a"), "r": unlike}})),
        "Attempted conditional constraint is not an indexable operation",
    );
    let nothing = json!({"ComparisonOperator": "EQ"});
    refused(
        query(json!({"KeyConditions": {"h": nothing}})),
        "One or more parameter values were invalid: Invalid number of argument(s) for the EQ ComparisonOperator",
    );
    refused(
        query(json!({"KeyConditions": {}})),
        "Conditions can be of length 1 or 2 only",
    );
}

#[test]
fn what_is_said_of_parameters_from_before_expressions() {
    let put = |expected: Value| {
        Write::put(fields(
            json!({"TableName": "t", "Item": {"k": {"S": "a"}}, "Expected": {"a": expected}}),
        ))
    };
    refused(
        put(json!({"ComparisonOperator": "EQ"})),
        "1 validation error detected: One or more parameter values were invalid: Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a",
    );
    assert!(put(json!({"ComparisonOperator": "NULL"})).is_ok());
    refused(
        put(json!({"Value": {"S": "a"}, "AttributeValueList": [{"S": "a"}]})),
        "1 validation error detected: One or more parameter values were invalid: Value and AttributeValueList cannot be used together for Attribute: a",
    );
    // What is to be returned is looked at before conditions are.
    refused(
        Write::put(fields(
            json!({"TableName": "t", "Item": {"k": {"S": "a"}}, "Expected": {"a": {}}, "ReturnValues": "ALL_NEW"}),
        )),
        "1 validation error detected: ReturnValues can only be ALL_OLD or NONE",
    );
    let lacks =
        put(json!({"ComparisonOperator": "NOT_CONTAINS", "AttributeValueList": [{"N": "1"}]}))
            .expect("read")
            .condition
            .expect("a condition");
    let item = |value: Value| parse_item(fields(value).0).expect("an item");
    for (value, holds) in [
        (json!({"NS": ["1", "2"]}), false),
        (json!({"NS": ["2"]}), true),
        (json!({"L": [{"N": "1"}]}), false),
        // What cannot contain it does not, either.
        (json!({"S": "1"}), true),
        (json!({"N": "1"}), true),
    ] {
        assert_eq!(lacks.holds(&item(json!({"a": value}))), holds, "{value}");
    }
    assert!(!lacks.holds(&item(json!({"b": {"S": "x"}}))));
    refused(
        Write::update(fields(json!({
            "TableName": "t", "Key": {"k": {"S": "a"}},
            "AttributeUpdates": {"a": {"Action": "DELETE", "Value": {"N": "1"}}},
        }))),
        "1 validation error detected: One or more parameter values were invalid: DELETE action with value is not supported for the type N",
    );
}

#[test]
fn changes_of_tables_ask_for_something() {
    let check = |value: Value| TableChange::check(&fields(value).0);
    assert!(check(json!({"TableName": "t", "BillingMode": "PROVISIONED"})).is_ok());
    assert!(
        check(json!({"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "i"}}]})).is_ok()
    );
    for none in [
        json!({"TableName": "t"}),
        json!({"TableName": "t", "GlobalSecondaryIndexUpdates": []}),
    ] {
        let said = check(none).expect_err("refused").0;
        assert!(
            said.starts_with("At least one of ProvisionedThroughput"),
            "{said}"
        );
    }
    let said = check(json!({"GlobalSecondaryIndexUpdates": [{}]}))
        .expect_err("refused")
        .0;
    assert!(
        said.ends_with("GlobalSecondaryIndexUpdate.Delete must not be null"),
        "{said}"
    );
}

#[test]
fn keys_of_a_batch_differ() {
    let key = |text: &str| json!({"k": {"N": text}});
    let batch =
        |keys: Value| BatchGet::read(fields(json!({"RequestItems": {"t": {"Keys": keys}}})));
    assert!(batch(json!([key("1"), key("2")])).is_ok());
    refused(
        batch(json!([key("1"), key("1.0")])),
        "Provided list of item keys contains duplicates",
    );
}

#[test]
fn what_is_selected_has_one_parameter() {
    let scan = |more: Value| {
        let mut body = json!({"TableName": "t"});
        let more = more.as_object().expect("an object").clone();
        body.as_object_mut().expect("an object").extend(more);
        Scan::read(fields(body))
    };
    for (by, value) in [
        ("AttributesToGet", json!(["a"])),
        ("ProjectionExpression", json!("a")),
    ] {
        refused(
            scan(json!({by: value, "Select": "ALL_ATTRIBUTES"})),
            &format!(
                "1 validation error detected: Cannot specify the {by} when choosing to get ALL_ATTRIBUTES"
            ),
        );
        refused(
            scan(json!({by: value, "Select": "COUNT"})),
            &format!(
                "1 validation error detected: Cannot specify the {by} when choosing to get only the Count"
            ),
        );
        assert!(scan(json!({by: value, "Select": "SPECIFIC_ATTRIBUTES"})).is_ok());
    }
    refused(
        scan(json!({"Select": "ALL_PROJECTED_ATTRIBUTES"})),
        "1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
    );
}

#[test]
fn conditions_from_before_expressions_have_values_that_fit() {
    let put = |operator: &str, values: Value| {
        Write::put(fields(json!({
            "TableName": "t", "Item": {"k": {"S": "a"}},
            "Expected": {"a": {"ComparisonOperator": operator, "AttributeValueList": values}},
        })))
    };
    for (operator, values, why) in [
        (
            "IN",
            json!([{"N": "1"}, {"S": "1"}]),
            "One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type",
        ),
        (
            "IN",
            json!([{"L": []}]),
            "One or more parameter values were invalid: ComparisonOperator IN is not valid for L AttributeValue type",
        ),
        (
            "BEGINS_WITH",
            json!([{"N": "1"}]),
            "One or more parameter values were invalid: ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
        ),
        (
            "CONTAINS",
            json!([{"SS": ["a"]}]),
            "One or more parameter values were invalid: ComparisonOperator CONTAINS is not valid for SS AttributeValue type",
        ),
        (
            "BETWEEN",
            json!([{"N": "2"}, {"N": "1"}]),
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
        ),
    ] {
        refused(
            put(operator, values),
            &format!("1 validation error detected: {why}"),
        );
    }
    assert!(put("CONTAINS", json!([{"BOOL": true}])).is_ok());
    assert!(put("EQ", json!([{"L": []}])).is_ok());
}

#[test]
fn a_new_index_brings_its_keys_types() {
    let key = |name: &str| json!([{"AttributeName": name, "KeyType": "HASH"}]);
    let new = NewTable::read(fields(json!({
        "TableName": "tab", "BillingMode": "PAY_PER_REQUEST", "KeySchema": key("h"),
        "AttributeDefinitions": [{"AttributeName": "h", "AttributeType": "S"}],
    })))
    .expect("a table");
    let table = Table {
        name: new.name,
        id: String::new(),
        created: 0,
        schema: new.schema,
        attributes: new.attributes,
        indexes: Vec::new(),
        billing: new.billing,
        throughput_history: Default::default(),
        on_demand_since: None,
        class: None,
        protected: false,
        ttl: None,
        ttl_since: None,
        importing: false,
        class_since: None,
    };
    let update = |definitions: Value| {
        TableChange::read(
            fields(json!({
                "TableName": "tab", "AttributeDefinitions": definitions,
                "GlobalSecondaryIndexUpdates": [{"Create": {
                    "IndexName": "index", "KeySchema": key("h"), "Projection": {"ProjectionType": "ALL"}}}],
            })),
            &table,
        )
    };
    refused(
        update(json!([])),
        "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [h], AttributeDefinitions: []",
    );
    assert!(update(json!([{"AttributeName": "h", "AttributeType": "S"}])).is_ok());
    refused(
        update(json!([{"AttributeName": "h", "AttributeType": "N"}])),
        "One or more parameter values were invalid: Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: Schema:[SchemaElement: key{h:S:HASH}] New schema: Schema:[SchemaElement: key{h:N:HASH}]",
    );
    let two = json!({"TableName": "tab", "GlobalSecondaryIndexUpdates": [
        {"Create": {"IndexName": "a"}, "Delete": {"IndexName": "b"}}]});
    refused(
        TableChange::check(&fields(two).0),
        "One or more parameter values were invalid: Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
    );
    let twice = json!({"TableName": "tab", "GlobalSecondaryIndexUpdates": [
        {"Create": {"IndexName": "a"}}, {"Delete": {"IndexName": "a"}}]});
    refused(
        TableChange::check(&fields(twice).0),
        "One or more parameter values were invalid: Only one global secondary index update per index is allowed simultaneously. Index: a",
    );
    refused(
        TableChange::read(
            fields(json!({"TableName": "tab", "BillingMode": "PROVISIONED"})),
            &table,
        ),
        "One or more parameter values were invalid: ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
    );
}

#[test]
fn names_of_attributes_have_a_length() {
    let (longest, longer) = ("n".repeat(65_535), "n".repeat(65_536));
    let put = |name: &str| {
        Write::put(fields(
            json!({"TableName": "tab", "Item": {"h": {"S": "a"}, name: {"S": "b"}}}),
        ))
    };
    let get = |name: &str| {
        Get::read(fields(
            json!({"TableName": "tab", "Key": {}, "ProjectionExpression": "#n",
            "ExpressionAttributeNames": {"#n": name}}),
        ))
    };
    let legacy = |name: &str| {
        Get::read(fields(
            json!({"TableName": "tab", "Key": {}, "AttributesToGet": [name]}),
        ))
    };
    let update = |name: &str, how: &str, of: Value| {
        Write::update(fields(
            json!({"TableName": "tab", "Key": {"h": {"S": "a"}}, how: {name: of}}),
        ))
    };
    let put_in = |name: &str| update(name, "AttributeUpdates", json!({"Value": {"S": "b"}}));
    let expected = |name: &str| update(name, "Expected", json!({"Exists": false}));
    assert!(put(&longest).is_ok() && get(&longest).is_ok() && legacy(&longest).is_ok());
    assert!(put_in(&longest).is_ok() && expected(&longest).is_ok());
    let why = "One or more parameter values were invalid: Attribute name is too large, must be less than 65536 bytes";
    refused(put(&longer), why);
    refused(get(&longer), why);
    refused(legacy(&longer), why);
    let counted = format!("1 validation error detected: {why}");
    refused(put_in(&longer), &counted);
    refused(expected(&longer), &counted);
}

#[test]
fn an_update_counts_for_what_it_does_beside_its_item() {
    let charge = |text: &str| {
        let values = json!({":v": {"S": "xyz"}, ":n": {"N": "1"}, ":s": {"SS": ["a"]}});
        let used: serde_json::Map<String, Value> = values
            .as_object()
            .expect("an object")
            .iter()
            .filter(|(name, _)| text.contains(name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let mut request = json!({"Key": {}, "UpdateExpression": text});
        if !used.is_empty() {
            request["ExpressionAttributeValues"] = Value::Object(used);
        }
        let write = Write::update(fields(request)).expect("read");
        let Action::Update(_, update) = write.action else {
            panic!("no update");
        };
        let before = json!({"k": {"S": "key"}, "l": {"L": [{"S": "a"}]}, "s": {"SS": ["a", "b"]}});
        let before = crate::value::parse_item(before.as_object().expect("an object").clone());
        update.charge(&update.apply(&before.expect("an item")).expect("applied"))
    };
    assert_eq!(charge("SET b = :v"), 3 + 19 + 4);
    assert_eq!(charge("SET b = :v, c = :v"), 3 + 19 * 2 + 8);
    assert_eq!(charge("SET b = :v REMOVE s"), 3 + 19 + 2 + 4);
    assert_eq!(charge("ADD b :n"), 3 + 19 + 3);
    assert_eq!(charge("DELETE s :s"), 3 + 2);
    // The list counts as a whole, and its place for one byte more.
    assert_eq!(charge("SET l[0] = :v"), 3 + 20 + 1 + 3 + 1 + 3);
}

#[test]
fn attributes_have_names() {
    let why = "Empty attribute name";
    let put = |item: Value| Write::put(fields(json!({"TableName": "t", "Item": item})));
    refused(put(json!({"": {"S": "a"}})), why);
    refused(put(json!({"a": {"N": "x"}, "": {"S": "a"}})), why);
    refused(put(json!({"a": {"M": {"": {"S": "a"}}}})), why);
    refused(Get::read(fields(json!({"Key": {"": {"S": "a"}}}))), why);
}

#[test]
fn an_operator_joins_two_conditions_and_keys_stand_beside_expressions() {
    let equal = json!({"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]});
    let two =
        "ConditionalOperator can only be used when Filter or Expected has two or more elements";
    let scan = |filter: Value| {
        Scan::read(fields(
            json!({"TableName": "t", "ScanFilter": filter, "ConditionalOperator": "AND"}),
        ))
    };
    refused(scan(json!({"a": equal})), two);
    assert!(scan(json!({"a": equal, "b": equal})).is_ok());
    let keys = json!({
        "TableName": "t", "KeyConditions": {"h": equal}, "FilterExpression": "a = :a",
        "ExpressionAttributeValues": {":a": {"S": "a"}},
    });
    let query = Query::read(fields(keys.clone())).expect("read");
    assert_eq!(query.asked.filter_name, "Filter Expression");
    let mut all = keys;
    all["KeyConditionExpression"] = json!("h = :a");
    all["QueryFilter"] = json!({"b": equal});
    refused(
        Query::read(fields(all)),
        "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {QueryFilter, KeyConditions} Expression parameters: {FilterExpression, KeyConditionExpression}",
    );
    let before =
        json!({"TableName": "t", "KeyConditions": {"h": equal}, "QueryFilter": {"h": equal}});
    let query = Query::read(fields(before)).expect("read");
    assert_eq!(query.asked.filter_name, "QueryFilter");
}
