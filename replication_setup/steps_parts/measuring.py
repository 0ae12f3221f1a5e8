"""What a step is measured by: a mix of shoppers, and reads of the catalogue as fast as they go."""
import json
import statistics
import subprocess
import time

from demo_parts.programs import SHOPPERS

# What is looked for costs a database server many times what it costs Weir and the shop: databases are what is measured.
HEAVY_SEARCH = ("oak or steel or copper or linen or glass or bamboo or leather or marble or wool or brass or walnut or ceramic "
                "or cork or granite")
SHOPPERS_AT_ONCE = 24


def run_shoppers(rack, seconds, warm_up, *more, unlimited=False):
    """(their summary, what the servers did while it was counted). They register in the warm-up: hashing passwords is for
    that time, in which servers may have no budgets, so that it is over soon."""
    command = [str(SHOPPERS), "--seconds", str(seconds), "--warm-up", str(warm_up), "--shoppers", str(SHOPPERS_AT_ONCE),
               "--seed", "1", *more]
    for url in rack.urls:
        command += ["--url", url]
    rack.limit(not unlimited)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        first = child.stderr.readline()
        rack.limit(True)
        if first != "counting\n":
            raise SystemExit(f"steps: the shoppers failed: {first}{child.stderr.read()}")
        meter = Meter(rack)
        time.sleep(seconds)
        load = meter.read()
        said, _ = child.communicate()
    return json.loads(said), load


class Meter:
    """CPU of every server, and requests of every application server, between two moments."""

    def __init__(self, rack):
        self.rack = rack
        self.began = time.monotonic()
        self.cpu = self._cpu()
        self.requests = rack.requests()

    def _cpu(self):
        groups = {**self.rack.databases, **self.rack.helpers, **{name: group for name, (_, group) in self.rack.apps.items()}}
        return {name: group.seconds() for name, group in groups.items()}

    def read(self):
        took = time.monotonic() - self.began
        used = {name: seconds - self.cpu[name] for name, seconds in self._cpu().items()}
        requests = {name: count - self.requests[name] for name, count in self.rack.requests().items()}
        return {"seconds": took, "cpu": used, "requests": requests,
                "databases": {name: 100 * used[name] / took for name in self.rack.databases}}


def evenness(requests):
    """The busiest server against an even share, less one: 0.05 is five percent above."""
    if len(requests) < 2 or not sum(requests.values()):
        return None
    return max(requests.values()) / (sum(requests.values()) / len(requests)) - 1


def measure(rack, seconds, warm_up):
    """{figure: value} of this step."""
    mix, load = run_shoppers(rack, seconds, warm_up, "--books", rack.books(), unlimited=True)
    reads, reading = run_shoppers(rack, seconds, warm_up / 2, "--only-reads", "--search", HEAVY_SEARCH)
    databases = sum(reading["cpu"][name] for name in rack.databases)
    others = sum(reading["cpu"][name] for name in (*rack.apps, "weir"))
    by_kind = {}
    for name, count in load["requests"].items():
        by_kind.setdefault(name.rstrip("0123456789"), {})[name] = count
    return {
        "pages_per_second": mix["pages_per_second"], "checkouts_per_second": mix["checkouts_per_second"],
        "p50_ms": mix["p50_ms"], "p99_ms": mix["p99_ms"], "checkout_p99_ms": mix["checkout_p99_ms"],
        "errors": mix["errors"] + reads["errors"], "stale": mix["stale_order_pages"],
        "lost": mix["lost_orders"], "examples": mix["examples"] + reads["examples"],
        "books_balance": mix["books"]["unbalanced_products"] == 0 and mix["books"]["negative_stock"] == 0
        and mix["books"]["kept"] == mix["books"]["acknowledged"],
        "reads_per_second": reads["pages_per_second"], "reads_p50_ms": reads["p50_ms"],
        "database_cpu_ratio": databases / others if others else None,
        "requests": load["requests"], "databases": load["databases"],
        "uneven": max((found for found in map(evenness, by_kind.values()) if found is not None), default=None),
    }


def together(rounds):
    """One set of figures of several: medians, and the sum of what must not be."""
    made = dict(rounds[-1])
    for key, value in made.items():
        values = [each[key] for each in rounds if each[key] is not None]
        if key in ("errors", "stale", "lost"):
            made[key] = sum(values)
        elif key == "books_balance":
            made[key] = all(values)
        elif key == "examples":
            made[key] = sum(values, [])
        elif isinstance(value, dict):
            made[key] = {name: statistics.median(each[name] for each in values) for name in value}
        elif values:
            made[key] = statistics.median(values)
    return made
