"""Loads the shop's schema and data: every sql/*.sql of the project, in the order of names."""
import glob
import os
import subprocess

from . import server
from .errors import ClusterError

SQL_DIR = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..", "sql")
LAST_LINES = 3


def check(found):
    """Raises before anything is built when the shop could not be loaded."""
    found.psql()
    if not _files():
        raise ClusterError(f"there is no sql file in {os.path.normpath(SQL_DIR)}: leave out "
                           "--load-shop")


def load(cluster, primary):
    with server.session(cluster, primary, timeout=60) as asked:
        if not asked.value("SELECT 1 FROM pg_roles WHERE rolname = 'shop'"):
            asked.rows("CREATE ROLE shop LOGIN PASSWORD 'shop'")
        # Not owned by shop: sql/ keeps the application from changing its own schema.
        if not asked.value("SELECT 1 FROM pg_database WHERE datname = 'shop'"):
            asked.rows("CREATE DATABASE shop")
    for path in _files():
        _run(cluster, primary, path)


def _files():
    return sorted(glob.glob(os.path.join(SQL_DIR, "*.sql")))


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
