//! HTTP APIs as their owners make them, and as anybody calls them.

use crate::api::apigateway::tests::{
    answered, call, echo, function, get, ok, refused, role_to_invoke, server, text,
};
use crate::api::execute::{Door, answer};
use crate::api::{Content, Request};
use crate::testing::TestApp;
use nameplate_aws::sigv4::Signer;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

fn arn(function: &str) -> String {
    format!("arn:aws:lambda:us-east-1:123456789012:function:{function}")
}

/// An API with one route to a function; the ids of the API, the integration and the route.
async fn api(test: &TestApp, key: &str, version: &str, route: Value) -> (String, String, String) {
    let made = ok(
        test,
        "POST /v2/apis",
        json!({"name": "a", "protocolType": "HTTP"}),
    )
    .await;
    let id = text(&made["apiId"]);
    let integration = json!({"integrationType": "AWS_PROXY", "integrationUri": arn("f"), "payloadFormatVersion": version});
    let line = format!("POST /v2/apis/{id}/integrations");
    let integration = text(&ok(test, &line, integration).await["integrationId"]);
    let mut body = json!({"routeKey": key, "target": format!("integrations/{integration}")});
    for (name, value) in route.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let route = ok(test, &format!("POST /v2/apis/{id}/routes"), body).await;
    (id, integration, text(&route["routeId"]))
}

async fn stage(test: &TestApp, api: &str, body: Value) {
    ok(test, &format!("POST /v2/apis/{api}/stages"), body).await;
}

#[tokio::test]
async fn the_quick_form_is_whole() {
    let test = TestApp::new().await;
    let made =
        json!({"name": "q", "protocolType": "HTTP", "target": arn("f"), "routeKey": "GET /x"});
    let made = ok(&test, "POST /v2/apis", made).await;
    let id = text(&made["apiId"]);
    assert_eq!(
        made["apiEndpoint"],
        json!(format!("https://{id}.execute-api.us-east-1.amazonaws.com"))
    );
    let base = format!("/v2/apis/{id}");
    let items = async |what: &str| {
        let all = ok(&test, &format!("GET {base}/{what}"), Value::Null).await;
        all["items"].as_array().cloned().expect("a list")
    };
    let stages = items("stages").await;
    assert_eq!(stages[0]["stageName"], "$default");
    assert_eq!(stages[0]["autoDeploy"], true);
    let deployment = text(&stages[0]["deploymentId"]);
    assert_eq!(items("routes").await[0]["routeKey"], "GET /x");
    assert_eq!(
        items("integrations").await[0]["payloadFormatVersion"],
        "2.0"
    );
    assert_eq!(items("deployments").await[0]["autoDeployed"], true);
    function(&test, "f", &id, echo).await;
    let target = format!("/_aws/execute-api/{id}/x?a=1&a=2");
    let (status, event) = get(&test, &target, &[("cookie", "c=d"), ("x-b", "1")], b"").await;
    assert_eq!(status, 201);
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "GET /x");
    assert_eq!(event["rawPath"], "/x");
    assert_eq!(event["cookies"], json!(["c=d"]));
    assert_eq!(event["queryStringParameters"], json!({"a": "1,2"}));
    assert_eq!(event["requestContext"]["stage"], "$default");
    assert_eq!(event["requestContext"]["apiId"], json!(id));
    let none = (404, json!({"message": "Not Found"}));
    assert_eq!(
        get(&test, &format!("/_aws/execute-api/{id}/y"), &[], b"").await,
        none
    );
    // The stage follows each change.
    let route = text(&items("routes").await[0]["routeId"]);
    ok(
        &test,
        &format!("PATCH {base}/routes/{route}"),
        json!({"routeKey": "$default"}),
    )
    .await;
    assert_eq!(
        get(&test, &format!("/_aws/execute-api/{id}/y"), &[], b"")
            .await
            .0,
        201
    );
    let deployments = items("deployments").await;
    assert_eq!(deployments.len(), 1);
    assert_ne!(deployments[0]["deploymentId"], json!(deployment));
    // What is in force outlives a restart, and goes with the API.
    let test = test.restarted().await;
    test.app.functions.pretend("f", std::sync::Arc::new(echo));
    assert_eq!(get(&test, &target, &[], b"").await.0, 201);
    let answer = call(&test, &format!("DELETE {base}"), Value::Null).await;
    assert_eq!(answer.status, 204);
    let forbidden = (403, json!({"message": "Forbidden"}));
    assert_eq!(get(&test, &target, &[], b"").await, forbidden);
}

