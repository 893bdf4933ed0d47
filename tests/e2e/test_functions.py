"""Functions of Lambda: created with the AWS CLI and boto3 as on AWS, run by AWS's own runtime clients.

AWS Lambda developer guide: "Creating and updating functions using the AWS CLI", "Invoking a function asynchronously".
"""

import base64
import io
import json
import re
import signal
import subprocess
import textwrap
import zipfile
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from botocore.exceptions import ClientError
from lib import ACCOUNT, BIN, REGION, fails, plain_env, run, unique, until

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def zipped(**files):
    """A zip in memory; `app.py` is written `app_py`, and what is bytes is taken as it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zip_file:
        for name, text in files.items():
            entry = zipfile.ZipInfo(re.sub(r"_(py|js|mjs)$", r".\1", name))
            entry.external_attr = 0o755 << 16
            zip_file.writestr(entry, text if isinstance(text, bytes) else textwrap.dedent(text))
    return out.getvalue()


@pytest.fixture(scope="module")
def role(server):
    """A role that functions run as; it may do everything of IoT."""
    iam = server.client("iam")
    name = unique("lambda")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AWSIoTFullAccess")
    return arn


@pytest.fixture
def functions(server, role):
    """Creates functions; a client comes with it."""
    client = server.client("lambda")

    def create(runtime="python3.12", handler="app.handler", name=None, **options):
        files = {key: options.pop(key) for key in list(options) if key.endswith(("_py", "_js", "_mjs", "bootstrap"))}
        name = name or unique("f")
        client.create_function(
            FunctionName=name, Runtime=runtime, Role=role, Handler=handler, Code={"ZipFile": zipped(**files)}, **options
        )
        return name

    create.client = client
    return create


def invoked(client, name, event=None, **options):
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event or {}), **options)
    return json.loads(answer["Payload"].read() or b"null"), answer


def test_a_python_function_from_the_command_line(server, role, tmp_path):
    (tmp_path / "app.zip").write_bytes(
        zipped(app_py="def handler(event, context):\n    print('hello', event)\n    return {'got': event}\n")
    )
    name = unique("cli")
    server.aws(
        "lambda", "create-function", "--function-name", name, "--runtime", "python3.12", "--handler", "app.handler",
        "--role", role, "--zip-file", f"fileb://{tmp_path}/app.zip",
    )
    server.aws("lambda", "wait", "function-active-v2", "--function-name", name)
    told = server.aws(
        "lambda", "invoke", "--function-name", name, "--payload", '{"a":1}', "--log-type", "Tail",
        str(tmp_path / "out.json"),
    )
    assert json.loads((tmp_path / "out.json").read_text()) == {"got": {"a": 1}}
    log = base64.b64decode(told["LogResult"]).decode()
    assert "hello {'a': 1}" in log and "REPORT RequestId:" in log
    assert told["ExecutedVersion"] == "$LATEST"


def test_a_request_s_id_is_the_handler_s(server, functions):
    """So whoever calls finds the lines of its call in the log."""
    name = functions(app_py="def handler(event, context):\n    print('mine')\n    return context.aws_request_id\n")
    payload, answer = invoked(functions.client, name)
    assert payload == answer["ResponseMetadata"]["RequestId"]
    later = functions.client.invoke(FunctionName=name, InvocationType="Event")["ResponseMetadata"]["RequestId"]
    logs = server.client("logs")

    def told():
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        return [event for event in events if event["message"].startswith(f"START RequestId: {later}")]

    until(told, "its line is in the log")


def test_failures_of_the_handler_are_its_answer(functions):
    name = functions(app_py="def handler(event, context):\n    raise ValueError('no')\n")
    payload, answer = invoked(functions.client, name)
    assert answer["FunctionError"] == "Unhandled"
    assert (payload["errorType"], payload["errorMessage"]) == ("ValueError", "no")


def test_what_cannot_be_called(functions):
    """As recorded of AWS, the second as the AWS CLI's version 2 sends a payload that it takes for base64."""
    fails(lambda: functions.client.invoke(FunctionName="none"), "ResourceNotFoundException",
          f"Function not found: arn:aws:lambda:{REGION}:{ACCOUNT}:function:none:$LATEST", status=404)
    name = functions(app_py="def handler(event, context):\n    return event\n")
    sent = base64.b64decode("bodyBnum1000")
    fails(lambda: functions.client.invoke(FunctionName=name, Payload=b"\x99" + sent), "InvalidRequestContentException",
          "Could not parse payload into json: Unexpected character ((CTRL-CHAR, code 153))", status=400)


