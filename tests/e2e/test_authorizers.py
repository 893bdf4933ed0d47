"""Custom authorizers: AWS IoT developer guide "Creating and managing custom authorizers (CLI)", and their test."""

import base64
import json

import pytest
from lib import ACCOUNT, REGION, fails, openssl, pages, unique
from test_functions import TRUST, zipped

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:authorize"


def public_key(directory, *arguments):
    private = directory / unique("key")
    openssl(*arguments, "-out", private)
    return openssl("pkey", "-in", private, "-pubout").stdout


@pytest.fixture(scope="module")
def signing_key(tmp_path_factory):
    return public_key(tmp_path_factory.mktemp("keys"), "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


def test_the_walkthrough(server, signing_key, tmp_path):
    """`--token-signing-public-keys FirstKey="…"` with the text of a file, as the guide has it."""
    name = unique("authorizer")
    made = server.aws("iot", "create-authorizer", "--authorizer-name", name, "--authorizer-function-arn", FUNCTION,
                      "--token-key-name", "MyAuthorizerToken", "--status", "ACTIVE",
                      "--token-signing-public-keys", f"FirstKey={signing_key}")  # fmt: skip
    assert made["authorizerArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:authorizer/{name}"
    described = server.aws("iot", "describe-authorizer", "--authorizer-name", name)["authorizerDescription"]
    assert described["status"] == "ACTIVE" and described["tokenKeyName"] == "MyAuthorizerToken"
    assert described["tokenSigningPublicKeys"]["FirstKey"].strip() == signing_key.strip()
    assert described["signingDisabled"] is False and described["enableCachingForHttp"] is False
    server.aws("iot", "set-default-authorizer", "--authorizer-name", name)
    assert server.aws("iot", "describe-default-authorizer")["authorizerDescription"]["authorizerName"] == name
    server.aws("iot", "clear-default-authorizer")


def test_life(iot, signing_key):
    name = unique("authorizer")
    iot.create_authorizer(authorizerName=name, authorizerFunctionArn=FUNCTION, signingDisabled=True)
    described = iot.describe_authorizer(authorizerName=name)["authorizerDescription"]
    assert described["status"] == "INACTIVE" and described["signingDisabled"] is True
    assert "tokenKeyName" not in described
    iot.update_authorizer(authorizerName=name, status="ACTIVE", enableCachingForHttp=True)
    described = iot.describe_authorizer(authorizerName=name)["authorizerDescription"]
    assert described["status"] == "ACTIVE" and described["enableCachingForHttp"] is True
    fails(lambda: iot.delete_authorizer(authorizerName=name), "DeleteConflictException", "INACTIVE", status=409)
    iot.update_authorizer(authorizerName=name, status="INACTIVE")
    iot.delete_authorizer(authorizerName=name)
    fails(lambda: iot.describe_authorizer(authorizerName=name), "ResourceNotFoundException", name)


def test_default(iot):
    first, second = unique("default"), unique("default")
    for name in (first, second):
        iot.create_authorizer(authorizerName=name, authorizerFunctionArn=FUNCTION, signingDisabled=True)
    fails(iot.describe_default_authorizer, "ResourceNotFoundException")
    iot.set_default_authorizer(authorizerName=first)
    fails(lambda: iot.set_default_authorizer(authorizerName=first), "ResourceAlreadyExistsException")
    iot.set_default_authorizer(authorizerName=second)
    assert iot.describe_default_authorizer()["authorizerDescription"]["authorizerName"] == second
    fails(lambda: iot.delete_authorizer(authorizerName=second), "DeleteConflictException", "default")
    iot.clear_default_authorizer()
    fails(iot.clear_default_authorizer, "ResourceNotFoundException")
    iot.delete_authorizer(authorizerName=second)


def test_keys(iot, signing_key, tmp_path):
    def create(**more):
        iot.create_authorizer(authorizerName=unique("a"), authorizerFunctionArn=FUNCTION, **more)

    short = public_key(tmp_path, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
    curve = public_key(tmp_path, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    fails(create, "InvalidRequestException", "tokenKeyName is required")
    fails(lambda: create(tokenKeyName="t"), "InvalidRequestException", "tokenSigningPublicKeys is required")
    for key, word in [(short, "RSA 1024"), (curve, "EC P-256"), ("nonsense", "no PEM block")]:
        fails(lambda key=key: create(tokenKeyName="t", tokenSigningPublicKeys={"k": key}), "InvalidRequestException", word)
    create(tokenKeyName="t", tokenSigningPublicKeys={"k": signing_key, "k2": signing_key})


def test_list(iot):
    names = [unique("listed") for _ in range(3)]
    for name, status in zip(names, ("ACTIVE", "INACTIVE", "ACTIVE"), strict=True):
        iot.create_authorizer(authorizerName=name, authorizerFunctionArn=FUNCTION, signingDisabled=True, status=status)
    marker = {"token": "marker", "answer_token": "nextMarker"}
    found, count = pages(iot.list_authorizers, "authorizers", pageSize=1, ascendingOrder=True, **marker)
    assert [a["authorizerName"] for a in found if a["authorizerName"] in names] == names and count >= 3
    active, _ = pages(iot.list_authorizers, "authorizers", status="ACTIVE", **marker)
    assert names[1] not in [a["authorizerName"] for a in active]


# Does as its token says; `show` tells the event in an error, which the test of an authorizer passes on.
AUTHORIZE = """
import json, time
def handler(event, context):
    token = event.get("token")
    if token == "show":
        raise ValueError(json.dumps(event))
    if token == "hang":
        time.sleep(30)
    if token == "garbage":
        return {"isAuthenticated": "true"}
    if token == "deny":
        return {"isAuthenticated": False}
    resource = "arn:aws:iot:us-east-1:123456789012:topic/customauthtesting"
    statement = {"Action": "iot:Publish", "Effect": "Allow", "Resource": resource}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"isAuthenticated": True, "principalId": "principalId", "policyDocuments": [policy, json.dumps(policy)],
            "refreshAfterInSeconds": 600, "disconnectAfterInSeconds": 3600}
"""
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Action": "iot:Publish",
            "Effect": "Allow",
            "Resource": "arn:aws:iot:us-east-1:123456789012:topic/customauthtesting",
        }
    ],
}


@pytest.fixture(scope="module")
def authorize(server):
    """ARN of a real function that authorizers may ask."""
    name = unique("authorize")
    role = server.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    client = server.client("lambda")
    arn = client.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Timeout=60,
        Code={"ZipFile": zipped(app_py=AUTHORIZE)},
    )["FunctionArn"]  # fmt: skip
    client.add_permission(
        FunctionName=name, StatementId="iot", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com",
        SourceArn=f"arn:aws:iot:{REGION}:{ACCOUNT}:authorizer/permitted*",
    )  # fmt: skip
    return arn


