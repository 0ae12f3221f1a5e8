"""What the servers say of themselves at this moment, as plain dictionaries."""
from . import server
from .sql_session import SqlError, position

QUESTION = """
SELECT pg_is_in_recovery(),
       (SELECT system_identifier FROM pg_control_system()),
       CASE WHEN NOT pg_is_in_recovery()
            THEN substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END,
       CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_flush_lsn() END,
       greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), pg_last_wal_replay_lsn(),
       (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::bigint,
       CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END,
       (SELECT received_tli FROM pg_stat_wal_receiver),
       (SELECT status FROM pg_stat_wal_receiver),
       (SELECT sender_port FROM pg_stat_wal_receiver),
       (SELECT greatest(timeline_id, min_recovery_end_timeline)
          FROM pg_control_checkpoint(), pg_control_recovery())
"""


def observe(cluster):
    """One dictionary for each node, in the order of their names; never raises."""
    seen = [_observe_node(cluster, number, node) for number, node in enumerate(cluster.nodes)]
    primaries = [each for each in seen if each["role"] == "primary"]
    if primaries:
        leader = max(primaries, key=lambda each: each["timeline"])
        for each in seen:
            if each["role"] == "replica" and each["replayed_lsn"]:
                _add_lag(each, leader)
    return seen


def _observe_node(cluster, number, node):
    seen = {"name": node.name, "number": number, "host": "127.0.0.1", "port": node.port,
            "state": server.state(cluster, node), "pid": server.postmaster(cluster, node),
            "role": None, "timeline": None, "system_identifier": None, "lsn": None,
            "received_lsn": None, "replayed_lsn": None, "lag_bytes": None, "lag_ms": None,
            "upstream": None, "streaming": False, "paused": False, "delay_ms": node.delay_ms,
            "data_dir": cluster.data_dir(node)}
    if seen["state"] != "up":
        return seen
    try:
        with server.session(cluster, node, timeout=2.0) as asked:
            row = asked.row(QUESTION)
    except (OSError, SqlError):
        seen["state"] = "silent"
        return seen
    seen["system_identifier"] = row[1]
    if row[0] == "f":
        seen.update(role="primary", timeline=int(row[2], 16), lsn=row[3])
        return seen
    upstream = [other.name for other in cluster.nodes if str(other.port) == row[10]]
    seen.update(role="replica", timeline=int(row[8] or row[11]), received_lsn=row[4],
                replayed_lsn=row[5], lag_ms=int(row[6]) if row[6] else None,
                paused=row[7] == "t", streaming=row[9] == "streaming",
                upstream=upstream[0] if upstream else node.upstream)
    return seen


def _add_lag(replica, leader):
    """In time, a replica that has replayed everything is not late, however old its last commit."""
    behind = position(leader["lsn"]) - position(replica["replayed_lsn"])
    replica["lag_bytes"] = max(behind, 0)
    if behind <= 0:
        replica["lag_ms"] = 0
