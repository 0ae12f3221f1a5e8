#!/usr/bin/python3
"""replication_setup/cluster against real servers; it knows nothing of Weir.

Runs with Debian's PostgreSQL, and also with the one in $WEIR_PG18_BIN where that is set (a build
without pg_basebackup and pg_rewind, as npm's, takes the other path through the same tests).
"""
import glob
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import psycopg
import pytest

COMMAND = pathlib.Path(__file__).resolve().parents[2] / "replication_setup" / "cluster"
BINARIES = [pytest.param(None, id="debian"),
            pytest.param(os.environ.get("WEIR_PG18_BIN"), id="pg18", marks=pytest.mark.skipif(
                not os.environ.get("WEIR_PG18_BIN"), reason="WEIR_PG18_BIN is not set"))]
DEADLINE_SECONDS = 60


def run(*arguments, prefix=(), env=None):
    environment = {**os.environ, **(env or {})}
    return subprocess.run([*prefix, sys.executable, COMMAND, *map(str, arguments)], check=False,
                          capture_output=True, text=True, timeout=300, env=environment, cwd="/")


def wait_until(condition, what):
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def processes_in(directory):
    found = []
    for link in glob.glob("/proc/[0-9]*/cwd"):
        try:
            if os.readlink(link).startswith(str(directory)):
                found.append(int(link.split("/")[2]))
        except OSError:
            continue
    return found


