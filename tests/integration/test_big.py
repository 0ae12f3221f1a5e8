"""Large results and uploads stream: the memory of Weir stays flat, however slowly the client reads."""
import hashlib

import pytest

from support.places import measured, sized
from support.raw_client import RawClient, message, query
from support.waiting import wait_until

MIB = 1024 * 1024
ALLOWED_GROWTH_KIB = 32 * 1024


@pytest.fixture
def streaming(start_weir):
    weir = start_weir({"server": {"workers": 1}, "auth": {"method": "trust"}})
    with RawClient(weir.port) as client:  # what is allocated once is there before the measurement
        client.log_in()
        client.ask("select repeat('x', 1000000)")
    return weir


def writer_is_blocked(cluster):
    """True when a node cannot send to Weir: the slowness of the client has got there."""
    return any(event == "ClientWrite" for node in cluster.nodes
               for (_, _, event, _) in cluster.backends(node))


def read_all(client, weir):
    """Reads to ReadyForQuery in pieces, without keeping them. Returns (bytes of rows, highest RSS)."""
    total, highest = 0, 0
    while True:
        kind, length = client.exactly(1), int.from_bytes(client.exactly(4), "big") - 4
        if kind == b"D":
            total += length
        while length > 0:
            length -= len(client.exactly(min(length, 256 * 1024)))
        highest = max(highest, weir.resident_kib())
        if kind == b"Z":
            return total, highest


@pytest.mark.deadline(600)
def test_a_large_select_that_is_read_slowly(cluster, streaming):
    megabytes = sized(200, 1024)
    with RawClient(streaming.port, timeout=120) as client:
        client.log_in()
        before = streaming.resident_kib()
        client.send(query(f"select repeat('x', {MIB}) from generate_series(1, {megabytes})"))
        wait_until(lambda: writer_is_blocked(cluster), "the node waits for the client", 30)
        stopped = streaming.resident_kib()
        total, highest = read_all(client, streaming)
    measured(f"measured: a {megabytes} MiB result, read slowly: Weir grew by "
             f"{max(stopped, highest) - before} KiB")
    assert total == megabytes * (MIB + 6)
    assert max(stopped, highest) - before < ALLOWED_GROWTH_KIB


@pytest.mark.deadline(600)
def test_a_large_result_is_whole(cluster, streaming):
    rows = sized(200, 1024)
    with RawClient(streaming.port, timeout=120) as client:
        client.log_in()
        before = streaming.resident_kib()
        client.send(query(f"select repeat('y', {MIB}) from generate_series(1, {rows})"))
        total, highest = read_all(client, streaming)
    assert total == rows * (MIB + 6)
    assert highest - before < ALLOWED_GROWTH_KIB


@pytest.mark.deadline(300)
def test_one_large_row(cluster, streaming):
    megabytes = sized(100, 900)
    with RawClient(streaming.port, timeout=120) as client:
        client.log_in()
        before = streaming.resident_kib()
        client.send(query(f"select repeat('z', {megabytes * MIB})"))
        total, highest = read_all(client, streaming)
    assert total == megabytes * MIB + 6
    assert highest - before < ALLOWED_GROWTH_KIB


@pytest.mark.deadline(600)
def test_a_large_upload_by_copy(cluster, streaming, table):
    line = b"%d\t" + b"u" * 1000 + b"\n"
    rows = sized(100_000, 1_000_000)
    with RawClient(streaming.port, timeout=120) as client:
        client.log_in()
        before = highest = streaming.resident_kib()
        client.send(query(f"copy {table} from stdin"))
        assert client.receive()[0] == b"G"
        for number in range(100, 100 + rows, 100):
            body = b"".join(line % other for other in range(number, number + 100))
            client.send(message(b"d", body))
            if number % 5000 == 100:
                highest = max(highest, streaming.resident_kib())
        client.send(message(b"c"))
        client.rows()
    measured(f"measured: a COPY of {rows // 1000} MB in: Weir grew by {highest - before} KiB")
    assert cluster.value("primary", f"select count(*) from {table}") == rows + 10
    assert highest - before < ALLOWED_GROWTH_KIB


@pytest.mark.deadline(300)
def test_a_large_parameter(cluster, streaming, table):
    """One Bind of many megabytes is passed on in pieces."""
    size = sized(64, 512) * MIB
    parse = message(b"P", b"\0select length($1::text), md5($1)\0\0\0")
    bind = b"\0\0" + b"\0\0" + b"\0\1" + size.to_bytes(4, "big")
    with RawClient(streaming.port, timeout=120) as client:
        client.log_in()
        before = highest = streaming.resident_kib()
        client.send(parse + b"B" + (len(bind) + size + 2 + 4).to_bytes(4, "big") + bind)
        for _ in range(size // MIB):
            client.send(b"p" * MIB)
            highest = max(highest, streaming.resident_kib())
        client.send(b"\0\0" + message(b"E", b"\0\0\0\0\0") + message(b"S"))
        rows = client.rows()
    assert rows == [[str(size), hashlib.md5(b"p" * size).hexdigest()]]
    assert highest - before < ALLOWED_GROWTH_KIB


@pytest.mark.deadline(120)
def test_a_slow_reader_does_not_hold_up_others(cluster, streaming):
    """One worker: the same thread serves both."""
    with RawClient(streaming.port) as slow, RawClient(streaming.port) as quick:
        slow.log_in()
        quick.log_in()
        slow.send(query(f"select repeat('x', {MIB}) from generate_series(1, 300)"))
        wait_until(lambda: writer_is_blocked(cluster), "the node waits for the slow client", 30)
        for number in range(200):
            assert quick.ask(f"select {number}") == [[str(number)]]


@pytest.mark.deadline(120)
def test_a_client_that_leaves_in_the_middle_of_a_result(cluster, streaming):
    for _ in range(5):
        with RawClient(streaming.port) as leaving:
            leaving.log_in()
            leaving.send(query(f"select repeat('x', {MIB}) from generate_series(1, 300)"))
            leaving.exactly(1000)
    with RawClient(streaming.port) as client:
        client.log_in()
        assert client.ask("select 'next'") == [["next"]]
    wait_until(lambda: not any(state == "active" for node in cluster.nodes
                               for (_, state, _, _) in cluster.backends(node)),
               "nothing goes on at the nodes", 30)
