"""pgbench as the user app in the database bench, and what it says."""
import contextlib
import os
import re
import subprocess
import tempfile

from support.real_cluster import RealCluster

SCALE = 10


@contextlib.contextmanager
def cluster():
    """A primary and two replicas with the database, at that scale."""
    made = RealCluster().up()
    try:
        made.ask("primary", "create database bench owner app", dbname="postgres")
        run(made.port(), "-i", "-q", "-s", str(SCALE))
        made.wait_caught_up()
        yield made
    finally:
        made.down()


def begin(port, *arguments, tls=False, folder=None):
    """A process; finish() ends it."""
    return subprocess.Popen(["pgbench", "-h", "127.0.0.1", "-p", str(port), "-U", "app", *arguments, "bench"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL,
                            cwd=folder, env={**os.environ, "PGPASSWORD": "app",
                                             "PGSSLMODE": "require" if tls else "disable"})


def finish(process):
    """What it has printed."""
    said, complaint = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"bench: pgbench failed: {complaint}")
    return said


def run(port, *arguments, **more):
    return finish(begin(port, *arguments, **more))


def timed(port, *arguments, sampling=1.0, **more):
    """What it prints, and the milliseconds of the transactions, in order (a part of them: sampling)."""
    with tempfile.TemporaryDirectory(prefix="weir-bench-log-") as folder:
        log = ("-l", "--sampling-rate", str(sampling)) if sampling < 1 else ("-l",)
        said = run(port, *arguments, *log, folder=folder, **more)
        taken = []
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="ascii") as lines:
                taken += [int(line.split(" ", 3)[2]) / 1000 for line in lines]
    return said, sorted(taken)


def at(share, ordered):
    """The value below which that share of them is."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


def transactions(said):
    return int(re.search(r"transactions actually processed: (\d+)", said).group(1))


def rate(said):
    """Transactions a second."""
    return float(re.search(r"tps = ([\d.]+)", said).group(1))


def latency(said):
    """Milliseconds, in the mean."""
    return float(re.search(r"latency average = ([\d.]+)", said).group(1))
