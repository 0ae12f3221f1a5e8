"""Reads, writes, definitions and the errors in them."""

READS = [
    "select id, word from d424242.items order by id", "select count(*) from d424242.events",
    "table d424242.items", "select * from d424242.items where id = 3",
    "select id, item, note, flag from d424242.events order by id",
    "select 1 as a, 'x'::text as b, null::int, true, 1.50::numeric, 'c'::char(3)",
    "values (1, 'a'), (2, null), (3, 'c')", "select array[1,2,null], row(1,'x'), '{\"a\": 1}'::jsonb",
    "select 'happy'::d424242.mood, enum_last(null::d424242.mood)",
    "select g, repeat('y', g) from generate_series(1, 60) g", "select repeat('x', 30000)",
    "with w as (select id from d424242.items) select count(*), max(id) from w",
    "select i.word, e.note from d424242.items i left join d424242.events e on e.item = i.id"
    " order by i.id, e.id", "select * from d424242.cheap", "select", "select from d424242.items",
    "explain (costs off) select 1", "select d424242.twice(21)",
    "select * from d424242.items where word = 'wörd'", "select /* a comment */ 1 -- and another",
    "select id from d424242.items order by id for update", "select id from d424242.items for share",
    "select version() like 'PostgreSQL%'", "select $$a 'b' \\ c$$, U&'\\0061', E'\\t', B'101', X'1F'",
    "select word from d424242.items where id in (1, 2, 3, 4) order by word desc limit 2 offset 1",
]
WRITES = [
    "insert into d424242.items values ({n}, 'new {n}', {n}.5)",
    "insert into d424242.events(item, note) values (1, 'note {n}') returning id, note",
    "insert into d424242.events(item, flag) select id, id > 3 from d424242.items returning *",
    "insert into d424242.items values (1, 'first') on conflict (id) do update set word = 'again'"
    " returning *", "insert into d424242.items values ({n}, 'x') on conflict do nothing",
    "update d424242.items set word = word || '!' where id <= {k}",
    "update d424242.items set price = price + 1 where id = {k} returning id, price",
    "delete from d424242.events where id = {k}", "delete from d424242.items where id > 100",
    "with gone as (delete from d424242.events where id < {k} returning id) select count(*) from gone",
    "select d424242.bump()", "select d424242.bump() from generate_series(1, 3)", "truncate d424242.events",
    "merge into d424242.items i using (values ({n}, 'merged')) v(id, word) on i.id = v.id"
    " when matched then update set word = v.word when not matched then insert values (v.id, v.word)",
    "do $$ begin perform d424242.bump(); end $$", "call d424242.work({k})",
    "select id into d424242.copy_{k} from d424242.items",
]
ERRORS = [
    "select 1/0", "select 1/(id - 3) from d424242.items order by id", "selec 1", "select * from nosuch",
    "select nosuch from d424242.items", "select wor from d424242.items", "select 'x'::int",
    "insert into d424242.items values (1, 'dup')", "insert into d424242.events(item) values (9999)",
    "insert into d424242.items values (null, 'x')", "insert into d424242.items values (500, 'x', -5)",
    "select nosuch(1)", "select 2147483647 + 1", "select 'sad'::d424242.moo", "select 'wild'::d424242.mood",
    "select 1 +", "select ')", "select d424242.boom({k})", "update nosuch set a = 1", "drop table nosuch",
    "select * from d424242.items where id = 'x'", "select 1; select nosuch; select 3",
    "vacuum d424242.nosuch", "select g/(40-g) from generate_series(1, 60) g",
    "call d424242.nosuch()", "select array_fill(0, array[-1])", "select sqrt(-1)",
    "select count(*) from d424242.items having nosuch", "create table d424242.items (a int)",
]
NOTICES = [
    "do $$ begin raise notice 'hi %', {k}; end $$", "do $$ begin raise warning 'careful'; end $$",
    "do $$ begin raise info 'told' using detail = 'the detail', hint = 'the hint'; end $$",
    "do $$ begin raise exception 'own %', {k} using errcode = 'P0042', detail = 'd', hint = 'h'; end $$",
    "drop table if exists nosuch", "select d424242.say('word {n}')", "drop view if exists d424242.nosuch",
    "create table if not exists d424242.items (a int)", "select d424242.say(word) from d424242.items",
    "do $$ begin raise notice 'a'; raise log 'b'; raise debug 'c'; perform 1/0; end $$",
]
DEFINITIONS = [
    "create table d424242.made_{k} (a int primary key, b text default 'd')",
    "drop table d424242.made_{k}", "drop table if exists d424242.made_{k} cascade",
    "alter table d424242.items add column extra_{k} int default {k}",
    "alter table d424242.items drop column if exists extra_{k}",
    "alter table d424242.events alter column note type varchar(40)",
    "create index on d424242.items (word)", "comment on table d424242.items is 'c {n}'",
    "create or replace view d424242.cheap as select id, word from d424242.items where id < {k}",
    "create or replace function d424242.twice(a int) returns int language sql as 'select a * {k}'",
    "create materialized view d424242.mv_{k} as select count(*) from d424242.items",
    "alter table d424242.items rename column word to w_{k}", "alter table d424242.items rename to it_{k}",
    "grant select on d424242.events to diff_reader", "analyze d424242.items",
    "vacuum d424242.items", "create type d424242.t_{k} as (a int, b text)",
    "alter type d424242.mood add value if not exists 'calm'", "reindex table d424242.items",
    "create table d424242.a_{k} as select 1 as a",
]


def fill(g, text):
    return text.replace("{n}", str(g.number(5, 40))).replace("{k}", str(g.number(1, 4)))


def read(g):
    return fill(g, g.choice(READS))


def write(g):
    return fill(g, g.choice(WRITES))


def error(g):
    return fill(g, g.choice(ERRORS))


def _empty(g):
    return g.choice(["", " ", ";", "-- only a comment", "/* none */ ;;"])


CHOICES = [(10, read), (8, write), (3, error), (2, lambda g: fill(g, g.choice(NOTICES))),
           (1.5, lambda g: fill(g, g.choice(DEFINITIONS))), (0.7, _empty)]
