"""Certificates for names of the owner's own, imported into ACM. AWS: ACM user guide "Importing certificates", IoT developer
guide "Domain configurations"."""

import base64
import json
import socket
import sqlite3
import ssl

import paho.mqtt.client as mqtt
import pytest
from lib import ACCOUNT, DEADLINE, REGION, Raw, fails, pages, run, unique, until
from test_apigateway import HANDLER, curl
from test_apigateway_domains import deployed, function_of
from test_server_certificate import Authority, shown


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("owner") / "ca")


@pytest.fixture
def acm(server):
    return server.client("acm")


def brought(authority, host, **how):
    """What an import brings of a certificate for this host."""
    certificate, key = authority.leaf(unique("server"), hosts=f"DNS:{host}", **how)
    return {"Certificate": certificate, "PrivateKey": key, "CertificateChain": authority.middle}


def named(server, arn, host):
    """The name of a domain configuration for this host with this certificate."""
    name = unique("domain")
    server.client("iot").create_domain_configuration(
        domainConfigurationName=name, domainName=host, serverCertificateArns=[arn]
    )
    return name


def root(authority):
    return str(authority.directory / "root.pem")


def test_devices_see_it_under_its_name(server, authority, tmp_path):
    """Imported with the command line; MQTT on both ports, publishing over HTTPS; other names stay as they were."""
    host = f"{unique('iot')}.example.com"
    certificate, key = authority.leaf(unique("server"), hosts=f"DNS:{host}")
    for name, text in (("server.pem", certificate), ("server.key", key), ("chain.pem", authority.middle)):
        (tmp_path / name).write_text(text)
    arn = server.aws("acm", "import-certificate", "--certificate", "fileb://server.pem", "--private-key",
                     "fileb://server.key", "--certificate-chain", "fileb://chain.pem", "--tags", "Key=fleet,Value=a",
                     cwd=tmp_path)["CertificateArn"]  # fmt: skip
    assert arn.startswith(f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/")
    name = named(server, arn, host)
    told = server.aws("iot", "describe-domain-configuration", "--domain-configuration-name", name)
    assert told["serverCertificates"] == [{"serverCertificateArn": arn, "serverCertificateStatus": "VALID"}]
    device = server.service_device(tmp_path)

    class Dialled(mqtt.Client):
        """A client whose name server knows the name."""

        def _create_socket_connection(self):
            return socket.create_connection(("127.0.0.1", self._port), timeout=DEADLINE)

    for port, alpn in ((server.mqtt_port, None), (server.https_port, "x-amzn-mqtt-ca")):
        context = ssl.create_default_context(cafile=root(authority))
        context.load_cert_chain(device.cert, device.key)
        if alpn:
            context.set_alpn_protocols([alpn])
        client = Dialled(mqtt.CallbackAPIVersion.VERSION2, client_id=unique("client"))
        client.tls_set_context(context)
        connected = []
        client.on_connect = lambda *answer, heard=connected: heard.append(answer[3])
        client.connect(host, port)
        client.loop_start()
        until(lambda heard=connected: heard, "it is connected")
        assert connected[0] == 0
        client.publish("a", "b", qos=1).wait_for_publish(DEADLINE)
        client.disconnect()
        client.loop_stop()
    published = run(["curl", "--silent", "--fail", "--cacert", root(authority), "--cert", device.cert, "--key", device.key,
                     "--connect-to", f"{host}::127.0.0.1:{server.https_port}", "--data", "x",
                     f"https://{host}:8443/topics/a?qos=1"])  # fmt: skip
    assert json.loads(published.stdout)["message"] == "OK"
    # Both versions of TLS, and once more by a ticket.
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context(cafile=root(authority))
        context.minimum_version = context.maximum_version = version
        with socket.create_connection(("127.0.0.1", server.https_port), timeout=DEADLINE) as plain:
            with context.wrap_socket(plain, server_hostname=host) as tls:
                assert tls.version() == version.name.replace("_", ".")
    with pytest.raises(ssl.SSLError):
        shown(server, root(authority))
    assert shown(server, server.root_ca) == "localhost"
    with Raw("localhost", server.mqtt_port, server.root_ca, device) as raw:
        assert raw.connect(unique("client")) == 0


def test_another_takes_its_place_at_once(make_server, authority, tmp_path):
    """Imported again under its ARN; kept over a kill and a restart; and gone with the domain configuration."""
    server = make_server()
    acm, iot = server.client("acm"), server.client("iot")
    host = f"{unique('iot')}.example.com"
    first, second = (brought(authority, host) for _ in range(2))
    arn = acm.import_certificate(**first)["CertificateArn"]
    name = named(server, arn, host)
    before = shown(server, root(authority), name=host)
    assert acm.import_certificate(CertificateArn=arn, **second)["CertificateArn"] == arn
    after = shown(server, root(authority), name=host)
    assert after != before and shown(server, root(authority), port=server.mqtt_port, name=host) == after
    server.kill()
    server.start()
    acm, iot = server.client("acm"), server.client("iot")
    assert shown(server, root(authority), name=host) == after
    got = acm.get_certificate(CertificateArn=arn)
    assert got["Certificate"] == second["Certificate"] and got["CertificateChain"] == authority.middle
    fails(lambda: acm.delete_certificate(CertificateArn=arn), "ResourceInUseException", "is in use")
    iot.update_domain_configuration(domainConfigurationName=name, domainConfigurationStatus="DISABLED")
    with pytest.raises(ssl.SSLError):
        shown(server, root(authority), name=host)
    iot.delete_domain_configuration(domainConfigurationName=name)
    acm.delete_certificate(CertificateArn=arn)
    fails(lambda: acm.describe_certificate(CertificateArn=arn), "ResourceNotFoundException", arn)


def test_the_database_alone_gives_no_key_away(make_server, authority):
    server = make_server()
    new = brought(authority, "iot.example.com")
    arn = server.client("acm").import_certificate(**new)["CertificateArn"]
    server.stop()
    lines = new["PrivateKey"].splitlines()[1:-1]
    # Of the PKCS#8 of a key for P-256, the secret itself; what follows it is the public key, which the certificate has, too.
    secret = base64.b64decode("".join(lines))[36:68]
    for path in server.data_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert secret not in content and lines[0].encode() not in content, path
    database = sqlite3.connect(server.data_dir / "nameplate.db")
    [(kept,)] = database.execute("SELECT id FROM acm_certificate").fetchall()
    assert arn.endswith(kept)
    assert lines[0] not in server.log()


def test_what_is_told_of_it(acm, authority):
    """Members and forms as the service's recorded answers have them."""
    host = f"{unique('iot')}.example.com"
    new = brought(authority, host, kind="rsa:2048")
    arn = acm.import_certificate(**new, Tags=[{"Key": "Environment", "Value": "QA"}, {"Key": "KeyOnly"}])["CertificateArn"]
    told = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert told["DomainName"].startswith("server") and host in told["SubjectAlternativeNames"]
    assert (told["KeyAlgorithm"], told["SignatureAlgorithm"]) == ("RSA-2048", "SHA256WITHRSA")
    assert (told["Status"], told["Type"], told["Issuer"]) == ("ISSUED", "IMPORTED", "Owner intermediate")
    assert told["Options"]["CertificateTransparencyLoggingPreference"] == "DISABLED"
    assert told["ImportedAt"] == told["CreatedAt"] and told["NotBefore"] < told["NotAfter"]
    listed, _ = pages(acm.list_certificates, "CertificateSummaryList", token="NextToken", MaxItems=1)
    [summary] = [one for one in listed if one["CertificateArn"] == arn]
    assert summary["SubjectAlternativeNameSummaries"] == told["SubjectAlternativeNames"] and not summary["InUse"]
    tags = {tag["Key"]: tag.get("Value") for tag in acm.list_tags_for_certificate(CertificateArn=arn)["Tags"]}
    assert tags == {"Environment": "QA", "KeyOnly": None}
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=[{"Key": "Environment", "Value": "Prod"}])
    acm.remove_tags_from_certificate(CertificateArn=arn, Tags=[{"Key": "KeyOnly"}, {"Key": "Environment", "Value": "QA"}])
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "Environment", "Value": "Prod"}]
    acm.tag_resource(ResourceArn=arn, Tags=[{"Key": "More", "Value": "x"}])
    acm.untag_resource(ResourceArn=arn, TagKeys=["Environment"])
    assert acm.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "More", "Value": "x"}]
    acm.delete_certificate(CertificateArn=arn)


