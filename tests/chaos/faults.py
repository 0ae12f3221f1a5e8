"""What goes wrong: each fault is played to its end, under load, and leaves a whole cluster behind."""
import concurrent.futures
import contextlib
import dataclasses
import signal
import threading
import time
from typing import Callable

import psycopg

import oracle
from oracle import Pause
from support.waiting import wait_until

EVERYBODY = ("writing", "reading", "idle")


@dataclasses.dataclass
class Observed:
    """What a fault has to tell beside what the clients note."""

    detail: str = ""
    pause: Pause | None = None
    fenced: list = dataclasses.field(default_factory=list)  # writes that the old primary took


@dataclasses.dataclass
class Fault:
    name: str
    play: Callable  # World -> Observed
    hurts: tuple = ()  # kinds of clients that may see errors


def replica_killed(world):
    node = world.dice.choice(world.replicas)
    world.command("stop", node, "--crash")
    world.let_work()
    world.command("start", node)
    world.wait_caught_up()
    world.wait_for_nodes()
    return Observed(node)


def replica_frozen(world):
    node = world.dice.choice(world.replicas)
    with world.frozen(node):
        world.wait_for_nodes(2)
        world.let_work()
    world.wait_for_nodes()
    world.wait_caught_up()
    return Observed(node)


class FirstCommit:
    """A direct client of a node, which tries until it has committed: when the node could take writes."""

    def __init__(self, world, node):
        self._world, self._node = world, node
        self._at = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def at(self):
        return wait_until(lambda: self._at, f"{self._node} takes a commit", 60)

    def _run(self):
        while self._at is None and not self._world.stage.is_over:
            try:
                with self._world.cluster.connect(self._node, connect_timeout=5) as session:
                    session.execute("insert into chaos_direct default values")
                    self._at = time.monotonic()
            except psycopg.Error:
                self._world.stage.let_pass(0.01)


def primary_killed(world):
    """Its furthest replica is promoted; it comes back as a second primary, gets nothing, and follows."""
    old = world.primary
    world.command("stop", old, "--crash")
    dead = time.monotonic()
    pause = _promote(world, world.furthest_replica(), dead)
    world.let_work()
    fenced = _come_back_alone(world, old)
    world.bring_back(old)
    return Observed(f"{old}, then {world.primary}", pause, fenced)


def _promote(world, node, dead):
    direct = FirstCommit(world, node)
    world.command("promote", node)
    world.primary = node
    promoted = direct.at()
    world.use_idle()
    return Pause(promoted - dead, world.all_writers_since(dead) - dead)


def _come_back_alone(world, old):
    """The old primary, as it was: what it takes now would be lost."""
    since = time.monotonic()
    world.command("start", old)
    world.cluster.ask(old, "alter system set synchronous_standby_names = ''", dbname="postgres")
    world.cluster.ask(old, "select pg_reload_conf()")
    world.let_work()
    wait_until(lambda: "primary" in _node_row(world, old), f"Weir has asked {old}", 20)
    world.let_work()
    return oracle.written_to_the_fenced(world.notebook.writes, oracle.rows_of(world.rows_at(old)), since)


def _node_row(world, node):
    """What SHOW NODES tells of it, as one text."""
    with world.console() as console:
        rows = console.execute("show nodes").fetchall()
    port = str(world.gates.port(node))
    texts = (" ".join(map(str, row.values())) for row in rows if port in map(str, row.values()))
    return next(texts, "")


def node_stalled(world):
    return _partition(world, world.dice.choice(world.replicas), "stall")


def node_cut(world):
    return _partition(world, world.dice.choice(world.replicas), "cut")


def _partition(world, node, how):
    world.gates.set(node, how)
    world.wait_for_nodes(2)
    world.let_work(0 if node == world.primary else 60)
    world.gates.set(node, "open")
    world.wait_for_nodes()
    world.let_work()
    return Observed(f"{node}, {how}")


def primary_parted(world):
    """Nobody is promoted: writes wait until it is reached again."""
    return _partition(world, world.primary, world.dice.choice(("stall", "cut")))


def pool_filled(world):
    """As many clients as a pool has connections, and more, hold a transaction open."""
    hold = threading.Event()
    begun, failures = [], []

    def occupy():
        try:
            with world.weir.connect() as session, session.transaction():
                session.execute("insert into chaos_direct default values")
                begun.append(1)
                hold.wait(20)
        except psycopg.Error as error:
            failures.append(error)

    threads = [threading.Thread(target=occupy) for _ in range(16)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: len(begun) >= 6 or failures, "clients hold connections", 15)
        world.let_work(0, 100)
    finally:
        hold.set()
        for thread in threads:
            thread.join()
    assert not failures, failures
    world.let_work()
    return Observed(f"{len(begun)} transactions")


def weir_restarted(world):
    """Told to, or killed: clients connect again, and what was acknowledged stays."""
    how = world.dice.choice(("SIGTERM", "kill -9"))
    if how == "SIGTERM":
        world.weir.stop()
    else:
        world.weir.crash()
    world.weir.start()
    world.wait_for_nodes()
    world.let_work()
    return Observed(how)


def pause(world, console):
    """Who keeps a connection between transactions is in its way, and is sent away, as the documentation says."""
    with concurrent.futures.ThreadPoolExecutor(1) as aside, world.console() as other:
        paused = aside.submit(console.execute, "pause")
        while not concurrent.futures.wait([paused], 0.05).done:
            rows = other.execute("show clients").fetchall()
            kept = [row for row in rows if row["node"] and (row["pins"] or row["database"] in world.session_mode)]
            for row in kept:
                if row["in_transaction"] == "no":
                    with contextlib.suppress(psycopg.errors.UndefinedObject):  # gone by itself
                        other.execute(f"kill_client {row['ptr']}")
        paused.result()


def switchover(world):
    """As an operator does it: PAUSE, promote, RESUME. Nobody sees an error but who is in its way."""
    old, node = world.primary, world.dice.choice(world.replicas)
    with world.console() as console:
        pause(world, console)
        begun = time.monotonic()
        world.command("promote", node, "--stop-old")
        world.primary = node
        console.execute("resume")
    seconds = world.all_writers_since(begun) - begun
    world.use_idle()
    world.bring_back(old)
    return Observed(f"{old}, then {node}; writes waited {seconds:.1f} s")


ALL = (
    Fault("replica killed", replica_killed),
    Fault("replica frozen", replica_frozen),
    Fault("primary killed", primary_killed, ("writing",)),
    Fault("node stalled", node_stalled),
    Fault("node cut", node_cut),
    Fault("primary parted", primary_parted, ("writing",)),
    Fault("pool filled", pool_filled),
    Fault("Weir restarted", weir_restarted, EVERYBODY),
    Fault("switchover", switchover),
)
