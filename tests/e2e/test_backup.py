"""A backup that is made while the server runs and is written to, and the same server made of it elsewhere."""

import io
import json
import shutil
import stat
import tarfile
import threading
import zipfile

import postgres
import pytest
from lib import BIN, Ca, jitp_role, plain_env, run, template

TRUST_LAMBDA = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
]})  # fmt: skip


def nameplate(*arguments, check=True, env=None):
    return run([BIN, *arguments], check=check, env=env or plain_env(), timeout=120)


def parts(path):
    """What is in a backup: the digests of tables, and those of its other parts by name."""
    listed, end = {}, None
    with tarfile.open(path) as archive:
        for member in archive:
            name = member.name
            if name.startswith("digests/"):
                for part, size, digest in json.load(archive.extractfile(member))["parts"]:
                    listed[part] = (size, digest)
            elif name == "end.json":
                end = json.load(archive.extractfile(member))
    files = {name: of for name, of in listed.items() if name.startswith(("files/", "objects/"))}
    return end["tables"], files


def function_zip():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): return 1\n")
    return data.getvalue()


def over(engine, server):
    """The server, with its registry in this engine."""
    server.store = ["--store", "sqlite" if engine == "sqlite" else postgres.shared().database_of(server.data_dir)]
    return server


@pytest.mark.parametrize("engine, other", [("sqlite", "sqlite"), ("postgres", "postgres"), ("postgres", "sqlite")])
def test_a_server_is_made_anew_of_a_backup(make_server, tmp_path, engine, other):
    server = over(engine, make_server(start=False)).start()
    ca = Ca(tmp_path / "ca").register(server, template=template(), role=jitp_role(server))
    device = ca.device()
    server.pub(device, "backup/hello", "first")
    iot, s3 = server.client("iot"), server.client("s3")
    s3.create_bucket(Bucket="firmware")
    s3.put_object(Bucket="firmware", Key="image", Body=b"body" * 100_000)
    role = jitp_role(server, policies=(), trust=TRUST_LAMBDA)
    server.client("lambda").create_function(
        FunctionName="hook", Runtime="python3.12", Handler="app.handler", Role=role, Code={"ZipFile": function_zip()}
    )

    # One after the other, so that a backup of one moment has all up to some number and none behind it.
    ends = threading.Event()

    def write():
        number = 0
        while not ends.is_set():
            iot.create_thing(thingName=f"written-{number:06}")
            s3.put_object(Bucket="firmware", Key="image", Body=b"body" * 100_000)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup = tmp_path / "while-running.tar"
        told = json.loads(nameplate("backup", backup, "--data-dir", server.data_dir, "--json").stdout)
    finally:
        ends.set()
        writer.join()
    assert told["rows"] > 0 and told["objects"] == 1, told
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    refused = nameplate("backup", backup, "--data-dir", server.data_dir, check=False)
    assert refused.returncode == 2 and "is there already" in refused.stderr, refused
    quiet = tmp_path / "quiet.tar"
    done = nameplate("backup", quiet, "--data-dir", server.data_dir)
    assert "private keys" in done.stdout and "0600" in done.stdout, done
    assert nameplate("backup", quiet, "--force", "--data-dir", server.data_dir).returncode == 0
    assert not list(tmp_path.glob("*.unfinished"))
    # What it was asked with is no secret, and neither is anything in the log.
    assert "PRIVATE KEY" not in server.log()

    certificates = {c["certificateId"] for c in iot.list_certificates()["certificates"]}
    assert server.stop() == 0

    restored = over(other, make_server(directory="restored", start=False))
    place = [*restored.store, "--data-dir", restored.data_dir]
    done = nameplate("restore", backup, *place)
    assert "checked: the registry is what was backed up" in done.stdout, done
    assert f"nameplate serve --data-dir {restored.data_dir}" in done.stdout, done
    assert stat.S_IMODE((restored.data_dir / "keys/root-rsa.pem").stat().st_mode) == 0o600
    restored.start()
    names = sorted(
        thing["thingName"]
        for page in restored.client("iot").get_paginator("list_things").paginate()
        for thing in page["things"]
        if thing["thingName"].startswith("written-")
    )
    assert names == [f"written-{number:06}" for number in range(len(names))]
    # The device is known: it comes with the certificate that it had, and is not provisioned anew.
    restored.pub(device, "backup/hello", "second")
    assert restored.client("iot").describe_certificate(certificateId=device.id)["certificateDescription"]
    assert {c["certificateId"] for c in restored.client("iot").list_certificates()["certificates"]} == certificates
    assert restored.client("s3").get_object(Bucket="firmware", Key="image")["Body"].read() == b"body" * 100_000
    assert restored.client("lambda").get_function(FunctionName="hook")["Configuration"]["CodeSize"]
    restored.pub(ca.device(), "backup/hello", "a first connection")


