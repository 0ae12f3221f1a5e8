"""Who is compared: each is started, says its port and its process, and is ended."""
import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess

from support.places import free_port
from support.waiting import wait_until
from support.weir_process import WeirProcess

POOL_SIZE = 20

PGBOUNCER_INI = """
[databases]
* = host=127.0.0.1 port={node_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {pool}
max_client_conn = 1000
ignore_startup_parameters = extra_float_digits
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


@contextlib.contextmanager
def direct(cluster, _folder):
    yield cluster.port(), None


@contextlib.contextmanager
def pgbouncer(cluster, folder):
    program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
    if not program:
        raise SystemExit("bench: there is no pgbouncer: make bench installs it")
    port = free_port()
    (folder / "users.txt").write_text('"app" "app"\n')
    (folder / "pgbouncer.ini").write_text(PGBOUNCER_INI.format(
        node_port=cluster.port(), port=port, folder=folder, pool=POOL_SIZE))
    # It refuses to run as root.
    as_user = {"user": cluster.run_as, "group": pwd.getpwnam(cluster.run_as).pw_gid,
               "extra_groups": []} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(folder, cluster.run_as)
    child = subprocess.Popen([program, "-q", str(folder / "pgbouncer.ini")], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **as_user)
    try:
        wait_until(lambda: answers(port), "PgBouncer listens")
        yield port, child.pid
    finally:
        child.terminate()
        child.wait()


def weir(nodes):
    """nodes: "primary" for the same work as PgBouncer's, "all" for what Weir is for."""
    @contextlib.contextmanager
    def start(cluster, folder):
        names = list(cluster.nodes) if nodes == "all" else ["primary"]
        process = WeirProcess(cluster, folder, {
            "server": {"workers": 1},  # PgBouncer has one thread
            "cluster": {"main": {"nodes": [cluster.conninfo(name) for name in names]}},
            "pool": {"size": POOL_SIZE}})
        try:
            process.start().wait_for_nodes(len(names))
            yield process.port, process.process.pid
        finally:
            process.stop()

    return start


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


CONTENDERS = {
    "direct": direct,
    "PgBouncer": pgbouncer,
    "Weir, primary alone": weir("primary"),
    "Weir, two replicas": weir("all"),
}


def cpu_seconds(pid):
    """User and system time of a process up to now."""
    if pid is None:
        return None
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
