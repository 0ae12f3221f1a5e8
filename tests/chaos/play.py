"""Rounds: a fault under load, then all rest and the oracle judges."""
import dataclasses
import time

import oracle


@dataclasses.dataclass
class Tally:
    """Of all rounds: what is printed, and what must be 0."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    undeserved: int = 0
    at_switchover: int = 0
    stale: int = 0
    fenced: int = 0
    writers_hurt: int = 0
    unknown: int = 0  # writes of which nobody was told whether they are done
    unsettled: int = 0  # ... although Weir was to find out
    streamed: int = 0
    apart: dict = dataclasses.field(default_factory=lambda: dict.fromkeys(oracle.APART, 0))
    pauses: list = dataclasses.field(default_factory=list)
    findings: list = dataclasses.field(default_factory=list)  # sentences; none: it is as it should be

    def lines(self):
        yield (f"{self.rounds} rounds, {self.acknowledged} writes acknowledged: {self.lost} lost, {self.stale} stale"
               f" reads, {self.fenced} writes to a fenced primary")
        yield (f"errors of clients that the fault should not reach: {self.undeserved}; at planned switchovers:"
               f" {self.at_switchover}; of writers whose primary went: {self.writers_hurt}")
        yield f"writes of unknown outcome: {self.unknown}; of those that Weir was to find out: {self.unsettled}"
        yield "counted apart: " + ", ".join(f"{kind} {count}" for kind, count in self.apart.items()) + \
            f"; {self.streamed} results came whole"
        for pause in self.pauses:
            yield (f"failover: the new primary took writes after {pause.promotion:.2f} s, through Weir all wrote"
                   f" again after {pause.through_weir:.2f} s ({pause.beyond:+.2f} s)")


def play(world, faults, say):
    """Plays the faults in this order. say(text) is told of each round."""
    tally, kept = Tally(), []
    for number, fault in enumerate(faults, 1):
        begun = time.monotonic()
        world.stage.resume()
        world.use_idle()
        world.let_work()
        observed = fault.play(world)
        world.use_idle()
        hanging = world.stage.rest()
        found, kept = _judge(world, fault, observed, kept, tally)
        found += hanging
        tally.rounds = number
        tally.findings += [f"round {number}, {fault.name} ({observed.detail}): {each}" for each in found]
        say(f"round {number}: {fault.name} ({observed.detail}), {time.monotonic() - begun:.1f} s, the longest read"
            f" {world.notebook.longest_read:.2f} s, {len(world.notebook.troubles)} errors, {len(found)} findings")
        world.notebook.begin_round()
        if hanging:
            break
    tally.acknowledged = world.notebook.acknowledged()
    tally.streamed = world.notebook.streams
    unknown = world.notebook.of_unknown_outcome()
    tally.unsettled = sum(each.client.startswith("settler") for each in unknown)
    tally.unknown = len(unknown) - tally.unsettled
    return tally


def _judge(world, fault, observed, kept, tally):
    """The round's findings, and what the next round must know of its reads and writes."""
    notebook = world.notebook
    present = oracle.rows_of(world.rows_at(world.primary))
    lost = oracle.lost(notebook.writes, present)
    operations = kept + notebook.operations
    stale = oracle.stale(operations, {each.session for each in operations if each.session.startswith("strong")})
    undeserved = oracle.undeserved(notebook.troubles, fault.hurts)
    found = [f"acknowledged and lost: {each}" for each in lost]
    found += [f"done twice: {each}" for each in oracle.doubled(notebook.writes, present)]
    found += [f"refused and done: {each}" for each in oracle.done_though_refused(notebook.writes, present)]
    found += oracle.counters_that_are_wrong(notebook.writes, world.counters())
    found += [str(each) for each in stale]
    found += [f"error: {each}" for each in undeserved]
    found += [f"written to the fenced primary: {each}" for each in observed.fenced]
    found += [f"cut short: {each}" for each in notebook.cut_short]
    if observed.pause:
        tally.pauses.append(observed.pause)
        if observed.pause.beyond > oracle.PAUSE_SECONDS:
            found.append(f"writes waited {observed.pause.beyond:.2f} s longer than the promotion took")
    tally.lost += len(lost)
    tally.stale += len(stale)
    tally.fenced += len(observed.fenced)
    tally.undeserved += len(undeserved)
    tally.at_switchover += len(undeserved) if fault.name == "switchover" else 0
    tally.writers_hurt += sum(each.kind == "writing" for each in notebook.troubles)
    for each in notebook.troubles:
        if each.kind in tally.apart:
            tally.apart[each.kind] += 1
    return found, oracle.kept_for_later(operations)
