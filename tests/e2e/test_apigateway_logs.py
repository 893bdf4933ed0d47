"""What stages log of requests, and methods tried without a stage. AWS guide: "Set up CloudWatch logging for REST APIs",
"Configure logging for HTTP APIs", "Use the API Gateway console to test a REST API method" by the command line."""

import json

import pytest
from lib import ACCOUNT, REGION, Server, fails, unique, user_key
from test_apigateway import HANDLER, curl, permit, uri
from test_apigateway_requests import mocked
from test_apigatewayv2 import HANDLER as HTTP_HANDLER
from test_functions import TRUST, zipped

GATEWAY_TRUST = TRUST.replace("lambda.amazonaws.com", "apigateway.amazonaws.com")
PUSH = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
ROLE = "/cloudwatchRoleArn"
ONLY_GATEWAY = {
    "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "apigateway:*", "Resource": "*"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """A server of its own, since the role for logs is the account's; with functions for both kinds of APIs."""
    server = Server(tmp_path_factory.mktemp("gateway") / "data").start()
    role = server.client("iam").create_role(RoleName=unique("gateway"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]

    def made(handler):
        return server.client("lambda").create_function(
            FunctionName=unique("gateway"), Runtime="python3.12", Role=role, Handler="app.handler",
            Code={"ZipFile": zipped(app_py=handler)},
        )["FunctionArn"]  # fmt: skip

    server.function, server.http_function = made(HANDLER), made(HTTP_HANDLER)
    yield server
    server.stop()
    assert "panicked" not in server.log(), server.log()


@pytest.fixture
def role(gateway):
    """The role that writes logs."""
    iam = gateway.client("iam")
    name = unique("logs")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=GATEWAY_TRUST)["Role"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=PUSH)
    gateway.client("apigateway").update_account(patchOperations=[patch(ROLE, arn)])
    return name


def patch(path, value, op="replace"):
    return {"op": op, "path": path, "value": value}


def group(name):
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"


def lines(server, name):
    events = server.client("logs").filter_log_events(logGroupName=name)["events"]
    return [event["message"] for event in events]


def deployed(server, kind="AWS_PROXY", **settings):
    """A REST API with one method, and the name of its stage in calls."""
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("logs"), **settings)
    name = {"restApiId": api["id"]}
    resource = apigateway.create_resource(**name, parentId=api["rootResourceId"], pathPart="x")["id"]
    method = {**name, "resourceId": resource, "httpMethod": "ANY"}
    apigateway.put_method(**method, authorizationType="NONE")
    apigateway.put_integration(**method, type=kind, integrationHttpMethod="POST", uri=uri(server.function))
    apigateway.create_deployment(**name, stageName="prod")
    return method, {**name, "stageName": "prod"}


def ask(server, api, path, *arguments):
    return curl(server, f"https://localhost:{server.https_port}/_aws/execute-api/{api}/prod{path}", *arguments)


def test_the_role_that_writes_logs(gateway):
    apigateway, iam = gateway.client("apigateway"), gateway.client("iam")
    _, stage = deployed(gateway)
    format = patch("/accessLogSettings/format", "$context.requestId")
    there = patch("/accessLogSettings/destinationArn", group("access"))
    must = "CloudWatch Logs role ARN must be set in account settings to enable logging"
    assert "cloudwatchRoleArn" not in apigateway.get_account()
    for patches in [[format, there], [patch("/*/*/logging/loglevel", "INFO")]]:
        fails(lambda: apigateway.update_stage(**stage, patchOperations=patches), "BadRequestException", must, status=400)  # noqa: B023
    name = unique("logs")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    set_it = lambda: apigateway.update_account(patchOperations=[patch(ROLE, role)])  # noqa: E731
    lacks = "The role ARN does not have required permissions configured."
    fails(set_it, "BadRequestException", lacks, status=400)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=GATEWAY_TRUST)
    fails(set_it, "BadRequestException", lacks, status=400)
    iam.attach_role_policy(RoleName=name, PolicyArn=PUSH)
    assert set_it()["cloudwatchRoleArn"] == role == apigateway.get_account()["cloudwatchRoleArn"]
    # Who may not hand the role to API Gateway may not set it.
    _, key = user_key(gateway, ONLY_GATEWAY)
    fails(
        lambda: gateway.client("apigateway", key).update_account(patchOperations=[patch(ROLE, role)]),
        "AccessDeniedException", "iam:PassRole", status=403,
    )  # fmt: skip
    apigateway.update_stage(**stage, patchOperations=[format, there])
    apigateway.update_account(patchOperations=[patch(ROLE, "")])
    assert "cloudwatchRoleArn" not in apigateway.get_account()
    # Other changes of a stage that logs go on.
    apigateway.update_stage(**stage, patchOperations=[patch("/description", "d")])


