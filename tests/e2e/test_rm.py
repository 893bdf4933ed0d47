"""`nameplate rm`: a device with all it owns, and what stands in the way without that."""

import json

from lib import ALLOW_ALL, BIN, Ca, fails, plain_env, run, template, unique


def rm(server, *arguments, check=True):
    return run([BIN, "rm", "--data-dir", server.data_dir, *arguments], check=check, env=plain_env(), timeout=120)


def connected(server, device):
    """The connection of a device's first contact, which provisions it."""
    raw = server.raw(device)
    assert raw.connect(unique()) == 0
    return raw


def test_a_thing_with_all_it_owns(server, tmp_path):
    """Its open connection ends."""
    policy = unique("own")
    iot = server.client("iot")
    iot.create_policy(policyName=policy, policyDocument=ALLOW_ALL)
    ca = Ca(tmp_path / "ca").register(server, template(policy_name=policy))
    device = ca.device(kind="ec")
    data = server.client("iot-data")
    with connected(server, device) as raw:
        data.update_thing_shadow(thingName=device.name, payload='{"state":{"reported":{"on":true}}}')
        refused = rm(server, "thing", device.name, check=False)
        assert refused.returncode == 1 and device.id in refused.stderr and "--cascade" in refused.stderr
        would = rm(server, "thing", device.name, "--cascade", "--dry-run").stdout
        assert would.splitlines() == [
            f"would detach certificate {device.id} from thing {device.name}",
            f"would detach policy {policy} from certificate {device.id}",
            f"would delete certificate {device.id}, which is ACTIVE",
            f"would delete the classic shadow of thing {device.name}",
            f"would delete thing {device.name}",
            f"would delete policy {policy}, which nothing else has",
        ]
        assert iot.describe_thing(thingName=device.name)["version"] == 1
        done = rm(server, "thing", device.name, "--cascade").stdout
        assert done == would.replace("would ", "")
        assert raw.receive() is None
    fails(lambda: iot.describe_thing(thingName=device.name), "ResourceNotFoundException")
    fails(lambda: iot.describe_certificate(certificateId=device.id), "ResourceNotFoundException")
    fails(lambda: iot.get_policy(policyName=policy), "ResourceNotFoundException")
    fails(lambda: data.get_thing_shadow(thingName=device.name), "ResourceNotFoundException")


def test_a_policy_of_the_fleet_stays(server, tmp_path):
    ca = Ca(tmp_path / "ca").register(server, template())
    first, second = ca.device(kind="ec"), ca.device(kind="ec")
    for device in (first, second):
        connected(server, device).socket.close()
    rm(server, "thing", first.name, "--cascade")
    iot = server.client("iot")
    arn = iot.list_thing_principals(thingName=second.name)["principals"][0]
    assert len(iot.list_attached_policies(target=arn)["policies"]) == 1
    with connected(server, second):
        pass


def test_a_certificate(server):
    iot = server.client("iot")
    made = iot.create_keys_and_certificate(setAsActive=True)
    refused = rm(server, "certificate", made["certificateArn"], check=False)
    assert refused.returncode == 1 and "it is ACTIVE" in refused.stderr
    told = json.loads(rm(server, "certificate", made["certificateArn"], "--cascade", "--json").stdout)
    assert told["removed"] and told["count"] == 1
    fails(lambda: iot.describe_certificate(certificateId=made["certificateId"]), "ResourceNotFoundException")


def test_a_ca_with_its_devices(server, tmp_path):
    ca = Ca(tmp_path / "ca").register(server, template())
    devices = [ca.device(kind="ec") for _ in range(3)]
    for device in devices:
        connected(server, device).socket.close()
    refused = rm(server, "ca", ca.certificate_id, check=False)
    assert refused.returncode == 1 and "it is ACTIVE" in refused.stderr
    rm(server, "ca", ca.certificate_id, "--cascade")
    iot = server.client("iot")
    for device in devices:
        fails(lambda: iot.describe_thing(thingName=device.name), "ResourceNotFoundException")
    fails(lambda: iot.describe_ca_certificate(certificateId=ca.certificate_id), "ResourceNotFoundException")


def test_names_that_are_none(server):
    done = rm(server, "thing", "nobody", "no-one", "--cascade", check=False)
    assert done.returncode == 1 and done.stderr.count("There is no thing") == 2
