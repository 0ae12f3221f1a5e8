"""`make steps`: the last of its steps has everything in it; and what is made of the figures."""
import json
import subprocess
import sys

from support.places import ROOT

sys.path.insert(0, str(ROOT / "replication_setup"))
from steps_parts import report  # noqa: E402  pylint: disable=wrong-import-position
from steps_parts.budgets import Budgets  # noqa: E402  pylint: disable=wrong-import-position
from steps_parts.layouts import LAYOUTS  # noqa: E402  pylint: disable=wrong-import-position
from steps_parts.measuring import evenness, together  # noqa: E402  pylint: disable=wrong-import-position


def step(**more):
    return {"title": "A step", "pages_per_second": 10.0, "checkouts_per_second": 1.0, "p50_ms": 5.0, "p99_ms": 50.0,
            "reads_per_second": 4.0, "uneven": 0.05, "errors": 0, "stale": 0, "lost": 0, "books_balance": True, "examples": [],
            "databases": {"primary": 15.0}, **more}


def test_services_on_two_clusters_with_a_cache(tmp_path):
    results = tmp_path / "steps.json"
    done = subprocess.run([str(ROOT / "replication_setup" / "steps"), "--only", "6", "--seconds", "3", "--warm-up", "3",
                           "--results", str(results)], capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(results.read_text())["steps"]["6"]
    assert found["pages_per_second"] > 0 and found["checkouts_per_second"] > 0 and found["reads_per_second"] > 0
    assert set(found["databases"]) == {"primary", "replica1", "replica2", "users-primary", "users-replica1"}
    assert all(count > 0 for count in found["requests"].values()) and len(found["requests"]) == 6
    assert "Services that are scaled apart" in done.stdout


def test_a_server_gets_its_budget_and_no_more():
    with Budgets("weir-test-budgets") as budgets:
        if budgets.note:
            return  # where there are no control groups it is said so, and nothing is limited
        burn = "import time\nend = time.monotonic() + 1.0\nwhile time.monotonic() < end: pass\nprint(time.process_time())"
        group = budgets.group("one", 20)
        child = subprocess.Popen([sys.executable, "-c", f"import sys\nsys.stdin.readline()\n{burn}"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True)
        group.add(child.pid)
        used = float(child.communicate("go\n")[0])
        assert used < 0.5, f"{used} s of CPU in a second"
        budgets.release(group)


def test_figures_of_several_rounds_are_medians_and_faults_are_sums():
    made = together([step(pages_per_second=1, errors=1), step(pages_per_second=9, stale=2), step(pages_per_second=5)])
    assert (made["pages_per_second"], made["errors"], made["stale"]) == (5, 1, 2)
    assert together([step(uneven=None)])["uneven"] is None
    assert evenness({"a": 90, "b": 110}) == 110 / 100 - 1 and evenness({"a": 1}) is None


def test_a_page_gets_its_table_and_its_plots(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- made by make steps -->\nold\n<!-- end -->\nafter\n")
    results = {"machine": "A machine.", "steps": {"1": step(), "2": step(uneven=None, reads_per_second=None)}}
    report.put_into(page, results)
    told = page.read_text()
    assert told.startswith("before\n") and told.endswith("after\n") and "old" not in told
    assert "| 1 | A step | 10 | 1.0 | 5 | 50 | 4.0 | 5 | 0 | 0 | primary 15 |" in told
    drawn = (tmp_path / "pictures" / "rack-reads.svg").read_text()
    assert drawn.startswith("<svg") and ">4<" in drawn
    assert len({layout.name for layout in LAYOUTS}) == len(LAYOUTS) == 10
