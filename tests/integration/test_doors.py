"""Who is let in: every method, with and without TLS, with the right secret and without, as PostgreSQL does."""
import shutil
import signal
import subprocess

import psycopg
import pytest

from support import libpq_18
from support.gate import SECRETS, Certificates, certificates, gate, outcomes, weir_section  # noqa: F401
from support.knock import knock, tls_with
from support.raw_client import RawClient
from support.waiting import wait_until


@pytest.mark.parametrize("method,line", [
    ("trust", "host all all 127.0.0.1/32 trust"),
    ("scram-sha-256", "host all all 127.0.0.1/32 scram-sha-256"),
    ("md5", "host all all 127.0.0.1/32 md5"),
    ("cert", "hostssl all all 127.0.0.1/32 cert"),
])
def test_as_postgresql_does(gate, certificates, start_weir, method, line):
    gate.lets_in(line, "host all all 127.0.0.1/32 reject")
    expected = outcomes(gate.port, certificates)
    gate.lets_in("host all all 127.0.0.1/32 trust")
    weir = start_weir(weir_section(certificates, method), users=gate.stored_secrets(), nodes=gate.cluster)
    assert outcomes(weir.port, certificates) == expected


def test_a_clear_password_is_taken_over_tls_only(gate, certificates, start_weir):
    gate.lets_in("hostssl all all 127.0.0.1/32 password", "host all all 127.0.0.1/32 reject")
    expected = outcomes(gate.port, certificates)
    gate.lets_in("host all all 127.0.0.1/32 md5")
    weir = start_weir(weir_section(certificates, "password"), users=gate.stored_secrets(), nodes=gate.cluster)
    assert outcomes(weir.port, certificates) == expected
    with weir.connect(user="dora", password=SECRETS["dora"], dbname="postgres", sslmode="require") as session:
        assert session.execute("select current_user").fetchone() == ("dora",)


def test_no_clear_password_is_stored_and_the_node_is_logged_in_at(gate, certificates, start_weir):
    gate.lets_in("host all all 127.0.0.1/32 scram-sha-256")
    stored = {name: secret for name, secret in gate.stored_secrets().items() if secret.startswith("SCRAM")}
    weir = start_weir(weir_section(certificates, "scram-sha-256"), users=stored, nodes=gate.cluster)
    with weir.connect(user="dora", password=SECRETS["dora"], dbname="postgres") as session:
        assert session.execute("select current_user").fetchone() == ("dora",)
    assert SECRETS["dora"] not in weir.users_file.read_text()


@pytest.mark.parametrize("binding", ["require", "prefer", "disable"])
def test_scram_is_bound_to_the_certificate(gate, certificates, start_weir, binding):
    gate.lets_in("host all all 127.0.0.1/32 scram-sha-256")
    weir = start_weir(weir_section(certificates, "scram-sha-256"), users=gate.stored_secrets(), nodes=gate.cluster)
    with weir.connect(user="dora", password=SECRETS["dora"], dbname="postgres", sslmode="require",
                      channel_binding=binding) as session:
        assert session.execute("select current_user").fetchone() == ("dora",)
    with pytest.raises(psycopg.OperationalError, match="channel binding"):
        weir.connect(user="dora", password=SECRETS["dora"], dbname="postgres", sslmode="disable",
                     channel_binding="require")


@pytest.mark.parametrize("mode,shown,let_in", [
    ("verify-ca", "dora", True), ("verify-ca", "mona", True), ("verify-ca", None, False),
    ("verify-full", "dora", True), ("verify-full", "mona", False), ("verify-full", None, False),
])
def test_certificates_besides_a_password(gate, certificates, start_weir, mode, shown, let_in):
    gate.lets_in("host all all 127.0.0.1/32 scram-sha-256")
    weir = start_weir(weir_section(certificates, "scram-sha-256", mode), users=gate.stored_secrets(), nodes=gate.cluster)
    tls = tls_with(*(certificates.sign(shown) if shown else ()))
    assert knock(weir.port, "dora", SECRETS["dora"], tls) == ("in" if let_in else "28000")
    assert knock(weir.port, "dora", SECRETS["dora"]) == "28000"


def test_a_certificate_of_another_authority_gets_no_handshake(gate, certificates, start_weir, folder):
    weir = start_weir(weir_section(certificates, "cert", "verify-ca"), users=gate.stored_secrets(), nodes=gate.cluster)
    stranger = Certificates(folder).sign("dora")
    with pytest.raises(OSError):
        knock(weir.port, "dora", "", tls_with(*stranger))


