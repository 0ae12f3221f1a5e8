"""One node as a process: started, asked, stopped, killed. Knows nothing of replication."""
import os
import re
import signal
import subprocess

from . import settings
from .errors import ClusterError, PortTaken
from .sql_session import CANNOT_CONNECT_NOW, SqlError, SqlSession
from .waiting import holds_within, wait_until

START_SECONDS = 60
STOP_SECONDS = 30
KILL_SECONDS = 10
REASON_LINES = 3
PROGRAMS = ("initdb", "pg_basebackup", "pg_rewind")
GONE = " (deleted)"  # the kernel's mark behind a path that is no more
LOG_PREFIX = re.compile(r"^\S+ \S+ \S+ \[\d+\] (\S+@\S+ )?")


def clean_environment():
    """The user's PGPORT, PGDATA, PGOPTIONS ... must not reach the servers."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("PG") and not name.startswith("LC_")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def run(cluster, *command):
    """Runs a PostgreSQL program as the servers' user; returns its standard error on failure."""
    done = subprocess.run(command, cwd=cluster.directory, env=clean_environment(), check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, **cluster.owner.process_options())
    return None if done.returncode == 0 else (done.stderr.strip() or f"status {done.returncode}")


def session(cluster, node, database="postgres", timeout=10.0):
    return SqlSession(cluster.socket_dir, node.port, database, timeout)


def start(cluster, node):
    """Returns when the node answers queries; raises with the server's own words otherwise."""
    launch(cluster, node)()


def launch(cluster, node):
    """Begins to start the node; the function returned waits until it answers, or raises."""
    settings.write(cluster, node)
    forget_a_dead_server(cluster, node)
    path = cluster.log_file(node)
    with open(path, "ab") as log:
        before = log.tell()
        command = [cluster.binaries.path("postgres"), "-D", cluster.data_dir(node)]
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            command, cwd=cluster.directory, env=clean_environment(), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, **cluster.owner.process_options())

    def ready_or_ended():
        return process.poll() is not None or _says_ready(cluster, node, process.pid)

    def finish():
        waited = holds_within(ready_or_ended, START_SECONDS)
        if process.poll() is not None:
            _raise_why(cluster, node, before)
        if not waited:
            raise ClusterError(f"{node.name} did not answer within {START_SECONDS} s: see {path}")

    return finish


def answers(cluster, node):
    try:
        with session(cluster, node, timeout=2.0) as asked:
            asked.rows("SELECT 1")
        return True
    except (OSError, SqlError):
        return False


def state(cluster, node):
    """'up', 'down', 'starting' or 'silent' (a process that does not answer)."""
    if not postmaster(cluster, node):
        return "down"
    try:
        with session(cluster, node, timeout=2.0) as asked:
            asked.rows("SELECT 1")
        return "up"
    except SqlError as error:
        return "starting" if error.code == CANNOT_CONNECT_NOW else "silent"
    except (FileNotFoundError, ConnectionRefusedError):
        return "starting"
    except OSError:
        return "silent"


def postmaster(cluster, node):
    """The process id of the running server, or None; a pid file alone proves nothing."""
    pid = _pid_in_file(cluster, node)
    return pid if pid and pid in processes(cluster, node) else None


def processes(cluster, node):
    """Every live process of this node: a PostgreSQL server that works in its directory."""
    return _running(cluster, cluster.data_dir(node), ("postgres",))


def end_programs(cluster):
    """Of an `up` or `rejoin` that was killed its programs may still run, and write."""
    def all_gone():
        left = _running(cluster, cluster.directory, PROGRAMS)
        for pid in left:
            _signal(pid, signal.SIGKILL)
        return not left
    wait_until(all_gone, KILL_SECONDS, f"programs in {cluster.directory} could not be ended")


def reload(cluster, node):
    pid = postmaster(cluster, node)
    if pid:
        os.kill(pid, signal.SIGHUP)


