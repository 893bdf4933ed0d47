"""CA certificates: AWS IoT developer guide "Register your CA certificate" and "Manage your CA certificates"."""

import json

import pytest
from lib import ACCOUNT, REGION, Ca, fails, new_key, openssl, pages, template, unique


def describe(iot, ca):
    return iot.describe_ca_certificate(certificateId=ca.certificate_id)


def code(iot):
    return iot.get_registration_code()["registrationCode"]


def test_registration_code(make_server):
    iot = make_server().client("iot")
    fails(lambda: iot.delete_registration_code(), "ResourceNotFoundException")
    first = code(iot)
    assert len(first) == 64 and int(first, 16) and code(iot) == first
    iot.delete_registration_code()
    assert code(iot) != first


@pytest.mark.parametrize("kind", ["rsa", "ec", "p384"])
def test_register(iot, server, tmp_path, kind):
    ca = Ca(tmp_path, kind=kind)
    made = iot.register_ca_certificate(caCertificate=ca.pem, verificationCertificate=ca.verification(code(iot)))
    assert made["certificateId"] == ca.id
    assert made["certificateArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:cacert/{ca.id}"
    ca.certificate_id = ca.id
    answer = describe(iot, ca)
    assert "registrationConfig" not in answer
    described = answer["certificateDescription"]
    assert described["status"] == "INACTIVE" and described["autoRegistrationStatus"] == "DISABLE"
    assert described["certificateMode"] == "DEFAULT" and described["ownedBy"] == ACCOUNT
    assert described["certificatePem"] == ca.pem and described["customerVersion"] == 1
    assert described["validity"]["notBefore"] < described["validity"]["notAfter"]
    assert described["creationDate"] and described["lastModifiedDate"] and described["generationId"]
    again = fails(
        lambda: iot.register_ca_certificate(caCertificate=ca.pem, verificationCertificate=ca.verification(code(iot))),
        "ResourceAlreadyExistsException", status=409,
    )  # fmt: skip
    assert again["resourceId"] == ca.id and again["resourceArn"] == made["certificateArn"]


def test_register_active_with_a_template(iot, server, ca, role):
    ca.register(server, template(), role)
    answer = describe(iot, ca)
    assert answer["certificateDescription"]["status"] == "ACTIVE"
    assert answer["certificateDescription"]["autoRegistrationStatus"] == "ENABLE"
    assert answer["registrationConfig"] == {"templateBody": json.dumps(template()), "roleArn": role}


def test_register_by_the_name_of_a_template(iot, server, ca, role, tmp_path):
    name = unique("jitp")
    iot.create_provisioning_template(
        templateName=name, templateBody=json.dumps(template()), provisioningRoleArn=role, type="JITP"
    )
    ca.register(server, name)
    assert describe(iot, ca)["registrationConfig"] == {"templateName": name}
    listed = iot.list_ca_certificates(templateName=name)["certificates"]
    assert [c["certificateId"] for c in listed] == [ca.certificate_id]
    server.pub(ca.device(kind="ec"), "foo/bar", "Hello")
    fails(lambda: iot.delete_provisioning_template(templateName=name), "DeleteConflictException", ca.certificate_id)
    other = Ca(tmp_path / "other")
    fails(lambda: other.register(server, unique("absent")), "ResourceNotFoundException")
    fleet = unique("fleet")
    iot.create_provisioning_template(
        templateName=fleet, templateBody=json.dumps(template()), provisioningRoleArn=role
    )
    fails(lambda: other.register(server, fleet), "InvalidRequestException", "JITP")


def test_the_verification_certificate(iot, tmp_path):
    ca, other = Ca(tmp_path / "a"), Ca(tmp_path / "b")
    register = lambda **more: iot.register_ca_certificate(caCertificate=ca.pem, **more)  # noqa: E731
    fails(register, "InvalidRequestException",
          "Need to provide verification certificate for registering CA Certificates in DEFAULT mode")  # fmt: skip
    wrong_code = ca.verification("0" * 64)
    answer = fails(lambda: register(verificationCertificate=wrong_code), "RegistrationCodeValidationException", status=400)
    assert "0" * 64 in answer["Error"]["Message"], "the CN found"
    by_other = other.verification(code(iot))
    fails(lambda: register(verificationCertificate=by_other), "CertificateValidationException", status=400)
    fails(lambda: register(verificationCertificate="nonsense"), "CertificateValidationException")
    # Of the right name, but signed by another key.
    twin = Ca(tmp_path / "c", subject=openssl("x509", "-in", ca.cert, "-noout", "-subject", "-nameopt", "compat")
              .stdout.strip().removeprefix("subject=").strip())  # fmt: skip
    fails(lambda: register(verificationCertificate=twin.verification(code(iot))), "CertificateValidationException",
          "The signature of the certificate failed verification against the provided CA certificate")  # fmt: skip


def test_sni_only(iot, server, tmp_path):
    ca = Ca(tmp_path)
    fails(
        lambda: iot.register_ca_certificate(
            caCertificate=ca.pem, certificateMode="SNI_ONLY", verificationCertificate=ca.verification(code(iot))
        ),
        "InvalidRequestException",
        "Cannot provide verification certificate for registering CA Certificates in SNI_ONLY mode",
    )
    ca.register(server, mode="SNI_ONLY")
    assert describe(iot, ca)["certificateDescription"]["certificateMode"] == "SNI_ONLY"
    device = ca.device(kind="ec")
    iot.register_certificate(certificatePem=device.pem)
    described = iot.describe_certificate(certificateId=device.id)["certificateDescription"]
    assert described["certificateMode"] == "SNI_ONLY", "a device's mode is its CA's"


def test_what_is_no_ca(iot, tmp_path):
    leaf = Ca(tmp_path / "a").device()
    fails(lambda: iot.register_ca_certificate(caCertificate="nonsense", verificationCertificate="x"),
          "CertificateValidationException")  # fmt: skip
    key, cert = tmp_path / "key", tmp_path / "crt"
    new_key(key, "ec")
    (tmp_path / "plain.cnf").write_text("[req]\ndistinguished_name=d\nprompt=no\nx509_extensions=e\n[d]\nCN=x\n[e]\nsubjectKeyIdentifier=hash\n")
    openssl("req", "-x509", "-new", "-key", key, "-days", "10", "-config", tmp_path / "plain.cnf", "-out", cert)
    for pem in (leaf.pem, cert.read_text()):
        fails(lambda: iot.register_ca_certificate(caCertificate=pem, verificationCertificate=leaf.pem),
              "CertificateValidationException", "CA")  # fmt: skip


@pytest.mark.parametrize(
    "config",
    [
        {"templateBody": json.dumps(template())},
        {"roleArn": "arn:aws:iam::123456789012:role/x"},
        {"templateName": "x", "templateBody": json.dumps(template()), "roleArn": "arn:aws:iam::123456789012:role/x"},
        {"templateBody": "not json", "roleArn": "arn:aws:iam::123456789012:role/x"},
        {"templateBody": json.dumps(json.dumps(template())), "roleArn": "arn:aws:iam::123456789012:role/x"},
    ],
)
def test_registration_configs_that_are_refused(iot, ca, config):
    fails(
        lambda: iot.register_ca_certificate(
            caCertificate=ca.pem, verificationCertificate=ca.verification(code(iot)), registrationConfig=config
        ),
        "InvalidRequestException",
    )


def test_update(iot, server, ca, role):
    ca.register(server, active=False, auto=False)
    update = lambda **change: iot.update_ca_certificate(certificateId=ca.certificate_id, **change)  # noqa: E731
    update(newStatus="ACTIVE", newAutoRegistrationStatus="ENABLE")
    described = describe(iot, ca)["certificateDescription"]
    assert (described["status"], described["autoRegistrationStatus"]) == ("ACTIVE", "ENABLE")
    body = json.dumps(template())
    update(registrationConfig={"templateBody": body, "roleArn": role})
    assert describe(iot, ca)["registrationConfig"]["templateBody"] == body
    update(removeAutoRegistration=True, newAutoRegistrationStatus="DISABLE")
    answer = describe(iot, ca)
    assert not answer.get("registrationConfig")
    assert answer["certificateDescription"]["autoRegistrationStatus"] == "DISABLE"
    absent = "0" * 64
    fails(lambda: iot.update_ca_certificate(certificateId=absent, newStatus="ACTIVE"), "ResourceNotFoundException")
    fails(lambda: iot.describe_ca_certificate(certificateId=absent), "ResourceNotFoundException",
          "Requested CA Certificate does not exist.")  # fmt: skip
    fails(lambda: update(registrationConfig={"templateBody": "{}", "roleArn": role}), "InvalidRequestException")


def test_a_new_template_is_for_devices_to_come(iot, server, ca, role):
    ca.register(server, template(attributes={"version": "v1"}), role)
    first, second = ca.device(kind="ec"), ca.device(kind="ec")
    server.pub(first, "foo/bar", "Hello")
    iot.update_ca_certificate(
        certificateId=ca.certificate_id,
        registrationConfig={"templateBody": json.dumps(template(attributes={"version": "v2"})), "roleArn": role},
    )
    for device in (first, second):
        server.pub(device, "foo/bar", "Hello")
    assert iot.describe_thing(thingName=first.name)["attributes"] == {"version": "v1"}
    assert iot.describe_thing(thingName=second.name)["attributes"] == {"version": "v2"}


def test_delete(iot, server, ca, role):
    ca.register(server, template(), role)
    device = ca.device(kind="ec")
    server.pub(device, "foo/bar", "Hello")
    fails(lambda: iot.delete_ca_certificate(certificateId=ca.certificate_id), "CertificateStateException",
          f"CA Certificate must be deactivated (not ACTIVE) before deletion. Id: {ca.certificate_id}", status=406)  # fmt: skip
    iot.update_ca_certificate(certificateId=ca.certificate_id, newStatus="INACTIVE")
    iot.delete_ca_certificate(certificateId=ca.certificate_id)
    fails(lambda: iot.delete_ca_certificate(certificateId=ca.certificate_id), "ResourceNotFoundException")
    # Its devices stay and keep working.
    server.pub(device, "foo/bar", "Hello")
    assert "CONNACK (5)" in server.pub(ca.device(kind="ec"), "foo/bar", "x", check=False).stdout


def test_ten_of_one_subject(iot, server, tmp_path):
    subject = f"/CN={unique('crowd')}"
    for _ in range(10):
        Ca(tmp_path, subject=subject, kind="ec").register(server)
    fails(lambda: Ca(tmp_path, subject=subject, kind="ec").register(server), "LimitExceededException", status=410)


def test_list(iot, server, tmp_path):
    made = [Ca(tmp_path, kind="ec").register(server).certificate_id for _ in range(4)]
    items, count = pages(iot.list_ca_certificates, "certificates", "marker", "nextMarker", pageSize=2)
    listed = [c["certificateId"] for c in items]
    assert set(made) <= set(listed) and len(listed) == len(set(listed)) and count >= 2
    one = next(c for c in items if c["certificateId"] == made[0])
    assert one["status"] == "ACTIVE" and one["creationDate"]
    assert one["certificateArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:cacert/{made[0]}"
    up, _ = pages(iot.list_ca_certificates, "certificates", "marker", "nextMarker", pageSize=250, ascendingOrder=True)
    down, _ = pages(iot.list_ca_certificates, "certificates", "marker", "nextMarker", pageSize=250)
    assert [c["certificateId"] for c in up] == [c["certificateId"] for c in down][::-1]
