use serde_json::json;

use super::*;
use crate::model::{Service, operation};

#[track_caller]
fn check_input(service: Service, name: &str, members: Value, expected: &str) {
    let operation = operation(service, name).expect("the table has it");
    let Value::Object(members) = members else {
        panic!("an input is an object")
    };
    let input = Input {
        members,
        payload: None,
    };
    let found = match validate(operation, &input) {
        Ok(()) => "valid".to_owned(),
        Err(failure) => {
            let error = failure.api_error(operation);
            assert_eq!(error.status, 400);
            format!("{}: {}", error.code, error.message)
        }
    };
    assert_eq!(found, expected);
}

#[test]
fn names_of_tables_are_looked_at_first() {
    let check = |name: &str, input: Value, expected: Option<&str>| {
        let operation = crate::model::operation(crate::model::Service::DynamoDb, name);
        let operation = operation.expect("an operation");
        let input = Input::from_json(operation, input.to_string().as_bytes()).expect("read");
        let found = validate(operation, &input).err().map(|why| why.to_string());
        assert_eq!(found.as_deref(), expected, "{name} {input:?}");
    };
    let required = Some("The parameter 'TableName' is required but was not present in the request");
    let short =
        Some("TableName must be at least 3 characters long and at most 255 characters long");
    check("DescribeTable", serde_json::json!({}), required);
    check(
        "CreateTable",
        serde_json::json!({"TableName": "ab"}),
        Some(
            "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
        ),
    );
    check(
        "CreateTable",
        serde_json::json!({"TableName": "abc;"}),
        Some(
            "3 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy constraint: Member must not be null; Value null at 'keySchema' failed to satisfy constraint: Member must not be null; Value 'abc;' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
    );
    for name in ["CreateTable", "UpdateTable"] {
        check(
            name,
            serde_json::json!({"TableName": "abc", "TableClass": "standard"}),
            Some(
                "Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].",
            ),
        );
    }
    check(
        "UpdateTable",
        serde_json::json!({"TableName": "abc", "GlobalSecondaryIndexUpdates": [{"Create": {
            "IndexName": "abc",
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "x"},
        }}]}),
        Some(
            "1 validation error detected: Value 'x' at 'globalSecondaryIndexUpdates.1.member.create.projection.projectionType' failed to satisfy constraint: Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]",
        ),
    );
    // Of many violations the first ten are told.
    let null = |at: usize, name: &str| {
        format!(
            "Value null at 'globalSecondaryIndexUpdates.{at}.member.create.{name}' failed to satisfy constraint: Member must not be null"
        )
    };
    let all =
        (1..=4).flat_map(|at| ["indexName", "keySchema", "projection"].map(|name| null(at, name)));
    let told: Vec<String> = all.take(10).collect();
    let told = format!("10 validation errors detected: {}", told.join("; "));
    check(
        "UpdateTable",
        serde_json::json!({"TableName": "abc", "GlobalSecondaryIndexUpdates": vec![serde_json::json!({"Create": {}}); 5]}),
        Some(&told),
    );
    for name in ["BatchGetItem", "BatchWriteItem"] {
        let required = format!("The requestItems parameter is required for {name}");
        check(
            name,
            serde_json::json!({"RequestItems": {}}),
            Some(&required),
        );
    }
    check(
        "BatchGetItem",
        serde_json::json!({"RequestItems": {"t": {"Keys": vec![serde_json::json!({}); 101]}}}),
        Some(
            "1 validation error detected: Value at 'RequestItems.t.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100",
        ),
    );
    check(
        "BatchWriteItem",
        serde_json::json!({"RequestItems": {"t": vec![serde_json::json!({}); 26]}}),
        Some(
            "1 validation error detected: Value '{t=[26 requests]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
        ),
    );
    check(
        "TransactGetItems",
        serde_json::json!({"TransactItems": vec![serde_json::json!({}); 101]}),
        Some(
            "1 validation error detected: Value '[101 items]' at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
        ),
    );
    check("DeleteTable", serde_json::json!({"TableName": "ab"}), short);
    check("DeleteTable", serde_json::json!({"TableName": "abc"}), None);
    check(
        "UpdateTable",
        serde_json::json!({"TableName": "a".repeat(256)}),
        short,
    );
    let order = "1 validation error detected: Value 'x' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]";
    check(
        "PutItem",
        serde_json::json!({"TableName": "t", "Item": {}, "ReturnValues": "x"}),
        Some(order),
    );
    let limit = "failed to satisfy constraint: Member must have value greater than or equal to 1";
    for (name, told) in [
        ("Query", "Value at 'Limit'"),
        ("Scan", "Value '0' at 'limit'"),
    ] {
        let told = format!("1 validation error detected: {told} {limit}");
        let input = serde_json::json!({"TableName": "t", "Limit": 0});
        check(name, input, Some(&told));
    }
    check(
        "UpdateItem",
        serde_json::json!({"TableName": "", "Key": {}, "ReturnValues": "x"}),
        Some(
            "1 validation error detected: Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ),
    );
}

#[test]
fn texts() {
    let check = |name: &str, members: Value, expected: &str| {
        check_input(Service::Iot, name, members, expected);
    };
    check("CreateThing", json!({"thingName": "lamp"}), "valid");
    check(
        "CreateThing",
        json!({}),
        "InvalidRequestException: 1 validation error detected: Value null at 'thingName' failed \
         to satisfy constraint: Member must not be null",
    );
    check(
        "CreateThing",
        json!({"thingName": "device type", "billingGroupName": "b".repeat(129)}),
        &format!(
            "InvalidRequestException: 2 validation errors detected: Value 'device type' at \
             'thingName' failed to satisfy constraint: Member must satisfy regular expression \
             pattern: [a-zA-Z0-9:_-]+; Value '{}' at 'billingGroupName' failed to satisfy \
             constraint: Member must have length less than or equal to 128",
            "b".repeat(129)
        ),
    );
    check(
        "GetTopicRule",
        json!({"ruleName": "t-r"}),
        "InvalidRequestException: 1 validation error detected: Value 't-r' at 'ruleName' failed \
         to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9_]+$",
    );
    check(
        "ListThings",
        json!({"maxResults": 251}),
        "InvalidRequestException: 1 validation error detected: Value '251' at 'maxResults' \
         failed to satisfy constraint: Member must have value less than or equal to 250",
    );
    check(
        "UpdateCertificate",
        json!({"certificateId": "a".repeat(64), "newStatus": "OFF"}),
        "InvalidRequestException: 1 validation error detected: Value 'OFF' at 'newStatus' failed \
         to satisfy constraint: Member must satisfy enum value set: [ACTIVE, INACTIVE, REVOKED, \
         PENDING_TRANSFER, REGISTER_INACTIVE, PENDING_ACTIVATION]",
    );
    check(
        "CreateThing",
        json!({"thingName": "t", "attributePayload": {"attributes": {"device type": "x y"}}}),
        "InvalidRequestException: 2 validation errors detected: Value '{device type=x y}' at \
         'attributePayload.attributes' failed to satisfy constraint: Map keys must satisfy \
         constraint: [Member must have length less than or equal to 128, Member must satisfy \
         regular expression pattern: [a-zA-Z0-9_.,@/:#-]+]; Value '{device type=x y}' at \
         'attributePayload.attributes' failed to satisfy constraint: Map value must satisfy \
         constraint: [Member must have length less than or equal to 800, Member must satisfy \
         regular expression pattern: [a-zA-Z0-9_.,@/:#=\\[\\]-]*]",
    );
    check(
        "CreateThingType",
        json!({"thingTypeName": "t", "thingTypeProperties": {"searchableAttributes": ["ok", "a b"]}}),
        "InvalidRequestException: 1 validation error detected: Value '[ok, a b]' at \
         'thingTypeProperties.searchableAttributes' failed to satisfy constraint: Member must \
         satisfy constraint: [Member must have length less than or equal to 128, Member must \
         satisfy regular expression pattern: [a-zA-Z0-9_.,@/:#-]+]",
    );
    check(
        "TagResource",
        json!({"resourceArn": "arn", "tags": [{"Key": "a", "Value": "b"}, {"Value": "c"}, null]}),
        "InvalidRequestException: 2 validation errors detected: Value null at \
         'tags.2.member.key' failed to satisfy constraint: Member must not be null; Value null \
         at 'tags.3.member' failed to satisfy constraint: Member must not be null",
    );
    // Length counts characters, not bytes.
    check(
        "CreateCertificateFromCsr",
        json!({"certificateSigningRequest": "é".repeat(4096)}),
        "valid",
    );
}

#[test]
fn other_services_call_it_otherwise() {
    check_input(
        Service::Iot,
        "CreatePackage",
        json!({"packageName": "a b"}),
        "ValidationException: 1 validation error detected: Value 'a b' at 'packageName' failed \
         to satisfy constraint: Member must satisfy regular expression pattern: \
         [a-zA-Z0-9-_.]+",
    );
    check_input(
        Service::Iam,
        "GetRole",
        json!({"RoleName": "a b"}),
        "ValidationError: 1 validation error detected: Value 'a b' at 'roleName' failed to \
         satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+",
    );
    check_input(
        Service::Iam,
        "CreateLoginProfile",
        json!({"UserName": "u", "Password": "x".repeat(129)}),
        "ValidationError: 1 validation error detected: Value at 'password' failed to satisfy \
         constraint: Member must have length less than or equal to 128",
    );
}

#[test]
fn long_values_are_cut() {
    let operation = operation(Service::Iot, "CreatePolicy").expect("the table has it");
    let members = json!({"policyName": "x".repeat(100_000), "policyDocument": "{}"});
    let Value::Object(members) = members else {
        panic!("an input is an object")
    };
    let failure = validate(
        operation,
        &Input {
            members,
            payload: None,
        },
    )
    .expect_err("too long");
    assert!(failure.to_string().len() < 1300);
}

#[test]
fn services_word_violations_in_their_own_ways() {
    check_input(
        Service::Logs,
        "GetLogEvents",
        json!({"logStreamName": "s", "logGroupIdentifier": "arn:*"}),
        "InvalidParameterException: 1 validation error detected: Value at 'logGroupIdentifier' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w#+=/:,.@-]*",
    );
    check_input(
        Service::Logs,
        "GetLogEvents",
        json!({"logGroupName": "g", "logStreamName": "s", "limit": 10_001}),
        "InvalidParameterException: 1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
    );
    check_input(
        Service::Logs,
        "DescribeLogStreams",
        json!({"logGroupName": "g", "orderBy": "Size"}),
        "InvalidParameterException: 1 validation error detected: Value 'Size' at 'orderBy' failed to satisfy constraint: Member must satisfy enum value set: [LogStreamName, LastEventTime]",
    );
}

/// As answers of AWS's were recorded by a public suite.
#[test]
fn api_gateway_names_its_bodies_and_has_labels_behind_them() {
    let ops = "Member must satisfy enum value set: [add, remove, move, test, replace, copy]";
    check_input(
        Service::ApiGateway,
        "UpdateMethodResponse",
        json!({"restApiId": "a", "resourceId": "r", "httpMethod": "GET", "statusCode": "wrong",
            "patchOperations": [{"op": "wrong_op", "path": "/x"}]}),
        &format!(
            "ValidationException: 2 validation errors detected: Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: {ops}; Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d"
        ),
    );
    check_input(
        Service::ApiGateway,
        "CreateRestApi",
        json!({"name": "n", "endpointConfiguration": {"types": ["wrong"], "ipAddressType": "wrong"}}),
        "ValidationException: 2 validation errors detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]; Value 'wrong' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy constraint: Member must satisfy enum value set: [ipv4, dualstack]",
    );
}

/// The same of Lambda.
#[test]
fn lambda_says_that_items_must_be_there() {
    let alias = |weights: Value| json!({"FunctionName": "f", "Name": "a", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": weights}});
    let begin = "ValidationException: 1 validation error detected: Value";
    let at = "at 'routingConfig.additionalVersionWeights' failed to satisfy constraint:";
    check_input(
        Service::Lambda,
        "CreateAlias",
        alias(json!({"2": 2.0})),
        &format!(
            "{begin} '{{2=2.0}}' {at} Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]"
        ),
    );
    check_input(
        Service::Lambda,
        "CreateAlias",
        alias(json!({"$LATEST": 0.5})),
        &format!(
            "{begin} '{{$LATEST=0.5}}' {at} Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must not be null]"
        ),
    );
}
