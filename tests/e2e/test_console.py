"""The console, driven in Chromium: a newcomer's work from log-in to a device that connects, with and without scripts."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from lib import BIN, run, unique, until
from test_bulk import bulk_role

HERE = Path(__file__).parent
MODULES = HERE / "node" / "node_modules"
# Where pictures of the pages are kept for people to look at; nowhere unless asked.
SHOTS = os.environ.get("PYTEST_SHOTS")
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
PAGES = [
    "connections", "overview", "connected", "things", "certificates", "certificates?order=expiry", "cas", "cas/new",
    "policies", "templates", "templates/new", "bulk", "vending", "functions", "rules",
]  # fmt: skip


class Browser:
    """Chromium, as console.js drives it."""

    def __init__(self, server):
        self.server = server
        self.url = server.api_url
        env = {**os.environ, "NODE_PATH": str(MODULES)}
        env["PATH"] = f"{HERE.parent.parent / '.venv' / 'bin'}:{env['PATH']}"
        self.process = subprocess.Popen(
            ["node", HERE / "console.js"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True
        )

    def __call__(self, step, **rest):
        self.process.stdin.write(json.dumps({"step": step, **rest}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the driver has ended at {step} {rest}"
        answer = json.loads(line)
        assert "error" not in answer, f"{step} {rest}\n{answer['error']}"
        return answer.get("ok")

    def open(self, **more):
        self("open", url=self.url, chromium=shutil.which("chromium"), **more)
        return self

    def log_in(self):
        key, secret = self.server.env["AWS_ACCESS_KEY_ID"], self.server.env["AWS_SECRET_ACCESS_KEY"]
        self("look", path="/")
        self("fill", fields={"#login-access_key": key, "#login-secret": secret})
        assert self("press", selector="#login button") == "/console/connections"

    def look(self, path, status=200):
        seen = self("look", path=f"/console/{path}")
        assert seen["status"] == status, (path, seen)
        return self("text")

    def sound(self, name):
        """Nothing serious for axe-core, nothing refused by the page's own policy, nothing outside the window."""
        assert self("axe") == [], name
        assert self("wide") <= 0, name
        assert self("problems") == [], name
        if SHOTS:
            self("shot", to=f"{SHOTS}/{name.replace('/', '-').replace('?', '-')}.png")

    def close(self):
        self.process.stdin.write('{"step": "end"}\n')
        self.process.stdin.flush()
        self.process.wait(20)


@pytest.fixture(scope="module")
def browser(server):
    browser = Browser(server)
    yield browser
    browser.close()


def test_a_newcomers_work(browser, server, ca, iot):
    """Logs in, registers a CA with a template, watches a device be refused, reads why, mends the template by simulation,
    and sees the device connect."""
    device = ca.device("/CN={}")
    browser.open()
    browser.log_in()
    browser.look("connections")
    browser.sound("connections")

    # A device comes before its CA is known; it appears by itself.
    client_id = unique("lamp")
    assert server.pub(device, "a", "b", client_id=client_id, check=False).returncode != 0
    browser("wait", text=client_id)
    browser("wait", text="ca-unknown")
    browser("press", selector=f"tr:has-text('{client_id}') a")
    assert "No registered CA" in browser("text") or "no registered CA" in browser("text")
    browser.sound("explained")

    # The way to the fix is on the page. A template that wants what the certificates do not have.
    assert browser("press", selector="a:has-text('Register a CA')") == "/console/cas/new"
    starter = browser("value", selector="#editor-body")
    wanting = starter.replace("Certificate::CommonName", "Certificate::Country")
    browser("fill", fields={"#editor-ca": ca.pem, "#editor-body": wanting})
    browser("wait", text="What this template would do", within=".checked")
    browser("wait", text=client_id, within=".checked")
    browser.sound("cas-new-simulated")
    registered = browser("press", selector="button[value=save]")
    assert registered.startswith("/console/cas/") and registered.endswith("?said=registered"), registered
    browser.sound("ca")

    browser.look("connections")
    again = unique("lamp")
    assert server.pub(device, "a", "b", client_id=again, check=False).returncode != 0
    browser("wait", text=again)
    browser("press", selector=f"tr:has-text('{again}') a")
    assert "AWS::IoT::Certificate::Country" in browser("text")
    browser.sound("explained-template")
    editor = browser("press", selector="a:has-text('Mend the template')")
    assert editor.endswith("/template"), editor
    browser("fill", fields={"#editor-body": starter})
    browser("wait", text="would get in", within=".checked")
    browser.sound("editor")
    assert browser("press", selector="button[value=save]").endswith("?said=saved")

    browser.look("connections")
    # By the name of its thing, to which the template's policy gives its own topics.
    server.pub(device, f"{device.name}/x", "b", client_id=device.name)
    browser("wait", text=device.name)
    browser("wait", text="Provisioned")
    browser.sound("connected")
    assert iot.describe_thing(thingName=device.name)["thingName"] == device.name
    assert device.name in browser.look(f"things?name={device.name}")
    browser.look(f"things/{device.name}")
    browser.sound("thing")
    browser.look(f"certificates/{device.id}")
    browser.sound("certificate")


