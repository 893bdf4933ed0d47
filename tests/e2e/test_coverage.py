"""Every operation that is built is called by some test, with success."""

import re

import pytest
from lib import ROOT, Server

# Called with success on servers that tests have for themselves, so that the shared one cannot know.
ELSEWHERE = {
    ("iot", "DeleteRegistrationCode"): "changes what every registration of a CA needs",
    ("iot", "ListBillingGroups"): "lists everything",
}


def built():
    """(service, operation) of the table in docs/compatibility.md, which a test keeps up to date."""
    service, listed, found = None, False, set()
    for line in (ROOT / "docs" / "compatibility.md").read_text().splitlines():
        if line.startswith("## "):
            service = line[3:].strip()
        elif line.startswith("Built:"):
            listed = True
        elif line and not line.startswith("- "):
            listed = False
        elif listed and line.startswith("- "):
            found |= {(service, name) for name in re.findall(r"`(\w+)`", line)}
    return found


@pytest.mark.last
def test_every_operation_is_called(server: Server):
    called = set(
        re.findall(r'nameplate_api_requests_total\{service="([\w-]+)",operation="(\w+)",status="200"\}', server.get("/metrics"))
    )
    operations = built()
    assert len(operations) > 100
    missing = operations - called - set(ELSEWHERE)
    assert not missing, f"no test calls {sorted(missing)}"
