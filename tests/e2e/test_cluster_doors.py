"""What one node opens is open at another for whoever asks there next, and what one closes is closed at all; with the bus
between them, and without, where a node hears of the others by the database alone."""

import contextlib
import json

import pytest
from botocore.exceptions import ClientError
from lib import ACCOUNT, ALLOW_ALL, REGION, TRUST_IOT, Ca, Raw, unique, until
from nodes import Fleet
from test_apigateway import HANDLER, curl, permit, uri
from test_apigateway_domains import CERTIFICATE
from test_cluster import dial, message, sub
from test_function_urls import host_of
from test_functions import TRUST, zipped
from test_https_devices import curl as by_certificate
from test_server_certificate import Authority, shown
from test_websocket import allow, user

EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
# What a node closes is closed elsewhere within half a second, and within two without the bus (docs/cluster.md); machines that
# run other tests besides get more.
FOLLOWED = 5


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    fleet = Fleet(tmp_path_factory.mktemp("doors"), count=2)
    yield fleet
    fleet.end()


@pytest.fixture(scope="module")
def function(fleet):
    """The ARN of a function that answers what it was asked, and authorizes."""
    here = fleet.nodes[0]
    role = here.client("iam").create_role(RoleName=unique("door"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    made = here.client("lambda").create_function(
        FunctionName=unique("door"), Runtime="python3.12", Role=role, Handler="app.handler", Timeout=30,
        Code={"ZipFile": zipped(app_py=HANDLER)},
    )  # fmt: skip
    return made["FunctionArn"]


@pytest.fixture(params=[True, False], ids=["bus", "no bus"])
def nodes(fleet, request):
    """Two nodes: who changes something, and who is asked next. Without the bus the other one follows twice a second."""
    here, there = fleet.nodes
    if not request.param:
        fleet.to_bus[there].cut()
        until(lambda: fleet.metric(there, "bus_up") == 0, "it is without the bus")
    yield here, there
    fleet.to_bus[there].mend()
    fleet.settled()


def at(node, path, *arguments):
    return curl(node, f"https://localhost:{node.https_port}{path}", *arguments)


def mock(apigateway, api, resource, verb="GET", kind="NONE", **more):
    """A method that answers 200 without a function."""
    place = {"restApiId": api, "resourceId": resource, "httpMethod": verb}
    apigateway.put_method(**place, authorizationType=kind, **more)
    apigateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    apigateway.put_method_response(**place, statusCode="200")
    apigateway.put_integration_response(**place, statusCode="200")


def test_functions_urls(nodes, function):
    here, there = nodes
    client = here.client("lambda")
    # As recorded of AWS.
    nothing = (403, '{"Message":null}')
    for _ in range(3):
        alias = unique("alias")
        client.publish_version(FunctionName=function)
        client.create_alias(FunctionName=function, Name=alias, FunctionVersion="1")
        name = {"FunctionName": function, "Qualifier": alias}
        # It has all that there was so far in memory.
        assert at(there, "/_aws/lambda-url/none/") == nothing
        path = f"/_aws/lambda-url/{host_of(client.create_function_url_config(**name, AuthType='NONE')).partition('.')[0]}/"
        assert at(there, path)[1].startswith('{"Message":"Forbidden. ')
        url = {"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE", "StatementId": "url"}
        client.add_permission(**name, **url)
        # The function's answer: what it fails at is its own.
        assert at(there, path)[0] != 403
        client.remove_permission(**name, StatementId="url")
        until(lambda path=path: at(there, path)[0] == 403, "the permission is gone", FOLLOWED)
        client.add_permission(**name, **url)
        assert at(there, path)[0] != 403
        client.delete_function_url_config(**name)
        until(lambda path=path: at(there, path) == nothing, "the URL is gone", FOLLOWED)


def test_rest_apis(nodes, function):
    """Stages, methods, what a function's policy lets in, keys, callers, names of the owner's."""
    here, there = nodes
    one = here.client("apigateway")
    made = one.create_rest_api(name=unique("api"))
    api, root = made["id"], made["rootResourceId"]
    stage = {"restApiId": api, "stageName": "s"}
    mock(one, api, root)
    one.create_deployment(**stage)
    path = f"/_aws/execute-api/{api}"
    assert at(there, f"{path}/s/")[0] == 200
    # A further stage, then a method of the first, which the other node has in memory.
    one.create_deployment(restApiId=api, stageName="t")
    assert at(there, f"{path}/t/")[0] == 200
    proxied = one.create_resource(restApiId=api, parentId=root, pathPart="f")["id"]
    place = {"restApiId": api, "resourceId": proxied, "httpMethod": "GET"}
    one.put_method(**place, authorizationType="NONE")
    one.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri(function))
    one.create_deployment(**stage)
    assert at(there, f"{path}/s/f")[0] == 500
    permit(here, function, api)
    assert at(there, f"{path}/s/f")[0] == 200
    # A key, and its plan.
    keyed = one.create_resource(restApiId=api, parentId=root, pathPart="k")["id"]
    mock(one, api, keyed, apiKeyRequired=True)
    one.create_deployment(**stage)
    assert at(there, f"{path}/s/k")[0] == 403
    key = one.create_api_key(name=unique("key"), enabled=True)
    plan = one.create_usage_plan(name=unique("plan"), apiStages=[{"apiId": api, "stage": "s"}])["id"]
    one.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    shown = ["-H", f"x-api-key: {key['value']}"]
    assert at(there, f"{path}/s/k", *shown)[0] == 200
    one.update_api_key(apiKey=key["id"], patchOperations=[{"op": "replace", "path": "/enabled", "value": "false"}])
    until(lambda: at(there, f"{path}/s/k", *shown)[0] == 403, "the key is off", FOLLOWED)
    one.update_api_key(apiKey=key["id"], patchOperations=[{"op": "replace", "path": "/enabled", "value": "true"}])
    assert at(there, f"{path}/s/k", *shown)[0] == 200
    # More than its plan lets through, until there is more.
    quota = [{"op": "replace", "path": "/quota/limit", "value": "1"}, {"op": "replace", "path": "/quota/period", "value": "DAY"}]
    one.update_usage_plan(usagePlanId=plan, patchOperations=quota)
    until(lambda: at(there, f"{path}/s/k", *shown)[0] == 429, "all is used", FOLLOWED)
    more = [{"op": "replace", "path": "/remaining", "value": "5"}]
    one.update_usage(usagePlanId=plan, keyId=key["id"], patchOperations=more)
    assert at(there, f"{path}/s/k", *shown)[0] == 200
    one.update_usage_plan(usagePlanId=plan, patchOperations=[{"op": "remove", "path": "/quota"}])
    # A caller, who had no right so far.
    signed = one.create_resource(restApiId=api, parentId=root, pathPart="i")["id"]
    mock(one, api, signed, kind="AWS_IAM")
    one.create_deployment(**stage)
    name, its = user(here.client("iam"), allow("iot:Connect"))
    sign = ["--user", f"{its['AccessKeyId']}:{its['SecretAccessKey']}", "--aws-sigv4", f"aws:amz:{REGION}:execute-api"]
    assert at(there, f"{path}/s/i", *sign)[0] == 403
    here.client("iam").put_user_policy(UserName=name, PolicyName="p", PolicyDocument=EVERYTHING)
    assert at(there, f"{path}/s/i", *sign)[0] == 200
    here.client("iam").update_access_key(UserName=name, AccessKeyId=its["AccessKeyId"], Status="Inactive")
    until(lambda: at(there, f"{path}/s/i", *sign)[0] == 403, "the key is inactive", FOLLOWED)
    # A name of the owner's, and what it leads to.
    host = f"{unique('api')}.example.com"
    under = ["-H", f"Host: {host}"]
    assert at(there, "/x/", *under)[0] != 200
    one.create_domain_name(domainName=host, regionalCertificateArn=CERTIFICATE, endpointConfiguration={"types": ["REGIONAL"]})
    one.create_base_path_mapping(domainName=host, basePath="x", restApiId=api, stage="s")
    assert at(there, "/x/", *under)[0] == 200
    one.delete_base_path_mapping(domainName=host, basePath="x")
    until(lambda: at(there, "/x/", *under)[0] == 403, "it leads nowhere", FOLLOWED)
    one.delete_domain_name(domainName=host)
    one.delete_stage(**stage)
    until(lambda: at(there, f"{path}/s/")[0] == 403, "the stage is gone", FOLLOWED)
    assert at(there, f"{path}/t/")[0] == 200


def test_http_apis_and_what_authorizers_said(nodes, function):
    here, there = nodes
    one = here.client("apigatewayv2")
    made = one.create_api(Name=unique("api"), ProtocolType="HTTP", Target=function)
    api = made["ApiId"]
    permit(here, function, api)
    path = f"/_aws/execute-api/{api}"
    answers = (200, 500)
    assert at(there, f"{path}/")[0] in answers
    # A route that it has not heard of: there is no other for it.
    route = next(each["RouteId"] for each in one.get_routes(ApiId=api)["Items"])
    one.update_route(ApiId=api, RouteId=route, RouteKey="GET /a")
    until(lambda: at(there, f"{path}/b")[0] == 404, "the route is another", FOLLOWED)
    integration = one.get_integrations(ApiId=api)["Items"][0]["IntegrationId"]
    one.create_route(ApiId=api, RouteKey="GET /b", Target=f"integrations/{integration}")
    assert at(there, f"{path}/b")[0] in answers
    # What an authorizer said is kept, until its owner has it forgotten, wherever that is.
    rest = here.client("apigateway")
    made = rest.create_rest_api(name=unique("api"))
    api, root = made["id"], made["rootResourceId"]
    says = rest.create_authorizer(
        restApiId=api, name="a", type="TOKEN", authorizerUri=uri(function), authorizerResultTtlInSeconds=3600,
        identitySource="method.request.header.Authorization",
    )["id"]  # fmt: skip
    mock(rest, api, root, kind="CUSTOM", authorizerId=says)
    rest.create_deployment(restApiId=api, stageName="s")
    permit(here, function, api)
    path, token = f"/_aws/execute-api/{api}/s/", ["-H", "Authorization: good"]
    assert at(there, path, *token)[0] == 200
    name = function.rpartition(":")[2]
    lets_nobody = HANDLER.replace('"Allow" if', '"Deny" if')
    here.client("lambda").update_function_code(FunctionName=name, ZipFile=zipped(app_py=lets_nobody))
    assert at(there, path, *token)[0] == 200, "as it was said"
    rest.flush_stage_authorizers_cache(restApiId=api, stageName="s")
    until(lambda: at(there, path, *token)[0] == 403, "it is asked anew", FOLLOWED)
    here.client("lambda").update_function_code(FunctionName=name, ZipFile=zipped(app_py=HANDLER))


def test_objects(nodes):
    here, there = nodes
    iam, bucket = here.client("iam"), unique("bucket")
    here.client("s3").create_bucket(Bucket=bucket)
    here.client("s3").put_object(Bucket=bucket, Key="k", Body=b"x")
    name, key = user(iam, allow("iot:Connect"))
    far = there.client("s3", key)

    def may_read():
        with contextlib.suppress(ClientError):
            return far.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"

    for _ in range(3):
        assert not may_read()
        iam.put_user_policy(UserName=name, PolicyName="q", PolicyDocument=EVERYTHING)
        assert far.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
        assert far.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
        iam.delete_user_policy(UserName=name, PolicyName="q")
        until(lambda: not may_read(), "the policy is gone", FOLLOWED)
    # Whoever has not signed, by the bucket's policy.
    path = f"{there.api_url}/{bucket}/k"
    assert curl(there, path)[0] == 403
    here.client("s3").delete_public_access_block(Bucket=bucket)
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    here.client("s3").put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    )
    assert curl(there, path) == (200, "x")
    here.client("s3").delete_bucket_policy(Bucket=bucket)
    assert curl(there, path)[0] == 403


