"""Every method, with and without TLS, with the right secret and without, by three clients that people use: what they
are told by Weir is what PostgreSQL tells them."""
import os
import pathlib
import re
import subprocess

import psycopg
import pytest

from support.gate import ATTEMPTS, SECRETS, certificates, gate, weir_section  # noqa: F401

JDBC = "/usr/share/java/postgresql.jar"
PROGRAM = pathlib.Path(__file__).parent / "support" / "Knock.java"
METHODS = {
    "trust": "host all all 127.0.0.1/32 trust",
    "scram-sha-256": "host all all 127.0.0.1/32 scram-sha-256",
    "md5": "host all all 127.0.0.1/32 md5",
    "password": "hostssl all all 127.0.0.1/32 password",
    "cert": "hostssl all all 127.0.0.1/32 cert",
}


def ways(certificates):
    """Connection parameters in libpq's words."""
    certificate, key = certificates.sign("dora")
    return {"plain": {"sslmode": "disable"}, "tls": {"sslmode": "require"},
            "certificate of dora": {"sslmode": "require", "sslcert": certificate, "sslkey": key}}


def attempts(certificates):
    """(way, user, kind of secret, parameters, password). Who has no password is no attempt of libpq's: it would ask."""
    for way, parameters in ways(certificates).items():
        for user, kind in ATTEMPTS:
            if kind:
                yield way, user, kind, parameters, SECRETS.get(user, "any") if kind == "right" else "wrong"


def without_places(text):
    """libpq's message without the port, and without the hints that Weir gives where PostgreSQL has none."""
    return re.sub(r"\nHINT:.*", "", re.sub(r"port \d+", "port N", text.strip()))


def by_psycopg(port, certificates):
    told = {}
    for way, user, kind, parameters, password in attempts(certificates):
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=user, password=password, dbname="postgres",
                            connect_timeout=20, **parameters).close()
            told[way, user, kind] = "in"
        except psycopg.OperationalError as refused:
            told[way, user, kind] = without_places(str(refused))
    return told


def by_psql(port, certificates):
    told = {}
    for way, user, kind, parameters, password in attempts(certificates):
        words = " ".join(f"{name}={value}" for name, value in parameters.items())
        done = subprocess.run(
            ["psql", "-XAtw", "-c", "select current_user",
             f"host=127.0.0.1 port={port} user={user} dbname=postgres connect_timeout=20 {words}"],
            capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "PGPASSWORD": password, "LC_ALL": "C.UTF-8"})
        told[way, user, kind] = without_places(done.stdout + done.stderr)
    return told


def by_pgjdbc(port, certificates):
    lines, names = [], []
    for way, user, kind, parameters, password in attempts(certificates):
        url = f"jdbc:postgresql://127.0.0.1:{port}/postgres?sslmode={parameters['sslmode']}"
        if "sslkey" in parameters:
            key = pathlib.Path(parameters["sslkey"]).with_suffix(".pk8")
            subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in", parameters["sslkey"],
                            "-out", key], check=True, capture_output=True)
            url += f"&sslcert={parameters['sslcert']}&sslkey={key}"
        lines.append(f"{url}\t{user}\t{password}\n")
        names.append((way, user, kind))
    done = subprocess.run(["java", "-cp", JDBC, str(PROGRAM)], input="".join(lines), capture_output=True, text=True,
                          timeout=120, check=True)
    told = done.stdout.splitlines()
    assert len(told) == len(names), done.stdout + done.stderr
    return dict(zip(names, told))


@pytest.mark.deadline(180)
@pytest.mark.parametrize("method", METHODS)
def test_as_postgresql_tells_them(gate, certificates, start_weir, method):
    gate.lets_in(METHODS[method], "host all all 127.0.0.1/32 reject")
    clients = [by_psycopg, by_psql, by_pgjdbc]
    expected = [client(gate.port, certificates) for client in clients]
    gate.lets_in(f"host all all 127.0.0.1/32 {'trust' if method in ('trust', 'cert') else 'md5'}")
    # What is refused without TLS is refused by a line, as at PostgreSQL, where the method is for TLS alone.
    section = weir_section(certificates, method)
    section["server"] = {"failed_login_delay_ms": 0}
    if method in ("password", "cert"):
        hba = pathlib.Path(certificates.folder) / "weir_hba.conf"
        hba.write_text(METHODS[method] + "\nhost all all 127.0.0.1/32 reject\n")
        section["auth"] = {"hba_file": str(hba)}
    weir = start_weir(section, users=gate.stored_secrets(), nodes=gate.cluster)
    found = [client(weir.port, certificates) for client in clients]
    for told, wanted in zip(found, expected):
        assert told == wanted
        assert method == "trust" or len(set(told.values())) >= 2
