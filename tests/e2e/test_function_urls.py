"""URLs of functions with boto3 and the AWS CLI, called by curl: AWS guide "Creating and managing Lambda function URLs"."""

import json

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from lib import ACCOUNT, REGION, fails, run, unique
from test_functions import TRUST, zipped

HANDLER = """
import json
def handler(event, context):
    if event["rawPath"] == "/fail":
        raise ValueError("no")
    if event["rawPath"] == "/plain":
        return {"hello": "there"}
    return {"statusCode": 201, "headers": {"X-Function": "yes", "Access-Control-Allow-Origin": "own"}, "cookies": ["a=b"],
            "body": json.dumps(event)}
"""


@pytest.fixture(scope="module")
def function(server):
    """The name of a function that answers with what it was asked."""
    role = server.client("iam").create_role(RoleName=unique("url"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    made = server.client("lambda").create_function(
        FunctionName=unique("url"), Runtime="python3.12", Role=role, Handler="app.handler",
        Code={"ZipFile": zipped(app_py=HANDLER)},
    )
    return made["FunctionName"]


def curl(server, url, *arguments):
    """Status, header fields by their lower-case names, body."""
    done = run(["curl", "-sS", "-i", "--cacert", server.root_ca, *arguments, url])
    head, _, body = done.stdout.replace("\r\n", "\n").partition("\n\n")
    status, *fields = head.splitlines()
    return int(status.split()[1]), {name.lower(): value for name, _, value in (one.partition(": ") for one in fields)}, body


def host_of(made):
    return made["FunctionUrl"].removeprefix("https://").removesuffix("/")


def test_a_url_for_everybody(server, function):
    client = server.client("lambda")
    cors = {"AllowOrigins": ["https://example.com"], "AllowMethods": ["GET"], "AllowHeaders": ["x-a"], "MaxAge": 5}
    made = client.create_function_url_config(FunctionName=function, AuthType="NONE", Cors=cors)
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}"
    assert (made["FunctionArn"], made["AuthType"], made["Cors"]) == (arn, "NONE", cors)
    # As recorded of AWS: the mode that nobody asked for is told when it is asked for.
    assert "InvokeMode" not in made and client.get_function_url_config(FunctionName=function)["InvokeMode"] == "BUFFERED"
    host = host_of(made)
    identifier, _, rest = host.partition(".")
    assert rest == f"lambda-url.{REGION}.on.aws"
    fails(lambda: client.create_function_url_config(FunctionName=function, AuthType="NONE"),
          "ResourceConflictException", f"[functionArn = {arn}]", status=409)
    fails(lambda: client.create_function_url_config(FunctionName="none", AuthType="NONE"),
          "ResourceNotFoundException", "Function does not exist", status=404)
    assert client.get_function_url_config(FunctionName=function)["FunctionUrl"] == made["FunctionUrl"]
    assert [one["FunctionUrl"] for one in client.list_function_url_configs(FunctionName=function)["FunctionUrlConfigs"]] == [
        made["FunctionUrl"]]

    base = f"https://localhost:{server.https_port}"
    by_path = f"{base}/_aws/lambda-url/{identifier}"
    status, headers, body = curl(server, f"{by_path}/x")
    forbidden = json.loads(body)["Message"]
    assert status == 403 and forbidden.startswith("Forbidden. For troubleshooting Function URL authorization issues, see: ")
    assert headers["x-amzn-errortype"] == "AccessDeniedException"
    told = client.add_permission(
        FunctionName=function, StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*",
        FunctionUrlAuthType="NONE",
    )
    statement = json.loads(told["Statement"])
    assert statement["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
    status, headers, body = curl(
        server, f"{base}/x%20y/z?a=1&a=2", "-H", f"Host: {host}", "-H", "Content-Type: application/json", "-d", '{"k": 1}',
        "-H", "Cookie: c=d; e=f", "-H", "Origin: https://example.com", "-H", "Connection: keep-alive", "-H", "X-A: b",
    )
    event = json.loads(body)
    assert event["headers"]["x-a"] == "b" and "connection" not in event["headers"]
    assert status == 201 and headers["x-function"] == "yes" and headers["set-cookie"] == "a=b"
    assert headers["access-control-allow-origin"] == "https://example.com"
    assert (event["version"], event["routeKey"], event["rawPath"], event["rawQueryString"]) == (
        "2.0", "$default", "/x%20y/z", "a=1&a=2")
    assert (event["body"], event["isBase64Encoded"], event["cookies"]) == ('{"k": 1}', False, ["c=d", "e=f"])
    context = event["requestContext"]
    assert (context["accountId"], context["apiId"], context["domainName"], context["domainPrefix"]) == (
        "anonymous", identifier, host, identifier)
    assert (context["http"]["method"], context["http"]["path"], context["stage"]) == ("POST", "/x y/z", "$default")
    status, headers, body = curl(server, f"{by_path}/plain")
    assert (status, headers["content-type"], json.loads(body)) == (200, "application/json", {"hello": "there"})
    status, _, body = curl(server, f"{by_path}/fail")
    assert (status, body) == (502, "Internal Server Error")
    status, headers, body = curl(server, f"{base}/_aws/lambda-url/none/")
    assert (status, json.loads(body), headers["x-amzn-errortype"]) == (403, {"Message": None}, "AccessDeniedException")
    asked = ["-X", "OPTIONS", "-H", "Origin: https://example.com", "-H", "Access-Control-Request-Method: GET"]
    status, headers, _ = curl(server, by_path, *asked)
    assert (status, headers["access-control-allow-methods"], headers["access-control-max-age"]) == (200, "GET", "5")
    bytes_of = json.loads(curl(server, by_path, "-H", "Content-Type: image/png", "-d", "abc")[2])
    assert (bytes_of["body"], bytes_of["isBase64Encoded"]) == ("YWJj", True)

    # Whoever may no longer, may not at once.
    client.remove_permission(FunctionName=function, StatementId="url")
    assert curl(server, by_path)[0] == 403
    client.delete_function_url_config(FunctionName=function)
    fails(lambda: client.get_function_url_config(FunctionName=function),
          "ResourceNotFoundException", "The resource you requested does not exist.", status=404)
    assert json.loads(curl(server, by_path)[2]) == {"Message": None}


def test_a_url_for_whom_iam_allows(server, function):
    client, iam = server.client("lambda"), server.client("iam")
    client.publish_version(FunctionName=function)
    client.create_alias(FunctionName=function, Name="live", FunctionVersion="1")
    aws = server.aws
    made = aws("lambda", "create-function-url-config", "--function-name", function, "--qualifier", "live",
               "--auth-type", "AWS_IAM")
    assert made["FunctionArn"].endswith(f":{function}:live")
    changed = aws("lambda", "update-function-url-config", "--function-name", function, "--qualifier", "live",
                  "--cors", '{"AllowOrigins": ["*"]}')
    assert changed["Cors"] == {"AllowOrigins": ["*"]} and changed["AuthType"] == "AWS_IAM"
    host = host_of(made)
    url = f"https://localhost:{server.https_port}/y"
    assert curl(server, url, "-H", f"Host: {host}")[0] == 403

    user = unique("url")
    arn = iam.create_user(UserName=user)["User"]["Arn"]
    key = iam.create_access_key(UserName=user)["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)

    def signed(service="lambda"):
        request = AWSRequest("GET", f"https://{host}/y", headers={"Host": host})
        SigV4Auth(session.get_credentials(), service, REGION).add_auth(request)
        return [part for name, value in request.headers.items() for part in ("-H", f"{name}: {value}")]

    assert curl(server, url, *signed())[0] == 403
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "lambda:InvokeFunctionUrl", "Resource": made["FunctionArn"],
         "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}}]}
    iam.put_user_policy(UserName=user, PolicyName="url", PolicyDocument=json.dumps(policy))
    status, _, body = curl(server, url, *signed())
    who = json.loads(body)["requestContext"]["authorizer"]["iam"]
    assert (status, who["userArn"], who["accessKey"]) == (201, arn, key["AccessKeyId"])
    assert curl(server, url, *signed("execute-api"))[0] == 403
    # The function's own policy lets in as well, and not against a denial.
    iam.delete_user_policy(UserName=user, PolicyName="url")
    client.add_permission(FunctionName=function, Qualifier="live", StatementId="u", Action="lambda:InvokeFunctionUrl",
                          Principal=arn, FunctionUrlAuthType="AWS_IAM")
    assert curl(server, url, *signed())[0] == 201
    policy["Statement"][0].update(Effect="Deny")
    iam.put_user_policy(UserName=user, PolicyName="url", PolicyDocument=json.dumps(policy))
    assert curl(server, url, *signed())[0] == 403
    # It goes with its alias.
    client.delete_alias(FunctionName=function, Name="live")
    assert client.list_function_url_configs(FunctionName=function)["FunctionUrlConfigs"] == []
    iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])


def test_a_url_survives_a_kill_and_goes_with_its_function(make_server):
    server = make_server()
    client = server.client("lambda")
    role = server.client("iam").create_role(RoleName="url", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    client.create_function(FunctionName="f", Runtime="python3.12", Role=role, Handler="app.handler",
                           Code={"ZipFile": zipped(app_py=HANDLER)})
    made = client.create_function_url_config(FunctionName="f", AuthType="NONE")
    client.add_permission(FunctionName="f", StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*",
                          FunctionUrlAuthType="NONE")
    server.kill()
    server.start()
    url = f"https://localhost:{server.https_port}/_aws/lambda-url/{host_of(made).partition('.')[0]}/"
    assert curl(server, url)[0] == 201
    server.client("lambda").delete_function(FunctionName="f")
    assert json.loads(curl(server, url)[2]) == {"Message": None}
