"""By hand: a cluster and a Weir of its own, and the sessions of one seed."""
import argparse
import contextlib
import pathlib
import random
import shutil
import signal
import sys
import tempfile

from support.real_cluster import RealCluster
from support.weir_process import WeirProcess

from . import run
from .judge import Sides
from .setup import narrow
from .world import World


def _options():
    parser = argparse.ArgumentParser(
        prog="differential", description="Random sessions, run direct and through Weir. Of each kind"
        " of difference one session is shrunk and shown. WEIR_BINARY names another Weir.")
    parser.add_argument("--seed", default=str(random.randrange(10**9)))
    parser.add_argument("--sessions", type=int, default=300)
    parser.add_argument("--only", type=int, metavar="N", help="session N of this seed and no other")
    parser.add_argument("--at-once", type=int, default=20, help="clients")
    parser.add_argument("--pool-size", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--itself", action="store_true",
                        help="the second run is direct, too: what differs is not Weir's doing")
    parser.add_argument("--patience", type=float, default=300, help="seconds for shrinking")
    parser.add_argument("--whole", action="store_true", help="do not shrink; show whole sessions")
    return parser.parse_args()


def main():
    options = _options()
    print(f"--seed {options.seed} --sessions {options.sessions}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-diff-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        cluster = RealCluster(("--replicas", "2", "--set", "max_prepared_transactions=50"))
        cluster.up()
        stack.callback(cluster.down)
        world = World(cluster).up()
        weir = WeirProcess(cluster, folder, narrow(options.pool_size, options.workers))
        stack.callback(weir.stop)
        weir.start().wait_for_nodes(3)
        return _report(options, Sides(
            cluster.port(), cluster.port() if options.itself else weir.port, world))


def _report(options, sides):
    numbers = range(options.sessions) if options.only is None else range(options.only, options.only + 1)
    played = run.Run(sides, options.seed, options.at_once).play(numbers)
    print(played, flush=True)
    findings = played.findings if options.whole else played.explain(options.patience, 60.0, 100)
    for found in findings:
        print(found, flush=True)
        if options.whole:
            print("whole session:", found.script, sep="\n")
    print(f"{sum(found.sessions for found in findings)} of {len(numbers)} sessions differ")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
