"""What comes out: tables as text and as Markdown, the goals, and the page with its plots."""
import os
import pathlib
import platform
import re

from . import goals, plots
from .scenarios import BY_NAME, SCENARIOS

COLUMNS = (("tps", "tps", "{:,.0f}"), ("p50", "p50 ms", "{:.2f}"), ("p99", "p99 ms", "{:.2f}"),
           ("p999", "p99.9 ms", "{:.2f}"), ("cpu", "CPU µs", "{:.1f}"), ("calls", "calls", "{:.1f}"),
           ("switches", "switches", "{:.2f}"), ("rest_bytes", "memory MB", "{:.1f}"),
           ("idle_bytes", "bytes an idle client", "{:,.0f}"))
BEGIN, END = "<!-- made by tests/bench/run: {} -->", "<!-- end -->"


def machine():
    model = re.search(r"^model name\s*: (.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores of {model.group(1) if model else platform.machine()}, {memory:.0f} GiB, " \
           f"Linux {platform.release()}"


def _cell(figures, key, form):
    if key not in figures:
        return "–"
    value = figures[key]
    return form.format(value / 1e6 if key == "rest_bytes" else value)


def _table(found):
    """Rows of text; columns that nobody has are left out."""
    columns = [each for each in COLUMNS if any(each[0] in figures for figures in found.values())]
    rows = [["", *(title for _, title, _ in columns)]]
    rows += [[name, *(_cell(figures, key, form) for key, _, form in columns)] for name, figures in found.items()]
    return rows


def _measured(results):
    return [(each, results["scenarios"][each.name]) for each in SCENARIOS if each.name in results["scenarios"]]


def as_text(results):
    parts = [_sentence(results)]
    for scenario, found in _measured(results):
        rows = _table(found)
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                           for i, (cell, width) in enumerate(zip(row, widths))) for row in rows]
        parts.append("\n".join([f"{scenario.title} ({scenario.name})", *lines]))
    parts.append("\n".join(f"{goal.title}: {goal.shown(results)} (must {goal.must:g}, aim {goal.aim:g})"
                           for goal in goals.GOALS if goal.value(results) is not None))
    return "\n\n".join(parts)


def _sentence(results):
    return f"{results['machine']}; medians of {results['rounds']} rounds of {results['seconds']:g} s; " + \
        "; ".join(results["versions"])


def _markdown(rows):
    rule = ["---"] + ["--:"] * (len(rows[0]) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in (rows[0], rule, *rows[1:]))


def write_page(page, results):
    """Makes what is between the marks anew; the words around them are people's."""
    text = page.read_text(encoding="utf-8")
    text = _replaced(text, "machine", _sentence(results) + ".")
    text = _replaced(text, "goals", _markdown(goals.table(results)))
    tables = [f"### {scenario.title}\n\n`{scenario.name}`\n\n{_markdown(_table(found))}"
              for scenario, found in _measured(results)]
    text = _replaced(text, "tables", "\n\n".join(tables))
    page.write_text(text, encoding="utf-8")
    folder = page.parent / "plots"
    folder.mkdir(exist_ok=True)
    for name, drawn in plots.all_of(results, BY_NAME).items():
        (folder / f"{name}.svg").write_text(drawn, encoding="utf-8")


def _replaced(text, name, what):
    begin = BEGIN.format(name)
    head, found, rest = text.partition(begin)
    if not found:
        raise SystemExit(f"bench: the page has no line {begin}")
    return f"{head}{begin}\n{what}\n{END}{rest.partition(END)[2]}"
