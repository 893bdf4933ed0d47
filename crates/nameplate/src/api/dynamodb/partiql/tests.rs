//! Statements through the API.

use crate::testing::{Answer, TestApp};
use serde_json::{Value, json};

async fn call(app: &TestApp, operation: &str, body: Value) -> Answer {
    let target = format!("DynamoDB_20120810.{operation}");
    app.call("dynamodb", "POST /", &[("x-amz-target", &target)], body)
        .await
}

/// What a statement answers: its items.
async fn items(app: &TestApp, statement: &str) -> Value {
    let answer = call(app, "ExecuteStatement", json!({"Statement": statement})).await;
    let mut answer = answer.ok();
    assert!(answer["Items"].is_array(), "{statement}");
    answer["Items"].take()
}

async fn refused(app: &TestApp, statement: &str, code: &str) -> String {
    let answer = call(app, "ExecuteStatement", json!({"Statement": statement})).await;
    answer.refused(code).to_owned()
}

const INVALID: &str = "ValidationException";
const CONDITION: &str = "ConditionalCheckFailedException";

async fn app() -> TestApp {
    let app = TestApp::new().await;
    let key = |name: &str, kind: &str| json!({"AttributeName": name, "KeyType": kind});
    let of = |name: &str| json!({"AttributeName": name, "AttributeType": "S"});
    let table = json!({
        "TableName": "tab", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [of("pk"), of("sk"), of("g")],
        "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
        "GlobalSecondaryIndexes": [{"IndexName": "by-g", "KeySchema": [key("g", "HASH")],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["p"]}}],
    });
    call(&app, "CreateTable", table).await.ok();
    for (pk, sk) in [("a", "1"), ("a", "2"), ("a", "3"), ("b", "1")] {
        let insert = format!(
            "INSERT INTO \"tab\" VALUE {{'pk': '{pk}', 'sk': '{sk}', 'g': 'x', 'm': {{'k': ['{sk}']}}, 'n': {sk}}}"
        );
        assert_eq!(items(&app, &insert).await, json!([]));
    }
    app
}

#[tokio::test]
async fn items_are_selected_by_key_by_index_and_by_looking_at_all() {
    let app = app().await;
    let sorts = async |statement: &str| -> Vec<String> {
        let found = items(&app, statement).await;
        let found = found.as_array().into_iter().flatten();
        let mut all: Vec<String> = found
            .map(|item| item["sk"]["S"].as_str().unwrap_or_default().to_owned())
            .collect();
        if !statement.contains("ORDER") {
            all.sort();
        }
        all
    };
    assert_eq!(
        sorts("SELECT sk FROM tab WHERE pk = 'a'").await,
        ["1", "2", "3"]
    );
    assert_eq!(
        sorts("SELECT sk FROM tab WHERE pk = 'a' ORDER BY sk DESC").await,
        ["3", "2", "1"]
    );
    assert_eq!(
        sorts("SELECT sk FROM tab WHERE pk = 'a' AND sk IN ['1', '3']").await,
        ["1", "3"]
    );
    assert_eq!(
        sorts("SELECT sk FROM tab WHERE pk = 'a' AND sk <> '1' AND n < 3").await,
        ["2"]
    );
    assert_eq!(
        sorts("SELECT sk FROM tab WHERE pk IN ['a', 'b'] AND n = 1").await,
        ["1", "1"]
    );
    assert_eq!(
        sorts("SELECT sk FROM tab WHERE n BETWEEN 2 AND 3").await,
        ["2", "3"]
    );
    assert_eq!(
        sorts("SELECT sk FROM tab.\"by-g\" WHERE g = 'x' AND pk = 'b'").await,
        ["1"]
    );
    assert_eq!(
        sorts("SELECT sk FROM tab WHERE z IS MISSING AND NOT begins_with(pk, 'a')").await,
        ["1"]
    );
    assert_eq!(
        items(&app, "SELECT m.k[0], n FROM tab WHERE pk = 'b'").await,
        json!([{"k[0]": {"S": "1"}, "n": {"N": "1"}}])
    );
    assert_eq!(
        items(&app, "SELECT z FROM tab WHERE pk = 'b'").await,
        json!([{}])
    );
    assert_eq!(
        items(&app, "SELECT * FROM tab WHERE pk = 'c'").await,
        json!([])
    );
    let lacks = "One or more parameter values were invalid: Global secondary index by-g does not project [n, m]";
    assert_eq!(
        refused(&app, "SELECT n, m FROM tab.\"by-g\"", INVALID).await,
        lacks
    );
    let none = "The table does not have the specified index";
    assert_eq!(
        refused(&app, "SELECT * FROM tab.\"none\"", INVALID).await,
        none
    );
    let absent = refused(&app, "SELECT * FROM none", "ResourceNotFoundException").await;
    assert_eq!(absent, "Requested resource not found");
    let body = json!({"Statement": "SELECT * FROM tab.\"by-g\"", "ConsistentRead": true});
    let answer = call(&app, "ExecuteStatement", body).await;
    let strong = "Strongly consistent read is not supported on Global Secondary Indexes";
    assert_eq!(answer.refused(INVALID), strong);
    let body =
        json!({"Statement": "SELECT * FROM tab WHERE pk = 'a'", "ReturnConsumedCapacity": "TOTAL"});
    let answer = call(&app, "ExecuteStatement", body).await.ok();
    assert_eq!(
        answer["ConsumedCapacity"],
        json!({"TableName": "tab", "CapacityUnits": 0.5})
    );
}

