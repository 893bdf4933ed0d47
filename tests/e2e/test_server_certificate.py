"""A server certificate that its owner brings: `--tls-certificate` and `--tls-key`, read again when they change."""

import os
import shutil
import socket
import ssl
import subprocess

import pytest
from lib import BIN, DEADLINE, Raw, openssl, plain_env, run, unique, until


class Authority:
    """A root and an intermediate of the owner's own, and what they sign."""

    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()
        (directory / "ca.ext").write_text("basicConstraints=critical,CA:TRUE\n")
        self.root = self._ca("root", "/CN=Owner root", None)
        self.middle = self._ca("middle", "/CN=Owner intermediate", "root")

    def _ca(self, name, subject, issuer):
        self._request(name, subject, "rsa:2048")
        sign = ["-signkey", f"{name}.key"] if issuer is None else ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key",
                                                                    "-CAcreateserial"]  # fmt: skip
        openssl("x509", "-req", "-in", f"{name}.csr", *sign, "-days", "30", "-extfile", "ca.ext", "-out", f"{name}.pem",
                cwd=self.directory)  # fmt: skip
        return (self.directory / f"{name}.pem").read_text()

    def _request(self, name, subject, kind):
        algorithm = ["-newkey", kind] if kind.startswith("rsa") else ["-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{kind}"]
        openssl("req", "-new", *algorithm, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject,
                cwd=self.directory)  # fmt: skip

    def leaf(self, name, kind="P-256", hosts="DNS:localhost,IP:127.0.0.1", days=30, version_1=False):
        """PEM of certificate and key."""
        self._request(name, f"/CN={name}", kind)
        (self.directory / "leaf.ext").write_text(f"subjectAltName={hosts}\n")
        extension = [] if version_1 else ["-extfile", "leaf.ext"]
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "middle.pem", "-CAkey", "middle.key", "-CAcreateserial",
                "-days", str(days), *extension, "-out", f"{name}.pem", cwd=self.directory)  # fmt: skip
        return (self.directory / f"{name}.pem").read_text(), (self.directory / f"{name}.key").read_text()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("owner") / "ca")


class Files:
    def __init__(self, directory):
        self.certificate, self.key = directory / "server.pem", directory / "server.key"
        self.flags = ("--tls-certificate", self.certificate, "--tls-key", self.key)

    def write(self, certificate=None, key=None):
        for path, text in ((self.certificate, certificate), (self.key, key)):
            if text is not None:
                path.write_text(text)
        self.key.chmod(0o600)
        return self


def shown(server, cafile, port=None, name="localhost"):
    """Common name of what the server shows to a client that trusts these roots."""
    context = ssl.create_default_context(cafile=cafile)
    with socket.create_connection(("127.0.0.1", port or server.https_port), timeout=DEADLINE) as plain:
        with context.wrap_socket(plain, server_hostname=name) as tls:
            return dict(field[0] for field in tls.getpeercert()["subject"])["commonName"]


@pytest.mark.parametrize("kind", ["P-256", "P-384", "rsa:2048"])
def test_it_is_shown_on_every_port(make_server, authority, tmp_path, kind):
    """The chain is sent, and what is printed to trust the server by is its root."""
    name = unique("server")
    certificate, key = authority.leaf(name, kind)
    files = Files(tmp_path).write(certificate + authority.middle + authority.root, key)
    server = make_server(*files.flags)
    for port in (server.mqtt_port, server.https_port):
        assert shown(server, authority.directory / "root.pem", port) == name
        assert shown(server, server.root_ca, port) == name
    assert server.env["NAMEPLATE_ROOT_CA"] == server.root_ca
    for path in ("/vending/root-ca.pem", "/repository/AmazonRootCA1.pem"):
        fetched = run(["curl", "--silent", "--fail", "--cacert", authority.directory / "root.pem",
                       f"https://localhost:{server.https_port}{path}"]).stdout  # fmt: skip
        assert fetched.strip() == authority.root.strip()
    device = server.service_device(tmp_path)
    server.pub(device, "a", "Hello")
    # Without the flags it is as it was.
    server.stop()
    server.start("--log", "info")
    assert server.root_ca.endswith("/root-ca.pem") and shown(server, server.root_ca) == "localhost"