def test_access_logs_of_rest_apis(gateway, role):
    apigateway = gateway.client("apigateway")
    _, stage = deployed(gateway)
    api = stage["restApiId"]
    name = f"/aws/apigateway/{unique('access')}"
    format = json.dumps({name: f"$context.{name}" for name in [
        "requestId", "identity.sourceIp", "identity.userAgent", "httpMethod", "resourcePath", "path", "status", "stage",
        "protocol", "integration.status", "integrationStatus", "integrationErrorMessage", "error.message",
        "error.responseType", "authorizer.principalId",
    ]})  # fmt: skip
    sized = format[:-1] + ', "length": $context.responseLength, "latency": $context.responseLatency}\n'
    patches = [patch("/accessLogSettings/format", sized), patch("/accessLogSettings/destinationArn", group(name))]
    shown = apigateway.update_stage(**stage, patchOperations=patches)
    assert shown["accessLogSettings"] == {"format": sized, "destinationArn": group(name)}
    assert apigateway.get_stage(**stage)["accessLogSettings"] == shown["accessLogSettings"]
    # Before the function may be called, afterwards, and where there is no method.
    assert ask(gateway, api, "/x")[0] == 500
    permit(gateway, gateway.function, api)
    body = ask(gateway, api, "/x?q=1", "-A", 'curl "quoted"')[1]
    assert ask(gateway, api, "/none")[0] == 403
    refused, answered, unknown = map(json.loads, lines(gateway, name))
    assert (refused["status"], refused["integrationStatus"]) == ("500", "-")
    assert "does not let apigateway.amazonaws.com invoke" in refused["integrationErrorMessage"]
    assert refused["error.message"] == "Internal server error"
    assert len(answered["requestId"]) == 36 and answered["identity.sourceIp"] == "127.0.0.1"
    assert answered["identity.userAgent"] == 'curl "quoted"'
    assert (answered["httpMethod"], answered["resourcePath"], answered["path"]) == ("GET", "/x", "/prod/x")
    assert (answered["status"], answered["stage"], answered["integration.status"]) == ("200", "prod", "200")
    assert (answered["length"], answered["error.message"]) == (len(body), "-")
    assert answered["latency"] >= 0 and answered["authorizer.principalId"] == "-"
    assert (unknown["status"], unknown["error.responseType"]) == ("403", "MISSING_AUTHENTICATION_TOKEN")
    # One without its settings is silent.
    shown = apigateway.update_stage(**stage, patchOperations=[{"op": "remove", "path": "/accessLogSettings"}])
    assert "accessLogSettings" not in shown
    ask(gateway, api, "/x")
    assert len(lines(gateway, name)) == 3


def test_access_logs_that_cannot_be(gateway, role):
    apigateway = gateway.client("apigateway")
    _, stage = deployed(gateway)
    for path, value, part in [
        ("destinationArn", group("a") + ":*", "Access log destination must only contain characters"),
        ("destinationArn", "arn:aws:s3:::b", "Invalid ARN"),
        ("format", "$context.requestId\n$context.status", "single line"),
        ("format", "$context.status", "requestId"),
    ]:
        fails(
            lambda: apigateway.update_stage(**stage, patchOperations=[patch(f"/accessLogSettings/{path}", value)]),  # noqa: B023
            "BadRequestException", part, status=400,
        )  # fmt: skip
    firehose = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/amazon-apigateway-x"
    patches = [patch("/accessLogSettings/destinationArn", firehose)]
    fails(lambda: apigateway.update_stage(**stage, patchOperations=patches), "NotImplementedException", "Firehose", status=501)  # noqa: E501


def test_a_role_that_may_no_longer_write(gateway, role):
    apigateway, iam = gateway.client("apigateway"), gateway.client("iam")
    _, stage = deployed(gateway)
    name = unique("access")
    patches = [
        patch("/accessLogSettings/format", "$context.requestId"),
        patch("/accessLogSettings/destinationArn", group(name)),
    ]
    apigateway.update_stage(**stage, patchOperations=patches)
    iam.detach_role_policy(RoleName=role, PolicyArn=PUSH)
    permit(gateway, gateway.function, stage["restApiId"])
    # The answer does not wait for its log.
    assert ask(gateway, stage["restApiId"], "/x")[0] == 200
    fails(lambda: lines(gateway, name), "ResourceNotFoundException")


