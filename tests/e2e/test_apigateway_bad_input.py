"""What functions behind an API answer wrongly, and what clients send that is odd: by curl on real sockets. AWS guides
"Handle Lambda errors in API Gateway", "Quotas", "Working with binary media types", "Output format of a Lambda function for
proxy integration"."""

import base64
import json
import subprocess
import threading

import pytest
from lib import unique
from test_apigateway import permit, uri
from test_apigateway_domains import function_of

HANDLER = """
import base64, json, time
def handler(event, context):
    path = event.get("path") or event.get("rawPath") or ""
    last = path.rpartition("/")[2]
    kept = {"statusCode": 200, "body": "fine"}
    answers = {
        "none": None, "text": "x", "list": [1], "empty": {}, "status": {"statusCode": "x"}, "body": {**kept, "body": {}},
        "headers": {**kept, "headers": {"a": ["b"]}}, "split": {**kept, "headers": {"a": "b\\r\\nc: d"}},
        "base64": {**kept, "body": "?", "isBase64Encoded": True},
        "much": {**kept, "body": "x" * ((6 << 20) + 100)},
        "many": {**kept, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"], "X-Odd": ["1"]}, "headers": {"x-OTHER": "2"},
                 **({"cookies": ["c=3"]} if "rawPath" in event else {})},
        "headed": {"headers": {"X-Fine": "1"}}, "more": {**kept, "more": 1}, "cookies": {**kept, "cookies": {"a": "b"}},
        "error": {"errorMessage": "none"},
        "own": {**kept, "headers": {"WWW-Authenticate": "Basic", "Date": "then", "Server": "s", "X-Fine": "1"}},
        "png": {**kept, "headers": {"Content-Type": "image/png"}, "isBase64Encoded": True,
                "body": base64.b64encode(b"\\x89PNG\\x00\\xff").decode()},
    }
    if last == "raise":
        raise ValueError("secret reason")
    if last == "slow":
        time.sleep(1.5)
    if last in answers:
        return answers[last]
    if len(event.get("body") or "") > 1000:
        event["body"] = len(event["body"])
    return {**kept, "body": json.dumps(event)}
"""

INTERNAL = '{"message":"Internal server error"}'


def raw(server, target, *arguments):
    """Status, all header fields, body as bytes; the path goes as it is."""
    url = f"https://localhost:{server.https_port}{target}"
    command = ["curl", "-sS", "-i", "--path-as-is", "--http1.1", "-H", "Expect:", "--cacert", server.root_ca]
    done = subprocess.run([*command, *arguments, url], capture_output=True, timeout=60, check=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    return int(status.split()[1]), [tuple(field.split(": ", 1)) for field in fields], body


@pytest.fixture(scope="module")
def function(server):
    return function_of(server, HANDLER)


@pytest.fixture(scope="module")
def rest(server, function):
    """A REST API with `{proxy+}` at the root and below, a named method beside ANY, and a short time limit for one path."""
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("bad"), binaryMediaTypes=["application/octet-stream"])
    name, root = {"restApiId": api["id"]}, api["rootResourceId"]

    def method(part, verb="ANY", parent=root, target=uri(function), **integration):
        known = {one["path"]: one["id"] for one in apigateway.get_resources(**name, limit=500)["items"]}
        path = {one: path for path, one in known.items()}[parent].rstrip("/") + f"/{part}"
        resource = known.get(path) or apigateway.create_resource(**name, parentId=parent, pathPart=part)["id"]
        place = {**name, "resourceId": resource, "httpMethod": verb}
        apigateway.put_method(**place, authorizationType="NONE")
        apigateway.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=target, **integration)
        return resource

    method("{proxy+}")
    method("slow", timeoutInMillis=200)
    things = method("things", "GET")
    method("things")
    method("{id}", parent=things)
    method("{proxy+}", parent=method("deep"))
    by_name = function.rsplit(":", 1)[0]
    method("varied", target=uri(f"{by_name}:${{stageVariables.name}}"))
    apigateway.create_deployment(**name, stageName="prod", variables={"name": function.rsplit(":", 1)[1]})
    permit(server, function, api["id"])
    return api["id"]


@pytest.fixture(scope="module")
def http(server, function):
    api = server.client("apigatewayv2").create_api(Name=unique("bad"), ProtocolType="HTTP", Target=function)["ApiId"]
    permit(server, function, api)
    return api