#[tokio::test]
async fn named_stages_serve_what_was_deployed_to_them() {
    let test = TestApp::new().await;
    let (id, _, _) = api(&test, "ANY /things/{name}", "1.0", json!({})).await;
    function(&test, "f", &id, echo).await;
    let base = format!("/v2/apis/{id}");
    stage(
        &test,
        &id,
        json!({"stageName": "prod", "stageVariables": {"a": "b"}}),
    )
    .await;
    let target = format!("/_aws/execute-api/{id}/prod/things/lamp%201");
    let none = (404, json!({"message": "Not Found"}));
    assert_eq!(get(&test, &target, &[], b"").await, none);
    let made = ok(
        &test,
        &format!("POST {base}/deployments"),
        json!({"stageName": "prod"}),
    )
    .await;
    let (status, event) = get(&test, &target, &[], b"{}").await;
    assert_eq!(status, 201);
    assert_eq!(event["version"], "1.0");
    assert_eq!(event["resource"], "/things/{name}");
    // HTTP APIs decode paths, which REST APIs do not.
    assert_eq!(event["path"], "/prod/things/lamp 1");
    assert_eq!(event["pathParameters"], json!({"name": "lamp 1"}));
    assert_eq!(event["stageVariables"], json!({"a": "b"}));
    let explicit = format!("/restapis/{id}/prod/_user_request_/things/x");
    assert_eq!(get(&test, &explicit, &[], b"").await.0, 201);
    let text = format!("{base}/deployments/{}", text(&made["deploymentId"]));
    refused(
        &test,
        &format!("DELETE {text}"),
        Value::Null,
        "ConflictException",
        "Active stages",
    )
    .await;
    for what in ["garbage", "fail"] {
        let found = get(&test, &format!("{target}?do={what}"), &[], b"").await;
        assert_eq!(
            found,
            (500, json!({"message": "Internal Server Error"})),
            "{what}"
        );
    }
    // A route that was added is not there before the next deployment.
    let more = json!({"routeKey": "GET /more"});
    ok(&test, &format!("POST {base}/routes"), more).await;
    assert_eq!(
        get(
            &test,
            &format!("/_aws/execute-api/{id}/prod/more"),
            &[],
            b""
        )
        .await,
        none
    );
}

#[tokio::test]
async fn functions_are_called_for_what_their_policy_allows() {
    let test = TestApp::new().await;
    let (id, _, _) = api(&test, "GET /a", "2.0", json!({})).await;
    stage(
        &test,
        &id,
        json!({"stageName": "$default", "autoDeploy": true}),
    )
    .await;
    let target = format!("/_aws/execute-api/{id}/a");
    let broken = (500, json!({"message": "Internal Server Error"}));
    assert_eq!(get(&test, &target, &[], b"").await, broken);
    // Opened for another route.
    function(&test, "f", &format!("{id}/*/GET/b"), echo).await;
    assert_eq!(get(&test, &target, &[], b"").await, broken);
    let permitted = json!({
        "StatementId": "t", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
        "SourceArn": format!("arn:aws:execute-api:us-east-1:123456789012:{id}/*/*/a"),
    });
    let line = "POST /2015-03-31/functions/f/policy";
    assert_eq!(test.call("lambda", line, &[], permitted).await.status, 201);
    assert_eq!(get(&test, &target, &[], b"").await.0, 201);
}