def test_it_is_read_again_when_it_changes(make_server, authority, tmp_path):
    """One after the other, as a script copies them; by a rename; and by a link that is pointed elsewhere."""
    first, second, third = (unique("server") for _ in range(3))
    files = Files(tmp_path).write(*authority.leaf(first))
    server = make_server(*files.flags)
    root = authority.directory / "chain.pem"
    root.write_text(authority.root + authority.middle)
    assert shown(server, root) == first
    device = server.service_device(tmp_path)
    with Raw("localhost", server.mqtt_port, root, device) as open_before:
        assert open_before.connect(unique()) == 0
        certificate, key = authority.leaf(second, "rsa:2048")
        # The certificate alone: the one before stays, and the log says so.
        files.write(certificate=certificate)
        until(lambda: "the certificate before stays in use" in server.log(), "the log says that they do not belong together")
        assert "has the private key of" in server.log()
        assert shown(server, root) == first
        files.write(key=key)
        until(lambda: shown(server, root) == second, "the second certificate is shown")
        # Half of a file, with the whole one behind it.
        files.write(certificate=certificate[: len(certificate) // 2])
        until(lambda: server.log().count("the certificate before stays in use") == 2, "half a file is told")
        assert shown(server, root) == second
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        for path, text in zip((files.certificate, files.key), authority.leaf(third), strict=True):
            (elsewhere / path.name).write_text(text)
            link = tmp_path / "link"
            link.symlink_to(elsewhere / path.name)
            os.replace(link, path)
        until(lambda: shown(server, root) == third, "the third certificate is shown")
        # Who is connected stays.
        assert open_before.ping()


def test_what_its_owner_is_told(make_server, authority, tmp_path):
    """An order that is put right, what does not belong there, a key that others may read, names, and the end."""
    name = unique("server")
    certificate, key = authority.leaf(name, hosts="DNS:*.example.com", days=3)
    stray, _ = authority.leaf(unique("stray"))
    files = Files(tmp_path).write(authority.middle + stray + certificate, key)
    files.key.chmod(0o644)
    server = make_server(*files.flags)
    assert shown(server, authority.directory / "root.pem", name="iot.example.com") == name
    log = server.log()
    for told in ("mode 0644", "are not sent: ", "clients must have the certificate of", "in 2 days",
                 "is for *.example.com, and not for --endpoint-host localhost"):  # fmt: skip
        assert told in log, (told, log)
    assert "PRIVATE KEY" not in log


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("no file", "cannot be read"),
        ("another key", "none of its certificates has the private key of"),
        ("no key", "there is no private key in PEM"),
        ("encrypted", "the private key is encrypted"),
        ("no certificate", "there is no certificate in PEM"),
        ("half", "PEM"),
    ],
)
def test_it_does_not_start_with_what_cannot_be_used(authority, tmp_path, broken, words):
    certificate, key = authority.leaf(unique("server"))
    files = Files(tmp_path).write(certificate, key)
    if broken == "no file":
        files.certificate.unlink()
    elif broken == "another key":
        files.write(key=authority.leaf(unique("other"))[1])
    elif broken == "no key":
        files.write(key=certificate)
    elif broken == "encrypted":
        secret = tmp_path / "plain.key"
        shutil.copy(files.key, secret)
        openssl("pkcs8", "-topk8", "-in", secret, "-passout", "pass:x", "-out", files.key)
    elif broken == "no certificate":
        files.write(certificate="nothing\n")
    elif broken == "half":
        files.write(certificate=certificate[:200])
    done = run([BIN, "serve", "--data-dir", tmp_path / "data", "--api", "127.0.0.1:0", "--mqtt", "127.0.0.1:0",
                "--https", "127.0.0.1:0", *files.flags], check=False, env=plain_env())  # fmt: skip
    assert done.returncode == 1 and words in done.stderr and str(tmp_path) in done.stderr, done.stderr
    # Nothing was made.
    assert not (tmp_path / "data").exists()


def test_one_flag_without_the_other(tmp_path):
    for flag, other in (("--tls-certificate", "--tls-key"), ("--tls-key", "--tls-certificate")):
        done = subprocess.run([BIN, "serve", "--data-dir", tmp_path / "data", flag, "x.pem"], capture_output=True, text=True,
                              env=plain_env())  # fmt: skip
        assert done.returncode == 2 and f"{flag}: {other} is needed with it" in done.stderr, done.stderr
