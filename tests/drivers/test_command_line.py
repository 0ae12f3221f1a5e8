"""PostgreSQL's own programs: psql by many at once, pg_dump and pg_restore, pgbench in all modes.

Each does the same straight at the primary and through Weir; what comes out must be the same."""
import difflib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.places import sized

CLIENTS = 20
PSQL_SCRIPT = r"""
\set ON_ERROR_ROLLBACK interactive
select 1 as one, null as nothing, 'té' as text, 1.50::numeric, '{1,2}'::int[], '\xdead'::bytea;
set search_path to s{n}, public;
set timezone to 'Etc/GMT-{hour}'; set application_name = 'psql {n}';
create schema if not exists s{n};
drop table if exists s{n}.only_here;
create table only_here as select {n} as mine, i from generate_series(1, 500) i;
show search_path; show timezone; show application_name;
select mine, count(*) from only_here group by 1;
select '2024-06-01 12:00+00'::timestamptz;
prepare by_number (int) as select mine, i from only_here where i = $1;
execute by_number (7);
select word from {table} where id = 3;
execute by_number (8);
select mine as "mine", 'only' as only from only_here limit 1 \gset
\echo :mine :only
select 1/0;
\errverbose
select i, i * 2 as double from only_here where i < 4 \gdesc
select format('select %s as generated', i) from only_here where i between 2 and 4 order by i \gexec
\set FETCH_COUNT 50
select i from only_here order by i;
\unset FETCH_COUNT
\copy (select i, 'copied ' || i from only_here where i <= 5 order by i) to '{folder}/psql-{n}' csv
create table copied (a int, b text);
\copy copied from '{folder}/psql-{n}' csv
select sum(a), max(b) from copied;
copy (select 'out', {n}) to stdout;
copy copied from stdin;
100	by hand
\.
select count(*) from copied;
begin;
insert into {table} values (1, 'twice');
select 'failed';
rollback;
begin; savepoint a; select 1/0; rollback to a; select 'goes on'; commit;
begin; declare c cursor for select i from only_here order by i;
fetch 2 from c; move 10 in c; fetch 1 from c; commit;
create temp table temporary as select {n} as t; select * from temporary; drop table temporary;
select 1\; select 2\; select 3;
select 1 as a, 2 as b, 3 as c \crosstabview
\d only_here
\dt s{n}.*
do $$ begin raise notice 'from {n}'; end $$;
deallocate by_number;
execute by_number (1);
reset all;
show search_path;
drop table s{n}.only_here, s{n}.copied; drop schema s{n};
select count(*) from {table};
"""


@pytest.fixture(scope="module")
def psql_output(surroundings, tmp_path_factory):
    """psql_output(target) -> what each client's psql printed, all at once."""

    def run(target):
        dbname = surroundings.database(f"psql_{target}", CLIENTS)
        environment = surroundings.environment(target, dbname)
        folder = tmp_path_factory.mktemp("psql")

        def one(number):
            script = (
                PSQL_SCRIPT.replace("{n}", str(number))
                .replace("{hour}", str(number % 12))
                .replace("{table}", f"t{number}")
                .replace("{folder}", str(folder))
            )
            done = subprocess.run(
                ["psql", "-X"],
                input=script,
                capture_output=True,
                text=True,
                timeout=120,
                env=environment,
                check=False,
            )
            return (done.stdout + "--- errors\n" + done.stderr).replace(str(folder), "")

        with ThreadPoolExecutor(CLIENTS) as threads:
            return list(threads.map(one, range(CLIENTS)))

    return run


def test_psql_by_many_at_once(psql_output):
    direct, through = psql_output("direct"), psql_output("weir")
    for number, text in enumerate(
        direct
    ):  # the script does what it should where nothing is in between
        assert f"from {number}" in text and text.count("ERROR:") == 6, text
    different = [number for number in range(CLIENTS) if direct[number] != through[number]]
    if different:
        pytest.fail(
            f"other output for clients {different}; client {different[0]} had\n"
            + difference(direct[different[0]], through[different[0]]),
            pytrace=False,
        )


def difference(direct, through):
    return "\n".join(
        difflib.unified_diff(
            direct.splitlines(), through.splitlines(), "direct", "weir", lineterm="", n=1
        )
    )[:3000]


OBJECTS = r"""
create type mood as enum ('fine', 'bad');
create domain positive as int check (value > 0);
create table parent (id int generated always as identity primary key, name text not null unique,
    mood mood default 'fine', size positive, at timestamptz default '2024-01-01 00:00+00',
    bits bytea, tags text[], about jsonb);
insert into parent (name, size, bits, tags, about)
    select 'n ' || i, i, decode(md5(i::text), 'hex'), array['a', null, 'c "d"'],
        jsonb_build_object('k', i)
    from generate_series(1, 5000) i;
create table child (id serial primary key, parent int references parent on delete cascade,
    word text collate "C");
insert into child (parent, word) select i % 5000 + 1, E'tab\tline\nback\\slash ' || i
    from generate_series(1, 20000) i;
create index on child (lower(word)) where id > 10;
create table parts (id int, at date) partition by range (at);
create table parts_2023 partition of parts for values from ('2023-01-01') to ('2024-01-01');
create table parts_2024 partition of parts for values from ('2024-01-01') to ('2025-01-01');
insert into parts select i, '2023-06-01'::date + i from generate_series(1, 500) i;
create view joined as select p.name, count(*) as n
    from parent p join child c on c.parent = p.id group by 1;
create materialized view kept as select * from joined where n > 1;
create function twice(a int) returns int language sql immutable as 'select a * 2';
create function touch() returns trigger language plpgsql as $$
    begin new.at := '2024-02-02 00:00+00'; return new; end $$;
create trigger touched before update on parent for each row execute function touch();
create sequence counted start 42; select nextval('counted');
comment on table parent is 'a comment';
alter table child enable row level security;
create policy mine on child using (true);
select lo_from_bytea(0, decode(repeat('deadbeef', 3000), 'hex')) \g /dev/null
"""
DUMPS = {"custom": ("-Fc",), "plain": ("-Fp",), "directory": ("-Fd", "-j", "2")}


