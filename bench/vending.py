"""Certificate vending: certificates a second beside what the same cores sign, and the import of a long list.

Run by `scripts/bench vending`. Devices ask over plain HTTP on connections that stay open, so what is measured is the
server; each is another device, and what it is answered is on disk. Signing alone has all cores and nothing else to do,
so both are compared in CPU time. With the list in a MariaDB, that is started for the run, reads and writes included.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from peer import nameplate

sys.path.append(str(Path(__file__).parent.parent / "tests" / "e2e"))
import mariadb  # noqa: E402

TOKEN = "correct-horse-battery"
TEMPLATE = json.dumps({
    "Parameters": {"serialNumber": {"Type": "String"}, "AWS::IoT::Certificate::Id": {"Type": "String"}},
    "Resources": {
        "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "serialNumber"}}},
        "certificate": {
            "Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
        },
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "bench"}},
    },
})  # fmt: skip
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
REGISTRATION = "arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration"


def signing_request():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    made = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


def asks(serials, **more):
    """Devices' requests, a body a line."""
    return "".join(json.dumps({"serialNumber": serial, "token": TOKEN, **more}) + "\n" for serial in serials)


class Bench:
    """A server with a batch for each way."""

    def __init__(self, options, directory):
        self.options, self.directory = options, directory
        self.server = nameplate(options.nameplate, directory, "--device-ca-key", "ecdsa")
        iam, iot = self.server.client("iam"), self.server.client("iot")
        role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=json.dumps(TRUST))
        iam.attach_role_policy(RoleName="bench", PolicyArn=REGISTRATION)
        iot.create_policy(policyName="bench", policyDocument=json.dumps(POLICY))
        self.role = role["Role"]["Arn"]

    def command(self, *words):
        done = subprocess.run(
            [self.options.nameplate, "vending", *words, "--data-dir", self.directory / "data"],
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode != 0:
            sys.exit(f"nameplate vending {' '.join(map(str, words))}: {done.stderr}")

    def batch(self, name, **members):
        document = {"templateBody": TEMPLATE, "roleArn": self.role, "proof": "token", "ratePerSecond": 100_000} | members
        path = self.directory / "batch.json"
        path.write_text(json.dumps(document))
        self.command("batch", "create", name, "--file", path)

    def listed(self, name, serials):
        """Imports a list; how long it took."""
        path = self.directory / "list.csv"
        with path.open("w") as out:
            out.write("serialNumber,token\n")
            out.writelines(f"{serial},{TOKEN}\n" for serial in serials)
        started = time.monotonic()
        self.command("import", path, "--batch", name)
        return time.monotonic() - started

    def vended(self, serials, more):
        """Certificates a second, and the server's CPU for each in µs."""
        bodies = self.directory / "bodies"
        bodies.write_text(asks(serials, **more))
        before = self.server.cpu()
        done = subprocess.run(
            [
                self.options.bench, "ask", "--address", f"127.0.0.1:{self.server.api}", "--path", "/vending/certificates",
                "--bodies", bodies, "--at-once", str(self.options.at_once),
            ],
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode != 0:
            sys.exit(f"nameplate-bench ask: {done.stderr}")
        time.sleep(0.6)
        return float(done.stdout), (self.server.cpu() - before) * 1e6 / len(serials)

    def measure(self, title, prepare, more, alone):
        rates, costs = [], []
        for round in range(self.options.rounds):
            serials = [f"{title.replace(' ', '-')}-{round}-{number}" for number in range(self.options.count)]
            prepare(serials)
            rate, cost = self.vended(serials, more)
            rates.append(rate)
            costs.append(cost)
        share = (os.cpu_count() * 1e6 / alone) / statistics.median(costs)
        print(
            f"{title:<28} {statistics.median(rates):7.0f} [{min(rates):.0f}-{max(rates):.0f}] a second, "
            f"{statistics.median(costs):.0f} µs of server CPU each: x {share:.2f} of signing alone",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nameplate", required=True, help="the program")
    parser.add_argument("--bench", required=True, help="the program nameplate-bench, which signs alone")
    parser.add_argument("--count", type=int, default=4000, help="devices of a round [4000]")
    parser.add_argument("--at-once", type=int, default=32, help="connections at once [32]")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the long list, 0 for none [1000000]")
    options = parser.parse_args()
    options.nameplate = Path(options.nameplate).resolve()
    with tempfile.TemporaryDirectory(prefix="nameplate-bench-") as directory:
        run(options, Path(directory))


def run(options, directory):
    request = signing_request()
    (directory / "request.pem").write_text(request)
    sign = [options.bench, "sign", "--dir", directory / "sign", "--request", directory / "request.pem"]
    alone = float(subprocess.run(sign, check=True, capture_output=True, text=True).stdout)
    print(f"{alone:.0f} requests a second verified and granted alone by {os.cpu_count()} cores")
    bench = Bench(options, directory)
    try:
        bench.batch("here")
        bench.measure("keys made here", lambda serials: bench.listed("here", serials), {}, alone)
        bench.batch("requests")
        bench.measure("signing requests", lambda serials: bench.listed("requests", serials), {"csr": request}, alone)
        theirs = mariadb.shared()
        theirs.sql("CREATE DATABASE factory")
        theirs.sql("CREATE TABLE device (sn VARCHAR(64) PRIMARY KEY, token VARCHAR(64), cert VARCHAR(64))", "factory")
        bench.batch("theirs", source={
            "kind": "mysql", "url": f"mysql://root@127.0.0.1:{theirs.port}/factory",
            "query": "SELECT sn AS serialNumber, token FROM device WHERE sn = :serialNumber",
            "update": "UPDATE device SET cert = :certificateId WHERE sn = :serialNumber",
        })  # fmt: skip

        def insert(serials):
            for start in range(0, len(serials), 1000):
                rows = ",".join(f"('{serial}','{TOKEN}',NULL)" for serial in serials[start : start + 1000])
                theirs.sql(f"INSERT INTO device VALUES {rows}", "factory")

        bench.measure("the list in a MariaDB", insert, {"csr": request, "batch": "theirs"}, alone)
        if options.rows:
            bench.batch("long")
            took = bench.listed("long", (f"long-{number:08}" for number in range(options.rows)))
            print(f"{options.rows} rows imported in {took:.1f} s")
    finally:
        bench.server.stop()


if __name__ == "__main__":
    main()