def test_execution_logs(gateway, role):
    apigateway = gateway.client("apigateway")
    _, stage = deployed(gateway)
    api = stage["restApiId"]
    name = f"API-Gateway-Execution-Logs_{api}/prod"
    shown = apigateway.update_stage(**stage, patchOperations=[patch("/*/*/logging/loglevel", "ERROR")])
    assert shown["methodSettings"]["*/*"]["loggingLevel"] == "ERROR"
    assert ask(gateway, api, "/x")[0] == 500
    found = lines(gateway, name)
    assert [line.split(") ", 1)[1].split(":")[0] for line in found] == [
        "Execution failed due to configuration error", "Method completed with status",
    ]  # fmt: skip
    permit(gateway, gateway.function, api)
    ask(gateway, api, "/x")
    assert lines(gateway, name) == found
    trace = [patch("/~1x/ANY/logging/loglevel", "INFO"), patch("/~1x/GET/logging/loglevel", "INFO"),
             patch("/~1x/GET/logging/dataTrace", "true")]  # fmt: skip
    apigateway.update_stage(**stage, patchOperations=trace)
    ask(gateway, api, "/x?q=1", "-H", "Authorization: Bearer secret-token", "-H", "X-Api-Key: secret-key")
    found = lines(gateway, name)[2:]
    assert len({line.split(") ", 1)[0] for line in found}) == 1
    text = "\n".join(found)
    for part in [
        "Starting execution for request: ", "HTTP Method: GET, Resource Path: /x", "Method request query string: {q=1}",
        "Endpoint request URI: https://lambda.", "Received response. Status: 200, Integration latency: ",
        "Successfully completed execution", "Method completed with status: 200",
    ]:  # fmt: skip
        assert part in text, part
    assert "authorization=******" in text and "x-api-key=******" in text
    # Nor in the event that the function is called with.
    assert "Endpoint request body after transformations" in text and "secret" not in text


def test_access_logs_of_http_apis(gateway):
    apigatewayv2 = gateway.client("apigatewayv2")
    api = apigatewayv2.create_api(Name=unique("http"), ProtocolType="HTTP", RouteKey="GET /x", Target=gateway.http_function)
    stage = {"ApiId": api["ApiId"], "StageName": "$default"}
    name = unique("http")
    settings = {
        "DestinationArn": group(name),
        "Format": "$context.identity.sourceIp $context.routeKey $context.status $context.requestId $context.error.message",
    }
    _, key = user_key(gateway, ONLY_GATEWAY)
    denied = lambda: gateway.client("apigatewayv2", key).update_stage(**stage, AccessLogSettings=settings)  # noqa: E731
    fails(denied, "AccessDeniedException", "logs:CreateLogDelivery", status=403)
    shown = apigatewayv2.update_stage(**stage, AccessLogSettings=settings)
    assert shown["AccessLogSettings"] == settings == apigatewayv2.get_stage(**stage)["AccessLogSettings"]
    fails(
        lambda: apigatewayv2.update_stage(**stage, AccessLogSettings={**settings, "DestinationArn": group("a:*")}),
        "BadRequestException", "Access log destination must only contain", status=400,
    )  # fmt: skip
    permit(gateway, gateway.http_function, api["ApiId"])
    url = f"https://localhost:{gateway.https_port}/_aws/execute-api/{api['ApiId']}"
    assert curl(gateway, f"{url}/x")[0] == 200 and curl(gateway, f"{url}/y")[0] == 404
    found = [line.split() for line in lines(gateway, name)]
    assert [line[:4] for line in found[:1]] == [["127.0.0.1", "GET", "/x", "200"]]
    assert found[1][:3] == ["127.0.0.1", "-", "404"] and found[1][-2:] == ["Not", "Found"]


def test_methods_are_tried_without_a_stage(gateway):
    apigateway = gateway.client("apigateway")
    method, stage = deployed(gateway)
    api = stage["restApiId"]
    method["httpMethod"] = "ANY"
    tried = apigateway.test_invoke_method(**method, pathWithQueryString="/x?a=1", body="b", headers={"X-A": "1"})
    assert tried["status"] == 500 and "Execution failed due to configuration error" in tried["log"]
    permit(gateway, gateway.function, api)
    tried = apigateway.test_invoke_method(**method, pathWithQueryString="/x?a=1", body="b", headers={"X-A": "1"})
    told = json.loads(tried["body"])
    assert (tried["status"], told["query"], told["body"], told["stage"]) == (200, {"a": "1"}, "b", "test-invoke-stage")
    assert tried["multiValueHeaders"]["x-function"] == ["yes"] and tried["latency"] >= 0
    assert tried["log"].startswith("Execution log for request ")
    assert "HTTP Method: ANY, Resource Path: /x" in tried["log"] and "Method completed with status: 200" in tried["log"]
    fails(lambda: apigateway.test_invoke_method(**{**method, "httpMethod": "GET"}), "NotFoundException", status=404)
    fails(lambda: apigateway.test_invoke_method(**method, pathWithQueryString="/y"), "BadRequestException", status=400)
    # As it is edited, deployed or not; a mock, with the variables that a stage would have.
    mocked(apigateway, api, method["resourceId"], "PUT", answer="$stageVariables.v")
    put = {**method, "httpMethod": "PUT"}
    assert apigateway.test_invoke_method(**put, stageVariables={"v": "1"})["body"] == "1"
    aws = gateway.aws("apigateway", "test-invoke-method", "--rest-api-id", api, "--resource-id", method["resourceId"],
                      "--http-method", "PUT", "--stage-variables", "v=2")  # fmt: skip
    assert (aws["status"], aws["body"]) == (200, "2")
