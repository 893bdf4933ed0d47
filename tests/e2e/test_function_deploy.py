"""`nameplate function deploy|invoke|rm`: functions from folders and zips without the AWS CLI."""

import base64
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from lib import BIN, fails, plain_env, run, unique, until
from test_functions import functions, role, zipped  # noqa: F401


@pytest.fixture
def function(server, tmp_path):
    """Runs the command in a directory of its own; its output and errors together, its answer, its status."""

    def call(*words, check=True, **options):
        return run(
            [BIN, "function", *words, "--data-dir", server.data_dir], check=check, cwd=tmp_path, env=plain_env(),
            timeout=120, **options,
        )  # fmt: skip

    return call


def folder(tmp_path, **files):
    """A folder with a name that no other function has."""
    path = tmp_path / unique("deployed")
    path.mkdir()
    for name, text in files.items():
        (path / name.replace("_py", ".py").replace("_toml", ".toml").replace("_mjs", ".mjs")).write_text(text)
    return path


def test_a_folder_is_deployed_changed_and_removed(server, function, tmp_path):
    path = folder(
        tmp_path,
        app_py="import os\ndef handler(event, context):\n    return [event, os.environ.get('ONE'), os.environ.get('TWO')]\n",
    )
    told = function("deploy", path.name, "--env", "ONE=1", "--timeout", "20", "--invoked-by", "iot.amazonaws.com").stdout
    assert "python3.13 (app.py is there)" in told and "app.handler (app.py defines handler)" in told, told
    assert f"nameplate-function-{path.name}" in told and told.endswith(f":function:{path.name}: created\n"), told
    answer = function("invoke", path.name, "--payload", '{"x": 1}')
    assert json.loads(answer.stdout) == [{"x": 1}, "1", None]
    policy = json.loads(server.client("lambda").get_policy(FunctionName=path.name)["Policy"])
    assert policy["Statement"][0]["Principal"] == {"Service": "iot.amazonaws.com"}
    assert "AWS:SourceAccount" in json.dumps(policy)
    # Nothing has changed; then a variable is added, then the code is another.
    assert function("deploy", path.name).stdout.endswith(": unchanged\n")
    assert function("deploy", path.name, "--env", "TWO=2").stdout.endswith(": changed Environment\n")
    # Secrets come from a file or a pipe: arguments are seen by whoever lists processes.
    (tmp_path / "secrets").write_text("# Of the factory.\nONE=from=file\n\nTWO=3\n")
    function("deploy", path.name, "--env-file", "secrets", "--env", "TWO=4")

    def variables():
        found = server.client("lambda").get_function_configuration(FunctionName=path.name)
        return found["Environment"]["Variables"]

    assert variables() == {"ONE": "from=file", "TWO": "4"}
    function("deploy", path.name, "--env-file", "-", input="ONE=1\nTWO=2\n")
    assert variables() == {"ONE": "1", "TWO": "2"}
    done = function("deploy", path.name, "--env-file", "-", input="ONE=1\nsecret\n", check=False)
    assert done.returncode != 0 and "-, line 2: it must be NAME=VALUE" in done.stderr and "secret" not in done.stderr
    assert json.loads(function("invoke", path.name).stdout) == [{}, "1", "2"]
    (path / "app.py").write_text("def handler(event, context):\n    print('seen')\n    raise Exception('no')\n")
    assert function("deploy", path.name).stdout.endswith(": changed code\n")
    failed = function("invoke", path.name, "--log", check=False)
    assert failed.returncode == 1 and json.loads(failed.stdout)["errorMessage"] == "no"
    assert "seen" in failed.stderr and "REPORT" in failed.stderr
    assert "taken" in function("invoke", path.name, "--async").stderr
    assert function("rm", path.name).stdout == f"removed {path.name}\n"
    again = function("rm", path.name, check=False)
    assert again.returncode == 1 and "Function not found" in again.stderr


def test_a_manifest_says_what_flags_say(server, function, tmp_path):
    path = folder(
        tmp_path,
        start_py="import boto3, os\ndef run(event, context):\n    boto3.client('iot').create_thing(thingName=event)\n"
        "    return os.environ['WHAT']\n",
        function_toml="""
        handler = "start.run"
        timeout = 25
        memory = 256
        policies = ["AWSIoTFullAccess"]
        [environment]
        WHAT = "from the manifest"
        """,
    )
    told = json.loads(function("deploy", path.name, "--memory", "192", "--json").stdout)
    assert (told["Timeout"], told["MemorySize"], told["Handler"]) == (25, 192, "start.run")
    thing = unique("made")
    invoked = function("invoke", path.name, "--payload-file", "-", input=json.dumps(thing))
    assert json.loads(invoked.stdout) == "from the manifest"
    assert server.client("iot").describe_thing(thingName=thing)["thingName"] == thing


