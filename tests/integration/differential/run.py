"""Many sessions: first direct, then all of them through Weir, many at once."""
import concurrent.futures
import dataclasses
import time

from . import judge
from .shrink import shrink
from .world import DIRECT, WEIR

BATCH = 300
CONTEXT = 3         # steps shown before the one that differs
SHRUNK_AT_MOST = 12


@dataclasses.dataclass
class Finding:
    seed: str
    script: object
    difference: object
    smallest: object = None  # (script, difference)
    sessions: int = 1        # that differ in this way

    def __str__(self):
        script, difference = self.smallest or (self.script, self.difference)
        if self.smallest:
            lines = ["smallest session that shows it:", str(script)]
        else:
            first = max(difference.step - CONTEXT, 0)
            shown = script.with_steps(script.steps[first:difference.step + 1])
            lines = [f"alone it does not show; steps from {first} on:", str(shown)]
        return "\n".join([
            f"=== {self.sessions} sessions, first --seed {self.seed}, step {self.difference.step}:"
            f" {self.difference.signature}", *lines, "direct:", *_cut(difference.direct),
            "through Weir:", *_cut(difference.weir)])


def run(sides, seed, sessions, at_once=20):
    """Findings, most frequent first, and what the run was."""
    findings, steps = {}, 0
    wall = {"direct": 0.0, "weir": 0.0}
    for first in range(sessions.start, sessions.stop, BATCH):
        part = range(first, min(first + BATCH, sessions.stop))
        for name, found in _batch(sides, seed, part, at_once, wall):
            steps += len(found.script.steps)
            if found.difference:
                known = findings.setdefault(found.difference.signature, found)
                known.sessions += known is not found
                if len(found.script.steps) < len(known.script.steps):
                    findings[found.difference.signature] = dataclasses.replace(
                        found, sessions=known.sessions)
    ordered = sorted(findings.values(), key=lambda found: -found.sessions)
    return ordered, f"{len(sessions)} sessions, {steps} steps, direct {wall['direct']:.1f} s," \
                    f" through Weir {wall['weir']:.1f} s, {at_once} at once"


def explain(sides, findings, seconds):
    """Shrinks the most frequent ones."""
    deadline = time.monotonic() + seconds
    for found in findings[:SHRUNK_AT_MOST]:
        left = deadline - time.monotonic()
        if left > 0:
            found.smallest = shrink(sides, found.script, found.difference, min(left, 20.0))
    return findings


def _batch(sides, seed, part, at_once, wall):
    world = sides.world
    numbers = dict(zip(part, world.numbers(len(part))))
    written = _all(lambda each: sides.write(f"{seed}/{each}", numbers[each]), part, 8, wall, "direct")
    world.settle(DIRECT)
    played = _all(lambda each: sides.weir(written[each][0], numbers[each]), part, at_once, wall, "weir")
    world.settle(WEIR)
    ours, theirs = (_by_namespace(world.contents(database, list(numbers.values())))
                    for database in (DIRECT, WEIR))
    for each in part:
        script, direct = written[each]
        name = f"d{numbers[each]:06d}"
        difference = judge.compare(direct, played[each]) or judge.compare_contents(
            len(script.steps), ours.get(name, {}), theirs.get(name, {}))
        yield each, Finding(f"{seed} --only {each}", script, difference)


def _all(work, part, at_once, wall, name):
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        done = dict(zip(part, pool.map(work, part)))
    wall[name] += time.monotonic() - started
    return done


def _by_namespace(contents):
    found = {}
    for name, rows in contents.items():
        found.setdefault(name.split(".")[0], {})[name] = rows
    return found


def _cut(lines, most=25):
    shown = [f"    {line[:300]}" for line in lines[:most]]
    return shown + ([f"    and {len(lines) - most} more"] if len(lines) > most else [])
