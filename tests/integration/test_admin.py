"""The console (database weir, or pgbouncer) and HTTP: nodes, pools, reasons, metrics, health."""
import collections
import os
import re
import socket

import psycopg
import pytest
from psycopg.rows import dict_row

from support.waiting import wait_until


@pytest.fixture(params=["weir", "pgbouncer"])
def console(weir, request):
    with weir.connect(dbname=request.param, user="postgres", row_factory=dict_row) as session:
        yield session


def show(console, what):
    return console.execute(f"SHOW {what}").fetchall()


def test_nodes(cluster, console):
    rows = show(console, "NODES")
    by_port = {int(row["port"]): row for row in rows}
    assert set(by_port) == {cluster.port(node) for node in cluster.nodes}
    for node in cluster.nodes:
        row = by_port[cluster.port(node)]
        assert row["role"] == ("primary" if node == "primary" else "replica")
        assert row["lag_bytes"] is not None


def test_a_replica_that_stops_is_shown_as_down_and_comes_back(cluster, weir):
    replica = cluster.replicas[0]

    def up_nodes():
        return weir.metric("weir_node_up")

    cluster.stop(replica)
    try:
        wait_until(lambda: up_nodes() == 2, "it is seen as down")
        with weir.connect() as session:  # and nobody minds
            for _ in range(20):
                assert session.execute("select 1").fetchone() == (1,)
        with weir.connect(dbname="weir", user="postgres", row_factory=dict_row) as console:
            row = [row for row in show(console, "NODES") if int(row["port"]) == cluster.port(replica)][0]
            assert any("refused" in str(value) or "down" in str(value) for value in row.values())
    finally:
        cluster.start(replica)
    wait_until(lambda: up_nodes() == 3, "it is back", 30)
    cluster.wait_caught_up()


def test_lag_is_shown(cluster, weir, table):
    with cluster.paused():
        with weir.connect() as session:
            session.execute(f"update {table} set word = repeat('x', 1000)")
        wait_until(lambda: weir.metric("weir_node_lag_bytes") > 2000, "the lag is seen")
    wait_until(lambda: weir.metric("weir_node_lag_bytes") == 0, "and its end", 30)


def test_pools(weir, console):
    with weir.connect() as session:
        session.execute("begin")
        session.execute("select txid_current()")
        rows = [row for row in show(console, "POOLS") if row["database"] == "app" and row["user"] == "app"]
        assert sum(int(row["sv_active"]) for row in rows) >= 1
        assert {"cl_active", "cl_waiting", "sv_active", "sv_idle", "maxwait"} <= set(rows[0])
        assert list(rows[0])[:4] == ["database", "user", "cl_active", "cl_waiting"]


def test_clients(weir, console):
    with weir.connect(application_name="seen-in-clients") as session:
        session.execute("select 1")
        rows = show(console, "CLIENTS")
        assert {row["type"] for row in rows} == {"C"}
        mine = [row for row in rows if row["user"] == "app" and row["database"] == "app"]
        ports = {int(row["port"]) for row in mine}
        assert open_port(session) in ports


def open_port(session):
    """The local port of a session's socket."""
    with socket.socket(fileno=os.dup(session.pgconn.socket)) as duplicate:
        return duplicate.getsockname()[1]


def test_routes_count_reasons(weir, console, table):
    def counted():
        return collections.Counter({tuple(row[key] for key in ("node", "role", "reason", "database")):
                                    int(row["count"]) for row in show(console, "ROUTES")})

    before = counted()
    with weir.connect() as session:
        for _ in range(7):
            session.execute(f"select count(*) from {table}")
        session.execute(f"update {table} set word = 'x' where id = 1")
    grown = counted() - before
    assert sum(count for (_, role, _, _), count in grown.items() if role == "replica") == 7
    assert sum(count for (_, role, _, _), count in grown.items() if role == "primary") == 1
    assert all(reason for _, _, reason, _ in grown)


def test_version(console):
    assert re.search(r"Weir \d+\.\d+\.\d+", str(show(console, "VERSION")[0]))


