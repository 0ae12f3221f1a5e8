"""A node that lies: it stands before a real one, answers Weir's own questions truly, and clients' falsely."""
import contextlib
import socket
import struct
import threading

from .raw_client import message

OWN_USER = b"user\0weir\0"  # the prober's
READY = message(b"Z", b"I")
OK = message(b"R", struct.pack("!I", 0))
LOGIN = OK + message(b"S", b"server_version\x0015.20\0") + message(b"K", struct.pack("!II", 77, 88)) + READY
LATER = b"the truth, until Weir has asked its first question"
ROW = message(b"T", b"\0\1a\0" + struct.pack("!IHIhih", 0, 0, 25, -1, -1, 0)) + message(b"D", b"\0\1\0\0\0\1x")

# What it says to a start-up packet, and, where that lets Weir in, to every message behind it. LATER: the real node
# answers the login, and what a new connection is asked first.
LIES = {
    "garbage for a greeting": (bytes(range(128, 255)), b""),
    "a greeting of 2 GB": (b"R" + struct.pack("!I", 0x7fffffff), b""),
    "a length below its own size": (b"R" + struct.pack("!I", 3), b""),
    "ready without a login": (READY, b""),
    "an unknown method": (message(b"R", struct.pack("!I", 99)), b""),
    "SASL out of turn": (message(b"R", struct.pack("!I", 11) + b"r=x,s=eA==,i=4096"), b""),
    "a proof of nothing": (message(b"R", struct.pack("!I", 12) + b"v=eA=="), b""),
    "a row before the login": (ROW, b""),
    "SCRAM with a thousand million rounds": (message(b"R", struct.pack("!I", 10) + b"SCRAM-SHA-256\0\0"),
                                             message(b"R", struct.pack("!I", 11) + b"r=,s=eA==,i=1000000000")),
    "the door shut in Weir's face": (None, b""),
    "a row where a start is asked for": (LOGIN, b"D" + struct.pack("!I", 0x3fffffff) + b"\0\1"),
    "garbage for a start": (LOGIN, bytes(range(128, 255))),
    "garbage for an answer": (LATER, bytes(range(128, 255))),
    "an answer of 2 GB": (LATER, b"C" + struct.pack("!I", 0x7fffffff)),
    "more ready than asked": (LATER, READY * 50),
    "rows out of nowhere": (LATER, ROW * 50),
    "a copy nobody wants": (LATER, message(b"G", b"\0\0\0") + message(b"W", b"\0\0\0") + READY),
    "an error without fields": (LATER, message(b"E", b"") + READY),
    "an error without end": (LATER, message(b"E", b"SFATAL")),
    "a state that is none": (LATER, message(b"C", b"SELECT 1\0") + message(b"Z", b"?")),
    "silence, then the end": (LATER, None),
    "a login in the middle": (LATER, LOGIN),
    "half a message, then the end": (LATER, b"T\0\0\0\x40\0\1a"),
}


class LyingNode:
    """Listens on a free port. lie: a key of LIES; None: it passes all on."""

    def __init__(self, target):
        self.target = target
        self.lie = None
        self.lied = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._over = False
        self._open = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._accept_all, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._over = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.end_connections()

    def end_connections(self):
        with self._guard:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _accept_all(self):
        while not self._over:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._guard:
                self._open.add(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            with client:
                first = client.recv(65536)
                greeting, answer = LIES.get(self.lie, (LATER, b""))
                if OWN_USER in first or self.lie is None:
                    self._pass_on(client, first)
                elif greeting is LATER:
                    self._pass_on(client, first, lambda: self._lie(client, answer))
                elif first:
                    self._answer(client, greeting, answer)
        except OSError:
            pass
        finally:
            with self._guard:
                self._open.discard(client)

    def _answer(self, client, greeting, answer):
        self.lied += 1
        if greeting is None:
            return
        client.sendall(greeting)
        while client.recv(65536):
            if answer is None:
                return
            client.sendall(answer)

    def _lie(self, client, answer):
        self.lied += 1
        if answer is not None:
            client.sendall(answer)

    def _pass_on(self, client, first, instead=None):
        """instead: what is done in place of the second question, and all that come behind it."""
        with socket.create_connection(("127.0.0.1", self.target), timeout=30) as server:
            server.sendall(first)
            back = threading.Thread(target=self._pump, args=(server, client), daemon=True)
            back.start()
            self._pump(client, server, instead)
            back.join(5)

    @staticmethod
    def _pump(source, sink, instead=None):
        questions = 0
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                questions += data[:1] in b"QP"
                if instead and questions > 1:
                    instead()
                else:
                    sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
