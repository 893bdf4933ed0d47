"""Transferring a certificate to another account, from the side of its owner: AWS IoT developer guide "Transfer a certificate to
another account"."""

import pytest
from lib import ALLOW_ALL, fails, pages, unique

OTHER = "210987654321"


@pytest.fixture
def certificate(iot):
    made = iot.create_keys_and_certificate(setAsActive=False)
    return made["certificateId"], made["certificateArn"]


def test_the_walkthrough(server, certificate):
    identifier, arn = certificate
    done = server.aws("iot", "transfer-certificate", "--certificate-id", identifier, "--target-aws-account", OTHER,
                      "--transfer-message", "yours")  # fmt: skip
    assert done["transferredCertificateArn"] == arn
    described = server.aws("iot", "describe-certificate", "--certificate-id", identifier)["certificateDescription"]
    assert described["status"] == "PENDING_TRANSFER" and described["transferData"]["transferMessage"] == "yours"
    assert described["transferData"]["transferDate"]
    server.aws("iot", "cancel-certificate-transfer", "--certificate-id", identifier)
    described = server.aws("iot", "describe-certificate", "--certificate-id", identifier)["certificateDescription"]
    assert described["status"] == "INACTIVE"


def test_what_waits_is_listed(iot):
    offered = [iot.create_keys_and_certificate()["certificateId"] for _ in range(3)]
    for identifier in offered:
        iot.transfer_certificate(certificateId=identifier, targetAwsAccount=OTHER)
    found, count = pages(iot.list_outgoing_certificates, "outgoingCertificates", token="marker",
                         answer_token="nextMarker", pageSize=2, ascendingOrder=True)  # fmt: skip
    mine = [c for c in found if c["certificateId"] in offered]
    assert [c["certificateId"] for c in mine] == offered and count >= 2
    assert mine[0]["transferredTo"] == OTHER and mine[0]["transferDate"] and mine[0]["creationDate"]
    for identifier in offered:
        iot.cancel_certificate_transfer(certificateId=identifier)
    found, _ = pages(iot.list_outgoing_certificates, "outgoingCertificates", token="marker", answer_token="nextMarker")
    assert not [c for c in found if c["certificateId"] in offered]


def test_what_is_in_use_is_not_offered(iot, certificate):
    identifier, arn = certificate

    def offer(account=OTHER):
        return iot.transfer_certificate(certificateId=identifier, targetAwsAccount=account)

    fails(lambda: offer("123456789012"), "InvalidRequestException", "owns")
    iot.update_certificate(certificateId=identifier, newStatus="ACTIVE")
    fails(offer, "CertificateStateException", "ACTIVE", status=406)
    iot.update_certificate(certificateId=identifier, newStatus="INACTIVE")
    policy, thing = unique("policy"), unique("thing")
    iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    iot.attach_policy(policyName=policy, target=arn)
    fails(offer, "TransferConflictException", "policies", status=409)
    iot.detach_policy(policyName=policy, target=arn)
    iot.create_thing(thingName=thing)
    iot.attach_thing_principal(thingName=thing, principal=arn)
    fails(offer, "TransferConflictException", "thing", status=409)
    iot.detach_thing_principal(thingName=thing, principal=arn)
    offer()
    fails(lambda: iot.update_certificate(certificateId=identifier, newStatus="ACTIVE"), "CertificateStateException")
    fails(lambda: iot.delete_certificate(certificateId=identifier), "CertificateStateException")
    fails(lambda: iot.attach_thing_principal(thingName=thing, principal=arn), "CertificateStateException")


def test_one_decision(iot, certificate):
    identifier, _ = certificate
    calls = (iot.accept_certificate_transfer, iot.reject_certificate_transfer, iot.cancel_certificate_transfer)
    for call in calls:
        fails(lambda call=call: call(certificateId=identifier), "ResourceNotFoundException", status=404)
    iot.transfer_certificate(certificateId=identifier, targetAwsAccount=OTHER)
    for call in calls[:2]:
        fails(lambda call=call: call(certificateId=identifier), "ResourceNotFoundException", OTHER)
    iot.cancel_certificate_transfer(certificateId=identifier)
    for call in calls:
        fails(lambda call=call: call(certificateId=identifier), "TransferAlreadyCompletedException", status=410)
