"""Portals of the protocol, row limits, and the fast path of function calls."""
import struct

from ..messages import Bind, Close, Describe, Execute, Flush, FunctionCall, Parse, Step, Sync
from . import cursors, names

_BODIES = ["select id, word from d424242.items order by id", "select g from generate_series(1, 25) g",
           "select 10/(4 - g) from generate_series(1, 6) g", "values (1), (2), (3)", "select 1 where false",
           "insert into d424242.events(item) select id from d424242.items returning id", "begin", "show datestyle",
           "update d424242.items set word = word", "select d424242.say(word) from d424242.items"]


def _portal(g):
    return g.choice(["p1", "p2", "P 3", "c1"])


def _open(g):
    portal = _portal(g) if g.chance(0.8) else ""
    unit = [Parse("", g.choice(_BODIES)), Bind(portal, "", results=g.choice([(), (1,), (0,)]))]
    if g.chance(0.4):
        unit.append(Describe("P", portal))
    unit.append(Execute(portal, g.choice([1, 2, 3, 0, 100])))
    if g.chance(0.5):
        unit.append(Execute(portal, g.choice([1, 2, 0, -1])))
    if g.chance(0.3):
        unit.append(Close("P", portal))
    return unit


def _open_named(g):
    portal = _portal(g) if g.chance(0.8) else ""
    known = sorted(g.statements) or ["s1"]
    return [names.bind(g, portal, g.choice(known)), Execute(portal, g.number(0, 3))]


def _in_steps(g):
    """A cursor as drivers use it: BEGIN and the portal are opened with Flush, and read on."""
    portal = g.choice(["p1", "p2"])
    messages = [Parse("", "begin"), Bind("", ""), Execute(), Parse("", g.choice(_BODIES)), Bind(portal, ""),
                Describe("P", portal), Execute(portal, 2), g.choice([Flush(), Sync()])]
    return Step(tuple(messages))


def _call(g):
    one, two = struct.pack("!i", g.number(-3, 3)), struct.pack("!i", g.number(-1, 2))
    return Step((g.choice([
        FunctionCall(177, (one, two), (1,), 1), FunctionCall(177, (b"4", b"5"), (0,), 0),    # int4pl
        FunctionCall(154, (one, two), (1, 1), 0), FunctionCall(871, (b"abc",), (), 0),       # int4div, upper
        FunctionCall(871, (None,), (), 0), FunctionCall(871, (), (), 0), FunctionCall(4, (), (), 0),
        FunctionCall(177, (b"x", b"1"), (0, 0), 0), FunctionCall(1317, (b"four",), (0,), 1),  # textlen
    ]),))


CHOICES = [(6, _open), (2, _open_named), (5, lambda g: [Execute(_portal(g), g.number(0, 3))]),
           (1.5, lambda g: [Describe("P", _portal(g))]), (1.5, lambda g: [Close("P", _portal(g))]),
           (2, _in_steps), (1, _call), (1, lambda g: f"FETCH 2 FROM {g.choice(['p1', 'p2'])}"),
           (1, lambda g: f"DECLARE {cursors.name(g)} CURSOR FOR select id from d424242.items order by id"),
           (0.5, lambda g: [Parse("", ""), Bind("", ""), Describe("P", ""), Execute()]),
           (0.7, lambda g: [Bind("", "nosuch")]),
           (0.7, lambda g: [Parse("", "select $1::int"), Bind("", "", g.choice([(), (b"1", b"2"), (b"x",)])),
                            Execute()])]
