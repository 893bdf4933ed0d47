"""Fleet provisioning by claim beside MiniStack: devices a second from their first connection to their own.

Run by `scripts/bench claim`. A device connects with the claim certificate that all share, asks for keys and a certificate,
registers with a template, and connects again with what it got. Both servers do it in turns. With `--csr` a device has a
key of its own and sends a signing request, which MiniStack does not take; its devices are then a program's that takes less
of the processors than these. CPU is that of the server's own process; the devices share the processors with it.
"""

import argparse
import concurrent.futures
import json
import multiprocessing
import os
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from functions import ministack
from peer import nameplate

PATIENCE = 60
TEMPLATE = "bench"
ALLOW_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
BODY = {
    "Parameters": {"SerialNumber": {"Type": "String"}, "AWS::IoT::Certificate::Id": {"Type": "String"}},
    "Resources": {
        "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "SerialNumber"}}},
        "certificate": {
            "Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
        },
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "bench"}},
    },
}


def context(pem, directory):
    """What a device connects with that has these PEMs."""
    path = Path(directory) / f"{os.getpid()}-{time.monotonic_ns()}.pem"
    path.write_text(pem)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Whose server it is, is not measured.
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.load_cert_chain(path)
    path.unlink()
    return made


class Connection:
    """As much of MQTT 3.1.1 as it takes."""

    def __init__(self, port, tls, client):
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = tls.wrap_socket(plain, server_hostname="localhost")
        self.received = b""
        self.send(0x10, b"\x00\x04MQTT\x04\x02\x00\x3c" + text(client))
        kind, body = self.packet()
        if (kind, body[1:]) != (0x20, b"\x00"):
            sys.exit(f"CONNECT is answered {kind:#x} {body}")

    def send(self, kind, body):
        length, left = b"", len(body)
        while True:
            left, byte = left >> 7, left & 0x7F
            length += bytes([byte | (0x80 if left else 0)])
            if not left:
                break
        self.stream.sendall(bytes([kind]) + length + body)

    def take(self, count):
        while len(self.received) < count:
            more = self.stream.recv(16384)
            if not more:
                sys.exit("the server closed the connection")
            self.received += more
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def packet(self):
        kind, length, shift = self.take(1)[0], 0, 0
        while True:
            byte = self.take(1)[0]
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return kind, self.take(length)

    def subscribe(self, *filters):
        self.send(0x82, b"\x00\x01" + b"".join(text(each) + b"\x00" for each in filters))
        while self.packet()[0] != 0x90:
            pass

    def ask(self, topic, document):
        self.send(0x30, text(topic) + json.dumps(document).encode())
        while True:
            kind, body = self.packet()
            if kind >> 4 == 3:
                length = int.from_bytes(body[:2], "big")
                answer = body[2 + length + (2 if kind & 6 else 0) :]
                if not body[2 : 2 + length].endswith(b"/accepted"):
                    sys.exit(f"{topic} is answered {answer.decode()}")
                return json.loads(answer)

    def close(self):
        self.send(0xE0, b"")
        self.stream.close()


def text(value):
    return len(value).to_bytes(2, "big") + value.encode()


def provision(port, claim, directory, count):
    """So many devices, one after the other."""
    tls = context(claim, directory)
    create = "$aws/certificates/create/json"
    register = f"$aws/provisioning-templates/{TEMPLATE}/provision/json"
    for _ in range(count):
        serial = os.urandom(8).hex()
        connection = Connection(port, tls, serial)
        connection.subscribe(f"{create}/accepted", f"{create}/rejected", f"{register}/accepted", f"{register}/rejected")
        made = connection.ask(create, {})
        token = made["certificateOwnershipToken"]
        connection.ask(register, {"certificateOwnershipToken": token, "parameters": {"SerialNumber": serial}})
        connection.close()
        own = context(made["privateKey"] + made["certificatePem"], directory)
        Connection(port, own, serial).close()


