"""What is known of a cluster between two commands: a JSON file in its directory, and its lock."""
import contextlib
import dataclasses
import fcntl
import json
import os
import pwd
import tempfile
from typing import Optional

from .binaries import Binaries
from .errors import ClusterError, UsageError
from .server_owner import ServerOwner

STATE_FILE = "cluster.json"


@dataclasses.dataclass
class Node:
    """One server; `upstream` names the node it was told to follow, None for a primary.

    `branches` tells timelines of one number apart: see lineage.py.
    """

    name: str
    port: int
    upstream: Optional[str] = None
    delay_ms: int = 0
    branches: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Cluster:
    """The whole state file. `complete` turns true when `up` has finished."""

    directory: str
    bin_dir: str
    version: str
    run_as: str
    password: str
    probe_password: str
    fast: bool = False
    sync: bool = False
    fixed_ports: bool = False
    shop: str = ""  # which part of sql/ is loaded; empty: none
    complete: bool = False
    branches_begun: int = 0
    settings: list = dataclasses.field(default_factory=list)
    hba: list = dataclasses.field(default_factory=list)
    nodes: list = dataclasses.field(default_factory=list)
    made_directories: list = dataclasses.field(default_factory=list)

    @property
    def binaries(self):
        return Binaries(self.bin_dir, self.version)

    @property
    def owner(self):
        return ServerOwner.named(self.run_as) if os.geteuid() == 0 else ServerOwner.choose()

    @property
    def socket_dir(self):
        return os.path.join(self.directory, "run")

    @property
    def nodes_dir(self):
        return os.path.join(self.directory, "nodes")

    @property
    def log_dir(self):
        return os.path.join(self.directory, "log")

    def data_dir(self, node):
        return os.path.join(self.nodes_dir, node.name)

    def log_file(self, node):
        return os.path.join(self.log_dir, f"{node.name}.log")

    def node(self, wanted):
        """By name, or by number: 0 is the node named primary, 1 is replica1, ..."""
        for number, node in enumerate(self.nodes):
            if wanted in (node.name, str(number)):
                return node
        names = ", ".join(node.name for node in self.nodes)
        raise UsageError(f"there is no node '{wanted}': the nodes of {self.directory} are {names}")

    def save(self):
        path = os.path.join(self.directory, STATE_FILE)
        with open(path + ".new", "w", encoding="utf-8",
                  opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            json.dump(dataclasses.asdict(self), file, indent=2)
        os.replace(path + ".new", path)


def default_directory():
    """$WEIR_CLUSTER_DIR, else one stable place per user that the servers can enter."""
    if os.environ.get("WEIR_CLUSTER_DIR"):
        return os.environ["WEIR_CLUSTER_DIR"]
    if os.geteuid() == 0:
        return "/var/lib/weir-cluster"
    home = os.path.expanduser("~")
    if os.path.isdir(home) and os.access(home, os.W_OK):
        return os.path.join(home, ".weir-cluster")
    return os.path.join(tempfile.gettempdir(), f"weir-cluster-{os.geteuid()}")


def exists(directory):
    return os.path.exists(os.path.join(directory, STATE_FILE))


def load(directory):
    path = os.path.join(directory, STATE_FILE)
    try:
        with open(path, encoding="utf-8") as file:
            fields = json.load(file)
        fields["nodes"] = [Node(**node) for node in fields["nodes"]]
        return Cluster(**fields)
    except FileNotFoundError:
        raise ClusterError(f"there is no cluster in {directory}: make one with 'cluster up', or "
                           "name its directory with --dir") from None
    except PermissionError:
        raise ClusterError(f"{path} belongs to another user: run this as that user or "
                           "as root") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ClusterError(f"{path} cannot be read ({error}): end its servers by hand and remove "
                           "the directory") from None


def become_the_owner_of(directory):
    """Root acts on somebody else's cluster as that person: its state file is not trusted."""
    try:
        uid = os.stat(os.path.join(directory, STATE_FILE)).st_uid
    except OSError:
        return
    if os.geteuid() != 0 or uid == 0:
        return
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise ClusterError(f"{directory} belongs to user id {uid}, who has no name on this "
                           "machine: remove it by hand") from None
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(uid)


@contextlib.contextmanager
def locked(directory):
    """One command at a time changes a cluster; a second one waits for the first."""
    try:
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        raise ClusterError(f"there is no cluster in {directory}: make one with 'cluster up', or "
                           "name its directory with --dir") from None
    except OSError as error:
        raise ClusterError(f"{directory} cannot be used ({error.strerror}): choose another "
                           "--dir") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
