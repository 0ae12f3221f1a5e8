"""Read your writes and never go back, on replicas that follow, fall back and are replaced in unusual ways."""
import concurrent.futures
import contextlib
import json
import os
import shutil
import signal
import subprocess

import pytest

from support.real_cluster import RealCluster
from support.waiting import wait_until

pytestmark = pytest.mark.deadline(150)
OVERRIDES = {"routing": {"audit_every": 1}}
PAGE = 8192


@contextlib.contextmanager
def lone_cluster(replicas):
    """For a test that changes for good what it does to, or a part of."""
    made = RealCluster(("--replicas", str(replicas))).up()
    try:
        prepare_counter(made)
        yield made
    finally:
        made.down()


@pytest.fixture
def counter(cluster):
    prepare_counter(cluster)
    yield
    cluster.ask("primary", "drop table counter")


def prepare_counter(cluster):
    with cluster.connect() as direct:
        direct.execute("drop table if exists counter")
        direct.execute("create table counter (id int primary key, n bigint not null, filler text)")
        direct.execute("insert into counter values (1, 0, '')")
    cluster.wait_caught_up()


def write(session):
    return session.execute("update counter set n = n + 1 where id = 1 returning n").fetchone()[0]


def read(session):
    return session.execute("select n from counter where id = 1").fetchone()[0]


def port_of(session):
    """Of the node that answered the last statement."""
    return int(session.execute("show weir.node").fetchone()[0].rsplit(":", 1)[1])


def replica_ports(cluster):
    return {cluster.port(node) for node in cluster.replicas}


def wait_for_a_replica(session, cluster, value):
    """Reads find the value all the time, and before long on a replica. Its port."""
    def served():
        assert read(session) == value
        port = port_of(session)
        return port if port in replica_ports(cluster) else None
    return wait_until(served, "a replica serves the read")


def wait_to_be_served_by(session, cluster, node):
    """Writes, and reads them, until that replica has been read from."""
    wait_until(lambda: wait_for_a_replica(session, cluster, write(session)) == cluster.port(node),
               f"{node} serves reads")


def write_and_read(session, rounds):
    for _ in range(rounds):
        before = read(session)
        assert before + 1 == write(session) == read(session)


@contextlib.contextmanager
def follows(cluster, node, **settings):
    """The replica gets its log in another way."""
    for name, value in settings.items():
        cluster.ask(node, f"alter system set {name} = '{value}'")
    cluster.ask(node, "select pg_reload_conf()")
    try:
        yield
    finally:
        for name in settings:
            cluster.ask(node, f"alter system reset {name}")
        cluster.ask(node, "select pg_reload_conf()")
        cluster.wait_caught_up()


def test_a_replica_behind_a_cascade(cluster, start_weir, counter):
    weir = start_weir(OVERRIDES)
    usual = cluster.value("replica2", "show primary_conninfo")
    behind = usual.replace(f"port={cluster.port()}", f"port={cluster.port('replica1')}").replace("'", "''")
    assert behind != usual
    with follows(cluster, "replica2", primary_conninfo=behind, primary_slot_name=""), weir.connect() as session:
        wait_until(lambda: cluster.ask("replica2", "select sender_port from pg_stat_wal_receiver where status = 'streaming'") ==
                   [(cluster.port("replica1"),)], "replica2 follows replica1")
        write_and_read(session, 50)
        wait_to_be_served_by(session, cluster, "replica1")
        cluster.command("pause", "replica1")
        try:
            write_and_read(session, 20)
            wait_to_be_served_by(session, cluster, "replica2")
        finally:
            cluster.command("resume", "replica1")
    assert weir.metric("weir_stale_reads_total") == 0


def test_a_replica_that_replays_from_an_archive(cluster, start_weir, counter):
    """It is as far as what was archived: reads that need more run elsewhere."""
    weir = start_weir(OVERRIDES)
    archive = f"{cluster.directory}/nodes/primary/pg_wal"
    with follows(cluster, "replica2", primary_conninfo="", restore_command=f"cp {archive}/%f %p"), \
            weir.connect() as session:
        wait_until(lambda: not cluster.ask("replica2", "select from pg_stat_wal_receiver"), "it streams no more")
        write_and_read(session, 50)
        wait_to_be_served_by(session, cluster, "replica1")
        cluster.stop("replica1")
        try:
            value = write(session)
            assert read(session) == value
            cluster.ask("primary", "select pg_switch_wal()")
            assert wait_for_a_replica(session, cluster, value) == cluster.port("replica2")
        finally:
            cluster.start("replica1")
    assert weir.metric("weir_stale_reads_total") == 0


def test_a_commit_at_the_end_of_a_page_or_segment(cluster, start_weir, counter):
    """On an idle server, whatever is left of the page when it is written: replicas are found to have reached it."""
    weir = start_weir(OVERRIDES)
    with weir.connect() as session, cluster.connect(user="postgres") as direct:
        direct.execute("checkpoint")
        for left in range(24, 400, 8):
            at = direct.execute("select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint").fetchone()[0]
            padding = (PAGE - at % PAGE - left - 64) % PAGE
            direct.execute("select pg_logical_emit_message(false, '', repeat('x', %s))", (padding,))
            wait_for_a_replica(session, cluster, write(session))
        for _ in range(3):
            direct.execute("select pg_switch_wal()")
            wait_for_a_replica(session, cluster, write(session))


