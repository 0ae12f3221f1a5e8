"""What the bench makes of its figures."""
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "integration")]

from measuring import goals, pgbench, plots, report  # noqa: E402
from measuring.scenarios import BY_NAME, SCENARIOS  # noqa: E402

RESULTS = {
    "machine": "2 cores", "versions": ["weir 0.1.0"], "rounds": 3, "seconds": 6,
    "scenarios": {
        "simple-16": {"direct": {"tps": 30000.0, "p99": 1.0},
                      "PgBouncer": {"tps": 20000.0, "p99": 2.0, "cpu": 20.0, "rest_bytes": 4.0e6},
                      "Weir": {"tps": 19000.0, "p99": 2.2, "cpu": 22.0, "rest_bytes": 13.0e6}},
        "idle-5000": {"Weir, primary": {"idle_bytes": 1392.0, "tps": 1.0}},
    },
}


def test_shares_of_what_was_timed():
    ordered = [float(each) for each in range(1, 101)]
    assert pgbench.at(0.5, ordered) == 51
    assert pgbench.at(0.99, ordered) == 100
    assert pgbench.at(0.999, [7.0]) == 7
    assert pgbench.at(0.5, []) is None


def test_a_goal_is_a_ratio_or_the_figure_itself():
    by_title = {goal.title: goal for goal in goals.GOALS}
    cpu = by_title["CPU a transaction against PgBouncer, simple"]
    assert cpu.value(RESULTS) == pytest.approx(1.1)
    assert (cpu.shown(RESULTS), cpu.verdict(RESULTS)) == ("1.10", "met")
    idle = by_title["Memory of an idle client, bytes"]
    assert (idle.shown(RESULTS), idle.verdict(RESULTS)) == ("1,392", "met")
    absent = by_title["CPU of a 100 MB result against HAProxy"]
    assert (absent.value(RESULTS), absent.verdict(RESULTS)) == (None, "not measured")
    more = goals.Goal("", "tps", "simple-16", "Weir", "PgBouncer", 1.0, 1.3, True)
    assert more.verdict(RESULTS) == "missed"
    assert more._replace(must=0.9).verdict(RESULTS) == "met"
    assert more._replace(aim=0.9).verdict(RESULTS) == "better than the aim"


def test_goals_and_plots_are_about_scenarios_that_there_are():
    for goal in goals.GOALS:
        assert {goal.of, goal.against or goal.of} <= set(BY_NAME[goal.scenario].contenders)
    for _, _, scenarios in plots.PICTURES.values():
        assert set(scenarios) <= set(BY_NAME)
    assert {who for each in SCENARIOS for who in each.contenders} <= set(plots.COLOURS)


def test_a_page_keeps_the_words_around_its_tables(tmp_path):
    page = tmp_path / "page.md"
    marks = "\n".join(f"{name} before\n{report.BEGIN.format(name)}\nold\n{report.END}\n{name} after"
                      for name in ("machine", "goals", "tables"))
    page.write_text(marks, encoding="utf-8")
    report.write_page(page, RESULTS)
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    assert "2 cores; medians of 3 rounds of 6 s; weir 0.1.0." in text
    assert "| Weir | 19,000 | 2.20 | 22.0 | 13.0 |" in text
    assert "| direct | 30,000 | 1.00 | – | – |" in text
    for name in ("machine", "goals", "tables"):
        assert f"{name} before" in text and f"{name} after" in text
    again = text
    report.write_page(page, RESULTS)
    assert page.read_text(encoding="utf-8") == again
    assert (tmp_path / "plots" / "cpu.svg").read_text(encoding="utf-8").count("<rect") == 3


def test_a_page_without_its_marks_is_an_error(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing", encoding="utf-8")
    with pytest.raises(SystemExit, match="made by tests/bench/run"):
        report.write_page(page, RESULTS)


def test_every_scenario_is_told_as_text():
    text = report.as_text(RESULTS)
    assert "SELECT by key, simple, 16 clients (simple-16)" in text
    assert "CPU a transaction against PgBouncer, simple: 1.10 (must 1.25, aim 0.95)" in text
