"""Functions beside MiniStack: just-in-time registrations a second with a Python handler, and what a warm invocation costs.

Run by `scripts/bench jitr` and `scripts/bench invoke`, with the Python that both servers run the handler on. The two do
the same work in turns. Registrations are counted until the device is in: at one server its first connection is held, at
the other it comes back until its certificate is ACTIVE, as at AWS. CPU is that of the server's own process, without the
functions' processes, which run the same code under both.
"""

import argparse
import concurrent.futures
import contextlib
import datetime
import http.client
import io
import json
import os
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from peer import REGION, Server, free_port, nameplate

FLAGS = ["--jitr-wait", "60", "--python", sys.executable]
# How long a device may take to come in.
PATIENCE = 120
HANDLER = '''
import json
import boto3

iot = boto3.client("iot")
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}


def handler(event, context):
    certificate = event.get("certificateId")
    if certificate is None:
        return event
    arn = iot.describe_certificate(certificateId=certificate)["certificateDescription"]["certificateArn"]
    iot.create_thing(thingName=certificate)
    iot.attach_thing_principal(thingName=certificate, principal=arn)
    iot.create_policy(policyName=certificate, policyDocument=json.dumps(POLICY))
    iot.attach_policy(policyName=certificate, target=arn)
    iot.update_certificate(certificateId=certificate, newStatus="ACTIVE")
'''


def ministack(directory):
    api, mqtt = free_port(), free_port()
    environment = {
        "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(api), "IOT_MTLS_PORT": str(mqtt), "LOG_LEVEL": "ERROR",
        "TMPDIR": str(directory), "LAMBDA_EXECUTOR": "local",
    }  # fmt: skip
    command = [Path(sys.executable).with_name("ministack")]
    server = Server("MiniStack", command, directory, api, (mqtt,), environment)
    server.mqtt = mqtt
    return server


def certificate(subject, key, issuer, signer, is_ca):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer or name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
    builder = builder.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    return builder.sign(signer, hashes.SHA256())


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


class Fleet:
    """A CA that is registered at a server, and its devices."""

    def __init__(self, server, directory):
        self.directory, self.key = directory, ec.generate_private_key(ec.SECP256R1())
        self.certificate = certificate(f"Bench CA {os.urandom(4).hex()}", self.key, None, self.key, True)
        iot = server.client("iot")
        proof = ec.generate_private_key(ec.SECP256R1())
        code = iot.get_registration_code()["registrationCode"]
        verification = certificate(code, proof, self.certificate.subject, self.key, False)
        self.id = iot.register_ca_certificate(
            caCertificate=pem(self.certificate), verificationCertificate=pem(verification), setAsActive=True,
            allowAutoRegistration=True,
        )["certificateId"]  # fmt: skip

    def device(self):
        """What a new device connects with."""
        key = ec.generate_private_key(ec.SECP256R1())
        own = certificate(os.urandom(8).hex(), key, self.certificate.subject, self.key, False)
        path = self.directory / "device.pem"
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        path.write_text(text + pem(own) + pem(self.certificate))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # Whose server it is, is not measured.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(path)
        return context


def come_in(server, context, come_back):
    """Connects until CONNACK says that the device is in; how often it had to."""
    client = os.urandom(8).hex().encode()
    body = b"\x00\x04MQTT\x04\x02\x00\x3c" + len(client).to_bytes(2, "big") + client
    packet = b"\x10" + bytes([len(body)]) + body
    end = time.monotonic() + PATIENCE
    for attempt in range(1, 100_000):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.mqtt), PATIENCE) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as stream:
                stream.sendall(packet)
                if stream.recv(4) == b"\x20\x02\x00\x00":
                    stream.sendall(b"\xe0\x00")
                    return attempt
        if time.monotonic() > end:
            sys.exit(f"{server.name} lets nobody in:\n{server.log.read_text()[-2000:]}")
        # Each time it comes the function is called again, as at AWS, so too early is of no use.
        time.sleep(come_back)


def deploy(server):
    """The function, and a role where one is looked for; its ARN."""
    iam, functions = server.client("iam"), server.client("lambda")
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
    role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="bench", PolicyArn="arn:aws:iam::aws:policy/AWSIoTFullAccess")
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("app.py", HANDLER)
    arn = functions.create_function(
        FunctionName="bench", Runtime="python3.12", Handler="app.handler", Role=role, Timeout=60, MemorySize=256,
        Code={"ZipFile": zipped.getvalue()},
    )["FunctionArn"]  # fmt: skip
    functions.get_waiter("function_active_v2").wait(FunctionName="bench")
    return arn


