"""Several nodes over one registry: their bus, a balancer before them, and proxies by which one of them is cut off."""

import contextlib
import itertools
import re
import socket
import subprocess
import threading
from pathlib import Path

from lib import BIN, DEADLINE, VENV_BIN, Server, run, until
from postgres import Postgres


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Nats:
    """A server of NATS. It can be stopped and comes back on its port."""

    def __init__(self, *arguments):
        self.port = free_port()
        self.arguments = arguments
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [VENV_BIN / "nats-server", "-a", "127.0.0.1", "-p", str(self.port), *self.arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(self.answers, "the bus listens")
        return self

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
            return probe.recv(4) == b"INFO"
        return False

    def stop(self):
        self.process.kill()
        self.process.wait()

    @property
    def url(self):
        return f"nats://127.0.0.1:{self.port}"


class Proxy:
    """TCP on a port of its own to whatever `targets` say, one after the other. `cut` breaks what is open and refuses more."""

    def __init__(self, *targets):
        self.targets = list(targets)
        self.turn = itertools.count()
        self.is_cut = False
        self.open = set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near):
        far = None
        for _ in self.targets:
            if self.is_cut:
                break
            # The next one where this one is not there, as a balancer that looks at health does.
            target = self.targets[next(self.turn) % len(self.targets)]
            with contextlib.suppress(OSError):
                far = socket.create_connection(("127.0.0.1", target), timeout=DEADLINE)
                break
        if far is None:
            near.close()
            return
        far.settimeout(None)
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.open |= {near, far}
        for one, other in [(near, far), (far, near)]:
            threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    def _copy(self, one, other):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            self.open.discard(end)

    def cut(self):
        self.is_cut = True
        for end in list(self.open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self.is_cut = False

    def close(self):
        self.listener.close()
        self.cut()


class Fleet:
    """So many nodes over a PostgreSQL and a NATS of their own, each of which reaches both through a proxy, unless directly."""

    def __init__(self, directory, count=3, direct=False, env=(), nats=(), program=BIN, flags=()):
        self.directory, self.direct, self.program = Path(directory), direct, program
        # Of every node, besides those that make them a fleet.
        self.flags = flags
        # Of the environment of each node, by its number.
        self.env = dict(env)
        self.database = Postgres("-c fsync=off")
        self.database.sql("CREATE DATABASE fleet ENCODING UTF8 TEMPLATE template0")
        self.nats = Nats(*nats)
        self.bodies = Server(self.directory / "bodies").start()
        self.bodies.client("s3").create_bucket(Bucket="bodies")
        self.key = self.directory / "secrets.key"
        self.key.write_text(run(["openssl", "rand", "-base64", "32"]).stdout)
        self.numbers = itertools.count(1)
        self.nodes, self.to_bus, self.to_store = [], {}, {}
        for _ in range(count):
            self.add()
        self.balancer = Proxy(*[node.mqtt_port for node in self.nodes])

    def add(self, nats=None):
        """A further node, over this bus."""
        nats = nats or self.nats
        bus, store = (None, None) if self.direct else (Proxy(nats.port), Proxy(self.database.port))
        ports = (self.database.port, nats.port) if self.direct else (store.port, bus.port)
        flags = [
            "--store", f"postgres://nameplate@127.0.0.1:{ports[0]}/fleet", "--bus", f"nats://127.0.0.1:{ports[1]}",
            "--secrets-key", self.key, "--objects", "s3://bodies", "--objects-endpoint", self.bodies.api_url,
            "--objects-credentials", self.bodies.data_dir / "credentials", *self.flags,
        ]  # fmt: skip
        number = next(self.numbers)
        node = Server(self.directory / f"node-{number}", *flags)
        node.environment, node.program = self.env.get(number, {}), self.program
        if not self.direct:
            self.to_bus[node], self.to_store[node] = bus, store
        if number == 1 and self.program == BIN and not node.environment and not self.flags:
            # All nodes share what the first has: keys of an earlier server.
            node.take_keys("server-0")
        node.start()
        self.nodes.append(node)
        return node

    def remove(self, node):
        """A node goes for good."""
        assert node.stop() == 0
        self.nodes.remove(node)
        self.balancer.targets = [node.mqtt_port for node in self.nodes if node.process.poll() is None]

    def replace(self, node):
        """Starts a node again that ended."""
        node.start()
        self.balancer.targets = [node.mqtt_port for node in self.nodes if node.process.poll() is None]

    def metric(self, node, name):
        found = re.search(rf"^nameplate_{name}(?:{{[^}}]*}})? (\d+)", node.get("/metrics"), re.MULTILINE)
        return int(found[1]) if found else None

    def settled(self):
        """Waits until every node hears all others, and nothing waits between them."""
        live = [node for node in self.nodes if node.process.poll() is None]
        until(
            lambda: all(
                self.metric(node, "bus_up") == 1
                and self.metric(node, "peers_heard") == len(live) - 1
                and self.metric(node, "peer_messages_unsettled") == 0
                for node in live
            ),
            "all nodes hear each other",
            60,
        )

    def end(self):
        self.balancer.close()
        logs = ""
        for node in self.nodes:
            if node.process.poll() is None:
                node.stop()
            logs += node.log()
        self.bodies.stop()
        self.nats.stop()
        for proxy in [*self.to_bus.values(), *self.to_store.values()]:
            proxy.close()
        self.database.end()
        assert "panicked" not in logs, logs
