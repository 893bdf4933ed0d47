"""AWS IoT Jobs, with AWS's own clients on both sides and with paho.

AWS IoT developer guide: "AWS IoT Jobs".
"""

import json
import queue
import urllib.error
import urllib.request

import awsiot
import pytest
from awscrt import mqtt, mqtt_request_response
from awsiot import iotjobs, mqtt5_client_builder, mqtt_connection_builder
from lib import ALLOW_ALL, DEADLINE, fails, pages, unique, until
from test_fleet_provisioning import ARN, Paho
from test_https_devices import curl

DOCUMENT = {"operation": "blink", "times": 3}


@pytest.fixture
def thing(server, iot, tmp_path):
    """A thing with a certificate that may do all."""
    device = server.service_device(tmp_path, ALLOW_ALL)
    device.thing = unique("lamp")
    iot.create_thing(thingName=device.thing)
    iot.attach_thing_principal(thingName=device.thing, principal=device.arn)
    return device


def create(iot, *things, **more):
    job = unique("job")
    targets = [f"{ARN}:thing/{thing}" for thing in things]
    more.setdefault("document", json.dumps(DOCUMENT))
    made = iot.create_job(jobId=job, targets=targets, **more)
    assert made["jobArn"] == f"{ARN}:job/{job}"
    return job


def v3(server, device):
    connection = mqtt_connection_builder.mtls_from_path(
        endpoint="localhost", port=server.mqtt_port, cert_filepath=str(device.chain), pri_key_filepath=str(device.key),
        ca_filepath=server.root_ca, client_id=unique("sdk"), clean_session=True, keep_alive_secs=30,
    )  # fmt: skip
    connection.connect().result(DEADLINE)
    return connection, lambda: connection.disconnect().result(DEADLINE)


def v5(server, device):
    connected = queue.Queue()
    client = mqtt5_client_builder.mtls_from_path(
        endpoint="localhost", port=server.mqtt_port, cert_filepath=str(device.chain), pri_key_filepath=str(device.key),
        ca_filepath=server.root_ca, client_id=unique("sdk5"),
        on_lifecycle_connection_success=lambda data: connected.put(data),
    )  # fmt: skip
    client.start()
    connected.get(timeout=DEADLINE)
    return client, client.stop


OPTIONS = mqtt_request_response.ClientOptions(
    max_request_response_subscriptions=8, max_streaming_subscriptions=4, operation_timeout_in_seconds=int(DEADLINE)
)


