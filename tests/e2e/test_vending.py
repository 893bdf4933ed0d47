"""Certificate vending: curl is the device that shipped without a certificate, mosquitto_pub what it becomes. The
factory's table is in a MariaDB and in a PostgreSQL, as in the second build that AWS's article on a certificate vending
machine describes (a server with MySQL), of which the server is Nameplate itself."""

import contextlib
import hashlib
import hmac
import json
import socket
import subprocess
import time
from types import SimpleNamespace

import mariadb
import postgres
import pytest
from lib import BIN, Ca, jitp_role, openssl, plain_env, run, unique, until

TEMPLATE = json.dumps({
    "Parameters": {
        "serialNumber": {"Type": "String"},
        "thingName": {"Type": "String"},
        "policyName": {"Type": "String"},
        "AWS::IoT::Certificate::Id": {"Type": "String"},
    },
    "Resources": {
        "thing": {
            "Type": "AWS::IoT::Thing",
            "Properties": {
                "ThingName": {"Ref": "thingName"},
                "AttributePayload": {"serialNumber": {"Ref": "serialNumber"}},
            },
        },
        "certificate": {
            "Type": "AWS::IoT::Certificate",
            "Properties": {"CertificateId": {"Ref": "AWS::IoT::Certificate::Id"}, "Status": "ACTIVE"},
        },
        "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": {"Ref": "policyName"}}},
    },
})  # fmt: skip
QUERY = (
    "SELECT sn AS {q}serialNumber{q}, token, is_enabled, thing_name AS {q}thingName{q}, policy_name AS {q}policyName{q} "
    "FROM device WHERE sn = :serialNumber"
)
UPDATE = (
    "UPDATE device SET cert_id = :certificateId, cert_arn = :certificateArn, cert_status = 1, registered = :time "
    "WHERE sn = :serialNumber"
)


