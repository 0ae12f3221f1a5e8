"""What Weir has to keep to, as ratios of medians of one run, and what came out."""
import typing


class Goal(typing.NamedTuple):
    title: str
    key: str
    scenario: str
    of: str                # the contender that is judged
    against: str           # "": the figure itself
    must: float
    aim: float
    more_is_better: bool = False

    def value(self, results):
        """None: not measured."""
        found = results["scenarios"].get(self.scenario, {})
        own = found.get(self.of, {}).get(self.key)
        other = found.get(self.against, {}).get(self.key) if self.against else 1
        return None if own is None or not other else own / other

    def verdict(self, results):
        value = self.value(results)
        if value is None:
            return "not measured"
        reached = [bound for bound, name in ((self.aim, "aim"), (self.must, "must"))
                   if (value >= bound if self.more_is_better else value <= bound)]
        return "missed" if not reached else "better than the aim" if reached[0] == self.aim else "met"

    def shown(self, results):
        value = self.value(results)
        return "–" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


GOALS = [
    Goal("CPU a transaction against PgBouncer, simple", "cpu", "simple-16", "Weir", "PgBouncer", 1.25, 0.95),
    Goal("CPU a transaction against PgBouncer's session mode, prepared", "cpu", "prepared-16", "Weir",
         "PgBouncer, sessions", 1.25, 0.95),
    Goal("CPU a transaction against Pgpool-II, simple", "cpu", "simple-16", "Weir", "Pgpool-II", 0.30, 0.20),
    Goal("CPU a transaction against Pgpool-II, prepared", "cpu", "prepared-16", "Weir", "Pgpool-II", 0.30, 0.20),
    Goal("Throughput through the stub against PgBouncer", "tps", "stub-simple", "Weir, primary", "PgBouncer", 1.0, 1.3,
         True),
    Goal("CPU a transaction, two workers against one, stub", "cpu", "stub-simple", "Weir, two workers",
         "Weir, primary", 1.10, 1.02),
    Goal("p99 at 64 clients against PgBouncer", "p99", "simple-64", "Weir", "PgBouncer", 1.2, 1.0),
    Goal("... with one node, as PgBouncer has", "p99", "simple-64", "Weir, primary", "PgBouncer", 1.2, 1.0),
    Goal("Memory of an idle client, bytes", "idle_bytes", "idle-5000", "Weir, primary", "", 3072, 1024),
    Goal("CPU a transaction with logs, metrics each second and the dashboard open, against none of them", "cpu", "observed",
         "Weir, observed", "Weir, not observed", 1.03, 1.01),
    Goal("CPU of a 100 MB result against HAProxy", "cpu", "result-100m", "Weir, primary", "HAProxy", 1.3, 1.0),
]


def table(results):
    rows = [["Figure", "must", "aim", "measured", ""]]
    for goal in GOALS:
        sign = "≥" if goal.more_is_better else "≤"
        rows.append([goal.title, f"{sign} {goal.must:g}", f"{sign} {goal.aim:g}", goal.shown(results),
                     goal.verdict(results)])
    return rows
