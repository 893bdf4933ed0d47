"""What a REST API makes of requests before and after its integration, with boto3, called by curl: AWS guides "Request
validation", "Gateway responses", "Mapping template transformations", "Throttle requests"."""

import base64
import json
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from lib import REGION, fails, run, unique


def patch(path, value, op="replace"):
    return [{"op": op, "path": path, "value": value}]


def ask(server, api, path, *arguments, stage="Prod"):
    """Status, header fields by their lower-case names, body."""
    url = f"https://localhost:{server.https_port}/_aws/execute-api/{api}/{stage}{path}"
    done = run(["curl", "-sS", "-i", "--cacert", server.root_ca, *arguments, url])
    head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
    status, *fields = head.splitlines()
    return int(status.split()[1]), {name.lower(): value for name, _, value in (one.partition(": ") for one in fields)}, body


def mocked(apigateway, api, resource, method, template='{"statusCode": 200}', answer=None, **settings):
    """A method that answers without a function."""
    place = {"restApiId": api, "resourceId": resource, "httpMethod": method}
    apigateway.put_method(**place, authorizationType="NONE", **settings)
    apigateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": template})
    apigateway.put_method_response(**place, statusCode="200")
    apigateway.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": answer or '{"ok": true}'}
    )
    return place


class Web:
    """An HTTP server elsewhere, which keeps the bodies that it is sent."""

    def __init__(self):
        self.bodies = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                web.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/"
        Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def web():
    web = Web()
    yield web
    web.http.shutdown()


def test_requests_are_validated(server):
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("valid"))
    name, root = {"restApiId": api["id"]}, api["rootResourceId"]
    schema = json.dumps({
        "$schema": "http://json-schema.org/draft-04/schema#", "title": "pet", "type": "object",
        "properties": {"name": {"type": "string", "minLength": 1}, "age": {"type": "integer", "minimum": 0}},
        "required": ["name", "age"], "additionalProperties": False,
    })
    made = apigateway.create_model(**name, name="Pet", contentType="application/json", schema=schema)
    assert made["name"] == "Pet" and made["schema"] == schema
    pets = json.dumps({"type": "array", "items": {
        "$ref": f"https://apigateway.amazonaws.com/restapis/{api['id']}/models/Pet"}})
    apigateway.create_model(**name, name="Pets", contentType="application/json", schema=pets)
    assert [one["name"] for one in apigateway.get_models(**name)["items"]] == ["Empty", "Error", "Pet", "Pets"]
    fails(lambda: apigateway.create_model(**name, name="Pet", contentType="application/json", schema=schema),
          "ConflictException", "Model name already exists for this REST API", status=409)
    fails(lambda: apigateway.create_model(**name, name="No", contentType="application/json", schema=""),
          "BadRequestException", "Model schema must have at least 1 property or array items defined", status=400)
    fails(lambda: apigateway.get_model(**name, modelName="None"),
          "NotFoundException", "Invalid model name specified: None", status=404)
    fails(lambda: apigateway.delete_model(**name, modelName="Pet"), "ConflictException", "is referenced in", status=409)
    described = apigateway.update_model(**name, modelName="Pet", patchOperations=patch("/description", "a pet"))
    assert described["description"] == "a pet"

    validator = apigateway.create_request_validator(
        **name, name="all", validateRequestBody=True, validateRequestParameters=True)
    identifier = {**name, "requestValidatorId": validator["id"]}
    assert apigateway.get_request_validator(**identifier)["validateRequestBody"] is True
    assert [one["name"] for one in apigateway.get_request_validators(**name)["items"]] == ["all"]
    fails(lambda: apigateway.update_request_validator(**identifier, patchOperations=patch("/name", "")),
          "BadRequestException", "Request Validator name cannot be blank", status=400)
    fails(lambda: apigateway.update_request_validator(**identifier, patchOperations=patch("/validateRequestBody", "true", "add")),
          "BadRequestException",
          "Invalid patch path  '/validateRequestBody' specified for op 'add'. Please choose supported operations",
          status=400)
    renamed = apigateway.update_request_validator(**identifier, patchOperations=patch("/name", "both"))
    assert renamed["name"] == "both"

    resource = apigateway.create_resource(**name, parentId=root, pathPart="{id}")["id"]
    mocked(apigateway, api["id"], resource, "POST", requestValidatorId=validator["id"],
           requestModels={"application/json": "Pets"},
           requestParameters={"method.request.querystring.q": True, "method.request.header.X-Asked": True,
                              "method.request.path.id": True, "method.request.header.X-Maybe": False})
    fails(lambda: apigateway.delete_request_validator(**identifier), "ConflictException", status=409)
    apigateway.create_deployment(**name, stageName="Prod")
    json_type = ["-H", "Content-Type: application/json"]
    status, headers, body = ask(server, api["id"], "/7", *json_type, "-d", "[]")
    assert (status, json.loads(body)) == (400, {"message": "Missing required request parameters: [X-Asked, q]"})
    assert headers["x-amzn-errortype"] == "BadRequestException"
    full = [*json_type, "-H", "X-Asked: 1"]
    for wrong in ["{}", "[{}]", '[{"name": "", "age": 1}]', '[{"name": "rex", "age": -1}]',
                  '[{"name": "rex", "age": 1, "more": 1}]', "no json", ""]:
        status, _, body = ask(server, api["id"], "/7?q=1", *full, "-d", wrong)
        assert (status, json.loads(body)) == (400, {"message": "Invalid request body"}), wrong
    assert ask(server, api["id"], "/7?q=1", *full, "-d", '[{"name": "rex", "age": 1}]')[0] == 200
    # A body of another type has no model.
    assert ask(server, api["id"], "/7?q=1", "-H", "X-Asked: 1", "-H", "Content-Type: text/plain", "-d", "x")[0] in (200, 500)

    # Why, where the owner wants it told.
    apigateway.put_gateway_response(**name, responseType="BAD_REQUEST_BODY", statusCode="422", responseTemplates={
        "application/json": '{"message": $context.error.messageString, "why": "$util.escapeJavaScript($context.error.validationErrorString)"}'})
    apigateway.create_deployment(**name, stageName="Prod")
    status, _, body = ask(server, api["id"], "/7?q=1", *full, "-d", '[{"age": 1}]')
    assert (status, json.loads(body)) == (422, {
        "message": "Invalid request body", "why": '[object has missing required properties (["name"])]'})
    apigateway.delete_method(**name, resourceId=resource, httpMethod="POST")
    apigateway.delete_request_validator(**identifier)
    apigateway.delete_model(**name, modelName="Pets")
    apigateway.delete_model(**name, modelName="Pet")
    apigateway.delete_rest_api(**name)


