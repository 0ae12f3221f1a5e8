"""A client that speaks the protocol by hand, to send what no driver would and to read as it likes.

Logs in without password (auth.method = "trust")."""
import socket
import struct

PROTOCOL_3_0 = 196608
PROTOCOL_3_2 = 196610
SSL_REQUEST = struct.pack("!II", 8, 80877103)


def message(kind, body=b""):
    return kind + struct.pack("!I", len(body) + 4) + body


def startup(user="app", database="app", protocol=PROTOCOL_3_0, **parameters):
    fields = {"user": user, "database": database, **parameters}
    body = struct.pack("!I", protocol)
    body += b"".join(name.encode() + b"\0" + value.encode() + b"\0" for name, value in fields.items())
    return struct.pack("!I", len(body) + 5) + body + b"\0"


def cancel_request(pid, secret):
    """The secret has 4 bytes in protocol 3.0 and 32 in 3.2."""
    return struct.pack("!III", 12 + len(secret), 80877102, pid) + secret


def send_cancel(port, pid, secret):
    """Returns when the other side has closed, as libpq does."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(cancel_request(pid, secret))
        assert connection.recv(1) == b""


def query(sql):
    return message(b"Q", sql.encode() + b"\0")


class ServerError(Exception):
    """An ErrorResponse with its fields by letter."""

    def __init__(self, payload):
        self.fields = {piece[:1].decode(): piece[1:].decode()
                       for piece in payload.split(b"\0") if piece}
        super().__init__(self.fields.get("M"))

    @property
    def code(self):
        return self.fields.get("C")


class RawClient:
    def __init__(self, port, timeout=15.0):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.buffer = b""
        self.pid, self.secret = None, b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def log_in(self, **parameters):
        self.send(startup(**parameters))
        for kind, payload in self.until_ready():
            if kind == b"K":
                self.pid, self.secret = struct.unpack("!I", payload[:4])[0], payload[4:]
        return self

    def ask(self, sql):
        """Rows of text of one simple query."""
        self.send(query(sql))
        return self.rows()

    def rows(self):
        """Rows up to ReadyForQuery; raises the error that came instead, once the cycle is over."""
        rows, error = [], None
        for kind, payload in self.until_ready(raise_errors=False):
            if kind == b"D":
                rows.append(_columns(payload))
            elif kind == b"E":
                error = error or ServerError(payload)
        if error:
            raise error
        return rows

    def until_ready(self, raise_errors=True):
        while True:
            kind, payload = self.receive()
            if kind == b"E" and raise_errors:
                raise ServerError(payload)
            if kind == b"Z":
                return
            yield kind, payload

    def receive(self):
        """One message. EOFError when the other side has closed."""
        kind, length = struct.unpack("!cI", self.exactly(5))
        return kind, self.exactly(length - 4)

    def exactly(self, count):
        while len(self.buffer) < count:
            piece = self.socket.recv(max(65536, count - len(self.buffer)))
            if not piece:
                raise EOFError("closed by the other side")
            self.buffer += piece
        piece, self.buffer = self.buffer[:count], self.buffer[count:]
        return piece

    def all_until_closed(self):
        """Every byte until the other side closes. TimeoutError when it does not."""
        data, self.buffer = self.buffer, b""
        try:
            while True:
                piece = self.socket.recv(65536)
                if not piece:
                    return data
                data += piece
        except ConnectionResetError:
            return data


def messages(data):
    """Whole messages at the front of some bytes."""
    found = []
    while len(data) >= 5:
        length = struct.unpack("!I", data[1:5])[0]
        found.append((data[:1], data[5:length + 1]))
        data = data[length + 1:]
    return found


def _columns(payload):
    count, offset, columns = struct.unpack("!H", payload[:2])[0], 2, []
    for _ in range(count):
        length = struct.unpack("!i", payload[offset:offset + 4])[0]
        offset += 4
        columns.append(None if length < 0 else payload[offset:offset + length].decode())
        offset += max(length, 0)
    return columns
