"""Devices that must not get in: the right word to the device, a record with the reason, everyone else unharmed.

Decision table of AWS IoT developer guide, "Just-in-time provisioning" and "Deactivate a CA certificate".
"""

import datetime
import json
import ssl

import pytest
from lib import Ca, Device, jitp_role, new_key, openssl, template, unique


def refused(server, device, code, **options):
    """The device's connection ends with CONNACK 5 and the record says why; the record."""
    done = server.pub(device, "foo/bar", "Hello", check=False, **options)
    assert "received CONNACK (5)" in done.stdout, done.stdout + done.stderr
    return server.explained(device.id, code)


def status_of(server, device):
    iot = server.client("iot")
    try:
        return iot.describe_certificate(certificateId=device.id)["certificateDescription"]["status"]
    except iot.exceptions.ResourceNotFoundException:
        return None


def asn1(days):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return when.strftime("%Y%m%d%H%M%SZ")


# What the template needs and the certificate or registry does not give.


def test_missing_subject_field(server, ca, role):
    ca.register(server, template(parameters=["AWS::IoT::Certificate::Country"]), role)
    device = ca.device("/O=Acme/CN={}")
    record = refused(server, device, "provisioning-parameter-missing")
    assert "AWS::IoT::Certificate::Country" in record["reason"]
    assert "CommonName" in record["reason"], "the fields found are listed"
    assert status_of(server, device) == "PENDING_ACTIVATION"


def test_a_name_that_is_no_thing_name(server, ca, role):
    ca.register(server, template(), role)
    device = ca.device("/CN=my lamp ü", kind="ec")
    record = refused(server, device, "provisioning-thing-name-invalid")
    assert "my lamp" in record["reason"] and "[a-zA-Z0-9:_-]+" in record["reason"]


def test_role_without_permissions(server, ca):
    role = jitp_role(server, policies=())
    ca.register(server, template(), role)
    device = ca.device(kind="ec")
    done = server.pub(device, "foo/bar", "Hello", check=False)
    assert "received CONNACK (5)" in done.stdout
    record = server.attempts(device.id)[0]
    assert record["code"].startswith("provisioning-")
    assert "iot:CreateThing" in record["reason"] and role in record["reason"]
    # Nothing stays but the certificate, and the next connection after the repair is provisioned.
    assert status_of(server, device) == "PENDING_ACTIVATION"
    server.client("iam").attach_role_policy(
        RoleName=role.rsplit("/", 1)[1],
        PolicyArn="arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration",
    )
    server.pub(device, "foo/bar", "Hello")


def test_role_that_iot_may_not_assume(server, ca):
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    role = jitp_role(server, trust=json.dumps(trust))
    ca.register(server, template(), role)
    device = ca.device(kind="ec")
    record = refused(server, device, "provisioning-no-role")
    assert role in record["reason"] and "iot.amazonaws.com" in record["reason"]


def test_role_that_is_gone(server, ca):
    role = jitp_role(server)
    ca.register(server, template(), role)
    name = role.rsplit("/", 1)[1]
    iam = server.client("iam")
    iam.detach_role_policy(
        RoleName=name, PolicyArn="arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration"
    )
    iam.delete_role(RoleName=name)
    refused(server, ca.device(kind="ec"), "provisioning-no-role")


def test_missing_policy(server, ca, role):
    ca.register(server, template(policy_name=unique("NotThere")), role)
    refused(server, ca.device(kind="ec"), "provisioning-policy-absent")


def test_missing_thing_type(server, ca, role):
    ca.register(server, template(ThingTypeName=unique("NotThere")), role)
    refused(server, ca.device(kind="ec"), "provisioning-thing-type-absent")


def test_conflicting_thing(server, ca, role):
    ca.register(server, template(attributes={"version": "v1"}), role)
    name = unique("lamp")
    server.client("iot").create_thing(thingName=name, attributePayload={"attributes": {"version": "v0"}})
    device = ca.device(f"/CN={name}", kind="ec")
    record = refused(server, device, "provisioning-attributes-differ")
    assert "v0" in record["reason"] and "v1" in record["reason"]
    thing = server.client("iot").describe_thing(thingName=name)
    assert thing["version"] == 1 and thing["attributes"] == {"version": "v0"}


