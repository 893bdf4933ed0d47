"""The registry of custom authorizers: AWS IoT developer guide "Creating and managing custom authorizers (CLI)"."""

import pytest
from lib import ACCOUNT, REGION, fails, openssl, pages, unique

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
