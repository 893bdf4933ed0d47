"""Every kind of device that AWS IoT takes: keys, TLS versions, chains, ports, SDKs.

AWS IoT developer guide: "Transport security", "X.509 client certificates", "Device communication protocols".
"""

import re
import socket
import ssl
import subprocess
import threading

import pytest
from lib import DEADLINE, Ca, Raw, connect_packet, openssl, template, unique


@pytest.fixture(scope="module")
def registered(server, role, tmp_path_factory):
    return Ca(tmp_path_factory.mktemp("ca")).register(server, template(), role)


@pytest.mark.parametrize("version", ["tlsv1.2", "tlsv1.3"])
@pytest.mark.parametrize("kind", ["rsa", "rsa:3072", "ec", "p384", "p521"])
def test_keys_and_versions(server, registered, kind, version):
    device = registered.device(kind=kind)
    done = server.pub(device, "foo/bar", "Hello", "--tls-version", version)
    assert "received PUBACK" in done.stdout
    record = server.attempts(device.id)[0]
    assert version[-3:] in record["tls"] or version[-1] in record["tls"].split(".")[-1]


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_ca_with_an_ec_key(server, role, tmp_path, kind):
    ca = Ca(tmp_path, kind="ec").register(server, template(), role)
    server.pub(ca.device(kind=kind), "foo/bar", "Hello")


def test_version_1_certificates(server, registered):
    """What `openssl x509 -req` makes with OpenSSL 3.0, and what rustls' own verification refuses."""
    device = registered.device()
    printed = openssl("x509", "-in", device.cert, "-noout", "-text").stdout
    if "Version: 1 (0x0)" not in printed:
        pytest.fail("this OpenSSL writes version 3; pin one that writes version 1, or make the certificate otherwise")
    server.pub(device, "foo/bar", "Hello", "--tls-version", "tlsv1.2")
    server.pub(device, "foo/bar", "Hello", "--tls-version", "tlsv1.3")


@pytest.mark.parametrize("present", ["leaf", "leaf+ca"])
def test_with_and_without_the_ca_in_the_chain(server, registered, present):
    server.pub(registered.device(kind="ec", present=present), "foo/bar", "Hello")


def test_text_before_the_pem(server, registered):
    device = registered.device(kind="ec")
    printed = openssl("x509", "-in", device.cert, "-text").stdout
    device.chain.write_text(printed + registered.pem)
    server.pub(device, "foo/bar", "Hello")


def test_through_an_intermediate_that_the_device_presents(server, registered):
    """Beyond AWS: the chain from the leaf to the registered CA may have a link between."""
    intermediate = Ca(registered.directory, parent=registered)
    device = intermediate.device(kind="ec", present=intermediate.pem + registered.pem)
    server.pub(device, "foo/bar", "Hello")
    described = server.client("iot").describe_certificate(certificateId=device.id)["certificateDescription"]
    assert described["caCertificateId"] == registered.certificate_id


def test_an_intermediate_that_the_device_leaves_out(server, registered):
    intermediate = Ca(registered.directory, parent=registered)
    device = intermediate.device(kind="ec", present="leaf")
    assert "CONNACK (5)" in server.pub(device, "foo/bar", "Hello", check=False).stdout
    server.explained(device.id, "ca-unknown")


def test_the_registered_intermediate(server, role, tmp_path):
    """AWS: register the CA that signs the devices, not the root above it."""
    root = Ca(tmp_path)
    intermediate = Ca(tmp_path, parent=root).register(server, template(), role)
    server.pub(intermediate.device(kind="ec", present="leaf"), "foo/bar", "Hello")


def test_two_cas_of_one_subject(server, role, tmp_path):
    cas = [Ca(tmp_path, subject="/CN=Same name").register(server, template(), role) for _ in range(2)]
    for ca in cas:
        device = ca.device(kind="ec", present="leaf")
        server.pub(device, "foo/bar", "Hello")
        described = server.client("iot").describe_certificate(certificateId=device.id)["certificateDescription"]
        assert described["caCertificateId"] == ca.certificate_id


@pytest.mark.parametrize("alpn", ["x-amzn-mqtt-ca", "mqtt", None])
def test_mqtt_on_the_https_port(server, registered, alpn):
    device = registered.device(kind="ec")
    with server.raw(device, port=server.https_port, alpn=[alpn] if alpn else None) as raw:
        assert raw.socket.selected_alpn_protocol() == alpn
        assert raw.connect(unique()) == 0
        assert raw.subscribe("alpn/a") == (0x90, b"\x00\x01\x01")


