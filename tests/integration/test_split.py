"""Transactions whose reads leave the primary. pg_stat_statements of the nodes says where they ran."""
import psycopg
import pytest

from support.waiting import wait_until

SPLIT = {"routing": {"transactions": "split", "split_consistency": "session"}}


@pytest.fixture
def split(start_weir):
    return start_weir(SPLIT)


def where(cluster, text):
    primary, replicas = cluster.calls_everywhere(text)
    return primary, sum(replicas)


def test_reads_ahead_of_the_first_write_run_on_a_replica(cluster, split, table):
    cluster.forget_statements()
    with split.connect(autocommit=False) as session:
        for _ in range(3):
            assert session.execute(f"select count(*) from {table}").fetchone() == (10,)
        session.execute(f"insert into {table} values (100, 'new')")
        # It has moved: it reads what it wrote, where it wrote it.
        assert session.execute(f"select max(id) from {table}").fetchone() == (100,)
        session.commit()
    assert where(cluster, f"select count(*) from {table}") == (0, 3)
    assert where(cluster, f"select max(id) from {table}") == (1, 0)
    assert cluster.value("primary", f"select count(*) from {table}") == 11


def test_a_transaction_that_only_reads_never_sees_the_primary(cluster, split, table):
    cluster.forget_statements()
    with split.connect(autocommit=False) as session:
        for _ in range(5):
            session.execute(f"select count(*) from {table} where id > %s", (1,))
        session.commit()
    primary, replicas = cluster.calls_everywhere(table)
    assert primary == 0 and sorted(replicas) == [0, 5]


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_a_snapshot_stays_on_the_primary(cluster, split, table, level):
    cluster.forget_statements()
    with split.connect() as session:
        session.execute(f"begin isolation level {level}")
        session.execute(f"select count(*) from {table}")
        session.execute("commit")
    assert where(cluster, table) == (1, 0)


def test_a_roles_own_isolation_level_counts(cluster, split, table):
    cluster.ask("primary", "alter role app set default_transaction_isolation = 'repeatable read'")
    cluster.wait_caught_up()
    try:
        cluster.forget_statements()
        with split.connect() as session:
            session.execute("begin")
            session.execute(f"select count(*) from {table}")
            cluster.ask("primary", f"insert into {table} values (77, 'of another')")
            assert session.execute(f"select count(*) from {table}").fetchone() == (10,)
            session.execute("commit")
        assert where(cluster, f"select count(*) from {table}") == (2, 0)
    finally:
        cluster.ask("primary", "alter role app reset default_transaction_isolation")


@pytest.mark.parametrize("statement", [
    "savepoint one", "set local work_mem = '2MB'", "declare c cursor for select 1",
    "lock table {table} in access share mode", "select id from {table} where id = 1 for update"])
def test_what_would_have_to_be_carried_over_moves_it_first(cluster, split, table, statement):
    cluster.forget_statements()
    with split.connect() as session:
        session.execute("begin")
        session.execute(f"select count(*) from {table}")
        session.execute(statement.format(table=table))
        session.execute(f"select max(id) from {table}")
        session.execute("rollback")
    assert where(cluster, f"select count(*) from {table}") == (0, 1)
    assert where(cluster, f"select max(id) from {table}") == (1, 0)


def test_a_cursor_of_the_driver_reads_on_to_its_end(cluster, split, table):
    """A named portal or DECLARE: both have to stay where they are."""
    with split.connect(autocommit=False) as session:
        with session.cursor("c") as cursor:
            cursor.itersize = 3
            rows = [row[0] for row in cursor.execute(f"select id from {table} order by id")]
        session.execute(f"delete from {table} where id = 1")
        session.commit()
    assert rows == list(range(1, 11))


def test_an_error_fails_the_transaction_as_it_does_alone(split, table):
    with split.connect(autocommit=False) as session:
        session.execute(f"select count(*) from {table}")
        with pytest.raises(psycopg.errors.DivisionByZero):
            session.execute(f"select 1 / (id - id) from {table}")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            session.execute(f"insert into {table} values (100, 'new')")
        session.rollback()
        assert session.execute(f"select count(*) from {table}").fetchone() == (10,)


def test_a_transaction_outlives_the_connection_of_its_replica(cluster, split, table):
    """As after a conflict with recovery, which ends it with FATAL where its client thinks."""
    with split.connect() as session:
        session.execute("begin")
        session.execute(f"select count(*) from {table}")
        ended = sum(cluster.value(node, "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity"
                                        " where usename = 'app' and state = 'idle in transaction'")
                    for node in cluster.replicas)
        assert ended == 1
        session.execute(f"insert into {table} values (100, 'new')")
        session.execute("commit")
    assert cluster.value("primary", f"select count(*) from {table}") == 11


def test_set_transaction_behind_begin_counts(cluster, weir, table):
    """With transactions = "safe", too."""
    cluster.forget_statements()
    with weir.connect() as session:
        session.execute("begin")
        session.execute("set transaction isolation level read committed")
        session.execute("set transaction read only")
        session.execute(f"select count(*) from {table}")
        session.execute("commit")
    assert where(cluster, table) == (0, 1)


def test_read_only_by_default_counts(cluster, weir, table):
    cluster.forget_statements()
    with weir.connect() as session:
        session.execute("set session characteristics as transaction read only")
        session.execute("begin")
        session.execute(f"select count(*) from {table}")
        session.execute("commit")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            session.execute(f"delete from {table}")
    assert where(cluster, f"select count(*) from {table}") == (0, 1)


def test_what_replicas_refuse_is_learned(cluster, weir, table):
    """A function that says IMMUTABLE and takes a number from a sequence all the same."""
    with cluster.connect() as session:
        session.execute(f"create sequence {table}_s")
        session.execute(f"create function {table}_f(bigint) returns bigint immutable language plpgsql as $$"
                        f" begin return nextval('{table}_s'); end $$")
        session.execute(f"create view {table}_v as select id, {table}_f(id) from {table}")
    cluster.wait_caught_up()
    try:
        with weir.connect() as session:
            def learned():
                assert len(session.execute(f"select * from {table}_v").fetchall()) == 10
                return weir.metric("weir_queries_total", reason="learned") > 0

            wait_until(learned, "the statement goes to the primary at once")
    finally:
        cluster.ask("primary", f"drop view {table}_v; drop function {table}_f; drop sequence {table}_s")
