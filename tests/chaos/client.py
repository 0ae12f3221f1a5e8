"""One client: a thread that steps, rests when it is told to, and notes each error with what it was doing."""
import random
import threading
import time

import psycopg

from notebook import Trouble

BACK_OFF_SECONDS = 0.05
CONNECT_SECONDS = 30


class Client(threading.Thread):
    """A kind of client says how it begins a session (`begin`) and what it does again and again (`step`).
    `thinking`: seconds between two steps, at most."""

    kind = ""
    thinking = 0.02
    dbname = "app"
    options = None

    def __init__(self, name, weir, stage, notebook, seed):
        super().__init__(name=name, daemon=True)
        self.weir, self.stage, self.notebook = weir, stage, notebook
        self.dice = random.Random(f"{seed}/{name}")
        self.session = None
        self.sessions = 0      # begun so far
        self.doing = "nothing"
        self.is_working = False

    def begin(self):
        """What makes a new session the client's own."""

    def step(self):
        raise NotImplementedError

    def run(self):
        while not self.stage.is_over:
            if not self.stage.may_work:
                self.is_working = False
                self.stage.wait_for_word()
                continue
            self.is_working = True
            try:
                self._open()
                self.step()
            except psycopg.Error as error:
                self.fail(error)
            self.stage.let_pass(self.dice.random() * self.thinking)
        self.is_working = False
        self.close()

    def fail(self, error):
        text = " ".join(str(error).split())[:200]
        self.notebook.troubles.append(Trouble(time.monotonic(), self.name, self.kind, self.doing,
                                              error.sqlstate or "lost", text))
        self.close()
        self.stage.let_pass(BACK_OFF_SECONDS)

    def close(self):
        if self.session is not None:
            self.session.close()
            self.session = None

    @property
    def session_name(self):
        """A new session begins without what the last one had seen."""
        return f"{self.name}/{self.sessions}"

    def execute(self, text, parameters=None, **more):
        self.doing = text
        return self.session.execute(text, parameters, **more)

    def _open(self):
        if self.session is None:
            self.doing = "connecting"
            self.session = self.weir.connect(dbname=self.dbname, options=self.options,
                                             connect_timeout=CONNECT_SECONDS)
            self.sessions += 1
            self.begin()
