"""What all packages say of the program: name, version, licence, and what its binary needs."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Machines by the number in an ELF head: Python's and npm's names, Debian's, RPM's.
MACHINES = {62: ("x86_64", "amd64", "x86_64", "x64"), 183: ("aarch64", "arm64", "aarch64", "arm64")}


@dataclass(frozen=True)
class Facts:
    version: str
    description: str
    license: str


def _facts():
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]
    crate = tomllib.loads((ROOT / "crates/nameplate/Cargo.toml").read_text())["package"]
    return Facts(workspace["version"], crate["description"], workspace["license"])


FACTS = _facts()


def _machine(binary):
    with open(binary, "rb") as file:
        head = file.read(20)
    if head[:4] != b"\x7fELF":
        raise SystemExit(f"{binary} is no program of Linux")
    number = int.from_bytes(head[18:20], "little")
    if number not in MACHINES:
        raise SystemExit(f"{binary} is for a machine of the unknown kind {number}")
    return MACHINES[number]


def machine_of(binary):
    """As Python names it."""
    return _machine(binary)[0]


def debian_of(binary):
    """As Debian names it."""
    return _machine(binary)[1]


def rpm_of(binary):
    """As RPM names it."""
    return _machine(binary)[2]


def npm_of(binary):
    """As Node names it."""
    return _machine(binary)[3]


def glibc_of(binary):
    """The oldest glibc that has all symbols the program asks for; `None` where it asks for none."""
    content = Path(binary).read_bytes()
    versions = {tuple(map(int, found)) for found in re.findall(rb"\x00GLIBC_(\d+)\.(\d+)(?=[.\x00])", content)}
    return max(versions, default=None)
