"""PAUSE, RESUME, DRAIN NODE, UNDRAIN NODE, KILL: what runs may end, what is new waits, nobody sees an error."""
import concurrent.futures
import signal
import subprocess
import time

import psycopg
import pytest
from psycopg.rows import dict_row

from support.waiting import wait_until


@pytest.fixture
def weir(start_weir):
    return start_weir({"pool": {"wait_timeout_ms": 300}})


def open_console(weir):
    """The console has no prepared statements; psycopg would prepare what it repeats."""
    return weir.connect(dbname="weir", user="postgres", row_factory=dict_row, prepare_threshold=None)


@pytest.fixture
def console(weir):
    with open_console(weir) as session:
        yield session


@pytest.fixture
def aside():
    """aside(function, ...) runs it in a thread; what it returns is asked for by result()."""
    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        yield threads.submit


def waiting(console):
    return sum(int(row["cl_waiting"]) for row in console.execute("SHOW POOLS"))


def paused(console, database="app"):
    return [int(row["paused"]) for row in console.execute("SHOW DATABASES") if row["name"] == database]


def node_name(cluster, node):
    return f"127.0.0.1:{cluster.port(node)}"


def drained(console):
    return sorted(row["node"] for row in console.execute("SHOW NODES") if row["drained"] == "yes")


def in_a_console(weir, command):
    with open_console(weir) as session:
        return session.execute(command).statusmessage


def insert(weir, table, number):
    with weir.connect() as session:
        session.execute(f"insert into {table} values ({number}, 'new')")
    return number


def test_a_pause_lets_transactions_end_and_new_ones_wait(weir, cluster, console, table, aside):
    with weir.connect() as busy, weir.connect() as writer, weir.connect() as reader:
        busy.execute("begin")
        busy.execute(f"insert into {table} values (100, 'before')")
        pause = aside(in_a_console, weir, "PAUSE app")
        wait_until(lambda: paused(console) == [1], "it is paused")
        write = aside(writer.execute, f"insert into {table} values (101, 'new')")
        read = aside(reader.execute, f"select count(*) from {table}")
        wait_until(lambda: waiting(console) == 2, "both wait")
        busy.execute(f"insert into {table} values (102, 'while pausing')")
        assert not pause.done()
        busy.execute("commit")
        assert pause.result(10) == "PAUSE"
        wait_until(lambda: not any(cluster.backends(node) for node in cluster.nodes), "all are closed")
        since = time.monotonic()  # wait_timeout_ms has no say while it is paused
        wait_until(lambda: time.monotonic() - since > 0.5, "some time has passed")
        assert not write.done() and not read.done()
        assert weir.metric("weir_database_paused", database="app") == 1
        console.execute("RESUME app")
        assert write.result(10).statusmessage == "INSERT 0 1"
        assert read.result(10).fetchone()
    assert paused(console) == [0]
    assert cluster.value("primary", f"select count(*) from {table} where id >= 100") == 3


def test_those_who_wait_go_on_in_their_order(start_weir, cluster, table, aside):
    weir = start_weir({"server": {"workers": 1}, "pool": {"size": 1}})
    with open_console(weir) as console:
        sessions = [weir.connect() for _ in range(8)]
        console.execute("PAUSE")
        writes = []
        for number, session in enumerate(sessions, 101):
            writes.append(aside(session.execute, f"insert into {table} values ({number}, 'new')"))
            wait_until(lambda: waiting(console) == len(writes), f"{number} waits")
        console.execute("RESUME")
        for write, session in zip(writes, sessions):
            write.result(10)
            session.close()
    rows = cluster.ask("primary", f"select id from {table} where id > 100 order by ctid")
    assert [row[0] for row in rows] == list(range(101, 109))


def test_a_statement_waits_on_its_own_time_and_may_be_cancelled(weir, console, table, aside):
    with weir.connect(options="-c statement_timeout=200") as session:
        console.execute("PAUSE")
        with pytest.raises(psycopg.errors.QueryCanceled, match="statement timeout"):
            session.execute(f"insert into {table} values (100, 'never')")
        console.execute("RESUME")
    with weir.connect() as session:
        console.execute("PAUSE")
        write = aside(session.execute, f"insert into {table} values (100, 'never')")
        wait_until(lambda: waiting(console) == 1, "it waits")
        session.cancel()
        with pytest.raises(psycopg.errors.QueryCanceled, match="user request"):
            write.result(10)
        console.execute("RESUME")
        assert session.execute(f"select count(*) from {table}").fetchone() == (10,)


def test_a_pause_that_takes_too_long_is_taken_back(weir, console, table):
    with weir.connect() as busy:
        busy.execute("begin")
        busy.execute(f"insert into {table} values (100, 'kept')")
        with pytest.raises(psycopg.errors.QueryCanceled, match="did not come to rest in time") as seen:
            console.execute("PAUSE app WITHIN 200")
        assert "1 connections are still in use" in seen.value.diag.message_detail
        assert insert(weir, table, 101) == 101
        busy.execute("commit")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        console.execute("RESUME app")


