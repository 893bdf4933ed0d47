"""Enrollment over Secure Transport (RFC 7030): curl and openssl are the device."""

import json
from types import SimpleNamespace

import pytest
from lib import ALLOW_ALL, BIN, Device, jitp_role, openssl, run, unique

TEMPLATE = json.dumps({
    "Parameters": {"serialNumber": {"Type": "String"}, "AWS::IoT::Certificate::Id": {"Type": "String"}},
    "Resources": {
        "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "serialNumber"}}},
        "certificate": {
            "Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
        },
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": ALLOW_ALL}},
    },
})  # fmt: skip


@pytest.fixture
def est(server, tmp_path):
    """A batch with two devices, and curl as one of them."""
    batch = unique("batch")
    document = {"templateBody": TEMPLATE, "roleArn": jitp_role(server), "proof": "token"}
    (tmp_path / "batch.json").write_text(json.dumps(document))
    serial = unique("sn")
    (tmp_path / "list.csv").write_text(f"serialNumber,token\n{serial},one-time\n")
    where = ["--data-dir", server.data_dir]
    run([BIN, "vending", "batch", "create", batch, "--file", tmp_path / "batch.json", *where])
    run([BIN, "vending", "import", tmp_path / "list.csv", "--batch", batch, *where])

    def curl(operation, *words):
        url = f"https://localhost:{server.https_port}/.well-known/est/{operation}"
        done = run(["curl", "-sS", "--cacert", server.root_ca, "-w", "\n%{http_code}", *words, url], cwd=tmp_path)
        text, status = done.stdout.rsplit("\n", 1)
        return int(status), text

    return SimpleNamespace(curl=curl, serial=serial, batch=batch, directory=tmp_path)


def certificates(directory, text):
    """PEM of what a certs-only message holds, as a client takes it apart."""
    (directory / "answer.b64").write_text(text)
    openssl("base64", "-d", "-in", "answer.b64", "-out", "answer.p7", cwd=directory)
    printed = openssl("pkcs7", "-inform", "DER", "-in", "answer.p7", "-print_certs", cwd=directory).stdout
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    return [f"{begin}{each.split(end)[0]}{end}\n" for each in printed.split(begin)[1:]]


def request(directory, name, subject, form="base64"):
    """A key and a request for it, in the file that curl sends."""
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
            "-subj", f"/CN={subject}", "-outform", "PEM" if form == "pem" else "DER", "-out", f"{name}.csr",
            cwd=directory)  # fmt: skip
    if form == "base64":
        openssl("base64", "-in", f"{name}.csr", "-out", f"{name}.b64", cwd=directory)
        return f"{name}.b64"
    return f"{name}.csr"


def sent(file):
    return ["-H", "Content-Type: application/pkcs10", "-H", "Content-Transfer-Encoding: base64", "--data-binary", f"@{file}"]


def test_a_devices_life_over_est(server, est):
    status, text = est.curl("cacerts")
    found = certificates(est.directory, text)
    assert status == 200 and len(found) >= 3
    (est.directory / "anchors.pem").write_text("".join(found))
    status, text = est.curl("csrattrs")
    assert status == 200
    (est.directory / "attributes").write_text(text)
    openssl("base64", "-d", "-in", "attributes", "-out", "attributes.der", cwd=est.directory)
    assert "prime256v1" in openssl("asn1parse", "-inform", "DER", "-in", "attributes.der", cwd=est.directory).stdout

    # As `tedge cert download` asks: the device's id and its one-time password, and base64 of the request.
    file = request(est.directory, "first", est.serial)
    assert est.curl("simpleenroll", *sent(file))[0] == 401
    assert est.curl("simpleenroll", "-u", f"{est.serial}:wrong", *sent(file))[0] == 401
    status, text = est.curl("simpleenroll", "-u", f"{est.serial}:one-time", *sent(file))
    assert status == 200, text
    [first] = certificates(est.directory, text)
    device = Device(est.directory, "first")
    device.cert.write_text(first)
    device.chain.write_text(first)
    # Trusting by what cacerts answered alone, the server and the certificate.
    openssl("verify", "-CAfile", "anchors.pem", device.cert, cwd=est.directory)
    run(["curl", "-sSf", "--cacert", est.directory / "anchors.pem", "-o", "/dev/null",
         f"https://localhost:{server.https_port}/.well-known/est/cacerts"])  # fmt: skip
    server.pub(device, "hello/x", "Hello")

    # As `tedge cert renew` asks: under the certificate, with its subject.
    mutual = ["--cert", device.cert, "--key", device.key]
    stranger = request(est.directory, "stranger", "somebody-else", "der")
    assert est.curl("simplereenroll", *mutual, *sent(stranger))[0] == 400
    file = request(est.directory, "second", est.serial, "der")
    assert est.curl("simplereenroll", *sent(file))[0] == 403
    status, text = est.curl("simplereenroll", *mutual, *sent(file))
    assert status == 200, text
    [second] = certificates(est.directory, text)
    renewed = Device(est.directory, "second")
    renewed.cert.write_text(second)
    renewed.chain.write_text(second)
    server.pub(device, "hello/x", "Hello")
    server.pub(renewed, "hello/x", "Hello")
    assert "CONNACK (5)" in server.pub(device, "hello/x", "Hello", check=False).stdout
    assert est.curl("simplereenroll", *mutual, *sent(file))[0] == 403
    things = server.client("iot").list_principal_things(principal=arn(server, renewed))["things"]
    assert things == [est.serial]
    assert server.attempts(renewed.id)[-1]["code"] == "certificate-renewed"


def arn(server, device):
    described = server.client("iot").describe_certificate(certificateId=device.id)
    return described["certificateDescription"]["certificateArn"]


def test_what_est_refuses(server, est):
    file = request(est.directory, "other", est.serial, "pem")
    status, text = est.curl(f"{unique('no')}/simpleenroll", "-u", f"{est.serial}:one-time", *sent(file))
    assert status == 401, text
    status, text = est.curl("serverkeygen", *sent(file))
    assert status == 501 and "serverkeygen" in text
    status, text = est.curl("simpleenroll", "-u", f"{est.serial}:one-time", "-d", "nonsense")
    assert status == 400, text
    plain = run(["curl", "-sS", "-w", "%{http_code}", f"{server.api_url}/.well-known/est/cacerts"]).stdout
    assert plain.endswith("403")
    # A label names the batch, and PEM is taken as well.
    status, text = est.curl(f"{est.batch}/simpleenroll", "-u", f"{est.serial}:one-time", *sent(file))
    assert status == 200 and len(certificates(est.directory, text)) == 1