def stop(cluster, node):
    """A fast shutdown: transactions are rolled back, replicas get all WAL. Returns when ended."""
    pid = postmaster(cluster, node)
    if not pid:
        return False
    os.kill(pid, signal.SIGINT)
    wait_until(lambda: not processes(cluster, node), STOP_SECONDS,
               f"{node.name} did not stop within {STOP_SECONDS} s: use 'stop {node.name} --crash'")
    return True


def kill(cluster, node):
    """As a crash of the machine: nothing is flushed, no client and no standby is told."""
    pid = _pid_in_file(cluster, node)
    victims = processes(cluster, node)
    if not victims:
        return False
    # The postmaster first, so that it starts nothing new and tells nobody.
    for victim in sorted(victims, key=lambda each: each != pid):
        _signal(victim, signal.SIGKILL)

    def all_gone():
        left = processes(cluster, node)
        for each in left:
            _signal(each, signal.SIGKILL)
        return not left

    wait_until(all_gone, KILL_SECONDS, f"processes of {node.name} could not be ended")
    return True


def _signal(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _pid_file(cluster, node):
    """Its lines; the first is the process id, the eighth the state."""
    try:
        with cluster.owner.acting(), open(
                os.path.join(cluster.data_dir(node), "postmaster.pid"), "rb") as file:
            return [line.strip() for line in file.read().split(b"\n")]
    except OSError:
        return []


def _pid_in_file(cluster, node):
    lines = _pid_file(cluster, node)
    return int(lines[0]) if lines and lines[0].isdigit() else None


def _says_ready(cluster, node, pid):
    """Asking by connections would fill the log of a server that is starting."""
    lines = _pid_file(cluster, node)
    return len(lines) > 7 and lines[0] == str(pid).encode() and lines[7] in (b"ready", b"standby") \
        and answers(cluster, node)


def forget_a_dead_server(cluster, node):
    """After a crash the process id in the lock files may be another program's, or a zombie's."""
    if processes(cluster, node):
        return
    with cluster.owner.acting():
        for path in (os.path.join(cluster.data_dir(node), "postmaster.pid"),
                     os.path.join(cluster.socket_dir, f".s.PGSQL.{node.port}.lock")):
            try:
                os.unlink(path)
            except FileNotFoundError:
                pass  # it was stopped, not killed


def _running(cluster, folder, names):
    """Process ids of these of the cluster's programs that work in the folder."""
    programs = [os.path.realpath(cluster.binaries.path(name)) for name in names]
    with cluster.owner.acting():  # root in a container may not look into others' /proc entries
        return [int(entry) for entry in os.listdir("/proc")
                if entry.isdigit() and _works_in(entry, folder, programs)]


def _works_in(pid, folder, programs):
    try:
        cwd, program = os.readlink(f"/proc/{pid}/cwd"), os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return False  # ended, a zombie, or somebody else's
    inside = cwd.removesuffix(GONE) == folder or cwd.startswith(folder + "/")
    return inside and program.removesuffix(GONE) in programs


def _raise_why(cluster, node, offset):
    """In the server's own words; its log goes when `up` fails, so they must be enough."""
    with open(cluster.log_file(node), "rb") as file:
        file.seek(offset)
        lines = file.read().decode("utf-8", "replace").splitlines()
    if any("Address already in use" in line for line in lines):
        raise PortTaken(f"port {node.port} of {node.name} is taken: end what listens there, or "
                        "make the cluster anew with another --port")
    end = next((i for i, line in enumerate(lines) if "FATAL:" in line or "PANIC:" in line),
               len(lines) - 1)
    # The lines before say what was wrong where the last one only says that something was.
    first = end - REASON_LINES + 1 if "contains errors" in "".join(lines) else end
    said = [LOG_PREFIX.sub("", line) for line in lines[max(first, 0):end + 1]]
    raise ClusterError(f"{node.name} did not start: {'; '.join(said) or 'it said nothing'}")
