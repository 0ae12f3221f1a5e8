"""Rules of access in pg_hba.conf's format, secrets that a node is asked for, and who is who at the nodes."""
import contextlib
import os
import pwd
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

import psycopg
import pytest

from support.gate import SECRETS, certificates, gate, gate_18, outcomes, weir_section  # noqa: F401
from support.knock import knock, tls_with
from support.places import ROOT
from support.shown_commands import blocks
from support.waiting import wait_until

SECURITY = ROOT / "docs" / "security.md"

# With what PostgreSQL 16 brought, and how 15 says the same.
LINES = [
    "host all blocked 0.0.0.0/0 trust",
    "hostnossl app mona 127.0.0.1/32 trust",
    "hostnossl app all 127.0.0.1 255.255.255.255 reject",
    "hostssl \"/^ap+$\" dora samehost cert map=people clientname=DN",
    "hostssl app nobody,mona 127.0.0.0/8 md5 clientcert=verify-ca",
    "hostssl postgres dora 127.0.0.1/32 scram-sha-256 clientcert=verify-full",
    "hostssl postgres mona localhost md5",
    "host postgres \"/^(mo|no)\" all md5",
    "host all all 127.0.0.1/32 reject",
]
LINES_15 = [line.replace('"/^ap+$"', "app").replace('"/^(mo|no)"', "mona,nobody") for line in LINES]
NAMES = "people  /^CN=(.*)$  \\1\n"


def with_rules(certificates, folder, lines, names="", **more):
    """[auth] and [tls.client] for a Weir that goes by these lines."""
    (folder / "hba.conf").write_text("\n".join(lines) + "\n")
    (folder / "ident.conf").write_text(names)
    section = weir_section(certificates, "scram-sha-256")
    section["auth"] = {"hba_file": str(folder / "hba.conf"), "ident_file": str(folder / "ident.conf"), **more}
    section["server"] = {"failed_login_delay_ms": 0}
    return section


@pytest.mark.parametrize("which", ["gate", "gate_18"])
def test_the_same_file_lets_the_same_clients_in(which, certificates, start_weir, folder, request):
    gate = request.getfixturevalue(which)
    gate.lets_in(*(LINES if which == "gate_18" else LINES_15), names=NAMES)
    databases = ("postgres", "app")
    expected = outcomes(gate.port, certificates, databases)
    gate.lets_in("host all all 127.0.0.1/32 trust")
    weir = start_weir(with_rules(certificates, folder, LINES, NAMES), users=gate.stored_secrets(), nodes=gate.cluster)
    found = outcomes(weir.port, certificates, databases)
    assert found == expected
    assert len(set(expected.values())) >= 3, "the lines tell clients apart"


def test_included_files_and_a_reload(gate, certificates, start_weir, folder):
    gate.lets_in("host all all 127.0.0.1/32 trust")
    rules = folder / "rules"
    rules.mkdir()
    (rules / "10.conf").write_text("host all @friends 127.0.0.1/32 trust\n")
    (rules / "friends").write_text("dora\n")
    weir = start_weir(with_rules(certificates, folder, ["include_dir rules"]), users=gate.stored_secrets(),
                      nodes=gate.cluster)
    assert knock(weir.port, "dora", "") == "in"
    assert knock(weir.port, "mona", "") == "28000"
    (rules / "friends").write_text("mona\n")
    weir.signal(signal.SIGHUP)
    wait_until(lambda: "reload: auth: changed" in weir.log(), "the files were read again")
    assert knock(weir.port, "dora", "") == "28000"
    assert knock(weir.port, "mona", "") == "in"
    (rules / "10.conf").write_text("host all all 127.0.0.1/32 ldap\n")
    weir.signal(signal.SIGHUP)
    wait_until(lambda: "the old configuration stays" in weir.log(), "the reload was refused")
    assert "10.conf:1: authentication method \"ldap\" is not supported by Weir" in weir.log()
    assert knock(weir.port, "mona", "") == "in"


def test_a_map_of_the_systems_users(gate, certificates, prepare_weir, folder):
    gate.lets_in("host all all 127.0.0.1/32 trust")
    me = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    weir = prepare_weir(with_rules(certificates, folder, ["local all all peer map=jobs"], f"jobs {me} dora\n"),
                        users=gate.stored_secrets(), nodes=gate.cluster)
    weir.write_configuration({"server": {"listen": [f"127.0.0.1:{weir.port}", f"unix:{folder}"]}})
    weir.start().wait_for_nodes(1)
    with psycopg.connect(host=str(folder), port=weir.port, user="dora", dbname="postgres") as session:
        assert session.execute("select current_user").fetchone() == ("dora",)
    with pytest.raises(psycopg.OperationalError, match='Peer authentication failed|peer authentication failed for user "mona"'):
        psycopg.connect(host=str(folder), port=weir.port, user="mona", dbname="postgres")
    with pytest.raises(psycopg.OperationalError, match="no pg_hba.conf entry for host"):
        weir.connect(user="dora", dbname="postgres")


