"""Runs all cases of a program by CLIENTS threads at once, each beginning with another one, prints
"case <tab> client <tab> ok | what broke". PGHOST and so on say where."""
import asyncio
import dataclasses
import inspect
import os
import threading
import traceback


@dataclasses.dataclass(frozen=True)
class Client:
    number: int  # 0, 1, ...: each runs all cases at the same time as the others

    @property
    def table(self):
        """(id integer primary key, word text): this client's own, ten rows at first."""
        return f"t{self.number}"


def alone(case):
    """For a case that takes two connections at a time: all clients at once would starve."""
    case.alone = True
    return case


def main(module):
    cases = [
        (name.removeprefix("case_"), function)
        for name, function in vars(module).items()
        if name.startswith("case_")
    ]
    only = os.environ.get("CASE")
    if only:
        cases = [case for case in cases if case[0] == only]
    printing, one_at_a_time = threading.Lock(), threading.Lock()

    def report(name, client, said):
        with printing:
            print(name, client.number, " ".join(said.split()), sep="\t", flush=True)

    def work(client):
        shift = client.number % len(cases)
        for name, function in cases[shift:] + cases[:shift]:
            report(name, client, "begun")
            try:
                _run(function, client, one_at_a_time)
                report(name, client, "ok")
            except Exception as error:  # every kind of failure is this case's answer
                where = traceback.extract_tb(error.__traceback__)
                own = [frame for frame in where if frame.filename.endswith("_cases.py")]
                line = own[-1].lineno if own else "?"
                report(name, client, f"line {line}: {type(error).__name__}: {error}" or "failed")

    threads = [
        threading.Thread(target=work, args=(Client(number),))
        for number in range(int(os.environ.get("CLIENTS", "1")))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _run(function, client, one_at_a_time):
    def once():
        if inspect.iscoroutinefunction(function):
            asyncio.run(function(client))
        else:
            function(client)

    if getattr(function, "alone", False):
        with one_at_a_time:
            once()
    else:
        once()


def equal(value, wanted, what=""):
    if value != wanted:
        raise AssertionError(f"{what}: is {value!r:.300} and should be {wanted!r:.300}")


class Fails:
    """with Fails("42P01"): the block must raise an error with this SQLSTATE."""

    def __init__(self, sqlstate):
        self.sqlstate = sqlstate
        self.error = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _trace):
        if error is None:
            raise AssertionError(f"no error, and there should be {self.sqlstate}")
        self.error = error
        found = sqlstate_of(error)
        if found is None:
            return False
        if found != self.sqlstate:
            raise AssertionError(f"{found} instead of {self.sqlstate}: {error}") from error
        return True


def sqlstate_of(error):
    """That of psycopg 3 and asyncpg, of psycopg2, and of psycopg2 inside SQLAlchemy and Django."""
    for each in (error, getattr(error, "orig", None), error.__cause__):
        for name in ("sqlstate", "pgcode"):
            if isinstance(getattr(each, name, None), str):
                return getattr(each, name)
    return None
