"""What examples of the services of a first vending build name: tables, functions, log groups, APIs. For `scripts/examples`."""

import io
import json
import re
import time
import zipfile
from pathlib import Path

KEYS = {
    "MusicCollection": [("Artist", "S", "HASH"), ("SongTitle", "S", "RANGE")],
    "ProductCatalog": [("Id", "N", "HASH")],
}
ITEMS = {
    "MusicCollection": [
        {"Artist": {"S": artist}, "SongTitle": {"S": song}, "AlbumTitle": {"S": album}, "Awards": {"N": "10"}}
        for artist, song, album in [
            ("Acme Band", "Happy Day", "Songs About Life"), ("Acme Band", "PartiQL Rocks", "Another Album Title"),
            ("No One You Know", "Call Me Today", "Somewhat Famous"), ("No One You Know", "Scared of My Shadow", "Blue Sky Blues"),
        ]
    ],
    "ProductCatalog": [
        {"Id": {"N": id}, "ProductCategory": {"S": "Sporting Goods"}, "Title": {"S": "Book 102 Title"}, "Price": {"N": "550"}}
        for id in ("102", "456")
    ],
}  # fmt: skip


def archive():
    """Code for any runtime."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr("my-function.js", "exports.handler = async () => 'Hello';\n")
        files.writestr("lambda_function.py", "def lambda_handler(event, context):\n    return 'Hello'\n")
    return packed.getvalue()


def dynamodb(setup):
    client = setup.server.client("dynamodb")
    said = " ".join([*setup.words, *setup.files.values()])
    if setup.command == "create-table":
        return
    named = re.findall(r"\b(?:MusicCollection|ProductCatalog)\b", said)
    for table in sorted(set(named)) or ["MusicCollection"]:
        extra = {}
        attributes = [{"AttributeName": name, "AttributeType": kind} for name, kind, _ in KEYS[table]]
        collections = "--return-item-collection-metrics" in setup.words
        if table == "MusicCollection" and (collections or "AlbumTitleIndex" in said and setup.command == "query"):
            attributes.append({"AttributeName": "AlbumTitle", "AttributeType": "S"})
            schema = [{"AttributeName": "Artist", "KeyType": "HASH"}, {"AttributeName": "AlbumTitle", "KeyType": "RANGE"}]
            index = {"IndexName": "AlbumTitleIndex", "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}
            extra["LocalSecondaryIndexes"] = [index]
        billing = {"ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}
        if "--billing-mode" in setup.words:
            billing = {"BillingMode": "PAY_PER_REQUEST"}
        client.create_table(
            TableName=table, AttributeDefinitions=attributes, **billing,
            KeySchema=[{"AttributeName": name, "KeyType": role} for name, _, role in KEYS[table]],
            Tags=[{"Key": "Owner", "Value": "blueTeam"}, {"Key": "Environment", "Value": "Production"}], **extra,
        )  # fmt: skip
        for item in ITEMS[table]:
            if setup.command != "put-item":
                client.put_item(TableName=table, Item=item)
    if setup.command == "describe-time-to-live":
        set_to = {"Enabled": True, "AttributeName": "ttl"}
        client.update_time_to_live(TableName="MusicCollection", TimeToLiveSpecification=set_to)


def functions(setup):
    client, iam, words = setup.server.client("lambda"), setup.server.client("iam"), " ".join(setup.words)
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})  # fmt: skip
    role = iam.create_role(RoleName="MyTestFunction-role-tges6bf4", Path="/service-role/", AssumeRolePolicyDocument=trust)
    if "my-layer" in words or setup.command == "list-layers":
        s3 = setup.server.client("s3")
        code = {"ZipFile": archive()}
        if setup.command == "publish-layer-version":
            bucket = re.search(r"S3Bucket=([^,]+)", words)[1]
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
            s3.put_object(Bucket=bucket, Key="layer.zip", Body=archive())
        else:
            for _ in range(2):
                client.publish_layer_version(
                    LayerName="my-layer", Content=code, CompatibleRuntimes=["python3.10", "python3.11"],
                    Description="My layer", LicenseInfo="MIT",
                )  # fmt: skip
        if setup.command in ("remove-layer-version-permission", "get-layer-version-policy"):
            client.add_layer_version_permission(
                LayerName="my-layer", VersionNumber=1, StatementId="xaccount", Action="lambda:GetLayerVersion",
                Principal="123456789012",
            )  # fmt: skip
    if setup.command == "create-function":
        return
    client.create_function(
        FunctionName="my-function", Runtime="nodejs22.x", Role=role["Role"]["Arn"], Handler="my-function.handler",
        Code={"ZipFile": archive()}, Tags={"Category": "Web Tools", "Department": "Sales"},
    )  # fmt: skip
    client.get_waiter("function_active_v2").wait(FunctionName="my-function")
    versions = 0 if setup.command == "publish-version" else 3
    for number in range(versions):
        client.update_function_configuration(FunctionName="my-function", Description=f"{number}")
        client.get_waiter("function_updated_v2").wait(FunctionName="my-function")
        client.publish_version(FunctionName="my-function")
    for name in ("LIVE", "BETA", "BLUE", "GREEN") if versions else ():
        if setup.command != "create-alias":
            client.create_alias(FunctionName="my-function", Name=name, FunctionVersion="2", Description=f"alias {name}")
    if "event-invoke-config" in setup.command and not setup.command.startswith("put"):
        for name in ("$LATEST",) if setup.command.startswith("update") else ("BLUE", "GREEN"):
            client.put_function_event_invoke_config(
                FunctionName="my-function", Qualifier=name, MaximumRetryAttempts=0, MaximumEventAgeInSeconds=3600
            )
    if setup.command in ("get-policy", "remove-permission"):
        client.add_permission(
            FunctionName="my-function", StatementId="sns", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com"
        )
    if setup.command in ("get-function", "get-function-concurrency", "delete-function-concurrency"):
        client.put_function_concurrency(FunctionName="my-function", ReservedConcurrentExecutions=100)


def logs(setup):
    client = setup.server.client("logs")
    if setup.command != "create-log-group":
        client.create_log_group(logGroupName="my-logs")
    if "stream" in setup.command or "events" in setup.command:
        for name in ("20150531", "20150601"):
            if setup.command != "create-log-stream":
                client.create_log_stream(logGroupName="my-logs", logStreamName=name)
    if setup.command == "put-log-events":
        lines = [{"timestamp": int(time.time() * 1000), "message": f"Example Event {number}"} for number in (1, 2, 3)]
        for name in ("events", "events2"):
            Path(name).write_text(json.dumps(lines))
    if setup.command == "get-log-events":
        event = {"timestamp": int(time.time() * 1000), "message": "Example Event 1"}
        client.put_log_events(logGroupName="my-logs", logStreamName="20150601", logEvents=[event])
    if "retention" in setup.command or setup.command == "describe-log-groups":
        client.put_retention_policy(logGroupName="my-logs", retentionInDays=7)


def apigateway(setup):
    """An API with a method and all that can hang on it; ids in the command are put in the place of those that are named."""
    client, words, command = setup.server.client("apigateway"), setup.words, setup.command
    ids = {}

    def is_for(*names):
        return any(f"--{name}" in words for name in names)

    def given(option):
        return words[words.index(option) + 1] if option in words else None

    api = client.create_rest_api(name="My First API", description="This is my first API")["id"]
    ids["--rest-api-id"], ids["--clone-from"] = api, api
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    resource = client.create_resource(restApiId=api, parentId=root, pathPart="resource")["id"]
    other = client.create_resource(restApiId=api, parentId=root, pathPart="other")["id"]
    ids["--resource-id"], ids["--parent-id"] = resource, root
    of = {"restApiId": api, "resourceId": resource}
    verb = given("--http-method") or "GET"
    if command != "put-method":
        client.put_method(
            **of, httpMethod=verb, authorizationType="NONE",
            requestParameters={} if "add" in " ".join(words) else {"method.request.header.custom-header": False},
        )  # fmt: skip
        if command != "put-method-response" or given("--status-code") != "200":
            client.put_method_response(
                **of, httpMethod=verb, statusCode="200", responseModels={"application/json": "Empty"},
                responseParameters={f"method.response.header.{name}": False for name in (
                    ["Access-Control-Allow-Origin"] if "add" in " ".join(words) else ["custom-header", "Access-Control-Allow-Origin"])},
            )  # fmt: skip
        if command == "put-integration-response" and given("--status-code") != "200":
            client.put_method_response(
                **of, httpMethod=verb, statusCode=given("--status-code"),
                responseParameters={"method.response.header.custom-header": False},
            )  # fmt: skip
        if command != "put-integration":
            client.put_integration(
                **of, httpMethod=verb, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'},
                requestParameters={} if "add" in " ".join(words) else {
                    "integration.request.header.custom-header": "method.request.header.custom-header"},
            )  # fmt: skip
            if command != "put-integration-response":
                client.put_integration_response(
                    **of, httpMethod=verb, statusCode="200", responseTemplates={"application/json": ""},
                    responseParameters={"method.response.header.Access-Control-Allow-Origin": "'*'"},
                )  # fmt: skip
    if command == "create-stage" or is_for("deployment-id") or command.startswith("get-deployment"):
        ids["--deployment-id"] = client.create_deployment(restApiId=api, description="x")["id"]
    if (given("--stage-name") and not command.startswith("create")) or command in ("get-stages", "create-api-key"):
        client.create_deployment(restApiId=api, stageName=given("--stage-name") or "dev")
    for name in (given("--model-name"),):
        if name not in (None, "Empty", "Error"):
            client.create_model(restApiId=api, name=name, contentType="application/json", schema="{}")
    named = re.search(r"/authorizerId,value=(\w+)", " ".join(words))
    if is_for("authorizer-id") or command == "get-authorizers" or named:
        function = "arn:aws:lambda:us-west-2:123456789012:function:f"
        ids["--authorizer-id"] = client.create_authorizer(
            restApiId=api, name="MyAuthorizer", type="TOKEN", identitySource="method.request.header.Authorization",
            authorizerUri=f"arn:aws:apigateway:us-west-2:lambda:path/2015-03-31/functions/{function}/invocations",
        )["id"]  # fmt: skip
        if named:
            setup.ids[named[1]] = ids["--authorizer-id"]
    key = None
    if is_for("api-key", "key-id") or command in ("get-api-keys", "get-usage-plan-keys"):
        key = client.create_api_key(name="My Key", description="My Key Description", enabled=True)["id"]
        ids["--api-key"] = ids["--key-id"] = key
    if is_for("usage-plan-id") or command == "get-usage-plans":
        plan = client.create_usage_plan(
            name="My Usage Plan", throttle={"burstLimit": 10, "rateLimit": 5}, quota={"limit": 500, "offset": 0, "period": "MONTH"},
        )["id"]  # fmt: skip
        ids["--usage-plan-id"] = plan
        if key and command != "create-usage-plan-key":
            client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    if command == "test-invoke-method":
        words[words.index("--path-with-query-string") + 1] = "/resource"
    domain = given("--domain-name")
    if domain and command != "create-domain-name" and "access-association" not in command:
        client.create_domain_name(domainName=domain, certificateArn="arn:aws:acm:us-west-2:123456789012:certificate/x")
        base = given("--base-path")
        if command != "create-base-path-mapping" and "mapping" in command:
            client.create_deployment(restApiId=api, stageName="prod")
            client.create_base_path_mapping(domainName=domain, restApiId=api, basePath=base or "v1", stage="prod")
        if command == "create-base-path-mapping":
            client.create_deployment(restApiId=api, stageName=given("--stage"))
    for option, made in ids.items():
        if (said := given(option)) is not None:
            setup.ids[said] = made
    for word in words:
        if found := re.search(r"restApiId='?([a-z0-9]+)", word):
            setup.ids[found[1]] = api
        if found := re.search(r"path=/parentId,value='?(\w+)", word):
            setup.ids[found[1]] = other
    setup.words = [replaced(word, setup.ids) for word in words]


def replaced(word, ids):
    for said, made in ids.items():
        word = re.sub(rf"(?<![\w/]){re.escape(said)}(?!\w)", made, word)
    return word


def jobs(setup):
    iot = setup.server.client("iot")
    arn = iot.create_thing(thingName="MotionSensor1")["thingArn"]
    iot.create_job(
        jobId="SampleJob", targets=[arn], document='{"operation": "customJob"}', timeoutConfig={"inProgressTimeoutInMinutes": 60}
    )
    if setup.command == "describe-job-execution":
        setup.server.client("iot-jobs-data").start_next_pending_job_execution(thingName="MotionSensor1")
    if "--endpoint-url" in setup.words:
        at = setup.words.index("--endpoint-url")
        del setup.words[at : at + 2]
