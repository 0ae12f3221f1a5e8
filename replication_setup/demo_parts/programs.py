"""What the demo starts: each process is kept by its id and ended by its id."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEIR = ROOT / "build" / "release" / "proxy" / "weir"
SHOP = ROOT / "build" / "release" / "shop_app" / "shop"
SHOPPERS = SHOP.with_name("shoppers")
CLUSTER = ROOT / "replication_setup" / "cluster"

START_SECONDS = 30
STOP_SECONDS = 15
POLL_SECONDS = 0.02


class Failure(Exception):
    """Something did not start or did not go on; the message says what and shows its log."""


class Ended(BaseException):
    """A signal asked for the end; its number is the argument."""


class _Starting:
    """While a process is being made nobody would end it yet: a signal is kept until somebody does."""

    now = False
    kept = None


def end_on(number, _frame):
    """Handler of the signals that end the demo."""
    if _Starting.now:
        _Starting.kept = number
    else:
        raise Ended(number)


@contextlib.contextmanager
def starting():
    """Around the making of a process and the note that it is there."""
    _Starting.now = True
    try:
        yield
    finally:
        _Starting.now = False
    if _Starting.kept:
        raise Ended(_Starting.kept)


class Program:
    """A child in a session of its own, so that the terminal's Ctrl-C reaches the demo alone."""

    def __init__(self, name, arguments, folder):
        self.name = name
        self.log_file = folder / f"{name}.log"
        with open(self.log_file, "wb") as log:
            self.child = subprocess.Popen([str(argument) for argument in arguments],
                                          stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                          start_new_session=True)

    def log(self):
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, pattern):
        """Returns the match of a line of the log that says that it is ready."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            match = re.search(pattern, self.log(), re.MULTILINE)
            if match:
                return match
            self.must_run()
            if time.monotonic() > deadline:
                raise Failure(f"{self.name} is not ready after {START_SECONDS} s:\n{self.tail()}")
            time.sleep(POLL_SECONDS)

    def must_run(self):
        if self.child.poll() is not None:
            raise Failure(f"{self.name} ended with status {self.child.returncode}:\n{self.tail()}")

    def tail(self, lines=15):
        return "\n".join("    " + line for line in self.log().splitlines()[-lines:])

    def stop(self):
        self.stop_within(STOP_SECONDS)

    def stop_within(self, seconds):
        """Returns its exit status; None where it had to be ended by force."""
        if self.child.poll() is None:
            self.child.terminate()
        try:
            return self.child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            return None


def wait_for_answer(url):
    """Until a GET of it is answered with 200."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError as error:
            if time.monotonic() > deadline:
                raise Failure(f"{url} does not answer after {START_SECONDS} s: {error}") from None
        time.sleep(POLL_SECONDS)


def requests_answered(url):
    """By the server of the shop at this address, but for those that look whether it is there."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=START_SECONDS) as answer:
        counts = re.findall(r"^shop_requests_total\{([^}]*)\} (\S+)$", answer.read().decode(), re.MULTILINE)
    return sum(float(count) for labels, count in counts
               if 'route="/healthz"' not in labels and 'route="/metrics"' not in labels)


def post(url, content):
    """The status of a POST of JSON."""
    asked = urllib.request.Request(url, json.dumps(content).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=START_SECONDS) as answer:
            return answer.status
    except OSError as error:
        raise Failure(f"{url}: {error}") from None


_given = set()  # ports whose programs do not listen yet look free


def free_port(preferred):
    """The port that people know, else any that is free; none is given twice."""
    for port in (preferred, *[0] * 20):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            found = probe.getsockname()[1]
            if found not in _given:
                _given.add(found)
                return found
    raise Failure("there is no free port on 127.0.0.1")


def installed(name):
    """Where a program of Debian's is."""
    found = shutil.which(name, path="/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")
    if not found:
        raise Failure(f"{name} is not there: cmake/packages steps installs it")
    return found


def must_be_built():
    for program in (WEIR, SHOP, SHOPPERS):
        if not os.access(program, os.X_OK):
            raise Failure(f"{program.relative_to(ROOT)} is not there: run 'make build' first")
