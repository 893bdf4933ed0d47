"""DynamoDB: tables and items with the AWS CLI, boto3's client and resource, and the DocumentClients of both SDKs for Node.

DynamoDB developer guide: "Getting started with DynamoDB and the AWS CLI", "Working with items", "Conditional writes".
"""

import gzip
import io
import json
import urllib.error
import urllib.request
import zipfile
import zlib
from decimal import Decimal
from pathlib import Path

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError
from lib import BIN, fails, plain_env, run, unique, until

MODULES = Path(__file__).parent / "node" / "node_modules"


@pytest.fixture(scope="module")
def dynamodb(server):
    return server.client("dynamodb")


@pytest.fixture(scope="module")
def resource(server):
    env = server.env
    return boto3.session.Session().resource(
        "dynamodb",
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        config=botocore.config.Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )


def signed(server, operation, body, **fields):
    """A request as it is, signed: the answer's status, header fields and bytes."""
    credentials = botocore.credentials.Credentials(server.env["AWS_ACCESS_KEY_ID"], server.env["AWS_SECRET_ACCESS_KEY"])
    headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0", **fields}
    made = botocore.awsrequest.AWSRequest("POST", server.env["AWS_ENDPOINT_URL"], data=body, headers=headers)
    botocore.auth.SigV4Auth(credentials, "dynamodb", server.env["AWS_REGION"]).add_auth(made)
    try:
        with urllib.request.urlopen(urllib.request.Request(made.url, data=body, headers=dict(made.headers))) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def test_music_with_the_cli(server):
    """Getting started: create a table, write, read, update, query, index, delete."""
    table = unique("Music")
    aws = server.aws
    made = aws(
        "dynamodb", "create-table", "--table-name", table,
        "--attribute-definitions", "AttributeName=Artist,AttributeType=S", "AttributeName=SongTitle,AttributeType=S",
        "--key-schema", "AttributeName=Artist,KeyType=HASH", "AttributeName=SongTitle,KeyType=RANGE",
        "--provisioned-throughput", "ReadCapacityUnits=5,WriteCapacityUnits=5", "--table-class", "STANDARD",
    )  # fmt: skip
    assert made["TableDescription"]["TableStatus"] == "CREATING"
    aws("dynamodb", "wait", "table-exists", "--table-name", table)
    assert aws("dynamodb", "describe-table", "--table-name", table)["Table"]["TableStatus"] == "ACTIVE"
    for artist, song, album in [("No One You Know", "Call Me Today", "Somewhat Famous"), ("Acme", "Happy Day", "Songs")]:
        item = {"Artist": {"S": artist}, "SongTitle": {"S": song}, "AlbumTitle": {"S": album}, "Awards": {"N": "1"}}
        aws("dynamodb", "put-item", "--table-name", table, "--item", json.dumps(item))
    key = json.dumps({"Artist": {"S": "Acme"}, "SongTitle": {"S": "Happy Day"}})
    got = aws("dynamodb", "get-item", "--consistent-read", "--table-name", table, "--key", key)
    assert got["Item"]["AlbumTitle"] == {"S": "Songs"}
    updated = aws(
        "dynamodb", "update-item", "--table-name", table, "--key", key, "--update-expression", "SET AlbumTitle = :newval",
        "--expression-attribute-values", '{":newval": {"S": "Updated Album Title"}}', "--return-values", "ALL_NEW",
    )  # fmt: skip
    assert updated["Attributes"]["AlbumTitle"] == {"S": "Updated Album Title"}
    found = aws(
        "dynamodb", "query", "--table-name", table, "--key-condition-expression", "Artist = :name",
        "--expression-attribute-values", '{":name": {"S": "Acme"}}',
    )  # fmt: skip
    assert (found["Count"], found["Items"][0]["Awards"]) == (1, {"N": "1"})
    aws(
        "dynamodb", "update-table", "--table-name", table, "--attribute-definitions", "AttributeName=AlbumTitle,AttributeType=S",
        "--global-secondary-index-updates",
        json.dumps([{"Create": {
            "IndexName": "AlbumTitle-index", "KeySchema": [{"AttributeName": "AlbumTitle", "KeyType": "HASH"}],
            "ProvisionedThroughput": {"ReadCapacityUnits": 10, "WriteCapacityUnits": 5},
            "Projection": {"ProjectionType": "ALL"}}}]),
    )  # fmt: skip
    indexes = lambda: aws("dynamodb", "describe-table", "--table-name", table)["Table"]["GlobalSecondaryIndexes"]  # noqa: E731
    until(lambda: indexes()[0]["IndexStatus"] == "ACTIVE", "the index is filled")
    found = aws(
        "dynamodb", "query", "--table-name", table, "--index-name", "AlbumTitle-index", "--key-condition-expression",
        "AlbumTitle = :name", "--expression-attribute-values", '{":name": {"S": "Somewhat Famous"}}',
    )  # fmt: skip
    assert found["Items"][0]["SongTitle"] == {"S": "Call Me Today"}
    aws("dynamodb", "scan", "--table-name", table)
    arn = made["TableDescription"]["TableArn"]
    aws("dynamodb", "tag-resource", "--resource-arn", arn, "--tags", "Key=Owner,Value=blueTeam")
    assert aws("dynamodb", "list-tags-of-resource", "--resource-arn", arn)["Tags"] == [{"Key": "Owner", "Value": "blueTeam"}]
    aws("dynamodb", "untag-resource", "--resource-arn", arn, "--tag-keys", "Owner")
    aws("dynamodb", "delete-item", "--table-name", table, "--key", key)
    assert table in aws("dynamodb", "list-tables")["TableNames"]
    aws("dynamodb", "delete-table", "--table-name", table)
    aws("dynamodb", "wait", "table-not-exists", "--table-name", table)