def test_a_zip_and_a_role_that_is_there(server, function, tmp_path):
    name = unique("zip")
    (tmp_path / f"{name}.zip").write_bytes(zipped(app_py="def lambda_handler(event, context):\n    return 7\n"))
    refused = function("deploy", f"{name}.zip", "--role", "nobody", check=False)
    assert refused.returncode == 2 and "there is no role nobody" in refused.stderr
    iam = server.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})  # fmt: skip
    own = unique("own")
    iam.create_role(RoleName=own, AssumeRolePolicyDocument=trust)
    told = function("deploy", f"{name}.zip", "--role", own).stdout
    assert f"role/{own}" in told and "app.lambda_handler" in told
    assert function("invoke", name).stdout == "7\n"


@pytest.mark.parametrize(
    "files, flags, told",
    [
        ({"readme": "x"}, (), "there is no bootstrap, no .py file"),
        ({"app_py": "x = 1"}, (), "app.py defines no function called handler or lambda_handler"),
        ({"app_py": "def handler(): 1", "index_mjs": "export const handler = 1"}, (), "are both there"),
        ({"app_py": "def handler(): 1"}, ("--runtime", "java21"), "java21 is not run here"),
        ({"app_py": "def handler(): 1"}, ("--timeout", "9999"), "timeout"),
        ({"app_py": "def handler(): 1"}, ("--env", "AWS_REGION=x"), "reserved"),
        ({"app_py": "def handler(): 1"}, ("--policy", "NoSuchPolicy"), "none of AWS's managed policies"),
        ({"app_py": "def handler(): 1", "function_toml": "timeouts = 1"}, (), "unknown field `timeouts`"),
        ({"app_py": "def handler(): 1"}, ("--name", "a b"), "a b"),
        ({}, (), "there are no files"),
    ],
)
def test_what_is_wrong_is_told(function, tmp_path, files, flags, told):
    path = folder(tmp_path, **files)
    refused = function("deploy", path.name, *flags, check=False)
    assert refused.returncode in (1, 2) and told in refused.stderr, refused.stderr


def test_calls_that_cannot_be_made_are_told(function, tmp_path):
    missing = function("deploy", "nothing", check=False)
    assert missing.returncode == 2 and "neither a folder nor a zip" in missing.stderr
    (tmp_path / "text.zip").write_text("no zip")
    assert "text.zip" in function("deploy", "text.zip", check=False).stderr
    bad = function("invoke", "any", "--payload", "{", check=False)
    assert bad.returncode == 2 and "the event is not JSON" in bad.stderr
    unknown = function("invoke", unique("never"), check=False)
    assert unknown.returncode == 1 and "Function not found" in unknown.stderr


class Elsewhere(BaseHTTPRequestHandler):
    """A function behind a URL: answers with what it was sent."""

    def do_POST(self):  # noqa: N802
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status, body = 200, json.dumps({"event": event, "path": self.path, "arn": self.headers["lambda-runtime-invoked-function-arn"]})
        if event == "refuse":
            status, body = 503, json.dumps({"message": "not today"})
        if event == "garbage":
            body = "no json"
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def url():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_function_behind_a_url(server, function, url):
    name = unique("remote")
    told = function("deploy", "--url", f"{url}/in?a=b", "--name", name, "--invoked-by", "iot.amazonaws.com").stdout
    assert told.endswith(f":function:{name}: created\n") and f"{url}/in?a=b" in told
    answer = json.loads(function("invoke", name, "--payload", '{"x": 1}').stdout)
    assert (answer["event"], answer["path"]) == ({"x": 1}, "/in?a=b") and answer["arn"].endswith(f":function:{name}")
    for event, word in [("refuse", "503 Service Unavailable: not today"), ("garbage", "not JSON")]:
        failed = function("invoke", name, "--payload", json.dumps(event), check=False)
        assert failed.returncode == 1 and word in json.loads(failed.stdout)["errorMessage"], failed.stdout
    log = run([BIN, "logs", name, "--data-dir", server.data_dir], env=plain_env()).stdout
    assert "not today" in log and "REPORT RequestId:" in log
    # It is one of the account's functions, of which AWS's tools know no more than where it is.
    client = server.client("lambda")
    found = client.get_function(FunctionName=name)
    assert found["Code"]["Location"] == f"{url}/in?a=b" and "Runtime" not in found["Configuration"]
    assert client.publish_version(FunctionName=name)["Version"] == "1"
    assert function("deploy", "--url", f"{url}/other", "--name", name).stdout.endswith(": changed\n")
    assert json.loads(function("invoke", name).stdout)["path"] == "/other"
    nobody = function("deploy", "--url", "http://127.0.0.1:1/", "--name", name)
    assert "connecting to 127.0.0.1:1" in function("invoke", name, check=False).stdout, nobody
    for wrong in ["ftp://h/", "http://u:secret@h/"]:
        refused = function("deploy", "--url", wrong, "--name", name, check=False)
        assert refused.returncode == 1 and "the function's URL" in refused.stderr and "secret" not in refused.stderr


