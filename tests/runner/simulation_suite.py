"""Running simulated worlds: many seeds of Weir as it is, of which none may be broken, and a few of each mutant, of
which one must be."""
import re

from . import builds, command
from .outcome import Outcome
from .places import BUILD, RESULTS, TESTS

SEEDS = 300
SEEDS_FULL = 10_000
# So many seeds are enough to find a mutant out.
SEEDS_OF_MUTANT = 2500

_BROKEN = re.compile(r"^seed \d+[ :].*$", re.MULTILINE)
_BROKEN_PROMISE = re.compile(r"^seed \d+ \(.*$", re.MULTILINE)  # not: it crashed
_CLOSING = re.compile(r"^(\d+) seeds from \d+, (\d+) broken$", re.MULTILINE)


def mutants():
    """As tests/simulation/CMakeLists.txt lists them."""
    text = (TESTS / "simulation" / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.findall(r"^simulate_mutant\((\w+)", text, re.MULTILINE)


def run(request):
    programs = ["simulate", *(f"simulate_{name}" for name in mutants())]
    builds.compile_targets("release", request.jobs, programs)
    outcome = Outcome()
    outcome.add(_run_seeds(request))
    for name in mutants():
        outcome.add(_find_out(name, request))
    return outcome


def _simulate(program, request, seeds, enough, seconds):
    log = RESULTS / f"simulation-{program}.log"
    path = BUILD / "release" / "tests" / "simulation" / program
    status = command.run([path, "--seeds", seeds, "--jobs", request.jobs, "--enough", enough], log, seconds)
    return status, log.read_text(encoding="utf-8", errors="replace"), log


def _run_seeds(request):
    seeds = SEEDS_FULL if request.full else SEEDS
    status, text, log = _simulate("simulate", request, seeds, 20, 3600 if request.full else 600)
    return judge_seeds(status, text, log, seeds)


def judge_seeds(status, text, log, seeds):
    """Each seed is a test."""
    closing = _CLOSING.search(text)
    if status not in (0, 1) or not closing:
        return Outcome.failure(f"simulate: ended with status {status}", log)
    tried, broken = int(closing[1]), int(closing[2])
    outcome = Outcome(passed=tried - broken, failed=broken, failures=_BROKEN.findall(text)[:20],
                      notes=[f"measured: {tried} simulated worlds, {broken} broken"])
    if broken:
        outcome.logs.append(log)
    elif tried < seeds or status != 0:
        outcome.add(Outcome.failure(f"simulate: {tried} of {seeds} seeds, status {status}", log))
    return outcome


def _find_out(name, request):
    status, text, log = _simulate(f"simulate_{name}", request, SEEDS_OF_MUTANT, 1, 600)
    return judge_mutant(name, status, text, log)


def judge_mutant(name, status, text, log):
    found = _BROKEN_PROMISE.search(text)
    closing = _CLOSING.search(text)
    if status != 1 or not found or not closing:
        return Outcome.failure(f"the mutant {name} is not found out in {SEEDS_OF_MUTANT} seeds", log)
    return Outcome(passed=1, notes=[f"measured: mutant {name} found out within {closing[1]} seeds: {found[0][:160]}"])
