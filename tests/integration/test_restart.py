"""A restart without a gap: sockets that systemd opened, and one Weir that takes the place of another."""
import os
import signal
import socket
import subprocess
import threading

import psycopg
import pytest

from support.places import WEIR, free_port
from support.waiting import wait_until
from support.weir_process import READY, WeirProcess

# As systemd starts it: listens on the addresses, puts the sockets from descriptor 3 on, becomes the program.
AS_SYSTEMD = """
import os, socket, sys
count = int(sys.argv[1])
for number, address in enumerate(sys.argv[2:2 + count]):
    host, port = address.rsplit(":", 1)
    os.dup2(socket.create_server((host, int(port))).detach(), 50 + number, inheritable=False)
for number in range(count):
    os.dup2(50 + number, 3 + number)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(count))
os.execv(sys.argv[2 + count], sys.argv[2 + count:])
"""


@pytest.fixture
def first(cluster, start_weir, tmp_path):
    return start_weir({"server": {"handover": str(tmp_path / "handover"), "handover_wait_ms": 20000}})


class Next(WeirProcess):
    """On the ports and with the configuration of another one."""

    def __init__(self, of, cluster, folder, overrides=None):
        folder.mkdir()
        super().__init__(cluster, folder)
        self.port, self.http_port = of.port, of.http_port
        self.configuration = of.configuration
        self.write_configuration(overrides)


@pytest.fixture
def next_weir(cluster, tmp_path):
    """next_weir(of): starts one in the place of `of`."""
    made = []

    def start(of, overrides=None):
        made.append(Next(of, cluster, tmp_path / f"next{len(made)}", overrides))
        return made[-1].start()

    yield start
    for each in made:
        each.kill()


class Comers:
    """Clients that connect, ask and leave without a pause, and notice every error."""

    def __init__(self, weir):
        self.weir, self.served, self.errors, self.over = weir, 0, [], False
        self.threads = [threading.Thread(target=self._come) for _ in range(4)]

    def _come(self):
        while not self.over:
            try:
                with self.weir.connect() as session:
                    session.execute("select 1")
                self.served += 1
            except psycopg.Error as error:
                self.errors.append(str(error))

    def go_on(self):
        goal = self.served + 40
        wait_until(lambda: self.served >= goal or self.errors, "clients are served")

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over = True
        for thread in self.threads:
            thread.join()


@pytest.mark.deadline(120)
def test_three_times_under_load_and_nobody_notices(first, next_weir, cluster, table):
    running = first
    with Comers(first) as comers, first.connect() as stays:
        for number in range(3):
            stays.execute("begin")
            stays.execute(f"insert into {table} values ({100 + number}, 'kept')")
            comers.go_on()
            before, running = running, next_weir(running)
            wait_until(lambda: "has taken over" in before.log(), "it has given its place")
            comers.go_on()
            stays.execute("commit")
            stays.close()
            assert before.wait(10) == 0, "nobody was left there"
            stays = running.connect()
    stays.close()
    assert comers.errors == []
    assert cluster.value("primary", f"select count(*) from {table} where id >= 100") == 3
    running.stop()


def test_who_stays_is_told_when_the_time_is_over(start_weir, next_weir, tmp_path):
    first = start_weir({"server": {"handover": str(tmp_path / "handover"), "handover_wait_ms": 300}})
    with first.connect() as stays:
        next_weir(first).wait_for_nodes(3)
        assert first.wait(10) == 0
        with pytest.raises(psycopg.OperationalError, match="shutting down"):
            stays.execute("select 1")


def test_a_cancel_reaches_a_client_of_the_one_before(first, next_weir, cluster):
    statement = "select pg_sleep(60), 'cancelled'"
    with first.connect() as session:
        session.pgconn.send_query(statement.encode())
        wait_until(lambda: cluster.running(statement), "it runs")
        next_weir(first)
        session.cancel()
        wait_until(lambda: not cluster.running(statement), "it is cancelled")
        assert session.pgconn.get_result().error_field(psycopg.pq.DiagnosticField.SQLSTATE) == b"57014"
        assert session.pgconn.get_result() is None


def test_a_unix_socket_stays_where_it_is(prepare_weir, next_weir, tmp_path):
    tmp_path.chmod(0o755)
    first = prepare_weir({"server": {"handover": str(tmp_path / "handover")}})
    port = first.port
    first.write_configuration({"server": {"listen": [f"127.0.0.1:{port}", f"unix:{tmp_path}"]}})
    first.start()
    running = next_weir(first)
    assert first.wait(10) == 0
    with psycopg.connect(host=str(tmp_path), port=port, dbname="app", user="app", password="app") as session:
        assert session.execute("select 1").fetchone() == (1,)
    running.stop()
    assert not list(tmp_path.glob(".s.PGSQL.*")), "the last one takes it away"


