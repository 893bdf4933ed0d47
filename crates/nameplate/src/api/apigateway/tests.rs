//! REST APIs as their owners make them, and as anybody calls them once they are deployed.

use crate::api::execute::{Door, answer};
use crate::api::{Content, Request};
use crate::app::functions::Answered;
use crate::testing::{Answer, TestApp};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}"#;

pub(in crate::api) async fn call(test: &TestApp, line: &str, body: Value) -> Answer {
    test.call("apigateway", line, &[], body).await
}

pub(in crate::api) async fn ok(test: &TestApp, line: &str, body: Value) -> Value {
    let answer = call(test, line, body).await;
    assert!((200..300).contains(&answer.status), "{line}: {answer:?}");
    answer.body
}

pub(in crate::api) async fn refused(
    test: &TestApp,
    line: &str,
    body: Value,
    name: &str,
    text: &str,
) {
    let message = call(test, line, body.clone()).await.refused(name);
    assert!(message.contains(text), "{line} {body}: {message}");
}

pub(in crate::api) fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn uri(function: &str) -> String {
    format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:{function}/invocations"
    )
}

/// A function that `answers`, which the API may invoke for any of its methods.
pub(in crate::api) async fn function(
    test: &TestApp,
    name: &str,
    api: &str,
    answers: fn(Value) -> crate::app::Result<Answered>,
) {
    let role = format!(
        "Version=2010-05-08&Action=CreateRole&RoleName={name}&AssumeRolePolicyDocument={TRUST}"
    );
    test.call("iam", "POST /", &[], json!(role)).await.ok();
    let code = {
        use base64::Engine as _;
        // An empty zip.
        let zip = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        base64::engine::general_purpose::STANDARD.encode(zip)
    };
    let created = test.call(
        "lambda",
        "POST /2015-03-31/functions",
        &[],
        json!({
            "FunctionName": name, "Runtime": "python3.12", "Handler": "app.handler",
            "Role": format!("arn:aws:iam::123456789012:role/{name}"), "Code": {"ZipFile": code},
        }),
    );
    assert_eq!(created.await.status, 201);
    let line = format!("POST /2015-03-31/functions/{name}/policy");
    let permitted = test.call("lambda", &line, &[], json!({
        "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
        "SourceArn": format!("arn:aws:execute-api:us-east-1:123456789012:{api}/*"),
    }));
    assert_eq!(permitted.await.status, 201);
    test.app
        .functions
        .pretend(name, std::sync::Arc::new(answers));
}

pub(in crate::api) fn answered(
    payload: &Value,
    error: Option<&'static str>,
) -> crate::app::Result<Answered> {
    Ok(Answered {
        request_id: "r".into(),
        version: "$LATEST".into(),
        payload: payload.to_string().into(),
        function_error: error,
        log_tail: Vec::new(),
    })
}

/// An API with a method at `/{part}`; the ids of the API and of the resource.
async fn api(test: &TestApp, part: &str, method: Value) -> (String, String) {
    let made = ok(test, "POST /restapis", json!({"name": "vend"})).await;
    let (id, root) = (text(&made["id"]), text(&made["rootResourceId"]));
    let line = format!("POST /restapis/{id}/resources/{root}");
    let resource = text(&ok(test, &line, json!({"pathPart": part})).await["id"]);
    let line = format!("PUT /restapis/{id}/resources/{resource}/methods/GET");
    ok(test, &line, method).await;
    (id, resource)
}

async fn integrate(test: &TestApp, api: &str, resource: &str, integration: Value) {
    let line = format!("PUT /restapis/{api}/resources/{resource}/methods/GET/integration");
    ok(test, &line, integration).await;
}

async fn deploy(test: &TestApp, api: &str) -> String {
    let line = format!("POST /restapis/{api}/deployments");
    let body = json!({"stageName": "prod", "variables": {"table": "t1"}});
    text(&ok(test, &line, body).await["id"])
}

/// What anybody gets: status and body.
pub(in crate::api) async fn get(
    test: &TestApp,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (u16, Value) {
    let request = Request {
        method: "GET",
        target,
        headers: headers.iter().copied().collect(),
        body,
        source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        secure: true,
    };
    let door = Door::of(None, target).expect("it leads to an API");
    let response = answer(&test.app, &request, door).await;
    let Content::Bytes(body) = response.body else {
        panic!("not an object of S3")
    };
    let text = String::from_utf8_lossy(&body).into_owned();
    (
        response.status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

pub(in crate::api) fn echo(event: Value) -> crate::app::Result<Answered> {
    match event["queryStringParameters"]["do"].as_str() {
        Some("garbage") => answered(&json!("text"), None),
        Some("fail") => answered(
            &json!({"errorMessage": "no", "errorType": "E"}),
            Some("Unhandled"),
        ),
        _ => answered(
            &json!({"statusCode": 201, "headers": {"x-a": "b"}, "body": event.to_string()}),
            None,
        ),
    }
}

#[tokio::test]
async fn a_proxy_gets_the_event_of_its_api() {
    let test = TestApp::new().await;
    let (id, resource) = api(&test, "{name}", json!({"authorizationType": "NONE"})).await;
    let proxy = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("echo")});
    integrate(&test, &id, &resource, proxy).await;
    let target = format!("/_aws/execute-api/{id}/prod/lamp%201?a=1&a=2&b=c+d");
    let forbidden = (403, json!({"message": "Forbidden"}));
    assert_eq!(get(&test, &target, &[], b"").await, forbidden);
    let deployment = deploy(&test, &id).await;
    // There is no such function yet.
    assert_eq!(get(&test, &target, &[], b"").await.0, 500);
    function(&test, "echo", &id, echo).await;
    let headers = [("host", "localhost"), ("x-b", "1"), ("x-b", "2")];
    let (status, event) = get(&test, &target, &headers, b"").await;
    assert_eq!(status, 201);
    assert_eq!(event["resource"], "/{name}");
    assert_eq!(event["path"], "/lamp%201");
    // As it was sent, and without a version: so REST APIs have it.
    assert_eq!(event["pathParameters"], json!({"name": "lamp%201"}));
    assert_eq!(event.get("version"), None);
    assert_eq!(event["requestContext"]["identity"]["userArn"], Value::Null);
    assert_eq!(event["stageVariables"], json!({"table": "t1"}));
    assert_eq!(
        event["multiValueQueryStringParameters"],
        json!({"a": ["1", "2"], "b": ["c d"]})
    );
    assert_eq!(event["multiValueHeaders"]["X-B"], json!(["1", "2"]));
    assert_eq!(event["requestContext"]["stage"], "prod");
    assert_eq!(event["requestContext"]["apiId"], json!(id));
    assert_eq!(event["requestContext"]["path"], "/prod/lamp%201");
    assert_eq!(event["requestContext"]["deploymentId"], json!(deployment));
    let (_, slashes) = get(&test, &format!("/_aws/execute-api/{id}/prod//x/"), &[], b"").await;
    assert_eq!(slashes["path"], "/x/");
    assert_eq!(slashes["pathParameters"], json!({"name": "x"}));
    assert_eq!(slashes["requestContext"]["path"], "/prod//x/");
    assert_eq!(event["body"], Value::Null);
    for (what, status) in [("garbage", 502), ("fail", 502)] {
        let target = format!("/restapis/{id}/prod/_user_request_/x?do={what}");
        let found = get(&test, &target, &[], b"").await;
        assert_eq!(
            found,
            (status, json!({"message": "Internal server error"})),
            "{what}"
        );
    }
    let none = (403, json!({"message": "Missing Authentication Token"}));
    assert_eq!(
        get(&test, &format!("/_aws/execute-api/{id}/prod/a/b"), &[], b"").await,
        none
    );
    assert_eq!(
        get(&test, &format!("/_aws/execute-api/{id}/none/a"), &[], b"").await,
        forbidden
    );
    assert_eq!(
        get(&test, "/_aws/execute-api/none/prod/a", &[], b"").await,
        forbidden
    );
    // What is in force outlives a restart, and goes with the API.
    let test = test.restarted().await;
    test.app
        .functions
        .pretend("echo", std::sync::Arc::new(echo));
    assert_eq!(get(&test, &target, &[], b"").await.0, 201);
    ok(&test, &format!("DELETE /restapis/{id}"), Value::Null).await;
    assert_eq!(get(&test, &target, &[], b"").await, forbidden);
}

/// A role that API Gateway, or another service, may assume to call a function.
pub(in crate::api) async fn role_to_invoke(
    test: &TestApp,
    name: &str,
    service: &str,
    function: &str,
) -> String {
    let trust = TRUST.replace("lambda.amazonaws.com", service);
    let may = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "lambda:InvokeFunction",
        "Resource": format!("arn:aws:lambda:us-east-1:123456789012:function:{function}")}});
    for form in [
        format!("CreateRole&RoleName={name}&AssumeRolePolicyDocument={trust}"),
        format!("PutRolePolicy&RoleName={name}&PolicyName=p&PolicyDocument={may}"),
    ] {
        let form = json!(format!("Version=2010-05-08&Action={form}"));
        test.call("iam", "POST /", &[], form).await.ok();
    }
    format!("arn:aws:iam::123456789012:role/{name}")
}

