"""Fixtures: one real cluster for the run, Weir in front of it, and an end for everything."""
import os
import pathlib
import subprocess
import tempfile
import shutil

import pytest

from support.deadline import pytest_configure, pytest_runtest_protocol  # noqa: F401
from support.places import WEIR
from support.real_cluster import RealCluster
from support.weir_process import WeirProcess


@pytest.fixture(scope="session")
def cluster():
    """A primary and two replicas; database app, owned by the role app."""
    made = RealCluster().up()
    yield made
    made.down()


@pytest.fixture
def folder():
    """A folder for one Weir, readable to all, gone afterwards."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="weir-it-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def prepare_weir(cluster, request):
    """prepare_weir(overrides, users=...) -> a WeirProcess that does not run yet; its end is checked."""
    yield from _factory(cluster, request)


@pytest.fixture
def start_weir(prepare_weir):
    """As prepare_weir, running and with all nodes seen."""
    def start(overrides=None, users=None, nodes=None):
        weir = prepare_weir(overrides, users, nodes).start()
        return weir.wait_for_nodes(len((nodes or weir.cluster).nodes))

    return start


@pytest.fixture(scope="module")
def weir(cluster, request):
    """A Weir with two workers, shared by the tests of a file, which may say WEIR_OVERRIDES."""
    factory = _factory(cluster, request)
    made = next(factory)(getattr(request.module, "WEIR_OVERRIDES", None)).start().wait_for_nodes(3)
    yield made
    next(factory, None)


def _factory(cluster, request):
    if not WEIR.exists():
        pytest.fail(f"{WEIR} is not there: make build", pytrace=False)
    made, folders = [], []

    def prepare(overrides=None, users=None, nodes=None):
        path = pathlib.Path(tempfile.mkdtemp(prefix="weir-it-", dir="/tmp"))
        path.chmod(0o755)
        folders.append(path)
        process = WeirProcess(nodes or cluster, path, overrides, users)
        process.cluster = nodes or cluster
        made.append(process)
        return process

    yield prepare
    failed = request.session.testsfailed
    try:
        for process in made:
            process.stop()
    finally:
        for process in made:
            process.kill()
            _show_log(process, failed)
        for path in folders:
            shutil.rmtree(path, ignore_errors=True)


def _show_log(process, failed):
    """pytest shows what is printed during the clean-up of a failed test."""
    if failed and process.log_file.exists():
        print(f"--- log of Weir on port {process.port}\n{process.tail(40)}")


@pytest.fixture
def connect(weir):
    """connect(...) -> a psycopg session through the file's Weir, closed afterwards."""
    opened = []

    def open_one(**arguments):
        opened.append(weir.connect(**arguments))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


@pytest.fixture
def table(cluster, request):
    """The name of a new table (id integer primary key, word text) with ten rows, on all nodes."""
    name = "t_" + "".join(mark if mark.isalnum() else "_" for mark in request.node.name.lower())[:50]
    with cluster.connect() as session:
        session.execute(f"drop table if exists {name} cascade")
        session.execute(f"create table {name} (id integer primary key, word text)")
        session.execute(f"insert into {name} select i, 'word ' || i from generate_series(1, 10) i")
    cluster.wait_caught_up()
    yield name
    cluster.ask("primary", "set lock_timeout = '5s'")
    cluster.ask("primary", f"drop table if exists {name} cascade")


@pytest.fixture
def psql():
    """psql(port, script, ...) -> the finished process. The script goes in by standard input."""
    def run(port, script, *arguments, user="app", dbname="app", password=None, seconds=60):
        environment = {**os.environ, "PGPASSWORD": password or user, "PSQLRC": "/dev/null",
                       "PGCONNECT_TIMEOUT": "10", "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            ["psql", "-X", "-h", "127.0.0.1", "-p", str(port), "-U", user, "-d", dbname, *arguments],
            input=script, capture_output=True, text=True, timeout=seconds, env=environment,
            check=False)

    return run
