"""Running pytest over some files and reading its counts from the JUnit XML that it writes."""
import xml.etree.ElementTree

from . import command
from .outcome import Outcome
from .places import RESULTS, ROOT

PYTHON = "/usr/bin/python3"  # Debian's: the drivers under test are its packages


def run(suite, files, deadline_seconds, extra=(), environment=None):
    log = RESULTS / f"{suite}.log"
    report = RESULTS / f"{suite}.xml"
    numbers = RESULTS / f"{suite}.measured"
    for file in (report, numbers):
        file.unlink(missing_ok=True)
    arguments = [PYTHON, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-v", "-ra", "--tb=short",
                 "--durations=10", f"--junitxml={report}", *extra, *files]
    environment = {**(environment or {}), "WEIR_MEASURED": str(numbers)}
    status = command.run(arguments, log, deadline_seconds, environment, ROOT)
    outcome = read_report(report, log)
    if numbers.exists():
        outcome.notes += numbers.read_text(encoding="utf-8").splitlines()
    if status != 0 and outcome.failed == 0:
        how = "ran into its deadline" if status is None else f"pytest ended with status {status}"
        outcome.add(Outcome.failure(f"{suite}: {how}", log))
    return outcome


def read_report(report, log):
    try:
        root = xml.etree.ElementTree.parse(report).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return Outcome()
    outcome = Outcome()
    for case in root.iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        skipped = case.find("skipped")
        # A test that passed and whose clean-up then failed shows as an error: a failure.
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.add(Outcome(failed=1, failures=[name]))
        elif skipped is not None:
            outcome.add(Outcome(skipped=1, skips=[f"{name}: {skipped.get('message')}"]))
        else:
            outcome.passed += 1
    if outcome.failed:
        outcome.logs.append(log)
    return outcome
