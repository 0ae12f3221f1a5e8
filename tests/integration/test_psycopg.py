"""psycopg 3 through Weir: what its users do."""
import datetime
import decimal
import threading
import time

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from support.waiting import wait_until


def test_values_come_back_as_they_went(connect):
    values = (1, 2**40, "té \U0001f30a", b"\x00\xff", None, True, 1.5, decimal.Decimal("1.50"),
              datetime.date(2024, 2, 29), datetime.timedelta(hours=5), [1, 2, 3])
    kinds = ("int4", "int8", "text", "bytea", "text", "bool", "float8", "numeric", "date", "interval",
             "int4[]")
    statement = "select " + ", ".join(f"%s::{kind}" for kind in kinds)
    session = connect()
    for binary in (False, True):
        assert session.execute(statement, values, binary=binary).fetchone() == values


def test_prepared_after_the_fifth_time(connect, table):
    session = connect()
    session.prepare_threshold = 5
    for number in range(1, 11):
        row = session.execute(f"select word from {table} where id = %s", (number,)).fetchone()
        assert row == (f"word {number}",)
    assert len(session._prepared._names) == 1  # it did prepare


def test_many_prepared_statements_by_many_sessions(start_weir, cluster):
    """The same names mean other statements in other sessions, and backends are shared."""
    weir = start_weir({"pool": {"size": 2}})
    sessions = [weir.connect(prepare_threshold=0) for _ in range(6)]
    try:
        for turn in range(4):
            for own, session in enumerate(sessions):
                for statement in range(5):
                    row = session.execute(f"select {own} * 100 + {statement} + %s::int", (turn,)).fetchone()
                    assert row == (own * 100 + statement + turn,)
    finally:
        for session in sessions:
            session.close()


def test_prepared_statements_are_dropped_by_deallocate_all(connect):
    session = connect(prepare_threshold=0)
    session.execute("select %s::int", (1,))
    session.execute("deallocate all")
    session._prepared.clear()
    assert session.execute("select %s::int", (2,)).fetchone() == (2,)


def test_pipeline_mode(connect, table):
    session = connect()
    with session.pipeline():
        cursors = [session.execute(f"select word from {table} where id = %s", (number,))
                   for number in range(1, 11)]
        session.execute(f"update {table} set word = 'piped' where id = 10")
        last = session.execute(f"select word from {table} where id = 10")
    assert [cursor.fetchone()[0] for cursor in cursors] == [f"word {number}" for number in range(1, 11)]
    assert last.fetchone() == ("piped",)


def test_an_error_in_a_pipeline_aborts_up_to_its_sync(connect, table):
    session = connect()
    with pytest.raises(psycopg.errors.DivisionByZero):
        with session.pipeline() as pipeline:
            session.execute(f"update {table} set word = 'lost' where id = 1")
            session.execute("select 1/0")
            session.execute(f"update {table} set word = 'skipped' where id = 2")
            pipeline.sync()
    assert session.execute(f"select word from {table} where id <= 2 order by id").fetchall() == \
        [("word 1",), ("word 2",)]
    assert session.execute("select 6").fetchone() == (6,)


def test_large_pipeline(connect):
    session = connect()
    with session.pipeline():
        cursors = [session.execute("select %s::text", (str(number) * 200,)) for number in range(2000)]
    assert all(cursor.fetchone() == (str(number) * 200,) for number, cursor in enumerate(cursors))


def test_executemany(connect, table, cluster):
    with connect().cursor() as cursor:
        cursor.executemany(f"insert into {table} values (%s, %s)",
                           [(number, "many") for number in range(100, 600)])
        assert cursor.rowcount == 500
    assert cluster.value("primary", f"select count(*) from {table} where word = 'many'") == 500


