"""Where a program runs: a new database, reached through Weir or straight at the primary."""
import os
import pathlib
import shutil
import tempfile

import pytest

from support.places import WEIR
from support.real_cluster import RealCluster
from support.toml_text import merged
from support.weir_process import WeirProcess

LAG_MS = 200
POOL_SIZE = int(os.environ.get("WEIR_DRIVERS_POOL", "3"))
TABLE = (
    "create table t{n} (id integer primary key, word text); "
    "insert into t{n} select i, 'word ' || i from generate_series(1, 10) i; "
)


def make_cluster(*arguments):
    """A primary and two replicas that replay 200 ms later."""
    made = RealCluster(("--replicas", "2", *arguments)).up()
    try:
        with made.lagging(LAG_MS):
            yield made
    finally:
        made.down()


def run_weir(cluster, overrides=None):
    """A Weir of transaction pooling with too few connections for all of its clients."""
    if not WEIR.exists():
        pytest.fail(f"{WEIR} is not there: make build", pytrace=False)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-drivers-", dir="/tmp"))
    folder.chmod(0o755)
    process = WeirProcess(
        cluster,
        folder,
        merged(
            {"pool": {"mode": "transaction", "size": POOL_SIZE, "wait_timeout_ms": 30000}},
            overrides or {},
        ),
    )
    try:
        yield process.start().wait_for_nodes(len(cluster.nodes))
        process.stop()
    finally:
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Surroundings:
    def __init__(self, cluster, weir):
        self.cluster, self.weir = cluster, weir

    def port(self, target):
        return self.weir.port if target == "weir" else self.cluster.port("primary")

    def database(self, name, clients):
        """A new one with a table for each client, known to all nodes."""
        self.cluster.ask("primary", f"create database {name} owner app", dbname="postgres")
        with self.cluster.connect(dbname=name) as session:
            session.execute("".join(TABLE.format(n=number) for number in range(clients)))
        self.cluster.wait_caught_up()
        return name

    def environment(self, target, dbname):
        """What libpq reads and what the other drivers are told by the same names."""
        return {
            **os.environ,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port(target)),
            "PGUSER": "app",
            "PGPASSWORD": "app",
            "PGDATABASE": dbname,
            "REPLICAS": str(len(self.cluster.replicas) if target == "weir" else 0),
            "LC_ALL": "C.UTF-8",
            "PSQLRC": "/dev/null",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "PGSSLMODE": "disable",
        }

    def reads_on_replicas(self, dbname):
        """Statements of the application that ended on a replica: the nodes are asked, not Weir."""
        return sum(
            int(
                self.cluster.value(
                    node,
                    "select coalesce(sum(calls), 0) from pg_stat_statements s "
                    "join pg_database d on d.oid = s.dbid where d.datname = %s "
                    "and s.userid = 'app'::regrole",
                    (dbname,),
                    dbname="postgres",
                )
            )
            for node in self.cluster.replicas
        )

    def running(self, dbname):
        """Statements of the application that run on any node."""
        return [
            row
            for node in self.cluster.nodes
            for row in self.cluster.ask(
                node,
                "select query from pg_stat_activity where datname = %s and usename = 'app' "
                "and state <> 'idle'",
                (dbname,),
                dbname="postgres",
            )
        ]

    def connections(self, dbname):
        """Those of the application at the primary."""
        return self.cluster.value(
            "primary",
            "select count(*) from pg_stat_activity where datname = %s and usename = 'app'",
            (dbname,),
            dbname="postgres",
        )
