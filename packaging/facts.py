"""What all packages say of the program: name, version, licence, and what its binary needs."""

import argparse
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


def make_as_asked(make, document):
    """The command line of a script that makes one package; `document` is what the script says of itself."""
    parser = argparse.ArgumentParser(description=document.split("\n")[0])
    parser.add_argument("--binary", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--store", action="store_true", help="do not compress: for tests, which install it at once")
    arguments = parser.parse_args()
    print(make(arguments.binary, arguments.out, compress=not arguments.store))