def test_what_the_console_does_not_know(console):
    for statement in ("SHOW NONSENSE", "SELECT 1 FROM nowhere", "DROP TABLE x", "SHO"):
        with pytest.raises(psycopg.Error) as caught:
            console.execute(statement)
        assert caught.value.sqlstate in ("42601", "0A000", "42704")
        assert show(console, "VERSION")


def test_keywords_in_any_case(console):
    assert console.execute("show version;").fetchall() == console.execute("  Show  VERSION ").fetchall()


def test_the_console_is_for_admin_users_only(weir):
    with pytest.raises(psycopg.OperationalError) as caught:
        weir.connect(dbname="weir", user="app")
    assert "admin" in str(caught.value) or "permission" in str(caught.value)


def test_psql_reads_the_console(weir, psql):
    done = psql(weir.port, "SHOW NODES;\nSHOW POOLS;\n", user="postgres", dbname="weir")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("primary") >= 1 and done.stdout.count("replica") >= 2


METRIC_LINE = re.compile(
    r'^(?:# (?:HELP|TYPE) \w+ .*|\w+(?:\{(?:\w+="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (?:[-+]?\d[\d.eE+-]*|NaN|[+-]Inf))$')


def test_metrics_have_prometheus_form(weir):
    with weir.connect() as session:
        session.execute("select 1")
        session.execute("select txid_current()")
    status, text = weir.http("/metrics")
    assert status == 200
    bad = [line for line in text.splitlines() if line and not METRIC_LINE.match(line)]
    assert bad == []
    typed = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))
    assert typed["weir_queries_total"] == "counter"
    assert typed["weir_clients"] == "gauge"
    assert typed["weir_query_seconds"] == "histogram"
    for name in ("weir_backends", "weir_node_lag_bytes", "weir_node_up", "weir_node_role", "weir_pins",
                 "weir_bytes_total", "weir_build_info", "weir_retries_total", "weir_node_lag_seconds"):
        assert name in typed, name
    seen = [line.split(" ")[0] for line in text.splitlines() if not line.startswith("#")]
    assert len(seen) == len(set(seen)), "a series is told twice"


def test_metrics_tell_nodes_and_clients(cluster, weir):
    assert weir.metric("weir_node_up") == 3
    roles = [labels for labels, value in weir.metrics("weir_node_role") if value == 1]
    assert sorted(labels["role"] for labels in roles) == ["primary", "replica", "replica"]
    before = weir.metric("weir_clients")
    with weir.connect() as session:
        session.execute("select 1")
        wait_until(lambda: weir.metric("weir_clients") == before + 1, "the client is counted")
    wait_until(lambda: weir.metric("weir_clients") == before, "and gone")


def test_histogram_adds_up(weir):
    with weir.connect() as session:
        session.execute("select 1")
    count = weir.metric("weir_query_seconds_count")
    assert count >= 1
    assert weir.metric("weir_query_seconds_bucket", le="+Inf") == count
    assert weir.metric("weir_query_seconds_sum") > 0


def test_health(weir):
    assert weir.http("/livez")[0] == 200
    assert weir.http("/readyz")[0] == 200
    assert weir.http("/no-such-page")[0] == 404


def test_readyz_says_no_without_a_primary(prepare_weir, cluster):
    """Weir itself is alive: restarting it would not help."""
    weir = prepare_weir({"cluster": {"main": {"nodes": ["host=127.0.0.1 port=1"]}}}).start()
    wait_until(lambda: weir.http("/readyz")[0] == 503, "readyz says 503")
    assert weir.http("/livez")[0] == 200


def test_http_survives_nonsense(weir):
    for data in (b"\r\n\r\n", b"GET", b"\0" * 1000, b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n",
                 b"POST /metrics HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", weir.http_port), timeout=5) as connection:
            connection.sendall(data)
            connection.shutdown(1)
            try:
                connection.recv(1000)
            except OSError:
                pass
    assert weir.http("/livez")[0] == 200
