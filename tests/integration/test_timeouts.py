"""client_idle_timeout_ms, idle_in_transaction_timeout_ms, query_timeout_ms: off by default, in force when set."""
import psycopg
import pytest
from psycopg.rows import dict_row

from support.waiting import wait_until


def clients(weir, state):
    with weir.connect(dbname="weir", user="postgres", row_factory=dict_row) as console:
        return [row for row in console.execute("SHOW CLIENTS") if row["database"] == "app"
                and row["in_transaction"] == state]


def test_an_idle_client_is_ended_and_others_are_not(start_weir):
    weir = start_weir({"server": {"client_idle_timeout_ms": 500}})
    with weir.connect() as idle, weir.connect() as busy, weir.connect() as inside:
        inside.execute("begin")
        inside.execute("select 1")
        idle.execute("select 1")
        wait_until(lambda: busy.execute("select 1") and len(clients(weir, "no")) == 1, "the idle one is gone")
        assert busy.execute("select 1").fetchone() == (1,)
        assert inside.execute("select 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError) as seen:
            idle.execute("select 1")
        assert "idle-session timeout" in str(seen.value)
        assert "client_idle_timeout_ms" in str(seen.value)


def test_a_transaction_that_waits_for_its_client_is_rolled_back(start_weir, cluster, table):
    weir = start_weir({"server": {"idle_in_transaction_timeout_ms": 500}})
    with weir.connect() as outside, weir.connect() as session:
        outside.execute("select 1")
        session.execute("begin")
        session.execute(f"update {table} set word = 'never' where id = 1")
        wait_until(lambda: not clients(weir, "yes"), "the transaction is ended")
        with pytest.raises(psycopg.OperationalError, match="idle-in-transaction timeout"):
            session.execute("commit")
        assert outside.execute("select 1").fetchone() == (1,)
    cluster.ask("primary", "set lock_timeout = '5s'")
    assert cluster.ask("primary", f"update {table} set word = 'free' where id = 1 returning word") == [("free",)]


def test_a_statement_that_runs_too_long_is_cancelled(start_weir, cluster, table):
    weir = start_weir({"server": {"query_timeout_ms": 500}})
    with weir.connect() as session:
        for statement in (f"insert into {table} select 100 from pg_sleep(60)", "select pg_sleep(60)"):
            with pytest.raises(psycopg.errors.QueryCanceled) as seen:
                session.execute(statement)
            assert seen.value.diag.message_primary == "canceling statement due to query timeout"
            assert "query_timeout_ms" in seen.value.diag.message_detail
        assert session.execute(f"select count(*) from {table}").fetchone() == (10,)
    assert cluster.running("pg_sleep(60)") == []


def test_a_reload_brings_limits_to_those_who_are_idle_already(start_weir):
    weir = start_weir()
    with weir.connect() as session, weir.connect(dbname="weir", user="postgres") as console:
        session.execute("select 1")
        weir.write_configuration({"server": {"client_idle_timeout_ms": 300}})
        changed = console.execute("RELOAD").fetchall()
        assert ("server.client_idle_timeout_ms: changed",) in changed
        wait_until(lambda: not clients(weir, "no"), "the idle one is gone")
        with pytest.raises(psycopg.OperationalError, match="idle-session timeout"):
            session.execute("select 1")
