"""Statements run on a primary and on its replica, and whether anything is different afterwards."""
import re
import subprocess

import psycopg
from psycopg import pq

from .places import BUILD, ROOT

CASES = ROOT / "tests" / "cases"
FACTS_OF = BUILD / "release" / "tests" / "facts_of"
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

# What a session has: settings, cursors, prepared statements, channels, a temporary schema, a lock.
SESSION = """
    select (select string_agg(name || '=' || setting, ',' order by name) from pg_settings
            where source = 'session' or name in ('transaction_isolation', 'transaction_read_only')),
        (select count(*) from pg_cursors), (select count(*) from pg_prepared_statements),
        (select count(*) from pg_listening_channels()), pg_my_temp_schema(), session_user, current_user,
        (select count(*) from pg_locks where pid = pg_backend_pid() and locktype = 'advisory')"""
# What its open transaction has done: a number of its own, or a lock that reading does not take.
TRANSACTION = """
    select pg_current_xact_id_if_assigned() is not null,
        (select count(*) from pg_locks where pid = pg_backend_pid()
         and not (locktype in ('relation', 'virtualxid') and mode in ('AccessShareLock', 'ExclusiveLock')
                  and (locktype <> 'relation' or mode = 'AccessShareLock')))"""
# What the whole server has, beside its log: read by a superuser.
SERVER = """
    select pg_snapshot_xmax(pg_current_snapshot())::text,
        (select string_agg(schemaname || sequencename || '=' || coalesce(last_value::text, ''), ',')
         from pg_sequences),
        (select count(*) from pg_locks where locktype = 'advisory'),
        (select count(*) from pg_replication_slots), (select count(*) from pg_prepared_xacts),
        (select count(*) from pg_largeobject_metadata), (select count(*) from pg_class)"""
LOG = "select pg_current_wal_insert_lsn()::text"


def unescaped(text):
    """As tests/unit/query/case_file.hpp reads a column."""
    return _ESCAPE.sub(lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), text)


def escaped(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def statements_of(pattern="*.tsv"):
    """{statement: file} of tests/cases."""
    found = {}
    for path in sorted(CASES.glob(pattern)):
        for line in path.read_bytes().decode().split("\n"):
            if line and not line.startswith("#"):
                found.setdefault(unescaped(line.split("\t")[0]), path.name)
    return found


def verdicts_of(statements):
    """{statement: (route, why_not)} as Weir's own analysis says. Compiles the program that asks it."""
    done = subprocess.run([str(ROOT / "cmake" / "compile"), "release", "2", "facts_of"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    fed = b"".join(text.encode() + b"\0" for text in statements)
    lines = subprocess.run([FACTS_OF], input=fed, capture_output=True, check=True).stdout.decode()
    rows = [line.split("\t") for line in lines.splitlines()]
    assert len(rows) == len(statements)
    return {text: (row[1], row[2]) for text, row in zip(statements, rows)}


class Runner:
    """One session at one node. Errors are values here: the SQLSTATE, or None."""

    def __init__(self, conninfo):
        self.session = psycopg.connect(conninfo, autocommit=True, prepare_threshold=None)
        self.session.execute("set statement_timeout = '2s'; set lock_timeout = '5s'")

    def close(self):
        self.session.close()

    def ask(self, sql):
        return self.session.execute(sql).fetchone()

    def run(self, text):
        """The first error's SQLSTATE. Parameters are NULL; what COPY sends is dropped."""
        raw = self.session.pgconn
        numbers = [int(n) for n in re.findall(r"\$(\d+)\b", text)]
        if numbers and ";" not in text and "$$" not in text:
            return self._state(raw.exec_params(text.encode(), [None] * max(numbers)))
        raw.send_query(text.encode())
        first = None
        while (result := raw.get_result()) is not None:
            first = first or self._state(result)
            if result.status == pq.ExecStatus.COPY_OUT:
                while raw.get_copy_data(0)[0] > 0:
                    pass
            if result.status == pq.ExecStatus.COPY_IN:
                raw.put_copy_end(b"no data here")
        return first

    def in_transaction(self, text, end="commit"):
        """(SQLSTATE or None, what the transaction has done that reading does not)."""
        self.session.execute("begin")
        try:
            state = self.run(text)
            done = None
            if state is None and self.is_in_transaction():
                done = self.ask(TRANSACTION)
        finally:
            if self.is_in_transaction() or self._failed():
                self.session.execute(end)
        return state, done

    def is_in_transaction(self):
        return self.session.pgconn.transaction_status == pq.TransactionStatus.INTRANS

    def _failed(self):
        return self.session.pgconn.transaction_status == pq.TransactionStatus.INERROR

    @staticmethod
    def _state(result):
        state = result.error_field(pq.DiagnosticField.SQLSTATE)
        return state.decode() if state else None


def changing(texts, changes):
    """Those of the texts that change something each time they are run: all at once where nothing
    changes, else by halves. changes(texts) runs them and tells. A background process may write, too,
    so one text alone is guilty only if it is so three times."""
    if not changes(texts):
        return []
    if len(texts) == 1:
        return texts if changes(texts) and changes(texts) else []
    middle = len(texts) // 2
    return changing(texts[:middle], changes) + changing(texts[middle:], changes)