#[tokio::test]
async fn a_role_calls_where_no_function_lets_the_gateway() {
    let test = TestApp::new().await;
    let (id, resource) = api(&test, "x", json!({"authorizationType": "NONE"})).await;
    // Its policy lets another API call it, and this one not.
    function(&test, "behind", "other", echo).await;
    let gateway = "apigateway.amazonaws.com";
    let good = role_to_invoke(&test, "good", gateway, "behind").await;
    let elsewhere = role_to_invoke(&test, "elsewhere", gateway, "another").await;
    let distrusted = role_to_invoke(&test, "distrusted", "iot.amazonaws.com", "behind").await;
    let target = format!("/_aws/execute-api/{id}/prod/x");
    let proxy = |role: &str, method: &str| json!({"type": "AWS_PROXY", "httpMethod": method, "uri": uri("behind"), "credentials": role});
    integrate(&test, &id, &resource, proxy(&good, "POST")).await;
    let method = format!("/restapis/{id}/resources/{resource}/methods/GET");
    let kept = ok(&test, &format!("GET {method}/integration"), Value::Null).await;
    assert_eq!(kept["credentials"], json!(good));
    deploy(&test, &id).await;
    assert_eq!(get(&test, &target, &[], b"").await.0, 201);
    let broken = (500, json!({"message": "Internal server error"}));
    for role in [&elsewhere, &distrusted, &good.replace("good", "none")] {
        let change = patch(&[("replace", "/credentials", role.as_str())]);
        ok(&test, &format!("PATCH {method}/integration"), change).await;
        deploy(&test, &id).await;
        assert_eq!(get(&test, &target, &[], b"").await, broken, "{role}");
    }
    // Lambda takes no other method.
    integrate(&test, &id, &resource, proxy(&good, "GET")).await;
    deploy(&test, &id).await;
    assert_eq!(get(&test, &target, &[], b"").await, broken);
    // An authorizer, too, and only who may hand the role over sets it.
    let authorizer = json!({"name": "a", "type": "TOKEN", "authorizerUri": uri("behind"),
        "authorizerCredentials": good, "identitySource": "method.request.header.A"});
    let line = format!("POST /restapis/{id}/authorizers");
    let made = ok(&test, &line, authorizer.clone()).await;
    assert_eq!(made["authorizerCredentials"], json!(good));
    let all = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "apigateway:*", "Resource": "*"}});
    let key = test.user_with(&all).await;
    let answer = test
        .call_as(&key, "apigateway", &line, &[], authorizer)
        .await;
    let message = answer.refused("AccessDeniedException");
    assert!(message.contains("iam:PassRole"), "{message}");
}

#[tokio::test]
async fn a_response_of_an_integration_needs_one_of_the_method_only_when_it_answers() {
    let test = TestApp::new().await;
    let (id, resource) = api(&test, "x", json!({"authorizationType": "NONE"})).await;
    let mock =
        json!({"type": "MOCK", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}});
    integrate(&test, &id, &resource, mock).await;
    let method = format!("/restapis/{id}/resources/{resource}/methods/GET");
    let line = format!("PUT {method}/integration/responses/200");
    ok(&test, &line, json!({})).await;
    let target = format!("/_aws/execute-api/{id}/prod/x");
    deploy(&test, &id).await;
    let broken = (500, json!({"message": "Internal server error"}));
    assert_eq!(get(&test, &target, &[], b"").await, broken);
    ok(&test, &format!("PUT {method}/responses/200"), json!({})).await;
    deploy(&test, &id).await;
    assert_eq!(get(&test, &target, &[], b"").await.0, 200);
}