def test_gateway_responses(server):
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("errors"))
    name = {"restApiId": api["id"]}
    mocked(apigateway, api["id"], api["rootResourceId"], "GET")
    usual = apigateway.get_gateway_response(**name, responseType="MISSING_AUTHENTICATION_TOKEN")
    usual.pop("ResponseMetadata")
    assert usual == {
        "responseType": "MISSING_AUTHENTICATION_TOKEN", "statusCode": "403", "responseParameters": {},
        "responseTemplates": {"application/json": '{"message":$context.error.messageString}'}, "defaultResponse": True,
    }
    put = apigateway.put_gateway_response(
        **name, responseType="DEFAULT_4XX",
        responseParameters={"gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
                            "gatewayresponse.header.X-Asked": "method.request.header.Accept"},
    )
    assert put["defaultResponse"] is False and "statusCode" not in put
    fails(lambda: apigateway.delete_gateway_response(**name, responseType="THROTTLED"),
          "NotFoundException", "Gateway response type not defined on api", status=404)
    fails(lambda: apigateway.update_gateway_response(
        **name, responseType="DEFAULT_4XX", patchOperations=patch("/statusCode", "400", "add")),
        "BadRequestException", "Invalid patch path /statusCode", status=400)
    all_of_them = apigateway.get_gateway_responses(**name)["items"]
    assert len(all_of_them) == 21
    # They take effect with a deployment.
    apigateway.create_deployment(**name, stageName="Prod")
    status, headers, body = ask(server, api["id"], "/none", "-H", "Accept: a/b")
    assert (status, json.loads(body)) == (403, {"message": "Missing Authentication Token"})
    assert headers["access-control-allow-origin"] == "*" and headers["x-asked"] == "a/b"
    assert headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"
    apigateway.put_gateway_response(
        **name, responseType="MISSING_AUTHENTICATION_TOKEN", statusCode="404",
        responseTemplates={"application/json": '{"type": "$context.error.responseType", "stage": "$context.stage"}',
                           "text/html": "<p>$context.error.message</p>"},
    )
    apigateway.update_gateway_response(
        **name, responseType="MISSING_AUTHENTICATION_TOKEN",
        patchOperations=patch("/responseParameters/gatewayresponse.header.X-Stage", "context.stage", "add"))
    apigateway.create_deployment(**name, stageName="Prod")
    status, headers, body = ask(server, api["id"], "/none")
    assert (status, json.loads(body)) == (404, {"type": "MISSING_AUTHENTICATION_TOKEN", "stage": "Prod"})
    assert headers["x-stage"] == "Prod"
    status, headers, body = ask(server, api["id"], "/none", "-H", "Accept: text/html")
    assert (status, headers["content-type"], body) == (404, "text/html", "<p>Missing Authentication Token</p>")
    apigateway.delete_gateway_response(**name, responseType="MISSING_AUTHENTICATION_TOKEN")
    shown = apigateway.get_gateway_response(**name, responseType="MISSING_AUTHENTICATION_TOKEN")
    assert shown["defaultResponse"] is True and shown["statusCode"] == "403"
    apigateway.delete_rest_api(**name)


