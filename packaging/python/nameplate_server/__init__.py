"""Nameplate for tests: a server of one's own, its clients, devices, clock and faults.

`start()` runs the server that this package brings. With pytest there is nothing to call: the fixture `nameplate` is such
a server, empty at the beginning of each test.
"""

from .device import CertificateAuthority, Device, MqttClient, MqttRefused
from .server import Clock, Nameplate, NameplateError, binary, start

__all__ = [
    "CertificateAuthority",
    "Clock",
    "Device",
    "MqttClient",
    "MqttRefused",
    "Nameplate",
    "NameplateError",
    "binary",
    "start",
]
