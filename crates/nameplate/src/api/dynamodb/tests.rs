//! Tables and items through the API.

use crate::config::Quotas;
use crate::testing::{Answer, NOW, TestApp};
use serde_json::{Value, json};

const CHECK_FAILED: &str = "ConditionalCheckFailedException";
const INVALID: &str = "ValidationException";

async fn call(app: &TestApp, operation: &str, body: Value) -> Answer {
    let target = format!("DynamoDB_20120810.{operation}");
    app.call("dynamodb", "POST /", &[("x-amz-target", &target)], body)
        .await
}

async fn ok(app: &TestApp, operation: &str, body: Value) -> Value {
    call(app, operation, body).await.ok()
}

async fn invalid(app: &TestApp, operation: &str, body: Value, message: &str) {
    let answer = call(app, operation, body.clone()).await;
    assert_eq!(answer.refused(INVALID), message, "{operation} {body}");
}

fn s(text: &str) -> Value {
    json!({"S": text})
}

fn n(number: i64) -> Value {
    json!({"N": number.to_string()})
}

/// A table `t` with a key of a string and a number, and an index by `status` and `r`.
async fn table(app: &TestApp) {
    let all = json!({"ProjectionType": "ALL"});
    ok(app, "CreateTable", json!({
        "TableName": "tab", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "h", "AttributeType": "S"}, {"AttributeName": "r", "AttributeType": "N"},
            {"AttributeName": "status", "AttributeType": "S"},
        ],
        "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}],
        "GlobalSecondaryIndexes": [
            {"IndexName": "by-status", "Projection": all, "KeySchema": [
                {"AttributeName": "status", "KeyType": "HASH"}, {"AttributeName": "r", "KeyType": "RANGE"}]},
            {"IndexName": "keys", "Projection": {"ProjectionType": "KEYS_ONLY"}, "KeySchema": [
                {"AttributeName": "status", "KeyType": "HASH"}]},
        ],
        "LocalSecondaryIndexes": [{"IndexName": "local", "Projection": {"ProjectionType": "KEYS_ONLY"}, "KeySchema": [
            {"AttributeName": "h", "KeyType": "HASH"}, {"AttributeName": "status", "KeyType": "RANGE"}]}],
        "Tags": [{"Key": "a", "Value": "b"}],
    })).await;
}

async fn put(app: &TestApp, h: &str, r: i64, status: &str) {
    let item = json!({"h": s(h), "r": n(r), "status": s(status), "x": n(r * 10)});
    ok(app, "PutItem", json!({"TableName": "tab", "Item": item})).await;
}

#[tokio::test]
async fn a_table_is_made_described_listed_and_deleted() {
    let app = TestApp::new().await;
    table(&app).await;
    let described = ok(&app, "DescribeTable", json!({"TableName": "tab"})).await;
    let shown = &described["Table"];
    assert_eq!(shown["TableStatus"], "ACTIVE");
    assert_eq!(
        shown["TableArn"],
        "arn:aws:dynamodb:us-east-1:123456789012:table/tab"
    );
    assert_eq!(shown["CreationDateTime"], NOW.0 as f64 / 1000.0);
    assert_eq!(
        shown["BillingModeSummary"]["BillingMode"],
        "PAY_PER_REQUEST"
    );
    assert_eq!(shown["GlobalSecondaryIndexes"][0]["IndexStatus"], "ACTIVE");
    let arn = json!({"TableName": "arn:aws:dynamodb:us-east-1:123456789012:table/tab"});
    assert_eq!(ok(&app, "DescribeTable", arn).await, described);
    let again = call(
        &app,
        "CreateTable",
        json!({
            "TableName": "tab", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "h", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}],
        }),
    )
    .await;
    assert_eq!(
        again.refused("ResourceInUseException"),
        "Table already exists: tab"
    );
    assert_eq!(
        ok(&app, "ListTables", json!({})).await,
        json!({"TableNames": ["tab"]})
    );
    let arn = shown["TableArn"].clone();
    let tags = ok(&app, "ListTagsOfResource", json!({"ResourceArn": arn})).await;
    assert_eq!(tags, json!({"Tags": [{"Key": "a", "Value": "b"}]}));
    put(&app, "a", 1, "new").await;
    ok(
        &app,
        "UpdateTable",
        json!({"TableName": "tab", "DeletionProtectionEnabled": true}),
    )
    .await;
    let kept = call(&app, "DeleteTable", json!({"TableName": "tab"})).await;
    assert!(kept.refused(INVALID).contains("protected against deletion"));
    ok(
        &app,
        "UpdateTable",
        json!({"TableName": "tab", "DeletionProtectionEnabled": false}),
    )
    .await;
    let deleted = ok(&app, "DeleteTable", json!({"TableName": "tab"})).await;
    let deleted = deleted["TableDescription"].as_object().expect("an object");
    let mut names: Vec<&str> = deleted.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "BillingModeSummary",
            "DeletionProtectionEnabled",
            "ItemCount",
            "ProvisionedThroughput",
            "TableArn",
            "TableId",
            "TableName",
            "TableSizeBytes",
            "TableStatus",
        ]
    );
    let gone = call(&app, "DescribeTable", json!({"TableName": "tab"})).await;
    assert_eq!(
        gone.refused("ResourceNotFoundException"),
        "Requested resource not found: Table: tab not found"
    );
    let gone = call(
        &app,
        "GetItem",
        json!({"TableName": "tab", "Key": {"h": s("a"), "r": n(1)}}),
    )
    .await;
    assert_eq!(
        gone.refused("ResourceNotFoundException"),
        "Requested resource not found"
    );
    let tagged =
        json!({"ResourceArn": arn, "Tags": [{"Key": "a", "Value": "b"}], "TagKeys": ["a"]});
    for operation in ["ListTagsOfResource", "TagResource", "UntagResource"] {
        let gone = call(&app, operation, tagged.clone()).await;
        assert_eq!(
            gone.refused("ResourceNotFoundException"),
            format!(
                "Requested resource not found: ResourceArn: {} not found",
                arn.as_str().expect("a text")
            )
        );
    }
    // Recorded from the service: it names the table, of which it was given the ARN.
    let gone = call(&app, "GetResourcePolicy", json!({"ResourceArn": arn})).await;
    assert_eq!(
        gone.refused("ResourceNotFoundException"),
        "Requested resource not found: Table: tab not found"
    );
    while app.app.tables.step().await.expect("it works") {}
    table(&app).await;
    let scanned = ok(&app, "Scan", json!({"TableName": "tab"})).await;
    assert_eq!(
        scanned["Count"], 0,
        "what the old one had is not the new one's"
    );
}

