"""The kinds of clients: who writes, who reads, who is idle, and who holds a connection of a node."""
import time

import psycopg

from client import Client
from history import workload
from history.checker import READ, WRITE, Operation
from notebook import Outcome, Write

TABLES = """
drop table if exists chaos_write, chaos_counter, chaos_big, chaos_direct;
create table chaos_write (client text not null, number int not null);
create table chaos_counter (client text primary key, n int not null);
create table chaos_big as select i, repeat('x', 600) as word from generate_series(1, {rows}) i;
create table chaos_direct (at timestamptz not null default clock_timestamp());
"""
BIG_ROWS = 10_000
REGISTERS = workload.Shape.registers
# With these a transaction is certainly not done: it waited for a node or a connection, or was rolled back.
NEVER_BEGAN = ("40001", "57P03", "53300", "25P02")


class Writer(Client):
    """Rows of its own, each with the next number: alone, or in a transaction that raises its counter."""

    kind = "writing"
    in_transactions = 0.3

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.number = 0

    def step(self):
        self.number += 1
        write = Write(self.name, self.number, time.monotonic())
        self.notebook.writes.append(write)
        self._may_be_done = False
        try:
            if self.dice.random() < self.in_transactions:
                self._in_transaction(write)
            else:
                self._may_be_done = True
                self._insert(write)
            write.outcome = Outcome.ACKNOWLEDGED
        except psycopg.Error as error:
            if not self._may_be_done or error.sqlstate in NEVER_BEGAN:
                write.outcome = Outcome.REFUSED
            raise
        finally:
            write.ended = time.monotonic()

    def _insert(self, write):
        self.execute("insert into chaos_write values (%s, %s)", (write.client, write.number))

    def _in_transaction(self, write):
        self.execute("begin")
        self._insert(write)
        write.count = self.execute("update chaos_counter set n = n + 1 where client = %s returning n",
                                   (self.name,)).fetchone()[0]
        self._may_be_done = True
        self.execute("commit")


class Settler(Writer):
    """Weir finds out for it what has become of a COMMIT, and what it says is so."""

    options = "-c weir.commit_outcome=on"
    in_transactions = 1.0


class Both(Client):
    """Registers that all share: writes them and reads them, and never sees an older state."""

    kind = "writing"
    writes = 0.3

    def step(self):
        register = self.dice.randrange(REGISTERS)
        begun = time.monotonic()
        if self.dice.random() < self.writes:
            self.doing = "writing a register"
            kind, seen = WRITE, workload.write(self.session, register, self.dice.random() < 0.3)
        else:
            self.doing = "reading a register"
            kind, seen = READ, workload.read(self.session, register)
        ended = time.monotonic()
        if kind == READ:
            self.notebook.note_read(begun, ended)
        self.notebook.operations.append(Operation(self.session_name, kind, begun, ended, seen[0], register, seen[1]))


class Reader(Both):
    kind = "reading"
    writes = 0.0


class StrongReader(Reader):
    """It sees whatever was acknowledged to anybody before it asked. It waits while there is no primary."""

    options = "-c weir.consistency=strong"

    def step(self):
        longest = self.notebook.longest_read
        super().step()
        self.notebook.longest_read = longest


class Newcomer(Client):
    """A new connection for each read, as a web page makes it."""

    kind = "reading"
    thinking = 0.2

    def step(self):
        begun = time.monotonic()
        assert self.execute("select count(*) from chaos_counter").fetchone()[0] > 0
        self.notebook.note_read(begun, time.monotonic())
        self.close()


class Idle(Client):
    """It has settings and prepared statements, and uses them when it is called."""

    kind = "idle"
    thinking = 0.05

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.answered = 0

    def begin(self):
        self.zone = self.dice.choice(("Asia/Tokyo", "America/Lima", "Africa/Cairo"))
        self.execute(f"set timezone = '{self.zone}'")
        self.execute(f"set chaos.word = '{self.name}'")
        self.execute("prepare by_name (int) as select $1 + 1, current_setting('chaos.word')")
        self._product()

    def _product(self):
        """Prepared by the protocol the first time, only run by its name from then on."""
        return self.execute("select %s::int * 7", (6,), prepare=True).fetchone()[0]

    def step(self):
        call = self.stage.call
        if self.answered >= call:
            return
        if self.dice.random() < 0.5:
            self.execute("update chaos_counter set n = n + 1 where client = %s", (self.name,))
        seen = (self.execute("show timezone").fetchone()[0], self.execute("execute by_name (1)").fetchone(),
                self._product())
        wanted = (self.zone, (2, self.name), 42)
        if seen != wanted:
            raise psycopg.DataError(f"the session had {wanted} and has {seen}")
        self.answered = call


class Pinned(Client):
    """A temporary table, which keeps the session's connection to the primary."""

    kind = "pinned"

    def begin(self):
        self.execute("create temp table mine (n int)")

    def step(self):
        self.execute("insert into mine values (1)")
        self.execute("select count(*) from mine")


class SessionMode(Client):
    """Of a database whose clients keep a connection each (`mode = "session"`)."""

    kind = "session mode"
    dbname = "app_session"

    def step(self):
        self.execute("update chaos_counter set n = n + 1 where client = %s", (self.name,))
        self.execute("select n from chaos_counter where client = %s", (self.name,))


class Streaming(Client):
    """A large result, taken slowly: it comes whole, or with an error, and never cut short without a word."""

    kind = "streaming"

    def step(self):
        self.doing = "copy chaos_big to stdout"
        rows = 0
        with self.session.cursor() as cursor, cursor.copy("copy chaos_big to stdout") as copy:
            while data := copy.read():
                rows += data.tobytes().count(b"\n")
                if rows % 500 == 0:
                    self.stage.let_pass(0.02)
        if rows != BIG_ROWS:
            self.notebook.cut_short.append(f"{self.name}: {rows} of {BIG_ROWS} rows and no error")
        self.notebook.streams += 1


def company(weir, stage, notebook, seed):
    """All of them."""
    shape = ((Writer, 4), (Settler, 3), (Both, 3), (Reader, 3), (StrongReader, 1), (Newcomer, 1), (Idle, 6), (Pinned, 1),
             (SessionMode, 1), (Streaming, 1))
    return [kind(f"{kind.__name__.lower()} {number}", weir, stage, notebook, seed)
            for kind, count in shape for number in range(count)]
