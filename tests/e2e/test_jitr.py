"""Just-in-time registration with code in the loop: event, topic rule, function, as on AWS.

AWS IoT developer guide: "Just-in-time registration" (auto-register-device-cert); AWS's example deviceActivation.
"""

import json

import pytest
from lib import ACCOUNT, REGION, Ca, unique
from test_functions import TRUST, zipped

# In the order of AWS's example: the policy is attached, then the certificate activated.
ACTIVATE = """
    import json, os, boto3
    iot = boto3.client("iot", region_name=os.environ["AWS_REGION"])

    def handler(event, context):
        certificate_id = event["certificateId"]
        arn = f"arn:aws:iot:{os.environ['AWS_REGION']}:{event['awsAccountId']}:cert/{certificate_id}"
        policy = f"Policy_{certificate_id}"
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
        try:
            iot.create_policy(policyName=policy, policyDocument=json.dumps(document))
        except iot.exceptions.ResourceAlreadyExistsException:
            pass
        iot.attach_principal_policy(policyName=policy, principal=arn)
        iot.update_certificate(certificateId=certificate_id, newStatus="ACTIVE")
        print("activated", certificate_id)
"""
# As other samples do it: active first, then thing and policy.
ACTIVATE_FIRST = """
    import json, boto3

    def handler(event, context):
        iot = boto3.client("iot")
        certificate_id = event["certificateId"]
        iot.update_certificate(certificateId=certificate_id, newStatus="ACTIVE")
        described = iot.describe_certificate(certificateId=certificate_id)["certificateDescription"]
        thing = f"jitr-{certificate_id[:16]}"
        iot.create_thing(thingName=thing, attributePayload={"attributes": {}, "merge": False})
        iot.attach_thing_principal(thingName=thing, principal=described["certificateArn"])
        document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
        iot.create_policy(policyName=certificate_id, policyDocument=json.dumps(document))
        iot.attach_policy(policyName=certificate_id, target=described["certificateArn"])
"""


def flow(server, code):
    """Role, function, rule and permission, set up as the guide does; the rule's name and the function's."""
    iam, functions, iot = server.client("iam"), server.client("lambda"), server.client("iot")
    role = iam.create_role(RoleName=unique("jitr"), AssumeRolePolicyDocument=TRUST)["Role"]
    iam.attach_role_policy(RoleName=role["RoleName"], PolicyArn="arn:aws:iam::aws:policy/AWSIoTFullAccess")
    name = unique("activate")
    arn = functions.create_function(
        FunctionName=name, Runtime="python3.12", Role=role["Arn"], Handler="app.handler", Timeout=30,
        Code={"ZipFile": zipped(app_py=code)},
    )["FunctionArn"]  # fmt: skip
    rule = unique("jitr").replace("-", "_")
    iot.create_topic_rule(
        ruleName=rule,
        topicRulePayload={
            "sql": "SELECT * FROM '$aws/events/certificates/registered/#' WHERE certificateStatus = \"PENDING_ACTIVATION\"",
            "actions": [{"lambda": {"functionArn": arn}}],
            "ruleDisabled": False,
            "awsIotSqlVersion": "2016-03-23",
        },
    )
    functions.add_permission(
        FunctionName=name, StatementId="rule", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com",
        SourceArn=f"arn:aws:iot:{REGION}:{ACCOUNT}:rule/{rule}", SourceAccount=ACCOUNT,
    )  # fmt: skip
    return rule, name


@pytest.mark.parametrize("code", [ACTIVATE, ACTIVATE_FIRST], ids=["policy first", "active first"])
def test_a_function_activates_a_device_while_it_waits(make_server, tmp_path, code):
    server = make_server()
    flow(server, code)
    ca = Ca(tmp_path / "ca")
    ca.register(server)
    device = ca.device()
    done = server.pub(device, "hello/x", "first", client_id="lamp")
    assert done.returncode == 0, (done.stderr, server.log())
    described = server.client("iot").describe_certificate(certificateId=device.id)
    assert described["certificateDescription"]["status"] == "ACTIVE"
    # It comes back as a known one.
    assert server.pub(device, "hello/x", "second", client_id="lamp").returncode == 0


def test_why_nobody_activated_a_device_is_told(make_server, tmp_path):
    server = make_server("--jitr-wait", "3")
    rule, function = flow(server, "def handler(event, context):\n    print('looking')\n    raise Exception('not on the list')\n")
    server.client("lambda").put_function_event_invoke_config(FunctionName=function, MaximumRetryAttempts=0)
    ca = Ca(tmp_path / "ca")
    ca.register(server)
    device = ca.device()
    assert server.pub(device, "hello/x", "first", client_id="lamp", check=False).returncode != 0
    told = server.explained(device.id, "activation-timeout")
    text = json.dumps(told)
    for word in (rule, function, "not on the list"):
        assert word in text, text


def test_a_rule_that_may_not_invoke_is_told(make_server, tmp_path):
    server = make_server("--jitr-wait", "4")
    rule, function = flow(server, ACTIVATE)
    server.client("lambda").remove_permission(FunctionName=function, StatementId="rule")
    ca = Ca(tmp_path / "ca")
    ca.register(server)
    device = ca.device()
    assert server.pub(device, "hello/x", "first", client_id="lamp", check=False).returncode != 0
    text = json.dumps(server.explained(device.id, "activation-timeout"))
    for word in (rule, function, "add-permission"):
        assert word in text, text
