"""More than there is room for: descriptors and memory."""
import os
import resource
import select
import time

import pytest

from support.raw_client import RawClient, ServerError, message
from support.waiting import wait_until

MIB = 1024 * 1024


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_without_descriptors_it_waits_and_goes_on(start_weir, table):
    weir = start_weir({"auth": {"method": "trust"}})
    pid = weir.process.pid
    with weir.connect() as there:
        there.execute(f"update {table} set word = 'before' where id = 1")
        most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + 4, most[1]))
        crowd = [RawClient(weir.port) for _ in range(20)]
        wait_until(lambda: "Too many open files" in weir.log(), "it has run out of them")
        began, used = time.monotonic(), cpu_seconds(pid)
        wait_until(lambda: time.monotonic() - began > 2, "some time has passed")
        assert cpu_seconds(pid) - used < 1, "it goes round in a loop"
        assert weir.log().count("cannot accept a client") == 1, "said once in five seconds"
        there.execute(f"update {table} set word = 'meanwhile' where id = 1")
        for client in crowd[:-1]:
            client.close()
        last = crowd[-1]
        last.log_in()
        assert last.ask("select 'in the end'") == [["in the end"]]
        last.close()
        resource.prlimit(pid, resource.RLIMIT_NOFILE, most)
        assert there.execute(f"select word from {table} where id = 1").fetchone() == ("meanwhile",)


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
