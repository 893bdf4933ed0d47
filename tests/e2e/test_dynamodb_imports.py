"""Tables out of files in S3. DynamoDB developer guide: "Importing data from Amazon S3"."""

import gzip
import json

from lib import unique, until


def test_an_export_of_aws_becomes_a_table(server):
    """The layout of an export: `AWSDynamoDB/ID/data/*.json.gz`, lines of `{"Item":{…}}`."""
    dynamodb, s3 = server.client("dynamodb"), server.client("s3")
    bucket, table = unique("bucket").lower(), unique("table")
    s3.create_bucket(Bucket=bucket)
    data = "AWSDynamoDB/01700000000000-a1b2c3d4/data/"
    for number in range(3):
        items = [{"Item": {"k": {"S": f"{number}-{n}"}, "n": {"N": str(n)}, "b": {"B": "AAE="}}} for n in range(500)]
        lines = "".join(json.dumps(item) + "\n" for item in items)
        s3.put_object(Bucket=bucket, Key=f"{data}{number}.json.gz", Body=gzip.compress(lines.encode()))
    begun = dynamodb.import_table(
        S3BucketSource={"S3Bucket": bucket, "S3KeyPrefix": data}, InputFormat="DYNAMODB_JSON", InputCompressionType="GZIP",
        TableCreationParameters={
            "TableName": table, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        },
    )["ImportTableDescription"]  # fmt: skip
    assert begun["ImportStatus"] == "IN_PROGRESS"
    told = lambda: dynamodb.describe_import(ImportArn=begun["ImportArn"])["ImportTableDescription"]  # noqa: E731
    until(lambda: told()["ImportStatus"] == "COMPLETED", "it is imported")
    assert (told()["ImportedItemCount"], told()["ErrorCount"]) == (1500, 0)
    dynamodb.get_waiter("table_exists").wait(TableName=table)
    item = dynamodb.get_item(TableName=table, Key={"k": {"S": "2-499"}})["Item"]
    assert item == {"k": {"S": "2-499"}, "n": {"N": "499"}, "b": {"B": b"\x00\x01"}}
    assert "CloudWatchLogGroupArn" not in told()
    summaries = dynamodb.list_imports(TableArn=begun["TableArn"])["ImportSummaryList"]
    assert [one["ImportArn"] for one in summaries] == [begun["ImportArn"]]


def test_rows_that_are_no_items_are_told_in_a_log(server):
    dynamodb, s3, table = server.client("dynamodb"), server.client("s3"), unique("table")
    bucket = unique("bucket").lower()
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="devices.csv", Body=b"serial,model\nA1,one\n,none\nA2,two\n")
    definition = {
        "TableName": table, "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "serial", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "serial", "AttributeType": "S"}],
    }  # fmt: skip
    parameters = ("--table-creation-parameters", json.dumps(definition), "--input-format", "CSV")
    begun = server.aws("dynamodb", "import-table", "--s3-bucket-source", f"S3Bucket={bucket}", *parameters)
    arn = begun["ImportTableDescription"]["ImportArn"]
    told = lambda: dynamodb.describe_import(ImportArn=arn)["ImportTableDescription"]  # noqa: E731
    until(lambda: told()["ImportStatus"] == "FAILED", "one row is no item")
    assert (told()["ImportedItemCount"], told()["ErrorCount"]) == (2, 1)
    group = told()["CloudWatchLogGroupArn"].split(":log-group:")[1].removesuffix(":*")
    lines = lambda: [  # noqa: E731
        json.loads(event["message"])
        for event in server.client("logs").filter_log_events(logGroupName=group)["events"]
        if arn in event["message"]
    ]
    until(lambda: len(lines()) == 1, "it is told")
    assert lines()[0]["itemS3Pointer"] == {"bucket": bucket, "key": "devices.csv", "itemIndex": 1}
    assert dynamodb.scan(TableName=table, Select="COUNT")["Count"] == 2