def test_what_is_refused(acm, server, authority, tmp_path):
    new = brought(authority, "iot.example.com")
    other = brought(authority, "iot.example.com")

    def importing(**changed):
        return lambda: acm.import_certificate(**{**new, **changed})

    refused = "ValidationException"
    fails(importing(PrivateKey=other["PrivateKey"]), refused, "private key does not belong")
    fails(importing(CertificateChain=other["Certificate"]), refused, "Could not validate the certificate with")
    both = new["Certificate"] + authority.middle
    fails(importing(Certificate=both), refused, "more than one certificate")
    fails(importing(Certificate="x"), refused, "no PEM block")
    fails(importing(PrivateKey=new["Certificate"]), refused, "no private key in PEM")
    over = brought(authority, "iot.example.com", days=-1)
    fails(lambda: acm.import_certificate(**over), refused, "has expired")
    absent = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/00000000-0000-0000-0000-000000000000"
    fails(importing(CertificateArn=absent), "ResourceNotFoundException", absent)
    fails(lambda: acm.request_certificate(DomainName="iot.example.com"), "NotImplementedException", status=501)
    # A certificate for one name is none for another.
    arn = acm.import_certificate(**new)["CertificateArn"]
    iot = server.client("iot")
    wrong = {"domainName": "other.example.com", "serverCertificateArns": [arn]}
    fails(lambda: iot.create_domain_configuration(domainConfigurationName=unique("d"), **wrong),
          "CertificateValidationException", "and not for other.example.com")  # fmt: skip