@pytest.fixture(scope="module")
def vending(server, tmp_path_factory):
    """The shared server with a role and a policy that templates may use, and its root as a device fetches it."""
    role = jitp_role(server)
    policy = unique("policy")
    allow = {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    server.client("iot").create_policy(policyName=policy, policyDocument=document)
    root = tmp_path_factory.mktemp("device") / "root-ca.pem"
    # The first request has nothing to trust by but what the owner has put into the device: the same root.
    run(["curl", "-sS", "--cacert", server.root_ca, "-o", root, f"{https(server)}/vending/root-ca.pem"])
    return SimpleNamespace(server=server, role=role, policy=policy, root=root)


def https(server):
    return f"https://localhost:{server.https_port}"


def command(server, *words, check=True, **options):
    return run([BIN, "vending", *words, "--data-dir", server.data_dir], check=check, **options)


def batch(vending, tmp_path, name=None, **members):
    """Makes a batch by the command; its name."""
    name = name or unique("batch")
    document = {"templateBody": TEMPLATE, "roleArn": vending.role} | members
    (tmp_path / "batch.json").write_text(json.dumps(document))
    command(vending.server, "batch", "create", name, "--file", tmp_path / "batch.json")
    return name


def curl(root, url, body=None, timeout=60):
    """Status and text of an answer."""
    words = ["curl", "-sS", "--cacert", root, "-w", "\n%{http_code}", url]
    if body is not None:
        words += ["-H", "content-type: application/json", "-d", body if isinstance(body, str) else json.dumps(body)]
    text, status = run(words, timeout=timeout).stdout.rsplit("\n", 1)
    return int(status), text


def ask(vending, **body):
    status, text = curl(vending.root, f"{https(vending.server)}/vending/certificates", body)
    return status, json.loads(text)


def publish(vending, directory, certificate, key, root, client_id):
    """With exactly what the device was answered."""
    directory.mkdir()
    for name, pem in [("cert.pem", certificate), ("key.pem", key), ("root.pem", root)]:
        (directory / name).write_text(pem)
    run([
        "mosquitto_pub", "--cafile", directory / "root.pem", "--cert", directory / "cert.pem",
        "--key", directory / "key.pem", "-h", "localhost", "-p", vending.server.mqtt_port, "-q", 1,
        "-t", f"hello/{client_id}", "-i", client_id, "-m", "Hello", "--tls-version", "tlsv1.2",
    ])  # fmt: skip


def devices(vending, serials, **columns):
    return [
        {"serialNumber": serial, "thingName": f"thing-{serial}", "policyName": vending.policy} | columns for serial in serials
    ]


def listed(vending, tmp_path, name, lines):
    path = tmp_path / "list.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return command(vending.server, "import", path, "--batch", name)


def test_a_token_and_the_contracts_own_shape(vending, tmp_path):
    name = batch(vending, tmp_path, proof="token")
    serial = unique("sn")
    csv = f"serialNumber,token,thingName,policyName\n{serial},secret,thing-{serial},{vending.policy}\n,x,y,z\n"
    (tmp_path / "list.csv").write_text(csv)
    done = command(vending.server, "import", tmp_path / "list.csv", "--batch", name, check=False)
    assert done.returncode == 1 and "1 added, 0 updated, 1 refused" in done.stdout, done
    assert "line 3: serialNumber is missing" in done.stderr
    assert ask(vending, serialNumber=serial, token="guess") == (403, {"code": "AccessDenied"})
    status, refused = ask(vending, serialNumber=serial, token="x" * 40_000)
    assert (status, refused) == (400, {"code": "InvalidRequest", "message": "the body is longer than 32768 bytes"})
    status, given = ask(vending, serialNumber=serial, token="secret")
    assert status == 200, given
    publish(vending, tmp_path / "device", given["certificatePem"], given["privateKey"], given["rootCa"], serial)
    thing = vending.server.client("iot").describe_thing(thingName=f"thing-{serial}")
    assert thing["attributes"] == {"serialNumber": serial}
    shown = command(vending.server, "show", serial).stdout
    assert f"{serial} of batch {name}: VENDED" in shown and given["certificateId"] in shown
    explained = run([BIN, "explain", serial, "--data-dir", vending.server.data_dir]).stdout
    assert "  Has its certificate: " in explained and "vending-token-wrong" in explained, explained
    assert "secret" not in vending.server.log() and "guess" not in vending.server.log()
    assert ask(vending, serialNumber=serial, token="secret")[0] == 409
    command(vending.server, "release", serial)
    status, again = ask(vending, serialNumber=serial, token="secret")
    assert status == 200
    iot = vending.server.client("iot")
    old = iot.describe_certificate(certificateId=given["certificateId"])["certificateDescription"]
    assert old["status"] == "REVOKED"
    command(vending.server, "revoke", serial)
    new = iot.describe_certificate(certificateId=again["certificateId"])["certificateDescription"]
    assert new["status"] == "REVOKED"


def test_a_secret_of_the_batch_and_the_shapes_of_awss_samples(vending, tmp_path):
    name = batch(vending, tmp_path, proof="hmac", secret="a secret of the line", repeat="reissue")
    first, second = unique("sn"), unique("sn")
    listed(vending, tmp_path, name, devices(vending, [first, second]))
    proof = lambda serial: hmac.new(b"a secret of the line", serial.encode(), hashlib.sha256).hexdigest()  # noqa: E731
    url = f"{https(vending.server)}/vending/Prod/getcert?serialNumber={first}&deviceToken="
    assert curl(vending.root, f"{url}{proof(second)}") == (500, "Access Denied")
    status, text = curl(vending.root, f"{url}{proof(first)}")
    given = json.loads(text)
    assert status == 200, text
    keys = given["keyPair"]
    publish(vending, tmp_path / "first", given["certificatePem"], keys["PrivateKey"], given["RootCA"], first)
    url = f"{https(vending.server)}/vending/registration"
    status, text = curl(vending.root, url, {"device_uid": second, "device_token": proof(second)})
    given = json.loads(text)
    assert (status, given["statusCode"], given["status"]) == (200, 200, "SUCCESS"), text
    payload = given["payload"]
    publish(
        vending, tmp_path / "second", payload["certificates"]["device_certificate"],
        payload["keyPair"]["privateKey"], payload["certificates"]["root_ca"], second,
    )  # fmt: skip
    status, text = curl(vending.root, url, {"device_uid": "nobody", "device_token": "x"})
    assert (status, json.loads(text)["statusCode"]) == (200, 404)
    status, text = curl(vending.root, url, {"device_uid": second, "device_token": "x" * 40_000})
    assert (status, json.loads(text)["message"]) == (200, "Missing input data")


def test_a_key_that_was_registered(vending, tmp_path):
    name = batch(vending, tmp_path, proof="key")
    serial = unique("sn")
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", tmp_path / "key.pem")
    public = openssl("ec", "-in", tmp_path / "key.pem", "-pubout").stdout
    openssl("req", "-new", "-key", tmp_path / "key.pem", "-subj", f"/CN={serial}", "-out", tmp_path / "csr.pem")
    listed(vending, tmp_path, name, devices(vending, [serial], publicKey=public))
    other = Ca(tmp_path / "other", kind="ec")
    openssl("req", "-new", "-key", other.key, "-subj", "/CN=x", "-out", tmp_path / "other.csr")
    assert ask(vending, serialNumber=serial, csr=(tmp_path / "other.csr").read_text())[0] == 403
    status, given = ask(vending, serialNumber=serial, csr=(tmp_path / "csr.pem").read_text())
    assert status == 200 and "privateKey" not in given, given
    key = (tmp_path / "key.pem").read_text()
    publish(vending, tmp_path / "device", given["certificatePem"], key, given["rootCa"], serial)
    openssl("genrsa", "-out", tmp_path / "weak.key", "1024")
    openssl("req", "-new", "-key", tmp_path / "weak.key", "-subj", "/CN=x", "-out", tmp_path / "weak.csr")
    for csr in [(tmp_path / "weak.csr").read_text(), "x" * 9000, "-----BEGIN CERTIFICATE REQUEST-----\nAAAA"]:
        assert ask(vending, serialNumber=serial, csr=csr)[0] == 400


def test_an_operator_decides_and_codes_are_printed(vending, tmp_path):
    name = batch(vending, tmp_path, proof="none", approval=True)
    serial = unique("sn")
    listed(vending, tmp_path, name, devices(vending, [serial]))
    status, answer = ask(vending, serialNumber=serial)
    assert (status, answer["status"]) == (202, "PENDING_APPROVAL")
    command(vending.server, "approve", serial)
    status, given = ask(vending, serialNumber=serial)
    assert status == 200
    publish(vending, tmp_path / "device", given["certificatePem"], given["privateKey"], given["rootCa"], serial)
    assert command(vending.server, "approve", "nobody", check=False).returncode == 1

    name = batch(vending, tmp_path, proof="token")
    serials = [unique("sn"), unique("sn")]
    listed(vending, tmp_path, name, devices(vending, serials))
    printed = command(vending.server, "codes", "--batch", name, "--json").stdout
    code = json.loads(printed.splitlines()[0])["code"]
    status, _ = curl(vending.root, f"{https(vending.server)}/vending/certificates", code)
    assert status == 200
    command(vending.server, "codes", "--batch", name, "--replace", "--svg", tmp_path / "codes")
    svg = (tmp_path / "codes" / f"{serials[1]}.svg").read_text()
    assert svg.startswith("<svg")
    assert name in command(vending.server, "batch", "list").stdout
    command(vending.server, "batch", "rm", name)
    assert command(vending.server, "show", serials[0], check=False).returncode == 1


def test_two_requests_at_the_same_time(vending, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    name = batch(vending, tmp_path, proof="none", repeat="reissue")
    serial = unique("sn")
    listed(vending, tmp_path, name, devices(vending, [serial]))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(vending, serialNumber=serial), range(8)))
    attempts = [(one["code"], one["reason"]) for one in vending.server.attempts(serial)]
    assert {status for status, _ in answers} == {200}, attempts
    iot = vending.server.client("iot")
    statuses = [
        iot.describe_certificate(certificateId=given["certificateId"])["certificateDescription"]["status"]
        for _, given in answers
    ]
    assert statuses.count("ACTIVE") == 1 and set(statuses) == {"ACTIVE", "REVOKED"}


