"""Bulk registration: a file in S3, a task, its reports; a server that dies in between; `nameplate bulk`."""

import datetime
import json
import re
import signal
import subprocess
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509
from lib import ALLOW_ALL, BIN, Ca, fails, jitp_role, new_key, openssl, plain_env, run, unique, until

OVER = ("Completed", "Failed", "Cancelled")


def body(certificate):
    return json.dumps({
        "Parameters": {
            "Name": {"Type": "String"},
            "Certificate": {"Type": "String"},
            "Place": {"Type": "String", "Default": "unclaimed"},
        },
        "Resources": {
            "thing": {
                "Type": "AWS::IoT::Thing",
                "Properties": {"ThingName": {"Ref": "Name"}, "AttributePayload": {"place": {"Ref": "Place"}}},
            },
            "certificate": {"Type": "AWS::IoT::Certificate", "Properties": certificate},
            "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": ALLOW_ALL}},
        },
    })  # fmt: skip


BY_REQUEST = body({"CertificateSigningRequest": {"Ref": "Certificate"}})
BY_PEM = body({"CertificatePem": {"Ref": "Certificate"}})


@pytest.fixture(scope="module")
def csr(tmp_path_factory):
    """One request for all: each line gets a certificate of its own for it."""
    home = tmp_path_factory.mktemp("csr")
    new_key(home / "device.key", "ec")
    openssl("req", "-new", "-key", home / "device.key", "-subj", "/CN=device", "-out", home / "device.csr")
    return (home / "device.csr").read_text()


