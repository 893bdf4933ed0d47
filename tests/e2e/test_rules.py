"""Topic rules: AWS IoT developer guide "Rules for AWS IoT", with boto3, the AWS CLI and mosquitto's clients; services that
rules send to are moto's."""

import json
import re
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError
from lib import ACCOUNT, BIN, REGION, TRUST_IOT, Ca, fails, run, unique, until
from moto.server import ThreadedMotoServer

SERVICES = ["cloudwatch", "dynamodb", "firehose", "kinesis", "logs", "secretsmanager", "sns", "sqs"]


@pytest.fixture(scope="module")
def moto():
    """A stand-in for AWS; makes clients of its services."""
    stand_in = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    stand_in.start()
    _, port = stand_in.get_host_and_port()
    url = f"http://127.0.0.1:{port}"

    def client(service):
        return boto3.client(
            service, endpoint_url=url, region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
        )

    client.url = url
    yield client
    stand_in.stop()


@pytest.fixture
def ruled(make_server, moto, tmp_path):
    """A server whose rules reach moto."""
    keys = tmp_path / "keys"
    keys.write_text("[default]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
    flags = [flag for name in SERVICES for flag in ("--rule-endpoint", f"{name}={moto.url}")]
    return make_server(*flags, "--rule-credentials", keys)


def role(server, *actions):
    """A role that rules may act as, with these permissions; its ARN."""
    iam = server.client("iam")
    name = unique("rules")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST_IOT)["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    return arn


def rule(server, sql, *actions, **more):
    """A rule in the language's newer version; its name."""
    name = unique("rule").replace("-", "_")
    payload = {"sql": sql, "actions": list(actions), "awsIotSqlVersion": "2016-03-23", **more}
    server.client("iot").create_topic_rule(ruleName=name, topicRulePayload=payload)
    return name


def messages(queue, url, count):
    """So many messages of a queue."""
    found = []

    def enough():
        found.extend(queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))
        return len(found) >= count

    until(enough, f"{count} messages in the queue")
    return [message["Body"] for message in found]


def test_from_the_guide_with_the_cli(server, tmp_path):
    """create-topic-rule to delete-topic-rule, as the CLI's examples call them."""
    name = unique("LowMoisture").replace("-", "_")
    payload = {
        "sql": "SELECT * FROM '$aws/things/MyRPi/shadow/update/accepted' WHERE state.reported.moisture = 'low'\n",
        "description": "Sends an alert whenever soil moisture level readings are too low.",
        "ruleDisabled": False,
        "awsIotSqlVersion": "2016-03-23",
        "actions": [{"sns": {
            "targetArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:MyRPiLowMoistureTopic",
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/service-role/MyRPiLowMoistureTopicRole",
            "messageFormat": "RAW",
        }}],
    }  # fmt: skip
    file = tmp_path / "plant-rule.json"
    file.write_text(json.dumps(payload))
    server.aws("iot", "create-topic-rule", "--rule-name", name, "--topic-rule-payload", f"file://{file}", "--tags", "a=b")
    found = server.aws("iot", "get-topic-rule", "--rule-name", name)
    assert found["ruleArn"] == f"arn:aws:iot:{REGION}:{ACCOUNT}:rule/{name}"
    created = found["rule"].pop("createdAt")
    assert found["rule"] == {"ruleName": name, **payload}
    listed = server.aws("iot", "list-topic-rules", "--topic", "$aws/things/MyRPi/shadow/update/accepted")["rules"]
    listed = [one for one in listed if one["ruleName"] == name]
    assert listed == [{
        "ruleArn": found["ruleArn"], "ruleName": name, "createdAt": created, "ruleDisabled": False,
        "topicPattern": "$aws/things/MyRPi/shadow/update/accepted",
    }]  # fmt: skip
    tags = server.client("iot").list_tags_for_resource(resourceArn=found["ruleArn"])["tags"]
    assert tags == [{"Key": "a", "Value": "b"}]
    server.aws("iot", "disable-topic-rule", "--rule-name", name)
    assert server.aws("iot", "get-topic-rule", "--rule-name", name)["rule"]["ruleDisabled"] is True
    server.aws("iot", "enable-topic-rule", "--rule-name", name)
    payload["sql"] = "SELECT state FROM 'b'"
    server.aws("iot", "replace-topic-rule", "--rule-name", name, "--topic-rule-payload", json.dumps(payload))
    assert server.aws("iot", "get-topic-rule", "--rule-name", name)["rule"]["sql"] == payload["sql"]
    server.aws("iot", "delete-topic-rule", "--rule-name", name)
    iot = server.client("iot")
    fails(lambda: iot.get_topic_rule(ruleName=name), "UnauthorizedException", f"'{name}'", status=401)
    bad = {"sql": "SELECT *\nFORM 'a'", "actions": []}
    fails(
        lambda: iot.create_topic_rule(ruleName=name, topicRulePayload=bad), "SqlParseException", "line 2, column 1", status=400
    )


