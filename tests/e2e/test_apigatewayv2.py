"""HTTP APIs of API Gateway with boto3 and the AWS CLI, called by curl: AWS guide "Tutorial: Create a CRUD HTTP API with
Lambda and DynamoDB" and "Quick create"."""

import base64
import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
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
    status, body = curl(server, url(server, name, "/a/b?x=1"), "-H", "Content-Type: text/plain", "-d", "hello")
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


class Issuer:
    """An issuer of tokens on the loopback, as OpenID Connect has it."""

    def __init__(self):
        self.asked = []
        self.keys = {}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                told = {
                    "/.well-known/openid-configuration": {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"},
                    "/keys": {"keys": [issuer.public(kid) for kid in issuer.keys]},
                }[self.path]
                body = json.dumps(told).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        Thread(target=self.http.serve_forever, daemon=True).start()

    def new_key(self, kid):
        self.keys[kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def public(self, kid):
        numbers = self.keys[kid].public_key().public_numbers()
        return {
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
            "n": encoded(numbers.n.to_bytes(256, "big")), "e": encoded(numbers.e.to_bytes(3, "big")),
        }  # fmt: skip

    def token(self, kid, **claims):
        now = int(time.time())
        claims = {"iss": self.url, "aud": "api", "sub": "lamp", "iat": now, "exp": now + 60, **claims}
        parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "kid": kid}, claims)]
        signed = ".".join(map(encoded, parts))
        return f"{signed}.{encoded(self.keys[kid].sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def encoded(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@pytest.fixture
def issuer():
    issuer = Issuer()
    issuer.new_key("one")
    yield issuer
    issuer.http.shutdown()


def test_tokens_of_an_issuer(server, function, issuer):
    """Developer guide, "Control access to HTTP APIs with JWT authorizers"."""
    apigatewayv2 = server.client("apigatewayv2")
    api = apigatewayv2.create_api(Name=unique("jwt"), ProtocolType="HTTP", Target=function)["ApiId"]
    name = {"ApiId": api}
    permit(server, function, api)
    jwt = {"Issuer": issuer.url, "Audience": ["api"]}
    authorizer = apigatewayv2.create_authorizer(
        **name, Name="jwt", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"], JwtConfiguration=jwt
    )
    assert authorizer["JwtConfiguration"] == jwt
    route = apigatewayv2.get_routes(**name)["Items"][0]["RouteId"]
    updated = apigatewayv2.update_route(
        **name, RouteId=route, AuthorizationType="JWT", AuthorizerId=authorizer["AuthorizerId"], AuthorizationScopes=["read"],
    )  # fmt: skip
    assert updated["AuthorizationScopes"] == ["read"]
    at = url(server, api, "/x")

    def get(token=None):
        told = run(["curl", "-sSi", "--cacert", server.root_ca, at, *(["-H", f"Authorization: {token}"] if token else [])])
        head, _, body = told.stdout.partition("\n\n")
        challenge = [line[18:] for line in head.splitlines() if line.lower().startswith("www-authenticate: ")]
        return int(head.split()[1]), body, challenge

    assert get() == (401, '{"message":"Unauthorized"}', ["Bearer"])
    status, body, _ = get(f"Bearer {issuer.token('one', scope='read write', n=[1, 2])}")
    told = json.loads(body)["authorizer"]["jwt"]
    assert (status, told["scopes"], told["claims"]["sub"], told["claims"]["n"]) == (200, ["read"], "lamp", "[1 2]")
    assert get(issuer.token("one", scope="read"))[0] == 200
    status, body, challenge = get(issuer.token("one", scope="write"))
    assert (status, body) == (403, '{"message":"Forbidden"}')
    assert challenge == ['Bearer scope="read" error="insufficient_scope"']
    expired = get(issuer.token("one", scope="read", exp=int(time.time()) - 1))
    assert expired[0] == 401 and "the token has expired" in expired[2][0]
    for claims in ({"aud": "other"}, {"iss": "https://other"}, {"nbf": int(time.time()) + 60}):
        assert get(issuer.token("one", scope="read", **claims))[0] == 401
    # Signed by a key that the issuer does not have.
    good = issuer.token("one", scope="read")
    issuer.keys["two"] = issuer.keys.pop("one")
    forged = Issuer()
    forged.new_key("one")
    forged.url = issuer.url
    assert get(forged.token("one", scope="read"))[0] == 401
    # Its keys are asked for once, and not by each request.
    assert get(good)[0] == 200
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]
    apigatewayv2.delete_api(**name)


