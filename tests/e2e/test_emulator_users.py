"""What those do who come from another emulator of AWS's: its port and credentials in the environment, waiting for its health,
its command line. docs/testing.md has it in words."""

import json
import urllib.error
import urllib.request

from lib import DEADLINE, VENV_BIN, plain_env, run

CREDENTIALS = """[default]
aws_access_key_id = test
aws_secret_access_key = test
"""
# As in the scripts and health checks that people have.
SCRIPT = """
until curl -sf "$AWS_ENDPOINT_URL/_localstack/health" | grep -q '"s3": "running"'; do sleep 1; done
curl -sf "$AWS_ENDPOINT_URL/_localstack/init/ready" | grep -q '"completed": true'
curl -sf "$AWS_ENDPOINT_URL/_ministack/health" | grep -q '"lambda": "available"'
awslocal() { aws --endpoint-url="$AWS_ENDPOINT_URL" "$@"; }
awslocal s3 mb s3://firmware
awslocal iot create-thing --thing-name lamp --query thingArn --output text
awslocal sts get-caller-identity --query Account --output text
"""


def test_what_users_of_localstack_have_in_their_scripts_goes(make_server, tmp_path):
    server = make_server("--account", "000000000000", start=False)
    server.data_dir.mkdir()
    (server.data_dir / "credentials").write_text(CREDENTIALS)
    server.start()
    env = plain_env() | {
        "PATH": f"{VENV_BIN}:/usr/bin:/bin", "AWS_ENDPOINT_URL": server.api_url, "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
    }  # fmt: skip
    said = run(["bash", "-euo", "pipefail", "-c", SCRIPT], cwd=tmp_path, env=env, timeout=2 * DEADLINE).stdout
    assert "arn:aws:iot:us-east-1:000000000000:thing/lamp\n000000000000\n" in said
    # It says that it is none of them, what it has, and where what it has not is to be had.
    health = json.loads(server.get("/_localstack/health"))
    assert health["edition"] == "nameplate" and "sqs" not in health["services"]
    for path in ["/_localstack/state/reset", "/_ministack/reset"]:
        try:
            urllib.request.urlopen(urllib.request.Request(server.api_url + path, method="POST"), timeout=DEADLINE)
            raise AssertionError("it is not answered as theirs")
        except urllib.error.HTTPError as refused:
            assert refused.code == 404
            assert "/nameplate/reset" in json.loads(refused.read())["message"]
    # Credentials are not whatever anybody likes.
    refused = run(["aws", "iot", "list-things"], env=env | {"AWS_SECRET_ACCESS_KEY": "tset"}, check=False)
    assert "SignatureDoesNotMatch" in refused.stderr or "InvalidSignature" in refused.stderr, refused.stderr