def test_the_old_certificate_goes_when_the_new_one_has_connected(vending, tmp_path):
    name = batch(vending, tmp_path, proof="none", repeat="reissue", retireOld="when-connected")
    serial = unique("sn")
    listed(vending, tmp_path, name, devices(vending, [serial]))
    (_, old), (_, new) = ask(vending, serialNumber=serial), ask(vending, serialNumber=serial)
    publish(vending, tmp_path / "old", old["certificatePem"], old["privateKey"], old["rootCa"], serial)
    publish(vending, tmp_path / "new", new["certificatePem"], new["privateKey"], new["rootCa"], serial)
    iot = vending.server.client("iot")
    describe = lambda given: iot.describe_certificate(certificateId=given["certificateId"])  # noqa: E731
    until(lambda: describe(old)["certificateDescription"]["status"] == "REVOKED", "the old certificate is revoked")
    assert describe(new)["certificateDescription"]["status"] == "ACTIVE"


class Factory:
    """A factory's table in a database of its own."""

    def __init__(self, kind):
        self.kind = kind
        self.database = "factory" + unique("").replace("-", "_")
        if kind == "mysql":
            self.server = mariadb.shared()
            self.server.sql(
                f"CREATE DATABASE {self.database}; CREATE USER IF NOT EXISTS 'factory'@'%' IDENTIFIED BY 'hunter2'; "
                f"GRANT SELECT, UPDATE ON {self.database}.* TO 'factory'@'%'"
            )
            self.url = f"mysql://factory:hunter2@127.0.0.1:{self.server.port}/{self.database}"
        else:
            self.server = postgres.shared()
            self.server.sql(f"CREATE DATABASE {self.database}")
            self.url = self.server.url(self.database)
        text = "VARCHAR(200)"
        self.sql(
            f"CREATE TABLE device (sn {text} NOT NULL, token {text}, is_enabled INT NOT NULL, thing_name {text}, "
            f"policy_name {text}, cert_id {text}, cert_arn {text}, cert_status INT NOT NULL, registered BIGINT)"
        )

    def sql(self, statement):
        return self.server.sql(statement, self.database)

    def add(self, serial, policy, token="token", enabled=1):
        self.sql(
            "INSERT INTO device (sn, token, is_enabled, thing_name, policy_name, cert_status) "
            f"VALUES ('{serial}', '{token}', {enabled}, 'thing-{serial}', '{policy}', 0)"
        )

    def row(self, serial):
        columns = self.sql(f"SELECT cert_id, cert_arn, cert_status FROM device WHERE sn = '{serial}'")
        return columns.replace("|", "\t").split("\t")

    def source(self, **members):
        quote = "`" if self.kind == "mysql" else '"'
        return {"kind": self.kind, "url": self.url, "query": QUERY.format(q=quote), "update": UPDATE} | members

    def holding(self, serial):
        """A client that keeps the device's row from being changed until it is ended."""
        sleep = "SLEEP(60)" if self.kind == "mysql" else "pg_sleep(60)"
        statement = f"BEGIN; SELECT sn FROM device WHERE sn = '{serial}' FOR UPDATE; SELECT {sleep}"
        if self.kind == "mysql":
            words = self.server.command(statement, self.database)
        else:
            words = [postgres.programs() / "psql", "-X", "-q", "-d", self.url, "-c", statement]
        client = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: "sleep" in self.running().lower(), "the row is held")
        return client

    def running(self):
        if self.kind == "mysql":
            return self.server.sql(
                f"SELECT info FROM information_schema.processlist WHERE db = '{self.database}' AND id <> CONNECTION_ID()"
            )
        return self.server.sql(
            f"SELECT query FROM pg_stat_activity WHERE datname = '{self.database}' AND state = 'active'"
        )

    def narrow(self, grant):
        """URL of a user who may do only this."""
        user = unique("u").replace("-", "_")
        if self.kind == "mysql":
            self.sql(f"CREATE USER {user}@'%' IDENTIFIED BY 'hunter2'; GRANT {grant} ON {self.database}.device TO {user}@'%'")
            return self.url.replace("factory:", f"{user}:", 1)
        self.sql(f"CREATE ROLE {user} LOGIN; GRANT {grant} ON device TO {user}")
        return self.url.replace("nameplate@", f"{user}@", 1)

    @contextlib.contextmanager
    def standby(self):
        """URL of a user who can only read, because the server takes no writes, as a replica does."""
        url = self.narrow("SELECT, UPDATE")
        if self.kind == "postgres":
            user = url.split("//")[1].split("@")[0]
            self.sql(f"ALTER ROLE {user} SET default_transaction_read_only = on")
            yield url
            return
        self.server.sql("SET GLOBAL read_only = ON")
        try:
            yield url
        finally:
            self.server.sql("SET GLOBAL read_only = OFF")

    def hang_up(self):
        """Ends the connections that clients have, as a database does that takes them for idle too long."""
        if self.kind == "mysql":
            ids = self.server.sql(f"SELECT id FROM information_schema.processlist WHERE db = '{self.database}'")
            for number in ids.split():
                self.server.sql(f"KILL {number}")
        else:
            self.server.sql(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.database}' AND state = 'idle'"
            )

    def release(self, client):
        client.kill()
        client.wait()
        if self.kind == "mysql":
            ids = self.server.sql(
                f"SELECT id FROM information_schema.processlist WHERE db = '{self.database}' AND info LIKE '%SLEEP%' "
                "AND id <> CONNECTION_ID()"
            )
            for number in ids.split():
                self.server.sql(f"KILL {number}")
        else:
            self.server.sql(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.database}' "
                "AND query LIKE '%pg_sleep%'"
            )


