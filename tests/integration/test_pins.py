"""What a session leaves behind on a backend is never met by the next one; and it keeps it itself."""
import psycopg
import pytest

from support.waiting import wait_until

SETTINGS = [
    ("search_path", "pg_catalog"), ("statement_timeout", "54321ms"), ("work_mem", "7654kB"),
    ("default_transaction_read_only", "on"), ("timezone", "Pacific/Apia"), ("datestyle", "German, DMY"),
    ("application_name", "leaky"), ("client_min_messages", "error"), ("role", "pg_monitor"),
    ("default_transaction_isolation", "serializable"), ("weir_test.mine", "yes"),
]


@pytest.fixture(scope="module")
def granted(cluster):
    """app may take the role pg_monitor."""
    cluster.ask("primary", "grant pg_monitor to app")
    yield
    cluster.ask("primary", "revoke pg_monitor from app")


@pytest.fixture
def narrow(start_weir, granted):
    """One worker, one backend connection for each pool: the next client must meet it."""
    return start_weir({"server": {"workers": 1}, "pool": {"size": 1, "wait_timeout_ms": 5000}})


@pytest.fixture
def two(start_weir):
    """Room for one session that is pinned and one beside it."""
    return start_weir({"server": {"workers": 1}, "pool": {"size": 2, "wait_timeout_ms": 5000}})


def value(session, statement):
    return session.execute(statement).fetchone()[0]


@pytest.mark.parametrize("name, changed", SETTINGS)
@pytest.mark.parametrize("way", ["set", "set_config"])
def test_a_setting_stays_with_its_session(cluster, narrow, name, changed, way):
    show = f"select current_setting('{name}', true)"
    with cluster.connect() as direct:
        untouched = value(direct, show)
    with narrow.connect() as session:
        if way == "set":
            quoted = changed if "," in changed and name == "datestyle" else f"'{changed}'"
            session.execute(f"set {name} = {quoted}")
        else:
            session.execute("select set_config(%s, %s, false)", (name, changed))
        kept = [value(session, show) for _ in range(3)]
        assert len(set(kept)) == 1 and kept[0] not in (untouched, None)
    with narrow.connect() as session:
        found = value(session, show)
        # A custom name leaves an empty value behind in a backend that is used again: PostgreSQL's
        # own trace of it, which tells nothing.
        assert (found or None) == (None if name.startswith("weir_test") else untouched or None)


def test_set_local_ends_with_its_transaction(narrow):
    with narrow.connect() as session:
        before = value(session, "show work_mem")
        with session.transaction():
            session.execute("set local work_mem = '1234kB'")
            assert value(session, "show work_mem") == "1234kB"
        assert value(session, "show work_mem") == before


def test_a_setting_undone_by_rollback(narrow):
    with narrow.connect() as session:
        before = value(session, "show work_mem")
        session.execute("begin")
        session.execute("set work_mem = '2345kB'")
        session.execute("rollback")
        assert value(session, "show work_mem") == before


def test_reset_and_discard_all(narrow):
    with narrow.connect() as session:
        before = value(session, "show work_mem")
        session.execute("set work_mem = '3456kB'")
        session.execute("reset work_mem")
        assert value(session, "show work_mem") == before
        session.execute("set work_mem = '4567kB'")
        session.execute("discard all")
        assert value(session, "show work_mem") == before


def test_settings_in_the_start_up_packet(narrow):
    with narrow.connect(options="-c work_mem=5678kB") as session:
        assert value(session, "show work_mem") == "5678kB"
        session.execute("set work_mem = '1111kB'")
        session.execute("reset work_mem")
        assert value(session, "show work_mem") == "5678kB"
    with narrow.connect() as session:
        assert value(session, "show work_mem") != "5678kB"


def test_a_temporary_table(narrow):
    with narrow.connect() as session:
        session.execute("create temporary table mine (a integer)")
        session.execute("insert into mine values (1), (2)")
        assert value(session, "select count(*) from mine") == 2
        with session.transaction():
            session.execute("insert into mine values (3)")
        assert value(session, "select sum(a) from mine") == 6
    with narrow.connect() as session:
        with pytest.raises(psycopg.errors.UndefinedTable):
            session.execute("select * from mine")


@pytest.mark.parametrize("statement", ["create temp view mine as select 1 as a",
                                       "select 1 as a into temporary mine",
                                       "create temp table mine as select 1 as a"])
def test_other_temporary_objects(narrow, statement):
    with narrow.connect() as session:
        session.execute(statement)
        assert [value(session, "select a from mine") for _ in range(3)] == [1, 1, 1]
    with narrow.connect() as session:
        with pytest.raises(psycopg.errors.UndefinedTable):
            session.execute("select * from mine")


def test_an_advisory_lock_is_held_and_then_freed(two):
    with two.connect() as other:
        with two.connect() as session:
            session.execute("select pg_advisory_lock(4711)")
            session.execute("select 1")
            assert value(other, "select pg_try_advisory_lock(4711)") is False
            assert value(session, "select pg_advisory_unlock(4711)") is True
            session.execute("select pg_advisory_lock(4712)")
        wait_until(lambda: value(other, "select pg_try_advisory_lock(4712)"),
                   "the lock of a session that left is free")


