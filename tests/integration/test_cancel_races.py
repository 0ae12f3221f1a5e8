"""Cancels that come early, late, in crowds or not at all: none of them reaches a statement that it was
not meant for, and nothing grows."""
import contextlib
import os
import pathlib
import random
import select
import socket
import threading

import pytest

from support.places import measured, sized
from support.raw_client import (PROTOCOL_3_2, RawClient, ServerError, cancel_request, query, send_cancel)
from support.tcp_gate import TcpGate
from support.waiting import wait_until

CANCELS = sized(4000, 40000)
SENDERS = 4


@pytest.fixture
def gated(cluster, start_weir):
    """gated(size=...) -> (gate, weir): between Weir and the only node that it knows stands the gate."""
    with contextlib.ExitStack() as stack:
        def start(size, **overrides):
            gate = stack.enter_context(TcpGate(cluster.port()))
            alone = OneNode(cluster, gate.port)
            return gate, start_weir({"server": {"workers": 1}, "auth": {"method": "trust"},
                                     "pool": {"size": size}, **overrides}, nodes=alone)

        yield start


class OneNode:
    """The primary, by way of a gate."""

    def __init__(self, cluster, port):
        self.nodes = {"primary": cluster.nodes["primary"]}
        self._port = port

    def conninfo(self, _node):
        return f"host=127.0.0.1 port={self._port}"


def running_client(cluster, weir, statement, **parameters):
    client = RawClient(weir.port).log_in(**parameters)
    client.send(query(statement))
    wait_until(lambda: cluster.running(statement), f"{statement} runs")
    return client


def is_cancelled(client):
    with pytest.raises(ServerError) as caught:
        client.rows()
    assert caught.value.code == "57014"


def test_who_cancels_hears_the_end_when_the_node_has_been_told(cluster, gated):
    """As with PostgreSQL: what is sent after that cannot be hit any more."""
    gate, weir = gated(size=2)
    client = running_client(cluster, weir, "select pg_sleep(60), 'the end is heard'")
    gate.holds_cancels = True
    with client, socket.create_connection(("127.0.0.1", weir.port), timeout=10) as canceller:
        canceller.sendall(cancel_request(client.pid, client.secret))
        wait_until(lambda: gate.held, "it is on its way to the node")
        assert select.select([canceller], [], [], 0)[0] == []
        gate.let_go()
        assert canceller.recv(1) == b""
        is_cancelled(client)


def test_a_crowd_of_cancels_is_two_connections_to_the_node(cluster, gated):
    gate, weir = gated(size=2)
    client = running_client(cluster, weir, "select pg_sleep(60), 'a crowd'")
    gate.holds_cancels = True
    crowd = []
    with client:
        for _ in range(300):
            crowd.append(socket.create_connection(("127.0.0.1", weir.port), timeout=10))
            crowd[-1].sendall(cancel_request(client.pid, client.secret))
        wait_until(lambda: weir.metric("weir_cancels_total") == 300, "all have come")
        assert gate.held == 1
        gate.let_go()
        is_cancelled(client)
        for one in crowd:
            assert one.recv(1) == b""
            one.close()
        # One more for all that came meanwhile, unless nothing ran any more.
        assert len(gate.cancels) in (1, 2)
        assert client.ask("select 'alive'") == [["alive"]]


def test_a_cancel_that_is_lost_on_the_way_hits_nobody_later(cluster, gated):
    """The connection that it was meant for is never lent again: it may still come."""
    gate, weir = gated(size=1)
    early = running_client(cluster, weir, "select pg_sleep(1), 'the cancel is lost'")
    gate.holds_cancels = True
    with early, RawClient(weir.port) as late:
        late.log_in()
        send_cancel(weir.port, early.pid, early.secret)  # gives up at its deadline
        assert early.rows() == [["", "the cancel is lost"]]
        statement = "select pg_sleep(1), 'next of the pool'"
        late.send(query(statement))
        wait_until(lambda: cluster.running(statement), "it runs")
        gate.let_go()
        assert len(gate.cancels) == 1
        assert late.rows() == [["", "next of the pool"]]