def test_mapping_templates(server):
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("vtl"))
    name, root = {"restApiId": api["id"]}, api["rootResourceId"]
    resource = apigateway.create_resource(**name, parentId=root, pathPart="{id}")["id"]
    answer = """#set($root = $input.params())
#if($input.params('id') == 'none')
#set($context.responseOverride.status = 404)
#set($context.responseOverride.header.X-Why = "no $input.params('id')")
#end
{"id": "$input.params('id')", "stage": "$context.stage",
 "query": {#foreach($key in $root.querystring.keySet())"$key": "$util.escapeJavaScript($root.querystring.get($key))"#if($foreach.hasNext),#end#end}}"""
    mocked(apigateway, api["id"], resource, "GET", answer=answer)
    place = {**name, "resourceId": resource, "httpMethod": "GET"}
    fails(lambda: apigateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": "#if($x)"}),
          "BadRequestException", status=400)
    apigateway.create_deployment(**name, stageName="Prod")
    status, _, body = ask(server, api["id"], "/7?a=1&b=two%20%22x%22")
    assert (status, json.loads(body)) == (200, {"id": "7", "stage": "Prod", "query": {"a": "1", "b": 'two "x"'}})
    status, headers, _ = ask(server, api["id"], "/none")
    assert (status, headers["x-why"]) == (404, "no none")
    apigateway.delete_rest_api(**name)


def test_stages_throttle(server):
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("slow"))
    name = {"restApiId": api["id"]}
    mocked(apigateway, api["id"], api["rootResourceId"], "GET")
    apigateway.create_deployment(**name, stageName="Prod")
    stage = {**name, "stageName": "Prod"}
    told = apigateway.update_stage(**stage, patchOperations=patch("/*/*/throttling/rateLimit", "0") + patch("/*/*/throttling/burstLimit", "1"))
    assert told["methodSettings"]["*/*"] == {
        "metricsEnabled": False, "dataTraceEnabled": False, "throttlingBurstLimit": 1, "throttlingRateLimit": 0.0,
        "cachingEnabled": False, "cacheTtlInSeconds": 300, "cacheDataEncrypted": False,
        "requireAuthorizationForCacheControl": True,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
    }
    assert ask(server, api["id"], "/")[0] == 200
    status, headers, body = ask(server, api["id"], "/")
    assert (status, json.loads(body)) == (429, {"message": "Too Many Requests"})
    assert headers["x-amzn-errortype"] == "TooManyRequestsException"
    told = apigateway.update_stage(**stage, patchOperations=[{"op": "remove", "path": "/*/*"}])
    assert told["methodSettings"] == {}
    assert ask(server, api["id"], "/")[0] == 200
    apigateway.delete_rest_api(**name)


