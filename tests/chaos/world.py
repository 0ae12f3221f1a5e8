"""A cluster with a synchronous replica, gates, Weir and the clients: what faults are played on."""
import contextlib
import os
import pathlib
import shutil
import signal
import tempfile
import time

import psycopg
from psycopg.rows import dict_row

from clients import BIG_ROWS, REGISTERS, TABLES, Writer, company
from history import workload
from node_gate import Gates
from notebook import Notebook, Outcome
from stage import Stage
from support.cluster_command import processes_in
from support.places import free_port
from support.real_cluster import RealCluster
from support.waiting import wait_until
from support.weir_process import BROKEN, WeirProcess

WORK_SECONDS = 40
POOL_SIZE = 12
CONFIGURATION = {
    "pool": {"size": POOL_SIZE, "wait_timeout_ms": 20000},
    "server": {"drain_timeout_ms": 3000},
    "database": {"app_session": {"cluster": "main", "dbname": "app", "mode": "session"}},
}


class World:
    """`primary`: the name of the node that is it now; faults keep it true."""

    session_mode = ("app_session",)

    def __init__(self, cluster, gates, weir, dice, clients_seed):
        self.cluster, self.gates, self.weir, self.dice = cluster, gates, weir, dice
        self.primary = "primary"
        self.stage, self.notebook = Stage(), Notebook()
        self.clients = company(weir, self.stage, self.notebook, clients_seed)
        self._make_tables()

    @property
    def replicas(self):
        return [name for name in self.cluster.nodes if name != self.primary]

    @property
    def writers(self):
        return [each.name for each in self.clients if isinstance(each, Writer)]

    def _make_tables(self):
        with self.cluster.connect() as session:
            session.execute(TABLES.format(rows=BIG_ROWS))
            session.execute(workload.TABLES.format(registers=REGISTERS))
            for each in self.clients:
                session.execute("insert into chaos_counter values (%s, 0)", (each.name,))
        self.wait_caught_up()

    def let_work(self, writes=60, reads=100):
        """Until the clients have had so many writes acknowledged, and so many reads, from now on."""
        begun, read = time.monotonic(), self.notebook.reads

        def done():
            fresh = sum(write.begun > begun and write.outcome is Outcome.ACKNOWLEDGED
                        for write in reversed(self.notebook.writes[-4 * writes - 100:]))
            return fresh >= writes and self.notebook.reads - read >= reads

        wait_until(done, f"{writes} writes and {reads} reads", WORK_SECONDS)

    def all_writers_since(self, moment):
        """When each writer first had a write acknowledged after that moment: the last of these times."""
        def firsts():
            found = {}
            for write in list(self.notebook.writes):
                if write.outcome is Outcome.ACKNOWLEDGED and write.ended > moment:
                    found.setdefault(write.client, write.ended)
            return found if len(found) == len(self.writers) else None

        return max(wait_until(firsts, "every writer writes again", WORK_SECONDS).values())

    def use_idle(self):
        self.stage.call_idle()
        wait_until(self.stage.have_answered, "the idle sessions answer", WORK_SECONDS)

    def wait_caught_up(self, seconds=60):
        position = self.cluster.value(self.primary, "select pg_current_wal_flush_lsn()::text")

        def there(node):
            with contextlib.suppress(psycopg.OperationalError):
                return self.cluster.value(node, "select pg_last_wal_replay_lsn() >= %s::pg_lsn", (position,))

        for node in self.replicas:
            wait_until(lambda: there(node), f"{node} has replayed {position}", seconds)

    def wait_for_nodes(self, count=3):
        """Until Weir has so many nodes up."""
        wait_until(lambda: self.weir.metric("weir_node_up") == count, f"Weir sees {count} nodes up", 30)

    def furthest_replica(self):
        """The one that has received most: what was acknowledged is there."""
        return max(self.replicas, key=lambda node: self.cluster.value(
            node, "select pg_last_wal_receive_lsn() - '0/0'::pg_lsn"))

    def command(self, *words):
        return self.cluster.command(*words)

    def bring_back(self, node):
        """As a replica of the primary that is now."""
        self.command("rejoin", node)
        self.wait_caught_up()
        self.wait_for_nodes()

    @contextlib.contextmanager
    def frozen(self, node):
        """All of its processes stand still, the one that would start others first."""
        pids = sorted(processes_in(f"{self.cluster.directory}/nodes/{node}"))
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                _signal(pid, signal.SIGCONT)

    def console(self):
        return self.weir.connect(dbname="weir", user="postgres", prepare_threshold=None, row_factory=dict_row)

    def rows_at(self, node):
        """What is there of the writers: [(client, number, how often)]."""
        return self.cluster.ask(node, "select client, number, count(*) from chaos_write group by 1, 2")

    def counters(self):
        return dict(self.cluster.ask(self.primary, "select client, n from chaos_counter"))


class ManyTimesWeir(WeirProcess):
    """It is started again and again on the same ports; each start has a log of its own."""

    starts = 0

    def start(self):
        self.starts += 1
        self.log_file = self.folder / f"weir-{self.starts}.log"
        return super().start()

    def crash(self):
        self.kill()
        assert not BROKEN.search(self.log()), self.tail(200)


@contextlib.contextmanager
def made(dice, seed):
    """Everything, with the clients at rest."""
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-chaos-", dir="/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        cluster = RealCluster(("--replicas", "2", "--sync")).up()
        stack.callback(cluster.down)
        gates = Gates(cluster, free_port)
        stack.callback(gates.close)
        weir = ManyTimesWeir(gates, folder, CONFIGURATION)
        stack.callback(weir.kill)
        weir.start().wait_for_nodes(3)
        world = World(cluster, gates, weir, dice, seed)
        world.stage.enter(world.clients)
        stack.callback(world.stage.end)
        try:
            yield world
        except BaseException:
            print(f"--- log of Weir, start {weir.starts}\n{weir.tail(80)}")
            _keep_logs(folder, cluster)
            raise
        world.stage.end()
        weir.stop()


def _keep_logs(folder, cluster):
    """Where WEIR_CHAOS_LOGS names a folder: what Weir and the servers said."""
    to = os.environ.get("WEIR_CHAOS_LOGS")
    if to:
        shutil.copytree(folder, f"{to}/weir", dirs_exist_ok=True)
        shutil.copytree(f"{cluster.directory}/log", f"{to}/nodes", dirs_exist_ok=True)


def _signal(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
