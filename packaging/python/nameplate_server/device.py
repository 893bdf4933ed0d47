"""Devices: certificates, CAs of the owner's, and MQTT."""

import datetime
import json
import queue
import ssl
import tempfile
import threading
from pathlib import Path

import paho.mqtt.client as paho
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: How long something may take that should happen at once, seconds.
DEADLINE = 30
#: How long a CA of a test's is good.
DAYS = 3650
#: Attributes of a certificate's subject, as `device()` takes them.
SUBJECT = {
    "country": NameOID.COUNTRY_NAME,
    "state": NameOID.STATE_OR_PROVINCE_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizational_unit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "serial_number": NameOID.SERIAL_NUMBER,
    "dn_qualifier": NameOID.DN_QUALIFIER,
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
PROVISIONING = "arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration"


class MqttRefused(Exception):
    """The server did not accept the connection, or ended it."""


class Device:
    """A device with its key and certificate."""

    def __init__(self, server, name, certificate_pem, key_pem, chain_pem=""):
        self.server = server
        #: Name of its thing, and its client id unless another is given.
        self.name = name
        self.certificate_pem = certificate_pem
        self.key_pem = key_pem
        self.chain_pem = chain_pem
        self._clients = []

    @property
    def certificate_id(self):
        """SHA-256 of the certificate, as the registry names it."""
        certificate = x509.load_pem_x509_certificate(self.certificate_pem.encode())
        return certificate.fingerprint(hashes.SHA256()).hex()

    def write(self, folder):
        """Writes `certificate.pem` (with the chain) and `private.key` into a folder; both paths, for other programs."""
        folder = Path(folder)
        certificate, key = folder / "certificate.pem", folder / "private.key"
        certificate.write_text(self.certificate_pem + self.chain_pem)
        key.write_text(self.key_pem)
        key.chmod(0o600)
        return str(certificate), str(key)

    def tls(self):
        """A TLS context that trusts the server and shows the device's certificate."""
        context = ssl.create_default_context(cafile=self.server.root_ca)
        with tempfile.TemporaryDirectory() as folder:
            context.load_cert_chain(*self.write(folder))
        return context

    def connect(self, client_id=None, **options):
        """An MQTT connection; raises `MqttRefused` where there is none to be had. Options are those of `MqttClient`."""
        client = MqttClient(self, client_id or self.name, **options)
        self._clients.append(client)
        return client

    def close(self):
        """Ends its connections."""
        clients, self._clients = self._clients, []
        for client in clients:
            client.close()


class MqttClient:
    """An MQTT connection of a device."""

    def __init__(self, device, client_id, *, clean=True, keep_alive=60, version=paho.MQTTv311, timeout=DEADLINE):
        self.client_id = client_id
        self._messages = queue.Queue()
        self._granted, self._acknowledged = {}, {}
        self._changed = threading.Condition()
        self._answer, self._lost = None, None
        #: Whether the server had a session of this client id, and goes on with it.
        self.session_present = False
        v5 = version == paho.MQTTv5
        options = {} if v5 else {"clean_session": clean}
        self.paho = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id, protocol=version, **options)
        self.paho.tls_set_context(device.tls())
        self.paho.on_connect = self._on_connect
        self.paho.on_disconnect = self._on_disconnect
        self.paho.on_message = lambda _c, _u, message: self._messages.put(message)
        self.paho.on_subscribe = lambda _c, _u, mid, codes, _p: self._note(self._granted, mid, codes)
        self.paho.on_publish = lambda _c, _u, mid, code, _p: self._note(self._acknowledged, mid, code)
        server = device.server
        started = {"clean_start": clean} if v5 else {}
        try:
            self.paho.connect(server.mqtt_host, server.mqtt_port, keepalive=keep_alive, **started)
        except OSError as error:
            raise MqttRefused(f"{client_id} could not connect: {error}") from error
        self.paho.loop_start()
        self._wait(lambda: self._answer is not None or self._lost is not None, timeout, "CONNACK")
        if self._answer is None or self._answer.is_failure:
            self.close()
            raise MqttRefused(f"{client_id} was refused: {self._answer or self._lost}")

    def _on_connect(self, _client, _userdata, flags, reason, _properties):
        with self._changed:
            self._answer, self.session_present = reason, flags.session_present
            self._changed.notify_all()

    def _on_disconnect(self, _client, _userdata, _flags, reason, _properties):
        with self._changed:
            self._lost = reason
            self._changed.notify_all()
        # A test says itself when a device comes back.
        self.paho.disconnect()

    def _note(self, where, mid, what):
        with self._changed:
            where[mid] = what
            self._changed.notify_all()

    def _wait(self, condition, timeout, what):
        with self._changed:
            if not self._changed.wait_for(condition, timeout):
                raise TimeoutError(f"{self.client_id}: no {what} within {timeout} s")

    @property
    def connected(self):
        """Whether it is connected still."""
        return self._lost is None and self.paho.is_connected()

    def publish(self, topic, payload=b"", qos=1, retain=False, timeout=DEADLINE):
        """Publishes; with QoS 1 it is acknowledged when this returns. What is no text and no bytes is sent as JSON."""
        if not isinstance(payload, (bytes, bytearray, str)):
            payload = json.dumps(payload)
        sent = self.paho.publish(topic, payload, qos, retain)
        if qos:
            self._wait(lambda: sent.mid in self._acknowledged or self._lost is not None, timeout, "PUBACK")
            if sent.mid not in self._acknowledged:
                raise MqttRefused(f"{self.client_id} was disconnected: {self._lost}")

    def subscribe(self, topic, qos=1, timeout=DEADLINE):
        """Subscribes; it is granted when this returns."""
        _, mid = self.paho.subscribe(topic, qos)
        self._wait(lambda: mid in self._granted or self._lost is not None, timeout, "SUBACK")
        codes = self._granted.get(mid)
        if codes is None or codes[0].is_failure:
            raise MqttRefused(f"{self.client_id} may not subscribe to {topic}: {codes and codes[0] or self._lost}")

    def receive(self, timeout=DEADLINE):
        """The next message: `topic`, `payload`, `qos`, `retain`."""
        try:
            return self._messages.get(timeout=timeout)
        except queue.Empty:
            raise TimeoutError(f"{self.client_id}: no message within {timeout} s") from None

    def wait_disconnected(self, timeout=DEADLINE):
        """Waits until the server has ended the connection."""
        self._wait(lambda: self._lost is not None, timeout, "end of the connection")

    def close(self):
        """Disconnects."""
        self.paho.disconnect()
        self.paho.loop_stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class CertificateAuthority:
    """A CA of the owner's, whose devices are provisioned by their first connection."""

    def __init__(self, server, common_name):
        self.server = server
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        builder = _builder(self.name, self.name, self.key.public_key(), DAYS)
        builder = builder.add_extension(constraints, critical=True)
        self.certificate = builder.sign(self.key, hashes.SHA256())
        self.pem = _pem(self.certificate)

    def register(self, template=None, *, template_name=None, role=None):
        """Registers it with a template body (a dict or text) or a template's name; the answer of RegisterCACertificate.
        Without a role, one is made that may provision."""
        iot = self.server.client("iot")
        code = iot.get_registration_code()["registrationCode"]
        proof = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, code)])
        # Good for as long as the CA, also where a test has moved the clock.
        verification = _builder(subject, self.name, proof.public_key(), DAYS).sign(self.key, hashes.SHA256())
        config = {}
        if template is not None:
            body = template if isinstance(template, str) else json.dumps(template)
            config = {"templateBody": body, "roleArn": role or self._role()}
        elif template_name is not None:
            config = {"templateName": template_name}
        arguments = {"registrationConfig": config} if config else {}
        return iot.register_ca_certificate(
            caCertificate=self.pem, verificationCertificate=_pem(verification), setAsActive=True,
            allowAutoRegistration=True, **arguments,
        )  # fmt: skip

    def _role(self):
        iam = self.server.client("iam")
        name = "nameplate-test-provisioning"
        try:
            return iam.get_role(RoleName=name)["Role"]["Arn"]
        except iam.exceptions.NoSuchEntityException:
            arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
            iam.attach_role_policy(RoleName=name, PolicyArn=PROVISIONING)
            return arn

    def device(self, name, *, days=365, **subject):
        """A device that nobody has registered: its certificate has this common name and, as given, `country`,
        `organization`, `serial_number` and so on."""
        attributes = [x509.NameAttribute(SUBJECT[key], value) for key, value in subject.items()]
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, name))
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(x509.Name(attributes), self.name, key.public_key(), days)
        certificate = builder.sign(self.key, hashes.SHA256())
        key_pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        device = Device(self.server, name, _pem(certificate), key_pem, self.pem)
        self.server._devices.append(device)
        return device


def _builder(subject, issuer, public_key, days):
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