def test_mosquitto_on_the_https_port(server, registered):
    done = server.mosquitto(
        "mosquitto_pub", registered.device(kind="ec"), "--tls-alpn", "x-amzn-mqtt-ca", "-i", unique(), "-q", "1",
        "-t", "foo/bar", "-m", "Hello", "-d", port=server.https_port,
    )  # fmt: skip
    assert "received PUBACK" in done.stdout, done.stdout + done.stderr


def test_a_first_connection_on_the_https_port_without_a_certificate(server):
    with pytest.raises((AssertionError, ssl.SSLError, ConnectionError)):
        with server.raw(None, port=server.https_port, alpn=["x-amzn-mqtt-ca"]) as raw:
            assert raw.connect("nobody") == 0


def test_unknown_alpn_is_refused_there_and_ignored_on_the_mqtt_port(server, registered):
    device = registered.device(kind="ec")
    with pytest.raises(ssl.SSLError):
        server.raw(device, port=server.https_port, alpn=["spdy/1"])
    with server.raw(device, alpn=["x-amzn-mqtt-ca"]) as raw:
        assert raw.connect(unique()) == 0


def test_by_address_and_by_name(server, registered):
    device = registered.device(kind="ec")
    for host in ("localhost", "127.0.0.1"):
        with Raw(host, server.mqtt_port, server.root_ca, device, server_name=host) as raw:
            assert raw.connect(unique()) == 0


def test_sessions_are_not_resumed_past_the_registry(server, registered):
    """A resumed TLS session would skip the certificate; its status is looked at on each connection."""
    device = registered.device(kind="ec")
    with server.raw(device) as raw:
        assert raw.connect(unique()) == 0
        raw.ping()
        context, session = raw.socket.context, raw.socket.session
    server.client("iot").update_certificate(certificateId=device.id, newStatus="INACTIVE")
    with context.wrap_socket(
        socket.create_connection(("localhost", server.mqtt_port), timeout=DEADLINE), server_hostname="localhost",
        session=session,
    ) as again:  # fmt: skip
        again.sendall(connect_packet(unique()))
        assert again.recv(4) == b"\x20\x02\x00\x05"


def s_client(server, device, *arguments, port=None):
    """Connects with MQTT and leaves; whether the session was resumed, and CONNACK's code."""
    packets = connect_packet(unique()) + b"\xe0\x00"
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"localhost:{port or server.mqtt_port}", "-servername", "localhost",
         "-CAfile", server.root_ca, "-cert", device.chain, "-key", device.key, "-ign_eof", "-nocommands", *arguments],
        input=packets, capture_output=True, timeout=DEADLINE,
    )  # fmt: skip
    connack = re.search(rb"\x20\x02\x00(.)", done.stdout, re.DOTALL)
    return b"Reused, TLS" in done.stdout, connack[1][0] if connack else None


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_session_is_resumed_and_its_certificate_looked_up(server, tmp_path, version):
    """`openssl s_client -sess_out` and `-sess_in`, on either port, and what happened to the certificate between."""
    iot = server.client("iot")

    def remove(device):
        iot.update_certificate(certificateId=device.id, newStatus="INACTIVE")
        iot.delete_certificate(certificateId=device.id, forceDelete=True)

    takings = {
        "certificate-revoked": lambda device: iot.update_certificate(certificateId=device.id, newStatus="REVOKED"),
        "certificate-inactive": lambda device: iot.update_certificate(certificateId=device.id, newStatus="INACTIVE"),
        "no-policy": lambda device: [
            iot.detach_policy(policyName=policy["policyName"], target=device.arn)
            for policy in iot.list_attached_policies(target=device.arn)["policies"]
        ],
        "ca-unknown": remove,
    }
    for code, take in takings.items():
        device = server.service_device(tmp_path)
        session = tmp_path / f"{device.name}.session"
        assert s_client(server, device, version, "-sess_out", session) == (False, 0)
        for port in (server.mqtt_port, server.https_port):
            assert s_client(server, device, version, "-sess_in", session, "-sess_out", session, port=port) == (True, 0)
        assert server.attempts(device.id)[0]["tls"].endswith(", resumed")
        take(device)
        assert s_client(server, device, version, "-sess_in", session) == (True, 5)
        server.explained(device.id, code, more=len(server.attempts(device.id)))


