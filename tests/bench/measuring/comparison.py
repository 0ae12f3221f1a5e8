"""Rounds of pgbench, the contenders in turn, and the table that comes out."""
import argparse
import os
import pathlib
import shutil
import statistics
import tempfile

from . import pgbench
from .contenders import CONTENDERS, cpu_seconds

# Debian's PgBouncer (1.18) does not know prepared statements in transaction mode.
MODES = ("simple", "extended", "prepared")


def main(arguments):
    options = _parsed(arguments)
    with pgbench.cluster() as cluster:
        results = _measure(cluster, options)
    _report(results, options)
    return 0


def _parsed(arguments):
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--seconds", type=int, default=8, help="of one run (default: 8)")
    parser.add_argument("--rounds", type=int, default=3, help="the median counts (default: 3)")
    parser.add_argument("--clients", type=int, default=16)
    return parser.parse_args(arguments)


def _measure(cluster, options):
    """{(contender, mode): [(transactions a second, microseconds of CPU a query)]}."""
    results = {}
    for _ in range(options.rounds):  # in turn, so that a busy minute hits all alike
        for name, start in CONTENDERS.items():
            folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-bench-", dir="/tmp"))
            folder.chmod(0o755)
            try:
                with start(cluster, folder) as (port, pid):
                    for mode in MODES:
                        if (name, mode) != ("PgBouncer", "prepared"):
                            results.setdefault((name, mode), []).append(_run(port, pid, mode, options))
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    return results


def _run(port, pid, mode, options):
    common = ("-n", "-S", "-M", mode, "-c", str(options.clients), "-j", "2")
    pgbench.run(port, *common, "-T", "1")  # pools and caches are filled
    before = cpu_seconds(pid)
    said = pgbench.run(port, *common, "-T", str(options.seconds))
    after = cpu_seconds(pid)
    cost = None if pid is None else (after - before) / pgbench.transactions(said) * 1e6
    return pgbench.rate(said), cost


def _report(results, options):
    print(f"\npgbench -S, scale {pgbench.SCALE}, {options.clients} clients, {os.cpu_count()} cores, median of "
          f"{options.rounds} rounds of {options.seconds} s\n")
    print(f"{'mode':<10}{'through':<22}{'tps':>10}{'of direct':>11}{'CPU µs/query':>14}{'of PgBouncer':>14}")
    for mode in MODES:
        for name in CONTENDERS:
            if (name, mode) in results:
                print(_line(results, name, mode))
        print()


def _line(results, name, mode):
    rate, cost = _median(results, name, mode)
    direct_rate, _ = _median(results, "direct", mode)
    _, bouncer_cost = _median(results, "PgBouncer", mode)
    ratio = "-" if cost is None or not bouncer_cost else f"{cost / bouncer_cost:.2f}"
    return (f"{mode:<10}{name:<22}{rate:>10.0f}{rate / direct_rate:>11.2f}"
            f"{'-' if cost is None else f'{cost:.1f}':>14}{ratio:>14}")


def _median(results, name, mode):
    runs = results.get((name, mode))
    if not runs:
        return None, None
    costs = [cost for _, cost in runs if cost is not None]
    return statistics.median(rate for rate, _ in runs), statistics.median(costs) if costs else None