#[tokio::test]
async fn a_mapping_passes_the_body_and_chooses_the_answer() {
    let test = TestApp::new().await;
    let (id, resource) = api(&test, "x", json!({"authorizationType": "NONE"})).await;
    integrate(&test, &id, &resource, json!({
        "type": "AWS", "httpMethod": "POST", "uri": uri("mapped"),
        "requestTemplates": {"application/json": "{\"body\": $input.json('$'), \"q\": \"$input.params('q')\", \"t\": \"${stageVariables.table}\"}"},
    })).await;
    let method = format!("/restapis/{id}/resources/{resource}/methods/GET");
    for (status, pattern) in [("200", ""), ("404", ".*not found.*")] {
        ok(
            &test,
            &format!("PUT {method}/responses/{status}"),
            json!({"responseParameters": {"method.response.header.X-A": true}}),
        )
        .await;
        let mut body = json!({"responseParameters": {"method.response.header.X-A": "'fixed'"}});
        if !pattern.is_empty() {
            body["selectionPattern"] = json!(pattern);
            body["responseTemplates"] =
                json!({"application/json": "{\"why\": $input.json('$.errorMessage')}"});
        }
        ok(
            &test,
            &format!("PUT {method}/integration/responses/{status}"),
            body,
        )
        .await;
    }
    deploy(&test, &id).await;
    function(&test, "mapped", &id, |event| match event["q"] == "lost" {
        true => answered(
            &json!({"errorMessage": "the lamp was not found", "errorType": "E"}),
            Some("Unhandled"),
        ),
        false => answered(&event, None),
    })
    .await;
    let target = format!("/_aws/execute-api/{id}/prod/x");
    let found = get(&test, &format!("{target}?q=1"), &[], br#"{"a": 1}"#).await;
    assert_eq!(found, (200, json!({"body": {"a": 1}, "q": "1", "t": "t1"})));
    let found = get(&test, &format!("{target}?q=lost"), &[], b"").await;
    assert_eq!(found, (404, json!({"why": "the lamp was not found"})));
}

#[tokio::test]
async fn a_mock_answers_by_itself() {
    let test = TestApp::new().await;
    let (id, resource) = api(&test, "x", json!({"authorizationType": "NONE"})).await;
    integrate(
        &test,
        &id,
        &resource,
        json!({"type": "MOCK", "requestTemplates": {"application/json": "{\"statusCode\": 200}"}}),
    )
    .await;
    let method = format!("/restapis/{id}/resources/{resource}/methods/GET");
    ok(&test, &format!("PUT {method}/responses/200"), json!({})).await;
    ok(
        &test,
        &format!("PUT {method}/integration/responses/200"),
        json!({"responseTemplates": {"application/json": "{\"stage\": \"$context.stage\"}"}}),
    )
    .await;
    deploy(&test, &id).await;
    let found = get(&test, &format!("/_aws/execute-api/{id}/prod/x"), &[], b"").await;
    assert_eq!(found, (200, json!({"stage": "prod"})));
}

/// As answers of AWS's were recorded by a public suite.
#[tokio::test]
async fn what_cannot_be_is_said_in_the_services_words() {
    let test = TestApp::new().await;
    let api = ok(&test, "POST /restapis", json!({"name": "n"})).await;
    let (id, root) = (text(&api["id"]), text(&api["rootResourceId"]));
    let of = |rest: &str| {
        rest.replace("API", &format!("/restapis/{id}"))
            .replace("ROOT", &format!("/restapis/{id}/resources/{root}"))
    };
    let model =
        json!({"name": "M", "contentType": "application/json", "schema": "{\"type\": \"object\"}"});
    ok(&test, &of("POST API/models"), model).await;
    let method = json!({"authorizationType": "none", "requestModels": {"application/json": "M"}});
    let made = ok(&test, &of("PUT ROOT/methods/ANY"), method).await;
    assert_eq!(made["authorizationType"], "NONE");
    ok(
        &test,
        &of("PUT ROOT/methods/ANY/integration"),
        json!({"type": "MOCK"}),
    )
    .await;
    ok(&test, &of("PUT ROOT/methods/ANY/responses/200"), json!({})).await;
    let mapped = |name: &str, value: &str| json!({"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "http://example.com", "requestParameters": {name: value}});
    let wrong = "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ";
    let invalid = "BadRequestException";
    let none = "NotFoundException";
    for (line, body, name, why) in [
        (
            "PATCH ROOT",
            patch(&[("replace", "/pathPart", "x")]),
            invalid,
            "Root resource cannot update its pathPart.",
        ),
        (
            "PATCH ROOT",
            patch(&[("replace", "/parentId", "x")]),
            invalid,
            "Root resource cannot update its parentId.",
        ),
        (
            "DELETE API/models/M",
            Value::Null,
            "ConflictException",
            "Cannot delete model 'M', is referenced in method request: //ANY",
        ),
        (
            "POST /restapis/none/authorizers",
            json!({"name": "a", "type": "TOKEN"}),
            "ConflictException",
            "Unable to complete operation due to concurrent modification. Please try again later.",
        ),
        (
            "DELETE ROOT/methods/GET/integration/responses/200",
            Value::Null,
            none,
            "Invalid Integration identifier specified",
        ),
        (
            "PUT ROOT/methods/ANY/integration/responses/200",
            json!({"responseTemplates": {"123": "x"}}),
            invalid,
            "Validation Result: warnings : [], errors : [Invalid content type specified: 123]",
        ),
        (
            "PUT ROOT/methods/ANY/integration/responses/200",
            json!({"responseTemplates": {"a/b": 1}}),
            "SerializationException",
            "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String",
        ),
        (
            "PUT ROOT/methods/ANY/integration",
            mapped("integration.request.path.x", "true"),
            invalid,
            &format!("{wrong}true]"),
        ),
        (
            "PUT ROOT/methods/ANY/integration",
            mapped("path.x", "'a'"),
            invalid,
            &format!("{wrong}path.x]"),
        ),
        (
            "PATCH ROOT/methods/ANY/responses/200",
            patch(&[(
                "replace",
                "/responseParameters/method.response.header.a",
                "true",
            )]),
            none,
            "Invalid parameter name specified",
        ),
        (
            "PATCH ROOT/methods/ANY/responses/200",
            patch(&[("remove", "/responseModels/a~1b", "")]),
            none,
            "Content-Type specified was not found",
        ),
        (
            "PATCH ROOT/methods/ANY/responses/200",
            patch(&[("replace", "/wrong/a", "true")]),
            invalid,
            "Invalid patch path /wrong/a",
        ),
        (
            "POST /restapis",
            json!({"name": "n", "endpointConfiguration": {"types": []}}),
            invalid,
            "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
        ),
        (
            "POST /restapis",
            json!({"name": "n", "endpointConfiguration": {"types": ["EDGE", "REGIONAL"]}}),
            invalid,
            "Cannot create an api with multiple Endpoint Types.",
        ),
        (
            "POST /restapis",
            json!({"name": "n", "endpointConfiguration": {"types": ["PRIVATE"], "ipAddressType": "ipv4"}}),
            invalid,
            "Only dualstack ipAddressType is supported for Private APIs.",
        ),
        (
            "PATCH API",
            patch(&[("replace", "/endpointConfiguration/ipAddressType", "x")]),
            invalid,
            "ipAddressType must be either ipv4 or dualstack.",
        ),
        (
            "PATCH API",
            patch(&[("replace", "/endpointConfiguration/types/EDGE", "x")]),
            invalid,
            "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
        ),
        (
            "PATCH API",
            patch(&[("test", "/endpointConfiguration/types/0", "x")]),
            invalid,
            "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
        ),
    ] {
        let message = call(&test, &of(line), body).await.refused(name);
        assert_eq!(message, why, "{line}");
    }
    // A template without text is none.
    let empty = json!({"responseTemplates": {"application/json": ""}});
    let kept = ok(
        &test,
        &of("PUT ROOT/methods/ANY/integration/responses/200"),
        empty,
    )
    .await;
    assert_eq!(kept["responseTemplates"], json!({"application/json": null}));
    let http = ok(
        &test,
        &of("PUT ROOT/methods/ANY/integration"),
        mapped("integration.request.header.x", "'a'"),
    )
    .await;
    assert_eq!(http["connectionType"], "INTERNET");
    let plain = ok(
        &test,
        "POST /restapis",
        json!({"name": "n", "endpointConfiguration": {}}),
    )
    .await;
    assert_eq!(
        plain["endpointConfiguration"],
        json!({"types": ["EDGE"], "ipAddressType": "ipv4"})
    );
}

/// Developer guide: API Gateway API key file format.
#[tokio::test]
async fn keys_come_out_of_a_file() {
    let test = TestApp::new().await;
    let plan = ok(&test, "POST /usageplans", json!({"name": "p"})).await;
    let (plan, value) = (text(&plan["id"]), "apikey1234abcdefghij0123456789");
    let import = "POST /apikeys?mode=import&format=csv";
    let file = |text: &str| json!(text);
    let made = ok(
        &test,
        import,
        file(&format!(
            "Name,key,description,Enabled,usageplanIds\nA,{value},first,FALSE,{plan}\nB,short\n"
        )),
    )
    .await;
    assert_eq!(
        made["warnings"],
        json!(["line 3: a key must have between 20 and 128 characters"])
    );
    let id = text(&made["ids"][0]);
    let shown = format!("GET /apikeys/{id}?includeValue=true");
    let key = ok(&test, &shown, Value::Null).await;
    assert_eq!(
        [
            &key["name"],
            &key["value"],
            &key["description"],
            &key["enabled"]
        ],
        [&json!("A"), &json!(value), &json!("first"), &json!(false)]
    );
    let of_plan = format!("GET /usageplans/{plan}/keys");
    let held = ok(&test, &of_plan, Value::Null).await;
    assert_eq!(held["item"][0]["id"], id);
    // The same value is the same key; a plan that there is not is a warning, or the end of it.
    let again = format!("key,name,usageplanIds\n{value},B,\"{plan},none\"\n");
    let warning = json!(["line 2: there is no usage plan none"]);
    let answer = ok(&test, import, file(&again)).await;
    assert_eq!(answer, json!({"ids": [id], "warnings": warning}));
    let key = ok(&test, &shown, Value::Null).await;
    assert_eq!((&key["name"], &key["enabled"]), (&json!("B"), &json!(true)));
    assert_eq!(key.get("description"), None);
    let strict = format!("{import}&failonwarnings=true");
    let third = again.replace(",B,", ",C,");
    let why = "Warnings found during import: line 2: there is no usage plan none";
    refused(&test, &strict, file(&third), "BadRequestException", why).await;
    assert_eq!(ok(&test, &shown, Value::Null).await["name"], "B");
    for (text, why) in [("name\nA\n", "the columns Key and Name"), ("", "no header")] {
        refused(&test, import, file(text), "BadRequestException", why).await;
    }
}

#[tokio::test]
async fn keys_and_plans_let_through_what_they_say() {
    let test = TestApp::new().await;
    let (id, resource) = api(
        &test,
        "x",
        json!({"authorizationType": "NONE", "apiKeyRequired": true}),
    )
    .await;
    integrate(
        &test,
        &id,
        &resource,
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("keyed")}),
    )
    .await;
    deploy(&test, &id).await;
    function(&test, "keyed", &id, echo).await;
    let key = ok(
        &test,
        "POST /apikeys",
        json!({"name": "k", "enabled": true}),
    )
    .await;
    let value = text(&key["value"]);
    let plan = json!({"name": "p", "quota": {"limit": 2, "period": "DAY"}, "apiStages": [{"apiId": id, "stage": "prod"}]});
    let plan = text(&ok(&test, "POST /usageplans", plan).await["id"]);
    let target = format!("/_aws/execute-api/{id}/prod/x");
    let forbidden = (403, json!({"message": "Forbidden"}));
    let with = [("x-api-key", value.as_str())];
    assert_eq!(get(&test, &target, &[], b"").await, forbidden);
    assert_eq!(get(&test, &target, &with, b"").await, forbidden);
    let line = format!("POST /usageplans/{plan}/keys");
    ok(
        &test,
        &line,
        json!({"keyId": key["id"], "keyType": "API_KEY"}),
    )
    .await;
    let (status, event) = get(&test, &target, &with, b"").await;
    assert_eq!(
        (status, &event["requestContext"]["identity"]["apiKeyId"]),
        (201, &key["id"])
    );
    assert_eq!(get(&test, &target, &with, b"").await.0, 201);
    let over = (429, json!({"message": "Limit Exceeded"}));
    assert_eq!(get(&test, &target, &with, b"").await, over);
    let limits = json!({"patchOperations": [
        {"op": "replace", "path": "/quota/limit", "value": "9"},
        {"op": "add", "path": "/throttle/rateLimit", "value": "0"},
        {"op": "add", "path": "/throttle/burstLimit", "value": "0"}]});
    ok(&test, &format!("PATCH /usageplans/{plan}"), limits).await;
    let over = (429, json!({"message": "Too Many Requests"}));
    assert_eq!(get(&test, &target, &with, b"").await, over);
    // As Terraform takes limits off and sets them again.
    let line = format!("PATCH /usageplans/{plan}");
    let off = patch(&[("remove", "/throttle", ""), ("remove", "/quota", "")]);
    let changed = ok(&test, &line, off).await;
    assert_eq!(
        (changed.get("throttle"), changed.get("quota")),
        (None, None)
    );
    assert_eq!(changed["tags"], json!({}));
    let set = patch(&[
        ("add", "/quota/limit", "5000"),
        ("add", "/quota/offset", "0"),
        ("add", "/quota/period", "MONTH"),
    ]);
    let quota = json!({"limit": 5000, "offset": 0, "period": "MONTH"});
    assert_eq!(ok(&test, &line, set).await["quota"], quota);
    // The day on which a period begins.
    for (period, last, rule) in [
        (
            "MONTH",
            27,
            "between zero and 27 inclusive in the MONTH period",
        ),
        (
            "WEEK",
            6,
            "between zero and six inclusive in the WEEK period",
        ),
        ("DAY", 0, "zero in the DAY period"),
    ] {
        let of = |offset: i32| {
            patch(&[
                ("replace", "/quota/period", period),
                ("replace", "/quota/offset", &offset.to_string()),
            ])
        };
        let why = format!("Usage Plan quota offset must be {rule}");
        for wrong in [-1, last + 1] {
            refused(&test, &line, of(wrong), "BadRequestException", &why).await;
        }
        assert_eq!(ok(&test, &line, of(last)).await["quota"]["offset"], last);
    }
    for (stage, name, why) in [
        (
            "x",
            "BadRequestException",
            "Invalid API Stage specified".to_owned(),
        ),
        (
            &format!("{id}:none"),
            "NotFoundException",
            format!("Invalid API Stage {{api: {id}, stage: none}} specified for usageplan {plan}"),
        ),
    ] {
        refused(
            &test,
            &line,
            patch(&[("add", "/apiStages", stage)]),
            name,
            &why,
        )
        .await;
    }
    let off = json!({"patchOperations": [{"op": "replace", "path": "/enabled", "value": "false"}]});
    ok(&test, &format!("PATCH /apikeys/{}", text(&key["id"])), off).await;
    assert_eq!(get(&test, &target, &with, b"").await, forbidden);
    let keys = ok(&test, &format!("GET /usageplans/{plan}/keys"), Value::Null).await;
    assert_eq!(keys["item"][0]["name"], "k");
    let keys = ok(&test, "GET /apikeys", Value::Null).await;
    assert_eq!(keys["item"][0].get("value"), None);
    // A plan goes once it has no stage any more.
    let delete = format!("DELETE /usageplans/{plan}");
    let why = format!(
        "Cannot delete Usage Plan {plan} because there are API Stages associated with it, including {id}:prod"
    );
    let name = "BadRequestException";
    refused(&test, &delete, Value::Null, name, &why).await;
    let off = patch(&[("remove", "/apiStages", &format!("{id}:prod"))]);
    ok(&test, &line, off).await;
    ok(&test, &delete, Value::Null).await;
}

/// As Terraform sets them (slashes as they are) and as the service's own description does (`~1`).
#[tokio::test]
async fn a_plan_limits_single_methods() {
    let test = TestApp::new().await;
    let made = ok(&test, "POST /restapis", json!({"name": "vend"})).await;
    let (id, root) = (text(&made["id"]), text(&made["rootResourceId"]));
    let line = format!("POST /restapis/{id}/resources/{root}");
    let below = text(&ok(&test, &line, json!({"pathPart": "{name}"})).await["id"]);
    for resource in [&root, &below] {
        let line = format!("PUT /restapis/{id}/resources/{resource}/methods/GET");
        let method = json!({"authorizationType": "NONE", "apiKeyRequired": true});
        ok(&test, &line, method).await;
        let proxy = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("keyed")});
        integrate(&test, &id, resource, proxy).await;
    }
    deploy(&test, &id).await;
    function(&test, "keyed", &id, echo).await;
    let key = ok(
        &test,
        "POST /apikeys",
        json!({"name": "k", "enabled": true}),
    )
    .await;
    let throttle = json!({"/{name}/GET": {"rateLimit": 0.0, "burstLimit": 1}});
    let stages = json!([{"apiId": id, "stage": "prod", "throttle": throttle}]);
    let plan = json!({"name": "p", "apiStages": stages});
    let made = ok(&test, "POST /usageplans", plan).await;
    assert_eq!(made["apiStages"], stages);
    let plan = text(&made["id"]);
    let line = format!("POST /usageplans/{plan}/keys");
    let of = json!({"keyId": key["id"], "keyType": "API_KEY"});
    ok(&test, &line, of).await;
    let value = text(&key["value"]);
    let with = [("x-api-key", value.as_str())];
    let status = async |path: &str| {
        let target = format!("/_aws/execute-api/{id}/prod/{path}");
        get(&test, &target, &with, b"").await.0
    };
    // One for the resource, whatever its parameter; others are not limited.
    assert_eq!(status("a").await, 201);
    assert_eq!(status("b").await, 429);
    assert_eq!(status("").await, 201);
    let line = format!("PATCH /usageplans/{plan}");
    let below = format!("/apiStages/{id}:prod/throttle");
    for (method, key) in [("/{name}/GET", "/{name}/GET"), ("~1/GET", "//GET")] {
        let changed = patch(&[
            ("replace", &format!("{below}/{method}/rateLimit"), "0"),
            ("replace", &format!("{below}/{method}/burstLimit"), "0"),
        ]);
        let changed = ok(&test, &line, changed).await;
        let of = &changed["apiStages"][0]["throttle"][key];
        assert_eq!(*of, json!({"rateLimit": 0.0, "burstLimit": 0}), "{method}");
    }
    assert_eq!(status("").await, 429);
    let off = patch(&[("remove", &format!("{below}/~1/GET"), "")]);
    ok(&test, &line, off).await;
    assert_eq!((status("").await, status("a").await), (201, 429));
    let off = patch(&[("remove", &below, "")]);
    let changed = ok(&test, &line, off).await;
    assert_eq!(
        changed["apiStages"],
        json!([{"apiId": id, "stage": "prod"}])
    );
    assert_eq!(status("a").await, 201);
    let elsewhere = format!("/apiStages/{id}:none/throttle/a/GET/rateLimit");
    let nowhere = format!("API Stage not found: {id}:none");
    for (path, value, name, why) in [
        (&elsewhere, "1", "NotFoundException", nowhere.as_str()),
        (
            &format!("{below}/a/GET/rate"),
            "1",
            "BadRequestException",
            "Invalid patch path",
        ),
        (
            &format!("{below}/a/GET/rateLimit"),
            "-1",
            "BadRequestException",
            "must not be negative",
        ),
        (
            &format!("{below}/a/GET/rateLimit"),
            "x",
            "BadRequestException",
            "Invalid value",
        ),
        (&below, "[]", "BadRequestException", "Invalid value '[]'"),
    ] {
        refused(&test, &line, patch(&[("replace", path, value)]), name, why).await;
    }
}

