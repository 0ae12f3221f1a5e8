"""What a client sends, as values: printable as they are, with their bytes and what answers them."""
import dataclasses
import struct

# Stands for the number of the namespace in every text: schema, channel, lock key, global id.
TOKEN = "424242"


def framed(kind, body=b""):
    return kind + struct.pack("!I", len(body) + 4) + body


def _text(value):
    return value.encode() + b"\0"


def _shorts(values):
    return struct.pack(f"!H{len(values)}h", len(values), *values)


def _values(values):
    body = struct.pack("!H", len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value
    return body


@dataclasses.dataclass(frozen=True)
class Query:
    sql: str
    awaits = "Z"

    def body(self):
        return framed(b"Q", _text(self.sql))


@dataclasses.dataclass(frozen=True)
class Parse:
    name: str
    sql: str
    types: tuple = ()
    awaits = "1"

    def body(self):
        oids = struct.pack(f"!H{len(self.types)}I", len(self.types), *self.types)
        return framed(b"P", _text(self.name) + _text(self.sql) + oids)


@dataclasses.dataclass(frozen=True)
class Bind:
    portal: str
    statement: str
    values: tuple = ()
    formats: tuple = ()
    results: tuple = ()
    awaits = "2"

    def body(self):
        return framed(b"B", _text(self.portal) + _text(self.statement) + _shorts(self.formats) +
                      _values(self.values) + _shorts(self.results))


@dataclasses.dataclass(frozen=True)
class Describe:
    kind: str  # S or P
    name: str = ""
    awaits = "Tn"

    def body(self):
        return framed(b"D", self.kind.encode() + _text(self.name))


@dataclasses.dataclass(frozen=True)
class Execute:
    portal: str = ""
    limit: int = 0
    awaits = "CIs"

    def body(self):
        return framed(b"E", _text(self.portal) + struct.pack("!i", self.limit))


@dataclasses.dataclass(frozen=True)
class Close:
    kind: str  # S or P
    name: str = ""
    awaits = "3"

    def body(self):
        return framed(b"C", self.kind.encode() + _text(self.name))


@dataclasses.dataclass(frozen=True)
class Sync:
    awaits = "Z"

    def body(self):
        return framed(b"S")


@dataclasses.dataclass(frozen=True)
class Flush:
    awaits = ""

    def body(self):
        return framed(b"H")


@dataclasses.dataclass(frozen=True)
class FunctionCall:
    oid: int
    values: tuple = ()
    formats: tuple = ()
    result: int = 0
    awaits = "Z"

    def body(self):
        return framed(b"F", struct.pack("!I", self.oid) + _shorts(self.formats) +
                      _values(self.values) + struct.pack("!h", self.result))


@dataclasses.dataclass(frozen=True)
class CopyData:
    data: bytes
    awaits = ""

    def body(self):
        return framed(b"d", self.data)


@dataclasses.dataclass(frozen=True)
class CopyDone:
    awaits = ""

    def body(self):
        return framed(b"c")


@dataclasses.dataclass(frozen=True)
class CopyFail:
    why: str
    awaits = ""

    def body(self):
        return framed(b"f", _text(self.why))


@dataclasses.dataclass(frozen=True)
class Terminate:
    awaits = ""

    def body(self):
        return framed(b"X")


@dataclasses.dataclass(frozen=True)
class Step:
    """Messages that leave together. `feeds` answer each CopyInResponse in turn; where they are
    `inline`, the data of COPY is among the messages. `abrupt`: nobody reads, the socket is closed."""
    messages: tuple
    feeds: tuple = ()
    inline: bool = False
    abrupt: bool = False

    def is_safe(self):
        """PostgreSQL 15 crashes on Execute or Describe of the unnamed portal that a failed Query left
        in a transaction: no session may send these without a Bind of its own before them."""
        bound = False
        for message in self.messages:
            bound = bound or (isinstance(message, Bind) and message.portal == "")
            uses = isinstance(message, Execute) and message.portal == "" or message == Describe("P", "")
            if uses and not bound:
                return False
        return True

    def __str__(self):
        lines = [repr(message) for message in self.messages]
        lines += [f"  on CopyInResponse: {', '.join(map(repr, feed))}" for feed in self.feeds]
        if self.abrupt:
            lines.append("  and closes the socket")
        return "\n".join(lines)


@dataclasses.dataclass
class Script:
    """A session: its start-up packet without the database, and its steps."""
    user: str
    startup: dict
    steps: list

    def with_steps(self, steps):
        return Script(self.user, self.startup, list(steps))

    def __str__(self):
        lines = [f"user={self.user} start-up={self.startup}"]
        for number, step in enumerate(self.steps):
            lines.append(f"[{number}] " + str(step).replace("\n", "\n    "))
        return "\n".join(lines)


def encode(messages, number):
    """Bytes to send, with the token replaced by the six digits of this namespace."""
    return b"".join(_renumbered(message, number).body() for message in messages)


def _renumbered(message, number):
    digits = f"{number:06d}"
    changed = {}
    for field in dataclasses.fields(message):
        value = getattr(message, field.name)
        if isinstance(value, str):
            changed[field.name] = value.replace(TOKEN, digits)
        elif isinstance(value, bytes):
            changed[field.name] = value.replace(TOKEN.encode(), digits.encode())
        elif field.name == "values":
            changed["values"] = tuple(item.replace(TOKEN.encode(), digits.encode())
                                      if isinstance(item, bytes) else item for item in value)
    return dataclasses.replace(message, **changed)
