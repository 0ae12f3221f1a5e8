"""Running googletest executables and reading their counts from the JSON that they write."""
import json
from concurrent.futures import ThreadPoolExecutor

from . import command
from .outcome import Outcome
from .places import RESULTS, ROOT

SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


def run(suite, executables, jobs, deadline_seconds):
    """All executables, `jobs` at a time. One that crashes or hangs counts as one failure."""
    outcome = Outcome()
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for part in pool.map(lambda path: _run_one(suite, path, deadline_seconds), executables):
            outcome.add(part)
    return outcome


def _run_one(suite, executable, deadline_seconds):
    log = RESULTS / f"{suite}-{executable.name}.log"
    report = log.with_suffix(".json")
    report.unlink(missing_ok=True)
    status = command.run([executable, f"--gtest_output=json:{report}", "--gtest_color=no"], log,
                         deadline_seconds, SANITIZER_OPTIONS, ROOT)
    outcome = read_report(report, log)
    if status != 0 and outcome.failed == 0:
        how = "ran into its deadline" if status is None else f"ended with status {status}"
        outcome.add(Outcome.failure(f"{executable.name}: {how}", log))
    return outcome


def read_report(report, log):
    """Counts of one run. Without a readable report nothing is counted: the status must tell."""
    try:
        suites = json.loads(report.read_text(encoding="utf-8"))["testsuites"]
    except (OSError, ValueError, KeyError):
        return Outcome()
    outcome = Outcome()
    for test in (test for suite in suites for test in suite["testsuite"]):
        name = f"{test['classname']}.{test['name']}"
        if test.get("failures"):
            outcome.add(Outcome(failed=1, failures=[name]))
        elif test.get("result") == "SKIPPED":
            outcome.add(Outcome(skipped=1, skips=[name]))
        elif test.get("status") == "RUN":
            outcome.passed += 1
    if outcome.failed:
        outcome.logs.append(log)
    return outcome
