"""A real Patroni with etcd moves the leader, by a switchover and because it was killed, under the load of the chaos test:
the same clients, the same oracle."""
import contextlib
import pathlib
import random
import shutil
import tempfile
import threading
import time

import psycopg
import pytest

import faults
import play
from oracle import Pause
from support.patroni_cluster import PatroniCluster
from support.places import measured, seed
from support.waiting import wait_until
from world import CONFIGURATION, ManyTimesWeir, World

pytestmark = pytest.mark.deadline(600)


class PatroniWorld(World):
    """Patroni says who leads, and brings back who comes."""

    def _make_tables(self):
        self.wait_for_leader()
        super()._make_tables()

    def wait_for_leader(self, other_than=None):
        self.primary = self.cluster.wait_for_leader(other_than)
        return self.primary

    def bring_back(self, node):
        if not self.cluster.processes(node):
            self.command("start", node)
        wait_until(lambda: self.cluster.members().get(node, {}).get("state") in ("running", "streaming"),
                   f"{node} runs", 90)
        self.cluster.wait_for_synchronous()
        self.wait_caught_up()
        self.wait_for_nodes()


class FirstCommitAnywhere:
    """Direct clients of all nodes but one: when the first of them could commit."""

    def __init__(self, world, old):
        self.at = None
        others = [node for node in world.cluster.nodes if node != old]
        self._threads = [threading.Thread(target=self._run, args=(world, node), daemon=True) for node in others]
        for thread in self._threads:
            thread.start()

    def _run(self, world, node):
        while self.at is None and not world.stage.is_over:
            with contextlib.suppress(psycopg.Error):
                with world.cluster.connect(node, connect_timeout=5) as session:
                    session.execute("insert into chaos_direct default values")
                    self.at = self.at or time.monotonic()
            world.stage.let_pass(0.01)


def leader_killed(world):
    """Patroni and its server at once; it comes back and follows."""
    world.cluster.wait_for_synchronous()
    old = world.primary
    world.command("stop", old, "--crash")
    dead = time.monotonic()
    direct = FirstCommitAnywhere(world, old)
    promoted = wait_until(lambda: direct.at, "another node takes commits", 90)
    world.wait_for_leader(other_than=old)
    pause = Pause(promoted - dead, world.all_writers_since(dead) - dead)
    world.use_idle()
    world.let_work()
    world.bring_back(old)
    return faults.Observed(f"{old}, then {world.primary}", pause)


def switched_over(world):
    """Without a word to Weir: writers see the old leader go, nobody else sees anything."""
    world.cluster.wait_for_synchronous()
    old = world.primary
    began = time.monotonic()
    world.command("switchover")
    world.wait_for_leader(other_than=old)
    seconds = world.all_writers_since(time.monotonic()) - began
    world.bring_back(old)
    return faults.Observed(f"{old}, then {world.primary}; all wrote again after {seconds:.1f} s")


def switched_over_in_a_pause(world):
    """PAUSE, patronictl switchover, RESUME: nobody sees an error."""
    world.cluster.wait_for_synchronous()
    old = world.primary
    with world.console() as console:
        faults.pause(world, console)
        began = time.monotonic()
        world.command("switchover")
        world.wait_for_leader(other_than=old)
        console.execute("resume")
    seconds = world.all_writers_since(time.monotonic()) - began
    world.use_idle()
    world.bring_back(old)
    return faults.Observed(f"{old}, then {world.primary}; writes waited {seconds:.1f} s")


ROUNDS = (faults.Fault("switchover", switched_over_in_a_pause),
          faults.Fault("unannounced switchover", switched_over, ("writing",)),
          faults.Fault("leader killed", leader_killed, ("writing",)))


@contextlib.contextmanager
def made(dice, chosen):
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-chaos-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        cluster = PatroniCluster().up()
        stack.callback(cluster.down)
        cluster.wait_for_synchronous()
        weir = ManyTimesWeir(cluster, folder, CONFIGURATION)
        main = weir.configuration["cluster"]["main"]
        main.pop("nodes")
        main["patroni"] = cluster.endpoints
        weir.write_configuration()
        stack.callback(weir.kill)
        weir.start().wait_for_nodes(3)
        world = PatroniWorld(cluster, None, weir, dice, chosen)
        world.stage.enter(world.clients)
        stack.callback(world.stage.end)
        try:
            yield world
        except BaseException:
            print(f"--- log of Weir\n{weir.tail(80)}")
            raise
        world.stage.end()
        weir.stop()


def test_patroni_is_followed():
    chosen = seed()
    with made(random.Random(chosen), chosen) as world:
        tally = play.play(world, ROUNDS, print)
        for line in tally.lines():
            measured(f"measured: Patroni: {line}")
        assert not tally.findings, f"{len(tally.findings)} findings:\n" + "\n".join(tally.findings[:40])
