"""What accounts are told about what they do not use: backups, filters, function URLs. Terraform and scripts read it
before and after what they make, and take an empty list or the service's own word for an absence."""

import pytest
from lib import ACCOUNT, Server, fails, unique


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One of its own: that an account has none of something is seen where no other test makes one."""
    server = Server(tmp_path_factory.mktemp("unused") / "data").start()
    yield server
    assert server.stop() == 0, server.log()


def test_of_users_and_the_account(server):
    iam, user = server.client("iam"), unique("User")
    iam.create_user(UserName=user)
    of_user = {"UserName": user}
    assert iam.list_mfa_devices(**of_user)["MFADevices"] == []
    assert iam.list_ssh_public_keys(**of_user)["SSHPublicKeys"] == []
    assert iam.list_signing_certificates(**of_user)["Certificates"] == []
    assert iam.list_service_specific_credentials(**of_user)["ServiceSpecificCredentials"] == []
    absent = "NoSuchEntity"
    for call in (iam.get_login_profile, iam.delete_login_profile):
        fails(lambda: call(**of_user), absent, f"Login Profile for User {user} cannot be found.", status=404)
    iam.delete_user(**of_user)
    assert iam.list_account_aliases()["AccountAliases"] == []
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert iam.list_saml_providers()["SAMLProviderList"] == []
    assert iam.list_server_certificates()["ServerCertificateMetadataList"] == []
    fails(iam.get_account_password_policy, absent, ACCOUNT, status=404)


def test_of_tables(server):
    dynamodb, table = server.client("dynamodb"), unique("table")
    made = dynamodb.create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    arn = made["TableDescription"]["TableArn"]
    assert dynamodb.describe_contributor_insights(TableName=table)["ContributorInsightsStatus"] == "DISABLED"
    assert dynamodb.describe_kinesis_streaming_destination(TableName=table)["KinesisDataStreamDestinations"] == []
    told = f"Resource-based policy not found for the provided ResourceArn: {arn}"
    fails(lambda: dynamodb.get_resource_policy(ResourceArn=arn), "PolicyNotFoundException", told, status=400)
    fails(lambda: dynamodb.get_resource_policy(ResourceArn=arn + "x"), "ResourceNotFoundException", status=400)
    assert dynamodb.list_backups()["BackupSummaries"] == []
    assert dynamodb.list_exports()["ExportSummaries"] == []
    assert dynamodb.list_imports()["ImportSummaryList"] == []
    assert dynamodb.list_global_tables()["GlobalTables"] == []
    assert dynamodb.list_contributor_insights()["ContributorInsightsSummaries"] == []
    dynamodb.delete_table(TableName=table)


def test_of_log_groups(server):
    logs, group = server.client("logs"), unique("group")
    logs.create_log_group(logGroupName=group)
    assert logs.describe_subscription_filters(logGroupName=group)["subscriptionFilters"] == []
    assert logs.describe_metric_filters(logGroupName=group)["metricFilters"] == []
    logs.delete_log_group(logGroupName=group)
    fails(lambda: logs.describe_subscription_filters(logGroupName=group), "ResourceNotFoundException", status=400)
    assert logs.describe_metric_filters()["metricFilters"] == []
    assert logs.describe_destinations()["destinations"] == []
    assert logs.describe_export_tasks()["exportTasks"] == []
    assert logs.describe_query_definitions()["queryDefinitions"] == []
    assert logs.describe_resource_policies()["resourcePolicies"] == []


def test_of_functions(server):
    lambda_ = server.client("lambda")
    assert lambda_.list_code_signing_configs()["CodeSigningConfigs"] == []
    absent = "ResourceNotFoundException"
    fails(lambda: lambda_.list_function_url_configs(FunctionName="f"), absent, status=404)
    fails(lambda: lambda_.get_function_url_config(FunctionName="f"), absent, status=404)
    fails(lambda: lambda_.get_provisioned_concurrency_config(FunctionName="f", Qualifier="1"), absent, status=404)


def test_of_apis(server):
    apigateway = server.client("apigateway")
    api = {"restApiId": apigateway.create_rest_api(name=unique("api"))["id"]}
    models = apigateway.get_models(**api)["items"]
    assert [model["name"] for model in models] == ["Empty", "Error"]
    assert "message" in apigateway.get_model(**api, modelName="Error")["schema"]
    fails(lambda: apigateway.get_model(**api, modelName="Pet"), "NotFoundException", "Pet", status=404)
    assert apigateway.get_request_validators(**api)["items"] == []
    none = "Invalid Vpc Link identifier specified"
    fails(lambda: apigateway.get_vpc_link(vpcLinkId="x"), "NotFoundException", none, status=404)
    fails(lambda: apigateway.update_vpc_link(vpcLinkId="x", patchOperations=[]), "NotFoundException", none, status=404)
    fails(lambda: apigateway.delete_vpc_link(vpcLinkId="x"), "NotFoundException", none, status=404)
    assert apigateway.get_documentation_parts(**api)["items"] == []
    assert apigateway.get_documentation_versions(**api)["items"] == []
    apigateway.delete_rest_api(**api)
    assert apigateway.get_account()["throttleSettings"] == {"burstLimit": 5000, "rateLimit": 10000.0}
    assert apigateway.get_domain_names()["items"] == []
    assert apigateway.get_vpc_links()["items"] == []
    assert apigateway.get_client_certificates()["items"] == []
    key = apigateway.create_api_key(name=unique("key"))["id"]
    plan = apigateway.create_usage_plan(name=unique("plan"))["id"]
    of_plan = {"usagePlanId": plan, "keyId": key}
    fails(lambda: apigateway.get_usage_plan_key(**of_plan), "NotFoundException", status=404)
    apigateway.create_usage_plan_key(**of_plan, keyType="API_KEY")
    assert apigateway.get_usage_plan_key(**of_plan)["id"] == key
    apigateway.delete_usage_plan(usagePlanId=plan)
    apigateway.delete_api_key(apiKey=key)


def test_of_http_apis(server):
    apigatewayv2 = server.client("apigatewayv2")
    api = {"ApiId": apigatewayv2.create_api(Name=unique("http"), ProtocolType="HTTP")["ApiId"]}
    route = apigatewayv2.create_route(**api, RouteKey="GET /a")["RouteId"]
    integration = apigatewayv2.create_integration(
        **api, IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri="http://localhost:1", PayloadFormatVersion="1.0"
    )["IntegrationId"]
    assert apigatewayv2.get_models(**api)["Items"] == []
    assert apigatewayv2.get_route_responses(**api, RouteId=route)["Items"] == []
    assert apigatewayv2.get_integration_responses(**api, IntegrationId=integration)["Items"] == []
    apigatewayv2.delete_api(**api)
    assert apigatewayv2.get_domain_names()["Items"] == []
    assert apigatewayv2.get_vpc_links()["Items"] == []
