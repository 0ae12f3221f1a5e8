#!/usr/bin/python3
"""psycopg 3: what its users do. See harness.py."""
import datetime
import decimal
import sys
import threading

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from harness import Client, Fails, alone, equal, main  # noqa: F401


def connect(autocommit=True, **more):
    return psycopg.connect(autocommit=autocommit, connect_timeout=60, **more)


def case_values(_client):
    values = (1, 2**40, "té \U0001f30a", b"\x00\xff", None, True, 1.5, decimal.Decimal("1.50"),
              datetime.date(2024, 2, 29), datetime.timedelta(hours=5), [1, 2, 3],
              datetime.datetime(2024, 2, 29, 12, 30, 0, 250))
    kinds = ("int4", "int8", "text", "bytea", "text", "bool", "float8", "numeric", "date",
             "interval", "int4[]", "timestamp")
    statement = "select " + ", ".join(f"%s::{kind}" for kind in kinds)
    with connect() as session:
        for binary in (False, True):
            for _ in range(7):  # unnamed, and then prepared
                equal(session.execute(statement, values, binary=binary).fetchone(), values)


def case_prepared_after_the_fifth_time(client):
    with connect() as session:
        for number in range(1, 11):
            asked = session.execute(f"select word from {client.table} where id = %s", (number,))
            equal(asked.fetchone(), (f"word {number}",))
        equal(len(session._prepared._names), 1, "it did prepare")


def case_many_prepared_statements(client):
    """The same names mean other statements in other sessions."""
    with connect(prepare_threshold=0) as session:
        for turn in range(4):
            for statement in range(8):
                number = client.number * 100 + statement
                row = session.execute(f"select {number} + %s::int", (turn,)).fetchone()
                equal(row, (number + turn,))


def case_more_statements_than_the_driver_keeps(client):
    with connect(prepare_threshold=0) as session:
        session.prepared_max = 5
        for turn in range(3):
            for statement in range(12):
                own = turn * client.number
                row = session.execute(f"select {statement}, %s::int", (own,)).fetchone()
                equal(row, (statement, own))


def case_deallocate_all(client):
    with connect(prepare_threshold=0) as session:
        session.execute("select %s::int", (1,))
        session.execute("deallocate all")
        session._prepared.clear()
        equal(session.execute("select %s::int", (client.number,)).fetchone(), (client.number,))


def case_sql_prepare(client):
    with connect() as session:
        session.execute(f"prepare mine (int) as select $1 + {client.number}")
        for turn in range(5):
            equal(session.execute(f"execute mine ({turn})").fetchone(), (turn + client.number,))
            session.execute(f"select count(*) from {client.table}")
        session.execute("deallocate mine")
        with Fails("26000"):
            session.execute("execute mine (1)")


def case_pipeline(client):
    with connect() as session:
        with session.pipeline():
            cursors = [session.execute(f"select word from {client.table} where id = %s", (number,))
                       for number in range(1, 10)]
            session.execute(f"update {client.table} set word = 'piped' where id = 10")
            last = session.execute(f"select word from {client.table} where id = 10")
        words = [cursor.fetchone()[0] for cursor in cursors]
        equal(words, [f"word {number}" for number in range(1, 10)])
        equal(last.fetchone(), ("piped",))
        session.execute(f"update {client.table} set word = 'word 10' where id = 10")


def case_error_in_a_pipeline(client):
    with connect() as session:
        with Fails("22012"):
            with session.pipeline() as pipeline:
                session.execute(f"update {client.table} set word = 'lost' where id = 1")
                session.execute("select 1/0")
                session.execute(f"update {client.table} set word = 'skipped' where id = 2")
                pipeline.sync()
        asked = session.execute(f"select word from {client.table} where id <= 2 order by id")
        equal(asked.fetchall(), [("word 1",), ("word 2",)])


def case_large_pipeline(_client):
    with connect() as session:
        with session.pipeline():
            cursors = [session.execute("select %s::text", (str(number) * 200,))
                       for number in range(500)]
        for number, cursor in enumerate(cursors):
            equal(cursor.fetchone(), (str(number) * 200,))


def case_executemany(client):
    with connect() as session, session.cursor() as cursor:
        cursor.executemany(f"insert into {client.table} values (%s, %s)",
                           [(number, "many") for number in range(100, 300)])
        equal(cursor.rowcount, 200)
        equal(session.execute(f"delete from {client.table} where word = 'many'").rowcount, 200)