#[tokio::test]
async fn usage_is_told_and_extended() {
    let test = TestApp::new().await;
    let made = ok(&test, "POST /restapis", json!({"name": "vend"})).await;
    let (id, root) = (text(&made["id"]), text(&made["rootResourceId"]));
    let line = format!("PUT /restapis/{id}/resources/{root}/methods/GET");
    let method = json!({"authorizationType": "NONE", "apiKeyRequired": true});
    ok(&test, &line, method).await;
    let proxy = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("keyed")});
    integrate(&test, &id, &root, proxy).await;
    deploy(&test, &id).await;
    function(&test, "keyed", &id, echo).await;
    let key = json!({"name": "k", "enabled": true});
    let key = ok(&test, "POST /apikeys", key).await;
    let (value, key) = (text(&key["value"]), text(&key["id"]));
    let plan = json!({"name": "p", "quota": {"limit": 3, "period": "DAY"}, "apiStages": [{"apiId": id, "stage": "prod"}]});
    let plan = text(&ok(&test, "POST /usageplans", plan).await["id"]);
    let keys = format!("POST /usageplans/{plan}/keys");
    ok(&test, &keys, json!({"keyId": key, "keyType": "API_KEY"})).await;
    let target = format!("/_aws/execute-api/{id}/prod/");
    let with = [("x-api-key", value.as_str())];
    // Its requests are counted from now on.
    let counted = patch(&[("replace", "/*/*/metrics/enabled", "true")]);
    let stage = ok(&test, &format!("PATCH /restapis/{id}/stages/prod"), counted).await;
    assert_eq!(stage["methodSettings"]["*/*"]["metricsEnabled"], true);
    for _ in 0..2 {
        assert_eq!(get(&test, &target, &with, b"").await.0, 201);
    }
    let ask = |from: &str, to: &str| {
        format!("GET /usageplans/{plan}/usage?startDate={from}&endDate={to}")
    };
    let now = test.app.now();
    let date = |days: i64| {
        let at = time::OffsetDateTime::from_unix_timestamp(now.as_seconds() + days * 86_400);
        at.expect("a time").date().to_string()
    };
    let (yesterday, today) = (date(-1), date(0));
    let told = ok(&test, &ask(&yesterday, &today), Value::Null).await;
    let expected = json!({"usagePlanId": plan, "startDate": yesterday, "endDate": today,
        "values": {key.as_str(): [[0, 3], [2, 1]]}});
    assert_eq!(told, expected);
    // More for today than the plan has.
    let update = format!("PATCH /usageplans/{plan}/keys/{key}/usage");
    let more = patch(&[("replace", "/remaining", "2")]);
    let told = ok(&test, &update, more).await;
    assert_eq!(told["values"][&key], json!([[2, 2]]));
    for status in [201, 201, 429] {
        assert_eq!(get(&test, &target, &with, b"").await.0, status);
    }
    let told = ok(&test, &ask(&today, &today), Value::Null).await;
    assert_eq!(told["values"][&key], json!([[4, 0]]));
    let shown = ok(&test, &format!("GET /usageplans/{plan}"), Value::Null).await;
    assert_eq!(shown.get("extended"), None);
    let metrics = test.app.exposition().await;
    let of = format!("{{api=\"{id}\",stage=\"prod\",resource=\"/\",method=\"GET\"}}");
    for (name, count) in [("requests", 5), ("client_errors", 1), ("server_errors", 0)] {
        let line = format!("nameplate_gateway_{name}_total{of} {count}\n");
        assert!(metrics.contains(&line), "{line} {metrics}");
    }
    let bad = "BadRequestException";
    for (from, to, why) in [
        (
            "2026-13-01",
            "2026-01-01",
            "Invalid startDate specified: it must be a day as YYYY-MM-DD",
        ),
        (
            "2026-01-02",
            "2026-01-01",
            "Invalid endDate specified: it is before startDate",
        ),
        (
            "2024-01-02",
            "2026-01-01",
            "Invalid endDate specified: usage is told for at most 366 days at once",
        ),
    ] {
        refused(&test, &ask(from, to), Value::Null, bad, why).await;
    }
    let why =
        "Invalid patch path  '/used' specified for op 'replace'. Must be one of: [/remaining]";
    let used = patch(&[("replace", "/used", "2")]);
    refused(&test, &update, used, bad, why).await;
    let why = "Invalid value -1 for /remaining: it must be a number";
    let less = patch(&[("replace", "/remaining", "-1")]);
    refused(&test, &update, less, bad, why).await;
    let update = format!("PATCH /usageplans/{plan}/keys/none/usage");
    let more = patch(&[("replace", "/remaining", "2")]);
    let why = "Invalid Usage Plan Key identifier specified";
    refused(&test, &update, more, "NotFoundException", why).await;
}

