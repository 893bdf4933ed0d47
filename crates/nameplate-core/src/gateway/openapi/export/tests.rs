//! What is exported makes the same API again.

use super::super::{Base, import};
use super::*;
use crate::gateway::rest::Rest;

const URI: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations";
const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";
const PLACE: Place<'_> = Place {
    host: "a1.execute-api.us-east-1.amazonaws.com",
    stage: "prod",
    version: "1.0",
};

fn rest_api() -> Rest {
    let document = json!({
        "swagger": "2.0", "info": {"title": "pets", "version": "1.0", "description": "d"},
        "tags": [{"name": "owner", "x-amazon-apigateway-tag-value": "me"}],
        "x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": true},
        "x-amazon-apigateway-binary-media-types": ["image/png"],
        "x-amazon-apigateway-api-key-source": "AUTHORIZER",
        "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": true, "validateRequestParameters": false}},
        "x-amazon-apigateway-gateway-responses": {"DEFAULT_4XX": {"responseParameters": {"gatewayresponse.header.X": "'y'"},
            "responseTemplates": {"application/json": "{}"}}},
        "securityDefinitions": {
            "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
            "sigv4": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4"},
            "own": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": URI, "authorizerResultTtlInSeconds": 60}},
            "ask": {"type": "apiKey", "name": "Unused", "in": "header", "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": {"type": "request", "authorizerUri": URI, "identitySource": "method.request.header.A"}},
        },
        "definitions": {
            "Pet": {"type": "object", "properties": {"name": {"type": "string"}}},
            "Pets": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
            "Unused": {"type": "object"},
        },
        "paths": {
            "/": {"get": {"operationId": "all", "produces": ["application/json"],
                "responses": {"200": {"description": "200 response", "headers": {"X-A": {"type": "string"}},
                    "schema": {"$ref": "#/definitions/Pets"}}},
                "security": [{"own": []}, {"api_key": []}],
                "x-amazon-apigateway-integration": {"type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
                    "responses": {"default": {"statusCode": "200", "responseParameters": {"method.response.header.X-A": "'b'"}}}}}},
            "/pets/{id}": {
                "post": {"parameters": [{"name": "id", "in": "path", "required": true, "type": "string"},
                        {"name": "q", "in": "query", "type": "string", "required": false},
                        {"name": "Pet", "in": "body", "schema": {"$ref": "#/definitions/Pet"}}],
                    "x-amazon-apigateway-request-validator": "all",
                    "responses": {}, "security": [{"sigv4": []}],
                    "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": URI, "timeoutInMillis": 5000}},
                "x-amazon-apigateway-any-method": {"responses": {}, "security": [{"ask": []}],
                    "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": URI}},
            },
        },
    });
    imported(&document)
}

fn imported(document: &Value) -> Rest {
    let about = json!({"id": "a1", "rootResourceId": "root"});
    let mut rest = Rest::new(
        about.as_object().cloned().unwrap_or_default(),
        "root".into(),
    );
    let mut count = 0;
    let mut ids = || {
        count += 1;
        format!("{count:06}id")
    };
    import(&mut rest, document, (true, Base::Ignore), &mut ids).expect("it can be");
    rest
}

fn exported(rest: &Rest, kind: Kind, extensions: Extensions) -> Value {
    super::rest(
        &rest.about,
        &rest.snapshot(Map::new()),
        PLACE,
        kind,
        extensions,
    )
}

const ALL: Extensions = Extensions {
    integrations: true,
    authorizers: true,
    others: true,
};

/// What is exported makes the same API again.
#[test]
fn rest_apis_return() {
    let rest = rest_api();
    for kind in [Kind::Swagger, Kind::OpenApi] {
        let document = exported(&rest, kind, ALL);
        let again = exported(&imported(&document), kind, ALL);
        assert_eq!(again, document);
        let yaml = crate::gateway::document::write_yaml(&document);
        assert_eq!(
            crate::gateway::document::read(yaml.as_bytes()),
            Ok(document)
        );
    }
}

