"""`--objects s3://…`: bodies of objects in an S3-compatible store elsewhere, which is another Nameplate here."""

import hashlib
import os
import threading
import time
import urllib.request

import pytest
from lib import BIN, Server, fails, new_key, openssl, plain_env, run, unique, until
from test_bulk import BY_REQUEST, bulk_role, line, over, report, started

MIB = 1 << 20


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The store elsewhere, with a bucket `bodies`."""
    store = Server(tmp_path_factory.mktemp("store") / "data").start()
    store.client("s3").create_bucket(Bucket="bodies")
    yield store
    store.stop()
    assert "panicked" not in store.log(), store.log()


def place(store, where="s3://bodies", credentials=None):
    return [
        "--objects", where, "--objects-endpoint", store.api_url,
        "--objects-credentials", credentials or store.data_dir / "credentials",
    ]  # fmt: skip


@pytest.fixture
def prefix():
    return unique("server")


@pytest.fixture
def server(make_server, store, prefix):
    return make_server(*place(store, f"s3://bodies/{prefix}"))


def bodies(store, prefix):
    """Sizes of what the server has in the store."""
    s3 = store.client("s3")
    listed = s3.list_objects_v2(Bucket="bodies", Prefix=f"{prefix}/bodies/")
    return sorted(item["Size"] for item in listed.get("Contents", []))


def uploads(store, prefix):
    return store.client("s3").list_multipart_uploads(Bucket="bodies", Prefix=f"{prefix}/").get("Uploads", [])


def put_link(server, key):
    """Where anybody may put an object of the bucket `mine`."""
    signer = server.client("s3", signature_version="s3v4")
    return signer.generate_presigned_url("put_object", {"Bucket": "mine", "Key": key}, ExpiresIn=60)


def upload_to(link, body, length):
    request = urllib.request.Request(link, method="PUT", data=body, headers={"Content-Length": length})
    urllib.request.urlopen(request, timeout=30)


def refused(tmp_path, *flags, directory="refused"):
    """What a server says that does not start."""
    done = run(
        [BIN, "serve", "--data-dir", tmp_path / directory, "--api", "127.0.0.1:0", "--mqtt", "127.0.0.1:0",
         "--https", "127.0.0.1:0", *flags], check=False, env=plain_env(),
    )  # fmt: skip
    assert done.returncode in (1, 2) and not done.stdout, done
    return done.stderr


def test_objects_as_clients_use_them(server, store, prefix, tmp_path):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="mine")
    small = os.urandom(1000)
    put = s3.put_object(Bucket="mine", Key="dir/small ü", Body=small, Metadata={"of": "me"})
    assert put["ETag"] == f'"{hashlib.md5(small).hexdigest()}"'
    got = s3.get_object(Bucket="mine", Key="dir/small ü")
    assert got["Body"].read() == small and got["Metadata"] == {"of": "me"}
    s3.put_object(Bucket="mine", Key="empty", Body=b"")
    assert s3.get_object(Bucket="mine", Key="empty")["Body"].read() == b""
    part = s3.get_object(Bucket="mine", Key="dir/small ü", Range="bytes=10-19")
    assert part["Body"].read() == small[10:20] and part["ContentRange"] == "bytes 10-19/1000"
    fails(lambda: s3.get_object(Bucket="mine", Key="dir/small ü", Range="bytes=1000-"), "InvalidRange")
    fails(lambda: s3.put_object(Bucket="mine", Key="empty", Body=b"x", IfNoneMatch="*"), "PreconditionFailed")
    fails(lambda: s3.put_object(Bucket="mine", Key="bad", Body=b"x", ContentMD5="A" * 22 + "=="), "BadDigest")
    assert bodies(store, prefix) == [0, 1000]

    # Large ones: in parts by the client, and as one body that goes on in parts.
    big = os.urandom(21 * MIB + 5)
    (tmp_path / "big").write_bytes(big)
    server.aws("s3", "cp", "big", "s3://mine/big", "--only-show-errors", cwd=tmp_path)
    head = s3.head_object(Bucket="mine", Key="big", PartNumber=2)
    assert head["PartsCount"] == 3 and head["ContentLength"] == 8 * MIB
    part = s3.get_object(Bucket="mine", Key="big", PartNumber=3)
    assert part["Body"].read() == big[16 * MIB :]
    s3.put_object(Bucket="mine", Key="whole", Body=big)
    server.aws("s3", "cp", "s3://mine/whole", "got", "--only-show-errors", cwd=tmp_path)
    assert (tmp_path / "got").read_bytes() == big
    s3.copy_object(Bucket="mine", Key="copy", CopySource="mine/big")
    assert s3.get_object(Bucket="mine", Key="copy", Range="bytes=-7")["Body"].read() == big[-7:]
    upload = s3.create_multipart_upload(Bucket="mine", Key="joined")["UploadId"]
    names = {"Bucket": "mine", "Key": "joined", "UploadId": upload}
    ranges = [f"bytes=0-{6 * MIB - 1}", "bytes=5-9"]
    parts = [
        s3.upload_part_copy(**names, PartNumber=n, CopySource="mine/big", CopySourceRange=r)["CopyPartResult"]
        for n, r in enumerate(ranges, 1)
    ]
    parts = [{"PartNumber": n, "ETag": part["ETag"]} for n, part in enumerate(parts, 1)]
    s3.complete_multipart_upload(**names, MultipartUpload={"Parts": parts})
    assert s3.get_object(Bucket="mine", Key="joined")["Body"].read() == big[: 6 * MIB] + big[5:10]
    size = len(big)
    assert bodies(store, prefix) == [0, 1000, 6 * MIB + 5, size, size, size]

    upload_to(put_link(server, "linked"), b"by link", 7)
    link = s3.generate_presigned_url("get_object", {"Bucket": "mine", "Key": "linked"}, ExpiresIn=60)
    assert urllib.request.urlopen(link, timeout=30).read() == b"by link"

    # A restart keeps everything; then all goes.
    assert server.stop() == 0
    server.start()
    s3 = server.client("s3")
    assert s3.get_object(Bucket="mine", Key="copy")["Body"].read() == big
    assert s3.get_object(Bucket="mine", Key="dir/small ü")["Body"].read() == small
    upload = s3.create_multipart_upload(Bucket="mine", Key="x")["UploadId"]
    s3.upload_part(Bucket="mine", Key="x", UploadId=upload, PartNumber=1, Body=b"x")
    s3.abort_multipart_upload(Bucket="mine", Key="x", UploadId=upload)
    server.aws("s3", "rb", "--force", "s3://mine")
    assert bodies(store, prefix) == [] and uploads(store, prefix) == []
    listed = store.client("s3").list_objects_v2(Bucket="bodies", Prefix=f"{prefix}/")["Contents"]
    assert [item["Key"] for item in listed] == [f"{prefix}/nameplate-owner"]


def test_bulk_registration(server, store, prefix, tmp_path):
    new_key(tmp_path / "device.key", "ec")
    openssl("req", "-new", "-key", tmp_path / "device.key", "-subj", "/CN=device", "-out", tmp_path / "device.csr")
    csr = (tmp_path / "device.csr").read_text()
    lines = [line(f"{prefix}-{n}", csr) for n in range(50)] + ["{}"]
    task = over(server, started(server, tmp_path, "\n".join(lines) + "\n", BY_REQUEST))
    assert (task["status"], task["successCount"], task["failureCount"]) == ("Completed", 50, 1)
    assert len(report(server, task["taskId"], "RESULTS")) == 50
    assert [error["lineNumber"] for error in report(server, task["taskId"], "ERRORS")] == [51]
    assert len(bodies(store, prefix)) == 3, "the input and two reports"


def test_sigkill_while_bodies_come(server, store, prefix):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="mine")
    s3.put_object(Bucket="mine", Key="kept", Body=b"kept")

    def endless():
        for _ in range(500):
            yield bytes(MIB)
            time.sleep(0.01)

    link = put_link(server, "half")

    def upload():
        with pytest.raises(OSError):
            upload_to(link, endless(), 500 * MIB)

    sender = threading.Thread(target=upload)
    sender.start()
    until(lambda: uploads(store, prefix), "an upload in parts")
    server.kill()
    sender.join()
    # And as if it had died between a body and its row.
    store.client("s3").put_object(Bucket="bodies", Key=f"{prefix}/bodies/{'0' * 32}", Body=b"lost")
    assert uploads(store, prefix) and bodies(store, prefix) == [4, 4]
    server.start()
    assert uploads(store, prefix) == [] and bodies(store, prefix) == [4]
    assert server.client("s3").get_object(Bucket="mine", Key="kept")["Body"].read() == b"kept"


def test_a_client_that_leaves(server, store, prefix):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="mine")
    def some():
        for _ in range(20):
            yield bytes(MIB)
        until(lambda: uploads(store, prefix), "an upload in parts")
        raise EOFError("the client leaves")

    with pytest.raises(EOFError):
        upload_to(put_link(server, "half"), some(), 500 * MIB)
    until(lambda: not uploads(store, prefix) and not bodies(store, prefix), "nothing is left")


def test_a_store_that_goes_and_comes_back(make_server, tmp_path):
    store = make_server(directory="elsewhere")
    store.client("s3").create_bucket(Bucket="bodies")
    address = store.api
    server = make_server(*place(store))
    s3 = server.client("s3")
    s3.create_bucket(Bucket="mine")
    s3.put_object(Bucket="mine", Key="k", Body=b"before")
    store.stop()

    fails(lambda: s3.put_object(Bucket="mine", Key="k", Body=b"lost"), "ServiceUnavailable", status=503)
    fails(lambda: s3.put_object(Bucket="mine", Key="new", Body=bytes(20 * MIB)), "ServiceUnavailable", status=503)
    fails(lambda: s3.get_object(Bucket="mine", Key="k"), "ServiceUnavailable", status=503)
    fails(lambda: s3.copy_object(Bucket="mine", Key="c", CopySource="mine/k"), "ServiceUnavailable", status=503)
    assert f"the object store at http://{address} does not answer" in server.log()
    # What needs no bodies goes on.
    assert s3.head_object(Bucket="mine", Key="k")["ContentLength"] == 6
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="mine")["Contents"]] == ["k"]
    # A registration waits for its input.
    task = server.client("iot").start_thing_registration_task(
        templateBody=BY_REQUEST, inputFileBucket="mine", inputFileKey="k", roleArn=bulk_role(server)
    )["taskId"]
    until(lambda: f"task {task} tries again" in server.log(), "the task waits")

    # At the same address, beside a new one.
    store.start("--api", address)
    store.api_url = f"http://{address}"
    assert s3.get_object(Bucket="mine", Key="k")["Body"].read() == b"before"
    assert over(server, task)["failureCount"] == 1, "one line, which is no device"
    s3.put_object(Bucket="mine", Key="k", Body=b"after")
    assert s3.get_object(Bucket="mine", Key="k")["Body"].read() == b"after"
    owned = store.client("s3").list_objects_v2(Bucket="bodies", Prefix="bodies/")["Contents"]
    assert len(owned) == 2, "the object and the report"


def test_a_store_over_tls(make_server, store, prefix, tmp_path, monkeypatch):
    """By the authorities of this machine, which a variable of OpenSSL's names in their usual place's stead."""
    flags = ["--objects", f"s3://bodies/{prefix}", "--objects-endpoint", f"https://localhost:{store.https_port}",
             "--objects-credentials", store.data_dir / "credentials"]  # fmt: skip
    said = refused(tmp_path, *flags)
    assert f"https://localhost:{store.https_port} does not answer" in said and "certificate" in said, said
    monkeypatch.setenv("SSL_CERT_FILE", str(store.root_ca))
    s3 = make_server(*flags).client("s3")
    s3.create_bucket(Bucket="mine")
    s3.put_object(Bucket="mine", Key="k", Body=bytes(9 * MIB))
    assert s3.get_object(Bucket="mine", Key="k", Range="bytes=-3")["Body"].read() == bytes(3)
    assert bodies(store, prefix) == [9 * MIB]


def test_what_is_refused_at_start(server, store, prefix, tmp_path):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="mine")
    s3.put_object(Bucket="mine", Key="k", Body=b"body")

    said = refused(tmp_path, *place(store, f"s3://bodies/{prefix}"))
    assert "another Nameplate keeps its bodies there" in said, said
    assert bodies(store, prefix) == [4]
    said = refused(tmp_path, *place(store, "s3://absent"))
    assert 'there is no bucket "absent"' in said, said
    wrong = tmp_path / "wrong"
    wrong.write_text("[default]\naws_access_key_id = AKIDNOBODY\naws_secret_access_key = doNotTell\n")
    said = refused(tmp_path, *place(store, credentials=wrong))
    assert f"the credentials in {wrong} are refused" in said and "doNotTell" not in said, said
    said = refused(tmp_path, *place(store), "--objects-endpoint", "http://127.0.0.1:9")
    assert "given 2 times" in said, said
    said = refused(tmp_path, "--objects", "s3://Bodies", "--objects-endpoint", "nowhere")
    assert all(name in said for name in ("objects: ", "objects-endpoint: ", "objects-credentials: ")), said

    # Bodies are where they are.
    server.stop()
    for flags in ([], place(store, f"s3://bodies/{prefix}-2")):
        said = refused(tmp_path, *flags, directory=server.data_dir)
        assert f"the bodies of 1 objects and parts are in s3://bodies/{prefix}. Start with that" in said, said
    server.start()
    assert server.client("s3").get_object(Bucket="mine", Key="k")["Body"].read() == b"body"
