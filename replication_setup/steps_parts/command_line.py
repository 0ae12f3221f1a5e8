"""The command line of `steps`: each step is set up, driven, measured and taken down in turn."""
import argparse
import os
import pathlib
import platform
import signal
import sys
import time

from demo_parts import programs
from demo_parts.programs import Ended, Failure

from . import report
from .budgets import Budgets
from .layouts import BY_NAME, LAYOUTS
from .measuring import measure, together
from .rack import APPLICATION_PERCENT, DATABASE_PERCENT, Rack


def main(arguments):
    wanted = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, programs.end_on)
    try:
        programs.must_be_built()
        programs.installed("haproxy"), programs.installed("redis-server")
        results = report.load(pathlib.Path(wanted.results)) if wanted.results else {"machine": "", "steps": {}}
        _measure_all(wanted, results)
        if wanted.results:
            report.save(pathlib.Path(wanted.results), results)
        if wanted.page:
            report.put_into(pathlib.Path(wanted.page), results)
        return 0 if _is_fine(results) else 1
    except Failure as failure:
        print(f"steps: {failure}", file=sys.stderr)
        return 1
    except Ended as ended:
        return 128 + ended.args[0]


def _parser():
    parser = argparse.ArgumentParser(prog="steps", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(BY_NAME), metavar="STEP", help=f"of {', '.join(BY_NAME)}")
    parser.add_argument("--seconds", type=float, default=20, help="of each of a step's two loads (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=1, help="medians of so many (default: %(default)s)")
    parser.add_argument("--database-percent", type=float, default=DATABASE_PERCENT, metavar="N",
                        help="of a core for each database server (default: %(default)s)")
    parser.add_argument("--warm-up", type=float, default=5, help="seconds in which shoppers register (default: %(default)s)")
    parser.add_argument("--results", metavar="FILE", help="JSON that the figures are put into, beside what is there")
    parser.add_argument("--page", metavar="FILE", help="Markdown whose table is made anew, with its plots beside it")
    return parser


def _measure_all(wanted, results):
    chosen = [BY_NAME[name] for name in wanted.only] if wanted.only else LAYOUTS
    with Budgets(f"weir-steps-{os.getpid()}") as budgets:
        results["machine"] = _machine(budgets, wanted)
        _say(results["machine"])
        rounds = {layout.name: [] for layout in chosen}
        for layout in chosen * wanted.rounds:  # one round after the other: a busy minute hits all alike
            began = time.monotonic()
            with Rack(layout, budgets, wanted.database_percent) as rack:
                found = measure(rack, wanted.seconds, wanted.warm_up)
            rounds[layout.name].append(found)
            results["steps"][layout.name] = {"title": layout.title, **together(rounds[layout.name])}
            _say(f"step {layout.name}: {layout.title}: {found['pages_per_second']:.0f} pages/s, "
                 f"{found['reads_per_second']:.1f} reads/s ({time.monotonic() - began:.0f} s)")
    order = list(BY_NAME)
    results["steps"] = dict(sorted(results["steps"].items(), key=lambda item: order.index(item[0])))
    print(report.text(results))
    for name, found in results["steps"].items():
        if found["examples"]:
            print(f"step {name}: {found['examples']}")


def _machine(budgets, wanted):
    budget = budgets.note or (f"each database server {wanted.database_percent:g} % of a core, each application server "
                              f"{APPLICATION_PERCENT} % (control groups, version {budgets.version}); Weir, HAProxy and Redis "
                              "what they need")
    cores = os.cpu_count()
    return f"{cores} cores, Linux {platform.release()}; {budget}; medians of {wanted.rounds} rounds, {wanted.seconds:g} s each."


def _is_fine(results):
    return all(found["errors"] == 0 and found["stale"] == 0 and found["lost"] == 0 and found["books_balance"]
               for found in results["steps"].values())


def _say(words):
    print(words, file=sys.stderr, flush=True)
