"""Many sessions: first direct, then all of them through Weir, many at once."""
import concurrent.futures
import dataclasses
import difflib
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
            f" {self.difference.signature}", *lines, *_compared(difference)])


class Run:
    """`findings`: what differs, the most frequent first; str(): what the run was."""

    def __init__(self, sides, seed, at_once=20):
        self.sides, self.seed, self.at_once = sides, seed, at_once
        self.sessions = self.steps = self.parted = 0
        self.seconds = {"direct": 0.0, "through Weir": 0.0}
        self._found = {}

    def __str__(self):
        times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.seconds.items())
        return f"{self.sessions} sessions, {self.steps} steps, {times}, {self.at_once} at once," \
               f" {self.parted} not compared to their end"

    @property
    def findings(self):
        return sorted(self._found.values(), key=lambda found: -found.sessions)

    def play(self, numbers):
        """The sessions of these numbers."""
        for at in range(0, len(numbers), BATCH):
            self._play(numbers[at:at + BATCH])
        return self

    def explain(self, seconds, each=20.0, most=SHRUNK_AT_MOST):
        """Shrinks the most frequent findings."""
        deadline = time.monotonic() + seconds
        alone = self.sides.hasty()
        for found in self.findings[:most]:
            left = deadline - time.monotonic()
            if left > 0:
                found.smallest = shrink(alone, found.script, found.difference, min(left, each))
        return self.findings

    def _play(self, part):
        world = self.sides.world
        numbers = dict(zip(part, world.numbers(len(part))))
        written = self._all("direct", 8, part, lambda each: self.sides.write(
            f"{self.seed}/{each}", numbers[each]))
        world.settle(DIRECT)
        played = self._all("through Weir", self.at_once, part, lambda each: self.sides.weir(
            written[each][0], numbers[each]))
        world.settle(WEIR)
        contents = [_by_namespace(world.contents(database, list(numbers.values())))
                    for database in (DIRECT, WEIR)]
        for each in part:
            script, direct = written[each]
            name = f"d{numbers[each]:06d}"
            difference = judge.compare_whole(script, direct, played[each],
                                             [side.get(name, {}) for side in contents])
            self.sessions += 1
            self.steps += len(script.steps)
            self.parted += played[each].parted
            if difference:
                self._keep(Finding(f"{self.seed} --only {each}", script, difference))

    def _keep(self, found):
        """Of each kind the one that comes soonest in its session."""
        known = self._found.setdefault(found.difference.signature, found)
        if known is not found:
            known.sessions += 1
            if found.difference.step < known.difference.step:
                found.sessions = known.sessions
                self._found[found.difference.signature] = found

    def _all(self, name, at_once, part, work):
        started = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            done = dict(zip(part, pool.map(work, part)))
        self.seconds[name] += time.monotonic() - started
        return done


def _by_namespace(contents):
    found = {}
    for name, rows in contents.items():
        found.setdefault(name.split(".")[0], {})[name] = rows
    return found


def _compared(difference, most=40):
    """The answers of the last step side by side: `-` is direct, `+` through Weir."""
    lines = [line[:400] for line in difflib.ndiff(difference.direct, difference.weir)
             if not line.startswith("?")]
    first = next((at for at, line in enumerate(lines) if not line.startswith(" ")), 0)
    first = max(first - CONTEXT, 0)
    shown = ["the last step is answered (- direct, + through Weir):", *lines[first:first + most]]
    return shown + ([f"  and {len(lines) - first - most} more"] if len(lines) > first + most else [])