def test_copy_in_and_out(connect, table):
    session = connect()
    with session.cursor() as cursor:
        with cursor.copy(f"copy {table} (id, word) from stdin") as copy:
            for number in range(1000, 21000):
                copy.write_row((number, f"copied {number}"))
        assert cursor.rowcount == 20000
        with cursor.copy(f"copy (select id, word from {table} where id >= 1000 order by id) to stdout") as copy:
            copy.set_types(["int4", "text"])
            rows = list(copy.rows())
    assert rows == [(number, f"copied {number}") for number in range(1000, 21000)]


def test_binary_copy(connect, table):
    session = connect()
    with session.cursor() as cursor:
        with cursor.copy(f"copy {table} from stdin (format binary)") as copy:
            copy.set_types(["int4", "text"])
            for number in range(1000, 1100):
                copy.write_row((number, "binary"))
    assert session.execute(f"select count(*) from {table} where word = 'binary'").fetchone() == (100,)


def test_a_copy_that_the_client_gives_up(connect, table):
    session = connect()
    with pytest.raises(psycopg.errors.QueryCanceled):
        with session.cursor() as cursor, cursor.copy(f"copy {table} from stdin") as copy:
            copy.write_row((999, "never"))
            raise RuntimeError("given up")
    assert session.execute(f"select count(*) from {table}").fetchone() == (10,)


def test_server_side_cursor(connect):
    session = connect(autocommit=False)
    with session.cursor(name="portions") as cursor:
        cursor.itersize = 100
        cursor.execute("select i from generate_series(1, 1000) i")
        assert [row[0] for row in cursor] == list(range(1, 1001))
    session.commit()


def test_stream(connect):
    cursor = connect().cursor()
    assert sum(row[0] for row in cursor.stream("select i from generate_series(1, 5000) i")) == 12502500