def case_copy_in_and_out(client):
    rows = [(number, f"copied {number}") for number in range(1000, 6000)]
    with connect() as session, session.cursor() as cursor:
        with cursor.copy(f"copy {client.table} (id, word) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        equal(cursor.rowcount, 5000)
        with cursor.copy(f"copy (select id, word from {client.table} where id >= 1000 order by id) "
                         "to stdout") as copy:
            copy.set_types(["int4", "text"])
            equal(list(copy.rows()) == rows, True, "what comes out")
        session.execute(f"delete from {client.table} where id >= 1000")


def case_binary_copy(client):
    with connect() as session, session.cursor() as cursor:
        with cursor.copy(f"copy {client.table} from stdin (format binary)") as copy:
            copy.set_types(["int4", "text"])
            for number in range(1000, 1100):
                copy.write_row((number, "binary"))
        equal(session.execute(f"delete from {client.table} where word = 'binary'").rowcount, 100)


def case_copy_given_up(client):
    with connect() as session:
        with Fails("57014"):
            with session.cursor() as cursor, cursor.copy(f"copy {client.table} from stdin") as copy:
                copy.write_row((999, "never"))
                raise RuntimeError("given up")
        equal(session.execute(f"select count(*) from {client.table}").fetchone(), (10,))
        with Fails("22P02"):
            with session.cursor() as cursor, cursor.copy(f"copy {client.table} from stdin") as copy:
                copy.write("nonsense\tx\n")
        equal(session.execute("select 'alive'").fetchone(), ("alive",))


def case_server_side_cursor(_client):
    with connect(autocommit=False) as session:
        with session.cursor(name="portions") as cursor:
            cursor.itersize = 100
            cursor.execute("select i from generate_series(1, 1000) i")
            equal([row[0] for row in cursor], list(range(1, 1001)))
            cursor.scroll(10, mode="absolute")
            equal(cursor.fetchone(), (11,))


def case_stream(_client):
    with connect() as session:
        rows = session.cursor().stream("select i from generate_series(1, 5000) i")
        equal(sum(row[0] for row in rows), 12502500)


def case_large_result(_client):
    with connect() as session:
        asked = session.execute("select i, repeat('x', 200) from generate_series(1, 10000) i")
        rows = asked.fetchall()
        equal((len(rows), rows[-1]), (10000, (10000, "x" * 200)))


def case_transactions_and_savepoints(client):
    with connect() as session:
        with session.transaction():
            session.execute(f"insert into {client.table} values (100, 'outer')")
            with Fails("23505"):
                with session.transaction():
                    session.execute(f"insert into {client.table} values (101, 'inner')")
                    session.execute(f"insert into {client.table} values (100, 'twice')")
        asked = session.execute(f"select id from {client.table} where id >= 100")
        equal(asked.fetchall(), [(100,)])
        with session.transaction(force_rollback=True):
            session.execute(f"delete from {client.table}")
        equal(session.execute(f"delete from {client.table} where id = 100").rowcount, 1)
        equal(session.execute(f"select count(*) from {client.table}").fetchone(), (10,))


def case_transaction_status(_client):
    status = psycopg.pq.TransactionStatus
    with connect(autocommit=False) as session:
        equal(session.info.transaction_status, status.IDLE)
        session.execute("select 1")
        equal(session.info.transaction_status, status.INTRANS)
        session.commit()
        equal(session.info.transaction_status, status.IDLE)
        with Fails("42P01"):
            session.execute("select * from no_such_table_at_all")
        with Fails("25P02"):
            session.execute("select 1")
        equal(session.info.transaction_status, status.INERROR)
        session.rollback()
        equal(session.execute("select 1").fetchone(), (1,))


def case_isolation_levels(_client):
    with connect(autocommit=False) as session:
        for level in psycopg.IsolationLevel:
            session.isolation_level = level
            equal(session.execute("show transaction_isolation").fetchone()[0],
                  level.name.lower().replace("_", " "))
            session.rollback()
        session.isolation_level = None
        session.read_only = True
        with Fails("25006"):
            session.execute("create table never (a int)")
        session.rollback()


def case_errors(client):
    wrong = (("select 1/0", "22012"), ("selec 1", "42601"),
             ("select * from missing_table", "42P01"),
             ("select missing_column", "42703"), ("select missing_function()", "42883"),
             ("select 'x'::int", "22P02"), ("insert into {table} values (1, 'twice')", "23505"),
             ("insert into {table} values (null, 'x')", "23502"),
             ("create table {table} (a int)", "42P07"),
             ("drop database no_such_database", "3D000"), ("execute missing_statement", "26000"),
             ("rollback to nowhere", "25P01"), ("set nonsense = 1", "42704"))
    with connect() as session:
        for statement, code in wrong:
            for prepare in (False, True):
                with Fails(code):
                    session.execute(statement.format(table=client.table), prepare=prepare)
                equal(session.execute("select 1").fetchone(), (1,))
        with Fails("23505") as caught:
            session.execute(f"insert into {client.table} values (1, 'twice')")
        equal(caught.error.diag.table_name, client.table)
        equal(caught.error.diag.constraint_name, f"{client.table}_pkey")
        equal(caught.error.diag.message_detail, "Key (id)=(1) already exists.")


def case_notices(client):
    with connect() as session:
        heard = []
        session.add_notice_handler(lambda diag: heard.append((diag.severity, diag.message_primary)))
        session.execute(
            f"do $$ begin raise notice 'by {client.number}'; raise warning 'second'; end $$")
        session.execute("select 1")
        equal(heard, [("NOTICE", f"by {client.number}"), ("WARNING", "second")])


def case_cancel(client):
    for statement in ("select pg_sleep(60)", "select count(*) from generate_series(1, 10000000000)",
                      f"update {client.table} set word = pg_sleep(60)::text"):
        with connect() as session:
            ended = threading.Event()

            def cancel(session=session, ended=ended):
                while not ended.wait(0.2):  # one that is early finds nothing to cancel
                    session.cancel()

            canceller = threading.Thread(target=cancel)
            canceller.start()
            try:
                with Fails("57014"):
                    session.execute(statement)
            finally:
                ended.set()
                canceller.join()
            equal(session.execute("select 'alive'").fetchone(), ("alive",))


@alone
def case_listen_and_notify(client):
    channel = f"channel_{client.number}"
    with connect() as listener, connect() as speaker:
        listener.execute(f"listen {channel}")
        for number in range(5):
            speaker.execute("select pg_notify(%s, %s)", (channel, str(number)))
        heard = []
        for notify in listener.notifies():
            heard.append((notify.channel, notify.payload))
            if len(heard) == 5:
                break
        equal(heard, [(channel, str(number)) for number in range(5)])


def case_own_notification(client):
    with connect() as session:
        heard = []
        session.add_notify_handler(lambda notify: heard.append((notify.pid, notify.payload)))
        session.execute(f"listen own_{client.number}")
        session.execute(f"notify own_{client.number}, 'me'")
        session.execute("select 1")
        equal(heard, [(session.info.backend_pid, "me")])
        session.execute("unlisten *")


def case_settings(client):
    zone = f"Etc/GMT-{client.number % 12}"
    with connect(options=f"-c search_path=public,pg_temp -c app.mine={client.number % 3}",
                 application_name=f"psycopg {client.number}") as session:
        for turn in range(6):
            equal(session.execute("show app.mine").fetchone(), (str(client.number % 3),))
            equal(session.execute("select current_setting('application_name')").fetchone(),
                  (f"psycopg {client.number}",))
            if turn == 2:
                session.execute(f"set timezone to '{zone}'")
                session.execute("select set_config('search_path', %s, false)",
                                (f"s{client.number}",))
            if turn > 2:
                equal(session.execute("show timezone").fetchone(), (zone,))
                equal(session.info.parameter_status("TimeZone"), zone)
                equal(session.execute("show search_path").fetchone(), (f"s{client.number}",))
        session.execute("reset all")
        equal(session.execute("show search_path").fetchone(), ("public,pg_temp",))
        session.execute("set client_encoding to latin1")
        equal(session.execute("select %s::text, length('é')", ("é",)).fetchone(), ("é", 1))


def case_reset_strings(client):
    """What psycopg_pool and others send between two users of a connection."""
    with connect() as session:
        session.execute(f"set application_name = 'dirty {client.number}'")
        session.execute("discard all")
        equal(session.execute("show application_name").fetchone(), ("",))
        session._prepared.clear()
        session.execute("reset all")
        equal(session.execute("select current_user::text").fetchone(), ("app",))


def case_row_factories_and_composed_statements(client):
    with connect(row_factory=dict_row) as session:
        statement = sql.SQL("select {} from {} where id = {}").format(
            sql.Identifier("word"), sql.Identifier(client.table), sql.Literal(3))
        equal(session.execute(statement).fetchone(), {"word": "word 3"})


def case_two_phase_commit_is_refused(_client):
    """max_prepared_transactions is 0: PostgreSQL's own error, and the session lives."""
    with connect() as session:
        session.execute("begin")
        session.execute("select txid_current()")
        with Fails("55000"):
            session.execute("prepare transaction 'x'")
        session.execute("rollback")
        equal(session.execute("select 1").fetchone(), (1,))


def case_parameters_of_the_session(client):
    with connect(application_name="named") as session:
        wanted = {"server_encoding": "UTF8", "client_encoding": "UTF8", "DateStyle": "ISO, MDY",
                  "integer_datetimes": "on", "standard_conforming_strings": "on",
                  "is_superuser": "off",
                  "IntervalStyle": "postgres", "application_name": "named",
                  "session_authorization": "app"}
        equal({name: session.info.parameter_status(name) for name in wanted}, wanted)
        version = session.execute("show server_version").fetchone()[0]
        equal(session.info.parameter_status("server_version"), version)


def case_reads_own_writes(client):
    with connect() as session:
        for number in range(2000, 2030):
            session.execute(f"insert into {client.table} values (%s, 'own')", (number,))
            asked = session.execute(f"select id from {client.table} where id = %s", (number,))
            equal(asked.fetchone(), (number,))
        session.execute(f"delete from {client.table} where id >= 2000")


if __name__ == "__main__":
    main(sys.modules[__name__])