TEMPLATE = {
    "Parameters": {"serialNumber": {"Type": "String"}, "Csr": {"Type": "String", "Default": ""},
                   "AWS::IoT::Certificate::Id": {"Type": "String", "Default": ""}},
    "Resources": {"thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "serialNumber"}}}},
}  # fmt: skip


def test_what_waits_for_somebody_is_at_hand(browser, server, tmp_path):
    """Devices that wait for approval, approved and blocked where they are listed; lines of a bulk registration that
    failed, with their reasons."""
    role, name, serials = bulk_role(server), unique("batch"), [unique("sn"), unique("sn")]
    certificate = {"Type": "AWS::IoT::Certificate", "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}}}
    vended = TEMPLATE | {"Resources": TEMPLATE["Resources"] | {"certificate": certificate}}
    (tmp_path / "batch.json").write_text(
        json.dumps({"templateBody": json.dumps(vended), "roleArn": role, "proof": "none", "approval": True})
    )
    (tmp_path / "list.csv").write_text("serialNumber\n" + "\n".join(serials) + "\n")
    for words in [["batch", "create", name, "--file", tmp_path / "batch.json"], ["import", tmp_path / "list.csv", "--batch", name]]:
        run([BIN, "vending", *words, "--data-dir", server.data_dir])
    ask = ["curl", "-s", "-o", tmp_path / "answer", "-w", "%{http_code}", "--cacert", server.root_ca]
    asked = lambda serial: run(
        [*ask, "--json", json.dumps({"serialNumber": serial}), f"https://localhost:{server.https_port}/vending/certificates"]
    ).stdout
    assert [asked(serial) for serial in serials] == ["202", "202"]
    browser.open()
    browser.log_in()
    assert all(serial in browser.look("vending") for serial in serials)
    browser.sound("vending-pending")
    for serial, button in zip(serials, ["APPROVED", "BLOCKED"], strict=True):
        assert browser("press", selector=f"tr:has-text('{serial}') button[value={button}]") == "/console/vending?said=changed"
        assert serial not in browser("text")
    assert [asked(serial) for serial in serials] == ["200", "403"]

    bucket, iot = unique("fleet"), server.client("iot")
    server.client("s3").create_bucket(Bucket=bucket)
    lines = [{"serialNumber": unique("lamp")}, {"serialNumber": "a thing"}, {"serialNumber": EVIL}]
    server.client("s3").put_object(Bucket=bucket, Key="k", Body="\n".join(map(json.dumps, lines)))
    task = iot.start_thing_registration_task(
        templateBody=json.dumps(TEMPLATE), inputFileBucket=bucket, inputFileKey="k", roleArn=role
    )["taskId"]
    until(lambda: iot.describe_thing_registration_task(taskId=task)["status"] == "Completed", "the task has ended")
    text = browser.look(f"bulk/{task}")
    assert "Failed lines" in text and '"a thing"' in text, text
    browser.sound("bulk-failed")


@pytest.mark.parametrize("how", [{}, {"dark": True}, {"width": 380}, {"width": 380, "dark": True, "lang": "zh-CN"}])
def test_every_page_is_sound(browser, how):
    browser.open(**how)
    name = "-".join(f"{key}{value}" for key, value in how.items()) or "light"
    browser("look", path="/console/login")
    browser.sound(f"{name}-login")
    browser.log_in()
    for page in PAGES:
        browser.look(page)
        browser.sound(f"{name}-{page}")
        cost = browser("paint")
        assert cost["bytes"] < 150_000, (page, cost)


def test_scripts_in_every_name_do_nothing(browser, server, iot, ca):
    device = ca.device()
    server.pub(device, "a", "b", client_id=EVIL, check=False)
    iot.create_thing(thingName=unique("evil"), attributePayload={"attributes": {"a": "b"}})
    iot.create_thing_type(thingTypeName=unique("type"), thingTypeProperties={"thingTypeDescription": "<b>x</b>"})
    name = unique("evil")
    browser.open()
    browser.log_in()
    browser("wait", text="<script>alert(1)</script>")
    browser("press", selector="tr:has-text('<script>') a")
    assert EVIL in browser("text")
    browser.sound("evil-explained")
    for path in [f"connections?of={EVIL}", f"things?name={EVIL}"]:
        browser.look(path)
        browser.sound("evil-list")
    browser.look("templates/new")
    browser("fill", fields={"#editor-body": EVIL, "#editor-name": name, "#editor-pasted": EVIL})
    browser("wait", text="This template is not right", within=".checked")
    browser.sound("evil-editor")
    # An object is shown by the same server, and is a page of nobody's.
    s3 = server.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="k.html", Body=b"<script>document.title = document.cookie || origin</script>", ContentType="text/html")
    link = s3.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "k.html"})
    shown = run(["curl", "-s", "-i", "-H", "Accept: text/html", link]).stdout
    assert "content-security-policy: sandbox" in shown


def test_without_a_script(browser, server, ca):
    """All but what is live: the list, the filter, the editor with its simulation by a button."""
    browser.open(script=False)
    browser.log_in()
    client_id = unique("lamp")
    server.pub(ca.device(), "a", "b", client_id=client_id, check=False)
    server.attempts(client_id)
    browser.look("connections")
    browser("fill", fields={"#filter-of": client_id})
    browser("press", selector="#filter button")
    assert client_id in browser("text")
    browser.look("templates/new")
    browser("press", selector="button[value=simulate]")
    assert client_id in browser("text", selector=".table")
    browser("fill", fields={"#editor-body": "{"})
    browser("press", selector="button[value=simulate]")
    assert "This template is not right" in browser("text")
    browser("press", selector="header form button")
    assert browser("look", path="/console/things")["url"].startswith("/console/login")
