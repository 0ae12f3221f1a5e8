"""One connection of a client that plays steps and writes down all that it is answered."""
import socket
import struct
import time

from .messages import CopyDone, CopyFail, Flush, Sync, encode, framed
from .replies import Reader
from .scram import Scram

STEP_SECONDS = 8.0
HANG, CLOSED, NOBODY = "(no answer)", "(closed by the server)", "(nobody listens)"
_NO_DATA = (CopyFail("no data"),)


class Refused(Exception):
    """The server said no at the door; `lines` is what it said."""

    def __init__(self, lines):
        super().__init__(lines)
        self.lines = lines


class Conversation:
    """`status` is that of the last ReadyForQuery; `unsynced` says whether messages of the extended
    protocol were sent and no Sync; `over` that the connection is no more."""

    def __init__(self, port, database, script, number, patience=STEP_SECONDS):
        self.number = number
        self.patience = patience
        self.reader = Reader()
        self.status = "I"
        self.over = False
        self.skipping = False   # an error came, and the server ignores all up to Sync
        self.expected = []      # letters of the messages that end what was sent, oldest first
        self.unsynced = False
        self._buffer = b""
        self._lines = []
        self._parameters = []
        try:
            self._socket = socket.create_connection(("127.0.0.1", port), timeout=patience)
        except ConnectionError:
            raise Refused([NOBODY]) from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._log_in({"user": script.user, "database": database, **script.startup}, script.user)

    def close(self):
        self._socket.close()
        self.over = True

    def play(self, step):
        """The lines of all that came. Nothing once the connection is over."""
        if self.over:
            return []
        self._lines = []
        feeds = list(step.feeds)
        try:
            self._send(step.messages)
            if step.abrupt:
                self.close()
                return []
            self._receive_all(feeds, step.inline)
        except socket.timeout:
            self._end(HANG)
        except (ConnectionError, EOFError):
            self._end(CLOSED)
        return self._lines

    def view(self):
        """ParameterStatus as the client has it."""
        return dict(self.reader.parameters)

    def _end(self, line):
        self._settle_parameters()
        self._lines.append(line)
        self.close()

    def _send(self, messages):
        for message in messages:
            self._expect(message)
        self._socket.sendall(encode(messages, self.number))

    def _expect(self, message):
        synced = isinstance(message, Sync)
        if self.skipping and not synced:
            return
        if message.awaits:
            self.expected.append((message.awaits, type(message).__name__))
        if synced:
            self.unsynced = self.skipping = False
        elif type(message).__name__ not in ("Query", "FunctionCall", "Flush", "Terminate",
                                            "CopyData", "CopyDone", "CopyFail"):
            self.unsynced = True

    def _receive_all(self, feeds, inline):
        deadline = time.monotonic() + self.patience
        while self.expected:
            if time.monotonic() > deadline:
                raise socket.timeout()
            kind, payload = self._message()
            if kind == b"S":
                self._parameters.append(self.reader.changed(payload))
                continue
            self._settle_parameters()
            line = self.reader.read(kind, payload)
            if line is not None:
                self._lines.append(line)
            self._account(kind, payload)
            if kind == b"G" and not inline:
                self._feed(feeds.pop(0) if feeds else _NO_DATA)

    def _settle_parameters(self):
        """Parameters between two other messages come in any order."""
        names = sorted({name for name in self._parameters if name})
        self._lines += [f"S {name}={self.reader.parameters[name]}" for name in names]
        self._parameters = []

    def _account(self, kind, payload):
        awaits, sender = self.expected[0]
        if kind == b"Z":
            self.status = payload.decode()
        if kind == b"E":
            self._failed(sender)
        elif kind.decode("latin1") in awaits:
            self.expected.pop(0)

    def _failed(self, sender):
        """An error in a Query ends with its ReadyForQuery; else all up to Sync is ignored."""
        if sender in ("Query", "FunctionCall", "Sync"):
            return
        while self.expected and self.expected[0][1] != "Sync":
            self.expected.pop(0)
        self.skipping = not self.expected

    def _feed(self, messages):
        """In extended COPY a Sync that came before the data was ignored (manual 55.2.6)."""
        ended = any(isinstance(message, (CopyDone, CopyFail)) for message in messages)
        messages = tuple(messages) if ended else (*messages, CopyFail("the feed ended"))
        if self.expected[0][1] == "Execute":
            synced = any(sender == "Sync" for _, sender in self.expected)
            messages += (Sync() if synced else Flush(),)
        self._socket.sendall(encode(messages, self.number))

    def _message(self):
        kind, length = struct.unpack("!cI", self._exactly(5))
        return kind, self._exactly(length - 4)

    def _exactly(self, count):
        while len(self._buffer) < count:
            piece = self._socket.recv(max(65536, count - len(self._buffer)))
            if not piece:
                raise EOFError
            self._buffer += piece
        piece, self._buffer = self._buffer[:count], self._buffer[count:]
        return piece

    def _log_in(self, fields, password):
        body = struct.pack("!I", 196608) + b"".join(
            name.encode() + b"\0" + value.encode() + b"\0" for name, value in fields.items()) + b"\0"
        self._socket.sendall(struct.pack("!I", len(body) + 4) + body)
        scram = Scram(password)
        self.expected = [("Z", "Query")]
        while self.expected:
            try:
                kind, payload = self._message()
            except (EOFError, ConnectionError):
                raise Refused([*self._lines, CLOSED]) from None
            if kind == b"R":
                self._authenticate(scram, payload)
            elif kind == b"S":
                self._parameters.append(self.reader.changed(payload))
            else:
                self._settle_parameters()
                line = self.reader.read(kind, payload)
                if line is not None:
                    self._lines.append(line)
                self._account(kind, payload)
        self.greeting = self._lines

    def _authenticate(self, scram, payload):
        code = struct.unpack("!I", payload[:4])[0]
        if code == 10:
            first = scram.initial()
            self._socket.sendall(framed(b"p", b"SCRAM-SHA-256\0" + struct.pack("!I", len(first)) + first))
        elif code == 11:
            self._socket.sendall(framed(b"p", scram.answer(payload[4:])))
