"""What `nameplate function runtime install` brings, by pip and npm as this machine has them set up, is what functions run on."""

import json

import pytest
from lib import BIN, HOST_ENV, plain_env, run, unique
from test_functions import TRUST, invoked, zipped

PYTHON = """
import awslambdaric, boto3
def handler(event, context):
    return {"client": awslambdaric.__file__, "sdk": boto3.__file__,
            "me": boto3.client("sts").get_caller_identity()["Arn"]}
"""
NODE = """
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
exports.handler = (event, context, callback) => {
  new STSClient().send(new GetCallerIdentityCommand()).then((told) => callback(null, {
    client: require.resolve("@aws-sdk/client-iot"), sdk: require.resolve("aws-sdk"), me: told.Arn,
  }), callback);
};
"""


@pytest.mark.parametrize(
    "language, runtime, file, code",
    [("python", "python3.12", "app_py", PYTHON), ("nodejs", "nodejs22.x", "app_js", NODE)],
    ids=["python", "nodejs"],
)
def test_what_is_installed_is_used(make_server, language, runtime, file, code):
    server = make_server()
    env = {**plain_env(), **HOST_ENV, "PATH": plain_env()["PATH"]}
    done = run([BIN, "function", "runtime", "install", language, "--data-dir", server.data_dir], env=env, timeout=300)
    there = str(server.data_dir / "functions" / "runtime" / language)
    assert there in done.stdout, done.stdout
    shown = run([BIN, "function", "runtime", "--data-dir", server.data_dir], env=plain_env()).stdout
    assert there in shown, shown
    arn = server.client("iam").create_role(RoleName="f", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    name, functions = unique("f"), server.client("lambda")
    functions.create_function(
        FunctionName=name, Runtime=runtime, Role=arn, Handler="app.handler", Timeout=60, MemorySize=256,
        Code={"ZipFile": zipped(**{file: code})},
    )  # fmt: skip
    told, answer = invoked(functions, name)
    assert "FunctionError" not in answer, json.dumps(told)
    # Node finds its packages by another path within, where the kernel gives a function a view of files of its own.
    places = {"python": (there,), "nodejs": (there, "/node_modules/")}[language]
    assert told["client"].startswith(places) and told["sdk"].startswith(places), told
    assert told["me"].endswith(f"/{name}"), told
