"""Fixtures: a cluster whose replicas lag, Weir with three connections a pool, runs of programs."""
import functools

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
    """runs(driver, target) -> what its program said of each case; run once, even if that fails."""

    @functools.lru_cache(maxsize=None)
    def made(driver, target):
        clients = 4 if target == "direct" else 40 if FULL else 20
        try:
            return program_run.run(driver, surroundings, target, clients), None
        except Exception as error:  # shown by each of its cases
            return None, error

    def run(driver, target):
        done, error = made(driver, target)
        if error:
            raise error
        return done

    return run
