"""What a recorded history of writes and reads must show. Every write has a number: the primary's own order."""
import dataclasses

READ, WRITE = "read", "write"


@dataclasses.dataclass(frozen=True)
class Operation:
    session: str     # one client, or several that hand a token on
    kind: str
    begun: float     # seconds, of one clock
    ended: float     # when its answer was there
    number: int      # of the write; of the last write that the read saw
    register: int
    version: int     # of that register: given by the write, or read
    node: str = ""   # that answered a read

    def __str__(self):
        return (f"{self.session} {self.kind} of register {self.register}: number {self.number}, version"
                f" {self.version}, from {self.begun:.6f} to {self.ended:.6f} {self.node}")


@dataclasses.dataclass(frozen=True)
class Violation:
    promise: str
    earlier: Operation
    later: Operation

    def __str__(self):
        return f"{self.promise}\n    {self.earlier}\n    {self.later}"


def of_sessions(history, primary=None):
    """Read your writes, monotonic reads, monotonic writes, writes follow reads: of each session by itself.
    `primary` is its node's name, for what PostgreSQL itself does not promise (docs/consistency.md)."""
    found, seen = [], {}
    writes = {each.number: each for each in history if each.kind == WRITE}
    for each in sorted(history, key=lambda operation: operation.ended):
        last = seen.setdefault(each.session, {})
        for kind in (WRITE, READ):
            before = last.get(kind)
            if before is not None and each.number < before.number + (each.kind == WRITE):
                if not _is_ahead_of_primary(before, each, primary, writes):
                    found.append(Violation(_PROMISES[before.kind, each.kind], before, each))
            older = last.get((kind, each.register))
            if older is not None and each.version < older.version + (each.kind == WRITE):
                if not _is_ahead_of_primary(older, each, primary, writes):
                    found.append(Violation(_PROMISES[older.kind, each.kind], older, each))
        for key in (each.kind, (each.kind, each.register)):
            if key not in last or last[key].number <= each.number:
                last[key] = each
    return found


def _is_ahead_of_primary(before, later, primary, writes):
    """A replica may show a commit before the primary does. All that the later read, on the primary, lacks are
    writes that nobody had been told of when it began."""
    if READ != before.kind or READ != later.kind or primary is None:
        return False
    if later.node != primary or before.node == primary:
        return False
    missing = [writes.get(number) for number in range(later.number + 1, before.number + 1)]
    return bool(missing) and all(each is not None and each.ended > later.begun for each in missing)


_PROMISES = {(WRITE, READ): "read your writes", (READ, READ): "monotonic reads",
             (WRITE, WRITE): "monotonic writes", (READ, WRITE): "writes follow reads"}


def in_real_time(history):
    """A read sees every write that was acknowledged, to anybody, before it began."""
    found, newest = [], None
    acknowledged = sorted((each for each in history if each.kind == WRITE), key=lambda each: each.ended)
    at = 0
    for read in sorted((each for each in history if each.kind == READ), key=lambda each: each.begun):
        while at < len(acknowledged) and acknowledged[at].ended < read.begun:
            if newest is None or newest.number < acknowledged[at].number:
                newest = acknowledged[at]
            at += 1
        if newest is not None and read.number < newest.number:
            found.append(Violation("real-time order", newest, read))
    return found
