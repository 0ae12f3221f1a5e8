"""Where statements run because of what their names stand for in the database's catalog."""
import re
import subprocess
import time

import pytest

from support.places import WEIR
from support.waiting import wait_until

SCHEMA = """
    drop schema if exists cat, cat_ahead cascade;
    create schema cat;
    create schema cat_ahead;
    create table cat.t (id integer primary key, word text);
    insert into cat.t select i, 'word ' || i from generate_series(1, 10) i;
    create sequence cat.s;
    create unlogged table cat.unlogged_t (id integer);
    create table cat.parts (id integer) partition by range (id);
    create table cat.parts_1 partition of cat.parts for values from (0) to (10);
    create table cat.guarded (id integer);
    create materialized view cat.stored as select nextval('cat.s') as n;
    create view cat.v as select id, upper(word) as word from cat.t where id < 5;
    create view cat.v_nextval as select nextval('cat.s') as n;
    create view cat.v_over as select n + 1 as n from cat.v_nextval;
    create view cat.v_lock as select pg_advisory_unlock(77) as locked;
    create view cat.v_activity as select pid from pg_stat_activity;
    create function cat.tell(integer) returns text language sql stable
        as $$ select word from cat.t where id = $1 $$;
    create function cat.tell_write() returns bigint language sql stable as $$ select nextval('cat.s') $$;
    create function cat.tell_slowly() returns bigint language plpgsql stable
        as $$ begin return (select count(*) from cat.t); end $$;
    create function cat.change() returns bigint language sql volatile as $$ select count(*) from cat.t $$;
    create function cat.twice(integer) returns integer language plpgsql immutable
        as $$ begin return 2 * $1; end $$;
    create function cat.parsed(i integer) returns text language sql stable
        begin atomic select word from cat.t where id = i; end;
    create function cat.parsed_write() returns bigint language sql stable
        begin atomic select nextval('cat.s'); end;
    create function cat_ahead.lower(text) returns text language plpgsql volatile
        as $$ begin return $1; end $$;
    create function cat.checks(integer) returns boolean language plpgsql volatile
        as $$ begin return true; end $$;
    create policy reading on cat.guarded for select using (cat.checks(id));
    alter table cat.guarded enable row level security;
    create domain cat.positive as integer check (value > 0);
    create domain cat.checked as integer check (cat.checks(value));
    create type cat.mood as enum ('good', 'bad');
    create operator cat.|@| (leftarg = integer, rightarg = integer, function = int4pl);
    create operator cat.### (rightarg = integer, function = cat.checks);
    create aggregate cat.total(integer) (sfunc = int4pl, stype = integer, initcond = '0');
"""

READS = [
    "select * from cat.t",
    "select * from cat.v",
    "select * from cat.stored",
    "select * from cat.parts",
    "select cat.tell(1)",
    "select cat.twice(1)",
    "select cat.parsed(1)",
    "select cat.total(id) from cat.t",
    "select '1'::cat.positive, 'good'::cat.mood",
    "select 1 operator(cat.|@|) 2",
    "select lower('A')",
]

WRITES = [
    "select * from cat.v_nextval",
    "select * from cat.v_over",
    "select * from cat.v_lock",
    "select * from cat.v_activity",
    "select * from cat.unlogged_t",
    "select last_value from cat.s",
    "select * from cat.guarded",
    "select cat.tell_write()",
    "select cat.tell_slowly()",
    "select cat.change()",
    "select cat.parsed_write()",
    "select 1::cat.checked",
    "select operator(cat.###) 1",
    "set search_path = cat_ahead, pg_catalog; select lower('A')",
    "select cat_ahead.lower('A')",
]

WEIR_OVERRIDES = {"cluster": {"main": {"catalog_probe_ms": 50}}}
LOADED = "loaded in"


