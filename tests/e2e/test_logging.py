"""Logging options with real effect: AWS IoT developer guide "Configure AWS IoT logging"."""

import pytest
from lib import fails, jitp_role, pages, unique, until


@pytest.fixture
def logged(make_server, tmp_path):
    """Connects and disconnects as a client, and says which of both was logged: words of 'connected', 'disconnected'."""
    server = make_server()
    device = server.service_device(tmp_path)

    def of(client_id=None):
        client_id = client_id or unique("client")
        server.pub(device, "a/b", "x", client_id=client_id)
        # What is logged always shows that all before has been written.
        until(lambda: server.attempts(client_id), "an attempt is recorded")
        server.stop()
        server.start()
        lines = [line for line in server.log().splitlines() if client_id in line]
        return {word for word in ("connected as", "disconnected") for line in lines if f" {word}" in line}

    of.server, of.device = server, device
    return of


BOTH = {"connected as", "disconnected"}


def test_default_level_and_switch(logged):
    iot = logged.server.client("iot")
    fails(iot.get_v2_logging_options, "NotConfiguredException")
    assert iot.get_logging_options().get("roleArn") is None
    assert logged() == BOTH
    role = jitp_role(logged.server, policies=("AWSIoTLogging",))
    iot = logged.server.client("iot")
    iot.set_v2_logging_options(roleArn=role, defaultLogLevel="ERROR")
    got = iot.get_v2_logging_options()
    assert got["roleArn"] == role and got["defaultLogLevel"] == "ERROR" and got["disableAllLogs"] is False
    assert logged() == set(), "after a restart, too"
    logged.server.aws("iot", "set-v2-logging-options", "--default-log-level", "INFO")
    assert logged() == BOTH
    logged.server.aws("iot", "set-v2-logging-options", "--disable-all-logs")
    assert logged() == set()
    got = logged.server.aws("iot", "get-v2-logging-options")
    assert got["disableAllLogs"] is True and got["roleArn"] == role


def test_refusals_are_errors(logged, tmp_path):
    server = logged.server
    stranger = server.service_device(tmp_path, policy=None)
    iot = server.client("iot")

    def shown():
        client_id = unique("stranger")
        server.pub(stranger, "a/b", "x", client_id=client_id, check=False)
        until(lambda: server.attempts(client_id), "an attempt is recorded")
        return "no-policy" in "".join(line for line in server.log().splitlines() if client_id in line)

    iot.set_v2_logging_options(defaultLogLevel="ERROR")
    assert shown()
    iot.set_v2_logging_options(defaultLogLevel="DISABLED")
    assert not shown(), "the record is kept all the same"


def test_levels_for_some(logged):
    iot = logged.server.client("iot")
    target = {"targetType": "CLIENT_ID", "targetName": "lamp"}
    fails(lambda: iot.set_v2_logging_level(logTarget=target, logLevel="INFO"), "NotConfiguredException")
    iot.set_v2_logging_options(defaultLogLevel="ERROR")
    iot.set_v2_logging_level(logTarget=target, logLevel="INFO")
    assert logged("lamp") == BOTH and logged("other") == set()
    iot = logged.server.client("iot")
    iot.delete_v2_logging_level(targetType="CLIENT_ID", targetName="lamp")
    principal = {"targetType": "PRINCIPAL_ID", "targetName": logged.device.id}
    iot.set_v2_logging_level(logTarget=principal, logLevel="INFO")
    assert logged() == BOTH
    iot = logged.server.client("iot")
    iot.set_v2_logging_level(logTarget=principal, logLevel="DISABLED")
    assert logged() == set()


def test_levels_are_listed(make_server):
    iot = make_server().client("iot")
    iot.set_v2_logging_options(defaultLogLevel="WARN")
    for kind, name in [("CLIENT_ID", "b"), ("CLIENT_ID", "a"), ("SOURCE_IP", "10.0.0.1")]:
        iot.set_v2_logging_level(logTarget={"targetType": kind, "targetName": name}, logLevel="DEBUG")
    found, count = pages(iot.list_v2_logging_levels, "logTargetConfigurations", maxResults=2)
    assert count == 2 and found[0] == {"logTarget": {"targetType": "DEFAULT"}, "logLevel": "WARN"}
    assert [c["logTarget"].get("targetName") for c in found] == [None, "a", "b", "10.0.0.1"]
    found, _ = pages(iot.list_v2_logging_levels, "logTargetConfigurations", targetType="SOURCE_IP")
    assert len(found) == 1
    fails(lambda: iot.set_v2_logging_level(logTarget={"targetType": "THING_GROUP", "targetName": "none"}, logLevel="INFO"),
          "InvalidRequestException", "none")  # fmt: skip


def test_the_older_operations(make_server):
    server = make_server()
    role = jitp_role(server, policies=("AWSIoTLogging",))
    iot = server.client("iot")
    iot.set_logging_options(loggingOptionsPayload={"roleArn": role, "logLevel": "WARN"})
    got = iot.get_logging_options()
    assert (got["roleArn"], got["logLevel"]) == (role, "WARN")
    assert iot.get_v2_logging_options()["defaultLogLevel"] == "WARN"
