"""Arguments -> suites -> one line each, what failed, and the closing line."""
import argparse
import os
import signal
import sys
import time

from . import builds, command, suites
from .outcome import Outcome
from .places import RESULTS, ROOT


def main(arguments):
    own, pytest_arguments = _split(arguments)
    options = _parser().parse_args(own)
    try:
        wanted = suites.chosen(options.suites, options.full)
    except KeyError as error:
        names = ", ".join(suite.name for suite in suites.ALL)
        print(f"tests/run: there is no suite {error}: the suites are {names}", file=sys.stderr)
        return 2
    request = suites.Request(options.jobs, options.full, pytest_arguments)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, command.end_on)
    started = time.monotonic()
    total = Outcome()
    for suite in wanted:
        total.add(_run(suite, request))
    return _close(total, time.monotonic() - started)


def _split(arguments):
    """What follows `--` is pytest's."""
    if "--" in arguments:
        at = arguments.index("--")
        return arguments[:at], arguments[at + 1:]
    return arguments, []


def _parser():
    listing = "\n".join(f"  {suite.name:12} {suite.purpose}" for suite in suites.ALL)
    parser = argparse.ArgumentParser(
        prog="tests/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs suites of tests. What follows -- goes to pytest: tests/run drivers -- -k copy",
        epilog="suites:\n" + listing)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="all but tsan where none is named")
    parser.add_argument("--full", action="store_true", help="large counts, and the thread sanitizer")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="processes at a time")
    return parser


def _run(suite, request):
    print(f"{suite.name}: {suite.purpose}", flush=True)
    started = time.monotonic()
    try:
        outcome = suite.run(request)
    except builds.BuildFailed as failure:
        outcome = Outcome.failure(f"{suite.name}: it does not compile", failure.log)
    if outcome.passed + outcome.failed + outcome.skipped == 0:
        outcome.add(Outcome(failed=1, failures=[f"{suite.name}: it ran no test"]))
    seconds = time.monotonic() - started
    print(f"{suite.name}: {outcome.passed} ok, {outcome.failed} not, {outcome.skipped} left out, "
          f"{seconds:.1f} s", flush=True)
    _explain(outcome)
    return outcome


def _explain(outcome):
    for note in outcome.notes:
        print(f"  {note}")
    for skip in outcome.skips:
        print(f"  left out: {skip}")
    for log in outcome.logs:
        print(f"--- the end of {log.relative_to(ROOT)}")
        print(suites.tail(log))
        print("---", flush=True)
    for name in outcome.failures:
        print(f"  FAILED: {name}", flush=True)


def _close(total, seconds):
    print(f"\nall suites: {seconds:.0f} s; logs in {RESULTS.relative_to(ROOT)}")
    for name in total.failures:
        print(f"FAILED: {name}")
    line = f"{total.passed} passed, {total.failed} failed"
    if total.skipped:
        line += f", {total.skipped} skipped"
    print(line, flush=True)
    return 0 if total.failed == 0 and total.passed > 0 else 1
