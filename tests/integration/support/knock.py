"""Knocking at a door of PostgreSQL's kind: who is let in, and with which SQLSTATE others are turned away."""
import base64
import hashlib
import hmac
import os
import socket
import ssl
import struct

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
SECONDS = 15


class Knock:
    """One attempt to log in. outcome: "in", or the SQLSTATE."""

    def __init__(self, port, user, password, tls=None, database="postgres"):
        self.user, self.password = user, password
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        try:
            if tls is not None:
                self.socket.sendall(SSL_REQUEST)
                assert self.socket.recv(1) == b"S"
                self.socket = tls.wrap_socket(self.socket)
            parameters = b"".join(each.encode() + b"\0" for each in ("user", user, "database", database))
            self._send(b"", struct.pack("!i", 196608) + parameters + b"\0")
            self.outcome = self._talk()
        finally:
            self.socket.close()

    def _send(self, kind, body):
        self.socket.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                raise ConnectionError("the door was shut without a word")
            data += part
        return data

    def _message(self):
        kind = self._exactly(1)
        return kind, self._exactly(struct.unpack("!i", self._exactly(4))[0] - 4)

    def _talk(self):
        while True:
            kind, body = self._message()
            if kind == b"E":
                return next(field[1:].decode() for field in body.split(b"\0") if field.startswith(b"C"))
            if kind == b"Z":
                return "in"
            code = struct.unpack("!i", body[:4])[0] if kind == b"R" else 0
            if code != 0:
                self._answer(code, body[4:])

    def _answer(self, code, data):
        if code == 3:
            self._send(b"p", self.password.encode() + b"\0")
        elif code == 5:
            inner = hashlib.md5((self.password + self.user).encode()).hexdigest()
            self._send(b"p", b"md5" + hashlib.md5(inner.encode() + data).hexdigest().encode() + b"\0")
        elif code == 10:
            self.first = "n=,r=" + base64.b64encode(os.urandom(18)).decode()
            message = b"n,," + self.first.encode()
            self._send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!i", len(message)) + message)
        elif code == 11:
            self._send(b"p", self._proof(data.decode()))

    def _proof(self, challenge):
        said = dict(part.split("=", 1) for part in challenge.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), base64.b64decode(said["s"]), int(said["i"]))
        key = hmac.digest(salted, b"Client Key", "sha256")
        last = "c=biws,r=" + said["r"]
        signed = hmac.digest(hashlib.sha256(key).digest(), f"{self.first},{challenge},{last}".encode(), "sha256")
        proof = bytes(a ^ b for a, b in zip(key, signed))
        return f"{last},p={base64.b64encode(proof).decode()}".encode()


def tls_with(certificate=None, key=None):
    """A client that trusts whoever answers; with a certificate of its own, where it has one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(certificate, key)
    return context


def knock(port, user, password, tls=None, database="postgres"):
    return Knock(port, user, password, tls, database).outcome