def test_what_was_restored_is_what_was_backed_up(make_server, tmp_path):
    """Counts and digests of every table and file, of a directory that no server holds."""
    server = make_server("--store", "sqlite")
    ca = Ca(tmp_path / "ca").register(server, template=template(), role=jitp_role(server))
    server.pub(ca.device(), "backup/hello", "first")
    server.client("s3").create_bucket(Bucket="firmware")
    server.client("s3").put_object(Bucket="firmware", Key="image", Body=b"body" * 1000)
    # Nothing is restored to where a server is, nor to where something is.
    running = tmp_path / "running.tar"
    nameplate("backup", running, "--data-dir", server.data_dir)
    refused = nameplate("restore", running, "--data-dir", server.data_dir, check=False)
    assert refused.returncode == 2 and "is not empty" in refused.stderr, refused
    assert server.stop() == 0

    first, second = tmp_path / "first.tar", tmp_path / "second.tar"
    nameplate("backup", first, "--data-dir", server.data_dir)
    refused = nameplate("restore", first, "--data-dir", server.data_dir, check=False)
    assert refused.returncode == 2 and "is not empty" in refused.stderr, refused
    home = tmp_path / "home"
    # A mount point is there already, and empty.
    home.mkdir()
    nameplate("restore", first, "--data-dir", home)
    nameplate("backup", second, "--data-dir", home)
    assert parts(first) == parts(second)
    tables, files = parts(second)
    assert sum(table["rows"] for table in tables) > 10
    assert "files/keys/root-rsa.pem" in files and "files/credentials" in files

    # A file that is cut short, altered, or of a newer release.
    whole = first.read_bytes()
    bad, place = tmp_path / "bad.tar", tmp_path / "elsewhere"

    def refused_as(content, *words):
        bad.write_bytes(content)
        for more in (["--check"], []):
            done = nameplate("restore", bad, *more, "--data-dir", place, check=False)
            assert done.returncode == 2, done
            assert any(word in done.stderr for word in words), done
        left = {path.name for path in place.iterdir()} if place.exists() else set()
        assert left <= {"lock"}, left

    for part in (0.1, 0.5, 0.9, 0.99):
        refused_as(whole[: int(len(whole) * part)], "cut short")
    key = whole.index(b"PRIVATE KEY-----") + 40
    refused_as(whole[:key] + b"@@@@" + whole[key + 4 :], "is not what was backed up")
    with tarfile.open(first) as archive:
        header = json.load(archive.extractfile("nameplate-backup.json"))
    at = whole.index(b'"schema":')
    newer = whole[:at] + whole[at:].replace(f'"schema":{header["schema"]}'.encode(), b'"schema":98', 1)
    assert len(newer) == len(whole)
    refused_as(newer, "newer release", "is not what was backed up")
    refused_as(b"no backup" * 1000, "no backup of Nameplate's")
    refused_as(b"", "no backup of Nameplate's", "cut short")

    # Killed on the way: no server starts on what is left, and the same command makes it whole.
    (place / ".restoring").mkdir()
    (place / ".restoring/keys").write_text("half")
    half = nameplate("serve", "--data-dir", place, "--api", "127.0.0.1:0", check=False)
    assert half.returncode == 1 and "nameplate restore" in half.stderr, half
    nameplate("restore", first, "--data-dir", place)
    shutil.rmtree(home)
    again = make_server("--store", "sqlite", directory="elsewhere")
    assert again.client("s3").get_object(Bucket="firmware", Key="image")["Body"].read() == b"body" * 1000
