"""What the notebook and the nodes' tables must show. It knows no cluster: lists in, findings out."""
import collections
import dataclasses

from history import checker
from notebook import Outcome

APART = ("streaming", "pinned", "session mode")  # they hold a connection of the node: counted, not judged
UNDISTURBED = ("idle", "reading")
PAUSE_SECONDS = 1.0  # that writes may wait longer than a direct client of the new primary


@dataclasses.dataclass
class Pause:
    """Of writes at a failover, in seconds since the old primary died."""

    promotion: float   # until the new primary itself took a commit, asked directly
    through_weir: float  # until the last of the writers had one acknowledged

    @property
    def beyond(self):
        return self.through_weir - self.promotion


def rows_of(present):
    """[(client, number, how often)] as a node tells them -> a dictionary."""
    return {(client, number): times for client, number, times in present}


def lost(writes, present):
    return [each for each in writes
            if each.outcome is Outcome.ACKNOWLEDGED and (each.client, each.number) not in present]


def doubled(writes, present):
    return [each for each in writes if present.get((each.client, each.number), 0) > 1]


def done_though_refused(writes, present):
    return [each for each in writes if each.outcome is Outcome.REFUSED and (each.client, each.number) in present]


def counters_that_are_wrong(writes, counters):
    """Each client raised its own counter by one in some of its writes; sentences of what does not fit."""
    found = []
    told = collections.defaultdict(list)
    for each in writes:
        if each.count is not None:
            told[each.client].append(each)
    for client, raised in told.items():
        before = 0
        for each in raised:
            if each.outcome is not Outcome.ACKNOWLEDGED:
                continue
            if each.count <= before:
                found.append(f"{each}: its counter was told to be {each.count} after {before}")
            before = max(before, each.count)
        acknowledged = sum(each.outcome is Outcome.ACKNOWLEDGED for each in raised)
        most = sum(each.outcome is not Outcome.REFUSED for each in raised)
        value = counters.get(client, 0)
        if not max(acknowledged, before) <= value <= most:
            found.append(f"{client}: its counter is {value}; acknowledged {acknowledged}, last told {before},"
                         f" at most {most}")
    return found


def stale(operations, strong=()):
    """Reads that went back in time, of each session; and of all together where the level is strong."""
    found = checker.of_sessions(operations)
    ordered = [each for each in operations if each.kind == checker.WRITE or each.session in strong]
    return found + checker.in_real_time(ordered)


def kept_for_later(operations):
    """What the next round must know of this one: the newest of each session, and of all."""
    kept = {}
    for each in operations:
        for key in ((each.session, each.kind), (each.session, each.kind, each.register), each.kind):
            if key not in kept or kept[key].number <= each.number:
                kept[key] = each
    return list(dict.fromkeys(kept.values()))


def written_to_the_fenced(writes, rows, since):
    """Of what the old primary has: the writes that were begun when Weir could see the new one."""
    return [each for each in writes if each.begun > since and (each.client, each.number) in rows]


def undeserved(troubles, hurt):
    """Errors of clients that the fault should not have reached. `hurt`: the kinds that it may reach."""
    return [each for each in troubles if each.kind not in APART and each.kind not in hurt]
