"""Fixtures: a cluster whose replicas lag, Weir with three connections a pool, and who runs against both."""
import pathlib
import shutil
import tempfile

import pytest

import program_run
from support.places import FULL, WEIR
from support.real_cluster import RealCluster
from support.weir_process import WeirProcess
from surroundings import LAG_MS, POOL_SIZE, Surroundings


@pytest.fixture(scope="session")
def cluster():
    """A primary and two replicas that replay 200 ms later. As make_cluster does, of Debian's PostgreSQL."""
    yield from make_cluster()


def make_cluster(*arguments):
    made = RealCluster(("--replicas", "2", *arguments)).up()
    try:
        with made.lagging(LAG_MS):
            yield made
    finally:
        made.down()


@pytest.fixture(scope="session")
def weir(cluster):
    yield from run_weir(cluster)


def run_weir(cluster):
    """A Weir of transaction pooling with too few connections for all of its clients."""
    if not WEIR.exists():
        pytest.fail(f"{WEIR} is not there: make build", pytrace=False)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-drivers-", dir="/tmp"))
    folder.chmod(0o755)
    process = WeirProcess(cluster, folder, {
        "pool": {"mode": "transaction", "size": POOL_SIZE, "wait_timeout_ms": 30000}})
    try:
        yield process.start().wait_for_nodes(len(cluster.nodes))
        process.stop()
    finally:
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def surroundings(cluster, weir):
    made = Surroundings(cluster, weir)
    yield made
    made.close()


@pytest.fixture(scope="session")
def runs(surroundings):
    """runs(driver, target) -> what its program said of each case, run once."""
    known = {}

    def run(driver, target):
        if (driver, target) not in known:
            clients = 4 if target == "direct" else 40 if FULL else 20
            known[driver, target] = program_run.run(driver, surroundings, target, clients)
        return known[driver, target]

    return run
