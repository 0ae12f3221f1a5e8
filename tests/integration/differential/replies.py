"""What a server sends, as text to compare. Only what must differ between two runs is taken out."""
import re
import struct

# F, L and R say where in the server's source an error was raised: no part of the answer.
_ERROR_FIELDS = "SVCMDHPpqWstcdn"
_FIRST_USER_OID = 16384
# Names with a number of the server's: of a temporary schema, of a table for long values.
_NUMBERED = re.compile(r"pg_(?:toast_)?(?:temp|toast)_\d+|pg_toast_\d+")
_OF_CACHES = "M='rehashing catalog cache "


class Reader:
    """Of one connection: it knows the pid and the parameters that the client was told."""

    def __init__(self):
        self.pid = None
        self.parameters = {}

    def read(self, kind, payload):
        """A line, or None for what is not compared by itself."""
        if kind == b"K":
            self.pid = struct.unpack("!I", payload[:4])[0]
            return None
        special = {b"T": _row_description, b"D": _data_row, b"E": _fields, b"N": _fields,
                   b"t": _parameter_description, b"A": self._notification}
        name = kind.decode("latin1")
        if kind in special:
            line = f"{name} {special[kind](payload)}"
            return None if _OF_CACHES in line else line
        if kind in b"GHW":
            return f"{name} {_copy_response(payload)}"
        if kind in b"CZ":
            return f"{name} {payload.rstrip(bytes(1)).decode()}"
        return f"{name} {payload!r}" if payload else name

    def changed(self, payload):
        """The name of a parameter that has another value now."""
        name, value = payload.decode("latin1").split("\0")[:2]
        before = self.parameters.get(name)
        self.parameters[name] = value
        return name if before != value else None

    def _notification(self, payload):
        pid = struct.unpack("!I", payload[:4])[0]
        whose = "own" if pid == self.pid else "another's"
        return f"{whose} pid {payload[4:].split(bytes(1))[:2]!r}"


def _row_description(payload):
    count, at, columns = struct.unpack("!H", payload[:2])[0], 2, []
    for _ in range(count):
        end = payload.index(b"\0", at)
        name = payload[at:end].decode("latin1")
        table, column, kind, size, modifier, form = struct.unpack("!IhIhih", payload[end + 1:end + 19])
        at = end + 19
        table = "table" if table >= _FIRST_USER_OID else table
        kind = "user type" if kind >= _FIRST_USER_OID else kind
        columns.append(f"{name!r}({table}.{column} {kind} {size} {modifier} format {form})")
    return " ".join(columns)


def _data_row(payload):
    count, at, columns = struct.unpack("!H", payload[:2])[0], 2, []
    for _ in range(count):
        length = struct.unpack("!i", payload[at:at + 4])[0]
        at += 4
        columns.append(None if length < 0 else payload[at:at + length])
        at += max(length, 0)
    return repr(columns)


def _fields(payload):
    found = {piece[:1].decode(): piece[1:].decode("utf-8", "backslashreplace")
             for piece in payload.split(b"\0") if piece}
    shown = [f"{letter}={found[letter]!r}" for letter in _ERROR_FIELDS if letter in found]
    return _NUMBERED.sub("pg_temp_N", " ".join(shown))


def _parameter_description(payload):
    count = struct.unpack("!H", payload[:2])[0]
    oids = struct.unpack(f"!{count}I", payload[2:2 + 4 * count])
    return repr(["user type" if oid >= _FIRST_USER_OID else oid for oid in oids])


def _copy_response(payload):
    overall, count = struct.unpack("!bH", payload[:3])
    return f"{overall} {struct.unpack(f'!{count}h', payload[3:3 + 2 * count])}"
