"""The AWS CLI, loaded once for many calls: each is a process of its own, forked from one that has the package in memory.

It is the installed package, unchanged, with its caller's arguments, variables, directory, input and output, and its exit
status; what is saved is that for every call Python starts, reads the package and the models of AWS's services, and looks for
these: nineteen twentieths of what a call costs.

This file is also the program that is forked. It uses nothing of the tests' own modules.
"""

import atexit
import contextlib
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback

# Services whose models are read before the first call; others are read by each call that needs them.
SERVICES = ("iot", "iot-data", "iam", "sts", "s3", "lambda", "dynamodb", "apigateway", "apigatewayv2", "logs")
# What stands as `aws` on the path of a shell: as `AwsCli.run`, with the standard streams that it has itself.
PROGRAM = """#!{python} -IS
import json, os, socket, sys
call = socket.socket(socket.AF_UNIX)
call.connect({path!r})
socket.send_fds(call, [b"."], [0, 1, 2])
request = {{"words": ["aws", *sys.argv[1:]], "env": dict(os.environ), "cwd": os.getcwd(), "seconds": {seconds}}}
call.sendall(json.dumps(request).encode())
call.shutdown(socket.SHUT_WR)
sys.exit(int(call.makefile("rb").read() or 255))
"""


class AwsCli:
    """The process that is forked; it listens on a socket at this path."""

    def __init__(self, python, path):
        self.python = python
        self.path = path

    @classmethod
    def started(cls, python, env):
        """Begins it; it ends with this process."""
        home = tempfile.TemporaryDirectory(prefix="nameplate-e2e-aws-")
        cli = cls(python, f"{home.name}/calls")
        with socket.socket(socket.AF_UNIX) as calls:
            calls.bind(cli.path)
            calls.listen(64)
            process = subprocess.Popen(
                [python, __file__, str(calls.fileno())], env=env, pass_fds=[calls.fileno()], stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            )  # fmt: skip

        def end():
            process.stdin.close()
            process.wait()
            home.cleanup()

        atexit.register(end)
        return cli

    def run(self, arguments, env, cwd, seconds):
        """One call, as `subprocess.run` gives it; it is ended after so many seconds."""
        words = ["aws", *map(str, arguments)]
        request = {"words": words, "env": env, "cwd": str(cwd or os.getcwd()), "seconds": seconds}
        streams = open(os.devnull), tempfile.TemporaryFile(), tempfile.TemporaryFile()
        with socket.socket(socket.AF_UNIX) as call, streams[0] as nothing, streams[1] as out, streams[2] as err:
            call.connect(self.path)
            socket.send_fds(call, [b"."], [nothing.fileno(), out.fileno(), err.fileno()])
            call.sendall(json.dumps(request).encode())
            call.shutdown(socket.SHUT_WR)
            status = call.makefile("rb").read()
            printed, told = (_text_of(file) for file in (out, err))
        # One that was ended has said none.
        return subprocess.CompletedProcess(words, int(status or -signal.SIGALRM), printed, told)

    def program(self, directory, seconds):
        """The directory, with an `aws` for the path of a shell."""
        directory.mkdir(exist_ok=True)
        program = directory / "aws"
        program.write_text(PROGRAM.format(python=self.python, path=self.path, seconds=seconds))
        program.chmod(0o755)
        return directory


def _text_of(file):
    file.seek(0)
    return file.read().decode()


def _serve(calls):
    """Forks for every call, until standard input ends."""
    # Those that have ended are nobody's to wait for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([calls, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        call, _ = calls.accept()
        if os.fork() == 0:
            calls.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _answer(call)
        call.close()


def _answer(call):
    """What the program `aws` does, in this process, which ends."""
    # It ends soon; a collection would only write into pages that it shares with its parent.
    gc.disable()
    _, streams, _, _ = socket.recv_fds(call, 1, 3)
    request = json.load(call.makefile("rb"))
    signal.alarm(request["seconds"])
    for standard, fd in enumerate(streams):
        os.dup2(fd, standard)
        os.close(fd)
    # The package has set this one when it was loaded: where its data is.
    data = os.environ["AWS_DATA_PATH"]
    os.environ.clear()
    os.environ.update(request["env"] | {"AWS_DATA_PATH": data})
    os.chdir(request["cwd"])
    sys.argv = request["words"]
    status = 1
    try:
        status = awscli.clidriver.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    # As Python does at its end, whose exit handlers are the parent's.
    threading._shutdown()
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    call.sendall(str(status or 0).encode())
    os._exit(0)


def _read_once():
    """Reads what the package reads for every call, and keeps it. A call changes its own copy, if any."""
    read, kept = botocore.loaders.JSONFileLoader.load_file, {}

    def load_file(self, path):
        if path not in kept:
            kept[path] = read(self, path)
        return kept[path]

    botocore.loaders.JSONFileLoader.load_file = load_file
    # Looked up in thousands of directories, five times a call; the places themselves may differ from call to call.
    listed, services = botocore.loaders.Loader.list_available_services, {}

    def list_available_services(self, type_name):
        key = (type_name, *self._potential_locations(must_exist=True))
        if key not in services:
            services[key] = listed(self, type_name)
        return list(services[key])

    botocore.loaders.Loader.list_available_services = list_available_services
    # What these answer depends on nothing but what they are asked about; aliases are the package's own.
    accepts, accepted = botocore.hooks.accepts_kwargs, {}

    def accepts_kwargs(function):
        # A method is another object at every call.
        code = getattr(function, "__code__", function)
        if code not in accepted:
            accepted[code] = accepts(function)
        return accepted[code]

    botocore.hooks.accepts_kwargs = accepts_kwargs
    aliased, aliases = botocore.hooks.EventAliaser._alias_event_name, {}

    def alias(self, event_name):
        if event_name not in aliases:
            aliases[event_name] = aliased(self, event_name)
        return aliases[event_name]

    botocore.hooks.EventAliaser._alias_event_name = alias
    session = awscli.clidriver.create_clidriver().session
    session.get_data("cli")
    for service in SERVICES:
        session.create_client(
            service, region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none",
            endpoint_url="http://127.0.0.1:1",
        )  # fmt: skip
        for of in ("paginators-1", "waiters-2"):
            with contextlib.suppress(botocore.exceptions.UnknownServiceError, botocore.exceptions.DataNotFoundError):
                session.get_component("data_loader").load_service_model(service, of)
    # A call that asks no server: what each needs is read, imported and known from then on.
    awscli.clidriver.create_clidriver().main(["iot", "list-things", "--generate-cli-skeleton"])
    # Or each fork would print what is left of it.
    sys.stdout.flush()
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    # Here alone: it brings a botocore of its own under boto3's name.
    import awscli.clidriver
    import botocore.exceptions
    import botocore.hooks
    import botocore.loaders

    _read_once()
    assert threading.active_count() == 1, "a process with threads is not forked"
    _serve(socket.socket(fileno=int(sys.argv[1])))
