"""A server of MariaDB for a run of the tests: made when the first test asks, gone with the run however it ends."""

import functools
import os
import socket
import subprocess
import tempfile

# Ends the server, and its files, when standard input ends: whoever holds that is the run.
SCRIPT = r"""
set -eu
owner=
if [ "$(id -u)" = 0 ]; then
    chown mysql "$DIRECTORY"
    owner=--user=mysql
fi
cd "$DIRECTORY"
mariadb-install-db --no-defaults $owner --datadir="$DIRECTORY/data" --auth-root-authentication-method=normal \
    --skip-test-db >install.log 2>&1
mariadbd --no-defaults $owner --datadir="$DIRECTORY/data" --socket="$DIRECTORY/socket" --port="$PORT" \
    --bind-address=127.0.0.1 --pid-file="$DIRECTORY/pid" --innodb-buffer-pool-size=32M \
    --innodb-flush-log-at-trx-commit=0 >server.log 2>&1 </dev/null &
server=$!
while kill -0 "$server" && ! mariadb --no-defaults -u root -S "$DIRECTORY/socket" -e 'SELECT 1' >/dev/null 2>&1; do
    sleep 0.05
done
echo ready
cat >/dev/null
kill "$server"
wait "$server" || true
rm -rf "$DIRECTORY"
"""


class MariaDb:
    """A server, ready."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.directory = tempfile.mkdtemp(prefix="nameplate-mariadb-")
        environment = os.environ | {"DIRECTORY": self.directory, "PORT": str(self.port)}
        self.keeper = subprocess.Popen(
            ["sh", "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.keeper.stdout.readline() == "ready\n", "MariaDB did not start"

    def command(self, statement, database):
        client = ["mariadb", "--no-defaults", "-u", "root", "-S", f"{self.directory}/socket", "-N", "-B"]
        return [*client, *([database] if database else []), "-e", statement]

    def sql(self, statement, database=None):
        """What a statement answers, without headings."""
        command = self.command(statement, database)
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def end(self):
        self.keeper.stdin.close()
        self.keeper.wait(timeout=30)


@functools.cache
def shared():
    """The one of a run."""
    return MariaDb()
