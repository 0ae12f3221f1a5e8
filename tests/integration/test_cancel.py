"""A cancel reaches the statement it was meant for, and no other."""
import struct
import threading

import psycopg
import pytest

from support.raw_client import RawClient, ServerError, query, send_cancel
from support.waiting import wait_until

LONG_READ = "select count(*) from generate_series(1, 20000000000)"


def start_long(cluster, client, statement):
    client.send(query(statement))
    return wait_until(lambda: cluster.running(statement), f"{statement} runs")


def test_a_read_on_a_replica_is_cancelled(cluster, start_weir):
    weir = start_weir()
    with weir.connect() as session:
        failed = []

        def work():
            try:
                session.execute(LONG_READ)
            except psycopg.Error as error:
                failed.append(error.sqlstate)

        thread = threading.Thread(target=work)
        thread.start()
        nodes = wait_until(lambda: cluster.running(LONG_READ), "it runs")
        assert nodes[0] in cluster.replicas
        session.cancel()
        thread.join(timeout=20)
        assert failed == ["57014"]
        wait_until(lambda: not cluster.running(LONG_READ), "it ended on the node")
        assert session.execute("select 1").fetchone() == (1,)


def test_a_cancel_hits_only_its_own_session(cluster, start_weir):
    weir = start_weir()
    first, second = "select pg_sleep(50), 'first'", "select pg_sleep(50), 'second'"
    with weir.connect() as one, weir.connect() as other:
        ended = []

        def work(session, statement):
            try:
                session.execute(statement)
            except psycopg.Error as error:
                ended.append((statement, error.sqlstate))

        threads = [threading.Thread(target=work, args=pair) for pair in ((one, first), (other, second))]
        for thread in threads:
            thread.start()
        for statement in (first, second):
            wait_until(lambda which=statement: cluster.running(which), f"{statement} runs")
        one.cancel()
        threads[0].join(timeout=20)
        assert ended == [(first, "57014")]
        assert cluster.running(second)
        other.cancel()
        threads[1].join(timeout=20)
        assert ended == [(first, "57014"), (second, "57014")]


@pytest.fixture
def with_raw_clients(cluster, start_weir):
    """A Weir with one backend; the node must trust, too: a password stays in the users file."""
    return start_weir({"server": {"workers": 1}, "auth": {"method": "trust"}, "pool": {"size": 1}})


def test_a_wrong_secret_cancels_nothing(cluster, with_raw_clients):
    statement = "select pg_sleep(2), 'wrong secret'"
    with RawClient(with_raw_clients.port) as client:
        client.log_in()
        start_long(cluster, client, statement)
        wrong = bytes(byte ^ 1 for byte in client.secret)
        send_cancel(with_raw_clients.port, client.pid, wrong)
        send_cancel(with_raw_clients.port, client.pid + 1, client.secret)
        send_cancel(with_raw_clients.port, 1, client.secret)
        assert client.rows() == [["", "wrong secret"]]


def test_the_right_secret_cancels(cluster, with_raw_clients):
    """The counterpart: without it the test above would show nothing."""
    statement = "select pg_sleep(50), 'right secret'"
    with RawClient(with_raw_clients.port) as client:
        client.log_in()
        start_long(cluster, client, statement)
        send_cancel(with_raw_clients.port, client.pid, client.secret)
        with pytest.raises(ServerError) as caught:
            client.rows()
        assert caught.value.code == "57014"
        assert client.ask("select 'alive'") == [["alive"]]


def test_a_late_cancel_does_not_reach_the_next_user_of_the_backend(cluster, with_raw_clients):
    statement = "select pg_sleep(1.5), 'second owner', txid_current()"
    with RawClient(with_raw_clients.port) as early, RawClient(with_raw_clients.port) as late:
        early.log_in()
        late.log_in()
        assert early.ask("select txid_current() > 0") == [["t"]]  # it had the only backend
        start_long(cluster, late, statement)
        for _ in range(5):
            send_cancel(with_raw_clients.port, early.pid, early.secret)
        assert late.rows()[0][1] == "second owner"
        assert early.ask("select 'alive'") == [["alive"]]


def test_cancels_without_pause_never_hit_the_neighbour(cluster, with_raw_clients):
    """One session is cancelled over and over, the other shares its backend and must not feel it."""
    stop = threading.Event()
    with RawClient(with_raw_clients.port) as victim, RawClient(with_raw_clients.port) as neighbour:
        victim.log_in()
        neighbour.log_in()

        def storm():
            while not stop.is_set():
                send_cancel(with_raw_clients.port, victim.pid, victim.secret)

        def be_cancelled():
            while not stop.is_set():
                try:
                    victim.ask("select txid_current(), pg_sleep(0.005)")
                except ServerError as error:
                    assert error.code == "57014"

        threads = [threading.Thread(target=storm), threading.Thread(target=be_cancelled)]
        for thread in threads:
            thread.start()
        try:
            for number in range(150):
                answer = neighbour.ask(f"select {number}, txid_current() > 0, pg_sleep(0.002)")
                assert answer[0][:2] == [str(number), "t"]
        finally:
            stop.set()
            for thread in threads:
                thread.join()


def test_who_waits_for_a_backend_can_be_cancelled(cluster, with_raw_clients):
    with RawClient(with_raw_clients.port) as holder, RawClient(with_raw_clients.port) as waiter:
        holder.log_in()
        waiter.log_in()
        holder.ask("begin")
        holder.ask("select txid_current()")
        waiter.send(query("select txid_current()"))
        wait_until(lambda: with_raw_clients.metric("weir_clients", state="waiting") == 1, "it waits")
        send_cancel(with_raw_clients.port, waiter.pid, waiter.secret)
        with pytest.raises(ServerError) as caught:
            waiter.rows()
        assert caught.value.code == "57014"
        holder.ask("commit")
        assert len(waiter.ask("select txid_current()")) == 1


def test_session_pids_look_like_no_process(with_raw_clients):
    """Above 2^22, so that a pid of a node and one of Weir are never mixed up."""
    with RawClient(with_raw_clients.port) as client:
        client.log_in()
        assert client.pid > 2**22
        assert client.pid < 2**31
        assert len(client.secret) == 4 and client.secret != struct.pack("!I", 0)
