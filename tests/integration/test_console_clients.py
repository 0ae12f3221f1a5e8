"""The console with programs as they are: drivers in both forms of the protocol, and scripts written for PgBouncer."""
import asyncio
import json
import os
import pathlib
import signal
import subprocess

import asyncpg
import psycopg
import psycopg2
import pytest
from psycopg.rows import dict_row

from support.waiting import wait_until

HERE = pathlib.Path(__file__).resolve().parent
SHOWS = ("POOLS", "STATS", "CLIENTS", "SERVERS", "DATABASES", "LISTS", "CONFIG", "VERSION", "NODES", "ROUTES", "RULES",
         "DIGESTS", "PINS", "CACHE", "TOKENS", "ADVICE", "RELOADS", "EVENTS", "HELP")
MAY_BE_EMPTY = ("PINS", "RULES", "ADVICE", "RELOADS", "EVENTS")


def settings(weir, database="pgbouncer"):
    return {"host": "127.0.0.1", "port": weir.port, "user": "postgres", "password": "postgres", "dbname": database}


@pytest.fixture
def busy(weir):
    with weir.connect() as session:
        for number in range(5):
            session.execute("select %s::int", (number,))
        yield session


@pytest.mark.parametrize("what", SHOWS)
def test_both_forms_of_the_protocol_say_the_same(weir, busy, what):
    with psycopg.connect(**settings(weir), autocommit=True) as console:
        simple = psycopg.ClientCursor(console).execute(f"SHOW {what}")
        names = [column.name for column in simple.description]
        for other in (console.execute(f"SHOW {what}", prepare=True), console.execute(f"SHOW {what}", prepare=True),
                      console.cursor(binary=True).execute(f"SHOW {what}")):
            assert [column.name for column in other.description] == names
            assert other.fetchall() or what in MAY_BE_EMPTY


def test_asyncpg(weir, busy):
    async def rows():
        of = settings(weir, "weir")
        console = await asyncpg.connect(host=of["host"], port=of["port"], user=of["user"], password=of["password"],
                                        database=of["dbname"], ssl=False)
        try:
            return await console.fetch("SHOW NODES")
        finally:
            await console.close()

    assert [row["role"] for row in asyncio.run(rows())].count("primary") == 1


def test_psycopg2(weir, busy):
    console = psycopg2.connect(**settings(weir))
    console.autocommit = True
    with console.cursor() as cursor:
        cursor.execute("SHOW POOLS")
        assert [column[0] for column in cursor.description][:4] == ["database", "user", "cl_active", "cl_waiting"]
    console.close()


@pytest.mark.deadline(120)
@pytest.mark.parametrize("mode", ["extended", "simple"])
def test_pgjdbc(weir, busy, mode):
    """It sets extra_float_digits of itself when it connects."""
    done = subprocess.run(["java", "-cp", "/usr/share/java/postgresql.jar", str(HERE / "support" / "Console.java"),
                           str(weir.port), mode], capture_output=True, text=True, check=False, timeout=110)
    assert done.stdout.splitlines() == ["database cl_active", "3"], done.stdout + done.stderr


def test_an_error_ends_its_pipeline_and_no_more(weir):
    with psycopg.connect(**settings(weir), autocommit=True) as console:
        with pytest.raises(psycopg.errors.SyntaxError, match="unknown command"):
            console.execute("SHOW NONSENSE", prepare=True)
        with pytest.raises(psycopg.errors.ProtocolViolation, match="have no parameters"):
            console.execute("SHOW POOLS WHERE user = %s", ("x",))
        assert console.execute("SHOW VERSION", prepare=True).fetchone()[0].startswith("Weir ")


def test_a_pause_in_the_extended_form_waits(weir):
    with psycopg.connect(**settings(weir), autocommit=True) as console:
        assert console.execute("PAUSE WITHIN 5000", prepare=True).statusmessage == "PAUSE"
        assert console.execute("RESUME", prepare=True).statusmessage == "RESUME"


def test_a_psql_script_that_reads_pgbouncers_columns_by_name(weir, busy):
    """As exporters and shell scripts do it: headings first, then fields by their place."""
    environment = {**os.environ, "PGPASSWORD": "postgres"}

    def show(what):
        told = subprocess.run(["psql", "-XAq", "-F", "|", "-h", "127.0.0.1", "-p", str(weir.port), "-U", "postgres", "-c",
                               f"SHOW {what}", "pgbouncer"], capture_output=True, text=True, check=True, env=environment)
        head, *rows = [line.split("|") for line in told.stdout.splitlines() if not line.startswith("(")]
        return [dict(zip(head, row)) for row in rows]

    pools = [row for row in show("POOLS") if row["database"] == "app"]
    assert sum(int(row["sv_idle"]) + int(row["sv_active"]) for row in pools) >= 1
    assert all(int(row["maxwait"]) == 0 and row["pool_mode"] == "transaction" for row in pools)
    stats = {row["database"]: row for row in show("STATS")}["app"]
    for name in ("total_xact_count", "total_query_count", "total_received", "total_sent", "total_query_time"):
        assert int(stats[name]) > 0, name
    for name in ("avg_xact_count", "avg_query_count", "avg_recv", "avg_sent", "avg_wait_time", "total_wait_time"):
        assert int(stats[name]) >= 0, name
    servers = [row for row in show("SERVERS") if row["user"] == "app"]
    assert {row["type"] for row in servers} == {"S"} and all(int(row["remote_pid"]) > 0 for row in servers)
    config = {row["key"]: row for row in show("CONFIG")}
    assert config["pool.size"]["value"] == "20" and config["server.workers"]["changeable"] == "no"


