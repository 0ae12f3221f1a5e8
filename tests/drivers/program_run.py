"""One run of a driver's program by many clients at once, and what it said of each case."""
import dataclasses
import re
import subprocess

from support.places import sized
from support.waiting import wait_until

DIRECT_SECONDS, WEIR_SECONDS = 120, sized(240, 900)


@dataclasses.dataclass(frozen=True)
class Driver:
    """`command` is a function that prepares what is needed, once, and returns the command line."""

    name: str
    command: object
    sources: tuple
    case_pattern: str  # of a line that declares a case
    reads_on_replicas: bool = True
    environment: tuple = ()

    @property
    def cases(self):
        return [name for source in self.sources
                for name in re.findall(self.case_pattern, source.read_text(encoding="utf-8"), re.MULTILINE)]


@dataclasses.dataclass
class Run:
    clients: int
    said: dict          # case -> {client: "ok" or what broke}
    output: str         # the end of what it printed otherwise
    reads_on_replicas: int
    connections: int    # that it left at the primary

    def verdict(self, case):
        """None where all clients said ok, else a text for people."""
        answers = self.said.get(case, {})
        broken = {client: text for client, text in sorted(answers.items()) if text != "ok"}
        silent = self.clients - len(answers)
        if not broken and not silent:
            return None
        lines = [f"{len(broken)} of {self.clients} clients failed, {silent} did not come to it"]
        lines += [f"client {client}: {text[:600]}" for client, text in list(broken.items())[:4]]
        return "\n".join([*lines, self.output]) if silent or not broken else "\n".join(lines)


def run(driver, surroundings, target, clients):
    dbname = surroundings.database(f"{driver.name}_{target}", clients)
    environment = {**surroundings.environment(target, dbname), "CLIENTS": str(clients),
                   **dict(driver.environment)}
    printed, ended = _output(driver.command(), environment,
                             DIRECT_SECONDS if target == "direct" else WEIR_SECONDS)
    said, other = {}, []
    for line in printed.splitlines():
        parts = line.split("\t")
        if len(parts) == 3 and parts[1].isdigit():
            said.setdefault(parts[0], {})[int(parts[1])] = parts[2]
        else:
            other.append(line)
    output = f"the program {ended}; it printed:\n" + "\n".join(other[-40:])
    wait_until(lambda: surroundings.running(dbname) == [], f"nothing of {driver.name} runs any more", 20)
    return Run(clients, said, output, surroundings.reads_on_replicas(dbname),
               surroundings.connections(dbname))


def _output(arguments, environment, seconds):
    try:
        done = subprocess.run([str(part) for part in arguments], env=environment, capture_output=True,
                              timeout=seconds, check=False)
        return (done.stdout + done.stderr).decode(errors="replace"), f"ended with {done.returncode}"
    except subprocess.TimeoutExpired as over:
        printed = (over.stdout or b"") + (over.stderr or b"")
        return printed.decode(errors="replace"), f"was ended after {seconds} s"
