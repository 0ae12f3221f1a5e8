"""Where statements run. The nodes' own pg_stat_statements say it, not Weir."""
import threading

import psycopg
import pytest

from support.waiting import wait_until


def where(cluster, text):
    primary, replicas = cluster.calls_everywhere(text)
    return primary, sum(replicas)


READS = [
    "select * from {table}",
    "select count(*), now(), random() from {table}",
    "with a as (select * from {table}) select * from a union all select * from a",
    "select * from {table} t where exists (select from {table} u where u.id = t.id)",
    "table {table}",
    "/* a comment */ select word from {table} -- and one more",
    "select id, row_number() over (order by word) from {table}",
]

WRITES = [
    "insert into {table} values (%d, 'x')",
    "update {table} set word = 'y' where id = 1",
    "delete from {table} where id = 2",
    "select * from {table} where id = 3 for update",
    "select * from {table} where id = 3 for no key update",
    "select * from {table} where id = 3 for key share",
    "with a as (update {table} set word = 'z' where id = 4 returning id) select * from a",
    "with a as (insert into {table} values (%d, 'w') returning *) select count(*) from a",
    "merge into {table} t using (select 5 as id) s on t.id = s.id when matched then do nothing",
    "select count(*), txid_current() from {table}",
    "select count(*), pg_is_in_recovery() from {table}",
    "select count(*), pg_advisory_xact_lock(1) from {table}",
    "select count(*), set_config('weir.x', 'y', true) from {table}",
    "lock table {table} in share mode",
    "select 1 from {table}; update {table} set word = 'several' where id = 6",
]


@pytest.mark.parametrize("sql", READS)
@pytest.mark.parametrize("protocol", ["simple", "extended"])
def test_a_read_runs_on_replicas_only(cluster, weir, table, sql, protocol):
    cluster.forget_statements()
    with weir.connect() as session:
        for _ in range(5):
            session.execute(sql.format(table=table), prepare=protocol == "extended")
    primary, replicas = where(cluster, table)
    assert (primary, replicas) == (0, 5)


@pytest.mark.parametrize("sql, protocol", [
    (sql, protocol) for sql in WRITES for protocol in ("simple", "extended")
    if protocol == "simple" or ";" not in sql  # a Parse holds one statement
])
def test_what_is_no_read_runs_on_the_primary_only(cluster, weir, table, sql, protocol):
    cluster.forget_statements()
    with weir.connect() as session:
        text = sql.format(table=table).replace("%d", str(session.info.backend_pid))
        if text.startswith("lock"):  # nothing but a transaction takes it
            with session.transaction():
                session.execute(text, prepare=protocol == "extended")
        else:
            session.execute(text, prepare=protocol == "extended")
    primary, replicas = where(cluster, table)
    assert primary > 0 and replicas == 0


def test_explain_runs_on_a_replica(cluster, weir, table):
    """Not prepared: of a prepared EXPLAIN PostgreSQL 15 counts the first execution alone."""
    cluster.forget_statements()
    with weir.connect() as session:
        for _ in range(3):
            assert table in session.execute(f"explain (costs off) select * from {table}").fetchone()[0]
    assert where(cluster, table) == (0, 3)


def test_reads_with_parameters_run_on_replicas(cluster, weir, table):
    cluster.forget_statements()
    with weir.connect() as session:
        for number in range(1, 11):
            row = session.execute(f"select word from {table} where id = %s", (number,)).fetchone()
            assert row == (f"word {number}",)
    assert where(cluster, table) == (0, 10)


