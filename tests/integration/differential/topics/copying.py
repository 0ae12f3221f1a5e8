"""COPY both ways, with good data, bad data and no end."""
import struct

from ..messages import Bind, CopyData, CopyDone, CopyFail, Describe, Execute, Flush, Parse, Query, Step, Sync

_OUT = [
    "copy d424242.items to stdout", "copy d424242.items (id, word) to stdout (format csv, header)",
    "copy (select id, word from d424242.items order by id) to stdout",
    "copy (select g, repeat('z', 200) from generate_series(1, 300) g) to stdout",
    "copy (select 1::int, 'x'::text) to stdout (format binary)", "copy nosuch to stdout",
    "copy (select 1/(20 - g) from generate_series(1, 40) g) to stdout", "copy (select 1 where false) to stdout",
    "copy d424242.items to '/nowhere/file'", "copy (select nosuch) to stdout",
    "copy (insert into d424242.events(item) values (2) returning id) to stdout",
]
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)


def _binary(rows):
    body = b"".join(struct.pack("!hii", 2, 4, number) + struct.pack("!i", len(word)) + word
                    for number, word in rows)
    return _SIGNATURE + body + struct.pack("!h", -1)


def _text(g):
    first = g.number(50, 400)
    return b"".join(b"%d\tcopied %d\n" % (first + i, i) for i in range(g.number(0, 6)))


def _good(g):
    """(statement, data)."""
    return g.choice([
        ("copy d424242.items (id, word) from stdin", _text(g)),
        ("copy d424242.events (item, note) from stdin", b"1\tone\n2\t\\N\n"),
        ("copy d424242.events (item, note) from stdin", b"".join(b"1\trow %d\n" % i for i in range(800))),
        ("copy d424242.items (id, word) from stdin (format csv)", b"%d,\"a, b\"\n" % g.number(50, 400)),
        ("copy d424242.items (id, word) from stdin (format binary)", _binary([(g.number(50, 400), b"bin")])),
        ("copy d424242.events (note) from stdin", b"a\nb\n\\.\n"),
        ("copy d424242.items (id, word) from stdin", b""),
    ])


def _bad(g):
    return g.choice([
        ("copy d424242.items (id, word) from stdin", b"x\ty\n"),
        ("copy d424242.items (id, word) from stdin", b"700\tok\n1\tduplicate\n701\tmore\n"),
        ("copy d424242.events (item, note) from stdin", b"1\tok\n1\ttoo\tmany\n"),
        ("copy d424242.events (item) from stdin", b"99999\n"),
        ("copy d424242.items (id, word) from stdin (format binary)", b"not a signature at all"),
        ("copy nosuch from stdin", b"1\n"), ("copy d424242.items (nosuch) from stdin", b"1\n"),
    ])


def _ends(g, data):
    """The messages that carry the data, cut anywhere, and an end."""
    pieces, at = [], 0
    while at < len(data):
        size = g.choice([3, 17, 1000, 70000])
        pieces.append(CopyData(data[at:at + size]))
        at += size
    if g.chance(0.15):
        return (*pieces[:1], CopyFail(g.choice(["client gives up", ""])))
    if g.chance(0.1):
        pieces.insert(0, Flush())
    return (*pieces, CopyDone())


def _in(g):
    statement, data = _good(g) if g.chance(0.7) else _bad(g)
    feed = _ends(g, data)
    inline = g.chance(0.3)
    way = g.choice(["simple", "simple", "extended", "flush", "multi"])
    if way == "multi":
        return Step((Query(f"select 1; {statement}; select 2" + g.choice(["", "; select 1/0"])),), (feed,))
    if way == "simple":
        return Step((Query(statement), *feed), (), True) if inline else Step((Query(statement),), (feed,))
    messages = [Parse("", statement), Bind("", ""), *([Describe("P", "")] if g.chance(0.4) else []), Execute()]
    if way == "flush" and not inline:
        return Step((*messages, Flush()), (feed,))
    return Step((*messages, *feed, Sync()), (), True) if inline else Step((*messages, Sync()), (feed,))


def _twice(g):
    (one, data), (two, other) = _good(g), _good(g)
    return Step((Query(f"{one}; {two}"),), (_ends(g, data), _ends(g, other)))


def _stray(g):
    """COPY messages outside COPY are ignored."""
    return Step((CopyData(b"stray"), *([CopyDone()] if g.chance(0.5) else [CopyFail("stray")]),
                 Query("select 'after stray'")))


CHOICES = [(5, lambda g: g.choice(_OUT)), (8, _in), (1, _twice), (0.5, _stray)]
