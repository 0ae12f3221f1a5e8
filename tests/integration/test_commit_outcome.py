"""A COMMIT whose answer is lost: with commit_outcome Weir finds out what has become of it, and says only what is so."""
import concurrent.futures
import contextlib
import os
import signal

import psycopg
import pytest

from support.real_cluster import RealCluster
from support.waiting import wait_until

SLOW_CHECK = """
    create table slow (id integer primary key);
    create function take_time() returns trigger language plpgsql as
        'begin perform pg_sleep(60); return null; end';
    create constraint trigger later after insert on slow deferrable initially deferred
        for each row execute function take_time();
"""


@pytest.fixture(scope="module")
def own():
    """A cluster that these tests may break. Its synchronous standby is one that never comes."""
    made = RealCluster(("--replicas", "2")).up()
    with made.connect() as session:
        session.execute("create table done (id integer primary key)")
        session.execute(SLOW_CHECK)
    made.wait_caught_up()
    yield made
    made.down()


@pytest.fixture
def weir(own, prepare_weir):
    made = prepare_weir({"routing": {"failover_wait_ms": 60000}}, nodes=own).start()
    return made.wait_for_nodes(sum(answers(own, node) for node in own.nodes))


@contextlib.contextmanager
def commits_wait(own, node):
    """A COMMIT is done there, and its answer waits."""
    def set_to(value):
        own.ask(node, f"alter system set synchronous_standby_names = '{value}'")
        own.ask(node, "select pg_reload_conf()")
        wait_until(lambda: own.value(node, "show synchronous_standby_names") == value, "it counts")

    set_to("nobody")
    yield
    if answers(own, node):
        set_to("")


def answers(own, node):
    with contextlib.suppress(psycopg.OperationalError):
        return own.value(node, "select true")
    return False


def commit(session, table, number):
    session.execute("begin")
    session.execute(f"insert into {table} values ({number})")
    session.execute("commit")
    return "committed"


def committing(own, node, event):
    rows = own.ask(node, "select pid from pg_stat_activity where query = 'commit' and wait_event = %s", (event,))
    return rows[0][0] if rows else None


@contextlib.contextmanager
def under_way(own, weir, node, table, number, event="SyncRep"):
    """(the session, what its COMMIT comes to, the pid of its server process)."""
    with concurrent.futures.ThreadPoolExecutor(1) as threads, \
            weir.connect(options="-c weir.commit_outcome=on") as session:
        assert session.execute("show weir.commit_outcome").fetchone() == ("on",)
        result = threads.submit(commit, session, table, number)
        wait_until(lambda: committing(own, node, event), "it commits")
        yield session, result, committing(own, node, event)


def rows(own, node, table, number):
    return own.value(node, f"select count(*) from {table} where id = {number}")


def test_a_connection_that_is_ended_when_all_is_done(own, weir):
    with commits_wait(own, "primary"), under_way(own, weir, "primary", "done", 1) as (session, result, pid):
        own.ask("primary", "select pg_terminate_backend(%s)", (pid,))
        assert result.result(30) == "committed"
        assert session.execute("select count(*) from done where id = 1").fetchone() == (1,)
    assert rows(own, "primary", "done", 1) == 1


def test_a_connection_that_is_ended_before(own, weir):
    with under_way(own, weir, "primary", "slow", 1, event="PgSleep") as (session, result, pid):
        own.ask("primary", "select pg_terminate_backend(%s)", (pid,))
        with pytest.raises(psycopg.errors.SerializationFailure, match="rolled back"):
            result.result(30)
        assert session.execute("select count(*) from slow").fetchone() == (0,)
    assert rows(own, "primary", "slow", 1) == 0


def test_without_it_the_outcome_is_unknown(own, weir):
    with commits_wait(own, "primary"), under_way(own, weir, "primary", "done", 2) as (_, result, _):
        with weir.connect() as plain, concurrent.futures.ThreadPoolExecutor(1) as threads:
            other = threads.submit(commit, plain, "done", 3)
            wait_until(lambda: len(own.ask("primary", "select 1 from pg_stat_activity where wait_event = 'SyncRep'")) == 2,
                       "both commit")
            for victim in own.ask("primary", "select pid from pg_stat_activity where wait_event = 'SyncRep'"):
                os.kill(victim[0], signal.SIGTERM)
            with pytest.raises(psycopg.OperationalError):
                other.result(30)
        assert result.result(30) == "committed"


def test_a_server_that_has_recovered_from_a_crash_may_have_given_the_id_anew(own, weir):
    """The postmaster goes on: what tells is that its statistics were reset. What a probe had seen flushed by then is
    known to have survived; of all else the outcome is not known."""
    started = own.value("primary", "select pg_postmaster_start_time()")
    with commits_wait(own, "primary"), under_way(own, weir, "primary", "done", 4) as (_, result, pid):
        os.kill(pid, signal.SIGKILL)
        try:
            told = result.result(60)
        except psycopg.OperationalError as unknown:
            assert "outcome is not known" in str(unknown)
            told = None
        wait_until(lambda: answers(own, "primary"), "it has recovered")
    assert told in (None, "committed")
    assert told is None or rows(own, "primary", "done", 4) == 1
    assert own.value("primary", "select pg_postmaster_start_time()") == started
    weir.wait_for_nodes(3)


def test_the_next_primary_has_it(own, weir):
    with commits_wait(own, "primary"), under_way(own, weir, "primary", "done", 5) as (session, result, _):
        for replica in own.replicas:
            wait_until(lambda: rows(own, replica, "done", 5) == 1, "it is there")
        own.command("stop", "primary", "--crash")
        own.command("promote", "replica1")
        assert result.result(60) == "committed"
        assert session.execute("select count(*) from done where id = 5").fetchone() == (1,)


def test_the_next_primary_has_not_got_it(own, weir):
    """Runs behind the test above: replica1 leads, replica2 follows it."""
    own.ask("replica2", "alter system set primary_conninfo = ''")
    own.ask("replica2", "select pg_reload_conf()")
    wait_until(lambda: own.value("replica1", "select count(*) from pg_stat_replication") == 0, "it is cut off")
    with commits_wait(own, "replica1"), under_way(own, weir, "replica1", "done", 6) as (session, result, _):
        own.command("stop", "replica1", "--crash")
        own.command("promote", "replica2")
        with pytest.raises(psycopg.errors.SerializationFailure, match="rolled back"):
            result.result(60)
        assert session.execute("select count(*) from done where id = 6").fetchone() == (0,)
