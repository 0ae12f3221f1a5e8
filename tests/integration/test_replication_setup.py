"""replication_setup/cluster against real servers; it knows nothing of Weir.

Runs with Debian's PostgreSQL, and also with the one in $WEIR_PG18_BIN where that is set (a build
without pg_basebackup and pg_rewind, as npm's, takes the other path through the same tests).
"""
import glob
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

import psycopg
import pytest

from support.cluster_command import ClusterCommand, processes_in, run
from support.places import CLUSTER
from support.waiting import wait_until

BINARIES = [pytest.param(None, id="debian"),
            pytest.param(os.environ.get("WEIR_PG18_BIN"), id="pg18", marks=pytest.mark.skipif(
                not os.environ.get("WEIR_PG18_BIN"),
                reason=os.environ.get("WEIR_PG18_MISSING", "WEIR_PG18_BIN is not set")))]


def new_place():
    """A short path that the servers' user may enter, empty again at the end."""
    folder = tempfile.mkdtemp(prefix="weir-rs-", dir="/tmp")
    os.chmod(folder, 0o755)
    yield pathlib.Path(folder)
    for path in glob.glob(folder + "/**/cluster.json", recursive=True):
        run("down", "--dir", os.path.dirname(path))
    assert not processes_in(folder)
    shutil.rmtree(folder)


@pytest.fixture
def place():
    yield from new_place()


@pytest.fixture(scope="module", params=BINARIES)
def made(request):
    """One cluster for the tests of a file; up takes longer than all that is done with it."""
    places = new_place()
    cluster = ClusterCommand(next(places) / "c")
    cluster("up", "--fast", *(["--pgbin", request.param] if request.param else []))
    yield cluster
    cluster("down")
    assert not cluster.directory.exists() and not processes_in(cluster.directory)
    next(places, None)


@pytest.fixture
def cluster(made):
    """A primary and two replicas that follow it, whoever they are by now."""
    made.mend()
    return made


def test_up_gives_a_primary_and_two_replicas_that_follow(cluster):
    nodes = cluster.nodes()
    assert sorted(nodes) == ["primary", "replica1", "replica2"]
    for replica in (nodes[cluster.first], nodes[cluster.second]):
        assert replica["streaming"] and replica["upstream"] == cluster.primary
        assert replica["system_identifier"] == nodes[cluster.primary]["system_identifier"]
    cluster.write(cluster.primary, 1)
    for replica in (cluster.first, cluster.second):
        cluster.wait_for(replica, "SELECT count(*) FROM seen", [(1,)])
    assert cluster.sql(cluster.primary, "SELECT name, setting FROM pg_settings WHERE name IN "
                       "('wal_level', 'hot_standby_feedback', 'password_encryption') ORDER BY 1") \
        == [("hot_standby_feedback", "on"), ("password_encryption", "scram-sha-256"),
            ("wal_level", "logical")]
    assert cluster.sql(cluster.primary, "SELECT count(*) FROM pg_replication_slots WHERE active") \
        == [(2,)]
    assert cluster.sql(cluster.primary, "SELECT count(*) > 0 FROM pg_stat_statements") == [(True,)]
    table = cluster("status").splitlines()
    assert len(table) == 4 and table[2].split()[:2] == ["replica1", "up"]


