"""REST APIs of API Gateway with boto3 and the AWS CLI, called by curl: AWS guide "Tutorial: Create a REST API with a Lambda
proxy integration"."""

import datetime
import json

import pytest
from lib import ACCOUNT, REGION, fails, run, unique
from test_functions import TRUST, zipped

HANDLER = """
import datetime
import json
def handler(event, context):
    if "authorizationToken" in event or event.get("type") == "REQUEST":
        return {"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [
            {"Action": "execute-api:Invoke", "Effect": "Allow" if event["authorizationToken"] == "good" else "Deny",
             "Resource": event["methodArn"]}]}}
    return {"statusCode": 200, "headers": {"X-Function": "yes"}, "body": json.dumps(
        {"path": event["path"], "stage": event["requestContext"]["stage"], "query": event["queryStringParameters"],
         "body": event["body"], "who": (event["requestContext"].get("authorizer") or {}).get("principalId")})}
"""


@pytest.fixture(scope="module")
def function(server):
    """The ARN of a function that answers what it was asked, and authorizes."""
    role = server.client("iam").create_role(RoleName=unique("gateway"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    made = server.client("lambda").create_function(
        FunctionName=unique("gateway"), Runtime="python3.12", Role=role, Handler="app.handler",
        Code={"ZipFile": zipped(app_py=HANDLER)},
    )
    return made["FunctionArn"]


def uri(function):
    return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{function}/invocations"


def permit(server, function, api):
    server.client("lambda").add_permission(
        FunctionName=function, StatementId=unique("api"), Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com", SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/*",
    )


def curl(server, url, *arguments):
    """Status and body."""
    done = run(["curl", "-sS", "--cacert", server.root_ca, "-w", "\n%{http_code}", *arguments, url])
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def test_a_rest_api_before_a_function(server, function):
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("vend"), endpointConfiguration={"types": ["REGIONAL"]})
    name = {"restApiId": api["id"]}
    root = apigateway.get_resources(**name)["items"][0]["id"]
    assert root == api["rootResourceId"]
    resource = apigateway.create_resource(**name, parentId=root, pathPart="getcert")["id"]
    spare = apigateway.create_resource(**name, parentId=resource, pathPart="{id}")
    assert spare["path"] == "/getcert/{id}"
    assert apigateway.get_resource(**name, resourceId=spare["id"])["path"] == "/getcert/{id}"
    assert apigateway.get_rest_api(**name)["rootResourceId"] == root
    method = {**name, "resourceId": resource, "httpMethod": "ANY"}
    apigateway.put_method(**method, authorizationType="NONE")
    fails(
        lambda: apigateway.create_deployment(**name, stageName="Prod"), "BadRequestException", "No integration",
        status=400,
    )
    apigateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri(function))
    assert apigateway.get_integration(**method)["timeoutInMillis"] == 29000
    deployment = apigateway.create_deployment(**name, stageName="Prod", variables={"a": "b"})["id"]
    apigateway.create_stage(**name, stageName="test", deploymentId=deployment)

    base = server.https_port
    path = f"/_aws/execute-api/{api['id']}/Prod/getcert"
    assert curl(server, f"https://localhost:{base}{path}")[0] == 500
    permit(server, function, api["id"])
    status, body = curl(server, f"https://localhost:{base}{path}?serialNumber=1", "-d", "hello")
    assert (status, json.loads(body)) == (
        200, {"path": "/getcert", "stage": "Prod", "query": {"serialNumber": "1"}, "body": "hello", "who": None},
    )
    other = f"{server.api_url}/restapis/{api['id']}/test/_user_request_/getcert"
    assert json.loads(curl(server, other)[1])["stage"] == "test"
    host = f"Host: {api['id']}.execute-api.{REGION}.amazonaws.com"
    assert curl(server, f"https://localhost:{base}/Prod/getcert", "-H", host)[0] == 200
    unknown = curl(server, f"https://localhost:{base}{path}/a/b")
    assert unknown == (403, '{"message":"Missing Authentication Token"}')
    told = run(["curl", "-sSi", "--cacert", server.root_ca, f"https://localhost:{base}{path}/a/b"]).stdout.lower()
    assert "x-amzn-errortype: missingauthenticationtokenexception" in told
    again = {**name, "resourceId": root, "httpMethod": "PATCH"}
    apigateway.put_method(**again, authorizationType="NONE")
    apigateway.put_method_response(**again, statusCode="200")
    fails(lambda: apigateway.put_method_response(**again, statusCode="200"), "ConflictException", status=409)
    apigateway.delete_method(**again)

    changes = [{"op": "replace", "path": "/description", "value": "d"}]
    assert apigateway.update_stage(**name, stageName="test", patchOperations=changes)["description"] == "d"
    assert apigateway.get_stage(**name, stageName="Prod")["variables"] == {"a": "b"}
    assert len(apigateway.get_stages(**name)["item"]) == 2
    shown = apigateway.get_deployment(**name, deploymentId=deployment)
    assert shown["id"] == deployment and "apiSummary" not in shown
    shown = apigateway.get_deployment(**name, deploymentId=deployment, embed=["apisummary"])
    assert shown["apiSummary"] == {"/getcert": {"ANY": {"authorizationType": "NONE", "apiKeyRequired": False}}}
    assert len(apigateway.get_deployments(**name)["items"]) == 1
    fails(
        lambda: apigateway.delete_deployment(**name, deploymentId=deployment), "BadRequestException", "Active stages",
        status=400,
    )
    renamed = apigateway.update_rest_api(**name, patchOperations=[{"op": "replace", "path": "/name", "value": "n"}])
    assert renamed["name"] == "n"
    for stage in ["test", "Prod"]:
        apigateway.delete_stage(**name, stageName=stage)
    apigateway.delete_deployment(**name, deploymentId=deployment)
    apigateway.delete_integration(**method)
    assert "methodIntegration" not in apigateway.get_method(**method)
    apigateway.delete_method(**method)
    apigateway.delete_resource(**name, resourceId=resource)
    fails(lambda: apigateway.get_resource(**name, resourceId=spare["id"]), "NotFoundException", status=404)
    apigateway.delete_rest_api(**name)
    fails(lambda: apigateway.get_rest_api(**name), "NotFoundException", "Invalid API identifier", status=404)