@pytest.fixture(scope="module")
def catalog(cluster):
    """The schemas cat and cat_ahead, on all nodes."""
    cluster.ask("primary", SCHEMA)
    cluster.ask("primary", "grant usage on schema cat, cat_ahead to app; "
                           "grant all on all tables in schema cat to app; "
                           "grant all on all sequences in schema cat to app; "
                           "grant create on schema cat to app")
    cluster.wait_caught_up()
    yield
    cluster.ask("primary", "drop schema cat, cat_ahead cascade")


@pytest.fixture(scope="module", autouse=True)
def known(catalog, weir):
    """Weir knows the catalog of database app."""
    with weir.connect() as session:
        wait_until(lambda: role_of(weir, session, "select cat.tell(1)") == "replica",
                   "the catalog is known")


def counts(weir):
    """(role, reason) -> statements so far."""
    total = {}
    for labels, value in weir.metrics("weir_queries_total"):
        key = (labels["role"], labels["reason"])
        total[key] = total.get(key, 0) + value
    return total


def role_of(weir, session, sql, parameters=None):
    """Of the node that ran it; "refused" where a replica was asked first and could not."""
    before = counts(weir)
    session.execute(sql, parameters, prepare=parameters is not None)
    after = counts(weir)
    changed = {key for key, value in after.items() if value > before.get(key, 0)}
    assert len(changed) == 1, f"{sql}: {changed}"
    role, reason = changed.pop()
    return "refused" if reason == "replica_refused" else role


@pytest.mark.parametrize("sql", READS)
def test_what_reaches_nothing_harmful_runs_on_a_replica(weir, sql):
    with weir.connect() as session:
        assert role_of(weir, session, sql) == "replica"


@pytest.mark.parametrize("sql", WRITES)
def test_what_reaches_a_write_runs_on_the_primary(weir, sql):
    with weir.connect() as session:
        assert role_of(weir, session, sql) == "primary"


def test_prepared_statements_are_judged_by_the_catalog_too(weir):
    with weir.connect() as session:
        for _ in range(3):
            assert role_of(weir, session, "select cat.tell(%s)", (1,)) == "replica"
            assert role_of(weir, session, "select n from cat.v_nextval where n > %s", (0,)) == "primary"


def test_names_are_looked_for_in_the_search_path_of_the_session(weir):
    with weir.connect() as session:
        assert role_of(weir, session, "select lower('A')") == "replica"
        session.execute("set search_path = cat_ahead, pg_catalog")
        assert role_of(weir, session, "select lower('A')") == "primary"
        session.execute("set search_path = cat")
        assert role_of(weir, session, "select tell(1)") == "replica"
        assert role_of(weir, session, "select * from v_nextval") == "primary"
        session.execute("reset search_path")
        assert role_of(weir, session, "select lower('A')") == "replica"
    with weir.connect(options="-c search_path=cat_ahead") as session:
        session.execute("select 1")
        assert role_of(weir, session, "select lower('A')") == "primary"


def test_ddl_through_weir_counts_at_once(weir):
    with weir.connect() as session, weir.connect() as other:
        for round_number in range(10):
            session.execute("create or replace view cat.turns as select 1 as n")
            wait_until(lambda: role_of(weir, other, "select * from cat.turns") == "replica",
                       "the view is a read")
            session.execute("create or replace view cat.turns as select nextval('cat.s')::integer as n")
            assert role_of(weir, other, "select * from cat.turns") == "primary", round_number
        session.execute("drop view cat.turns")


def test_while_a_transaction_redefines_something_nobody_reads_by_the_old_catalog(weir):
    with weir.connect(autocommit=False) as session, weir.connect() as other:
        wait_until(lambda: role_of(weir, other, "select * from cat.t") == "replica", "read")
        session.execute("create view cat.open as select 1 as n")
        for _ in range(20):
            assert role_of(weir, other, "select * from cat.t") == "primary"
        wait_until(lambda: role_of(weir, other, "select 1") == "replica", "what uses no name is read")
        session.rollback()
        wait_until(lambda: role_of(weir, other, "select * from cat.t") == "replica", "read again")