def test_the_roles_log_in_with_scram_and_nobody_else_does(cluster):
    assert cluster.sql(cluster.first, "SELECT rolreplication, pg_has_role('pg_monitor', 'member') "
                       "FROM pg_roles WHERE rolname = current_user", "weir", "weir") \
        == [(True, True)]
    cluster.sql(cluster.primary, "CREATE TABLE mine()", "app", "app", "app")
    for user in ("postgres", "weir", "app"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            cluster.sql(cluster.primary, "SELECT 1", user, "wrong")
    stored = cluster.sql(cluster.primary, "SELECT count(*) FROM pg_authid "
                         "WHERE rolpassword LIKE 'SCRAM-SHA-256$%'")
    assert stored == [(3,)]
    assert (cluster.directory / "run").stat().st_mode & 0o777 == 0o700


def test_promote_turns_the_others_and_leaves_the_old_primary(cluster):
    before = cluster.nodes()[cluster.primary]["timeline"]
    assert f"{cluster.second} follows {cluster.first}" in cluster("promote", cluster.first)
    nodes = cluster.nodes()
    old, new, other = nodes[cluster.primary], nodes[cluster.first], nodes[cluster.second]
    assert (old["role"], old["timeline"]) == ("primary", before)
    assert (new["role"], new["timeline"]) == ("primary", before + 1)
    assert (other["upstream"], other["timeline"]) == (cluster.first, before + 1)
    cluster.write(cluster.primary, 100)  # on the branch that dies
    cluster.write(cluster.first, 200)
    cluster.wait_for(cluster.second, "TABLE seen", [(200,)])
    said = cluster("rejoin", cluster.primary)
    assert "by pg_rewind" in said or "this PostgreSQL has no pg_rewind" in said
    cluster.wait_for(cluster.primary, "TABLE seen", [(200,)])
    assert cluster.nodes()[cluster.primary]["upstream"] == cluster.first
    assert cluster.sql(cluster.primary, "SELECT count(*) FROM pg_replication_slots") == [(0,)]


def test_a_planned_switch_loses_nothing(cluster):
    cluster.write(cluster.primary, 1)
    cluster("promote", cluster.second, "--stop-old")
    nodes = cluster.nodes()
    assert nodes[cluster.primary]["state"] == "down"
    assert nodes[cluster.first]["upstream"] == cluster.second
    for node in (cluster.first, cluster.second):
        cluster.wait_for(node, "TABLE seen", [(1,)])
    cluster("rejoin", cluster.primary)
    assert cluster.nodes()[cluster.primary]["role"] == "replica"


def test_two_lone_promotions_share_a_timeline(cluster):
    cluster("promote", cluster.first, "--alone")
    assert cluster.nodes()[cluster.second]["upstream"] == cluster.primary
    cluster("promote", cluster.second, "--alone")
    nodes = cluster.nodes()
    shared = nodes[cluster.primary]["timeline"] + 1
    assert nodes[cluster.first]["timeline"] == nodes[cluster.second]["timeline"] == shared
    status, sentence = cluster.refused("rejoin", cluster.primary)
    assert status == 1 and f"both primaries of timeline {shared}" in sentence
    cluster("stop", cluster.first)
    cluster("rejoin", cluster.primary)
    assert cluster.nodes()[cluster.primary]["upstream"] == cluster.second
    cluster("promote", cluster.primary, "--stop-old")  # the shared number is history now
    # pg_rewind would take the one timeline for the other.
    assert "by a new base backup" in cluster("rejoin", cluster.first)


def test_a_replica_that_is_ahead_of_the_new_primary_is_brought_back(cluster):
    cluster("stop", cluster.first)
    cluster.write(cluster.primary, 1)
    cluster.wait_for(cluster.second, "TABLE seen", [(1,)])
    cluster("stop", cluster.primary, "--crash")
    assert cluster("start", cluster.first) == \
        f"{cluster.first} runs; {cluster.primary}, which it should follow, does not\n"
    said = cluster("promote", cluster.first)
    assert f"{cluster.second} could not follow and was brought back" in said
    cluster.write(cluster.first, 2)
    cluster.wait_for(cluster.second, "TABLE seen", [(2,)])
    cluster("rejoin", cluster.primary)  # after a crash, and with a row of its own
    cluster.wait_for(cluster.primary, "TABLE seen", [(2,)])


def test_a_crash_is_recovered_from(cluster):
    crashed = cluster.primary
    cluster.write(crashed, 7)
    before = cluster.sql(crashed, "SELECT pg_postmaster_start_time()")
    assert cluster("stop", crashed, "--crash") == f"{crashed} has crashed\n"
    assert not processes_in(cluster.directory / "nodes" / crashed)
    assert cluster("stop", crashed) == f"{crashed} is down already\n"
    assert cluster("start", crashed) == f"{crashed} runs as a primary\n"
    number = cluster.nodes()[crashed]["number"]
    assert cluster("start", number) == f"{crashed} runs already\n"
    assert cluster.sql(crashed, "TABLE seen") == [(7,)]
    assert cluster.sql(crashed, "SELECT pg_postmaster_start_time()") > before
    cluster.wait_for(crashed, "SELECT count(*) FROM pg_stat_replication", [(2,)])
    cluster("stop", cluster.first)
    assert cluster.nodes()[cluster.first]["state"] == "down"
    assert cluster("start", cluster.first) == f"{cluster.first} follows {crashed}\n"


def test_a_lagging_replica_lags_until_reset(cluster):
    cluster.write(cluster.primary, 1)
    cluster.wait_for(cluster.first, "TABLE seen", [(1,)])
    cluster("lag", cluster.first, 3600000)
    cluster.write(cluster.primary, 2)
    cluster.wait_for(cluster.second, "SELECT count(*) FROM seen", [(2,)])
    assert cluster.sql(cluster.first, "SELECT count(*) FROM seen") == [(1,)]
    late = cluster.nodes()[cluster.first]
    assert late["lag_bytes"] > 0 and late["lag_ms"] >= 0 and late["delay_ms"] == 3600000
    cluster("lag", cluster.first, 0)
    cluster.wait_for(cluster.first, "SELECT count(*) FROM seen", [(2,)])


def test_pause_and_resume(cluster):
    cluster.write(cluster.primary, 1)
    cluster.wait_for(cluster.second, "TABLE seen", [(1,)])
    cluster("pause", cluster.second)
    cluster.write(cluster.primary, 2)
    assert cluster.nodes()[cluster.second]["paused"]
    assert cluster.sql(cluster.second, "SELECT count(*) FROM seen") == [(1,)]
    cluster("resume", cluster.second)
    cluster.wait_for(cluster.second, "SELECT count(*) FROM seen", [(2,)])
    assert not cluster.nodes()[cluster.second]["paused"]


def test_a_paused_and_a_delayed_replica_can_be_promoted_and_turned(cluster):
    cluster("pause", cluster.first)
    cluster("lag", cluster.second, 3600000)
    cluster.write(cluster.primary, 1)
    said = cluster("promote", cluster.first)
    assert f"{cluster.second} is paused or delayed" in said
    cluster.wait_for(cluster.first, "TABLE seen", [(1,)])
    cluster("lag", cluster.second, 0)
    timeline = cluster.nodes()[cluster.first]["timeline"]
    cluster.wait_for(cluster.second, "SELECT received_tli FROM pg_stat_wal_receiver",
                     [(timeline,)])


def test_a_node_without_data_is_copied_anew(cluster):
    cluster("stop", cluster.first, "--crash")
    shutil.rmtree(cluster.directory / "nodes" / cluster.first)
    assert "by a new base backup" in cluster("rejoin", cluster.first)
    assert cluster.nodes()[cluster.first]["streaming"]


def test_wrong_use_is_one_sentence(cluster):
    status, sentence = cluster.refused("up")
    assert status == 1 and f"{cluster.directory} holds a cluster already" in sentence
    for status, words, *arguments in (
            (2, "no node 'replica9': the nodes of .* are primary, replica1", "stop", "replica9"),
            (2, "no node '3'", "start", "3"),
            (1, "is a primary already", "promote", cluster.primary),
            (1, "no other node runs as a primary", "rejoin", cluster.primary),
            (1, "only a replica replays", "lag", cluster.primary, 5),
            (2, "invalid int value", "lag", cluster.first, "soon"),
            (2, "between 0 and", "lag", cluster.first, "99999999999"),
            (1, "only a replica replays", "pause", cluster.primary)):
        got, sentence = cluster.refused(*arguments)
        assert got == status and re.search(words, sentence), (arguments, sentence)
    cluster("stop", cluster.second)
    for arguments in (["promote", cluster.second], ["pause", cluster.second]):
        assert "start it" in cluster.refused(*arguments)[1]


def test_the_directory_may_be_named_before_or_behind_the_command(place):
    for arguments in (["--dir", place / "x", "status"], ["status", "--dir", place / "x"]):
        assert f"no cluster in {place}/x" in run(*arguments).stderr


def test_bad_surroundings_are_one_sentence_and_leave_nothing(place):
    absent = ClusterCommand(place / "x" / "y")
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
            (1, "is not empty", ClusterCommand(place / "full")),
            (1, "is a file", ClusterCommand(place / "full" / "file")),
            (1, "too long", ClusterCommand(place / ("long" * 30))))
        for status, words, made, *arguments in cases:
            got, sentence = made.refused("up", *arguments)
            assert got == status and words in sentence, (arguments, sentence)
    assert sorted(place.rglob("*")) == [place / "full", place / "full" / "file"]
    assert "there is no cluster" in absent.refused("status")[1]
    assert "there is no cluster" in absent("down")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_up_leaves_nothing(place, number):
    directory = place / "c"
    with subprocess.Popen([sys.executable, CLUSTER, "up", "--dir", directory],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_until(lambda: (directory / "nodes" / "replica1").exists(), "replica1 is being made",
                   seconds=60)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    if number == signal.SIGKILL:
        assert process.returncode == -number
        ClusterCommand(directory)("down")
    else:
        assert process.returncode == 128 + number and said.endswith("cluster: interrupted\n")
    assert not directory.exists()
    wait_until(lambda: not processes_in(directory), "no process is left")


def test_given_ports_settings_and_sync(place):
    cluster = ClusterCommand(place / "c")
    port = free_ports(2)
    variables = cluster("up", "--fast", "--sync", "--replicas", 1, "--port", port, "--env",
                        "--set", "work_mem=9MB", "--hba", "host all app 127.0.0.1/32 trust",
                        "--password", "it's", "--probe-password", "$x")
    values = dict(line.removeprefix("export ").split("=", 1) for line in variables.splitlines())
    assert values["PRIMARY_PORT"] == str(port) and values["REPLICA1_PORT"] == str(port + 1)
    shell = f"{cluster('env')}\necho $WEIR_NODES; echo $PGPASSWORD $PROBE_PASSWORD"
    said = subprocess.run(["sh", "-c", shell], check=True, capture_output=True, text=True).stdout
    assert said == (f"postgresql://127.0.0.1:{port} postgresql://127.0.0.1:{port + 1}\n"
                    "it's $x\n")
    assert cluster.sql("primary", "SHOW work_mem", "app", "not asked", "app") == [("9MB",)]
    assert cluster.sql("primary", "SELECT sync_state FROM pg_stat_replication", password="it's") \
        == [("quorum",)]
    cluster("stop", "replica1", "--crash")
    with psycopg.connect(host="127.0.0.1", port=port, user="app", dbname="app") as waiting:
        waiting.pgconn.send_query(b"CREATE TABLE waits()")
        wait_until(lambda: cluster.sql("primary", "SELECT count(*) FROM pg_stat_activity "
                                       "WHERE wait_event = 'SyncRep'", password="it's") == [(1,)],
                   "the commit waits for a replica")
        waiting.pgconn.finish()
    cluster("down")


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
    shutil.copytree(CLUSTER.parent, place / "tool")
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
    theirs = ClusterCommand(home / ".weir-cluster")
    assert theirs.nodes()["replica1"]["timeline"] == 2
    theirs("rejoin", "primary")
    assert as_nobody("status", "--dir", "/root").returncode == 1
    theirs("down")
    assert not list(home.iterdir())


def test_the_shop_is_loaded_and_copied(place):
    cluster = ClusterCommand(place / "c")
    cluster("up", "--fast", "--load-shop", "--replicas", 1)
    for node in ("primary", "replica1"):
        counts = cluster.sql(node, "SELECT (SELECT count(*) FROM products) >= 10000, "
                             "(SELECT count(*) FROM orders) >= 50000", "shop", "shop", "shop")
        assert counts == [(True, True)]
    cluster("down")


def test_a_replica_is_added_and_follows_after_a_promotion(place):
    cluster = ClusterCommand(place / "c")
    cluster("up", "--fast", "--replicas", 1)
    assert "replica2 follows primary" in cluster("add")
    assert list(cluster.nodes()) == ["primary", "replica1", "replica2"]
    cluster("promote", "replica2", "--stop-old")
    assert "replica3 follows replica2" in cluster("add")
    roles = {name: (node["role"], node["streaming"]) for name, node in cluster.nodes().items() if node["state"] == "up"}
    assert roles["replica3"] == roles["replica1"] == ("replica", True)
    cluster("down")