def test_mappings_keys_and_authorizers(server, function):
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("vend"))
    name, root = {"restApiId": api["id"]}, api["rootResourceId"]
    authorizer = apigateway.create_authorizer(
        **name, name="a", type="TOKEN", authorizerUri=uri(function),
        identitySource="method.request.header.Authorization",
    )["id"]
    assert apigateway.get_authorizer(**name, authorizerId=authorizer)["authorizerResultTtlInSeconds"] == 300
    assert len(apigateway.get_authorizers(**name)["items"]) == 1
    keyed = {**name, "resourceId": root, "httpMethod": "GET"}
    apigateway.put_method(**keyed, authorizationType="CUSTOM", authorizerId=authorizer, apiKeyRequired=True)
    apigateway.put_integration(**keyed, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri(function))
    mock = {**name, "resourceId": root, "httpMethod": "OPTIONS"}
    apigateway.put_method(**mock, authorizationType="NONE")
    apigateway.put_integration(**mock, type="MOCK", requestTemplates={"application/json": '{"statusCode": 204}'})
    header = "method.response.header.Access-Control-Allow-Origin"
    apigateway.put_method_response(**mock, statusCode="204", responseParameters={header: True})
    apigateway.put_integration_response(**mock, statusCode="204", responseParameters={header: "'*'"})
    assert apigateway.get_method_response(**mock, statusCode="204")["responseParameters"] == {header: True}
    assert apigateway.get_integration_response(**mock, statusCode="204")["responseParameters"] == {header: "'*'"}
    # Changes by patches before it is deployed.
    def patch(path, value, op="replace"):
        return [{"op": op, "path": path, "value": value}]

    assert apigateway.update_method(**mock, patchOperations=patch("/operationName", "cors"))["operationName"] == "cors"
    methods = "method.response.header.Access-Control-Allow-Methods"
    apigateway.update_method_response(
        **mock, statusCode="204", patchOperations=patch(f"/responseParameters/{methods}", "true", "add")
    )
    told = apigateway.update_integration_response(
        **mock, statusCode="204", patchOperations=patch(f"/responseParameters/{methods}", "'GET'", "add")
    )
    assert told["responseParameters"] == {header: "'*'", methods: "'GET'"}
    told = apigateway.update_integration(**keyed, patchOperations=patch("/timeoutInMillis", "9000"))
    assert told["timeoutInMillis"] == 9000
    told = apigateway.update_authorizer(
        **name, authorizerId=authorizer, patchOperations=patch("/authorizerResultTtlInSeconds", "60")
    )
    assert told["authorizerResultTtlInSeconds"] == 60
    spare = apigateway.create_resource(**name, parentId=root, pathPart="spare")["id"]
    moved = apigateway.update_resource(**name, resourceId=spare, patchOperations=patch("/pathPart", "more"))
    assert moved["path"] == "/more"
    deployment = apigateway.create_deployment(**name, stageName="Prod")["id"]
    apigateway.update_deployment(**name, deploymentId=deployment, patchOperations=patch("/description", "first"))
    apigateway.flush_stage_authorizers_cache(**name, stageName="Prod")
    arn = f"arn:aws:apigateway:{REGION}::/restapis/{api['id']}"
    apigateway.tag_resource(resourceArn=arn, tags={"a": "b", "c": "d"})
    apigateway.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert apigateway.get_tags(resourceArn=arn)["tags"] == {"c": "d"}
    permit(server, function, api["id"])

    key = apigateway.create_api_key(name=unique("key"), enabled=True)
    stages = [{"apiId": api["id"], "stage": "Prod"}]
    plan = apigateway.create_usage_plan(name=unique("plan"), apiStages=stages, quota={"limit": 1, "period": "DAY"})["id"]
    apigateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    url = f"https://localhost:{server.https_port}/_aws/execute-api/{api['id']}/Prod/"
    assert curl(server, url)[0] == 401
    assert curl(server, url, "-H", "Authorization: bad")[0] == 403
    good = ["-H", "Authorization: good"]
    assert curl(server, url, *good) == (403, '{"message":"Forbidden"}')
    status, body = curl(server, url, *good, "-H", f"x-api-key: {key['value']}")
    assert (status, json.loads(body)["who"]) == (200, "me")
    over = curl(server, url, *good, "-H", f"x-api-key: {key['value']}")
    assert over == (429, '{"message":"Limit Exceeded"}')
    done = run(["curl", "-sS", "-i", "--cacert", server.root_ca, "-X", "OPTIONS", url]).stdout
    assert "204" in done.splitlines()[0] and "access-control-allow-origin: *" in done.lower()

    found = apigateway.get_api_key(apiKey=key["id"], includeValue=True)
    assert found["value"] == key["value"]
    assert any(one["id"] == key["id"] for one in apigateway.get_api_keys()["items"])
    off = [{"op": "replace", "path": "/enabled", "value": "false"}]
    assert apigateway.update_api_key(apiKey=key["id"], patchOperations=off)["enabled"] is False
    more = [{"op": "replace", "path": "/quota/limit", "value": "5"}]
    assert apigateway.update_usage_plan(usagePlanId=plan, patchOperations=more)["quota"]["limit"] == 5
    below = f"/apiStages/{api['id']}:Prod/throttle"
    limits = [{"op": "replace", "path": f"{below}//GET/{name}", "value": "1"} for name in ["rateLimit", "burstLimit"]]
    changed = apigateway.update_usage_plan(usagePlanId=plan, patchOperations=limits)["apiStages"]
    assert changed == [stages[0] | {"throttle": {"/GET": {"rateLimit": 1.0, "burstLimit": 1}}}]
    apigateway.update_usage_plan(usagePlanId=plan, patchOperations=[{"op": "remove", "path": below}])
    assert apigateway.get_usage_plan(usagePlanId=plan)["apiStages"] == stages
    assert any(one["id"] == plan for one in apigateway.get_usage_plans()["items"])
    assert [one["id"] for one in apigateway.get_usage_plan_keys(usagePlanId=plan)["items"]] == [key["id"]]
    file = f'Name,key,description,Enabled,usageplanIds\nimported,{"k" * 30},from a file,FALSE,"{plan}"\n'
    imported = apigateway.import_api_keys(body=file.encode(), format="csv", failOnWarnings=True)
    assert imported["warnings"] == []
    taken = apigateway.get_api_key(apiKey=imported["ids"][0], includeValue=True)
    assert (taken["name"], taken["value"], taken["enabled"]) == ("imported", "k" * 30, False)
    assert len(apigateway.get_usage_plan_keys(usagePlanId=plan)["items"]) == 2
    apigateway.delete_api_key(apiKey=taken["id"])
    week = [{"op": "replace", "path": "/quota/period", "value": "WEEK"}, {"op": "replace", "path": "/quota/offset", "value": "1"}]
    assert apigateway.update_usage_plan(usagePlanId=plan, patchOperations=week)["quota"]["offset"] == 1
    apigateway.delete_usage_plan_key(usagePlanId=plan, keyId=key["id"])
    with pytest.raises(apigateway.exceptions.BadRequestException, match=f"including {api['id']}:Prod"):
        apigateway.delete_usage_plan(usagePlanId=plan)
    of = [{"op": "remove", "path": "/apiStages", "value": f"{api['id']}:Prod"}]
    apigateway.update_usage_plan(usagePlanId=plan, patchOperations=of)
    apigateway.delete_usage_plan(usagePlanId=plan)
    apigateway.delete_api_key(apiKey=key["id"])
    apigateway.delete_integration_response(**mock, statusCode="204")
    apigateway.delete_method_response(**mock, statusCode="204")
    apigateway.delete_method(**keyed)
    apigateway.delete_authorizer(**name, authorizerId=authorizer)