#[tokio::test]
async fn an_authorizer_decides() {
    let test = TestApp::new().await;
    let made = ok(&test, "POST /restapis", json!({"name": "vend"})).await;
    let (id, root) = (text(&made["id"]), text(&made["rootResourceId"]));
    let authorizer = json!({"name": "a", "type": "TOKEN", "authorizerUri": uri("gate"),
        "identitySource": "method.request.header.Authorization", "identityValidationExpression": "[a-z]+"});
    let authorizer = text(
        &ok(
            &test,
            &format!("POST /restapis/{id}/authorizers"),
            authorizer,
        )
        .await["id"],
    );
    let line = format!("PUT /restapis/{id}/resources/{root}/methods/GET");
    ok(
        &test,
        &line,
        json!({"authorizationType": "CUSTOM", "authorizerId": authorizer}),
    )
    .await;
    integrate(
        &test,
        &id,
        &root,
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("behind")}),
    )
    .await;
    deploy(&test, &id).await;
    function(&test, "behind", &id, echo).await;
    function(&test, "gate", &id, |event| {
        let effect = match event["authorizationToken"].as_str() {
            Some("allow") => "Allow",
            Some("deny") => "Deny",
            Some("nobody") => return answered(&json!({"errorMessage": "Unauthorized"}), Some("Unhandled")),
            _ => return answered(&json!("x"), None),
        };
        answered(&json!({"principalId": "me", "context": {"team": "lamps"}, "policyDocument": {
            "Version": "2012-10-17", "Statement": [
                {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}]}}), None)
    }).await;
    let target = format!("/_aws/execute-api/{id}/prod/");
    let with = async |token: &str| get(&test, &target, &[("authorization", token)], b"").await;
    let (status, event) = with("allow").await;
    assert_eq!(status, 201);
    assert_eq!(
        event["requestContext"]["authorizer"],
        json!({"principalId": "me", "team": "lamps"})
    );
    let denied = "User is not authorized to access this resource with an explicit deny";
    assert_eq!(with("deny").await, (403, json!({"Message": denied})));
    let unauthorized = (401, json!({"message": "Unauthorized"}));
    assert_eq!(with("nobody").await, unauthorized);
    assert_eq!(with("123").await, unauthorized);
    assert_eq!(get(&test, &target, &[], b"").await, unauthorized);
    assert_eq!(with("garbage").await, (500, json!({"message": null})));

    // What is known of the request counts, too. [AWS CLI: create-authorizer, third example]
    let asks = json!({"name": "b", "type": "REQUEST", "authorizerUri": uri("gate"),
        "identitySource": "method.request.header.Token,context.accountId"});
    let line = format!("POST /restapis/{id}/authorizers");
    let asks = text(&ok(&test, &line, asks).await["id"]);
    let line = format!("PATCH /restapis/{id}/resources/{root}/methods/GET");
    let patch =
        json!({"patchOperations": [{"op": "replace", "path": "/authorizerId", "value": asks}]});
    ok(&test, &line, patch).await;
    deploy(&test, &id).await;
    test.app.functions.pretend("gate", std::sync::Arc::new(|event: Value| {
        answered(&json!({"principalId": event["requestContext"]["accountId"], "policyDocument": {
            "Version": "2012-10-17", "Statement": [
                {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}]}}), None)
    }));
    let (status, event) = get(&test, &target, &[("token", "x")], b"").await;
    assert_eq!(status, 201);
    let principal = &event["requestContext"]["authorizer"]["principalId"];
    assert_eq!(principal, "123456789012");
    assert_eq!(get(&test, &target, &[], b"").await, unauthorized);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let test = TestApp::new().await;
    let (id, resource) = api(&test, "x", json!({"authorizationType": "NONE"})).await;
    let (bad, none, conflict, not_built) = (
        "BadRequestException",
        "NotFoundException",
        "ConflictException",
        "NotImplementedException",
    );
    let method = format!("/restapis/{id}/resources/{resource}/methods/GET");
    for (line, body, name, part) in [
        (
            "GET /restapis/none".to_owned(),
            Value::Null,
            none,
            "Invalid API identifier specified 123456789012:none",
        ),
        (
            "POST /restapis".to_owned(),
            json!({"name": "x", "policy": "{}"}),
            bad,
            "Invalid policy document",
        ),
        (
            format!("POST /restapis/{id}/deployments"),
            json!({}),
            bad,
            "No integration defined for method",
        ),
        (
            format!("PUT {method}"),
            json!({"authorizationType": "NONE"}),
            conflict,
            "Method already exists",
        ),
        (
            format!("PUT {}", method.replace("GET", "EAT")),
            json!({"authorizationType": "NONE"}),
            bad,
            "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
        ),
        (
            format!("PUT {}", method.replace("GET", "PUT")),
            json!({"authorizationType": "COGNITO_USER_POOLS"}),
            not_built,
            "COGNITO_USER_POOLS",
        ),
        (
            format!("PUT {}", method.replace("GET", "PUT")),
            json!({"authorizationType": "CUSTOM", "authorizerId": "x"}),
            bad,
            "Invalid authorizer ID",
        ),
        (
            format!("PUT {method}/integration"),
            json!({"type": "HTTP", "httpMethod": "GET", "uri": "ftp://x"}),
            bad,
            "Invalid HTTP endpoint",
        ),
        (
            format!("GET {method}/integration"),
            Value::Null,
            none,
            "Invalid Integration identifier",
        ),
        (
            format!("GET /restapis/{id}/stages/none"),
            Value::Null,
            none,
            "Invalid stage identifier",
        ),
        (
            format!("POST /restapis/{id}/stages"),
            json!({"stageName": "s", "deploymentId": "none"}),
            none,
            "Invalid Deployment identifier",
        ),
        (
            format!("PATCH /restapis/{id}"),
            json!({"patchOperations": [{"op": "replace", "path": "/id", "value": "x"}]}),
            bad,
            "Invalid patch path",
        ),
        (
            "POST /apikeys".to_owned(),
            json!({"value": "short"}),
            bad,
            "at least 20",
        ),
        (
            "POST /usageplans".to_owned(),
            json!({"name": "p", "apiStages": [{"apiId": id, "stage": "none"}]}),
            none,
            "API Stage not found",
        ),
        (
            format!("PUT {}", method.replace(&id, "none")),
            json!({"authorizationType": "NONE"}),
            none,
            "Invalid Resource identifier specified",
        ),
        (
            format!("PUT {}", method.replace("GET", "PUT")),
            json!({"authorizationType": "NONE", "requestModels": {"application/json": "petModel"}}),
            bad,
            "Invalid model identifier specified: petModel",
        ),
        (
            format!("PUT {method}/integration/responses/200"),
            json!({"responseParameters": {"method.response.header.A": "'a'"}}),
            bad,
            "Invalid mapping expression parameter specified: method.response.header.A",
        ),
        (
            "POST /restapis".to_owned(),
            json!({"name": "x", "description": ""}),
            bad,
            "Description cannot be an empty string",
        ),
        (
            "POST /restapis".to_owned(),
            json!({"name": "x", "minimumCompressionSize": -1}),
            bad,
            "Invalid minimum compression size, must be between 0 and 10485760",
        ),
        (
            format!("PATCH /restapis/{id}"),
            patch(&[("replace", "/minimumCompressionSize", "test")]),
            bad,
            "Invalid minimum compression size, must be between 0 and 10485760",
        ),
        (
            format!("PATCH /restapis/{id}"),
            patch(&[("replace", "/minimumCompressionSize", "10")]),
            not_built,
            "minimumCompressionSize",
        ),
        (
            format!("PATCH /restapis/{id}"),
            patch(&[("add", "/name", "x")]),
            bad,
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
        (
            format!("PATCH /restapis/{id}/resources/{resource}"),
            patch(&[("remove", "/pathPart", "")]),
            bad,
            "Invalid patch path  '/pathPart' specified for op 'remove'. Please choose supported operations",
        ),
        (
            "PATCH /usageplans/none".to_owned(),
            patch(&[("replace", "/name", "x")]),
            none,
            "Invalid Usage Plan ID specified",
        ),
        (
            format!("PUT {method}/integration"),
            json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("f"), "credentials": "r"}),
            bad,
            "Invalid ARN specified in the request",
        ),
        (
            format!("PUT {method}/integration"),
            json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("f"), "credentials": "arn:aws:iam::210987654321:role/r"}),
            "AccessDeniedException",
            "Cross-account pass role is not allowed.",
        ),
        (
            "POST /domainnames".to_owned(),
            json!({"domainName": "localhost"}),
            bad,
            "Invalid domain name",
        ),
        (
            "POST /domainnames".to_owned(),
            json!({"domainName": "d", "securityPolicy": "TLS_1_0"}),
            not_built,
            "TLS_1_0",
        ),
        (
            "POST /vpclinks".to_owned(),
            json!({"name": "v", "targetArns": ["a"]}),
            not_built,
            "CreateVpcLink",
        ),
    ] {
        refused(&test, &line, body, name, part).await;
    }
}

