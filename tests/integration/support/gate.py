"""A PostgreSQL whose pg_hba.conf is as a test wants it, certificates, and attempts to log in at it and at Weir."""
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from . import libpq_18
from .knock import knock, tls_with
from .real_cluster import RealCluster

SECRETS = {"dora": "secret of dora", "mona": "secret of mona"}  # by SCRAM, and by MD5


class Certificates:
    """An authority and what it has signed: for the server, and for a client of each name."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = folder / "ca.crt"
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=authority",
                      "-keyout", folder / "ca.key", "-out", self.ca)

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def sign(self, name, owner=None, names="DNS:localhost,IP:127.0.0.1"):
        """(certificate, key) with this common name."""
        base = self.folder / name
        certificate, key = base.with_suffix(".crt"), base.with_suffix(".key")
        extensions = base.with_suffix(".ext")
        extensions.write_text(f"subjectAltName={names}\n")
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key,
                      "-out", base.with_suffix(".csr"))
        self._openssl("x509", "-req", "-in", base.with_suffix(".csr"), "-CA", self.ca, "-CAkey", self.folder / "ca.key",
                      "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", certificate)
        key.chmod(0o600)
        if owner and os.geteuid() == 0:
            shutil.chown(key, owner)
        return str(certificate), str(key)


@pytest.fixture(scope="module")
def certificates():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-it-", dir="/tmp"))
    folder.chmod(0o755)
    yield Certificates(folder)
    shutil.rmtree(folder)


class Gate:
    """A PostgreSQL whose pg_hba.conf is as a test wants it; Weir stands before it, too."""

    def __init__(self, certificates, *arguments):
        certificate, key = certificates.sign("node", "postgres")
        self.cluster = RealCluster(["--replicas", "0", "--set", "ssl=on", "--set", f"ssl_cert_file={certificate}",
                                    "--set", f"ssl_key_file={key}", "--set", f"ssl_ca_file={certificates.ca}",
                                    *arguments]).up()
        for name, secret in SECRETS.items():
            kind = "md5" if name == "mona" else "scram-sha-256"
            with self.cluster.connect(user="postgres", dbname="postgres") as session:
                session.execute(f"set password_encryption = '{kind}'")
                session.execute(f"create role {name} login password '{secret}'")
        self.hba = pathlib.Path(self.cluster.directory) / "nodes/primary/pg_hba.conf"
        self.ident = self.hba.with_name("pg_ident.conf")
        self.usual = self.hba.read_text()

    @property
    def port(self):
        return self.cluster.port()

    def lets_in(self, *lines, names=""):
        """These lines go before those that are there by default. names: for pg_ident.conf."""
        self.hba.write_text("\n".join(lines) + "\n" + self.usual)
        self.ident.write_text(names)
        self.cluster.ask("primary", "select pg_reload_conf()")
        wrong = self.cluster.ask("primary", "select line_number, error from pg_hba_file_rules where error is not null")
        assert not wrong, wrong

    def stored_secrets(self):
        return dict(self.cluster.ask("primary", "select rolname, rolpassword from pg_authid where rolpassword is not null"))


@pytest.fixture(scope="module")
def gate(certificates):
    made = Gate(certificates)
    yield made
    made.cluster.down()


@pytest.fixture(scope="module")
def gate_18(certificates):
    """PostgreSQL 18 knows regular expressions and includes in pg_hba.conf, which 15 does not."""
    if libpq_18.MISSING is not None:
        pytest.skip(str(libpq_18.MISSING))
    made = Gate(certificates, "--pgbin", os.environ["WEIR_PG18_BIN"])
    yield made
    made.cluster.down()


def weir_section(certificates, method, mode="allow"):
    certificate, key = certificates.sign("weir")
    return {"auth": {"method": method},
            "tls": {"client": {"mode": mode, "cert": certificate, "key": key, "ca": str(certificates.ca)}}}


def doors(certificates):
    """How a client may come: what for, and its TLS."""
    return {"plain": None, "tls": tls_with(), "certificate of dora": tls_with(*certificates.sign("dora"))}


ATTEMPTS = [(user, secret) for user in ("dora", "mona", "nobody") for secret in ("right", "wrong", "")]


def outcomes(port, certificates, databases=("postgres",)):
    told = {}
    for way, tls in doors(certificates).items():
        for user, kind in ATTEMPTS:
            for database in databases:
                secret = SECRETS.get(user, "any") if kind == "right" else "wrong" if kind else ""
                told[way, user, kind, database] = knock(port, user, secret, tls, database)
    return told