def jitr(server, directory, options):
    """Prepares a server; a round's registrations a second, and the server's CPU for each in ms."""
    arn = deploy(server)
    fleet = Fleet(server, directory)
    server.client("iot").create_topic_rule(
        ruleName="bench",
        topicRulePayload={
            "sql": f"SELECT * FROM '$aws/events/certificates/registered/{fleet.id}'",
            "actions": [{"lambda": {"functionArn": arn}}],
        },
    )
    server.client("lambda").add_permission(
        FunctionName="bench", StatementId="rule", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com"
    )

    def turn(count):
        devices = [fleet.device() for _ in range(count)]
        cpu, begun = server.cpu(), time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            list(pool.map(lambda device: come_in(server, device, options.come_back), devices))
        took = time.monotonic() - begun
        return count / took, (server.cpu() - cpu) / count * 1000

    turn(options.at_once)
    return lambda: turn(options.count)


def invoke(server, directory, options):
    """Prepares a server; a round's latencies in ms, and the server's CPU for each call in ms."""
    deploy(server)
    url = f"http://127.0.0.1:{server.api}/2015-03-31/functions/bench/invocations"
    signer = SigV4Auth(Credentials(*server.key), "lambda", REGION)

    def request():
        made = AWSRequest("POST", url, data=b'{"n": 1}', headers={"Content-Type": "application/json"})
        signer.add_auth(made)
        return dict(made.headers)

    connection = http.client.HTTPConnection("127.0.0.1", server.api, timeout=PATIENCE)

    def call(headers):
        connection.request("POST", "/2015-03-31/functions/bench/invocations", b'{"n": 1}', headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or json.loads(body) != {"n": 1}:
            sys.exit(f"{server.name} answers {answer.status} {body[:300]}")

    def turn():
        requests = [request() for _ in range(options.count)]
        times, cpu = [], server.cpu()
        for headers in requests:
            begun = time.perf_counter()
            call(headers)
            times.append((time.perf_counter() - begun) * 1000)
        return times, (server.cpu() - cpu) / len(times) * 1000

    for _ in range(20):
        call(request())
    return turn


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["jitr", "invoke"])
    parser.add_argument("--nameplate", required=True, help="the program")
    parser.add_argument("--count", type=int, help="registrations or calls of a round [100, 500]")
    parser.add_argument("--at-once", type=int, default=8, help="devices at once")
    parser.add_argument("--come-back", type=float, default=0.5, help="seconds after which a closed device comes back [0.5]")
    parser.add_argument("--only", help="one of the servers")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    options.count = options.count or (100 if options.what == "jitr" else 500)
    build = subprocess.run([options.nameplate, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="nameplate-bench-") as directory:
        directory = Path(directory)
        starts = {"nameplate": lambda: nameplate(options.nameplate, directory, *FLAGS), "MiniStack": lambda: ministack(directory)}
        servers = [start() for name, start in starts.items() if options.only in (None, name)]
        try:
            prepare = jitr if options.what == "jitr" else invoke
            turns = [(server.name, prepare(server, directory, options)) for server in servers]
            results = {name: [] for name, _ in turns}
            for _ in range(options.rounds):
                for name, turn in turns:
                    results[name].append(turn())
        finally:
            for server in servers:
                server.stop()
    print(f"{build}, {options.nameplate}; Python {sys.version.split()[0]}; {os.cpu_count()} processors")
    for name, rounds in results.items():
        cpu = statistics.median(cpu for _, cpu in rounds)
        if options.what == "jitr":
            rates = sorted(rate for rate, _ in rounds)
            rate = statistics.median(rates)
            print(f"{name:10} {rate:8.1f} [{rates[0]:.1f}–{rates[-1]:.1f}] registrations/s, {cpu:.2f} ms of server CPU each")
        else:
            times = sorted(one for times, _ in rounds for one in times)
            p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
            print(f"{name:10} p50 {p50:.2f} ms, p99 {p99:.2f} ms, {cpu:.2f} ms of server CPU a call")


if __name__ == "__main__":
    main()