def bulk_role(server):
    """A role that may register and read S3, as the guide has it."""
    arn = jitp_role(server)
    document = {"Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}  # fmt: skip
    server.client("iam").put_role_policy(
        RoleName=arn.split("/")[-1], PolicyName="s3", PolicyDocument=json.dumps(document)
    )
    return arn


def started(server, tmp_path, text, template=BY_REQUEST, role=None):
    """The file by `aws s3 cp`, the task by `aws iot start-thing-registration-task`; its id."""
    bucket = unique("fleet")
    (tmp_path / "devices.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    (tmp_path / "template.json").write_text(template)
    server.aws("s3", "mb", f"s3://{bucket}")
    server.aws("s3", "cp", "devices.json", f"s3://{bucket}/in/devices.json", cwd=tmp_path)
    answer = server.aws(
        "iot", "start-thing-registration-task", "--template-body", "file://template.json",
        "--input-file-bucket", bucket, "--input-file-key", "in/devices.json",
        "--role-arn", role or bulk_role(server), cwd=tmp_path,
    )  # fmt: skip
    return answer["taskId"]


def over(server, task_id, seconds=120):
    iot = server.client("iot")

    def described():
        task = iot.describe_thing_registration_task(taskId=task_id)
        return task if task["status"] in OVER else None

    return until(described, f"task {task_id} ends", seconds)


def report(server, task_id, kind):
    """A report's lines, loaded as curl would: without credentials."""
    iot = server.client("iot")
    lines = []
    for link in iot.list_thing_registration_task_reports(taskId=task_id, reportType=kind)["resourceLinks"]:
        loaded = run(["curl", "-sSf", link]).stdout
        lines += [json.loads(line) for line in loaded.splitlines()]
    return lines


def line(name, certificate, **more):
    return json.dumps({"Name": name, "Certificate": certificate, **more})


def test_a_thousand_lines_and_ten_kinds_of_bad_ones(server, csr, tmp_path):
    fleet = unique("fleet")
    bad = {
        17: ("this is not JSON", "not JSON"),
        101: ('{"Name": "cut of', "not a complete JSON object"),
        202: ('["Name", "Certificate"]', "one JSON object of strings"),
        303: ('{"Name": {"nested": "x"}}', "is an object; a string is expected"),
        404: ('{"Name": "a", "Name": "b"}', "stands there twice"),
        505: (json.dumps({"Name": f"{fleet}-505"}), '"Certificate" has no value'),
        606: (line("a name with spaces", csr), "does not match"),
        707: (line(f"{fleet}-707", "no request"), "CertificateSigningRequest"),
        808: (line("x" * 300_000, csr), "at most 256000"),
        909: (line(f"{fleet}-1", csr, Place="elsewhere"), "place=elsewhere"),
    }
    lines = [bad[n][0] if n in bad else line(f"{fleet}-{n}", csr) for n in range(1, 1001)]
    task_id = started(server, tmp_path, "\n".join(lines) + "\n")
    task = over(server, task_id)
    assert task["status"] == "Completed" and task["percentageProgress"] == 100, task
    assert (task["successCount"], task["failureCount"]) == (990, 10)
    errors = report(server, task_id, "ERRORS")
    assert [error["lineNumber"] for error in errors] == sorted(bad)
    for error in errors:
        assert bad[error["lineNumber"]][1] in error["errorMessage"], error
    results = report(server, task_id, "RESULTS")
    good = [n for n in range(1, 1001) if n not in bad]
    assert [result["lineNumber"] for result in results] == good, "input order"
    issuer = server.data_dir / "device-ca.pem"
    for n, result in zip(good, results, strict=True):
        response = result["response"]
        assert response["ResourceArns"]["thing"].endswith(f"/{fleet}-{n}")
        assert response["CertificatePem"].startswith("-----BEGIN CERTIFICATE-----")
    for result in results[::330]:
        (tmp_path / "one.pem").write_text(result["response"]["CertificatePem"])
        assert "OK" in openssl("verify", "-CAfile", issuer, tmp_path / "one.pem").stdout
        thing = server.client("iot").describe_thing(thingName=result["response"]["ResourceArns"]["thing"].split("/")[1])
        assert thing["attributes"] == {"place": "unclaimed"}
    certificates = {result["response"]["ResourceArns"]["certificate"] for result in results}
    assert len(certificates) == 990


def test_a_hundred_thousand_lines(make_server, tmp_path):
    """One in a hundred is bad, in ten ways; all others are registered, chain to the server's CA and are found."""
    server = make_server("--device-ca-key", "ecdsa")
    iot = server.client("iot")
    iot.update_indexing_configuration(thingIndexingConfiguration={"thingIndexingMode": "REGISTRY"})
    requests = []
    for n in range(5):
        key = tmp_path / f"{n}.key"
        new_key(key, "ec" if n else "rsa")
        openssl("req", "-new", "-key", key, "-subj", f"/O=Factory/CN=device-{n}", "-out", tmp_path / f"{n}.csr")
        requests.append((tmp_path / f"{n}.csr").read_text())
    broken = requests[1].replace("A", "B", 1)
    bad = [
        lambda name: "this is not JSON",
        lambda name: '{"Name": "cut of',
        lambda name: json.dumps([name, requests[1]]),
        lambda name: json.dumps({"Name": {"nested": name}, "Certificate": requests[1]}),
        lambda name: json.dumps({"Name": name, "Certificate": 7}),
        lambda name: json.dumps({"Name": name}),
        lambda name: line(f"{name} with spaces", requests[1]),
        lambda name: line(name, "no request"),
        lambda name: line(name, broken),
        lambda name: line("x" * 300_000, requests[1]),
    ]
    count, failing = 100_000, set()
    with open(tmp_path / "devices.json", "w") as file:
        for n in range(1, count + 1):
            name = f"device-{n:06}"
            if n % 100 == 50:
                failing.add(n)
                print(bad[n // 100 % 10](name), file=file)
            else:
                print(line(name, requests[n % 5]), file=file)
    task_id = started(server, tmp_path, (tmp_path / "devices.json").read_bytes())
    task = over(server, task_id, seconds=300)
    assert (task["status"], task["successCount"], task["failureCount"]) == ("Completed", 99_000, 1_000), task
    errors = report(server, task_id, "ERRORS")
    assert [error["lineNumber"] for error in errors] == sorted(failing)
    assert all(error["errorMessage"] for error in errors)
    results = report(server, task_id, "RESULTS")
    assert [result["lineNumber"] for result in results] == [n for n in range(1, count + 1) if n not in failing]
    # Every certificate; one in twenty by openssl too, many to a call, which takes longer over a certificate than the server.
    issuer = server.data_dir / "device-ca.pem"
    authority = x509.load_pem_x509_certificate(issuer.read_bytes())
    home, now = tmp_path / "issued", datetime.datetime.now(datetime.UTC)
    home.mkdir()
    serials, names = set(), []
    for number, result in enumerate(results):
        certificate = x509.load_pem_x509_certificate(result["response"]["CertificatePem"].encode())
        certificate.verify_directly_issued_by(authority)
        assert certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
        serials.add(certificate.serial_number)
        if number % 20 == 0:
            names.append(f"{result['response']['ResourceArns']['thing'].split('/')[1]}.pem")
            (home / names[-1]).write_text(result["response"]["CertificatePem"])
    assert len(serials) == 99_000
    done = openssl("verify", "-CAfile", issuer, *names, cwd=home)
    assert done.stdout.count(": OK") == len(names) == 4_950
    until(lambda: iot.describe_index(indexName="AWS_Things")["indexStatus"] == "ACTIVE", "the index is ACTIVE")
    total = lambda query: iot.get_statistics(queryString=query)["statistics"]["count"]  # noqa: E731
    until(lambda: total("thingName:device-*") == 99_000, f"all are found, not {total('*')}")
    (last,) = iot.search_index(queryString="thingName:*-100000")["things"]
    assert last["attributes"] == {"place": "unclaimed"}


def test_certificates_of_the_owners(server, tmp_path):
    ca = Ca(tmp_path / "ca").register(server, auto=False)
    key = ca.directory / "shared.key"
    new_key(key, "ec")
    devices = [ca.device(key=key) for _ in range(5)]
    text = "".join(line(device.name, device.pem) + "\r\n" for device in devices)
    task_id = started(server, tmp_path, "\ufeff" + text, BY_PEM)
    assert over(server, task_id)["successCount"] == 5
    results = report(server, task_id, "RESULTS")
    ids = [result["response"]["ResourceArns"]["certificate"].split("/")[1] for result in results]
    assert ids == [device.id for device in devices]


def test_lines_follow_each_other(server, tmp_path):
    """Lines of one file about the same things and certificates: each finds what those before it left."""
    ca = Ca(tmp_path / "ca")
    key = ca.directory / "shared.key"
    new_key(key, "ec")
    iot = server.client("iot")
    pems = [ca.device(key=key).pem for _ in range(2)]
    one, two = (
        iot.register_certificate_without_ca(certificatePem=pem, status="INACTIVE")["certificateId"] for pem in pems
    )
    template = json.loads(body({"CertificateId": {"Ref": "Certificate"}, "Status": "Active"}))
    template["Resources"]["thing"]["OverrideSettings"] = {"AttributePayload": "MERGE"}
    group, fleet = unique("group"), unique("fleet")
    iot.create_thing_group(thingGroupName=group)
    template["Resources"]["thing"]["Properties"]["ThingGroups"] = [group]
    lamp, door = f"{fleet}-lamp", f"{fleet}-door"

    def register(*lines):
        text = "".join(line(name, certificate, Place=place) + "\n" for name, certificate, place in lines)
        task_id = started(server, tmp_path, text, json.dumps(template))
        assert over(server, task_id)["status"] == "Completed"
        return [error["lineNumber"] for error in report(server, task_id, "ERRORS")]

    def thing(name):
        found = iot.describe_thing(thingName=name)
        principals = iot.list_thing_principals(thingName=name)["principals"]
        assert iot.list_thing_groups_for_thing(thingName=name)["thingGroups"][0]["groupName"] == group
        return found["attributes"]["place"], found["version"], sorted(arn.split("/")[1] for arn in principals)

    failed = register(
        (lamp, one, "attic"), (lamp, one, "hall"), (door, one, "hall"), (lamp, "0" * 64, "cellar"), (lamp, two, "hall"),
    )  # fmt: skip
    assert failed == [4]
    assert thing(lamp) == ("hall", 2, sorted([one, two]))
    assert thing(door) == ("hall", 1, [one])
    # All of it is there now when the first line is read.
    failed = register(
        (lamp, two, "attic"), (door, two, "attic"), (lamp, one, "attic"), (lamp, two, "roof"), (door, one, "attic"),
    )  # fmt: skip
    assert failed == []
    assert thing(lamp) == ("roof", 4, sorted([one, two]))
    assert thing(door) == ("attic", 2, sorted([one, two]))
    for certificate in (one, two):
        described = iot.describe_certificate(certificateId=certificate)["certificateDescription"]
        assert described["status"] == "ACTIVE"
        assert len(iot.list_attached_policies(target=described["certificateArn"])["policies"]) == 1


def test_a_server_that_dies_goes_on_where_it_was(make_server, csr, tmp_path):
    server = make_server()
    count = 8000
    fleet = unique("fleet")
    text = "".join(line(f"{fleet}-{n}", csr) + "\n" for n in range(1, count + 1))
    task_id = started(server, tmp_path, text)
    iot = server.client("iot")
    done = 0
    for _ in range(3):
        before = done
        done = until(
            lambda: (n := iot.describe_thing_registration_task(taskId=task_id)["successCount"]) > before and n,
            "the task goes on",
        )
        server.kill()
        server.start()
        iot = server.client("iot")
        again = iot.describe_thing_registration_task(taskId=task_id)
        assert again["successCount"] >= done, "what was told is there"
        done = again["successCount"]
        # The server may be through before a slow test has asked: there are no more lines to wait for then.
        if done == count:
            break
    task = over(server, task_id, 300)
    assert (task["status"], task["successCount"], task["failureCount"]) == ("Completed", count, 0), task
    results = report(server, task_id, "RESULTS")
    assert [result["lineNumber"] for result in results] == list(range(1, count + 1))
    metrics = dict(line.rsplit(" ", 1) for line in server.get("/metrics").splitlines() if not line.startswith("#"))
    # A certificate for each line: none was issued twice.
    assert metrics["nameplate_certificates"] == metrics["nameplate_things"] == str(count)


def test_stopping(server, csr, tmp_path):
    fleet = unique("fleet")
    text = "".join(line(f"{fleet}-{n}", csr) + "\n" for n in range(20_000))
    task_id = started(server, tmp_path, text)
    iot = server.client("iot")
    until(lambda: iot.describe_thing_registration_task(taskId=task_id)["successCount"], "it begins")
    iot.stop_thing_registration_task(taskId=task_id)
    task = over(server, task_id)
    assert task["status"] == "Cancelled" and task["percentageProgress"] < 100
    assert len(report(server, task_id, "RESULTS")) == task["successCount"]
    fails(lambda: iot.stop_thing_registration_task(taskId=task_id), "InvalidRequestException")


def test_several_side_by_side(server, csr, tmp_path):
    def one(number):
        home = tmp_path / str(number)
        home.mkdir()
        fleet = unique("fleet")
        return started(server, home, "".join(line(f"{fleet}-{n}", csr) + "\n" for n in range(100)))

    with ThreadPoolExecutor(3) as pool:
        tasks = list(pool.map(one, range(3)))
    for task_id in tasks:
        assert over(server, task_id)["successCount"] == 100
    iot = server.client("iot")
    listed = iot.get_paginator("list_thing_registration_tasks").paginate(status="Completed").build_full_result()
    assert set(tasks) <= set(listed["taskIds"])


def test_what_fails(server, csr, tmp_path):
    role = bulk_role(server)
    iot = server.client("iot")

    def start(bucket="nowhere-at-all", key="k", role=role):
        task = iot.start_thing_registration_task(
            templateBody=BY_REQUEST, inputFileBucket=bucket, inputFileKey=key, roleArn=role
        )
        return over(server, task["taskId"])

    task = start()
    assert task["status"] == "Failed" and "nowhere-at-all" in task["message"]
    bucket = unique("fleet")
    server.client("s3").create_bucket(Bucket=bucket)
    task = start(bucket)
    assert task["status"] == "Failed" and '"k"' in task["message"]
    task = start(bucket, role=jitp_role(server))
    assert task["status"] == "Failed" and "s3:GetObject" in task["message"]
    fails(lambda: start(role="arn:aws:iam::123456789012:role/absent"), "InvalidRequestException")
    request = {"inputFileBucket": bucket, "inputFileKey": "k", "roleArn": role}
    fails(lambda: iot.start_thing_registration_task(templateBody="{", **request), "InvalidRequestException")
    fails(lambda: iot.describe_thing_registration_task(taskId="unknown"), "ResourceNotFoundException")
    request = {"taskId": "unknown", "reportType": "RESULTS"}
    fails(lambda: iot.list_thing_registration_task_reports(**request), "InvalidRequestException")


def nameplate_bulk(server, *arguments, check=True):
    return run([BIN, "bulk", "--data-dir", server.data_dir, *arguments], check=check, env=plain_env(), timeout=120)


def test_nameplate_bulk(server, csr, tmp_path):
    fleet = unique("fleet")
    file, template = tmp_path / "devices.json", tmp_path / "template.json"
    file.write_text("".join(line(f"{fleet}-{n}", csr) + "\n" for n in range(20)) + "broken\n")
    template.write_text(BY_REQUEST)
    done = nameplate_bulk(server, file, "--template", template, "--dry-run", check=False)
    assert done.returncode == 1 and "20 would be provisioned" in done.stdout, done.stdout
    fails(lambda: server.client("iot").describe_thing(thingName=f"{fleet}-0"), "ResourceNotFoundException")
    done = nameplate_bulk(server, file, "--template", template, check=False)
    assert done.returncode == 1 and "Completed: 20 registered, 1 failed" in done.stdout, done.stdout + done.stderr
    results = [json.loads(text) for text in (tmp_path / "devices.results.json").read_text().splitlines()]
    assert [result["lineNumber"] for result in results] == list(range(1, 21))
    errors = [json.loads(text) for text in (tmp_path / "devices.errors.json").read_text().splitlines()]
    assert [error["lineNumber"] for error in errors] == [21]
    # The file is not left behind in S3.
    listed = server.client("s3").list_objects_v2(Bucket="nameplate-registration-input")
    assert listed["KeyCount"] == 0
    done = nameplate_bulk(server, file, "--template", template, "--role", "arn:aws:iam::123456789012:role/absent",
                          check=False)  # fmt: skip
    assert done.returncode == 1 and "does not exist" in done.stderr
    template.write_text("{")
    done = nameplate_bulk(server, file, "--template", template, check=False)
    assert done.returncode == 1 and "Invalid registration template" in done.stderr


def lines_of(path):
    return [json.loads(text) for text in path.read_text().splitlines()]


def task_of(output):
    return re.match(r"task: ([0-9a-f-]{36})", output)[1]


def test_nameplate_bulk_of_a_table(server, csr, tmp_path):
    """As a spreadsheet saves it: a byte order mark, CR LF, line breaks in quotes, and rows that went wrong."""
    fleet = unique("fleet")
    file, template = tmp_path / "fleet.csv", tmp_path / "template.json"
    template.write_text(BY_REQUEST)
    quoted = '"' + csr + '"'
    rows = [f"{fleet}-{n},{quoted},hall {n}" for n in range(3)]
    rows[1] = f"{fleet}-1,{quoted}"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(["Name,Certificate,Serial", *rows, "", ""]).encode())
    template.write_text(
        BY_REQUEST.replace('"Parameters": {', '"Parameters": {"Serial": {"Type": "String", "Default": "none"}, ')
    )
    spans = csr.count("\n") + 1
    dry = nameplate_bulk(server, file, "--template", template, "--dry-run", check=False)
    reason = "the row has 2 of the header's 3 fields"
    assert dry.returncode == 1 and "2 would be provisioned, 1 would fail" in dry.stdout and reason in dry.stdout
    done = nameplate_bulk(server, file, "--template", template, check=False)
    assert done.returncode == 1 and "2 registered, 1 failed" in done.stdout, done.stdout + done.stderr
    results, [error] = lines_of(tmp_path / "fleet.results.json"), lines_of(tmp_path / "fleet.errors.json")
    assert [result["lineNumber"] for result in results] == [2, 2 + 2 * spans]
    assert (error["lineNumber"], error["errorMessage"]) == (2 + spans, reason)
    # A serial number finds its certificate.
    assert [result["parameters"]["Serial"] for result in results] == ["hall 0", "hall 2"]
    assert results[0]["parameters"]["Certificate"].splitlines() == csr.splitlines()
    # Mended and tried again: that line alone.
    rows[1] += ",hall 1"
    file.write_text("\n".join(["Name,Certificate,Serial", *rows]))
    task = task_of(done.stdout)
    again = nameplate_bulk(server, file, "--template", template, "--retry-failed", task)
    assert "1 registered, 0 failed" in again.stdout, again.stdout
    [retried] = lines_of(tmp_path / f"fleet.retry-{task[:8]}.results.json")
    assert (retried["lineNumber"], retried["parameters"]["Name"]) == (2 + spans, f"{fleet}-1")
    assert not (tmp_path / f"fleet.retry-{task[:8]}.errors.json").exists()
    # All of it again: nobody gets a second certificate, unless it is asked for.
    certificates = lambda: {r["parameters"]["Name"]: r["response"]["ResourceArns"]["certificate"]  # noqa: E731
                            for r in lines_of(tmp_path / "fleet.results.json")}  # fmt: skip
    nameplate_bulk(server, file, "--template", template)
    known = certificates()
    assert known[f"{fleet}-1"] == retried["response"]["ResourceArns"]["certificate"]
    nameplate_bulk(server, file, "--template", template)
    assert certificates() == known and len(set(known.values())) == 3
    nameplate_bulk(server, file, "--template", template, "--reissue")
    assert not set(certificates().values()) & set(known.values())
    assert (tmp_path / "fleet.errors.json").read_text() == "", "what was wrong is no longer true"


def test_what_cannot_be_begun_registers_nothing(server, csr, tmp_path):
    template = tmp_path / "template.json"
    template.write_text(BY_REQUEST)
    name = unique("lamp")

    def refused(file, words, *arguments):
        done = nameplate_bulk(server, file, "--template", template, *arguments, check=False)
        assert done.returncode == 2 and words in done.stderr, done.stdout + done.stderr
        assert "task:" not in done.stdout

    good = tmp_path / "good.json"
    good.write_text(line(name, csr) + "\n")
    refused(good, "cannot be written", "--results", tmp_path / "no" / "such" / "place.json")
    refused(good, "it is the input", "--errors", good)
    for content, words in [
        (b"Name,Name\na,b\n", "two columns are named"),
        (b'Name,Certificate\na,"b\nc\n', "line 2: a quote opens and never closes"),
        ("Name,Certificate\n".encode("utf-16"), "UTF-16"),
        (b"", "no header"),
    ]:
        (tmp_path / "bad.csv").write_bytes(content)
        refused(tmp_path / "bad.csv", words)
    (tmp_path / "bad.json").write_text(f"[{line(name, csr)}]")
    refused(tmp_path / "bad.json", "JSON array")
    fails(lambda: server.client("iot").describe_thing(thingName=name), "ResourceNotFoundException")
    assert not list(tmp_path.glob("*.results.json")) and not list(tmp_path.glob("*.errors.json"))


def test_a_task_is_left_and_taken_up_and_a_restart_is_waited_out(make_server, csr, tmp_path):
    server = make_server()
    fleet, count = unique("fleet"), 8000
    file, template = tmp_path / "devices.json", tmp_path / "template.json"
    file.write_text("".join(line(f"{fleet}-{n}", csr) + "\n" for n in range(count)))
    template.write_text(BY_REQUEST)
    command = [BIN, "bulk", "--data-dir", server.data_dir]
    watching = subprocess.Popen([*command, file, "--template", template], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env=plain_env())  # fmt: skip
    task = task_of(watching.stdout.readline())
    iot = server.client("iot")
    until(lambda: iot.describe_thing_registration_task(taskId=task)["successCount"], "it begins")
    watching.send_signal(signal.SIGINT)
    out, err = watching.communicate(timeout=30)
    assert watching.returncode == 130 and f"nameplate bulk --resume {task}" in err, out + err
    assert iot.describe_thing_registration_task(taskId=task)["status"] == "InProgress"
    watching = subprocess.Popen([*command, "--resume", task, "--results", tmp_path / "r.json", "--errors",
                                 tmp_path / "e.json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=plain_env())  # fmt: skip
    assert task_of(watching.stdout.readline()) == task
    # Comes back at other ports.
    server.kill()
    server.start()
    out, err = watching.communicate(timeout=120)
    assert watching.returncode == 0 and f"{count} registered, 0 failed" in out, out + err
    results = lines_of(tmp_path / "r.json")
    assert [result["parameters"]["Name"] for result in results] == [f"{fleet}-{n}" for n in range(count)]
    listed = server.client("s3").list_objects_v2(Bucket="nameplate-registration-input")
    assert listed["KeyCount"] == 0
    # Over, its input is gone: what is there is told.
    again = nameplate_bulk(server, "--resume", task, "--results", tmp_path / "r.json", "--errors", tmp_path / "e.json")
    assert "Completed" in again.stdout and len(lines_of(tmp_path / "r.json")) == count
    done = nameplate_bulk(server, "--resume", "unknown", check=False)
    assert done.returncode == 1 and "unknown" in done.stderr


def test_links_need_no_credentials_and_are_no_others(server, csr, tmp_path):
    task_id = started(server, tmp_path, line(unique("lamp"), csr))
    over(server, task_id)
    link = server.client("iot").list_thing_registration_task_reports(taskId=task_id, reportType="RESULTS")
    [link] = link["resourceLinks"]
    with urllib.request.urlopen(link) as answer:
        assert answer.status == 200
    forged = run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", link[:-4] + "0000"]).stdout
    assert forged == "403"
