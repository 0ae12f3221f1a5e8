"""Who is compared: each is started, says its port and its process, and is ended. CPU and memory are those of the
process and of all below it."""
import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import typing

from support.places import BUILD, WEIR, free_port
from support.waiting import wait_until
from support.weir_process import WeirProcess

from . import configurations

POOL_SIZE = 20


class Running(typing.NamedTuple):
    port: int
    pid: typing.Optional[int]  # none: no process stands between client and server
    http_port: int = 0


def program(name):
    found = os.environ.get(name.upper()) or shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
    if not found:
        raise SystemExit(f"bench: there is no {name}: make bench installs it")
    return found


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def started(command, port, folder, run_as=None):
    """As that user where this one is root: what most of them want."""
    as_user = {}
    if run_as and os.geteuid() == 0:
        as_user = {"user": run_as, "group": pwd.getpwnam(run_as).pw_gid, "extra_groups": []}
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, run_as)
    with open(folder / "said", "wb") as said:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/", **as_user)
    try:
        wait_until(lambda: answers(port) or child.poll() is not None, f"{command[0]} listens")
        if child.poll() is not None:
            raise SystemExit(f"bench: {command[0]} ended: {(folder / 'said').read_text()}")
        yield Running(port, child.pid)
    finally:
        child.terminate()
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextlib.contextmanager
def direct(stage, _folder):
    yield Running(stage.node_port, None)


def pgbouncer(mode="transaction"):
    @contextlib.contextmanager
    def start(stage, folder):
        port = free_port()
        (folder / "users.txt").write_text('"app" "app"\n')
        (folder / "pgbouncer.ini").write_text(configurations.PGBOUNCER.format(
            node_port=stage.node_port, port=port, folder=folder, pool=POOL_SIZE, mode=mode,
            cert=stage.certificate, key=stage.key))
        with started([program("pgbouncer"), "-q", str(folder / "pgbouncer.ini")], port, folder,
                     stage.cluster.run_as) as running:
            yield running

    return start


@contextlib.contextmanager
def pgpool(stage, folder):
    port = free_port()
    nodes = "".join(configurations.PGPOOL_NODE.format(number=number, port=stage.cluster.port(name),
                                                      weight=0 if name == "primary" else 1)
                    for number, name in enumerate(stage.cluster.nodes))
    (folder / "pgpool.conf").write_text(configurations.PGPOOL.format(
        port=port, pcp_port=free_port(), folder=folder, nodes=nodes))
    (folder / "pool_passwd").write_text("app:TEXTapp\nweir:TEXTweir\n")
    (folder / "pool_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
    (folder / "pcp.conf").write_text("")
    command = [program("pgpool"), "-n", "-f", str(folder / "pgpool.conf"), "-a", str(folder / "pool_hba.conf"),
               "-F", str(folder / "pcp.conf")]
    with started(command, port, folder, stage.cluster.run_as) as running:
        yield running


@contextlib.contextmanager
def haproxy(stage, folder):
    port = free_port()
    (folder / "haproxy.cfg").write_text(configurations.HAPROXY.format(port=port, node_port=stage.node_port))
    with started([program("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")], port, folder) as running:
        yield running


def weir(nodes, workers=1, has_http=True, **more):
    """nodes: "primary" for the same work as PgBouncer's, "all" for what Weir is for. Splitting and session
    freshness are on in each."""
    @contextlib.contextmanager
    def start(stage, folder):
        names = list(stage.cluster.nodes) if nodes == "all" else ["primary"]
        ports = [stage.node_port if name == "primary" else stage.cluster.port(name) for name in names]
        process = WeirProcess(stage.cluster, folder, {
            "server": {"workers": workers, "max_clients": 12000, **({} if has_http else {"http": ""})},
            "tls": {"client": {"mode": "allow", "cert": str(stage.certificate), "key": str(stage.key)}},
            "cluster": {"main": {"nodes": [f"host=127.0.0.1 port={port}" for port in ports],
                                 "probe_interval_ms": 1000}},
            "pool": {"size": POOL_SIZE}, **more})
        try:
            process.start()
            if has_http:
                process.wait_for_nodes(len(names))
            yield Running(process.port, process.process.pid, process.http_port)
        finally:
            process.stop()

    return start


@contextlib.contextmanager
def observed(stage, folder):
    """Everything on that tells of Weir, and somebody there to look: /metrics each second, the dashboard open."""
    start = weir("all", log={"level": "info", "format": "json", "connections": True, "slow_statement_ms": 20})
    with start(stage, folder) as running, watched(running.http_port):
        yield running


@contextlib.contextmanager
def watched(port):
    """By a program of its own, whose CPU is not Weir's."""
    child = subprocess.Popen([sys.executable, "-B", str(pathlib.Path(__file__).with_name("watcher.py")), str(port)],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        assert child.stdout.readline() == b"watching\n"
        yield
    finally:
        child.terminate()
        child.wait()
        child.stdout.close()


CONTENDERS = {
    "direct": direct,
    "PgBouncer": pgbouncer(),
    "PgBouncer, sessions": pgbouncer("session"),
    "Pgpool-II": pgpool,
    "HAProxy": haproxy,
    "Weir, primary": weir("primary"),
    "Weir": weir("all"),
    "Weir, two workers": weir("primary", workers=2),
    "Weir, not observed": weir("all", has_http=False),
    "Weir, observed": observed,
}


@contextlib.contextmanager
def stub(cluster):
    """The port of a node that answers pgbench's SELECT at next to no cost."""
    port = free_port()
    child = subprocess.Popen([str(BUILD / "release" / "tests" / "bench_stub"), str(port), str(cluster.port())],
                             stdin=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port), "the stub listens")
        yield port
    finally:
        child.terminate()
        child.wait()


def versions():
    """A line for each program."""
    def first_line(*command):
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        return (said.stdout or said.stderr).splitlines()[0]

    return [first_line(str(WEIR), "--version"), first_line(program("pgbouncer"), "--version"),
            first_line(program("pgpool"), "--version"), first_line(program("haproxy"), "-v"),
            first_line("psql", "--version")]