def settle(server):
    """Waits until the server is idle: what it makes ahead is not to be made while another is measured."""
    end, before = time.monotonic() + PATIENCE, server.cpu()
    while time.monotonic() < end:
        time.sleep(2)
        now = server.cpu()
        if now - before < 0.1:
            return
        before = now


def prepare(server):
    """Template, policy and role; PEMs of the claim."""
    iot, iam = server.client("iot"), server.client("iam")
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}]}  # fmt: skip
    role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    policy = "arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration"
    iam.attach_role_policy(RoleName="bench", PolicyArn=policy)
    iot.create_policy(policyName="bench", policyDocument=json.dumps(ALLOW_ALL))
    iot.create_provisioning_template(
        templateName=TEMPLATE, templateBody=json.dumps(BODY), provisioningRoleArn=role, enabled=True
    )
    made = iot.create_keys_and_certificate(setAsActive=True)
    iot.attach_policy(policyName="bench", target=made["certificateArn"])
    return made["keyPair"]["PrivateKey"] + made["certificatePem"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nameplate", required=True, help="the program")
    parser.add_argument("--bench", required=True, help="the program that is the devices with signing requests")
    parser.add_argument("--count", type=int, help="devices of a round [80, with --csr 4000]")
    parser.add_argument("--at-once", type=int, default=8, help="devices at once [8]")
    parser.add_argument("--csr", action="store_true", help="devices make their keys themselves")
    parser.add_argument("--only", help="one of the servers")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    options.count = options.count or (4000 if options.csr else 80)
    build = subprocess.run([options.nameplate, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    flags = ["--device-ca-key", "ecdsa"] if options.csr else []
    with tempfile.TemporaryDirectory(prefix="nameplate-bench-") as directory:
        directory = Path(directory)
        starts = {"nameplate": lambda: nameplate(options.nameplate, directory, *flags)}
        if not options.csr:
            starts["MiniStack"] = lambda: ministack(directory)
        servers = [start() for name, start in starts.items() if options.only in (None, name)]
        spawning = multiprocessing.get_context("spawn")
        try:
            claims = [(server, prepare(server)) for server in servers]
            results = {server.name: [] for server in servers}
            with concurrent.futures.ProcessPoolExecutor(options.at_once, mp_context=spawning) as pool:

                def with_keys(server, claim, each):
                    begun = time.monotonic()
                    for done in [
                        pool.submit(provision, server.mqtt, claim, str(directory), each) for _ in range(options.at_once)
                    ]:
                        done.result()
                    return each * options.at_once / (time.monotonic() - begun)

                def with_requests(server, claim, each):
                    (directory / "claim.pem").write_text(claim)
                    command = [
                        options.bench, "provision", "--address", f"127.0.0.1:{server.mqtt}", "--root-ca", server.root_ca,
                        "--claim", directory / "claim.pem", "--template", TEMPLATE, "--at-once", str(options.at_once),
                        "--count", str(each * options.at_once),
                    ]  # fmt: skip
                    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)

                def turn(server, claim, each):
                    cpu = server.cpu()
                    rate = (with_requests if options.csr else with_keys)(server, claim, each)
                    settle(server)
                    # With what is made ahead for the next.
                    return rate, (server.cpu() - cpu) / (each * options.at_once) * 1000

                for server, claim in claims:
                    turn(server, claim, 1)
                for _ in range(options.rounds):
                    for server, claim in claims:
                        results[server.name].append(turn(server, claim, max(1, options.count // options.at_once)))
        finally:
            for server in servers:
                server.stop()
    print(f"{build}, {options.nameplate}; Python {sys.version.split()[0]}; {os.cpu_count()} processors")
    for name, rounds in results.items():
        rates, cpu = sorted(rate for rate, _ in rounds), statistics.median(cpu for _, cpu in rounds)
        rate = statistics.median(rates)
        print(f"{name:10} {rate:8.1f} [{rates[0]:.1f}–{rates[-1]:.1f}] devices/s, {cpu:.2f} ms of server CPU each")


if __name__ == "__main__":
    main()
