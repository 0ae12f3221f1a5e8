"""Cursors of SQL."""


def name(g):
    return g.choice(["c1", "c2", "\"C 3\"", "p1"])


def _declare(g):
    how = g.choice(["", "", "SCROLL ", "NO SCROLL ", "BINARY ", "INSENSITIVE "])
    hold = g.choice(["", "", "", "WITH HOLD ", "WITHOUT HOLD "])
    body = g.choice(["select id, word from d424242.items order by id",
                     "select g from generate_series(1, 25) g",
                     "select 10/(3 - g) from generate_series(1, 5) g", "values (1), (2), (3)",
                     "select id from d424242.items order by id for update", "select nosuch"])
    return f"DECLARE {name(g)} {how}CURSOR {hold}FOR {body}"


def _move(g):
    verb = g.choice(["FETCH", "FETCH", "FETCH", "MOVE"])
    count = g.choice(["", "NEXT FROM ", "PRIOR FROM ", "3 FROM ", "ALL FROM ", "FORWARD 2 IN ", "0 FROM ",
                      "BACKWARD 1 FROM ", "ABSOLUTE 2 FROM ", "RELATIVE -1 FROM ", "LAST FROM ", "FIRST FROM "])
    return f"{verb} {count}{name(g)}"


def _list(g):
    return "select name, statement, is_holdable, is_binary, is_scrollable from pg_cursors" \
           + g.choice([" where name <> '' order by name", " order by name"])


CHOICES = [(5, _declare), (8, _move), (2, lambda g: f"CLOSE {name(g)}"), (0.5, lambda g: "CLOSE ALL"),
           (1.5, _list),
           (1, lambda g: f"update d424242.items set word = 'at' where current of {name(g)}"),
           (1, lambda g: "select d424242.open_cursor('c1')")]
