"""Where everything of one set-up is, on which ports, and the files that it is made of."""
import dataclasses
import json
import os
import string

from pgcluster.errors import ClusterError
from pgcluster.server_owner import ServerOwner

HOST = "127.0.0.1"
STATE_FILE = "patroni.json"
TEMPLATES = os.path.join(os.path.dirname(os.path.realpath(__file__)), "templates")
SCOPE = "weir"


@dataclasses.dataclass
class Node:
    """Of PostgreSQL, its Patroni, and the etcd beside it."""

    name: str
    port: int
    rest_port: int
    etcd_client: int
    etcd_peer: int


@dataclasses.dataclass
class Layout:
    """What up() has chosen; kept in a file for the other commands."""

    directory: str
    bin_dir: str
    run_as: str
    nodes: list
    password: str = "postgres"
    probe_password: str = "weir"
    synchronous: bool = True
    fast: bool = False
    ttl: int = 30
    loop_wait: int = 10
    retry_timeout: int = 10

    @property
    def owner(self):
        if os.geteuid() == 0:
            return ServerOwner.named(self.run_as)
        return ServerOwner(os.geteuid(), os.getegid(), self.run_as)

    def node(self, name):
        for node in self.nodes:
            if node.name == name:
                return node
        raise ClusterError(f"there is no node '{name}': they are {', '.join(n.name for n in self.nodes)}")

    def of_node(self, node, *more):
        return os.path.join(self.directory, "nodes", node.name, *more)

    def of_etcd(self, node, *more):
        return os.path.join(self.directory, "etcd", node.name, *more)

    def log(self, program, node):
        return os.path.join(self.directory, "log", f"{program}-{node.name}.log")

    @property
    def configuration(self):
        """One node's is as good as another's for patronictl."""
        return self.of_node(self.nodes[0], "patroni.yml")

    @property
    def endpoints(self):
        return [f"http://{HOST}:{node.rest_port}" for node in self.nodes]

    def save(self):
        path = os.path.join(self.directory, STATE_FILE)
        with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            json.dump(dataclasses.asdict(self), file, indent=1)

    def write_files(self):
        for node in self.nodes:
            values = self._values(node)
            self._write("patroni.yml", self.of_node(node, "patroni.yml"), values)
            self._write("roles.sh", self.of_node(node, "roles.sh"), values)
        self._write("weir.toml", os.path.join(self.directory, "weir.toml"), self._values(self.nodes[0]))
        with open(os.path.join(self.directory, "users.txt"), "w", encoding="utf-8",
                  opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(f'"app" "app"\n"postgres" "{self.password}"\n')

    def _values(self, node):
        return {
            "scope": SCOPE, "name": node.name, "host": HOST, "network": f"{HOST}/32",
            "port": node.port, "rest_port": node.rest_port, "directory": self.of_node(node),
            "etcd_hosts": ", ".join(f'"{HOST}:{each.etcd_client}"' for each in self.nodes),
            "endpoints": ", ".join(f'"{each}"' for each in self.endpoints),
            "ttl": self.ttl, "loop_wait": self.loop_wait, "retry_timeout": self.retry_timeout,
            "synchronous": "true" if self.synchronous else "false", "fsync": "off" if self.fast else "on",
            "roles": self.of_node(node, "roles.sh"), "bin_dir": self.bin_dir,
            "password": json.dumps(self.password), "probe_password": self.probe_password,
            "sockets": os.path.join(self.directory, "run"),
        }

    def _write(self, template, path, values):
        with open(os.path.join(TEMPLATES, template), encoding="utf-8") as file:
            text = string.Template(file.read()).substitute(values)
        with open(path, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(text)
        os.chown(path, self.owner.uid, self.owner.gid)


def load(directory):
    try:
        with open(os.path.join(directory, STATE_FILE), encoding="utf-8") as file:
            state = json.load(file)
    except FileNotFoundError:
        raise ClusterError(f"there is nothing in {directory}: make it with 'patroni up', or give another "
                           "--dir") from None
    state["nodes"] = [Node(**node) for node in state["nodes"]]
    return Layout(**state)