def test_a_session_that_ends_in_its_transaction_leaves_the_catalog_usable(weir):
    session = weir.connect(autocommit=False)
    session.execute("create view cat.open as select 1 as n")
    session.close()
    with weir.connect() as other:
        wait_until(lambda: role_of(weir, other, "select * from cat.t") == "replica", "read again")


def test_ddl_from_elsewhere_is_found_by_the_probe(cluster, weir):
    with weir.connect() as session:
        assert role_of(weir, session, "select cat.tell(2)") == "replica"
        with cluster.connect(user="postgres") as direct:
            direct.execute("alter function cat.tell(integer) volatile")
        wait_until(lambda: role_of(weir, session, "select cat.tell(2)") == "primary", "it is seen")
        with cluster.connect(user="postgres") as direct:
            direct.execute("alter function cat.tell(integer) stable")
        wait_until(lambda: role_of(weir, session, "select cat.tell(2)") == "replica", "it is seen")


def test_temporary_objects_are_no_reason_to_load_again(cluster, weir):
    with weir.connect() as session, weir.connect() as other:
        wait_until(lambda: role_of(weir, other, "select * from cat.t") == "replica", "read")
        before = weir.log().count(LOADED)
        for number in range(20):
            session.execute(f"create temporary table mine_{number} (id integer)")
            session.execute(f"create temporary view see_{number} as select * from mine_{number}")
            assert role_of(weir, other, "select * from cat.t") == "replica"
            session.execute(f"drop view see_{number}")
            session.execute(f"drop table if exists mine_{number}, not_there")
            assert role_of(weir, other, "select * from cat.t") == "replica"
        session.execute("select 1 as one into temporary mine_too")
        with cluster.connect() as direct:
            direct.execute("create temporary table not_ours (id serial)")
        # What is found out after them was looked at after them.
        with cluster.connect(user="postgres") as direct:
            direct.execute("create or replace view cat.after as select 1 as n")
        wait_until(lambda: weir.log().count(LOADED) > before, "a lasting view is found")
        assert weir.log().count(LOADED) == before + 1


def test_a_migration_does_not_have_the_catalog_read_all_the_time(weir):
    """However often it changes, reading it takes a part of the time only."""
    with weir.connect() as session:
        begun, before = time.monotonic(), weir.log().count(LOADED)
        for number in range(200):
            session.execute(f"create view cat.step_{number} as select 1")
            session.execute(f"drop view cat.step_{number}")
        session.execute("create view cat.last_step as select 1")
        seconds = time.monotonic() - begun
        wait_until(lambda: role_of(weir, session, "select * from cat.last_step") == "replica",
                   "what the migration has left is known")
        session.execute("drop view cat.last_step")
    loads = [int(ms) for ms in re.findall(LOADED + r" (\d+) ms", weir.log())][before:]
    assert loads and sum(loads) / 1000 <= 1 + 0.5 * (seconds + 2)


def test_a_database_that_cannot_be_entered_is_judged_by_the_text_alone(cluster, catalog, start_weir):
    cluster.ask("primary", "revoke connect on database app from public")
    cluster.ask("primary", "grant connect on database app to app")
    try:
        cluster.wait_caught_up()
        weir = start_weir()
        with weir.connect() as session:
            wait_until(lambda: "judged by their text alone" in weir.log(), "Weir says so")
            assert role_of(weir, session, "select lower('A')") == "replica"
            assert role_of(weir, session, "select cat.tell(1)") == "primary"
    finally:
        cluster.ask("primary", "grant connect on database app to public")


