"""What is secret is told to nobody: not by the log, the console, the metrics, HTTP, errors or `weir check`."""
import signal
import subprocess

import psycopg
import pytest

from support.gate import SECRETS, certificates, gate, weir_section  # noqa: F401
from support.knock import knock
from support.places import WEIR
from support.waiting import wait_until

OF_THE_FILE = {"app": "app's clear password", "dora": SECRETS["dora"]}
TOKEN = "the token of HTTP"
LITERAL = "a literal that nobody is to see"


@pytest.fixture
def talkative(gate, certificates, start_weir):
    """A Weir with every secret that it can have, and every line of its log."""
    gate.lets_in("host all all 127.0.0.1/32 trust")
    section = weir_section(certificates, "scram-sha-256")
    section["auth"].update(query="select rolname, rolpassword from pg_authid where rolname = $1", query_user="postgres",
                           query_password="of the one who asks", stats_users=["app"])
    section["server"] = {"http_token": TOKEN, "failed_login_delay_ms": 0}
    section["database"] = {"shared": {"cluster": "main", "dbname": "postgres", "user": "dora",
                                      "password": "of the shared one"}}
    section["log"] = {"level": "debug"}
    weir = start_weir(section, users=OF_THE_FILE, nodes=gate.cluster)
    return weir


def all_that_the_console_tells(weir):
    told = []
    with weir.connect(user="app", password=OF_THE_FILE["app"], dbname="weir") as console:
        commands = [row[0] for row in console.execute("show help").fetchall()]
        for command in commands:
            if command.lower().startswith("show"):
                cursor = console.execute(command)
                told.append(str([column.name for column in cursor.description]) + str(cursor.fetchall()))
    assert len(told) > 8
    return "\n".join(told)


def test_secrets_are_told_to_nobody(talkative, gate):
    weir = talkative
    errors = []
    for user, password, database in [("app", OF_THE_FILE["app"], "app"), ("dora", SECRETS["dora"], "shared"),
                                     ("mona", SECRETS["mona"], "postgres"), ("app", "a wrong password", "app")]:
        try:
            with weir.connect(user=user, password=password, dbname=database) as session:
                session.execute("select %s::text", [LITERAL])
                session.execute(f"select '{LITERAL}'")
                session.execute("set application_name = 'seen'")
                session.execute(f"select '{LITERAL}'::integer")
        except psycopg.Error as error:
            errors.append(str(error).replace(LITERAL, ""))  # of the server, to the one who sent it
    assert knock(weir.port, "app", "a wrong password") == "28P01"
    weir.signal(signal.SIGHUP)
    wait_until(lambda: "nothing has changed" in weir.log(), "it has read its files again")
    checked = subprocess.run([WEIR, "check", "-c", weir.config_file, "--connect"], capture_output=True, text=True,
                             timeout=60, check=False)
    told = {"log": weir.log(), "console": all_that_the_console_tells(weir), "metrics": weir.http("/metrics")[1],
            "page": weir.http("/")[1], "check": checked.stdout + checked.stderr, "errors": "\n".join(errors)}
    secrets = [*OF_THE_FILE.values(), *SECRETS.values(), TOKEN, "of the one who asks", "of the shared one", LITERAL,
               "a wrong password", "SCRAM-SHA-256$", "PRIVATE KEY", *gate.stored_secrets().values()]
    for where, text in told.items():
        assert text, where
        for secret in secrets:
            assert secret not in text, f"{secret!r} is told by: {where}"


def test_a_name_makes_no_line_of_its_own_in_the_log(talkative):
    forged = "eve\n2026-01-01 00:00:00.000 info user eve was made an admin\x1b[2J"
    assert knock(talkative.port, forged, "x") == "28P01"
    wait_until(lambda: "was made an admin" in talkative.log(), "the attempt is in the log")
    assert not [line for line in talkative.log().splitlines() if line.startswith("2026-01-01 00:00:00")]
    assert "\x1b[2J" not in talkative.log()
