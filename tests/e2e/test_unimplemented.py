"""What is not built answers 501 with its name, in the service's own form of an error; never a wrong success."""

import pytest
from lib import fails

CALLS = {
    "CreateJob": ("iot", lambda c: c.create_job(jobId="j", targets=["arn:aws:iot:us-east-1:123456789012:thing/x"])),
    "CreateTopicRule": (
        "iot",
        lambda c: c.create_topic_rule(ruleName="r", topicRulePayload={"sql": "SELECT * FROM 'a'", "actions": []}),
    ),
    "DeleteConnection": ("iot-data", lambda c: c.delete_connection(clientId="x")),
    "GetPendingJobExecutions": ("iot-jobs-data", lambda c: c.get_pending_job_executions(thingName="x")),
    "TestInvokeAuthorizer": ("iot", lambda c: c.test_invoke_authorizer(authorizerName="a", token="t")),
    "CreateFunction": (
        "lambda",
        lambda c: c.create_function(
            FunctionName="f", Role="arn:aws:iam::123456789012:role/x", Code={"ZipFile": b"x"}, Runtime="python3.12", Handler="f.f"
        ),
    ),
    "CreateGroup": ("iam", lambda c: c.create_group(GroupName="g")),
    "DecodeAuthorizationMessage": ("sts", lambda c: c.decode_authorization_message(EncodedMessage="x")),
    "PutBucketPolicy": ("s3", lambda c: c.put_bucket_policy(Bucket="bucket", Policy="{}")),
    "PutBucketVersioning": (
        "s3",
        lambda c: c.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"}),
    ),
    "GetObjectAttributes": (
        "s3",
        lambda c: c.get_object_attributes(Bucket="bucket", Key="key", ObjectAttributes=["ETag"]),
    ),
}


@pytest.mark.parametrize("operation", CALLS)
def test_501_with_its_name(server, operation):
    service, call = CALLS[operation]
    code = "NotImplemented" if service in ("iam", "sts", "s3") else "NotImplementedException"
    fails(lambda: call(server.client(service)), code, operation, status=501)


@pytest.mark.parametrize("service", ["logs", "dynamodb"])
def test_services_that_are_not_served(server, service):
    from botocore.exceptions import ClientError

    client = server.client(service)
    with pytest.raises(ClientError) as caught:
        client.list_tables() if service == "dynamodb" else client.describe_log_groups()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403, 501)


def test_the_cli_prints_the_name(server):
    done = server.aws("iot", "list-jobs", check=False)
    assert done.returncode != 0
    assert "(NotImplementedException) when calling the ListJobs operation" in done.stderr


def test_pages_of_the_server_that_are_not_built(server):
    import urllib.error

    for path in ("/", "/vending/getcert", "/mqtt"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            server.get(path)
        assert caught.value.code == 501
