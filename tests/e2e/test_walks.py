"""Random walks of clients of both versions: whatever they do, whenever the server is killed, and however time goes by, each
gets what is due.
"""

import json
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from lib import DEADLINE
from walks import Walk


@pytest.mark.parametrize("seed", [13, 17, 27])
def test_everybody_gets_what_is_due(server, tmp_path, seed):
    Walk(server, server.service_device(tmp_path), seed).go(50, kills=False)


def test_and_whenever_the_server_is_killed(make_server, tmp_path):
    server = make_server()
    Walk(server, server.service_device(tmp_path), 7).go(50, kills=True)


@pytest.mark.parametrize("seed", [1, 2])
def test_and_however_time_goes_by(make_server, tmp_path, seed):
    """Sessions end, messages expire, and wills come late."""
    server = make_server("--allow-reset")
    Walk(server, server.service_device(tmp_path), seed, clock_of(server)).go(60, kills=False)


def clock_of(server):
    """What moves its clock."""
    env = server.env

    def move(seconds):
        body = json.dumps({"seconds": seconds}).encode()
        request = AWSRequest(method="POST", url=f"{server.api_url}/nameplate/clock", data=body)
        credentials = Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"])
        SigV4Auth(credentials, "nameplate", env["AWS_REGION"]).add_auth(request)
        sent = urllib.request.Request(request.url, body, dict(request.headers), method="POST")
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sent, timeout=DEADLINE).close()

    return move
