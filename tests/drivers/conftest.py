"""Fixtures: a cluster whose replicas lag, Weir with three connections a pool, and who runs against both."""
import pytest

import program_run
from support.places import FULL
from surroundings import Surroundings, make_cluster, run_weir


@pytest.fixture(scope="session")
def cluster():
    """Of Debian's PostgreSQL."""
    yield from make_cluster()


@pytest.fixture(scope="session")
def weir(cluster):
    yield from run_weir(cluster)


@pytest.fixture(scope="session")
def surroundings(cluster, weir):
    return Surroundings(cluster, weir)


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