def test_stages_take_so_many_requests(server, function):
    """Developer guide, "Throttle requests to your HTTP APIs"."""
    apigatewayv2 = server.client("apigatewayv2")
    api = apigatewayv2.create_api(Name=unique("rate"), ProtocolType="HTTP", Target=function)["ApiId"]
    name = {"ApiId": api}
    permit(server, function, api)
    stage = {**name, "StageName": "$default"}
    limits = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 2}
    updated = apigatewayv2.update_stage(**stage, DefaultRouteSettings=limits)
    assert updated["DefaultRouteSettings"] == {**limits, "DetailedMetricsEnabled": False}
    at = url(server, api, "/x")
    assert [curl(server, at)[0] for _ in range(3)] == [200, 200, 429]
    assert curl(server, at) == (429, '{"message":"Too Many Requests"}')
    apigatewayv2.update_stage(**stage, RouteSettings={"$default": {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 100}})
    # At this rate there is room again.
    assert curl(server, at)[0] == 200
    apigatewayv2.delete_route_settings(**stage, RouteKey="$default")
    assert apigatewayv2.get_stage(**stage)["RouteSettings"] == {}
    # Its requests are counted once the stage says so.
    of = f'nameplate_gateway_requests_total{{api="{api}",stage="$default",resource="$default",method="ANY"}}'
    assert of not in server.get("/metrics")
    apigatewayv2.update_stage(**stage, DefaultRouteSettings={**limits, "DetailedMetricsEnabled": True})
    curl(server, at)
    assert f"{of} 1\n" in server.get("/metrics")
    apigatewayv2.delete_api(**name)
    assert of not in server.get("/metrics")


def test_apis_from_documents(server, function, tmp_path):
    """AWS guide "Working with OpenAPI definitions for HTTP APIs", with the AWS CLI's own example."""
    definition = tmp_path / "api-definition.yaml"
    definition.write_text(f"""\
openapi: 3.0.1
info:
    title: My Lambda API
    version: v1.0
paths:
    /hello/{{name}}:
        x-amazon-apigateway-any-method:
            x-amazon-apigateway-integration:
                payloadFormatVersion: 2.0
                type: aws_proxy
                httpMethod: POST
                uri: arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations
                connectionType: INTERNET
""")
    aws = server.aws
    made = aws("apigatewayv2", "import-api", "--body", f"file://{definition}")
    api = made["ApiId"]
    assert (made["Name"], made["Version"], made["ProtocolType"], made["Tags"]) == ("My Lambda API", "v1.0", "HTTP", {})
    permit(server, function, api)
    aws("apigatewayv2", "create-stage", "--api-id", api, "--stage-name", "prod", "--auto-deploy")
    # HTTP APIs decode paths.
    status, body = curl(server, url(server, api, "/prod/hello/a%20b%40c"))
    told = json.loads(body)
    assert (status, told["path"], told["parameters"]) == (200, "/prod/hello/a b@c", {"name": "a b@c"})
    log = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{unique('access')}"
    settings = {"DestinationArn": log, "Format": "$context.requestId"}
    stage = {"ApiId": api, "StageName": "prod"}
    client = server.client("apigatewayv2")
    assert client.update_stage(**stage, AccessLogSettings=settings)["AccessLogSettings"]["DestinationArn"] == log
    client.delete_access_log_settings(**stage)
    assert "AccessLogSettings" not in client.get_stage(**stage)
    client.reset_authorizers_cache(**stage)
    refused = fails(lambda: client.reset_authorizers_cache(ApiId=api, StageName="none"), "NotFoundException")
    assert "Invalid stage identifier specified" in str(refused)
    exported = tmp_path / "stage-definition.yaml"
    aws("apigatewayv2", "export-api", "--api-id", api, "--output-type", "YAML", "--specification", "OAS30", "--stage-name", "prod", exported)
    assert exported.read_text().startswith("---\nopenapi:")
    exported.write_text(exported.read_text().replace("/hello/{name}", "/bye/{who}"))
    again = aws("apigatewayv2", "reimport-api", "--api-id", api, "--body", f"file://{exported}")
    assert again["ApiId"] == api
    assert curl(server, url(server, api, "/prod/hello/x"))[0] == 404
    assert json.loads(curl(server, url(server, api, "/prod/bye/x"))[1])["route"] == "ANY /bye/{who}"


def test_too_large_bodies(server, function):
    api = server.client("apigatewayv2").create_api(Name=unique("large"), ProtocolType="HTTP", Target=function)["ApiId"]
    permit(server, function, api)
    large = ["-H", "Expect:", "--data-binary", "@-"]
    done = run(
        ["curl", "-sS", "--cacert", server.root_ca, "-w", " %{http_code}", *large, url(server, api, "/x")],
        input="x" * (10 * 1024 * 1024 + 1), check=False,
    )
    assert done.stdout == '{"message":"Request Entity Too Large"} 413', done.stderr
