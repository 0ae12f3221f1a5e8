"""The runner itself: what fails, crashes, hangs or runs nothing must never count as passed."""
import os
import pathlib
import stat
import subprocess
import time

import pytest

from runner import command, command_line, gtest_suite, pytest_suite, simulation_suite, suites
from runner.outcome import Outcome


@pytest.fixture(autouse=True)
def results(tmp_path, monkeypatch):
    for module in (gtest_suite, pytest_suite, command_line):
        monkeypatch.setattr(module, "RESULTS", tmp_path)
    monkeypatch.setattr(command_line, "ROOT", tmp_path.parent)
    return tmp_path


def executable(path, body):
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def report_of(tests):
    entries = ",".join('{"classname":"c","name":"%s","status":"RUN"%s}' % pair for pair in tests)
    return """report=$(printf '%%s' "$1" | sed 's/.*json://')
cat > "$report" <<'END'
{"testsuites":[{"testsuite":[%s]}]}
END
""" % entries


def run_gtest(results, body, deadline=20):
    return gtest_suite.run("unit", [executable(results / "unit_x", body)], 1, deadline)


def test_googletest_counts(results):
    outcome = run_gtest(results, report_of([("a", ""), ("b", ',"result":"SKIPPED"')]))
    assert (outcome.passed, outcome.failed, outcome.skipped) == (1, 0, 1)
    outcome = run_gtest(results, report_of([("a", ""), ("b", ',"failures":[{"failure":"x"}]')]) + "exit 1")
    assert (outcome.passed, outcome.failed) == (1, 1) and outcome.failures == ["c.b"]


def test_a_crash_is_a_failure_even_after_a_good_report(results):
    outcome = run_gtest(results, report_of([("a", "")]) + "kill -SEGV $$")
    assert outcome.failed == 1 and "status -11" in outcome.failures[0]


def test_a_crash_without_report_is_a_failure(results):
    (results / "unit-unit_x.json").write_text('{"testsuites":[]}')  # of an earlier run
    assert run_gtest(results, "exit 3").failed == 1


def test_a_hang_is_a_failure_and_leaves_no_process(results):
    began = time.monotonic()
    outcome = run_gtest(results, f"tail -f /dev/null & echo $! > {results}/child; wait", 0.5)
    assert outcome.failed == 1 and "deadline" in outcome.failures[0]
    assert time.monotonic() - began < 15
    holds_within(lambda: is_gone(int((results / "child").read_text())), 5)


def run_pytest(results, body):
    file = results / "test_it.py"
    file.write_text(body)
    return pytest_suite.run("suite", [file], 60)


def test_pytest_counts(results):
    outcome = run_pytest(results, "import pytest\ndef test_a(): pass\ndef test_b(): assert 0\n"
                                  "@pytest.mark.skip(reason='why')\ndef test_c(): pass\n")
    assert (outcome.passed, outcome.failed, outcome.skipped) == (1, 1, 1)
    assert "why" in outcome.skips[0]


@pytest.mark.parametrize("body", [
    "def test_a(:\n",                                                 # does not even parse
    "import pytest\n@pytest.fixture\ndef x():\n    yield\n    assert 0\ndef test_a(x): pass\n",
    "import os\ndef test_a(): os._exit(0)\n",                         # no report at all
    "x = 1\n",                                                        # no test
])
def test_what_pytest_cannot_run_is_a_failure(results, body):
    outcome = run_pytest(results, body)
    if outcome.passed + outcome.failed == 0:  # judged one level higher
        outcome = command_line._run(suites.Suite("x", "", lambda _: outcome), None)
    assert outcome.failed >= 1


def test_a_suite_that_runs_nothing_fails(capsys):
    outcome = command_line._run(suites.Suite("x", "y", lambda _: Outcome()), None)
    assert outcome.failed == 1
    assert "it ran no test" in capsys.readouterr().out


@pytest.mark.parametrize("total, status, line", [
    (Outcome(passed=3), 0, "3 passed, 0 failed"),
    (Outcome(passed=3, skipped=2), 0, "3 passed, 0 failed, 2 skipped"),
    (Outcome(passed=3, failed=1, failures=["a"]), 1, "3 passed, 1 failed"),
    (Outcome(), 1, "0 passed, 0 failed"),
])
def test_the_closing_line(capsys, total, status, line):
    assert command_line._close(total, 1.0) == status
    assert capsys.readouterr().out.splitlines()[-1] == line


def test_each_simulated_world_is_a_test(results):
    good = simulation_suite.judge_seeds(0, "300 seeds from 1, 0 broken\n", results / "log", 300)
    assert (good.passed, good.failed) == (300, 0)
    text = "seed 7 (calm): client 1 went back in time\n300 seeds from 1, 1 broken\n"
    bad = simulation_suite.judge_seeds(1, text, results / "log", 300)
    assert (bad.passed, bad.failed) == (299, 1) and "seed 7" in bad.failures[0]


@pytest.mark.parametrize("status, text", [
    (-11, ""),                                # it crashed
    (None, "seed 1: it goes on\n"),           # it ran into its deadline
    (0, "20 seeds from 1, 0 broken\n"),       # not all were tried
    (1, "300 seeds from 1, 0 broken\n"),      # a status that nothing explains
])
def test_a_simulation_that_does_not_finish_is_a_failure(results, status, text):
    assert simulation_suite.judge_seeds(status, text, results / "log", 300).failed >= 1


def test_a_mutant_has_to_be_found_out(results):
    found = "seed 3 (calm): went back in time\n3 seeds from 1, 1 broken\n"
    assert simulation_suite.judge_mutant("m", 1, found, results / "log").passed == 1
    assert simulation_suite.judge_mutant("m", 0, "300 seeds from 1, 0 broken\n", results / "log").failed == 1
    assert simulation_suite.judge_mutant("m", -6, "", results / "log").failed == 1
    assert len(simulation_suite.mutants()) >= 5


def test_every_integration_file_is_in_one_suite():
    assert not set(suites.OWN_SUITES) & set(suites._integration_files())


def test_an_unknown_suite_is_wrong_use(capsys):
    assert command_line.main(["no-such-suite"]) == 2
    assert "no-such-suite" in capsys.readouterr().err


def test_a_command_gets_its_environment(results):
    log = results / "log"
    assert command.run(["/bin/sh", "-c", "echo $WORD"], log, 10, {"WORD": "river"}) == 0
    assert log.read_text() == "river\n"


def test_who_ends_the_runner_ends_its_children(results):
    """SIGTERM, as from a time limit around it: nothing may go on in the background."""
    script = executable(results / "parent", "exec /usr/bin/python3 -B - <<'END'\n"
                        "import pathlib, signal, sys\n"
                        f"sys.path.insert(0, '{pathlib.Path(command.__file__).parents[1]}')\n"
                        "from runner import command\n"
                        "signal.signal(signal.SIGTERM, command.end_on)\n"
                        f"command.run(['/bin/sh', '-c', 'echo $$ > {results}/child.new; "
                        f"mv {results}/child.new {results}/child; exec tail -f /dev/null'],"
                        f" pathlib.Path('{results}/log'), 60)\nEND\n")
    parent = subprocess.Popen([script])
    holds_within(lambda: (results / "child").exists(), 20)
    child = int((results / "child").read_text())
    assert os.path.exists(f"/proc/{child}")
    parent.terminate()
    assert parent.wait(timeout=40) == 128 + 15
    holds_within(lambda: is_gone(child), 5)


def is_gone(pid):
    """Also: ended, and its new parent has not asked yet."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def holds_within(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
