"""Prepared statements: of the protocol and of SQL, in the one name space that they share."""
import struct

from ..messages import Bind, Close, Describe, Execute, Parse

INT, BIG, TEXT, BOOL = 23, 20, 25, 16
_TYPE_NAMES = {INT: "int", BIG: "bigint", TEXT: "text", BOOL: "boolean", 0: "unknown"}

TEMPLATES = [
    ("select $1::int + $2::int as sum", (INT, INT)), ("select id, word from d424242.items where id = $1", (INT,)),
    ("insert into d424242.events(item, note) values ($1, $2) returning id, item", (INT, TEXT)),
    ("select $1::text || '-' as joined", (TEXT,)), ("update d424242.items set word = $2 where id = $1", (INT, TEXT)),
    ("select * from d424242.items order by id limit $1", (BIG,)), ("select * from d424242.items order by id", ()),
    ("select 1/$1::int as q", (INT,)), ("select $1::boolean, $2::bigint", (BOOL, BIG)),
    ("delete from d424242.events where id = $1", (INT,)), ("select g from generate_series(1, $1::int) g", (INT,)),
    ("select word from d424242.items where word = $1 or id = $2", (TEXT, INT)), ("values (1, 'one'), (2, 'two')", ()),
]
PROTOCOL_ONLY = [
    ("show datestyle", ()), ("begin", ()), ("commit", ()), ("rollback", ()), ("set work_mem = '3MB'", ()),
    ("set local datestyle = 'German'", ()), ("reset work_mem", ()), ("select current_setting($1, true)", (TEXT,)),
    ("select set_config($1, $2, false)", (TEXT, TEXT)), ("select $1::d424242.mood", (0,)),
    ("create temp table if not exists by_name (a int)", ()), ("savepoint one", ()), ("rollback to one", ()),
    ("prepare sql_inside as select 1", ()), ("execute s1(1)", ()), ("deallocate s1", ()), ("selec", ()),
    ("discard all", ()), ("listen ch424242", ()), ("select nosuch", ()), ("set app.x = 'by name'", ()),
    ("declare c1 cursor for select id from d424242.items order by id", ()), ("fetch 2 from c1", ()),
    ("show app.x", ()), ("deallocate all", ()), ("start transaction read only", ()),
]


def _name(g, of_sql=False):
    return g.choice(["s1", "s2", "S 3", "s4"] if of_sql or g.chance(0.8) else ["", "s1", "sql_inside"])


def _quoted(name):
    return f'"{name}"' if name != name.lower() or " " in name else name or "s1"


def _value(g, kind):
    return {INT: lambda: str(g.number(0, 6)), BIG: lambda: str(g.number(0, 4)), BOOL: lambda: g.choice(["t", "f"]),
            TEXT: lambda: g.choice(["datestyle", "app.x", "word 2", "it''s", "3MB"]),
            0: lambda: g.choice(["happy", "sad", "wild"])}[kind]()


def _encoded(kind, value, binary):
    if not binary:
        return value.encode()
    if kind in (INT, BIG):
        return struct.pack("!i" if kind == INT else "!q", int(value))
    return (b"\1" if value == "t" else b"\0") if kind == BOOL else value.encode()


def bind(g, portal, name):
    """With the right values where the name is known, mostly."""
    _, types = g.statements.get(name, g.choice(TEMPLATES))
    if g.chance(0.05):
        types = types[1:] if g.chance(0.5) else (*types, INT)
    binary = g.chance(0.4)
    values = tuple(None if g.chance(0.07) else _encoded(kind, _value(g, kind), binary) for kind in types)
    formats = (1,) if binary else g.choice([(), (0,)])
    results = g.choice([(), (), (0,), (1,), (1, 0)] if g.chance(0.2) else [(), (0,), (1,)])
    return Bind(portal, name, values, formats, results)


def _choose(g, name):
    """No empty text, and no statement that executes itself: PostgreSQL 15 crashes on EXPLAIN EXECUTE of
    these."""
    chosen = g.choice(TEMPLATES) if g.chance(0.75) else g.choice(PROTOCOL_ONLY)
    return TEMPLATES[0] if name == "s1" and chosen[0].startswith("execute s1") else chosen


def _parse(g, name):
    sql, types = g.statements[name] = _choose(g, name)
    return Parse(name, sql, types if g.chance(0.6) else ())


def _parsed(g):
    name = _name(g)
    unit = [_parse(g, name)]
    if g.chance(0.5):
        unit.append(Describe("S", name))
    if g.chance(0.2):
        unit.append(Close("S", name))
    return unit


def _whole(g):
    name = _name(g)
    unit = [_parse(g, name)]
    if name and g.chance(0.5):
        unit.insert(0, Close("S", name))
    return unit + _run(g, name)


def _run(g, name):
    unit = [bind(g, "", name)]
    if g.chance(0.6):
        unit.append(Describe("P", ""))
    unit.append(Execute("", g.choice([0, 0, 0, 1])))
    if g.chance(0.1):
        unit.append(Execute("", 0))
    return unit


def _known_or_any(g):
    known = sorted(g.statements)
    return g.choice(known) if known and g.chance(0.9) else _name(g)


def _bound(g):
    return _run(g, _known_or_any(g))


def _sql_prepare(g):
    name = _name(g, of_sql=True)
    sql, types = g.choice(TEMPLATES)
    g.statements[name] = (sql, types)
    listed = f" ({', '.join(_TYPE_NAMES[kind] for kind in types)})" if types and g.chance(0.8) else ""
    return f"PREPARE {_quoted(name)}{listed} AS {sql}"


def _sql_execute(g):
    name = _known_or_any(g)
    _, types = g.statements.get(name, ("", ()))
    values = ", ".join(value if kind in (INT, BIG) else f"'{value}'" for kind in types
                       for value in [_value(g, kind)])
    if g.chance(0.05):
        values += ", 1" if values else "1"
    return g.choice(["EXECUTE {}{}", "EXECUTE {}{}", "EXECUTE {}{}", "EXPLAIN (COSTS OFF) EXECUTE {}{}",
                     "CREATE TABLE d424242.from_execute AS EXECUTE {}{}"]
                    ).format(_quoted(name), f"({values})" if values else "")


def _deallocate(g):
    name = _quoted(_known_or_any(g))
    return g.choice(["DEALLOCATE {}", "DEALLOCATE {}", "DEALLOCATE PREPARE {}", "DEALLOCATE ALL",
                     "DEALLOCATE nosuch"]).format(name)


def _list(g):
    return g.choice([
        "select name, statement, parameter_types::text, from_sql from pg_prepared_statements order by name",
        "select name, statement, parameter_types::text, from_sql from pg_prepared_statements order by name",
        "select count(*) from pg_prepared_statements",
        "select from_sql from pg_catalog.pg_prepared_statements where name = 's1'"])


CHOICES = [(4, _parsed), (5, _whole), (7, _bound), (4, _sql_prepare), (5, _sql_execute), (2, _deallocate),
           (1.5, lambda g: [Describe("S", _known_or_any(g))]), (1.5, lambda g: [Close("S", _known_or_any(g))]),
           (2, _list)]
