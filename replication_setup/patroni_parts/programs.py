"""The programs of a set-up: started apart from this one, found again by the directory that they work in."""
import glob
import os
import signal
import subprocess

from pgcluster.errors import ClusterError
from pgcluster.waiting import wait_until

from .layout import HOST, SCOPE

END_SECONDS = 60


def check():
    """Raises, with what is to be installed, where a program is missing."""
    for program in ("patroni", "patronictl", "etcd"):
        if not any(os.access(os.path.join(folder, program), os.X_OK) for folder in os.environ["PATH"].split(":")):
            raise ClusterError(f"'{program}' is not installed: run cmake/packages patroni (Debian's patroni, "
                               "etcd-server and etcd-client; none of them is started)")


def start_etcd(layout, node):
    peers = ",".join(f"{each.name}=http://{HOST}:{each.etcd_peer}" for each in layout.nodes)
    _start(layout, layout.of_etcd(node), layout.log("etcd", node), [
        "etcd", "--name", node.name, "--data-dir", layout.of_etcd(node, "data"),
        "--listen-client-urls", f"http://{HOST}:{node.etcd_client}",
        "--advertise-client-urls", f"http://{HOST}:{node.etcd_client}",
        "--listen-peer-urls", f"http://{HOST}:{node.etcd_peer}",
        "--initial-advertise-peer-urls", f"http://{HOST}:{node.etcd_peer}",
        "--initial-cluster", peers, "--initial-cluster-state", "new", "--logger", "zap",
        *(["--unsafe-no-fsync"] if layout.fast and _has_unsafe() else [])])


def start_patroni(layout, node):
    _start(layout, layout.of_node(node), layout.log("patroni", node),
           ["patroni", layout.of_node(node, "patroni.yml")])


def patronictl(layout, *arguments):
    """What it prints; a fault where it fails."""
    done = subprocess.run(["patronictl", "-c", layout.configuration, *arguments], capture_output=True, text=True,
                          check=False, stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode != 0:
        raise ClusterError(f"patronictl {' '.join(arguments)} failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def switch_over(layout, leader, candidate):
    return patronictl(layout, "switchover", SCOPE, "--leader", leader, "--candidate", candidate, "--force")


def stop(directory):
    """In order: Patroni stops its server."""
    first = _of(directory, exactly=True)
    for pid in first:
        _signal(pid, signal.SIGTERM)
    wait_until(lambda: not _of(directory), END_SECONDS, f"what runs in {directory} has not ended")


def kill(directory):
    """All at once, whoever would start others first; nothing is flushed."""
    while found := sorted(_of(directory)):
        for pid in found:
            _signal(pid, signal.SIGKILL)
        wait_until(lambda gone=found: not set(gone) & set(_of(directory)), END_SECONDS,
                   f"processes in {directory} survive SIGKILL")


def runs(directory):
    return bool(_of(directory))


def _start(layout, directory, log, command):
    with open(log, "ab") as out:
        subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                         start_new_session=True, env={**os.environ, "LC_ALL": "C.UTF-8", "HOME": directory},
                         **layout.owner.process_options())


def _has_unsafe():
    said = subprocess.run(["etcd", "--help"], capture_output=True, text=True, check=False)
    return "--unsafe-no-fsync" in said.stdout + said.stderr


def _of(directory, exactly=False):
    """Processes that work in it (a server works in its data directory)."""
    found = []
    for link in glob.glob("/proc/[0-9]*/cwd"):
        try:
            where = os.readlink(link)
        except OSError:
            continue
        if where == directory or (not exactly and where.startswith(directory + "/")):
            found.append(int(link.split("/")[2]))
    return [pid for pid in found if pid != os.getpid()]


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