@pytest.mark.parametrize("version", [v3, v5], ids=["mqtt3", "mqtt5"])
def test_the_jobs_client_of_the_device_sdk(server, iot, thing, version):
    """`IotJobsClientV2`, as AWS's sample of jobs calls it: notified, it takes jobs until none is left."""
    connection, close = version(server, thing)
    client = iotjobs.IotJobsClientV2(connection, OPTIONS)
    changed, following, states = queue.Queue(), queue.Queue(), queue.Queue()
    streams = [
        client.create_job_executions_changed_stream(
            iotjobs.JobExecutionsChangedSubscriptionRequest(thing_name=thing.thing),
            awsiot.ServiceStreamOptions(
                incoming_event_listener=changed.put, subscription_status_listener=states.put
            ),
        ),
        client.create_next_job_execution_changed_stream(
            iotjobs.NextJobExecutionChangedSubscriptionRequest(thing_name=thing.thing),
            awsiot.ServiceStreamOptions(
                incoming_event_listener=following.put, subscription_status_listener=states.put
            ),
        ),
    ]
    for stream in streams:
        stream.open()
        states.get(timeout=DEADLINE)
    job = create(iot, thing.thing, description="d")
    listed = changed.get(timeout=DEADLINE)
    assert [found.job_id for found in listed.jobs["QUEUED"]] == [job]
    assert following.get(timeout=DEADLINE).execution.job_id == job
    pending = client.get_pending_job_executions(iotjobs.GetPendingJobExecutionsRequest(thing_name=thing.thing)).result(DEADLINE)
    assert ([one.job_id for one in pending.queued_jobs], pending.in_progress_jobs) == ([job], [])
    started = client.start_next_pending_job_execution(
        iotjobs.StartNextPendingJobExecutionRequest(thing_name=thing.thing, step_timeout_in_minutes=5)
    ).result(DEADLINE)
    execution = started.execution
    assert (execution.job_id, execution.status, execution.job_document) == (job, "IN_PROGRESS", DOCUMENT)
    described = client.describe_job_execution(
        iotjobs.DescribeJobExecutionRequest(thing_name=thing.thing, job_id=job, include_job_document=False)
    ).result(DEADLINE)
    assert (described.execution.version_number, described.execution.job_document) == (2, None)
    with pytest.raises(awsiot.V2ServiceException) as refused:
        client.update_job_execution(
            iotjobs.UpdateJobExecutionRequest(thing_name=thing.thing, job_id=job, status="SUCCEEDED", expected_version=1)
        ).result(DEADLINE)
    modeled = refused.value.modeled_error
    assert (modeled.code, modeled.execution_state.version_number) == (iotjobs.RejectedErrorCode.VERSION_MISMATCH, 2)
    updated = client.update_job_execution(
        iotjobs.UpdateJobExecutionRequest(
            thing_name=thing.thing, job_id=job, status="SUCCEEDED", expected_version=2, include_job_execution_state=True,
            status_details={"blinked": "3"},
        )
    ).result(DEADLINE)  # fmt: skip
    assert updated.execution_state.status == "SUCCEEDED"
    assert changed.get(timeout=DEADLINE).jobs == {}
    assert following.get(timeout=DEADLINE).execution is None
    with pytest.raises(awsiot.V2ServiceException) as refused:
        client.describe_job_execution(iotjobs.DescribeJobExecutionRequest(thing_name=thing.thing, job_id=job)).result(DEADLINE)
    assert refused.value.modeled_error.code == iotjobs.RejectedErrorCode.TERMINAL_STATE_REACHED
    nothing = client.start_next_pending_job_execution(
        iotjobs.StartNextPendingJobExecutionRequest(thing_name=thing.thing)
    ).result(DEADLINE)
    assert nothing.execution is None
    del streams, stream, client
    close()
    found = iot.describe_job(jobId=job)["job"]
    assert (found["status"], found["jobProcessDetails"]["numberOfSucceededThings"]) == ("COMPLETED", 1)
    assert iot.describe_job_execution(jobId=job, thingName=thing.thing)["execution"]["statusDetails"] == {"detailsMap": {"blinked": "3"}}


def test_the_first_jobs_client_of_the_device_sdk(server, iot, thing):
    """`IotJobsClient`: it subscribes to `accepted` and `rejected` itself."""
    connection, close = v3(server, thing)
    client, answers = iotjobs.IotJobsClient(connection), queue.Queue()
    request = iotjobs.StartNextPendingJobExecutionSubscriptionRequest(thing_name=thing.thing)
    for subscribe in (client.subscribe_to_start_next_pending_job_execution_accepted, client.subscribe_to_start_next_pending_job_execution_rejected):  # fmt: skip
        subscribe(request, mqtt.QoS.AT_LEAST_ONCE, answers.put)[0].result(DEADLINE)
    job = create(iot, thing.thing)
    client.publish_start_next_pending_job_execution(
        iotjobs.StartNextPendingJobExecutionRequest(thing_name=thing.thing), mqtt.QoS.AT_LEAST_ONCE
    ).result(DEADLINE)
    assert answers.get(timeout=DEADLINE).execution.job_id == job
    assert answers.empty(), "once, though it has subscribed"
    close()


def test_answers_reach_who_asked_and_nobody_else(server, iot, thing):
    job = create(iot, thing.thing)
    topic = f"$aws/things/{thing.thing}/jobs"
    with Paho(server, thing, unique("watcher")) as other, Paho(server, thing, unique("device")) as device:
        other.subscribe(f"{topic}/#")
        assert device.ask(f"{topic}/$next/get", {"clientToken": "x"})[1]["execution"]["jobId"] == job
        word, refused = device.ask(f"{topic}/{job}/update", {"status": "DONE", "clientToken": "x"})
        assert (word, refused["code"], refused["clientToken"]) == ("rejected", "InvalidRequest", "x")
        assert device.ask(f"{topic}/{job}/get", b"\xff")[1]["code"] == "InvalidJson"
        word, refused = device.ask(f"{topic}/{job}/begin", {"clientToken": "y"})
        assert (word, refused["code"], refused["clientToken"]) == ("rejected", "InvalidTopic", "y")
        assert device.ask(f"{topic}/{job}/update", {"status": "FAILED"})[0] == "accepted"
        told = {other.messages.get(timeout=DEADLINE)[0] for _ in range(2)}
        assert told == {f"{topic}/notify", f"{topic}/notify-next"}
        assert other.quiet()