@pytest.mark.parametrize("how", ["cancels", "leaves"])
def test_a_pause_whose_console_goes_is_taken_back(weir, console, table, how):
    with weir.connect() as busy:
        busy.execute("begin")
        busy.execute(f"insert into {table} values (100, 'kept')")
        address = f"host=127.0.0.1 port={weir.port} user=postgres password=postgres dbname=weir"
        with subprocess.Popen(["psql", "-X", address, "-c", "PAUSE"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as other:
            wait_until(lambda: paused(console) == [1], "it is paused")
            other.send_signal(signal.SIGINT if how == "cancels" else signal.SIGKILL)
            told = other.communicate(timeout=10)[0]
        wait_until(lambda: paused(console) == [0], "it is not paused any more")
        assert ("canceling statement due to user request" in told) == (how == "cancels")
        assert insert(weir, table, 101) == 101
        busy.execute("rollback")


def test_what_is_not_there_is_told(console):
    for command, state in (("RESUME", "55000"), ("RESUME app", "55000"), ("DRAIN NODE nowhere", "42704"),
                           ("UNDRAIN NODE nowhere", "42704"), ("KILL_CLIENT 5", "42704"),
                           ("PAUSE app now", "42601")):
        with pytest.raises(psycopg.Error) as seen:
            console.execute(command)
        assert seen.value.sqlstate == state, command


def test_a_pinned_connection_holds_a_pause_up(weir, console, aside):
    with weir.connect() as pinned:
        pinned.execute("listen news")
        wait_until(lambda: console.execute("SHOW PINS").fetchall(), "it is pinned")
        pause = aside(in_a_console, weir, "PAUSE")
        wait_until(lambda: paused(console) == [1], "it is paused")
        assert pinned.execute("select 1").fetchone() == (1,), "it has its connection"
        assert not pause.done()
    assert pause.result(10) == "PAUSE"


def test_a_drained_replica_is_left_alone(weir, cluster, console, table, aside):
    one = cluster.replicas[0]
    with weir.connect() as warm:
        for _ in range(20):
            warm.execute(f"select word from {table}")
    statement = f"select pg_sleep(1) from {table} limit 1"
    reads = [aside(weir.connect().execute, statement) for _ in range(8)]
    wait_until(lambda: len(cluster.running(statement)) == 2, "both replicas read")
    assert in_a_console(weir, f"DRAIN NODE {node_name(cluster, one)}") == "DRAIN NODE"
    assert cluster.running(statement) in ([], [cluster.replicas[1]]), "after what ran there"
    wait_until(lambda: cluster.backends(one) == [], "its connections are closed")
    for read in reads:
        assert read.result(10)
    assert drained(console) == [node_name(cluster, one)]
    assert weir.metric("weir_node_drained") == 1
    cluster.forget_statements()
    with weir.connect() as session:
        for _ in range(20):
            session.execute(f"select word from {table} where id = 3")
    assert cluster.calls(one, f"select word from {table} where id") == 0
    assert cluster.calls(cluster.replicas[1], f"select word from {table} where id") == 20
    console.execute(f"UNDRAIN NODE {node_name(cluster, one)}")
    wait_until(lambda: drained(console) == [], "it is used again")
    for _ in range(20):
        with weir.connect() as session:
            session.execute(f"select word from {table} where id = 3")
    assert cluster.calls(one, f"select word from {table} where id") > 0


def test_a_drained_primary_keeps_writes_waiting_and_reads_going(weir, cluster, console, table, aside):
    name = node_name(cluster, "primary")
    with weir.connect() as reader:
        reader.execute(f"select word from {table}")
        console.execute(f"DRAIN NODE {name}")
        wait_until(lambda: cluster.backends("primary") == [], "its connections are closed")
        write = aside(insert, weir, table, 100)
        wait_until(lambda: waiting(console) == 1, "the write waits")
        for _ in range(20):
            assert len(reader.execute(f"select word from {table}").fetchall()) == 10
        assert not write.done()
    console.execute(f"UNDRAIN NODE {name}")
    assert write.result(10) == 100


def test_kill_ends_the_clients_and_pauses(weir, cluster, console, table, aside):
    with weir.connect() as idle, weir.connect() as busy:
        idle.execute("select 1")
        busy.execute("begin")
        busy.execute(f"insert into {table} values (100, 'lost')")
        cursor = console.execute("KILL app")
        assert cursor.statusmessage == "KILL 2"
        for session in (idle, busy):
            with pytest.raises(psycopg.OperationalError, match="administrator command"):
                session.execute("select 1")
    wait_until(lambda: cluster.backends("primary") == [], "the servers' connections are closed")
    write = aside(insert, weir, table, 101)
    wait_until(lambda: waiting(console) == 1, "who comes now waits")
    console.execute("RESUME app")
    assert write.result(10) == 101
    assert cluster.value("primary", f"select count(*) from {table} where id = 100") == 0


def test_one_client_can_be_killed(weir, console):
    with weir.connect() as one, weir.connect() as other:
        console.execute(f"KILL_CLIENT {one.info.backend_pid}")
        with pytest.raises(psycopg.OperationalError, match="administrator command"):
            one.execute("select 1")
        assert other.execute("select 1").fetchone() == (1,)