#[tokio::test]
async fn the_action_is_the_method_and_the_resource_the_path() {
    let test = TestApp::new().await;
    let (id, _) = api(&test, "x", json!({"authorizationType": "NONE"})).await;
    let key = test
        .user_with(&json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "apigateway:GET",
            "Resource": format!("arn:aws:apigateway:us-east-1::/restapis/{id}*")}}))
        .await;
    for (line, status) in [
        (format!("GET /restapis/{id}"), 200),
        (format!("GET /restapis/{id}/resources"), 200),
        (format!("DELETE /restapis/{id}"), 403),
        ("GET /restapis".to_owned(), 403),
        ("GET /apikeys".to_owned(), 403),
    ] {
        let answer = test
            .call_as(&key, "apigateway", &line, &[], Value::Null)
            .await;
        assert_eq!(answer.status, status, "{line}: {answer:?}");
    }
}

fn patch(operations: &[(&str, &str, &str)]) -> Value {
    let operations = operations
        .iter()
        .map(|(op, path, value)| json!({"op": op, "path": path, "value": value}));
    json!({"patchOperations": operations.collect::<Vec<_>>()})
}

#[tokio::test]
async fn what_an_api_consists_of_changes_by_patches() {
    let test = TestApp::new().await;
    let (id, resource) = api(&test, "x", json!({"authorizationType": "NONE"})).await;
    let proxy = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("echo")});
    integrate(&test, &id, &resource, proxy).await;
    let base = format!("/restapis/{id}");
    let method = format!("{base}/resources/{resource}/methods/GET");
    let line = |what: &str| format!("PATCH {method}{what}");
    let changed = ok(
        &test,
        &line(""),
        patch(&[("replace", "/apiKeyRequired", "true")]),
    )
    .await;
    assert_eq!(changed["apiKeyRequired"], true);
    ok(
        &test,
        &line(""),
        patch(&[("replace", "/apiKeyRequired", "false")]),
    )
    .await;
    refused(
        &test,
        &line(""),
        patch(&[("replace", "/authorizationType", "CUSTOM")]),
        "BadRequestException",
        "authorizer",
    )
    .await;
    let shorter = patch(&[
        ("replace", "/timeoutInMillis", "5000"),
        ("replace", "/uri", &uri("other")),
    ]);
    let changed = ok(&test, &line("/integration"), shorter).await;
    assert_eq!(
        (&changed["timeoutInMillis"], &changed["uri"]),
        (&json!(5000), &json!(uri("other")))
    );
    refused(
        &test,
        &line("/integration"),
        patch(&[("replace", "/timeoutInMillis", "1")]),
        "BadRequestException",
        "Timeout",
    )
    .await;
    ok(&test, &format!("PUT {method}/responses/200"), json!({})).await;
    ok(
        &test,
        &format!("PUT {method}/integration/responses/200"),
        json!({}),
    )
    .await;
    let field = "method.response.header.X-A";
    let add = patch(&[("add", &format!("/responseParameters/{field}"), "true")]);
    assert_eq!(
        ok(&test, &line("/responses/200"), add).await["responseParameters"][field],
        true
    );
    let add = patch(&[
        ("add", &format!("/responseParameters/{field}"), "'a'"),
        ("add", "/responseTemplates/application~1json", "x"),
    ]);
    let changed = ok(&test, &line("/integration/responses/200"), add).await;
    assert_eq!(changed["responseTemplates"]["application/json"], "x");
    let directive = patch(&[("add", "/responseTemplates/text~1plain", "#macro(a)#end")]);
    refused(
        &test,
        &line("/integration/responses/200"),
        directive,
        "NotImplementedException",
        "#macro in mapping templates",
    )
    .await;
    let moved = ok(
        &test,
        &format!("PATCH {base}/resources/{resource}"),
        patch(&[("replace", "/pathPart", "y")]),
    )
    .await;
    assert_eq!(moved["path"], "/y");
    let authorizer = json!({"name": "a", "type": "TOKEN", "authorizerUri": uri("who"), "identitySource": "method.request.header.A"});
    let made = text(&ok(&test, &format!("POST {base}/authorizers"), authorizer).await["id"]);
    let line = format!("PATCH {base}/authorizers/{made}");
    assert_eq!(
        ok(
            &test,
            &line,
            patch(&[("replace", "/authorizerResultTtlInSeconds", "0")])
        )
        .await["authorizerResultTtlInSeconds"],
        0
    );
    refused(
        &test,
        &line,
        patch(&[("replace", "/identitySource", "x")]),
        "BadRequestException",
        "identity source",
    )
    .await;
    let deployment = deploy(&test, &id).await;
    let line = format!("PATCH {base}/deployments/{deployment}");
    assert_eq!(
        ok(&test, &line, patch(&[("replace", "/description", "d")])).await["description"],
        "d"
    );
    function(&test, "other", &id, echo).await;
    assert_eq!(
        get(&test, &format!("/_aws/execute-api/{id}/prod/y"), &[], b"")
            .await
            .0,
        201
    );
    let flushed = call(
        &test,
        &format!("DELETE {base}/stages/prod/cache/authorizers"),
        Value::Null,
    )
    .await;
    assert_eq!(flushed.status, 202);
    let arn = nameplate_aws::uri::encode(
        format!("arn:aws:apigateway:us-east-1::/restapis/{id}/stages/prod").as_bytes(),
    );
    assert_eq!(
        call(
            &test,
            &format!("PUT /tags/{arn}"),
            json!({"tags": {"a": "b", "c": "d"}})
        )
        .await
        .status,
        204
    );
    assert_eq!(
        call(&test, &format!("DELETE /tags/{arn}?tagKeys=c"), Value::Null)
            .await
            .status,
        204
    );
    assert_eq!(
        ok(&test, &format!("GET /tags/{arn}"), Value::Null).await,
        json!({"tags": {"a": "b"}})
    );
    refused(
        &test,
        "GET /tags/arn%3Ax",
        Value::Null,
        "BadRequestException",
        "Invalid ARN",
    )
    .await;
}

