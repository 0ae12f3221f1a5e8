"""A primary and two replicas from replication_setup/cluster, and what a test asks them directly."""
import contextlib
import json
import shutil
import subprocess
import tempfile

import psycopg

from .places import CLUSTER
from .waiting import wait_until

COMMAND_SECONDS = 180


class RealCluster:
    """Made by up(), removed by down(). Sessions of connect() go past Weir."""

    def __init__(self, arguments=("--replicas", "2")):
        # Directly under /tmp: the servers run as another user than root and must get there.
        self.parent = tempfile.mkdtemp(prefix="weir-it-", dir="/tmp")
        subprocess.run(["chmod", "755", self.parent], check=True)
        self.directory = f"{self.parent}/cluster"
        self.arguments = arguments
        self.nodes = {}
        self.socket_dir = None
        self._sessions = {}

    def up(self):
        try:
            self.command("up", "--fast", *self.arguments)
            status = json.loads(self.command("status", "--json"))
        except BaseException:
            self.down()
            raise
        self.nodes = {node["name"]: node for node in status["nodes"]}
        self.socket_dir = status["socket_dir"]
        self.run_as = status["run_as"]
        return self

    def down(self):
        for session in self._sessions.values():
            session.close()
        self._sessions.clear()
        try:
            self.command("down")
        finally:
            shutil.rmtree(self.parent, ignore_errors=True)

    @property
    def replicas(self):
        return [name for name in self.nodes if name != "primary"]

    def port(self, node="primary"):
        return self.nodes[node]["port"]

    def conninfo(self, node):
        return f"host=127.0.0.1 port={self.port(node)}"

    def connect(self, node="primary", dbname="app", user="app", **more):
        """A session of its own, in autocommit; the caller closes it."""
        password = {"app": "app", "postgres": "postgres", "weir": "weir"}[user]
        return psycopg.connect(host="127.0.0.1", port=self.port(node), dbname=dbname, user=user,
                               password=password, autocommit=True, **more)

    def ask(self, node, sql, parameters=None, dbname="app"):
        """Rows, by a session as superuser that is kept for all questions."""
        session = self._observer(node, dbname)
        try:
            cursor = session.execute(sql, parameters)
        except psycopg.OperationalError:
            if not session.closed:
                raise
            # The node was stopped and started since the last question.
            cursor = self._observer(node, dbname).execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []

    def _observer(self, node, dbname):
        session = self._sessions.get((node, dbname))
        if session is None or session.closed:
            session = self._sessions[node, dbname] = psycopg.connect(
                host=self.socket_dir, port=self.port(node), dbname=dbname, user="postgres",
                autocommit=True, application_name="weir-test-observer", prepare_threshold=None)
        return session

    def value(self, node, sql, parameters=None, dbname="app"):
        return self.ask(node, sql, parameters, dbname)[0][0]

    def wait_caught_up(self, seconds=60):
        """Until both replicas show all that the primary has flushed."""
        position = self.value("primary", "select pg_current_wal_flush_lsn()::text")
        for node in self.replicas:
            wait_until(lambda: self.value(node, "select pg_last_wal_replay_lsn() >= %s::pg_lsn",
                                          (position,)), f"{node} has replayed {position}", seconds)

    def forget_statements(self):
        for node in self.nodes:
            self.ask(node, "select pg_stat_statements_reset()", dbname="postgres")

    def calls(self, node, text):
        """How often statements that contain the text ended without error on this node."""
        return int(self.value(
            node, "select coalesce(sum(calls), 0) from pg_stat_statements "
                  "where position(lower(%s) in lower(query)) > 0 "
                  "and query not like '%%pg_stat_statements%%'", (text,), dbname="postgres"))

    def calls_everywhere(self, text):
        """(on the primary, [on each replica])."""
        return self.calls("primary", text), [self.calls(node, text) for node in self.replicas]

    def backends(self, node, user="app"):
        """Client connections of a user, those of the tests themselves left out."""
        return self.ask(node, "select pid, state, wait_event, query from pg_stat_activity "
                              "where usename = %s and backend_type = 'client backend' "
                              "and application_name not like 'weir-test%%'", (user,))

    def running(self, text):
        """Names of the nodes on which a statement that contains the text is being executed now."""
        return [node for node in self.nodes if self.value(
            node, "select exists(select from pg_stat_activity where state = 'active' "
                  "and pid <> pg_backend_pid() and position(%s in query) > 0)", (text,))]

    def stop(self, node):
        self.command("stop", node)

    def start(self, node):
        self.command("start", node)

    @contextlib.contextmanager
    def lagging(self, milliseconds):
        """Both replicas replay this much later."""
        for node in self.replicas:
            self.command("lag", node, str(milliseconds))
        try:
            yield
        finally:
            for node in self.replicas:
                self.command("lag", node, "0")
            self.wait_caught_up()

    @contextlib.contextmanager
    def paused(self):
        """The replicas' replay stands still."""
        for node in self.replicas:
            self.command("pause", node)
        try:
            yield
        finally:
            for node in self.replicas:
                self.command("resume", node)
            self.wait_caught_up()

    def command(self, name, *arguments):
        done = subprocess.run([str(CLUSTER), name, "--dir", self.directory, *arguments],
                              capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False)
        if done.returncode != 0:
            raise AssertionError(f"cluster {name} failed: {done.stderr}")
        return done.stdout