def test_the_resource_of_boto3(resource):
    """Conditions as objects, numbers as Decimal, sets, batches, pages by themselves."""
    table = resource.create_table(
        TableName=unique("users"), BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "name", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "name", "AttributeType": "S"}, {"AttributeName": "at", "AttributeType": "N"}],
    )  # fmt: skip
    table.wait_until_exists()
    with table.batch_writer() as batch:
        for at in range(60):
            batch.put_item(Item={"name": "a", "at": at, "even": at % 2 == 0, "ratio": Decimal("1.10"), "set": {at, at + 1}})
    found = table.query(KeyConditionExpression=Key("name").eq("a") & Key("at").between(10, 20), FilterExpression=Attr("even").eq(True))
    assert [int(item["at"]) for item in found["Items"]] == [10, 12, 14, 16, 18, 20]
    assert found["Items"][0]["ratio"] == Decimal("1.1") and found["Items"][0]["set"] == {10, 11}
    updated = table.update_item(
        Key={"name": "a", "at": 1}, UpdateExpression="set even = :x, #s = :y", ReturnValues="UPDATED_NEW",
        ExpressionAttributeNames={"#s": "status"}, ExpressionAttributeValues={":x": None, ":y": {"deep": [b"bytes", 1]}},
    )  # fmt: skip
    assert updated["Attributes"]["status"]["deep"][0].value == b"bytes"
    with pytest.raises(ClientError) as caught:
        table.put_item(
            Item={"name": "a", "at": 1}, ConditionExpression=Attr("name").not_exists(),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )  # fmt: skip
    assert caught.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert caught.value.response["Item"]["status"]["M"]["deep"]["L"][1] == {"N": "1"}
    assert "Item" not in table.get_item(Key={"name": "nobody", "at": 0}, ProjectionExpression="ratio")
    answered = resource.batch_get_item(RequestItems={table.name: {"Keys": [{"name": "a", "at": 1}, {"name": "a", "at": 2}]}})
    assert len(answered["Responses"][table.name]) == 2
    table.delete()
    table.wait_until_not_exists()


