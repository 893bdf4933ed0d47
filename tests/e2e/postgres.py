"""A server of PostgreSQL for a run of the tests: made when the first test asks, gone with the run however it ends."""

import functools
import hashlib
import os
import socket
import subprocess
import tempfile
from pathlib import Path

# Ends the server, and its files, when standard input ends: whoever holds that is the run.
SCRIPT = r"""
set -eu
as_user() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown postgres "$DIRECTORY"
    as_user() { runuser -u postgres -- "$@"; }
fi
cd "$DIRECTORY"
as_user "$BIN/initdb" -D "$DIRECTORY/data" -U nameplate -A trust -E UTF8 --no-sync >/dev/null
as_user "$BIN/pg_ctl" -D "$DIRECTORY/data" -l "$DIRECTORY/data/log" -w -o "$OPTIONS" start >/dev/null </dev/null
echo ready
cat >/dev/null
# A test may have failed while it was stopped.
as_user "$BIN/pg_ctl" -D "$DIRECTORY/data" stop -m immediate >/dev/null 2>&1 || true
rm -rf "$DIRECTORY"
"""


def programs():
    """Where Debian keeps the programs of the newest version that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "PostgreSQL is not installed; scripts/test does that"
    return found[-1].parent


class Postgres:
    """A server, ready."""

    def __init__(self, options=""):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.directory = tempfile.mkdtemp(prefix="nameplate-postgres-")
        words = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300"
        self.options = f"{words} {options}"
        environment = os.environ | {
            "DIRECTORY": self.directory,
            "BIN": str(programs()),
            "OPTIONS": self.options,
        }
        self.keeper = subprocess.Popen(
            ["sh", "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.keeper.stdout.readline() == "ready\n", "PostgreSQL did not start"

    def url(self, database="postgres"):
        return f"postgres://nameplate@127.0.0.1:{self.port}/{database}"

    def sql(self, statement, database="postgres"):
        """What a statement answers, without headings."""
        done = subprocess.run(
            [programs() / "psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", self.url(database), "-c", statement],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{statement}: {done.stderr}"
        return done.stdout.strip()

    def control(self, *words):
        """`stop -m fast`, `start`, as pg_ctl has them."""
        command = [programs() / "pg_ctl", "-D", f"{self.directory}/data", "-l", f"{self.directory}/data/log", "-w"]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(
            [*command, "-o", self.options, *words], check=True, cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def database_of(self, directory):
        """URL of the database that belongs to a data directory; made where it is not there."""
        name = "d" + hashlib.sha256(str(directory).encode()).hexdigest()[:20]
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            self.sql(f"CREATE DATABASE {name} ENCODING UTF8 TEMPLATE template0")
        return self.url(name)

    def end(self):
        self.keeper.stdin.close()
        self.keeper.wait(timeout=30)


class Replica:
    """What a server has acknowledged is here too, by its synchronous replication. It takes its place when it is promoted."""

    def __init__(self, primary):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.primary = primary
        self.data = f"{primary.directory}/replica"
        source = f"host=127.0.0.1 port={primary.port} user=nameplate application_name=replica"
        self._run("pg_basebackup", "-D", self.data, "-R", "-c", "fast", "-d", source)
        words = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300"
        self._run("pg_ctl", "-D", self.data, "-l", f"{self.data}/log", "-w", "-o", words, "start")
        primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'replica'")
        primary.sql("SELECT pg_reload_conf()")

    def _run(self, program, *words):
        command = [programs() / program, *words]
        if os.getuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)  # fmt: skip

    def is_in_step(self):
        return self.primary.sql("SELECT COUNT(*) FROM pg_stat_replication WHERE sync_state = 'sync'") == "1"

    def promote(self):
        self._run("pg_ctl", "-D", self.data, "-w", "promote")

    def end(self):
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")


@functools.cache
def shared():
    """The one that all servers of a run use."""
    return Postgres("-c fsync=off")
