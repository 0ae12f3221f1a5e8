"""Bad input ends in a protocol error or a time-out, and nobody else feels it."""
import random
import struct
import time

import pytest

from support.places import sized
from support.raw_client import (SSL_REQUEST, RawClient, ServerError, message, messages, query,
                                startup)
from support.waiting import wait_until

LOGIN_TIMEOUT_MS = 400


@pytest.fixture
def guarded(start_weir):
    """A Weir that loses patience soon, and a session of somebody else that must go on working."""
    weir = start_weir({"server": {"login_timeout_ms": LOGIN_TIMEOUT_MS}, "auth": {"method": "trust"}})
    with weir.connect() as bystander:
        bystander.execute("begin")
        bystander.execute("create temporary table untouched on commit drop as select 1 as a")
        yield weir
        assert bystander.execute("select a from untouched").fetchone() == (1,)
        bystander.execute("commit")
    assert weir.is_running()
    with weir.connect() as newcomer:
        assert newcomer.execute("select 1").fetchone() == (1,)


def answer_to(port, data):
    """What comes back until the other side closes, which it must."""
    with RawClient(port) as client:
        client.send(data)
        return client.all_until_closed()


def error_code(data):
    """SQLSTATE of the first ErrorResponse in some bytes."""
    for kind, payload in messages(data):
        if kind == b"E":
            return ServerError(payload).code
    return None


FIRST_BYTES = {
    "garbage": bytes(range(128, 228)),
    "letters": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "zeros": b"\0" * 64,
    "2 GB length word": struct.pack("!II", 0x7fffffff, 196608) + b"user\0app\0\0",
    "4 GB length word": struct.pack("!II", 0xffffffff, 196608),
    "length below its own size": struct.pack("!II", 7, 196608),
    "10,001 bytes": struct.pack("!II", 10001, 196608) + b"a" * 9993,
    "no terminator": struct.pack("!II", 16, 196608) + b"useruser",
    "name without value": struct.pack("!II", 14, 196608) + b"user\0\0",
    "protocol 2": struct.pack("!II", 9, 2 << 16) + b"\0",
    "protocol 4": struct.pack("!II", 9, 4 << 16) + b"\0",
    "no user": struct.pack("!II", 9, 196608) + b"\0",
}


@pytest.mark.parametrize("name", FIRST_BYTES)
def test_a_bad_first_packet_is_refused(guarded, name):
    began = time.monotonic()
    data = answer_to(guarded.port, FIRST_BYTES[name])
    assert time.monotonic() - began < 5
    assert b"R\0\0\0\x08\0\0\0\0" not in data  # AuthenticationOk
    assert data[:1] in (b"", b"E")


@pytest.mark.parametrize("part", [0, 1, 4, 7, 20])
def test_half_a_start_up_packet_runs_into_the_time_limit(guarded, part):
    began = time.monotonic()
    with RawClient(guarded.port) as client:
        client.send(startup()[:part])
        data = client.all_until_closed()
    waited = time.monotonic() - began
    assert LOGIN_TIMEOUT_MS / 1000 * 0.8 <= waited < LOGIN_TIMEOUT_MS / 1000 + 3
    assert error_code(data) in (None, "08P01", "57014", "28000", "08006", "57P05")


def test_a_start_up_packet_byte_by_byte_does_not_stretch_the_limit(guarded):
    packet = startup()
    began = time.monotonic()
    with RawClient(guarded.port) as client:
        sent = 0

        def closed():
            nonlocal sent
            if sent < len(packet) - 1:
                try:
                    client.send(packet[sent:sent + 1])
                except OSError:
                    return True
                sent += 1
            client.socket.setblocking(False)
            try:
                return client.socket.recv(1000) == b"" or None
            except BlockingIOError:
                return None
            except OSError:
                return True
            finally:
                client.socket.settimeout(10)

        wait_until(closed, "it was closed", 10)
    assert time.monotonic() - began < LOGIN_TIMEOUT_MS / 1000 + 3


def test_a_whole_packet_in_pieces_is_fine(guarded):
    with RawClient(guarded.port) as client:
        for byte in startup():
            client.send(bytes([byte]))
        assert [kind for kind, _ in client.until_ready()][0] == b"R"
        assert client.ask("select 1") == [["1"]]


def test_plaintext_behind_an_ssl_request_is_never_run(guarded):
    """What came before the answer was not protected: PostgreSQL refuses it, too (CVE-2021-23214)."""
    with RawClient(guarded.port) as client:
        client.send(SSL_REQUEST + startup() + query("select 'smuggled'"))
        data = client.all_until_closed()
    assert b"smuggled" not in data
    assert b"R\0\0\0\x08\0\0\0\0" not in data


def test_an_ssl_request_alone_is_declined_and_plaintext_goes_on(guarded):
    with RawClient(guarded.port) as client:
        client.send(SSL_REQUEST)
        assert client.exactly(1) == b"N"
        client.log_in()
        assert client.ask("select 1") == [["1"]]


def test_gss_encryption_is_declined(guarded):
    with RawClient(guarded.port) as client:
        client.send(struct.pack("!II", 8, 80877104))
        assert client.exactly(1) == b"N"
        client.log_in()
        assert client.ask("select 1") == [["1"]]