def test_user_in_a_search_path_is_the_role_that_sessions_start_with(cluster, catalog, start_weir):
    cluster.ask("primary", """
        create role cat_named; create role cat_login login password 'cat_login' in role cat_named;
        alter role cat_login set role = 'cat_named'; create schema cat_named authorization cat_named;
        create function public.cat_where() returns int language sql immutable as 'select 1';
        create function cat_named.cat_where() returns int language sql volatile as $$ select nextval('cat.s')::int $$;
        grant usage on schema cat to cat_named; grant all on sequence cat.s to cat_named;
        grant execute on function cat_named.cat_where() to cat_login""")
    cluster.wait_caught_up()
    try:
        weir = start_weir(users={"app": "app", "cat_login": "cat_login"})
        with weir.connect() as session, weir.connect(user="cat_login", password="cat_login") as named:
            wait_until(lambda: role_of(weir, session, "select cat_where()") == "replica", "the catalog is known")
            for _ in range(3):
                assert role_of(weir, named, "select cat_where()") == "primary"
    finally:
        cluster.ask("primary", "drop function public.cat_where(), cat_named.cat_where(); drop schema cat_named; "
                               "revoke all on sequence cat.s from cat_named; revoke all on schema cat from cat_named; "
                               "drop role cat_login; drop role cat_named")


def test_a_catalog_that_does_not_fit_is_not_kept(start_weir):
    weir = start_weir({"server": {"catalog_cache_bytes": 10000}})
    with weir.connect() as session:
        wait_until(lambda: "does not fit into catalog_cache_bytes" in weir.log(), "Weir says so")
        assert role_of(weir, session, "select lower('A')") == "replica"
        assert role_of(weir, session, "select cat.tell(1)") == "primary"


def test_a_database_that_nobody_uses_can_be_dropped(cluster, weir):
    cluster.ask("primary", "create database cat_gone owner app")
    cluster.wait_caught_up()
    with weir.connect(dbname="cat_gone") as session:
        session.execute("create table t (id integer)")
        wait_until(lambda: "catalog of database cat_gone" in weir.log(), "its catalog is read")
    watched = "select count(*) from pg_stat_activity where datname = 'cat_gone' and usename = 'weir'"
    wait_until(lambda: cluster.value("primary", watched) == 0, "nobody watches it any more")
    cluster.ask("primary", "drop database cat_gone with (force)")


def test_a_saved_catalog_is_what_the_primary_has(cluster, weir):
    dumped = subprocess.run([str(WEIR), "catalog", "dump", "-c", str(weir.config_file), "-d", "app"],
                            capture_output=True, text=True, timeout=60, check=True).stdout
    assert dumped.startswith("weir-catalog\t1\t")
    for name in ("tell", "v_nextval", "parts_1", "positive"):
        assert f"\t{name}\t" in dumped
    refused = subprocess.run([str(WEIR), "catalog", "dump", "-c", str(weir.config_file), "-d", "nowhere"],
                             capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 1 and "nowhere" in refused.stderr


@pytest.mark.parametrize("source", ["--connect", "--catalog"])
def test_a_dry_run_knows_what_names_stand_for(cluster, weir, tmp_path, source):
    """A view that draws from a sequence, and one that does not."""
    with cluster.connect() as session:
        session.execute("create sequence dry_s")
        session.execute("create view dry_draws as select nextval('dry_s') as n")
        session.execute("create view dry_reads as select 1 as n")
    try:
        dump = tmp_path / "app.catalog"
        dump.write_text(subprocess.run([str(WEIR), "catalog", "dump", "-c", str(weir.config_file), "-d", "app"],
                                       capture_output=True, text=True, check=True).stdout)
        told = subprocess.run(
            [str(WEIR), "route", "-c", str(weir.config_file), "--brief", "-d", "app", "-U", "app",
             *([source] if source == "--connect" else [source, str(dump)]),
             "select n from dry_draws; select n from dry_reads"],
            capture_output=True, text=True, check=True).stdout.splitlines()
        assert told[1].strip().startswith("primary, not_read_only")
        assert told[3].strip().startswith("replicas, read")
    finally:
        cluster.ask("primary", "drop view dry_draws; drop view dry_reads; drop sequence dry_s")