def test_a_device_that_dials_another_name_than_it_has(make_server, authority, tmp_path):
    """The certificate is another's by now: the record of the attempt says so."""
    server = make_server()
    acm, iot = server.client("acm"), server.client("iot")
    arn = acm.import_certificate(**brought(authority, "iot.example.com"))["CertificateArn"]
    name = named(server, arn, "iot.example.com")
    acm.import_certificate(CertificateArn=arn, **brought(authority, "new.example.com"))
    told = iot.describe_domain_configuration(domainConfigurationName=name)["serverCertificates"][0]
    assert told["serverCertificateStatus"] == "INVALID" and "for new.example.com" in told["serverCertificateStatusDetail"]
    with pytest.raises(ssl.SSLError):
        shown(server, root(authority), port=server.mqtt_port, name="iot.example.com")
    words = "whose certificate in ACM is for new.example.com"
    until(lambda: any(words in record["reason"] for record in server.attempts("127.0.0.1")), "the record says so")


def test_an_api_under_its_name(server, acm, authority):
    """A custom domain name of API Gateway, exact and with a wildcard, over TLS with the owner's certificate."""
    function = function_of(server, HANDLER)
    api = deployed(server, function)
    apigateway = server.client("apigateway")
    below = f"{unique('apis')}.example.com"
    for domain, host in ((f"api.{below}", f"api.{below}"), (f"*.{below}", f"a.{below}")):
        arn = acm.import_certificate(**brought(authority, domain))["CertificateArn"]
        apigateway.create_domain_name(
            domainName=domain, regionalCertificateArn=arn, endpointConfiguration={"types": ["REGIONAL"]}
        )
        apigateway.create_base_path_mapping(domainName=domain, restApiId=api, stage="prod")
        used = acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"]
        assert used == [f"arn:aws:apigateway:{REGION}::/domainnames/{domain}"]
        status, body = curl(server, f"https://{host}:{server.https_port}/x", "--cacert", root(authority), "--resolve",
                            f"{host}:{server.https_port}:127.0.0.1")  # fmt: skip
        assert status == 200 and json.loads(body)["path"].endswith("/x"), body
        fails(lambda arn=arn: acm.delete_certificate(CertificateArn=arn), "ResourceInUseException")
        apigateway.delete_domain_name(domainName=domain)
        acm.delete_certificate(CertificateArn=arn)
