"""Servers that the benches in Python start, measure and end."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.config import Config

REGION = "us-east-1"
# How long a connection may take.
PATIENCE = 60


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Server:
    """A running server, which listens on `api` and the further `ports`; `key` signs. It is waited for so many seconds."""

    def __init__(self, name, command, directory, api, ports=(), environment=None, patience=120):
        self.name, self.api, self.key = name, api, ("test", "test")
        self.log = directory / f"{name}.log"
        self.process = subprocess.Popen(
            command, env={**os.environ, **(environment or {})}, stdout=self.log.open("w"), stderr=subprocess.STDOUT,
            start_new_session=True, cwd=directory,
        )  # fmt: skip
        end = time.monotonic() + patience
        for port in (api, *ports):
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                if self.process.poll() is not None or time.monotonic() > end:
                    sys.exit(f"{name} does not listen:\n{self.log.read_text()[-2000:]}")
                time.sleep(0.05)

    def client(self, service, **config):
        return boto3.client(
            service, endpoint_url=f"http://127.0.0.1:{self.api}", region_name=REGION, aws_access_key_id=self.key[0],
            aws_secret_access_key=self.key[1], config=Config(**config),
        )  # fmt: skip

    def cpu(self):
        """Seconds of its own process, user and system."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Resident MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

    def stop(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        # What it started is in its session and ends with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def nameplate(program, directory, *flags):
    """Nameplate over a data directory of its own; `mqtt` is where devices connect."""
    api, mqtt, data = free_port(), free_port(), directory / "data"
    command = [
        Path(program).resolve(), "serve", "--data-dir", data, "--api", f"127.0.0.1:{api}", "--mqtt", f"127.0.0.1:{mqtt}",
        "--https", "127.0.0.1:0", "--log", "error", *flags,
    ]  # fmt: skip
    server = Server("nameplate", command, directory, api, (mqtt,))
    server.mqtt, server.root_ca = mqtt, data / "root-ca.pem"
    lines = (line.split("=", 1) for line in (data / "credentials").read_text().splitlines() if "=" in line)
    found = {name.strip(): value.strip() for name, value in lines}
    server.key = (found["aws_access_key_id"], found["aws_secret_access_key"])
    return server


def answer(stream):
    """One answer of a connection: its status, its body, and whether the connection stays open."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = stream.recv(65536)
        if not more:
            raise OSError("the connection ended")
        head += more
    head, body = head.split(b"\r\n\r\n", 1)
    lines = head.lower().split(b"\r\n")
    length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
    while len(body) < length:
        more = stream.recv(65536)
        if not more:
            raise OSError("the connection ended")
        body += more
    return int(head.split(b" ", 2)[1]), body, b"connection: close" not in lines


def send(server, requests):
    """Sends requests one after the other, over one connection where the server lets it."""
    stream = None
    for request in requests:
        if stream is None:
            stream = socket.create_connection(("127.0.0.1", server.api), PATIENCE)
        stream.sendall(request)
        status, body, stays = answer(stream)
        if status != 200:
            sys.exit(f"{server.name} answers {status} {body[:300]}")
        if not stays:
            stream.close()
            stream = None
    if stream is not None:
        stream.close()