def test_a_function_of_another_lambda_is_called_as_aws_is(make_server, tmp_path):
    """By the URL of its Invoke, signed; its errors and the end of its log come along."""
    other = make_server(directory="other")
    call = lambda server, *words, check=True: run(  # noqa: E731
        [BIN, "function", *words, "--data-dir", server.data_dir], check=check, cwd=tmp_path, env=plain_env(), timeout=60
    )
    path = folder(
        tmp_path,
        app_py="def handler(event, context):\n    print('heard', event)\n    if event == 'fail': raise ValueError('no')\n"
        "    return [event, context.client_context and context.client_context.custom]\n",
    )
    call(other, "deploy", path.name)
    invoke = f"{other.api_url}/2015-03-31/functions/{path.name}/invocations"
    here = make_server("--rule-credentials", other.data_dir / "credentials", directory="here")
    call(here, "deploy", "--url", invoke, "--name", "there")
    client = here.client("lambda")
    answer = client.invoke(FunctionName="there", Payload='"a"', LogType="Tail")
    assert json.loads(answer["Payload"].read()) == ["a", None]
    assert "heard a" in base64.b64decode(answer["LogResult"]).decode()
    failed = client.invoke(FunctionName="there", Payload='"fail"')
    assert failed["FunctionError"] == "Unhandled" and json.loads(failed["Payload"].read())["errorType"] == "ValueError"
    # Without keys it says who refuses.
    bare = make_server(directory="bare")
    call(bare, "deploy", "--url", invoke, "--name", "there")
    refused = call(bare, "invoke", "there", check=False)
    assert refused.returncode == 1 and "the URL answered 403" in refused.stdout, refused.stdout


def test_functions_live_in_folders(make_server, tmp_path):
    """`--function-dir`: hot reload, and new folders while the server runs."""
    functions = tmp_path / "functions"
    (functions / "hello").mkdir(parents=True)
    code = functions / "hello" / "app.py"
    code.write_text("import os\ndef handler(event, context):\n    return ['first', os.environ.get('WHAT')]\n")
    server = make_server("--function-dir", functions)
    client = server.client("lambda")

    def answer(name):
        try:
            return json.loads(client.invoke(FunctionName=name)["Payload"].read())
        except client.exceptions.ClientError as error:
            return error.response["Error"]["Message"]

    assert answer("hello") == ["first", None]
    code.write_text("import os\ndef handler(event, context):\n    return ['second', os.environ.get('WHAT')]\n")
    assert answer("hello") == ["second", None], "what is changed is there at the next call"
    (functions / "hello" / "function.toml").write_text("[environment]\nWHAT = 'said'\n")
    until(lambda: answer("hello") == ["second", "said"], "the manifest is read")
    (functions / "broken").mkdir()
    (functions / "broken" / "app.py").write_text("x = 1\n")
    (functions / "later").mkdir()
    (functions / "later" / "index.mjs").write_text("export const handler = async () => 7;\n")
    until(lambda: "app.py defines no function called handler" in server.log(), "the log says what is wrong")
    until(lambda: "Function not found" not in str(answer("later")), "a new folder is a function")
    fails(
        lambda: client.update_function_code(FunctionName="hello", ZipFile=zipped(app_py="")),
        "ResourceConflictException", "change it there",
    )  # fmt: skip
    code.unlink()
    code.parent.joinpath("function.toml").unlink()
    code.parent.rmdir()
    assert "cannot be read" in answer("hello")
    wrong = make_server("--function-dir", tmp_path / "nowhere", directory="wrong", start=False)
    done = run(wrong.command(), check=False, env=plain_env())
    assert done.returncode != 0 and "nowhere" in done.stderr, done.stderr


def test_the_code_of_a_function_is_downloaded_by_its_link(server, functions):
    name = functions(app_py="def handler(event, context):\n    return 1\n")
    location = functions.client.get_function(FunctionName=name)["Code"]["Location"]
    with urlopen(location) as answer:  # noqa: S310
        assert zipfile.ZipFile(io.BytesIO(answer.read())).namelist() == ["app.py"]
    with pytest.raises(HTTPError):
        urlopen(location.replace(name, unique("other")))  # noqa: S310
