"""Our own CA as an intermediate of the owner's, its rotation, and its export: openssl is the owner's PKI, curl a device."""

import json
import subprocess

import pytest
from lib import BIN, openssl, run


def ca(server, *words, check=True, **more):
    return run([BIN, "ca", *words, "--data-dir", server.data_dir], check=check, **more)


def listed(server):
    return json.loads(ca(server, "list", "--json").stdout)["deviceCas"]


@pytest.fixture
def pki(tmp_path):
    """The owner's root."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "root.key",
            "-out", "root.pem", "-subj", "/CN=Owner root", "-days", "3650", cwd=tmp_path)  # fmt: skip
    return tmp_path


def install(server, pki, *words):
    """What an owner does: request, signature, chain."""
    (pki / "own.csr").write_text(ca(server, "csr", "--subject", "/O=Owner/CN=Device CA", "--key", "ecdsa").stdout)
    openssl("x509", "-req", "-in", "own.csr", "-CA", "root.pem", "-CAkey", "root.key", "-days", "400",
            "-copy_extensions", "copy", "-out", "own.pem", cwd=pki)  # fmt: skip
    chain = pki / "chain.pem"
    chain.write_text((pki / "own.pem").read_text() + (pki / "root.pem").read_text())
    return ca(server, "install", chain, *words).stdout


def test_an_intermediate_of_the_owners_issues(make_server, pki):
    server = make_server()
    before = server.service_device(pki)
    [first] = listed(server)
    assert first["status"] == "ISSUING" and first["subject"].startswith("OU=Amazon Web Services")
    assert "ISSUING" in install(server, pki)
    own, old = listed(server)
    assert (own["status"], old["status"]) == ("ISSUING", "RETIRED")
    assert own["issuer"] == "CN=Owner root" and own["certificateChain"] == (pki / "root.pem").read_text()

    after = server.service_device(pki)
    (pki / "after.pem").write_text(after.cert.read_text())
    openssl("verify", "-CAfile", "root.pem", "-untrusted", "own.pem", "after.pem", cwd=pki)
    # Killed, and started again: both devices are known, and each CA answers for its own.
    server.process.kill()
    server.process.wait()
    server.start()
    for device in (before, after):
        server.pub(device, "hello/x", "Hello")
    iot = server.client("iot")
    for device in (before, after):
        iot.update_certificate(certificateId=device.id, newStatus="REVOKED")
    for owner, device in ((old, before), (own, after)):
        (pki / "ca.pem").write_text(owner["certificatePem"] + owner.get("certificateChain", ""))
        (pki / "issuer.pem").write_text(owner["certificatePem"])
        done = openssl("ocsp", "-issuer", "issuer.pem", "-CAfile", "ca.pem", "-cert", device.cert,
                       "-url", f"{server.api_url}/nameplate/pki/ocsp", cwd=pki)  # fmt: skip
        assert f"{device.cert}: revoked" in done.stdout
        path = f"{server.api_url}/nameplate/pki/{owner['certificateId']}.crl"
        run(["curl", "-sSf", "-o", pki / "ca.crl", path])
        refused = openssl("verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "ca.crl", device.cert, cwd=pki, check=False)
        assert "certificate revoked" in refused.stderr + refused.stdout
    assert server.get("/nameplate/pki/device-ca.pem") == (pki / "chain.pem").read_text()


def test_a_rotation_with_overlap(make_server, pki):
    server = make_server()
    assert "issues from 2027-06-01" in ca(server, "new", "--from", "2027-06-01", "--until", "2028-06-01").stdout
    first, later = listed(server)
    assert (first["status"], later["status"]) == ("ISSUING", "SCHEDULED")
    # Nobody follows it, so devices that renew run out with it.
    words = [BIN, "rehearse", "--years", "3", "--fleet", "50", "--over", "1", "--validity", "90", "--data-dir", server.data_dir]
    told = run(words, check=False)
    assert told.returncode == 1 and "2028-06-01  50 devices" in told.stdout and "[issuer-expired]" in told.stdout
    assert "issues from 2028-05-01" in ca(server, "new", "--from", "2028-05-01").stdout
    assert "Nobody would be locked out" in run(words).stdout
    assert "ISSUING" in ca(server, "issue", later["keyId"][:8]).stdout
    refused = ca(server, "rm", later["keyId"], check=False)
    assert refused.returncode == 1 and "let another take its turn first" in refused.stderr
    assert "ISSUING" in ca(server, "issue", first["certificateId"]).stdout
    device = server.service_device(pki)
    assert device.cert.exists()
    assert "removed" in ca(server, "rm", later["keyId"]).stdout
    refused = ca(server, "rm", first["keyId"], check=False)
    assert "certificates of this CA are in force" in refused.stderr


def test_export_and_what_is_refused(server, pki):
    [own] = [each for each in listed(server) if each["status"] == "ISSUING"]
    exported = ca(server, "export", own["certificateId"]).stdout
    assert exported == own["certificatePem"] and "PRIVATE" not in exported
    (pki / "pass").write_text("correct horse\n")
    words = ["export", own["certificateId"], "--with-key", "--passphrase-file", pki / "pass"]
    (pki / "out.pem").write_text(ca(server, *words).stdout)
    assert "BEGIN ENCRYPTED PRIVATE KEY" in (pki / "out.pem").read_text()
    public = openssl("pkey", "-in", "out.pem", "-passin", "file:pass", "-pubout", cwd=pki).stdout
    assert public == openssl("x509", "-in", "out.pem", "-noout", "-pubkey", cwd=pki).stdout
    (pki / "pass").write_text("short\n")
    assert "at least 12 bytes" in ca(server, *words, check=False).stderr
    assert ca(server, "install", pki / "root.pem", check=False).returncode == 1
    assert "no key of this server" in ca(server, "install", pki / "root.pem", check=False).stderr
    done = subprocess.run([BIN, "ca", "install", "-", "--data-dir", server.data_dir], input=b"junk", capture_output=True)
    assert done.returncode == 1 and b"no PEM block" in done.stderr
