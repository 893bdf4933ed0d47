//! That each row is whole: found by its scopes, its operations in order and of its table, its refusals in its form.

use super::*;
use crate::testing::{NOW, TestApp};
use nameplate_aws::headers::Headers;
use nameplate_aws::model::{model, operation};
use nameplate_aws::sigv4::Signer;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

const TARGET: &str = "x-amz-target";

/// The rows that have a table.
fn tabled() -> impl Iterator<Item = &'static Row> {
    ROWS.iter()
        .copied()
        .filter(|row| row.name() == row.service.scope())
}

#[test]
fn every_table_has_one_row_and_every_row_its_scopes() {
    for service in Service::ALL {
        let rows = tabled().filter(|row| row.service == *service);
        assert_eq!(rows.count(), 1, "{service:?}");
        let row = of_scope(service.scope()).expect("its scope is found");
        assert_eq!(row.service, *service);
    }
    assert!(std::ptr::eq(
        of_scope("iotdevicegateway").expect("another name"),
        of_scope("iotdata").expect("the name"),
    ));
    assert!(std::ptr::eq(
        of_scope("nameplate").expect("the endpoints"),
        &own::ROW
    ));
    assert!(of_scope("ec2").is_none());
}

#[test]
fn operations_are_in_order_and_in_the_table() {
    for row in ROWS {
        assert!(
            row.operations.is_sorted_by_key(|built| built.name),
            "{}",
            row.name()
        );
        for built in row.operations {
            let found = row.built(built.name).expect("what is built is found");
            assert_eq!(found.name, built.name);
        }
        assert!(row.built("Nothing").is_none());
    }
    for row in tabled() {
        for built in row.operations {
            assert!(
                operation(row.service, built.name).is_some(),
                "{} has no {}",
                row.name(),
                built.name
            );
        }
    }
}

/// The first operation that is not built, and a request for it: its line, its `X-Amz-Target` and its body. An operation
/// of S3 needs a query to be told apart.
fn not_built(row: &Row) -> Option<(&'static str, String, String, Value)> {
    let service = row.service;
    let mut missing = model(service)
        .operations
        .iter()
        .filter(|operation| row.built(operation.name).is_none());
    if service.protocol() == Protocol::Query {
        let operation = missing.next()?;
        let version = model(service).api_version;
        let form = format!("Action={}&Version={version}", operation.name);
        return Some((
            operation.name,
            "POST /".to_owned(),
            String::new(),
            Value::String(form),
        ));
    }
    let target = model(service).target;
    if !target.is_empty() {
        let operation = missing.next()?;
        let target = format!("{target}.{}", operation.name);
        return Some((operation.name, "POST /".to_owned(), target, json!({})));
    }
    let operation =
        missing.find(|operation| service != Service::S3 || operation.uri.contains('?'))?;
    let path = operation
        .uri
        .split('/')
        .map(|segment| match segment.split_once('}') {
            Some((label, rest)) if label.starts_with('{') => format!("1{rest}"),
            _ => segment.to_owned(),
        });
    let path = path.collect::<Vec<_>>().join("/");
    Some((
        operation.name,
        format!("{} {path}", operation.method),
        String::new(),
        Value::Null,
    ))
}

#[tokio::test]
async fn what_is_not_built_is_refused_by_name_in_the_form_of_the_service() {
    let test = TestApp::new().await;
    for row in tabled() {
        let Some((name, line, target, body)) = not_built(row) else {
            continue;
        };
        let answer = test
            .call(row.name(), &line, &[(TARGET, &target)], body)
            .await;
        assert_eq!(answer.status, 501, "{line}: {answer:?}");
        let code = answer.error.clone().unwrap_or_default();
        let expected = match row.service.protocol() {
            Protocol::Query | Protocol::RestXml => "NotImplemented",
            _ => "NotImplementedException",
        };
        assert_eq!(code, expected, "{line}");
        let text = format!(
            "does not implement the {} operation {name} yet",
            row.service.scope()
        );
        assert!(answer.body.to_string().contains(&text), "{answer:?}");
    }
}

#[tokio::test]
async fn the_json_protocols_name_their_operation_in_a_header_field() {
    let test = TestApp::new().await;
    let check = async |target: Option<&str>, body: Value, expected: &str| {
        let headers: Vec<_> = target.iter().map(|target| (TARGET, *target)).collect();
        let answer = test.call("logs", "POST /", &headers, body).await;
        let told = format!("{} {}", answer.status, answer.body);
        assert!(told.contains(expected), "{told}");
        let name = answer.error.unwrap_or_default();
        assert!(expected.contains(&name), "{name}");
    };
    let unknown = "400 {\"__type\":\"UnknownOperationException\"";
    check(None, json!({}), unknown).await;
    for target in [
        "",
        "PutLogEvents",
        "Logs_20140328.Nothing",
        "DynamoDB_20120810.GetItem",
    ] {
        check(Some(target), json!({}), unknown).await;
    }
    let target = Some("Logs_20140328.PutLogEvents");
    let wrong = "400 {\"__type\":\"SerializationException\"";
    check(target, json!([]), wrong).await;
    check(target, json!({"logGroupName": 1}), wrong).await;
    check(target, Value::String("{".to_owned()), wrong).await;
}