def test_functions_that_answer_wrongly(server, rest, http):
    one, two = f"/_aws/execute-api/{rest}/prod", f"/_aws/execute-api/{http}"
    for wrong in ["none", "text", "list", "more", "cookies", "error", "status", "body", "headers", "split", "base64", "raise", "much"]:
        status, headers, body = raw(server, f"{one}/{wrong}")
        assert (status, body.decode()) == (502, INTERNAL), wrong
        assert ("x-amzn-errortype", "InternalServerErrorException") in headers, wrong
        assert "secret" not in str(headers)
    # All that REST APIs know may be left out.
    status, headers, body = raw(server, f"{one}/headed")
    assert (status, body) == (200, b"") and ("x-fine", "1") in headers
    assert raw(server, f"{one}/empty")[::2] == (200, b"")
    for wrong in ["status", "body", "headers", "split", "base64", "raise", "much", "cookies", "error"]:
        status, _, body = raw(server, f"{two}/{wrong}")
        assert (status, body.decode()) == (500, '{"message":"Internal Server Error"}'), wrong
    # What has no statusCode is the body of an answer of HTTP APIs.
    assert [raw(server, f"{two}/{fine}")[::2] for fine in ["none", "text", "list", "empty", "more"]] == [
        (200, b"null"), (200, b"x"), (200, b"[1]"), (200, b"{}"), (200, b"fine")]
    status, headers, body = raw(server, f"{one}/slow")
    assert (status, body) == (504, b'{"message":"Endpoint request timed out"}')


def test_names_of_header_fields(server, rest, http):
    """As recorded of AWS: REST APIs show functions the names that the client wrote, and give what is about the connection on
    under another name."""
    sent = ["-H", "tEsT-HEADeR: 1", "-H", "aUThorization: a", "-H", "x-plain: p", "-H", "Content-MD5: m", "-H", "Max-Forwards: 3"]
    status, headers, body = raw(server, f"/_aws/execute-api/{rest}/prod/echo", *sent)
    event, told = json.loads(body), dict(headers)
    assert {"tEsT-HEADeR", "Authorization", "x-plain", "Host", "User-Agent", "Accept"} <= set(event["headers"])
    assert not {"content-md5", "max-forwards", "connection"} & {name.lower() for name in event["headers"]}
    root = event["headers"]["X-Amzn-Trace-Id"]
    assert root.startswith("Root=1-") and told["x-amzn-trace-id"].startswith(root)
    assert told["x-amz-apigw-id"] == event["requestContext"]["extendedRequestId"] != event["requestContext"]["requestId"]
    # A second request of one connection is as the first.
    url = f"https://localhost:{server.https_port}/_aws/execute-api/{rest}/prod/echo"
    command = ["curl", "-sS", "--http1.1", "--cacert", server.root_ca, "-H", "oNe: 1", "-d", "x" * 99, url, url]
    both = subprocess.run(command, capture_output=True, timeout=60, check=True).stdout.decode()
    assert both.count('"oNe"') == 4, both
    _, headers, _ = raw(server, f"/_aws/execute-api/{rest}/prod/own")
    names = [name for name, _ in headers]
    assert {"x-amzn-remapped-www-authenticate", "x-amzn-remapped-date", "x-amzn-remapped-server", "x-fine"} <= set(names)
    assert "www-authenticate" not in names and dict(headers)["date"] != "then"
    # HTTP APIs have an id of their own, and take for text what says that it is.
    _, headers, body = raw(server, f"/_aws/execute-api/{http}/echo", "-H", "Content-Type: text/plain", "-d", "a=b")
    event = json.loads(body)
    assert dict(headers)["apigw-requestid"] == event["requestContext"]["requestId"]
    assert (event["body"], event["isBase64Encoded"]) == ("a=b", False)
    form = json.loads(raw(server, f"/_aws/execute-api/{http}/echo", "-d", "a=b")[2])
    assert (form["body"], form["isBase64Encoded"]) == (base64.b64encode(b"a=b").decode(), True)
    refused = dict(raw(server, f"/_aws/execute-api/{rest}/none/echo")[1])
    assert refused["x-amzn-errortype"] == "ForbiddenException" and "x-amzn-trace-id" not in refused


