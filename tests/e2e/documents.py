"""The command blocks of README.md and docs/*.md, and a shell in which they run as they are written.

A block's language says what it is: `sh` is commands, `console` is commands behind `$ ` with what they print; both run.
Other languages (`json`, `toml`, `python`, `js`, `yaml`, `text`, …) are shown. `<!-- not run: REASON -->` before a block
keeps one from being run. The blocks of a page run in one shell, in order, beside a server; a block that starts a server
begins anew, with an empty directory.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from lib import BIN, ROOT, VENV_BIN, Server, aws_cli, plain_env

#: Languages whose blocks are commands.
COMMANDS = ("sh", "console")
#: Ports that pages name, and the settings that they are defaults of.
PORTS = {"4566": "NAMEPLATE_API", "8883": "NAMEPLATE_MQTT", "8443": "NAMEPLATE_HTTPS", "5000": None, "8080": None}
_FENCE = re.compile(r"^```(\S*)[ \t]*$")
# What a page leaves running in the background ends with its shell.
_BEGIN = """set -euo pipefail
trap '{ kill $(jobs -p) && wait; } 2>/dev/null || true' EXIT
"""
_NOT_RUN = re.compile(r"^<!-- not run: (.+) -->$")


@dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    text: str
    #: Why it is not run, where a comment before it says so.
    reason: str | None

    def __str__(self):
        return f"{self.page}:{self.line}"

    @property
    def commands(self):
        if self.language == "sh":
            return self.text
        # What follows a prompt, and what that goes on with.
        lines, open_line = [], False
        for line in self.text.splitlines():
            if line.startswith("$ ") or open_line:
                lines.append(line.removeprefix("$ "))
                open_line = line.endswith("\\")
        return "\n".join(lines) + "\n"

    @property
    def printed(self):
        """What a console shows besides the commands."""
        lines, open_line = [], False
        for line in self.text.splitlines():
            if line.startswith("$ ") or open_line:
                open_line = line.endswith("\\")
            else:
                lines.append(line)
        return "\n".join(lines)


def blocks(page):
    """All fenced blocks of a page, which is a path from the root."""
    found, inside, before, start = [], None, "", 0
    for number, line in enumerate((ROOT / page).read_text().splitlines(), 1):
        fence = _FENCE.match(line)
        if inside is None and fence:
            reason = _NOT_RUN.match(before)
            inside, start, language = [], number, fence[1]
            why = reason[1] if reason else None
        elif inside is not None and line == "```":
            found.append(Block(page, start, language, "".join(f"{text}\n" for text in inside), why))
            inside, before = None, ""
        elif inside is not None:
            inside.append(line)
        elif line.strip():
            before = line
    assert inside is None, f"{page}:{start}: the block has no end"
    return found


def sessions(page):
    """The commands of a page that run, in groups that each begin with an empty directory."""
    groups = [[]]
    for block in blocks(page):
        if block.language not in COMMANDS or block.reason:
            continue
        if starts_a_server(block) and groups[-1]:
            groups.append([])
        groups[-1].append(block)
    return [group for group in groups if group]


def starts_a_server(block):
    return re.search(r"^nameplate serve\b", block.commands, re.MULTILINE) is not None


def free_ports(count):
    """Ports below those that the system hands out, so that nobody else is given one meanwhile."""
    found, candidate = [], 20000 + os.getpid() % 1000 * 10
    while len(found) < count:
        candidate = candidate + 1 if candidate < 32000 else 20000
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as one:
                try:
                    one.bind(("0.0.0.0", candidate))
                except OSError:
                    break
        else:
            found.append(str(candidate))
    return found


class Shell:
    """Where a reader would type: a directory, a server in it, the programs on the path, and ports of its own for those
    that the pages name."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.server = None

    @property
    def env(self):
        aws = aws_cli().program(self.directory / ".aws-cli", 240)
        env = {**plain_env(), "PATH": f"{aws}:{VENV_BIN}:{BIN.parent}:{plain_env()['PATH']}", "AWS_PAGER": ""}
        hosts = {"NAMEPLATE_API": "127.0.0.1", "NAMEPLATE_MQTT": "127.0.0.1", "NAMEPLATE_HTTPS": "127.0.0.1"}
        env |= {name: f"{hosts[name]}:{self.ports[port]}" for port, name in PORTS.items() if name}
        return env

    def with_server(self, *flags):
        """Starts one in `nameplate-data`, with those ports."""
        self.server = _AtPorts(self.directory / "nameplate-data", self.ports, *flags).start()
        return self

    def placed(self, script):
        """The script with this shell's ports."""
        return re.sub(rf"(?<![\d.])({'|'.join(PORTS)})(?!\d)", lambda found: self.ports[found[1]], script)

    def run(self, script, timeout=240):
        """What the script printed, with the errors where it printed them. It must end well; what it left running ends
        with it."""
        text = f"{_BEGIN}{self.placed(script)}"
        process = subprocess.Popen(
            ["bash", "-c", text], cwd=self.directory, env=self.env, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=open(self.directory / ".printed", "w"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            status = process.wait(timeout=timeout)
        except subprocess.TimeoutExpired:
            status = f"nothing for {timeout} s"
        finally:
            # What has not ended with the shell.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        printed = (self.directory / ".printed").read_text(errors="replace")
        assert status == 0, f"ended with {status}\n--- script\n{text}\n--- printed\n{printed}"
        return printed

    def close(self):
        if self.server is not None:
            assert self.server.stop() == 0, self.server.log()
            assert "panicked" not in self.server.log(), self.server.log()


class _AtPorts(Server):
    def __init__(self, data_dir, ports, *flags):
        super().__init__(data_dir, *flags)
        self.at = ports

    def command(self):
        words = [BIN, "serve", "--data-dir", self.data_dir]
        for flag, port in [("--api", "4566"), ("--mqtt", "8883"), ("--https", "8443")]:
            words += [flag, f"127.0.0.1:{self.at[port]}"]
        return [*words, *self.store, *self.flags]


def alike(text):
    """A text without what differs from one run to the next: ids, numbers, times, the width of columns."""
    text = re.sub(r"\b[0-9A-Fa-f]{8,}(…|\.\.\.)?|\b[0-9a-f]{8}-[0-9a-f-]{27}\b", "ID", text)
    text = re.sub(r"\d+(\.\d+)?", "N", text)
    text = re.sub(r"\bN (ms|µs|s)\b", "TIME", text)
    return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line.strip()]
