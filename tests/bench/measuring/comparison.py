"""Rounds of the scenarios, the contenders in turn, and what each run has used."""
import argparse
import contextlib
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import types

from . import costs, pgbench, report
from .contenders import CONTENDERS, stub, versions
from .idle_clients import idle_clients
from .scenarios import BY_NAME, SCENARIOS

TRACED_SECONDS = 1


def main(arguments):
    options = _parsed(arguments)
    if options.list:
        print("\n".join(f"{each.name:<15}{each.title}" for each in SCENARIOS))
        return 0
    results = _loaded(options.results) if options.report else _measured(options)
    if options.results and not options.report:
        _keep(options.results, results)
    if options.page:
        report.write_page(pathlib.Path(options.page), results)
    print(report.as_text(results))
    return 0


def _parsed(arguments):
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--seconds", type=float, default=6, help="of one run (default: 6)")
    parser.add_argument("--rounds", type=int, default=3, help="the median counts (default: 3)")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=list(BY_NAME), help="these scenarios")
    parser.add_argument("--contenders", nargs="+", metavar="NAME", choices=list(CONTENDERS), help="these, of those "
                        "that a scenario has")
    parser.add_argument("--list", action="store_true", help="say which scenarios there are")
    parser.add_argument("--no-calls", action="store_true", help="do not count system calls")
    parser.add_argument("--results", metavar="FILE", help="JSON that the medians are put into, beside what is there")
    parser.add_argument("--report", action="store_true", help="measure nothing: tell of --results")
    parser.add_argument("--page", metavar="FILE", help="Markdown whose tables are made anew, with its plots beside it")
    return parser.parse_args(arguments)


def _loaded(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def _keep(path, results):
    """Scenarios that were measured before and not now stay."""
    kept = pathlib.Path(path)
    before = _loaded(path) if kept.exists() else {}
    before.update({key: value for key, value in results.items() if key != "scenarios"})
    before.setdefault("scenarios", {}).update(results["scenarios"])
    kept.write_text(json.dumps(before, indent=1), encoding="utf-8")


def _measured(options):
    chosen = [BY_NAME[name] for name in options.only] if options.only else SCENARIOS
    found = {}
    with pgbench.cluster() as cluster, stub(cluster) as stub_port, _certificate() as (certificate, key):
        stage = types.SimpleNamespace(cluster=cluster, certificate=certificate, key=key, node_port=cluster.port())
        for scenario in chosen:
            stage.node_port = stub_port if scenario.on_stub else cluster.port()
            names = [name for name in scenario.contenders if name in (options.contenders or CONTENDERS)]
            runs = {name: [] for name in names}
            for number in range(options.rounds):  # in turn, so that a busy minute hits all alike
                for name in names:
                    runs[name].append(_in_turn(stage, scenario, name, options, last=number == options.rounds - 1))
                    print(f"{scenario.name} {name} {runs[name][-1]}", file=sys.stderr, flush=True)
            found[scenario.name] = {name: _medians(each) for name, each in runs.items()}
    return {"machine": report.machine(), "versions": versions(), "rounds": options.rounds, "seconds": options.seconds,
            "scenarios": found}


@contextlib.contextmanager
def _certificate():
    with tempfile.TemporaryDirectory(prefix="weir-bench-", dir="/tmp") as folder:
        files = pathlib.Path(folder) / "proxy.crt", pathlib.Path(folder) / "proxy.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=proxy",
                        "-keyout", files[1], "-out", files[0]], check=True, capture_output=True)
        for path in (pathlib.Path(folder), *files):
            path.chmod(0o755)
        yield files


def _in_turn(stage, scenario, name, options, last):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-bench-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with CONTENDERS[name](stage, folder) as running, tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(scenario.script)
            script.flush()
            arguments = ("-f", script.name, *scenario.arguments) if scenario.script else scenario.arguments
            load = (running.port, "-n", *arguments, "-c", str(scenario.clients), "-j", "1")
            return _run(running, scenario, load, options, last and not options.no_calls)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(running, scenario, load, options, count_calls):
    """One contender's figures; None where nothing stands between client and server."""
    seconds = str(max(1, round(options.seconds)))
    pgbench.run(*load, "-T", "1", tls=scenario.tls)  # pools and caches are filled
    found = {}
    with idle_clients(running, scenario.idle) as taken_each, _newcomers(running, scenario, seconds):
        found["idle_bytes"] = taken_each
        found["rest_bytes"] = running.pid and costs.pss_bytes(running.pid)
        before = _used(running.pid)
        said, taken = pgbench.timed(*load, "-T", seconds, sampling=scenario.sampling, tls=scenario.tls)
        used = [after - was for after, was in zip(_used(running.pid), before)]
    count = pgbench.transactions(said)
    found.update(tps=pgbench.rate(said), p50=pgbench.at(0.5, taken), p99=pgbench.at(0.99, taken),
                 p999=pgbench.at(0.999, taken))
    if running.pid:
        found["cpu"], found["switches"] = (amount / count for amount in used)
        if count_calls:
            with costs.counted_calls(running.pid) as calls:
                said = pgbench.run(*load, "-T", str(TRACED_SECONDS), tls=scenario.tls)
            found["calls"] = calls[0] / max(1, pgbench.transactions(said))
    return {key: value for key, value in found.items() if value is not None}


def _used(pid):
    return (costs.cpu_microseconds(pid), costs.switches(pid)) if pid else ()


@contextlib.contextmanager
def _newcomers(running, scenario, seconds):
    """Clients that come, ask once and go, so many a second, while the others work."""
    if not scenario.newcomers:
        yield
        return
    storm = pgbench.begin(running.port, "-n", "-S", "-C", "-c", "16", "-j", "1", "-R", str(scenario.newcomers),
                          "-T", str(int(seconds) + 2))
    try:
        yield
    finally:
        said = pgbench.finish(storm)
        print(f"newcomers a second: {pgbench.rate(said):.0f}", file=sys.stderr)


def _medians(runs):
    return {key: statistics.median(run[key] for run in runs if key in run)
            for key in sorted({key for run in runs for key in run})}
