"""What tools that build whole set-ups call, in their order: Terraform's AWS provider, resource by resource, and the CDK.

The tools themselves are not at hand. The order is that of their sources: hashicorp/terraform-provider-aws,
`internal/service/<service>/<resource>.go` (create, then read; a plan reads again; destroy), and of what the CDK's users
report (aws/aws-cdk#24371, cdklabs/cdk-stacksets#327).
"""

import io
import json
import zipfile

import botocore.exceptions
import pytest
from lib import ALLOW_ALL, Ca, fails, unique

TRUST = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": ["iot.amazonaws.com", "lambda.amazonaws.com"]}, "Action": "sts:AssumeRole"}]}
)
TEMPLATE = json.dumps(
    {
        "Parameters": {"SerialNumber": {"Type": "String"}, "AWS::IoT::Certificate::Id": {"Type": "String"}},
        "Resources": {
            "certificate": {"Type": "AWS::IoT::Certificate", "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "Active"}},
            "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": ALLOW_ALL}},
        },
    }
)
TAGS = [{"Key": "team", "Value": "lamps"}]


def zipped(code):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", code)
    return packed.getvalue()


def same(found, wanted):
    assert found == wanted


class State:
    """What has been created, newest last, with how it is read and destroyed."""

    def __init__(self):
        self.resources = []

    def apply(self, create, read, destroy):
        """Creates a resource and reads it; what create answered."""
        made = create()
        read(made)
        self.resources.append((made, read, destroy))
        return made

    def plan(self):
        for made, read, _ in self.resources:
            read(made)

    def destroy(self):
        while self.resources:
            made, _, destroy = self.resources.pop()
            destroy(made)


@pytest.fixture
def clients(server):
    return lambda service: server.client(service)


def role(state, iam):
    """aws_iam_role with a managed policy, then aws_iam_role_policy_attachment and aws_iam_role_policy."""
    name, policy = unique("role"), "arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration"

    def read(_):
        assert iam.get_role(RoleName=name)["Role"]["Tags"] == TAGS
        for inline in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.get_role_policy(RoleName=name, PolicyName=inline)
        iam.list_attached_role_policies(RoleName=name)

    def destroy(_):
        assert iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"] == []
        iam.delete_role(RoleName=name)

    made = state.apply(
        lambda: iam.create_role(RoleName=name, Path="/", AssumeRolePolicyDocument=TRUST, MaxSessionDuration=3600, Tags=TAGS)["Role"],
        read, destroy,
    )  # fmt: skip
    attached = lambda _: [found["PolicyArn"] for found in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    state.apply(
        lambda: iam.attach_role_policy(RoleName=name, PolicyArn=policy),
        lambda made: attached(made).index(policy),
        lambda _: iam.detach_role_policy(RoleName=name, PolicyArn=policy),
    )
    state.apply(
        lambda: iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=ALLOW_ALL),
        lambda _: iam.get_role_policy(RoleName=name, PolicyName="inline"),
        lambda _: iam.delete_role_policy(RoleName=name, PolicyName="inline"),
    )
    return made["Arn"]