#[tokio::test]
async fn functions_are_called_as_a_role() {
    let test = TestApp::new().await;
    let (id, integration, _) = api(&test, "GET /x", "2.0", Value::Null).await;
    stage(
        &test,
        &id,
        json!({"stageName": "$default", "autoDeploy": true}),
    )
    .await;
    function(&test, "f", "other", echo).await;
    let target = format!("/_aws/execute-api/{id}/x");
    assert_eq!(get(&test, &target, &[], b"").await.0, 500);
    let role = role_to_invoke(&test, "caller", "apigateway.amazonaws.com", "f").await;
    let line = format!("PATCH /v2/apis/{id}/integrations/{integration}");
    ok(&test, &line, json!({"credentialsArn": role})).await;
    assert_eq!(get(&test, &target, &[], b"").await.0, 201);
    ok(&test, &line, json!({"credentialsArn": ""})).await;
    assert_eq!(get(&test, &target, &[], b"").await.0, 500);
}

#[tokio::test]
async fn lambda_authorizers_answer_simply_or_by_a_policy() {
    let test = TestApp::new().await;
    let made = ok(
        &test,
        "POST /v2/apis",
        json!({"name": "a", "protocolType": "HTTP", "target": arn("f")}),
    )
    .await;
    let id = text(&made["apiId"]);
    let base = format!("/v2/apis/{id}");
    function(&test, "f", &id, echo).await;
    function(&test, "who", &id, |event| {
        assert_eq!(event["type"], "REQUEST");
        match event["identitySource"][0].as_str().or(event["authorizationToken"].as_str()) {
            Some("yes") => answered(&json!({"isAuthorized": true, "context": {"a": [1]}}), None),
            Some("no") => answered(&json!({"isAuthorized": false}), None),
            Some("policy") => answered(
                &json!({"principalId": "me", "context": {"b": "c"}, "policyDocument": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "execute-api:Invoke",
                     "Resource": event["methodArn"].as_str().or(event["routeArn"].as_str())}]}}),
                None,
            ),
            _ => answered(&json!("garbage"), None),
        }
    })
    .await;
    let authorizer = json!({
        "name": "z", "authorizerType": "REQUEST", "authorizerUri": arn("who"), "authorizerPayloadFormatVersion": "2.0",
        "enableSimpleResponses": true, "identitySource": ["$request.header.Authorization"],
    });
    let authorizer = ok(&test, &format!("POST {base}/authorizers"), authorizer).await;
    let authorizer = text(&authorizer["authorizerId"]);
    let routes = ok(&test, &format!("GET {base}/routes"), Value::Null).await;
    let route = text(&routes["items"][0]["routeId"]);
    let custom = json!({"authorizationType": "CUSTOM", "authorizerId": authorizer});
    ok(&test, &format!("PATCH {base}/routes/{route}"), custom).await;
    let target = format!("/_aws/execute-api/{id}/a");
    let with = async |token: &str| {
        let headers = [("authorization", token)];
        let headers = if token.is_empty() { &[][..] } else { &headers };
        get(&test, &target, headers, b"").await
    };
    let told = |status: u16, text: &str| (status, json!({"message": text}));
    assert_eq!(with("").await, told(401, "Unauthorized"));
    assert_eq!(with("no").await, told(403, "Forbidden"));
    assert_eq!(with("x").await, told(500, "Internal Server Error"));
    let (status, event) = with("yes").await;
    assert_eq!(status, 201);
    assert_eq!(
        event["requestContext"]["authorizer"],
        json!({"lambda": {"a": [1]}})
    );
    for version in ["1.0", "2.0"] {
        let policies =
            json!({"enableSimpleResponses": false, "authorizerPayloadFormatVersion": version});
        ok(
            &test,
            &format!("PATCH {base}/authorizers/{authorizer}"),
            policies,
        )
        .await;
        let (status, event) = with("policy").await;
        assert_eq!(status, 201, "{version}: {event}");
        assert_eq!(
            event["requestContext"]["authorizer"],
            json!({"lambda": {"b": "c"}})
        );
        assert_eq!(with("yes").await, told(500, "Internal Server Error"));
    }
    let line = format!("DELETE {base}/authorizers/{authorizer}");
    refused(
        &test,
        &line,
        Value::Null,
        "ConflictException",
        "used by a route",
    )
    .await;
    ok(
        &test,
        &format!("PATCH {base}/routes/{route}"),
        json!({"authorizationType": "NONE"}),
    )
    .await;
    assert_eq!(with("").await.0, 201);
    assert_eq!(call(&test, &line, Value::Null).await.status, 204);
}

