"""HTTP APIs of API Gateway with boto3 and the AWS CLI, called by curl: AWS guide "Tutorial: Create a CRUD HTTP API with
Lambda and DynamoDB" and "Quick create"."""

import json

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from lib import ACCOUNT, REGION, fails, run, unique, user_key
from test_apigateway import curl, permit
from test_functions import TRUST, zipped

HANDLER = """
import json
def handler(event, context):
    if event.get("type") == "REQUEST":
        return {"isAuthorized": event["identitySource"] == ["good"], "context": {"who": "me"}}
    request = event["requestContext"]
    told = {"version": event["version"], "route": event.get("routeKey"), "path": event.get("rawPath", event.get("path")),
            "parameters": event.get("pathParameters"), "stage": request["stage"], "body": event.get("body"),
            "authorizer": request.get("authorizer")}
    # Only with format 2.0 may an answer be a body alone.
    return told if event["version"] == "2.0" else {"statusCode": 200, "body": json.dumps(told)}
"""


@pytest.fixture(scope="module")
def function(server):
    """The ARN of a function that answers what it was asked, and authorizes."""
    role = server.client("iam").create_role(RoleName=unique("http"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    made = server.client("lambda").create_function(
        FunctionName=unique("http"), Runtime="python3.12", Role=role, Handler="app.handler",
        Code={"ZipFile": zipped(app_py=HANDLER)},
    )
    return made["FunctionArn"]


def url(server, api, path):
    return f"https://localhost:{server.https_port}/_aws/execute-api/{api}{path}"


def test_the_quick_form_from_the_command_line(server, function):
    aws = server.aws
    api = aws("apigatewayv2", "create-api", "--name", unique("quick"), "--protocol-type", "HTTP", "--target", function)
    assert api["ApiEndpoint"] == f"https://{api['ApiId']}.execute-api.{REGION}.amazonaws.com"
    assert api["CreatedDate"].startswith("20")
    name = api["ApiId"]
    assert curl(server, url(server, name, "/a/b")) == (500, '{"message":"Internal Server Error"}')
    permit(server, function, name)
    status, body = curl(server, url(server, name, "/a/b?x=1"), "-d", "hello")
    assert (status, json.loads(body)) == (200, {
        "version": "2.0", "route": "$default", "path": "/a/b", "parameters": None, "stage": "$default",
        "body": "hello", "authorizer": None,
    })  # fmt: skip
    host = f"Host: {name}.execute-api.{REGION}.amazonaws.com"
    status, body = curl(server, f"https://localhost:{server.https_port}/a", "-H", host)
    assert (status, json.loads(body)["path"]) == (200, "/a")
    # By its own key: only that route is left.
    aws("apigatewayv2", "update-api", "--api-id", name, "--route-key", "GET /a", "--description", "d")
    assert curl(server, url(server, name, "/b")) == (404, '{"message":"Not Found"}')
    assert json.loads(curl(server, url(server, name, "/a"))[1])["route"] == "GET /a"
    assert [one["ApiId"] for one in aws("apigatewayv2", "get-apis")["Items"]].count(name) == 1
    aws("apigatewayv2", "delete-api", "--api-id", name)
    assert curl(server, url(server, name, "/a"))[0] == 403


def test_routes_stages_and_deployments(server, function):
    apigatewayv2 = server.client("apigatewayv2")
    api = apigatewayv2.create_api(Name=unique("http"), ProtocolType="HTTP", Tags={"a": "b"})["ApiId"]
    name = {"ApiId": api}
    permit(server, function, api)
    integration = apigatewayv2.create_integration(
        **name, IntegrationType="AWS_PROXY", IntegrationUri=function, PayloadFormatVersion="2.0", IntegrationMethod="POST",
    )["IntegrationId"]  # fmt: skip
    target = f"integrations/{integration}"
    route = apigatewayv2.create_route(**name, RouteKey="ANY /items/{id}", Target=target)["RouteId"]
    assert apigatewayv2.get_route(**name, RouteId=route)["AuthorizationType"] == "NONE"
    apigatewayv2.create_stage(**name, StageName="prod", StageVariables={"a": "b"})
    assert curl(server, url(server, api, "/prod/items/1"))[0] == 404
    deployment = apigatewayv2.create_deployment(**name, StageName="prod", Description="one")["DeploymentId"]
    status, body = curl(server, url(server, api, "/prod/items/1"))
    told = json.loads(body)
    assert (status, told["path"], told["parameters"]) == (200, "/prod/items/1", {"id": "1"})
    assert apigatewayv2.get_deployment(**name, DeploymentId=deployment)["DeploymentStatus"] == "DEPLOYED"
    apigatewayv2.update_deployment(**name, DeploymentId=deployment, Description="first")
    assert apigatewayv2.get_deployments(**name)["Items"][0]["Description"] == "first"
    # Format 1.0, in a stage that follows.
    apigatewayv2.create_stage(**name, StageName="$default", AutoDeploy=True)
    apigatewayv2.update_integration(**name, IntegrationId=integration, PayloadFormatVersion="1.0", TimeoutInMillis=10000)
    assert json.loads(curl(server, url(server, api, "/items/2"))[1])["version"] == "1.0"
    assert json.loads(curl(server, url(server, api, "/prod/items/2"))[1])["version"] == "2.0"
    assert apigatewayv2.get_integration(**name, IntegrationId=integration)["TimeoutInMillis"] == 10000
    assert len(apigatewayv2.get_integrations(**name)["Items"]) == len(apigatewayv2.get_routes(**name)["Items"]) == 1
    apigatewayv2.update_stage(**name, StageName="prod", AutoDeploy=True)
    assert apigatewayv2.get_stage(**name, StageName="prod")["DeploymentId"] != deployment
    apigatewayv2.delete_deployment(**name, DeploymentId=deployment)
    fails(
        lambda: apigatewayv2.delete_integration(**name, IntegrationId=integration), "ConflictException", "Routes", status=409
    )
    fails(
        lambda: apigatewayv2.create_deployment(**name, StageName="prod"), "BadRequestException", "autoDeploy", status=400
    )
    arn = f"arn:aws:apigateway:{REGION}::/apis/{api}"
    apigatewayv2.tag_resource(ResourceArn=arn, Tags={"c": "d"})
    apigatewayv2.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert apigatewayv2.get_tags(ResourceArn=arn)["Tags"] == {"c": "d"}
    apigatewayv2.update_route(**name, RouteId=route, RouteKey="GET /x")
    assert curl(server, url(server, api, "/prod/x"))[0] == 200
    apigatewayv2.delete_route(**name, RouteId=route)
    apigatewayv2.delete_integration(**name, IntegrationId=integration)
    apigatewayv2.delete_stage(**name, StageName="prod")
    assert [one["StageName"] for one in apigatewayv2.get_stages(**name)["Items"]] == ["$default"]
    apigatewayv2.delete_api(**name)
    fails(lambda: apigatewayv2.get_api(**name), "NotFoundException", "Invalid API identifier", status=404)


def test_authorizers_iam_and_cors(server, function):
    apigatewayv2 = server.client("apigatewayv2")
    cors = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"], "AllowHeaders": ["authorization"]}
    api = apigatewayv2.create_api(Name=unique("http"), ProtocolType="HTTP", Target=function, CorsConfiguration=cors)
    assert api["CorsConfiguration"] == cors
    name = {"ApiId": api["ApiId"]}
    permit(server, function, api["ApiId"])
    authorizer = apigatewayv2.create_authorizer(
        **name, Name="a", AuthorizerType="REQUEST", AuthorizerUri=function, AuthorizerPayloadFormatVersion="2.0",
        EnableSimpleResponses=True, IdentitySource=["$request.header.Authorization"],
    )["AuthorizerId"]  # fmt: skip
    apigatewayv2.update_authorizer(**name, AuthorizerId=authorizer, AuthorizerResultTtlInSeconds=0)
    assert apigatewayv2.get_authorizer(**name, AuthorizerId=authorizer)["EnableSimpleResponses"] is True
    assert len(apigatewayv2.get_authorizers(**name)["Items"]) == 1
    route = apigatewayv2.get_routes(**name)["Items"][0]["RouteId"]
    apigatewayv2.update_route(**name, RouteId=route, AuthorizationType="CUSTOM", AuthorizerId=authorizer)
    at = url(server, api["ApiId"], "/x")
    assert curl(server, at) == (401, '{"message":"Unauthorized"}')
    assert curl(server, at, "-H", "Authorization: bad") == (403, '{"message":"Forbidden"}')
    status, body = curl(server, at, "-H", "Authorization: good")
    assert (status, json.loads(body)["authorizer"]) == (200, {"lambda": {"who": "me"}})
    # A browser asks before, without credentials.
    asked = ["-H", "Origin: https://a.example", "-H", "Access-Control-Request-Method: GET"]
    told = run(["curl", "-sS", "-i", "--cacert", server.root_ca, "-X", "OPTIONS", *asked, at]).stdout.lower()
    assert "204" in told.splitlines()[0] and "access-control-allow-origin: https://a.example" in told
    apigatewayv2.delete_cors_configuration(**name)
    assert "CorsConfiguration" not in apigatewayv2.get_api(**name)
    # IAM instead.
    apigatewayv2.update_route(**name, RouteId=route, AuthorizationType="AWS_IAM")
    apigatewayv2.delete_authorizer(**name, AuthorizerId=authorizer)
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api['ApiId']}/*"
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}
    _, may = user_key(server, {"Version": "2012-10-17", "Statement": allow})
    _, may_not = user_key(server, {"Version": "2012-10-17", "Statement": {**allow, "Effect": "Deny"}})
    for key, expected in ((may, 200), (may_not, 403)):
        credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
        request = AWSRequest("GET", at)
        SigV4Auth(credentials, "execute-api", REGION).add_auth(request)
        headers = [word for field in request.headers.items() for word in ("-H", ": ".join(field))]
        assert curl(server, at, *headers)[0] == expected
    assert curl(server, at)[0] == 403
    apigatewayv2.delete_api(**name)
