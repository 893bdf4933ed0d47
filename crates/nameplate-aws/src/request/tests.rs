use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::{Service, operation};
use crate::route::{Route, route};

/// Routes and reads a request; the input as JSON, or the error's code and text.
fn read(
    service: Service,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Value {
    let (path, query) = uri::split_target(target);
    let Route::Operation { operation, labels } = route(service, method, path, query) else {
        panic!("no operation at {method} {target}");
    };
    let headers = headers.iter().copied().collect();
    match Input::from_rest(operation, &labels, query, &headers, body.as_bytes()) {
        Ok(input) => match input.payload {
            None => Value::Object(input.members),
            Some(payload) => {
                let mut members = input.members;
                members.insert("<payload>".into(), String::from_utf8_lossy(&payload).into());
                Value::Object(members)
            }
        },
        Err(error) => {
            let error = error.api_error(operation);
            format!("{} {}: {}", error.status, error.code, error.message).into()
        }
    }
}

#[test]
fn what_no_member_claims_of_a_query_is_a_map() {
    let check = |target: &str, expected: Value| {
        assert_eq!(
            read(Service::ApiGateway, "POST", target, &[], "x"),
            expected,
            "{target}"
        );
    };
    let import = "/restapis?mode=import";
    check(import, json!({"<payload>": "x"}));
    check(
        &format!(
            "{import}&failonwarnings=true&basepath=a%2Fb&ignore=documentation&basepath=c&X-Amz-Date=1"
        ),
        json!({"failOnWarnings": true, "parameters": {"basepath": "a/b", "ignore": "documentation"}, "<payload>": "x"}),
    );
}

#[test]
fn members_come_from_everywhere() {
    let check = |method: &str, target: &str, body: &str, expected: Value| {
        assert_eq!(
            read(Service::Iot, method, target, &[], body),
            expected,
            "{method} {target}"
        );
    };
    check(
        "POST",
        "/things/a%3Ab",
        r#"{"attributePayload": {"attributes": {"a": "1", "b": null}, "x": 1}, "thingTypeName": null}"#,
        json!({"thingName": "a:b", "attributePayload": {"attributes": {"a": "1"}}}),
    );
    check("POST", "/things/t", "", json!({"thingName": "t"}));
    check("POST", "/things/t", "null", json!({"thingName": "t"}));
    check(
        "GET",
        "/things?maxResults=10&usePrefixAttributeValue=true&nextToken=a%2Bb+c",
        "",
        json!({"maxResults": 10, "usePrefixAttributeValue": true, "nextToken": "a+b+c"}),
    );
    // Renamed on the wire.
    check(
        "GET",
        "/policies?isAscendingOrder=true&pageSize=5",
        "",
        json!({"ascendingOrder": true, "pageSize": 5}),
    );
    check(
        "GET",
        "/cacertificate/abc",
        "",
        json!({"certificateId": "abc"}),
    );
    // No member in the body: whatever comes is not looked at.
    check(
        "POST",
        "/keys-and-certificate?setAsActive=true",
        "nonsense",
        json!({"setAsActive": true}),
    );
    // One member is the body.
    check(
        "POST",
        "/rules/r",
        r#"{"sql": "SELECT", "actions": [], "ruleDisabled": false, "other": 1}"#,
        json!({
            "ruleName": "r",
            "topicRulePayload": {"sql": "SELECT", "actions": [], "ruleDisabled": false},
        }),
    );
    check(
        "GET",
        "/audit/tasks?startTime=2026-01-01T00%3A00%3A00Z&endTime=2026-01-01T00%3A00%3A00.5Z",
        "",
        json!({"startTime": 1_767_225_600, "endTime": 1_767_225_600.5}),
    );
}

#[test]
fn headers_and_raw_bodies() {
    assert_eq!(
        read(
            Service::Iot,
            "PUT",
            "/things/t/principals",
            &[("X-Amzn-Principal", "arn:x")],
            ""
        ),
        json!({"thingName": "t", "principal": "arn:x"})
    );
    assert_eq!(
        read(
            Service::IotData,
            "POST",
            "/topics/a/b?qos=1&retain=true",
            &[],
            "\u{0}raw"
        ),
        json!({"topic": "a/b", "qos": 1, "retain": true, "<payload>": "\u{0}raw"})
    );
    assert_eq!(
        read(Service::IotData, "GET", "/things/t/shadow?name=n", &[], ""),
        json!({"thingName": "t", "shadowName": "n"})
    );
    assert_eq!(
        read(
            Service::S3,
            "PUT",
            "/b/a/k",
            &[("x-amz-meta-A", "1"), ("content-length", "4")],
            "data"
        ),
        json!({
            "Bucket": "b", "Key": "a/k", "Metadata": {"a": "1"}, "ContentLength": 4,
            "<payload>": "data",
        })
    );
}

#[test]
fn wrong_types_are_serialization_errors() {
    let check = |target: &str, body: &str, expected: &str| {
        let found = read(Service::Iot, "POST", target, &[], body);
        let found = found.as_str().unwrap_or_default().to_owned();
        assert!(found.contains(expected), "{body} gives {found}");
    };
    check(
        "/things/t",
        "{",
        "400 SerializationException: The body is not valid JSON",
    );
    check(
        "/things/t",
        "[]",
        "SerializationException: 'the body' must be an object, not a list",
    );
    check(
        "/things/t",
        r#"{"attributePayload": {"attributes": {"watt": 75}}}"#,
        "'attributePayload.attributes.watt' must be a string, not a number",
    );
    check(
        "/things/t",
        r#"{"attributePayload": {"merge": "true"}}"#,
        "'attributePayload.merge' must be a boolean, not a string",
    );
    check(
        "/role-aliases/r",
        r#"{"roleArn": "x", "credentialDurationSeconds": 3600.5}"#,
        "'credentialDurationSeconds' must be a whole number of 32 bits",
    );
    check("/things/t", &"[".repeat(100_000), "SerializationException");
    check(
        "/certificates?setAsActive=yes",
        "{}",
        "400 InvalidRequestException: The request is not valid.",
    );
}

#[test]
fn structures_have_the_members_of_the_table_in_its_order() {
    let put = operation(Service::DynamoDb, "PutItem").expect("the table has it");
    let read = |value: &str| {
        let body = format!(r#"{{"Item": {{"a": {value}}}}}"#);
        match Input::from_json(put, body.as_bytes()) {
            Ok(input) => input.members["Item"]["a"].to_string(),
            Err(error) => error.to_string(),
        }
    };
    for (given, expected) in [
        (r#"{"S":"x"}"#, r#"{"S":"x"}"#),
        ("{}", "{}"),
        (r#"{"S":"x","N":"1","L":[]}"#, r#"{"S":"x","N":"1","L":[]}"#),
        (r#"{"L":[],"N":"1","S":"x"}"#, r#"{"S":"x","N":"1","L":[]}"#),
        (r#"{"S":null,"N":"1"}"#, r#"{"N":"1"}"#),
        (r#"{"X":1,"N":"1","s":"x"}"#, r#"{"N":"1"}"#),
        (
            r#"{"M":{"b":null,"c":{"N":"1","S":null,"M":{}}}}"#,
            r#"{"M":{"c":{"N":"1","M":{}}}}"#,
        ),
        (r#"{"L":[null,{"Y":1}]}"#, r#"{"L":[null,{}]}"#),
        // The first of the table's that is wrong is told.
        (
            r#"{"S":1,"N":2}"#,
            "'Item.a.S' must be a string, not a number",
        ),
        (
            r#"{"N":2,"S":1}"#,
            "'Item.a.S' must be a string, not a number",
        ),
        (
            r#"{"M":{"c":{"L":[{"S":"x"},{"BOOL":"no"}]}}}"#,
            "'Item.a.M.c.L[1].BOOL' must be a boolean, not a string",
        ),
    ] {
        assert_eq!(read(given), expected, "{given}");
    }
}

#[test]
fn forms() {
    let check = |name: &str, body: &str, expected: Value| {
        let operation = operation(Service::Iam, name).expect("the table has it");
        let input = Input::from_form(operation, &uri::form_pairs(body));
        let found = input.map_or_else(
            |error| error.to_string().into(),
            |input| Value::Object(input.members),
        );
        assert_eq!(found, expected, "{body}");
    };
    check(
        "CreateRole",
        "Action=CreateRole&Version=2010-05-08&RoleName=r&MaxSessionDuration=3600&Other=1\
         &Description=a+b%2B&Tags.member.2.Key=b&Tags.member.10.Key=c&Tags.member.1.Key=a\
         &Tags.member.1.Value=",
        json!({
            "RoleName": "r", "MaxSessionDuration": 3600, "Description": "a b+",
            "Tags": [{"Key": "a", "Value": ""}, {"Key": "b"}, {"Key": "c"}],
        }),
    );
    check("CreateRole", "Tags=", json!({"Tags": []}));
    check(
        "CreateRole",
        "MaxSessionDuration=x",
        json!("'MaxSessionDuration' must be a whole number"),
    );
    check(
        "SimulatePrincipalPolicy",
        "ActionNames.member.1=iot%3AConnect&ContextEntries.member.1.ContextKeyValues.member.1=x",
        json!({
            "ActionNames": ["iot:Connect"],
            "ContextEntries": [{"ContextKeyValues": ["x"]}],
        }),
    );
}

#[test]
fn bodies_of_the_json_protocols() {
    let check = |name: &str, body: &str, expected: Value| {
        let operation = operation(Service::Logs, name).expect("the table has it");
        let found = match Input::from_json(operation, body.as_bytes()) {
            Ok(input) => Value::Object(input.members),
            Err(error) => {
                let error = error.api_error(operation);
                format!("{} {}: {}", error.status, error.code, error.message).into()
            }
        };
        assert_eq!(found, expected, "{body}");
    };
    let put = "PutLogEvents";
    check(
        put,
        r#"{"logGroupName": "g", "logEvents": [{"timestamp": 1.0, "message": "m", "x": 1}], "y": null}"#,
        json!({"logGroupName": "g", "logEvents": [{"timestamp": 1, "message": "m"}]}),
    );
    for empty in ["", " \n", "{}", "null"] {
        check(put, empty, json!({}));
    }
    check(
        put,
        r#"{"logGroupName": 1}"#,
        json!("400 SerializationException: 'logGroupName' must be a string, not a number"),
    );
    check(
        put,
        "[]",
        json!("400 SerializationException: 'the body' must be an object, not a list"),
    );
    // DynamoDB says it in words of its own.
    let put = operation(Service::DynamoDb, "PutItem").expect("the table has it");
    for (body, expected) in [
        (
            r#"{"TableName": 1}"#,
            "NUMBER_VALUE cannot be converted to String",
        ),
        (
            r#"{"TableName": 1.5}"#,
            "DECIMAL_VALUE cannot be converted to String",
        ),
        (
            r#"{"TableName": true}"#,
            "TRUE_VALUE cannot be converted to String",
        ),
        (
            r#"{"TableName": []}"#,
            "Unrecognized collection type class java.lang.String",
        ),
        (
            r#"{"TableName": {}}"#,
            "Start of structure or map found where not expected",
        ),
        (
            r#"{"Item": {"k": {"N": 1}}}"#,
            "NUMBER_VALUE cannot be converted to String",
        ),
        (
            r#"{"Item": {"k": {"BOOL": "a"}}}"#,
            "Unexpected token received from parser",
        ),
        (r#"{"Item": {"k": {"L": "a"}}}"#, "Unexpected field type"),
        (r#"{"Item": {"k": 1}}"#, "Unexpected value type in payload"),
        (r#"{"Item": 1}"#, "Unexpected field type"),
        (
            r#"{"Item": []}"#,
            "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>",
        ),
        (
            r#"{"Item": {"k": []}}"#,
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue",
        ),
        (
            r#"{"Item": {"k": {"M": {"l": []}}}}"#,
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue",
        ),
        (
            r#"{"ExpressionAttributeNames": []}"#,
            "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>",
        ),
        (
            r#"{"Expected": {"a": []}}"#,
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.ExpectedAttributeValue",
        ),
        (
            r#"{"Item": {"k": {"B": "abc"}}}"#,
            "Base64 encoded length is expected a multiple of 4 bytes but found: 3",
        ),
        (
            r#"{"Item": {"k": {"B": "===="}}}"#,
            "Invalid last non-pad Base64 character dectected",
        ),
        (
            r#"{"Item": {"k": {"BS": [5]}}}"#,
            "only base-64-encoded strings are convertible to bytes",
        ),
        (
            r#"{"Item": {"k": {"B": []}}}"#,
            "Unrecognized collection type class java.nio.ByteBuffer",
        ),
    ] {
        let error = Input::from_json(put, body.as_bytes()).expect_err("refused");
        let error = error.api_error(put);
        assert_eq!(error.code, "SerializationException", "{body}");
        assert_eq!(error.message, expected, "{body}");
    }
    let write = operation(Service::DynamoDb, "BatchWriteItem").expect("the table has it");
    for (body, expected) in [
        (
            r#"{"RequestItems": {"t": 1}}"#,
            "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader 'bootstrap')",
        ),
        (
            r#"{"RequestItems": {"t": [[]]}}"#,
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.WriteRequest",
        ),
        (
            r#"{"RequestItems": {"t": [{"PutRequest": []}]}}"#,
            "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.PutRequest",
        ),
    ] {
        let error = Input::from_json(write, body.as_bytes()).expect_err("refused");
        assert_eq!(error.api_error(write).message, expected, "{body}");
    }
    // An operation without members is asked with an object all the same.
    let without = operation(Service::Logs, "DescribeResourcePolicies").expect("the table has it");
    assert!(Input::from_json(without, b"[]").is_err());
    let cut = Input::from_json(without, br#"{"a": "#).expect_err("it is cut");
    assert!(cut.to_string().starts_with("The body is not valid JSON"));
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "1");
    assert!(Input::from_json(without, deep.as_bytes()).is_err());
}

proptest! {
    #[test]
    fn any_body_has_an_answer(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        query in ".*",
        at in 0..10_000_usize,
    ) {
        for model in crate::model::models() {
            let operation = &model.operations[at % model.operations.len()];
            let headers: Headers = [("x-amzn-principal", body.as_slice())].into_iter().collect();
            let _ = Input::from_rest(operation, &[], &query, &headers, &body);
            let _ = Input::from_json(operation, &body);
            let _ = Input::from_form(operation, &uri::form_pairs(&String::from_utf8_lossy(&body)));
        }
    }

    #[test]
    fn any_form_has_an_answer(name in "(Tags|member|1|\\.|entry|key|=|&|[0-9]+)*") {
        let operation = operation(Service::Iam, "CreateRole").expect("the table has it");
        let _ = Input::from_form(operation, &uri::form_pairs(&name));
    }
}
