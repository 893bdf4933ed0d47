"""Domain configurations: AWS IoT developer guide "Domain configurations", "Configuring TLS settings"."""

import ssl

import pytest
from lib import ACCOUNT, REGION, Ca, Raw, fails, pages, unique

ACM = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0f0e0d0c-0b0a-4900-8807-060504030201"


@pytest.fixture
def domain(iot):
    """Creates a configuration with a host name of its own; deletes it after the test."""
    made = []

    def make(**more):
        name = unique("domain")
        host = f"{name}.example.com"
        iot.create_domain_configuration(domainConfigurationName=name, domainName=host, serverCertificateArns=[ACM], **more)
        made.append(name)
        return name, host

    yield make
    for name in made:
        iot.update_domain_configuration(domainConfigurationName=name, domainConfigurationStatus="DISABLED")
        iot.delete_domain_configuration(domainConfigurationName=name)


def test_the_walkthrough(server):
    name = unique("myDomain")
    made = server.aws("iot", "create-domain-configuration", "--domain-configuration-name", name,
                      "--domain-name", f"{name}.example.com", "--server-certificate-arns", ACM,
                      "--service-type", "DATA")  # fmt: skip
    assert made["domainConfigurationArn"].startswith(f"arn:aws:iot:{REGION}:{ACCOUNT}:domainconfiguration/{name}/")
    got = server.aws("iot", "describe-domain-configuration", "--domain-configuration-name", name)
    assert got["domainName"] == f"{name.lower()}.example.com" and got["domainConfigurationStatus"] == "ENABLED"
    assert got["serverCertificates"][0]["serverCertificateArn"] == ACM
    assert got["domainType"] == "CUSTOMER_MANAGED" and got["serviceType"] == "DATA"
    delete = ("iot", "delete-domain-configuration", "--domain-configuration-name", name)
    assert "Cannot delete a domain configuration that is not disabled" in server.aws(*delete, check=False).stderr
    server.aws("iot", "update-domain-configuration", "--domain-configuration-name", name,
               "--domain-configuration-status", "DISABLED")  # fmt: skip
    server.aws(*delete)


def test_defaults_are_listed(iot):
    found, _ = pages(iot.list_domain_configurations, "domainConfigurations", token="marker", answer_token="nextMarker")
    names = {c["domainConfigurationName"]: c["serviceType"] for c in found}
    assert names["iot:Data-ATS"] == "DATA" and names["iot:Jobs"] == "JOBS"
    assert names["iot:CredentialProvider"] == "CREDENTIAL_PROVIDER"
    got = iot.describe_domain_configuration(domainConfigurationName="iot:Data-ATS")
    assert got["domainName"] == "localhost" and got["domainType"] == "ENDPOINT"


def test_refusals(iot, domain):
    name, host = domain()

    def create(name, **more):
        return lambda: iot.create_domain_configuration(domainConfigurationName=name, **more)

    taken = {"domainName": host, "serverCertificateArns": [ACM]}
    fails(create(name, **taken), "ResourceAlreadyExistsException", status=409)
    fails(create(unique("d"), **taken), "ResourceAlreadyExistsException", host)
    fails(create(unique("d"), domainName="x.example.com"), "InvalidRequestException", "serverCertificateArns")
    wrong = {"domainName": "x.example.com", "serverCertificateArns": [f"arn:aws:iam::{ACCOUNT}:server-certificate/x"]}
    fails(create(unique("d"), **wrong), "InvalidRequestException", "serverCertificateArns")
    fails(lambda: iot.update_domain_configuration(domainConfigurationName=name), "InvalidRequestException",
          "No arguments supplied to update")  # fmt: skip
    absent = unique("absent")
    fails(lambda: iot.describe_domain_configuration(domainConfigurationName=absent), "ResourceNotFoundException")
    fails(lambda: iot.delete_domain_configuration(domainConfigurationName=absent), "ResourceNotFoundException")


def test_its_name_is_the_endpoints_where_a_certificate_needs_that(server, iot, domain, tmp_path):
    """A certificate in SNI_ONLY mode gets in under the registered name, and only while that is enabled."""
    name, host = domain()
    device = Ca(tmp_path).device()
    made = iot.register_certificate_without_ca(certificatePem=device.pem, status="ACTIVE")
    policy = unique("policy")
    allow = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}'
    iot.create_policy(policyName=policy, policyDocument=allow)
    iot.attach_policy(policyName=policy, target=made["certificateArn"])

    def connects(server_name):
        with Raw("localhost", server.mqtt_port, server.root_ca, device, server_name=server_name, checked=False) as raw:
            return raw.connect(unique("client")) == 0

    assert connects("localhost") and connects(host) and connects(host.upper())
    assert not connects("other.example.com")
    iot.update_domain_configuration(domainConfigurationName=name, domainConfigurationStatus="DISABLED")
    assert not connects(host)
    iot.update_domain_configuration(domainConfigurationName=name, domainConfigurationStatus="ENABLED")
    assert connects(host)


@pytest.mark.parametrize(
    ("settings", "refused"),
    [
        ({"tlsConfig": {"securityPolicy": "IoTSecurityPolicy_TLS13_1_3_2022_10"}}, "TLSv1_2"),
        ({"tlsConfig": {"securityPolicy": "IoTSecurityPolicy_TLS12_1_2_2022_10"}}, "TLSv1_3"),
        ({"authenticationType": "CUSTOM_AUTH"}, None),
        ({"authenticationType": "AWS_SIGV4"}, None),
        ({"authenticationType": "AWS_X509"}, "nothing"),
        ({"applicationProtocol": "HTTPS"}, None),
        ({"applicationProtocol": "SECURE_MQTT"}, "nothing"),
    ],
)
def test_what_may_be_spoken_under_it(server, domain, tmp_path, settings, refused):
    """`refused` is the version of TLS with which MQTT by certificate is refused; None: with both."""
    _, host = domain(**settings)
    device = server.service_device(tmp_path)
    for version in ("TLSv1_2", "TLSv1_3"):
        with Raw("localhost", server.mqtt_port, server.root_ca, device, server_name=host, checked=False,
                 version=ssl.TLSVersion[version]) as raw:  # fmt: skip
            accepted = raw.connect(unique("client")) == 0
        assert accepted == (refused not in (None, version)), version
    if refused != "nothing":
        assert server.counter("domain-configuration") + server.counter("authorizer-unnamed") >= 1


def test_without_a_name_it_gets_one(iot):
    name = unique("managed")
    iot.create_domain_configuration(domainConfigurationName=name)
    got = iot.describe_domain_configuration(domainConfigurationName=name)
    assert got["domainType"] == "AWS_MANAGED" and got["domainName"].endswith(".localhost")
    iot.update_domain_configuration(domainConfigurationName=name, domainConfigurationStatus="DISABLED")
    iot.delete_domain_configuration(domainConfigurationName=name)


def test_what_cannot_be_kept_is_not_stored(iot, domain):
    name, _ = domain()
    staple = {"enableOCSPCheck": True}
    fails(lambda: iot.update_domain_configuration(domainConfigurationName=name, serverCertificateConfig=staple),
          "NotImplementedException", status=501)  # fmt: skip
    fails(lambda: iot.update_domain_configuration(domainConfigurationName="iot:Data-ATS", authenticationType="AWS_X509"),
          "NotImplementedException", status=501)  # fmt: skip