class Cluster:
    """One cluster under test, and short words for what is done to it."""

    def __init__(self, directory):
        self.directory = directory

    def refused(self, *arguments):
        """The one sentence of a command that must fail, with its exit status."""
        done = run(arguments[0], "--dir", self.directory, *arguments[1:])
        assert done.returncode in (1, 2), done
        assert re.fullmatch(r"(PostgreSQL .*\n|making .*\n)*cluster: .+\n", done.stderr), done
        return done.returncode, done.stderr.splitlines()[-1]

    def __call__(self, *arguments):
        done = run(arguments[0], "--dir", self.directory, *arguments[1:])
        assert done.returncode == 0, done
        return done.stdout

    def nodes(self):
        return {node["name"]: node for node in json.loads(self("status", "--json"))["nodes"]}

    def sql(self, node, text, user="postgres", password="postgres", dbname="postgres"):
        port = self.nodes()[node]["port"]
        with psycopg.connect(host="127.0.0.1", port=port, user=user, password=password,
                             dbname=dbname, autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else None

    def wait_for(self, node, text, wanted):
        wait_until(lambda: self.sql(node, text) == wanted, f"{node}: {text} is not {wanted}")

    def write(self, node, value):
        self.sql(node, "CREATE TABLE IF NOT EXISTS seen(v int)")
        self.sql(node, f"INSERT INTO seen VALUES ({value})")


@pytest.fixture
def place():
    """A short path that the servers' user may enter, empty again at the end."""
    folder = tempfile.mkdtemp(prefix="weir-rs-", dir="/tmp")
    os.chmod(folder, 0o755)
    yield pathlib.Path(folder)
    for directory in {os.path.dirname(path) for path in glob.glob(folder + "/**/cluster.json",
                                                                  recursive=True)}:
        run("down", "--dir", directory)
    assert not processes_in(folder)
    shutil.rmtree(folder)


@pytest.fixture(params=BINARIES)
def pgbin(request):
    return ["--pgbin", request.param] if request.param else []


@pytest.fixture
def cluster(place, pgbin):
    made = Cluster(place / "c")
    made("up", "--fast", *pgbin)
    yield made
    made("down")
    assert not made.directory.exists()
    assert not processes_in(made.directory)


def test_up_gives_a_primary_and_two_replicas_that_follow(cluster):
    nodes = cluster.nodes()
    assert [node["role"] for node in nodes.values()] == ["primary", "replica", "replica"]
    assert all(node["streaming"] and node["lag_bytes"] == 0 and node["timeline"] == 1
               for name, node in nodes.items() if name != "primary")
    cluster.write("primary", 1)
    for replica in ("replica1", "replica2"):
        cluster.wait_for(replica, "SELECT count(*) FROM seen", [(1,)])
    assert cluster.sql("primary", "SELECT name, setting FROM pg_settings WHERE name IN "
                       "('wal_level', 'hot_standby_feedback', 'password_encryption') ORDER BY 1") \
        == [("hot_standby_feedback", "on"), ("password_encryption", "scram-sha-256"),
            ("wal_level", "logical")]
    assert cluster.sql("primary", "SELECT count(*) FROM pg_replication_slots WHERE active") \
        == [(2,)]
    assert cluster.sql("primary", "SELECT count(*) > 0 FROM pg_stat_statements") == [(True,)]
    table = cluster("status").splitlines()
    assert len(table) == 4 and table[2].split()[:4] == ["replica1", "up", "replica", "1"]


def test_the_roles_log_in_with_scram_and_nobody_else_does(cluster):
    assert cluster.sql("replica1", "SELECT rolreplication, pg_has_role('pg_monitor', 'member') "
                       "FROM pg_roles WHERE rolname = current_user", "weir", "weir") \
        == [(True, True)]
    cluster.sql("primary", "CREATE TABLE mine()", "app", "app", "app")
    for user in ("postgres", "weir", "app"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            cluster.sql("primary", "SELECT 1", user, "wrong")
    stored = cluster.sql("primary", "SELECT count(*) FROM pg_authid "
                         "WHERE rolpassword LIKE 'SCRAM-SHA-256$%'")
    assert stored == [(3,)]
    assert (cluster.directory / "run").stat().st_mode & 0o777 == 0o700


def test_promote_turns_the_others_and_leaves_the_old_primary(cluster):
    assert "replica2 follows replica1" in cluster("promote", "replica1")
    nodes = cluster.nodes()
    assert (nodes["primary"]["role"], nodes["primary"]["timeline"]) == ("primary", 1)
    assert (nodes["replica1"]["role"], nodes["replica1"]["timeline"]) == ("primary", 2)
    assert (nodes["replica2"]["upstream"], nodes["replica2"]["timeline"]) == ("replica1", 2)
    cluster.write("primary", 100)  # on the branch that dies
    cluster.write("replica1", 200)
    cluster.wait_for("replica2", "TABLE seen", [(200,)])
    said = cluster("rejoin", "primary")
    assert "pg_rewind" in said
    cluster.wait_for("primary", "TABLE seen", [(200,)])
    assert cluster.nodes()["primary"]["upstream"] == "replica1"
    assert cluster.sql("primary", "SELECT count(*) FROM pg_replication_slots") == [(0,)]


def test_a_planned_switch_loses_nothing(cluster):
    cluster.write("primary", 1)
    cluster("promote", "2", "--stop-old")
    nodes = cluster.nodes()
    assert nodes["primary"]["state"] == "down"
    assert nodes["replica1"]["upstream"] == "replica2"
    for node in ("replica1", "replica2"):
        cluster.wait_for(node, "TABLE seen", [(1,)])
    cluster("rejoin", "primary")
    assert cluster.nodes()["primary"]["role"] == "replica"


def test_two_lone_promotions_share_a_timeline(cluster):
    cluster("promote", "replica1", "--alone")
    assert cluster.nodes()["replica2"]["upstream"] == "primary"
    cluster("promote", "replica2", "--alone")
    assert [node["timeline"] for node in cluster.nodes().values()] == [1, 2, 2]
    status, sentence = cluster.refused("rejoin", "primary")
    assert status == 1 and "both primaries of timeline 2" in sentence
    cluster("stop", "replica1")
    cluster("rejoin", "primary")
    assert cluster.nodes()["primary"]["upstream"] == "replica2"


def test_a_replica_that_is_ahead_of_the_new_primary_is_brought_back(cluster):
    cluster("stop", "replica1")
    cluster.write("primary", 1)
    cluster.wait_for("replica2", "TABLE seen", [(1,)])
    cluster("stop", "primary", "--crash")
    assert cluster("start", "replica1") == \
        "replica1 runs; primary, which it should follow, does not\n"
    assert "replica2 could not follow and was brought back" in cluster("promote", "replica1")
    cluster.write("replica1", 2)
    cluster.wait_for("replica2", "TABLE seen", [(2,)])
    cluster("rejoin", "primary")  # after a crash, and with a row of its own
    cluster.wait_for("primary", "TABLE seen", [(2,)])


def test_a_crash_is_recovered_from(cluster):
    cluster.write("primary", 7)
    before = cluster.sql("primary", "SELECT pg_postmaster_start_time()")
    assert cluster("stop", "primary", "--crash") == "primary has crashed\n"
    assert not processes_in(cluster.directory / "nodes" / "primary")
    assert cluster("stop", "primary") == "primary is down already\n"
    assert cluster("start", "primary") == "primary runs as a primary\n"
    assert cluster("start", "0") == "primary runs already\n"
    assert cluster.sql("primary", "TABLE seen") == [(7,)]
    assert cluster.sql("primary", "SELECT pg_postmaster_start_time()") > before
    cluster.wait_for("primary", "SELECT count(*) FROM pg_stat_replication", [(2,)])
    cluster("stop", "replica1")
    assert cluster.nodes()["replica1"]["state"] == "down"
    assert cluster("start", "replica1") == "replica1 follows primary\n"


def test_a_lagging_replica_lags_until_reset(cluster):
    cluster.write("primary", 1)
    cluster.wait_for("replica1", "TABLE seen", [(1,)])
    cluster("lag", "replica1", 3600000)
    cluster.write("primary", 2)
    cluster.wait_for("replica2", "SELECT count(*) FROM seen", [(2,)])
    assert cluster.sql("replica1", "SELECT count(*) FROM seen") == [(1,)]
    late = cluster.nodes()["replica1"]
    assert late["lag_bytes"] > 0 and late["lag_ms"] >= 0 and late["delay_ms"] == 3600000
    cluster("lag", "replica1", 0)
    cluster.wait_for("replica1", "SELECT count(*) FROM seen", [(2,)])


def test_pause_and_resume(cluster):
    cluster.write("primary", 1)
    cluster.wait_for("replica2", "TABLE seen", [(1,)])
    cluster("pause", "replica2")
    cluster.write("primary", 2)
    assert cluster.nodes()["replica2"]["paused"]
    assert cluster.sql("replica2", "SELECT count(*) FROM seen") == [(1,)]
    cluster("resume", "replica2")
    cluster.wait_for("replica2", "SELECT count(*) FROM seen", [(2,)])
    assert not cluster.nodes()["replica2"]["paused"]


def test_a_paused_and_a_delayed_replica_can_be_promoted_and_turned(cluster):
    cluster("pause", "replica1")
    cluster("lag", "replica2", 3600000)
    cluster.write("primary", 1)
    assert "replica2 is paused or delayed" in cluster("promote", "replica1")
    cluster.wait_for("replica1", "TABLE seen", [(1,)])
    cluster("lag", "replica2", 0)
    cluster.wait_for("replica2", "SELECT received_tli FROM pg_stat_wal_receiver", [(2,)])


def test_a_node_without_data_is_copied_anew(cluster):
    cluster("stop", "replica1", "--crash")
    shutil.rmtree(cluster.directory / "nodes" / "replica1")
    assert "by a new base backup" in cluster("rejoin", "replica1")
    assert cluster.nodes()["replica1"]["streaming"]


def test_wrong_use_is_one_sentence(cluster):
    assert cluster.refused("up") == (1, f"cluster: {cluster.directory} holds a cluster already: use "
                                     "it, remove it with 'cluster down', or choose another --dir")
    for status, words, *arguments in (
            (2, "no node 'replica9': the nodes of .* are primary, replica1", "stop", "replica9"),
            (2, "no node '-1'|expected", "start", "-1"),
            (1, "is a primary already", "promote", "primary"),
            (1, "primary is the current primary|no other node runs", "rejoin", "primary"),
            (1, "only a replica replays", "lag", "primary", 5),
            (2, "invalid int value", "lag", "replica1", "soon"),
            (2, "between 0 and", "lag", "replica1", "99999999999"),
            (1, "only a replica replays", "pause", "primary")):
        got, sentence = cluster.refused(*arguments)
        assert got == status and re.search(words, sentence), (arguments, sentence)
    cluster("stop", "replica2")
    for arguments in (["promote", "replica2"], ["pause", "replica2"]):
        assert "start it" in cluster.refused(*arguments)[1]


def test_bad_surroundings_are_one_sentence_and_leave_nothing(place):
    absent = Cluster(place / "x" / "y")
    (place / "full").mkdir()
    (place / "full" / "file").touch()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        cases = (
            (1, f"port {taken} is taken", absent, "--port", taken),
            (2, "between 1024 and", absent, "--port", 80),
            (2, "no number of replicas", absent, "--replicas=-1"),
            (1, "has no program 'initdb'", absent, "--pgbin", place),
            (2, "--sync needs a replica", absent, "--sync", "--replicas", 0),
            (2, "not of the form NAME=VALUE", absent, "--set", "x"),
            (1, "unrecognized configuration parameter", absent, "--set", "no_such=1"),
            (1, "is not empty", Cluster(place / "full")),
            (1, "is a file", Cluster(place / "full" / "file")),
            (1, "too long", Cluster(place / ("long" * 30))))
        for status, words, made, *arguments in cases:
            got, sentence = made.refused("up", *arguments)
            assert got == status and words in sentence, (arguments, sentence)
    assert sorted(place.rglob("*")) == [place / "full", place / "full" / "file"]
    assert "there is no cluster" in absent.refused("status")[1]
    assert "there is no cluster" in absent("down")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_up_leaves_nothing(place, number):
    directory = place / "c"
    with subprocess.Popen([sys.executable, COMMAND, "up", "--dir", directory],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: (directory / "nodes" / "replica1").exists(), "replica1 is not made")
        process.send_signal(number)
        _, said = process.communicate(timeout=DEADLINE_SECONDS)
    if number == signal.SIGKILL:
        assert process.returncode == -number
        Cluster(directory)("down")
    else:
        assert process.returncode == 128 + number and said.endswith("cluster: interrupted\n")
    assert not directory.exists()
    wait_until(lambda: not processes_in(directory), "servers are left")


def test_given_ports_settings_and_sync(place):
    made = Cluster(place / "c")
    port = free_ports(2)
    variables = made("up", "--fast", "--sync", "--replicas", 1, "--port", port, "--env",
                     "--set", "work_mem=9MB", "--hba", "host all app 127.0.0.1/32 trust",
                     "--password", "it's", "--probe-password", "$x")
    values = dict(line.removeprefix("export ").split("=", 1) for line in variables.splitlines())
    assert values["PRIMARY_PORT"] == str(port) and values["REPLICA1_PORT"] == str(port + 1)
    shell = f"{made('env')}\necho $WEIR_NODES; echo $PGPASSWORD $PROBE_PASSWORD"
    said = subprocess.run(["sh", "-c", shell], check=True, capture_output=True, text=True).stdout
    assert said == (f"postgresql://127.0.0.1:{port} postgresql://127.0.0.1:{port + 1}\n"
                    "it's $x\n")
    assert made.sql("primary", "SHOW work_mem", "app", "not asked", "app") == [("9MB",)]
    assert made.sql("primary", "SELECT sync_state FROM pg_stat_replication", password="it's") \
        == [("quorum",)]
    made("stop", "replica1", "--crash")
    with psycopg.connect(host="127.0.0.1", port=port, user="app", dbname="app") as waiting:
        waiting.pgconn.send_query(b"CREATE TABLE waits()")
        wait_until(lambda: made.sql("primary", "SELECT count(*) FROM pg_stat_activity "
                                    "WHERE wait_event = 'SyncRep'", password="it's") == [(1,)],
                   "the commit does not wait for its replica")
        waiting.pgconn.finish()
    made("down")


def free_ports(count):
    """The first of `count` ports in a row that are free and are not handed out by the kernel."""
    for base in range(14000, 15000, count):
        try:
            for port in range(base, base + count):
                socket.create_server(("127.0.0.1", port)).close()
            return base
        except OSError:
            continue
    raise AssertionError("no free ports")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_has_clusters_too_and_root_can_remove_them(place):
    shutil.copytree(COMMAND.parent, place / "tool")
    home = place / "home"
    home.mkdir()
    shutil.chown(home, "nobody")
    prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
              "/usr/bin/python3", place / "tool" / "cluster"]

    def as_nobody(*arguments):
        return subprocess.run([*prefix, *arguments], check=False, capture_output=True, text=True,
                              cwd="/", env={"PATH": os.environ["PATH"], "HOME": str(home)})

    made = as_nobody("up", "--fast", "--replicas", "1")
    assert made.returncode == 0, made
    assert f"run by user 'nobody' in {home}/.weir-cluster" in made.stdout
    assert as_nobody("promote", "replica1").returncode == 0
    theirs = Cluster(home / ".weir-cluster")
    assert theirs.nodes()["replica1"]["timeline"] == 2
    theirs("rejoin", "primary")
    assert as_nobody("status", "--dir", "/root").returncode == 1
    theirs("down")
    assert not list(home.iterdir())
