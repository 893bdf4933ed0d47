//! Policies of tables, and what they decide.

use crate::testing::{Answer, NOW, TestApp};
use nameplate_store::iam::AccessKey;
use serde_json::{Value, json};

const ARN: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/tab";
const USER: &str = "arn:aws:iam::123456789012:user/user";
const INVALID: &str = "ValidationException";
const NONE: &str = "PolicyNotFoundException";

async fn call_as(app: &TestApp, key: &AccessKey, operation: &str, body: Value) -> Answer {
    let target = format!("DynamoDB_20120810.{operation}");
    let headers = [("x-amz-target", target.as_str())];
    app.call_as(key, "dynamodb", "POST /", &headers, body).await
}

async fn call(app: &TestApp, operation: &str, body: Value) -> Answer {
    let target = format!("DynamoDB_20120810.{operation}");
    let headers = [("x-amz-target", target.as_str())];
    app.call("dynamodb", "POST /", &headers, body).await
}

fn policy(statements: Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn statement(effect: &str, principal: Value, actions: Value) -> Value {
    json!({"Effect": effect, "Principal": principal, "Action": actions, "Resource": ARN})
}

async fn table(app: &TestApp, policy: Option<String>) {
    let mut new = json!({
        "TableName": "tab", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "h", "AttributeType": "S"}, {"AttributeName": "c", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}],
        "GlobalSecondaryIndexes": [{"IndexName": "by-c", "Projection": {"ProjectionType": "ALL"},
            "KeySchema": [{"AttributeName": "c", "KeyType": "HASH"}]}],
    });
    if let Some(policy) = policy {
        new["ResourcePolicy"] = json!(policy);
    }
    call(app, "CreateTable", new).await.ok();
}

