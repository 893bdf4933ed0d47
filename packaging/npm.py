#!/usr/bin/env python3
"""Makes the npm package `nameplate-server`: the program, and what Node's tests need of it. Needs nothing but Python.

    packaging/npm.py --binary target/release/nameplate --out target/packages
"""

import gzip
import io
import json
import tarfile
from pathlib import Path

from facts import FACTS, ROOT, glibc_of, make_as_asked, npm_of

PACKAGE = ROOT / "packaging" / "node"


def make(binary, out, compress=True):
    """Writes the package into the folder `out`; its path."""
    described = json.loads((PACKAGE / "package.json").read_text())
    described |= {"version": FACTS.version, "license": FACTS.license, "cpu": [npm_of(binary)]}
    if glibc_of(binary):
        described["libc"] = ["glibc"]
    files = {
        "package.json": (json.dumps(described, indent=2).encode() + b"\n", 0o644),
        "index.mjs": ((PACKAGE / "index.mjs").read_bytes(), 0o644),
        "test.mjs": ((PACKAGE / "test.mjs").read_bytes(), 0o644),
        "README.md": ((PACKAGE / "README.md").read_bytes(), 0o644),
        "LICENSE": ((ROOT / "LICENSE").read_bytes(), 0o644),
        "bin/nameplate": (Path(binary).read_bytes(), 0o755),
    }
    path = Path(out) / f"nameplate-server-{FACTS.version}-{npm_of(binary)}.tgz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9 if compress else 0, raw, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, (content, mode) in files.items():
                entry = tarfile.TarInfo(f"package/{name}")
                entry.size, entry.mode = len(content), mode
                archive.addfile(entry, io.BytesIO(content))
    return path


if __name__ == "__main__":
    make_as_asked(make, __doc__)