#[tokio::test]
async fn items_are_put_got_updated_and_deleted() {
    let app = TestApp::new().await;
    table(&app).await;
    let key = json!({"h": s("a"), "r": n(1)});
    let get = json!({"TableName": "tab", "Key": key});
    assert_eq!(ok(&app, "GetItem", get.clone()).await, json!({}));
    put(&app, "a", 1, "new").await;
    let item = json!({"h": s("a"), "r": n(1), "status": s("new"), "x": n(10)});
    assert_eq!(
        ok(&app, "GetItem", get.clone()).await,
        json!({"Item": item})
    );
    let part = json!({"TableName": "tab", "Key": key, "ProjectionExpression": "#s, x",
        "ExpressionAttributeNames": {"#s": "status"}, "ReturnConsumedCapacity": "TOTAL"});
    assert_eq!(
        ok(&app, "GetItem", part).await,
        json!({
            "Item": {"status": s("new"), "x": n(10)},
            "ConsumedCapacity": {"TableName": "tab", "CapacityUnits": 0.5},
        })
    );
    let update = |expression: &str, returned: &str| {
        json!({
            "TableName": "tab", "Key": key, "UpdateExpression": expression, "ReturnValues": returned,
            "ExpressionAttributeValues": {":v": n(5)},
        })
    };
    let changed = ok(
        &app,
        "UpdateItem",
        update("SET x = x + :v, y = :v", "UPDATED_NEW"),
    )
    .await;
    assert_eq!(changed, json!({"Attributes": {"x": n(15), "y": n(5)}}));
    let changed = ok(
        &app,
        "UpdateItem",
        update("ADD x :v REMOVE y", "UPDATED_OLD"),
    )
    .await;
    assert_eq!(changed, json!({"Attributes": {"x": n(15), "y": n(5)}}));
    invalid(&app, "UpdateItem", update("SET r = :v", "NONE"),
        "One or more parameter values were invalid: Cannot update attribute r. This attribute is part of the key").await;
    let unless = json!({
        "TableName": "tab", "Item": item, "ConditionExpression": "attribute_not_exists(h)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    let refused = call(&app, "PutItem", unless).await;
    assert_eq!(
        refused.body["__type"],
        "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    );
    assert_eq!(refused.body["Item"]["x"], n(20));
    assert_eq!(
        refused.refused(CHECK_FAILED),
        "The conditional request failed"
    );
    let deleted = ok(
        &app,
        "DeleteItem",
        json!({"TableName": "tab", "Key": key, "ReturnValues": "ALL_OLD"}),
    )
    .await;
    assert_eq!(deleted["Attributes"]["status"], s("new"));
    assert_eq!(ok(&app, "DeleteItem", get.clone()).await, json!({}));
    let made = json!({"TableName": "tab", "Key": key, "ReturnValues": "ALL_NEW"});
    assert_eq!(
        ok(&app, "UpdateItem", made).await,
        json!({"Attributes": key})
    );
    for (operation, member, value, message) in [
        (
            "PutItem",
            "Item",
            json!({"h": s("a")}),
            "One or more parameter values were invalid: Missing the key r in the item",
        ),
        (
            "GetItem",
            "Key",
            json!({"h": s("a")}),
            "The provided key element does not match the schema",
        ),
        (
            "PutItem",
            "Item",
            json!({"h": s("a"), "r": {"N": "1e126"}}),
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        (
            "PutItem",
            "Item",
            json!({"h": s("a"), "r": n(1), "status": n(1)}),
            "One or more parameter values were invalid: Type mismatch for Index Key status Expected: S Actual: N IndexName: by-status",
        ),
        (
            "PutItem",
            "Item",
            json!({"h": s("a"), "r": n(1), "x": {}}),
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
    ] {
        invalid(
            &app,
            operation,
            json!({"TableName": "tab", member: value}),
            message,
        )
        .await;
    }
    let big = "a".repeat(400 * 1024);
    invalid(
        &app,
        "PutItem",
        json!({"TableName": "tab", "Item": {"h": s("a"), "r": n(1), "x": s(&big)}}),
        "Item size has exceeded the maximum allowed size",
    )
    .await;
}

fn sorts(page: &Value) -> Vec<&str> {
    let items = page["Items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["r"]["N"].as_str().expect("a number"))
        .collect()
}

#[tokio::test]
async fn partitions_are_read_in_order_and_in_pages() {
    let app = TestApp::new().await;
    table(&app).await;
    for r in [10, 9, -1, 100, 1] {
        put(&app, "a", r, if r > 9 { "old" } else { "new" }).await;
    }
    put(&app, "b", 5, "new").await;
    let query = |more: Value| {
        let mut all = json!({"TableName": "tab", "KeyConditionExpression": "h = :h", "ExpressionAttributeValues": {":h": s("a")}});
        for (name, value) in more.as_object().expect("object") {
            all[name] = value.clone();
        }
        all
    };
    let page = ok(&app, "Query", query(json!({}))).await;
    assert_eq!(sorts(&page), ["-1", "1", "9", "10", "100"]);
    assert_eq!(
        (&page["Count"], &page["ScannedCount"]),
        (&json!(5), &json!(5))
    );
    let back = ok(
        &app,
        "Query",
        query(json!({"ScanIndexForward": false, "Limit": 2})),
    )
    .await;
    assert_eq!(sorts(&back), ["100", "10"]);
    assert_eq!(back["LastEvaluatedKey"], json!({"h": s("a"), "r": n(10)}));
    let next = query(
        json!({"ScanIndexForward": false, "Limit": 2, "ExclusiveStartKey": back["LastEvaluatedKey"]}),
    );
    assert_eq!(sorts(&ok(&app, "Query", next).await), ["9", "1"]);
    let between = query(
        json!({"KeyConditionExpression": "h = :h AND r BETWEEN :a AND :b",
        "ExpressionAttributeValues": {":h": s("a"), ":a": n(1), ":b": n(10)}, "Select": "COUNT"}),
    );
    assert_eq!(
        ok(&app, "Query", between).await,
        json!({"Count": 3, "ScannedCount": 3})
    );
    let old = json!({"TableName": "tab", "KeyConditions": {
        "h": {"ComparisonOperator": "EQ", "AttributeValueList": [s("a")]},
        "r": {"ComparisonOperator": "GT", "AttributeValueList": [n(9)]}},
        "QueryFilter": {"x": {"ComparisonOperator": "LT", "AttributeValueList": [n(1000)]}}});
    let page = ok(&app, "Query", old).await;
    assert_eq!(
        (sorts(&page), &page["ScannedCount"]),
        (vec!["10"], &json!(2))
    );
    invalid(
        &app,
        "Query",
        query(json!({"FilterExpression": "r = :h"})),
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: r",
    )
    .await;
    invalid(
        &app,
        "Query",
        query(json!({"ExclusiveStartKey": {"h": s("b"), "r": n(1)}})),
        "The provided starting key is outside query boundaries based on provided conditions",
    )
    .await;
    let behind = json!({"TableName": "tab", "KeyConditionExpression": "h = :h AND r > :r",
        "ExpressionAttributeValues": {":h": s("a"), ":r": n(5)}, "ExclusiveStartKey": {"h": s("a"), "r": n(1)}});
    invalid(
        &app,
        "Query",
        behind,
        "The provided starting key does not match the range key predicate",
    )
    .await;
    // A scan of a table alone is told more of a key that is none.
    let short = json!({"h": s("a")});
    invalid(
        &app,
        "Query",
        query(json!({"ExclusiveStartKey": short})),
        "The provided starting key is invalid",
    )
    .await;
    invalid(
        &app,
        "Scan",
        json!({"TableName": "tab", "ExclusiveStartKey": short}),
        "The provided starting key is invalid: The provided key element does not match the schema",
    )
    .await;
    invalid(
        &app,
        "Query",
        query(json!({"ExclusiveStartKey": {"h": s("a"), "r": s("x")}})),
        "The provided key element does not match the schema",
    )
    .await;
    let index = |name: &str, more: Value| {
        let mut all = json!({"TableName": "tab", "IndexName": name, "KeyConditionExpression": "#s = :s",
            "ExpressionAttributeNames": {"#s": "status"}, "ExpressionAttributeValues": {":s": s("new")}});
        for (name, value) in more.as_object().expect("object") {
            all[name] = value.clone();
        }
        all
    };
    let first = ok(&app, "Query", index("by-status", json!({"Limit": 2}))).await;
    assert_eq!(sorts(&first), ["-1", "1"]);
    assert_eq!(
        first["LastEvaluatedKey"],
        json!({"h": s("a"), "r": n(1), "status": s("new")})
    );
    let rest = index(
        "by-status",
        json!({"ExclusiveStartKey": first["LastEvaluatedKey"]}),
    );
    assert_eq!(sorts(&ok(&app, "Query", rest).await), ["5", "9"]);
    let back = ok(
        &app,
        "Query",
        index("by-status", json!({"ScanIndexForward": false, "Limit": 1})),
    )
    .await;
    assert_eq!(sorts(&back), ["9"]);
    let keys = ok(&app, "Query", index("keys", json!({"Limit": 1}))).await;
    assert_eq!(
        keys["Items"][0].as_object().map(serde_json::Map::len),
        Some(3),
        "{keys}"
    );
    invalid(&app, "Query", index("keys", json!({"ProjectionExpression": "x"})),
        "One or more parameter values were invalid: Global secondary index keys does not project [x]").await;
    invalid(
        &app,
        "Query",
        index("none", json!({})),
        "The table does not have the specified index: none",
    )
    .await;
    let local = json!({"TableName": "tab", "IndexName": "local", "KeyConditionExpression": "h = :h AND begins_with(#s, :s)",
        "ExpressionAttributeNames": {"#s": "status"}, "ExpressionAttributeValues": {":h": s("a"), ":s": s("o")},
        "ProjectionExpression": "x"});
    let local = ok(&app, "Query", local).await;
    assert_eq!(local["Items"], json!([{"x": n(100)}, {"x": n(1000)}]));
    ok(
        &app,
        "UpdateItem",
        json!({"TableName": "tab", "Key": {"h": s("b"), "r": n(5)}, "UpdateExpression": "REMOVE #s",
        "ExpressionAttributeNames": {"#s": "status"}}),
    )
    .await;
    assert_eq!(
        ok(&app, "Query", index("by-status", json!({}))).await["Count"],
        3
    );
}

#[tokio::test]
async fn segments_of_a_scan_have_every_item_once_and_pages_end() {
    let app = TestApp::new().await;
    table(&app).await;
    for h in 0..40 {
        put(&app, &format!("p{h}"), h, "new").await;
    }
    let mut seen = std::collections::BTreeSet::new();
    for segment in 0..3 {
        let mut start = Value::Null;
        loop {
            let mut scan =
                json!({"TableName": "tab", "Segment": segment, "TotalSegments": 3, "Limit": 7});
            if !start.is_null() {
                scan["ExclusiveStartKey"] = start;
            }
            let page = ok(&app, "Scan", scan).await;
            for r in sorts(&page) {
                assert!(seen.insert(r.to_owned()), "{r} twice");
            }
            start = page["LastEvaluatedKey"].clone();
            if start.is_null() {
                break;
            }
        }
    }
    assert_eq!(seen.len(), 40);
    let large = "a".repeat(300_000);
    for r in 0..5 {
        let item = json!({"h": s("large"), "r": n(r), "x": s(&large)});
        ok(&app, "PutItem", json!({"TableName": "tab", "Item": item})).await;
    }
    let query = json!({"TableName": "tab", "KeyConditionExpression": "h = :h", "ExpressionAttributeValues": {":h": s("large")}});
    let page = ok(&app, "Query", query).await;
    assert_eq!(
        (sorts(&page), &page["LastEvaluatedKey"]["r"]),
        (vec!["0", "1", "2"], &n(2))
    );
    let index = json!({"TableName": "tab", "IndexName": "by-status", "Select": "COUNT"});
    assert_eq!(ok(&app, "Scan", index).await["Count"], 40);
    let shown = ok(&app, "DescribeTable", json!({"TableName": "tab"})).await;
    assert_eq!(shown["Table"]["ItemCount"], 45);
    assert_eq!(shown["Table"]["GlobalSecondaryIndexes"][0]["ItemCount"], 40);
}

#[tokio::test]
async fn batches_and_transactions() {
    let app = TestApp::new().await;
    table(&app).await;
    let item = |h: &str| json!({"h": s(h), "r": n(1)});
    ok(
        &app,
        "BatchWriteItem",
        json!({"RequestItems": {"tab": [
        {"PutRequest": {"Item": item("a")}}, {"PutRequest": {"Item": item("b")}}]}}),
    )
    .await;
    let twice = json!({"RequestItems": {"tab": [
        {"PutRequest": {"Item": item("a")}}, {"DeleteRequest": {"Key": item("a")}}]}});
    invalid(
        &app,
        "BatchWriteItem",
        twice,
        "Provided list of item keys contains duplicates",
    )
    .await;
    let found = ok(
        &app,
        "BatchGetItem",
        json!({"RequestItems": {"tab": {"Keys": [item("a"), item("b"), item("c")]}}}),
    )
    .await;
    assert_eq!(
        found,
        json!({"Responses": {"tab": [item("a"), item("b")]}, "UnprocessedKeys": {}})
    );
    // What a transaction reads is 4 MB at most.
    let large: Vec<String> = (0..11).map(|at| format!("large{at}")).collect();
    for h in &large {
        let mut all = item(h);
        all["v"] = s(&"v".repeat(390 * 1024));
        ok(&app, "PutItem", json!({"TableName": "tab", "Item": all})).await;
    }
    let parts = |count: usize, part: &dyn Fn(&str) -> Value| {
        let parts = large[..count].iter().map(|h| part(h));
        json!({"TransactItems": parts.collect::<Vec<_>>()})
    };
    let get =
        |h: &str| json!({"Get": {"TableName": "tab", "Key": item(h), "ProjectionExpression": "h"}});
    let add = |h: &str| {
        json!({"Update": {"TableName": "tab", "Key": item(h), "UpdateExpression": "ADD c :c",
            "ExpressionAttributeValues": {":c": n(1)}}})
    };
    let much = "The aggregate size of the items in the transaction cannot exceed 4 MB";
    ok(&app, "TransactGetItems", parts(10, &get)).await;
    invalid(&app, "TransactGetItems", parts(11, &get), much).await;
    // Of a write that is what it brings, whatever is there.
    ok(&app, "TransactWriteItems", parts(11, &add)).await;
    let write = |token: &str, h: &str| {
        json!({"ClientRequestToken": token, "TransactItems": [
            {"Put": {"TableName": "tab", "Item": item(h)}},
            {"ConditionCheck": {"TableName": "tab", "Key": item("a"), "ConditionExpression": "attribute_exists(h)"}},
            {"Update": {"TableName": "tab", "Key": item("b"), "UpdateExpression": "ADD x :one", "ExpressionAttributeValues": {":one": n(1)}}},
        ]})
    };
    assert_eq!(
        ok(&app, "TransactWriteItems", write("one", "c")).await,
        json!({})
    );
    assert_eq!(
        ok(&app, "TransactWriteItems", write("one", "c")).await,
        json!({})
    );
    let other = call(&app, "TransactWriteItems", write("one", "d")).await;
    other.refused("IdempotentParameterMismatchException");
    let got = ok(&app, "TransactGetItems", json!({"TransactItems": [
        {"Get": {"TableName": "tab", "Key": item("b")}}, {"Get": {"TableName": "tab", "Key": item("z")}}]})).await;
    assert_eq!(
        got,
        json!({"Responses": [{"Item": {"h": s("b"), "r": n(1), "x": n(1)}}, {}]})
    );
    let cancelled = call(&app, "TransactWriteItems", json!({"TransactItems": [
        {"Put": {"TableName": "tab", "Item": item("new")}},
        {"Delete": {"TableName": "tab", "Key": item("b"), "ConditionExpression": "x = :two",
            "ExpressionAttributeValues": {":two": n(2)}, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
    ]})).await;
    assert_eq!(
        cancelled.body["CancellationReasons"],
        json!([
            {"Code": "None"},
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": {"h": s("b"), "r": n(1), "x": n(1)}},
        ])
    );
    assert_eq!(
        cancelled.refused("TransactionCanceledException"),
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]"
    );
    let none = ok(
        &app,
        "GetItem",
        json!({"TableName": "tab", "Key": item("new")}),
    )
    .await;
    assert_eq!(none, json!({}), "all or nothing");
    let twice = json!({"TransactItems": [
        {"Put": {"TableName": "tab", "Item": item("a")}}, {"Delete": {"TableName": "tab", "Key": item("a")}}]});
    invalid(
        &app,
        "TransactWriteItems",
        twice,
        "Transaction request cannot include multiple operations on one item",
    )
    .await;
}

#[tokio::test]
async fn of_two_conditional_writes_one_wins() {
    let app = std::sync::Arc::new(TestApp::new().await);
    table(&app).await;
    let item = json!({"h": s("a"), "r": n(1)});
    let put =
        json!({"TableName": "tab", "Item": item, "ConditionExpression": "attribute_not_exists(h)"});
    let calls: Vec<_> = (0..8)
        .map(|_| {
            let (app, put) = (std::sync::Arc::clone(&app), put.clone());
            tokio::spawn(async move { call(&app, "PutItem", put).await.status })
        })
        .collect();
    let mut won = 0;
    for call in calls {
        won += usize::from(call.await.expect("answered") == 200);
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn indexes_come_later_and_items_expire() {
    let app = TestApp::new().await;
    table(&app).await;
    let now = NOW.0 / 1000;
    for (h, expires) in [("past", now - 1), ("future", now + 1000), ("ancient", 1)] {
        let item = json!({"h": s(h), "r": n(1), "status": s("new"), "until": n(expires), "color": s("red")});
        ok(&app, "PutItem", json!({"TableName": "tab", "Item": item})).await;
    }
    ok(&app, "UpdateTable", json!({"TableName": "tab",
        "AttributeDefinitions": [{"AttributeName": "color", "AttributeType": "S"}],
        "GlobalSecondaryIndexUpdates": [{"Create": {"IndexName": "by-color", "Projection": {"ProjectionType": "ALL"},
            "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}]}}]})).await;
    while app.app.tables.step().await.expect("it works") {}
    let red = json!({"TableName": "tab", "IndexName": "by-color", "KeyConditionExpression": "color = :c",
        "ExpressionAttributeValues": {":c": s("red")}});
    assert_eq!(ok(&app, "Query", red.clone()).await["Count"], 3);
    let on = json!({"TableName": "tab", "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "until"}});
    ok(&app, "UpdateTimeToLive", on.clone()).await;
    invalid(
        &app,
        "UpdateTimeToLive",
        on,
        "TimeToLive is already enabled",
    )
    .await;
    let shown = ok(&app, "DescribeTimeToLive", json!({"TableName": "tab"})).await;
    assert_eq!(
        shown,
        json!({"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "until"}})
    );
    while app.app.tables.step().await.expect("it works") {}
    app.app.tables.step().await.expect("it works");
    let left = ok(&app, "Query", red.clone()).await;
    assert_eq!(left["Count"], 2, "{left}");
    ok(&app, "UpdateTable", json!({"TableName": "tab", "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-color"}}]})).await;
    invalid(
        &app,
        "Query",
        red,
        "The table does not have the specified index: by-color",
    )
    .await;
}

#[tokio::test]
async fn policies_may_restrict_partitions_and_attributes() {
    let app = TestApp::new().await;
    table(&app).await;
    put(&app, "mine", 1, "new").await;
    put(&app, "theirs", 1, "new").await;
    let arn = "arn:aws:dynamodb:us-east-1:123456789012:table/tab";
    let key = app.user_with(&json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:BatchGetItem"], "Resource": arn,
         "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["mine"]}}},
        {"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": arn,
         "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["h", "r", "x"]}}},
    ]})).await;
    let ask = |operation: &'static str, body: Value| {
        let (app, key) = (&app, key.clone());
        async move {
            let target = format!("DynamoDB_20120810.{operation}");
            app.call_as(
                &key,
                "dynamodb",
                "POST /",
                &[("x-amz-target", &target)],
                body,
            )
            .await
            .status
        }
    };
    let of = |h: &str| json!({"TableName": "tab", "Key": {"h": s(h), "r": n(1)}});
    assert_eq!(ask("GetItem", of("mine")).await, 200);
    assert_eq!(ask("GetItem", of("theirs")).await, 400);
    assert_eq!(ask("DeleteItem", of("mine")).await, 400);
    let query = |h: &str| json!({"TableName": "tab", "KeyConditionExpression": "h = :h", "ExpressionAttributeValues": {":h": s(h)}});
    assert_eq!(ask("Query", query("mine")).await, 200);
    assert_eq!(ask("Query", query("theirs")).await, 400);
    let mut index = query("mine");
    index["IndexName"] = json!("local");
    assert_eq!(
        ask("Query", index).await,
        400,
        "an index has an ARN of its own"
    );
    let batch = |keys: Value| json!({"RequestItems": {"tab": {"Keys": keys}}});
    assert_eq!(
        ask("BatchGetItem", batch(json!([{"h": s("mine"), "r": n(1)}]))).await,
        200
    );
    assert_eq!(
        ask(
            "BatchGetItem",
            batch(json!([{"h": s("mine"), "r": n(1)}, {"h": s("theirs"), "r": n(1)}]))
        )
        .await,
        400
    );
    let update = |name: &str| {
        json!({"TableName": "tab", "Key": {"h": s("mine"), "r": n(1)},
        "UpdateExpression": "SET #a = :v", "ExpressionAttributeNames": {"#a": name}, "ExpressionAttributeValues": {":v": n(1)}})
    };
    assert_eq!(ask("UpdateItem", update("x")).await, 200);
    assert_eq!(ask("UpdateItem", update("y")).await, 400);
    let transaction = json!({"TransactItems": [{"Put": {"TableName": "tab", "Item": {"h": s("theirs"), "r": n(1)}}}]});
    assert_eq!(ask("TransactWriteItems", transaction).await, 400);
}

#[tokio::test]
async fn what_only_takes_away_makes_no_item() {
    let app = TestApp::new().await;
    table(&app).await;
    let key = json!({"h": s("none"), "r": n(1)});
    for update in [
        json!({"UpdateExpression": "REMOVE x.y"}),
        json!({"UpdateExpression": "DELETE x :x", "ExpressionAttributeValues": {":x": {"SS": ["a"]}}}),
        json!({"AttributeUpdates": {"x": {"Action": "DELETE"}}}),
    ] {
        let mut body = json!({"TableName": "tab", "Key": key, "ReturnValues": "ALL_NEW"});
        let (body, update) = (
            body.as_object_mut().expect("an object"),
            update.as_object().expect("an object").clone(),
        );
        body.extend(update);
        let answer = ok(&app, "UpdateItem", Value::Object(body.clone())).await;
        assert_eq!(answer, json!({}), "{body:?}");
    }
    let get = json!({"TableName": "tab", "Key": key});
    assert_eq!(ok(&app, "GetItem", get.clone()).await, json!({}));
    ok(&app, "UpdateItem", json!({"TableName": "tab", "Key": key})).await;
    assert_eq!(ok(&app, "GetItem", get).await, json!({"Item": key}));
}

#[tokio::test]
async fn capacity_is_told_of_tables_and_indexes() {
    let app = TestApp::new().await;
    table(&app).await;
    let units = |units: f64| json!({"CapacityUnits": units});
    let put = |more: Value| {
        let mut item = json!({"h": s("a"), "r": n(1)});
        let more = more.as_object().expect("an object").clone();
        item.as_object_mut().expect("an object").extend(more);
        json!({"TableName": "tab", "Item": item, "ReturnConsumedCapacity": "INDEXES"})
    };
    let all = |units_each: f64| {
        json!({
            "LocalSecondaryIndexes": {"local": units(units_each)},
            "GlobalSecondaryIndexes": {"by-status": units(units_each), "keys": units(units_each)},
        })
    };
    for (item, total, indexes) in [
        (json!({"status": s("new")}), 4.0, all(1.0)),
        // Only what has all of an item is written again.
        (
            json!({"status": s("new"), "x": n(1)}),
            2.0,
            json!({"GlobalSecondaryIndexes": {"by-status": units(1.0)}}),
        ),
        (json!({"status": s("new"), "x": n(1)}), 1.0, json!({})),
        // An entry goes, another comes.
        (json!({"status": s("old"), "x": n(1)}), 7.0, all(2.0)),
        (json!({}), 4.0, all(1.0)),
    ] {
        let answer = ok(&app, "PutItem", put(item.clone())).await;
        let mut wanted = json!({"TableName": "tab", "CapacityUnits": total, "Table": units(1.0)});
        let indexes = indexes.as_object().expect("an object").clone();
        wanted.as_object_mut().expect("an object").extend(indexes);
        assert_eq!(answer["ConsumedCapacity"], wanted, "{item}");
    }
    let query = json!({
        "TableName": "tab", "IndexName": "keys", "KeyConditionExpression": "#s = :s",
        "ExpressionAttributeNames": {"#s": "status"}, "ExpressionAttributeValues": {":s": s("new")},
        "ReturnConsumedCapacity": "INDEXES",
    });
    assert_eq!(
        ok(&app, "Query", query).await["ConsumedCapacity"],
        json!({
            "TableName": "tab", "CapacityUnits": 0.5, "Table": units(0.0),
            "GlobalSecondaryIndexes": {"keys": units(0.5)},
        })
    );
    let transaction = json!({
        "ReturnConsumedCapacity": "TOTAL",
        "TransactItems": [{"Put": {"TableName": "tab", "Item": {"h": s("b"), "r": n(1)}}}],
    });
    assert_eq!(
        ok(&app, "TransactWriteItems", transaction).await["ConsumedCapacity"],
        json!([{"TableName": "tab", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}])
    );
    let measured = json!({"ItemCollectionKey": {"h": s("a")}, "SizeEstimateRangeGB": [0.0, 1.0]});
    let mut body = put(json!({}));
    body["ReturnItemCollectionMetrics"] = json!("SIZE");
    let answer = ok(&app, "PutItem", body).await;
    assert_eq!(answer["ItemCollectionMetrics"], measured);
    let batch = json!({
        "ReturnItemCollectionMetrics": "SIZE",
        "RequestItems": {"tab": [
            {"PutRequest": {"Item": {"h": s("a"), "r": n(1)}}}, {"PutRequest": {"Item": {"h": s("a"), "r": n(2)}}},
        ]},
    });
    let answer = ok(&app, "BatchWriteItem", batch).await;
    assert_eq!(answer["ItemCollectionMetrics"], json!({"tab": [measured]}));
}

#[tokio::test]
async fn parts_of_a_transaction_are_valid_before_any_is_looked_at() {
    let app = TestApp::new().await;
    table(&app).await;
    let put = |h: Value, condition: Option<&str>| {
        let mut put = json!({"TableName": "tab", "Item": {"h": h, "r": n(1)}});
        if let Some(condition) = condition {
            put["ConditionExpression"] = json!(condition);
        }
        json!({"Put": put})
    };
    let parts = json!([
        put(s("a"), Some("attribute_exists(h)")),
        put(n(1), None),
        put(n(2), None),
    ]);
    let body = json!({"TransactItems": parts});
    let answer = call(&app, "TransactWriteItems", body).await;
    assert_eq!(
        answer.refused("TransactionCanceledException"),
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError, None]"
    );
    let get = json!({"Get": {"TableName": "tab", "Key": {"h": s("a"), "r": n(1)}}});
    invalid(
        &app,
        "TransactGetItems",
        json!({"TransactItems": [get, get]}),
        "Transaction request cannot include multiple operations on one item",
    )
    .await;
    let large = |at: i64| {
        let item = json!({"h": s("large"), "r": n(at), "x": s(&"x".repeat(300_000))});
        json!({"Put": {"TableName": "tab", "Item": item}})
    };
    let parts: Vec<Value> = (0..15).map(large).collect();
    let message = "Transaction payload size cannot exceed 4 MB";
    let body = json!({"TransactItems": parts});
    invalid(&app, "TransactWriteItems", body, message).await;
    for part in parts.into_iter().take(15) {
        ok(&app, "PutItem", part["Put"].clone()).await;
    }
    // What is there already does not count.
    let gone =
        |at: i64| json!({"Delete": {"TableName": "tab", "Key": {"h": s("large"), "r": n(at)}}});
    let parts: Vec<Value> = (0..15).map(gone).collect();
    ok(&app, "TransactWriteItems", json!({"TransactItems": parts})).await;
}

#[tokio::test]
async fn what_is_said_of_names_tags_and_backups() {
    let app = TestApp::new().await;
    table(&app).await;
    let name = "Invalid table/index name.  Table/index names must be between 3 and 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'";
    let pattern = "1 validation error detected: Value 'no!table' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";
    for (table, said) in [("xx", name), ("no!table", pattern)] {
        let get = json!({"TableName": table, "Key": {"h": s("a"), "r": n(1)}});
        invalid(&app, "GetItem", get, said).await;
    }
    let no_key = "The provided key element does not match the schema";
    for item in [json!({"h": n(1), "r": n(1)}), json!({"h": s("a")})] {
        let batch = json!({"RequestItems": {"tab": [{"PutRequest": {"Item": item}}]}});
        invalid(&app, "BatchWriteItem", batch, no_key).await;
    }
    let arn = "arn:aws:dynamodb:us-east-1:123456789012:table/tab";
    let tags = |count: usize| -> Value {
        (0..count)
            .map(|at| json!({"Key": at.to_string(), "Value": "законно +-=._:/@"}))
            .collect()
    };
    for (tags, message) in [
        (json!([]), "Atleast one Tag needs to be provided as Input."),
        (
            json!([{"Key": "a!", "Value": "b"}]),
            "The Tag Key provided is invalid, Key: a!",
        ),
        (
            json!([{"Key": "a", "Value": "b!"}]),
            "The Tag Value provided is invalid, Value: b!",
        ),
        (
            json!([{"Key": "aws:a", "Value": "b"}]),
            "Tag Key cannot be prefixed with aws:, Key: aws:a",
        ),
        (
            tags(51),
            "Number of Tags exceed the current limit for the provided ResourceArn",
        ),
    ] {
        let body = json!({"ResourceArn": arn, "Tags": tags});
        invalid(&app, "TagResource", body, message).await;
    }
    let body = json!({"ResourceArn": format!("{arn}/index/keys"), "Tags": tags(1)});
    let message = format!(
        "One or more parameter values were invalid: Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {arn}/index/keys"
    );
    invalid(&app, "TagResource", body, &message).await;
    let throughput = json!({"ReadCapacityUnits": 1, "WriteCapacityUnits": 1});
    for change in [
        json!({"Delete": {"IndexName": "ghost"}}),
        json!({"Update": {"IndexName": "ghost", "ProvisionedThroughput": throughput}}),
    ] {
        let body = json!({"TableName": "tab", "GlobalSecondaryIndexUpdates": [change]});
        let none = call(&app, "UpdateTable", body).await;
        assert_eq!(
            none.refused("ResourceNotFoundException"),
            "Requested resource not found: Index ghost for table tab"
        );
    }
    let local = json!({"Delete": {"IndexName": "local"}});
    let body = json!({"TableName": "tab", "GlobalSecondaryIndexUpdates": [local]});
    let message = "Cannot delete an index that is not a GlobalSecondaryIndex: local";
    invalid(&app, "UpdateTable", body, message).await;
    let body = json!({"TableName": "tab", "IndexName": "ghost"});
    let none = call(&app, "DescribeContributorInsights", body).await;
    assert_eq!(
        none.refused("ResourceNotFoundException"),
        "Requested resource not found: Index: ghost not found for table: tab"
    );
    let abroad = arn.replace("us-east-1", "eu-west-1");
    let message = format!("1 validation error detected: Invalid AWS region in '{abroad}'");
    let body = json!({"TableName": abroad});
    invalid(&app, "DescribeTable", body, &message).await;
    let body = json!({"ResourceArn": abroad});
    let message = format!("Invalid TableArn: Invalid ResourceArn provided as input {abroad}");
    invalid(&app, "ListTagsOfResource", body, &message).await;
    let body = json!({"TableName": arn.replace("1234", "9934")});
    let foreign = call(&app, "DescribeTable", body).await;
    assert_eq!(foreign.refused("AccessDeniedException"), "Access is denied");
    let body = json!({"ResourceArn": "tab", "Tags": tags(1)});
    invalid(
        &app,
        "TagResource",
        body,
        "One or more parameter values were invalid: ARNs must start with 'arn:': tab",
    )
    .await;
    let body = json!({"ResourceArn": arn, "TagKeys": []});
    let message = "Atleast one Tag Key needs to be provided as Input.";
    invalid(&app, "UntagResource", body, message).await;
    let answer = call(
        &app,
        "TagResource",
        json!({"ResourceArn": arn, "Tags": tags(49)}),
    )
    .await;
    assert_eq!((answer.status, &answer.body), (200, &json!("")));
    let backups = ok(
        &app,
        "DescribeContinuousBackups",
        json!({"TableName": "tab"}),
    )
    .await;
    let backups = &backups["ContinuousBackupsDescription"];
    assert_eq!(backups["ContinuousBackupsStatus"], "ENABLED");
    let recovery = &backups["PointInTimeRecoveryDescription"];
    assert_eq!(recovery["PointInTimeRecoveryStatus"], "DISABLED");
    let switch = |on: bool| json!({"TableName": "tab", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": on}});
    let off = ok(&app, "UpdateContinuousBackups", switch(false)).await;
    assert_eq!(&off["ContinuousBackupsDescription"], backups);
    let on = call(&app, "UpdateContinuousBackups", switch(true)).await;
    on.refused("NotImplementedException");
    let index = |name: &str| {
        json!({"IndexName": "ind", "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"}, name: {"ReadUnitsPerSecond": 12_000}})
    };
    for name in ["WarmThroughput", "OnDemandThroughput"] {
        let made = json!({"TableName": "warm", "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "h", "AttributeType": "S"}],
            "GlobalSecondaryIndexes": [index(name)]});
        let refused = call(&app, "CreateTable", made).await;
        refused.refused("NotImplementedException");
        for verb in ["Create", "Update"] {
            let changed =
                json!({"TableName": "tab", "GlobalSecondaryIndexUpdates": [{verb: index(name)}]});
            let refused = call(&app, "UpdateTable", changed).await;
            refused.refused("NotImplementedException");
        }
    }
    let long = json!({"TableName": "tab", "Item": {"h": s("a"), "n".repeat(65_536): s("b")}});
    let why = "One or more parameter values were invalid: Attribute name is too large, must be less than 65536 bytes";
    invalid(&app, "PutItem", long, why).await;
    let none = call(
        &app,
        "DescribeContinuousBackups",
        json!({"TableName": "none"}),
    )
    .await;
    assert_eq!(
        none.refused("TableNotFoundException"),
        "Table not found: none"
    );
    let two = json!({"TableName": "tab", "GlobalSecondaryIndexUpdates": [
        {"Delete": {"IndexName": "keys"}}, {"Delete": {"IndexName": "by-status"}}]});
    let refused = call(&app, "UpdateTable", two).await;
    assert_eq!(
        refused.refused("LimitExceededException"),
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
    );
}

#[tokio::test]
async fn values_that_no_key_can_have_are_told_of_the_request_or_its_part() {
    let app = TestApp::new().await;
    table(&app).await;
    let empty = "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: h";
    let key = json!({"h": s(""), "r": n(1)});
    let update = json!({"TableName": "tab", "Key": key, "UpdateExpression": "SET x = :x",
        "ExpressionAttributeValues": {":x": s("x")}});
    let check =
        json!({"TableName": "tab", "Key": key, "ConditionExpression": "attribute_exists(h)"});
    let wrong = json!({"Put": {"TableName": "tab", "Item": {"h": n(1), "r": n(1)}}});
    for part in [
        json!({"Put": {"TableName": "tab", "Item": key}}),
        json!({"Delete": {"TableName": "tab", "Key": key}}),
        json!({"Update": update}),
        json!({"ConditionCheck": check}),
    ] {
        // Before what a part alone is cancelled for.
        let body = json!({"TransactItems": [wrong, part]});
        invalid(&app, "TransactWriteItems", body, empty).await;
    }
    let get = json!({"Get": {"TableName": "tab", "Key": key}});
    let body = json!({"TransactItems": [get]});
    invalid(&app, "TransactGetItems", body, empty).await;
    // Of several indexes, the first by name.
    let entry = "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-status, IndexKey: status";
    let put = json!({"TableName": "tab", "Item": {"h": s("a"), "r": n(1), "status": s("")}});
    invalid(&app, "PutItem", put.clone(), entry).await;
    let body = json!({"TransactItems": [{"Put": put}]});
    invalid(&app, "TransactWriteItems", body, entry).await;
    let update = |value: Value| {
        json!({"TableName": "tab", "Key": {"h": s("a"), "r": n(1)},
            "UpdateExpression": "SET #s = :s", "ExpressionAttributeNames": {"#s": "status"},
            "ExpressionAttributeValues": {":s": value}})
    };
    let updated = "One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.";
    invalid(&app, "UpdateItem", update(s("")), updated).await;
    let body = json!({"TransactItems": [{"Update": update(s(""))}]});
    invalid(&app, "TransactWriteItems", body, updated).await;
    let kind = "One or more parameter values were invalid: Type mismatch for Index Key status Expected: S Actual: N IndexName: by-status";
    invalid(&app, "UpdateItem", update(n(1)), kind).await;
    let body = json!({"TransactItems": [{"Update": update(n(1))}]});
    let answer = call(&app, "TransactWriteItems", body).await;
    assert_eq!(answer.body["CancellationReasons"][0]["Message"], kind);
    answer.refused("TransactionCanceledException");
}

#[tokio::test]
async fn an_update_alone_counts_its_clauses() {
    let app = TestApp::new().await;
    table(&app).await;
    // The key has 6 bytes, less than a clause counts for.
    let update = |bytes: usize| {
        json!({"TableName": "tab", "Key": {"h": s("a"), "r": n(1)}, "UpdateExpression": "SET x = :x",
            "ExpressionAttributeValues": {":x": s(&"x".repeat(bytes))}})
    };
    let most = 400 * 1024 - 22 - 1;
    ok(&app, "UpdateItem", update(most)).await;
    let message = "Item size to update has exceeded the maximum allowed size";
    invalid(&app, "UpdateItem", update(most + 1), message).await;
    let body = json!({"TransactItems": [{"Update": update(most + 1)}]});
    ok(&app, "TransactWriteItems", body).await;
}

/// Developer guide: multi-attribute keys of global secondary indexes.
#[tokio::test]
async fn indexes_may_have_keys_of_several_attributes() {
    let app = TestApp::new().await;
    let names = ["k", "h1", "h2", "r1", "r2", "r3"];
    let element = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
    let kind = |name: &str| if name == "r2" { "N" } else { "S" };
    let attributes: Vec<Value> = names
        .iter()
        .map(|name| json!({"AttributeName": name, "AttributeType": kind(name)}))
        .collect();
    let keys = json!([
        element("h1", "HASH"),
        element("h2", "HASH"),
        element("r1", "RANGE"),
        element("r2", "RANGE"),
        element("r3", "RANGE"),
    ]);
    let create = |name: &str, keys: &Value| {
        json!({
            "TableName": name, "BillingMode": "PAY_PER_REQUEST", "AttributeDefinitions": attributes,
            "KeySchema": [element("k", "HASH")],
            "GlobalSecondaryIndexes": [
                {"IndexName": "several", "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}],
        })
    };
    ok(&app, "CreateTable", create("several", &keys)).await;
    let described = ok(&app, "DescribeTable", json!({"TableName": "several"})).await;
    assert_eq!(
        described["Table"]["GlobalSecondaryIndexes"][0]["KeySchema"],
        keys
    );
    for (k, r1, r2, r3) in [
        ("1", "a", Some(10), "x"),
        ("2", "a", Some(9), "y"),
        ("3", "a", Some(9), "x"),
        ("4", "ab", Some(-1), "x"),
        ("5", "A", Some(100), "x"),
        ("6", "a", None, "x"),
    ] {
        let mut item = json!({"k": s(k), "h1": s("h"), "h2": s("i"), "r1": s(r1), "r3": s(r3)});
        if let Some(number) = r2 {
            item["r2"] = n(number);
        }
        ok(
            &app,
            "PutItem",
            json!({"TableName": "several", "Item": item}),
        )
        .await;
    }
    let other =
        json!({"k": s("7"), "h1": s("hi"), "h2": s(""), "r1": s("a"), "r2": n(1), "r3": s("x")});
    let empty = call(
        &app,
        "PutItem",
        json!({"TableName": "several", "Item": other}),
    )
    .await;
    assert!(empty.refused(INVALID).contains("IndexKey: h2"));
    let asked = |condition: &str| {
        let all = json!({":h": s("h"), ":i": s("i"), ":a": s("a"), ":n": n(9), ":m": n(10), ":x": s("x")});
        let used: serde_json::Map<String, Value> = all
            .as_object()
            .expect("an object")
            .iter()
            .filter(|(name, _)| condition.contains(name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        json!({
            "TableName": "several", "IndexName": "several", "KeyConditionExpression": condition,
            "ExpressionAttributeValues": used,
        })
    };
    let keys_of = |page: &Value| -> String {
        let items = page["Items"].as_array().expect("items");
        items
            .iter()
            .filter_map(|item| item["k"]["S"].as_str())
            .collect()
    };
    for (condition, expected) in [
        ("h1 = :h AND h2 = :i", "53214"),
        ("r1 = :a AND h2 = :i AND h1 = :h", "321"),
        ("h1 = :h AND h2 = :i AND begins_with(r1, :a)", "3214"),
        ("h1 = :h AND h2 = :i AND r1 > :a", "4"),
        ("h1 = :h AND h2 = :i AND r1 = :a AND r2 = :n", "32"),
        (
            "h1 = :h AND h2 = :i AND r1 = :a AND r2 BETWEEN :n AND :m",
            "321",
        ),
        ("h1 = :h AND h2 = :i AND r1 = :a AND r2 > :n", "1"),
        (
            "h1 = :h AND h2 = :i AND r1 = :a AND r2 = :n AND r3 <= :x",
            "3",
        ),
    ] {
        let page = ok(&app, "Query", asked(condition)).await;
        assert_eq!(keys_of(&page), expected, "{condition}");
    }
    let mut pages = asked("h1 = :h AND h2 = :i AND r1 = :a");
    (pages["Limit"], pages["ScanIndexForward"]) = (json!(2), json!(false));
    let page = ok(&app, "Query", pages.clone()).await;
    assert_eq!(keys_of(&page), "12");
    pages["ExclusiveStartKey"] = page["LastEvaluatedKey"].clone();
    assert_eq!(
        pages["ExclusiveStartKey"]
            .as_object()
            .map(serde_json::Map::len),
        Some(6)
    );
    assert_eq!(keys_of(&ok(&app, "Query", pages).await), "3");
    let must = |names: &str, present: &str| {
        format!(
            "RANGE key attributes {names} must have equality conditions specified in the query because a condition is present on key attribute {present}"
        )
    };
    for (condition, expected) in [
        (
            "h1 = :h",
            "Query condition missed key schema element: h2".to_owned(),
        ),
        ("h1 = :h AND h2 = :i AND r2 = :n", must("r1", "r2")),
        (
            "h1 = :h AND h2 = :i AND r1 > :a AND r2 = :n",
            must("r1", "r2"),
        ),
        ("h1 = :h AND h2 = :i AND r3 = :x", must("r1, r2", "r3")),
    ] {
        invalid(&app, "Query", asked(condition), &expected).await;
    }
    let statement = "SELECT k FROM several.several WHERE h1 = 'h' AND h2 = 'i' AND r2 = 9";
    let found = ok(&app, "ExecuteStatement", json!({"Statement": statement})).await;
    assert_eq!(keys_of(&found), "32");
    for keys in [
        json!([
            element("h1", "HASH"),
            element("r1", "RANGE"),
            element("h2", "HASH")
        ]),
        json!([element("h1", "HASH"), element("h1", "HASH")]),
        json!([
            element("k", "HASH"),
            element("h1", "HASH"),
            element("h2", "HASH"),
            element("r1", "HASH"),
            element("r2", "HASH")
        ]),
        json!([element("h1", "HASH"), element("absent", "HASH")]),
    ] {
        call(&app, "CreateTable", create("refused", &keys))
            .await
            .refused(INVALID);
    }
}

#[tokio::test]
async fn classes_tell_when_they_were_changed() {
    let app = TestApp::new().await;
    table(&app).await;
    let class = async |class: &str| {
        let change = json!({"TableName": "tab", "TableClass": class});
        ok(&app, "UpdateTable", change).await["TableDescription"]["TableClassSummary"].clone()
    };
    let described = ok(&app, "DescribeTable", json!({"TableName": "tab"})).await;
    assert!(described["Table"].get("TableClassSummary").is_none());
    let changed = json!({"TableClass": "STANDARD_INFREQUENT_ACCESS", "LastUpdateDateTime": NOW.0 as f64 / 1000.0});
    assert_eq!(class("STANDARD_INFREQUENT_ACCESS").await, changed);
    let protect = json!({"TableName": "tab", "DeletionProtectionEnabled": true});
    let protected = ok(&app, "UpdateTable", protect).await;
    assert_eq!(
        protected["TableDescription"]["DeletionProtectionEnabled"],
        true
    );
}

#[tokio::test]
async fn throughput_tells_when_it_was_changed() {
    let app = TestApp::new().await;
    table(&app).await;
    let units =
        |read: i64, write: i64| json!({"ReadCapacityUnits": read, "WriteCapacityUnits": write});
    let shown = |answer: &Value| answer["TableDescription"]["ProvisionedThroughput"].clone();
    let now = NOW.0 as f64 / 1000.0;
    for (change, raised, lowered, decreases) in [
        (json!({"BillingMode": "PAY_PER_REQUEST"}), None, None, 0),
        (
            json!({"BillingMode": "PROVISIONED", "ProvisionedThroughput": units(4, 4)}),
            Some(now),
            None,
            0,
        ),
        (
            json!({"ProvisionedThroughput": units(3, 4)}),
            Some(now),
            Some(now),
            1,
        ),
        (
            json!({"ProvisionedThroughput": units(3, 2)}),
            Some(now),
            Some(now),
            2,
        ),
    ] {
        let mut asked = change.clone();
        asked["TableName"] = json!("tab");
        let told = shown(&ok(&app, "UpdateTable", asked).await);
        let at = |name: &str| told.get(name).and_then(Value::as_f64);
        assert_eq!(
            (
                at("LastIncreaseDateTime"),
                at("LastDecreaseDateTime"),
                told["NumberOfDecreasesToday"].as_i64()
            ),
            (raised, lowered, Some(decreases)),
            "{change}"
        );
    }
}

#[tokio::test]
async fn what_items_expire_by_rests_once_it_was_set() {
    let app = TestApp::with(|settings| settings.quotas = Quotas::Aws).await;
    table(&app).await;
    let set = |on: bool| json!({"TableName": "tab", "TimeToLiveSpecification": {"Enabled": on, "AttributeName": "until"}});
    ok(&app, "UpdateTimeToLive", set(true)).await;
    invalid(
        &app,
        "UpdateTimeToLive",
        set(false),
        "Time to live has been modified multiple times within a fixed interval",
    )
    .await;
}
