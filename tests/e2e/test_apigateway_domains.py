"""APIs under names of the owner's own, and REST APIs with policies of their own. AWS guide: "Custom domain names for REST
APIs", "API mappings for HTTP APIs", "Control access to a REST API with API Gateway resource policies"."""

import base64
import json

import pytest
from lib import ACCOUNT, REGION, fails, run, unique, user_key
from test_apigateway import HANDLER, curl, permit, uri
from test_apigatewayv2 import HANDLER as HTTP_HANDLER
from test_functions import TRUST, zipped

CERTIFICATE = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/11111111-2222-3333-4444-555555555555"


def function_of(server, handler):
    """The ARN of a function that answers what it was asked."""
    role = server.client("iam").create_role(RoleName=unique("named"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    made = server.client("lambda").create_function(
        FunctionName=unique("named"), Runtime="python3.12", Role=role, Handler="app.handler",
        Code={"ZipFile": zipped(app_py=handler)},
    )  # fmt: skip
    return made["FunctionArn"]


@pytest.fixture(scope="module")
def function(server):
    return function_of(server, HANDLER)


def deployed(server, function, kind="NONE", **settings):
    apigateway = server.client("apigateway")
    api = apigateway.create_rest_api(name=unique("named"), **settings)
    name = {"restApiId": api["id"]}
    resource = apigateway.create_resource(**name, parentId=api["rootResourceId"], pathPart="{proxy+}")["id"]
    method = {**name, "resourceId": resource, "httpMethod": "ANY"}
    apigateway.put_method(**method, authorizationType=kind)
    apigateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri(function))
    apigateway.create_deployment(**name, stageName="prod")
    permit(server, function, api["id"])
    return api["id"]


def under(server, host, path, *arguments):
    """Status and body of a request to a name, which the client sends in `Host`."""
    done = curl(server, f"https://localhost:{server.https_port}{path}", "-H", f"Host: {host}", *arguments)
    return done[0], json.loads(done[1])


def test_base_path_mappings(server, function):
    apigateway = server.client("apigateway")
    api = deployed(server, function)
    name = {"domainName": f"{unique('api')}.example.com"}
    new = apigateway.create_domain_name(
        **name, regionalCertificateArn=CERTIFICATE, endpointConfiguration={"types": ["REGIONAL"]}, tags={"a": "b"},
    )  # fmt: skip
    assert (new["domainNameStatus"], new["regionalCertificateArn"]) == ("AVAILABLE", CERTIFICATE)
    assert new["regionalDomainName"].endswith(f".execute-api.{REGION}.amazonaws.com")
    assert new["domainNameArn"] == f"arn:aws:apigateway:{REGION}::/domainnames/{name['domainName']}"
    shown = apigateway.get_domain_name(**name)
    assert shown["regionalDomainName"] == new["regionalDomainName"] and shown["tags"] == {"a": "b"}
    assert name["domainName"] in [one["domainName"] for one in apigateway.get_domain_names(limit=500)["items"]]
    fails(lambda: apigateway.create_domain_name(**name), "ConflictException", status=409)
    other = CERTIFICATE.replace("1111", "2222")
    patches = [{"op": "replace", "path": "/regionalCertificateArn", "value": other}]
    assert apigateway.update_domain_name(**name, patchOperations=patches)["regionalCertificateArn"] == other
    # Nothing is mapped yet.
    assert under(server, name["domainName"], "/a") == (403, {"message": "Forbidden"})

    apigateway.create_base_path_mapping(**name, restApiId=api, stage="prod", basePath="v1")
    apigateway.create_base_path_mapping(**name, restApiId=api)
    status, told = under(server, name["domainName"], "/v1/a/b?q=1", "-d", "hello")
    assert (status, told["path"], told["stage"], told["body"]) == (200, "/v1/a/b", "prod", "hello")
    # Without a stage, paths name it; case and a port of the host do not count.
    status, told = under(server, f"{name['domainName'].upper()}:8443", "/prod/a")
    assert (status, told["path"], told["query"]) == (200, "/a", None)
    # The service's own calls are answered under any host.
    host = ["-H", f"Host: {name['domainName']}", "--aws-sigv4", f"aws:amz:{REGION}:sts",
            "--user", f"{server.env['AWS_ACCESS_KEY_ID']}:{server.env['AWS_SECRET_ACCESS_KEY']}",
            "-d", "Action=GetCallerIdentity&Version=2011-06-15"]  # fmt: skip
    assert "GetCallerIdentityResult" in curl(server, server.api_url, *host)[1]

    listed = apigateway.get_base_path_mappings(**name)["items"]
    assert sorted(one["basePath"] for one in listed) == ["(none)", "v1"]
    assert apigateway.get_base_path_mapping(**name, basePath="v1")["stage"] == "prod"
    moved = apigateway.update_base_path_mapping(
        **name, basePath="v1", patchOperations=[{"op": "replace", "path": "/basePath", "value": "v2"}]
    )
    assert moved["basePath"] == "v2"
    assert under(server, name["domainName"], "/v2/a")[0] == 200
    for wrong, part in [
        ({"restApiId": "none"}, "Invalid REST API identifier specified"),
        ({"restApiId": api, "stage": "none"}, "Invalid stage identifier specified"),
        ({"restApiId": api, "basePath": "a/b"}, "API Gateway V1 doesn't support the slash character"),
    ]:
        fails(lambda: apigateway.create_base_path_mapping(**name, **wrong), "BadRequestException", part, status=400)  # noqa: B023
    taken = lambda: apigateway.create_base_path_mapping(**name, restApiId=api, basePath="v2")  # noqa: E731
    fails(taken, "ConflictException", "Base path already exists for this domain name", status=409)
    fails(lambda: apigateway.delete_rest_api(restApiId=api), "BadRequestException", "base path mappings", status=400)
    apigateway.delete_base_path_mapping(**name, basePath="(none)")
    assert under(server, name["domainName"], "/prod/a")[0] == 403
    apigateway.delete_domain_name(**name)
    fails(lambda: apigateway.get_domain_name(**name), "NotFoundException", "Invalid domain name identifier", status=404)
    apigateway.delete_rest_api(restApiId=api)


def test_names_that_cannot_be(server):
    apigateway = server.client("apigateway")
    for wrong in ["localhost", "127.0.0.1", "a b", "a/b"]:
        fails(lambda: apigateway.create_domain_name(domainName=wrong), "BadRequestException", status=400)  # noqa: B023
    for more in [{"securityPolicy": "TLS_1_0"}, {"mutualTlsAuthentication": {"truststoreUri": "s3://b/k"}}]:
        make = lambda: apigateway.create_domain_name(domainName="x.example.com", **more)  # noqa: B023, E731
        fails(make, "NotImplementedException", status=501)


def test_names_of_the_servers_own(make_server):
    hosts = ["iot.plant.example", "10.1.2.3", "gate.plant.example"]
    server = make_server(*(word for host in hosts for word in ("--endpoint-host", host)))
    apigateway, iot = server.client("apigateway"), server.client("iot")
    acm = [CERTIFICATE]
    iot.create_domain_configuration(
        domainConfigurationName="fleet", domainName="fleet.plant.example", serverCertificateArns=acm)
    own = ["iot.plant.example", "GATE.plant.example", "s3.iot.plant.example", "b.s3.gate.plant.example",
           f"x1.execute-api.{REGION}.plant.example", f"*.lambda-url.{REGION}.on.aws", "10.1.2.3", "192.0.2.1",
           f"s3.{REGION}.amazonaws.com", "fleet.plant.example"]  # fmt: skip
    for wrong in own:
        make = lambda: apigateway.create_domain_name(domainName=wrong)  # noqa: B023, E731
        fails(make, "BadRequestException", f"Invalid domain name '{wrong}'", status=400)
        make = lambda: server.client("apigatewayv2").create_domain_name(DomainName=wrong)  # noqa: B023, E731
        fails(make, "BadRequestException", f"Invalid domain name '{wrong}'", status=400)
    # What covers them does not lead there from them.
    apigateway.create_domain_name(domainName="*.plant.example")
    for host, status in [("api.plant.example", 403), ("iot.plant.example", 200), ("gate.plant.example", 200),
                         ("fleet.plant.example", 200)]:  # fmt: skip
        url = f"https://localhost:{server.https_port}/healthz"
        assert curl(server, url, "-H", f"Host: {host}")[0] == status, host
    # The other way round.
    apigateway.create_domain_name(domainName="Shop.plant.example")
    for wrong in ["shop.plant.example", "gate.plant.example", f"x1.execute-api.{REGION}.plant.example"]:
        make = lambda: iot.create_domain_configuration(  # noqa: E731
            domainConfigurationName="shop", domainName=wrong, serverCertificateArns=acm)  # noqa: B023
        fails(make, "InvalidRequestException", wrong, status=400)


def test_tags_of_names(server):
    one, two = server.client("apigateway"), server.client("apigatewayv2")
    arn = one.create_domain_name(domainName=f"{unique('tags')}.example.com", tags={"a": "1"})["domainNameArn"]
    one.tag_resource(resourceArn=arn, tags={"b": "2"})
    two.tag_resource(ResourceArn=arn, Tags={"c": "3"})
    assert one.get_tags(resourceArn=arn)["tags"] == {"a": "1", "b": "2", "c": "3"}
    one.untag_resource(resourceArn=arn, tagKeys=["a"])
    two.untag_resource(ResourceArn=arn, TagKeys=["b"])
    assert two.get_tags(ResourceArn=arn)["Tags"] == {"c": "3"}
    assert one.get_domain_name(domainName=arn.rpartition("/")[2])["tags"] == {"c": "3"}
    many = {str(number): "" for number in range(50)}
    fails(lambda: one.tag_resource(resourceArn=arn, tags=many), "BadRequestException", "50 tags", status=400)
    fails(lambda: one.get_tags(resourceArn=arn + "x"), "NotFoundException", status=404)
    fails(lambda: two.get_tags(ResourceArn=arn + "x"), "NotFoundException", status=404)


def test_default_endpoints_are_disabled(server, function):
    """AWS guides "Disable the default endpoint for REST APIs" and "... for HTTP APIs"."""
    one, two = server.client("apigateway"), server.client("apigatewayv2")
    api = deployed(server, function, disableExecuteApiEndpoint=True)
    name = {"domainName": f"{unique('only')}.example.com"}
    one.create_domain_name(**name)
    one.create_base_path_mapping(**name, restApiId=api, stage="prod")
    url = f"https://localhost:{server.https_port}/_aws/execute-api/{api}/prod/a"
    assert curl(server, url) == (403, '{"message":"Forbidden"}')
    assert under(server, f"{api}.execute-api.{REGION}.amazonaws.com", "/prod/a")[0] == 403
    assert under(server, name["domainName"], "/a")[0] == 200
    patches = [{"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "False"}]
    assert one.update_rest_api(restApiId=api, patchOperations=patches)["disableExecuteApiEndpoint"] is False
    # It is in force with the next deployment.
    assert curl(server, url)[0] == 403
    one.create_deployment(restApiId=api, stageName="prod")
    assert curl(server, url)[0] == 200

    target = function_of(server, HTTP_HANDLER)
    api = two.create_api(Name=unique("only"), ProtocolType="HTTP", Target=target)["ApiId"]
    permit(server, target, api)
    url = f"https://localhost:{server.https_port}/_aws/execute-api/{api}/a"
    assert curl(server, url)[0] == 200
    assert two.update_api(ApiId=api, DisableExecuteApiEndpoint=True)["DisableExecuteApiEndpoint"] is True
    assert curl(server, url) == (404, '{"message":"Not Found"}')
    two.create_api_mapping(DomainName=name["domainName"], ApiId=api, Stage="$default", ApiMappingKey="http")
    assert under(server, name["domainName"], "/http/a")[0] == 200
    for kind in ["?", "http", "REST"]:
        make = lambda: two.create_api(Name="x", ProtocolType=kind)  # noqa: B023, E731
        fails(make, "BadRequestException", "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]", status=400)


def test_api_mappings(server):
    apigatewayv2 = server.client("apigatewayv2")
    function = function_of(server, HTTP_HANDLER)
    api = apigatewayv2.create_api(Name=unique("http"), ProtocolType="HTTP", RouteKey="ANY /item", Target=function)["ApiId"]
    permit(server, function, api)
    host = unique("http") + ".example.org"
    name = {"DomainName": f"*.{host}"}
    created = apigatewayv2.create_domain_name(
        **name, DomainNameConfigurations=[{"CertificateArn": CERTIFICATE, "EndpointType": "REGIONAL",
                                           "SecurityPolicy": "TLS_1_2"}],
    )  # fmt: skip
    (configuration,) = created["DomainNameConfigurations"]
    assert (configuration["CertificateArn"], configuration["DomainNameStatus"]) == (CERTIFICATE, "AVAILABLE")
    assert apigatewayv2.get_domain_name(**name)["DomainNameArn"] == created["DomainNameArn"]
    assert name["DomainName"] in [one["DomainName"] for one in apigatewayv2.get_domain_names()["Items"]]
    other = {"CertificateArn": CERTIFICATE.replace("1111", "2222")}
    changed = apigatewayv2.update_domain_name(**name, DomainNameConfigurations=[other])
    assert changed["DomainNameConfigurations"][0]["CertificateArn"] == other["CertificateArn"]
    apigatewayv2.update_domain_name(**name, DomainNameConfigurations=[{"CertificateArn": CERTIFICATE}])
    mapping = apigatewayv2.create_api_mapping(**name, ApiId=api, Stage="$default", ApiMappingKey="shop/v1")
    assert under(server, f"a.{host}", "/shop/v1/item")[0] == 200
    assert under(server, f"a.{host}", "/shop/v1/y") == (404, {"message": "Not Found"})
    assert under(server, f"a.{host}", "/shop/item") == (403, {"message": "Forbidden"})
    place = {**name, "ApiMappingId": mapping["ApiMappingId"]}
    assert apigatewayv2.update_api_mapping(**place, ApiId=api, ApiMappingKey="")["ApiMappingKey"] == ""
    status, told = under(server, f"b.{host}", "/item")
    assert (status, told["stage"], told["path"]) == (200, "$default", "/item")
    # A form is the API's, and no upload to a bucket.
    status, told = under(server, f"b.{host}", "/item", "-F", "file=content")
    assert status == 200 and b"content" in base64.b64decode(told["body"])
    direct = under(server, f"{api}.execute-api.{REGION}.amazonaws.com", "/item", "-F", "file=content")
    assert direct[0] == 200 and b"content" in base64.b64decode(direct[1]["body"])
    assert apigatewayv2.get_api_mapping(**place)["Stage"] == "$default"
    assert [one["ApiId"] for one in apigatewayv2.get_api_mappings(**name)["Items"]] == [api]
    # The same names, whichever service one asks.
    assert server.client("apigateway").get_domain_name(domainName=f"*.{host}")["regionalCertificateArn"] == CERTIFICATE
    fails(
        lambda: apigatewayv2.create_api_mapping(**name, ApiId=api, Stage="$default", ApiMappingKey="/a"),
        "BadRequestException", "should not start with a '/'", status=400,
    )  # fmt: skip
    apigatewayv2.delete_api_mapping(**place)
    fails(lambda: apigatewayv2.get_api_mapping(**place), "NotFoundException", status=404)
    apigatewayv2.delete_domain_name(**name)


def statement(effect, principal, resource="execute-api:/prod/GET/*", **more):
    return {"Effect": effect, "Principal": principal, "Action": "execute-api:Invoke", "Resource": resource, **more}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_policies_of_rest_apis(server, function):
    apigateway = server.client("apigateway")
    api = deployed(server, function, policy=policy(statement("Allow", "*")))
    kept = json.loads(f'"{apigateway.get_rest_api(restApiId=api)["policy"]}"')
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}"
    assert json.loads(kept)["Statement"][0]["Resource"] == f"{arn}/prod/GET/*"
    url = f"https://localhost:{server.https_port}/_aws/execute-api/{api}/prod/a"
    assert curl(server, url)[0] == 200
    hidden = arn.replace(ACCOUNT, f"********{ACCOUNT[-4:]}")
    told = f"User: anonymous is not authorized to perform: execute-api:Invoke on resource: {hidden}/prod/POST/a"
    assert curl(server, url, "-d", "x") == (403, json.dumps({"Message": told}, separators=(",", ":")))

    def change(document, op="replace"):
        patches = [{"op": op, "path": "/policy", "value": document}]
        return apigateway.update_rest_api(restApiId=api, patchOperations=patches)

    elsewhere = statement("Deny", "*", Condition={"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}})
    change(policy(statement("Allow", "*"), elsewhere))
    # It is in force with the next deployment.
    assert curl(server, url)[0] == 200
    apigateway.create_deployment(restApiId=api, stageName="prod")
    status, body = curl(server, url)
    assert status == 403 and json.loads(body)["Message"].endswith("/prod/GET/a with an explicit deny")
    fails(lambda: change("{}"), "BadRequestException", "Invalid policy document.", status=400)
    assert "policy" not in change("")
    apigateway.create_deployment(restApiId=api, stageName="prod")
    assert curl(server, url, "-d", "x")[0] == 200


def test_policies_and_callers(server, function):
    """The tables of "How API Gateway resource policies affect authorization workflow", in one account."""
    name, key = user_key(server)
    user = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    api = deployed(server, function, kind="AWS_IAM", policy=policy(statement("Allow", {"AWS": user})))
    url = f"https://localhost:{server.https_port}/_aws/execute-api/{api}/prod/a"

    def signed(key):
        who = f"{key['AccessKeyId']}:{key['SecretAccessKey']}"
        done = run(["curl", "-sS", "--cacert", server.root_ca, "-o", "/dev/null", "-w", "%{http_code}",
                    "--aws-sigv4", f"aws:amz:{REGION}:execute-api", "--user", who, url])  # fmt: skip
        return int(done.stdout)

    assert curl(server, url)[0] == 403
    # The API's policy lets in whom their own policies do not.
    assert signed(key) == 200
    assert signed(user_key(server)[1]) == 403
    apigateway = server.client("apigateway")
    denial = policy(statement("Allow", "*"), statement("Deny", {"AWS": user}))
    patches = [{"op": "replace", "path": "/policy", "value": denial}]
    apigateway.update_rest_api(restApiId=api, patchOperations=patches)
    apigateway.create_deployment(restApiId=api, stageName="prod")
    assert signed(key) == 403 and signed(user_key(server)[1]) == 200
