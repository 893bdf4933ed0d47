"""What is not built answers 501 with its name, in the service's own form of an error; never a wrong success."""

import pytest
from botocore import UNSIGNED, xform_name
from lib import fails

CALLS = {
    "GetOTAUpdate": ("iot", lambda c: c.get_ota_update(otaUpdateId="o")),
    "StartCommandExecution": (
        "iot-jobs-data",
        lambda c: c.start_command_execution(
            targetArn="arn:aws:iot:us-east-1:123456789012:thing/x",
            commandArn="arn:aws:iot:us-east-1:123456789012:command/c",
        ),
    ),
    "CreateEventSourceMapping": ("lambda", lambda c: c.create_event_source_mapping(FunctionName="f")),
    "StartQuery": ("logs", lambda c: c.start_query(startTime=1, endTime=2, queryString="fields @message")),
    "CreateBackup": ("dynamodb", lambda c: c.create_backup(TableName="tab", BackupName="backup")),
    "GenerateClientCertificate": ("apigateway", lambda c: c.generate_client_certificate()),
    "CreateVirtualMFADevice": ("iam", lambda c: c.create_virtual_mfa_device(VirtualMFADeviceName="d")),
    "DecodeAuthorizationMessage": ("sts", lambda c: c.decode_authorization_message(EncodedMessage="x")),
    "PutBucketWebsite": ("s3", lambda c: c.put_bucket_website(Bucket="bucket", WebsiteConfiguration={})),
    "PutBucketVersioning": (
        "s3",
        lambda c: c.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"}),
    ),
    "GetObjectRetention": ("s3", lambda c: c.get_object_retention(Bucket="bucket", Key="key")),
}


@pytest.mark.parametrize("operation", CALLS)
def test_501_with_its_name(server, operation):
    service, call = CALLS[operation]
    code = "NotImplemented" if service in ("iam", "sts", "s3") else "NotImplementedException"
    fails(lambda: call(server.client(service)), code, operation, status=501)


# Services that are not built, an operation of each and the protocol in which boto3 speaks to it.
SERVICES = {
    "cloudformation": ("ListStacks", "query"),
    "sns": ("ListTopics", "query"),
    "autoscaling": ("DescribeAutoScalingGroups", "query"),
    "rds": ("DescribeDBInstances", "query"),
    "ec2": ("DescribeVpcs", "ec2"),
    "sqs": ("ListQueues", "json"),
    "secretsmanager": ("ListSecrets", "json"),
    "kms": ("ListKeys", "json"),
    "ssm": ("DescribeParameters", "json"),
    "cloudwatch": ("ListMetrics", "json"),
    "acm-pca": ("ListCertificateAuthorities", "json"),
    "eventbridgev2": ("ListEventBuses", "smithy-rpc-v2-cbor"),
    "apigatewayv2": ("ListPortals", "rest-json"),
    "iotwireless": ("ListWirelessDevices", "rest-json"),
    "greengrassv2": ("ListCoreDevices", "rest-json"),
    "route53": ("ListHostedZones", "rest-xml"),
    "cloudfront": ("ListDistributions", "rest-xml"),
}


@pytest.mark.parametrize("service", SERVICES)
def test_services_that_are_not_built(server, service):
    operation, protocol = SERVICES[service]
    client = server.client(service)
    assert client.meta.service_model.resolved_protocol == protocol
    code = "NotImplemented" if protocol in ("query", "ec2", "rest-xml") else "NotImplementedException"
    fails(lambda: getattr(client, xform_name(operation))(), code, operation, status=501)


def test_what_is_called_without_a_key(server):
    """Clients get their keys by these, so they sign none."""
    cognito = server.client("cognito-idp", signature_version=UNSIGNED)
    fails(
        lambda: cognito.initiate_auth(AuthFlow="USER_PASSWORD_AUTH", ClientId="c", AuthParameters={"a": "b"}),
        "NotImplementedException", "InitiateAuth", status=501,
    )  # fmt: skip
    fails(
        lambda: server.client("sts").assume_role_with_web_identity(
            RoleArn="arn:aws:iam::123456789012:role/x", RoleSessionName="se", WebIdentityToken="t" * 20
        ),
        "NotImplemented", "AssumeRoleWithWebIdentity", status=501,
    )  # fmt: skip


def test_wrong_keys_are_wrong_there_too(server):
    wrong = {"AccessKeyId": server.env["AWS_ACCESS_KEY_ID"], "SecretAccessKey": "another"}
    fails(lambda: server.client("sns", key=wrong).list_topics(), "SignatureDoesNotMatch", status=403)
    fails(lambda: server.client("ec2", key=wrong).describe_vpcs(), "AuthFailure", status=401)
    fails(lambda: server.client("cloudwatch", key=wrong).list_metrics(), "InvalidSignatureException", status=400)
    fails(lambda: server.client("apigateway", key=wrong).get_rest_apis(), "InvalidSignatureException", status=403)


def test_the_cli_prints_the_name(server):
    done = server.aws("iot", "list-ota-updates", check=False)
    assert done.returncode != 0
    assert "(NotImplementedException) when calling the ListOTAUpdates operation" in done.stderr
    for command, code, operation in [
        (["cloudformation", "list-stacks"], "NotImplemented", "ListStacks"),
        (["sqs", "list-queues", "--endpoint-url", server.api_url], "NotImplementedException", "ListQueues"),
        (["cloudwatch", "list-metrics"], "NotImplementedException", "ListMetrics"),
    ]:
        done = server.aws(*command, check=False)
        assert done.returncode != 0
        assert f"({code}) when calling the {operation} operation: " in done.stderr, done.stderr
        assert "Nameplate does not implement" in done.stderr


def test_on_every_listener_http_is_refused_in_awss_form(server, tmp_path):
    """Not in plain text: SDKs read the name of an error out of a header and its message out of JSON."""
    import json
    import ssl
    import urllib.error
    import urllib.request

    device = server.service_device(tmp_path)
    context = ssl.create_default_context(cafile=server.root_ca)
    context.load_cert_chain(device.chain, device.key)
    for port, path, status, name in [
        (server.https_port, "/nothing", 403, "ForbiddenException"),
        (server.mqtt_port, "/topics/a?qos=1", 400, "InvalidRequestException"),
    ]:
        request = urllib.request.Request(f"https://localhost:{port}{path}", data=b"{}")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, context=context)
        assert (caught.value.code, caught.value.headers["x-amzn-errortype"]) == (status, name), path
        assert caught.value.headers["content-type"] == "application/json"
        assert json.load(caught.value)["message"]
