"""Random sessions: what a client is answered direct and through Weir is the same."""
import os
import time

import pytest

from differential import run
from differential.judge import Sides
from differential.setup import narrow
from differential.world import World
from support.places import measured, sized

SESSIONS = sized(300, 5000)
AT_ONCE = 20
SHRINKING_SECONDS = 60


@pytest.fixture
def world(cluster):
    made = World(cluster).up()
    yield made
    made.down()


@pytest.mark.deadline(sized(240, 1800))
def test_random_sessions_are_answered_as_by_postgresql(cluster, start_weir, world):
    sides = Sides(cluster.port(), start_weir(narrow()).port, world)
    seed = os.environ.get("WEIR_SEED") or str(time.time_ns() % 10**9)
    print(f"WEIR_SEED={seed}")
    findings, summary = run.run(sides, seed, range(SESSIONS), AT_ONCE)
    measured(f"measured: {summary}; seed {seed}")
    run.explain(sides, findings, SHRINKING_SECONDS)
    assert not findings, "\n".join([f"{len(findings)} kinds of difference:", *map(str, findings)])


def test_what_differs_is_found_and_shrunk(cluster, world):
    """The direct server on both sides, one of which lies."""
    sides = Sides(cluster.port(), cluster.port(), world)
    honest = sides.weir

    def lying(script, number):
        transcript = honest(script, number)
        for lines in transcript.answers:
            lines[:] = [line.replace("C BEGIN", "C START TRANSACTION") for line in lines]
        return transcript

    sides.weir = lying
    findings, _ = run.run(sides, "lies", range(20), AT_ONCE)
    signatures = [found.difference.signature[:2] for found in findings]
    assert signatures == [("C BEGIN", "C START TRANSACTION")]
    run.explain(sides, findings, SHRINKING_SECONDS)
    script, _ = findings[0].smallest
    assert len(script.steps) == 1 and "begin" in str(script.steps[0]).lower()


def test_postgresql_agrees_with_itself(cluster, world):
    sides = Sides(cluster.port(), cluster.port(), world)
    findings, _ = run.run(sides, str(time.time_ns() % 10**9), range(60), AT_ONCE)
    assert not findings, "\n".join(map(str, findings))