def test_while_a_cancel_is_on_its_way_the_connection_is_not_lent(cluster, gated):
    gate, weir = gated(size=1)
    early = running_client(cluster, weir, "select pg_sleep(0.3), 'ends by itself'")
    gate.holds_cancels = True
    with early, RawClient(weir.port) as late:
        late.log_in()
        with socket.create_connection(("127.0.0.1", weir.port), timeout=10) as canceller:
            canceller.sendall(cancel_request(early.pid, early.secret))
            wait_until(lambda: gate.held, "it is on its way to the node")
            assert early.rows() == [["", "ends by itself"]]
            late.send(query("select 'late', txid_current() > 0"))
            wait_until(lambda: weir.metric("weir_clients", state="waiting") == 1, "it waits")
            gate.let_go()
            assert late.rows() == [["late", "t"]]
            assert canceller.recv(1) == b""


def test_a_node_that_is_away_when_the_cancel_comes(cluster, gated):
    """Its connection may be lent on: nothing was sent."""
    gate, weir = gated(size=1)
    statement = "select pg_sleep(1), 'the cancel finds no way'"
    with running_client(cluster, weir, statement) as client:
        gate.cancel_target = 1  # refuses: the gate closes the connection
        send_cancel(weir.port, client.pid, client.secret)
        assert client.rows() == [["", "the cancel finds no way"]]
        assert client.ask("select 'alive'") == [["alive"]]


@pytest.mark.parametrize("statement", [
    "select i, repeat('x', 200) from generate_series(1, 2000000) i",
    "select i, repeat('x', 200), txid_current() from generate_series(1, 2000000) i"])
def test_a_streaming_answer_ends_with_the_error(start_weir, statement):
    """On a replica and on the primary."""
    weir = start_weir({"auth": {"method": "trust"}})
    with RawClient(weir.port) as client:
        client.log_in()
        client.send(query(statement))
        for kind, _ in client.until_ready():
            if kind == b"D":
                break
        canceller = threading.Thread(target=send_cancel, args=(weir.port, client.pid, client.secret))
        canceller.start()
        kinds = [kind for kind, _ in client.until_ready(raise_errors=False)]
        canceller.join()
        assert kinds[-1] == b"E" and b"C" not in kinds
        assert 0 < len(kinds) < 2000000
        assert client.ask("select 'alive'") == [["alive"]]


def test_a_key_ends_with_its_client(cluster, start_weir):
    """The next client gets the same pid and another secret."""
    weir = start_weir({"server": {"workers": 1}, "auth": {"method": "trust"}})
    for protocol in (None, PROTOCOL_3_2):
        parameters = {"protocol": protocol} if protocol else {}
        with RawClient(weir.port) as gone:
            gone.log_in(**parameters)
        wait_until(lambda: weir.metric("weir_clients") == 0, "it has gone")
        statement = f"select pg_sleep(1), 'has the pid of another', {len(parameters)}"
        with running_client(cluster, weir, statement, **parameters) as client:
            assert client.pid == gone.pid
            assert client.secret != gone.secret
            send_cancel(weir.port, gone.pid, gone.secret)
            assert client.rows()[0][1] == "has the pid of another"


def test_a_key_of_the_other_length_is_wrong(cluster, start_weir):
    weir = start_weir({"auth": {"method": "trust"}})
    with running_client(cluster, weir, "select pg_sleep(1), 'long and short'",
                        protocol=PROTOCOL_3_2) as client:
        send_cancel(weir.port, client.pid, client.secret[:4])
        send_cancel(weir.port, client.pid, client.secret[:31])
        send_cancel(weir.port, client.pid, client.secret + b"\0")
        send_cancel(weir.port, client.pid, client.secret * 8)
        assert client.rows() == [["", "long and short"]]


