"""Policies of tables: who else may use one. DynamoDB developer guide: "Using resource-based policies for DynamoDB"."""

import contextlib
import json

import pytest
from botocore.exceptions import ClientError
from lib import ACCOUNT, REGION, fails, unique, user_key

NONE = "Resource-based policy not found for the provided ResourceArn: "


def document(arn, *statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Resource": arn, **one} for one in statements]})


@pytest.fixture
def table(server):
    dynamodb, name = server.client("dynamodb"), unique("table")
    made = dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )["TableDescription"]  # fmt: skip
    dynamodb.put_item(TableName=name, Item={"k": {"S": "a"}})
    return name, made["TableArn"]


def test_a_table_lets_in_a_user_and_shuts_out_another(server, table):
    dynamodb, (name, arn) = server.client("dynamodb"), table
    user, key = user_key(server)
    other, allowed = user_key(
        server, {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}}
    )
    theirs, owned = server.client("dynamodb", key), server.client("dynamodb", allowed)
    get = {"TableName": name, "Key": {"k": {"S": "a"}}}
    fails(lambda: theirs.get_item(**get), "AccessDeniedException", "dynamodb:GetItem", status=400)
    assert owned.get_item(**get)["Item"] == {"k": {"S": "a"}}
    arn_of = f"arn:aws:iam::{ACCOUNT}:user/"
    policy = document(
        arn,
        {"Effect": "Allow", "Principal": {"AWS": arn_of + user}, "Action": ["dynamodb:GetItem", "dynamodb:PutItem"]},
        {"Effect": "Deny", "Principal": {"AWS": arn_of + other}, "Action": "dynamodb:GetItem"},
    )
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=policy)
    assert json.loads(dynamodb.get_resource_policy(ResourceArn=arn)["Policy"]) == json.loads(policy)
    assert theirs.get_item(**get)["Item"] == {"k": {"S": "a"}}
    theirs.put_item(TableName=name, Item={"k": {"S": "b"}})
    fails(lambda: theirs.scan(TableName=name), "AccessDeniedException", "dynamodb:Scan", status=400)
    denied = "with an explicit deny in a resource-based policy"
    fails(lambda: owned.get_item(**get), "AccessDeniedException", denied, status=400)
    assert len(owned.scan(TableName=name)["Items"]) == 2
    dynamodb.delete_resource_policy(ResourceArn=arn)
    fails(lambda: theirs.get_item(**get), "AccessDeniedException", "dynamodb:GetItem", status=400)
    assert owned.get_item(**get)["Item"] == {"k": {"S": "a"}}


def test_revisions_with_the_cli(server, table):
    (name, arn), aws, dynamodb = table, server.aws, server.client("dynamodb")
    whole = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}}

    def put(action, *more):
        policy = document(arn, {**whole, "Action": action})
        return aws("dynamodb", "put-resource-policy", "--resource-arn", arn, "--policy", policy, *more)["RevisionId"]

    first = put("dynamodb:*", "--expected-revision-id", "NO_POLICY")
    assert put("dynamodb:*") == first < (second := put("dynamodb:PutItem", "--expected-revision-id", first))
    old = f"Requested update for policy with revision id {first}, but the policy associated to target table {name} has revision id {second}."
    delete = lambda revision: dynamodb.delete_resource_policy(ResourceArn=arn, ExpectedRevisionId=revision)  # noqa: E731
    fails(lambda: delete(first), "PolicyNotFoundException", NONE + old, status=400)
    assert aws("dynamodb", "get-resource-policy", "--resource-arn", arn)["RevisionId"] == second
    aws("dynamodb", "delete-resource-policy", "--resource-arn", arn, "--expected-revision-id", second)
    fails(lambda: dynamodb.get_resource_policy(ResourceArn=arn), "PolicyNotFoundException", NONE + arn, status=400)
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=document(arn, {**whole, "Action": "dynamodb:*"}))


def test_a_table_is_made_with_its_policy(server):
    dynamodb, name = server.client("dynamodb"), unique("table")
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
    user, key = user_key(server)
    reader = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/{user}"}, "Action": "dynamodb:DescribeTable"}
    with pytest.raises(ClientError, match="ListStreams"):
        dynamodb.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            ResourcePolicy=document(arn, {**reader, "Action": "dynamodb:ListStreams"}),
        )  # fmt: skip
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}], ResourcePolicy=document(arn, reader),
    )  # fmt: skip
    assert server.client("dynamodb", key).describe_table(TableName=name)["Table"]["TableArn"] == arn


