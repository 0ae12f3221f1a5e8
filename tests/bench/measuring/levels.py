"""Rounds of pgbench at each consistency level in turn, and what a level costs against `eventual`."""
import argparse
import os
import pathlib
import shutil
import statistics
import tempfile

from support.weir_process import WeirProcess

from . import pgbench

LEVELS = ("eventual", "session", "global", "strong")
WORKLOADS = {"writes (TPC-B)": ("-b", "tpcb-like"), "reads (-S)": ("-b", "select-only"),
             "5 % writes, 95 % reads": ("-b", "simple-update@1", "-b", "select-only@19")}


def main(arguments):
    parser = argparse.ArgumentParser(prog="tests/bench/freshness")
    parser.add_argument("--seconds", type=int, default=8, help="of one run (default: 8)")
    parser.add_argument("--rounds", type=int, default=5, help="the median counts (default: 5)")
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args(arguments)
    with pgbench.cluster() as cluster:
        results = _measure(cluster, options)
    _report(results, options)
    return 0


def _measure(cluster, options):
    """{(workload, level): [(transactions a second, ms, share on replicas)]}."""
    results = {}
    for _ in range(options.rounds):  # in turn, so that a busy minute hits all alike
        for level in LEVELS:
            folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-bench-", dir="/tmp"))
            folder.chmod(0o755)
            process = WeirProcess(cluster, folder, {"routing": {"consistency": level}})
            try:
                process.start().wait_for_nodes(len(cluster.nodes))
                for name, script in WORKLOADS.items():
                    results.setdefault((name, level), []).append(_run(process, script, options))
            finally:
                process.stop()
                shutil.rmtree(folder, ignore_errors=True)
    return results


def _run(weir, script, options):
    common = ("-n", "-M", "prepared", *script, "-c", str(options.clients), "-j", "2")
    pgbench.run(weir.port, *common, "-T", "1")  # pools and caches are filled
    before = [weir.metric("weir_queries_total", role=role) for role in ("replica", "primary")]
    said = pgbench.run(weir.port, *common, "-T", str(options.seconds))
    replica, primary = (weir.metric("weir_queries_total", role=role) - was
                        for role, was in zip(("replica", "primary"), before))
    return pgbench.rate(said), pgbench.latency(said), replica / (replica + primary)


def _report(results, options):
    print(f"\npgbench -M prepared, scale {pgbench.SCALE}, {options.clients} clients, {os.cpu_count()} cores, median"
          f" of {options.rounds} rounds of {options.seconds} s\n")
    print(f"{'workload':<25}{'level':<10}{'tps':>9}{'of eventual':>13}{'latency ms':>12}{'on replicas':>13}")
    for name in WORKLOADS:
        least = None
        for level in LEVELS:
            rate, latency, share = (statistics.median(column) for column in zip(*results[name, level]))
            least = least or rate
            print(f"{name:<25}{level:<10}{rate:>9.0f}{rate / least:>13.2f}{latency:>12.2f}{share:>13.0%}")
        print()
