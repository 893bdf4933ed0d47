"""Nameplate for tests: a server of one's own, its clients, devices, clock and faults.

`start()` runs the server that this package brings. With pytest there is nothing to call: the fixture `nameplate` is such
a server, empty at the beginning of each test.
"""

import importlib

_PLACES = {
    "CertificateAuthority": "device",
    "Clock": "server",
    "Device": "device",
    "MqttClient": "device",
    "MqttRefused": "device",
    "Nameplate": "server",
    "NameplateError": "server",
    "binary": "server",
    "start": "server",
}

__all__ = sorted(_PLACES)


def __getattr__(name):
    """Looks the name up when it is first asked for: pytest loads this package in every run, and boto3 takes its time."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_PLACES[name]}", __name__), name)


def __dir__():
    return sorted([*globals(), *__all__])