#[tokio::test]
async fn a_method_may_ask_for_iam() {
    let test = TestApp::new().await;
    let (id, resource) = api(&test, "{name}", json!({"authorizationType": "AWS_IAM"})).await;
    let proxy = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri("echo")});
    integrate(&test, &id, &resource, proxy).await;
    deploy(&test, &id).await;
    function(&test, "echo", &id, echo).await;
    let target = format!("/_aws/execute-api/{id}/prod/x");
    let missing = (403, json!({"message": "Missing Authentication Token"}));
    assert_eq!(get(&test, &target, &[], b"").await, missing);
    let arn = format!("arn:aws:execute-api:us-east-1:123456789012:{id}/prod/GET/x");
    let key = test
        .user_with(&json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}}))
        .await;
    for (path, secret, status) in [
        ("x", key.secret.as_str(), 201),
        ("x", "another", 403),
        ("y", key.secret.as_str(), 403),
    ] {
        let target = format!("/_aws/execute-api/{id}/prod/{path}");
        let signer = nameplate_aws::sigv4::Signer {
            access_key: &key.id,
            secret,
            region: "us-east-1",
            service: "execute-api",
        };
        let host = [("host".to_owned(), "localhost".to_owned())];
        let signed = signer.sign("GET", &target, &host, b"", test.app.ctx().now.0);
        let headers: Vec<(&str, &str)> = signed
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain([("host", "localhost")])
            .collect();
        let (found, event) = get(&test, &target, &headers, b"").await;
        assert_eq!(found, status, "{event}");
        if status == 201 {
            assert_eq!(
                event["requestContext"]["identity"]["accessKey"],
                json!(key.id)
            );
        }
    }
}

/// A server that answers each request with 201 and what it saw of it; 404 below `/none`. Its URL.
pub(in crate::api) async fn server() -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let (head, body) = loop {
                let mut piece = [0; 4096];
                let count = stream.read(&mut piece).await.unwrap_or(0);
                request.extend_from_slice(&piece[..count]);
                let text = String::from_utf8_lossy(&request).into_owned();
                if let Some((head, body)) = text.split_once("\r\n\r\n") {
                    let length = head.lines().find_map(|line| {
                        let line = line.to_ascii_lowercase();
                        line.strip_prefix("content-length: ")?.parse().ok()
                    });
                    if body.len() >= length.unwrap_or(0) || count == 0 {
                        break (head.to_owned(), body.to_owned());
                    }
                }
                if count == 0 {
                    break (String::new(), String::new());
                }
            };
            let mut lines = head.lines();
            let line = lines.next().unwrap_or_default();
            let mut seen = json!({"line": line, "body": body});
            for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
                seen[name.to_ascii_lowercase()] = json!(value);
            }
            let status = if line.contains(" /none") {
                "404 Not Found"
            } else {
                "201 Created"
            };
            let seen = seen.to_string();
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nx-answered: yes\r\nconnection: close\r\n\r\n{seen}",
                seen.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
