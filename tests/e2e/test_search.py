"""Fleet indexing: AWS IoT developer guide "Fleet indexing", with boto3 and the AWS CLI.

What is indexed belongs to the account, so each test has a server of its own."""

import uuid

import pytest
from lib import ACCOUNT, REGION, fails, pages, until, user_key

FIELDS = [{"name": "attributes.watt", "type": "Number"}, {"name": "attributes.color", "type": "String"}]


def active(iot, index="AWS_Things"):
    """Waits until the index can be searched, as the guide says to."""
    until(lambda: iot.describe_index(indexName=index)["indexStatus"] == "ACTIVE", f"{index} is ACTIVE")


def found(iot, query, **more):
    return [thing["thingName"] for thing in iot.search_index(queryString=query, **more)["things"]]


def finds(iot, query, *names):
    """The index follows the registry within moments."""
    until(lambda: found(iot, query) == list(names), f"{query} finds {names}; it finds {found(iot, query)}", seconds=10)


@pytest.fixture
def fleet(make_server):
    server = make_server()
    iot = server.client("iot")
    iot.create_thing_type(thingTypeName="lamp")
    for name, color, watt in [("lamp-1", "Red", "40"), ("lamp-2", "blue", "60"), ("lamp-3", "Red", "sixty")]:
        attributes = {"attributes": {"color": color, "watt": watt}}
        iot.create_thing(thingName=name, thingTypeName="lamp", attributePayload=attributes)
    iot.create_thing(thingName="switch")
    iot.update_indexing_configuration(
        thingIndexingConfiguration={
            "thingIndexingMode": "REGISTRY", "thingConnectivityIndexingMode": "STATUS", "customFields": FIELDS,
        },
        thingGroupIndexingConfiguration={"thingGroupIndexingMode": "ON"},
    )  # fmt: skip
    active(iot)
    active(iot, "AWS_ThingGroups")
    server.iot = iot
    return server


def test_the_configuration(make_server):
    server = make_server()
    iot = server.client("iot")
    assert iot.get_indexing_configuration()["thingIndexingConfiguration"]["thingIndexingMode"] == "OFF"
    assert iot.list_indices()["indexNames"] == []
    fails(lambda: iot.search_index(queryString="*"), "ResourceNotFoundException", "Index AWS_Things does not exist", status=404)
    fails(lambda: iot.describe_index(indexName="AWS_ThingGroups"), "ResourceNotFoundException")
    # As the guide writes it for the CLI.
    server.aws(
        "iot", "update-indexing-configuration", "--thing-indexing-configuration",
        "thingIndexingMode=REGISTRY,thingConnectivityIndexingMode=STATUS,customFields=[{name=attributes.color,type=String}]",
    )  # fmt: skip
    told = server.aws("iot", "get-indexing-configuration")["thingIndexingConfiguration"]
    assert told["customFields"] == [{"name": "attributes.color", "type": "String"}]
    assert {"name": "registry.version", "type": "Number"} in told["managedFields"]
    active(iot)
    described = server.aws("iot", "describe-index", "--index-name", "AWS_Things")
    assert described["schema"] == "REGISTRY_AND_CONNECTIVITY_STATUS"
    assert iot.list_indices()["indexNames"] == ["AWS_Things"]
    # It outlives the server, and so does what it finds.
    iot.create_thing(thingName="lamp", attributePayload={"attributes": {"color": "red"}})
    finds(iot, "attributes.color:red", "lamp")
    server.kill()
    server.start()
    iot = server.client("iot")
    active(iot)
    assert found(iot, "attributes.color:red") == ["lamp"]
    iot.update_indexing_configuration(thingIndexingConfiguration={"thingIndexingMode": "OFF"})
    fails(lambda: iot.search_index(queryString="*"), "ResourceNotFoundException")
    for settings in [
        {"thingIndexingMode": "REGISTRY", "deviceDefenderIndexingMode": "VIOLATIONS"},
    ]:
        change = lambda: iot.update_indexing_configuration(thingIndexingConfiguration=settings)  # noqa: B023, E731
        fails(change, "NotImplementedException", status=501)


