"""A gate between two programs: it passes connections on, counts them, and can hold cancel requests."""
import collections
import contextlib
import selectors
import socket
import struct
import threading
import time

CANCEL_CODE = struct.pack("!I", 80877102)


class TcpGate:
    """Listens on a free port of 127.0.0.1. Each connection goes to `target` (a port) as it is when the
    connection comes; a cancel request to `cancel_target` where that is set. While `holds_cancels`, they
    are kept, with their connections, until let_go(). What the target answers comes `delay_seconds` late; while
    `is_black_hole`, every byte of either side is taken and lost, and no connection ends."""

    def __init__(self, target, cancel_target=None):
        self.target, self.cancel_target = target, cancel_target
        self.holds_cancels = False
        self.delay_seconds = 0.0
        self.is_black_hole = False
        self.cancels = []  # every one that came, as bytes
        self._held = []
        self._guard = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._other_side = {}
        self._servers = set()
        self._late = collections.deque()  # (when, to whom, what)
        self._over = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._over = True
        self._thread.join()
        for one in [*self._other_side, *(client for client, _ in self._held), self._listener]:
            one.close()
        self._selector.close()

    @property
    def held(self):
        """How many are kept now."""
        with self._guard:
            return len(self._held)

    def let_go(self):
        """What was held goes on to where it wanted to go, even if its sender has given up."""
        self.holds_cancels = False
        with self._guard:
            held, self._held = self._held, []
        for client, data in held:
            with contextlib.suppress(OSError), \
                    socket.create_connection(("127.0.0.1", self._cancel_port()), timeout=10) as server:
                server.sendall(data)
                server.recv(1)
            client.close()

    def _cancel_port(self):
        return self.cancel_target or self.target

    def _run(self):
        while not self._over:
            for key, _ in self._selector.select(timeout=0.001 if self._late else 0.05):
                key.data(key.fileobj)
            while self._late and self._late[0][0] <= time.monotonic():
                _, sink, data = self._late.popleft()
                with contextlib.suppress(OSError):
                    sink.sendall(data)

    def _accept(self, listener):
        client, _ = listener.accept()
        self._selector.register(client, selectors.EVENT_READ, self._begin)

    def _begin(self, client):
        """The first bytes tell what it is. Programs send their first packet whole."""
        self._selector.unregister(client)
        data = client.recv(65536)
        is_cancel = data[4:8] == CANCEL_CODE
        if is_cancel:
            self.cancels.append(data)
            if self.holds_cancels:
                with self._guard:
                    self._held.append((client, data))
                return
        try:
            server = socket.create_connection(
                ("127.0.0.1", self._cancel_port() if is_cancel else self.target), timeout=10)
            server.sendall(data)
        except OSError:
            client.close()
            return
        self._servers.add(server)
        for one, other in ((client, server), (server, client)):
            self._other_side[one] = other
            self._selector.register(one, selectors.EVENT_READ, self._pass_on)

    def _pass_on(self, source):
        sink = self._other_side.get(source)
        if sink is None:
            return
        try:
            data = source.recv(65536)
            if data and not self.is_black_hole:
                if source in self._servers and self.delay_seconds > 0:
                    self._late.append((time.monotonic() + self.delay_seconds, sink, data))
                else:
                    sink.sendall(data)
            if data:
                return
        except OSError:
            pass
        for one in (source, sink):
            self._selector.unregister(one)
            del self._other_side[one]
            self._servers.discard(one)
            one.close()
