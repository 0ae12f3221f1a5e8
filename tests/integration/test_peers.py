"""Several Weirs behind one address: a cancel that reaches the wrong one is passed on to the right one."""
import select
import socket
import struct
import threading

import psycopg
import pytest

from support.places import free_port
from support.raw_client import (PROTOCOL_3_2, RawClient, ServerError, cancel_request, query,
                                send_cancel)
from support.tcp_gate import TcpGate
from support.waiting import wait_until

NOBODY = 9  # a peer's number that is in the configuration, at an address where no Weir is


@pytest.fixture
def weirs(start_weir, prepare_weir, cluster):
    """weirs(more_peers) -> two that know each other; they trust, so that tests can speak by hand."""
    def start(more_peers=None, **server):
        both = [prepare_weir(), prepare_weir()]
        peers = {str(number): f"127.0.0.1:{weir.port}" for number, weir in enumerate(both, 1)}
        for number, weir in enumerate(both, 1):
            weir.write_configuration(
                {"auth": {"method": "trust"},
                 "server": {"peer_id": number, "workers": 2, "peers": {**peers, **(more_peers or {})},
                            **server}})
            weir.start().wait_for_nodes(len(cluster.nodes))
        return both

    return start


def outcomes(weir):
    return {labels["outcome"]: int(value)
            for labels, value in weir.metrics("weir_peer_cancels_total") if value}


def key_of(peer, slot=0):
    """A pid as a Weir with that number gives it out."""
    return 2**30 | peer << 21 | slot


class SilentServer:
    """Takes connections and keeps them open without a word."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.taken = []
        self.thread = threading.Thread(target=self._take)
        self.thread.start()

    def _take(self):
        while True:
            one, _ = self.listener.accept()
            if not self.thread_goes_on:
                one.close()
                return
            self.taken.append(one)

    thread_goes_on = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.thread_goes_on = False
        socket.create_connection(("127.0.0.1", self.port)).close()
        self.thread.join()
        for one in [*self.taken, self.listener]:
            one.close()


def runs_until_cancelled(cluster, client, statement, cancel):
    client.send(query(statement))
    wait_until(lambda: cluster.running(statement), f"{statement} runs")
    cancel()
    with pytest.raises(ServerError) as caught:
        client.rows()
    assert caught.value.code == "57014"


@pytest.mark.parametrize("statement", ["select pg_sleep(60), 'peers, on the primary', txid_current()",
                                       "select count(*) from generate_series(1, 20000000000)"])
def test_a_balancer_may_take_the_cancel_elsewhere(cluster, weirs, statement):
    """The driver cancels at the address that it knows, the balancer's."""
    one, other = weirs()
    with TcpGate(one.port, cancel_target=other.port) as balancer:
        with psycopg.connect(host="127.0.0.1", port=balancer.port, dbname="app", user="app",
                             autocommit=True) as session:
            failed = []

            def work():
                try:
                    session.execute(statement)
                except psycopg.Error as error:
                    failed.append(error.sqlstate)

            thread = threading.Thread(target=work)
            thread.start()
            wait_until(lambda: cluster.running(statement), "it runs")
            session.cancel()
            thread.join(timeout=20)
            assert failed == ["57014"]
            assert session.execute("select 1").fetchone() == (1,)
        assert len(balancer.cancels) == 1
    assert outcomes(other) == {"passed_on": 1}
    assert outcomes(one) == {}
    assert (one.metric("weir_cancels_total"), other.metric("weir_cancels_total")) == (1, 0)


def test_long_keys_are_passed_on_too(cluster, weirs):
    one, other = weirs()
    for weir, wrong in ((one, other), (other, one)):
        with RawClient(weir.port) as client:
            client.log_in(protocol=PROTOCOL_3_2)
            assert len(client.secret) == 32
            runs_until_cancelled(cluster, client, "select pg_sleep(60), 'long key'",
                                 lambda: send_cancel(wrong.port, client.pid, client.secret))
    assert outcomes(one) == outcomes(other) == {"passed_on": 1}


