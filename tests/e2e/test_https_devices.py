"""Devices over HTTPS: publish and shadows with a client certificate, and the same with SigV4 by curl.

AWS IoT developer guide: "HTTPS", "Device Shadow REST API".
"""

import json

import pytest
from lib import ACCOUNT, REGION, Ca, run, template, unique


@pytest.fixture(scope="module")
def device(server, tmp_path_factory):
    return server.service_device(tmp_path_factory.mktemp("https"))


def curl(server, device, path, *arguments, alpn=True):
    """The status, and the body parsed."""
    identity = ["--cert", device.chain, "--key", device.key] if device else []
    done = run([
        "curl", "--silent", "--show-error", "--http1.1", "--cacert", server.root_ca, *identity, *([] if alpn else ["--no-alpn"]),
        "--write-out", "\n%{http_code}", f"https://localhost:{server.https_port}{path}", *arguments,
    ])  # fmt: skip
    body, status = done.stdout.rsplit("\n", 1)
    return int(status), json.loads(body) if body else {}


def test_publish(server, device):
    """The guide's own call, with slashes and without, and how it arrives."""
    topic = unique("https")
    with server.subscriber(device, f"{topic}/#") as subscriber:
        status, answer = curl(server, device, f"/topics/{topic}/a?qos=1", "--data-binary", "Hello")
        assert (status, answer["message"]) == (200, "OK") and answer["traceId"]
        assert curl(server, device, f"/topics/{topic}%2Fb", "--data-binary", "World", alpn=False)[0] == 200
        assert subscriber.wait_for(2) == [(f"{topic}/a", "Hello"), (f"{topic}/b", "World")]
    assert curl(server, device, f"/topics/{topic}?qos=2", "--data-binary", "x")[0] == 400
    assert curl(server, device, "/topics/$aws/events/x", "--data-binary", "x")[0] == 400
    # No topic is meant by what is no text.
    for path in [f"/topics/{topic}%FF", f"/topics/{topic}?contentType=%C3"]:
        status, answer = curl(server, device, path, "--data-binary", "x")
        assert (status, answer["__type"]) == (400, "InvalidRequestException")
        assert "UTF-8" in answer["message"]


def test_what_is_nearly_an_operation(server, device):
    """A topic that is empty is no valid request, and a path that is there has its own methods, signed or not."""
    env = server.env
    signed = ["--aws-sigv4", f"aws:amz:{REGION}:iotdata", "--user",
              f"{env['AWS_ACCESS_KEY_ID']}:{env['AWS_SECRET_ACCESS_KEY']}"]  # fmt: skip
    thing = unique("lamp")
    for who, by in [(device, []), (None, signed)]:
        for path in ["/topics/", "/topics/?qos=1", "/topics"]:
            status, refused = curl(server, who, path, "--data-binary", "x", *by)
            assert (status, refused["__type"]) == (400, "InvalidRequestException"), (path, refused)
            assert "topic" in refused["message"] and refused["traceId"]
        for method, path in [
            ("GET", "/topics/a/b"), ("PUT", "/topics/a"), ("DELETE", "/topics/a"), ("GET", "/topics/"),
            ("PUT", f"/things/{thing}/shadow"), ("POST", "/retainedMessage/a"),
            ("DELETE", "/retainedMessage"), ("POST", f"/api/things/shadow/ListNamedShadowsForThing/{thing}"),
        ]:  # fmt: skip
            status, refused = curl(server, who, path, "-X", method, *by)
            assert (status, refused["__type"]) == (405, "MethodNotAllowedException"), (method, path, refused)
            assert refused["message"] == "The specified combination of HTTP verb and URI is not supported."
    # Who is not known hears nothing of it.
    assert curl(server, None, "/topics/a")[0] == 403
    assert curl(server, None, "/topics/", "--data-binary", "x")[0] == 403