def test_search(fleet):
    iot = fleet.iot
    assert found(iot, "*") == ["lamp-1", "lamp-2", "lamp-3", "switch"]
    assert found(iot, "attributes.color:red") == ["lamp-1", "lamp-3"]
    assert found(iot, "thingName:lamp* AND -attributes.color:red") == ["lamp-2"]
    assert found(iot, "attributes.watt:[40 TO 60}") == ["lamp-1"]
    assert found(iot, "NOT thingTypeName:lamp") == ["switch"]
    answer = iot.search_index(queryString="thingName:lamp-2")
    (thing,) = answer["things"]
    assert thing["thingTypeName"] == "lamp"
    assert thing["attributes"] == {"color": "blue", "watt": "60"}
    assert str(uuid.UUID(thing["thingId"])) == thing["thingId"]
    assert thing["connectivity"] == {"connected": False}
    things, count = pages(iot.search_index, "things", queryString="thingName:lamp*", maxResults=2)
    assert ([thing["thingName"] for thing in things], count) == (["lamp-1", "lamp-2", "lamp-3"], 2)
    told = fleet.aws("iot", "search-index", "--index-name", "AWS_Things", "--query-string", "attributes.color:blue")
    assert [thing["thingName"] for thing in told["things"]] == ["lamp-2"]


def test_it_follows_the_registry(fleet):
    iot = fleet.iot
    iot.create_thing(thingName="lamp-4", attributePayload={"attributes": {"color": "RED"}})
    finds(iot, "attributes.color:red", "lamp-1", "lamp-3", "lamp-4")
    iot.update_thing(thingName="lamp-1", attributePayload={"attributes": {"color": "green"}, "merge": True})
    iot.delete_thing(thingName="lamp-3")
    finds(iot, "attributes.color:red", "lamp-4")
    iot.create_thing_group(thingGroupName="hall")
    iot.add_thing_to_thing_group(thingName="lamp-2", thingGroupName="hall")
    finds(iot, "thingGroupNames:hall", "lamp-2")
    iot.delete_thing_group(thingGroupName="hall")
    finds(iot, "thingGroupNames:*")


def test_connectivity(fleet, tmp_path):
    """The client id is the thing's name (developer guide, "Device connectivity status")."""
    iot = fleet.iot
    device = fleet.service_device(tmp_path)
    with fleet.subscriber(device, "a/b", client_id="lamp-1"):
        finds(iot, "connectivity.connected:true", "lamp-1")
        (thing,) = iot.search_index(queryString="thingName:lamp-1")["things"]
        assert thing["connectivity"]["connected"] is True
        since = thing["connectivity"]["timestamp"]
        assert since > 1_700_000_000_000, "milliseconds"
    finds(iot, f"connectivity.connected:false connectivity.timestamp>={since}", "lamp-1")
    (thing,) = iot.search_index(queryString="thingName:lamp-1")["things"]
    assert thing["connectivity"]["disconnectReason"] in ("CLIENT_INITIATED_DISCONNECT", "CONNECTION_LOST")


def test_thing_groups(fleet):
    iot = fleet.iot
    iot.create_thing_group(thingGroupName="house", thingGroupProperties={"thingGroupDescription": "The Big House"})
    iot.create_thing_group(thingGroupName="hall", parentGroupName="house")
    search = lambda query: iot.search_index(indexName="AWS_ThingGroups", queryString=query)["thingGroups"]  # noqa: E731
    (hall,) = until(lambda: search("parentGroupNames:house"), "the group is found")
    assert hall["thingGroupName"] == "hall" and hall["parentGroupNames"] == ["house"]
    (house,) = search('description:"big house"')
    assert house["thingGroupDescription"] == "The Big House"


@pytest.mark.parametrize(
    "query", ["thingGroupName:x", "(lamp", "lamp AND", "a b c d e f g h i j k l m", "x" * 1001, "attributes.a:[1 TO", "a@b"]
)
def test_bad_queries(fleet, query):
    iot = fleet.iot
    fails(lambda: iot.search_index(queryString=query), "InvalidQueryException", "Unable to parse query", status=400)
    fails(lambda: iot.create_dynamic_thing_group(thingGroupName="x", queryString=query), "InvalidQueryException")


def test_tokens(fleet):
    iot = fleet.iot
    token = iot.search_index(queryString="*", maxResults=1)["nextToken"]
    fails(lambda: iot.search_index(queryString="lamp", nextToken=token), "InvalidRequestException")
    fails(lambda: iot.search_index(queryString="*", nextToken=token[:-4] + "AAAA"), "InvalidRequestException")