def test_a_replica_whose_probe_hangs(cluster, start_weir, counter):
    """Its other processes work: it may hold old rows, and is not asked for new ones."""
    weir = start_weir({**OVERRIDES, "cluster": {"main": {"probe_timeout_ms": 500}}})
    with open(f"{cluster.directory}/nodes/replica1/postmaster.pid", encoding="ascii") as file:
        stopped = [int(file.readline())]
    with weir.connect() as session:
        wait_to_be_served_by(session, cluster, "replica1")
        stopped += [pid for (pid,) in cluster.ask(
            "replica1", "select pid from pg_stat_activity where usename = 'weir' and datname = 'postgres'")]
        assert len(stopped) > 1
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            write_and_read(session, 50)
            wait_until(lambda: weir.metric("weir_node_up") == 2, "it is seen")
            wait_to_be_served_by(session, cluster, "replica2")
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
        weir.wait_for_nodes(3)
        wait_to_be_served_by(session, cluster, "replica1")
    assert weir.metric("weir_stale_reads_total") == 0


def test_nothing_lags_while_nothing_is_written(cluster, start_weir, counter):
    weir = start_weir({"routing": {"max_lag_ms": 200}})
    cluster.ask("primary", "select pg_sleep(1)")
    with weir.connect() as session:
        for _ in range(20):
            read(session)
            assert port_of(session) in replica_ports(cluster)
    for node in cluster.replicas:
        assert weir.metric("weir_node_lag_seconds", node=f"127.0.0.1:{cluster.port(node)}") == 0


def test_a_replica_that_crashed_replays_what_it_had_shown(start_weir):
    """It may take readers before it is as far as it was: a session never sees that (FACTS 3)."""
    with lone_cluster(1) as own, concurrent.futures.ThreadPoolExecutor(1) as aside:
        weir = start_weir(OVERRIDES, nodes=own)
        with weir.connect() as session:
            for _ in range(3):
                own.ask("primary", "insert into counter select i, 0, repeat('x', 500)"
                                   " from generate_series(2, 60000) i")
                own.ask("primary", "delete from counter where id > 1")
                wait_to_be_served_by(session, own, "replica1")
                seen = read(session)
                own.command("stop", "replica1", "--crash")
                starting = aside.submit(own.start, "replica1")
                while not starting.done():
                    assert read(session) == seen
                starting.result()
                assert wait_for_a_replica(session, own, seen) == own.port("replica1")
        assert weir.metric("weir_stale_reads_total") == 0


def test_a_primary_that_crashed_and_came_back(start_weir):
    """What was acknowledged and not flushed is lost, and nobody waits for it for ever."""
    with lone_cluster(1) as own:
        weir = start_weir(OVERRIDES, nodes=own)
        with weir.connect() as session, weir.connect() as lazy:
            lazy.execute("set synchronous_commit = off")
            for _ in range(50):
                write(lazy)
            own.command("stop", "primary", "--crash")
            own.start("primary")
            weir.wait_for_nodes(2)
            left = read(session)
            assert left <= 50
            write_and_read(session, 5)
            wait_for_a_replica(session, own, left + 5)
            wait_for_a_replica(lazy, own, left + 5)


def fork_of(cluster):
    """Where timeline 2 began, as its history file says."""
    with open(f"{cluster.directory}/nodes/replica1/pg_wal/00000002.history", encoding="ascii") as file:
        high, low = file.read().split()[1].split("/")
    return int(high, 16) << 32 | int(low, 16)


def test_a_failover_that_lost_acknowledged_writes(start_weir):
    """The session and a token of the dead branch go on with what there is, and it is not pretended to be more."""
    with lone_cluster(2) as own:
        weir = start_weir(OVERRIDES, nodes=own)
        with weir.connect() as session:
            wait_for_a_replica(session, own, write(session))
            for node in own.replicas:
                own.ask(node, "alter system set primary_conninfo = ''")
                own.ask(node, "select pg_reload_conf()")
                wait_until(lambda node=node: not own.ask(node, "select from pg_stat_wal_receiver"), "it is cut off")
            assert write(session) == 2 and read(session) == 2
            token = session.execute("show weir.token").fetchone()[0]
            own.command("stop", "primary", "--crash")
            for node in own.replicas:
                own.ask(node, "alter system reset primary_conninfo")
            own.command("promote", "replica1")
            assert read(session) == 1
            with weir.connect() as other:
                other.execute(f"set weir.token = '{token}'")
                assert other.execute("show weir.token").fetchone()[0].split("-")[2:] == ["2", f"{fork_of(own):x}"]
                assert read(other) == 1
                wait_until(lambda: read(other) == 1 and port_of(other) == own.port("replica2"), "replica2 serves it")
                write_and_read(other, 5)
            # What another session has written comes to this one in its time.
            wait_until(lambda: read(session) == 6, "it sees what the other one has written")
            write_and_read(session, 5)
            assert wait_for_a_replica(session, own, 11) == own.port("replica2")
        assert weir.metric("weir_stale_reads_total") == 0


def test_positions_above_four_gigabytes(start_weir):
    with lone_cluster(1) as own:
        own.stop("replica1")
        own.stop("primary")
        status = json.loads(own.command("status", "--json"))
        reset = [f"{status['bin_dir']}/pg_resetwal", "-l", "000000010000000500000000",
                 "-D", f"{own.directory}/nodes/primary"]
        as_owner = ["runuser", "-u", own.run_as, "--"] if os.geteuid() == 0 else []
        subprocess.run([*as_owner, *reset], check=True, capture_output=True, cwd="/")
        own.start("primary")
        shutil.rmtree(f"{own.directory}/nodes/replica1")
        own.command("rejoin", "replica1")
        assert own.value("primary", "select pg_current_wal_lsn() > '5/0'")
        weir = start_weir(OVERRIDES, nodes=own)
        with weir.connect() as session, weir.connect() as other:
            write_and_read(session, 20)
            wait_for_a_replica(session, own, 20)
            token = session.execute("show weir.token").fetchone()[0]
            other.execute(f"set weir.token = '{token}'")
            assert read(other) == 20
        assert weir.metric("weir_stale_reads_total") == 0
