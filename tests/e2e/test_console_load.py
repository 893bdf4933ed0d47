"""The console with much to show and many who look, without a browser."""

import http.client
import json
import re
import socket
import urllib.parse

from lib import BIN, DEADLINE, plain_env, run, unique

MOST_BYTES = 150 * 1024


class Visitor:
    """Somebody who is logged in."""

    def __init__(self, server):
        self.server = server
        env = server.env
        form = {"access_key": env["AWS_ACCESS_KEY_ID"], "secret": env["AWS_SECRET_ACCESS_KEY"]}
        answer, _ = self.ask("POST", "/console/login", urllib.parse.urlencode(form), cookie="")
        assert answer.status == 303, answer.status
        self.cookie = answer.getheader("set-cookie").split(";")[0]

    def ask(self, method, path, body=None, cookie=None):
        connection = http.client.HTTPConnection(self.server.api, timeout=DEADLINE)
        headers = {"Cookie": self.cookie if cookie is None else cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def page(self, path):
        answer, text = self.ask("GET", path)
        assert answer.status == 200, (path, answer.status)
        assert len(text) < MOST_BYTES, (path, len(text))
        return text

    def listen(self, show):
        """A live page: its connection, which has sent the head."""
        stream = socket.create_connection(self.server.api.rsplit(":", 1), timeout=DEADLINE)
        path = f"/console/connections/live?show={show}"
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {self.server.api}\r\nCookie: {self.cookie}\r\n\r\n".encode())
        head = b""
        while b"retry: 3000" not in head:
            head += stream.recv(4096)
        assert b"200 OK" in head and b"text/event-stream" in head, head
        return stream


def test_ten_thousand_rows(make_server, tmp_path):
    server = make_server()
    visitor = Visitor(server)
    thing = {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "name"}}}
    template = tmp_path / "template.json"
    template.write_text(json.dumps({"Parameters": {"name": {"Type": "String"}}, "Resources": {"thing": thing}}))
    devices = tmp_path / "devices.ndjson"
    devices.write_text("".join(json.dumps({"name": f"thing-{number:05}"}) + "\n" for number in range(10_000)))
    run([BIN, "bulk", devices, "--template", template, "--data-dir", server.data_dir], env=plain_env())
    path, found = "/console/things", []
    while path:
        text = visitor.page(path)
        found += re.findall(r"/console/things/(thing-\d+)\"", text)
        # The first page is linked too; the next one comes last.
        after = re.findall(r"href=\"(/console/things\?after=[^\"]+)\"", text)
        path = after[-1] if after else None
    assert sorted(found) == [f"thing-{number:05}" for number in range(10_000)]
    assert "Completed" in visitor.page("/console/bulk")
    task = re.search(r"/console/bulk/([0-9a-f-]+)", visitor.page("/console/bulk"))[1]
    assert "100 %" in visitor.page(f"/console/bulk/{task}")


def test_a_hundred_live_pages_hear_of_a_device(server, ca):
    """All of them what they show, and none of them longer than its log-in stands."""
    visitor = Visitor(server)
    streams = [visitor.listen(show) for show in ["first", "refused", "all", "all"] * 25]
    client_id = unique("lamp")
    server.pub(ca.device(), "a", "b", client_id=client_id, check=False)
    for stream in streams:
        heard = b""
        while client_id.encode() not in heard:
            piece = stream.recv(65536)
            assert piece, heard
            heard += piece
        assert b"event: rows" in heard and b"ca-unknown" in heard, heard
        stream.close()


def test_live_pages_do_not_hold_up_a_stop(make_server):
    server = make_server()
    stream = Visitor(server).listen("all")
    assert server.stop() == 0
    while stream.recv(4096):
        pass
