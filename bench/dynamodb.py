"""DynamoDB beside moto and dynalite: GetItem, PutItem and Query a second, in turns, and what each costs the server.

Run by `scripts/bench dynamodb`. Requests are signed before they are timed and sent by a program that does nothing else,
over connections that stay open, so what is measured is the server. A write of nameplate's is on disk before it is answered; the others keep items in memory.
CPU is that of the server's processes. With --items the table has so many items before; a scan of all is timed too, and
GetItem beside it.
"""

import argparse
import concurrent.futures
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from peer import REGION, Server, answer, free_port, nameplate, send

TABLE = "bench"
# Items of a partition that a query answers.
PARTITION = 10


def moto(directory):
    port = free_port()
    program = Path(sys.executable).with_name("moto_server")
    return Server("moto", [program, "-H", "127.0.0.1", "-p", str(port)], directory, port)


def dynalite(program, directory):
    port = free_port()
    program = Path(program).resolve()
    command = ["node", program, "--port", str(port), "--host", "127.0.0.1", "--createTableMs", "0"]
    return Server("dynalite", command, directory, port)


def signed(server, operation, body):
    """A signed request, as bytes."""
    url, text = f"http://127.0.0.1:{server.api}/", json.dumps(body).encode()
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": f"DynamoDB_20120810.{operation}"}
    made = AWSRequest("POST", url, data=text, headers=headers)
    SigV4Auth(Credentials(*server.key), "dynamodb", REGION).add_auth(made)
    lines = [f"{name}: {value}" for name, value in made.headers.items()]
    lines += [f"Host: 127.0.0.1:{server.api}", f"Content-Length: {len(text)}"]
    return ("POST / HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode() + text


def client_of(server):
    return server.client("dynamodb", retries={"max_attempts": 0})


def key(number):
    return {"serialNumber": {"S": f"SN-{number // PARTITION:09}"}, "at": {"N": str(number % PARTITION)}}


def item(number):
    return {**key(number), "deviceToken": {"S": "f" * 64}, "model": {"S": "lamp"}, "vended": {"BOOL": False}, "n": {"N": "7"}}


def prepare(server, count):
    client = client_of(server)
    client.create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "serialNumber", "AttributeType": "S"}, {"AttributeName": "at", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "serialNumber", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
    )  # fmt: skip
    client.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})

    def batch(first):
        puts = [{"PutRequest": {"Item": item(number)}} for number in range(first, min(first + 25, count))]
        send(server, [signed(server, "BatchWriteItem", {"RequestItems": {TABLE: puts}})])

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(batch, range(0, count, 25)))


def bodies(what, count, options):
    for number in range(count):
        spread = number * 7919 % options.items
        if what == "GetItem":
            yield {"TableName": TABLE, "Key": key(spread)}
        elif what == "PutItem":
            # Another value each time: what stands there already is not written to a disk again.
            yield {"TableName": TABLE, "Item": {**item(spread), "deviceToken": {"S": secrets.token_hex(32)}}}
        else:
            yield {
                "TableName": TABLE, "KeyConditionExpression": "serialNumber = :s",
                "ExpressionAttributeValues": {":s": key(spread)["serialNumber"]},
            }  # fmt: skip


def turn(server, what, options):
    """Requests a second, and the server's CPU for each in ms."""
    requests = [signed(server, what, body) for body in bodies(what, options.count, options)]
    with tempfile.NamedTemporaryFile(prefix="nameplate-bench-") as file:
        for request in requests:
            file.write(len(request).to_bytes(4, "big") + request)
        file.flush()
        cpu = server.cpu()
        command = [
            options.bench, "replay", "--address", f"127.0.0.1:{server.api}", "--connections", str(options.at_once), file.name,
        ]  # fmt: skip
        sent = subprocess.run(command, capture_output=True, text=True)
        if sent.returncode:
            sys.exit(f"{server.name} fails at {what}: {sent.stderr}")
    count, took = sent.stdout.split()
    return int(count) / float(took), (server.cpu() - cpu) / int(count) * 1000