def test_provisioned_but_the_policy_refuses(server, ca, role):
    policy = unique("narrow")
    server.client("iot").create_policy(
        policyName=policy,
        policyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Action": "iot:Connect",
                    "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}",
                },
            }
        ),
    )
    ca.register(server, template(policy_name=policy), role)
    device = ca.device(kind="ec")
    record = refused(server, device, "policy-denied", client_id="another")
    assert "iot:Connect" in record["reason"] and "another" in record["reason"]
    assert status_of(server, device) == "ACTIVE"
    with server.raw(device) as raw:
        assert raw.connect(device.name) == 0


def test_template_of_a_disabled_name(server, ca, role):
    name = unique("t")
    iot = server.client("iot")
    iot.create_provisioning_template(
        templateName=name, templateBody=json.dumps(template()), provisioningRoleArn=role, type="JITP", enabled=False
    )
    ca.register(server, name)
    device = ca.device(kind="ec")
    record = refused(server, device, "provisioning-no-template")
    assert "disabled" in record["reason"]
    iot.update_provisioning_template(templateName=name, enabled=True)
    server.pub(device, "foo/bar", "Hello")


# Certificates that are not accepted.


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(-10, -1, "certificate-expired"), (1, 10, "certificate-not-yet-valid")],
)
def test_outside_its_validity(server, ca, role, first, last, code):
    ca.register(server, template(), role)
    device = ca.device(kind="ec", dates=(asn1(first), asn1(last)))
    refused(server, device, code)
    assert status_of(server, device) is None, "never registered"


# OpenSSL's own level keeps clients from using such keys and signatures; a device would not mind.
ANYTHING = "DEFAULT@SECLEVEL=0"


def test_weak_key(server, ca, role):
    ca.register(server, template(), role)
    device = ca.device(kind="rsa:1024")
    # A signature of such a key cannot be verified, so the handshake itself ends, and says why.
    with pytest.raises(ssl.SSLError), server.raw(device, ciphers=ANYTHING) as raw:
        raw.send(b"")
        if raw.connect("weak") is None:
            raise ssl.SSLError("closed")
    record = server.explained(device.id, "certificate-weak-key")
    assert "1024" in record["reason"]
    assert status_of(server, device) is None


def test_weak_signature(server, ca, role):
    ca.register(server, template(), role)
    device = ca.device(digest="sha1")
    with server.raw(device, ciphers=ANYTHING) as raw:
        assert raw.connect("weak") == 5
    server.explained(device.id, "certificate-weak-signature")
    assert status_of(server, device) is None


def test_self_signed(server, tmp_path):
    device = Device(tmp_path, unique("own"))
    new_key(device.key, "ec")
    openssl("req", "-x509", "-new", "-key", device.key, "-days", "10", "-subj", "/CN=own", "-out", device.cert)
    device.chain.write_text(device.pem)
    refused(server, device, "certificate-self-signed")


def test_a_self_made_certificate_pushes_no_records_out(make_server, tmp_path, ca):
    server = make_server("--attempts", "100")
    ca.register(server, template(), jitp_role(server), auto=False)
    honest = ca.device()
    refused(server, honest, "auto-registration-disabled")
    stranger = Device(tmp_path, unique("own"))
    new_key(stranger.key, "ec")
    openssl("req", "-x509", "-new", "-key", stranger.key, "-days", "10", "-subj", "/CN=own", "-out", stranger.cert)
    stranger.chain.write_text(stranger.pem)
    for n in range(150):
        with server.raw(stranger) as raw:
            assert raw.connect(f"stranger-{n}") == 5
    server.explained(honest.id, "auto-registration-disabled")
    # What repeats is one record with a count, of the newest.
    newest = server.attempts(stranger.id)[0]
    assert newest["count"] == 140 and newest["code"] == "certificate-self-signed", newest