def test_an_index_whose_keys_have_several_attributes(resource):
    """Developer guide: multi-attribute keys of global secondary indexes."""
    names, parts = ["match", "tournament", "region", "round", "number"], ["HASH", "HASH", "RANGE", "RANGE"]
    table = resource.create_table(
        TableName=unique("Matches"), BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "N" if name == "number" else "S"} for name in names],
        KeySchema=[{"AttributeName": "match", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[{
            "IndexName": "rounds", "Projection": {"ProjectionType": "ALL"},
            "KeySchema": [{"AttributeName": name, "KeyType": part} for name, part in zip(names[1:], parts)],
        }],
    )  # fmt: skip
    table.wait_until_exists()
    with table.batch_writer() as batch:
        for number in range(12):
            batch.put_item(Item={
                "match": str(number), "tournament": "WINTER", "region": "EU" if number % 2 else "NA",
                "round": "FINAL" if number > 7 else "SEMI", "number": number - 6,
            })  # fmt: skip
        batch.put_item(Item={"match": "no round", "tournament": "WINTER", "region": "EU", "number": 1})

    def found(keys, **more):
        page = table.query(IndexName="rounds", KeyConditionExpression=keys, **more)
        return [item["match"] for item in page["Items"]], page.get("LastEvaluatedKey")

    partition = Key("tournament").eq("WINTER") & Key("region").eq("EU")
    assert found(partition) == (["9", "11", "1", "3", "5", "7"], None)
    semi = partition & Key("round").eq("SEMI")
    assert found(semi & Key("number").between(-3, 1)) == (["3", "5", "7"], None)
    first, behind = found(semi, Limit=3, ScanIndexForward=False)
    assert (first, set(behind)) == (["7", "5", "3"], set(names))
    assert found(semi, ExclusiveStartKey=behind, ScanIndexForward=False) == (["1"], None)
    gap = "RANGE key attributes round must have equality conditions"
    fails(lambda: found(partition & Key("number").eq(1)), "ValidationException", gap)
    table.delete()


def test_what_suites_that_were_held_against_aws_ask(server):
    """Cases in which such suites found a difference, without boto3's own checks: docs/dynamodb-suites.md."""
    dynamodb = server.client("dynamodb", parameter_validation=False)
    name = unique("suites")
    key = [{"AttributeName": "p", "KeyType": "HASH"}]
    whole = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": key,
        "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
    }
    for absent in ("KeySchema", "AttributeDefinitions"):
        rest = {member: of for member, of in whole.items() if member != absent}
        told = f"Value null at '{absent[0].lower()}{absent[1:]}'"
        fails(lambda: dynamodb.create_table(**rest), "ValidationException", told)
    told = "valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS]"
    fails(lambda: dynamodb.create_table(**whole, TableClass="standard"), "ValidationException", told)
    dynamodb.create_table(**whole)
    changed = dynamodb.update_table(TableName=name, TableClass="STANDARD_INFREQUENT_ACCESS")["TableDescription"]
    assert set(changed["TableClassSummary"]) == {"TableClass", "LastUpdateDateTime"}
    for value, told in [
        ([], "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"),
        ({"B": "abc"}, "Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
    ]:
        body = json.dumps({"TableName": name, "Item": {"p": value}}).encode()
        status, _, answer = signed(server, "PutItem", body)
        answer = json.loads(answer)
        assert (status, answer["message"]) == (400, told)
        assert answer["__type"].endswith("#SerializationException")
    dynamodb.put_item(TableName=name, Item={"p": {"S": "a"}, "word": {"S": "hello"}})
    lacks = {"ComparisonOperator": "NOT_CONTAINS", "AttributeValueList": [{"N": "1"}]}
    assert dynamodb.scan(TableName=name, ScanFilter={"word": lacks})["Count"] == 1
    unlike = {"p": {**lacks, "ComparisonOperator": "NE"}}
    told = "Attempted conditional constraint is not an indexable operation"
    fails(lambda: dynamodb.query(TableName=name, KeyConditions=unlike), "ValidationException", told)
    dynamodb.delete_table(TableName=name)


def test_pages_transactions_and_errors(dynamodb):
    table = unique("orders")
    dynamodb.create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    ids = {f"id{number}" for number in range(30)}
    for chunk in (sorted(ids)[:25], sorted(ids)[25:]):
        puts = [{"PutRequest": {"Item": {"id": {"S": name}}}} for name in chunk]
        assert dynamodb.batch_write_item(RequestItems={table: puts})["UnprocessedItems"] == {}
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, PaginationConfig={"PageSize": 7})
    assert sorted(item["id"]["S"] for page in pages for item in page["Items"]) == sorted(ids)
    one = {"TableName": table, "Key": {"id": {"S": "id1"}}}
    got = dynamodb.transact_get_items(TransactItems=[{"Get": one}])
    assert got["Responses"] == [{"Item": {"id": {"S": "id1"}}}]
    add = {**one, "UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    dynamodb.transact_write_items(TransactItems=[{"Update": add}])
    refused = {**one, "ConditionExpression": "n > :two", "ExpressionAttributeValues": {":two": {"N": "2"}}}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[{"Delete": refused}])
    assert caught.value.response["CancellationReasons"][0]["Code"] == "ConditionalCheckFailed"
    with pytest.raises(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )  # fmt: skip
    fails(lambda: dynamodb.get_item(TableName="absent", Key={"id": {"S": "x"}}), "ResourceNotFoundException", status=400)
    arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
    abroad, foreign = arn.replace(":us-east-1:", ":eu-west-1:"), arn.replace(":1234", ":9934")
    fails(lambda: dynamodb.describe_table(TableName=abroad), "ValidationException", f"Invalid AWS region in '{abroad}'")
    fails(lambda: dynamodb.describe_table(TableName=foreign), "AccessDeniedException", "Access is denied", status=400)
    not_there = f"Requested resource not found: ResourceArn: {arn}x not found"
    fails(lambda: dynamodb.list_tags_of_resource(ResourceArn=f"{arn}x"), "ResourceNotFoundException", not_there)
    no_arn = f"One or more parameter values were invalid: ARNs must start with 'arn:': {table}"
    fails(lambda: dynamodb.list_tags_of_resource(ResourceArn=table), "ValidationException", no_arn)
    warm = {"IndexName": "by-kind", "WarmThroughput": {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}}
    with pytest.raises(ClientError) as caught:
        dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Update": warm}])
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    with pytest.raises(ClientError) as caught:
        dynamodb.delete_table(TableName=table)
    # Tools that clean accounts up compare it as a whole.
    assert caught.value.response["Error"]["Message"] == (
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
    )
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=False)
    spec = {"Enabled": True, "AttributeName": "until"}
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=spec)
    assert dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    dynamodb.put_item(TableName=table, Item={"id": {"S": "past"}, "until": {"N": "1700000000"}})
    until(lambda: "Item" not in dynamodb.get_item(TableName=table, Key={"id": {"S": "past"}}), "the item expires")
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
    assert dynamodb.describe_limits()["AccountMaxReadCapacityUnits"] > 0
    assert dynamodb.describe_endpoints()["Endpoints"][0]["CachePeriodInMinutes"] == 1440