@pytest.fixture(params=["mysql", "postgres"])
def factory(request):
    return Factory(request.param)


def test_the_second_build_steps_1_to_7(vending, tmp_path, factory):
    name = batch(vending, tmp_path, proof="token", repeat="reissue", source=factory.source())
    serial = unique("sn")
    factory.add(serial, vending.policy)
    factory.add("off", vending.policy, enabled=0)
    # 1. The device asks the server for a certificate. 2. The server asks the database whether it may. 3., 4. The
    # certificate and its id are made. 5. Thing and policy are those of the device's row.
    status, given = ask(vending, serialNumber=serial, token="token", batch=name)
    assert status == 200, given
    iot = vending.server.client("iot")
    arn = given["certificateArn"]
    assert iot.list_principal_things(principal=arn)["things"] == [f"thing-{serial}"]
    assert [policy["policyName"] for policy in iot.list_attached_policies(target=arn)["policies"]] == [vending.policy]
    # 6. The database has all that belongs to the device, and that it has its certificate.
    assert factory.row(serial) == [given["certificateId"], arn, "1"]
    # 7. The device has the root and its certificate.
    publish(vending, tmp_path / "device", given["certificatePem"], given["privateKey"], given["rootCa"], serial)
    # A second certificate takes the first one's place in both.
    status, again = ask(vending, serialNumber=serial, token="token")
    assert status == 200 and factory.row(serial)[0] == again["certificateId"]
    old = iot.describe_certificate(certificateId=given["certificateId"])["certificateDescription"]
    assert old["status"] == "REVOKED"
    for body in [
        {"serialNumber": serial, "token": "wrong"},
        {"serialNumber": "off", "token": "token"},
        {"serialNumber": "nobody", "token": "token"},
        {"serialNumber": serial, "token": "token", "batch": "another"},
    ]:
        assert ask(vending, **body) == (403, {"code": "AccessDenied"}), body
    shown = command(vending.server, "batch", "show", name).stdout
    assert "hunter2" not in shown and factory.database in shown
    command(vending.server, "batch", "rm", name)