def test_an_advisory_lock_of_a_client_that_vanished(two):
    vanishing = two.connect()
    vanishing.execute("select pg_advisory_lock(4713)")
    with two.connect() as other:
        assert value(other, "select pg_try_advisory_lock(4713)") is False
        vanishing.pgconn.finish()
        wait_until(lambda: value(other, "select pg_try_advisory_lock(4713)"), "it is free")


def test_listen_is_gone_with_its_session(two):
    with two.connect() as listener:
        listener.execute("listen leaky_channel")
        listener.execute("select 1")
        with two.connect() as speaker:
            speaker.execute("notify leaky_channel, 'heard'")
        assert next(listener.notifies()).payload == "heard"
    for _ in range(2):
        with two.connect() as session:
            heard = []
            session.add_notify_handler(heard.append)
            session.execute("notify leaky_channel, 'not for you'")
            session.execute("select txid_current()")
            assert heard == []
            assert session.execute("select count(*) from pg_listening_channels()").fetchone() == (0,)


def test_a_cursor_with_hold(narrow):
    with narrow.connect() as session:
        with session.transaction():
            session.execute("declare held cursor with hold for select i from generate_series(1, 9) i")
            assert session.execute("fetch 2 from held").fetchall() == [(1,), (2,)]
        assert session.execute("fetch 2 from held").fetchall() == [(3,), (4,)]
        assert session.execute("fetch 2 from held").fetchall() == [(5,), (6,)]
    with narrow.connect() as session:
        assert value(session, "select count(*) from pg_cursors") == 0
        with session.transaction(), pytest.raises(psycopg.errors.InvalidCursorName):
            with session.transaction():
                session.execute("fetch 1 from held")


def test_sql_prepare(narrow):
    with narrow.connect() as session:
        session.execute("prepare leaky (int) as select $1 + 1")
        assert [value(session, f"execute leaky ({number})") for number in (1, 2, 3)] == [2, 3, 4]
    with narrow.connect() as session:
        with pytest.raises(psycopg.errors.InvalidSqlStatementName):
            session.execute("execute leaky (1)")
        session.execute("prepare leaky as select 'new'")
        assert value(session, "execute leaky") == "new"


def test_protocol_level_statements_of_others_are_not_seen(narrow):
    with narrow.connect(prepare_threshold=0) as session:
        for number in range(5):
            session.execute(f"select {number} + %s::int", (1,))
    with narrow.connect() as session:
        with pytest.raises(psycopg.errors.InvalidSqlStatementName):
            session.execute("execute _pg3_0 (1)")


@pytest.fixture
def numbers(cluster):
    cluster.ask("primary", "create sequence if not exists pin_numbers")
    cluster.ask("primary", "grant all on pin_numbers to app")
    cluster.wait_caught_up()
    yield "pin_numbers"
    cluster.ask("primary", "drop sequence pin_numbers")


def test_currval_answers_its_own_session_where_connections_are_kept(start_weir, numbers):
    keeping = start_weir({"pool": {"size": 2, "sequences": "keep"}})
    with keeping.connect() as session, keeping.connect() as other:
        number = value(session, f"select nextval('{numbers}')")
        value(other, f"select nextval('{numbers}')")
        assert value(session, f"select currval('{numbers}')") == number
        assert value(session, "select lastval()") == number
    with keeping.connect() as session:
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            session.execute(f"select currval('{numbers}')")


def test_currval_answers_within_the_transaction_else_an_error_says_what_to_set(narrow, numbers):
    with narrow.connect() as session, narrow.connect() as other:
        value(other, f"select nextval('{numbers}')")
        with session.transaction():
            number = value(session, f"select nextval('{numbers}')")
            assert value(session, f"select currval('{numbers}')") == number
            assert value(session, "select lastval()") == number
        value(other, f"select nextval('{numbers}')")
        for question in (f"select currval('{numbers}')", "select lastval()"):
            with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as refused:
                session.execute(question)
            assert "sequences" in refused.value.diag.message_hint


def test_setseed_is_the_sessions_own(narrow):
    with narrow.connect() as session:
        session.execute("select setseed(0.5)")
        first = value(session, "select random()")
        session.execute("select setseed(0.5)")
        assert value(session, "select random()") == first


def test_a_do_block_that_sets(narrow):
    with narrow.connect() as session:
        session.execute("do $$ begin perform set_config('work_mem', '6789kB', false); end $$")
        assert value(session, "show work_mem") == "6789kB"
    with narrow.connect() as session:
        assert value(session, "show work_mem") != "6789kB"


def test_a_pin_is_counted_and_ends(two):
    with two.connect() as session:
        session.execute("create temporary table counted (a integer)")
        wait_until(lambda: two.metric("weir_pins") == 1, "the pin is counted")
    wait_until(lambda: two.metric("weir_pins") == 0, "the pin has ended")


def test_the_console_tells_why_since_when_and_by_which_statement(two):
    with two.connect() as session, two.connect(dbname="weir", user="postgres", password="postgres") as console:
        def pins():
            cursor = console.execute("SHOW PINS")
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row)) for row in cursor.fetchall()]

        assert pins() == []
        session.execute("create temporary table told (a int)")
        digest = session.execute("explain route create temporary table told (a int)").fetchall()
        (pin,) = wait_until(pins, "the pin is told")
        assert pin["user"] == "app" and "temporary" in pin["reason"] and int(pin["seconds"]) >= 0
        assert ("digest", pin["digest"]) in digest
        session.execute("drop table told")
        wait_until(lambda: pins() == [], "it is gone")
