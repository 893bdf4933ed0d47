"""A registry moves from SQLite to PostgreSQL and back, as its operator does it: with `nameplate copy`, killed on the way.

That no table is forgotten is tested in the store; here are the program, the files beside the registry, and a device.
"""

import json
import shutil
import signal
import sqlite3
import subprocess

import pytest
from lib import BIN, Ca, jitp_role, plain_env, run, template, unique, until
from postgres import Postgres

# So many that a copy takes a while.
ATTEMPTS = 60_000


@pytest.fixture(scope="module")
def database():
    database = Postgres("-c fsync=off")
    database.sql("CREATE ROLE careful LOGIN PASSWORD 'correct-horse'")
    database.sql("CREATE DATABASE fleet OWNER careful ENCODING UTF8 TEMPLATE template0")
    yield database
    database.end()


def copy(source, target, check=True):
    done = run([BIN, "copy", "--from", source, "--to", target], check=check, env=plain_env(), timeout=120)
    assert "correct-horse" not in done.stdout + done.stderr, done
    if done.returncode == 0:
        for flag, place in ("--from", source), ("--to", target):
            assert (f"{flag} holds a password" in done.stderr) == ("correct-horse" in str(place)), done
    return done


def answers(server):
    """What the server says of its registry."""
    iot, iam = server.client("iot"), server.client("iam")
    found = [
        iot.list_things(), iot.list_certificates(), iot.list_ca_certificates(), iot.list_policies(),
        iot.get_registration_code(), iam.list_roles(),
    ]  # fmt: skip
    dynamodb, gateway, http = (server.client(name) for name in ("dynamodb", "apigateway", "apigatewayv2"))
    for table in dynamodb.list_tables()["TableNames"]:
        found.append(dynamodb.describe_table(TableName=table))
        found.append(dynamodb.scan(TableName=table))
        found.append(dynamodb.get_resource_policy(ResourceArn=found[-2]["Table"]["TableArn"]))
        found.append(dynamodb.query(
            TableName=table, IndexName="by-model", KeyConditionExpression="model = :m",
            ExpressionAttributeValues={":m": {"S": "lamp"}},
        ))  # fmt: skip
    for api in gateway.get_rest_apis()["items"]:
        found.append(api)
        found += [gateway.get_stages(restApiId=api["id"]), gateway.get_resources(restApiId=api["id"])]
        url = f"{server.api_url}/_aws/execute-api/{api['id']}/Prod/"
        found.append(run(["curl", "-sS", "--fail", url]).stdout)
    for api in http.get_apis()["Items"]:
        found += [api, http.get_routes(ApiId=api["ApiId"]), http.get_stages(ApiId=api["ApiId"])]
    for thing in found[0]["things"]:
        found.append(iot.describe_thing(thingName=thing["thingName"]))
        found.append(iot.list_thing_principals(thingName=thing["thingName"]))
    for answer in found:
        if isinstance(answer, dict):
            answer.pop("ResponseMetadata", None)
    return found