def test_lists_and_switches(server):
    iot = server.client("iot")
    name = rule(server, "SELECT * FROM 'lists'")
    iot.disable_topic_rule(ruleName=name)
    assert name in [one["ruleName"] for one in iot.list_topic_rules(ruleDisabled=True)["rules"]]
    iot.enable_topic_rule(ruleName=name)
    iot.replace_topic_rule(ruleName=name, topicRulePayload={"sql": "SELECT a FROM 'x'", "actions": []})
    assert iot.get_topic_rule(ruleName=name)["rule"]["awsIotSqlVersion"] == "2015-10-08"
    iot.delete_topic_rule(ruleName=name)
    iot.delete_topic_rule(ruleName=name)


def test_a_device_s_message_becomes_an_object_and_another_message(server, tmp_path):
    """The guide's tutorial of republishing, and an object of each message."""
    arn = role(server, "iot:Publish", "s3:PutObject")
    s3 = server.client("s3")
    bucket = unique("bucket")
    s3.create_bucket(Bucket=bucket)
    top = unique("device")
    name = rule(
        server,
        f"SELECT topic(2) AS device_id, temperature AS reported_temperature FROM '{top}/+/data' WHERE temperature > 30",
        {"republish": {"roleArn": arn, "topic": f"{top}/data/temp/${{topic(2)}}", "qos": 1}},
        {"s3": {"roleArn": arn, "bucketName": bucket, "key": "${topic(2)}/${temperature}"}},
    )
    device = server.service_device(tmp_path)
    with server.subscriber(device, f"{top}/data/#") as subscriber:
        server.pub(device, f"{top}/32/data", '{"temperature": 28, "humidity": 80}')
        server.pub(device, f"{top}/32/data", '{"temperature": 31.5, "humidity": 80}')
        topic, payload = subscriber.wait_for(1)[0]
    assert topic == f"{top}/data/temp/32"
    assert json.loads(payload) == {"device_id": "32", "reported_temperature": 31.5}
    keys = until(lambda: s3.list_objects_v2(Bucket=bucket).get("Contents"), "an object")
    assert [one["Key"] for one in keys] == ["32/31.5"]
    assert json.loads(s3.get_object(Bucket=bucket, Key="32/31.5")["Body"].read())["device_id"] == "32"
    wanted = "2 messages matched, 1 selected; 2 actions succeeded, 0 failed"
    until(lambda: explained(server, name, wanted), wanted)
    server.client("iot").delete_topic_rule(ruleName=name)


