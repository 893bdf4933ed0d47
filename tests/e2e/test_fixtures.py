"""What tests of other programs get: the wheel with its fixture of pytest, and the npm package for Node's test runner. Each is
made of the program that all tests here run, installed where nothing of ours is, and used."""

import json
import shutil
import subprocess
import sys
import venv

import pytest
from lib import BIN, ROOT, VENV_BIN, plain_env, run

PACKAGING = ROOT / "packaging"
NODE_MODULES = ROOT / "tests" / "e2e" / "node" / "node_modules"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The program without what is for debuggers, which would only be packed and unpacked here."""
    program = tmp_path_factory.mktemp("program") / "nameplate"
    if shutil.which("strip"):
        run(["strip", "-o", program, BIN])
    else:
        shutil.copy(BIN, program)
    return program


@pytest.fixture(scope="module")
def python(program, tmp_path_factory):
    """An environment with the wheel, and what it asks for."""
    folder = tmp_path_factory.mktemp("wheel")
    made = run([sys.executable, PACKAGING / "wheel.py", "--binary", program, "--out", folder, "--store"], timeout=300)
    wheel = made.stdout.strip()
    venv.create(folder / "venv", with_pip=True, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    purelib = "import sysconfig; print(sysconfig.get_path('purelib'))"
    # What it asks for is here already, and pip looks whether it is.
    others = run([VENV_BIN / "python", "-c", purelib]).stdout
    with open(f"{run([python, '-c', purelib]).stdout.strip()}/others.pth", "w") as path:
        path.write(others)
    run([python, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", wheel], timeout=300)
    return python


def pytest_in(python, folder, *arguments, check=True, **env):
    env = {**plain_env(), "PATH": f"{python.parent}:/usr/bin:/bin", **env}
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments, folder]
    return run(command, cwd=folder, env=env, timeout=300, check=check).stdout


def blocks(document, language):
    """The code of a document in one language."""
    found, inside = [], None
    for line in (ROOT / document).read_text().splitlines():
        if inside is None and line == f"```{language}":
            inside = []
        elif inside is not None and line == "```":
            found.append("\n".join(inside) + "\n")
            inside = None
        elif inside is not None:
            inside.append(line)
    assert found, f"{document} has no {language}"
    return found


def test_what_is_shown_of_the_fixture_goes_as_it_is(python, tmp_path):
    assert run([python.parent / "nameplate", "--version"]).stdout.startswith("nameplate ")
    count = 0
    for number, document in enumerate(["packaging/python/README.md", "docs/testing.md"]):
        for at, code in enumerate(blocks(document, "python")):
            (tmp_path / f"test_document_{number}_{at}.py").write_text(code)
            count += code.count("\ndef test_")
    said = pytest_in(python, tmp_path)
    assert f"{count} passed" in said, said


def test_the_wheel_says_of_itself_what_the_program_is(python):
    shown = run([python, "-m", "pip", "--disable-pip-version-check", "show", "nameplate-server"]).stdout
    version = run([BIN, "--version"]).stdout.split()[1]
    assert f"Version: {version}\n" in shown
    assert "License: Apache-2.0\n" in shown
    assert run([python, "-m", "pip", "--disable-pip-version-check", "check"], check=False).stdout.count("nameplate") == 0


def test_twenty_workers_have_a_server_each(python, tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nnameplate_flags = --endpoint-host devices.test\n")
    (tmp_path / "test_many.py").write_text(
        "import pytest\n\n\n"
        "@pytest.mark.parametrize('number', range(20))\n"
        "def test_one(nameplate, worker_id, number):\n"
        "    iot = nameplate.client('iot')\n"
        "    assert iot.describe_endpoint(endpointType='iot:Data-ATS')['endpointAddress'] == 'devices.test'\n"
        "    iot.create_thing(thingName=worker_id)\n"
        "    assert [thing['thingName'] for thing in iot.list_things()['things']] == [worker_id]\n"
        "    print('server', nameplate.process.pid)\n"
    )
    said = pytest_in(python, tmp_path, "-n", "20", "-rP")
    assert "20 passed" in said, said
    servers = {line for line in said.splitlines() if line.startswith("server ")}
    assert len(servers) > 10, servers


def test_what_keeps_a_server_from_starting_is_said(python, tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nnameplate_flags = --no-such-flag\n")
    (tmp_path / "test_none.py").write_text("def test_none(nameplate):\n    pass\n")
    said = pytest_in(python, tmp_path, check=False)
    assert "the server did not start" in said and "--no-such-flag" in said, said


def test_a_test_that_fails_shows_what_the_server_said(python, tmp_path):
    (tmp_path / "test_log.py").write_text(
        "def test_before(nameplate):\n"
        "    nameplate.certificate_authority().device('earlier').connect(timeout=5)\n\n\n"
        "def test_refused(nameplate):\n"
        "    nameplate.certificate_authority().device('stranger').connect(timeout=5)\n\n\n"
        "def test_ended(nameplate):\n"
        "    nameplate.process.terminate()\n"
        "    nameplate.process.wait()\n"
        "    nameplate.explain()\n"
    )
    said = pytest_in(python, tmp_path, check=False)
    assert "3 failed" in said, said
    refused = said.partition("test_refused")[2].partition("test_ended")[0]
    log = refused.partition("Nameplate's log call")[2]
    assert "ca-unknown" in log and "stranger" in log and "earlier" not in log, said
    assert "the server has ended with status 0" in said, said


def test_tests_of_a_module_share_what_they_make(python, tmp_path):
    (tmp_path / "test_shared.py").write_text(
        "import os\n\nimport boto3\n\n\n"
        "def test_first(nameplate_module):\n"
        "    boto3.client('iot').create_thing(thingName='lamp')\n"
        "    assert os.environ['NO_PROXY'] == 'corp.test,127.0.0.1,localhost'\n\n\n"
        "def test_second(nameplate_module):\n"
        "    assert boto3.client('iot').describe_thing(thingName='lamp')['version'] == 1\n"
        "    assert len(nameplate_module.client('iot').list_things()['things']) == 1\n"
    )
    # As on a machine of a company, where somebody works with other services as well.
    wrong = "http://127.0.0.1:9"
    env = {"HTTP_PROXY": wrong, "http_proxy": wrong, "no_proxy": "corp.test", "AWS_ENDPOINT_URL_IOT": wrong}
    said = pytest_in(python, tmp_path, **env)
    assert "2 passed" in said, said


@pytest.fixture(scope="module")
def node_folder(program, tmp_path_factory):
    """A folder with the npm package, as npm puts it in place; it asks for nothing else."""
    folder = tmp_path_factory.mktemp("npm")
    made = run([sys.executable, PACKAGING / "npm.py", "--binary", program, "--out", folder, "--store"], timeout=300)
    package = folder / made.stdout.strip()
    (folder / "package.json").write_text('{"private": true}')
    env = {**plain_env(), "PATH": f"{VENV_BIN}:/usr/bin:/bin"}
    run(
        ["npm", "install", "--offline", "--no-audit", "--no-fund", "--no-save", package],
        cwd=folder, env=env, timeout=300,
    )  # fmt: skip
    package.unlink()
    return folder


def node_tests(folder, files, **env):
    env = {**plain_env(), "PATH": f"{VENV_BIN}:/usr/bin:/bin", **env}
    for name, code in files.items():
        (folder / name).write_text(code)
    return run(["node", "--test", *files], cwd=folder, env=env, timeout=300, check=False)


def test_what_is_shown_for_node_goes_as_it_is(node_folder):
    for scope in NODE_MODULES.iterdir():
        place = node_folder / "node_modules" / scope.name
        if not place.exists() and not scope.name.startswith("."):
            place.symlink_to(scope)
    code = blocks("packaging/node/README.md", "js") + blocks("docs/testing.md", "js")
    done = node_tests(node_folder, {f"document-{at}.test.mjs": text for at, text in enumerate(code)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert run([node_folder / "node_modules" / ".bin" / "nameplate", "--version"]).stdout.startswith("nameplate ")


MORE = """
import assert from 'node:assert/strict';
import test from 'node:test';
import tls from 'node:tls';
import { once } from 'node:events';
import { nameplate } from 'nameplate-server/test';
import { NameplateError } from 'nameplate-server';

