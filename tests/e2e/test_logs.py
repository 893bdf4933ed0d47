"""CloudWatch Logs with boto3 and the AWS CLI: what functions printed, and groups of one's own. The commands are those of
the AWS CLI's published examples."""

import json
import time

from lib import ACCOUNT, REGION, fails, unique

DAY = 86_400_000


def test_groups_streams_and_events(server):
    logs = server.client("logs")
    group, stream = unique("app"), unique("stream")
    logs.create_log_group(logGroupName=group, tags={"team": "lamps"})
    fails(lambda: logs.create_log_group(logGroupName=group), "ResourceAlreadyExistsException", status=400)
    logs.put_retention_policy(logGroupName=group, retentionInDays=5)
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = int(time.time() * 1000)
    events = [{"timestamp": now + at, "message": json.dumps({"n": at, "level": "ERROR" if at % 2 else "INFO"})}
              for at in range(5)]
    answer = logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    assert "rejectedLogEventsInfo" not in answer
    late = logs.put_log_events(
        logGroupName=group, logStreamName=stream, logEvents=[{"timestamp": now - 6 * DAY, "message": "old"}]
    )
    assert late["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}

    found = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, filterPattern='{ $.level = "ERROR" && $.n > 1 }', PaginationConfig={"PageSize": 1}
    )
    assert [json.loads(event["message"])["n"] for event in found.search("events[]")] == [3]
    # As programs read a stream to its end: until the token stays the same.
    request, seen = {"startFromHead": True, "limit": 2}, []
    while True:
        page = logs.get_log_events(logGroupName=group, logStreamName=stream, **request)
        seen += [event["message"] for event in page["events"]]
        if page["nextForwardToken"] == request.get("nextToken"):
            break
        request["nextToken"] = page["nextForwardToken"]
    assert seen == [event["message"] for event in events]
    streams = list(logs.get_paginator("describe_log_streams").paginate(logGroupName=group).search("logStreams[]"))
    assert [found["lastEventTimestamp"] for found in streams] == [now + 4]
    groups = list(logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=group).search("logGroups[]"))
    assert groups[0]["retentionInDays"] == 5

    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    logs.tag_resource(resourceArn=arn, tags={"env": "test"})
    logs.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"env": "test"}
    logs.tag_log_group(logGroupName=group, tags={"more": "x"})
    logs.untag_log_group(logGroupName=group, tags=["env"])
    assert logs.list_tags_log_group(logGroupName=group)["tags"] == {"more": "x"}
    logs.delete_log_stream(logGroupName=group, logStreamName=stream)
    fails(
        lambda: logs.get_log_events(logGroupName=group, logStreamName=stream),
        "ResourceNotFoundException", "log stream", status=400,
    )
    logs.delete_retention_policy(logGroupName=group)
    logs.delete_log_group(logGroupName=group)
    fails(lambda: logs.filter_log_events(logGroupName=group), "ResourceNotFoundException", status=400)


def test_the_examples_of_the_aws_cli(server):
    aws, group = server.aws, unique("my-logs")
    aws("logs", "create-log-group", "--log-group-name", group)
    aws("logs", "create-log-stream", "--log-group-name", group, "--log-stream-name", "20150601")
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": "Example Event 1"}, {"timestamp": now, "message": "Example Event 2"}]
    aws("logs", "put-log-events", "--log-group-name", group, "--log-stream-name", "20150601",
        "--log-events", json.dumps(events))
    aws("logs", "put-retention-policy", "--log-group-name", group, "--retention-in-days", "5")
    shown = aws("logs", "describe-log-groups", "--log-group-name-prefix", group)["logGroups"]
    assert shown[0]["retentionInDays"] == 5
    aws("logs", "delete-retention-policy", "--log-group-name", group)
    streams = aws("logs", "describe-log-streams", "--log-group-name", group, "--log-stream-name-prefix", "2015")
    assert [stream["logStreamName"] for stream in streams["logStreams"]] == ["20150601"]
    read = aws("logs", "get-log-events", "--log-group-name", group, "--log-stream-name", "20150601")
    assert [event["message"] for event in read["events"]] == ["Example Event 1", "Example Event 2"]
    found = aws("logs", "filter-log-events", "--log-group-name", group, "--filter-pattern", '"Event 2"')
    assert [event["message"] for event in found["events"]] == ["Example Event 2"]
    aws("logs", "delete-log-stream", "--log-group-name", group, "--log-stream-name", "20150601")
    aws("logs", "delete-log-group", "--log-group-name", group)


def test_what_was_put_survives_a_kill(make_server):
    server = make_server()
    logs = server.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    logs.put_log_events(
        logGroupName="g", logStreamName="s", logEvents=[{"timestamp": int(time.time() * 1000), "message": "kept"}]
    )
    server.kill()
    server.start()
    found = server.client("logs").filter_log_events(logGroupName="g")
    assert [event["message"] for event in found["events"]] == ["kept"]


def test_lists_and_refusals_as_recorded(server):
    """As public suites recorded CloudWatch Logs: which values its refusals show, and what its lists leave out."""
    logs = server.client("logs")
    group = unique("recorded")
    logs.create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    stream = {"logGroupName": group, "logStreamName": "s"}
    logs.create_log_stream(**stream)
    invalid = "InvalidParameterException"
    too_many = "Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000"
    fails(lambda: logs.get_log_events(**stream, limit=10001), invalid, too_many, status=400)
    fails(lambda: logs.filter_log_events(logGroupName=group, limit=10001), invalid, too_many, status=400)
    fails(lambda: logs.describe_log_streams(logGroupName=group, orderBy="Size"), invalid, "Value 'Size' at 'orderBy'")
    for wrong in [lambda: logs.get_log_events(**stream, nextToken="x"), lambda: logs.filter_log_events(logGroupName=group, nextToken="x")]:
        fails(wrong, invalid, "The specified nextToken is invalid.", status=400)
    both = {"logGroupName": group, "logGroupIdentifier": arn}
    exclusive = "LogGroup name and LogGroup ARN are mutually exclusive parameters."
    fails(lambda: logs.describe_log_streams(**both), "ValidationException", exclusive, status=400)
    named = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]
    assert (named["storedBytes"], named["deletionProtectionEnabled"]) == (0, False)
    found = logs.describe_log_groups(logGroupNamePattern=group[2:])["logGroups"][0]
    assert "storedBytes" not in found and found["logGroupArn"] == arn
    shown = {"logGroupName": group, "logGroupArn": arn, "logGroupClass": "STANDARD"}
    parts = f"none|^{group[:20]}"
    assert logs.list_log_groups(logGroupNamePattern=parts)["logGroups"] == [shown]
    assert logs.list_log_groups(logGroupNamePattern="no-such-group")["logGroups"] == []
    logs.delete_log_group(logGroupName=group)