def test_aggregates(fleet):
    iot = fleet.iot
    told = iot.get_statistics(queryString="*", aggregationField="attributes.watt")["statistics"]
    assert told == {
        "count": 2, "average": 50.0, "sum": 100.0, "minimum": 40.0, "maximum": 60.0,
        "sumOfSquares": 5200.0, "variance": 100.0, "stdDeviation": 10.0,
    }  # fmt: skip
    assert iot.get_statistics(queryString="thingName:lamp*")["statistics"]["count"] == 3
    assert iot.get_cardinality(queryString="*", aggregationField="attributes.color")["cardinality"] == 2
    assert iot.get_percentiles(queryString="*", aggregationField="attributes.watt", percents=[50])["percentiles"] == [
        {"percent": 50.0, "value": 50.0}
    ]
    buckets = {"termsAggregation": {"maxBuckets": 5}}
    told = iot.get_buckets_aggregation(
        queryString="*", aggregationField="attributes.color", bucketsAggregationType=buckets
    )
    assert told["totalCount"] == 4
    assert told["buckets"] == [{"keyValue": "Red", "count": 2}, {"keyValue": "blue", "count": 1}]
    told = fleet.aws("iot", "get-statistics", "--query-string", "*", "--aggregation-field", "attributes.color")
    assert told == {"statistics": {"count": 3}}
    fails(
        lambda: iot.get_statistics(queryString="*", aggregationField="attributes.none"),
        "InvalidAggregationException", "attributes.none",
    )  # fmt: skip
    fails(lambda: iot.get_percentiles(queryString="*", aggregationField="attributes.color"), "InvalidAggregationException")


def test_permission(fleet):
    """The resource is the index (developer guide, "Managing thing indexing", Authorization)."""
    index = f"arn:aws:iot:{REGION}:{ACCOUNT}:index/AWS_Things"
    allowed = {"Effect": "Allow", "Action": "iot:SearchIndex", "Resource": index}
    _, key = user_key(fleet, {"Version": "2012-10-17", "Statement": [allowed]})
    iot = fleet.client("iot", key=key)
    assert found(iot, "thingName:switch") == ["switch"]
    denied = lambda: iot.search_index(indexName="AWS_ThingGroups", queryString="*")  # noqa: E731
    fails(denied, "AccessDeniedException", status=403)
    fails(lambda: iot.describe_index(indexName="AWS_Things"), "AccessDeniedException")


def test_dynamic_groups(make_server):
    """Without fleet indexing, which AWS asks for first."""
    server = make_server()
    iot = server.client("iot")
    for name, color in [("one", "red"), ("two", "blue")]:
        iot.create_thing(thingName=name, attributePayload={"attributes": {"color": color}})
    made = iot.create_dynamic_thing_group(
        thingGroupName="reds", queryString="attributes.color:red", indexName="AWS_Things",
        tags=[{"Key": "team", "Value": "a"}],
    )  # fmt: skip
    assert made["queryVersion"] == "2017-09-30" and made["thingGroupArn"].endswith(":thinggroup/reds")
    status = lambda: iot.describe_thing_group(thingGroupName="reds")["status"]  # noqa: E731
    until(lambda: status() == "ACTIVE", "the group is ACTIVE")
    things = lambda: iot.list_things_in_thing_group(thingGroupName="reds")["things"]  # noqa: E731
    assert things() == ["one"]
    iot.create_thing(thingName="three", attributePayload={"attributes": {"color": "red"}})
    until(lambda: things() == ["one", "three"], "the new thing is in it", seconds=10)
    groups = iot.list_thing_groups_for_thing(thingName="three")["thingGroups"]
    assert [group["groupName"] for group in groups] == ["reds"]
    fails(lambda: iot.add_thing_to_thing_group(thingName="two", thingGroupName="reds"), "InvalidRequestException")
    fails(lambda: iot.delete_thing_group(thingGroupName="reds"), "InvalidRequestException")
    again = {"thingGroupName": "reds", "queryString": "attributes.color:green"}
    fails(lambda: iot.create_dynamic_thing_group(**again), "ResourceAlreadyExistsException", status=409)
    fails(
        lambda: iot.update_dynamic_thing_group(thingGroupName="reds", thingGroupProperties={}, expectedVersion=9),
        "VersionConflictException", status=409,
    )  # fmt: skip
    changed = iot.update_dynamic_thing_group(
        thingGroupName="reds", thingGroupProperties={"thingGroupDescription": "blue ones"},
        queryString="attributes.color:blue",
    )  # fmt: skip
    assert changed["version"] == 2
    until(lambda: things() == ["two"] and status() == "ACTIVE", "the new query decides", seconds=10)
    # What changed when nobody looked is found after a crash.
    server.kill()
    server.start()
    iot = server.client("iot")
    iot.update_thing(thingName="one", attributePayload={"attributes": {"color": "blue"}})
    until(lambda: sorted(things()) == ["one", "two"], "it goes on after a crash", seconds=10)
    iot.delete_dynamic_thing_group(thingGroupName="reds")
    iot.delete_dynamic_thing_group(thingGroupName="reds")
    fails(lambda: iot.describe_thing_group(thingGroupName="reds"), "ResourceNotFoundException")
    assert iot.list_thing_groups_for_thing(thingName="one")["thingGroups"] == []
    assert server.aws("iot", "list-thing-groups")["thingGroups"] == []