async fn requests_are_passed_on_to_another_server() {
    let test = TestApp::new().await;
    let url = server().await;
    let (id, resource) = api(&test, "{rest+}", json!({"authorizationType": "NONE"})).await;
    let method = format!("/restapis/{id}/resources/{resource}/methods/GET");
    let proxy = json!({
        "type": "HTTP_PROXY", "httpMethod": "ANY", "uri": format!("{url}/a/{{rest}}"),
        "requestParameters": {
            "integration.request.path.rest": "method.request.path.rest",
            "integration.request.header.X-Fixed": "'f'",
            "integration.request.querystring.more": "method.request.header.x-more",
        },
    });
    ok(&test, &format!("PUT {method}/integration"), proxy).await;
    deploy(&test, &id).await;
    let target = format!("/_aws/execute-api/{id}/prod/b/c?d=e");
    let (status, seen) = get(&test, &target, &[("x-more", "m n")], b"").await;
    assert_eq!(
        (status, &seen["line"]),
        (201, &json!("GET /a/b/c?d=e&more=m%20n HTTP/1.1"))
    );
    assert_eq!(
        (&seen["x-fixed"], &seen["x-amzn-apigateway-api-id"]),
        (&json!("f"), &json!(id))
    );
    // Mapped: the status chooses the response, and nothing passes that is not named.
    let mapped = json!({"type": "HTTP", "httpMethod": "GET", "uri": format!("{url}/none")});
    ok(&test, &format!("PUT {method}/integration"), mapped).await;
    for (status, pattern) in [("200", ""), ("404", "4\\d{2}")] {
        ok(
            &test,
            &format!("PUT {method}/responses/{status}"),
            json!({}),
        )
        .await;
        let response = json!({"selectionPattern": pattern});
        let line = format!("PUT {method}/integration/responses/{status}");
        ok(&test, &line, response).await;
    }
    deploy(&test, &id).await;
    let (status, seen) = get(&test, &target, &[("x-more", "m")], b"").await;
    assert_eq!((status, &seen["line"]), (404, &json!("GET /none HTTP/1.1")));
    assert_eq!(seen["x-more"], Value::Null);
    for (name, wanted) in [
        ("accept", json!("application/json")),
        ("user-agent", json!(format!("AmazonAPIGateway_{id}"))),
        ("content-type", Value::Null),
        ("x-forwarded-for", Value::Null),
    ] {
        assert_eq!(seen[name], wanted, "{name}");
    }
    assert!(text(&seen["x-amzn-trace-id"]).starts_with("Root=1-"));
    // What a gateway says itself cannot be said for it.
    for (name, allowed) in [("Content-Length", false), ("Authorization", true)] {
        let told = json!({
            "type": "HTTP", "httpMethod": "GET", "uri": format!("{url}/none"),
            "requestParameters": {format!("integration.request.header.{name}"): "'7'"},
        });
        ok(&test, &format!("PUT {method}/integration"), told).await;
        let line = format!("PUT {method}/integration/responses/200");
        ok(&test, &line, json!({})).await;
        deploy(&test, &id).await;
        let (status, answer) = get(&test, &target, &[], b"").await;
        let wanted = if allowed { 200 } else { 500 };
        assert_eq!(status, wanted, "{name}: {answer}");
    }
    let gone = json!({"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "http://127.0.0.1:1/"});
    ok(&test, &format!("PUT {method}/integration"), gone).await;
    deploy(&test, &id).await;
    let answer = get(&test, &target, &[], b"").await;
    assert_eq!(
        answer,
        (
            504,
            json!({"message": "Network error communicating with endpoint"})
        )
    );
}

/// LocalStack's recordings: test_apigateway_import.
#[tokio::test]
async fn imports_warn_of_what_they_leave_out() {
    let test = TestApp::new().await;
    let mock =
        json!({"type": "mock", "requestParameters": {"integration.request.header.nothing": true}});
    let document = json!({"openapi": "3.0.1", "info": {"title": "t", "version": "2.0"},
        "paths": {"/test": {"get": {"x-amazon-apigateway-integration": mock}}}});
    let text_of_it = "Invalid format for 'requestParameters'. Expected type string for property \
                      'integration.request.header.nothing' of resource '/test' and method 'GET' but got 'true'";
    let made = ok(&test, "POST /restapis?mode=import", document.clone()).await;
    assert_eq!(made["warnings"], json!([text_of_it]));
    let id = text(&made["id"]);
    let kept = ok(&test, &format!("GET /restapis/{id}"), Value::Null).await;
    assert_eq!(kept.get("warnings"), None);
    let line = format!("PUT /restapis/{id}?mode=overwrite");
    let put = ok(&test, &line, document.clone()).await;
    assert_eq!(put["warnings"], json!([text_of_it]));
    let strict = format!("{line}&failonwarnings=true");
    let why = format!("Warnings found during import:\n\t{text_of_it}");
    refused(&test, &strict, document, "BadRequestException", &why).await;
}

#[tokio::test]
async fn stages_are_exported() {
    let test = TestApp::new().await;
    let document = "swagger: 2.0\ninfo: {title: pets, version: 1.0}\nbasePath: /v1/x\npaths:\n  /pets:\n    get:\n      responses: {200: {description: ok}}\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates: {application/json: '{\"statusCode\": 200}'}\n        responses: {default: {statusCode: 200}}\n";
    let import = async |query: &str| {
        let line = format!("POST /restapis?mode=import{query}");
        let answer = test.call("apigateway", &line, &[], json!(document)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        text(&answer.body["id"])
    };
    let paths = async |id: &str| -> Vec<String> {
        let all = ok(&test, &format!("GET /restapis/{id}/resources"), Value::Null).await;
        let all = all["item"].as_array().cloned().unwrap_or_default();
        let mut paths: Vec<String> = all.iter().map(|one| text(&one["path"])).collect();
        paths.sort();
        paths
    };
    assert_eq!(paths(&import("").await).await, ["/", "/pets"]);
    let split = import("&basepath=split").await;
    assert_eq!(paths(&split).await, ["/", "/x", "/x/pets"]);
    let id = import("&basepath=prepend").await;
    assert_eq!(paths(&id).await, ["/", "/v1", "/v1/x", "/v1/x/pets"]);
    deploy(&test, &id).await;

    let line =
        |kind: &str, more: &str| format!("GET /restapis/{id}/stages/prod/exports/{kind}{more}");
    let exported = ok(
        &test,
        &line("swagger", "?extensions=integrations"),
        Value::Null,
    )
    .await;
    assert_eq!(
        (&exported["info"]["version"], &exported["basePath"]),
        (&json!("1.0"), &json!("/prod"))
    );
    let get = &exported["paths"]["/v1/x/pets"]["get"];
    assert_eq!(get["x-amazon-apigateway-integration"]["type"], "mock");
    let plain = ok(&test, &line("oas30", ""), Value::Null).await;
    assert_eq!(plain["openapi"], "3.0.1");
    assert!(!plain.to_string().contains("x-amazon"), "{plain}");
    let (target, accept) = (
        line("oas30", "?extensions=apigateway"),
        [("accept", "application/yaml")],
    );
    let yaml = test.call("apigateway", &target, &accept, Value::Null).await;
    assert!(text(&yaml.body).starts_with("---\nopenapi:"));

    refused(
        &test,
        &line("a", ""),
        Value::Null,
        "BadRequestException",
        "No API exporter for type 'a'",
    )
    .await;
    refused(
        &test,
        &line("oas30", "?extensions=postman"),
        Value::Null,
        "NotImplementedException",
        "the extension postman",
    )
    .await;
    let none = "GET /restapis/unknown/stages/prod/exports/oas30";
    refused(
        &test,
        none,
        Value::Null,
        "NotFoundException",
        "Invalid stage identifier specified",
    )
    .await;
}