def test_like_aws_nothing_is_resumed(make_server, tmp_path):
    server = make_server("--first-connect", "aws")
    device = server.service_device(tmp_path)
    for version in ("-tls1_2", "-tls1_3"):
        session = tmp_path / "session"
        session.unlink(missing_ok=True)
        assert s_client(server, device, version, "-sess_out", session) == (False, 0)
        if session.exists():
            assert s_client(server, device, version, "-sess_in", session) == (False, 0)


def test_a_restart_forgets_the_keys_of_tickets(make_server, tmp_path):
    server = make_server()
    device = server.service_device(tmp_path)
    session = tmp_path / "session"
    assert s_client(server, device, "-tls1_3", "-sess_out", session) == (False, 0)
    server.stop()
    server.start()
    assert s_client(server, device, "-tls1_3", "-sess_in", session) == (False, 0)


def test_aws_iot_device_sdk_for_python(server, registered):
    """awsiotsdk 1.x (v2 of the SDK): mutual TLS, subscribe and publish."""
    from awscrt import mqtt
    from awsiot import mqtt_connection_builder

    device = registered.device(kind="ec", present="leaf")
    arrived = threading.Event()
    got = []
    connection = mqtt_connection_builder.mtls_from_path(
        endpoint="localhost",
        port=server.mqtt_port,
        cert_filepath=str(device.chain),
        pri_key_filepath=str(device.key),
        ca_filepath=server.root_ca,
        client_id=unique("sdk"),
        clean_session=True,
        keep_alive_secs=30,
    )
    connection.connect().result(DEADLINE)

    def on_message(topic, payload, **_):
        got.append((topic, payload))
        arrived.set()

    topic = f"sdk/{device.name}"
    future, _ = connection.subscribe(topic, mqtt.QoS.AT_LEAST_ONCE, on_message)
    assert future.result(DEADLINE)["qos"] == mqtt.QoS.AT_LEAST_ONCE
    future, _ = connection.publish(topic, "Hello", mqtt.QoS.AT_LEAST_ONCE)
    future.result(DEADLINE)
    assert arrived.wait(DEADLINE)
    assert got == [(topic, b"Hello")]
    connection.disconnect().result(DEADLINE)
    assert server.client("iot").describe_thing(thingName=device.name)["thingName"] == device.name


def test_aws_iot_device_sdk_for_python_by_alpn(server, registered):
    from awsiot import mqtt_connection_builder

    device = registered.device(kind="ec", present="leaf")
    connection = mqtt_connection_builder.mtls_from_path(
        endpoint="localhost",
        port=server.https_port,
        cert_filepath=str(device.chain),
        pri_key_filepath=str(device.key),
        ca_filepath=server.root_ca,
        client_id=unique("sdk"),
        clean_session=True,
    )
    connection.connect().result(DEADLINE)
    connection.disconnect().result(DEADLINE)


def test_a_name_that_the_certificate_lacks(make_server, tmp_path):
    """The first thing that a board on the LAN meets. Whoever ends the handshake, and however: the record says why."""
    server = make_server("--endpoint-host", "board.lan", "--endpoint-host", "iot.plant", "--endpoint-host", "192.0.2.9")
    assert server.endpoint == "board.lan"
    device = server.service_device(tmp_path)
    for name in ("board.lan", "iot.plant", "192.0.2.9", "localhost", "127.0.0.1"):
        with server.raw(device, server_name=name) as raw:
            assert raw.connect(unique()) == 0
    with pytest.raises(ssl.SSLError):
        server.raw(device, server_name="gate.lan")
    record = next(r for r in server.attempts("127.0.0.1") if r["code"] == "tls-wrong-name")
    assert "--endpoint-host gate.lan" in record["reason"] and "iot.plant, localhost" in record["reason"], record
    # Clients that look at the name after the handshake, and then just leave.
    Raw("localhost", server.mqtt_port, server.root_ca, device, server_name="door.lan", checked=False).close()
    record = server.explained(device.id, "tls-wrong-name", more=len(server.attempts(device.id)))
    assert "--endpoint-host door.lan" in record["reason"], record
