"""Device certificates: AWS IoT developer guide "X.509 client certificates" and "Register a client certificate"."""

import base64
import hashlib

import pytest
from lib import ACCOUNT, ALLOW_ALL, REGION, Ca, Device, fails, new_key, openssl, pages, run, unique


def arn_of(certificate_id):
    return f"arn:aws:iot:{REGION}:{ACCOUNT}:cert/{certificate_id}"


def describe(iot, certificate_id):
    return iot.describe_certificate(certificateId=certificate_id)["certificateDescription"]


def digest(pem):
    body = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
    return hashlib.sha256(base64.b64decode(body)).hexdigest()


@pytest.fixture(scope="module")
def registered(server, tmp_path_factory):
    """A CA whose devices are registered by hand."""
    return Ca(tmp_path_factory.mktemp("ca")).register(server, auto=False)


def test_create_keys(iot, tmp_path):
    made = iot.create_keys_and_certificate()
    assert made["certificateArn"] == arn_of(made["certificateId"])
    assert made["certificateId"] == digest(made["certificatePem"])
    assert made["certificatePem"].endswith("-----END CERTIFICATE-----\n")
    assert made["keyPair"]["PrivateKey"].startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert made["keyPair"]["PublicKey"].startswith("-----BEGIN PUBLIC KEY-----\n")
    (tmp_path / "key").write_text(made["keyPair"]["PrivateKey"])
    (tmp_path / "crt").write_text(made["certificatePem"])
    public = openssl("rsa", "-in", tmp_path / "key", "-pubout").stdout
    assert public == openssl("x509", "-in", tmp_path / "crt", "-noout", "-pubkey").stdout
    assert public == made["keyPair"]["PublicKey"]
    printed = openssl("x509", "-in", tmp_path / "crt", "-noout", "-text").stdout
    assert "CN = AWS IoT Certificate" in printed
    assert "OU = Amazon Web Services O=Amazon.com Inc. L=Seattle ST=Washington C=US" in printed
    assert "Not After : Dec 31 23:59:59 2049 GMT" in printed
    assert "(2048 bit)" in printed
    described = describe(iot, made["certificateId"])
    assert described["status"] == "INACTIVE" and described["ownedBy"] == ACCOUNT
    assert described["certificatePem"] == made["certificatePem"]
    assert described["certificateMode"] == "DEFAULT" and described["customerVersion"] == 1
    assert described["creationDate"] and described["lastModifiedDate"] and described["generationId"]
    assert described["validity"]["notBefore"] < described["validity"]["notAfter"]
    assert "caCertificateId" not in described and described["transferData"] == {}
    assert describe(iot, iot.create_keys_and_certificate(setAsActive=True)["certificateId"])["status"] == "ACTIVE"


@pytest.mark.parametrize("kind", ["rsa", "ec", "p384", "p521"])
def test_create_from_csr(iot, server, tmp_path, kind):
    device = Device(tmp_path, unique("csr"))
    new_key(device.key, kind)
    csr = tmp_path / "csr"
    openssl("req", "-new", "-key", device.key, "-subj", "/C=DE/O=Acme/OU=a/OU=b/CN=my lamp", "-out", csr)
    made = iot.create_certificate_from_csr(certificateSigningRequest=csr.read_text(), setAsActive=True)
    assert made["certificateId"] == digest(made["certificatePem"]) and describe(iot, made["certificateId"])["status"] == "ACTIVE"
    device.cert.write_text(made["certificatePem"])
    device.chain.write_text(made["certificatePem"])
    printed = openssl("x509", "-in", device.cert, "-noout", "-subject").stdout
    for part in ("C = DE", "O = Acme", "OU = a", "OU = b", "CN = my lamp"):
        assert part in printed, printed
    again = iot.create_certificate_from_csr(certificateSigningRequest=csr.read_text())
    assert again["certificateId"] != made["certificateId"]
    policy = unique("policy")
    iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    iot.attach_policy(policyName=policy, target=made["certificateArn"])
    server.pub(device, "foo/bar", "Hello")


def test_csrs_that_are_refused(iot, tmp_path):
    key, csr = tmp_path / "key", tmp_path / "csr"
    fails(lambda: iot.create_certificate_from_csr(certificateSigningRequest="nonsense"), "InvalidRequestException",
          "CSR violates constraints", status=400)  # fmt: skip
    new_key(key, "rsa:1024")
    openssl("req", "-new", "-key", key, "-subj", "/CN=x", "-out", csr)
    fails(lambda: iot.create_certificate_from_csr(certificateSigningRequest=csr.read_text()), "InvalidRequestException",
          "CSR violates constraints")  # fmt: skip
    new_key(key, "ec")
    der = tmp_path / "der"
    openssl("req", "-new", "-key", key, "-subj", "/CN=x", "-outform", "DER", "-out", der)
    forged = bytearray(der.read_bytes())
    forged[forged.index(b"x", 10)] = ord("y")
    pem = "-----BEGIN CERTIFICATE REQUEST-----\n" + base64.encodebytes(bytes(forged)).decode() + "-----END CERTIFICATE REQUEST-----\n"
    fails(lambda: iot.create_certificate_from_csr(certificateSigningRequest=pem), "InvalidRequestException",
          "CSR violates constraints")  # fmt: skip