def test_what_a_thing_is_told_of_its_jobs(server, iot, thing):
    """What the tests of aws-iot-device-sdk-python-v2 and -js-v2 count: the job that is queued and that it is over, and
    nothing where the thing asks for its next one."""
    topic = f"$aws/things/{thing.thing}/jobs"
    with Paho(server, thing, unique("watcher")) as other, Paho(server, thing, unique("device")) as device:
        other.subscribe(f"{topic}/notify", f"{topic}/notify-next")
        job = create(iot, thing.thing)
        told = dict(other.messages.get(timeout=DEADLINE) for _ in range(2))
        assert [one["jobId"] for one in json.loads(told[f"{topic}/notify"])["jobs"]["QUEUED"]] == [job]
        assert device.ask(f"{topic}/start-next", {})[1]["execution"]["status"] == "IN_PROGRESS"
        assert other.quiet()
        assert device.ask(f"{topic}/{job}/update", {"status": "SUCCEEDED"})[0] == "accepted"
        told = dict(other.messages.get(timeout=DEADLINE) for _ in range(2))
        assert json.loads(told[f"{topic}/notify"])["jobs"] == {}
        assert set(json.loads(told[f"{topic}/notify-next"])) == {"timestamp"}
        assert other.quiet()


def test_another_things_executions_are_not_its(server, iot, thing, tmp_path):
    """Policies are held against the topic, as the guide has it."""
    own = "${iot:Connection.Thing.ThingName}"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"},
        {"Effect": "Allow", "Action": ["iot:Publish", "iot:Receive"], "Resource": f"{ARN}:topic/$aws/things/{own}/jobs/*"},
    ]})  # fmt: skip
    device = server.service_device(tmp_path, policy)
    name = unique("narrow")
    iot.create_thing(thingName=name)
    iot.attach_thing_principal(thingName=name, principal=device.arn)
    job = create(iot, thing.thing, name)
    with Paho(server, device, name) as client:
        assert client.ask(f"$aws/things/{name}/jobs/{job}/update", {"status": "SUCCEEDED"})[0] == "accepted"
        client.client.publish(f"$aws/things/{thing.thing}/jobs/{job}/update", json.dumps({"status": "SUCCEEDED"}), 1)
        client.ended.get(timeout=DEADLINE)
    assert iot.describe_job_execution(jobId=job, thingName=thing.thing)["execution"]["status"] == "QUEUED"


def test_a_device_over_https(server, iot, thing):
    job = create(iot, thing.thing)

    def ask(method, path, body=None):
        data = [] if body is None else ["--data-binary", json.dumps(body)]
        status, answer = curl(server, thing, path, "-X", method, *data)
        assert status == 200, answer
        return answer

    got = ask("GET", f"/things/{thing.thing}/jobs/$next?includeJobDocument=true")
    assert json.loads(got["execution"]["jobDocument"]) == DOCUMENT
    assert ask("PUT", f"/things/{thing.thing}/jobs/$next", {})["execution"]["status"] == "IN_PROGRESS"
    ask("POST", f"/things/{thing.thing}/jobs/{job}", {"status": "SUCCEEDED"})
    assert iot.describe_job(jobId=job)["job"]["status"] == "COMPLETED"


def test_the_api_of_devices(server, iot, thing):
    iot_jobs_data = server.client("iot-jobs-data")
    job = create(iot, thing.thing)
    assert iot_jobs_data.get_pending_job_executions(thingName=thing.thing)["queuedJobs"][0]["jobId"] == job
    started = iot_jobs_data.start_next_pending_job_execution(thingName=thing.thing, statusDetails={"a": "b"})["execution"]
    assert (started["status"], json.loads(started["jobDocument"])) == ("IN_PROGRESS", DOCUMENT)
    assert iot_jobs_data.describe_job_execution(thingName=thing.thing, jobId="$next")["execution"]["jobId"] == job
    fails(
        lambda: iot_jobs_data.update_job_execution(thingName=thing.thing, jobId=job, status="FAILED", expectedVersion=9),
        "InvalidStateTransitionException", status=409,
    )  # fmt: skip
    done = iot_jobs_data.update_job_execution(thingName=thing.thing, jobId=job, status="SUCCEEDED", includeJobExecutionState=True)
    assert done["executionState"]["versionNumber"] == 3
    fails(lambda: iot_jobs_data.describe_job_execution(thingName=thing.thing, jobId=job), "TerminalStateException", status=410)