def test_a_deny_holds_at_every_door(server, table):
    """By name and by ARN, of the account's root as of anybody."""
    dynamodb, (name, arn) = server.client("dynamodb"), table
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    user, key = user_key(server, everything)
    free = unique("free")
    dynamodb.create_table(
        TableName=free, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )  # fmt: skip
    deny = {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": [arn, f"{arn}/*"]}
    dynamodb.put_resource_policy(ResourceArn=arn, Policy=document(arn, deny), ConfirmRemoveSelfResourceAccess=True)
    item, where = {"k": {"S": "b"}}, {"k": {"S": "a"}}

    def doors(client, table):
        given = {"TableName": table}
        queried = {"KeyConditionExpression": "k = :k", "ExpressionAttributeValues": {":k": {"S": "a"}}}
        statements = [
            f"SELECT * FROM \"{table}\"", f"SELECT * FROM \"{table}\" WHERE k = 'a'", f"SELECT * FROM \"{table}\".\"idx\"",
            f"INSERT INTO \"{table}\" VALUE {{'k': 'b'}}", f"UPDATE \"{table}\" SET x = 1 WHERE k = 'a'",
            f"DELETE FROM \"{table}\" WHERE k = 'a'",
        ]  # fmt: skip
        yield lambda: client.get_item(**given, Key=where)
        yield lambda: client.put_item(**given, Item=item)
        yield lambda: client.update_item(**given, Key=where)
        yield lambda: client.delete_item(**given, Key=where)
        yield lambda: client.scan(**given)
        yield lambda: client.query(**given, **queried)
        yield lambda: client.query(**given, IndexName="idx", **queried)
        yield lambda: client.batch_get_item(RequestItems={free: {"Keys": [where]}, table: {"Keys": [where]}})
        put = [{"PutRequest": {"Item": item}}]
        yield lambda: client.batch_write_item(RequestItems={free: put, table: put})
        got = [{"Get": {"TableName": free, "Key": where}}, {"Get": {**given, "Key": where}}]
        yield lambda: client.transact_get_items(TransactItems=got)
        first = {"Put": {"TableName": free, "Item": item}}
        check = {"ConditionCheck": {**given, "Key": where, "ConditionExpression": "attribute_exists(k)"}}
        for part in ({"Put": {**given, "Item": item}}, {"Delete": {**given, "Key": where}}, check):
            yield lambda part=part: client.transact_write_items(TransactItems=[first, part])
        for statement in statements:
            yield lambda statement=statement: client.execute_statement(Statement=statement)
            if "WHERE" in statement or "INSERT" in statement:
                yield lambda statement=statement: client.execute_transaction(TransactStatements=[{"Statement": statement}])
        yield lambda: client.describe_table(**given)
        yield lambda: client.describe_time_to_live(**given)
        yield lambda: client.update_table(**given, DeletionProtectionEnabled=True)
        yield lambda: client.delete_table(**given)

    for client in (server.client("dynamodb", key), dynamodb):
        for given in (name, arn):
            for number, door in enumerate(doors(client, given)):
                try:
                    door()
                except ClientError as error:
                    assert error.response["Error"]["Code"] == "AccessDeniedException", (number, given, error)
                else:
                    raise AssertionError(f"door {number} is open for {given}")
            # A batch tells of each statement by itself.
            for statement in (f"SELECT * FROM \"{given}\" WHERE k = 'a'", f"INSERT INTO \"{given}\" VALUE {{'k': 'b'}}"):
                with contextlib.suppress(ClientError):
                    told = client.batch_execute_statement(Statements=[{"Statement": statement}])["Responses"][0]
                    assert told["Error"]["Code"] == "AccessDenied" and "Item" not in told
        fails(lambda: client.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}]), "AccessDeniedException", status=400)  # noqa: B023
        assert client.scan(TableName=free)["Items"] == []
    # Only the root takes it away.
    other = server.client("dynamodb", key)
    fails(lambda: other.delete_resource_policy(ResourceArn=arn), "AccessDeniedException", status=400)
    dynamodb.delete_resource_policy(ResourceArn=arn)
    assert dynamodb.scan(TableName=name)["Items"] == [where]
    dynamodb.delete_table(TableName=free)
