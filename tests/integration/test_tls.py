"""TLS on both sides: clients to Weir, and Weir to the nodes."""
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile

import psycopg
import pytest

from support import libpq_18
from support.raw_client import SSL_REQUEST, RawClient, query, startup
from support.real_cluster import RealCluster
from support.waiting import wait_until


def make_certificate(folder, name, owner=None):
    """A self-signed certificate for localhost. Returns (certificate, key)."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", str(key), "-out", str(certificate)],
                   check=True, capture_output=True)
    key.chmod(0o600)
    if owner and os.geteuid() == 0:
        shutil.chown(key, owner)
    return certificate, key


@pytest.fixture
def certificate(folder):
    return make_certificate(folder, "weir")


def client_side(certificate, mode):
    return {"tls": {"client": {"mode": mode, "cert": str(certificate[0]), "key": str(certificate[1])}}}


def sslmode_works(weir, mode, **more):
    with weir.connect(sslmode=mode, **more) as session:
        assert session.execute("select 'through'").fetchone() == ("through",)
        return bool(session.pgconn.ssl_in_use)


def test_allow_takes_both(start_weir, certificate):
    weir = start_weir(client_side(certificate, "allow"))
    assert sslmode_works(weir, "require") is True
    assert sslmode_works(weir, "prefer") is True
    assert sslmode_works(weir, "disable") is False


def test_require_refuses_plaintext(start_weir, certificate):
    weir = start_weir(client_side(certificate, "require"))
    assert sslmode_works(weir, "require") is True
    with pytest.raises(psycopg.OperationalError) as caught:
        weir.connect(sslmode="disable")
    assert "SSL" in str(caught.value) or "TLS" in str(caught.value)
    assert sslmode_works(weir, "require") is True


def test_off_declines(start_weir):
    weir = start_weir()
    assert sslmode_works(weir, "prefer") is False
    with pytest.raises(psycopg.OperationalError) as caught:
        weir.connect(sslmode="require")
    assert "does not support SSL" in str(caught.value)


def test_the_certificate_is_the_one_configured(start_weir, certificate):
    weir = start_weir(client_side(certificate, "require"))
    assert sslmode_works(weir, "verify-full", sslrootcert=str(certificate[0])) is True


def test_another_certificate_is_not_accepted_by_the_client(start_weir, certificate, folder):
    weir = start_weir(client_side(certificate, "require"))
    other, _ = make_certificate(folder, "other")
    with pytest.raises(psycopg.OperationalError) as caught:
        weir.connect(sslmode="verify-full", sslrootcert=str(other))
    assert "certificate verify failed" in str(caught.value)


def test_much_goes_through_tls(start_weir, certificate, table):
    weir = start_weir(client_side(certificate, "require"))
    with weir.connect(sslmode="require") as session:
        rows = session.execute("select i, repeat('x', 100) from generate_series(1, 50000) i").fetchall()
        assert len(rows) == 50000 and rows[-1] == (50000, "x" * 100)
        with session.cursor().copy(f"copy {table} from stdin") as copy:
            for number in range(100, 20100):
                copy.write_row((number, "y" * 200))
        assert session.execute(f"select count(*) from {table}").fetchone() == (20010,)


@pytest.mark.skipif(libpq_18.MISSING is not None, reason=str(libpq_18.MISSING))
def test_a_cancel_may_be_encrypted_as_well(cluster, start_weir, certificate):
    """libpq of 17 and later does that; with protocol 3.2 the key has 32 bytes."""
    weir = start_weir(client_side(certificate, "require"))
    statement = "select pg_sleep(60), 'over TLS'"
    with libpq_18.session(weir.port, sslmode="require", min_protocol_version="3.2",
                          max_protocol_version="3.2") as session:
        session.send(statement)
        wait_until(lambda: cluster.running(statement), "it runs")
        session.cancel()
        assert session.outcome() == "57014"


def test_plaintext_behind_the_ssl_request_is_refused(start_weir, certificate):
    """A man in the middle could put it there, and it would count as encrypted."""
    weir = start_weir({**client_side(certificate, "allow"), "auth": {"method": "trust"}})
    with RawClient(weir.port) as client:
        client.send(SSL_REQUEST + startup() + query("select 'smuggled'"))
        data = client.all_until_closed()
    assert b"smuggled" not in data
    assert b"R\0\0\0\x08\0\0\0\0" not in data


def test_a_broken_handshake_bars_nobody(start_weir, certificate):
    weir = start_weir({**client_side(certificate, "require"), "server": {"login_timeout_ms": 400}})
    stuck = []
    for noise in (b"", b"no handshake at all", b"\x16\x03\x01\x02\x00\x01", os.urandom(500)):
        client = RawClient(weir.port)
        stuck.append(client)
        client.send(SSL_REQUEST)
        assert client.exactly(1) == b"S"
        client.send(noise)
    assert sslmode_works(weir, "require") is True
    for client in stuck:
        client.all_until_closed()  # by the time limit at the latest
        client.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_protocols_are_refused(start_weir, certificate):
    weir = start_weir(client_side(certificate, "require"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", weir.port), timeout=10) as connection:
        connection.sendall(SSL_REQUEST)
        assert connection.recv(1) == b"S"
        with pytest.raises((ssl.SSLError, ConnectionError)):
            context.wrap_socket(connection)


@pytest.fixture(scope="module")
def tls_cluster():
    """A primary that takes nothing but TLS over TCP."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-it-", dir="/tmp"))
    folder.chmod(0o755)
    certificate, key = make_certificate(folder, "node", "postgres")
    made = RealCluster(["--replicas", "1", "--set", "ssl=on", "--set", f"ssl_cert_file={certificate}",
                        "--set", f"ssl_key_file={key}",
                        "--hba", "hostnossl all all 127.0.0.1/32 reject"])
    yield made.up()
    made.down()
    shutil.rmtree(folder)


SSL_OF_BACKEND = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"


@pytest.mark.parametrize("mode", ["require", "prefer"])
def test_one_query_over_tls_on_both_sides(tls_cluster, start_weir, certificate, mode):
    weir = start_weir({**client_side(certificate, "require"),
                       "tls": {**client_side(certificate, "require")["tls"], "server": {"mode": mode}}},
                      nodes=tls_cluster)
    with weir.connect(sslmode="require") as session:
        assert session.pgconn.ssl_in_use
        with session.transaction():
            assert session.execute(SSL_OF_BACKEND).fetchone() == (True,)
        rows = session.execute("select i from generate_series(1, 100000) i").fetchall()
        assert len(rows) == 100000
    assert all(ssl_used for (ssl_used,) in tls_cluster.ask(
        "primary", "select ssl from pg_stat_ssl join pg_stat_activity using (pid) "
                   "where usename in ('app', 'weir') and client_addr is not null"))


def test_a_node_without_tls_is_refused_where_it_is_required(cluster, prepare_weir):
    weir = prepare_weir({"tls": {"server": {"mode": "require"}}, "pool": {"wait_timeout_ms": 500},
                         "routing": {"failover_wait_ms": 500}})
    weir.start()
    with pytest.raises(psycopg.Error), weir.connect() as session:
        session.execute("select txid_current()")
    assert not [row for row in cluster.backends("primary")]
