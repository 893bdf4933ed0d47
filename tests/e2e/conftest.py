"""Fixtures: `server` is shared by the whole run, `make_server` makes one for a test alone."""

import gc
import os

import pytest
from called import uncalled
from lib import BIN, Ca, Server, aws_cli, home, jitp_role

if "PYTEST_XDIST_WORKER" in os.environ:
    # Modules that are imported and tests that are found stay to the end: they are not looked at for garbage meanwhile.
    gc.disable()
# Files that take longest begin first, so that at the end no worker has one of them left while the others have nothing.
LONGEST = (
    "bulk", "fixtures", "cluster_upgrade", "packages", "cluster", "documents", "jitr_handlers", "rumqttc", "postgres",
    "cluster_store", "vending", "console", "infrastructure_tools", "functions", "s3", "cluster_cut_off", "cluster_doors",
    "floods", "jitp_walkthrough", "reset", "cluster_model", "cluster_services", "bad_devices", "acm", "cluster_faults",
    "chalice", "function_runtimes", "rights", "cli", "running", "objects_elsewhere", "copy", "apigateway_logs", "rules",
    "apigateway_bad_input", "backup", "search", "dynamodb", "function_deploy",
)  # fmt: skip
# Whether all tests run, and so all operations are called.
WHOLE = pytest.StashKey[bool]()
# Operations that none of them called.
UNCALLED = pytest.StashKey[set]()


def pytest_configure(config):
    config.stash[WHOLE] = False
    if not BIN.exists():
        pytest.exit(f"{BIN} does not exist: `cargo build --bin nameplate`, or set NAMEPLATE_BIN", returncode=2)
    if config.getoption("numprocesses", None):
        # One for all processes that follow: it takes seconds to read what it keeps.
        os.environ["PYTEST_AWS_CLI"] = aws_cli().path


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    ranks = {f"test_{name}.py": rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.name, len(ranks)))
    files = {item.path for item in items}
    chosen = config.option.keyword or config.option.markexpr
    config.stash[WHOLE] = not chosen and all(path in files for path in config.rootpath.glob("tests/e2e/test_*.py"))


def pytest_collection_finish(session):
    """What has been imported stays to the end, and what tests leave behind is little: collecting it was a sixth of what
    they compute themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """What one of xdist's workers has to say at its end. Only the run as a whole knows what all tests have called."""
    said = getattr(node, "workeroutput", {})
    Server.called.update(tuple(pair) for pair in said.get("called", ()))
    node.config.stash[WHOLE] |= said.get("whole", False)


def pytest_sessionfinish(session, exitstatus):
    """The whole suite fails where it leaves out an operation that is built."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput |= {"called": sorted(Server.called), "whole": config.stash[WHOLE]}
    elif config.stash[WHOLE] and exitstatus == pytest.ExitCode.OK:
        config.stash[UNCALLED] = uncalled(Server.called)
        if config.stash[UNCALLED]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure():
    home.cleanup()


def pytest_terminal_summary(terminalreporter, config):
    if missing := config.stash.get(UNCALLED, None):
        terminalreporter.section("built and not called")
        terminalreporter.line(f"no test calls {sorted(missing)} with success; exceptions are listed in called.py")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server with default settings. Tests that share it use names of their own (`unique`)."""
    server = Server(tmp_path_factory.mktemp("shared") / "data").start()
    yield server
    if server.process.poll() is not None:
        pytest.fail(f"the shared server died\n{server.log()[-5000:]}")
    status = server.stop()
    assert status == 0, server.log()
    assert "panicked" not in server.log(), server.log()


@pytest.fixture(scope="module")
def device(fleet, tmp_path_factory):
    """A device that may do all in the fleet of nodes that a module has. Every node knows it as soon as it is asked, since the
    store does."""
    return fleet.nodes[0].service_device(tmp_path_factory.mktemp("device"))


@pytest.fixture
def make_server(tmp_path):
    """Starts servers with the flags given; ends them after the test."""
    made = []

    def make(*flags, directory="data", start=True):
        server = Server(tmp_path / directory, *flags)
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        if server.process is not None and server.process.poll() is None:
            server.stop()
        assert "panicked" not in server.log(), server.log()


@pytest.fixture(scope="session")
def iot(server):
    return server.client("iot")


@pytest.fixture(scope="session")
def loose_iot(server):
    """IoT without boto3's own checks, so that the server's are seen."""
    return server.client("iot", parameter_validation=False)


@pytest.fixture(scope="session")
def iam(server):
    return server.client("iam")


@pytest.fixture(scope="session")
def sts(server):
    return server.client("sts")


@pytest.fixture(scope="session")
def role(server):
    """A role that provisioning may use."""
    return jitp_role(server)


@pytest.fixture
def ca(tmp_path):
    """A CA of the user's, registered nowhere."""
    return Ca(tmp_path / "ca")