def test_transactions_and_savepoints(connect, table):
    session = connect(autocommit=False)
    with session.transaction():
        session.execute(f"insert into {table} values (100, 'outer')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            with session.transaction():
                session.execute(f"insert into {table} values (101, 'inner')")
                session.execute(f"insert into {table} values (100, 'twice')")
    rows = session.execute(f"select id from {table} where id >= 100").fetchall()
    assert rows == [(100,)]
    session.rollback()


def test_rollback_undoes(connect, table):
    session = connect(autocommit=False)
    session.execute(f"delete from {table}")
    session.rollback()
    assert session.execute(f"select count(*) from {table}").fetchone() == (10,)
    session.rollback()


def test_a_failed_transaction_says_so_until_rollback(connect):
    session = connect(autocommit=False)
    with pytest.raises(psycopg.errors.UndefinedTable):
        session.execute("select * from no_such_table_at_all")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        session.execute("select 1")
    assert session.info.transaction_status == psycopg.pq.TransactionStatus.INERROR
    session.rollback()
    assert session.execute("select 1").fetchone() == (1,)


def test_transaction_status_as_the_driver_sees_it(connect):
    session = connect(autocommit=False)
    status = psycopg.pq.TransactionStatus
    assert session.info.transaction_status == status.IDLE
    session.execute("select 1")
    assert session.info.transaction_status == status.INTRANS
    session.commit()
    assert session.info.transaction_status == status.IDLE


@pytest.mark.parametrize("statement, code", [
    ("select 1/0", "22012"), ("selec 1", "42601"), ("select * from missing_table", "42P01"),
    ("select missing_column", "42703"), ("select missing_function()", "42883"),
    ("select 'x'::int", "22P02"), ("insert into {table} values (1, 'twice')", "23505"),
    ("insert into {table} values (null, 'x')", "23502"), ("create table {table} (a int)", "42P07"),
    ("drop database no_such_database", "3D000"), ("execute missing_statement", "26000"),
    ("rollback to nowhere", "25P01"), ("set nonsense = 1", "42704"),
])
def test_errors_carry_postgresqls_codes(connect, table, statement, code):
    session = connect()
    for prepare in (False, True):
        with pytest.raises(psycopg.Error) as caught:
            session.execute(statement.format(table=table), prepare=prepare)
        assert caught.value.sqlstate == code
        assert session.execute("select 1").fetchone() == (1,)


def test_errors_carry_their_details(connect, table):
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        connect().execute(f"insert into {table} values (1, 'twice')")
    assert caught.value.diag.table_name == table
    assert caught.value.diag.constraint_name == f"{table}_pkey"
    assert "Key (id)=(1) already exists" in caught.value.diag.message_detail


def test_notices(connect):
    session = connect()
    heard = []
    session.add_notice_handler(lambda diag: heard.append((diag.severity, diag.message_primary)))
    session.execute("do $$ begin raise notice 'first'; raise warning 'second'; end $$")
    session.execute("select 1")
    assert heard == [("NOTICE", "first"), ("WARNING", "second")]


@pytest.mark.parametrize("statement", [
    "select pg_sleep(60)", "select count(*) from generate_series(1, 10000000000)",
    "update {table} set word = pg_sleep(60)::text",
])
def test_cancel(cluster, connect, table, statement):
    session = connect()
    statement = statement.format(table=table)

    def cancel():
        wait_until(lambda: cluster.running(statement), "the statement runs on a node")
        session.cancel()

    canceller = threading.Thread(target=cancel)
    began = time.monotonic()
    canceller.start()
    with pytest.raises(psycopg.errors.QueryCanceled):
        session.execute(statement)
    canceller.join()
    assert time.monotonic() - began < 20
    assert session.execute("select 'alive'").fetchone() == ("alive",)


def test_listen_and_notify(weir, connect):
    listener, speaker = connect(), connect()
    listener.execute("listen weir_channel")
    for number in range(5):
        speaker.execute("select pg_notify('weir_channel', %s)", (str(number),))
    heard = []
    for notify in listener.notifies():
        heard.append((notify.channel, notify.payload))
        if len(heard) == 5:
            break
    assert heard == [("weir_channel", str(number)) for number in range(5)]


def test_a_session_hears_its_own_notification(connect):
    session = connect()
    heard = []
    session.add_notify_handler(lambda notify: heard.append((notify.pid, notify.payload)))
    session.execute("listen own_channel")
    session.execute("notify own_channel, 'me'")
    session.execute("select 1")
    assert heard == [(session.info.backend_pid, "me")]


def test_row_factories_and_composed_statements(connect, table):
    session = connect(row_factory=dict_row)
    statement = sql.SQL("select {} from {} where id = {}").format(
        sql.Identifier("word"), sql.Identifier(table), sql.Literal(3))
    assert session.execute(statement).fetchone() == {"word": "word 3"}


def test_two_phase_commit_is_refused_as_by_the_server(connect, cluster):
    """max_prepared_transactions is 0: PostgreSQL's own error, and the session lives."""
    session = connect()
    session.execute("begin")
    session.execute("select txid_current()")
    with pytest.raises(psycopg.Error) as caught:
        session.execute("prepare transaction 'x'")
    assert caught.value.sqlstate == "55000"
    session.execute("rollback")
    assert session.execute("select 1").fetchone() == (1,)


def test_parameters_of_the_session_as_a_driver_sees_them(connect, cluster):
    session = connect(application_name="weir-param")
    with cluster.connect() as direct:
        for name in ("server_version", "server_encoding", "client_encoding", "DateStyle", "TimeZone",
                     "integer_datetimes", "standard_conforming_strings", "is_superuser", "IntervalStyle"):
            assert session.info.parameter_status(name) == direct.info.parameter_status(name), name
        assert session.info.server_version == direct.info.server_version
    assert session.info.parameter_status("application_name") == "weir-param"


def test_hundred_threads(weir):
    """Each asks for its own number, many times: nobody gets somebody else's rows."""
    wrong = []

    def work(own):
        with weir.connect(prepare_threshold=1) as session:
            for turn in range(20):
                row = session.execute("select %s::int, %s::int", (own, turn)).fetchone()
                if row != (own, turn):
                    wrong.append((own, turn, row))

    threads = [threading.Thread(target=work, args=(own,)) for own in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