def test_a_signed_token_is_tested_from_the_command_line(server, iot, authorize, tmp_path):
    """The AWS CLI's own example, with a key of ours."""
    private, token, name = tmp_path / "key", tmp_path / "token", unique("permitted")
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", private)
    token.write_text("allow")
    openssl("dgst", "-sha256", "-sign", private, "-out", tmp_path / "signature", token)
    signature = base64.b64encode((tmp_path / "signature").read_bytes()).decode()
    iot.create_authorizer(
        authorizerName=name, authorizerFunctionArn=authorize, tokenKeyName="token", status="ACTIVE",
        tokenSigningPublicKeys={"k": openssl("pkey", "-in", private, "-pubout").stdout},
    )  # fmt: skip
    told = server.aws(
        "iot", "test-invoke-authorizer", "--authorizer-name", name, "--token", "allow", "--token-signature", signature
    )
    assert [json.loads(text) for text in told.pop("policyDocuments")] == [POLICY, POLICY]
    assert told == {
        "isAuthenticated": True,
        "principalId": "principalId",
        "refreshAfterInSeconds": 600,
        "disconnectAfterInSeconds": 3600,
    }
    fails(
        lambda: iot.test_invoke_authorizer(authorizerName=name, token="Allow", tokenSignature=signature),
        "InvalidRequestException", "signature verifies with none", status=400,
    )  # fmt: skip


def test_what_a_function_is_asked(iot, authorize):
    name = unique("permitted")
    iot.create_authorizer(authorizerName=name, authorizerFunctionArn=authorize, signingDisabled=True)
    with pytest.raises(iot.exceptions.InvalidResponseException) as caught:
        iot.test_invoke_authorizer(
            authorizerName=name,
            token="show",
            tlsContext={"serverName": "host"},
            httpContext={"headers": {"name": "value"}, "queryString": "?name=value"},
            mqttContext={"username": "user?a=b", "password": b"test", "clientId": "id"},
        )
    message = caught.value.response["Error"]["Message"]
    event = json.loads(message[message.index("{") :])
    assert len(event.pop("connectionMetadata")["id"]) == 36
    assert event == {
        "token": "show",
        "signatureVerified": False,
        "protocols": ["tls", "http", "mqtt"],
        "protocolData": {
            "tls": {"serverName": "host"},
            "http": {"headers": {"name": "value"}, "queryString": "?name=value"},
            "mqtt": {"username": "user?a=b", "password": "dGVzdA==", "clientId": "id"},
        },
    }


def test_answers_that_are_no_yes(iot, authorize):
    name = unique("permitted")
    iot.create_authorizer(authorizerName=name, authorizerFunctionArn=authorize, signingDisabled=True)
    denied = iot.test_invoke_authorizer(authorizerName=name, token="deny")
    assert denied["isAuthenticated"] is False and "principalId" not in denied
    for token, why in [("garbage", "isAuthenticated must be true or false"), ("hang", "did not answer within 5")]:
        fails(
            lambda token=token: iot.test_invoke_authorizer(authorizerName=name, token=token),
            "InvalidResponseException", why, status=400,
        )  # fmt: skip
    name = unique("unknown")
    iot.create_authorizer(authorizerName=name, authorizerFunctionArn=authorize, signingDisabled=True)
    fails(
        lambda: iot.test_invoke_authorizer(authorizerName=name, token="allow"),
        "UnauthorizedException", "add-permission", status=401,
    )  # fmt: skip
