"""libpq of PostgreSQL 18 that takes nothing less than protocol 3.2: straight at a server of 18, and
through Weir before servers of 18 and of 15 (which know 3.0 only). Cancel keys are longer there."""
import os
import pathlib

import pytest

import driver_list
import program_run
from surroundings import Surroundings, make_cluster, run_weir

BINARIES = os.environ.get("WEIR_PG18_BIN")
pytestmark = pytest.mark.skipif(
    not BINARIES, reason=os.environ.get("WEIR_PG18_MISSING", "WEIR_PG18_BIN is not set")
)


def driver(name):
    library = pathlib.Path(BINARIES or "/").parent / "lib"
    return program_run.Driver(
        name,
        driver_list.libpq_program,
        driver_list.LIBPQ.sources,
        driver_list.LIBPQ.case_pattern,
        pools=2,
        environment=(
            ("LD_LIBRARY_PATH", str(library)),
            ("PGMINPROTOCOLVERSION", "3.2"),
            ("PGMAXPROTOCOLVERSION", "3.2"),
            ("WANTED_PROTOCOL", "30002"),
        ),
    )


@pytest.fixture(scope="module")
def cluster18():
    yield from make_cluster("--pgbin", BINARIES)


@pytest.fixture(scope="module")
def weir18(cluster18):
    yield from run_weir(cluster18)


@pytest.fixture(scope="module")
def run_of(request):
    """run_of(way) -> the one run of the program that way."""
    known = {}

    def make(way):
        if way == "15-weir":
            place = request.getfixturevalue("surroundings")
        else:
            place = Surroundings(
                request.getfixturevalue("cluster18"), request.getfixturevalue("weir18")
            )
        target = way.split("-")[1]
        return program_run.run(
            driver(f"protocol_{way[:2]}"), place, target, 4 if target == "direct" else 20
        )

    def find(way):
        if way not in known:
            known[way] = make(way)
        return known[way]

    return find


@pytest.mark.parametrize("case", driver_list.LIBPQ.cases)
@pytest.mark.parametrize("way", ["18-direct", "18-weir", "15-weir"])
def test_case(run_of, way, case):
    verdict = run_of(way).verdict(case)
    if verdict:
        pytest.fail(verdict, pytrace=False)


@pytest.mark.parametrize("way", ["18-weir", "15-weir"])
def test_run_as_a_whole(run_of, way):
    run = run_of(way)
    assert run.unfinished(driver_list.LIBPQ.cases) == [], run.ending
    assert run.reads_on_replicas > 0
