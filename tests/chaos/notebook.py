"""What the clients note of their work: what they wrote, what they were told of it, and what went wrong."""
import dataclasses
import enum


class Outcome(enum.Enum):
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"   # certainly not done: the transaction had not come to its COMMIT
    UNKNOWN = "unknown"   # the answer was lost


@dataclasses.dataclass
class Write:
    client: str
    number: int       # of the client's writes
    begun: float      # seconds, of one clock
    ended: float = 0.0
    outcome: Outcome = Outcome.UNKNOWN
    count: int | None = None  # what the client's counter was told to be, where the write raised it

    def __str__(self):
        return f"{self.client} number {self.number}, {self.outcome.value}, from {self.begun:.3f} to {self.ended:.3f}"


@dataclasses.dataclass
class Trouble:
    """An error that a client saw."""

    at: float
    client: str
    kind: str
    doing: str
    state: str        # SQLSTATE, or "lost" where the connection ended without a word
    text: str

    def __str__(self):
        return f"{self.kind} {self.client} at {self.at:.3f}, {self.doing}: {self.state} {self.text}"


class Notebook:
    """Of all clients. Each thread appends to lists; nothing is taken out but by the round's end."""

    def __init__(self):
        self.writes = []       # all of them
        self.operations = []   # of the registers (history.checker), since the last round's end
        self.troubles = []     # since the last round's end
        self.reads = 0         # about: threads count at the same time
        self.longest_read = 0.0
        self.streams = 0       # results that came whole
        self.cut_short = []    # and those that did not, without an error

    def acknowledged(self):
        return sum(write.outcome is Outcome.ACKNOWLEDGED for write in self.writes)

    def of_unknown_outcome(self):
        return [write for write in self.writes if write.outcome is Outcome.UNKNOWN]

    def note_read(self, begun, ended):
        self.reads += 1
        self.longest_read = max(self.longest_read, ended - begun)

    def begin_round(self):
        self.operations, self.troubles, self.longest_read = [], [], 0.0
