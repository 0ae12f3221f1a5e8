"""Clients that have logged in (SCRAM), asked once, and do nothing more."""
import contextlib
import resource

from psycopg import pq

from . import costs

WARM = 200  # what the first ones cost is not theirs: arenas, tables, the first buffers


@contextlib.contextmanager
def idle_clients(running, count):
    """The proxy's memory for each of them, in bytes; None where there are none."""
    if not count:
        yield None
        return
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    clients = []
    try:
        while len(clients) < WARM:
            clients.append(_come(running.port))
        before = costs.pss_bytes(running.pid)
        while len(clients) < count:
            clients.append(_come(running.port))
        yield (costs.pss_bytes(running.pid) - before) / (count - WARM)
    finally:
        for each in clients:
            each.finish()


def _come(port):
    # Of libpq alone: psycopg waits by select(2), which ends at 1,024 descriptors.
    client = pq.PGconn.connect(f"host=127.0.0.1 port={port} user=app password=app dbname=bench sslmode=disable".encode())
    if client.status != pq.ConnStatus.OK:
        raise SystemExit(f"bench: {client.error_message.decode()}")
    client.exec_(b"select 1")
    return client
