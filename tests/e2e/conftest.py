"""Fixtures: `server` is shared by the whole run, `make_server` makes one for a test alone."""

import pytest
from lib import BIN, Ca, Server, jitp_role


def pytest_configure(config):
    config.addinivalue_line("markers", "last: runs after all others, and only with all others")
    if not BIN.exists():
        pytest.exit(f"{BIN} does not exist: `cargo build --bin nameplate`, or set NAMEPLATE_BIN", returncode=2)


def pytest_collection_modifyitems(config, items):
    """What all tests together have called can be asked only after all of them."""
    last = [item for item in items if item.get_closest_marker("last")]
    rest = [item for item in items if item not in last]
    files = {item.path for item in items}
    whole = not config.option.keyword and all(path in files for path in config.rootpath.glob("tests/e2e/test_*.py"))
    items[:] = rest + (last if whole else [])
    if not whole:
        config.hook.pytest_deselected(items=last)


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