def test_a_function_that_never_returns_is_ended(functions):
    name = functions(app_py="import time\ndef handler(event, context):\n    time.sleep(60)\n", Timeout=1)
    payload, answer = invoked(functions.client, name)
    assert answer["FunctionError"] == "Unhandled"
    assert "Task timed out after 1.00 seconds" in payload["errorMessage"]


def test_boto3_in_a_function_reaches_this_server_as_its_role(server, functions):
    name = functions(
        app_py="""
        import boto3
        def handler(event, context):
            me = boto3.client("sts").get_caller_identity()["Arn"]
            boto3.client("iot").create_thing(thingName=event["thing"])
            return {"me": me, "arn": context.invoked_function_arn}
        """,
        Timeout=30,
    )
    thing = unique("thing")
    payload, answer = invoked(functions.client, name, {"thing": thing})
    assert "FunctionError" not in answer, payload
    assert ":assumed-role/" in payload["me"] and payload["me"].endswith(f"/{name}")
    assert payload["arn"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    assert server.client("iot").describe_thing(thingName=thing)["thingName"] == thing


def test_a_role_is_held_to_its_policies(functions):
    name = functions(
        app_py="import boto3\ndef handler(event, context):\n    boto3.client('iam').create_user(UserName='x')\n",
        Timeout=30,
    )
    payload, _ = invoked(functions.client, name)
    assert "AccessDenied" in payload["errorMessage"]


def test_a_call_for_later_is_made_again_and_its_failure_goes_on(server, functions):
    heard = functions(
        app_py="""
        import boto3, json
        def handler(event, context):
            boto3.client("iot").create_thing(thingName=event["requestPayload"]["thing"],
                attributePayload={"attributes": {
                    "condition": event["requestContext"]["condition"],
                    "count": str(event["requestContext"]["approximateInvokeCount"])}})
        """,
        Timeout=30,
    )
    name = functions(app_py="def handler(event, context):\n    raise Exception('always')\n")
    functions.client.put_function_event_invoke_config(
        FunctionName=name,
        MaximumRetryAttempts=1,
        DestinationConfig={
            "OnFailure": {"Destination": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{heard}"}
        },
    )
    thing = unique("dead")
    answer = functions.client.invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps({"thing": thing}))
    assert answer["StatusCode"] == 202
    iot = server.client("iot")

    def there():
        try:
            return iot.describe_thing(thingName=thing)["attributes"]
        except ClientError:
            return None

    assert until(there, "the record arrives") == {"condition": "RetriesExhausted", "count": "2"}


def test_versions_aliases_and_layers(functions, tmp_path):
    client = functions.client
    layer = client.publish_layer_version(
        LayerName=unique("layer"), Content={"ZipFile": zipped(**{"python/shared_py": "WORD = 'from the layer'\n"})}
    )
    name = functions(
        app_py="import os, shared\ndef handler(event, context):\n    return [shared.WORD, os.environ['WHAT']]\n",
        Layers=[layer["LayerVersionArn"]],
        Environment={"Variables": {"WHAT": "one"}},
    )
    assert invoked(client, name)[0] == ["from the layer", "one"]
    assert client.publish_version(FunctionName=name)["Version"] == "1"
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    client.update_function_configuration(FunctionName=name, Environment={"Variables": {"WHAT": "two"}})
    assert invoked(client, name)[0][1] == "two"
    payload, answer = invoked(client, name, Qualifier="live")
    assert (payload[1], answer["ExecutedVersion"]) == ("one", "1")


def test_the_rest_of_the_api(server, functions):
    client = functions.client
    name = functions(app_py="def handler(event, context):\n    return 1\n")
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    client.update_function_code(
        FunctionName=name, ZipFile=zipped(app_py="def handler(event, context):\n    return 2\n"), Publish=True
    )
    assert invoked(client, name)[0] == 2
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    client.update_alias(FunctionName=name, Name="live", Description="first")
    assert [alias["Description"] for alias in client.list_aliases(FunctionName=name)["Aliases"]] == ["first"]
    client.delete_alias(FunctionName=name, Name="live")
    grant = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "iot.amazonaws.com"}
    client.add_permission(FunctionName=name, **grant)
    assert json.loads(client.get_policy(FunctionName=name)["Policy"])["Statement"][0]["Sid"] == "s"
    client.remove_permission(FunctionName=name, StatementId="s")
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with pytest.raises(client.exceptions.TooManyRequestsException) as refused:
        client.invoke(FunctionName=name)
    told = refused.value.response
    assert told["Error"]["Message"] == "Rate Exceeded."
    assert told["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert told["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"
    fails(lambda: client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=901),
          "InvalidParameterValueException", "below its minimum value of [100]", status=400)  # fmt: skip
    client.delete_function_concurrency(FunctionName=name)
    fails(lambda: client.invoke(FunctionName=name, Payload=b'"' + b"x" * 6_291_455 + b'"'), "RequestEntityTooLargeException",
          "Request must be smaller than 6291456 bytes for the InvokeFunction operation", status=413)  # fmt: skip
    client.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    client.update_function_event_invoke_config(FunctionName=name, MaximumEventAgeInSeconds=60)
    kept = client.get_function_event_invoke_config(FunctionName=name)
    assert (kept["MaximumRetryAttempts"], kept["MaximumEventAgeInSeconds"]) == (0, 60)
    listed = client.get_paginator("list_function_event_invoke_configs").paginate(FunctionName=name).build_full_result()
    assert [one["FunctionArn"] for one in listed["FunctionEventInvokeConfigs"]] == [f"{arn}:$LATEST"]
    client.delete_function_event_invoke_config(FunctionName=name)
    assert client.invoke_async(FunctionName=name, InvokeArgs=b"{}")["Status"] == 202
    settings = client.get_account_settings()
    assert settings["AccountLimit"]["ConcurrentExecutions"] == 1000 and settings["AccountUsage"]["FunctionCount"] > 0
    assert client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"] == []
    assert client.list_provisioned_concurrency_configs(FunctionName=name)["ProvisionedConcurrencyConfigs"] == []
    assert client.get_runtime_management_config(FunctionName=name)["UpdateRuntimeOn"] == "Auto"
    assert client.get_function_recursion_config(FunctionName=name)["RecursiveLoop"] == "Terminate"
    server.aws("lambda", "tag-resource", "--resource", arn, "--tags", "a=b")
    assert client.list_tags(Resource=arn)["Tags"] == {"a": "b"}
    server.aws("lambda", "untag-resource", "--resource", arn, "--tag-keys", "a")
    layer = unique("layer")
    made = client.publish_layer_version(LayerName=layer, Content={"ZipFile": zipped(a_py="")})
    found = client.get_layer_version(LayerName=layer, VersionNumber=1)["Content"]
    assert found["CodeSha256"] == made["Content"]["CodeSha256"]
    for content in (found, made["Content"]):
        with urlopen(content["Location"]) as answer:  # noqa: S310
            assert zipfile.ZipFile(io.BytesIO(answer.read())).namelist() == ["a.py"]
    with pytest.raises(HTTPError):
        urlopen(found["Location"].replace("/code/1", "/code/2"))  # noqa: S310
    assert client.get_layer_version_by_arn(Arn=made["LayerVersionArn"])["Version"] == 1
    assert client.list_layer_versions(LayerName=layer)["LayerVersions"][0]["Version"] == 1
    assert layer in [item["LayerName"] for item in client.list_layers()["Layers"]]
    client.delete_layer_version(LayerName=layer, VersionNumber=1)
    client.delete_function(FunctionName=name)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName=name)


