"""Plays a session at both sides and finds the first place where they do not agree."""
import dataclasses
import re

from .conversation import CLOSED, HANG, Conversation, Refused
from .generator import Generator
from .world import DIRECT, WEIR

LOGIN = -1
MOST_STEPS = 200


@dataclasses.dataclass
class Transcript:
    """`answers[n]` are the lines that step n got; those of the login come first, by themselves."""
    login: list
    answers: list
    views: list      # ParameterStatus as the client has it, after each step


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
                return _kind(one), _kind(other), self.where
        return "nothing more", "nothing more", self.where


class Sides:
    """Where the two servers are."""

    def __init__(self, direct_port, weir_port, world):
        self.direct_port, self.weir_port, self.world = direct_port, weir_port, world

    def write(self, seed, number):
        """A new session, played direct while it is written: (script, transcript)."""
        generator = Generator(seed)
        transcript = _play(self.direct_port, DIRECT, generator, number)
        if transcript.answers and transcript.answers[-1] == [CLOSED]:
            steps = generator.script.steps
            raise AssertionError("PostgreSQL itself broke down at the last of these steps:\n" +
                                 "\n".join(map(str, steps[-8:])))
        return generator.script, transcript

    def direct(self, script, number):
        return _play(self.direct_port, DIRECT, _Replay(script), number)

    def weir(self, script, number):
        return _play(self.weir_port, WEIR, _Replay(script), number)

    def write_through_weir(self, seed, number):
        generator = Generator(seed)
        return generator.script, _play(self.weir_port, WEIR, generator, number)

    def differ(self, script):
        """The first difference when it is played alone, in a namespace of its own."""
        numbers = self.world.numbers(1)
        direct = self.direct(script, numbers[0])
        self.world.settle(DIRECT)
        weir = self.weir(script, numbers[0])
        self.world.settle(WEIR)
        return compare(direct, weir) or compare_contents(
            len(script.steps), self.world.contents(DIRECT, numbers), self.world.contents(WEIR, numbers))


class _Replay:
    def __init__(self, script):
        self.script = script
        self._steps = iter(script.steps)

    def next(self, _status, _unsynced):
        return next(self._steps, None)


def _play(port, database, source, number):
    try:
        conversation = Conversation(port, database, source.script, number)
    except Refused as refused:
        return Transcript(refused.lines, [], [])
    transcript = Transcript([*conversation.greeting], [], [])
    transcript.views.append(conversation.view())
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


def compare(direct, weir):
    for number, answer in enumerate(direct.answers):
        if HANG in answer:  # the generator or the client waits for what never comes
            return Difference(number, ["the direct session hangs", *answer], ["no judgement"])
    if direct.login != weir.login:
        return Difference(LOGIN, direct.login, weir.login)
    for number, answer in enumerate(direct.answers):
        other = weir.answers[number] if number < len(weir.answers) else ["(not reached)"]
        if answer != other:
            return Difference(number, answer, other)
        if direct.views[number + 1] != weir.views[number + 1]:
            return Difference(number, _view(direct.views[number + 1]), _view(weir.views[number + 1]))
    if direct.views[:1] != weir.views[:1]:
        return Difference(LOGIN, _view(direct.views[0]), _view(weir.views[0]))
    return None


def compare_contents(steps, direct, weir):
    """What the sessions wrote."""
    for name in sorted({*direct, *weir}):
        if direct.get(name) != weir.get(name):
            return Difference(steps, [f"contents of {name[8:]}: {direct.get(name)}"],
                              [f"contents of {name[8:]}: {weir.get(name)}"])
    return None


def _view(parameters):
    return [f"S {name}={value}" for name, value in sorted(parameters.items())]


def _kind(line):
    letter = line.split(" ")[0]
    if letter in ("E", "N"):
        return f"{letter} {re.search(r'C=.(.....)', line).group(1)}"
    if letter in ("C", "Z"):
        return re.sub(r"[\d]+", "0", line)
    if letter == "S":
        return line.split("=")[0]
    return letter if len(letter) == 1 else line[:20]
