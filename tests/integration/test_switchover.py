"""A planned switchover under load: no client sees an error, nothing acknowledged is lost."""
import threading
import time

import psycopg
import pytest

from support.places import measured
from support.real_cluster import RealCluster
from support.waiting import wait_until

WRITERS = 4
READERS = 2
WITHIN_MS = 30000


@pytest.fixture(scope="module")
def own():
    made = RealCluster(("--replicas", "2")).up()
    yield made
    made.down()


class Load:
    """Threads that write rows of their own and read: what was acknowledged, and what went wrong."""

    def __init__(self, weir):
        self.weir, self.over = weir, threading.Event()
        self.acknowledged = [[] for _ in range(WRITERS)]
        self.reads = [0] * READERS
        self.errors = []
        self.longest = 0.0
        works = [(self._write, n) for n in range(WRITERS)] + [(self._read, n) for n in range(READERS)]
        self.threads = [threading.Thread(target=self._run, args=work) for work in works]

    def __enter__(self):
        with self.weir.connect() as session:
            session.execute("create table if not exists kept (writer int, number int, primary key (writer, number))")
            session.execute("truncate kept")
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(30)

    def _run(self, work, number):
        try:
            with self.weir.connect() as session:
                while not self.over.is_set():
                    work(session, number)
        except Exception as error:  # whatever it is, the client has seen it
            self.errors.append(f"{work.__name__} {number}: {error!r}")

    def _write(self, session, writer):
        number, began = len(self.acknowledged[writer]), time.monotonic()
        if number % 2:
            with session.transaction():
                session.execute("insert into kept values (%s, %s)", (writer, number))
                session.execute("select count(*) from kept where writer = %s", (writer,))
        else:
            session.execute("insert into kept values (%s, %s)", (writer, number))
        self.acknowledged[writer].append(number)
        self.longest = max(self.longest, time.monotonic() - began)
        seen = session.execute("select max(number) from kept where writer = %s", (writer,)).fetchone()
        assert seen == (number,), f"{seen} is not the last one written, {number}"

    def _read(self, session, reader):
        session.execute("select count(*) from kept").fetchone()
        self.reads[reader] += 1

    def goes_on(self, by=30):
        """Until every writer and every reader has done so much more."""
        written = [len(done) for done in self.acknowledged]
        read = list(self.reads)
        wait_until(lambda: self.errors or (
            all(len(done) >= was + by for done, was in zip(self.acknowledged, written))
            and all(now >= was + by for now, was in zip(self.reads, read))), "the load goes on", 30)

    def reads_go_on(self, by=30):
        before = sum(self.reads)
        wait_until(lambda: self.errors or sum(self.reads) >= before + by, "reads go on", 30)


def sees_primary(weir, own, node):
    name = f"127.0.0.1:{own.port(node)}"
    wait_until(lambda: weir.metric("weir_node_role", role="primary", node=name) == 1, f"{node} leads", 30)


def judge(load, own, primary, how):
    assert load.errors == []
    rows = {(row[0], row[1]) for row in own.ask(primary, "select writer, number from kept")}
    written = {(writer, n) for writer, done in enumerate(load.acknowledged) for n in done}
    assert written - rows == set(), "acknowledged and lost"
    measured(f"measured: switchover by {how}: {len(written)} writes acknowledged, 0 lost, 0 errors, "
             f"longest write {load.longest * 1000:.0f} ms")


@pytest.mark.deadline(180)
def test_by_pause_and_back_by_drain(start_weir, own):
    weir = start_weir(nodes=own)
    with weir.connect(dbname="weir", user="postgres") as console:
        with Load(weir) as load:
            load.goes_on()
            console.execute(f"PAUSE WITHIN {WITHIN_MS}")
            own.command("promote", "replica1", "--stop-old")
            sees_primary(weir, own, "replica1")
            console.execute("RESUME")
            load.goes_on()
        judge(load, own, "replica1", "PAUSE")
        own.command("rejoin", "primary")
        weir.wait_for_nodes(3)
        old = f"127.0.0.1:{own.port('replica1')}"
        with Load(weir) as load:
            load.goes_on()
            console.execute(f"DRAIN NODE {old} WITHIN {WITHIN_MS}")
            load.reads_go_on()
            own.command("promote", "primary", "--stop-old")
            sees_primary(weir, own, "primary")
            load.goes_on()  # the old primary is still drained
            own.command("rejoin", "replica1")
            weir.wait_for_nodes(3)
            console.execute(f"UNDRAIN NODE {old}")
            load.goes_on()
        judge(load, own, "primary", "DRAIN NODE")


@pytest.mark.deadline(120)
def test_a_primary_that_has_a_successor_loses_its_connections(start_weir, own):
    """It runs on, as a primary of the old timeline: nothing of Weir's stays there, and nothing is written to it."""
    old = next(node for node in own.nodes if not own.value(node, "select pg_is_in_recovery()", dbname="postgres"))
    new = next(node for node in own.nodes if node != old)
    weir = start_weir(nodes=own)
    with weir.connect(autocommit=True) as writer, weir.connect() as amid:
        writer.execute("create table if not exists seen (n integer)")
        writer.execute("truncate seen")
        writer.execute("insert into seen values (1)")
        amid.execute("begin")
        amid.execute("insert into seen values (2)")
        assert own.backends(old)
        own.command("promote", new)
        sees_primary(weir, own, new)
        wait_until(lambda: not own.backends(old), "it has none of Weir's connections")
        with pytest.raises(psycopg.OperationalError, match="nothing of it is done"):
            amid.execute("commit")
        writer.execute("insert into seen values (3)")
        assert not own.backends(old)
    assert [row[0] for row in own.ask(new, "select n from seen order by n")] == [1, 3]
    assert [row[0] for row in own.ask(old, "select n from seen order by n")] == [1]
    own.command("rejoin", old)
