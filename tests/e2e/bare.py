"""A bare Debian in a folder, made within seconds of what this machine's dpkg has installed: the essential packages and
what they need, as they were delivered, without what was set up or added since. Root alone can use it (chroot)."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from lib import run

DPKG = Path("/var/lib/dpkg")


def _stanzas():
    """Dpkg's record of each installed package, by name."""
    found = {}
    for stanza in (DPKG / "status").read_text().split("\n\n"):
        fields = dict(re.findall(r"^([\w-]+): (.*)$", stanza, re.MULTILINE))
        if fields.get("Status") == "install ok installed":
            found[fields["Package"]] = (stanza, fields)
    return found


def _closure(stanzas, names):
    """These packages and all that they depend on."""
    wanted, todo = set(), list(names)
    while todo:
        name = todo.pop()
        if name in wanted or name not in stanzas:
            continue
        wanted.add(name)
        fields = stanzas[name][1]
        for field in ("Depends", "Pre-Depends"):
            todo += re.findall(r"(?:^|[,|])\s*([a-z0-9.+-]+)", fields.get(field, ""))
    return sorted(wanted)


def make(folder, extra=("passwd",)):
    """Makes it there."""
    folder = Path(folder)
    stanzas = _stanzas()
    essential = [name for name, (_, fields) in stanzas.items() if fields.get("Essential") == "yes"]
    names = _closure(stanzas, [*essential, *extra])
    listed = run(["dpkg", "-L", *names]).stdout.splitlines()
    for path in dict.fromkeys(line for line in listed if line.startswith("/")):
        _copy(Path(path), folder)
    for link in ["bin", "sbin", "lib", "lib64"]:
        # Debian's shape since 12; older ones have directories there.
        if os.path.islink(f"/{link}") and not os.path.lexists(folder / link):
            (folder / link).symlink_to(os.readlink(f"/{link}"))
    for name in ["tmp", "proc", "dev", "run", "var/lib/dpkg/updates", "var/lib/dpkg/info", "var/lib/dpkg/triggers"]:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name in ["passwd", "group"]:
        shutil.copyfile(folder / f"usr/share/base-passwd/{name}.master", folder / "etc" / name)
    for name in ["etc/shadow", "etc/gshadow", "var/lib/dpkg/available"]:
        (folder / name).write_text("")
    status = "".join(f"{stanzas[name][0].strip()}\n\n" for name in names)
    (folder / "var/lib/dpkg/status").write_text(status)
    for name in names:
        for path in [*DPKG.glob(f"info/{name}.list"), *DPKG.glob(f"info/{name}:*.list")]:
            shutil.copyfile(path, folder / "var/lib/dpkg/info" / path.name)
    _null(folder / "dev/null")
    return folder


def _copy(path, folder):
    """A file of a package, as it is on this machine, where it was delivered by way of links or not."""
    if path == Path("/.") or not os.path.lexists(path):
        return
    # Directories may be links (/bin): what is in them is where they lead.
    real = Path(os.path.realpath(path.parent)) / path.name
    target = folder / real.relative_to("/")
    if real.is_symlink():
        target.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(target):
            target.symlink_to(os.readlink(real))
    elif real.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    elif real.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(real, target)


def _null(path):
    try:
        os.mknod(path, 0o020666, os.makedev(1, 3))
        path.chmod(0o666)
        path.open("w").close()
    except OSError:
        # Where no devices may be made a file swallows as much.
        path.unlink(missing_ok=True)
        path.write_text("")
        path.chmod(0o666)


def inside(folder, *words, check=True):
    """Runs a program there, as root, with nothing of this machine's environment."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    return run(["chroot", folder, *words], env=env, check=check, stdin=subprocess.DEVNULL, timeout=120)