def test_unknown_ca(server, ca):
    device = ca.device(kind="ec")
    record = refused(server, device, "ca-unknown")
    assert "CN=" in record["reason"], "the issuer is named"
    assert status_of(server, device) is None


def test_signed_by_somebody_who_uses_the_cas_name(server, tmp_path, role):
    real = Ca(tmp_path / "real", subject="/CN=Acme devices").register(server, template(), role)
    forged = Ca(tmp_path / "forged", subject="/CN=Acme devices")
    device = forged.device(kind="ec", present="leaf")
    refused(server, device, "certificate-signature")
    server.pub(real.device(kind="ec", present="leaf"), "foo/bar", "Hello")


def test_the_ca_itself_as_device(server, tmp_path, role):
    ca = Ca(tmp_path / "ca").register(server, template(), role)
    device = Device(tmp_path, "ca-as-device")
    device.cert.write_text(ca.pem)
    device.chain.write_text(ca.pem)
    device.key.write_bytes(ca.key.read_bytes())
    done = server.pub(device, "foo/bar", "Hello", check=False)
    assert done.returncode != 0
    server.explained(device.id, "ca-as-device")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"newStatus": "INACTIVE"}, "ca-inactive"),
        ({"newAutoRegistrationStatus": "DISABLE"}, "auto-registration-disabled"),
    ],
)
def test_a_ca_that_takes_nobody_new(server, ca, role, change, code):
    """Who is known keeps working (AWS guide: deactivate-ca-cert)."""
    ca.register(server, template(), role)
    known = ca.device(kind="ec")
    server.pub(known, "foo/bar", "Hello")
    server.client("iot").update_ca_certificate(certificateId=ca.certificate_id, **change)
    record = refused(server, ca.device(kind="ec"), code)
    assert ca.certificate_id in record["reason"]
    server.pub(known, "foo/bar", "Hello")


@pytest.mark.parametrize(
    ("status", "code"), [("INACTIVE", "certificate-inactive"), ("REVOKED", "certificate-revoked")]
)
def test_locked_out_by_its_owner(server, ca, role, status, code):
    """A certificate that is not ACTIVE is never provisioned again."""
    ca.register(server, template(), role)
    device = ca.device(kind="ec")
    server.pub(device, "foo/bar", "Hello")
    server.client("iot").update_certificate(certificateId=device.id, newStatus=status)
    refused(server, device, code)
    assert status_of(server, device) == status


def test_active_without_a_policy(server, tmp_path):
    device = server.service_device(tmp_path, policy=None)
    refused(server, device, "no-policy")


def test_in_aws_form_refusals_say_nothing(make_server, tmp_path):
    server = make_server("--refusals", "aws")
    device = server.service_device(tmp_path, policy=None)
    done = server.pub(device, "foo/bar", "Hello", check=False)
    assert done.returncode != 0 and "CONNACK" not in done.stdout
    server.explained(device.id, "no-policy")


def test_sni_only_needs_the_name(server, tmp_path, role):
    ca = Ca(tmp_path / "ca").register(server, template(), role, mode="SNI_ONLY")
    device = ca.device(kind="ec")
    with server.raw(device, server_name=None) as raw:
        assert raw.connect("sni") == 5
    server.explained(device.id, "server-name")
    server.pub(device, "foo/bar", "Hello")


def test_others_are_not_disturbed(server, ca, tmp_path):
    """A hundred refused connections beside one that publishes."""
    from concurrent.futures import ThreadPoolExecutor

    stranger = ca.device(kind="ec")
    good = server.service_device(tmp_path)

    def knock(_):
        with server.raw(stranger) as raw:
            return raw.connect("stranger")

    with server.subscriber(good, "steady/#") as subscriber, ThreadPoolExecutor(8) as pool:
        answers = pool.map(knock, range(100))
        for n in range(3):
            server.pub(good, f"steady/{n}", "x")
        assert set(answers) == {5}
        subscriber.wait_for(3)
