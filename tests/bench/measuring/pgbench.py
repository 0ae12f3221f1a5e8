"""pgbench as the user app in the database bench, and what it says."""
import contextlib
import os
import re
import subprocess

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


def run(port, *arguments):
    """What it prints."""
    done = subprocess.run(["pgbench", "-h", "127.0.0.1", "-p", str(port), "-U", "app", *arguments, "bench"],
                          capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
                          env={**os.environ, "PGPASSWORD": "app"})
    if done.returncode != 0:
        raise SystemExit(f"bench: pgbench failed: {done.stderr}")
    return done.stdout


def transactions(said):
    return int(re.search(r"transactions actually processed: (\d+)", said).group(1))


def rate(said):
    """Transactions a second."""
    return float(re.search(r"tps = ([\d.]+)", said).group(1))


def latency(said):
    """Milliseconds, in the mean."""
    return float(re.search(r"latency average = ([\d.]+)", said).group(1))
