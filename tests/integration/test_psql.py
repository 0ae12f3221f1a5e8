"""psql sees one PostgreSQL: the same script gives the same output directly and through Weir."""
import hashlib

import pytest

SCRIPTS = {
    "values of many types": r"""
        select 1 as one, null as nothing, 'té' as text, 1.50::numeric, true, '{1,2}'::int[],
               '2024-02-29'::date, '1 day 2 hours'::interval, '\xdeadbeef'::bytea, '{"a": 1}'::jsonb;
        select;
        values (1, 'a'), (2, null);
        table {table} order by id limit 2;
        """,
    "an error keeps the session": r"""
        select 1/0;
        select 'still here';
        selec 1;
        select * from {table}_missing;
        insert into {table} values (1, 'twice');
        select 'and still';
        """,
    "an error ends its transaction": r"""
        begin;
        insert into {table} values (100, 'x');
        select 1/0;
        select 'not run';
        commit;
        select count(*) from {table} where id = 100;
        """,
    "several statements in one string": r"""
        select 1\; select 2\; select 3;
        insert into {table} values (101, 'a')\; select count(*) from {table}\; delete from {table} where id = 101;
        insert into {table} values (102, 'b')\; select 1/0\; insert into {table} values (103, 'c');
        select count(*) from {table} where id > 100;
        begin\; insert into {table} values (104, 'd')\; commit\; select count(*) from {table} where id = 104;
        """,
    "transactions and savepoints": r"""
        begin;
        insert into {table} values (110, 'a');
        savepoint s;
        insert into {table} values (110, 'b');
        rollback to s;
        insert into {table} values (111, 'c');
        release s;
        commit;
        select * from {table} where id >= 110 order by id;
        rollback;
        commit;
        begin;
        begin;
        rollback;
        start transaction read only;
        insert into {table} values (112, 'd');
        rollback;
        begin isolation level serializable;
        show transaction_isolation;
        commit;
        """,
    "cursors": r"""
        begin;
        declare c cursor for select i from generate_series(1, 10) i;
        fetch 3 from c;
        move 2 in c;
        fetch next from c;
        close c;
        fetch 1 from c;
        rollback;
        begin;
        declare d scroll cursor for select id, word from {table} where id <= 10 order by id;
        fetch last from d;
        fetch backward 2 from d;
        fetch absolute 1 from d;
        commit;
        """,
    "notices, tags and empty statements": r"""
        drop table if exists {table}_none;
        do $$ begin raise notice 'noticed'; raise warning 'warned'; end $$;
        create table {table}_made as select 1 as a;
        update {table} set word = word where id < 4;
        delete from {table} where id < 0;
        truncate {table}_made;
        drop table {table}_made;
        ;
        explain (costs off) select * from {table} where id = 1;
        """,
    "what psql asks on its own": r"""
        \d {table}
        \dt {table}
        \l app
        \du app
        \df upper
        select id, word from {table} where id = $1 \bind 3 \g
        select id as a, word as b from {table} \gdesc
        select 'select 1', 'select 2' \gexec
        select 7 as seven \gset
        \echo :seven
        """,
    "settings": r"""
        show search_path;
        set search_path = pg_catalog;
        show search_path;
        reset search_path;
        show search_path;
        begin;
        set local work_mem = '12345kB';
        show work_mem;
        commit;
        select current_setting('work_mem') <> '12345kB';
        show server_version;
        show is_superuser;
        """,
    "copy": r"""
        copy (select id, word from {table} where id <= 3 order by id) to stdout;
        copy {table} from stdin;
120	from stdin
121	\N
\.
        copy {table} from stdin csv;
122,not,three
\.
        select id, word from {table} where id >= 120 order by id;
        copy {table} from stdin;
120	again
\.
        select 'after a failed copy';
        copy {table}_missing to stdout;
        """,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_same_output_as_without_weir(cluster, weir, psql, table, name):
    if name == "what psql asks on its own":  # \bind came with psql 16
        script = SCRIPTS[name].replace(
            "select id, word from {table} where id = $1 \\bind 3 \\g", "").replace("{table}", table)
    else:
        script = SCRIPTS[name].replace("{table}", table)
    content = cluster.ask("primary", f"select * from {table} order by id")
    direct = psql(cluster.port(), script, "-a")
    with cluster.connect() as session:  # as it was
        session.execute(f"truncate {table}")
        with session.cursor() as cursor:
            cursor.executemany(f"insert into {table} values (%s, %s)", content)
    cluster.wait_caught_up()
    through = psql(weir.port, script, "-a")
    assert through.stdout == direct.stdout
    assert through.stderr == direct.stderr
    assert through.returncode == direct.returncode
    assert len(direct.stdout.splitlines()) > 5  # the script did run


def test_copy_both_ways_with_files(weir, psql, table, folder, cluster):
    source = folder / "in.csv"
    lines = [f"{number},{hashlib.md5(str(number).encode()).hexdigest()}" for number in range(1000, 31000)]
    source.write_text("\n".join(lines) + "\n")
    target = folder / "out.csv"
    done = psql(weir.port, f"\\copy {table} from '{source}' csv\n"
                           f"\\copy (select * from {table} where id >= 1000 order by id) to '{target}' csv\n",
                "-v", "ON_ERROR_STOP=1")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["COPY", "30000", "COPY", "30000"]
    assert target.read_text() == source.read_text()
    assert cluster.value("primary", f"select count(*) from {table}") == 30010


def test_a_large_result_is_whole(cluster, weir, psql):
    script = "select i, md5(i::text) from generate_series(1, 300000) i;\n"
    direct = psql(cluster.port(), script, "-At")
    through = psql(weir.port, script, "-At")
    assert through.returncode == 0
    assert len(through.stdout.splitlines()) == 300000
    assert through.stdout == direct.stdout


def test_a_long_statement(weir, psql):
    words = ",".join(f"'{number:050}'" for number in range(40000))  # 2 MB
    done = psql(weir.port, f"select count(*) from unnest(array[{words}]) w;\n", "-At")
    assert (done.stdout, done.stderr) == ("40000\n", "")


def test_single_transaction_mode(weir, psql, table, cluster):
    done = psql(weir.port, f"insert into {table} values (50, 'a');\ninsert into {table} values (50, 'b');\n",
                "-1", "-v", "ON_ERROR_STOP=1")
    assert done.returncode == 3
    assert cluster.value("primary", f"select count(*) from {table} where id = 50") == 0


def test_a_wrong_password_and_an_unknown_user(weir, psql):
    for user, password in (("app", "wrong"), ("nobody_here", "x")):
        done = psql(weir.port, "select 1;", user=user, password=password)
        assert done.returncode == 2
        assert f'password authentication failed for user "{user}"' in done.stderr


def test_an_unknown_database(weir, psql):
    done = psql(weir.port, "select 1;", dbname="no_such_database")
    assert done.returncode != 0
    assert 'database "no_such_database" does not exist' in done.stderr