def test_apis_from_documents(server):
    """As tools put them: `aws_api_gateway_rest_api` with a body, SAM's DefinitionBody, Chalice's generated document."""
    apigateway = server.client("apigateway")

    def document(answer):
        return json.dumps({
            "openapi": "3.0.1", "info": {"title": "pets", "version": "1.0"},
            "components": {"schemas": {"Pet": {"type": "object", "required": ["name"]}}},
            "x-amazon-apigateway-request-validators": {"body": {"validateRequestBody": True}},
            "x-amazon-apigateway-request-validator": "body",
            "paths": {"/pets/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
                    "responses": {"200": {"description": "ok"}},
                    "x-amazon-apigateway-integration": {
                        "type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'},
                        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": answer}}}},
                }}},
        })

    api = apigateway.import_rest_api(body=document('{"n": 1}'))
    assert (api["name"], api["version"], api["apiKeySource"]) == ("pets", "1.0", "HEADER")
    assert api["endpointConfiguration"] == {"types": ["EDGE"], "ipAddressType": "ipv4"}
    name = {"restApiId": api["id"]}
    assert {one["path"] for one in apigateway.get_resources(**name)["items"]} == {"/", "/pets", "/pets/{id}"}
    apigateway.create_deployment(**name, stageName="Prod")
    json_type = ["-H", "Content-Type: application/json"]
    assert ask(server, api["id"], "/pets/1", *json_type, "-d", "{}")[0] == 400
    status, _, body = ask(server, api["id"], "/pets/1", *json_type, "-d", '{"name": "rex"}')
    assert (status, json.loads(body)) == (200, {"n": 1})
    told = apigateway.put_rest_api(**name, mode="overwrite", body=document('{"n": 2}'))
    assert told["id"] == api["id"] and told["rootResourceId"] == api["rootResourceId"]
    assert len(apigateway.get_resources(**name)["items"]) == 3
    # What is deployed stays until it is deployed again.
    assert json.loads(ask(server, api["id"], "/pets/1", *json_type, "-d", '{"name": "rex"}')[2]) == {"n": 1}
    apigateway.create_deployment(**name, stageName="Prod")
    assert json.loads(ask(server, api["id"], "/pets/1", *json_type, "-d", '{"name": "rex"}')[2]) == {"n": 2}
    fails(lambda: apigateway.import_rest_api(body="openapi: 3.0.1"), "BadRequestException", status=400)
    fails(lambda: apigateway.import_rest_api(body=json.dumps({"swagger": "2.0", "info": {}})), "BadRequestException", status=400)
    apigateway.delete_rest_api(**name)


def test_apis_from_yaml_and_back(server, tmp_path):
    """A file in YAML, as most are written, by the AWS CLI; what a stage serves comes back as Swagger and OpenAPI 3."""
    definition = tmp_path / "api.yaml"
    definition.write_text("""\
swagger: "2.0"
info:
  title: yaml
  version: 1.0
basePath: /v1
x-answer: &answer
  type: mock
  requestTemplates:
    application/json: '{"statusCode": 200}'
paths:
  /pets:
    get:
      responses:
        200: {description: ok, headers: {X-Kind: {type: string}}}
      x-amazon-apigateway-integration:
        <<: *answer
        responses:
          default:
            statusCode: 200
            responseParameters:
              method.response.header.X-Kind: "'dog'"
            responseTemplates:
              application/json: |
                {"name": "rex"}
""")
    api = server.aws("apigateway", "import-rest-api", "--body", f"fileb://{definition}", "--parameters", "basepath=prepend")
    place = ["--rest-api-id", api["id"], "--stage-name", "Prod"]
    server.aws("apigateway", "create-deployment", *place)
    status, headers, body = ask(server, api["id"], "/v1/pets")
    assert (status, headers["x-kind"], json.loads(body)) == (200, "dog", {"name": "rex"})
    apigateway = server.client("apigateway")
    stage = {"restApiId": api["id"], "stageName": "Prod"}
    for kind, accepts in [("swagger", "application/json"), ("oas30", "application/yaml")]:
        told = apigateway.get_export(**stage, exportType=kind, accepts=accepts, parameters={"extensions": "apigateway"})
        assert told["contentType"] == "application/octet-stream"
        assert told["contentDisposition"].startswith(f'attachment; filename="{kind}_')
        text = told["body"].read()
        # As it came back it makes the same API.
        apigateway.put_rest_api(restApiId=api["id"], mode="overwrite", body=text)
        apigateway.create_deployment(**stage)
        status, headers, body = ask(server, api["id"], "/v1/pets")
        assert (status, headers["x-kind"], json.loads(body)) == (200, "dog", {"name": "rex"})
    exported = tmp_path / "exported.json"
    server.aws("apigateway", "get-export", *place, "--export-type", "oas30", exported)
    assert list(json.loads(exported.read_text())["paths"]) == ["/v1/pets"]
    refused = fails(lambda: apigateway.import_rest_api(body="a: !Sub x"), "BadRequestException", status=400)
    assert "the tag !Sub is not known" in str(refused)
    apigateway.delete_rest_api(restApiId=api["id"])


def test_media_types_are_bytes_once_deployed(server):
    """AWS guide: binary media types; a change of them is in force with the next deployment."""
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("binary"))
    name = {"restApiId": api["id"]}
    template = '{"statusCode": 200}'
    mocked(apigateway, api["id"], api["rootResourceId"], "GET", template)
    apigateway.create_deployment(**name, stageName="Prod")
    apigateway.update_rest_api(**name, patchOperations=patch("/binaryMediaTypes/image~1png", "", "add"))
    exported = {"stageName": "Prod", "exportType": "oas30", "parameters": {"extensions": "apigateway"}}
    types = "x-amazon-apigateway-binary-media-types"
    assert types not in json.loads(apigateway.get_export(**name, **exported)["body"].read())
    apigateway.create_deployment(**name, stageName="Prod")
    assert json.loads(apigateway.get_export(**name, **exported)["body"].read())[types] == ["image/png"]
    apigateway.delete_rest_api(**name)


