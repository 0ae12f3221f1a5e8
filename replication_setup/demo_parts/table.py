"""The live table: drawn over itself on a terminal, now and then a new one elsewhere."""
import sys

TITLES = ("NODE", "ADDRESS", "ROLE", "READS/S", "WRITES/S", "LAG BYTES", "LAG MS", "READS", "WRITES")
SECONDS_WITHOUT_TERMINAL = 5
LONGEST = 110  # of a sentence: one line of a terminal


class LiveTable:
    def __init__(self, stack, out=sys.stdout):
        self.stack, self.out = stack, out
        self.on_terminal = out.isatty()
        self.drawn = 0
        self.second = 0
        self.said = ""

    def show(self, view, rates, totals, said=""):
        """One second's numbers, by node name, and what was done last to the servers."""
        self.second += 1
        if not self.on_terminal and self.second % SECONDS_WITHOUT_TERMINAL != 1 and said == self.said:
            return
        self.said = said
        lines = render([self._row(node, view, rates, totals) for node in self.stack.nodes])
        lines.append(said[:LONGEST])
        if self.on_terminal and self.drawn:
            self.out.write(f"\x1b[{self.drawn}A")
        for line in lines:
            self.out.write(line + ("\x1b[K\n" if self.on_terminal else "\n"))
        self.drawn = len(lines)
        self.out.flush()

    @staticmethod
    def _row(node, view, rates, totals):
        role, lag_bytes, lag_seconds = view.get(node["name"], (None, None, None))
        rate, total = rates.get(node["name"]), totals.get(node["name"])
        return (node["name"], f"127.0.0.1:{node['port']}", role or "-",
                "-" if rate is None else f"{rate.reads:.0f}",
                "-" if rate is None else f"{rate.writes:.0f}",
                "-" if lag_bytes is None or role == "primary" else f"{lag_bytes:.0f}",
                "-" if lag_seconds is None or role == "primary" else f"{lag_seconds * 1000:.0f}",
                "-" if total is None else str(total.reads),
                "-" if total is None else str(total.writes))


def render(rows):
    """Lines of one table: words to the left, numbers to the right."""
    cells = [TITLES, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(TITLES))]
    return ["  ".join(cell.ljust(width) if column < 3 else cell.rjust(width)
                      for column, (cell, width) in enumerate(zip(row, widths))).rstrip()
            for row in cells]