def test_what_a_function_must_not_read(server, functions):
    name = functions(
        app_py="""
        import os
        def handler(event, context):
            found = {}
            for path in event["paths"]:
                try:
                    found[path] = os.listdir(path) if os.path.isdir(path) else open(path).read(10)
                except OSError as refused:
                    found[path] = type(refused).__name__
            return found
        """
    )
    paths = [str(server.data_dir / "credentials"), str(server.data_dir / "keys"), str(server.data_dir / "nameplate.db")]
    payload, answer = invoked(functions.client, name, {"paths": paths})
    assert "FunctionError" not in answer, payload
    assert set(payload.values()) <= {"PermissionError", "FileNotFoundError"}, payload


def test_functions_survive_a_kill(make_server):
    server = make_server()
    iam = server.client("iam")
    role = iam.create_role(RoleName="lambda", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    client = server.client("lambda")
    client.create_function(
        FunctionName="f", Runtime="python3.12", Role=role, Handler="app.handler",
        Code={"ZipFile": zipped(app_py="def handler(event, context):\n    return 7\n")},
    )
    server.kill()
    server.start()
    assert invoked(server.client("lambda"), "f")[0] == 7


def nameplate(server, *words, check=True, **options):
    return run([BIN, *words, "--data-dir", server.data_dir], check=check, env=plain_env(), timeout=120, **options)


def test_what_a_function_printed_is_read_and_followed(server, functions):
    name = functions(app_py="def handler(event, context):\n    print('got ' + event['text'])\n")
    invoked(functions.client, name, {"text": "\x1b[2Jred"})
    log = nameplate(server, "logs", name).stdout
    assert "got \\u{1b}[2Jred\n" in log and "\x1b" not in log and "REPORT RequestId:" in log
    assert len(nameplate(server, "logs", name, "-n", "1").stdout.splitlines()) == 1
    # The same, as programs read it from CloudWatch Logs.
    logs, group = server.client("logs"), f"/aws/lambda/{name}"
    found = logs.filter_log_events(logGroupName=group, filterPattern="got -START")["events"]
    assert [event["message"].rstrip() for event in found] == ["got \x1b[2Jred"]
    stream = logs.describe_log_streams(logGroupName=group, orderBy="LastEventTime", descending=True)["logStreams"][0]
    assert stream["logStreamName"] == found[0]["logStreamName"]
    assert "got" in nameplate(server, "logs", name, "--since", "1h", "--json").stdout
    assert nameplate(server, "logs", name, "--since", "2100-01-01T00:00:00Z").stdout == ""
    follower = subprocess.Popen(
        [BIN, "logs", name, "-f", "-n", "1", "--data-dir", server.data_dir], stdout=subprocess.PIPE, text=True,
        env=plain_env(),
    )
    try:
        assert "REPORT" in follower.stdout.readline()
        invoked(functions.client, name, {"text": "more"})
        assert any("got more" in line for line in iter(follower.stdout.readline, ""))
        follower.send_signal(signal.SIGINT)
        assert follower.wait(30) == 0
    finally:
        follower.kill()
        follower.stdout.close()
    # What it printed stays when it is gone, as in AWS.
    functions.client.delete_function(FunctionName=name)
    assert "got more" in nameplate(server, "logs", name).stdout
    refused = nameplate(server, "logs", unique("never"), check=False)
    assert refused.returncode == 1 and "Function not found" in refused.stderr


def test_functions_are_listed_with_what_they_run_on(server, functions):
    name = functions(app_py="def handler(event, context):\n    return 1\n")
    assert f"{name}  python3.12  app.handler  " in nameplate(server, "function", "list").stdout
    listed = nameplate(server, "function", "list", "--json").stdout.splitlines()
    assert name in [json.loads(line)["FunctionName"] for line in listed]
    told = nameplate(server, "function", "runtime").stdout
    assert re.search(r"python\n  interpreter  .+\n", told) and "nodejs\n" in told and "provided\n" in told
    confined = nameplate(server, "function", "confinement", check=False)
    assert (confined.returncode, "does not enforce" in confined.stdout) in [(0, False), (1, True)]


def test_a_circle_of_functions_ends(server, functions):
    """AWS Lambda guide "Recursive loop detection": about sixteen calls in a row, each waiting for the next."""
    iam = server.client("iam")
    name = unique("circle")
    trust = json.loads(TRUST)
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    client = functions.client
    client.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Timeout=120,
        Code={"ZipFile": zipped(app_py="""
        import boto3, json
        from botocore.config import Config
        client = boto3.client("lambda", config=Config(read_timeout=120, retries={"total_max_attempts": 1}))
        def handler(event, context):
            try:
                answer = client.invoke(FunctionName=context.function_name, Payload=json.dumps(event + 1))
            except client.exceptions.ClientError as error:
                return [event, error.response["Error"]["Code"]]
            return json.loads(answer["Payload"].read())
        """)},
    )  # fmt: skip
    slow = server.client("lambda", read_timeout=150)
    # More calls wait for one another than there are environments.
    assert invoked(slow, name, 1)[0] == [16, "RecursiveInvocationException"]
    assert "the circle ends here" in server.log()


def test_a_circle_of_destinations_ends(server, functions):
    """Functions that hear of each other's failures fail once for each, and not for ever."""
    names = [functions(app_py="def handler(event, context):\n    raise Exception('always')\n") for _ in range(2)]
    for name, other in zip(names, reversed(names)):
        functions.client.put_function_event_invoke_config(
            FunctionName=name, MaximumRetryAttempts=0,
            DestinationConfig={"OnFailure": {"Destination": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{other}"}},
        )  # fmt: skip
    functions.client.invoke(FunctionName=names[0], InvocationType="Event", Payload="{}")
    until(lambda: any(f"the last of them {name}: the circle ends here" in server.log() for name in names), "the circle ends")
    logs = [nameplate(server, "logs", name).stdout for name in names]
    assert [len(re.findall(r"START RequestId", log)) for log in logs] == [8, 8], logs