#[tokio::test]
async fn a_route_may_ask_for_iam() {
    let test = TestApp::new().await;
    let (id, _, _) = api(
        &test,
        "GET /{name}",
        "2.0",
        json!({"authorizationType": "AWS_IAM"}),
    )
    .await;
    stage(
        &test,
        &id,
        json!({"stageName": "$default", "autoDeploy": true}),
    )
    .await;
    function(&test, "f", &id, echo).await;
    let target = format!("/_aws/execute-api/{id}/a");
    let forbidden = (403, json!({"message": "Forbidden"}));
    assert_eq!(get(&test, &target, &[], b"").await, forbidden);
    let prefix = "arn:aws:execute-api:us-east-1:123456789012";
    let key = test
        .user_with(&json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": format!("{prefix}:{id}/*/GET/a")}}))
        .await;
    for (path, service, status) in [
        ("a", "execute-api", 201),
        ("a", "lambda", 403),
        ("b", "execute-api", 403),
    ] {
        let target = format!("/_aws/execute-api/{id}/{path}");
        let signer = Signer {
            access_key: &key.id,
            secret: &key.secret,
            region: "us-east-1",
            service,
        };
        let host = [("host".to_owned(), "localhost".to_owned())];
        let signed = signer.sign("GET", &target, &host, b"", test.app.ctx().now.0);
        let headers: Vec<(&str, &str)> = signed
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain([("host", "localhost")])
            .collect();
        let (found, event) = get(&test, &target, &headers, b"").await;
        assert_eq!(found, status, "{service}: {event}");
        if status == 201 {
            assert_eq!(
                event["requestContext"]["authorizer"]["iam"]["accessKey"],
                json!(key.id)
            );
        }
    }
}

#[tokio::test]
async fn cors_is_answered_and_added() {
    let test = TestApp::new().await;
    let cors = json!({"allowOrigins": ["https://a"], "allowMethods": ["GET"], "maxAge": 5});
    let made =
        json!({"name": "a", "protocolType": "HTTP", "target": arn("f"), "corsConfiguration": cors});
    let made = ok(&test, "POST /v2/apis", made).await;
    assert_eq!(made["corsConfiguration"], cors);
    let id = text(&made["apiId"]);
    function(&test, "f", &id, |_| {
        answered(
            &json!({"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "evil"}}),
            None,
        )
    })
    .await;
    let told = async |method: &str, origin: &str| {
        let target = format!("/_aws/execute-api/{id}/x");
        let headers = [("origin", origin), ("access-control-request-method", "GET")];
        let request = Request {
            method,
            target: &target,
            headers: headers.iter().copied().collect(),
            body: b"",
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secure: true,
        };
        let door = Door::of(None, &target).expect("it leads to an API");
        let response = answer(&test.app, &request, door).await;
        assert!(matches!(response.body, Content::Bytes(_)));
        let fields = response
            .headers
            .iter()
            .filter(|(name, _)| name.starts_with("access-control"));
        let fields: Vec<String> = fields
            .map(|(name, value)| format!("{}={value}", &name[15..]))
            .collect();
        (response.status, fields.join(" "))
    };
    let preflight = "allow-origin=https://a allow-methods=GET max-age=5";
    assert_eq!(
        told("OPTIONS", "https://a").await,
        (204, preflight.to_owned())
    );
    assert_eq!(told("OPTIONS", "https://b").await, (204, String::new()));
    assert_eq!(
        told("GET", "https://a").await,
        (200, "allow-origin=https://a".to_owned())
    );
    assert_eq!(told("GET", "https://b").await, (200, String::new()));
    let line = format!("DELETE /v2/apis/{id}/cors");
    assert_eq!(call(&test, &line, Value::Null).await.status, 204);
    assert_eq!(
        told("GET", "https://a").await,
        (200, "allow-origin=evil".to_owned())
    );
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let test = TestApp::new().await;
    let (id, integration, _) = api(&test, "GET /a", "2.0", json!({})).await;
    let base = format!("/v2/apis/{id}");
    let (bad, none, conflict, not_built) = (
        "BadRequestException",
        "NotFoundException",
        "ConflictException",
        "NotImplementedException",
    );
    let proxy = |members: Value| {
        let mut body = json!({"integrationType": "AWS_PROXY", "integrationUri": arn("f"), "payloadFormatVersion": "2.0"});
        for (name, value) in members.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        body
    };
    for (line, body, name, part) in [
        (
            "GET /v2/apis/none".to_owned(),
            Value::Null,
            none,
            "123456789012:none",
        ),
        (
            "POST /v2/apis".to_owned(),
            json!({"name": "w", "protocolType": "WEBSOCKET"}),
            not_built,
            "WebSocket",
        ),
        (
            "POST /v2/apis".to_owned(),
            json!({"name": "w", "protocolType": "HTTP", "target": "x"}),
            bad,
            "Invalid target",
        ),
        (
            "POST /v2/apis".to_owned(),
            json!({"name": "w", "protocolType": "HTTP", "target": "https://u@x"}),
            bad,
            "Invalid HTTP endpoint",
        ),
        (
            "POST /v2/apis".to_owned(),
            json!({"name": "w", "protocolType": "HTTP", "corsConfiguration": {"allowOrigins": ["x"]}}),
            bad,
            "Invalid format for origin",
        ),
        (
            "POST /v2/domainnames".to_owned(),
            json!({"domainName": "d", "routingMode": "ROUTING_RULE_ONLY"}),
            not_built,
            "routing rules",
        ),
        (
            format!("POST {base}/routes"),
            json!({"routeKey": "GET /a"}),
            conflict,
            "already exists",
        ),
        (
            format!("POST {base}/routes"),
            json!({"routeKey": "/a"}),
            bad,
            "not formatted properly",
        ),
        (
            format!("POST {base}/routes"),
            json!({"routeKey": "GET /b", "authorizationType": "JWT"}),
            bad,
            "Invalid authorizer ID",
        ),
        (
            format!("POST {base}/authorizers"),
            json!({"name": "j", "authorizerType": "JWT", "identitySource": ["$request.header.Authorization"],
                "jwtConfiguration": {"issuer": "http://issuer.example", "audience": ["a"]}}),
            bad,
            "Invalid issuer",
        ),
        (
            format!("POST {base}/stages"),
            json!({"stageName": "w", "defaultRouteSettings": {"dataTraceEnabled": true}}),
            not_built,
            "dataTraceEnabled",
        ),
        (
            format!("POST {base}/stages"),
            json!({"stageName": "w", "defaultRouteSettings": {"throttlingRateLimit": 10001}}),
            bad,
            "throttlingRateLimit",
        ),
        (
            format!("POST {base}/routes"),
            json!({"routeKey": "GET /b", "requestParameters": {"a": {"required": true}}}),
            not_built,
            "RequestParameters",
        ),
        (
            format!("POST {base}/integrations"),
            proxy(json!({"integrationType": "HTTP_PROXY", "integrationUri": "http://x"})),
            bad,
            "integration method",
        ),
        (
            format!("POST {base}/integrations"),
            proxy(json!({"payloadFormatVersion": "3.0"})),
            bad,
            "PayloadFormatVersion",
        ),
        (
            format!("POST {base}/integrations"),
            proxy(json!({"timeoutInMillis": 30_001})),
            bad,
            "less than or equal to 30000",
        ),
        (
            format!("POST {base}/integrations"),
            proxy(json!({"credentialsArn": "r"})),
            bad,
            "Invalid ARN specified in the request",
        ),
        (
            format!("DELETE {base}/integrations/{integration}"),
            Value::Null,
            conflict,
            "due to its dependencies",
        ),
        (
            format!("POST {base}/stages"),
            json!({"stageName": "a b"}),
            bad,
            "Stage name",
        ),
        (
            format!("POST {base}/stages"),
            json!({"stageName": "s", "deploymentId": "none"}),
            none,
            "Deployment",
        ),
        (
            format!("POST {base}/stages"),
            json!({"stageName": "s", "accessLogSettings": {"format": "x"}}),
            bad,
            "accessLogSettings needs a destinationArn",
        ),
        (
            format!("POST {base}/deployments"),
            json!({"stageName": "none"}),
            none,
            "Invalid stage identifier",
        ),
        (
            format!("GET {base}/stages/none"),
            Value::Null,
            none,
            "Invalid stage identifier",
        ),
    ] {
        refused(&test, &line, body, name, part).await;
    }
    stage(&test, &id, json!({"stageName": "auto", "autoDeploy": true})).await;
    let line = format!("POST {base}/deployments");
    refused(
        &test,
        &line,
        json!({"stageName": "auto"}),
        bad,
        "autoDeploy",
    )
    .await;
}

#[tokio::test]
async fn tags_lists_and_permissions() {
    let test = TestApp::new().await;
    let (id, _, _) = api(&test, "GET /a", "2.0", json!({})).await;
    stage(&test, &id, json!({"stageName": "s", "tags": {"a": "b"}})).await;
    let tags = async |arn: &str, expected: Value| {
        let arn = nameplate_aws::uri::encode(arn.as_bytes());
        let found = ok(&test, &format!("GET /v2/tags/{arn}"), Value::Null).await;
        assert_eq!(found, json!({"tags": expected}));
        arn
    };
    let stage_arn = format!("arn:aws:apigateway:us-east-1::/apis/{id}/stages/s");
    tags(&stage_arn, json!({"a": "b"})).await;
    let api_arn = format!("arn:aws:apigateway:us-east-1::/apis/{id}");
    let encoded = tags(&api_arn, json!({})).await;
    ok(
        &test,
        &format!("POST /v2/tags/{encoded}"),
        json!({"tags": {"c": "d", "e": "f"}}),
    )
    .await;
    let line = format!("DELETE /v2/tags/{encoded}?tagKeys=e");
    assert_eq!(call(&test, &line, Value::Null).await.status, 204);
    tags(&api_arn, json!({"c": "d"})).await;
    refused(
        &test,
        "GET /v2/tags/arn%3Ax",
        Value::Null,
        "BadRequestException",
        "Invalid resource ARN",
    )
    .await;
    // Pages.
    ok(
        &test,
        "POST /v2/apis",
        json!({"name": "b", "protocolType": "HTTP"}),
    )
    .await;
    let first = ok(&test, "GET /v2/apis?maxResults=1", Value::Null).await;
    let token = nameplate_aws::uri::encode(text(&first["nextToken"]).as_bytes());
    let line = format!("GET /v2/apis?maxResults=1&nextToken={token}");
    let second = ok(&test, &line, Value::Null).await;
    assert_ne!(first["items"], second["items"]);
    assert_eq!(second.get("nextToken"), None);
    let key = test
        .user_with(&json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "apigateway:GET",
            "Resource": format!("arn:aws:apigateway:us-east-1::/apis/{id}*")}}))
        .await;
    for (line, status) in [
        (format!("GET /v2/apis/{id}"), 200),
        (format!("GET /v2/apis/{id}/routes"), 200),
        (format!("DELETE /v2/apis/{id}"), 403),
        ("GET /v2/apis".to_owned(), 403),
    ] {
        let answer = test
            .call_as(&key, "apigateway", &line, &[], Value::Null)
            .await;
        assert_eq!(answer.status, status, "{line}: {answer:?}");
    }
}

#[tokio::test]
async fn requests_are_passed_on_to_another_server() {
    let test = TestApp::new().await;
    let url = server().await;
    let made = json!({"name": "q", "protocolType": "HTTP", "target": format!("{url}/quick?a=1")});
    let quick = text(&ok(&test, "POST /v2/apis", made).await["apiId"]);
    let headers = [
        ("x-mine", "1"),
        ("connection", "x-own"),
        ("x-own", "2"),
        ("host", "api"),
    ];
    let target = format!("/_aws/execute-api/{quick}/x?b=%202");
    let (status, seen) = get(&test, &target, &headers, b"body").await;
    assert_eq!(
        (status, &seen["line"]),
        (201, &json!("GET /quick?a=1&b=%202 HTTP/1.1"))
    );
    assert_eq!(
        (&seen["x-mine"], &seen["x-own"]),
        (&json!("1"), &Value::Null)
    );
    assert_eq!(seen["host"], json!(url.trim_start_matches("http://")));
    assert_eq!(seen["x-forwarded-for"], "127.0.0.1");
    assert_eq!(seen["via"], "1.1 AmazonAPIGateway");
    assert_eq!(seen["body"], "body");
    // A parameter of the route and a variable of the stage have their places in the URI.
    let made = json!({"name": "a", "protocolType": "HTTP"});
    let id = text(&ok(&test, "POST /v2/apis", made).await["apiId"]);
    let integration = json!({
        "integrationType": "HTTP_PROXY", "integrationMethod": "PUT",
        "integrationUri": format!("{url}/${{stageVariables.to}}/{{rest}}"),
    });
    let line = format!("POST /v2/apis/{id}/integrations");
    let integration = ok(&test, &line, integration).await;
    assert_eq!(integration["payloadFormatVersion"], "1.0");
    let target = format!("integrations/{}", text(&integration["integrationId"]));
    let route = json!({"routeKey": "GET /a/{rest+}", "target": target});
    ok(&test, &format!("POST /v2/apis/{id}/routes"), route).await;
    let variables = json!({"stageName": "prod", "autoDeploy": true, "stageVariables": {"to": "b"}});
    stage(&test, &id, variables).await;
    let (status, seen) = get(
        &test,
        &format!("/_aws/execute-api/{id}/prod/a/c%20d/e"),
        &[],
        b"",
    )
    .await;
    assert_eq!(
        (status, &seen["line"]),
        (201, &json!("PUT /b/c%20d/e HTTP/1.1"))
    );
    // Who does not answer, and who asks himself.
    let update = json!({"integrationUri": "http://127.0.0.1:1/"});
    let line = format!(
        "PATCH /v2/apis/{id}/integrations/{}",
        text(&integration["integrationId"])
    );
    ok(&test, &line, update).await;
    let answer = get(&test, &format!("/_aws/execute-api/{id}/prod/a/b"), &[], b"").await;
    assert_eq!(answer, (503, json!({"message": "Service Unavailable"})));
    let many = ["1.1 AmazonAPIGateway"; 8].join(", ");
    let answer = get(
        &test,
        &format!("/_aws/execute-api/{quick}/x"),
        &[("via", &many)],
        b"",
    )
    .await;
    assert_eq!(answer, (500, json!({"message": "Internal Server Error"})));
}

#[tokio::test]
async fn apis_from_documents_and_back() {
    let test = TestApp::new().await;
    // The AWS CLI's own example, as YAML.
    let document = format!(
        "openapi: 3.0.1\ninfo:\n    title: My Lambda API\n    version: v1.0\npaths:\n    /hello/{{name}}:\n        x-amazon-apigateway-any-method:\n            x-amazon-apigateway-integration:\n                payloadFormatVersion: 2.0\n                type: aws_proxy\n                httpMethod: POST\n                uri: {}\n                connectionType: INTERNET\n",
        arn("f")
    );
    let made = ok(&test, "PUT /v2/apis", json!({"body": document})).await;
    let id = text(&made["apiId"]);
    assert_eq!(
        (&made["name"], &made["version"], &made["tags"]),
        (&json!("My Lambda API"), &json!("v1.0"), &json!({}))
    );
    assert!(
        made["apiEndpoint"]
            .as_str()
            .is_some_and(|of| of.contains(&id))
    );
    function(&test, "f", &id, echo).await;
    stage(&test, &id, json!({"stageName": "prod", "autoDeploy": true})).await;
    let target = format!("/_aws/execute-api/{id}/prod/hello/a%40b");
    let (status, event) = get(&test, &target, &[], b"").await;
    assert_eq!(
        (status, &event["rawPath"]),
        (201, &json!("/prod/hello/a@b"))
    );
    assert_eq!(event["pathParameters"], json!({"name": "a@b"}));

    // What the stage serves, as either form; it can be imported again, and the stage follows.
    let export = |query: &str| format!("GET /v2/apis/{id}/exports/OAS30?{query}");
    let exported = ok(
        &test,
        &export("outputType=JSON&stageName=prod"),
        Value::Null,
    )
    .await;
    assert_eq!(
        exported["servers"][0]["variables"]["basePath"]["default"],
        "prod"
    );
    let any = &exported["paths"]["/hello/{name}"]["x-amazon-apigateway-any-method"];
    assert_eq!(
        any["x-amazon-apigateway-integration"]["payloadFormatVersion"],
        "2.0"
    );
    let plain = ok(
        &test,
        &export("outputType=JSON&includeExtensions=false"),
        Value::Null,
    )
    .await;
    assert_eq!(plain["paths"], json!({}));
    let yaml = text(&ok(&test, &export("outputType=YAML"), Value::Null).await);
    assert!(yaml.starts_with("---\nopenapi: \"3.0.1\"\n"), "{yaml}");
    let line = format!("PUT /v2/apis/{id}");
    let body = json!({"body": yaml.replace("/hello/{name}", "/bye")});
    assert_eq!(ok(&test, &line, body).await["apiId"], json!(id));
    assert_eq!(get(&test, &target, &[], b"").await.0, 404);
    let target = format!("/_aws/execute-api/{id}/prod/bye");
    assert_eq!(get(&test, &target, &[], b"").await.0, 201);

    // Warnings are told, or refuse all of it.
    let document = json!({"openapi": "3.0.1", "info": {"title": "other"}, "paths": {"/update": {"get": {"responses": {
        "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/No"}}}}}}}}});
    let body = json!({"body": document.to_string()});
    let warning = "Parse issue: attribute paths.'/update'(get).responses.200.content.schema.#/components/schemas/No is missing";
    let strict = format!("{line}?failOnWarnings=true");
    let told = format!("Warnings found during import:\n\t{warning}");
    refused(&test, &strict, body.clone(), "BadRequestException", &told).await;
    let kept = ok(&test, &format!("GET /v2/apis/{id}"), Value::Null).await;
    assert_eq!(kept["name"], "My Lambda API");
    assert_eq!(ok(&test, &line, body).await["warnings"], json!([warning]));

    for (line, body, text) in [
        (
            line.clone(),
            json!({"body": "a: [1"}),
            "Invalid OpenAPI input: YAML",
        ),
        (
            line.clone(),
            json!({"body": "{\"swagger\": \"2.0\"}"}),
            "OpenAPI 3",
        ),
        (
            format!("{line}?basepath=x"),
            json!({"body": "{}"}),
            "Invalid basepath",
        ),
        (export("outputType=XML"), Value::Null, "JSON or YAML"),
        (
            export("outputType=JSON&exportVersion=2.0"),
            Value::Null,
            "exportVersion",
        ),
    ] {
        refused(&test, &line, body, "BadRequestException", text).await;
    }
    let unknown = export("outputType=JSON&stageName=x");
    refused(
        &test,
        &unknown,
        Value::Null,
        "NotFoundException",
        "Invalid stage identifier specified",
    )
    .await;
}