def test_statements_are_counted_with_their_time_rows_and_errors(weir):
    with weir.connect() as session:
        session.execute("create temp table counted (a int)")
        session.execute("insert into counted select generate_series(1, 7)")
        for _ in range(3):
            session.execute("select a from counted where a > 2")
        with pytest.raises(psycopg.errors.DivisionByZero):
            session.execute("select a / 0 from counted")
        with psycopg.connect(**settings(weir, "weir"), autocommit=True, row_factory=dict_row) as console:
            def of(text):
                return [row for row in console.execute("SHOW DIGESTS").fetchall() if text in (row["text"] or "")]

            read = of("select a from counted")[0]
            assert (read["calls"], read["rows"], read["errors"]) == ("3", "15", "0")
            assert float(read["primary_ms"]) > 0 and float(read["mean_ms"]) > 0
            assert of("insert into counted")[0]["rows"] == "7"
            assert of("select a / ? from counted")[0]["errors"] == "1"
            console.execute("CLEAR DIGESTS")
            wait_until(lambda: not of("select a from counted"), "they are forgotten")


def test_a_reload_is_in_the_history_with_what_it_changed(start_weir):
    weir = start_weir()
    weir.write_configuration({"pool": {"size": 21}})
    with psycopg.connect(**settings(weir, "weir"), autocommit=True, row_factory=dict_row) as console:
        console.execute("RELOAD")
        last = console.execute("SHOW RELOADS").fetchall()[-1]
        assert last["outcome"] == "taken" and last["diff"] == "- pool.size = 20\n+ pool.size = 21"
        weir.config_file.write_text(weir.config_file.read_text() + "\n[pool2]\nx = 1\n")
        with pytest.raises(psycopg.Error):
            console.execute("RELOAD")
        last = console.execute("SHOW RELOADS").fetchall()[-1]
        assert last["outcome"] == "refused" and "pool2" in last["changes"]
        assert [row for row in console.execute("SHOW EVENTS").fetchall() if row["kind"] == "reload"]
        console.execute("SET log.level = 'warn'")
        assert "log.level = warn" in console.execute("SHOW EVENTS").fetchall()[-1]["event"]


def test_a_slow_statement_is_a_line_with_its_trace_and_without_its_text(start_weir):
    weir = start_weir({"log": {"slow_statement_ms": 100}})
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with weir.connect() as session:
        session.execute(f"select pg_sleep(0.15), 'a secret' /*traceparent='{trace}'*/")
    wait_until(lambda: "slow: " in weir.log(), "the line is written")
    line = [each for each in weir.log().splitlines() if "slow: " in each][0]
    assert trace in line and "digest " in line and "app@app" in line
    assert "secret" not in weir.log() and "pg_sleep" not in weir.log()


def test_the_log_goes_on_in_a_new_file(prepare_weir):
    weir = prepare_weir({"log": {"connections": True}})
    weir.log_file = weir.folder / "own.log"
    weir.write_configuration({"log": {"file": str(weir.log_file)}})
    weir.start().wait_for_nodes(3)
    weir.log_file.rename(weir.folder / "own.log.1")
    weir.signal(signal.SIGUSR1)
    with weir.connect() as session:
        session.execute("select 1")
    wait_until(lambda: weir.log_file.exists() and "is app@app" in weir.log(), "the client is in the new file")
    wait_until(lambda: "has gone" in weir.log(), "and that it has gone")


def test_a_route_is_explained_over_http(weir, cluster, table):
    status, told = weir.http(f"/api/route?database=app&user=app&statement=select+word+from+{table}")
    assert status == 200
    items = dict(json.loads(told)["rows"])
    assert items["reason"].startswith("read: ") and items["node"] != f"127.0.0.1:{cluster.port()}", items
    status, told = weir.http(f"/api/route?database=app&user=app&statement=delete+from+{table}")
    items = dict(json.loads(told)["rows"])
    assert items["reason"].startswith("not_read_only: ") and items["node"] == f"127.0.0.1:{cluster.port()}", items
    assert weir.http("/api/route?database=app")[0] == 400
