"""Loads the shop's schema and data: the project's sql/*.sql, in the order of names, all or those of one part."""
import glob
import os
import subprocess

from . import server
from .errors import ClusterError

SQL_DIR = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "sql")
LAST_LINES = 3
PARTS = ("all", "users", "inventory")  # of 01_roles.sql, 02_users.sql, 03_inventory.sql, ...: the roles are of each


def check(found):
    """Raises before anything is built when the shop could not be loaded."""
    found.psql()
    if not _files("all"):
        raise ClusterError(f"there is no sql file in {os.path.normpath(SQL_DIR)}: leave out "
                           "--load-shop")


def load(cluster, primary):
    with server.session(cluster, primary, timeout=60) as asked:
        if not asked.value("SELECT 1 FROM pg_roles WHERE rolname = 'shop'"):
            asked.rows("CREATE ROLE shop LOGIN PASSWORD 'shop'")
        # Not owned by shop: sql/ keeps the application from changing its own schema.
        if not asked.value("SELECT 1 FROM pg_database WHERE datname = 'shop'"):
            asked.rows("CREATE DATABASE shop")
    for path in _files(cluster.shop):
        _run(cluster, primary, path)


def _files(part):
    others = [f"_{other}.sql" for other in PARTS[1:] if part not in ("all", other)]
    return [path for path in sorted(glob.glob(os.path.join(SQL_DIR, "*.sql")))
            if not any(path.endswith(other) for other in others)]


def _run(cluster, primary, path):
    command = [cluster.binaries.psql(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres",
               "-h", cluster.socket_dir, "-p", str(primary.port), "-d", "shop",
               "-f", os.path.normpath(path)]
    environment = {**server.clean_environment(), "PGOPTIONS": "-c client_min_messages=warning"}
    done = subprocess.run(command, cwd=os.path.dirname(path), env=environment, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        said = " / ".join(done.stderr.strip().splitlines()[-LAST_LINES:])
        raise ClusterError(f"{os.path.normpath(path)} could not be loaded: {said}")
