"""Plays a session at both sides and finds the first place where they do not agree."""
import dataclasses
import re

from .allowances import weigh
from .conversation import CLOSED, HANG, STEP_SECONDS, Conversation, Refused
from .generator import Generator
from .world import DIRECT, WEIR

LOGIN = -1
_NAMES = r"[\"'][^\"']*[\"']|[\d]+"
MOST_STEPS = 200
ALONE_SECONDS = 2.0


@dataclasses.dataclass
class Transcript:
    """`answers[n]` are the lines that step n got; those of the login come first, by themselves."""
    login: list
    answers: list
    views: list      # ParameterStatus as the client has it, after each step
    parted: bool = False  # from some step on it could not be compared, for a reason that is written down


@dataclasses.dataclass
class Difference:
    step: int        # LOGIN, or the number of a step
    direct: list
    weir: list
    where: str = ""  # what else tells causes apart

    @property
    def signature(self):
        """What differs, without numbers and names: equal for reproductions of one cause."""
        for one, other in zip([*self.direct, "nothing more"], [*self.weir, "nothing more"]):
            if one != other:
                return _kind(one, other), _kind(other, other), self.where
        return "nothing more", "nothing more", self.where


FLUSHED = 4  # steps that may have been sent on before an end was seen


class Sides:
    """Where the two servers are. `patience`: seconds that a client waits for an answer."""

    def __init__(self, direct_port, weir_port, world, patience=STEP_SECONDS):
        self.direct_port, self.weir_port, self.world = direct_port, weir_port, world
        self.patience = patience

    def hasty(self):
        """For sessions that are played alone, most of which are known to hang."""
        return Sides(self.direct_port, self.weir_port, self.world, ALONE_SECONDS)

    def write(self, seed, number):
        """A new session, played direct while it is written: (script, transcript)."""
        generator = Generator(seed)
        transcript = self._play(self.direct_port, DIRECT, generator, number)
        if transcript.answers[-1:] == [[CLOSED]] and not _is_fatal(transcript.answers[-FLUSHED:-1]):
            steps = generator.script.steps
            raise AssertionError("PostgreSQL itself broke down at the last of these steps:\n" +
                                 "\n".join(map(str, [*steps[-8:], *transcript.answers[-4:]])))
        return generator.script, transcript

    def direct(self, script, number):
        return self._play(self.direct_port, DIRECT, _Replay(script), number)

    def weir(self, script, number):
        return self._play(self.weir_port, WEIR, _Replay(script), number)

    def write_through_weir(self, seed, number):
        generator = Generator(seed)
        return generator.script, self._play(self.weir_port, WEIR, generator, number)

    def differ(self, script):
        """The first difference when it is played alone, in a namespace of its own."""
        number = self.world.one()
        direct = self.direct(script, number)
        self.world.settle(DIRECT)
        weir = self.weir(script, number)
        self.world.settle(WEIR)
        return compare_whole(script, direct, weir, [
            self.world.contents(database, [number]) for database in (DIRECT, WEIR)])

    def _play(self, port, database, source, number):
        try:
            conversation = Conversation(port, database, source.script, number, self.patience)
        except Refused as refused:
            return Transcript(refused.lines, [], [])
        transcript = Transcript([*conversation.greeting], [], [conversation.view()])
        try:
            while not conversation.over and len(transcript.answers) < MOST_STEPS:
                step = source.next(conversation.status, conversation.unsynced)
                if step is None:
                    break
                transcript.answers.append(conversation.play(step))
                transcript.views.append(conversation.view())
        finally:
            conversation.close()
        return transcript


class _Replay:
    def __init__(self, script):
        self.script = script
        self._steps = iter(script.steps)

    def next(self, _status, _unsynced):
        return next(self._steps, None)


def compare(script, direct, weir):
    """The first difference. Marks `weir` where the rest could not be compared."""
    if direct.login != weir.login:
        return Difference(LOGIN, direct.login, weir.login)
    if direct.views[:1] != weir.views[:1]:
        return Difference(LOGIN, _view(direct.views[0]), _view(weir.views[0]))
    for number, answer in enumerate(direct.answers):
        other = weir.answers[number] if number < len(weir.answers) else ["(not reached)"]
        differs, parted = weigh(answer, other, str(script.steps[number]))
        # A direct session that hangs waits for a lock of its own prepared transaction, or for its client.
        if parted or HANG in answer:
            weir.parted = True
            return None
        if differs:
            return Difference(number, answer, other)
        if direct.views[number + 1] != weir.views[number + 1]:
            return Difference(number, _view(direct.views[number + 1]), _view(weir.views[number + 1]))
    return None


def compare_whole(script, direct, weir, contents):
    """What was answered, and then what was written: `contents` are (direct, through Weir)."""
    found = compare(script, direct, weir)
    if found or weir.parted:
        return found
    ours, theirs = contents
    for name in sorted({*ours, *theirs}):
        if ours.get(name) != theirs.get(name):
            return Difference(len(script.steps), [f"contents of {name[8:]}: {ours.get(name)}"],
                              [f"contents of {name[8:]}: {theirs.get(name)}"])
    return None


def _is_fatal(answers):
    """Does the server say in one of them that it ends the connection?"""
    return any("S='FATAL'" in line for answer in answers for line in answer)


def _view(parameters):
    return [f"S {name}={value}" for name, value in sorted(parameters.items())]


def _kind(line, others):
    """Weir's own error is one kind, whatever the direct answer was in its place."""
    letter = line.split(" ")[0]
    if letter in ("E", "N"):
        code, message = re.search(r"C='(.....)' M=(.*)", line).groups()
        return f"{letter} {code} {re.sub(_NAMES, '', message)[:30]}"
    if others.startswith("E "):
        return "no error here"
    if letter in ("C", "Z"):
        return re.sub(r"[\d]+", "0", line)
    if letter == "S":
        return line.split("=")[0]
    return letter if len(letter) == 1 else line[:20]