def test_terraform_builds_a_fleet(clients, tmp_path):
    assert clients("sts").get_caller_identity()["Account"]
    iot, state = clients("iot"), State()
    assert iot.describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
    code = iot.get_registration_code()["registrationCode"]
    arn = role(state, clients("iam"))

    # aws_iot_thing_type
    kind = unique("type")
    state.apply(
        lambda: iot.create_thing_type(thingTypeName=kind, thingTypeProperties={"thingTypeDescription": "lamps", "searchableAttributes": ["room"]}, tags=TAGS),
        lambda made: (iot.describe_thing_type(thingTypeName=kind), iot.list_tags_for_resource(resourceArn=made["thingTypeArn"])),
        lambda _: (iot.deprecate_thing_type(thingTypeName=kind), iot.delete_thing_type(thingTypeName=kind)),
    )
    # aws_iot_thing_group, a child of another
    parent, child = unique("parent"), unique("child")
    for group, more in [(parent, {}), (child, {"parentGroupName": parent})]:
        state.apply(
            lambda group=group, more=more: iot.create_thing_group(thingGroupName=group, tags=TAGS, **more),
            lambda made, group=group: (iot.describe_thing_group(thingGroupName=group), iot.list_tags_for_resource(resourceArn=made["thingGroupArn"])),
            lambda _, group=group: iot.delete_thing_group(thingGroupName=group),
        )
    version = iot.describe_thing_group(thingGroupName=child)["version"]
    iot.update_thing_group(
        thingGroupName=child, expectedVersion=version, thingGroupProperties={"attributePayload": {"attributes": {}}, "thingGroupDescription": "d"}
    )
    # aws_iot_thing
    thing = unique("thing")
    state.apply(
        lambda: iot.create_thing(thingName=thing, thingTypeName=kind, attributePayload={"attributes": {"room": "12"}}),
        lambda _: iot.describe_thing(thingName=thing)["attributes"],
        lambda _: iot.delete_thing(thingName=thing),
    )
    iot.update_thing(thingName=thing, attributePayload={"attributes": {"room": "13"}})
    # aws_iot_thing_group_membership
    state.apply(
        lambda: iot.add_thing_to_thing_group(thingGroupName=child, thingName=thing),
        lambda _: [g["groupName"] for g in iot.list_thing_groups_for_thing(thingName=thing)["thingGroups"]].index(child),
        lambda _: iot.remove_thing_from_thing_group(thingGroupName=child, thingName=thing),
    )
    # aws_iot_policy, changed more often than there are versions
    policy = unique("policy")

    def destroy_policy(_):
        for found in iot.list_policy_versions(policyName=policy)["policyVersions"]:
            if not found["isDefaultVersion"]:
                iot.delete_policy_version(policyName=policy, policyVersionId=found["versionId"])
        iot.delete_policy(policyName=policy)

    state.apply(
        lambda: iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL, tags=TAGS),
        lambda made: (iot.get_policy(policyName=policy), iot.list_tags_for_resource(resourceArn=made["policyArn"])),
        destroy_policy,
    )
    for _ in range(6):
        change = lambda: iot.create_policy_version(policyName=policy, policyDocument=ALLOW_ALL, setAsDefault=True)
        try:
            change()
        except iot.exceptions.VersionsLimitExceededException:
            found = iot.list_policy_versions(policyName=policy)["policyVersions"]
            oldest = min(int(version["versionId"]) for version in found if not version["isDefaultVersion"])
            iot.delete_policy_version(policyName=policy, policyVersionId=str(oldest))
            change()
    # aws_iot_certificate
    certificate = state.apply(
        lambda: iot.create_keys_and_certificate(setAsActive=True),
        lambda made: iot.describe_certificate(certificateId=made["certificateId"])["certificateDescription"],
        lambda made: (
            iot.update_certificate(certificateId=made["certificateId"], newStatus="INACTIVE"),
            iot.delete_certificate(certificateId=made["certificateId"]),
        ),
    )
    principal = certificate["certificateArn"]
    # aws_iot_policy_attachment, aws_iot_thing_principal_attachment
    state.apply(
        lambda: iot.attach_policy(policyName=policy, target=principal),
        lambda _: [p["policyName"] for p in iot.list_attached_policies(target=principal, pageSize=250, recursive=False)["policies"]].index(policy),
        lambda _: iot.detach_policy(policyName=policy, target=principal),
    )
    state.apply(
        lambda: iot.attach_thing_principal(thingName=thing, principal=principal),
        lambda _: [p["principal"] for p in iot.list_thing_principals_v2(thingName=thing)["thingPrincipalObjects"]].index(principal),
        lambda _: iot.detach_thing_principal(thingName=thing, principal=principal),
    )
    # aws_iot_provisioning_template
    template = unique("template")
    state.apply(
        lambda: iot.create_provisioning_template(templateName=template, templateBody=TEMPLATE, provisioningRoleArn=arn, enabled=True, tags=TAGS),
        lambda made: (iot.describe_provisioning_template(templateName=template), iot.list_tags_for_resource(resourceArn=made["templateArn"])),
        lambda _: iot.delete_provisioning_template(templateName=template),
    )
    iot.create_provisioning_template_version(templateName=template, templateBody=TEMPLATE.replace("Active", "Inactive"), setAsDefault=True)
    iot.update_provisioning_template(templateName=template, description="", enabled=False, provisioningRoleArn=arn)
    # aws_iot_ca_certificate
    ca = Ca(tmp_path)
    state.apply(
        lambda: iot.register_ca_certificate(
            caCertificate=ca.pem, verificationCertificate=ca.verification(code), allowAutoRegistration=True, setAsActive=True,
            certificateMode="DEFAULT", tags=TAGS,
        ),
        lambda made: (
            iot.describe_ca_certificate(certificateId=made["certificateId"])["certificateDescription"]["validity"],
            iot.list_tags_for_resource(resourceArn=made["certificateArn"]),
        ),
        lambda made: (
            iot.update_ca_certificate(certificateId=made["certificateId"], newStatus="INACTIVE"),
            iot.delete_ca_certificate(certificateId=made["certificateId"]),
        ),
    )  # fmt: skip
    # aws_iot_role_alias
    alias = unique("alias")
    state.apply(
        lambda: iot.create_role_alias(roleAlias=alias, roleArn=arn, credentialDurationSeconds=3600, tags=TAGS),
        lambda made: (iot.describe_role_alias(roleAlias=alias), iot.list_tags_for_resource(resourceArn=made["roleAliasArn"])),
        lambda _: iot.delete_role_alias(roleAlias=alias),
    )
    iot.update_role_alias(roleAlias=alias, credentialDurationSeconds=900)
    # aws_iot_topic_rule: tags are a header, and the description is always sent
    rule = unique("rule").replace("-", "_")
    payload = {
        "sql": "SELECT * FROM 'lamps/+'", "awsIotSqlVersion": "2016-03-23", "ruleDisabled": False, "description": "",
        "actions": [{"republish": {"topic": "out", "roleArn": arn, "qos": 0}}],
    }  # fmt: skip
    state.apply(
        lambda: iot.create_topic_rule(ruleName=rule, topicRulePayload=payload, tags="team=lamps"),
        lambda _: iot.list_tags_for_resource(resourceArn=iot.get_topic_rule(ruleName=rule)["ruleArn"]),
        lambda _: iot.delete_topic_rule(ruleName=rule),
    )
    iot.replace_topic_rule(ruleName=rule, topicRulePayload=payload | {"ruleDisabled": True})

    state.plan()
    iot.tag_resource(resourceArn=certificate["certificateArn"].replace(f"cert/{certificate['certificateId']}", f"policy/{policy}"), tags=[{"Key": "x", "Value": "y"}])
    iot.untag_resource(resourceArn=certificate["certificateArn"].replace(f"cert/{certificate['certificateId']}", f"policy/{policy}"), tagKeys=["x"])
    state.destroy()
    # What is read behind that is looked for in vain, by the name that Terraform knows.
    fails(lambda: iot.describe_thing(thingName=thing), "ResourceNotFoundException")
    fails(lambda: iot.get_policy(policyName=policy), "ResourceNotFoundException")
    fails(lambda: iot.describe_role_alias(roleAlias=alias), "ResourceNotFoundException")


