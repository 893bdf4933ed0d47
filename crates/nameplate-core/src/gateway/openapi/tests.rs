//! Documents, and what becomes of them.

use super::*;

const URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations";

fn imported(document: &Value) -> Result<Rest, String> {
    let about = json!({"id": "a1", "rootResourceId": "root"});
    let mut rest = Rest::new(
        about.as_object().cloned().unwrap_or_default(),
        "root".into(),
    );
    let mut count = 0;
    let mut ids = || {
        count += 1;
        format!("id{count:08}")
    };
    import(&mut rest, document, (true, Base::Ignore), &mut ids).map_err(|why| why.to_string())?;
    Ok(rest)
}

fn put(rest: &mut Rest, document: &Value, whole: bool) -> Vec<String> {
    let mut count = 1000;
    let mut ids = || {
        count += 1;
        format!("id{count:08}")
    };
    import(rest, document, (whole, Base::Ignore), &mut ids).expect("it can be")
}

fn at<'r>(rest: &'r Rest, path: &str, method: &str) -> &'r Value {
    let mut all = rest.resources.keys();
    let id = all.find(|id| super::super::rest::path_of(&rest.resources, id) == path);
    rest.method(id.expect(path), method).expect(method)
}

#[test]
fn a_document_of_version_2() {
    let document = json!({
        "swagger": "2.0", "info": {"title": "pets", "version": 1.0},
        "securityDefinitions": {
            "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
            "sigv4": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
            "mine": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": URI, "authorizerResultTtlInSeconds": 60}},
        },
        "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": true, "validateRequestParameters": true}},
        "x-amazon-apigateway-request-validator": "all",
        "x-amazon-apigateway-gateway-responses": {"DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.X": "'y'"}}},
        "definitions": {
            "Pet": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Pets": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
        },
        "paths": {
            "/": {"get": {"responses": {"200": {"description": "ok", "headers": {"X-A": {"type": "string"}}}},
                "security": [{"api_key": []}, {"mine": []}],
                "x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
                    "responses": {"default": {"statusCode": "200", "responseParameters": {"method.response.header.X-A": "'b'"}}}}}},
            "/pets/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": true, "type": "string"}],
                "post": {"parameters": [{"name": "pets", "in": "body", "schema": {"$ref": "#/definitions/Pets"}},
                        {"name": "q", "in": "query", "type": "string"}],
                    "responses": {}, "security": [{"sigv4": []}],
                    "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": URI}},
                "x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "post", "uri": URI}},
            },
        },
    });
    let rest = imported(&document).expect("it can be");
    assert_eq!(
        (&rest.about["name"], &rest.about["version"]),
        (&json!("pets"), &json!("1.0"))
    );
    let root = at(&rest, "/", "GET");
    assert_eq!(
        (&root["apiKeyRequired"], &root["authorizationType"]),
        (&json!(true), &json!("CUSTOM"))
    );
    assert_eq!(
        root["methodResponses"]["200"]["responseParameters"],
        json!({"method.response.header.X-A": false})
    );
    assert_eq!(
        root["methodIntegration"]["integrationResponses"]["200"]["responseParameters"],
        json!({"method.response.header.X-A": "'b'"})
    );
    let post = at(&rest, "/pets/{id}", "POST");
    assert_eq!(
        post["requestParameters"],
        json!({"method.request.path.id": true, "method.request.querystring.q": false})
    );
    assert_eq!(post["requestModels"], json!({"application/json": "Pets"}));
    assert_eq!(post["authorizationType"], "AWS_IAM");
    assert!(post["requestValidatorId"].is_string());
    assert_eq!(
        at(&rest, "/pets/{id}", "ANY")["methodIntegration"]["httpMethod"],
        "POST"
    );
    let pets = rest.model("Pets").expect("a model");
    assert!(
        pets["schema"]
            .as_str()
            .is_some_and(|text| text.contains("/restapis/a1/models/Pet"))
    );
    assert_eq!(rest.all_models().len(), 2);
    assert_eq!(
        rest.authorizers
            .values()
            .next()
            .map(|one| &one["identitySource"]),
        Some(&json!("method.request.header.Authorization"))
    );
    assert_eq!(rest.responses["DEFAULT_4XX"]["defaultResponse"], false);
}

#[test]
fn a_document_of_version_3() {
    let document = json!({
        "openapi": "3.0.1", "info": {"title": "pets", "version": "1"},
        "components": {"schemas": {"Pet": {"type": "object"}}},
        "paths": {"/pets": {"post": {
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
            "responses": {"200": {"content": {"application/json": {"schema": {"type": "array"}}}}},
            "x-amazon-apigateway-integration": {"type": "AWS_PROXY", "httpMethod": "POST", "uri": URI, "credentials": "arn:aws:iam::123456789012:role/r"}}}},
    });
    assert_eq!(roles(&document), ["arn:aws:iam::123456789012:role/r"]);
    let rest = imported(&document).expect("it can be");
    let post = at(&rest, "/pets", "POST");
    assert_eq!(post["requestModels"], json!({"application/json": "Pet"}));
    let made = post["methodResponses"]["200"]["responseModels"]["application/json"].as_str();
    assert!(made.is_some_and(|name| name.starts_with("MODEL") && rest.model(name).is_ok()));
}

