"""pgbench as the user app in the database bench, and what it says."""
import os
import re
import subprocess

SCALE = 10


def prepare(cluster):
    """The database, at that scale, on all nodes."""
    cluster.ask("primary", "create database bench owner app", dbname="postgres")
    run(cluster.port(), "-i", "-q", "-s", str(SCALE))
    cluster.wait_caught_up()


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