const names = async () => (await nameplate.call('GET', '/things', undefined, 'iot')).things.map((t) => t.thingName);

test('each test begins with nothing', async () => {
  assert.deepEqual(await names(), []);
  await nameplate.device('lamp');
});

test('the next one, too; snapshots, clock and faults are there', async () => {
  assert.deepEqual(await names(), []);
  const lamp = await nameplate.device('lamp');
  await nameplate.snapshot('with-lamp');
  await nameplate.reset();
  assert.deepEqual(await names(), []);
  await nameplate.restore('with-lamp');
  assert.deepEqual(await names(), ['lamp']);
  const before = await nameplate.clock.now();
  const after = await nameplate.clock.forward({ days: 2 });
  assert.ok(after - before >= 2 * 24 * 3600 * 1000);
  await nameplate.fault('throttle', { of: 'ListThings' });
  await assert.rejects(names(), (error) => error instanceof NameplateError && /ThrottlingException/.test(error.message));
  assert.deepEqual(await names(), ['lamp']);
  const socket = tls.connect(lamp.tls);
  await once(socket, 'secureConnect');
  assert.ok(socket.authorized);
  // CONNECT of MQTT 3.1.1 with the client id `lamp`, and CONNACK 0.
  socket.write(Buffer.from('1010' + '00044d515454' + '04' + '02' + '003c' + '0004' + Buffer.from('lamp').toString('hex'), 'hex'));
  const [answer] = await once(socket, 'data');
  assert.deepEqual([...answer.subarray(0, 4)], [0x20, 2, 0, 0]);
  socket.destroy();
  await assert.rejects(nameplate.restore('none'), /no snapshot/);
});

