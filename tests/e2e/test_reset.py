"""`--allow-reset`: a server that tests have to themselves. docs/testing.md."""

import datetime
import http.client
import io
import json
import os
import re
import socket
import statistics
import sys
import threading
import time
import urllib.parse
import zipfile

import botocore.exceptions
import paho.mqtt.client as paho
import pytest
from lib import ALLOW_ALL, BIN, ROOT, VENV_BIN, plain_env, run, until

sys.path.insert(0, str(ROOT / "packaging" / "python"))
from nameplate_server import MqttRefused, NameplateError, start  # noqa: E402

TRUST = {"Version": "2012-10-17"}
TEMPLATE = {
    "Parameters": {
        "AWS::IoT::Certificate::CommonName": {"Type": "String"},
        "AWS::IoT::Certificate::Id": {"Type": "String"},
    },
    "Resources": {
        "thing": {
            "Type": "AWS::IoT::Thing",
            "Properties": {"ThingName": {"Ref": "AWS::IoT::Certificate::CommonName"}},
        },
        "certificate": {
            "Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
        },
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": ALLOW_ALL}},
    },
}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A server of the module's."""
    os.environ["NAMEPLATE_BIN"] = str(BIN)
    with start("--jitr-wait", "60", directory=tmp_path_factory.mktemp("own") / "data") as server:
        yield server
        assert "panicked" not in server.log(), server.log()
    del os.environ["NAMEPLATE_BIN"]


@pytest.fixture
def nameplate(own):
    own.reset()
    return own


def things(server):
    return sorted(thing["thingName"] for thing in server.client("iot").list_things()["things"])


def test_a_reset_empties_all_and_sends_devices_away(nameplate):
    lamp = nameplate.device("lamp")
    mqtt = lamp.connect()
    mqtt.publish("kept", "x", retain=True)
    s3 = nameplate.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"body")
    assert nameplate.explain("lamp")
    nameplate.call("POST", "/nameplate/reset")
    mqtt.wait_disconnected()
    assert things(nameplate) == []
    assert s3.list_buckets()["Buckets"] == []
    assert nameplate.explain("lamp") == []
    with pytest.raises(MqttRefused):
        lamp.connect()
    # Names are free, and nothing of what was retained is left.
    other = nameplate.device("lamp").connect()
    other.subscribe("#")
    other.publish("now", "y")
    assert other.receive().topic == "now"


def test_a_snapshot_is_put_back_whole(nameplate):
    ca = nameplate.certificate_authority()
    ca.register(TEMPLATE)
    s3 = nameplate.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"body")
    nameplate.snapshot("base")
    for turn in range(2):
        assert things(nameplate) == []
        ca.device("lamp").connect().close()
        assert things(nameplate) == ["lamp"]
        # The body goes from the bucket, and stays for the snapshot.
        s3.delete_object(Bucket="bucket", Key="key")
        nameplate.restore("base")
        assert s3.get_object(Bucket="bucket", Key="key")["Body"].read() == b"body", turn
    nameplate.reset()
    with pytest.raises(MqttRefused):
        ca.device("lamp").connect()
    nameplate.restore("base")
    ca.device("lamp").connect().close()
    nameplate.call("DELETE", "/nameplate/snapshots/base")
    with pytest.raises(NameplateError, match="no snapshot"):
        nameplate.restore("base")


def test_resets_take_milliseconds(nameplate, record_property):
    took = []
    for number in range(100):
        nameplate.client("iot").create_thing(thingName=f"thing-{number}")
        begun = time.perf_counter()
        nameplate.reset()
        took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    record_property("reset_ms", {"median": statistics.median(took), "p99": took[98], "most": took[-1]})
    print(f"reset: median {statistics.median(took):.1f} ms, p99 {took[98]:.1f} ms, most {took[-1]:.1f} ms")
    assert things(nameplate) == []


