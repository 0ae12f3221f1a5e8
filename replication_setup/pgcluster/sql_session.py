"""One session with one server over its unix socket, in the simple query protocol.

The npm build of PostgreSQL has no psql, and a backup needs one session that stays open while files
are copied; so the tool speaks the few messages that it needs itself. The server must trust the
socket: no authentication is carried out.
"""
import os
import socket
import struct

PROTOCOL_3_0 = 196608
CANNOT_CONNECT_NOW = "57P03"


class SqlError(Exception):
    """An ErrorResponse; `code` is its SQLSTATE."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


class SqlSession:
    """A session as the superuser; use it in a `with` statement. Raises OSError, SqlError."""

    def __init__(self, socket_dir, port, database="postgres", timeout=10.0):
        self._buffer = b""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(os.path.join(socket_dir, f".s.PGSQL.{port}"))
            self._log_in(database)
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self._socket.sendall(b"X" + struct.pack("!I", 4))
        except OSError:
            pass  # the server went first
        self._socket.close()

    def set_timeout(self, seconds):
        """How long one receive may take, for statements that wait on the server."""
        self._socket.settimeout(seconds)

    def rows(self, sql):
        """The rows of the last result, each a list of str or None."""
        body = sql.encode() + b"\0"
        self._socket.sendall(b"Q" + struct.pack("!I", len(body) + 4) + body)
        rows, error = [], None
        for kind, payload in self._until_ready():
            if kind == b"T":
                rows = []
            elif kind == b"D":
                rows.append(_columns(payload))
            elif kind == b"E":
                error = error or _error(payload)
        if error:
            raise error
        return rows

    def row(self, sql):
        """The only row of a result, or None."""
        rows = self.rows(sql)
        return rows[0] if rows else None

    def value(self, sql):
        """The only value of a result, or None."""
        row = self.row(sql)
        return row[0] if row else None

    def _log_in(self, database):
        fields = ["user", "postgres", "database", database, "application_name", "weir-cluster"]
        body = struct.pack("!I", PROTOCOL_3_0) + "\0".join(fields).encode() + b"\0\0"
        self._socket.sendall(struct.pack("!I", len(body) + 4) + body)
        for kind, payload in self._until_ready():
            if kind == b"E":
                raise _error(payload)
            if kind == b"R" and struct.unpack("!I", payload[:4])[0] != 0:
                raise SqlError("28000", "the server asks for a password on its unix socket")

    def _until_ready(self):
        while True:
            kind, payload = self._message()
            if kind == b"Z":
                return
            yield kind, payload

    def _message(self):
        header = self._exactly(5)
        return header[:1], self._exactly(struct.unpack("!I", header[1:])[0] - 4)

    def _exactly(self, count):
        while len(self._buffer) < count:
            piece = self._socket.recv(65536)
            if not piece:
                raise ConnectionResetError("the server closed the connection")
            self._buffer += piece
        piece, self._buffer = self._buffer[:count], self._buffer[count:]
        return piece


def quoted(text):
    """A string literal (standard_conforming_strings is on)."""
    return "'" + text.replace("'", "''") + "'"


def position(lsn):
    """'16/B374D848' as a number of bytes."""
    high, low = lsn.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def _columns(payload):
    count, offset, columns = struct.unpack("!H", payload[:2])[0], 2, []
    for _ in range(count):
        length = struct.unpack("!i", payload[offset:offset + 4])[0]
        offset += 4
        if length < 0:
            columns.append(None)
        else:
            columns.append(payload[offset:offset + length].decode())
            offset += length
    return columns


def _error(payload):
    fields = {piece[:1]: piece[1:].decode() for piece in payload.split(b"\0") if piece}
    return SqlError(fields.get(b"C", "XX000"), fields.get(b"M", "unknown error"))
