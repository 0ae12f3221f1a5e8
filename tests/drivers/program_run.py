"""One run of a driver's program by many clients at once, and what it said of each case."""
import dataclasses
import os
import re
import selectors
import subprocess
import time

from support.places import sized
from support.waiting import wait_until

SILENCE_SECONDS = 75  # longer than Weir lets a client wait for a connection
PROGRAM_SECONDS = sized(240, 900)


@dataclasses.dataclass(frozen=True)
class Driver:
    """`command` is a function that prepares what is needed, once, and returns the command line."""

    name: str
    command: object
    sources: tuple
    case_pattern: str  # of a line that declares a case
    pools: int  # of clients with equal start-up parameters: only these can share connections
    environment: tuple = ()

    @property
    def cases(self):
        return [
            name
            for source in self.sources
            for name in re.findall(
                self.case_pattern, source.read_text(encoding="utf-8"), re.MULTILINE
            )
        ]


@dataclasses.dataclass
class Run:
    clients: int
    said: dict  # case -> {client: "begun", "ok" or what broke}
    ending: str  # how the program ended, and the last of what else it printed
    reads_on_replicas: int = 0
    connections: int = 0  # that it left at the primary

    def broken(self, case):
        return {
            client: text for client, text in sorted(self.said.get(case, {}).items()) if text != "ok"
        }

    def verdict(self, case):
        """None where all clients that came to it said ok, else a text for people."""
        broken = self.broken(case)
        if case not in self.said:
            return f"no client came to it; {self.ending}"
        if not broken:
            return None
        lines = [f"{len(broken)} of {self.clients} clients failed"]
        lines += [
            f"client {client}: " + ("it did not end" if text == "begun" else text[:600])
            for client, text in list(broken.items())[:4]
        ]
        return "\n".join(lines)

    def unfinished(self, cases):
        """Cases that not all clients came to the end of."""
        return [
            case
            for case in cases
            if sum(text != "begun" for text in self.said.get(case, {}).values()) != self.clients
        ]


def run(driver, surroundings, target, clients):
    dbname = surroundings.database(f"{driver.name}_{target}", clients)
    environment = {
        **surroundings.environment(target, dbname),
        "CLIENTS": str(clients),
        **dict(driver.environment),
    }
    said, other, how = {}, [], _Listening(driver.command(), environment)
    for line in how.lines():
        parts = line.split("\t")
        if len(parts) == 3 and parts[1].isdigit():
            said.setdefault(parts[0], {})[int(parts[1])] = parts[2]
        else:
            other.append(line[:300])
    made = Run(clients, said, f"the program {how.ended}; it printed:\n" + "\n".join(other[-30:]))
    wait_until(
        lambda: surroundings.running(dbname) == [], f"nothing of {driver.name} runs any more", 20
    )
    made.reads_on_replicas = surroundings.reads_on_replicas(dbname)
    made.connections = surroundings.connections(dbname)
    return made


class _Listening:
    """Lines of a process as they come; it is ended when none comes for long."""

    def __init__(self, arguments, environment):
        self.process = subprocess.Popen(
            [str(part) for part in arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.ended = ""

    def lines(self):
        deadline, rest = time.monotonic() + PROGRAM_SECONDS, b""
        with self.process, selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                patience = min(SILENCE_SECONDS, deadline - time.monotonic())
                if patience <= 0 or not selector.select(patience):
                    self.process.kill()
                    self.ended = "hung and was ended"
                    return
                piece = os.read(self.process.stdout.fileno(), 65536)
                if not piece:
                    break
                *whole, rest = (rest + piece).split(b"\n")
                yield from (line.decode(errors="replace") for line in whole)
        yield rest.decode(errors="replace")
        self.ended = f"ended with {self.process.returncode}"
