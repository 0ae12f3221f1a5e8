"""`make demo`: it judges itself; and what can be done to its servers while it runs."""
import os
import pathlib
import re
import signal
import subprocess

import pytest

from support.places import ROOT, measured, sized
from support.waiting import wait_until

DEMO = ROOT / "replication_setup" / "demo"


def start(log, seconds):
    with open(log, "wb") as out:
        return subprocess.Popen([str(DEMO)], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                env={**os.environ, "DEMO_SECONDS": str(seconds)})


@pytest.fixture
def log(tmp_path):
    return pathlib.Path(tmp_path) / "demo.log"


def test_reads_run_on_replicas_and_writes_on_the_primary(log):
    demo = start(log, sized(20, 60))
    status = demo.wait(timeout=200)
    told = log.read_text()
    assert status == 0, told
    assert "NO  " not in told and "what was sold come to what was delivered" in told
    measured("measured: " + re.search(r"\d+ % of \d+ reads were kept away from the primary", told).group())


def test_the_shop_goes_on_while_servers_come_and_go(log):
    demo = start(log, 600)
    try:
        wait_until(lambda: "Eight shoppers" in log.read_text() or demo.poll() is not None, "the demo runs", 60)

        def do(action, expected):
            done = subprocess.run([str(DEMO), action], capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0 and expected in done.stdout, (action, done.stdout, done.stderr)

        do("pause", "replays none of it")
        do("pause", "replays again")
        do("kill", "has crashed")
        do("back", "follows primary")
        do("add", "replica3 follows primary")
        # Its reads in one second: it serves.
        served = re.compile(r"^replica3 .* replica +[1-9]", re.MULTILINE)
        wait_until(lambda: served.search(log.read_text()), "it is read from", 30)
        do("failover", "is a primary")
        do("back", "primary follows")
        do("back", "everything runs")
        demo.send_signal(signal.SIGINT)
        status = demo.wait(timeout=120)
    finally:
        if demo.poll() is None:
            demo.terminate()
            demo.wait(timeout=120)
    told = log.read_text()
    assert status == 0, told
    assert "no acknowledged order was lost" in told and "NO  " not in told
    measured("measured: after all of that " + re.search(r"shoppers met \d+ errors", told).group())


def test_wrong_use_and_nobody_there():
    assert subprocess.run([str(DEMO), "nonsense"], capture_output=True, check=False, timeout=30).returncode == 2
    done = subprocess.run([str(DEMO), "kill"], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1 and "no demo runs" in done.stderr
