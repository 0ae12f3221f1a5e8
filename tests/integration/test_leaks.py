"""After each random session, however it ended, the next client on the same backend finds nothing of it."""
import pytest

from differential import leaks
from differential.judge import Sides
from differential.messages import Script, Step, Terminate
from differential.run import Finding
from differential.setup import narrow
from differential.shrink import shrink
from differential.world import WEIR, World
from support.places import measured, seed

SESSIONS = 500
BATCH = 100
SHRUNK_AT_MOST = 5


@pytest.fixture
def sides(cluster, start_weir):
    world = World(cluster).up()
    weir = start_weir(narrow(pool_size=1, workers=1))
    yield Sides(cluster.port(), weir.port, world).hasty()
    weir.stop()
    world.down()


@pytest.mark.deadline(420)
def test_the_next_client_meets_a_pristine_session(sides):
    chosen = seed()
    following, findings = leaks.NextClient(sides), {}
    for first in range(0, SESSIONS, BATCH):
        for each, number in enumerate(sides.world.numbers(BATCH), first):
            script, _ = sides.write_through_weir(f"{chosen}/{each}", number)
            sides.world.settle(WEIR)
            difference = following.after(script)
            if difference:
                known = findings.setdefault(difference.where, Finding(
                    f"{chosen} session {each}", script, difference, sessions=0))
                known.sessions += 1
                following.clean(script)
    measured(f"measured: {SESSIONS} sessions, {following.met_again} next clients met the same backend")
    for found in list(findings.values())[:SHRUNK_AT_MOST]:
        found.smallest = shrink(following, found.script, found.difference)
    assert not findings, "\n".join([f"{len(findings)} kinds of leak:", *map(str, findings.values())])
    assert following.met_again > SESSIONS // 4


def test_a_leak_is_found(sides):
    """The direct side is asked with another DateStyle than Weir."""
    following = leaks.NextClient(sides)
    script = Script("app", {}, [Step((Terminate(),))])
    assert following.after(script) is None
    german = following.fresh(Script("app", {"DateStyle": "German, DMY"}, []))
    following.fresh(script).update(german)
    assert any("DateStyle" in line for line in following.after(script).weir)