def test_one_that_fails_to_start_leaves_the_other_as_it_was(first, cluster, tmp_path):
    taker = Next(first, cluster, tmp_path / "next", {"tls": {"client": {
        "mode": "require", "cert": str(tmp_path / "none.crt"), "key": str(tmp_path / "none.key")}}})
    with pytest.raises(AssertionError, match="Weir ended"):
        taker.start()
    with first.connect() as session:
        assert session.execute("select 1").fetchone() == (1,)
    first.stop()


def test_one_that_takes_the_sockets_and_dies_leaves_the_other_as_it_was(first, tmp_path):
    with socket.socket(socket.AF_UNIX) as taker:
        taker.connect(str(tmp_path / "handover"))
        text, descriptors, _, _ = socket.recv_fds(taker, 64, 8)
        assert text == b"weir 1 2 own\n" and len(descriptors) == 2
        for each in descriptors:
            os.close(each)
    wait_until(lambda: "this one goes on" in first.log(), "it has noticed")
    with first.connect() as session:
        assert session.execute("select 1").fetchone() == (1,)
    first.stop()
    assert not (tmp_path / "handover").exists()


def refusal_of(weir, cluster, tmp_path):
    taker = Next(weir, cluster, tmp_path / "refused")
    with pytest.raises(AssertionError, match="Weir ended with 3"):
        taker.start()
    taker.process = None
    return taker.log()


def test_of_two_that_want_the_place_one_gets_it(first, cluster, tmp_path):
    with socket.socket(socket.AF_UNIX) as taker:
        taker.connect(str(tmp_path / "handover"))
        for each in socket.recv_fds(taker, 64, 8)[1]:
            os.close(each)
        assert "Another process is about to take them" in refusal_of(first, cluster, tmp_path)
    first.stop()


def test_what_is_paused_stays_paused(first, cluster, tmp_path):
    with first.connect(dbname="weir", user="postgres", prepare_threshold=None) as console:
        console.execute("PAUSE app")
        assert "A database is paused" in refusal_of(first, cluster, tmp_path)
        console.execute("RESUME app")
    first.stop()


def test_a_cancel_reaches_the_first_of_three(first, next_weir, cluster):
    statement = "select pg_sleep(60), 'the first of three'"
    with first.connect() as session:
        session.pgconn.send_query(statement.encode())
        wait_until(lambda: cluster.running(statement), "it runs")
        second = next_weir(first)
        next_weir(second)
        wait_until(lambda: "has taken over" in second.log(), "the third one is there")
        session.cancel()
        wait_until(lambda: not cluster.running(statement), "it is cancelled")
        assert session.pgconn.get_result().error_field(psycopg.pq.DiagnosticField.SQLSTATE) == b"57014"
        assert session.pgconn.get_result() is None
    assert second.wait(10) == 0


def test_a_file_that_nobody_answers_at_is_in_nobodys_way(start_weir, tmp_path):
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / "handover"))
    weir = start_weir({"server": {"handover": str(tmp_path / "handover")}})
    with weir.connect() as session:
        assert session.execute("select 1").fetchone() == (1,)


def start_as_systemd(weir, addresses, notify=""):
    with open(weir.log_file, "wb") as log:
        weir.process = subprocess.Popen(
            ["/usr/bin/python3", "-c", AS_SYSTEMD, str(len(addresses)), *addresses, str(WEIR), "serve", "-c",
             str(weir.config_file)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, "NOTIFY_SOCKET": notify})


def test_sockets_of_systemd_are_listened_on(start_weir, tmp_path):
    weir = start_weir()
    weir.stop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notified:
        notified.bind(str(tmp_path / "notify"))
        notified.settimeout(20)
        start_as_systemd(weir, [f"127.0.0.1:{weir.port}", f"127.0.0.1:{weir.http_port}"], str(tmp_path / "notify"))
        assert notified.recv(64) == b"READY=1"
        with weir.connect() as session:
            assert session.execute("select 1").fetchone() == (1,)
        assert weir.metric("weir_clients_accepted_total") >= 1
        weir.signal(signal.SIGTERM)
        assert notified.recv(64) == b"STOPPING=1"
    weir.stop()


def test_a_socket_of_systemd_that_nobody_named_is_an_error(start_weir):
    weir = start_weir()
    weir.stop()
    other = free_port()
    start_as_systemd(weir, [f"127.0.0.1:{weir.port}", f"127.0.0.1:{other}"])
    assert weir.wait(20) == 3
    assert f"does not name: 127.0.0.1:{other}" in weir.log()
    assert not READY.search(weir.log())
    weir.process = None