def test_a_wrong_secret_is_wrong_by_way_of_a_peer_as_well(cluster, weirs):
    one, other = weirs()
    statement = "select pg_sleep(1.5), 'wrong by way of a peer'"
    with RawClient(one.port) as client:
        client.log_in()
        client.send(query(statement))
        wait_until(lambda: cluster.running(statement), "it runs")
        for mask in (1, 0x80, 0xFF):
            send_cancel(other.port, client.pid, bytes(byte ^ mask for byte in client.secret))
        send_cancel(other.port, client.pid, client.secret * 8)
        assert client.rows() == [["", "wrong by way of a peer"]]
    assert outcomes(other) == {"passed_on": 4}
    assert one.metric("weir_cancels_total") == 0


def test_keys_of_two_peers_differ(weirs):
    one, other = weirs()
    with RawClient(one.port) as client, RawClient(other.port) as stranger:
        client.log_in()
        stranger.log_in()
        assert client.pid >> 21 == 2**9 | 1
        assert stranger.pid >> 21 == 2**9 | 2


def test_a_peer_on_a_unix_socket(cluster, prepare_weir):
    one, other = prepare_weir(), prepare_weir()
    port = free_port()
    for number, weir, more in ((1, one, [f"unix:{one.folder}:{port}"]), (2, other, [])):
        weir.write_configuration(
            {"auth": {"method": "trust"},
             "server": {"peer_id": number, "peers": {"1": f"unix:{one.folder}:{port}"},
                        "listen": [f"127.0.0.1:{weir.port}", *more]}})
        weir.start().wait_for_nodes(len(cluster.nodes))
    with RawClient(one.port) as client:
        client.log_in()
        runs_until_cancelled(cluster, client, "select pg_sleep(60), 'unix'",
                             lambda: send_cancel(other.port, client.pid, client.secret))
    assert outcomes(other) == {"passed_on": 1}


def test_a_peer_gets_the_same_bytes_and_the_client_hears_the_end_when_the_peer_is_done(weirs):
    with TcpGate(target=0) as gate:
        gate.holds_cancels = True
        one, _ = weirs({str(NOBODY): f"localhost:{gate.port}"})  # a name, too
        for secret in (b"abcd", bytes(range(32))):
            request = cancel_request(key_of(NOBODY, 5), secret)
            with socket.create_connection(("127.0.0.1", one.port), timeout=10) as connection:
                connection.sendall(request)
                wait_until(lambda: gate.held, "it has arrived")
                assert gate.cancels[-1] == request
                assert select.select([connection], [], [], 0)[0] == []
                gate.let_go()
                assert connection.recv(1) == b""
            gate.holds_cancels = True
        assert len(gate.cancels) == 2
        assert outcomes(one) == {"passed_on": 2}


def test_a_peer_that_is_away_costs_nobody_anything(cluster, weirs):
    one, other = weirs({str(NOBODY): f"127.0.0.1:{free_port()}"})
    send_cancel(one.port, key_of(NOBODY), b"abcd")
    assert outcomes(one) == {"failed": 1}
    assert f"a cancel request for peer {NOBODY}" in one.log()
    with RawClient(other.port) as client:
        client.log_in()
        runs_until_cancelled(cluster, client, "select pg_sleep(60), 'others go on'",
                             lambda: send_cancel(one.port, client.pid, client.secret))


def test_keys_of_peers_that_nobody_knows_are_counted(weirs):
    one, _ = weirs()
    send_cancel(one.port, key_of(77), b"abcd")
    send_cancel(one.port, key_of(0), b"abcd")
    send_cancel(one.port, 12345, b"abcd")
    send_cancel(one.port, 2**31 | 1 << 21, b"abcd")
    assert outcomes(one) == {"unknown_peer": 2}