@pytest.mark.deadline(240)
def test_a_storm_of_cancels(cluster, start_weir):
    """Thousands at once, right and wrong ones: a session is cancelled over and over, its neighbours,
    who share connections with it, never."""
    weir = start_weir({"server": {"workers": 2}, "auth": {"method": "trust"}, "pool": {"size": 3}})
    stop, hits, wrong, rounds = threading.Event(), [], [], []
    victims = [RawClient(weir.port).log_in() for _ in range(2)]
    neighbours = [RawClient(weir.port).log_in() for _ in range(4)]
    try:
        threads = [threading.Thread(target=_be_cancelled, args=(victim, stop, hits, wrong))
                   for victim in victims]
        threads += [threading.Thread(target=_be_left_alone, args=(neighbour, stop, rounds, wrong))
                    for neighbour in neighbours]
        for thread in threads:
            thread.start()
        _storm(weir, victims, neighbours, CANCELS // 4)
        before = weir.resident_kib()
        _storm(weir, victims, neighbours, CANCELS)
        grown = weir.resident_kib() - before
        stop.set()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert hits and rounds
        assert grown < 4 * 1024 or _keeps_freed_memory(weir)
        for client in [*victims, *neighbours]:
            assert client.ask("select 'alive'") == [["alive"]]
        wait_until(lambda: weir.metric("weir_clients") == len(victims) + len(neighbours),
                   "no cancel is left over")
        wait_until(lambda: _sockets(weir) < 60, "no connection is left over")
        measured(f"measured: {CANCELS} cancel requests: {len(hits)} statements hit, {len(rounds)} of "
                 f"neighbours untouched, memory {grown:+} KiB")
    finally:
        stop.set()
        for client in [*victims, *neighbours]:
            client.close()


def _be_cancelled(victim, stop, hits, wrong):
    try:
        while not stop.is_set():
            try:
                victim.ask("select pg_sleep(0.01), txid_current()")
            except ServerError as error:
                (hits if error.code == "57014" else wrong).append(error.code)
    except (OSError, EOFError) as error:
        wrong.append(repr(error))


def _be_left_alone(neighbour, stop, rounds, wrong):
    number = 0
    try:
        while not stop.is_set():
            number += 1
            statement = f"select {number}, pg_sleep(0.005)" + (", txid_current()" if number % 2 else "")
            answer = neighbour.ask(statement)
            if answer[0][0] != str(number):
                wrong.append(answer)
            rounds.append(number)
    except (ServerError, OSError, EOFError) as error:
        wrong.append(repr(error))


def _storm(weir, victims, neighbours, count):
    """From several threads; each request is one of: right, of a neighbour's pid, of anything, broken."""
    def send(seed):
        chance = random.Random(seed)
        for _ in range(count // SENDERS):
            victim, neighbour = chance.choice(victims), chance.choice(neighbours)
            request = chance.choice([
                lambda: cancel_request(victim.pid, victim.secret),
                lambda: cancel_request(neighbour.pid, chance.randbytes(4)),
                lambda: cancel_request(neighbour.pid, victim.secret),
                lambda: cancel_request(chance.getrandbits(32), chance.randbytes(4)),
                lambda: cancel_request(2**30 | chance.getrandbits(21), chance.randbytes(32)),
                lambda: cancel_request(chance.getrandbits(32), chance.randbytes(300)),
                lambda: cancel_request(victim.pid, b"")[:chance.randrange(1, 12)]])()
            with socket.create_connection(("127.0.0.1", weir.port), timeout=20) as connection:
                connection.sendall(request)
                if chance.random() < 0.5:  # the others do not wait for the end
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(1000):
                        pass

    print("seed 22")
    threads = [threading.Thread(target=send, args=(22 + number,)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _keeps_freed_memory(weir):
    """The address sanitizer does, to find its late use."""
    return "libasan" in pathlib.Path(f"/proc/{weir.process.pid}/maps").read_text(encoding="utf-8")


def _sockets(weir):
    return len(os.listdir(f"/proc/{weir.process.pid}/fd"))
