"""Imports of tables whose node dies, and nodes that both could work on one."""

import json

import pytest
from lib import unique, until
from nodes import Fleet

LINES = 6_000


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("imports"), count=2)
    yield fleet
    fleet.end()


def test_an_import_whose_node_dies_is_brought_to_its_end_by_another(fleet):
    here, there = fleet.nodes
    dynamodb, s3, table, bucket = here.client("dynamodb"), here.client("s3"), unique("table"), unique("bucket").lower()
    s3.create_bucket(Bucket=bucket)
    for name in "ab":
        lines = "".join(json.dumps({"Item": {"k": {"S": f"{name}{n}"}}}) + "\n" for n in range(LINES // 2))
        s3.put_object(Bucket=bucket, Key=name, Body=lines.encode())
    arn = dynamodb.import_table(
        S3BucketSource={"S3Bucket": bucket}, InputFormat="DYNAMODB_JSON",
        TableCreationParameters={
            "TableName": table, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        },
    )["ImportTableDescription"]["ImportArn"]  # fmt: skip
    other = there.client("dynamodb")

    def told():
        return other.describe_import(ImportArn=arn)["ImportTableDescription"]

    until(lambda: told()["ProcessedItemCount"] > 0, "it has begun")
    assert told()["ImportStatus"] == "IN_PROGRESS"
    here.kill()
    until(lambda: told()["ImportStatus"] != "IN_PROGRESS", "it is imported", 120)
    counts = [told()[name] for name in ("ProcessedItemCount", "ImportedItemCount", "ErrorCount")]
    assert (told()["ImportStatus"], counts) == ("COMPLETED", [LINES, LINES, 0])
    assert other.describe_table(TableName=table)["Table"]["ItemCount"] == LINES
    fleet.replace(here)