def memory(server):
    """MiB of the server's own; the database's file, which is mapped, is beside it."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1]) / 1024


def times(server, options, goes_on):
    """How long GetItem takes over one connection, p50 and p99 in ms, for as long as `goes_on` says so."""
    requests = [signed(server, "GetItem", body) for body in bodies("GetItem", 500, options)]
    stream, took = socket.create_connection(("127.0.0.1", server.api)), []
    while goes_on(len(took)):
        begun = time.monotonic()
        stream.sendall(requests[len(took) % len(requests)])
        status, _, stays = answer(stream)
        took.append((time.monotonic() - begun) * 1000)
        if status != 200:
            sys.exit(f"{server.name} answers {status}")
        if not stays:
            stream.close()
            stream = socket.create_connection(("127.0.0.1", server.api))
    stream.close()
    took.sort()
    return took[len(took) // 2], took[len(took) * 99 // 100]


def scan(server, options):
    """Items a second of a scan of all, the memory of the server before and after in MiB, and how long GetItem takes by
    itself and beside the scan."""
    before, alone = memory(server), times(server, options, lambda count: count < 2000)
    reader, writer = os.pipe()
    scanner = os.fork()
    if scanner == 0:
        try:
            client, found, begun = client_of(server), 0, time.monotonic()
            for page in client.get_paginator("scan").paginate(TableName=TABLE, Select="COUNT"):
                found += page["Count"]
            os.write(writer, json.dumps([found, found / (time.monotonic() - begun)]).encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writer)
    beside = times(server, options, lambda count: count < 100 or os.waitpid(scanner, os.WNOHANG) == (0, 0))
    found, rate = json.loads(os.read(reader, 1000))
    return found, rate, before, memory(server), alone, beside


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nameplate", required=True, help="the program")
    parser.add_argument("--bench", required=True, help="the program nameplate-bench, which sends the requests")
    parser.add_argument("--dynalite", help="dynalite's program, if it is there")
    parser.add_argument("--items", type=int, default=1000, help="items of the table before [1000]")
    parser.add_argument("--count", type=int, default=2000, help="requests of a round [2000]")
    parser.add_argument("--at-once", type=int, default=8, help="connections at once [8]")
    parser.add_argument("--only", help="some of the servers, by name, with commas between")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    build = subprocess.run([options.nameplate, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="nameplate-bench-") as directory:
        directory = Path(directory)
        starts = {"nameplate": lambda: nameplate(options.nameplate, directory), "moto": lambda: moto(directory)}
        if options.dynalite and Path(options.dynalite).exists():
            starts["dynalite"] = lambda: dynalite(options.dynalite, directory)
        servers = [start() for name, start in starts.items() if options.only is None or name in options.only.split(",")]
        operations = ["GetItem", "PutItem", "Query"]
        results = {(server.name, what): [] for server in servers for what in operations}
        try:
            for server in servers:
                prepare(server, options.items)
            for _ in range(options.rounds):
                for what in operations:
                    for server in servers:
                        results[server.name, what].append(turn(server, what, options))
            scans = {server.name: scan(server, options) for server in servers}
        finally:
            for server in servers:
                server.stop()
    print(f"{build}, {options.nameplate}; {options.items} items; {options.at_once} connections; {os.cpu_count()} processors")
    own = {what: statistics.median(rate for rate, _ in results["nameplate", what]) for what in operations if ("nameplate", what) in results}
    for (name, what), rounds in results.items():
        rates = sorted(rate for rate, _ in rounds)
        rate, cpu = statistics.median(rates), statistics.median(cpu for _, cpu in rounds)
        ratio = f", nameplate {own[what] / rate:.1f} times" if name != "nameplate" and what in own else ""
        print(f"{name:10} {what:8} {rate:9.0f} [{rates[0]:.0f}–{rates[-1]:.0f}] a second, {cpu:.3f} ms of server CPU each{ratio}")
    for name, (found, rate, before, after, alone, beside) in scans.items():
        print(f"{name:10} Scan     {rate:9.0f} items a second of {found}, memory {before:.0f} MiB before, {after:.0f} MiB after")
        for what, (middle, late) in (("by itself", alone), ("beside the scan", beside)):
            print(f"{name:10} GetItem  {what}: p50 {middle:.2f} ms, p99 {late:.2f} ms")


main()
