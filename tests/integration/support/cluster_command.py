"""replication_setup/cluster as its tests use it: a directory, short words for what is done to it."""
import glob
import json
import os
import re
import subprocess
import sys

import psycopg

from support.places import CLUSTER
from support.waiting import wait_until

COMMAND_SECONDS = 80


def run(*arguments):
    return subprocess.run([sys.executable, CLUSTER, *map(str, arguments)], check=False,
                          capture_output=True, text=True, timeout=COMMAND_SECONDS, cwd="/")


def processes_in(directory):
    """Those whose working directory is there: the servers, and what starts them."""
    found = []
    for link in glob.glob("/proc/[0-9]*/cwd"):
        try:
            if os.readlink(link).startswith(str(directory)):
                found.append(int(link.split("/")[2]))
        except OSError:
            continue
    return found


class ClusterCommand:
    """One cluster. `primary`, `first` and `second` are the nodes' names by their present roles."""

    def __init__(self, directory):
        self.directory = directory
        self.primary, self.first, self.second = "primary", "replica1", "replica2"

    def __call__(self, *arguments):
        """What a command that must succeed prints."""
        done = run(arguments[0], "--dir", self.directory, *arguments[1:])
        assert done.returncode == 0, done
        return done.stdout

    def refused(self, *arguments):
        """The one sentence of a command that must fail, with its exit status."""
        done = run(arguments[0], "--dir", self.directory, *arguments[1:])
        assert done.returncode in (1, 2), done
        assert re.fullmatch(r"(PostgreSQL .*\n|making .*\n)*cluster: .+\n", done.stderr), done
        return done.returncode, done.stderr.splitlines()[-1]

    def nodes(self):
        return {node["name"]: node for node in json.loads(self("status", "--json"))["nodes"]}

    def sql(self, node, text, user="postgres", password="postgres", dbname="postgres"):
        state = json.loads((self.directory / "cluster.json").read_text(encoding="utf-8"))
        port = next(each["port"] for each in state["nodes"] if each["name"] == node)
        with psycopg.connect(host="127.0.0.1", port=port, user=user, password=password,
                             dbname=dbname, autocommit=True, connect_timeout=10) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else None

    def wait_for(self, node, text, wanted):
        def found():
            try:
                return self.sql(node, text) == wanted
            except psycopg.errors.UndefinedTable:
                return False  # not yet replayed
        wait_until(found, f"{node} says {wanted} to {text}", seconds=30)

    def write(self, node, value):
        self.sql(node, "CREATE TABLE IF NOT EXISTS seen(v int)")
        self.sql(node, f"INSERT INTO seen VALUES ({value})")

    def mend(self):
        """One primary and two replicas that follow it, whatever a test left; an empty table."""
        nodes = self.nodes()
        running = [node for node in nodes.values() if node["role"] == "primary"]
        self.primary = max(running, key=lambda node: node["timeline"])["name"]
        for name, node in nodes.items():
            if name != self.primary:
                self._mend_replica(name, node, nodes[self.primary])
        self.first, self.second = [name for name in nodes if name != self.primary]
        self.sql(self.primary, "DROP TABLE IF EXISTS seen")
        for name in (self.first, self.second):
            self.wait_for(name, "SELECT to_regclass('seen')", [(None,)])

    def _mend_replica(self, name, node, primary):
        if node["delay_ms"]:
            self("lag", name, 0)
        if node["paused"]:
            self("resume", name)
        if node["timeline"] != primary["timeline"] or node["upstream"] != primary["name"]:
            self("rejoin", name)
