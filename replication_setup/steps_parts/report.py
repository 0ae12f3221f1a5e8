"""What was measured, as a table for people, as JSON, and as the tables and plots of a page."""
import json
import re
from html import escape

COLUMNS = [  # title, key, digits
    ("pages/s", "pages_per_second", 0), ("checkouts/s", "checkouts_per_second", 1), ("p50 ms", "p50_ms", 0),
    ("p99 ms", "p99_ms", 0), ("reads/s", "reads_per_second", 1), ("uneven %", "uneven", 0), ("errors", "errors", 0),
    ("stale", "stale", 0)]
PLOTS = {"pages": ("Pages a second, the mix of shoppers", "pages_per_second"),
         "reads": ("Catalogue reads a second, as fast as they go", "reads_per_second"),
         "p99": ("99 % of the pages within, milliseconds", "p99_ms")}
WIDTH, BAR, GAP, LEFT, RIGHT = 760, 22, 8, 330, 70


def rows(results):
    """Header, then a row for each step."""
    table = [["step", "", *(title for title, _, _ in COLUMNS), "database servers, % of a core"]]
    for name, found in results["steps"].items():
        cells = []
        for _, key, digits in COLUMNS:
            value = found[key] * 100 if key == "uneven" and found[key] is not None else found[key]
            cells.append("–" if value is None else f"{value:,.{digits}f}")
        load = ", ".join(f"{server} {percent:.0f}" for server, percent in found["databases"].items())
        table.append([name, found["title"], *cells, load])
    return table


def text(results):
    table = rows(results)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = []
    for row in table:
        cells = [cell.ljust(width) if at < 2 or at == len(row) - 1 else cell.rjust(width)
                 for at, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(results):
    table = rows(results)
    lines = ["| " + " | ".join(table[0]) + " |", "| --- | --- |" + " --: |" * len(COLUMNS) + " --- |"]
    lines += ["| " + " | ".join(row) + " |" for row in table[1:]]
    return "\n".join(lines)


def plot(title, bars):
    """An SVG of horizontal bars: [(name, value)]."""
    highest = max((value for _, value in bars if value), default=1)
    parts, y = [], 34
    for name, value in bars:
        length = (WIDTH - LEFT - RIGHT) * (value or 0) / highest
        parts.append(f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end" fill="#333">{escape(name)}</text>'
                     f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" rx="3" fill="#2463a8"/>'
                     f'<text x="{LEFT + length + 6:.1f}" y="{y + 15}" fill="#333">{"–" if value is None else f"{value:,.0f}"}</text>')
        y += BAR + GAP
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 8}" width="{WIDTH}" height="{y + 8}" '
            f'font-family="sans-serif" font-size="12" role="img" aria-label="{escape(title)}">'
            f'<rect width="100%" height="100%" fill="#ffffff"/><text x="12" y="20" font-size="14" fill="#111">{escape(title)}'
            f'</text>{"".join(parts)}</svg>\n')


def plots(results):
    """{file name: SVG}."""
    return {f"rack-{name}.svg": plot(title, [(f"{step} {found['title']}", found[key])
                                             for step, found in results["steps"].items()])
            for name, (title, key) in PLOTS.items()}


def put_into(page, results):
    """The page with its part between the marks made anew, and its plots beside it."""
    begin, end = "<!-- made by make steps -->", "<!-- end -->"
    told = page.read_text(encoding="utf-8")
    made = f"{begin}\n{results['machine']}\n\n{markdown(results)}\n{end}"
    page.write_text(re.sub(re.escape(begin) + r".*?" + re.escape(end), lambda _: made, told, count=1, flags=re.DOTALL),
                    encoding="utf-8")
    folder = page.parent / "pictures"
    folder.mkdir(exist_ok=True)
    for name, drawn in plots(results).items():
        (folder / name).write_text(drawn, encoding="utf-8")


def save(path, results):
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def load(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"machine": "", "steps": {}}
