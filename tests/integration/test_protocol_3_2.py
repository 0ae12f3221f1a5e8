"""Protocol 3.2 and its negotiation: by hand, and with PostgreSQL 18's own libpq."""
import struct

import pytest

from support import libpq_18
from support.raw_client import PROTOCOL_3_2, RawClient, messages, startup
from support.tcp_gate import TcpGate
from support.waiting import wait_until

MAJOR = 3 << 16
LATEST = {"min_protocol_version": "3.2", "max_protocol_version": "3.2"}
needs_libpq_18 = pytest.mark.skipif(libpq_18.MISSING is not None, reason=str(libpq_18.MISSING))


@pytest.fixture
def trusting(start_weir):
    """For clients that speak by hand."""
    return start_weir({"auth": {"method": "trust"}})


# What PostgreSQL 18.4 answered to the same: NegotiateProtocolVersion's body, and the secret's length.
@pytest.mark.parametrize("minor, options, negotiated, secret", [
    (0, [], None, 4),
    (0, ["_pq_.a"], struct.pack("!II", MAJOR, 1) + b"_pq_.a\0", 4),
    (1, [], None, 4),
    (2, [], None, 32),
    (2, ["_pq_.a", "_pq_.b"], struct.pack("!II", MAJOR | 2, 2) + b"_pq_.a\0_pq_.b\0", 32),
    (3, [], struct.pack("!II", MAJOR | 2, 0), 32),
    (9999, ["_pq_.test_protocol_negotiation"],
     struct.pack("!II", MAJOR | 2, 1) + b"_pq_.test_protocol_negotiation\0", 32)])
def test_what_a_client_is_told(trusting, minor, options, negotiated, secret):
    with RawClient(trusting.port) as client:
        client.send(startup(protocol=MAJOR | minor, **dict.fromkeys(options, "1")))
        seen = list(client.until_ready())
        assert [body for kind, body in seen if kind == b"v"] == ([negotiated] if negotiated else [])
        assert seen[0][0] == (b"v" if negotiated else b"R")
        keys = [body for kind, body in seen if kind == b"K"]
        assert [len(key) for key in keys] == [4 + secret]
        assert client.ask("select 'alive'") == [["alive"]]


def test_another_major_version_is_refused(trusting):
    with RawClient(trusting.port) as client:
        client.send(startup(protocol=4 << 16))
        (kind, body), = messages(client.all_until_closed())
        assert kind == b"E" and b"C0A000\0" in body
        assert b"unsupported frontend protocol 4.0: server supports 3.0 to 3.2" in body


def test_secrets_are_never_the_same(trusting):
    secrets = set()
    for _ in range(30):
        with RawClient(trusting.port) as client:
            secrets.add(client.log_in(protocol=PROTOCOL_3_2).secret)
    assert len(secrets) == 30
    # Nor is a part of them: every byte takes many values.
    assert all(len({secret[place] for secret in secrets}) > 10 for place in range(32))


@needs_libpq_18
@pytest.mark.parametrize("statement", ["select pg_sleep(60), 'libpq 18, primary', txid_current()",
                                       "select count(*) from generate_series(1, 20000000000)"])
@pytest.mark.parametrize("way", ["cancel", "cancel_as_before"])
def test_libpq_18_cancels(cluster, weir, statement, way):
    with libpq_18.session(weir.port, **LATEST) as session:
        assert session.protocol == 30002
        assert session.pid > 2**22
        session.send(statement)
        wait_until(lambda: cluster.running(statement), "it runs")
        getattr(session, way)()
        assert session.outcome() == "57014"
        assert session.ask("select 'alive'") == "alive"


@needs_libpq_18
@pytest.mark.parametrize("wanted, spoken", [({}, 30000), ({"max_protocol_version": "3.0"}, 30000),
                                            ({"max_protocol_version": "latest"}, 30002)])
def test_libpq_18_speaks_what_it_was_told_to(weir, wanted, spoken):
    with libpq_18.session(weir.port, **wanted) as session:
        assert session.protocol == spoken
        assert session.ask("select 'alive'") == "alive"


@needs_libpq_18
def test_libpq_18_behind_a_balancer(cluster, prepare_weir):
    """Its long key finds the way from one Weir to another."""
    one, other = prepare_weir(), prepare_weir()
    peers = {"1": f"127.0.0.1:{one.port}", "2": f"127.0.0.1:{other.port}"}
    for number, weir in ((1, one), (2, other)):
        weir.write_configuration({"server": {"peer_id": number, "peers": peers}})
        weir.start().wait_for_nodes(len(cluster.nodes))
    statement = "select pg_sleep(60), 'libpq 18 behind a balancer'"
    with TcpGate(one.port, cancel_target=other.port) as balancer, \
            libpq_18.session(balancer.port, sslmode="disable", **LATEST) as session:
        session.send(statement)
        wait_until(lambda: cluster.running(statement), "it runs")
        session.cancel()
        assert session.outcome() == "57014"
    assert other.metric("weir_peer_cancels_total", outcome="passed_on") == 1