def test_a_certificate_expires_when_the_clock_says_so(nameplate):
    ca = nameplate.certificate_authority()
    ca.register(TEMPLATE)
    device = ca.device("lamp", days=30)
    device.connect().close()
    nameplate.clock.forward(days=31)
    with pytest.raises(MqttRefused):
        device.connect()
    assert nameplate.explain("lamp")[0]["code"] == "certificate-expired"
    # Clients sign by the machine's clock, and are served all the same.
    assert things(nameplate) == ["lamp"]
    nameplate.reset()
    assert abs(nameplate.clock.now() - time.time()) < 60


def test_waits_end_when_the_clock_is_past_them(nameplate):
    ca = nameplate.certificate_authority()
    # Without a template: the first connection is held until somebody decides, for a minute here.
    ca.register()
    device = ca.device("lamp")
    ended = []
    client = threading.Thread(target=lambda: ended.append(refused(device)))
    client.start()
    iot = nameplate.client("iot")
    until(lambda: iot.list_certificates()["certificates"], "the certificate is registered")
    begun = time.monotonic()
    nameplate.clock.forward(minutes=2)
    client.join(30)
    assert ended == [True]
    assert time.monotonic() - begun < 30


def refused(device):
    try:
        device.connect().close()
    except MqttRefused:
        return True
    return False


def test_faults_come_as_they_were_ordered(nameplate):
    device = nameplate.device("lamp")
    nameplate.fault("drop-connect", times=2, of="lamp")
    assert [refused(device) for _ in range(3)] == [True, True, False]
    assert [record["code"] for record in nameplate.explain("lamp")].count("fault-drop-connect") == 2

    mqtt = device.connect()
    nameplate.fault("lose-puback", of="lamp")
    with pytest.raises(TimeoutError):
        mqtt.publish("a", "first", timeout=1)
    mqtt.publish("a", "second")

    iot = nameplate.client("iot")
    nameplate.fault("throttle", times=1)
    with pytest.raises(iot.exceptions.ThrottlingException):
        iot.list_things()
    assert things(nameplate) == ["lamp"]
    nameplate.fault("throttle", times=1000)
    nameplate.clear_faults()
    assert things(nameplate) == ["lamp"]


def number_of(server, what):
    """Threads or open files of the server's process."""
    folder = {"threads": "task", "files": "fd"}[what]
    return len(os.listdir(f"/proc/{server.process.pid}/{folder}"))


