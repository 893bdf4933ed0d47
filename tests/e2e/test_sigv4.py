"""Signatures: AWS General Reference, "Signing AWS API requests", and the errors SDKs look for."""

import datetime
import json
import urllib.error
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from botocore.exceptions import ClientError
from lib import REGION, unique


def code_of(call):
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Message"]


def own_key(server, **changes):
    env = server.env
    return {"AccessKeyId": env["AWS_ACCESS_KEY_ID"], "SecretAccessKey": env["AWS_SECRET_ACCESS_KEY"], **changes}


def test_wrong_secret(server):
    key = own_key(server, SecretAccessKey="x" * 40)
    code, status, message = code_of(server.client("iot", key).list_things)
    assert (code, status) == ("InvalidSignatureException", 403)
    assert message.startswith("The request signature we calculated does not match the signature you provided.")
    assert code_of(server.client("iam", key).list_roles)[:2] == ("SignatureDoesNotMatch", 403)
    assert code_of(server.client("sts", key).get_caller_identity)[:2] == ("SignatureDoesNotMatch", 403)


def test_unknown_key(server):
    key = own_key(server, AccessKeyId="AKIAIOSFODNN7EXAMPLE")
    code, status, message = code_of(server.client("iot", key).list_things)
    assert (code, status) == ("UnrecognizedClientException", 403)
    assert message == "The security token included in the request is invalid."
    assert code_of(server.client("sts", key).get_caller_identity)[:2] == ("InvalidClientTokenId", 403)


def test_wrong_token(server):
    key = own_key(server, SessionToken="IQoJforged")
    assert code_of(server.client("iot", key).list_things)[:2] == ("UnrecognizedClientException", 403)


def test_the_cli_says_so(server):
    done = server.aws("iot", "list-things", key=own_key(server, SecretAccessKey="wrong"), check=False)
    assert done.returncode != 0
    assert "(InvalidSignatureException) when calling the ListThings operation" in done.stderr


def request(server, method="GET", path="/things", body=b"", service="iot", when=None, headers=None, region=REGION,
            tamper=None):  # fmt: skip
    """A request signed by botocore as if the time were `when`: (status, error name, body)."""
    env = server.env
    signed = botocore.awsrequest.AWSRequest(method, server.api_url + path, data=body, headers=headers or {})
    credentials = botocore.credentials.Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])
    signer = botocore.auth.SigV4Auth(credentials, service, region)
    if when is None:
        signer.add_auth(signed)
    else:
        stamp = when.strftime("%Y%m%dT%H%M%SZ")
        signed.context["timestamp"] = stamp
        signed.headers["X-Amz-Date"] = stamp
        canonical = signer.canonical_request(signed)
        to_sign = signer.string_to_sign(signed, canonical)
        signer._inject_signature_to_request(signed, signer.signature(to_sign, signed))
    prepared = signed.prepare()
    if tamper:
        tamper(prepared)
    return send(prepared.url, prepared.method, dict(prepared.headers.items()), prepared.body)


def send(url, method, headers, body=None):
    plain = urllib.request.Request(url, data=body or None, method=method, headers=headers)
    try:
        with urllib.request.urlopen(plain) as answer:
            return answer.status, None, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("x-amzn-errortype"), error.read()


def now(**delta):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)


def test_by_hand_it_works(server):
    assert request(server)[0] == 200
    assert request(server, when=now(minutes=-4))[0] == 200
    assert request(server, when=now(minutes=4))[0] == 200


def test_skewed_clocks(server):
    status, name, body = request(server, when=now(minutes=-6))
    assert (status, name) == (403, "InvalidSignatureException")
    assert json.loads(body)["message"].startswith("Signature expired: ")
    status, name, body = request(server, when=now(minutes=6))
    assert (status, name) == (403, "InvalidSignatureException")
    assert json.loads(body)["message"].startswith("Signature not yet current: ")