def vending(server):
    """A table with an index of its own partitions, and an API of each kind."""
    dynamodb, gateway = server.client("dynamodb"), server.client("apigateway")
    names = [{"AttributeName": name, "AttributeType": "S"} for name in ("serialNumber", "model")]
    dynamodb.create_table(
        TableName="deviceInfo", BillingMode="PAY_PER_REQUEST", AttributeDefinitions=names,
        KeySchema=[{"AttributeName": "serialNumber", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[{
            "IndexName": "by-model", "KeySchema": [{"AttributeName": "model", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }],
    )  # fmt: skip
    dynamodb.get_waiter("table_exists").wait(TableName="deviceInfo")
    arn = dynamodb.describe_table(TableName="deviceInfo")["Table"]["TableArn"]
    reader = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:user/ann"}, "Action": "dynamodb:GetItem", "Resource": arn}
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [reader]}))
    for number in range(3):
        dynamodb.put_item(TableName="deviceInfo", Item={
            "serialNumber": {"S": f"SN-{number}"}, "model": {"S": "lamp"}, "n": {"N": "1" * 38}, "b": {"B": b"\x00"},
        })  # fmt: skip
    api = gateway.create_rest_api(name="vending")
    place = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    gateway.put_method(**place, authorizationType="NONE")
    gateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    gateway.put_method_response(**place, statusCode="200")
    gateway.put_integration_response(**place, statusCode="200", responseTemplates={"application/json": "copied"})
    gateway.create_deployment(restApiId=api["id"], stageName="Prod")
    function = "arn:aws:lambda:us-east-1:123456789012:function:vend"
    server.client("apigatewayv2").create_api(Name="vending", ProtocolType="HTTP", Target=function)


def test_registry_moves_there_and_back(database, make_server, tmp_path):
    url = f"postgres://careful:correct-horse@127.0.0.1:{database.port}/fleet"
    home = tmp_path / "data"
    server = make_server("--store", "sqlite")
    ca = Ca(tmp_path / "ca").register(
        server, template=template(thing="AWS::IoT::Certificate::CommonName"), role=jitp_role(server)
    )
    device = ca.device()
    server.pub(device, "copy/hello", "first")
    server.client("iot-data").update_thing_shadow(thingName=device.name, payload=b'{"state":{"desired":{"on":true}}}')
    bucket = unique("bucket")
    server.client("s3").create_bucket(Bucket=bucket)
    server.client("s3").put_object(Bucket=bucket, Key="firmware", Body=b"body" * 1000)
    vending(server)
    before = answers(server)
    assert len(before) > 16

    # Not while a server serves it.
    refused = copy(home, url, check=False)
    assert refused.returncode == 2 and "in use by another server" in refused.stderr, refused
    assert server.stop() == 0
    with sqlite3.connect(home / "nameplate.db") as registry:
        registry.executemany(
            "INSERT INTO attempt (seq, at, address, code, record) VALUES (?, 1, '192.0.2.1:1', 'connected', '{}')",
            ((number,) for number in range(1000, 1000 + ATTEMPTS)),
        )
    registry.close()

    # Killed on the way. What is there is no registry yet, and goes on.
    killed = subprocess.Popen([BIN, "copy", "--from", home, "--to", url], stderr=subprocess.DEVNULL, env=plain_env())
    until(lambda: database.sql("SELECT to_regclass('attempt') IS NOT NULL", "fleet") == "t", "tables")
    until(lambda: database.sql("SELECT COUNT(*) FROM attempt", "fleet") != "0", "rows")
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    half = run([BIN, "serve", "--data-dir", home, "--store", url], check=False, env=plain_env())
    assert half.returncode == 1 and "a copy that was not finished" in half.stderr, half
    done = copy(home, url)
    assert "from a copy that was broken off" in done.stdout and "SHA-256" in done.stdout, done
    assert f"nameplate serve --data-dir {home} --store postgres://" in done.stdout, done
    refused = copy(home, url, check=False)
    assert refused.returncode == 2 and "holds a registry already" in refused.stderr, refused

    server = make_server("--store", url)
    assert answers(server) == before
    server.pub(device, "copy/hello", "second")
    server.pub(ca.device(), "copy/hello", "a first connection")
    shadow = server.client("iot-data").get_thing_shadow(thingName=device.name)["payload"].read()
    assert b'"on":true' in shadow
    before = answers(server)
    assert server.stop() == 0

    # Back, to an empty directory: the rows alone are no data directory.
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    killed = subprocess.Popen([BIN, "copy", "--from", url, "--to", fresh], stderr=subprocess.DEVNULL, env=plain_env())
    part = fresh / "nameplate.db.copy"
    until(lambda: part.exists() and part.stat().st_size > 2**20, "rows")
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    half = run([BIN, "serve", "--data-dir", fresh], check=False, env=plain_env())
    assert half.returncode == 1 and "a copy that was not finished" in half.stderr, half
    assert {path.name for path in fresh.iterdir()} <= {part.name, f"{part.name}-journal", "lock", "node"}
    done = copy(url, fresh)
    assert "from a copy that was broken off" in done.stdout, done
    assert "has no keys, credentials, root-ca.pem, device-ca.pem" in done.stdout, done
    lost = run([BIN, "serve", "--data-dir", fresh], check=False, env=plain_env())
    assert lost.returncode == 1 and "is missing" in lost.stderr, lost
    for name in ["keys", "objects"]:
        shutil.copytree(home / name, fresh / name)
    for name in ["credentials", "root-ca.pem", "device-ca.pem"]:
        shutil.copy2(home / name, fresh / name)
    server = make_server("--store", "sqlite", directory="fresh")
    assert answers(server) == before
    server.pub(device, "copy/hello", "third")
    assert server.client("s3").get_object(Bucket=bucket, Key="firmware")["Body"].read() == b"body" * 1000
    assert server.stop() == 0

    # From directory to directory the files go along.
    other = tmp_path / "other"
    done = copy(fresh, other)
    assert "files (keys, credentials, bodies of objects, code of functions) were copied too" in done.stdout, done
    server = make_server("--store", "sqlite", directory="other")
    assert answers(server) == before
    server.pub(device, "copy/hello", "fourth")
