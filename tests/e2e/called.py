"""Which operations no test calls with success, though they are built."""

import re

from lib import ROOT

# Built, and with nothing to succeed on: nobody offers this account a certificate, there are no functions yet and no links to
# networks, and these settings of a bucket, a table, a user or the account cannot be set, so that the service says so.
ONLY_REFUSE = {
    ("iot", "AcceptCertificateTransfer"),
    ("iot", "RejectCertificateTransfer"),
    *(("lambda", name) for name in (
        "GetAlias", "GetFunction", "GetFunctionCodeSigningConfig", "GetFunctionConcurrency", "GetFunctionConfiguration",
        "GetPolicy", "GetProvisionedConcurrencyConfig", "ListTags",
        "ListVersionsByFunction",
    )),
    *(("apigateway", name) for name in ("DeleteVpcLink", "GetVpcLink", "UpdateVpcLink")),
    ("iam", "GetAccountPasswordPolicy"),
    ("iam", "DeleteLoginProfile"),
    ("iam", "GetLoginProfile"),
    *(("s3", name) for name in (
        "GetBucketEncryption", "GetBucketLifecycleConfiguration", "GetBucketReplication",
        "GetBucketWebsite", "GetObjectLockConfiguration",
    )),
}  # fmt: skip


# What a request's signature, and so the counter, calls a service that its model calls otherwise.
SCOPES = {"iot-data": "iotdata"}


def built():
    """(service, operation) of the table in docs/compatibility.md, which a test keeps up to date."""
    service, found = None, set()
    for line in (ROOT / "docs" / "compatibility.md").read_text().splitlines():
        if line.startswith("## "):
            name = line[3:].strip()
            service = SCOPES.get(name, name)
        elif service and (row := re.match(r"\| `(\w+)` \|", line)):
            found.add((service, row[1]))
    return found


def uncalled(called):
    """Operations of the table that are not among those that were called, as (service, operation)."""
    operations = built()
    assert len(operations) > 100
    return operations - called - ONLY_REFUSE