#[tokio::test]
async fn pages_go_on_where_the_last_one_ended() {
    let app = app().await;
    for statement in [
        "SELECT sk FROM tab",
        "SELECT sk FROM tab WHERE pk = 'a' OR pk = 'b'",
        "SELECT sk FROM tab WHERE pk IN ['b', 'a'] AND n > 0",
    ] {
        let mut body = json!({"Statement": statement, "Limit": 1});
        let mut found = 0;
        for _ in 0..10 {
            let page = call(&app, "ExecuteStatement", body.clone()).await.ok();
            found += page["Items"].as_array().map_or(0, Vec::len);
            match page.get("NextToken") {
                Some(token) => body["NextToken"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(found, 4, "{statement}");
        let token = body["NextToken"].clone();
        let other = json!({"Statement": "SELECT pk FROM tab", "NextToken": token});
        let answer = call(&app, "ExecuteStatement", other).await;
        assert_eq!(answer.refused(INVALID), "NextToken does not match request");
    }
    let body = json!({"Statement": "SELECT pk FROM tab", "NextToken": "nonsense!"});
    let answer = call(&app, "ExecuteStatement", body).await;
    assert_eq!(answer.refused(INVALID), "Invalid NextToken");
}

#[tokio::test]
async fn items_are_inserted_updated_and_deleted() {
    let app = app().await;
    let duplicate = "INSERT INTO tab VALUE {'pk': 'a', 'sk': '1'}";
    let why = refused(&app, duplicate, "DuplicateItemException").await;
    assert_eq!(why, "Duplicate primary key exists in table");
    let of = "WHERE pk = 'a' AND sk = '1'";
    for (statement, answer) in [
        (
            "SET n = n - 3, s = <<'x', 'y'>> SET l = [1] {of} RETURNING MODIFIED NEW *",
            json!([{"n": {"N": "-2"}, "s": {"SS": ["x", "y"]}, "l": {"L": [{"N": "1"}]}}]),
        ),
        (
            "SET l = list_append(l, [2]) {of} RETURNING MODIFIED OLD *",
            json!([{"l": {"L": [{"N": "1"}]}}]),
        ),
        (
            "SET s = set_add(s, <<'z'>>) REMOVE m.k[0] {of} AND n = -2",
            json!([]),
        ),
        (
            "SET s = set_delete(s, <<'x', 'y'>>) {of} RETURNING MODIFIED NEW *",
            json!([{"s": {"SS": ["z"]}}]),
        ),
        ("REMOVE m {of} RETURNING MODIFIED NEW *", json!([])),
        ("SET l[7] = 3 {of} RETURNING MODIFIED NEW *", json!([])),
        (
            "SET l[2] = 4 {of} RETURNING MODIFIED NEW *",
            json!([{"l": {"L": [{"N": "4"}]}}]),
        ),
        (
            "REMOVE g {of} RETURNING ALL NEW *",
            json!([{"pk": {"S": "a"}, "sk": {"S": "1"}, "n": {"N": "-2"},
            "s": {"SS": ["z"]}, "l": {"L": [{"N": "1"}, {"N": "2"}, {"N": "4"}]}}]),
        ),
    ] {
        let statement = format!("UPDATE tab {}", statement.replace("{of}", of));
        assert_eq!(items(&app, &statement).await, answer, "{statement}");
    }
    let failed = "The conditional request failed";
    let none = "UPDATE tab SET x = 1 WHERE pk = 'none' AND sk = '1'";
    assert_eq!(refused(&app, none, CONDITION).await, failed);
    let other = format!("DELETE FROM tab {of} AND n = 1");
    assert_eq!(refused(&app, &other, CONDITION).await, failed);
    assert_eq!(
        items(
            &app,
            "DELETE FROM tab WHERE pk = 'none' AND sk = '1' AND n = 1"
        )
        .await,
        json!([])
    );
    let path = "The document path provided in the update expression is invalid for update";
    let deep = format!("UPDATE tab SET none[0] = 1 {of}");
    assert_eq!(refused(&app, &deep, INVALID).await, path);
    let key = format!("UPDATE tab SET pk = 'b' {of}");
    let part = "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key";
    assert_eq!(refused(&app, &key, INVALID).await, part);
    let gone = items(&app, &format!("DELETE FROM tab {of} RETURNING ALL OLD *")).await;
    assert_eq!(gone[0]["n"], json!({"N": "-2"}));
    let body = json!({"Statement": "UPDATE tab SET x = 1 WHERE pk = ? AND sk = ? AND n = 9",
        "Parameters": [{"S": "b"}, {"S": "1"}], "ReturnValuesOnConditionCheckFailure": "ALL_OLD"});
    let answer = call(&app, "ExecuteStatement", body).await;
    assert_eq!(answer.body["Item"]["n"], json!({"N": "1"}));
    answer.refused(CONDITION);
}

#[tokio::test]
async fn statements_of_a_batch_fail_one_by_one() {
    let app = app().await;
    let batch = async |statements: &[&str]| -> Vec<Value> {
        let all: Vec<Value> = statements
            .iter()
            .map(|one| json!({"Statement": one}))
            .collect();
        let answer = call(&app, "BatchExecuteStatement", json!({"Statements": all})).await;
        let responses = answer.ok()["Responses"].take();
        responses.as_array().cloned().unwrap_or_default()
    };
    let key = "Select statements within BatchExecuteStatement must specify the primary key in the where clause.";
    let invalid = |why: &str| json!({"Code": "ValidationError", "Message": why});
    let found = batch(&[
        "SELECT n FROM tab WHERE pk = 'a' AND sk = '1'",
        "SELECT n FROM tab WHERE pk = 'none' AND sk = '1'",
        "SELECT n FROM tab WHERE pk = 'a'",
        "SELECT n FROM tab.\"by-g\" WHERE g = 'x'",
        "SELECT * FROM none WHERE pk = 'x'",
        "SELECT * FROM tab WHERE",
    ])
    .await;
    assert_eq!(
        found[0],
        json!({"TableName": "tab", "Item": {"n": {"N": "1"}}})
    );
    assert_eq!(found[1], json!({"TableName": "tab"}));
    assert_eq!(found[2], json!({"Error": invalid(key), "TableName": "tab"}));
    assert_eq!(found[3]["Error"], invalid(key));
    let absent = json!({"Code": "ResourceNotFound", "Message": "Requested resource not found"});
    assert_eq!(found[4], json!({"Error": absent}));
    assert_eq!(found[5]["Error"]["Code"], "ValidationError");
    let found = batch(&[
        "INSERT INTO tab VALUE {'pk': 'c', 'sk': '1'}",
        "INSERT INTO tab VALUE {'pk': 'c', 'sk': '1'}",
        "UPDATE tab SET x = 1 WHERE pk = 'none' AND sk = '1'",
        "DELETE FROM tab WHERE pk = 'c' AND sk = '1' RETURNING ALL OLD *",
    ])
    .await;
    assert_eq!(found[0], json!({"TableName": "tab"}));
    assert_eq!(found[1]["Error"]["Code"], "DuplicateItem");
    assert_eq!(found[2]["Error"]["Code"], "ConditionalCheckFailed");
    assert_eq!(found[3]["Item"]["pk"], json!({"S": "c"}));
}

#[tokio::test]
async fn statements_of_a_transaction_are_carried_out_together_or_not_at_all() {
    let app = app().await;
    let together = async |statements: &[&str]| -> Answer {
        let all: Vec<Value> = statements
            .iter()
            .map(|one| json!({"Statement": one}))
            .collect();
        call(
            &app,
            "ExecuteTransaction",
            json!({"TransactStatements": all}),
        )
        .await
    };
    let read = together(&[
        "SELECT n FROM tab WHERE pk = 'a' AND sk = '1'",
        "SELECT * FROM tab WHERE pk IN ['none'] AND sk = '1'",
    ])
    .await;
    assert_eq!(
        read.ok()["Responses"],
        json!([{"Item": {"n": {"N": "1"}}}, {}])
    );
    let there = "EXISTS(SELECT * FROM tab WHERE pk = 'a' AND sk = '2' AND n = 2)";
    let insert = "INSERT INTO tab VALUE {'pk': 'd', 'sk': '1'}";
    let written = together(&[there, insert]).await.ok();
    assert_eq!(written["Responses"], json!([]));
    let cancelled = together(&[
        there,
        insert,
        "UPDATE tab SET x = 1 WHERE pk = 'none' AND sk = '1'",
    ])
    .await;
    assert_eq!(
        cancelled.refused("TransactionCanceledException"),
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, DuplicateItem, ConditionalCheckFailed]"
    );
    let cancelled = together(&[
        "UPDATE tab SET a = 1 WHERE pk = 'a'",
        "UPDATE none SET a = 1 WHERE pk = 'a' RETURNING ALL NEW *",
        insert,
    ])
    .await;
    let reasons = &cancelled.body["CancellationReasons"];
    assert_eq!(
        reasons[0]["Message"],
        "The provided key element does not match the schema"
    );
    assert_eq!(reasons[1]["Code"], "ResourceNotFound");
    assert_eq!(reasons[2], json!({"Code": "None"}));
    let prefix = "Validation failed in TransactStatements[0]: ";
    for (statement, why) in [
        (
            "SELECT * FROM tab WHERE pk = 'a' AND sk = '1' AND n = 1",
            "Select statements within ExecuteTransaction must specify the primary key in the where clause.",
        ),
        (
            "SELECT * FROM tab.\"by-g\" WHERE g = 'x'",
            "Reads on indices are not supported within transactions.",
        ),
        (
            "UPDATE tab SET a = 1 WHERE pk = 'a' AND sk = '1' RETURNING ALL NEW *",
            "RETURNING clause is not supported in ExecuteTransaction.",
        ),
        (
            "EXISTS(SELECT * FROM tab WHERE pk = 'a' AND sk = '1')",
            "EXISTS() must contain a single item read with additional condition",
        ),
        (
            "SELECT * FROM tab WHERE",
            "Statement wasn't well formed, can't be processed: Unexpected term",
        ),
    ] {
        let answer = together(&[statement]).await;
        assert_eq!(
            answer.refused(INVALID),
            format!("{prefix}{why}"),
            "{statement}"
        );
    }
    let twice = "SELECT * FROM tab WHERE pk = 'a' AND sk = '1'";
    let several = "Transaction request cannot include multiple operations on one item";
    assert_eq!(together(&[twice, twice]).await.refused(INVALID), several);
}

#[tokio::test]
async fn policies_judge_statements_by_what_they_do_and_where() {
    let app = app().await;
    let arn = "arn:aws:dynamodb:us-east-1:123456789012:table/tab";
    let key = app
        .user_with(&json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["dynamodb:PartiQLSelect", "dynamodb:PartiQLUpdate"], "Resource": arn,
             "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["a"]}}},
            {"Effect": "Deny", "Action": "dynamodb:PartiQLSelect", "Resource": arn,
             "Condition": {"Bool": {"dynamodb:FullTableScan": ["true"]}}},
        ]}))
        .await;
    let ask = async |operation: &str, body: Value| -> Answer {
        let target = format!("DynamoDB_20120810.{operation}");
        let headers = [("x-amz-target", target.as_str())];
        app.call_as(&key, "dynamodb", "POST /", &headers, body)
            .await
    };
    let one = |statement: &str| json!({"Statement": statement});
    for (statement, allowed) in [
        ("SELECT * FROM tab WHERE pk = 'a'", true),
        ("SELECT * FROM tab WHERE pk = 'b'", false),
        ("SELECT * FROM tab WHERE pk IN ['a', 'b']", false),
        ("SELECT * FROM tab", false),
        ("SELECT * FROM tab WHERE n = 1", false),
        ("SELECT * FROM tab.\"by-g\" WHERE g = 'a'", false),
        ("UPDATE tab SET n = 5 WHERE pk = 'a' AND sk = '1'", true),
        ("UPDATE tab SET n = 5 WHERE pk = 'b' AND sk = '1'", false),
        ("INSERT INTO tab VALUE {'pk': 'a', 'sk': '9'}", false),
        ("DELETE FROM tab WHERE pk = 'a' AND sk = '1'", false),
    ] {
        let answer = ask("ExecuteStatement", one(statement)).await;
        match allowed {
            true => assert_eq!(answer.status, 200, "{statement}"),
            false => drop(answer.refused("AccessDeniedException")),
        }
        let body = json!({"Statements": [one(statement)]});
        let answer = ask("BatchExecuteStatement", body).await;
        assert_eq!(answer.status == 200, allowed, "{statement}");
        let body = json!({"TransactStatements": [one(statement)]});
        let answer = ask("ExecuteTransaction", body).await;
        let denied = answer.body["__type"].as_str().unwrap_or_default();
        assert_eq!(
            denied.ends_with("AccessDeniedException"),
            !allowed,
            "{statement}"
        );
    }
}