def test_an_authorizer_is_tried(server, function):
    """API reference, TestInvokeAuthorizer: what a client would be answered, and the log, before anything is deployed."""
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("tried"))["id"]
    name = {"restApiId": api}
    made = apigateway.create_authorizer(
        **name, name="token", type="TOKEN", authorizerUri=uri(function),
        identitySource="method.request.header.Authorization", identityValidationExpression="good|bad",
    )  # fmt: skip
    asked = {**name, "authorizerId": made["id"]}
    tried = lambda **given: apigateway.test_invoke_authorizer(**asked, **given)
    # Not before the function's policy says so.
    assert tried(headers={"Authorization": "good"})["clientStatus"] == 500
    permit(server, function, api)
    told = tried(headers={"Authorization": "good"})
    assert (told["clientStatus"], told["principalId"]) == (0, "me") and told["latency"] >= 0
    statement = json.loads(told["policy"])["Statement"][0]
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/ESTestInvoke-stage/GET/"
    assert (statement["Effect"], statement["Resource"]) == ("Allow", arn)
    assert f"Starting authorizer: {made['id']}" in told["log"] and "good" not in told["log"]
    told = tried(multiValueHeaders={"Authorization": ["bad"]}, pathWithQueryString="/a?b=c")
    statement = json.loads(told["policy"])["Statement"][0]
    assert (told["clientStatus"], statement["Effect"], statement["Resource"]) == (0, "Deny", f"{arn}a")
    for headers in ({}, {"Authorization": ""}, {"Authorization": "neither"}):
        told = tried(headers=headers)
        assert told["clientStatus"] == 401 and "policy" not in told
    # One that fails: it looks for a token, which requests have not.
    other = apigateway.create_authorizer(
        **name, name="request", type="REQUEST", authorizerUri=uri(function),
        identitySource="context.identity.sourceIp,stageVariables.v",
    )  # fmt: skip
    asked["authorizerId"] = other["id"]
    assert tried()["clientStatus"] == 401
    told = tried(stageVariables={"v": "1"}, additionalContext={"identity.sourceIp": "192.0.2.1"})
    assert told["clientStatus"] == 500 and "KeyError" in told["log"]
    told = server.aws(
        "apigateway", "test-invoke-authorizer", "--rest-api-id", api, "--authorizer-id", made["id"],
        "--headers", "Authorization=bad",
    )  # fmt: skip
    assert (told["clientStatus"], told["principalId"]) == (0, "me")
    asked["authorizerId"] = "nosuch"
    fails(lambda: tried(), "NotFoundException", status=404)
    apigateway.delete_rest_api(**name)


