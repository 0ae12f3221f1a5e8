"""In the steady state a request takes nothing from the heap: counted in the worker's thread of the program itself."""
import pathlib
import struct
import subprocess

import pytest

from support.places import WEIR, measured
from support.raw_client import RawClient, message, query
from support.waiting import wait_until

SOURCE = pathlib.Path(__file__).parent / "support" / "count_allocations.cpp"
WARM, TIMES = 500, 2000
ALLOWED = 0.05  # of the ticks that pass meanwhile, not of the requests
STATEMENT = b"select relname from pg_class where oid = $1"
EXECUTE, SYNC, DESCRIBE = message(b"E", b"\0\0\0\0\0"), message(b"S"), message(b"D", b"P\0")


def parse(name):
    return message(b"P", name + b"\0" + STATEMENT + b"\0\0\0")


def bind(name):
    return message(b"B", b"\0" + name + b"\0" + b"\0\0\0\1\0\0\0\1" + b"7" + b"\0\0")


def transaction(number):
    return query(("begin", "select txid_current()", "commit")[number % 3])


REQUESTS = {
    "simple": lambda _: query("select 1"),
    "with a new literal": lambda number: query(f"select relname from pg_class where oid = {number}"),
    "ten statements": lambda _: query("select 1;" * 10),
    "extended": lambda _: parse(b"") + bind(b"") + DESCRIBE + EXECUTE + SYNC,
    "prepared": lambda _: bind(b"p") + DESCRIBE + EXECUTE + SYNC,
    "a pipeline of ten": lambda _: (bind(b"p") + DESCRIBE + EXECUTE) * 10 + SYNC,
    "on the primary": lambda _: query("select txid_current()"),
    "a transaction": transaction,
}


class Counted:
    """A Weir with one worker, whose calls of malloc() and its kind are counted."""

    def __init__(self, weir, file):
        self.weir, self.file = weir, file

    def calls(self):
        return struct.unpack("QQ", self.file.read_bytes())[0]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    if "asan" in str(WEIR) or "tsan" in str(WEIR):
        pytest.skip("a sanitizer has an allocator of its own")
    made = tmp_path_factory.mktemp("library") / "count_allocations.so"
    subprocess.run(["c++", "-std=c++20", "-O2", "-shared", "-fPIC", "-o", made, SOURCE], check=True)
    return made


@pytest.fixture
def counted(library, prepare_weir, folder, monkeypatch):
    file = folder / "counts"
    file.write_bytes(bytes(16))
    weir = prepare_weir({"server": {"workers": 1}, "auth": {"method": "trust"}})
    with monkeypatch.context() as around:
        around.setenv("LD_PRELOAD", str(library))
        around.setenv("COUNT_ALLOCATIONS_FILE", str(file))
        weir.start()
    return Counted(weir.wait_for_nodes(3), file)


@pytest.mark.deadline(120)
def test_requests_take_nothing_from_the_heap(counted):
    with counted.weir.connect() as first:
        first.execute("select relname from pg_class limit 1")
        wait_until(lambda: "catalog of database app:" in counted.weir.log(), "the catalog is there")
        first.execute("select relname from pg_class limit 1")
    took = {}
    for name, request in REQUESTS.items():
        with RawClient(counted.weir.port) as client:
            client.log_in()
            client.send(parse(b"p") + SYNC)
            list(client.until_ready())
            before = 0
            for number in range(WARM + TIMES):
                if number == WARM:
                    before = counted.calls()
                client.send(request(number))
                for _ in client.until_ready():
                    pass
            took[name] = (counted.calls() - before) / TIMES
    assert counted.calls() > 100, "something is counted"
    measured("measured: allocations a request: " + ", ".join(f"{name} {each:.3f}" for name, each in took.items()))
    assert {name: each for name, each in took.items() if each >= ALLOWED} == {}