def test_a_405_says_which_methods_there_are(server, device):
    """RFC 9110, 15.5.6, for devices and on the console."""
    identity = ["--cert", device.chain, "--key", device.key, "--cacert", server.root_ca]
    devices = f"https://localhost:{server.https_port}"
    for method, url, allowed in [
        ("GET", f"{devices}/topics/a", "POST"), ("HEAD", f"{devices}/retainedMessage", "GET"),
        ("PUT", f"{devices}/things/t/shadow", "DELETE, GET, POST"), ("PUT", f"{devices}/connections/c", "DELETE, GET"),
        ("PUT", f"http://{server.api}/console/things", "GET, HEAD, POST"),
    ]:  # fmt: skip
        how = ["--head"] if method == "HEAD" else ["--request", method]
        head = run(["curl", "--silent", "--http1.1", "--include", *identity, *how, url]).stdout.lower().splitlines()
        assert head[0].startswith("http/1.1 405"), (url, head)
        assert f"allow: {allowed.lower()}" in head, (url, head)


def test_topics_keep_their_segments(server, device):
    """`.`, `..` and empty levels are levels as any others, whether slashes are escaped or not."""
    topic = unique("dots")
    topics = [f"{topic}/a/../b", f"{topic}/./c", f"{topic}//d", f"{topic}/e/.", f"{topic}/f/.."]
    with server.subscriber(device, f"{topic}/#") as subscriber:
        for name in topics:
            for path in [name, name.replace("/", "%2F")]:
                sent = curl(server, device, f"/topics/{path}?qos=1", "--path-as-is", "--data-binary", "x")
                assert sent[0] == 200, (path, sent)
        assert [name for name, _ in subscriber.wait_for(10)] == [name for name in topics for _ in range(2)]
    data = server.client("iot-data")
    with server.subscriber(device, f"{topic}/#") as subscriber:
        for name in topics:
            data.publish(topic=name, qos=1, payload=b"x")
        assert [name for name, _ in subscriber.wait_for(5)] == topics
    for name in topics:
        data.publish(topic=name, qos=1, retain=True, payload=b"kept")
        assert data.get_retained_message(topic=name)["payload"] == b"kept"
        status, kept = curl(server, device, f"/retainedMessage/{name}", "--path-as-is")
        assert (status, kept["topic"]) == (200, name)
        data.publish(topic=name, retain=True, payload=b"")


def test_retained_messages(server, device):
    topic = unique("kept")
    assert curl(server, device, f"/topics/{topic}?qos=1&retain=true", "--data-binary", "Hello")[0] == 200
    status, kept = curl(server, device, f"/retainedMessage/{topic}")
    assert (status, kept["payload"], kept["qos"]) == (200, "SGVsbG8=", 1)
    assert curl(server, device, f"/topics/{topic}?retain=true", "-X", "POST")[0] == 200
    assert curl(server, device, f"/retainedMessage/{topic}")[0] == 404


def test_shadows(server, device):
    thing = unique("lamp")
    assert curl(server, device, f"/things/{thing}/shadow")[0] == 404
    update = json.dumps({"state": {"reported": {"on": True}}})
    for query in ("", "?name=night"):
        status, accepted = curl(server, device, f"/things/{thing}/shadow{query}", "--data-binary", update)
        assert (status, accepted["version"]) == (200, 1)
        status, document = curl(server, device, f"/things/{thing}/shadow{query}")
        assert (status, document["state"]["reported"]) == (200, {"on": True})
    names = curl(server, device, f"/api/things/shadow/ListNamedShadowsForThing/{thing}")[1]
    assert names["results"] == ["night"]
    assert curl(server, device, f"/things/{thing}/shadow", "-X", "DELETE")[0] == 200


def test_what_the_policy_does_not_say(server, tmp_path):
    topic, thing = unique("may"), unique("thing")
    arn = f"arn:aws:iot:{REGION}:{ACCOUNT}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "iot:Publish", "Resource": [
                f"{arn}:topic/{topic}/${{iot:Certificate.Subject.CommonName}}", f"{arn}:topic/{topic}/${{iot:ClientId}}"]},
            {"Effect": "Allow", "Action": "iot:GetThingShadow", "Resource": f"{arn}:thing/{thing}"},
        ],
    }  # fmt: skip
    device = server.service_device(tmp_path, json.dumps(policy))
    publish = ("--data-binary", "x")
    assert curl(server, device, f"/topics/{topic}/AWS%20IoT%20Certificate", *publish)[0] == 200
    # There is no client id over HTTPS.
    for topic_and_query in (f"{topic}/", f"{topic}/x", f"{topic}/AWS%20IoT%20Certificate?retain=true"):
        status, refused = curl(server, device, f"/topics/{topic_and_query}", *publish)
        assert status == 403, (topic_and_query, refused)
    # Permissions of topics are not those of shadows. Policies say yes, and there is none.
    assert curl(server, device, f"/things/{thing}/shadow")[0] == 404
    assert curl(server, device, f"/things/{thing}/shadow", "--data-binary", '{"state":{}}')[0] == 403
    assert curl(server, device, f"/things/{thing}/shadow?name=n")[0] == 403


