#!/usr/bin/env python3
"""Makes the PyPI wheel `nameplate-server`: the program and the pytest fixtures. Needs nothing but Python.

    packaging/wheel.py --binary target/release/nameplate --out target/packages
"""

import base64
import hashlib
import zipfile
from pathlib import Path

from facts import FACTS, ROOT, Facts, glibc_of, machine_of, make_as_asked

PACKAGE = ROOT / "packaging" / "python"
#: What the modules import.
REQUIRES = ["boto3>=1.34", "cryptography>=42", "paho-mqtt>=2.1", "pytest>=7"]


def metadata(facts):
    lines = [
        "Metadata-Version: 2.1",
        "Name: nameplate-server",
        f"Version: {facts.version}",
        f"Summary: {facts.description}",
        f"License: {facts.license}",
        "Requires-Python: >=3.9",
        "Classifier: Framework :: Pytest",
        "Classifier: Operating System :: POSIX :: Linux",
        *(f"Requires-Dist: {needed}" for needed in REQUIRES),
        "Description-Content-Type: text/markdown",
        "",
        (PACKAGE / "README.md").read_text(),
    ]
    return "\n".join(lines)


def platforms(binary):
    """The wheel's platforms: the newest symbol of glibc that the program asks for says on which it runs. A static one
    runs on all, those without glibc included."""
    machine = machine_of(binary)
    if needed := glibc_of(binary):
        return [f"manylinux_{needed[0]}_{needed[1]}_{machine}"]
    return [f"manylinux_2_17_{machine}", f"musllinux_1_1_{machine}"]


class Wheel:
    """A zip with the digest of each of its files."""

    def __init__(self, path, compress=True):
        self.zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED)
        self.record = []

    def add(self, name, content, mode=0o644):
        info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        info.external_attr = (0o100000 | mode) << 16
        info.compress_type = self.zip.compression
        self.zip.writestr(info, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.record.append(f"{name},sha256={digest},{len(content)}")

    def close(self, info):
        name = f"{info}/RECORD"
        lines = "\n".join([*self.record, f"{name},,"]) + "\n"
        entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o100644 << 16
        self.zip.writestr(entry, lines)
        self.zip.close()


def make(binary, out, facts: Facts = FACTS, compress=True):
    """Writes the wheel into the folder `out`; its path."""
    names = platforms(binary)
    stem = f"nameplate_server-{facts.version}"
    path = Path(out) / f"{stem}-py3-none-{'.'.join(names)}.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    wheel = Wheel(path, compress)
    for module in sorted((PACKAGE / "nameplate_server").glob("*.py")):
        wheel.add(f"nameplate_server/{module.name}", module.read_bytes())
    wheel.add(f"{stem}.data/scripts/nameplate", Path(binary).read_bytes(), 0o755)
    info = f"{stem}.dist-info"
    wheel.add(f"{info}/METADATA", metadata(facts).encode())
    tags = "".join(f"Tag: py3-none-{name}\n" for name in names)
    wheel.add(
        f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: nameplate-packaging\nRoot-Is-Purelib: false\n{tags}".encode()
    )
    wheel.add(f"{info}/entry_points.txt", b"[pytest11]\nnameplate = nameplate_server.pytest_plugin\n")
    wheel.add(f"{info}/LICENSE", (ROOT / "LICENSE").read_bytes())
    wheel.close(info)
    return path


if __name__ == "__main__":
    make_as_asked(make, __doc__)
