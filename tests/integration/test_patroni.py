"""Nodes that Patroni names: found, left, back, kept while it is silent; and its leader where two say primary."""
import pytest
from psycopg.rows import dict_row

from support.patroni_server import PatroniServer
from support.places import free_port
from support.real_cluster import RealCluster
from support.waiting import wait_until

pytestmark = pytest.mark.deadline(120)


@pytest.fixture
def start(prepare_weir):
    """start(patroni, nodes=[...]) -> a Weir that asks a dead endpoint first; without nodes of its own where
    none are said."""
    def make(patroni, nodes=None, of=None):
        weir = prepare_weir({"cluster": {"main": {"patroni_interval_ms": 100}}}, nodes=of)
        main = weir.configuration["cluster"]["main"]
        main["patroni"] = [f"http://127.0.0.1:{free_port()}", patroni.url]
        main.pop("nodes")
        if nodes:
            main["nodes"] = nodes
        weir.write_configuration()
        return weir.start().wait_for_nodes(3)

    return make


@pytest.fixture
def patroni(cluster):
    made = PatroniServer(cluster)
    yield made
    made.close()


def console(weir):
    return weir.connect(dbname="weir", user="postgres", row_factory=dict_row)


def nodes(weir):
    with console(weir) as session:
        return {int(row["port"]): row for row in session.execute("SHOW NODES")}


def read_ports(session, table, count=20):
    ports = set()
    for _ in range(count):
        session.execute(f"select count(*) from {table}")
        ports.add(int(session.execute("show weir.node").fetchone()[0].rsplit(":", 1)[1]))
    return ports


def test_members_are_nodes_and_come_and_go(start, cluster, patroni, table):
    weir = start(patroni)
    ports = {name: cluster.port(name) for name in cluster.nodes}
    assert set(nodes(weir)) == set(ports.values())
    with weir.connect() as session:
        session.execute(f"insert into {table} values (11, 'through found nodes')")
        wait_until(lambda: read_ports(session, table) >= {ports["replica1"], ports["replica2"]}, "both are read from")
        patroni.listed.remove("replica2")
        wait_until(lambda: ports["replica2"] not in nodes(weir), "replica2 is no node any more")
        wait_until(lambda: not cluster.backends("replica2"), "its connections are closed")
        assert ports["replica2"] not in read_ports(session, table)
        patroni.listed.append("replica2")
        wait_until(lambda: nodes(weir).get(ports["replica2"], {}).get("state") == "up", "it is a node again")
        wait_until(lambda: ports["replica2"] in read_ports(session, table), "it is read from again")
    assert "is no member any more" in weir.log() and "is a member again" in weir.log()


def test_without_a_leader_and_without_an_answer_all_stays_as_it_was(start, cluster, patroni, table):
    weir = start(patroni)
    with weir.connect() as session:
        patroni.listed, patroni.leader = ["replica1"], None
        seen = patroni.asked
        wait_until(lambda: patroni.asked >= seen + 3, "Patroni has been asked")
        assert len(nodes(weir)) == 3
        patroni.status = 503
        wait_until(lambda: "Patroni does not answer" in weir.log(), "the log says so")
        seen = patroni.asked
        wait_until(lambda: patroni.asked >= seen + 3, "Patroni has been asked")
        assert weir.log().count("Patroni does not answer") == 1, "said once"
        session.execute(f"insert into {table} values (12, 'all the same')")
        assert len(nodes(weir)) == 3
        patroni.status = 200
        wait_until(lambda: "Patroni answers again" in weir.log(), "the log says so")


def test_configured_nodes_are_members_of_their_address_and_stay(start, cluster, patroni):
    weir = start(patroni, [cluster.conninfo("primary"), cluster.conninfo("replica1")])
    assert len(nodes(weir)) == 3, "two configured, one found, none twice"
    patroni.listed = ["primary"]
    wait_until(lambda: len(nodes(weir)) == 2, "the found one has left")
    assert set(nodes(weir)) == {cluster.port("primary"), cluster.port("replica1")}


@pytest.fixture
def own():
    made = RealCluster(("--replicas", "2")).up()
    yield made
    made.down()


def test_of_two_primaries_of_one_timeline_the_leader_counts(start, own):
    patroni = PatroniServer(own)
    try:
        weir = start(patroni, of=own)
        with own.connect() as direct:
            direct.execute("create table kept (id integer primary key)")
        own.wait_caught_up()
        with weir.connect() as session:
            session.execute("insert into kept values (1)")
            own.wait_caught_up()
            patroni.leader = None
            own.command("stop", "primary", "--crash")
            for node in own.replicas:
                own.ask(node, "select pg_promote()")
            one, other = (own.port(node) for node in own.replicas)
            fenced = "is a primary of the same timeline 2"
            wait_until(lambda: all(fenced in nodes(weir)[port]["trouble"] for port in (one, other)),
                       "neither of the two is used")
            patroni.leader = "replica2"
            wait_until(lambda: nodes(weir)[other]["state"] == "up", "the leader is used")
            assert "the one that Patroni calls the leader" in nodes(weir)[one]["trouble"]
            session.execute("insert into kept values (2)")
        assert own.value("replica2", "select count(*) from kept") == 2
        assert own.value("replica1", "select count(*) from kept") == 1
    finally:
        patroni.close()