def test_who_does_not_get_in(server, device, ca, tmp_path):
    stranger = ca.device(kind="ec")
    status, refused = curl(server, stranger, "/topics/a", "--data-binary", "x")
    assert status == 403, refused
    server.explained(stranger.id, "ca-unknown")
    status, refused = curl(server, None, "/topics/a", "--data-binary", "x")
    assert (status, refused["message"]) == (403, "Missing Authentication Token")
    gone = server.service_device(tmp_path)
    assert curl(server, gone, "/topics/a", "--data-binary", "x")[0] == 200
    server.client("iot").update_certificate(certificateId=gone.id, newStatus="REVOKED")
    assert curl(server, gone, "/topics/a", "--data-binary", "x")[0] == 403
    server.explained(gone.id, "certificate-revoked")
    # The control plane is nothing for certificates.
    assert curl(server, device, "/things")[0] == 403


def test_a_first_request_provisions(server, role, tmp_path):
    """A device that speaks HTTPS alone is provisioned as one that connects."""
    ca = Ca(tmp_path).register(server, template(), role)
    device = ca.device(kind="ec")
    assert curl(server, device, "/topics/foo/bar?qos=1", "--data-binary", "Hello")[0] == 200
    assert server.client("iot").describe_thing(thingName=device.name)["thingName"] == device.name


@pytest.mark.parametrize("service", ["iotdata", "iotdevicegateway"])
def test_curl_with_sigv4(server, device, service):
    env = server.env
    topic = unique("signed")
    signed = ["--aws-sigv4", f"aws:amz:{REGION}:{service}", "--user",
              f"{env['AWS_ACCESS_KEY_ID']}:{env['AWS_SECRET_ACCESS_KEY']}"]  # fmt: skip
    with server.subscriber(device, topic) as subscriber:
        assert curl(server, None, f"/topics/{topic}?qos=1", "--data-binary", "Hello", *signed)[0] == 200
        # A signature counts before a certificate does.
        assert curl(server, device, f"/topics/{topic}?qos=1", "--data-binary", "World", *signed)[0] == 200
        assert [payload for _, payload in subscriber.wait_for(2)] == ["Hello", "World"]


@pytest.mark.parametrize(
    ("settings", "by_certificate", "signed"),
    [
        ({}, 200, 200),
        ({"authenticationType": "AWS_X509"}, 200, 403),
        ({"authenticationType": "AWS_SIGV4"}, 403, 200),
        ({"applicationProtocol": "HTTPS"}, 200, 200),
        ({"applicationProtocol": "MQTT_WSS"}, 403, 403),
    ],
)
def test_under_the_name_of_a_domain_configuration(server, iot, device, settings, by_certificate, signed):
    name = unique("domain")
    host = f"{name}.example.com"
    acm = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/0f0e0d0c-0b0a-4900-8807-060504030201"
    iot.create_domain_configuration(
        domainConfigurationName=name, domainName=host, serverCertificateArns=[acm], **settings
    )
    env = server.env
    key = ["--aws-sigv4", f"aws:amz:{REGION}:iotdata", "--user",
           f"{env['AWS_ACCESS_KEY_ID']}:{env['AWS_SECRET_ACCESS_KEY']}"]  # fmt: skip
    for identity, status in (
        (["--cert", device.chain, "--key", device.key], by_certificate),
        (key, signed),
    ):
        done = run([
            "curl", "--silent", "--insecure", "--resolve", f"{host}:{server.https_port}:127.0.0.1", *identity,
            "--data-binary", "x", "--output", "/dev/null", "--write-out", "%{http_code}",
            f"https://{host}:{server.https_port}/topics/a",
        ])  # fmt: skip
        assert done.stdout == str(status), (settings, identity)