def test_many_sessions_spread_over_both_replicas(cluster, weir, table):
    cluster.forget_statements()
    sessions = [weir.connect() for _ in range(8)]
    try:
        threads = [threading.Thread(target=lambda own=session: [
            own.execute(f"select count(*) from {table}") for _ in range(25)]) for session in sessions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for session in sessions:
            session.close()
    primary, replicas = cluster.calls_everywhere(table)
    assert primary == 0 and sum(replicas) == 200
    assert min(replicas) >= 40, f"one replica had nearly all: {replicas}"


def test_new_sessions_one_after_the_other_use_both_replicas(cluster, weir, table):
    cluster.forget_statements()
    for _ in range(20):
        with weir.connect() as session:
            session.execute(f"select count(*) from {table}")
    primary, replicas = cluster.calls_everywhere(table)
    assert primary == 0 and sum(replicas) == 20
    assert min(replicas) >= 3, f"one replica had nearly all: {replicas}"


def test_a_transaction_runs_on_the_primary(cluster, weir, table):
    cluster.forget_statements()
    with weir.connect(autocommit=False) as session:
        session.execute(f"select count(*) from {table}")
        session.execute(f"select max(id) from {table}")
    assert where(cluster, table) == (2, 0)


@pytest.mark.parametrize("begin", ["begin read only", "start transaction read only",
                                   "begin transaction isolation level read committed, read only"])
def test_a_read_only_transaction_runs_on_one_replica(cluster, weir, table, begin):
    cluster.forget_statements()
    with weir.connect() as session:
        session.execute(begin)
        for _ in range(4):
            session.execute(f"select count(*) from {table}")
        session.execute("commit")
    primary, replicas = cluster.calls_everywhere(table)
    assert primary == 0 and sorted(replicas) == [0, 4]


def test_drivers_can_declare_read_only(cluster, weir, table):
    cluster.forget_statements()
    with weir.connect(autocommit=False) as session:
        session.read_only = True
        assert len(session.execute(f"select * from {table}").fetchall()) == 10
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            session.execute(f"insert into {table} values (500, 'x')")
        session.rollback()
        assert session.execute(f"select count(*) from {table}").fetchone() == (10,)
    primary, replicas = where(cluster, f"select * from {table}")
    assert (primary, replicas) == (0, 1)


def test_set_transaction_read_only_as_first_statement(cluster, weir, table):
    with weir.connect() as session:
        session.execute("begin")
        session.execute("set transaction read only")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            session.execute(f"delete from {table}")
        session.execute("rollback")
    assert cluster.value("primary", f"select count(*) from {table}") == 10


def test_copy_out_of_a_read_runs_on_a_replica(cluster, weir, table):
    cluster.forget_statements()
    with weir.connect() as session, session.cursor() as cursor:
        with cursor.copy(f"copy (select * from {table} order by id) to stdout") as copy:
            rows = list(copy.rows())
    assert len(rows) == 10
    assert where(cluster, table) == (0, 1)


@pytest.mark.deadline(180)
def test_a_session_reads_its_own_write_at_once(cluster, weir, table):
    """Replicas 300 ms behind: they are seen to lack the row, and the session never does."""
    behind = 0
    with cluster.lagging(300), weir.connect() as session:
        for number in range(100, 130):
            session.execute(f"insert into {table} values (%s, 'own')", (number,))
            found = session.execute(f"select count(*) from {table} where id = %s", (number,)).fetchone()
            assert found == (1,), f"its own row {number} was not seen"
            there = [cluster.value(node, f"select count(*) from {table} where id = %s", (number,))
                     for node in cluster.replicas]
            behind += there == [0, 0]
        assert behind >= 25, "the replicas did not lag: the test showed nothing"
        # Once a replica is known to have the row, reads leave the primary again.
        cluster.forget_statements()

        def reads_on_replicas():
            session.execute(f"select max(id) from {table}")
            return sum(cluster.calls_everywhere(f"select max(id) from {table}")[1]) > 0

        wait_until(reads_on_replicas, "reads went back to a replica")
        assert session.execute(f"select max(id) from {table}").fetchone() == (129,)


def test_a_session_that_wrote_waits_for_no_replica(cluster, weir, table):
    """Replay stands still: own writes are still seen, at the primary."""
    with cluster.paused(), weir.connect() as session:
        session.execute(f"update {table} set word = 'new' where id = 1")
        for _ in range(5):
            assert session.execute(f"select word from {table} where id = 1").fetchone() == ("new",)
        assert cluster.value("replica1", f"select word from {table} where id = 1") == "word 1"


def test_reading_what_a_transaction_committed(cluster, weir, table):
    with cluster.lagging(300):
        for number in range(200, 205):
            with weir.connect(autocommit=False) as session:
                session.execute(f"insert into {table} values (%s, 'x')", (number,))
                session.commit()
                session.autocommit = True
                assert session.execute(f"select count(*) from {table} where id = %s",
                                       (number,)).fetchone() == (1,)


@pytest.fixture
def hidden_write(cluster, table):
    """A view that looks like a table and takes a number from a sequence."""
    with cluster.connect() as session:
        session.execute(f"create sequence {table}_s")
        session.execute(f"create view {table}_v as select nextval('{table}_s') as number")
    cluster.wait_caught_up()
    yield f"{table}_v"
    with cluster.connect() as session:
        session.execute(f"drop view {table}_v")
        session.execute(f"drop sequence {table}_s")


@pytest.mark.parametrize("protocol", ["simple", "extended"])
def test_what_a_replica_refuses_is_repeated_on_the_primary(cluster, weir, hidden_write, protocol):
    with weir.connect() as session:
        numbers = [session.execute(f"select number from {hidden_write}",
                                   prepare=protocol == "extended").fetchone()[0] for _ in range(5)]
    assert numbers == [1, 2, 3, 4, 5]


def test_a_table_that_a_replica_does_not_have_yet_is_no_error(cluster, weir):
    """The answer of the primary counts where a replica is behind."""
    with cluster.paused(), cluster.connect() as direct:
        direct.execute("create table not_there_yet (a integer)")
        with weir.connect() as session:
            assert session.execute("select count(*) from not_there_yet").fetchone() == (0,)
        direct.execute("drop table not_there_yet")


def test_a_volatile_function_of_the_user_runs_on_the_primary(cluster, weir, table):
    with cluster.connect() as direct:
        direct.execute(f"create function {table}_f() returns bigint language sql as "
                       f"$$ select count(*) from {table} $$")
    cluster.wait_caught_up()
    cluster.forget_statements()
    with weir.connect() as session:
        session.execute(f"select {table}_f()")
    assert where(cluster, f"{table}_f") == (1, 0)
    cluster.ask("primary", f"drop function {table}_f()")


def test_syntax_that_is_not_understood_goes_to_the_primary(weir):
    before = weir.metric("weir_queries_total", role="primary", reason="unparsed")
    with weir.connect() as session, pytest.raises(psycopg.errors.SyntaxError):
        session.execute("selec 1")
    assert weir.metric("weir_queries_total", role="primary", reason="unparsed") == before + 1


def test_the_metrics_agree_with_the_nodes(cluster, weir, table):
    reads = weir.metric("weir_queries_total", role="replica")
    writes = weir.metric("weir_queries_total", role="primary")
    with weir.connect() as session:
        for number in range(300, 320):
            session.execute(f"update {table} set word = 'x' where id = {number}")
    with weir.connect() as session:
        for _ in range(30):
            session.execute(f"select count(*) from {table}")
    assert weir.metric("weir_queries_total", role="replica") == reads + 30
    assert weir.metric("weir_queries_total", role="primary") == writes + 20