def test_other_dress_of_a_csr(iot, tmp_path):
    """Embedded clients send CR LF, an old header, a line too many."""
    key = tmp_path / "key"
    new_key(key, "ec")
    pem = openssl("req", "-new", "-key", key, "-subj", "/CN=x").stdout
    for dressed in (pem.replace("\n", "\r\n"), pem.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"), pem + "\n\n"):
        iot.create_certificate_from_csr(certificateSigningRequest=dressed)


def test_register(iot, registered):
    device = registered.device(kind="ec")
    made = iot.register_certificate(certificatePem=device.pem)
    assert made["certificateId"] == device.id and made["certificateArn"] == arn_of(device.id)
    described = describe(iot, device.id)
    assert described["status"] == "INACTIVE" and described["caCertificateId"] == registered.certificate_id
    assert described["certificateMode"] == "DEFAULT"
    answer = fails(lambda: iot.register_certificate(certificatePem=device.pem), "ResourceAlreadyExistsException", status=409)
    assert answer["resourceId"] == device.id and answer["resourceArn"] == arn_of(device.id)
    active = registered.device(kind="ec")
    iot.register_certificate(certificatePem=active.pem, setAsActive=True)
    assert describe(iot, active.id)["status"] == "ACTIVE"
    revoked = registered.device(kind="ec")
    iot.register_certificate(certificatePem=revoked.pem, caCertificatePem=registered.pem, status="REVOKED")
    assert describe(iot, revoked.id)["status"] == "REVOKED"


def test_register_reads_what_openssl_writes(iot, registered):
    device = registered.device(kind="ec")
    printed = run(["openssl", "x509", "-in", device.cert, "-text"]).stdout
    assert iot.register_certificate(certificatePem=printed)["certificateId"] == device.id


def test_register_refuses(iot, server, registered, tmp_path):
    stranger = Ca(tmp_path / "stranger").device(kind="ec")
    fails(lambda: iot.register_certificate(certificatePem=stranger.pem), "CertificateStateException",
          "No CA certificate exists for the given certificate", status=406)  # fmt: skip
    fails(lambda: iot.register_certificate(certificatePem="nonsense"), "CertificateValidationException", status=400)
    weak = registered.device(kind="rsa:1024")
    fails(lambda: iot.register_certificate(certificatePem=weak.pem), "CertificateValidationException", "1024")
    sha1 = registered.device(digest="sha1")
    fails(lambda: iot.register_certificate(certificatePem=sha1.pem), "CertificateValidationException")
    past = registered.device(kind="ec", dates=("20200101000000Z", "20210101000000Z"))
    fails(lambda: iot.register_certificate(certificatePem=past.pem), "CertificateValidationException")
    closed = Ca(tmp_path / "closed").register(server, active=False, auto=False)
    fails(lambda: iot.register_certificate(certificatePem=closed.device(kind="ec").pem), "CertificateStateException",
          "The CA certificate is not active")  # fmt: skip
    device = registered.device(kind="ec")
    fails(lambda: iot.register_certificate(certificatePem=device.pem, status="PENDING_ACTIVATION"),
          "CertificateStateException", "PENDING_ACTIVATION")  # fmt: skip


def test_two_cas_of_one_subject_need_the_pem(iot, server, tmp_path):
    cas = [Ca(tmp_path, subject="/CN=Twins").register(server) for _ in range(2)]
    device = cas[0].device(kind="ec")
    try:
        iot.register_certificate(certificatePem=device.pem)
    except iot.exceptions.CertificateConflictException as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 409
        iot.register_certificate(certificatePem=device.pem, caCertificatePem=cas[0].pem)
    assert describe(iot, device.id)["caCertificateId"] == cas[0].certificate_id


def test_register_without_ca(iot, server, tmp_path):
    device = Device(tmp_path, unique("own"))
    new_key(device.key, "ec")
    openssl("req", "-x509", "-new", "-key", device.key, "-days", "10", "-subj", "/CN=own", "-out", device.cert)
    device.chain.write_text(device.pem)
    made = iot.register_certificate_without_ca(certificatePem=device.pem)
    assert made["certificateId"] == device.id
    described = describe(iot, device.id)
    assert described["status"] == "INACTIVE" and described["certificateMode"] == "SNI_ONLY"
    assert "caCertificateId" not in described
    answer = fails(
        lambda: iot.register_certificate_without_ca(certificatePem=device.pem), "ResourceAlreadyExistsException"
    )
    assert answer["resourceId"] == device.id
    # It connects once it is ACTIVE, has a policy, and names the endpoint.
    iot.update_certificate(certificateId=device.id, newStatus="ACTIVE")
    policy = unique("policy")
    iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    iot.attach_policy(policyName=policy, target=made["certificateArn"])
    server.pub(device, "foo/bar", "Hello")
    with server.raw(device, server_name=None) as raw:
        assert raw.connect(unique()) == 5
    other = Ca(tmp_path / "any").device(kind="ec")
    iot.register_certificate_without_ca(certificatePem=other.pem, status="ACTIVE")
    assert describe(iot, other.id)["status"] == "ACTIVE"


def test_update(iot):
    made = iot.create_keys_and_certificate()
    certificate_id = made["certificateId"]
    for status in ("ACTIVE", "ACTIVE", "INACTIVE", "REVOKED"):
        iot.update_certificate(certificateId=certificate_id, newStatus=status)
        assert describe(iot, certificate_id)["status"] == status
    fails(lambda: iot.update_certificate(certificateId=certificate_id, newStatus="ACTIVE"), "CertificateStateException",
          "REVOKED", status=406)  # fmt: skip
    for status in ("PENDING_TRANSFER", "PENDING_ACTIVATION", "REGISTER_INACTIVE"):
        fails(lambda: iot.update_certificate(certificateId=certificate_id, newStatus=status), "InvalidRequestException")
    fails(lambda: iot.update_certificate(certificateId="0" * 64, newStatus="ACTIVE"), "ResourceNotFoundException",
          f"CertificateId {'0' * 64} does not exist", status=404)  # fmt: skip


def test_ids_are_read_as_aws_reads_them(iot, loose_iot):
    made = iot.create_keys_and_certificate()
    assert describe(iot, made["certificateId"].upper())["certificateId"] == made["certificateId"]
    fails(lambda: loose_iot.describe_certificate(certificateId="abc"), "InvalidRequestException", "'abc' at 'certificateId'")


def test_delete(iot):
    made = iot.create_keys_and_certificate(setAsActive=True)
    certificate_id, arn = made["certificateId"], made["certificateArn"]
    thing, policy = unique("lamp"), unique("policy")
    iot.create_thing(thingName=thing)
    iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    iot.attach_policy(policyName=policy, target=arn)
    iot.attach_thing_principal(thingName=thing, principal=arn)
    delete = lambda **more: iot.delete_certificate(certificateId=certificate_id, **more)  # noqa: E731
    fails(delete, "CertificateStateException",
          f"Certificate must be deactivated (not ACTIVE) before deletion. Id: {certificate_id}", status=406)  # fmt: skip
    fails(lambda: delete(forceDelete=True), "CertificateStateException")
    iot.update_certificate(certificateId=certificate_id, newStatus="INACTIVE")
    fails(lambda: delete(forceDelete=True), "DeleteConflictException",
          f"Things must be detached before deletion (arn: {arn})", status=409)  # fmt: skip
    iot.detach_thing_principal(thingName=thing, principal=arn)
    fails(delete, "DeleteConflictException", f"Certificate policies must be detached before deletion (arn: {arn})")
    delete(forceDelete=True)
    fails(delete, "ResourceNotFoundException", status=404)
    assert iot.list_targets_for_policy(policyName=policy)["targets"] == []
    iot.delete_policy(policyName=policy)


def test_lists(iot, server, tmp_path):
    ca = Ca(tmp_path).register(server)
    devices = [ca.device(kind="ec") for _ in range(5)]
    for device in devices:
        iot.register_certificate(certificatePem=device.pem, status="ACTIVE")
    ids = [device.id for device in devices]
    items, count = pages(iot.list_certificates_by_ca, "certificates", "marker", "nextMarker",
                         caCertificateId=ca.certificate_id, pageSize=2)  # fmt: skip
    assert sorted(c["certificateId"] for c in items) == sorted(ids) and count == 3
    assert items[0]["status"] == "ACTIVE" and items[0]["certificateArn"] == arn_of(items[0]["certificateId"])
    assert items[0]["certificateMode"] == "DEFAULT" and items[0]["creationDate"]
    up, _ = pages(iot.list_certificates, "certificates", "marker", "nextMarker", pageSize=250, ascendingOrder=True)
    up = [c["certificateId"] for c in up if c["certificateId"] in ids]
    assert up == ids, "oldest first"
    down, count = pages(iot.list_certificates, "certificates", "marker", "nextMarker", pageSize=3)
    assert [c["certificateId"] for c in down if c["certificateId"] in ids] == ids[::-1] and count > 1
    fails(lambda: iot.list_certificates(marker="Zm9yZ2Vk"), "InvalidRequestException")
