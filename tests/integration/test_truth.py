"""The truth about reads and writes: every statement of tests/cases on a real primary and its replica.

What Weir calls a read must run on the replica as on the primary and change nothing there. What it calls
a write although a replica takes it and nothing changes is listed, with its reason, in
tests/integration/kept_on_primary.tsv."""
import os
import pathlib
import subprocess

import psycopg
import pytest

from support.places import ROOT, measured
from support.real_cluster import RealCluster
from support.truth import (LOG, SERVER, SESSION, Runner, changing, escaped, statements_of, unescaped,
                           verdicts_of)
from support.waiting import wait_until

HERE = pathlib.Path(__file__).resolve().parent
KEPT = HERE / "kept_on_primary.tsv"
# The share of harmless statements that must go to replicas.
LEAST_OFFLOADED = 0.97
# Recursion without an end, and joins of everything: no node answers them in time.
TIMED_OUT = "57014"
pytestmark = pytest.mark.deadline(900)


@pytest.fixture(scope="module", name="pair")
def _pair():
    """A primary and a replica with the shop, pgbench's tables and those of the cases; nothing else
    writes there."""
    made = RealCluster(("--replicas", "1", "--load-shop", "--set", "autovacuum=off", "--set",
                        "max_prepared_transactions=4")).up()
    try:
        made.ask("primary", "grant create on schema public to app; grant shop_owner to app",
                 dbname="shop")
        with made.connect(dbname="shop") as session:
            session.execute((HERE / "truth_schema.sql").read_text(encoding="utf-8"))
        subprocess.run(["pgbench", "-i", "-q", "-h", "127.0.0.1", "-p", str(made.port()), "-U", "app",
                        "shop"], check=True, capture_output=True,
                       env={**os.environ, "PGPASSWORD": "app"})
        # A page that a read finds with old row versions is tidied by it, and that is logged.
        made.ask("primary", "vacuum (freeze, analyze)", dbname="shop")
        made.ask("primary", "checkpoint", dbname="shop")
        made.wait_caught_up()
        yield made
    finally:
        made.down()


@pytest.fixture(scope="module", name="verdicts")
def _verdicts():
    return verdicts_of(list(statements_of()))


@pytest.fixture(name="runner")
def _runner(pair):
    """runner(node) -> a session as the owner of the tables, closed afterwards."""
    opened = []

    def open_one(node):
        opened.append(Runner(psycopg.conninfo.make_conninfo(
            pair.conninfo(node), dbname="shop", user="app", password="app")))
        return opened[-1]

    yield open_one
    for session in opened:
        session.close()


def server_state(pair, log=True):
    state = pair.ask("primary", SERVER, dbname="shop")
    return state + pair.ask("primary", LOG, dbname="shop") if log else state


def reads_among(verdicts):
    return [text for text, (route, _) in verdicts.items() if route == "replica"]


def test_a_read_is_never_refused_by_a_replica(runner, verdicts):
    primary, replica = runner("primary"), runner("replica1")
    refused, ran, nowhere = [], 0, []
    reads = reads_among(verdicts)
    for text in reads:
        here, _ = replica.in_transaction(text, "rollback")
        there, _ = primary.in_transaction(text, "rollback")
        if here is not None and here != there and TIMED_OUT not in (here, there):
            refused.append((text, here, there))
        ran += here is None
        if here is not None:
            nowhere.append(text)
    measured(f"measured: {len(reads)} reads, {ran} of them ran on the replica, the others fail on both "
             f"nodes with one error")
    assert refused == []
    of_features = statements_of("features_*.tsv")
    assert [text for text in nowhere if text in of_features] == []
    assert ran > 450


def test_a_read_leaves_the_primary_as_it_was(pair, runner, verdicts):
    primary = runner("primary")
    # Once before, so that hint bits are what they will be; those that fail are not run again.
    reads = [text for text in reads_among(verdicts) if primary.in_transaction(text)[0] is None]
    guilty = []

    def changes(texts):
        before, own = server_state(pair), primary.ask(SESSION)
        for text in texts:
            _, done = primary.in_transaction(text)
            if done is not None and any(done):
                guilty.append((text, done))
        return server_state(pair) != before or primary.ask(SESSION) != own

    assert changing(reads, changes) == []
    assert guilty == []


@pytest.mark.parametrize("text", [
    "insert into dept values (8, 'eight'); delete from dept where id = 8",
    "select nextval('s')", "select txid_current()", "select * from dept for update",
    "select pg_advisory_lock(1)", "set work_mem = '5MB'", "create temporary table tt (a integer)",
    "prepare p as select 1", "listen c", "select pg_advisory_xact_lock(2)", "select lo_create(0)",
    "declare c cursor with hold for select 1", "lock table dept in share mode",
])
def test_the_comparison_sees_a_change(pair, runner, text):
    primary = runner("primary")
    before, own = server_state(pair), primary.ask(SESSION)
    state, done = primary.in_transaction(text)
    assert state is None
    assert any(done) or server_state(pair) != before or primary.ask(SESSION) != own


def test_halving_finds_what_changes():
    guilty = {"c", "f"}
    texts = list("abcdefgh")
    assert changing(texts, lambda some: bool(guilty & set(some))) == ["c", "f"]
    once = iter([True])  # somebody else wrote, one time
    assert changing(texts, lambda some: next(once, False)) == []


def kept_rows():
    rows = [line.split("\t") for line in KEPT.read_bytes().decode().split("\n")
            if line and not line.startswith("#")]
    assert all(len(row) == 3 and row[1] in ("harmless", "own_answer") and row[2] for row in rows)
    return {unescaped(row[0]): row[1] for row in rows}


def accepted_and_harmless(pair, primary, replica, text):
    """Whether a replica takes the statement and the primary is the same after it."""
    own = replica.ask(SESSION)
    state, _ = replica.in_transaction(text)
    if state is not None or replica.ask(SESSION) != own:
        return False
    primary_own, before = primary.ask(SESSION), server_state(pair, log=False)
    state, done = primary.in_transaction(text, "rollback")
    return (state is None and done is not None and not any(done)
            and primary.ask(SESSION) == primary_own and server_state(pair, log=False) == before)


def test_what_is_kept_on_the_primary_without_need_is_listed_and_little(pair, runner, verdicts):
    primary, replica = runner("primary"), runner("replica1")
    harmless_reads = [text for text in reads_among(verdicts)
                      if replica.in_transaction(text, "rollback")[0] is None]
    found = []
    for text, (route, _) in verdicts.items():
        if route == "replica":
            continue
        if accepted_and_harmless(pair, primary, replica, text):
            found.append(text)
        if primary.ask(SESSION) != replica.ask(SESSION):
            primary.close()
            replica.close()
            primary, replica = runner("primary"), runner("replica1")
    kept = kept_rows()
    assert {escaped(text) for text in found} == {escaped(text) for text in kept}
    needless = sum(kind == "harmless" for kind in kept.values())
    share = len(harmless_reads) / (len(harmless_reads) + needless)
    measured(f"measured: {share:.1%} of the harmless statements go to replicas "
             f"({len(harmless_reads)} of {len(harmless_reads) + needless}); "
             f"{len(kept) - needless} more are kept because each node has its own answer")
    assert share >= LEAST_OFFLOADED