def program(environment, *arguments, **more):
    done = subprocess.run(
        arguments, env=environment, capture_output=True, timeout=120, check=False, **more
    )
    assert done.returncode == 0, f"{arguments}: {done.stderr.decode(errors='replace')[:2000]}"
    return done.stdout


def dump_text(environment, dbname):
    """Straight from the primary, without what differs from dump to dump."""
    text = program(environment, "pg_dump", "-Fp", "-b", dbname).decode()
    return re.sub(
        r"^\\(un)?restrict .*$|lo_(?:create|open|unlink)\('\d+'|LARGE OBJECT \d+|OBJECT; .*; \d+",
        "",
        text,
        flags=re.MULTILINE,
    )


@pytest.fixture(scope="module")
def original(surroundings):
    dbname = surroundings.database("original", 2)
    environment = surroundings.environment("direct", dbname)
    program(environment, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", input=OBJECTS.encode())
    surroundings.cluster.wait_caught_up()
    return dbname


@pytest.mark.parametrize("target", ["direct", "weir"])
@pytest.mark.parametrize("kind", DUMPS)
def test_dump_and_restore(surroundings, original, tmp_path, target, kind):
    copy = surroundings.database(f"restored_{kind}_{target}", 0)
    environment = surroundings.environment(target, original)
    place = tmp_path / "dump"
    program(environment, "pg_dump", *DUMPS[kind], "-b", "-f", place, original)
    if kind == "plain":
        program(environment, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", place, copy)
    else:
        jobs = ("-j", "2") if kind == "directory" else ("--single-transaction",)
        program(environment, "pg_restore", "--exit-on-error", *jobs, "-d", copy, place)
    straight = surroundings.environment("direct", copy)
    assert dump_text(straight, copy) == dump_text(straight, original)


def test_dump_piped_into_restore(surroundings, original):
    copy = surroundings.database("restored_by_pipe", 0)
    environment = surroundings.environment("weir", original)
    with subprocess.Popen(
        ["pg_dump", "-Fc", original], env=environment, stdout=subprocess.PIPE
    ) as dump:
        program(environment, "pg_restore", "--exit-on-error", "-d", copy, stdin=dump.stdout)
        assert dump.wait(60) == 0
    straight = surroundings.environment("direct", copy)
    assert dump_text(straight, copy) == dump_text(straight, original)


@pytest.fixture(scope="module", params=["direct", "weir"])
def bench(request, surroundings):
    """(environment, database): pgbench's tables made through the target."""
    dbname = surroundings.database(f"pgbench_{request.param}", 0)
    environment = surroundings.environment(request.param, dbname)
    program(environment, "pgbench", "-i", "-q", "-s", "2", dbname)
    return environment, dbname


@pytest.mark.parametrize("kind", ["tpcb-like", "select-only", "simple-update"])
@pytest.mark.parametrize("mode", ["simple", "extended", "prepared"])
def test_pgbench(surroundings, bench, mode, kind):
    environment, dbname = bench
    transactions = sized(30, 1000)

    def totals():
        return surroundings.cluster.ask(
            "primary",
            """
            select (select sum(abalance) from pgbench_accounts),
                (select sum(delta) from pgbench_history),
                   (select count(*) from pgbench_history)""",
            dbname=dbname,
        )[0]

    before = totals()[2]
    said = program(
        environment,
        "pgbench",
        "-n",
        "-M",
        mode,
        "-b",
        kind,
        "-c",
        str(CLIENTS),
        "-j",
        "2",
        "-t",
        str(transactions),
        dbname,
    ).decode()
    assert (
        f"number of transactions actually processed: {CLIENTS * transactions}/{CLIENTS * transactions}"
        in said
    )
    assert "number of failed transactions: 0 " in said, said
    accounts, delta, rows = totals()
    assert rows - before == (0 if kind == "select-only" else CLIENTS * transactions)
    assert (accounts or 0) == (delta or 0), "each change of an account has its line"


def test_pgbench_pipelines(bench, tmp_path):
    """Reads and writes of several transactions on the way at once."""
    environment, dbname = bench
    script = tmp_path / "pipeline.sql"
    script.write_text(
        "\\set a random(1, 200000)\n\\startpipeline\n"
        "select abalance from pgbench_accounts where aid = :a;\nbegin;\n"
        "update pgbench_accounts set abalance = abalance + 1 where aid = :a;\n"
        "insert into pgbench_history (tid, bid, aid, delta, mtime) values (1, 1, :a, 1, now());\n"
        "end;\nselect 2;\n\\endpipeline\n"
    )
    transactions = sized(30, 1000)
    for mode in ("extended", "prepared"):
        said = program(
            environment,
            "pgbench",
            "-n",
            "-M",
            mode,
            "-f",
            script,
            "-c",
            str(CLIENTS),
            "-j",
            "2",
            "-t",
            str(transactions),
            dbname,
        ).decode()
        assert "number of failed transactions: 0 " in said, said
        assert (
            f"actually processed: {CLIENTS * transactions}/{CLIENTS * transactions}" in said
        ), said