def test_sql_in_every_field_is_a_value(vending, tmp_path, factory):
    serial = unique("sn")
    factory.add(serial, vending.policy)
    name = batch(vending, tmp_path, proof="token", source=factory.source())
    for text in ["' OR '1'='1", "x'; DROP TABLE device; --", '" OR ""="', "\\' OR 1=1 -- ", f"{serial}' -- ", "%", ":time"]:
        for body in [
            {"serialNumber": text, "token": "token"},
            {"serialNumber": serial, "token": text, "batch": name},
            {"serialNumber": text, "token": text, "batch": text},
        ]:
            assert ask(vending, **body)[0] in (403, 429), body
    # In MySQL's usual collations this is the same text.
    assert ask(vending, serialNumber=serial.upper(), token="token")[0] == 403
    assert factory.sql("SELECT COUNT(*) FROM device") == "1"
    assert factory.row(serial)[2] == "0"
    command(vending.server, "batch", "rm", name)


def test_queries_that_are_not_one_row(vending, tmp_path, factory):
    serial = unique("sn")
    factory.add(serial, vending.policy)
    factory.add(serial, vending.policy)
    name = batch(vending, tmp_path, proof="token", source=factory.source())
    assert ask(vending, serialNumber=serial, token="token") == (403, {"code": "AccessDenied"})
    assert "more than one row" in run([BIN, "explain", serial, "--data-dir", vending.server.data_dir]).stdout
    command(vending.server, "batch", "rm", name)
    for source, why in [
        (factory.source(query="SELECT * FROM device"), "does not use :serialNumber"),
        (factory.source(query="SELECT * FROM device WHERE sn = ':serialNumber'"), "does not use :serialNumber"),
        (factory.source(query="SELECT :serialNumber; DELETE FROM device"), "more than one statement"),
        (factory.source(update="UPDATE device SET cert_status = 1"), "does not use :serialNumber"),
    ]:
        document = {"proof": "token", "templateBody": TEMPLATE, "roleArn": vending.role, "source": source}
        (tmp_path / "bad.json").write_text(json.dumps(document))
        done = command(vending.server, "batch", "create", unique("b"), "--file", tmp_path / "bad.json", check=False)
        assert done.returncode == 1 and why in done.stderr, done.stderr
    # A query that writes is not run, and an update of no row or of several is undone.
    other = unique("sn")
    factory.add(other, vending.policy)
    for source, why in [
        (factory.source(query="SELECT nothing FROM device WHERE sn = :serialNumber"), "could not be run"),
        (factory.source(update="UPDATE device SET cert_status = 1 WHERE sn = :serialNumber AND 1 = 0"), "about 0 rows"),
        (factory.source(update=f"UPDATE device SET cert_status = 1 WHERE sn IN (:serialNumber, '{serial}')"), "about 3 rows"),
    ]:
        name = batch(vending, tmp_path, proof="token", source=source)
        status, _ = ask(vending, serialNumber=other, token="token")
        assert status == 503, why
        assert why in run([BIN, "explain", other, "--data-dir", vending.server.data_dir]).stdout
        command(vending.server, "batch", "rm", name)
    assert factory.row(other)[2] == "0"
    things = vending.server.client("iot").list_things(attributeName="serialNumber", attributeValue=other)
    assert things["things"] == []


