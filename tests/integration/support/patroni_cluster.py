"""Three nodes under a real Patroni, from replication_setup/patroni, as a RealCluster is for the tests."""
import json
import subprocess
import urllib.request

from .cluster_command import processes_in
from .places import ROOT
from .real_cluster import RealCluster
from .waiting import wait_until

PATRONI = ROOT / "replication_setup" / "patroni"
COMMAND_SECONDS = 200
# The shortest that Patroni allows with some room: a dead leader is replaced after 20 s at most.
TIMES = ("--ttl", "20", "--loop-wait", "2", "--retry-timeout", "5")


class PatroniCluster(RealCluster):
    """`nodes` by the names that Patroni has for its members."""

    def up(self):
        try:
            said = self.command("up", "--env", "--fast", *TIMES)
        except BaseException:
            self.down()
            raise
        values = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
        self.endpoints = values["WEIR_PATRONI_ENDPOINTS"].split(",")
        self.socket_dir = values["WEIR_PATRONI_SOCKETS"]
        self.nodes = {values[f"WEIR_PATRONI_NAME{i}"]: {"port": int(values[f"WEIR_PATRONI_PORT{i}"])}
                      for i in (1, 2, 3)}
        return self

    def members(self):
        """What Patroni says: {name: member}."""
        for endpoint in self.endpoints:
            try:
                with urllib.request.urlopen(f"{endpoint}/cluster", timeout=2) as answer:
                    return {each["name"]: each for each in json.load(answer)["members"]}
            except (OSError, ValueError):
                continue
        return {}

    def leader(self):
        """Its name; None while there is none."""
        return next((name for name, each in self.members().items()
                     if each["role"] == "leader" and each["state"] == "running"), None)

    def wait_for_leader(self, other_than=None):
        return wait_until(lambda: (found := self.leader()) != other_than and found, "there is a leader", 60)

    def wait_for_synchronous(self):
        """Until a commit is on two nodes before it is acknowledged."""
        wait_until(lambda: any(each["role"] == "sync_standby" for each in self.members().values()),
                   "a replica is synchronous", 60)

    def value(self, node, sql, parameters=None, dbname="app"):
        return super().value(self.leader() if node == "primary" else node, sql, parameters, dbname)

    def connect(self, node="primary", **more):
        return super().connect(self.wait_for_leader() if node == "primary" else node, **more)

    def processes(self, node):
        return processes_in(f"{self.directory}/nodes/{node}")

    def command(self, name, *arguments):
        done = subprocess.run([str(PATRONI), name, "--dir", self.directory, *arguments], capture_output=True,
                              text=True, timeout=COMMAND_SECONDS, check=False)
        if done.returncode != 0:
            raise AssertionError(f"patroni {name} failed: {done.stderr}")
        return done.stdout