def test_services_elsewhere(ruled, moto):
    """One message to a queue, a topic, two tables, streams, logs, a metric and an alarm, by moto's account of it."""
    arn = role(ruled, "sqs:*", "sns:*", "dynamodb:*", "kinesis:*", "firehose:*", "logs:*", "cloudwatch:*")
    sqs, sns, dynamodb, logs = moto("sqs"), moto("sns"), moto("dynamodb"), moto("logs")
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    notified = sqs.create_queue(QueueName="notified")["QueueUrl"]
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:notified")
    for table, key in [("one", [("id", "HASH"), ("at", "RANGE")]), ("two", [("id", "HASH")])]:
        dynamodb.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in key],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "N" if name == "at" else "S"} for name, _ in key],
        )  # fmt: skip
    moto("kinesis").create_stream(StreamName="s", ShardCount=1)
    logs.create_log_group(logGroupName="g")
    s3, cloudwatch = moto("s3"), moto("cloudwatch")
    s3.create_bucket(Bucket="delivered")
    destination = {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/r", "BucketARN": "arn:aws:s3:::delivered"}
    moto("firehose").create_delivery_stream(DeliveryStreamName="d", ExtendedS3DestinationConfiguration=destination)
    cloudwatch.put_metric_alarm(
        AlarmName="hot", MetricName="m", Namespace="ns", Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    name = rule(
        ruled,
        "SELECT id, n FROM 'in' WHERE n = 7",
        {"sqs": {"roleArn": arn, "queueUrl": queue, "useBase64": False}},
        {"sns": {"roleArn": arn, "targetArn": topic, "messageFormat": "RAW"}},
        {"dynamoDB": {
            "roleArn": arn, "tableName": "one", "hashKeyField": "id", "hashKeyValue": "${id}", "rangeKeyField": "at",
            "rangeKeyValue": "${n}", "rangeKeyType": "NUMBER",
        }},
        {"dynamoDBv2": {"roleArn": arn, "putItem": {"tableName": "two"}}},
        {"kinesis": {"roleArn": arn, "streamName": "s", "partitionKey": "${topic()}"}},
        {"cloudwatchLogs": {"roleArn": arn, "logGroupName": "g"}},
        {"cloudwatchMetric": {
            "roleArn": arn, "metricNamespace": "ns", "metricName": "m", "metricValue": "${n}", "metricUnit": "None",
        }},
        {"firehose": {"roleArn": arn, "deliveryStreamName": "d", "separator": "\n"}},
        {"cloudwatchAlarm": {"roleArn": arn, "alarmName": "hot", "stateReason": "told by ${id}", "stateValue": "ALARM"}},
    )  # fmt: skip
    ruled.client("iot-data").publish(topic="in", qos=1, payload=b'{"id": "x", "n": 7, "more": true}')
    shown = until(lambda: explained(ruled, name, "1 selected; 9 actions"), "the actions have ended")
    assert "9 actions succeeded, 0 failed" in shown, shown
    assert [json.loads(body) for body in messages(sqs, queue, 1)] == [{"id": "x", "n": 7}]
    assert json.loads(json.loads(messages(sqs, notified, 1)[0])["Message"]) == {"id": "x", "n": 7}
    one = dynamodb.get_item(TableName="one", Key={"id": {"S": "x"}, "at": {"N": "7"}})["Item"]
    assert one["payload"] == {"M": {"id": {"S": "x"}, "n": {"N": "7"}}}
    assert dynamodb.get_item(TableName="two", Key={"id": {"S": "x"}})["Item"] == {"id": {"S": "x"}, "n": {"N": "7"}}
    kinesis = moto("kinesis")
    shard = kinesis.list_shards(StreamName="s")["Shards"][0]["ShardId"]
    begin = kinesis.get_shard_iterator(StreamName="s", ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    records = kinesis.get_records(ShardIterator=begin)["Records"]
    assert [(json.loads(one["Data"]), one["PartitionKey"]) for one in records] == [({"id": "x", "n": 7}, "in")]
    events = logs.filter_log_events(logGroupName="g")["events"]
    assert [json.loads(event["message"]) for event in events] == [{"id": "x", "n": 7}]
    assert [one["MetricName"] for one in cloudwatch.list_metrics(Namespace="ns")["Metrics"]] == ["m"]
    [alarm] = cloudwatch.describe_alarms(AlarmNames=["hot"])["MetricAlarms"]
    assert (alarm["StateValue"], alarm["StateReason"]) == ("ALARM", "told by x")
    [delivered] = s3.list_objects_v2(Bucket="delivered")["Contents"]
    body = s3.get_object(Bucket="delivered", Key=delivered["Key"])["Body"].read()
    assert body.endswith(b"\n") and json.loads(body) == {"id": "x", "n": 7}
    # A statement may ask a table.
    more = rule(
        ruled, f"SELECT get_dynamodb('two', 'id', id, '{arn}').n AS known FROM 'ask'",
        {"sqs": {"roleArn": arn, "queueUrl": queue}},
    )  # fmt: skip
    ruled.client("iot-data").publish(topic="ask", qos=1, payload=b'{"id": "x"}')
    assert [json.loads(body) for body in messages(sqs, queue, 1)] == [{"known": 7}], explained(ruled, more, "")


def shown_of(server, name):
    """What `explain` says of a rule."""
    return run([BIN, "explain", "--data-dir", server.data_dir, name]).stdout


def explained(server, name, part):
    """What `explain` says of a rule, once that is in it."""
    shown = shown_of(server, name)
    return shown if part in shown else None


def resident(server):
    """Bytes of memory that a server has."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def test_an_endpoint_that_is_down_costs_its_own_rule_alone(make_server, tmp_path):
    """More than memory would hold matches, and nothing of it stays."""
    keys = tmp_path / "keys"
    keys.write_text("[default]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
    with socket.socket() as nobody:
        # Bound and not listening: whoever connects is refused.
        nobody.bind(("127.0.0.1", 0))
        url = "http://127.0.0.1:{}".format(nobody.getsockname()[1])
        server = make_server("--rule-endpoint", f"sqs={url}", "--rule-credentials", keys)
        device, arn = server.service_device(tmp_path), role(server, "sqs:SendMessage", "iot:Publish")
        down = rule(server, "SELECT * FROM 'in'", {"sqs": {"roleArn": arn, "queueUrl": f"{url}/{ACCOUNT}/q"}})
        rule(server, "SELECT n FROM 'other'", {"republish": {"roleArn": arn, "topic": "out"}})
        before, count = resident(server), 12_000
        line = json.dumps({"n": "x" * 8_000}) + "\n"
        command = server.mosquitto_command("mosquitto_pub", device, "-t", "in", "-i", "many", "-q", "0", "-l")
        with server.subscriber(device, "out") as subscriber:
            many = subprocess.run(
                [str(word) for word in command], input=line * count, capture_output=True, text=True, timeout=120
            )
            assert many.returncode == 0, many.stderr
            server.pub(device, "other", '{"n": 1}')
            assert subscriber.wait_for(1) == [("out", '{"n":1}')]

        def counted(name, outcome=""):
            of_rule = rf'{name}{{rule="{down}"{outcome}}} (\d+)'
            return sum(int(found) for found in re.findall(of_rule, server.get("/metrics")))

        until(lambda: counted("nameplate_rule_messages_matched_total") == count, "all of them have come")
        assert counted("nameplate_rule_messages_dropped_total") >= count - 1_500
        assert resident(server) - before < 64 * 1024 * 1024
        until(lambda: "does not answer" in shown_of(server, down), "why the action fails is told")
        assert "too many messages wait for the rules" in shown_of(server, down)


def test_lines_of_the_servers_own_log_groups(server):
    """Without an endpoint of the owner's, what rules write is in the groups that `aws logs` reads here."""
    logs, group = server.client("logs"), unique("devices")
    logs.create_log_group(logGroupName=group)
    name = rule(
        server, f"SELECT n FROM '{group}'",
        {"cloudwatchLogs": {"roleArn": role(server, "logs:*"), "logGroupName": group}},
    )  # fmt: skip
    for n in range(3):
        server.client("iot-data").publish(topic=group, qos=1, payload=json.dumps({"n": n}))
    shown = until(lambda: explained(server, name, "3 selected; 3 actions"), "the actions have ended")
    assert "0 failed" in shown, shown
    events = logs.filter_log_events(logGroupName=group)["events"]
    assert sorted(json.loads(event["message"])["n"] for event in events) == [0, 1, 2]
    assert {event["logStreamName"] for event in events} == {name}
    logs.delete_log_group(logGroupName=group)


def test_what_cannot_be_done_here_is_refused_by_name(server):
    """When the rule is saved, not when a message comes."""
    to = {
        "kafka": {
            "destinationArn": f"arn:aws:iot:{REGION}:{ACCOUNT}:ruledestination/vpc/x", "topic": "t",
            "clientProperties": {"bootstrap.servers": "kafka.example.com:9092"},
        },
        "iotEvents": {"inputName": "i", "roleArn": f"arn:aws:iam::{ACCOUNT}:role/r"},
    }  # fmt: skip
    for name, action in to.items():
        with pytest.raises(ClientError) as refused:
            rule(server, "SELECT * FROM 'x'", {name: action})
        answer = refused.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 501 and name in answer["Error"]["Message"], answer


def test_what_fails_is_told_and_goes_to_the_error_action(ruled, moto, tmp_path):
    arn = role(ruled, "iot:Publish", "sqs:SendMessage")
    device = ruled.service_device(tmp_path)
    name = rule(
        ruled,
        "SELECT * FROM 'in'",
        {"s3": {"roleArn": arn, "bucketName": "b", "key": "k"}},
        {"sqs": {"roleArn": arn, "queueUrl": f"{moto.url}/{ACCOUNT}/none", "useBase64": False}},
        errorAction={"republish": {"roleArn": arn, "topic": "errors/${topic()}"}},
    )
    with ruled.subscriber(device, "errors/#") as subscriber:
        ruled.pub(device, "in", '{"a": 1}')
        topic, payload = subscriber.wait_for(1)[0]
    told = json.loads(payload)
    assert (topic, told["ruleName"], told["topic"]) == ("errors/in", name, "in")
    assert told["base64OriginalPayload"] == "eyJhIjogMX0="
    failed = {one["failedAction"]: one["errorMessage"] for one in told["failures"]}
    assert "s3:PutObject" in failed["S3Action"] and "not authorized" in failed["S3Action"]
    assert "QueueDoesNotExist" in failed["SqsAction"] or "NonExistentQueue" in failed["SqsAction"], failed
    shown = shown_of(ruled, name)
    assert "FAILED S3Action b: " in shown and "FAILED SqsAction" in shown, shown


def test_a_just_in_time_registration_reaches_a_queue(ruled, moto, tmp_path):
    """The event that handlers of just-in-time registration wait for, by the rule that they come with."""
    arn = role(ruled, "sqs:SendMessage")
    sqs = moto("sqs")
    queue = sqs.create_queue(QueueName=unique("jitr"))["QueueUrl"]
    rule(
        ruled,
        "SELECT * FROM '$aws/events/certificates/registered/#' WHERE certificateStatus = \"PENDING_ACTIVATION\"",
        {"sqs": {"roleArn": arn, "queueUrl": queue, "useBase64": False}},
    )
    ca = Ca(tmp_path / "ca")
    ca_id = ca.register(ruled).certificate_id
    device = ca.device()
    attempt = threading.Thread(target=lambda: ruled.pub(device, "x", "y", check=False))
    attempt.start()
    event = json.loads(messages(sqs, queue, 1)[0])
    assert event["certificateStatus"] == "PENDING_ACTIVATION" and event["caCertificateId"] == ca_id
    document = json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}})
    iot = ruled.client("iot")
    iot.create_policy(policyName="p", policyDocument=document)
    certificate = iot.describe_certificate(certificateId=event["certificateId"])["certificateDescription"]
    iot.attach_policy(policyName="p", target=certificate["certificateArn"])
    iot.update_certificate(certificateId=event["certificateId"], newStatus="ACTIVE")
    attempt.join()


