"""A replica that is slow, silent, or in the way of reads gets fewer of them, or none, and nobody sees an error."""
import time

import pytest
from psycopg.rows import dict_row

from support.places import measured
from support.tcp_gate import TcpGate
from support.waiting import wait_until


class GatedReplica:
    """The cluster as Weir is told of it: the way to its first replica leads through a gate."""

    def __init__(self, cluster):
        self.cluster, self.nodes, self.name = cluster, cluster.nodes, cluster.replicas[0]
        self.gate = TcpGate(cluster.port(self.name))

    def conninfo(self, node):
        return f"host=127.0.0.1 port={self.gate.port}" if node == self.name else self.cluster.conninfo(node)


@pytest.fixture
def gated(cluster):
    made = GatedReplica(cluster)
    with made.gate:
        yield made


@pytest.fixture
def weir(start_weir, gated):
    return start_weir({"cluster": {"main": {"slow_start_ms": 1500, "probe_timeout_ms": 500}}}, nodes=gated)


@pytest.fixture
def console(weir):
    with weir.connect(dbname="weir", user="postgres", row_factory=dict_row, prepare_threshold=None) as session:
        yield session


def row_of(console, port):
    return next(row for row in console.execute("SHOW NODES") if int(row["port"]) == port)


def reads(session, table, count):
    """How many of them each port answered."""
    ports = {}
    for _ in range(count):
        assert session.execute(f"select count(*) from {table}").fetchone()[0] == 10
        port = int(session.execute("show weir.node").fetchone()[0].rsplit(":", 1)[1])
        ports[port] = ports.get(port, 0) + 1
    return ports


def read_by_newcomers(weir, table, count):
    """As reads(), by a session each: one that reads without a rest stays with its replica."""
    ports = []
    for _ in range(count):
        with weir.connect() as session:
            ports += reads(session, table, 1)
    return ports


def test_a_slow_replica_is_not_read_from_and_comes_back_by_slow_start(weir, gated, console, table):
    gate = gated.gate
    with weir.connect() as session:
        assert gate.port in read_by_newcomers(weir, table, 12), "both replicas are read from at first"
        gate.delay_seconds = 0.2
        slow = wait_until(lambda: row_of(console, gate.port)["trouble"], "the slow replica is found")
        assert slow.startswith("slow: it answers a probe after 2"), slow
        assert row_of(console, gate.port)["state"] == "up"
        assert gate.port not in read_by_newcomers(weir, table, 12)
        assert gate.port not in reads(session, table, 30)
        assert weir.metric("weir_node_read_share", node=f"127.0.0.1:{gate.port}") == 0

        gate.delay_seconds = 0.0
        wait_until(lambda: not row_of(console, gate.port)["trouble"], "it is read from again")
        back = row_of(console, gate.port)
        assert back["read_limit"] == "slow start" and int(back["read_percent"]) < 100, back
        wait_until(lambda: int(row_of(console, gate.port)["read_percent"]) == 100, "it has its full share")
        ports = read_by_newcomers(weir, table, 16)
        assert 4 <= ports.count(gate.port) <= 12, ports
    assert "is not read from: slow" in weir.log() and "is read from again" in weir.log()


def test_a_host_that_says_nothing_any_more_is_noticed_and_left(weir, gated, console, table):
    gate = gated.gate
    with weir.connect() as session:
        reads(session, table, 10)
        gate.is_black_hole = True
        began = time.monotonic()
        wait_until(lambda: row_of(console, gate.port)["state"] == "down", "the silent replica is down", 5)
        measured(f"measured: a replica behind a black hole was down after {time.monotonic() - began:.2f} s "
                 "(probe_timeout_ms = 500)")
        assert "no answer within 500 ms" in row_of(console, gate.port)["trouble"]
        assert gate.port not in reads(session, table, 30)
        assert gate.port not in read_by_newcomers(weir, table, 12)
        gate.is_black_hole = False
        wait_until(lambda: row_of(console, gate.port)["state"] == "up", "it is up again")
        wait_until(lambda: gate.port in read_by_newcomers(weir, table, 12), "it is read from again")


def test_a_recovery_conflict_lowers_the_share_of_its_replica(start_weir, cluster, table):
    for node in cluster.replicas:
        cluster.ask(node, "alter system set max_standby_streaming_delay = 0")
        cluster.ask(node, "select pg_reload_conf()")
    try:
        weir = start_weir()
        with weir.connect(dbname="weir", user="postgres", row_factory=dict_row, prepare_threshold=None) as console, \
                weir.connect() as session:
            session.execute("begin read only")
            session.execute(f"select count(*) from {table}")
            port = int(session.execute("show weir.node").fetchone()[0].rsplit(":", 1)[1])
            assert port != cluster.port("primary")
            cluster.ask("primary", f"alter table {table} add column conflict integer")
            wait_until(lambda: row_of(console, port)["read_limit"] == "recovery conflicts",
                       "the conflict is told of the replica")
            assert int(row_of(console, port)["read_percent"]) <= 60
            assert row_of(console, port)["trouble"] == ""
            session.execute("rollback")
    finally:
        for node in cluster.replicas:
            cluster.ask(node, "alter system reset max_standby_streaming_delay")
            cluster.ask(node, "select pg_reload_conf()")