def test_indexes_of_tables(nodes):
    here, there = nodes
    one, other, table = here.client("dynamodb"), there.client("dynamodb"), unique("table")
    one.create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )  # fmt: skip
    item = {"k": {"S": "a"}, "c": {"S": "red"}}
    one.put_item(TableName=table, Item=item)
    assert other.get_item(TableName=table, Key={"k": {"S": "a"}})["Item"] == item
    index = {
        "IndexName": "by-color", "KeySchema": [{"AttributeName": "c", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"},
    }  # fmt: skip
    one.update_table(
        TableName=table, AttributeDefinitions=[{"AttributeName": "c", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": index}],
    )  # fmt: skip

    def is_active():
        return one.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"

    until(is_active, "it is filled")
    found = other.query(
        TableName=table, IndexName="by-color", KeyConditionExpression="c = :c", ExpressionAttributeValues={":c": {"S": "red"}}
    )
    assert found["Items"] == [item]


def test_tables_that_are_made_anew(nodes):
    """The other node has the one before in memory, with what was in it."""
    here, there = nodes
    one, other, table = here.client("dynamodb"), there.client("dynamodb"), unique("table")

    def make(key):
        one.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        )  # fmt: skip

    def reads(key, value):
        where = {key: {"S": value}}
        statement = {"Statement": f"SELECT * FROM \"{table}\" WHERE {key} = '{value}'"}
        queried = {
            "KeyConditionExpression": "#k = :k", "ExpressionAttributeNames": {"#k": key},
            "ExpressionAttributeValues": {":k": {"S": value}},
        }  # fmt: skip
        got = {"Get": {"TableName": table, "Key": where}}
        return [
            lambda: [other.get_item(TableName=table, Key=where).get("Item")],
            lambda: other.batch_get_item(RequestItems={table: {"Keys": [where]}})["Responses"][table],
            lambda: [one.get("Item") for one in other.transact_get_items(TransactItems=[got])["Responses"]],
            lambda: other.scan(TableName=table)["Items"],
            lambda: other.query(TableName=table, **queried)["Items"],
            lambda: other.execute_statement(**statement)["Items"],
            lambda: [one.get("Item") for one in other.batch_execute_statement(Statements=[statement])["Responses"]],
            lambda: [one.get("Item") for one in other.execute_transaction(TransactStatements=[statement])["Responses"]],
        ]

    make("k")
    for turn in range(8):
        key, value = ("k", "a") if turn % 2 == 0 else ("other", "b")
        item = {key: {"S": value}, "turn": {"N": str(turn)}}
        one.put_item(TableName=table, Item=item)
        # One of them is the first that the node is asked after a change.
        assert reads(key, value)[turn]() == [item], turn
        one.delete_table(TableName=table)
        make("other" if key == "k" else "k")
    # So are writes, and an item that was in the last one is in none.
    one.delete_table(TableName=table)
    make("k")
    assert "Attributes" not in other.put_item(TableName=table, Item={"k": {"S": "a"}}, ReturnValues="ALL_OLD")
    assert one.scan(TableName=table)["Items"] == [{"k": {"S": "a"}}]
    one.delete_table(TableName=table)
    make("k")
    statements = [{"Statement": f"INSERT INTO \"{table}\" VALUE {{'k': 'b'}}"}]
    assert "Error" not in other.batch_execute_statement(Statements=statements)["Responses"][0]
    assert one.scan(TableName=table)["Items"] == [{"k": {"S": "b"}}]


def test_names_that_devices_dial(nodes, tmp_path):
    here, there = nodes
    iot = here.client("iot")
    device = Ca(tmp_path).device()
    # It gets in under a name that is registered, and under no other.
    made = iot.register_certificate_without_ca(certificatePem=device.pem, status="ACTIVE")
    policy = unique("policy")
    iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    iot.attach_policy(policyName=policy, target=made["certificateArn"])

    def connects(host):
        with Raw("localhost", there.mqtt_port, there.root_ca, device, server_name=host, checked=False) as raw:
            return raw.connect(unique("client")) == 0

    for _ in range(3):
        name = unique("domain")
        host = f"{name}.example.com"
        assert not connects(host)
        iot.create_domain_configuration(
            domainConfigurationName=name, domainName=host,
            serverCertificateArns=[f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/{unique('x')}"],
        )  # fmt: skip
        assert connects(host)
        iot.update_domain_configuration(domainConfigurationName=name, domainConfigurationStatus="DISABLED")
        until(lambda host=host: not connects(host), "the name is off", FOLLOWED)


def test_certificates_of_names(nodes, tmp_path):
    """Of domain configurations and of API Gateway's names; what is imported again counts once it is heard of."""
    here, there = nodes
    authority = Authority(tmp_path / "ca")
    root = authority.directory / "root.pem"
    acm = here.client("acm")
    for number in range(3):
        host = f"{unique('name')}.example.com"

        def brought(host=host):
            name = unique("server")
            certificate, key = authority.leaf(name, hosts=f"DNS:{host}")
            return name, {"Certificate": certificate, "PrivateKey": key, "CertificateChain": authority.middle}

        first, new = brought()
        arn = acm.import_certificate(**new)["CertificateArn"]
        if number == 1:
            here.client("apigateway").create_domain_name(
                domainName=host, regionalCertificateArn=arn, endpointConfiguration={"types": ["REGIONAL"]}
            )
        else:
            here.client("iot").create_domain_configuration(
                domainConfigurationName=unique("d"), domainName=host, serverCertificateArns=[arn]
            )
        assert shown(there, root, name=host) == first
        second, new = brought()
        acm.import_certificate(CertificateArn=arn, **new)
        assert shown(here, root, name=host) == second
        until(lambda host=host, second=second: shown(there, root, name=host) == second, "it is shown", FOLLOWED)


def test_devices_over_https(nodes, tmp_path):
    here, there = nodes
    iot = here.client("iot")
    device = here.service_device(tmp_path, policy=None)
    policy, path = unique("policy"), f"/topics/{unique('t')}?qos=1"

    def status():
        return by_certificate(there, device, path, "--data-binary", "x")[0]

    iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    for _ in range(3):
        assert status() == 403
        iot.attach_policy(policyName=policy, target=device.arn)
        assert status() == 200
        iot.detach_policy(policyName=policy, target=device.arn)
        until(lambda: status() == 403, "the policy is gone", FOLLOWED)
    iot.attach_policy(policyName=policy, target=device.arn)
    assert status() == 200
    iot.update_certificate(certificateId=device.id, newStatus="REVOKED")
    until(lambda: status() == 403, "the certificate is revoked", FOLLOWED)


def test_rules(nodes, tmp_path):
    """A rule is one at another node once that has followed; its role, and a function's policy, from the call on."""
    here, there = nodes
    iot, iam, name = here.client("iot"), here.client("iam"), unique("rule").replace("-", "_")
    device = here.service_device(tmp_path)
    role = iam.create_role(RoleName=unique("role"), AssumeRolePolicyDocument=TRUST_IOT)["Role"]
    topic = unique("in")
    payload = {
        "sql": f"SELECT * FROM '{topic}'", "awsIotSqlVersion": "2016-03-23",
        "actions": [{"republish": {"roleArn": role["Arn"], "topic": f"{topic}/out", "qos": 1}}],
    }  # fmt: skip

    def says(client, number):
        client.publish(topic, json.dumps({"n": number}).encode(), qos=0)

    with dial(there, device, unique("pub")) as client:
        sub(client, f"{topic}/out")
        # The first message finds no rule. From some message on each finds it.
        numbers = iter(range(1_000_000))
        iot.create_topic_rule(ruleName=name, topicRulePayload=payload)
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName="p", PolicyDocument=ALLOW_ALL)

        def is_evaluated():
            says(client, next(numbers))
            with contextlib.suppress(TimeoutError):
                return message(client, 0.2)

        until(is_evaluated, "the rule is there", FOLLOWED)
        last = next(numbers)
        for number in range(last, last + 20):
            says(client, number)
        got = -1
        while got < last + 19:
            got = json.loads(message(client))["n"]
        # What the role may not do any more it may again from the call on.
        iam.delete_role_policy(RoleName=role["RoleName"], PolicyName="p")
        until(lambda: not is_evaluated(), "the role may no more", FOLLOWED)
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName="p", PolicyDocument=ALLOW_ALL)
        says(client, "again")
        while json.loads(message(client))["n"] != "again":
            pass
        # A rule that a message names is there from the call on.
        for number in range(3):
            named = f"{name}_{number}"
            iot.create_topic_rule(ruleName=named, topicRulePayload=payload)
            client.publish(f"$aws/rules/{named}/x", json.dumps({"n": named}).encode(), qos=0)
            while json.loads(message(client))["n"] != named:
                pass
            iot.delete_topic_rule(ruleName=named)
        iot.disable_topic_rule(ruleName=name)
        until(lambda: not is_evaluated(), "the rule is off", FOLLOWED)
