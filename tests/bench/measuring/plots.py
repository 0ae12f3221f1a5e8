"""Bars as SVG: one picture a figure, a group of bars a scenario."""
from xml.sax.saxutils import escape

PICTURES = {
    "cpu": ("CPU of the proxy, microseconds a transaction", "cpu", ("simple-16", "extended-16", "prepared-16", "tpcb-16")),
    "p99": ("p99, milliseconds", "p99", ("simple-1", "simple-16", "simple-64", "simple-256")),
    "memory": ("Memory of an idle client, bytes", "idle_bytes", ("idle-5000", "idle-10000")),
    "ceiling": ("Transactions a second through the stub", "tps", ("stub-simple", "stub-prepared")),
}
COLOURS = {"direct": "#8a8a8a", "PgBouncer": "#c2703d", "PgBouncer, sessions": "#d99a72", "Pgpool-II": "#8b5aa8",
           "HAProxy": "#4f8f5b", "Weir, primary": "#7aa6d8", "Weir": "#2463a8", "Weir, two workers": "#123f70",
           "Weir, not observed": "#7aa6d8", "Weir, observed": "#2463a8"}
WIDTH, BAR, GAP, LEFT, RIGHT = 760, 16, 14, 190, 90


def all_of(results, by_name):
    """{name: SVG} of what was measured."""
    drawn = {}
    for name, (title, key, scenarios) in PICTURES.items():
        groups = []
        for scenario in scenarios:
            found = results["scenarios"].get(scenario, {})
            bars = [(who, figures[key]) for who, figures in found.items() if key in figures]
            if bars:
                groups.append((by_name[scenario].title, bars))
        if groups:
            drawn[name] = _picture(title, groups)
    return drawn


def _picture(title, groups):
    """Each group has a scale of its own: what is compared stands in one group."""
    parts, y = [_text(12, 22, title, weight="bold")], 48
    for heading, bars in groups:
        parts.append(_text(12, y, heading))
        y += 10
        most = max(value for _, value in bars)
        for who, value in bars:
            length = (WIDTH - LEFT - RIGHT) * value / most
            shown = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
            parts += [_text(LEFT - 8, y + 12, who, anchor="end"),
                      f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR - 3}" fill="{COLOURS[who]}"/>',
                      _text(LEFT + length + 6, y + 11, shown)]
            y += BAR
        y += GAP + 10
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" '
            f'font-family="sans-serif" font-size="12" role="img" aria-label="{escape(title)}">'
            f'<rect width="100%" height="100%" fill="#ffffff"/>' + "".join(parts) + "</svg>\n")


def _text(x, y, what, anchor="start", weight="normal"):
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" font-weight="{weight}" fill="#222222">{escape(what)}</text>'