def test_answers_have_their_checksum(server, dynamodb):
    """Old SDKs hold every answer against it."""
    seen = []
    dynamodb.meta.events.register("before-parse.dynamodb", lambda response_dict, **_: seen.append(response_dict))
    dynamodb.list_tables()
    with pytest.raises(ClientError):
        dynamodb.describe_table(TableName="absent")
    for answer in seen:
        assert int(answer["headers"]["x-amz-crc32"]) == zlib.crc32(answer["body"])
    assert len(seen) == 2


def test_bodies_may_be_compressed(server, dynamodb):
    """As some SDKs send them, and as browsers ask for them."""
    name = unique("packed")
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
    )  # fmt: skip

    def send(operation, body, **fields):
        return signed(server, operation, body, **fields)

    put = json.dumps({"TableName": name, "Item": {"p": {"S": "a"}, "x": {"S": "x" * 5000}}}).encode()
    assert send("PutItem", gzip.compress(put), **{"Content-Encoding": "gzip"})[0] == 200
    for body, encoding in [(put, "gzip"), (gzip.compress(put)[:-1], "gzip"), (put, "garbage")]:
        assert send("PutItem", body, **{"Content-Encoding": encoding})[0] == 500
    bomb = gzip.compress(put[:-1] + b" " * (17 << 20) + put[-1:])
    assert send("PutItem", bomb, **{"Content-Encoding": "gzip"})[0] == 413
    get = json.dumps({"TableName": name, "Key": {"p": {"S": "a"}}}).encode()
    for accepted, encoding, unpack in [("gzip", "gzip", gzip.decompress), ("deflate", "deflate", zlib.decompress)]:
        _, headers, body = send("GetItem", get, **{"Accept-Encoding": accepted})
        assert headers["Content-Encoding"] == encoding and len(body) < 500
        assert int(headers["x-amz-crc32"]) == zlib.crc32(body)
        assert json.loads(unpack(body))["Item"]["x"] == {"S": "x" * 5000}
    short = json.dumps({"TableName": name, "Key": {"p": {"S": "a"}}, "ProjectionExpression": "p"}).encode()
    assert "Content-Encoding" not in send("GetItem", short, **{"Accept-Encoding": "gzip"})[1]


