"""PartiQL over DynamoDB's tables with boto3 and the AWS CLI, and pages of other origins that call it from a browser.

DynamoDB developer guide: "Getting started with PartiQL for DynamoDB", "Performing transactions with PartiQL for DynamoDB".
"""

import json
import urllib.request

import pytest
from botocore.exceptions import ClientError
from lib import unique


@pytest.fixture(scope="module")
def dynamodb(server):
    return server.client("dynamodb")


@pytest.fixture(scope="module")
def music(dynamodb):
    name = unique("Music")
    dynamodb.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("Artist", "SongTitle")],
        KeySchema=[{"AttributeName": "Artist", "KeyType": "HASH"}, {"AttributeName": "SongTitle", "KeyType": "RANGE"}],
    )  # fmt: skip
    dynamodb.get_waiter("table_exists").wait(TableName=name)
    return name


def test_the_guides_first_statements(dynamodb, server, music):
    def execute(statement, *parameters):
        more = {"Parameters": list(parameters)} if parameters else {}
        return dynamodb.execute_statement(Statement=statement.replace("Music", music), **more)["Items"]

    execute("""INSERT INTO "Music" VALUE {'Artist': 'Acme Band', 'SongTitle': 'Happy Day', 'AlbumTitle': 'Songs About Life', 'Awards': '10'}""")
    execute("""INSERT INTO "Music" VALUE {'Artist': ?, 'SongTitle': ?}""", {"S": "Acme Band"}, {"S": "PartiQL Rocks"})
    found = execute("""SELECT * FROM "Music" WHERE Artist = 'Acme Band' AND SongTitle = 'Happy Day'""")
    assert found == [{"Artist": {"S": "Acme Band"}, "SongTitle": {"S": "Happy Day"}, "AlbumTitle": {"S": "Songs About Life"}, "Awards": {"S": "10"}}]
    updated = execute(
        """UPDATE "Music" SET AwardsWon = 1 SET AwardDetail = {'Grammys': [2020, 2018]}
           WHERE Artist = 'Acme Band' AND SongTitle = 'PartiQL Rocks' RETURNING ALL NEW *"""
    )
    assert updated[0]["AwardDetail"] == {"M": {"Grammys": {"L": [{"N": "2020"}, {"N": "2018"}]}}}
    updated = execute(
        """UPDATE "Music" SET AwardDetail.Grammys = list_append(AwardDetail.Grammys, [2016]) SET BandMembers = <<'one', 'two'>>
           WHERE Artist = 'Acme Band' AND SongTitle = 'PartiQL Rocks' RETURNING MODIFIED NEW *"""
    )
    assert updated == [
        {"AwardDetail": {"M": {"Grammys": {"L": [{"N": "2020"}, {"N": "2018"}, {"N": "2016"}]}}}, "BandMembers": {"SS": ["one", "two"]}}
    ]
    shown = server.aws(
        "dynamodb", "execute-statement", "--statement",
        f"""SELECT SongTitle FROM "{music}" WHERE Artist = 'Acme Band' ORDER BY SongTitle DESC""",
    )  # fmt: skip
    assert [item["SongTitle"]["S"] for item in shown["Items"]] == ["PartiQL Rocks", "Happy Day"]
    with pytest.raises(ClientError) as refused:
        execute("""INSERT INTO "Music" VALUE {'Artist': 'Acme Band', 'SongTitle': 'Happy Day'}""")
    assert refused.value.response["Error"] == {"Code": "DuplicateItemException", "Message": "Duplicate primary key exists in table"}
    execute("""DELETE FROM "Music" WHERE Artist = 'Acme Band' AND SongTitle = 'PartiQL Rocks'""")
    pages = [dynamodb.execute_statement(Statement=f'SELECT Artist FROM "{music}"', Limit=1)]
    while "NextToken" in pages[-1]:
        token = pages[-1]["NextToken"]
        pages.append(dynamodb.execute_statement(Statement=f'SELECT Artist FROM "{music}"', Limit=1, NextToken=token))
    assert [item for page in pages for item in page["Items"]] == [{"Artist": {"S": "Acme Band"}}]


def test_batches_and_transactions(dynamodb, music):
    of = [{"Statement": f"INSERT INTO \"{music}\" VALUE {{'Artist': 'No One', 'SongTitle': '{title}'}}"} for title in "ab"]
    assert dynamodb.execute_transaction(TransactStatements=of)["ResponseMetadata"]["HTTPStatusCode"] == 200
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as refused:
        dynamodb.execute_transaction(TransactStatements=of)
    assert [reason["Code"] for reason in refused.value.response["CancellationReasons"]] == ["DuplicateItem", "DuplicateItem"]
    select = f'SELECT SongTitle FROM "{music}" WHERE Artist = ? AND SongTitle = ?'
    asked = [{"Statement": select, "Parameters": [{"S": "No One"}, {"S": title}]} for title in "abc"]
    found = dynamodb.batch_execute_statement(Statements=asked)["Responses"]
    assert [one.get("Item") for one in found] == [{"SongTitle": {"S": "a"}}, {"SongTitle": {"S": "b"}}, None]
    found = dynamodb.execute_transaction(TransactStatements=asked[:2])["Responses"]
    assert [one["Item"]["SongTitle"]["S"] for one in found] == ["a", "b"]


def test_pages_of_other_origins_may_read_answers(server):
    url = server.env["AWS_ENDPOINT_URL"]
    asked = {
        "Origin": "https://page.example", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-amz-target",
    }  # fmt: skip
    with urllib.request.urlopen(urllib.request.Request(url, method="OPTIONS", headers=asked)) as answer:
        fields = answer.headers
    assert fields["Access-Control-Allow-Origin"] == "*"
    assert fields["Access-Control-Allow-Methods"] == "POST"
    assert fields["Access-Control-Allow-Headers"] == "authorization,x-amz-target"
    assert fields["Access-Control-Max-Age"] == "172800"
    headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    for origin in ({}, {"Origin": "https://page.example"}):
        made = urllib.request.Request(url, data=b"{}", headers={**headers, **origin})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(made)
        # Without a signature it is refused; the page may read that.
        assert refused.value.headers.get("Access-Control-Allow-Origin") == ("*" if origin else None)
        assert "MissingAuthenticationToken" in json.loads(refused.value.read())["__type"]
