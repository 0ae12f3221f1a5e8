"""When the clients work and when they rest."""
import threading
import time

from support.waiting import wait_until

REST_SECONDS = 30


class Stage:
    """Clients ask it between two steps. One thread, the director's, gives the word."""

    def __init__(self):
        self.is_over = False
        self.call = 0          # idle sessions do something whenever it has risen
        self._may_work = threading.Event()
        self._over = threading.Event()
        self._clients = []

    def enter(self, clients):
        self._clients += clients
        for client in clients:
            client.start()

    def resume(self):
        self._may_work.set()

    def rest(self):
        """Clients that do not come to rest, as sentences: they hang."""
        self._may_work.clear()
        deadline = time.monotonic() + REST_SECONDS
        working = self._clients
        try:
            wait_until(lambda: not any(each.is_working for each in working), "all rest", REST_SECONDS)
        except AssertionError:
            return [f"{each.kind} {each.name} hangs for {time.monotonic() - deadline + REST_SECONDS:.0f} s and more:"
                    f" {each.doing}" for each in working if each.is_working]
        return []

    def call_idle(self):
        """Each idle session is used once."""
        self.call += 1

    def have_answered(self):
        return all(each.answered >= self.call for each in self._clients if each.kind == "idle")

    def end(self):
        self.is_over = True
        self._over.set()
        self._may_work.set()
        deadline = time.monotonic() + REST_SECONDS
        for client in self._clients:
            client.join(max(deadline - time.monotonic(), 0))

    def let_pass(self, seconds):
        """For the clients: between two steps."""
        self._over.wait(seconds)

    def wait_for_word(self):
        self._may_work.wait()

    @property
    def may_work(self):
        return self._may_work.is_set()
