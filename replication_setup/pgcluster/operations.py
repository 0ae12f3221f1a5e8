"""What can be done to one node of a running cluster; each returns a sentence that says what was."""
from . import lineage, replication, server, settings
from .errors import ClusterError, UsageError
from .sql_session import SqlError
from .waiting import wait_until

APPLY_SECONDS = 10
LONGEST_DELAY_MS = 2147483647  # recovery_min_apply_delay is an int of milliseconds


def stop(cluster, node, crash):
    done = server.kill(cluster, node) if crash else server.stop(cluster, node)
    if not done:
        return f"{node.name} is down already"
    return f"{node.name} has {'crashed' if crash else 'stopped'}"


def start(cluster, node):
    """A replica is waited for until it streams, where its upstream runs."""
    if server.postmaster(cluster, node):
        return f"{node.name} runs already"
    server.start(cluster, node)
    if replication.in_recovery(cluster, node) != "t" or not node.upstream:
        return f"{node.name} runs as a primary"
    upstream = cluster.node(node.upstream)
    if not server.answers(cluster, upstream):
        return f"{node.name} runs; {upstream.name}, which it should follow, does not"
    if not (replication.is_held_back(cluster, node) or replication.wait_to_stream(cluster, node)):
        raise ClusterError(f"{node.name} runs but cannot follow {upstream.name}: bring it back "
                           f"with 'rejoin {node.name}'")
    lineage.adopt(node, upstream)
    cluster.save()
    return f"{node.name} follows {upstream.name}"


def lag(cluster, node, delay_ms):
    """Delays the replay of commits; the node receives WAL as before."""
    if not 0 <= delay_ms <= LONGEST_DELAY_MS:
        raise UsageError(f"the delay must lie between 0 and {LONGEST_DELAY_MS} ms")
    _must_not_be_primary(cluster, node)
    node.delay_ms = delay_ms
    cluster.save()
    settings.write(cluster, node)
    if not server.answers(cluster, node):
        return f"{node.name} is down; its replay will be delayed by {delay_ms} ms"
    server.reload(cluster, node)
    _wait_for_value(cluster, node, "SELECT setting FROM pg_settings "
                                   "WHERE name = 'recovery_min_apply_delay'", (str(delay_ms),))
    return f"{node.name} replays commits {delay_ms} ms late" if delay_ms else \
        f"{node.name} replays commits at once"


def pause(cluster, node):
    _must_run_as_replica(cluster, node)
    with server.session(cluster, node) as asked:
        asked.rows("SELECT pg_wal_replay_pause()")
    if cluster.binaries.major < 14:
        _wait_for_value(cluster, node, "SELECT pg_is_wal_replay_paused()", ("t",))
    else:
        # Inside a delay the request is met when the delay is over, but nothing is replayed before.
        reached = ("paused", "pause requested") if node.delay_ms else ("paused",)
        _wait_for_value(cluster, node, "SELECT pg_get_wal_replay_pause_state()", reached)
    return f"{node.name} receives WAL and replays none of it"


def resume(cluster, node):
    _must_run_as_replica(cluster, node)
    with server.session(cluster, node) as asked:
        asked.rows("SELECT pg_wal_replay_resume()")
    _wait_for_value(cluster, node, "SELECT pg_is_wal_replay_paused()", ("f",))
    return f"{node.name} replays again"


def _must_not_be_primary(cluster, node):
    if replication.in_recovery(cluster, node) == "f":
        raise ClusterError(f"{node.name} is a primary: only a replica replays")


def _must_run_as_replica(cluster, node):
    if replication.in_recovery(cluster, node) is None:
        raise ClusterError(f"{node.name} does not run: start it first")
    _must_not_be_primary(cluster, node)


def _wait_for_value(cluster, node, sql, wanted):
    def reached():
        try:
            with server.session(cluster, node) as asked:
                return asked.value(sql) in wanted
        except (OSError, SqlError):
            return False
    wait_until(reached, APPLY_SECONDS, f"{node.name} did not take it within {APPLY_SECONDS} s: "
               f"see {cluster.log_file(node)}")
