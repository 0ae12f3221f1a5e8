"""Nodes, clusters and addresses that a reload brings or takes away, with clients at work."""
import signal

import psycopg
import pytest

from support.places import free_port
from support.waiting import wait_until


@pytest.fixture
def console(start_weir):
    """The console of a Weir that knows the primary and one replica."""
    made = []

    def start(cluster, nodes):
        weir = start_weir()
        weir.write_configuration({"cluster": {"main": {"nodes": [cluster.conninfo(n) for n in nodes]}}})
        weir.session = weir.connect(dbname="weir", user="postgres")
        made.append(weir.session)
        return weir

    yield start
    for session in made:
        session.close()


def reload(weir):
    return [line for (line,) in weir.session.execute("RELOAD").fetchall()]


def nodes_up(weir):
    found = weir.session.execute("SHOW NODES")
    columns = [c.name for c in found.description]
    rows = [dict(zip(columns, row)) for row in found.fetchall()]
    return sorted(row["node"] for row in rows if row["state"] == "up")


def address(cluster, node):
    return f"127.0.0.1:{cluster.port(node)}"


def answers_at(port):
    try:
        with psycopg.connect(host="127.0.0.1", port=port, dbname="app", user="app", password="app",
                             connect_timeout=5) as session:
            return session.execute("select 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_a_replica_leaves_and_comes_back(cluster, console):
    weir = console(cluster, ["primary", "replica1"])
    everybody = sorted(address(cluster, n) for n in cluster.nodes)
    some = sorted(address(cluster, n) for n in ("primary", "replica1"))
    with weir.connect() as session:
        session.execute("begin")  # a transaction on the primary minds nothing of it
        session.execute("create temporary table kept as select 1 as a")
        assert reload(weir) == ["cluster.main.nodes: changed"]
        wait_until(lambda: nodes_up(weir) == some, "two nodes are left")
        for _ in range(20):
            with weir.connect() as reader:
                reader.execute("select 1")
                assert reader.execute("show weir.node").fetchone()[0] in some
        weir.write_configuration({"cluster": {"main": {"nodes": [cluster.conninfo(n) for n in cluster.nodes]}}})
        assert reload(weir) == ["cluster.main.nodes: changed"]
        wait_until(lambda: nodes_up(weir) == everybody, "three nodes again")
        session.execute("commit")
        assert session.execute("select a from kept").fetchone() == (1,)
        session.execute("drop table kept")
    back = address(cluster, "replica2")

    def is_read_from():
        with weir.connect() as reader:
            reader.execute("select 1")
            return reader.execute("show weir.node").fetchone()[0] == back

    wait_until(is_read_from, "reads run on the replica that is back")
    assert len(weir.metrics("weir_node_up")) == 3, "a node has one series"


def test_a_weight_changes_in_place(cluster, console):
    weir = console(cluster, cluster.nodes)
    assert reload(weir) == ["nothing has changed"]
    weights = {"primary": 1, "replica1": 0, "replica2": 7}
    weir.write_configuration({"cluster": {"main": {"nodes": [
        {"conninfo": cluster.conninfo(n), "weight": weights[n]} for n in cluster.nodes]}}})
    assert reload(weir) == ["cluster.main.nodes: changed"]
    wanted = {address(cluster, n): weights[n] for n in cluster.nodes}

    def shown():
        found = weir.session.execute("SHOW NODES")
        columns = [c.name for c in found.description]
        return {row[columns.index("node")]: int(row[columns.index("weight")]) for row in found.fetchall()}

    wait_until(lambda: shown() == wanted, "the weights are shown")
    only = address(cluster, "replica2")
    with weir.connect() as reader:
        for _ in range(20):
            reader.execute("select 1")
            assert reader.execute("show weir.node").fetchone()[0] == only
    assert "is not configured any more" not in weir.log()


def test_a_cluster_and_its_database_are_added_and_removed(cluster, console):
    weir = console(cluster, cluster.nodes)
    second = {"cluster": {"second": {"nodes": [cluster.conninfo("primary").replace("127.0.0.1", "localhost")], "probe_user": "weir",
                                     "probe_password": "weir"}},
              "database": {"other": {"cluster": "second", "dbname": "app"}}}
    weir.write_configuration(second)
    lines = reload(weir)
    assert "cluster.second: added" in lines and "database: changed" in lines

    def works():
        try:
            with weir.connect(dbname="other") as session:
                return session.execute("select current_database()").fetchone() == ("app",)
        except psycopg.OperationalError:
            return False

    wait_until(works, "the new cluster serves")
    assert {cluster for (cluster,) in clusters(weir)} == {"main", "second"}
    weir.write_configuration({"cluster": {"second": None}, "database": {"other": None}})
    assert "cluster.second: removed" in reload(weir)
    assert {cluster for (cluster,) in clusters(weir)} == {"main"}
    assert weir.http("/readyz")[0] == 200, "a cluster that is gone does not count"
    weir.write_configuration(second)
    reload(weir)
    wait_until(works, "it serves again")


def clusters(weir):
    found = weir.session.execute("SHOW NODES")
    at = [c.name for c in found.description].index("cluster")
    return {(row[at],) for row in found.fetchall()}


def test_addresses_open_and_close(cluster, console):
    weir = console(cluster, cluster.nodes)
    reload(weir)
    more, http = free_port(), free_port()
    old_http = weir.http_port
    weir.write_configuration({"server": {"listen": [f"127.0.0.1:{weir.port}", f"127.0.0.1:{more}"],
                                         "http": f"127.0.0.1:{http}"}})
    assert reload(weir) == ["server.listen: changed", "server.http: changed"]
    assert answers_at(weir.port) and answers_at(more)
    weir.http_port = http
    assert weir.http("/livez")[0] == 200
    weir.http_port = old_http
    with pytest.raises(OSError):
        weir.http("/livez")
    with psycopg.connect(host="127.0.0.1", port=more, dbname="app", user="app", password="app") as kept:
        weir.write_configuration({"server": {"listen": [f"127.0.0.1:{weir.port}"]}})
        assert reload(weir) == ["server.listen: changed"]
        assert not answers_at(more)
        assert kept.execute("select 2").fetchone() == (2,), "who is connected stays"


def test_an_address_that_is_taken_refuses_the_whole(cluster, console):
    weir = console(cluster, cluster.nodes)
    reload(weir)
    weir.write_configuration({"server": {"listen": [f"127.0.0.1:{weir.port}", address(cluster, "primary")]},
                              "pool": {"size": 3}})
    with pytest.raises(psycopg.Error) as refused:
        reload(weir)
    assert "cannot listen" in str(refused.value)
    shown = dict(row[:2] for row in weir.session.execute("SHOW CONFIG").fetchall())
    assert shown["pool.size"] == "20"
    assert answers_at(weir.port)


def test_what_waits_for_a_restart_is_shown_as_it_runs(cluster, console):
    weir = console(cluster, cluster.nodes)
    reload(weir)
    weir.write_configuration({"server": {"workers": 1}, "cluster": {"main": {"probe_timeout_ms": 777}}})
    assert reload(weir) == ["server.workers: changed, takes effect after a restart",
                            "cluster.main.probe_timeout_ms: changed, takes effect after a restart"]
    shown = dict(row[:2] for row in weir.session.execute("SHOW CONFIG").fetchall())
    assert shown["server.workers"] == "2" and "cluster.main.probe_timeout_ms" not in shown
    weir.signal(signal.SIGHUP)
    wait_until(lambda: weir.log().count("after a restart") == 4, "it is said again")
