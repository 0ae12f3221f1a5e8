"""Sessions that write and read registers through Weir, in several threads, and what they were told."""
import dataclasses
import random
import threading
import time

from .checker import READ, WRITE, Operation

TABLES = """
drop table if exists history_number, history_register cascade;
create table history_number (id int primary key, n bigint not null);
create table history_register (id int primary key, version bigint not null, word text not null default '');
insert into history_number values (1, 0);
insert into history_register select i, 0 from generate_series(0, {registers} - 1) i;
"""
# One row that every write locks: the number is the order in which the writes were committed.
_WRITE = ("with n as (update history_number set n = n + 1 where id = 1 returning n),"
          " r as (update history_register set version = version + 1 where id = %s returning version)"
          " select n.n, r.version from n, r")
_READ = ("select n.n, r.version from history_number n, history_register r where n.id = 1 and r.id = %s")
# A read that Weir sends to the primary, and that shows as much as a write would.
_READ_THERE = "/* weir: primary */ " + _READ


@dataclasses.dataclass
class Shape:
    registers: int = 4
    operations: int = 1000      # of each session
    writes: float = 0.2
    reads_on_primary: float = 0.1
    transactions: float = 0.1   # of the writes: in BEGIN and COMMIT
    thinking: float = 0.002     # seconds between two operations, at most


class Wanderer:
    """One client that several sessions serve, perhaps of several Weirs, and that takes its token along (or not)."""

    def __init__(self, sessions, takes_token=True):
        self._sessions, self._takes_token = sessions, takes_token
        self.at = sessions[0]
        self._hint = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for session in self._sessions:
            session.close()

    def move(self, dice):
        """To another session: the token is set there, or said in a comment of the next statement."""
        before, self.at = self.at, dice.choice(self._sessions)
        self._hint = ""
        if self.at is before or not self._takes_token:
            return
        token = before.execute("show weir.token").fetchone()[0]
        if not token:
            return
        if dice.random() < 0.5:
            self._hint = f"/* weir: after={token} */ "
        else:
            self.at.execute(f"set weir.token = '{token}'")

    def execute(self, text, parameters):
        hint, self._hint = self._hint, ""
        return self.at.execute(hint + text, parameters)

    def transaction(self):
        return self.at.transaction()


def play(connections, shape, seed):
    """connections: functions that open a session. The history of all of them, each in a thread of its own."""
    histories = [[] for _ in connections]
    failures = []

    def run(number, connect):
        try:
            with connect() as session:
                _play_one(session, f"session {number}", shape, random.Random(f"{seed}/{number}"), histories[number])
        except Exception as error:  # pylint: disable=broad-except
            failures.append(error)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [each for history in histories for each in history]


def _play_one(session, name, shape, dice, history):
    for _ in range(shape.operations):
        if isinstance(session, Wanderer):
            session.move(dice)
        register = dice.randrange(shape.registers)
        begun = time.monotonic()
        if dice.random() < shape.writes:
            number, version = write(session, register, dice.random() < shape.transactions)
            kind = WRITE
        else:
            text = _READ_THERE if dice.random() < shape.reads_on_primary else _READ
            number, version = session.execute(text, (register,)).fetchone()
            kind = READ
        ended = time.monotonic()
        node = node_of(session) if kind == READ else ""
        history.append(Operation(name, kind, begun, ended, number, register, version, node))
        _think(dice, shape)


def _think(dice, shape):
    if shape.thinking:
        time.sleep(dice.random() * shape.thinking)  # reviewed pause


def node_of(session):
    """Where its last statement ran: Weir itself says so, and asks no node."""
    at = session.at if isinstance(session, Wanderer) else session
    return at.execute("show weir.node").fetchone()[0]


def write(session, register, in_transaction=False):
    if not in_transaction:
        return session.execute(_WRITE, (register,)).fetchone()
    with session.transaction():
        return session.execute(_WRITE, (register,)).fetchone()


def read(session, register):
    return session.execute(_READ, (register,)).fetchone()