def test_peer_is_the_user_of_the_system(gate, prepare_weir, folder):
    weir = prepare_weir({"auth": {"method": "peer"}}, nodes=gate.cluster)
    weir.write_configuration({"server": {"listen": [f"127.0.0.1:{weir.port}", f"unix:{folder}"]}})
    weir.start().wait_for_nodes(1)
    gate.lets_in("host all all 127.0.0.1/32 trust")
    me = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    gate.cluster.ask("primary", f'create role "{me}" login')
    with psycopg.connect(host=str(folder), port=weir.port, user=me, dbname="postgres") as session:
        assert session.execute("select current_user").fetchone() == (me,)
    with pytest.raises(psycopg.OperationalError, match="peer authentication failed"):
        psycopg.connect(host=str(folder), port=weir.port, user="dora", dbname="postgres")
    with pytest.raises(psycopg.OperationalError, match="peer authentication failed"):
        psycopg.connect(host="127.0.0.1", port=weir.port, user=me, dbname="postgres")


@pytest.mark.skipif(libpq_18.MISSING is not None, reason=str(libpq_18.MISSING))
def test_tls_from_the_first_byte(gate, certificates, start_weir):
    gate.lets_in("host all all 127.0.0.1/32 scram-sha-256")
    weir = start_weir(weir_section(certificates, "scram-sha-256", "require"), nodes=gate.cluster)
    with libpq_18.session(weir.port, sslmode="require", sslnegotiation="direct") as session:
        session.send("select 'direct'")
        assert session.outcome() == "direct"


def test_tls_from_the_first_byte_without_alpn_is_refused(gate, certificates, start_weir):
    weir = start_weir(weir_section(certificates, "trust", "allow"), nodes=gate.cluster)
    with RawClient(weir.port) as client:
        secure = tls_with().wrap_socket(client.socket)
        assert secure.recv(1) == b""
    assert "without ALPN" in weir.log()


def test_nodes_prove_who_they_are(gate, certificates, prepare_weir, folder):
    gate.lets_in("host all all 127.0.0.1/32 scram-sha-256")

    def starts(mode, ca):
        weir = prepare_weir({"tls": {"server": {"mode": mode, "ca": str(ca)}}, "routing": {"failover_wait_ms": 1500}},
                            nodes=gate.cluster).start()
        try:
            with weir.connect() as session:
                return session.execute("select txid_current() > 0").fetchone() == (True,)
        except psycopg.Error:
            return False

    other = Certificates(folder)
    assert starts("verify-ca", certificates.ca)
    assert starts("verify-full", certificates.ca)
    assert not starts("verify-ca", other.ca)
    assert starts("require", other.ca)


def test_a_node_that_wants_a_certificate_of_weir(gate, certificates, start_weir):
    gate.lets_in("hostssl all all 127.0.0.1/32 scram-sha-256 clientcert=verify-ca", "host all all 127.0.0.1/32 reject")
    certificate, key = certificates.sign("weir-itself")
    weir = start_weir({"tls": {"server": {"mode": "verify-full", "ca": str(certificates.ca), "cert": certificate,
                                          "key": key}}}, nodes=gate.cluster)
    with weir.connect() as session:
        assert session.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()").fetchone() == (True,)


def test_a_new_certificate_without_dropping_anybody(gate, certificates, start_weir, folder):
    gate.lets_in("host all all 127.0.0.1/32 scram-sha-256")
    files = [folder / name for name in ("served.crt", "served.key")]
    for source, file in zip(certificates.sign("first"), files):
        shutil.copy(source, file)
    section = {"tls": {"client": {"mode": "require", "cert": str(files[0]), "key": str(files[1])}}}
    weir = start_weir(section, nodes=gate.cluster)
    with weir.connect(sslmode="require") as before:
        for source, file in zip(certificates.sign("second"), files):
            shutil.copy(source, file)
        weir.signal(signal.SIGHUP)
        wait_until(lambda: "reload: " in weir.log(), "it has read its files again")
        assert before.execute("select 1").fetchone() == (1,)
        shown = subprocess.run(["openssl", "s_client", "-starttls", "postgres", "-connect", f"127.0.0.1:{weir.port}"],
                               input="", capture_output=True, text=True, timeout=20, check=False).stdout
        assert "CN = second" in shown or "CN=second" in shown