def test_ssl_requests_without_end_are_refused(guarded):
    """PostgreSQL takes one for each connection."""
    with RawClient(guarded.port) as client:
        client.send(SSL_REQUEST)
        assert client.exactly(1) == b"N"
        client.send(SSL_REQUEST)
        data = client.all_until_closed()
    assert error_code(data) == "08P01"


AFTER_LOGIN = {
    "2 GB length word of a query": b"Q" + struct.pack("!I", 0x7fffffff) + b"select 1",
    "negative length word": b"Q" + struct.pack("!i", -5),
    "length 0": b"Q" + struct.pack("!I", 0),
    "length 3": b"P" + struct.pack("!I", 3),
    "unknown type": message(b"y", b"hello"),
    "type of the server's": message(b"Z", b"I"),
    "high bytes": bytes(range(200, 250)),
    "2 GB Sync": b"S" + struct.pack("!I", 0x7fffffff),
    "2 GB Parse": b"P" + struct.pack("!I", 0x7fffffff) + b"\0select 1\0",
    "2 GB password": b"p" + struct.pack("!I", 0x7fffffff),
}


@pytest.mark.parametrize("name", AFTER_LOGIN)
def test_a_bad_message_after_login_is_a_protocol_error(guarded, name):
    with RawClient(guarded.port) as client:
        client.log_in()
        assert client.ask("select 1") == [["1"]]
        client.send(AFTER_LOGIN[name])
        data = client.all_until_closed()
    assert error_code(data) == "08P01"


SYNC = message(b"S")
BROKEN_BODIES = {
    "Query without terminator": message(b"Q", b"select 1"),
    "Parse": message(b"P", b"name without end") + SYNC,
    "Bind": message(b"B", b"\0\0\0\x05\0\0") + SYNC,
    "Bind with 65535 parameters": message(b"B", b"\0\0\0\0\xff\xff") + SYNC,
    "Bind with a parameter longer than its message": message(
        b"B", b"\0\0\0\0\0\x01\x7f\xff\xff\xffabc\0\0") + SYNC,
    "Describe": message(b"D", b"X\0") + SYNC,
    "Close": message(b"C", b"") + SYNC,
    "Execute": message(b"E", b"portal\0\0") + SYNC,
}


@pytest.mark.parametrize("name", BROKEN_BODIES)
def test_a_broken_body_is_an_error_and_leaks_nothing(guarded, name):
    """PostgreSQL skips to the Sync; closing is as good. What is not: an answer as if nothing were."""
    with RawClient(guarded.port) as client:
        client.log_in()
        client.send(BROKEN_BODIES[name])
        kinds = []
        try:
            while not kinds or kinds[-1][0] != b"Z":
                kinds.append(client.receive())
        except (EOFError, ConnectionError):
            pass
        codes = [ServerError(payload).code for kind, payload in kinds if kind == b"E"]
        assert codes and codes[0] in ("08P01", "22P03", "26000", "34000")
        if kinds[-1][0] == b"Z":
            assert client.ask("select 1") == [["1"]]


def test_a_query_before_the_login_is_over_is_not_run(start_weir):
    weir = start_weir({"server": {"login_timeout_ms": LOGIN_TIMEOUT_MS}})
    with RawClient(weir.port) as client:
        client.send(startup() + query("select 'too early'"))
        data = client.all_until_closed()
    assert b"too early" not in data
    assert b"Z\0\0\0\5" not in data


def test_half_a_login_runs_into_the_time_limit(start_weir):
    weir = start_weir({"server": {"login_timeout_ms": LOGIN_TIMEOUT_MS}})
    began = time.monotonic()
    with RawClient(weir.port) as client:
        client.send(startup())
        client.all_until_closed()
    assert time.monotonic() - began < LOGIN_TIMEOUT_MS / 1000 + 3


def test_a_message_that_never_ends_keeps_nobody_waiting(guarded):
    """Half a message after login may wait for ever, as with PostgreSQL; the others go on."""
    with RawClient(guarded.port) as slow:
        slow.log_in()
        slow.send(query("select 1")[:7])
        with RawClient(guarded.port) as other:
            other.log_in()
            for number in range(50):
                assert other.ask(f"select {number}") == [[str(number)]]
        slow.send(query("select 1")[7:])
        assert slow.rows() == [["1"]]


@pytest.mark.deadline(300)
def test_random_bytes_end_no_one_but_their_sender(guarded):
    chance = random.Random(20240601)
    for _ in range(sized(300, 5000)):
        with RawClient(guarded.port) as client:
            try:
                if chance.random() < 0.3:
                    client.send(chance.randbytes(chance.randint(1, 400)))
                else:
                    client.log_in()
                    kinds = b"QPBDECSHFXdcfp" + bytes([chance.randrange(256)])
                    for _ in range(chance.randint(1, 6)):
                        body = chance.randbytes(chance.randint(0, 60))
                        client.send(message(bytes([chance.choice(kinds)]), body))
                client.socket.shutdown(1)
                client.all_until_closed()
            except (EOFError, OSError, ServerError):
                pass


@pytest.mark.deadline(120)
def test_a_thousand_half_open_connections_bar_nobody(guarded):
    half_open = [RawClient(guarded.port) for _ in range(1000)]
    try:
        for client in half_open:
            client.send(startup()[:10])
        with guarded.connect() as session:
            assert session.execute("select 1").fetchone() == (1,)
        wait_until(lambda: guarded.metric("weir_clients") <= 1, "the half-open ones are gone", 30)
    finally:
        for client in half_open:
            client.close()
