"""Validation of client certificates by a function: AWS IoT developer guide "Custom client certificate validation"."""

import pytest
from lib import ACCOUNT, REGION, Raw, unique
from test_domains import ACM
from test_functions import TRUST, zipped

# It finds the id in the certificate itself, to see that both tell of one certificate.
VALIDATE = """
import hashlib, os, ssl
def handler(event, context):
    leaf = ssl.PEM_cert_to_DER_cert(event["clientCertificateChain"][0])
    if hashlib.sha256(leaf).hexdigest() != event["principalId"]:
        raise ValueError("the chain is of another certificate")
    print("asked about", event["principalId"], "at", event["serverName"])
    return {"isAuthenticated": event["principalId"] != os.environ.get("REVOKED")}
"""


@pytest.fixture
def validated(server):
    """A domain configuration whose certificates a function validates; its host name and the function's."""
    name = unique("validate")
    role = server.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    functions, iot = server.client("lambda"), server.client("iot")
    arn = functions.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": zipped(app_py=VALIDATE)}
    )["FunctionArn"]  # fmt: skip
    functions.add_permission(
        FunctionName=name, StatementId="iot", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com",
        SourceArn=f"arn:aws:iot:{REGION}:{ACCOUNT}:domainconfiguration/{name}/*",
    )  # fmt: skip
    host = f"{name}.example.com"
    iot.create_domain_configuration(
        domainConfigurationName=name, domainName=host, serverCertificateArns=[ACM], authenticationType="AWS_X509",
        clientCertificateConfig={"clientCertificateCallbackArn": arn},
    )  # fmt: skip
    yield host, name
    iot.update_domain_configuration(domainConfigurationName=name, domainConfigurationStatus="DISABLED")
    iot.delete_domain_configuration(domainConfigurationName=name)


def test_a_revoked_certificate_is_refused(server, validated, tmp_path):
    host, function = validated
    device = server.service_device(tmp_path)

    def connects(name=host):
        with Raw("localhost", server.mqtt_port, server.root_ca, device, server_name=name, checked=False) as raw:
            return raw.connect(unique("client")) == 0

    assert connects()
    functions = server.client("lambda")
    functions.update_function_configuration(FunctionName=function, Environment={"Variables": {"REVOKED": device.id}})
    assert not connects()
    server.explained(device.id, "callback-denied")
    # The function is the configuration's, not the endpoint's.
    assert connects("localhost")
    functions.remove_permission(FunctionName=function, StatementId="iot")
    assert not connects()
    assert "add-permission" in str(server.explained(device.id, "callback-not-permitted", more=2))