#[test]
fn a_request_without_a_signature_is_refused_as_its_target_says() {
    let check = |target: &str, expected: &str| {
        let request = Request {
            method: "POST",
            target: "/",
            headers: [(TARGET, target)].into_iter().collect(),
            body: b"{}",
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secure: false,
        };
        assert_eq!(suited(&request).name(), expected, "{target}");
    };
    check("Logs_20140328.PutLogEvents", "logs");
    check("Logs_20140328.Nothing", "logs");
    check(".CreateRole", "iot");
    check("", "iot");
}

#[tokio::test]
async fn whoever_has_no_key_is_refused_in_the_form_of_the_service() {
    let test = TestApp::new().await;
    for row in ROWS {
        let mut key = test.app.iam.root_access_key().clone();
        key.id = "AKIAIOSFODNN7UNKNOWN".to_owned();
        let answer = test
            .call_as(&key, row.name(), "GET /", &[], Value::Null)
            .await;
        let status = match row.service.protocol() {
            Protocol::Json10 | Protocol::Json11 => 400,
            _ => 403,
        };
        assert_eq!(answer.status, status, "{}: {answer:?}", row.name());
        let expected = match row.service.protocol() {
            Protocol::RestXml => "InvalidAccessKeyId",
            Protocol::Query => "InvalidClientTokenId",
            _ => "UnrecognizedClientException",
        };
        assert_eq!(answer.error.as_deref(), Some(expected), "{}", row.name());
    }
}

#[test]
fn a_request_says_whom_it_is_signed_for() {
    let check = |target: &str, headers: &[(&str, &str)], name: Option<&str>| {
        let headers: Headers<'_> = headers.iter().copied().collect();
        let request = Request {
            method: "GET",
            target,
            headers,
            body: b"",
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secure: false,
        };
        let found = signed_for(&request).map(Row::name);
        assert_eq!(found, name, "{target}");
    };
    for row in ROWS {
        for scope in row.scopes {
            let signer = Signer {
                access_key: "AKIAIOSFODNN7UNKNOWN",
                secret: "secret",
                region: "us-east-1",
                service: scope,
            };
            let host = [("host".to_owned(), "localhost".to_owned())];
            let signed = signer.sign("GET", "/", &host, b"", NOW.0);
            let signed: Vec<(&str, &str)> = signed
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            check("/", &signed, Some(row.name()));
        }
        let credential = format!(
            "/?X-Amz-Credential=AK%2F20151229%2Fus-east-1%2F{}",
            row.name()
        );
        check(
            &format!("{credential}%2Faws4_request"),
            &[],
            Some(row.name()),
        );
    }
    check("/b/k?AWSAccessKeyId=AK&Signature=x", &[], Some("s3"));
    check("/b/k", &[("authorization", "AWS AK:signature")], Some("s3"));
    check("/", &[("authorization", "Bearer token")], None);
    check(
        "/b/k?X-Amz-Credential=AK%2F20151229%2Fus-east-1%2Fs3%2Faws4_request",
        &[("authorization", "Bearer token")],
        Some("s3"),
    );
    check("/?X-Amz-Credential=AK", &[], None);
    check("/", &[], None);
}

/// Documents nested far deeper than any is, closed and not.
#[tokio::test]
async fn deep_json_ends_in_an_error_and_nowhere_else() {
    let app = TestApp::new().await;
    let depth = 20_000;
    let closed = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let open = "[".repeat(depth);
    for (service, line, target) in [
        ("iot", "POST /things/deep", ""),
        ("iot", "POST /rules/deep", ""),
        ("iotdata", "POST /things/deep/shadow", ""),
        ("lambda", "POST /2015-03-31/functions", ""),
        ("apigateway", "POST /restapis", ""),
        ("dynamodb", "POST /", "DynamoDB_20120810.PutItem"),
        ("logs", "POST /", "Logs_20140328.CreateLogGroup"),
        ("nameplate", "POST /nameplate/simulate", ""),
    ] {
        for body in [&closed, &open] {
            let headers = [(TARGET, target)];
            let headers = if target.is_empty() { &[][..] } else { &headers };
            let body = Value::String(body.clone());
            let answer = app.call(service, line, headers, body).await;
            assert!(
                (400..500).contains(&answer.status),
                "{service} {line}: {} {}",
                answer.status,
                answer.body
            );
        }
    }
    // A document in a string of a document, as policies and templates come.
    let inside = json!({"policyDocument": closed, "templateBody": closed});
    for line in ["POST /policies/deep", "POST /provisioning-templates"] {
        let answer = app.iot(line, inside.clone()).await;
        assert_eq!(answer.status, 400, "{line}");
    }
    // What is published is nobody's to read, unless a rule wants it.
    let answer = app
        .call("iotdata", "POST /topics/deep", &[], Value::String(closed))
        .await;
    assert_eq!(answer.status, 200);
}