def test_content_is_converted(server, web):
    """AWS guide "Content type conversions in API Gateway": the tables for requests and for responses."""
    apigateway = server.client("apigateway")
    image, types = bytes(range(256)), {"image": "image/png", "text": "text/plain"}
    encoded = base64.b64encode(image).decode()
    api = apigateway.create_rest_api(name=unique("converted"), binaryMediaTypes=["image/png"])
    name, root = {"restApiId": api["id"]}, api["rootResourceId"]

    def place(part, method):
        resource = apigateway.create_resource(**name, parentId=root, pathPart=part)["id"]
        return {**name, "resourceId": resource, "httpMethod": method}

    # A mock that answers a picture, and the same without and with the other conversion.
    for part, handling in [("to-binary", "CONVERT_TO_BINARY"), ("to-text", "CONVERT_TO_TEXT"), ("undefined", None)]:
        one = place(part, "GET")
        mocked(apigateway, api["id"], one["resourceId"], "GET", answer=encoded)
        settings = {"contentHandling": handling} if handling else {}
        apigateway.put_integration_response(
            **one, statusCode="200", responseTemplates={"application/json": encoded}, **settings
        )
    broken = place("broken", "GET")
    mocked(apigateway, api["id"], broken["resourceId"], "GET", answer="{}")
    shown = apigateway.update_integration_response(
        **broken, statusCode="200", patchOperations=patch("/contentHandling", "CONVERT_TO_BINARY")
    )
    assert shown["contentHandling"] == "CONVERT_TO_BINARY"
    # An endpoint that gets bytes, text, and bytes of text.
    for part, handling in [("post-to-binary", "CONVERT_TO_BINARY"), ("post-to-text", "CONVERT_TO_TEXT"), ("post", None)]:
        one = place(part, "POST")
        apigateway.put_method(**one, authorizationType="NONE")
        settings = {"contentHandling": handling} if handling else {}
        apigateway.put_integration(**one, type="HTTP", integrationHttpMethod="POST", uri=web.url, **settings)
        apigateway.put_method_response(**one, statusCode="200")
        apigateway.put_integration_response(**one, statusCode="200")
    fails(
        lambda: apigateway.update_integration(**one, patchOperations=patch("/contentHandling", "CONVERT")),
        "BadRequestException", status=400,
    )  # fmt: skip
    apigateway.create_deployment(**name, stageName="Prod")

    def call(part, accept="text/plain", data=None, kind="text/plain", stage="Prod"):
        url = f"{server.api_url}/_aws/execute-api/{api['id']}/{stage}/{part}"
        headers = {"accept": accept, **({"content-type": kind} if data is not None else {})}
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers)) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    text = encoded.encode()
    for part, accept, wanted in [
        ("to-binary", "text", image), ("to-binary", "image", image),
        ("to-text", "text", text), ("to-text", "image", text),
        ("undefined", "text", text), ("undefined", "image", image),
    ]:  # fmt: skip
        assert call(part, types[accept]) == (200, wanted), (part, accept)
    assert call("broken")[0] == 500
    # With `*/*`, which stands for any type, a mock still answers text.
    apigateway.update_rest_api(**name, patchOperations=patch("/binaryMediaTypes/*~1*", "", "add"))
    apigateway.create_deployment(**name, stageName="Any")
    for part, accept, wanted in [("to-binary", "*/*", image), ("to-text", "*/*", text), ("undefined", "*/*", text)]:
        assert call(part, accept, stage="Any") == (200, wanted), part

    for part, kind, sent, wanted in [
        ("post-to-binary", "text", text, image), ("post-to-binary", "image", image, image),
        ("post-to-text", "text", text, text), ("post-to-text", "image", image, text),
        ("post", "text", text, text), ("post", "image", image, image),
    ]:  # fmt: skip
        assert call(part, data=sent, kind=types[kind])[0] == 200, (part, kind)
        assert web.bodies.pop() == wanted, (part, kind)
    assert call("post-to-binary", data=b"{}")[0] == 400
    assert web.bodies == []
    tried = apigateway.test_invoke_method(**broken)
    assert tried["status"] == 500 and "no base64" in tried["log"]
    apigateway.delete_rest_api(**name)