def test_what_was_signed_cannot_be_changed(server):
    def other_path(prepared):
        prepared.url = prepared.url.replace("/things", "/policies")

    def other_query(prepared):
        prepared.url += "?maxResults=1"

    def other_method(prepared):
        prepared.method = "DELETE"

    def other_day(prepared):
        prepared.headers["X-Amz-Date"] = (now(minutes=-1)).strftime("%Y%m%dT%H%M%SZ")

    for tamper in (other_path, other_query, other_method, other_day):
        assert request(server, tamper=tamper)[:2] == (403, "InvalidSignatureException"), tamper.__name__

    def other_body(prepared):
        prepared.body = b'{"attributePayload":{"attributes":{"a":"2"}}}'
        prepared.headers["Content-Length"] = str(len(prepared.body))

    name = unique("thing")
    body = b'{"attributePayload":{"attributes":{"a":"1"}}}'
    assert request(server, "POST", f"/things/{name}", body, tamper=other_body)[:2] == (403, "InvalidSignatureException")
    assert request(server, "POST", f"/things/{name}", body)[0] == 200


@pytest.mark.parametrize("header", ["x-amz-tagging", "x-amzn-principal"])
def test_a_header_that_was_slipped_in_is_refused(server, header):
    def slipped_in(prepared):
        prepared.headers[header] = "arn:aws:iot:us-east-1:123456789012:cert/" + "0" * 64

    status, _, _ = request(server, path="/principals/things", tamper=slipped_in)
    assert status == 403


def test_malformed_and_missing(server):
    url = server.api_url + "/things"
    assert send(url, "GET", {})[:2] == (403, "MissingAuthenticationTokenException")
    for header in ["AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=x", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, "]:
        assert send(url, "GET", {"Authorization": header})[:2] == (403, "IncompleteSignatureException"), header
    for header in ["Basic dXNlcjpwYXNz", "Bearer x"]:
        assert send(url, "GET", {"Authorization": header})[0] in (400, 403), header


def test_another_service_in_the_scope(server):
    """A call that is rightly signed for a service that is not built is told so, in the form that its clients read."""
    status, _, body = request(server, service="ec2")
    assert status == 501 and "ec2" in str(body).lower(), body


def test_presigned_by_query(server):
    env = server.env
    credentials = botocore.credentials.Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])

    def presign(expires):
        asked = botocore.awsrequest.AWSRequest("GET", server.api_url + "/things?maxResults=5")
        botocore.auth.SigV4QueryAuth(credentials, "iot", REGION, expires=expires).add_auth(asked)
        return asked.prepare().url

    url = presign(60)
    assert send(url, "GET", {})[0] == 200
    assert send(url.replace("maxResults=5", "maxResults=6"), "GET", {})[:2] == (403, "InvalidSignatureException")
    assert send(url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"), "GET", {})[0] == 403
    assert send(presign(604801), "GET", {})[0] in (400, 403)
    # Of sts, which AWS's tools use it for.
    for method in ("GET", "POST"):
        sts_url = server.client("sts").generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod=method)
        status, _, body = send(sts_url, method, {})
        assert status == 200 and b"GetCallerIdentityResult" in body


def test_names_that_need_encoding(server):
    """`:` in a path is encoded by the SDK and encoded again for the signature."""
    iot = server.client("iot")
    name = unique("a:b_c")
    assert iot.create_thing(thingName=name)["thingName"] == name
    assert iot.describe_thing(thingName=name)["thingName"] == name


def test_errors_are_in_the_services_form(server):
    status, name, body = request(server, path="/things/" + unique("absent"))
    assert (status, name) == (404, "ResourceNotFoundException")
    assert json.loads(body)["message"]
    status, _, body = request(server, "POST", "/", b"Action=Nonsense&Version=2010-05-08", service="iam",
                              headers={"Content-Type": "application/x-www-form-urlencoded"})  # fmt: skip
    assert status == 400 and b"<Code>InvalidAction</Code>" in body
    status, name, _ = request(server, path="/no/such/path")
    assert (status, name) == (404, "UnknownOperationException")
    status, name, _ = request(server, "POST", f"/things/{unique()}", b"{not json")
    assert (status, name) == (400, "SerializationException")
