"""Certificates over the years: revocation lists of the owner's CA and of ours, with openssl as the CA and as the client of
OCSP."""

import base64
import http.server
import json
import threading
from types import SimpleNamespace

import pytest
from lib import ALLOW_ALL, BIN, Ca, openssl, run, unique

DATABASE = """
[ca]
default_ca = own
[own]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 30
"""


def revocation_list(ca, *revoked):
    """A list as the owner makes one: `openssl ca -gencrl`. Each is later than the one before."""
    directory = ca.directory
    config = directory / "ca.cnf"
    if not config.exists():
        config.write_text(DATABASE)
        (directory / "index.txt").write_text("")
        (directory / "crlnumber").write_text("01\n")
    words = ["ca", "-config", config, "-cert", ca.cert, "-keyfile", ca.key]
    for device in revoked:
        openssl(*words, "-revoke", device.cert, "-crl_reason", "keyCompromise", cwd=directory)
    path = directory / "list.crl"
    openssl(*words, "-gencrl", "-out", path, cwd=directory)
    return path


def command(server, *words, check=True):
    return run([BIN, "revocation", *words, "--data-dir", server.data_dir], check=check)


@pytest.fixture
def owned(server, tmp_path):
    """A registered CA of the owner's, and two devices of it."""
    ca = Ca(tmp_path / "ca")
    iot = server.client("iot")
    made = iot.register_ca_certificate(caCertificate=ca.pem, certificateMode="SNI_ONLY", setAsActive=True)
    policy = unique("policy")
    iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    devices = [ca.device() for _ in range(2)]
    for device in devices:
        registered = iot.register_certificate(certificatePem=device.pem, caCertificatePem=ca.pem, status="ACTIVE")
        iot.attach_policy(policyName=policy, target=registered["certificateArn"])
    return SimpleNamespace(ca=ca, id=made["certificateId"], devices=devices)


def test_a_list_that_is_handed_in_ends_connections(server, owned):
    revoked, good = owned.devices
    with server.subscriber(revoked, "x") as subscriber:
        told = command(server, "put", owned.id, revocation_list(owned.ca, revoked)).stdout
        assert "with 1 certificates" in told
        subscriber.wait_closed()
    server.pub(good, "hello/x", "Hello")
    assert "CONNACK (5)" in server.pub(revoked, "hello/x", "Hello", check=False).stdout
    record = server.attempts(revoked.id)[0]
    assert record["code"] == "certificate-on-revocation-list" and "keyCompromise" in record["reason"]
    forged = revocation_list(Ca(owned.ca.directory / "other", subject="/CN=other"))
    refused = command(server, "put", owned.id, forged, check=False)
    assert refused.returncode == 1 and "is of" in refused.stderr
    command(server, "rm", owned.id)
    server.pub(revoked, "hello/x", "Hello")


def test_a_list_is_fetched(server, owned):
    revoked, good = owned.devices
    path = revocation_list(owned.ca, revoked)

    class Publisher(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(path.read_bytes())

        def log_message(self, *_):
            pass

    publisher = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=publisher.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{publisher.server_port}/ca.crl"
    command(server, "fetch", owned.id, url)
    publisher.shutdown()
    assert "CONNACK (5)" in server.pub(revoked, "hello/x", "Hello", check=False).stdout
    shown = json.loads(command(server, "list", "--json").stdout)["revocationLists"]
    assert [each["url"] for each in shown if each["certificateId"] == owned.id] == [url]
    command(server, "stale", owned.id, "refuse")
    server.pub(good, "hello/x", "Hello")
    command(server, "rm", owned.id)


def test_our_own_list_and_ocsp(server, tmp_path):
    iot = server.client("iot")
    good, revoked = (server.service_device(tmp_path) for _ in range(2))
    iot.update_certificate(certificateId=revoked.id, newStatus="REVOKED")
    pki = f"{server.api_url}/nameplate/pki"
    (tmp_path / "ca.pem").write_text(server.get("/nameplate/pki/device-ca.pem"))
    run(["curl", "-sSf", "-o", tmp_path / "ca.crl", f"{pki}/device-ca.crl"])
    check = ["verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "ca.crl"]
    openssl(*check, good.cert, cwd=tmp_path)
    refused = openssl(*check, revoked.cert, cwd=tmp_path, check=False)
    assert "certificate revoked" in refused.stderr + refused.stdout

    def status(device, *more):
        return openssl("ocsp", "-issuer", "ca.pem", "-CAfile", "ca.pem", "-cert", device.cert, "-url", f"{pki}/ocsp", *more,
                       cwd=tmp_path)  # fmt: skip

    for device, word in [(good, "good"), (revoked, "revoked")]:
        done = status(device)
        assert f"{device.cert}: {word}" in done.stdout, done.stdout
        assert "Response verify OK" in done.stderr and "WARNING" not in done.stderr, done.stderr
    assert "good" in openssl("ocsp", "-sha256", "-issuer", "ca.pem", "-CAfile", "ca.pem", "-cert", good.cert,
                             "-url", f"{pki}/ocsp", cwd=tmp_path).stdout  # fmt: skip
    # In the path of a GET, as caches like it; another CA's certificate; and no request at all.
    openssl("ocsp", "-issuer", "ca.pem", "-cert", good.cert, "-no_nonce", "-reqout", "request", cwd=tmp_path)
    request = base64.b64encode((tmp_path / "request").read_bytes()).decode().replace("/", "%2F").replace("+", "%2B")
    run(["curl", "-sSf", "-o", tmp_path / "answer", f"{pki}/ocsp/{request}"])
    done = openssl("ocsp", "-respin", "answer", "-issuer", "ca.pem", "-CAfile", "ca.pem", "-cert", good.cert, cwd=tmp_path)
    assert "good" in done.stdout
    other = Ca(tmp_path / "other")
    done = openssl("ocsp", "-issuer", other.cert, "-cert", other.cert, "-url", f"{pki}/ocsp", check=False)
    assert "unauthorized" in (done.stdout + done.stderr).lower()
    code = run(["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "x" * 20000, f"{pki}/ocsp"]).stdout
    assert code == "413"
