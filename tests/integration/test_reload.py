"""SIGHUP and RELOAD take a good file as a whole, refuse a bad one as a whole, and disturb nobody."""
import signal

import psycopg
import pytest

from support.waiting import wait_until

CLOSED = {"rule": [{"name": "closed", "user": "app", "route": "reject", "message": "closed for today"}]}


def refusal(weir):
    """The message of a rejected query in a session that is open already, or None."""
    try:
        weir.session.execute("select 1")
        return None
    except psycopg.Error as error:
        return error.diag.message_primary


@pytest.fixture
def running(start_weir):
    weir = start_weir()
    with weir.connect() as session:
        weir.session = session
        assert refusal(weir) is None
        yield weir


def test_a_good_file_counts_for_sessions_that_are_open(running):
    running.write_configuration(CLOSED)
    running.signal(signal.SIGHUP)
    wait_until(lambda: refusal(running) == "closed for today", "the rule counts")
    running.write_configuration({"rule": None})
    running.signal(signal.SIGHUP)
    wait_until(lambda: refusal(running) is None, "the rule is gone")


def test_reload_by_the_console(running):
    with running.connect(dbname="weir", user="postgres") as console:
        running.write_configuration(CLOSED)
        console.execute("RELOAD")
        wait_until(lambda: refusal(running) == "closed for today", "the rule counts")


@pytest.mark.parametrize("bad", [
    "this is no TOML\n", "[server]\nlisten = 5\n", "[sever]\n", "",
])
def test_a_bad_file_changes_nothing_and_is_named(running, bad):
    good = running.config_file.read_text()
    running.config_file.write_text(bad)
    running.signal(signal.SIGHUP)
    wait_until(lambda: "weir.toml" in running.log().split("ready", 1)[1], "the log names the file")
    assert running.is_running()
    assert refusal(running) is None
    with running.connect() as newcomer:
        assert newcomer.execute("select 1").fetchone() == (1,)
    # One bad rule refuses all of the file.
    running.config_file.write_text(
        good + '\n[[rule]]\nname = "ok"\nroute = "reject"\n[[rule]]\nname = "bad"\nroute = "nowhere"\n')
    running.signal(signal.SIGHUP)
    wait_until(lambda: "nowhere" in running.log(), "the log tells the value")
    assert refusal(running) is None


def test_the_console_says_why_a_reload_was_refused(running):
    with running.connect(dbname="weir", user="postgres") as console:
        running.config_file.write_text("[server]\nlisten = 5\n")
        with pytest.raises(psycopg.Error) as caught:
            console.execute("RELOAD")
        assert "weir.toml:2" in str(caught.value)


def test_a_new_user_can_log_in_after_a_reload(cluster, running):
    cluster.ask("primary", "drop role if exists latecomer")
    cluster.ask("primary", "create role latecomer login password 'late'")
    try:
        with pytest.raises(psycopg.OperationalError):
            running.connect(user="latecomer", password="late")
        running.write_users({"app": "app", "postgres": "postgres", "latecomer": "late"})
        running.signal(signal.SIGHUP)

        def gets_in():
            try:
                with running.connect(user="latecomer", password="late") as session:
                    return session.execute("select current_user").fetchone() == ("latecomer",)
            except psycopg.OperationalError:
                return False

        wait_until(gets_in, "the new user gets in")
    finally:
        running.stop()
        cluster.ask("primary", "drop role latecomer")


def test_an_open_transaction_survives_a_reload(running, table):
    with running.connect() as session:
        session.execute("begin")
        session.execute(f"insert into {table} values (100, 'before')")
        running.write_configuration(CLOSED)
        running.signal(signal.SIGHUP)
        wait_until(lambda: refusal(running) == "closed for today", "the rule counts")
        running.write_configuration({"rule": None})
        running.signal(signal.SIGHUP)
        wait_until(lambda: refusal(running) is None, "the rule is gone")
        session.execute(f"insert into {table} values (101, 'after')")
        session.execute("commit")
        assert session.execute(f"select count(*) from {table} where id >= 100").fetchone() == (2,)


def test_a_hundred_reloads(running):
    for _ in range(100):
        running.signal(signal.SIGHUP)
        assert refusal(running) is None
    assert running.is_running()