def test_nothing_is_vended_while_the_write_back_waits(vending, tmp_path, factory):
    serial = unique("sn")
    factory.add(serial, vending.policy)
    name = batch(vending, tmp_path, proof="token", source=factory.source())
    client = factory.holding(serial)
    status, answer = ask(vending, serialNumber=serial, token="token")
    factory.release(client)
    assert (status, answer["code"]) == (503, "ServiceUnavailable")
    things = vending.server.client("iot").list_things(attributeName="serialNumber", attributeValue=serial)
    assert things["things"] == []
    until(lambda: "UPDATE" not in factory.running(), "the update has ended")
    assert factory.row(serial)[2] == "0"
    assert ask(vending, serialNumber=serial, token="token")[0] == 200
    command(vending.server, "batch", "rm", name)


def test_a_database_that_refuses(vending, tmp_path, factory):
    serial = unique("sn")
    factory.add(serial, vending.policy)
    stranger = factory.url.replace("hunter2", "other").replace("nameplate@", "nobody@")
    select = "SELECT" if factory.kind == "postgres" else "SELECT (sn, token, is_enabled, thing_name, policy_name)"
    for source, why in [
        (factory.source(url=stranger), "the query of batch"),
        (factory.source(url=factory.narrow("UPDATE")), "the query of batch"),
        (factory.source(url=factory.narrow(select)), "the update of batch"),
        (factory.source(query=QUERY.format(q="").replace("device", "gone")), "the query of batch"),
        (factory.source(update=UPDATE.replace("cert_arn", "gone")), "the update of batch"),
        (factory.source(update=UPDATE.replace("cert_status = 1", "cert_status = NULL")), "the update of batch"),
    ]:
        name = batch(vending, tmp_path, proof="token", source=source)
        assert ask(vending, serialNumber=serial, token="token", batch=name)[0] == 503, source
        explained = run([BIN, "explain", serial, "--data-dir", vending.server.data_dir]).stdout
        assert f"{why} {name} could not be run" in explained and "hunter2" not in explained, explained
        command(vending.server, "batch", "rm", name)
    assert factory.row(serial)[2] == "0"
    things = vending.server.client("iot").list_things(attributeName="serialNumber", attributeValue=serial)
    assert things["things"] == []


