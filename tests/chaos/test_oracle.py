"""The oracle itself: it finds what it is there for in a made-up history, and nothing else."""
import pytest

import oracle
from history.checker import READ, WRITE, Operation
from notebook import Outcome, Trouble, Write

DONE, REFUSED, UNKNOWN = Outcome.ACKNOWLEDGED, Outcome.REFUSED, Outcome.UNKNOWN


def writes(*outcomes, counts=()):
    """Of one client, one a second."""
    return [Write("a", number, number, number + 0.5, outcome, dict(counts).get(number))
            for number, outcome in enumerate(outcomes, 1)]


def rows(*numbers):
    return oracle.rows_of([("a", number, numbers.count(number)) for number in set(numbers)])


def numbers(found):
    return [each.number for each in found]


def reads(*told):
    """(session, kind, number), one after the other."""
    return [Operation(session, kind, at, at + 0.5, number, 0, number) for at, (session, kind, number) in enumerate(told)]


def test_what_is_acknowledged_must_be_there():
    history = writes(DONE, DONE, UNKNOWN, REFUSED)
    assert oracle.lost(history, rows(1, 2)) == [] and oracle.lost(history, rows(1, 2, 3)) == []
    assert numbers(oracle.lost(history, rows(2))) == [1]


def test_nothing_is_done_twice():
    assert oracle.doubled(writes(DONE, UNKNOWN), rows(1, 2)) == []
    assert numbers(oracle.doubled(writes(DONE, UNKNOWN), rows(1, 2, 2))) == [2]


def test_what_was_refused_is_not_there():
    assert oracle.done_though_refused(writes(DONE, UNKNOWN, REFUSED), rows(1, 2)) == []
    assert numbers(oracle.done_though_refused(writes(REFUSED, DONE), rows(1, 2))) == [1]


@pytest.mark.parametrize("counts, value, fits", [
    (((1, 1), (2, 2), (3, 3)), 2, True),   # of number 3 the answer was lost: it was not done
    (((1, 1), (2, 2), (3, 3)), 3, True),   # or it was
    (((1, 1), (2, 2), (3, 3)), 1, False),  # one that was acknowledged is lost
    (((1, 1), (2, 2), (3, 3)), 4, False),  # one was done twice
    (((1, 2), (2, 2), (3, 3)), 3, False),  # the second did not see the first
])
def test_a_counter_holds_what_was_acknowledged(counts, value, fits):
    found = oracle.counters_that_are_wrong(writes(DONE, DONE, UNKNOWN, counts=counts), {"a": value})
    assert (found == []) == fits


def test_a_stale_read_is_found():
    assert oracle.stale(reads(("a", WRITE, 1), ("a", READ, 1), ("b", READ, 0))) == []
    assert oracle.stale(reads(("a", WRITE, 1), ("a", READ, 0)))
    assert oracle.stale(reads(("b", READ, 2), ("b", READ, 1)))


def test_a_strong_read_sees_what_others_wrote():
    history = reads(("a", WRITE, 1), ("b", READ, 0))
    assert oracle.stale(history) == [] and oracle.stale(history, {"b"})


def test_what_a_round_ended_with_counts_in_the_next():
    kept = oracle.kept_for_later(reads(("a", WRITE, 1), ("a", READ, 1), ("a", WRITE, 2), ("b", READ, 2)))
    later = [Operation("b", READ, 10, 10.5, 1, 0, 1)]
    assert oracle.stale(kept) == [] and len(oracle.stale(kept + later)) >= 1
    assert oracle.stale(kept + [Operation("c", READ, 10, 10.5, 1, 0, 1)], {"c"})


def test_a_write_to_the_fenced_primary_is_found():
    history = writes(DONE, UNKNOWN, UNKNOWN)
    assert oracle.written_to_the_fenced(history, rows(1, 2), since=2.5) == []
    assert numbers(oracle.written_to_the_fenced(history, rows(1, 2, 3), since=2.5)) == [3]


def test_errors_are_held_against_what_the_fault_may_reach():
    seen = [Trouble(1.0, "x", kind, "select", "08006", "lost")
            for kind in ("writing", "reading", "idle", "pinned", "session mode", "streaming")]
    assert [each.kind for each in oracle.undeserved(seen, ())] == ["writing", "reading", "idle"]
    assert [each.kind for each in oracle.undeserved(seen, ("writing",))] == ["reading", "idle"]


def test_a_pause_is_counted_from_the_promotion():
    assert oracle.Pause(2.0, 2.75).beyond == 0.75
