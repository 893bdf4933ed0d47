"""Starts awslambdaric, so that what a function calls in AWS reaches the server that runs it.

Four things differ from AWS's own start. Amazon's root certificate, fetched by its literal address, is this server's own.
Connections to AWS IoT's addresses go to this server, whatever address the function was given or wrote down. Compiled
packages that were built for another Python give way to the machine's own of the same name. What is logged in several lines
is handed to the host as one.
"""

import importlib.machinery
import importlib.util
import os
import re
import socket
import sys

API = os.environ["AWS_LAMBDA_RUNTIME_API"].rsplit(":", 1)
ENDPOINT = os.environ.get("AWS_ENDPOINT_URL", "")
DEVICE_HOST = os.environ.pop("NAMEPLATE_DEVICE_HOST", "")
ROOT_CA_HOST = "www.amazontrust.com"
IOT_HOST = re.compile(r"(^|[.-])iot\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$")
TASK = os.environ["LAMBDA_TASK_ROOT"]
OPT = os.environ.pop("NAMEPLATE_OPT", "/opt")


def plain_address(host, port):
    """Where a TLS connection to host is made without TLS instead, or None."""
    host = (host or "").lower().rstrip(".")
    if host == ROOT_CA_HOST:
        return API[0], int(API[1])
    ours = IOT_HOST.search(host) or (host == DEVICE_HOST and port in (None, 443))
    if ours and ENDPOINT.startswith("http://"):
        name, _, number = ENDPOINT[len("http://"):].split("/")[0].rpartition(":")
        if name and number.isdigit():
            return name.strip("[]"), int(number)
    return None


def redirect(module):
    """Wraps connect() of http.client's and urllib3's connections, which share their shape."""
    kind = getattr(module, "HTTPSConnection", None)
    if kind is None:
        return
    connect = kind.connect

    def connect_or_redirect(self):
        address = plain_address(self.host, self.port)
        if address is None:
            return connect(self)
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else None
        try:
            self.sock = socket.create_connection(address, timeout)
        except OSError as e:
            # urllib3 has a name of its own for it, by which botocore decides whether to try again.
            if hasattr(module, "NewConnectionError"):
                raise module.NewConnectionError(self, f"Failed to establish a new connection: {e}") from e
            raise
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # urllib3 would warn that nobody looked at a certificate.
        self.is_verified = True

    kind.connect = connect_or_redirect


class AfterImport:
    """Calls redirect() when a module of these names has been imported, and costs nothing where none is."""

    def __init__(self, names):
        self.names = set(names)

    def find_spec(self, name, path=None, target=None):
        if name not in self.names:
            return None
        self.names.discard(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            self.names.add(name)
            return None
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            redirect(module)

        spec.loader.exec_module = exec_module
        return spec


def built_for_another(folder):
    """Top-level names in folder with a compiled part that this Python cannot load."""
    suffixes = tuple(importlib.machinery.EXTENSION_SUFFIXES)
    names = set()
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return names
    for entry in entries:
        if entry.name.endswith(".so") and ".cpython-" in entry.name and not entry.name.endswith(suffixes):
            names.add(entry.name.split(".")[0])
        elif entry.is_dir() and os.path.exists(os.path.join(entry.path, "__init__.py")):
            for _, _, files in os.walk(entry.path):
                if any(
                    f.endswith(".so") and ".cpython-" in f and not f.endswith(suffixes)
                    and not any(g.startswith(f.split(".")[0] + ".") and g.endswith(suffixes) for g in files)
                    for f in files
                ):
                    names.add(entry.name)
                    break
    return names


class MachinesOwn:
    """Finds packages on the machine that the function's layers bring for another Python."""

    def __init__(self, folders):
        self.folders = folders
        self.names = set().union(*(built_for_another(folder) for folder in folders))
        # These two are one package in two parts, and must be of one build.
        if self.names & {"cryptography", "_cffi_backend", "cffi", "OpenSSL"}:
            self.names |= {"cryptography", "_cffi_backend", "cffi", "OpenSSL"}

    def find_spec(self, name, path=None, target=None):
        if name not in self.names:
            return None
        rest = [folder for folder in sys.path if folder not in self.folders]
        spec = importlib.machinery.PathFinder.find_spec(name, rest)
        if spec is not None:
            print(f"[nameplate] {name} in the function's code or layers is built for another Python: using {spec.origin}")
        return spec


def whole_records():
    """A record of several lines is one event of the log, as it is where AWS's client has a descriptor for records."""
    from awslambdaric import bootstrap

    sink = getattr(bootstrap, "StandardLogSink", None)
    if sink is None:
        return

    def log(self, msg, frame_type=None):
        # The host takes `\r` for the end of a line within an event.
        sys.stdout.write(msg.rstrip("\n").replace("\n", "\r") + "\n")

    sink.log = log
    sink.log_error = lambda self, lines: log(self, "\n".join(lines))


def main():
    # The script's own folder: the function's comes first.
    del sys.path[0]
    brought = [folder for folder in sys.path if folder == TASK or folder.startswith(OPT + "/")]
    own = MachinesOwn(brought)
    if own.names:
        sys.meta_path.insert(0, own)
    sys.meta_path.insert(0, AfterImport(("http.client", "urllib3.connection")))
    from awslambdaric.__main__ import main as run

    whole_records()
    run([sys.argv[0], os.environ["_HANDLER"]])


main()