test('the flags that were asked for are there', async () => {
  const { endpointAddress } = await nameplate.call('GET', '/endpoint?endpointType=iot:Data-ATS', undefined, 'iot');
  assert.equal(endpointAddress, 'devices.test');
});
"""


def test_files_of_node_have_a_server_each(node_folder):
    files = {f"more-{at}.test.mjs": MORE for at in range(3)}
    done = node_tests(node_folder, files, NAMEPLATE_TEST_FLAGS="--endpoint-host devices.test")
    assert done.returncode == 0, done.stdout + done.stderr
    # No server stays behind.
    left = subprocess.run(["pgrep", "-f", str(node_folder / "node_modules")], capture_output=True, text=True)
    assert left.stdout == "", left.stdout


def test_a_test_that_fails_shows_what_the_server_said_in_node_too(node_folder):
    code = (
        "import assert from 'node:assert/strict';\n"
        "import { once } from 'node:events';\n"
        "import tls from 'node:tls';\n"
        "import test from 'node:test';\n"
        "import { nameplate } from 'nameplate-server/test';\n"
        "test('it fails', async () => {\n"
        "  const socket = tls.connect({ host: 'localhost', port: nameplate.mqtt.port, ca: nameplate.rootCa });\n"
        "  socket.on('error', () => {});\n"
        "  await once(socket, 'close');\n"
        "  assert.equal((await nameplate.explain()).length, 0);\n"
        "});\n"
    )
    done = node_tests(node_folder, {"fails.test.mjs": code})
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "Nameplate's log of it fails" in said and "no-certificate" in said, said


def test_what_keeps_a_server_from_starting_is_said_in_node_too(node_folder):
    code = "import test from 'node:test';\nimport 'nameplate-server/test';\ntest('none', () => {});\n"
    done = node_tests(node_folder, {"none.test.mjs": code}, NAMEPLATE_TEST_FLAGS="--no-such-flag")
    assert done.returncode != 0 and "--no-such-flag" in done.stdout, done.stdout


def test_the_npm_package_says_of_itself_what_the_program_is(node_folder):
    described = json.loads((node_folder / "node_modules" / "nameplate-server" / "package.json").read_text())
    assert described["version"] == run([BIN, "--version"]).stdout.split()[1]
    assert described["os"] == ["linux"] and described["cpu"] and described["license"] == "Apache-2.0"
