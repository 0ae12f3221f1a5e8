"""Random sessions: what a client is answered direct and through Weir is the same."""
import pytest

from differential import allowances, run
from differential.judge import Sides
from differential.setup import narrow
from differential.world import World
from support.places import ROOT, measured, seed, sized

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
    chosen = seed()
    played = run.Run(sides, chosen, AT_ONCE).play(range(SESSIONS))
    measured(f"measured: {played}; seed {chosen}")
    findings = played.explain(SHRINKING_SECONDS)
    assert not findings, "\n".join([f"{len(findings)} kinds of difference:", *map(str, findings)])
    assert played.parted < SESSIONS // 5


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
    sides.hasty = lambda: sides
    played = run.Run(sides, "lies", AT_ONCE).play(range(20))
    findings = played.explain(SHRINKING_SECONDS)
    signatures = [found.difference.signature[:2] for found in findings]
    assert signatures == [("C BEGIN", "C START TRANSACTION")]
    script, _ = findings[0].smallest
    assert len(script.steps) == 1 and "begin" in str(script.steps[0]).lower()


def test_each_allowance_has_its_reason_in_the_documents():
    text = " ".join((ROOT / "docs" / "differences.md").read_text(encoding="utf-8").split())
    assert [each.reason for each in allowances.ALL if each.reason not in text] == []


def test_postgresql_agrees_with_itself(cluster, world):
    sides = Sides(cluster.port(), cluster.port(), world)
    findings = run.Run(sides, seed(), AT_ONCE).play(range(60)).findings
    assert not findings, "\n".join(map(str, findings))