def test_a_job_over_its_life(server, iot, thing):
    """All operations of an operator, as the guide's chapters on creating and managing jobs call them."""
    group, second = unique("group"), unique("second")
    group_arn = iot.create_thing_group(thingGroupName=group)["thingGroupArn"]
    iot.create_thing(thingName=second)
    iot.add_thing_to_thing_group(thingGroupName=group, thingName=thing.thing)
    job = unique("job")
    iot.create_job(
        jobId=job, targets=[group_arn], document=json.dumps(DOCUMENT), targetSelection="CONTINUOUS", tags=[{"Key": "k", "Value": "v"}],
        jobExecutionsRolloutConfig={"maximumPerMinute": 1000}, timeoutConfig={"inProgressTimeoutInMinutes": 60},
        abortConfig={"criteriaList": [{"failureType": "ALL", "action": "CANCEL", "thresholdPercentage": 90, "minNumberOfExecutedThings": 5}]},
    )  # fmt: skip
    things = lambda: {one["thingArn"].rsplit("/", 1)[1] for one in pages(iot.list_job_executions_for_job, "executionSummaries", jobId=job)[0]}
    until(lambda: things() == {thing.thing}, "its thing is told")
    iot.add_thing_to_thing_group(thingGroupName=group, thingName=second)
    until(lambda: things() == {thing.thing, second}, "who joins is told")
    third = unique("third")
    added = iot.associate_targets_with_job(jobId=job, targets=[iot.create_thing(thingName=third)["thingArn"]], comment="more")
    assert added["jobId"] == job
    until(lambda: third in things(), "a new target is told")
    iot.update_job(jobId=job, description="changed", timeoutConfig={"inProgressTimeoutInMinutes": 30})
    described = iot.describe_job(jobId=job)["job"]
    assert (described["description"], described["timeoutConfig"]) == ("changed", {"inProgressTimeoutInMinutes": 30})
    assert json.loads(iot.get_job_document(jobId=job)["document"]) == DOCUMENT
    assert iot.list_tags_for_resource(resourceArn=described["jobArn"])["tags"] == [{"Key": "k", "Value": "v"}]
    assert [one["jobId"] for one in iot.list_jobs(thingGroupName=group)["jobs"]] == [job]
    iot.cancel_job_execution(jobId=job, thingName=second)
    iot.delete_job_execution(jobId=job, thingName=second, executionNumber=1)
    fails(lambda: iot.describe_job_execution(jobId=job, thingName=second), "ResourceNotFoundException")
    of_thing = iot.list_job_executions_for_thing(thingName=thing.thing)["executionSummaries"]
    assert of_thing[0]["jobExecutionSummary"]["status"] == "QUEUED"
    fails(lambda: iot.delete_job(jobId=job), "InvalidStateTransitionException", status=409)
    assert iot.cancel_job(jobId=job, reasonCode="DONE", comment="enough")["description"] == "changed"
    until(lambda: iot.describe_job(jobId=job)["job"]["jobProcessDetails"]["numberOfCanceledThings"] == 2, "all are canceled")
    iot.delete_job(jobId=job)
    until(lambda: job not in [one["jobId"] for one in pages(iot.list_jobs, "jobs")[0]], "it is gone")


def test_events_of_jobs(server, iot, thing):
    iot.update_event_configurations(eventConfigurations={"JOB": {"Enabled": True}, "JOB_EXECUTION": {"Enabled": True}})
    try:
        with Paho(server, thing, unique("watcher")) as watcher:
            job = create(iot, thing.thing)
            watcher.subscribe(f"$aws/events/job/{job}/#", f"$aws/events/jobExecution/{job}/#")
            server.client("iot-jobs-data").update_job_execution(thingName=thing.thing, jobId=job, status="SUCCEEDED")
            told = dict(watcher.messages.get(timeout=DEADLINE) for _ in range(2))
            assert set(told) == {f"$aws/events/jobExecution/{job}/succeeded", f"$aws/events/job/{job}/completed"}
            assert json.loads(told[f"$aws/events/job/{job}/completed"])["status"] == "COMPLETED"
    finally:
        iot.update_event_configurations(eventConfigurations={"JOB": {"Enabled": False}, "JOB_EXECUTION": {"Enabled": False}})