def test_a_replica_that_takes_no_writes(vending, tmp_path, factory):
    serial = unique("sn")
    factory.add(serial, vending.policy)
    certificates = vending.server.client("iot").get_paginator("list_certificates")
    before = certificates.paginate().build_full_result()["certificates"]
    with factory.standby() as url:
        name = batch(vending, tmp_path, proof="token", source=factory.source(url=url))
        # What its query says is believed: a wrong token is the device's fault, a right one meets the write-back.
        assert ask(vending, serialNumber=serial, token="wrong") == (403, {"code": "AccessDenied"})
        assert ask(vending, serialNumber=serial, token="token")[0] == 503
        explained = run([BIN, "explain", serial, "--data-dir", vending.server.data_dir]).stdout
        assert f"the update of batch {name} could not be run" in explained, explained
        assert "read" in explained and "only" in explained, explained
        assert certificates.paginate().build_full_result()["certificates"] == before
        command(vending.server, "batch", "rm", name)
        # Without a write-back it needs no more than to be read.
        source = {key: value for key, value in factory.source(url=url).items() if key != "update"}
        name = batch(vending, tmp_path, proof="token", source=source)
        assert ask(vending, serialNumber=serial, token="token")[0] == 200
        assert factory.row(serial)[2] == "0"
        command(vending.server, "batch", "rm", name)


def test_a_database_that_comes_back(vending, tmp_path, factory):
    serial = unique("sn")
    factory.add(serial, vending.policy)
    name = batch(vending, tmp_path, proof="token", repeat="reissue", source=factory.source())
    for _ in range(2):
        assert ask(vending, serialNumber=serial, token="token")[0] == 200
        factory.hang_up()
    factory.sql("ALTER TABLE device RENAME TO away")
    assert ask(vending, serialNumber=serial, token="token")[0] == 503
    factory.sql("ALTER TABLE away RENAME TO device")
    status, given = ask(vending, serialNumber=serial, token="token")
    assert status == 200 and factory.row(serial)[0] == given["certificateId"]
    # What the table's alphabet has no letters for is in no row.
    if factory.kind == "mysql":
        factory.sql("ALTER TABLE device CONVERT TO CHARACTER SET latin1")
    assert ask(vending, serialNumber="\u8bbe\u5907", token="token") == (403, {"code": "AccessDenied"})
    command(vending.server, "batch", "rm", name)