def test_sizes_of_requests(server, rest, tmp_path):
    body = tmp_path / "body"
    target = f"/_aws/execute-api/{rest}/prod/size"
    too_long = (413, b'{"message":"Request Too Long"}')
    # The gateway takes 10 MiB; what it then hands the function is what Lambda does not take.
    for size, expected in [(5 << 20, 200), (10 << 20, 413), ((10 << 20) + 1, 413)]:
        body.write_bytes(b"x" * size)
        answer = raw(server, target, "-H", "Content-Type: text/plain", "--data-binary", f"@{body}")
        assert answer[0] == expected, size
        if expected == 413:
            assert answer[::2] == too_long
        chunked = raw(server, target, "-H", "Content-Type: text/plain", "-H", "Transfer-Encoding: chunked",
                      "--data-binary", f"@{body}")  # fmt: skip
        assert chunked[0] == expected, size


def test_repeated_headers_and_cookies(server, rest, http):
    odd = ["-H", "X-Odd: 1", "-H", "x-oDD: 2", "-H", "Cookie: a=1; b=2"]
    event = json.loads(raw(server, f"/_aws/execute-api/{rest}/prod/echo?q=1&q=2&r=%2F+x", *odd)[2])
    headers = {name.lower(): value for name, value in event["multiValueHeaders"].items()}
    assert headers["x-odd"] == ["1", "2"]
    assert {name.lower(): value for name, value in event["headers"].items()}["x-odd"] == "2"
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"], "r": ["/ x"]}
    assert event["queryStringParameters"] == {"q": "2", "r": "/ x"}
    event = json.loads(raw(server, f"/_aws/execute-api/{http}/echo?q=1&q=2&r=%2F+x", *odd)[2])
    assert event["headers"]["x-odd"] == "1,2" and event["cookies"] == ["a=1", "b=2"]
    assert "cookie" not in event["headers"]
    assert event["rawQueryString"] == "q=1&q=2&r=%2F+x" and event["queryStringParameters"] == {"q": "1,2", "r": "/ x"}
    _, headers, _ = raw(server, f"/_aws/execute-api/{rest}/prod/many")
    assert [value for name, value in headers if name.lower() == "set-cookie"] == ["a=1", "b=2"]
    assert {"x-odd", "x-other"} <= {name.lower() for name, _ in headers}
    _, headers, _ = raw(server, f"/_aws/execute-api/{http}/many")
    assert "c=3" in [value for name, value in headers if name.lower() == "set-cookie"]


def test_binary_media_types(server, rest, tmp_path):
    apigateway, name = server.client("apigateway"), {"restApiId": rest}

    def change(op, path, value=None):
        patches = [{"op": op, "path": f"/binaryMediaTypes/{path}", **({"value": value} if value else {})}]
        done = apigateway.update_rest_api(**name, patchOperations=patches)
        apigateway.create_deployment(**name, stageName="prod", variables={})
        return done["binaryMediaTypes"]

    sent = tmp_path / "bytes"
    sent.write_bytes(b"\x00\xff\xfe")
    target = f"/_aws/execute-api/{rest}/prod"
    png = ["-H", "Content-Type: image/png", "--data-binary", f"@{sent}"]
    whole = base64.b64decode(raw(server, f"{target}/png")[2])
    assert whole == b"\x89PNG\x00\xff"
    text = ["-H", "Content-Type: image/png", "-d", "text"]
    event = json.loads(raw(server, f"{target}/echo", *text)[2])
    assert (event["isBase64Encoded"], event["body"]) == (False, "text")
    assert change("add", "image~1png") == ["application/octet-stream", "image/png"]
    assert raw(server, f"{target}/png", "-H", "Accept: image/png")[2] == whole
    for body, expected in [(png, sent.read_bytes()), (text, b"text")]:
        event = json.loads(raw(server, f"{target}/echo", *body)[2])
        assert event["isBase64Encoded"] is True and base64.b64decode(event["body"]) == expected
    assert change("replace", "image~1png", "image/gif") == ["application/octet-stream", "image/gif"]
    assert raw(server, f"{target}/png", "-H", "Accept: image/png")[2] != whole
    assert change("remove", "image~1gif") == ["application/octet-stream"]