def function(server, name, code):
    """A function that the service may call."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", code)
    iam, functions = server.client("iam"), server.client("lambda")
    trust = TRUST | {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    arn = functions.create_function(
        FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": packed.getvalue()}
    )["FunctionArn"]
    functions.add_permission(
        FunctionName=name, StatementId="iot", Action="lambda:InvokeFunction", Principal="iot.amazonaws.com"
    )
    return arn


def fill(server):
    """Something of all that there is; what lists it."""
    iot, dynamodb, logs = server.client("iot"), server.client("dynamodb"), server.client("logs")
    sqs_like = {"republish": {"topic": "out", "roleArn": "arn:aws:iam::123456789012:role/rules"}}
    trust = TRUST | {"Statement": [{"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    server.client("iam").create_role(RoleName="rules", AssumeRolePolicyDocument=json.dumps(trust))
    function(server, "function", "def handler(event, context):\n    print('hello')\n    return event\n")
    server.client("lambda").invoke(FunctionName="function", Payload=b"{}")
    dynamodb.create_table(
        TableName="table", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    dynamodb.put_item(TableName="table", Item={"id": {"S": "1"}})
    logs.create_log_group(logGroupName="group")
    server.client("apigatewayv2").create_api(Name="api", ProtocolType="HTTP")
    iot.create_topic_rule(ruleName="rule", topicRulePayload={"sql": "SELECT * FROM 'in'", "actions": [sqs_like]})
    iot.create_thing_group(thingGroupName="fleet")
    iot.create_thing(thingName="of-jobs")
    arn = iot.describe_thing(thingName="of-jobs")["thingArn"]
    iot.create_job(jobId="job", targets=[arn], document="{}")
    iot.create_role_alias(roleAlias="alias", roleArn="arn:aws:iam::123456789012:role/rules")
    iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": True}})
    iot.update_indexing_configuration(thingIndexingConfiguration={"thingIndexingMode": "REGISTRY"})
    server.client("iot-data").update_thing_shadow(thingName="of-jobs", payload=b'{"state":{"desired":{"on":true}}}')
    return {
        "functions": lambda: server.client("lambda").list_functions()["Functions"],
        "roles": lambda: server.client("iam").list_roles()["Roles"],
        "tables": lambda: dynamodb.list_tables()["TableNames"],
        "log groups": lambda: logs.describe_log_groups()["logGroups"],
        "APIs": lambda: server.client("apigatewayv2").get_apis()["Items"],
        "rules": lambda: iot.list_topic_rules()["rules"],
        "groups": lambda: iot.list_thing_groups()["thingGroups"],
        "things": lambda: iot.list_things()["things"],
        "jobs": lambda: iot.list_jobs()["jobs"],
        "aliases": lambda: iot.list_role_aliases()["roleAliases"],
        "events": lambda: iot.describe_event_configurations()["eventConfigurations"]["THING"]["Enabled"],
        "index": lambda: iot.get_indexing_configuration()["thingIndexingConfiguration"]["thingIndexingMode"] != "OFF",
    }


def test_a_reset_leaves_nothing_of_anything(nameplate):
    before = None
    # The second time, names are free again.
    for _ in range(2):
        lists = fill(nameplate)
        assert [name for name, there in lists.items() if not there()] == []
        nameplate.reset()
        assert {name: there() for name, there in lists.items() if there()} == {}
        before = before or set(bodies(nameplate))
        assert set(bodies(nameplate)) <= before


def bodies(server):
    """Files under the data directory where objects have their bodies and functions their logs."""
    folders = [server.directory / "objects", server.directory / "functions" / "logs"]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_whoever_was_logged_in_to_the_console_is_not(nameplate):
    host = nameplate.endpoint_url.removeprefix("http://")

    def ask(method, path, body=None, **headers):
        connection = http.client.HTTPConnection(host, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    form = urllib.parse.urlencode({"access_key": nameplate.access_key, "secret": nameplate.secret_key})
    answer = ask("POST", "/console/login", form, **{"Content-Type": "application/x-www-form-urlencoded"})
    cookie = answer.getheader("set-cookie").split(";")[0]
    assert ask("GET", "/console/things", Cookie=cookie).status == 200
    # A page that is looked at ends with whoever it was shown to.
    live = socket.create_connection(host.rsplit(":", 1), timeout=30)
    live.sendall(f"GET /console/connections/live?show=all HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode())
    head = live.recv(4096)
    assert b" 200 " in head.split(b"\r\n")[0], head
    nameplate.reset()
    rest = b""
    while not rest.endswith(b"0\r\n\r\n"):
        more = live.recv(4096)
        assert more, "it ends as an answer does"
        rest += more
    live.close()
    assert ask("GET", "/console/things", Cookie=cookie).status == 303
    again = ask("POST", "/console/login", form, **{"Content-Type": "application/x-www-form-urlencoded"})
    assert again.status == 303


def test_resets_leave_no_threads_and_files_behind(nameplate):
    def settled():
        return number_of(nameplate, "threads"), number_of(nameplate, "files")

    nameplate.reset()
    threads, files = settled()
    for _ in range(20):
        nameplate.client("iot").create_thing(thingName="thing")
        nameplate.reset()
    # Workers for what blocks come and go; those that each reset would leave would be twenty and more.
    until(lambda: number_of(nameplate, "threads") < threads + 15, "threads have ended")
    until(lambda: number_of(nameplate, "files") < files + 15, "files are closed")


def test_resets_while_others_are_at_work(nameplate):
    done, wrong = threading.Event(), []
    lamp = nameplate.device("lamp")

    def calls(number):
        iot, s3 = nameplate.client("iot"), nameplate.client("s3")
        turn = 0
        while not done.is_set():
            turn += 1
            try:
                iot.create_thing(thingName=f"thing-{number}-{turn}")
                s3.create_bucket(Bucket=f"bucket-{number}-{turn}")
                s3.put_object(Bucket=f"bucket-{number}-{turn}", Key="key", Body=b"body")
            except botocore.exceptions.ClientError as refused:
                # What was under way is to be tried again, or what it was about is gone.
                if refused.response["ResponseMetadata"]["HTTPStatusCode"] not in (404, 500, 503):
                    wrong.append(refused)
            except Exception as error:
                wrong.append(error)

    def devices():
        while not done.is_set():
            try:
                with nameplate.device().connect() as mqtt:
                    mqtt.publish("a", b"b")
            except (MqttRefused, botocore.exceptions.ClientError):
                pass
            except Exception as error:
                wrong.append(error)

    def known():
        # A certificate that is not registered any more, which is refused each time.
        while not done.is_set():
            refused(lamp)

    workers = [threading.Thread(target=calls, args=(number,)) for number in range(2)]
    workers += [threading.Thread(target=devices), threading.Thread(target=known)]
    nameplate.client("s3")
    for worker in workers:
        worker.start()
    try:
        for _ in range(20):
            nameplate.call("POST", "/nameplate/reset")
    finally:
        done.set()
        for worker in workers:
            worker.join(60)
    assert wrong == []
    nameplate.reset()
    assert things(nameplate) == []
    assert nameplate.client("s3").list_buckets()["Buckets"] == []


def test_sessions_and_jobs_end_when_the_clock_says_so(nameplate):
    lamp = nameplate.device("lamp")
    lamp.connect(clean=False).close()
    with lamp.connect(clean=False) as mqtt:
        assert mqtt.session_present
    iot, jobs = nameplate.client("iot"), nameplate.client("iot-jobs-data")
    arn = iot.describe_thing(thingName="lamp")["thingArn"]
    iot.create_job(jobId="job", targets=[arn], document="{}", timeoutConfig={"inProgressTimeoutInMinutes": 60})
    until(lambda: jobs.get_pending_job_executions(thingName="lamp")["queuedJobs"], "the job has reached the thing")
    jobs.start_next_pending_job_execution(thingName="lamp")
    nameplate.clock.forward(hours=2)
    status = lambda: iot.describe_job_execution(jobId="job", thingName="lamp")["execution"]["status"]
    until(lambda: status() == "TIMED_OUT", "the job's time is over")
    with lamp.connect(clean=False) as mqtt:
        assert not mqtt.session_present


def test_a_job_that_waits_for_its_hour_begins(nameplate):
    iot = nameplate.client("iot")
    iot.create_thing(thingName="lamp")
    arn = iot.describe_thing(thingName="lamp")["thingArn"]
    start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=3)
    iot.create_job(
        jobId="later", targets=[arn], document="{}", schedulingConfig={"startTime": start.strftime("%Y-%m-%dT%H:%M")}
    )
    status = lambda: iot.describe_job(jobId="later")["job"]["status"]
    assert status() == "SCHEDULED"
    nameplate.clock.forward(hours=4)
    until(lambda: status() == "IN_PROGRESS", "the job has begun")


CLAIMED = {
    "Parameters": {"SerialNumber": {"Type": "String"}, "AWS::IoT::Certificate::Id": {"Type": "String"}},
    "Resources": TEMPLATE["Resources"]
    | {"thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": {"Ref": "SerialNumber"}}}},
}


def test_a_hook_is_as_slow_as_was_ordered(nameplate):
    hook = function(nameplate, "hook", "def handler(event, context):\n    return {'allowProvisioning': True}\n")
    nameplate.client("iot").create_provisioning_template(
        templateName="fleet", templateBody=json.dumps(CLAIMED), enabled=True, preProvisioningHook={"targetArn": hook},
        provisioningRoleArn=nameplate.certificate_authority()._role(),
    )  # fmt: skip
    mqtt = nameplate.device("claim").connect()

    def ask(topic, payload):
        mqtt.publish(topic, payload)
        answer = mqtt.receive()
        return answer.topic.removeprefix(topic), json.loads(answer.payload)

    register = "$aws/provisioning-templates/fleet/provision/json"
    for topic in ["$aws/certificates/create/json", register]:
        mqtt.subscribe(f"{topic}/accepted")
        mqtt.subscribe(f"{topic}/rejected")
    _, made = ask("$aws/certificates/create/json", {})
    body = {"certificateOwnershipToken": made["certificateOwnershipToken"], "parameters": {"SerialNumber": "7"}}
    nameplate.fault("slow-hook", of="fleet", delay=6)
    mqtt.publish(register, body)
    until(lambda: not nameplate.call("GET", "/nameplate/faults")["faults"], "the hook is asked")
    # Nobody waits for it here.
    nameplate.clock.forward(10)
    assert mqtt.receive().topic == f"{register}/rejected"
    assert nameplate.explain(made["certificateId"])[0]["code"] == "hook-timeout"
    nameplate.fault("slow-hook", of="fleet", delay=0.01)
    assert ask(register, body)[0] == "/accepted"
    assert "7" in things(nameplate)


def test_mqtt_5_devices_too(nameplate):
    mqtt = nameplate.device("lamp").connect(version=paho.MQTTv5)
    mqtt.subscribe("a")
    mqtt.publish("a", {"on": True})
    assert json.loads(mqtt.receive().payload) == {"on": True}


def test_without_the_flag_nothing_of_it_goes(server):
    from nameplate_server.server import Nameplate

    other = Nameplate.__new__(Nameplate)
    env = server.env
    other.endpoint_url, other.region = env["AWS_ENDPOINT_URL"], env["AWS_REGION"]
    other.access_key, other.secret_key = env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
    for method, path in [("POST", "/nameplate/reset"), ("POST", "/nameplate/clock"), ("POST", "/nameplate/snapshots/a")]:
        with pytest.raises(NameplateError, match="403.*--allow-reset"):
            other.call(method, path)


def test_the_commands_of_the_document_go_as_they_are(make_server, tmp_path):
    blocks = re.findall(r"^```\w*\n(.*?)^```$", (ROOT / "docs" / "testing.md").read_text(), re.M | re.S)
    credentials = next(block for block in blocks if "nameplate-data/credentials" in block)
    curl = next(block for block in blocks if "/nameplate/reset" in block)
    env = plain_env() | {"PATH": f"{BIN.parent}:{VENV_BIN}:/usr/bin:/bin"}
    bash = lambda script: run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=env).stdout
    bash(credentials)
    server = make_server("--allow-reset", directory="nameplate-data")
    assert server.env["AWS_ACCESS_KEY_ID"] == "test"
    server.client("iot").create_thing(thingName="lamp")
    bash(curl)
    assert server.client("iot").list_things()["things"] == []


def test_env_waits_for_the_server_and_speaks_other_shells(make_server, tmp_path):
    import subprocess

    server = make_server("--endpoint-port", "https", start=False)
    waiting = subprocess.Popen(
        [BIN, "env", "--wait", "60", "--json", "--data-dir", server.data_dir], stdout=subprocess.PIPE, text=True, env=plain_env()
    )
    server.start()
    out, _ = waiting.communicate(timeout=60)
    assert waiting.returncode == 0
    assert json.loads(out)["AWS_ENDPOINT_URL"] == server.api_url
    fish = run([BIN, "env", "--shell", "fish", "--data-dir", server.data_dir], env=plain_env()).stdout
    assert f"set -gx AWS_ENDPOINT_URL '{server.api_url}'\n" in fish
    powershell = run([BIN, "env", "--shell", "powershell", "--data-dir", server.data_dir], env=plain_env()).stdout
    assert f"$env:AWS_ENDPOINT_URL = '{server.api_url}'\n" in powershell
    address = server.client("iot").describe_endpoint(endpointType="iot:Data-ATS")["endpointAddress"]
    assert address == f"localhost:{server.https_port}"
    nobody = run([BIN, "env", "--wait", "1", "--data-dir", tmp_path / "none"], check=False, env=plain_env())
    assert nobody.returncode == 2