V2 = """
const AWS = require('aws-sdk');
(async () => {
  const name = process.argv[2];
  const db = new AWS.DynamoDB();
  await db.createTable({
    TableName: name, BillingMode: 'PAY_PER_REQUEST', KeySchema: [{ AttributeName: 'serialNumber', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'serialNumber', AttributeType: 'S' }],
  }).promise();
  await db.waitFor('tableExists', { TableName: name }).promise();
  const doc = new AWS.DynamoDB.DocumentClient();
  await doc.put({ TableName: name, Item: { serialNumber: 's1', deviceToken: 't', n: 1.5, tags: doc.createSet(['b', 'a']) } }).promise();
  const found = await doc.query({
    TableName: name, KeyConditionExpression: 'serialNumber = :id', FilterExpression: 'deviceToken = :token',
    ExpressionAttributeValues: { ':id': 's1', ':token': 't' },
  }).promise();
  const updated = await doc.update({
    TableName: name, Key: { serialNumber: 's1' }, UpdateExpression: 'set a = :x, b = :y', ReturnValues: 'UPDATED_NEW',
    ExpressionAttributeValues: { ':x': { deep: [1, null] }, ':y': true },
  }).promise();
  const got = await doc.get({ TableName: name, Key: { serialNumber: 'absent' } }).promise();
  const refused = await doc.delete({
    TableName: name, Key: { serialNumber: 's1' }, ConditionExpression: 'n > :n', ExpressionAttributeValues: { ':n': 2 },
  }).promise().catch((error) => error.code);
  const tags = found.Items[0].tags.values;
  console.log(JSON.stringify({ count: found.Count, n: found.Items[0].n, tags, updated: updated.Attributes, got, refused }));
})();
"""
V3 = """
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
const name = process.argv[2];
const client = new DynamoDBClient({});
const doc = DynamoDBDocumentClient.from(client);
await doc.send(new PutCommand({ TableName: name, Item: { serialNumber: 's2', n: 2, set: new Set(['x']) } }));
const got = await doc.send(new GetCommand({ TableName: name, Key: { serialNumber: 's2' } }));
const found = await doc.send(new QueryCommand({
  TableName: name, KeyConditionExpression: 'serialNumber = :id', ExpressionAttributeValues: { ':id': 's2' },
}));
let refused;
try {
  await doc.send(new TransactWriteCommand({ TransactItems: [
    { Put: { TableName: name, Item: { serialNumber: 's2' }, ConditionExpression: 'attribute_not_exists(serialNumber)' } },
  ] }));
} catch (error) { refused = [error.name, error.CancellationReasons[0].Code]; }
let scanned = 0;
for await (const page of paginateScan({ client, pageSize: 1 }, { TableName: name })) scanned += page.Count;
console.log(JSON.stringify({ item: { ...got.Item, set: [...got.Item.set] }, count: found.Count, refused, scanned }));
"""


def test_document_clients_of_node(server, tmp_path):
    (tmp_path / "node_modules").symlink_to(MODULES)
    name = unique("devices")

    def node(file, script):
        path = tmp_path / file
        path.write_text(script)
        command = [BIN, "run", "--data-dir", server.data_dir, "--", "node", path, name]
        return json.loads(run(command, env=plain_env()).stdout)

    assert node("v2.js", V2) == {
        "count": 1, "n": 1.5, "tags": ["a", "b"], "updated": {"a": {"deep": [1, None]}, "b": True}, "got": {},
        "refused": "ConditionalCheckFailedException",
    }  # fmt: skip
    assert node("v3.mjs", V3) == {
        "item": {"serialNumber": "s2", "n": 2, "set": ["x"]}, "count": 1, "scanned": 2,
        "refused": ["TransactionCanceledException", "ConditionalCheckFailed"],
    }  # fmt: skip


HANDLER = """
import boto3

devices = boto3.resource("dynamodb").Table("TABLE")


def handler(event, context):
    found = devices.get_item(Key={"serialNumber": event["serialNumber"]}).get("Item")
    if found is None:
        return {"known": False}
    devices.update_item(Key={"serialNumber": event["serialNumber"]}, UpdateExpression="SET seen = :t", ExpressionAttributeValues={":t": True})
    return {"known": True, "token": found["token"]}
"""


def test_a_function_asks_its_allow_list(server, dynamodb):
    """Nothing in the function says where DynamoDB is."""
    table, role = unique("allowed"), unique("reader")
    dynamodb.create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "serialNumber", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "serialNumber", "AttributeType": "S"}],
    )  # fmt: skip
    dynamodb.put_item(TableName=table, Item={"serialNumber": {"S": "s1"}, "token": {"S": "t1"}})
    iam, functions = server.client("iam"), server.client("lambda")
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    allowed = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:UpdateItem"], "Resource": f"arn:aws:dynamodb:*:*:table/{table}"}]}  # fmt: skip
    iam.put_role_policy(RoleName=role, PolicyName="allow-list", PolicyDocument=json.dumps(allowed))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", HANDLER.replace("TABLE", table))
    functions.create_function(
        FunctionName=table, Runtime="python3.12", Role=arn, Handler="app.handler", Code={"ZipFile": code.getvalue()}, Timeout=30
    )
    ask = lambda serial: json.load(  # noqa: E731
        functions.invoke(FunctionName=table, Payload=json.dumps({"serialNumber": serial}))["Payload"]
    )
    assert ask("s1") == {"known": True, "token": "t1"}
    assert ask("s2") == {"known": False}
    assert dynamodb.get_item(TableName=table, Key={"serialNumber": {"S": "s1"}})["Item"]["seen"] == {"BOOL": True}
