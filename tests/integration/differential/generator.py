"""Writes a random session step by step, with an eye on what the server said last."""
import random

from . import topics
from .messages import (Bind, Close, CopyData, Describe, Execute, Flush, Parse, Query, Script, Step, Sync,
                       Terminate)
from .topics import tables, transactions

SHORTEST, LONGEST = 12, 45
STARTUPS = [
    {}, {}, {}, {}, {}, {"application_name": "diff"}, {"options": "-c datestyle=German -c work_mem=2MB"},
    {"options": "-c app.x=start"}, {"TimeZone": "Pacific/Apia", "DateStyle": "SQL, DMY"},
    {"client_encoding": "LATIN1"}, {"options": "-c default_transaction_isolation=repeatable\\ read"},
    {"options": "-c default_transaction_read_only=on", "application_name": "reader"},
    {"extra_float_digits": "0", "search_path": "pg_catalog"},
]
WRONG_STARTUPS = [{"options": "-c nosuch=1"}, {"work_mem": "wrong"}, {"options": "--nosuch"}, {"nosuch": "1"}]


class Generator:
    """The same seed and the same answers give the same session."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.statements = {}    # name -> (SQL text, types of its parameters), as far as is known
        self.left = self.number(SHORTEST, LONGEST)
        self.script = Script(*self._login(), [])
        weights = {name: self.choice([0, 0, 1, 1, 3, 8]) for name in topics.ALL}
        weights["tables"] = max(1, weights["tables"])
        self._choices = [(weight * weights[name], make)
                         for name, choices in topics.ALL.items() for weight, make in choices]
        self._pipelines = self.choice([0, 0.1, 0.3, 0.7])
        self._extended = self.choice([0.1, 0.4, 0.8])
        self._flushes = self.choice([0, 0.1, 0.3])

    def choice(self, values):
        return self.random.choice(values)

    def chance(self, probability):
        return self.random.random() < probability

    def number(self, first, last):
        return self.random.randint(first, last)

    def next(self, status, unsynced):
        """The next step of the session in this state, or None after its end."""
        if self.left < 0:
            return None
        self.left -= 1
        step = self._ending(unsynced) if self.left < 0 else self._step(status, unsynced)
        self.script.steps.append(step)
        return step

    def _login(self):
        startup = self.choice(WRONG_STARTUPS) if self.chance(0.01) else self.choice(STARTUPS)
        return ("postgres" if self.chance(0.08) else "app"), startup

    def _step(self, status, unsynced):
        if unsynced:
            if self.chance(0.45):
                return Step((Sync(),))
            made = self._unit(status)
            return made if isinstance(made, Step) else Step((*made, self.choice([Sync(), Flush(), Flush()])))
        made = self._made(status)
        if isinstance(made, Step):
            return made
        if isinstance(made, str) and not self.chance(self._extended):
            return Step((Query(self._joined(made, status)),))
        return self._framed(self._as_unit(made), status)

    def _framed(self, unit, status):
        if self.chance(self._pipelines):
            return Step((*self._pipeline(unit, status), Sync()))
        return Step((*unit, Flush() if self.chance(self._flushes) else Sync()))

    def _pipeline(self, unit, status):
        messages = list(unit)
        for _ in range(self.number(1, 7)):
            if self.chance(0.15):
                messages.append(Sync())
            if self.chance(0.05):
                messages.append(Flush())
            made = self._unit(status)
            messages += made.messages if isinstance(made, Step) and _is_plain(made) else \
                self._as_unit(tables.read(self)) if isinstance(made, Step) else made
        return messages

    def _unit(self, status):
        made = self._made(status)
        return made if isinstance(made, Step) else self._as_unit(made)

    def _as_unit(self, made):
        if not isinstance(made, str):
            return made
        results = self.choice([(), (), (0,), (1,)])
        unit = [Parse("", made), Bind("", "", results=results), Execute()]
        if self.chance(0.5):
            unit.insert(2, Describe("P"))
        if self.chance(0.1):
            unit.insert(1, Describe("S"))
        if self.chance(0.1):
            unit.append(Close(self.choice("PS")))
        return unit

    def _joined(self, text, status):
        """Sometimes several statements in one string."""
        if not self.chance(0.15):
            return text
        texts = [text]
        for _ in range(self.number(1, 4)):
            made = transactions.begin(self) if self.chance(0.1) else \
                transactions.end(self) if self.chance(0.1) else self._made(status)
            if isinstance(made, str):
                texts.append(made)
        return "; ".join(texts)

    def _made(self, status):
        if status == "E" and self.chance(0.4):
            return self.choice(["ROLLBACK", "ROLLBACK", transactions.end(self), "ROLLBACK TO one"])
        if status == "T" and self.chance(0.12):
            return transactions.end(self)
        weights = [weight for weight, _ in self._choices]
        made = self.random.choices([make for _, make in self._choices], weights)[0](self)
        if isinstance(made, str) and made.lower().startswith("copy ") and "from stdin" in made:
            return tables.read(self)
        return made

    def _ending(self, unsynced):
        how = self.random.random()
        if how < 0.5:
            return Step((Terminate(),))
        if how < 0.8:
            return Step((), abrupt=True)
        # A Query commits what ran before it without a Sync, if the server still finds the client there or
        # not: which of them comes first is chance, with PostgreSQL alone, too.
        commits = [] if unsynced else [(Query("select g from generate_series(1, 5000) g"),)]
        unit = self.choice([
            *commits, (Parse("s1", "select 1"),),
            (Query("copy d424242.events (note) from stdin"), CopyData(b"half a l")),
            (Query("begin; insert into d424242.events(note) values ('never')"),),
            (Parse("", "update d424242.items set word = 'never'"), Bind("", ""), Execute())])
        return Step(unit, abrupt=True)


def _is_plain(step):
    """No COPY, no Query: what may stand in the middle of a pipeline."""
    return not step.feeds and not step.inline and not any(isinstance(message, (Query, CopyData))
                                                          for message in step.messages)
