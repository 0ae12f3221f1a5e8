"""What can be done to the servers while the demo runs, by a key or by `replication_setup/demo ACTION`."""
import signal
import subprocess

from .programs import CLUSTER

KEYS = {"k": "kill", "b": "back", "p": "pause", "f": "failover", "a": "add"}
WORDS = {"kill": "kill a replica", "back": "bring back whatever is down", "pause": "stop a replica's replay, or go on with it",
         "failover": "kill the primary and promote a replica", "add": "add a replica"}


class Actions:
    """Each returns a sentence that says what was done. By one thread at a time."""

    def __init__(self, stack):
        self.stack = stack
        self.down, self.paused = [], None
        self.disturbed = False

    def do(self, name):
        if name not in WORDS:
            return f"there is no action '{name}': {', '.join(WORDS)}"
        try:
            return getattr(self, name)()
        except RuntimeError as error:
            return f"{name}: {error}"

    def _cluster(self, *arguments):
        done = subprocess.run([str(CLUSTER), *arguments, "--dir", str(self.stack.directory)], check=False,
                              capture_output=True, text=True, start_new_session=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it failed")
        return done.stdout.strip().replace("\n", "; ")

    def _roles(self):
        """{node: "primary" or "replica"} of those that run."""
        return {node["name"]: node["role"] for node in self.stack.read_status() if node["state"] == "up"}

    def _a_replica(self):
        running = [name for name, role in self._roles().items() if role == "replica" and name != self.paused]
        if not running:
            raise RuntimeError("no replica runs")
        return running[-1]

    def kill(self):
        self.disturbed = True
        name = self._a_replica()
        said = self._cluster("stop", name, "--crash")
        self.down.append(name)
        return f"{said}: its reads go to others"

    def back(self):
        if not self.down:
            return "everything runs"
        name = self.down.pop()
        said = self._cluster("start" if name in self._followers() else "rejoin", name)
        return said

    def _followers(self):
        """Nodes that follow a primary that runs: they need no more than to be started."""
        primaries = {name for name, role in self._roles().items() if role == "primary"}
        return {node["name"] for node in self.stack.read_status() if node.get("upstream") in primaries}

    def pause(self):
        if self.paused:
            name, self.paused = self.paused, None
            return f"{self._cluster('resume', name)}: it is read from again when it has caught up"
        name = self._a_replica()
        said = self._cluster("pause", name)
        self.paused = name
        return f"{said}: sessions that have seen more are not sent there"

    def failover(self):
        self.disturbed = True
        roles = self._roles()
        old = next((name for name, role in roles.items() if role == "primary"), None)
        if old is None or "replica" not in roles.values():
            raise RuntimeError("it takes a primary and a replica that run")
        new = self._a_replica()
        self._cluster("stop", old, "--crash")
        self.down.append(old)
        return f"{old} has crashed; {self._cluster('promote', new)}"

    def add(self):
        said = self._cluster("add")
        self.stack.read_nodes()
        self.stack.write_configuration()
        self.stack.weir.child.send_signal(signal.SIGHUP)
        return f"{said}; Weir reads its configuration again"