def answers_or(call, *codes):
    """That it answers, or says that there is none of it."""
    try:
        call()
    except botocore.exceptions.ClientError as refused:
        assert refused.response["Error"]["Code"] in codes, refused


def test_terraform_builds_what_a_fleet_needs(clients):
    state = State()
    arn = role(state, clients("iam"))
    # aws_s3_bucket
    s3, bucket = clients("s3"), unique("bucket")

    def read_bucket(_):
        s3.head_bucket(Bucket=bucket)
        answers_or(lambda: s3.get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy")
        s3.get_bucket_acl(Bucket=bucket)
        answers_or(lambda: s3.get_bucket_cors(Bucket=bucket), "NoSuchCORSConfiguration")
        answers_or(lambda: s3.get_bucket_website(Bucket=bucket), "NoSuchWebsiteConfiguration")
        s3.get_bucket_versioning(Bucket=bucket)
        s3.get_bucket_accelerate_configuration(Bucket=bucket)
        s3.get_bucket_request_payment(Bucket=bucket)
        s3.get_bucket_logging(Bucket=bucket)
        answers_or(lambda: s3.get_bucket_lifecycle_configuration(Bucket=bucket), "NoSuchLifecycleConfiguration")
        answers_or(lambda: s3.get_bucket_replication(Bucket=bucket), "ReplicationConfigurationNotFoundError")
        answers_or(lambda: s3.get_bucket_encryption(Bucket=bucket), "ServerSideEncryptionConfigurationNotFoundError")
        answers_or(lambda: s3.get_object_lock_configuration(Bucket=bucket), "ObjectLockConfigurationNotFoundError")
        answers_or(lambda: s3.get_bucket_tagging(Bucket=bucket), "NoSuchTagSet")

    state.apply(lambda: s3.create_bucket(Bucket=bucket), read_bucket, lambda _: s3.delete_bucket(Bucket=bucket))
    # aws_s3_object
    state.apply(
        lambda: s3.put_object(Bucket=bucket, Key="firmware.bin", Body=b"firmware"),
        lambda _: (s3.head_object(Bucket=bucket, Key="firmware.bin", ChecksumMode="ENABLED"), s3.get_object_tagging(Bucket=bucket, Key="firmware.bin")),
        lambda _: s3.delete_object(Bucket=bucket, Key="firmware.bin"),
    )
    # aws_lambda_function, aws_lambda_permission
    functions, name = clients("lambda"), unique("function")

    def read_function(_):
        found = functions.get_function(FunctionName=name)
        assert (found["Configuration"]["State"], found["Configuration"]["LastUpdateStatus"]) == ("Active", "Successful")
        assert found["Tags"] == {"team": "lamps"}
        functions.list_versions_by_function(FunctionName=name, MaxItems=10000)
        functions.get_function_code_signing_config(FunctionName=name)

    state.apply(
        lambda: functions.create_function(
            FunctionName=name, Description="", MemorySize=128, PackageType="Zip", Publish=False, Role=arn, Timeout=3,
            Handler="app.handler", Runtime="python3.12", Tags={"team": "lamps"},
            Code={"ZipFile": zipped("def handler(event, context):\n    return event\n")},
        ),
        read_function,
        lambda _: functions.delete_function(FunctionName=name),
    )  # fmt: skip
    state.apply(
        lambda: functions.add_permission(FunctionName=name, StatementId="iot", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com"),
        lambda _: functions.get_policy(FunctionName=name),
        lambda _: (functions.remove_permission(FunctionName=name, StatementId="iot"), fails(lambda: functions.get_policy(FunctionName=name), "ResourceNotFoundException")),
    )
    # aws_dynamodb_table
    dynamodb, table = clients("dynamodb"), unique("table")

    def read_table(_):
        found = dynamodb.describe_table(TableName=table)["Table"]
        assert found["TableStatus"] == "ACTIVE"
        kept = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        assert kept["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
        off = {"PointInTimeRecoveryEnabled": False}
        assert dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=off)["ContinuousBackupsDescription"] == kept
        dynamodb.describe_time_to_live(TableName=table)
        dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"])

    state.apply(
        lambda: dynamodb.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], Tags=TAGS,
        ),
        read_table,
        lambda _: (dynamodb.delete_table(TableName=table), fails(lambda: dynamodb.describe_table(TableName=table), "ResourceNotFoundException")),
    )  # fmt: skip
    # aws_cloudwatch_log_group
    logs, group = clients("logs"), unique("/fleet/")
    described = lambda: [found for found in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"] if found["logGroupName"] == group]
    state.apply(
        lambda: (logs.create_log_group(logGroupName=group, tags={"team": "lamps"}), logs.put_retention_policy(logGroupName=group, retentionInDays=7)),
        lambda _: logs.list_tags_for_resource(resourceArn=described()[0]["arn"].removesuffix(":*")),
        lambda _: logs.delete_log_group(logGroupName=group),
    )
    state.plan()
    state.destroy()
    assert described() == []
    fails(lambda: dynamodb.describe_continuous_backups(TableName=table), "TableNotFoundException")


def test_the_cdk_is_told_what_there_is_not(server, clients):
    identity = clients("sts").get_caller_identity()
    # It goes on with the credentials that it has where it may not be the role that bootstrapping makes.
    deploy = f"arn:aws:iam::{identity['Account']}:role/cdk-hnb659fds-deploy-role-{identity['Account']}-us-east-1"
    fails(lambda: clients("sts").assume_role(RoleArn=deploy, RoleSessionName="aws-cdk"), "AccessDenied")
    for service, call in [
        ("ssm", lambda ssm: ssm.get_parameter(Name="/cdk-bootstrap/hnb659fds/version")),
        ("cloudformation", lambda stacks: stacks.describe_stacks(StackName="CDKToolkit")),
        ("ecr", lambda ecr: ecr.describe_repositories(repositoryNames=["cdk-hnb659fds"])),
    ]:
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            call(clients(service))
        answer = refused.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 501, answer
        assert refused.value.operation_name in answer["Error"]["Message"], answer


def test_terraform_says_who_may_what(clients):
    """aws_iam_group and what hangs on it, aws_iam_instance_profile, and the settings of a bucket that have resources of
    their own."""
    state, iam, s3 = State(), clients("iam"), clients("s3")
    group, user, bucket = unique("group"), unique("user"), unique("bucket")
    of_group, of_bucket = {"GroupName": group}, {"Bucket": bucket}
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]})
    state.apply(
        lambda: iam.create_user(UserName=user), lambda _: iam.get_user(UserName=user), lambda _: iam.delete_user(UserName=user)
    )
    state.apply(lambda: iam.create_group(**of_group), lambda _: iam.get_group(**of_group), lambda _: iam.delete_group(**of_group))
    state.apply(
        lambda: iam.add_user_to_group(UserName=user, **of_group),
        lambda _: same(iam.list_groups_for_user(UserName=user)["Groups"][0]["GroupName"], group),
        lambda _: iam.remove_user_from_group(UserName=user, **of_group),
    )
    state.apply(
        lambda: iam.put_group_policy(PolicyName="own", PolicyDocument=document, **of_group),
        lambda _: iam.get_group_policy(PolicyName="own", **of_group),
        lambda _: iam.delete_group_policy(PolicyName="own", **of_group),
    )
    arn = "arn:aws:iam::aws:policy/AWSIoTFullAccess"
    state.apply(
        lambda: iam.attach_group_policy(PolicyArn=arn, **of_group),
        lambda _: same(iam.list_attached_group_policies(**of_group)["AttachedPolicies"][0]["PolicyArn"], arn),
        lambda _: iam.detach_group_policy(PolicyArn=arn, **of_group),
    )
    name = role(state, iam).split("/")[-1]
    profile = {"InstanceProfileName": unique("profile")}
    state.apply(
        lambda: iam.create_instance_profile(**profile, Tags=TAGS) and iam.add_role_to_instance_profile(RoleName=name, **profile),
        lambda _: same(iam.get_instance_profile(**profile)["InstanceProfile"]["Roles"][0]["RoleName"], name),
        lambda _: iam.remove_role_from_instance_profile(RoleName=name, **profile) and iam.delete_instance_profile(**profile),
    )
    state.apply(lambda: s3.create_bucket(**of_bucket), lambda _: s3.head_bucket(**of_bucket), lambda _: s3.delete_bucket(**of_bucket))
    block = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
    state.apply(
        lambda: s3.put_public_access_block(PublicAccessBlockConfiguration=block, **of_bucket),
        lambda _: same(s3.get_public_access_block(**of_bucket)["PublicAccessBlockConfiguration"], block),
        lambda _: s3.delete_public_access_block(**of_bucket),
    )
    state.apply(
        lambda: s3.put_bucket_ownership_controls(OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}, **of_bucket),
        lambda _: s3.get_bucket_ownership_controls(**of_bucket),
        lambda _: s3.delete_bucket_ownership_controls(**of_bucket),
    )
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{bucket}/*"],
                 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}  # fmt: skip
    tls = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    state.apply(
        lambda: s3.put_bucket_policy(Policy=tls, **of_bucket),
        lambda _: same(json.loads(s3.get_bucket_policy(**of_bucket)["Policy"]), json.loads(tls)),
        lambda _: s3.delete_bucket_policy(**of_bucket),
    )
    rules = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    state.apply(
        lambda: s3.put_bucket_cors(CORSConfiguration=rules, **of_bucket),
        lambda _: s3.get_bucket_cors(**of_bucket),
        lambda _: s3.delete_bucket_cors(**of_bucket),
    )
    state.plan()
    state.destroy()
    fails(lambda: iam.get_group(**of_group), "NoSuchEntity")
    fails(lambda: s3.head_bucket(**of_bucket), "404")


def test_terraform_builds_apis_from_documents(clients):
    """aws_api_gateway_rest_api and aws_apigatewayv2_api with `body`, in the order of their sources."""
    state = State()
    apigateway, http = clients("apigateway"), clients("apigatewayv2")
    document = """\
openapi: "3.0.1"
info: {title: from-document, version: "1"}
paths:
  /pets:
    get:
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: "https://example.org/", payloadFormatVersion: "1.0"}
"""
    # aws_api_gateway_rest_api: made, put, then what the configuration says once more, by patches.
    made = state.apply(
        lambda: apigateway.create_rest_api(name="lamps", tags={"team": "lamps"}, endpointConfiguration={"types": ["REGIONAL"]}),
        lambda made: (apigateway.get_rest_api(restApiId=made["id"]), apigateway.get_resources(restApiId=made["id"], limit=500)),
        lambda made: apigateway.delete_rest_api(restApiId=made["id"]),
    )
    name = {"restApiId": made["id"]}
    apigateway.put_rest_api(**name, mode="overwrite", failOnWarnings=False, body=document)
    apigateway.update_rest_api(**name, patchOperations=[{"op": "replace", "path": "/name", "value": "lamps"}])
    assert apigateway.get_rest_api(**name)["name"] == "lamps"
    deployed = apigateway.create_deployment(**name, description="")
    stage = {**name, "stageName": "prod"}
    apigateway.create_stage(**stage, deploymentId=deployed["id"], cacheClusterEnabled=False, tracingEnabled=False)
    # data.aws_api_gateway_export
    told = apigateway.get_export(**stage, exportType="oas30", accepts="application/json", parameters={"extensions": "integrations"})
    assert "x-amazon-apigateway-integration" in json.loads(told["body"].read())["paths"]["/pets"]["get"]
    # aws_apigatewayv2_api: made, imported, then corrected.
    made = state.apply(
        lambda: http.create_api(Name="lamps", ProtocolType="HTTP", Tags={"team": "lamps"}),
        lambda made: http.get_api(ApiId=made["ApiId"]),
        lambda made: http.delete_api(ApiId=made["ApiId"]),
    )
    api = {"ApiId": made["ApiId"]}
    http.reimport_api(**api, Body=document, FailOnWarnings=False)
    assert http.get_api(**api)["Name"] == "from-document"
    told = http.update_api(**api, Name="lamps", Description="", Version="")
    assert (told["Name"], told["Tags"], "Version" in told) == ("lamps", {"team": "lamps"}, False)
    assert [one["RouteKey"] for one in http.get_routes(**api)["Items"]] == ["GET /pets"]
    # data.aws_apigatewayv2_export
    told = http.export_api(**api, Specification="OAS30", OutputType="JSON", IncludeExtensions=True)
    assert json.loads(told["body"].read())["info"]["title"] == "lamps"
    state.plan()
    state.destroy()


def patched(*operations):
    return [dict(zip(("op", "path", "value"), operation)) for operation in operations]


def test_terraform_builds_apis_piece_by_piece(clients):
    """aws_api_gateway_* and aws_apigatewayv2_* before a function, aws_lambda_alias, with what updates and destroys send."""
    state = State()
    apigateway, http, functions, name = clients("apigateway"), clients("apigatewayv2"), clients("lambda"), unique("function")
    arn = role(state, clients("iam"))
    function = state.apply(
        lambda: functions.create_function(FunctionName=name, Role=arn, Handler="app.handler", Runtime="python3.12", Publish=True,
                                          Code={"ZipFile": zipped("def handler(event, context):\n    return event\n")}),
        lambda _: functions.get_function(FunctionName=name, Qualifier="1"),
        lambda _: functions.delete_function(FunctionName=name),
    )  # fmt: skip
    of_alias = {"FunctionName": name, "Name": "live"}
    state.apply(
        lambda: functions.create_alias(FunctionVersion="1", Description="", **of_alias),
        lambda made: same(functions.get_alias(**of_alias)["AliasArn"], made["AliasArn"]),
        lambda _: (functions.delete_alias(**of_alias), fails(lambda: functions.get_alias(**of_alias), "ResourceNotFoundException")),
    )
    functions.update_alias(FunctionVersion="1", Description="now", RoutingConfig={}, **of_alias)
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function['FunctionArn']}/invocations"

    # aws_api_gateway_rest_api, _resource, _method, _integration, and their responses
    made = state.apply(
        lambda: apigateway.create_rest_api(name=name, endpointConfiguration={"types": ["REGIONAL"]}, tags={"team": "lamps"}),
        lambda made: apigateway.get_rest_api(restApiId=made["id"]),
        lambda made: apigateway.delete_rest_api(restApiId=made["id"]),
    )
    of_api = {"restApiId": made["id"]}
    made = state.apply(
        lambda: apigateway.create_resource(**of_api, parentId=made["rootResourceId"], pathPart="{proxy+}"),
        lambda made: same(apigateway.get_resource(**of_api, resourceId=made["id"])["path"], "/{proxy+}"),
        lambda made: apigateway.delete_resource(**of_api, resourceId=made["id"]),
    )
    place = {**of_api, "resourceId": made["id"], "httpMethod": "ANY"}
    state.apply(
        lambda: apigateway.put_method(**place, authorizationType="NONE", apiKeyRequired=True, requestModels={}, requestParameters={}),
        lambda _: apigateway.get_method(**place),
        lambda _: (apigateway.delete_method(**place), fails(lambda: apigateway.get_method(**place), "NotFoundException")),
    )
    state.apply(
        lambda: apigateway.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri, cacheKeyParameters=[],
                                           passthroughBehavior="WHEN_NO_MATCH", timeoutInMillis=29000),
        lambda _: same(apigateway.get_integration(**place)["uri"], uri),
        lambda _: (apigateway.delete_integration(**place), fails(lambda: apigateway.get_integration(**place), "NotFoundException")),
    )  # fmt: skip
    answer = {**place, "statusCode": "200"}
    state.apply(
        lambda: apigateway.put_method_response(**answer, responseModels={"application/json": "Empty"}, responseParameters={}),
        lambda _: apigateway.get_method_response(**answer),
        lambda _: apigateway.delete_method_response(**answer),
    )
    state.apply(
        lambda: apigateway.put_integration_response(**answer, contentHandling="CONVERT_TO_TEXT", responseTemplates={}),
        lambda _: same(apigateway.get_integration_response(**answer)["contentHandling"], "CONVERT_TO_TEXT"),
        lambda _: apigateway.delete_integration_response(**answer),
    )
    # aws_api_gateway_deployment, _stage, _method_settings
    deployed = state.apply(
        lambda: apigateway.create_deployment(**of_api, description="Managed by Terraform", variables={}),
        lambda made: apigateway.get_deployment(**of_api, deploymentId=made["id"]),
        lambda made: apigateway.delete_deployment(**of_api, deploymentId=made["id"]),
    )
    stage = {**of_api, "stageName": "prod"}
    state.apply(
        lambda: apigateway.create_stage(**stage, deploymentId=deployed["id"], tracingEnabled=False, variables={"a": "b"}, tags={"team": "lamps"}),
        lambda _: same(apigateway.get_stage(**stage)["deploymentId"], deployed["id"]),
        lambda _: apigateway.delete_stage(**stage),
    )
    settings = lambda: apigateway.get_stage(**stage)["methodSettings"]
    state.apply(
        lambda: apigateway.update_stage(**stage, patchOperations=patched(
            ("replace", "/*/*/metrics/enabled", "false"), ("replace", "/*/*/throttling/burstLimit", "10"),
            ("replace", "/*/*/throttling/rateLimit", "5.000000"),
        )),
        lambda _: same((settings()["*/*"]["throttlingRateLimit"], settings()["*/*"]["throttlingBurstLimit"]), (5.0, 10)),
        lambda _: (apigateway.update_stage(**stage, patchOperations=patched(("remove", "/*/*"))), same(settings(), {})),
    )  # fmt: skip
    # Where its owner sets no limits, which is what it does without.
    apigateway.update_stage(**stage, patchOperations=patched(
        ("replace", "/*/*/logging/dataTrace", "false"), ("replace", "/*/*/throttling/burstLimit", "-1"),
        ("replace", "/*/*/throttling/rateLimit", "-1.000000"),
    ))  # fmt: skip
    apigateway.update_stage(**stage, patchOperations=patched(("replace", "/*/*/throttling/burstLimit", "10"), ("replace", "/*/*/throttling/rateLimit", "5")))
    # aws_api_gateway_api_key, _usage_plan, _usage_plan_key
    key = state.apply(
        lambda: apigateway.create_api_key(name=name, description="Managed by Terraform", enabled=True),
        lambda made: apigateway.get_api_key(apiKey=made["id"], includeValue=True),
        lambda made: apigateway.delete_api_key(apiKey=made["id"]),
    )
    served = f"{of_api['restApiId']}:prod"
    plan = state.apply(
        lambda: apigateway.create_usage_plan(name=name, apiStages=[{"apiId": of_api["restApiId"], "stage": "prod"}]),
        lambda made: apigateway.get_usage_plan(usagePlanId=made["id"]),
        lambda made: (
            apigateway.update_usage_plan(usagePlanId=made["id"], patchOperations=patched(("remove", "/apiStages", served))),
            apigateway.delete_usage_plan(usagePlanId=made["id"]),
        ),
    )
    changed = apigateway.update_usage_plan(usagePlanId=plan["id"], patchOperations=patched(
        ("remove", "/apiStages", served), ("add", "/apiStages", served),
        ("replace", "/throttle/rateLimit", "2.5"), ("replace", "/throttle/burstLimit", "5"),
        ("replace", "/quota/limit", "20"), ("replace", "/quota/offset", "0"), ("replace", "/quota/period", "DAY"),
    ))  # fmt: skip
    assert changed["throttle"] == {"rateLimit": 2.5, "burstLimit": 5}
    assert changed["quota"] == {"limit": 20, "offset": 0, "period": "DAY"}
    of_plan = {"usagePlanId": plan["id"], "keyId": key["id"]}
    state.apply(
        lambda: apigateway.create_usage_plan_key(**of_plan, keyType="API_KEY"),
        lambda _: same(apigateway.get_usage_plan_key(**of_plan)["type"], "API_KEY"),
        lambda _: apigateway.delete_usage_plan_key(**of_plan),
    )
    # aws_apigatewayv2_api, _integration, _route, _stage
    made = state.apply(
        lambda: http.create_api(Name=name, ProtocolType="HTTP", RouteSelectionExpression="$request.method $request.path",
                                ApiKeySelectionExpression="$request.header.x-api-key", Tags={"team": "lamps"}),
        lambda made: http.get_api(ApiId=made["ApiId"]),
        lambda made: http.delete_api(ApiId=made["ApiId"]),
    )  # fmt: skip
    api = {"ApiId": made["ApiId"]}
    integration = state.apply(
        lambda: http.create_integration(**api, IntegrationType="AWS_PROXY", ConnectionType="INTERNET", IntegrationMethod="POST",
                                        IntegrationUri=function["FunctionArn"], PayloadFormatVersion="2.0"),
        lambda made: http.get_integration(**api, IntegrationId=made["IntegrationId"]),
        lambda made: http.delete_integration(**api, IntegrationId=made["IntegrationId"]),
    )  # fmt: skip
    state.apply(
        lambda: http.create_route(**api, RouteKey="GET /pets", Target=f"integrations/{integration['IntegrationId']}",
                                  AuthorizationType="NONE", ApiKeyRequired=False),
        lambda made: http.get_route(**api, RouteId=made["RouteId"]),
        lambda made: http.delete_route(**api, RouteId=made["RouteId"]),
    )  # fmt: skip
    state.apply(
        lambda: http.create_stage(**api, StageName="$default", AutoDeploy=True, Tags={"team": "lamps"}),
        lambda _: same(http.get_stage(**api, StageName="$default")["AutoDeploy"], True),
        lambda _: http.delete_stage(**api, StageName="$default"),
    )
    state.plan()
    state.destroy()
    fails(lambda: apigateway.get_rest_api(**of_api), "NotFoundException")
    fails(lambda: http.get_api(**api), "NotFoundException")