def test_paths_and_methods(server, rest):
    target = f"/_aws/execute-api/{rest}/prod"

    def seen(path, *arguments):
        status, _, body = raw(server, target + path, *arguments)
        assert status == 200, (path, status, body)
        event = json.loads(body)
        return event["resource"], event["pathParameters"], event["path"]

    assert seen("/a/b") == ("/{proxy+}", {"proxy": "a/b"}, "/a/b")
    assert seen("/deep/x/y/z") == ("/deep/{proxy+}", {"proxy": "x/y/z"}, "/deep/x/y/z")
    assert seen("/deep")[0] == "/deep"
    for sent, read in [("a%20b", "a b"), ("a+b", "a+b"), ("%C3%A9%E4%B8%AD", "\u00e9\u4e2d")]:
        resource, parameters, _ = seen(f"/things/{sent}")
        assert resource == "/things/{id}" and parameters["id"] in (sent, read), parameters
    resource, parameters, _ = seen("/things/a%2Fb")
    assert resource == "/things/{id}" and parameters["id"] in ("a/b", "a%2Fb")
    assert seen("/things/")[0] == "/things"
    assert seen("//things")[0] == "/things"
    for verb in ["GET", "POST", "DELETE", "PATCH", "PUT", "OPTIONS"]:
        status, _, body = raw(server, f"{target}/things", "-X", verb)
        assert status == 200 and json.loads(body)["httpMethod"] == verb
    status, _, body = raw(server, f"{target}/things", "-I")
    assert (status, body) == (200, b"")
    assert raw(server, target)[0] == 403 and raw(server, f"{target}/")[0] == 403
    assert raw(server, f"{target}/..%2f..%2f/x")[0] in (200, 400)


def test_stage_variables_name_the_function(server, rest, function):
    apigateway = server.client("apigateway")
    target = f"/_aws/execute-api/{rest}/prod/varied"

    def name(value):
        patches = [{"op": "replace", "path": "/variables/name", "value": value}]
        apigateway.update_stage(restApiId=rest, stageName="prod", patchOperations=patches)
        return raw(server, target)[::2]

    own = function.rsplit(":", 1)[1]
    status, body = name(own)
    assert status == 200 and json.loads(body)["stageVariables"] == {"name": own}
    assert name(unique("none")) == (500, INTERNAL.encode())
    assert name(own)[0] == 200


@pytest.mark.parametrize("what", ["api", "stage", "method", "function"])
def test_what_is_deleted_while_it_is_called(server, what):
    """Who has been let in gets the answer; who comes later gets the refusal."""
    apigateway, functions = server.client("apigateway"), server.client("lambda")
    function = function_of(server, HANDLER)
    api = apigateway.create_rest_api(name=unique("gone"))
    name = {"restApiId": api["id"]}
    resource = apigateway.create_resource(**name, parentId=api["rootResourceId"], pathPart="{proxy+}")["id"]
    method = {**name, "resourceId": resource, "httpMethod": "ANY"}
    apigateway.put_method(**method, authorizationType="NONE")
    apigateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri(function))
    apigateway.create_deployment(**name, stageName="prod")
    permit(server, function, api["id"])
    target, answers = f"/_aws/execute-api/{api['id']}/prod/slow", []
    assert raw(server, target)[0] == 200
    callers = [threading.Thread(target=lambda: answers.append(raw(server, target)[0])) for _ in range(3)]
    for caller in callers:
        caller.start()
    match what:
        case "api":
            apigateway.delete_rest_api(**name)
        case "stage":
            apigateway.delete_stage(**name, stageName="prod")
        case "method":
            apigateway.delete_method(**method)
            apigateway.put_method(**{**method, "httpMethod": "POST"}, authorizationType="NONE")
            apigateway.put_integration(**{**method, "httpMethod": "POST"}, type="MOCK")
            apigateway.create_deployment(**name, stageName="prod")
        case "function":
            functions.delete_function(FunctionName=function)
    after = raw(server, target)[::2]
    for caller in callers:
        caller.join()
    refused, text = {
        "api": (403, "Forbidden"), "stage": (403, "Forbidden"), "method": (403, "Missing Authentication Token"),
        "function": (500, "Internal server error"),
    }[what]  # fmt: skip
    assert (after[0], json.loads(after[1])) == (refused, {"message": text})
    assert len(answers) == 3 and set(answers) <= {200, refused, 502}
    if what not in ("api", "stage"):
        assert apigateway.get_stage(**name, stageName="prod")["stageName"] == "prod"