async fn put(app: &TestApp, statements: Value) -> String {
    let body = json!({"ResourceArn": ARN, "Policy": policy(statements)});
    let answer = call(app, "PutResourcePolicy", body).await.ok();
    answer["RevisionId"].as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn revisions_are_expected_and_only_grow() {
    let app = TestApp::new().await;
    table(&app, None).await;
    let get = json!({"ResourceArn": ARN});
    assert_eq!(
        call(&app, "GetResourcePolicy", get.clone())
            .await
            .refused(NONE),
        format!("Resource-based policy not found for the provided ResourceArn: {ARN}")
    );
    let all = json!([statement(
        "Allow",
        json!({"AWS": "123456789012"}),
        json!("dynamodb:*")
    )]);
    let first = put(&app, all.clone()).await;
    assert_eq!(first, NOW.0.to_string());
    assert_eq!(put(&app, all.clone()).await, first, "nothing has changed");
    let expecting = |expected: &str, actions: &str| {
        let text = policy(json!([statement(
            "Allow",
            json!({"AWS": USER}),
            json!(actions)
        )]));
        json!({"ResourceArn": ARN, "Policy": text, "ExpectedRevisionId": expected})
    };
    let refused = call(&app, "PutResourcePolicy", expecting("NO_POLICY", "*")).await;
    assert_eq!(
        refused.refused(NONE),
        format!(
            "Resource-based policy not found for the provided ResourceArn: Requested policy update expecting none to be \
             present for table tab, but a policy exists with revision id {first}."
        )
    );
    let second = call(&app, "PutResourcePolicy", expecting(&first, "*"))
        .await
        .ok();
    let second = second["RevisionId"].as_str().expect("a text").to_owned();
    assert!(second > first, "the clock stands still, and it grows");
    for operation in ["PutResourcePolicy", "DeleteResourcePolicy"] {
        let refused = call(&app, operation, expecting(&first, "dynamodb:GetItem")).await;
        assert_eq!(
            refused.refused(NONE),
            format!(
                "Resource-based policy not found for the provided ResourceArn: Requested update for policy with revision \
                 id {first}, but the policy associated to target table tab has revision id {second}."
            )
        );
    }
    let app = app.restarted().await;
    let kept = call(&app, "GetResourcePolicy", get.clone()).await.ok();
    assert_eq!(kept["RevisionId"], second.as_str());
    let delete = json!({"ResourceArn": ARN, "ExpectedRevisionId": second});
    let gone = call(&app, "DeleteResourcePolicy", delete.clone())
        .await
        .ok();
    assert_eq!(gone, json!({"RevisionId": second}));
    let again = call(&app, "DeleteResourcePolicy", get.clone()).await.ok();
    assert_eq!(again, json!({}), "there is nothing to delete");
    call(&app, "DeleteResourcePolicy", delete)
        .await
        .refused(NONE);
    put(&app, all).await;
    call(&app, "DeleteTable", json!({"TableName": "tab"}))
        .await
        .ok();
    table(&app, None).await;
    call(&app, "GetResourcePolicy", get).await.refused(NONE);
}

#[tokio::test]
async fn what_is_no_policy_of_the_table_is_refused() {
    let app = TestApp::new().await;
    table(&app, None).await;
    let begin = "One or more parameter values were invalid: ";
    let put = async |arn: &str, statement: Value| {
        let body = json!({"ResourceArn": arn, "Policy": policy(json!([statement]))});
        call(&app, "PutResourcePolicy", body).await
    };
    let user = json!({"AWS": USER});
    let refused = put(
        ARN,
        statement("Allow", user.clone(), json!("dynamodb:ListStreams")),
    )
    .await;
    assert_eq!(
        refused.refused(INVALID),
        format!(
            "{begin}Invalid policy document: The following action names are invalid: \"dynamodb:ListStreams\""
        )
    );
    let anybody = put(
        ARN,
        statement("Allow", json!("*"), json!("dynamodb:GetItem")),
    )
    .await;
    assert!(anybody.refused(INVALID).contains("public access"));
    let read = statement("Allow", user, json!("dynamodb:GetItem"));
    let absent = put(&format!("{ARN}_"), read.clone()).await;
    // The policy is looked at first, and this one is of another table.
    assert!(absent.refused(INVALID).contains("not the table"));
    let index = put(&format!("{ARN}/index/by-c"), read.clone()).await;
    assert!(
        index
            .refused(INVALID)
            .contains("only table or stream is accepted")
    );
    let stream = put(&format!("{ARN}/stream/2026-11-29T00:00:00.000"), read).await;
    stream.refused("NotImplementedException");
    let long = json!({"ResourceArn": ARN, "Policy": format!("{{{}}}", " ".repeat(20 * 1024))});
    call(&app, "PutResourcePolicy", long).await.refused(INVALID);
    let text = policy(json!([statement(
        "Allow",
        json!("*"),
        json!("dynamodb:GetItem")
    )]));
    let new = json!({
        "TableName": "other", "BillingMode": "PAY_PER_REQUEST", "ResourcePolicy": text,
        "AttributeDefinitions": [{"AttributeName": "h", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}],
    });
    call(&app, "CreateTable", new).await.refused(INVALID);
}

/// Developer guide: resource-based policies; IAM user guide: policy evaluation within one account.
#[tokio::test]
async fn either_policy_lets_in_and_either_denies() {
    let app = TestApp::new().await;
    let read = statement(
        "Allow",
        json!({"AWS": USER}),
        json!(["dynamodb:GetItem", "dynamodb:Query"]),
    );
    table(&app, Some(policy(json!([read.clone()])))).await;
    let item = json!({"h": {"S": "mine"}, "c": {"S": "red"}});
    call(&app, "PutItem", json!({"TableName": "tab", "Item": item}))
        .await
        .ok();
    let identity = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": ARN}]});
    let user = app.user_with(&identity).await;
    let may = async |operation: &str, body: Value| {
        let answer = call_as(&app, &user, operation, body).await;
        match answer.status {
            200 => true,
            _ => {
                let why = answer.refused("AccessDeniedException");
                assert!(
                    why.contains("is not authorized to perform: dynamodb:"),
                    "{why}"
                );
                false
            }
        }
    };
    let key = |of: &str| json!({"TableName": "tab", "Key": {"h": {"S": of}}});
    let write = json!({"TableName": "tab", "Item": {"h": {"S": "x"}}});
    let by_index = json!({"TableName": "tab", "IndexName": "by-c", "KeyConditionExpression": "c = :c",
        "ExpressionAttributeValues": {":c": {"S": "red"}}});
    let batch = json!({"RequestItems": {"tab": {"Keys": [{"h": {"S": "mine"}}]}}});
    let statement_of = json!({"Statement": "SELECT * FROM tab WHERE h = 'mine'"});
    assert!(may("GetItem", key("mine")).await, "by the table's");
    assert!(may("PutItem", write.clone()).await, "by the user's own");
    assert!(!may("DeleteItem", key("x")).await, "by neither");
    assert!(
        !may("Query", by_index.clone()).await,
        "indexes are not the table"
    );
    assert!(!may("BatchGetItem", batch.clone()).await);
    assert!(!may("ExecuteStatement", statement_of.clone()).await);
    // Leading keys, the index, and what denies.
    let mut more = statement(
        "Allow",
        json!({"AWS": USER}),
        json!([
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:PartiQLSelect"
        ]),
    );
    more["Condition"] = json!({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["mine"]}});
    let mut index = read.clone();
    index["Resource"] = json!(format!("{ARN}/index/*"));
    let deny = statement("Deny", json!("*"), json!("dynamodb:PutItem"));
    put(&app, json!([more, index, deny])).await;
    assert!(may("GetItem", key("mine")).await);
    assert!(!may("GetItem", key("yours")).await);
    assert!(may("BatchGetItem", batch).await);
    assert!(may("ExecuteStatement", statement_of).await);
    assert!(may("Query", by_index).await);
    assert!(
        !may("PutItem", write.clone()).await,
        "the table's denies what the user's allows"
    );
    let root = call(&app, "PutItem", write.clone()).await;
    assert!(
        root.refused("AccessDeniedException")
            .contains("explicit deny in a resource-based policy")
    );
    // An account that is named leaves it to its users' own policies.
    put(
        &app,
        json!([statement(
            "Allow",
            json!({"AWS": "123456789012"}),
            json!("dynamodb:*")
        )]),
    )
    .await;
    assert!(!may("GetItem", key("mine")).await);
    assert!(may("PutItem", write).await);
}

#[tokio::test]
async fn who_would_shut_themselves_out_confirms_it() {
    let app = TestApp::new().await;
    table(&app, None).await;
    let text = policy(json!([statement("Deny", json!("*"), json!("dynamodb:*"))]));
    let mut body = json!({"ResourceArn": ARN, "Policy": text});
    let refused = call(&app, "PutResourcePolicy", body.clone()).await;
    assert!(
        refused
            .refused(INVALID)
            .contains("ConfirmRemoveSelfResourceAccess")
    );
    body["ConfirmRemoveSelfResourceAccess"] = json!(true);
    call(&app, "PutResourcePolicy", body.clone()).await.ok();
    let get = json!({"ResourceArn": ARN});
    call(&app, "GetResourcePolicy", get.clone())
        .await
        .refused("AccessDeniedException");
    call(&app, "PutResourcePolicy", body)
        .await
        .refused("AccessDeniedException");
    call(&app, "DeleteResourcePolicy", get).await.ok();
}