def test_a_document_in_s3_with_a_link_to_s3(server, iot, iam, thing):
    bucket, s3 = unique("bucket"), server.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="firmware.bin", Body=b"firmware")
    link = f"${{aws:iot:s3-presigned-url:https://s3.amazonaws.com/{bucket}/firmware.bin}}"
    s3.put_object(Bucket=bucket, Key="job.json", Body=json.dumps({"url": link}))
    role = unique("links")
    trust = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Service": "iot.amazonaws.com"}, "Action": "sts:AssumeRole"}}
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    presign = {"roleArn": arn, "expiresInSec": 300}
    job = create(iot, thing.thing, document=json.dumps({"url": link}), presignedUrlConfig=presign)
    fetched = unique("job")
    iot.create_job(
        jobId=fetched, targets=[f"{ARN}:thing/{thing.thing}"], documentSource=f"https://{bucket}.s3.amazonaws.com/job.json",
        presignedUrlConfig=presign,
    )  # fmt: skip
    assert json.loads(iot.get_job_document(jobId=fetched)["document"]) == {"url": link}
    iot_jobs_data = server.client("iot-jobs-data")
    url = lambda: json.loads(
        iot_jobs_data.describe_job_execution(thingName=thing.thing, jobId=job, includeJobDocument=True)["execution"]["jobDocument"]
    )["url"]
    # The role decides, when the link is followed.
    with pytest.raises(urllib.error.HTTPError) as denied:
        urllib.request.urlopen(url())
    assert denied.value.code == 403
    allow = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}}
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=json.dumps(allow))
    assert urllib.request.urlopen(url()).read() == b"firmware"


def test_templates_of_jobs(server, iot, thing):
    name = unique("template")
    made = iot.create_job_template(
        jobTemplateId=name, description="d", document=json.dumps(DOCUMENT), timeoutConfig={"inProgressTimeoutInMinutes": 5}
    )
    job = unique("job")
    iot.create_job(jobId=job, targets=[f"{ARN}:thing/{thing.thing}"], jobTemplateArn=made["jobTemplateArn"])
    assert iot.describe_job(jobId=job)["job"]["timeoutConfig"] == {"inProgressTimeoutInMinutes": 5}
    assert iot.describe_job_template(jobTemplateId=name)["description"] == "d"
    assert name in [one["jobTemplateId"] for one in pages(iot.list_job_templates, "jobTemplates")[0]]
    iot.delete_job_template(jobTemplateId=name)
    fails(lambda: iot.describe_job_template(jobTemplateId=name), "ResourceNotFoundException")
    managed = {one["templateName"]: one for one in iot.list_managed_job_templates()["managedJobTemplates"]}
    assert len(managed) == 8
    described = iot.describe_managed_job_template(templateName="AWS-Run-Command")
    assert {one["key"] for one in described["documentParameters"]} == {"command", "runAsUser"}
    job = unique("job")
    iot.create_job(
        jobId=job, targets=[f"{ARN}:thing/{thing.thing}"], jobTemplateArn=managed["AWS-Run-Command"]["templateArn"],
        documentParameters={"command": "ls,-l"},
    )  # fmt: skip
    (step,) = json.loads(iot.get_job_document(jobId=job)["document"])["steps"]
    assert step["action"]["input"] == {"command": "ls,-l"}


def test_the_guides_calls_of_the_cli(server, thing, tmp_path):
    document = tmp_path / "example-job.json"
    document.write_text(json.dumps(DOCUMENT))
    job = unique("example-job")
    made = server.aws(
        "iot", "create-job", "--job-id", job, "--targets", f"{ARN}:thing/{thing.thing}", "--document", f"file://{document}",
        "--description", "example job test", "--target-selection", "SNAPSHOT",
    )  # fmt: skip
    assert made == {"jobArn": f"{ARN}:job/{job}", "jobId": job, "description": "example job test"}
    described = server.aws("iot", "describe-job", "--job-id", job)["job"]
    assert described["presignedUrlConfig"] == described["jobExecutionsRolloutConfig"] == described["timeoutConfig"] == {}
    pending = server.aws("iot-jobs-data", "get-pending-job-executions", "--thing-name", thing.thing)
    assert [one["jobId"] for one in pending["queuedJobs"]] == [job]