def test_the_aws_cli_sets_an_api_up(server, function):
    aws = server.aws
    api = aws("apigateway", "create-rest-api", "--name", unique("cli"))["id"]
    root = aws("apigateway", "get-resources", "--rest-api-id", api)["items"][0]["id"]
    made = aws("apigateway", "create-resource", "--rest-api-id", api, "--parent-id", root, "--path-part", "shadow")
    place = ["--rest-api-id", api, "--resource-id", made["id"], "--http-method", "GET"]
    aws("apigateway", "put-method", *place, "--authorization-type", "NONE")
    aws("apigateway", "put-integration", *place, "--type", "AWS", "--integration-http-method", "POST",
        "--uri", uri(function), "--request-templates", json.dumps(
            {"application/json": '{"path": "/shadow", "requestContext": {"stage": "x"}, "queryStringParameters": null,'
             ' "body": "$context.stage"}'}))
    aws("apigateway", "put-method-response", *place, "--status-code", "200")
    aws("apigateway", "put-integration-response", *place, "--status-code", "200", "--response-templates",
        json.dumps({"application/json": "$input.path('$.body')"}))
    aws("apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "Prod")
    permit(server, function, api)
    url = f"https://localhost:{server.https_port}/_aws/execute-api/{api}/Prod/shadow"
    status, body = curl(server, url)
    assert (status, json.loads(body)["body"]) == (200, "Prod")
    assert any(one["id"] == api for one in aws("apigateway", "get-rest-apis")["items"])
    aws("apigateway", "delete-rest-api", "--rest-api-id", api)


def mocked(apigateway, **method):
    """A REST API with a method that answers by itself, deployed as `Prod`."""
    api = apigateway.create_rest_api(name="mock")
    place = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    apigateway.put_method(**place, authorizationType="NONE", **method)
    apigateway.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    apigateway.put_method_response(**place, statusCode="200")
    apigateway.put_integration_response(**place, statusCode="200")
    apigateway.create_deployment(restApiId=api["id"], stageName="Prod")
    return api["id"]


def test_a_deployed_api_survives_a_kill(make_server):
    server = make_server()
    api = mocked(server.client("apigateway"))
    server.kill()
    server.start()
    assert curl(server, f"https://localhost:{server.https_port}/_aws/execute-api/{api}/Prod/")[0] == 200


def test_what_a_key_used_is_told_counted_and_kept(make_server):
    server = make_server()
    apigateway = server.client("apigateway")
    api = mocked(apigateway, apiKeyRequired=True)
    counted = [{"op": "replace", "path": "/*/*/metrics/enabled", "value": "true"}]
    apigateway.update_stage(restApiId=api, stageName="Prod", patchOperations=counted)
    key = apigateway.create_api_key(name="k", enabled=True)
    stages = [{"apiId": api, "stage": "Prod"}]
    plan = apigateway.create_usage_plan(name="p", apiStages=stages, quota={"limit": 3, "period": "MONTH"})["id"]
    apigateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")

    def call():
        url = f"https://localhost:{server.https_port}/_aws/execute-api/{api}/Prod/"
        return curl(server, url, "-H", f"x-api-key: {key['value']}")[0]

    def usage(client, day):
        told = client.get_usage(usagePlanId=plan, startDate=day, endDate=day)
        assert (told["startDate"], told["endDate"]) == (day, day)
        return told["items"][key["id"]]

    today = datetime.datetime.now(datetime.UTC).date()
    assert [call(), call()] == [200, 200]
    # By whatever day it was: midnight may have passed.
    days = [str(today), str(today + datetime.timedelta(days=1))]
    day = next(day for day in days if usage(apigateway, day)[0][0])
    assert usage(apigateway, day) == [[2, 1]]
    assert 'resource="/",method="GET"} 2' in server.get("/metrics")
    # A restart forgets nothing of it.
    server.stop()
    server.start()
    apigateway = server.client("apigateway")
    assert usage(apigateway, day) == [[2, 1]]
    assert [call(), call()] == [200, 429]
    left = [{"op": "replace", "path": "/remaining", "value": "1"}]
    told = apigateway.update_usage(usagePlanId=plan, keyId=key["id"], patchOperations=left)
    assert told["items"][key["id"]][0][1] == 1
    assert [call(), call()] == [200, 429]
    aws = server.aws("apigateway", "get-usage", "--usage-plan-id", plan, "--start-date", day, "--end-date", day)
    assert aws["items"][key["id"]] == [[4, 0]]


def test_documentation_of_an_api(server):
    """API Gateway developer guide: representation of API documentation in API Gateway."""
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("api"))
    name = {"restApiId": api["id"]}
    of_api = {"location": {"type": "API"}, "properties": '{"description": "first"}'}
    part = apigateway.create_documentation_part(**name, **of_api)
    assert {key: part[key] for key in of_api} == of_api
    fails(lambda: apigateway.create_documentation_part(**name, **of_api), "ConflictException", "already exists", status=409)
    one = {**name, "documentationPartId": part["id"]}
    change = [{"op": "replace", "path": "/properties", "value": '{"description": "second"}'}]
    assert apigateway.update_documentation_part(**one, patchOperations=change)["properties"] == change[0]["value"]
    fails(lambda: apigateway.update_documentation_part(**one, patchOperations=[{**change[0], "op": "add"}]), "BadRequestException",
          "Invalid patch path  '/properties' specified for op 'add'. Please choose supported operations", status=400)  # fmt: skip
    assert apigateway.get_documentation_part(**one)["properties"] == change[0]["value"]
    response = {"type": "RESPONSE", "path": "/", "method": "GET", "statusCode": "200"}
    document = {"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "x-amazon-apigateway-documentation": {
        "documentationParts": [{"location": response, "properties": {"description": "200 response"}}]}}  # fmt: skip
    made = apigateway.import_documentation_parts(**name, mode="merge", body=json.dumps(document).encode())["ids"]
    assert [one["id"] for one in apigateway.get_documentation_parts(**name, type="RESPONSE")["items"]] == made
    fails(lambda: apigateway.import_documentation_parts(**name, body=b"["), "BadRequestException",
          "Unable to build importer with provided input.", status=400)  # fmt: skip

    method = {**name, "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    apigateway.put_method(**method, authorizationType="NONE")
    apigateway.put_integration(**method, type="MOCK")
    apigateway.create_deployment(**name, stageName="v")
    version = apigateway.create_documentation_version(**name, documentationVersion="1", stageName="v", description="d")
    assert (version["version"], version["description"]) == ("1", "d")
    assert apigateway.get_stage(**name, stageName="v")["documentationVersion"] == "1"
    asked = {"stageName": "v", "exportType": "oas30", "parameters": {"extensions": "documentation"}}
    exported = json.loads(apigateway.get_export(**name, **asked)["body"].read())
    kept = exported["x-amazon-apigateway-documentation"]
    assert kept["version"] == "1" and {"location": {"type": "API"}, "properties": {"description": "second"}} in kept["documentationParts"]
    again = apigateway.import_rest_api(body=json.dumps(exported).encode())["id"]
    assert len(apigateway.get_documentation_parts(restApiId=again)["items"]) == 2
    at = {**name, "documentationVersion": "1"}
    change = [{"op": "replace", "path": "/description", "value": "e"}]
    assert apigateway.update_documentation_version(**at, patchOperations=change)["description"] == "e"
    assert apigateway.get_documentation_version(**at)["description"] == "e"
    assert [one["version"] for one in apigateway.get_documentation_versions(**name)["items"]] == ["1"]
    apigateway.delete_documentation_version(**at)
    fails(lambda: apigateway.get_documentation_version(**at), "NotFoundException",
          "Invalid Documentation version identifier specified", status=404)  # fmt: skip
    apigateway.delete_documentation_part(**one)
    fails(lambda: apigateway.get_documentation_part(**one), "NotFoundException",
          "Invalid Documentation part identifier specified", status=404)  # fmt: skip
    for one in [api["id"], again]:
        apigateway.delete_rest_api(restApiId=one)
