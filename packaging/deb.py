#!/usr/bin/env python3
"""Stages the files of a system package, and makes the Debian package of them with dpkg-deb.

    packaging/deb.py --binary target/release/nameplate --out dist

The same program at the same commit makes the same bytes.
"""

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from facts import FACTS, ROOT, debian_of, glibc_of

PACKAGING = ROOT / "packaging"
#: Documents that come along, besides the licence.
DOCUMENTS = ["README.md", "README.zh-CN.md"]
COMPLETIONS = {
    "bash": "usr/share/bash-completion/completions/nameplate",
    "fish": "usr/share/fish/vendor_completions.d/nameplate.fish",
    "zsh": "usr/share/zsh/vendor-completions/_nameplate",
}
SETTINGS = "etc/nameplate/nameplate.toml"
DESCRIPTION = """AWS IoT Core compatible device provisioning
 The device registry, the provisioning templates, the MQTT endpoint on which
 a device's first connection provisions it, and the AWS APIs that go with
 them, in one program. AWS's own tools and SDKs work against it unchanged."""
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Nameplate

Files: *
Copyright: 2026 the contributors to Nameplate
License: Apache-2.0
 On Debian systems the text of the licence is in /usr/share/common-licenses/Apache-2.0.
"""


def moment():
    """What stands for the time in packages, in seconds since 1970: SOURCE_DATE_EPOCH, else the time of the commit."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    if not shutil.which("git"):
        return 0
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
    return int(done.stdout.strip() or 0) if done.returncode == 0 else 0


def put(path, content, mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)


def completions(binary):
    """What shells complete the command by, by shell."""
    return {
        shell: subprocess.run([binary, "completions", shell], check=True, capture_output=True).stdout
        for shell in COMPLETIONS
    }


def manuals(binary, folder):
    """Writes the manual's pages; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([binary, "man", folder], check=True)
    return sorted(folder.glob("*.1"))


def stage(binary, folder):
    """Puts everything where a system has it."""
    binary = Path(binary).resolve()
    program = folder / "usr/bin/nameplate"
    put(program, b"", 0o755)
    shutil.copyfile(binary, program)
    put(folder / "usr/lib/systemd/system/nameplate.service", (PACKAGING / "systemd/nameplate.service").read_bytes())
    put(folder / SETTINGS, (PACKAGING / "nameplate.toml").read_bytes())
    for shell, content in completions(binary).items():
        put(folder / COMPLETIONS[shell], content)
    with tempfile.TemporaryDirectory() as pages:
        for page in manuals(binary, Path(pages)):
            packed = gzip.compress(page.read_bytes(), 9, mtime=0)
            put(folder / "usr/share/man/man1" / f"{page.name}.gz", packed)
    put(folder / "usr/share/doc/nameplate/copyright", COPYRIGHT)
    for document in DOCUMENTS:
        put(folder / "usr/share/doc/nameplate" / document, (ROOT / document).read_bytes())
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)


def changelog(version, when):
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(when))
    text = (
        f"nameplate ({version}) unstable; urgency=medium\n\n  * Release {version}.\n\n"
        f" -- Nameplate <nameplate@localhost>  {date}\n"
    )
    return gzip.compress(text.encode(), 9, mtime=0)


def control(binary, size, version):
    needed = glibc_of(binary)
    depends = [f"libc6 (>= {needed[0]}.{needed[1]})", "libgcc-s1"] if needed else []
    fields = {
        "Package": "nameplate",
        "Version": version,
        "Architecture": debian_of(binary),
        "Maintainer": "Nameplate <nameplate@localhost>",
        "Installed-Size": str(size // 1024),
        "Depends": ", ".join([*depends, "passwd"]),
        "Suggests": "python3, nodejs",
        "Section": "net",
        "Priority": "optional",
        "Description": DESCRIPTION,
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def make(binary, out, version=None, compression="xz"):
    """Writes the package into the folder `out`; its path."""
    # As Debian orders them: a release comes after its candidates.
    version = (version or FACTS.version).replace("-", "~")
    when = moment()
    with tempfile.TemporaryDirectory() as work:
        root = Path(work) / "root"
        stage(binary, root)
        put(root / "usr/share/doc/nameplate/changelog.gz", changelog(version, when))
        put(root / "usr/share/lintian/overrides/nameplate", (PACKAGING / "debian/lintian-overrides").read_bytes())
        files = sorted(path for path in root.rglob("*") if path.is_file())
        size = sum(path.stat().st_size for path in files)
        sums = [
            f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n"
            for path in files if path != root / SETTINGS
        ]  # fmt: skip
        put(root / "DEBIAN/control", control(binary, size, version))
        put(root / "DEBIAN/conffiles", f"/{SETTINGS}\n")
        put(root / "DEBIAN/md5sums", "".join(sums))
        for script in ["postinst", "prerm", "postrm"]:
            put(root / "DEBIAN" / script, (PACKAGING / "debian" / script).read_bytes(), 0o755)
        (root / "DEBIAN").chmod(0o755)
        path = Path(out) / f"nameplate_{version}_{debian_of(binary)}.deb"
        path.parent.mkdir(parents=True, exist_ok=True)
        for file in [root, *root.rglob("*")]:
            os.utime(file, (when, when))
        subprocess.run(
            ["dpkg-deb", f"-Z{compression}", "--root-owner-group", "--build", root, path],
            check=True, stdout=subprocess.DEVNULL, env={**os.environ, "SOURCE_DATE_EPOCH": str(when)},
        )  # fmt: skip
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--binary", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--version", help="another version than the workspace's, as for a test of an upgrade")
    parser.add_argument("--store", action="store_true", help="do not compress: for tests, which install it at once")
    arguments = parser.parse_args()
    print(make(arguments.binary, arguments.out, arguments.version, "none" if arguments.store else "xz"))