def test_wrong_addresses_do_not_send_it_in_circles(prepare_weir, cluster):
    """Each believes that the other is the peer in question; a third one believes that of itself."""
    one, other, third = prepare_weir(), prepare_weir(), prepare_weir()
    believed = {1: other.port, 2: one.port, 3: third.port}
    for number, weir in ((1, one), (2, other), (3, third)):
        weir.write_configuration(
            {"auth": {"method": "trust"},
             "server": {"peer_id": number, "peers": {str(NOBODY): f"127.0.0.1:{believed[number]}"}}})
        weir.start().wait_for_nodes(len(cluster.nodes))
    for count in (1, 2, 3):
        send_cancel(one.port, key_of(NOBODY), b"abcd")  # ends, so it is nowhere under way
        assert outcomes(one) == {"passed_on": count, "dropped": count}
        assert outcomes(other) == {"passed_on": count}
    send_cancel(third.port, key_of(NOBODY), b"abcd")
    assert outcomes(third) == {"passed_on": 1, "dropped": 1}


def test_a_peer_that_never_answers_holds_a_bounded_number(cluster, weirs):
    with SilentServer() as silent:
        one, other = weirs({str(NOBODY): f"127.0.0.1:{silent.port}"})
        waiting = []
        try:
            for slot in range(200):
                waiting.append(socket.create_connection(("127.0.0.1", one.port), timeout=20))
                waiting[-1].sendall(cancel_request(key_of(NOBODY, slot), b"abcd"))
            wait_until(lambda: outcomes(one).get("dropped") == 200 - 64, "what is too much is dropped")
            wait_until(lambda: len(silent.taken) == 64, "the others are under way")
            # Others are not held up.
            with RawClient(other.port) as client:
                client.log_in()
                runs_until_cancelled(cluster, client, "select pg_sleep(60), 'beside a full peer'",
                                     lambda: send_cancel(one.port, client.pid, client.secret))
            # All end: none of them is waited for longer than the deadline.
            for connection in waiting:
                assert connection.recv(1) == b""
        finally:
            for connection in waiting:
                connection.close()
        assert outcomes(one) == {"dropped": 136, "failed": 64, "passed_on": 1}
        assert len(silent.taken) == 64


def test_peers_change_by_a_reload(cluster, weirs):
    one, other = weirs()
    moved = {"1": f"127.0.0.1:{one.port}", "2": f"127.0.0.1:{free_port()}", "3": f"127.0.0.1:{other.port}"}
    one.write_configuration({"server": {"peer_id": 4, "peers": moved}})
    with psycopg.connect(host="127.0.0.1", port=one.port, dbname="weir", user="postgres",
                         autocommit=True) as console:
        console.execute("RELOAD")
    assert "server.peers: changed" in one.log()
    assert "server.peer_id: changed, takes effect after a restart" in one.log()
    send_cancel(one.port, key_of(2), b"abcd")
    assert outcomes(one) == {"failed": 1}
    send_cancel(one.port, key_of(3), b"abcd")  # that address is peer 2, who knows no peer 3
    assert outcomes(one) == {"failed": 1, "passed_on": 1}
    assert outcomes(other) == {"unknown_peer": 1}
    with RawClient(one.port) as client:
        client.log_in()
        assert client.pid >> 21 == 2**9 | 1  # as before
        runs_until_cancelled(cluster, client, "select pg_sleep(60), 'after the reload'",
                             lambda: send_cancel(one.port, client.pid, client.secret))


def test_the_pid_is_a_positive_number_in_every_peer(start_weir):
    weir = start_weir({"auth": {"method": "trust"}, "server": {"peer_id": 511, "workers": 3}})
    with RawClient(weir.port) as client:
        client.log_in()
        assert struct.unpack("!i", struct.pack("!I", client.pid))[0] > 2**22
        assert client.pid >> 21 == 2**9 | 511
