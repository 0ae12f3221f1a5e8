"""More than there is room for: descriptors and memory."""
import contextlib
import os
import resource
import select
import socket
import time

import psycopg
import pytest

from support.raw_client import RawClient, ServerError, message, query
from support.waiting import wait_until

MIB = 1024 * 1024


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def descriptors_left(pid, count):
    """Of those that the process may open, only so many are left meanwhile."""
    most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + count, most[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, most)


def assert_it_rests(pid):
    began, used = time.monotonic(), cpu_seconds(pid)
    wait_until(lambda: time.monotonic() - began > 2, "some time has passed")
    assert cpu_seconds(pid) - used < 1, "it goes round in a loop"


def test_without_descriptors_it_waits_and_goes_on(start_weir, table):
    weir = start_weir({"auth": {"method": "trust"}})
    pid = weir.process.pid
    with weir.connect() as there:
        there.execute(f"update {table} set word = 'before' where id = 1")
        with descriptors_left(pid, 4):
            crowd = [RawClient(weir.port) for _ in range(20)]
            wait_until(lambda: "Too many open files" in weir.log(), "it has run out of them")
            assert_it_rests(pid)
            assert weir.log().count("cannot accept a connection") == 1, "said once in five seconds"
            there.execute(f"update {table} set word = 'meanwhile' where id = 1")
            for client in crowd[:-1]:
                client.close()
            last = crowd[-1]
            last.log_in()
            assert last.ask("select 'in the end'") == [["in the end"]]
            last.close()
        assert there.execute(f"select word from {table} where id = 1").fetchone() == ("meanwhile",)


def test_without_descriptors_the_other_listeners_wait_as_well(start_weir, tmp_path):
    """HTTP, and the socket over which the next Weir asks for the place of this one."""
    path = str(tmp_path / "handover")
    weir = start_weir({"server": {"handover": path}})
    pid = weir.process.pid
    with socket.socket(socket.AF_UNIX) as taker:
        with descriptors_left(pid, 0):
            taker.connect(path)
            with socket.create_connection(("127.0.0.1", weir.http_port)):
                wait_until(lambda: f"{path}: cannot accept a connection" in weir.log(), "one says so")
                wait_until(lambda: "http: cannot accept a connection" in weir.log(), "the other says so")
                assert_it_rests(pid)
                assert weir.log().count("cannot accept a connection") == 2, "each said it once in five seconds"
        taker.settimeout(10)
        text, descriptors, _, _ = socket.recv_fds(taker, 64, 8)
        assert text == b"weir 1 2 own\n"
        for each in descriptors:
            os.close(each)
    wait_until(lambda: "this one goes on" in weir.log(), "it has noticed that this was no Weir")


def test_without_descriptors_for_a_node_a_client_waits(start_weir, table):
    """That is no fault of the node's."""
    weir = start_weir({"server": {"workers": 1}})
    pid = weir.process.pid
    with weir.connect() as holder, weir.connect() as waiter:
        holder.execute("begin")
        holder.execute(f"update {table} set word = 'held' where id = 1")
        with descriptors_left(pid, 0):
            waiter.pgconn.send_query(f"update {table} set word = 'in the end' where id = 2".encode())
            wait_until(lambda: "Too many open files" in weir.log(), "there is none for one more connection")
            holder.execute(f"update {table} set word = 'kept' where id = 1")
            assert_it_rests(pid)
            assert weir.log().count("no connection to") <= 2, "said once in five seconds"
        assert waiter.pgconn.get_result().status == psycopg.pq.ExecStatus.COMMAND_OK
        assert waiter.pgconn.get_result() is None
        holder.execute("commit")
        assert holder.execute(f"select word from {table} where id in (1, 2) order by id").fetchall() == [
            ("kept",), ("in the end",)]


LARGE = message(b"P", b"\0select '" + b"x" * (4 * MIB) + b"'\0\0\0")


def says_much(weir, count):
    """A client that sends so much of a request, and not its end."""
    client = RawClient(weir.port)
    client.log_in()
    client.send(LARGE[:count])
    return client


def test_buffers_have_a_bound_in_all(start_weir):
    """Clients that say most of a large request and wait: the one too many is ended, those who want little are not."""
    weir = start_weir({"auth": {"method": "trust"},
                       "server": {"workers": 1, "cycle_limit_bytes": 8 * MIB, "max_buffer_bytes": 16 * MIB}})
    def taken_in():
        return weir.metric("weir_bytes_total", direction="from_clients")

    before = weir.resident_kib()
    clients = [says_much(weir, 2 * MIB) for _ in range(7)]
    try:
        wait_until(lambda: weir.metric("weir_buffer_bytes") > 13 * MIB, "they are kept")
        greedy = RawClient(weir.port)
        greedy.log_in()
        clients.append(greedy)
        with pytest.raises(ServerError) as seen:
            for at in range(0, len(LARGE), 64 * 1024):
                piece, before_it = LARGE[at:at + 64 * 1024], taken_in()
                greedy.send(piece)
                wait_until(lambda: taken_in() - before_it >= len(piece) or readable(greedy), "it is taken in")
                if readable(greedy):
                    list(greedy.until_ready())
        assert seen.value.code == "53200"
        assert "max_buffer_bytes" in seen.value.fields["H"]
        assert weir.resident_kib() - before < 64 * 1024
        with weir.connect() as session:
            assert session.execute("select 1").fetchone() == (1,)
        wait_until(lambda: weir.metric("weir_clients") == 7, "the others are there")
    finally:
        for client in clients:
            client.close()
    wait_until(lambda: weir.metric("weir_buffer_bytes") < 256 * 1024, "all is given back")


def readable(client):
    return bool(select.select([client.socket], [], [], 0)[0])


ASKED = query("") * 1000  # answered by Weir itself, no node is there to wait
ANSWERED = (message(b"I") + message(b"Z", b"I")) * 1000


def test_who_does_not_read_is_not_asked_for_more(start_weir):
    """Questions without end, and no answer is taken: they are no longer read, and later none of them is lost."""
    weir = start_weir({"auth": {"method": "trust"}, "server": {"workers": 1}})
    with RawClient(weir.port) as client:
        client.log_in()
        before, sent = weir.resident_kib(), 0
        client.socket.setblocking(False)
        while sent < 128 * MIB and select.select([], [client.socket], [], 2)[1]:
            sent += client.socket.send(ASKED[sent % len(ASKED):])
        assert sent < 128 * MIB, "all of it was taken in"
        assert weir.metric("weir_buffer_bytes") < 2 * MIB
        assert weir.resident_kib() - before < 16 * 1024
        rest = ASKED[sent % len(ASKED):]  # the last thousand of them is made whole
        owed = (sent + len(rest)) // len(ASKED) * len(ANSWERED)
        got, pattern = 0, ANSWERED + ANSWERED
        while got < owed:
            able = select.select([client.socket], [client.socket] if rest else [], [], 10)
            assert able[0] or able[1], f"{owed - got} bytes are missing"
            if able[1]:
                rest = rest[client.socket.send(rest):]
            if able[0]:
                data = client.socket.recv(len(ANSWERED))
                assert data == pattern[got % len(ANSWERED):][:len(data)]
                got += len(data)
        wait_until(lambda: weir.metric("weir_buffer_bytes") < 64 * 1024, "nothing is kept of it")
        client.socket.setblocking(True)
        assert client.ask("select 'next'") == [["next"]]
