"""A rehearsal held against what comes to pass: a fleet is rehearsed, and then lives through the same weeks on a clock that is
moved. The days on which it was told that devices would be locked out are the days on which they are."""

import base64
import collections
import datetime
import os
import socket
import ssl
import sys
import urllib.error
import urllib.request

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from lib import ALLOW_ALL, BIN, DEADLINE, ROOT

sys.path.insert(0, str(ROOT / "packaging" / "python"))
from nameplate_server import start  # noqa: E402

DAY = 24 * 3600 * 1000
#: Devices connect every five days, and renew when they find less than three days left.
EVERY, BEFORE = 5 * DAY, 3 * DAY
#: Our own CA ends on this day, and nobody follows it.
CA_DAYS = 38


def spread(number):
    """The numbers by which a rehearsal spreads its devices (SplitMix64)."""
    mask = 2**64 - 1
    mixed = (number + 1) * 0x9E3779B97F4A7C15 & mask
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & mask
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & mask
    return mixed ^ mixed >> 31


def midnight(at):
    return at // DAY * DAY


def date(at):
    return datetime.datetime.fromtimestamp(at / 1000, datetime.timezone.utc)


class Device:
    """One that renews over EST, as thin-edge does."""

    def __init__(self, server, folder, name):
        self.server, self.name = server, name
        self.certificate, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.locked_out = None

    def request(self):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        return x509.CertificateSigningRequestBuilder().subject_name(subject).sign(self.private, hashes.SHA256())

    def keep(self, certificate):
        self.end = int(certificate.not_valid_after_utc.timestamp() * 1000)
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        self.key.write_bytes(self.private.private_bytes(serialization.Encoding.PEM, *plain))
        self.tls = ssl.create_default_context(cafile=self.server.root_ca)
        self.tls.load_cert_chain(self.certificate, self.key)

    def gets_in(self):
        name = self.name.encode()
        connect = b"\x00\x04MQTT\x04\x02\x00\x3c\x00" + bytes([len(name)]) + name
        with socket.create_connection(("localhost", self.server.mqtt_port), DEADLINE) as plain:
            try:
                with self.tls.wrap_socket(plain, server_hostname="localhost") as connection:
                    connection.sendall(b"\x10" + bytes([len(connect)]) + connect)
                    return connection.recv(4) == b"\x20\x02\x00\x00"
            except ssl.SSLError:
                return False

    def renew(self):
        """Whether it has been given a successor, which it connects with."""
        old = self.private
        self.private = ec.generate_private_key(ec.SECP256R1())
        url = f"https://localhost:{self.server.https_port}/.well-known/est/simplereenroll"
        body = base64.b64encode(self.request().public_bytes(serialization.Encoding.DER))
        asked = urllib.request.Request(url, body, {"Content-Type": "application/pkcs10"})
        try:
            answer = urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.tls)
            ).open(asked, timeout=DEADLINE)
        except urllib.error.HTTPError:
            self.private = old
            return False
        [successor] = pkcs7.load_der_pkcs7_certificates(base64.b64decode(answer.read()))
        self.keep(successor)
        assert self.gets_in()
        return True


@pytest.fixture
def nameplate(tmp_path):
    os.environ["NAMEPLATE_BIN"] = str(BIN)
    try:
        with start("--device-certificate-days", "20", directory=tmp_path / "data") as server:
            yield server
            assert "panicked" not in server.log(), server.log()
    finally:
        del os.environ["NAMEPLATE_BIN"]


def fleet(nameplate, folder, now):
    """A dozen devices: in the order in which their certificates are registered."""
    iot = nameplate.client("iot")
    iot.create_policy(policyName="all", policyDocument=ALLOW_ALL)
    devices = []

    def registered(device, made, certificate, thing=True):
        iot.attach_policy(policyName="all", target=made["certificateArn"])
        if thing:
            iot.create_thing(thingName=device.name)
            iot.attach_thing_principal(thingName=device.name, principal=made["certificateArn"])
        device.keep(certificate)
        devices.append(device)

    for number in range(5):
        device = Device(nameplate, folder, f"own-{number}")
        csr = device.request().public_bytes(serialization.Encoding.PEM).decode()
        made = iot.create_certificate_from_csr(certificateSigningRequest=csr, setAsActive=True)
        certificate = x509.load_pem_x509_certificate(made["certificatePem"].encode())
        # The last of them belongs to nothing, and nobody renews it.
        registered(device, made, certificate, thing=number < 4)
    for name, days, tags in [
        ("plain", 9, {}),
        ("tagged", 8, {"nameplate:validity-days": "12", "nameplate:renew-expired-days": "6"}),
    ]:
        ca = nameplate.certificate_authority(f"{name} CA")
        arn = ca.register()["certificateArn"]
        iot.tag_resource(resourceArn=arn, tags=[{"Key": key, "Value": value} for key, value in tags.items()])
        for number in range(4):
            device = Device(nameplate, folder, f"{name}-{number}")
            # Which begins in the past of the machine, too: registering goes by the moved clock.
            builder = x509.CertificateBuilder(ca.name, device.request().subject, device.private.public_key())
            builder = builder.serial_number(x509.random_serial_number()).not_valid_before(date(now))
            certificate = builder.not_valid_after(date(now + days * DAY)).sign(ca.key, hashes.SHA256())
            pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
            made = iot.register_certificate(certificatePem=pem, caCertificatePem=ca.pem, status="ACTIVE")
            registered(device, made, certificate)
    return devices


def test_the_days_that_a_rehearsal_names(nameplate, tmp_path):
    clock = lambda at: nameplate.call("POST", "/nameplate/clock", {"at": at})["now"]
    # At noon, so that no day's border is near.
    noon = midnight(nameplate.call("GET", "/nameplate/clock")["now"]) + DAY + DAY // 2
    clock(noon)
    end = date(noon + CA_DAYS * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    nameplate.call("POST", "/nameplate/device-cas", {"notAfter": end})
    devices = fleet(nameplate, tmp_path, noon)
    told = nameplate.call(
        "POST", "/nameplate/rehearsal", {"years": 1, "connectEveryHours": EVERY // 3600_000, "renewBeforeDays": BEFORE // DAY}
    )
    start_at = nameplate.call("GET", "/nameplate/clock")["now"]
    named = collections.Counter()
    for row in told["days"]:
        named[row["day"]] += row["devices"]
    assert told["devices"] == len(devices) and told["lockedOut"] == len(devices)
    assert {row["code"] for row in told["days"]} == {"no-thing", "between-connections", "issuer-expired"}

    # Their connections, and each midnight a look at who gets in.
    last = midnight(noon) + (CA_DAYS + 2) * DAY
    moments = [(at, None) for at in range(midnight(noon) + DAY, last, DAY)]
    for number, device in enumerate(devices):
        moments += [(at, device) for at in range(start_at + spread(number) % EVERY, last, EVERY)]
    lived, renewals, late = collections.Counter(), 0, 0
    for at, device in sorted(moments, key=lambda moment: moment[0]):
        clock(at)
        if device is None:
            for device in [one for one in devices if not one.locked_out and not one.gets_in()]:
                device.locked_out = date(at - DAY).strftime("%Y-%m-%d")
                lived[device.locked_out] += 1
        elif not device.locked_out and device.end - at < BEFORE:
            # An end is valid to the end of its second.
            was_late = device.end + 1000 < at
            done = device.renew()
            renewals, late = renewals + done, late + (done and was_late)
    assert lived == named
    assert late and (renewals, late) == (told["renewals"], told["lateRenewals"])
