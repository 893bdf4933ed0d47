"""The fixtures. Found by pytest by itself where the package is installed."""

import pytest

from .server import IN_THE_WAY, start


def pytest_addoption(parser):
    parser.addini("nameplate_flags", "further flags of `nameplate serve`", type="args", default=[])


@pytest.fixture(scope="session")
def nameplate_server(request, tmp_path_factory):
    """A server for the whole session: of xdist's workers, each has its own. What it holds is what tests have left."""
    directory = tmp_path_factory.mktemp("nameplate") / "data"
    with start(*request.config.getini("nameplate_flags"), directory=directory) as server:
        yield server


@pytest.fixture
def nameplate(nameplate_server, monkeypatch):
    """A server that is empty. AWS's tools in the test, boto3 without arguments included, are pointed at it."""
    nameplate_server.reset()
    for name in IN_THE_WAY:
        monkeypatch.delenv(name, raising=False)
    for name, value in nameplate_server.env.items():
        monkeypatch.setenv(name, value)
    return nameplate_server
