"""pgbench through Weir in all three protocol modes: nothing fails, nothing is lost, reads go down."""
import os
import re
import subprocess

import pytest

from support.places import sized

SCALE = 5
CLIENTS = 8
DATABASE = "bench"


def pgbench(port, *arguments, seconds=240):
    return subprocess.run(
        ["pgbench", "-h", "127.0.0.1", "-p", str(port), "-U", "app", *arguments, DATABASE],
        capture_output=True, text=True, timeout=seconds, check=False, stdin=subprocess.DEVNULL,
        env={**os.environ, "PGPASSWORD": "app", "PGCONNECT_TIMEOUT": "10"})


@pytest.fixture(scope="module", autouse=True)
def tables(cluster):
    """pgbench's own tables, in a database of their own."""
    cluster.ask("primary", f"create database {DATABASE} owner app", dbname="postgres")
    done = pgbench(cluster.port(), "-i", "-q", "-s", str(SCALE))
    assert done.returncode == 0, done.stderr
    cluster.wait_caught_up()


def run(weir, mode, transactions, *arguments):
    """Returns how many transactions were processed; fails unless all of them were, without error."""
    done = pgbench(weir.port, "-n", "-M", mode, "-c", str(CLIENTS), "-j", "2",
                   "-t", str(transactions), *arguments)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr.lower(), done.stderr
    assert re.search(r"number of failed transactions: 0 ", done.stdout), done.stdout
    processed = re.search(r"transactions actually processed: (\d+)/(\d+)", done.stdout)
    assert processed and processed.group(1) == processed.group(2), done.stdout
    return int(processed.group(1))


def totals(cluster, node="primary"):
    return cluster.ask(node, """
        select (select sum(abalance) from pgbench_accounts), (select sum(bbalance) from pgbench_branches),
               (select sum(tbalance) from pgbench_tellers), (select sum(delta) from pgbench_history),
               (select count(*) from pgbench_history)""", dbname=DATABASE)[0]


@pytest.mark.deadline(300)
@pytest.mark.parametrize("mode", ["simple", "extended", "prepared"])
def test_select_only_runs_on_the_replicas_alone(cluster, weir, mode):
    cluster.forget_statements()
    processed = run(weir, mode, sized(1000, 10000), "-S")
    primary, replicas = cluster.calls_everywhere("select abalance from pgbench_accounts")
    assert processed == CLIENTS * sized(1000, 10000)
    assert primary == 0
    assert sum(replicas) == processed
    assert min(replicas) > processed // 10, f"one replica had nearly all: {replicas}"


@pytest.mark.deadline(600)
@pytest.mark.parametrize("mode", ["simple", "extended", "prepared"])
def test_tpcb_sums_agree(cluster, weir, mode):
    before = totals(cluster)
    cluster.forget_statements()
    processed = run(weir, mode, sized(250, 2500))
    accounts, branches, tellers, history, rows = totals(cluster)
    assert accounts == branches == tellers == history
    assert rows - (before[4] or 0) == processed
    primary, replicas = cluster.calls_everywhere("update pgbench_accounts")
    assert primary == processed and sum(replicas) == 0
    cluster.wait_caught_up()
    for node in cluster.replicas:
        assert totals(cluster, node) == (accounts, branches, tellers, history, rows)


@pytest.mark.deadline(300)
@pytest.mark.parametrize("mode", ["simple", "extended", "prepared"])
def test_reads_and_writes_mixed_without_transactions(cluster, weir, mode, folder):
    """Each client reads back its own counter after each write: a stale read is a division by zero."""
    with cluster.connect(dbname=DATABASE) as session:
        session.execute("drop table if exists counters")
        session.execute("create table counters (id integer primary key, n integer not null)")
        session.execute(f"insert into counters select i, 0 from generate_series(0, {CLIENTS - 1}) i")
    cluster.wait_caught_up()
    script = folder / "mixed.sql"
    script.write_text(
        "update counters set n = n + 1 where id = :client_id returning n as written \\gset\n"
        "select n as seen from counters where id = :client_id \\gset\n"
        "\\if :seen < :written\nselect 1 / 0;\n\\endif\n"
        "select count(*) from pgbench_branches;\n")
    cluster.forget_statements()
    processed = run(weir, mode, sized(200, 5000), "-f", str(script))
    assert cluster.value("primary", "select sum(n) from counters", dbname=DATABASE) == processed
    assert cluster.calls_everywhere("update counters") == (processed, [0, 0])


@pytest.mark.deadline(300)
def test_a_connection_for_each_transaction(cluster, weir):
    cluster.forget_statements()
    processed = run(weir, "simple", sized(25, 250), "-S", "-C")
    primary, replicas = cluster.calls_everywhere("select abalance from pgbench_accounts")
    assert (primary, sum(replicas)) == (0, processed)


@pytest.mark.deadline(300)
def test_pipelines(cluster, weir, folder):
    """pgbench's \\startpipeline: several statements under one Sync."""
    script = folder / "pipeline.sql"
    script.write_text("\\set a random(1, 100)\n\\startpipeline\n"
                      "select abalance from pgbench_accounts where aid = :a;\n"
                      "update pgbench_tellers set filler = 'x' where tid = 1;\n"
                      "select 1;\n\\endpipeline\n"
                      "\\startpipeline\nselect abalance from pgbench_accounts where aid = :a;\n"
                      "select 2;\n\\endpipeline\n")
    cluster.forget_statements()
    for mode in ("extended", "prepared"):
        run(weir, mode, sized(50, 500), "-f", str(script))
    primary, replicas = cluster.calls_everywhere("select abalance from pgbench_accounts")
    count = 2 * CLIENTS * sized(50, 500)
    assert primary + sum(replicas) == 2 * count
    assert cluster.calls("primary", "update pgbench_tellers") == count
    assert primary >= count  # in one cycle with a write: at the primary