class Endpoint(BaseHTTPRequestHandler):
    """Keeps what it is sent."""

    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.got = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def test_destinations(server, endpoint):
    """Developer guide "Working with HTTP action destinations"."""
    iot = server.client("iot")
    url = f"http://127.0.0.1:{endpoint.server_port}/in"
    config = {"httpUrlConfiguration": {"confirmationUrl": url}}
    arn = iot.create_topic_rule_destination(destinationConfiguration=config)["topicRuleDestination"]["arn"]
    path, headers, body = until(lambda: endpoint.got and endpoint.got.pop(), "the confirmation")
    sent = json.loads(body)
    assert path == f"/in?confirmationToken={sent['confirmationToken']}"
    assert headers["x-amz-rules-engine-message-type"] == "DestinationConfirmation" and sent["arn"] == arn
    state = lambda: iot.get_topic_rule_destination(arn=arn)["topicRuleDestination"]["status"]  # noqa: E731
    assert state() == "IN_PROGRESS"
    name = rule(
        server, "SELECT a FROM 'http'",
        {"http": {"url": url + "/${a}", "confirmationUrl": url, "headers": [{"key": "x-topic", "value": "${topic()}"}]}},
    )  # fmt: skip
    assert urlopen(sent["enableUrl"]).status == 200  # noqa: S310
    assert state() == "ENABLED"
    server.client("iot-data").publish(topic="http", qos=1, payload=b'{"a": 1, "b": 2}')
    path, headers, body = until(lambda: endpoint.got and endpoint.got.pop(), "the payload")
    assert (path, headers["x-topic"], json.loads(body)) == ("/in/1", "http", {"a": 1})
    # Off, asked again, and confirmed by the API.
    iot.update_topic_rule_destination(arn=arn, status="DISABLED")
    assert state() == "DISABLED"
    iot.update_topic_rule_destination(arn=arn, status="IN_PROGRESS")
    _, _, body = until(lambda: endpoint.got and endpoint.got.pop(), "another confirmation")
    iot.confirm_topic_rule_destination(confirmationToken=json.loads(body)["confirmationToken"])
    listed = iot.list_topic_rule_destinations()["destinationSummaries"]
    assert [one["status"] for one in listed if one["arn"] == arn] == ["ENABLED"]
    iot.delete_topic_rule_destination(arn=arn)
    iot.delete_topic_rule(ruleName=name)


def test_a_rule_is_tried_without_a_server():
    sql = "SELECT temperature, topic(2) AS device FROM 'sensors/+/data' WHERE temperature > 30"
    command = [BIN, "rule", "test", "--sql", sql, "--topic", "sensors/D7/data", "--payload"]
    done = run([*command, '{"temperature": 31}'])
    assert 'Payload: {"temperature":31,"device":"D7"}\n' in done.stdout
    done = run([*command, '{"temperature": 30}'], check=False)
    assert done.returncode == 1 and "WHERE is false." in done.stdout
    done = run([BIN, "rule", "test", "--sql", "SELECT", "--topic", "t"], check=False)
    assert done.returncode == 2 and "line 1, column 7" in done.stderr