#[test]
fn documents_that_cannot_be() {
    let check = |document: Value, part: &str| {
        let why = imported(&document).expect_err(part);
        assert!(why.contains(part), "{why}");
    };
    check(json!({}), "Invalid OpenAPI input");
    check(json!({"swagger": "2.0"}), "Title is required");
    let with = |member: &str, value: Value| {
        let mut document = json!({"swagger": "2.0", "info": {"title": "t"}});
        document[member] = value;
        document
    };
    check(
        with("x-amazon-apigateway-minimum-compression-size", json!(0)),
        "x-amazon-apigateway-minimum-compression-size",
    );
    check(
        with("definitions", json!({"A": {"$ref": "#/definitions/B"}})),
        "Unable to create model for 'A'",
    );
    check(
        with("paths", json!({"/a b": {}})),
        "Unable to create resource at path '/a b'",
    );
    let integration = |of: Value| {
        with(
            "paths",
            json!({"/": {"get": {"x-amazon-apigateway-integration": of}}}),
        )
    };
    check(
        integration(
            json!({"type": "aws", "httpMethod": "POST", "uri": "arn:aws:apigateway:us-east-1:sqs:path/q"}),
        ),
        "services other than Lambda",
    );
    check(
        integration(json!({"type": "nothing"})),
        "Unable to put method 'GET /'",
    );
}

/// LocalStack's recordings: test_apigateway_import, base paths of OpenAPI 3 and modes of PutRestApi.
#[test]
fn what_a_second_document_leaves() {
    let with = |paths: Value, kinds: Value| {
        json!({"openapi": "3.0.1", "info": {"title": "t", "version": "2"}, "paths": paths,
            "x-amazon-apigateway-binary-media-types": kinds})
    };
    let id = |rest: &Rest, path: &str| {
        let mut all = rest.resources.keys();
        all.find(|id| path_of(&rest.resources, id) == path).cloned()
    };
    let mut first = with(json!({"/a/b": {}, "/c": {}}), json!(["image/heif"]));
    first["info"]["description"] = json!("what it was");
    first["x-amazon-apigateway-api-key-source"] = json!("AUTHORIZER");
    let rest = imported(&first).expect("it can be");
    let second = with(
        json!({"/a/b": {}, "/d": {}}),
        json!(["image/png", "image/heif"]),
    );

    let mut merged = rest.clone();
    put(&mut merged, &second, false);
    assert_eq!(
        merged.about["binaryMediaTypes"],
        json!(["image/heif", "image/png"])
    );
    assert_eq!(merged.about["description"], "what it was");
    assert_eq!(merged.about["apiKeySource"], "AUTHORIZER");
    assert!(id(&merged, "/c").is_some());

    let mut over = rest.clone();
    put(&mut over, &second, true);
    assert_eq!(
        over.about["binaryMediaTypes"],
        json!(["image/png", "image/heif"])
    );
    assert_eq!(over.about.get("description"), None);
    assert_eq!(over.about["apiKeySource"], "HEADER");
    for path in ["/", "/a", "/a/b"] {
        assert_eq!(id(&over, path), id(&rest, path), "{path}");
    }
    assert_eq!(id(&over, "/c"), None);
    assert_ne!(id(&over, "/d"), id(&rest, "/c"));
}

#[test]
fn parameters_that_are_no_text_are_left_out() {
    let mock = json!({"type": "mock", "requestParameters": {"integration.request.header.nothing": true,
        "integration.request.header.some": "'True'"}});
    let document = json!({"openapi": "3.0.1", "info": {"title": "t"},
        "paths": {"/part/test": {"get": {"x-amazon-apigateway-integration": mock}}}});
    let mut rest = imported(&document).expect("it can be");
    assert_eq!(
        put(&mut rest, &document, true),
        [
            "Invalid format for 'requestParameters'. Expected type string for property 'integration.request.header.nothing' of resource '/part/test' and method 'GET' but got 'true'"
        ]
    );
    assert_eq!(
        at(&rest, "/part/test", "GET")["methodIntegration"]["requestParameters"],
        json!({"integration.request.header.some": "'True'"})
    );
}

#[test]
fn an_import_warns_within_bounds() {
    let name = format!("/{}", "a".repeat(5_000));
    let wrong = (0..300).map(|number| (format!("p{number}"), json!(number)));
    let mock =
        json!({"type": "mock", "requestParameters": wrong.collect::<serde_json::Map<_, _>>()});
    let document = json!({"openapi": "3.0.1", "info": {"title": "t"},
        "paths": {name: {"get": {"x-amazon-apigateway-integration": mock}}}});
    let mut rest = imported(&document).expect("it can be");
    let warnings = put(&mut rest, &document, true);
    assert_eq!(warnings.len(), 100);
    assert!(warnings.iter().all(|text| text.len() <= 1_003));
}
