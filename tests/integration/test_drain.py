"""SIGTERM lets running transactions end, takes nobody new, and has an end itself."""
import signal
import time

import psycopg
import pytest

from support.raw_client import RawClient, query
from support.waiting import wait_until


def refused(weir):
    try:
        weir.connect().close()
        return False
    except psycopg.OperationalError:
        return True


def test_a_transaction_is_let_end(start_weir, table, cluster):
    weir = start_weir({"server": {"drain_timeout_ms": 30000}})
    with weir.connect() as busy:
        busy.execute("begin")
        busy.execute(f"insert into {table} values (100, 'before')")
        weir.signal(signal.SIGTERM)
        wait_until(lambda: refused(weir), "nobody new gets in")
        assert weir.is_running()
        busy.execute(f"insert into {table} values (101, 'while draining')")
        busy.execute("commit")
        assert weir.wait(10) == 0
    assert cluster.value("primary", f"select count(*) from {table} where id >= 100") == 2


def test_a_running_statement_is_let_end(start_weir, cluster):
    statement = "select 'ended well', pg_sleep(1)"
    weir = start_weir({"auth": {"method": "trust"}, "server": {"drain_timeout_ms": 30000}})
    with RawClient(weir.port) as client:
        client.log_in()
        client.send(query(statement))
        wait_until(lambda: cluster.running(statement), "it runs")
        weir.signal(signal.SIGTERM)
        assert client.rows() == [["ended well", ""]]
    assert weir.wait(10) == 0


def test_idle_sessions_are_told_and_closed(start_weir):
    weir = start_weir({"auth": {"method": "trust"}, "server": {"drain_timeout_ms": 30000}})
    with RawClient(weir.port) as idle:
        idle.log_in()
        assert idle.ask("select 1") == [["1"]]
        weir.signal(signal.SIGTERM)
        data = idle.all_until_closed()
    assert data[:1] == b"E" and b"C57P01" in data
    assert weir.wait(10) == 0


def test_nothing_to_wait_for(start_weir):
    weir = start_weir()
    began = time.monotonic()
    weir.signal(signal.SIGTERM)
    assert weir.wait(10) == 0
    assert time.monotonic() - began < 3


def test_the_time_limit_ends_a_transaction_that_does_not(start_weir, table, cluster):
    weir = start_weir({"server": {"drain_timeout_ms": 700}})
    with weir.connect() as stuck:
        stuck.execute("begin")
        stuck.execute(f"update {table} set word = 'never' where id = 1")
        began = time.monotonic()
        weir.signal(signal.SIGTERM)
        assert weir.wait(15) == 0
        assert 0.6 < time.monotonic() - began < 10
        with pytest.raises(psycopg.OperationalError):
            stuck.execute("commit")
    assert cluster.value("primary", f"select word from {table} where id = 1") == "word 1"


def test_a_second_signal_ends_at_once(start_weir, table):
    weir = start_weir({"server": {"drain_timeout_ms": 60000}})
    busy = weir.connect()
    busy.execute("begin")
    busy.execute(f"update {table} set word = 'never' where id = 1")
    weir.signal(signal.SIGTERM)
    wait_until(lambda: refused(weir), "it drains")
    assert weir.is_running()
    began = time.monotonic()
    weir.signal(signal.SIGTERM)
    weir.wait(10)
    assert time.monotonic() - began < 3
    with pytest.raises(psycopg.OperationalError):
        busy.execute("commit")


def test_readyz_tells_the_balancer_before_the_door_closes(start_weir, table):
    weir = start_weir({"server": {"drain_delay_ms": 1500, "drain_timeout_ms": 30000}})
    assert weir.http("/readyz")[0] == 200
    weir.signal(signal.SIGTERM)
    wait_until(lambda: weir.http("/readyz")[0] == 503, "readyz says 503", 1.4)
    assert weir.http("/livez")[0] == 200
    weir.connect().close()  # the door is still open
    assert weir.wait(15) == 0


def test_sessions_at_the_nodes_are_closed(start_weir, cluster):
    weir = start_weir()
    with weir.connect() as session:
        session.execute("select txid_current()")
    assert cluster.backends("primary")
    weir.signal(signal.SIGTERM)
    assert weir.wait(10) == 0
    for node in cluster.nodes:
        wait_until(lambda which=node: not cluster.backends(which), "nothing is left at the node")