QUERY = "select rolname, rolpassword from pg_authid where rolname = $1 and rolcanlogin"


@pytest.fixture
def asking(gate, start_weir):
    """A Weir that knows no user of its own but who asks."""
    gate.lets_in("host all postgres 127.0.0.1/32 scram-sha-256", "host all mona 127.0.0.1/32 md5",
                 "host all all 127.0.0.1/32 scram-sha-256")
    return start_weir({"auth": {"method": "md5", "query": QUERY, "query_user": "postgres", "query_cache_ms": 60000,
                                "query_negative_cache_ms": 500}, "server": {"failed_login_delay_ms": 0}},
                      users={"postgres": "postgres"}, nodes=gate.cluster)


def test_a_node_is_asked_for_secrets(gate, asking):
    for user in ("dora", "mona"):
        with asking.connect(user=user, password=SECRETS[user], dbname="postgres") as session:
            assert session.execute("select current_user").fetchone() == (user,)
        assert knock(asking.port, user, "wrong") == "28P01"
    assert knock(asking.port, "nobody", "any") == "28P01"
    assert SECRETS["dora"] not in asking.log()
    assert "SCRAM-SHA-256$" not in asking.log()


def test_the_function_that_the_documentation_shows(gate, start_weir):
    gate.lets_in("host all all 127.0.0.1/32 scram-sha-256")
    script = next(each for each in blocks(SECURITY, "sql") if "secret_of" in each)
    with gate.cluster.connect(user="postgres", dbname="postgres") as session:
        session.execute("set password_encryption = 'scram-sha-256'")
        session.execute(script.replace("'...'", "'of weir_auth'"))
    query = next(re.search(r'^query = "(.*)"$', each, re.MULTILINE).group(1) for each in blocks(SECURITY, "toml")
                 if "query_user" in each)
    weir = start_weir({"auth": {"query": query, "query_user": "weir_auth", "query_password": "of weir_auth"}},
                      nodes=gate.cluster)
    assert knock(weir.port, "dora", SECRETS["dora"]) == "in"
    assert knock(weir.port, "dora", "wrong") == "28P01"
    assert knock(weir.port, "nobody", "any") == "28P01"


def test_a_user_made_or_changed_later(gate, asking):
    assert knock(asking.port, "late", "first") == "28P01"
    gate.cluster.ask("primary", "create role late login password 'first'")
    try:
        wait_until(lambda: knock(asking.port, "late", "first") == "in", "the user is found")
        gate.cluster.ask("primary", "alter role late password 'second'")
        # The old secret is known; who is refused by it has it asked for anew.
        knock(asking.port, "late", "second")
        wait_until(lambda: knock(asking.port, "late", "second") == "in", "the new password is taken", 5)
        assert knock(asking.port, "late", "first") == "28P01"
    finally:
        gate.cluster.ask("primary", "drop role late")


def test_nobody_can_be_asked(gate, start_weir):
    gate.lets_in("host all all 127.0.0.1/32 scram-sha-256")
    weir = start_weir({"auth": {"query": "select nonsense from $1"}}, nodes=gate.cluster)
    assert knock(weir.port, "dora", SECRETS["dora"]) == "57P03"
    wait_until(lambda: "secret could not be looked up" in weir.log(), "the log says why")
    with weir.connect() as session:  # who is in the users file is not asked for
        assert session.execute("select current_user").fetchone() == ("app",)


def test_a_user_for_all_clients_of_a_database(gate, start_weir):
    gate.lets_in("host all all 127.0.0.1/32 scram-sha-256")
    weir = start_weir({"database": {"shared": {"cluster": "main", "dbname": "postgres", "user": "dora",
                                               "password": SECRETS["dora"]}}},
                      users={"app": "app", "guest": "only Weir knows me"}, nodes=gate.cluster)
    with weir.connect(user="guest", password="only Weir knows me", dbname="shared") as session:
        assert session.execute("select current_user, current_database()").fetchone() == ("dora", "postgres")
    with pytest.raises(psycopg.OperationalError, match="guest"):
        weir.connect(user="guest", password="only Weir knows me", dbname="postgres")
    assert knock(weir.port, "dora", SECRETS["dora"], database="shared") == "28P01", "the node's user is no user of Weir's"


