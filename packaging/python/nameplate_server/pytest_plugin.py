"""The fixtures. Found by pytest by itself where the package is installed, so in runs too that use none of them: what takes
its time is imported by those that do."""

import os
import sys

import pytest


def pytest_addoption(parser):
    parser.addini("nameplate_flags", "further flags of `nameplate serve`", type="args", default=[])


@pytest.fixture(scope="session")
def nameplate_server(request, tmp_path_factory):
    """A server for the whole session: of xdist's workers, each has its own. What it holds is what tests have left."""
    from .server import start

    directory = tmp_path_factory.mktemp("nameplate") / "data"
    with start(*request.config.getini("nameplate_flags"), directory=directory) as server:
        yield server


@pytest.fixture
def nameplate(nameplate_server, monkeypatch):
    """A server that is empty. AWS's tools in the test, boto3 without arguments included, are pointed at it."""
    return _emptied(nameplate_server, monkeypatch)


@pytest.fixture(scope="module")
def nameplate_module(nameplate_server):
    """The same for the tests of a module together: empty before the first of them."""
    with pytest.MonkeyPatch.context() as patch:
        yield _emptied(nameplate_server, patch)


def _emptied(server, patch):
    from .server import in_the_way

    server.reset()
    for name in in_the_way(os.environ):
        patch.delenv(name)
    for name, value in server.env.items():
        patch.setenv(name, value)
    return server


def _servers(item):
    """The servers that the test has."""
    module = sys.modules.get(f"{__package__}.server")
    if module is None:
        return []
    found = [value for value in getattr(item, "funcargs", {}).values() if isinstance(value, module.Nameplate)]
    return list({id(server): server for server in found}.values())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item):
    for server in _servers(item):
        server._mark_log()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.failed:
        for server in _servers(item):
            said = server._log_of_test()
            if said:
                report.sections.append((f"Nameplate's log {report.when}", said))