#[test]
fn what_a_document_has() {
    let rest = rest_api();
    let document = exported(&rest, Kind::Swagger, Extensions::default());
    assert_eq!(document["basePath"], "/prod");
    assert_eq!(
        document["paths"]["/"]["get"],
        json!({"operationId": "all", "produces": ["application/json"], "responses": {"200": {"description": "200 response",
            "headers": {"X-A": {"type": "string"}}, "schema": {"$ref": "#/definitions/Pets"}}},
            "security": [{"own": []}, {"api_key": []}]})
    );
    let names = |of: &Value| -> Vec<String> {
        of.as_object()
            .into_iter()
            .flat_map(Map::keys)
            .cloned()
            .collect()
    };
    assert_eq!(
        document["definitions"]["Pets"]["items"],
        json!({"$ref": "#/definitions/Pet"})
    );
    assert_eq!(document["definitions"].get("Unused"), None);
    assert!(!document.to_string().contains("apigateway-integration"));
    assert!(!document.to_string().contains("apigateway-authorizer"));
    let document = exported(&rest, Kind::OpenApi, ALL);
    assert_eq!(
        document["servers"][0]["variables"]["basePath"]["default"],
        "/prod"
    );
    let post = &document["paths"]["/pets/{id}"]["post"];
    assert_eq!(
        post["requestBody"]["content"]["application/json"]["schema"],
        json!({"$ref": "#/components/schemas/Pet"})
    );
    assert_eq!(
        post["x-amazon-apigateway-integration"],
        json!({"type": "aws_proxy", "httpMethod": "POST", "uri": URI, "timeoutInMillis": 5000, "passthroughBehavior": "when_no_match"})
    );
    assert_eq!(names(&document["components"]["securitySchemes"]).len(), 4);
    assert_eq!(
        document["components"]["securitySchemes"]["own"]["name"],
        "Authorization"
    );
    assert_eq!(
        document["x-amazon-apigateway-request-validators"]["all"]["validateRequestBody"],
        true
    );
}

#[test]
fn http_apis_return() {
    let document = json!({
        "openapi": "3.0.1", "info": {"title": "t", "version": "1.0"},
        "tags": [{"name": "owner", "x-amazon-apigateway-tag-value": "me"}],
        "x-amazon-apigateway-cors": {"allowOrigins": ["*"]},
        "components": {"securitySchemes": {
            "jwt": {"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt",
                "jwtConfiguration": {"audience": ["a"], "issuer": "https://i.example"}, "identitySource": "$request.header.Authorization"}},
            "own": {"type": "apiKey", "name": "A", "in": "header", "x-amazon-apigateway-authorizer": {"type": "request", "authorizerUri": ARN,
                "authorizerPayloadFormatVersion": "2.0", "identitySource": "$request.header.A,$context.stage"}},
            "sigv4": super::sigv4(),
        }},
        "paths": {
            "/a/{b}": {
                "get": {"security": [{"jwt": ["s"]}], "x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": ARN, "payloadFormatVersion": "2.0"}},
                "x-amazon-apigateway-any-method": {"security": [{"own": []}]},
            },
            "/": {"post": {"operationId": "o", "security": [{"sigv4": []}], "x-amazon-apigateway-integration": {
                "type": "http_proxy", "httpMethod": "GET", "uri": "https://x.example", "timeoutInMillis": 100}}},
            "/$default": {"x-amazon-apigateway-any-method": {}},
        },
    });
    let imported = |document: &Value| {
        let mut http = Http::default();
        let mut count = 0;
        let mut ids = || {
            count += 1;
            format!("{count:06}xyz")
        };
        super::super::http::import(&mut http, document, Base::Ignore, &mut ids).expect("it can be");
        http
    };
    let exported = |http: &Http, extensions| super::http(http, &http.parts, PLACE, extensions);
    let http = imported(&document);
    let first = exported(&http, true);
    assert_eq!(exported(&imported(&first), true), first);
    assert_eq!(
        first["paths"]["/$default"]["x-amazon-apigateway-any-method"]["isDefaultRoute"],
        true
    );
    assert_eq!(
        first["paths"]["/a/{b}"]["parameters"][0]["description"],
        "Generated path parameter for b"
    );
    assert_eq!(
        first["paths"]["/"]["post"]["x-amazon-apigateway-integration"]["timeoutInMillis"],
        100
    );
    assert_eq!(
        first["servers"][0]["url"],
        "https://a1.execute-api.us-east-1.amazonaws.com/{basePath}"
    );
    let plain = exported(&http, false);
    assert!(!plain["paths"].to_string().contains("x-amazon"));
    assert_eq!(plain["paths"].as_object().map(Map::len), Some(2));
}