def test_a_user_has_so_many_clients(start_weir):
    weir = start_weir({"user": {"app": {"max_clients": 2}}, "database": {"*": {"cluster": "main", "max_clients": 3}}})
    with weir.connect(), weir.connect():
        with pytest.raises(psycopg.OperationalError, match='too many connections for role "app"'):
            weir.connect()
        with weir.connect(user="postgres"):
            with pytest.raises(psycopg.OperationalError, match='too many connections for database "app"'):
                weir.connect(user="postgres")
            with weir.connect(user="postgres", dbname="postgres"), weir.connect(user="postgres", dbname="weir"):
                pass

    def is_let_in():
        with contextlib.suppress(psycopg.OperationalError):
            weir.connect().close()
            return True
        return False

    wait_until(is_let_in, "a client that has left makes room")


def test_who_may_only_look(start_weir):
    weir = start_weir({"auth": {"stats_users": ["app"]}})
    with weir.connect(user="app", dbname="weir") as session:
        assert session.execute("show version").fetchone()
        for command in ("reload", "pause", "kill app", "drain node primary"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(command)
    with weir.connect(user="postgres", dbname="weir") as session:
        session.execute("reload")


def answer(weir, path, token=None, host="127.0.0.1"):
    request = urllib.request.Request(f"http://{host}:{weir.http_port}{path}")
    if token:
        request.add_header("Authorization", token)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def test_http_asks_for_its_token(prepare_weir):
    weir = prepare_weir({"server": {"http_token": "a secret of HTTP"}}).start()
    assert answer(weir, "/livez") == 200
    wait_until(lambda: answer(weir, "/readyz") == 200, "it is ready")
    assert answer(weir, "/metrics") == 401
    assert answer(weir, "/metrics", "Bearer wrong") == 401
    assert answer(weir, "/metrics", "Bearer a secret of HTTP") == 200
    assert answer(weir, "/", "Basic YW55Ym9keTphIHNlY3JldCBvZiBIVFRQ") == 200  # anybody:a secret of HTTP
    assert "a secret of HTTP" not in weir.log()


def own_address():
    """One of this machine's that is not of the loopback network, or None."""
    shown = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
    return next((each for each in shown if "." in each), None)


def test_http_without_a_token_is_for_this_machine(prepare_weir):
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but the loopback network's")
    weir = prepare_weir()
    weir.write_configuration({"server": {"http": f"0.0.0.0:{weir.http_port}"}})
    weir.start()
    assert answer(weir, "/metrics") == 200
    assert answer(weir, "/livez", host=address) == 200
    assert answer(weir, "/metrics", host=address) == 403


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_becomes_the_user_that_it_is_told(prepare_weir, folder):
    weir = prepare_weir({"server": {"user": "nobody"}}).start()
    status = open(f"/proc/{weir.process.pid}/status", encoding="ascii").read()
    nobody = pwd.getpwnam("nobody")
    assert f"Uid:\t{nobody.pw_uid}\t{nobody.pw_uid}\t{nobody.pw_uid}\t{nobody.pw_uid}" in status
    assert f"Gid:\t{nobody.pw_gid}\t{nobody.pw_gid}" in status
    assert "CapEff:\t0000000000000000" in status
    weir.wait_for_nodes(3)
    with weir.connect() as session:
        assert session.execute("select 1").fetchone() == (1,)


def test_a_user_that_cannot_be_become(prepare_weir):
    weir = prepare_weir({"server": {"user": "no-such-user-of-the-system"}})
    with pytest.raises(AssertionError, match="Weir ended with 3(.|\n)*could not become user"):
        weir.start()
    weir.process = None


def test_whoever_guesses_is_slowed_and_nobody_else(start_weir):
    weir = start_weir({"server": {"failed_login_delay_ms": 700}})
    for _ in range(5):
        assert knock(weir.port, "app", "guess", database="app") == "28P01"
    began = time.monotonic()
    assert knock(weir.port, "app", "guess", database="app") == "28P01"
    assert time.monotonic() - began > 0.6
    began = time.monotonic()
    assert knock(weir.port, "postgres", "postgres", database="app") == "in"
    assert time.monotonic() - began < 0.6, "another user does not wait"
    assert knock(weir.port, "app", "app", database="app") == "in"
    began = time.monotonic()
    assert knock(weir.port, "app", "app", database="app") == "in"
    assert time.monotonic() - began < 0.6, "the right password ends it"
    assert weir.log().count("was not let in: password authentication failed") == 6