def test_databases_that_say_nothing(vending, tmp_path):
    name = batch(vending, tmp_path, proof="none")
    serial = unique("sn")
    listed(vending, tmp_path, name, devices(vending, [serial]))
    names = [name]
    query = "SELECT sn FROM device WHERE sn = :serialNumber"
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        for kind in ["mysql", "postgres"]:
            url = f"{kind}://u@127.0.0.1:{deaf.getsockname()[1]}/d"
            names.append(batch(vending, tmp_path, proof="none", source={"kind": kind, "url": url, "query": query}))
        other = unique("sn")
        asked = subprocess.Popen(
            ["curl", "-sS", "--cacert", vending.root, "-d", json.dumps({"serialNumber": other}),
             f"{https(vending.server)}/vending/certificates"], stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        # Those that are listed here are served meanwhile.
        assert ask(vending, serialNumber=serial)[0] == 200
        assert asked.poll() is None
        assert json.loads(asked.communicate(timeout=60)[0])["code"] == "ServiceUnavailable"
    assert "has not answered within" in run([BIN, "explain", other, "--data-dir", vending.server.data_dir]).stdout
    for name in names:
        command(vending.server, "batch", "rm", name)


def test_guesses_that_come_together(vending, tmp_path, factory):
    serial = unique("sn")
    factory.add(serial, vending.policy)
    name = batch(vending, tmp_path, proof="token", source=factory.source())
    url = f"{https(vending.server)}/vending/certificates"
    bodies = [json.dumps({"serialNumber": serial, "token": str(number), "batch": name}) for number in range(60)]
    words = ["curl", "-Z", "--parallel-immediate", "--parallel-max", "60"]
    for body in bodies:
        words += ["-sS", "--cacert", vending.root, "-o", "/dev/null", "-w", "%{http_code}\n", "-d", body, url, "--next"]
    statuses = run(words[:-1]).stdout.split()
    assert set(statuses) == {"403", "429"} and statuses.count("403") == 5, statuses
    # Of many serial numbers, as many are judged as the address may be kept waiting for; the one that would be right, last.
    serials = [unique("sn") for _ in range(150)]
    factory.add(serials[-1], vending.policy)
    words = ["curl", "-Z", "--parallel-immediate", "--parallel-max", "150", "--interface", "127.0.0.3"]
    for number in serials:
        body = json.dumps({"serialNumber": number, "token": "wrong", "batch": name})
        words += ["-sS", "--cacert", vending.root, "-o", "/dev/null", "-w", "%{http_code}\n", "-d", body, url, "--next"]
    began = time.monotonic()
    statuses = run(words[:-1]).stdout.split()
    assert set(statuses) == {"403", "429"} and statuses.count("403") <= 66 + 5 * (time.monotonic() - began), statuses
    # Elsewhere it is the device itself.
    words = ["curl", "-sS", "--cacert", vending.root, "--interface", "127.0.0.2", "-w", "%{http_code}", "-o", "/dev/null"]
    assert run([*words, "-d", json.dumps({"serialNumber": serial, "token": "token"}), url]).stdout == "200"
    command(vending.server, "batch", "rm", name)


def test_a_server_that_dies_in_the_write_back_leaves_nothing_live(make_server, tmp_path, factory):
    server = make_server()
    vending = SimpleNamespace(server=server, role=jitp_role(server), policy="p", root=server.root_ca)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iot:*", "Resource": "*"}]}
    server.client("iot").create_policy(policyName="p", policyDocument=json.dumps(document))
    factory.add("sn", "p")
    batch(vending, tmp_path, proof="token", source=factory.source())
    client = factory.holding("sn")
    body = json.dumps({"serialNumber": "sn", "token": "token"})
    url = f"{https(server)}/vending/certificates"
    device = subprocess.Popen(["curl", "-sS", "--cacert", server.root_ca, "-d", body, url], stderr=subprocess.DEVNULL)
    until(lambda: "UPDATE" in factory.running(), "the write-back waits")
    server.kill()
    device.wait()
    factory.release(client)
    server.start()
    iot = server.client("iot")
    assert iot.list_certificates()["certificates"] == [] and iot.list_things()["things"] == []
    status, given = ask(vending, serialNumber="sn", token="token")
    assert status == 200
    assert factory.row("sn") == [given["certificateId"], given["certificateArn"], "1"]
    publish(vending, tmp_path / "device", given["certificatePem"], given["privateKey"], given["rootCa"], "sn")


def test_a_database_that_is_away(make_server, tmp_path):
    database = mariadb.MariaDb()
    server = make_server()
    vending = SimpleNamespace(server=server, role=jitp_role(server), policy="p", root=server.root_ca)
    source = {
        "kind": "mysql", "url": f"mysql://root@127.0.0.1:{database.port}/mysql",
        "query": "SELECT 'token' AS token FROM dual WHERE :serialNumber = 'sn'",
    }  # fmt: skip
    batch(vending, tmp_path, proof="token", source=source)
    assert ask(vending, serialNumber="sn", token="wrong")[0] == 403
    database.end()
    status, answer = ask(vending, serialNumber="sn", token="token")
    assert (status, answer["code"]) == (503, "ServiceUnavailable")
    assert "could not be run" in run([BIN, "explain", "sn", "--data-dir", server.data_dir]).stdout


def test_without_tls_only_this_machine(vending):
    # The tests' own machine is all that can ask here; the rest is told apart by the address alone.
    status, _ = curl(vending.root, f"{vending.server.api_url}/vending/certificates", {"serialNumber": "nobody"})
    assert status == 403
    for path, wanted in [("functions/f", 403), ("Prod/shadow", 500), ("nothing", 404), ("certificates", 405)]:
        assert curl(vending.root, f"{https(vending.server)}/vending/{path}")[0] == wanted, path


def test_the_demo(tmp_path):
    done = run([BIN, "demo", "--flow", "vending"], env=plain_env(), cwd=tmp_path, timeout=120)
    assert "All is as it should be: SN-" in done.stdout, done.stdout
