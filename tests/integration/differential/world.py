"""Two databases that are made alike, and in each one schema for every session that is played."""
from .messages import TOKEN

_OBSERVER = "weir-test-world"
DIRECT, WEIR = "diff_direct", "diff_weir"

_NAMESPACE = """
create schema d424242 authorization app;
set local role app;
create type d424242.mood as enum ('sad', 'happy');
create table d424242.items (id int primary key, word text, price numeric check (price >= 0));
insert into d424242.items select i, 'word ' || i, i * 1.25 from generate_series(1, 5) i;
create table d424242.events (id serial primary key, item int references d424242.items on update cascade,
    note text, flag boolean default false);
insert into d424242.events(item, note) values (1, 'first'), (2, null), (5, 'fünf');
create table d424242.later (id int primary key,
    other int references d424242.later deferrable initially deferred);
create sequence d424242.seq start 100;
create view d424242.cheap as select id, word from d424242.items where price < 4;
create function d424242.twice(a int) returns int language sql as 'select a * 2';
create function d424242.bump() returns bigint language plpgsql as $$ begin
    insert into d424242.events(note) values ('bumped'); return (select count(*) from d424242.events); end $$;
create function d424242.boom(a int) returns int language plpgsql as $$ begin
    raise exception 'boom %', a using errcode = '22000', detail = 'detail', hint = 'hint'; end $$;
create function d424242.say(a text) returns text language plpgsql as $$ begin
    raise notice 'said %', a; return a; end $$;
create function d424242.open_cursor(c refcursor) returns refcursor language plpgsql as $$ begin
    open c for select id from d424242.items order by id; return c; end $$;
create procedure d424242.work(a int) language plpgsql as $$ begin
    insert into d424242.events(note) values ('work ' || a); commit;
    insert into d424242.events(note) values ('undone'); rollback; end $$;
grant usage on schema d424242 to diff_reader;
grant select on d424242.items to diff_reader;
"""

_CONTENTS = """
select n.nspname || '.' || c.relname, case c.relkind when 'S'
    then query_to_xml(format('select last_value, is_called from %I.%I', n.nspname, c.relname), true, true, '')
    else query_to_xml(format('select * from %I.%I t order by t::text', n.nspname, c.relname), true, true, '')
    end::text
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'S') and n.nspname in ({namespaces}) order by 1
"""


class World:
    def __init__(self, cluster):
        self.cluster = cluster
        self.next_number = 1
        self._spare = []
        self._sessions = {}  # database -> a superuser's session past Weir

    def up(self):
        self._ask("do $$ begin if to_regrole('diff_reader') is null then"
                  " create role diff_reader; end if; grant diff_reader to app; end $$", "postgres")
        for database in (DIRECT, WEIR):
            self._ask(f"drop database if exists {database} (force)", "postgres")
            self._ask(f"create database {database}", "postgres")
            self._ask(f"grant create on database {database} to app", "postgres")
        return self

    def down(self):
        for database in (DIRECT, WEIR):
            if database in self._sessions:
                self._sessions.pop(database).close()
            self._ask(f"drop database if exists {database} (force)", "postgres")
        self._sessions.pop("postgres").close()

    def numbers(self, count):
        """Numbers of new namespaces, equal in both databases; all nodes have them."""
        first, self.next_number = self.next_number, self.next_number + count
        numbers = list(range(first, first + count))
        for at in range(0, count, 25):
            text = "".join(_renumbered(_NAMESPACE + "reset role;", number) for number in numbers[at:at + 25])
            for database in (DIRECT, WEIR):
                self._ask(text, database)
        self.cluster.wait_caught_up()
        return numbers

    def one(self):
        """The number of one more namespace."""
        if not self._spare:
            self._spare = self.numbers(25)
        return self._spare.pop()

    def end_backends(self, database):
        """On all nodes, those of this class left out."""
        for node in self.cluster.nodes:
            self.cluster.ask(node, "select pg_terminate_backend(pid, 5000) from pg_stat_activity where"
                                   f" datname = '{database}' and usename <> 'weir'"
                                   f" and application_name <> '{_OBSERVER}'")

    def contents(self, database, numbers):
        """{relation: rows as text} of these namespaces."""
        names = ", ".join(f"'d{number:06d}'" for number in numbers)
        return dict(self._ask(_CONTENTS.replace("{namespaces}", names), database))

    def settle(self, database):
        """Prepared transactions that sessions left behind: their names are the cluster's."""
        for gid, in self._ask("select gid from pg_prepared_xacts where database = current_database()",
                              database):
            self._ask(f"rollback prepared '{gid}'", database)

    def _ask(self, text, database):
        session = self._sessions.get(database)
        if session is None:
            session = self._sessions[database] = self.cluster.connect(
                "primary", database, "postgres", prepare_threshold=None, application_name=_OBSERVER)
        cursor = session.execute(text)
        return cursor.fetchall() if cursor.description else []


def _renumbered(text, number):
    return text.replace(TOKEN, f"{number:06d}")
