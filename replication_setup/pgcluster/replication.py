"""Who follows whom: slots, streaming, promotion, and the way back of a node that fell out."""
from . import base_backup, lineage, server, settings
from .errors import ClusterError
from .sql_session import SqlError, position, quoted
from .waiting import holds_within, wait_until

STREAM_SECONDS = 20
FOLLOW_SECONDS = 10
PROMOTE_SECONDS = 60

TIMELINE = "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"


def in_recovery(cluster, node):
    """What the server says of itself; None when it does not answer."""
    return _ask(cluster, node, "SELECT pg_is_in_recovery()")


def timeline_of_primary(cluster, node):
    """Not from pg_control_checkpoint(), which is late after a promotion. None: no primary."""
    told = _ask(cluster, node, f"SELECT CASE WHEN NOT pg_is_in_recovery() THEN {TIMELINE} END")
    return int(told, 16) if told else None


def current_primary(cluster, but=None):
    """The running primary of the highest timeline, or None."""
    found = []
    for node in cluster.nodes:
        timeline = timeline_of_primary(cluster, node) if node is not but else None
        if timeline:
            found.append((timeline, node))
    if not found:
        return None
    highest = max(timeline for timeline, _ in found)
    best = [node for timeline, node in found if timeline == highest]
    if len(best) > 1:
        names = " and ".join(node.name for node in best)
        raise ClusterError(f"{names} are both primaries of timeline {highest}: stop the one that "
                           "is not to be followed")
    return best[0]


def must_have_primary(cluster, but):
    primary = current_primary(cluster, but)
    if not primary:
        raise ClusterError(f"no other node runs as a primary that {but.name} could follow: start "
                           "or promote one first")
    return primary


def ensure_slot(cluster, upstream, name):
    """A slot keeps the WAL that its standby has not yet received."""
    with server.session(cluster, upstream) as asked:
        slot = quoted(name)
        status = asked.value(
            f"SELECT coalesce(wal_status, 'kept') FROM pg_replication_slots "
            f"WHERE slot_name = {slot}")
        if status == "lost":
            asked.rows(f"SELECT pg_drop_replication_slot({slot})")
        if status in (None, "lost"):
            asked.rows(f"SELECT pg_create_physical_replication_slot({slot}, true)")


def drop_slot(cluster, upstream, name):
    """Of a standby that there is not any more, where the server answers."""
    _ask(cluster, upstream, "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots "
                            f"WHERE slot_name = {quoted(name)} AND NOT active")


def streams(cluster, node, timeline=None):
    """Whether the node receives from its upstream, on that timeline if one is given.

    A node that went another way first streams the old timeline again, so only the new one counts.
    """
    upstream = cluster.node(node.upstream)
    condition = f"status = 'streaming' AND sender_port = {upstream.port}"
    if timeline:
        condition += f" AND received_tli = {timeline}"
    return _ask(cluster, node, f"SELECT {condition} FROM pg_stat_wal_receiver") == "t"


def wait_to_stream(cluster, node, seconds=STREAM_SECONDS):
    timeline = timeline_of_primary(cluster, cluster.node(node.upstream))
    return holds_within(lambda: streams(cluster, node, timeline), seconds)


def is_held_back(cluster, node):
    """Paused or delayed replay: it reaches a new timeline only when it has replayed the old."""
    return node.delay_ms > 0 or _ask(cluster, node, "SELECT pg_is_wal_replay_paused()") == "t"


def follow(cluster, node, upstream):
    """Points a standby at another node; takes effect at once when it runs."""
    node.upstream = upstream.name
    cluster.save()
    ensure_slot(cluster, upstream, node.name)
    settings.write(cluster, node)
    server.reload(cluster, node)


def promote(cluster, node, stop_old=False, alone=False):
    """Returns what was done to the other replicas, as sentences."""
    role = in_recovery(cluster, node)
    if role is None:
        raise ClusterError(f"{node.name} does not run: start it before you promote it")
    if role == "f":
        raise ClusterError(f"{node.name} is a primary already")
    old = _primary_or_none(cluster)
    others = [] if alone else _siblings(cluster, node)
    _gather_behind(cluster, node, others, old)
    if stop_old and old:
        server.stop(cluster, old)
    with server.session(cluster, node, timeout=PROMOTE_SECONDS + 10) as asked:
        if asked.value(f"SELECT pg_promote(true, {PROMOTE_SECONDS})") != "t":
            raise ClusterError(f"{node.name} was not promoted within {PROMOTE_SECONDS} s: see "
                               f"{cluster.log_file(node)}")
    node.upstream, node.delay_ms = None, 0
    lineage.begin_branch(cluster, node, timeline_of_primary(cluster, node))
    cluster.save()
    settings.write(cluster, node)
    server.reload(cluster, node)
    with server.session(cluster, node, timeout=PROMOTE_SECONDS) as asked:
        asked.rows("CHECKPOINT")  # pg_rewind reads the new timeline from the control file
    fork = _fork_of(cluster, node)
    return [_bring_along(cluster, other, node, fork) for other in others]


def rejoin(cluster, node):
    """Makes the node a standby of the current primary; returns by which means."""
    primary = must_have_primary(cluster, node)
    mine = timeline_of_primary(cluster, node)
    if mine and mine > timeline_of_primary(cluster, primary):
        raise ClusterError(f"{node.name} is the current primary: promote another node first")
    if not server.stop(cluster, node):
        server.kill(cluster, node)
    reason = _why_not_rewind(cluster, node, primary)
    if reason:
        base_backup.remove_data(cluster, node)  # so that a rejoin cut short never rewinds later
    node.upstream = primary.name
    cluster.save()
    reason = reason or _rewind(cluster, node, primary) or _start_rewound(cluster, node, primary)
    if reason:
        server.kill(cluster, node)
        _copy_anew(cluster, node, primary)
    lineage.adopt(node, primary)
    cluster.save()
    return f"by a new base backup ({reason})" if reason else "by pg_rewind"


def _start_rewound(cluster, node, primary):
    """None when it follows, else the reason why not."""
    ensure_slot(cluster, primary, node.name)
    settings.make_standby(cluster, node)
    try:
        server.start(cluster, node)
    except ClusterError as error:
        return str(error)
    if not (is_held_back(cluster, node) or wait_to_stream(cluster, node)):
        return "after pg_rewind it did not stream"
    _drop_old_slots(cluster, node)
    return None


def _copy_anew(cluster, node, primary):
    base_backup.remove_data(cluster, node)
    ensure_slot(cluster, primary, node.name)
    base_backup.take(cluster, primary, [node])
    server.start(cluster, node)
    wait_until(lambda: is_held_back(cluster, node) or wait_to_stream(cluster, node),
               STREAM_SECONDS,
               f"{node.name} does not stream from {primary.name}: see {cluster.log_file(node)}")


def _why_not_rewind(cluster, node, primary):
    if not cluster.binaries.has("pg_rewind"):
        return "this PostgreSQL has no pg_rewind"
    if not base_backup.has_data(cluster, node):
        return "its data directory is gone"
    timeline = timeline_of_primary(cluster, primary)
    if not lineage.may_rewind(cluster, node, primary, timeline):
        return f"its timeline is another one than that of {primary.name}, of the same number"
    return None


def _rewind(cluster, node, primary):
    """None when it worked, else the reason why not."""
    with server.session(cluster, primary, timeout=PROMOTE_SECONDS) as asked:
        asked.rows("CHECKPOINT")
    settings.write(cluster, node)  # pg_rewind may have to start the server for crash recovery
    server.forget_a_dead_server(cluster, node)
    said = server.run(cluster, cluster.binaries.path("pg_rewind"),
                      "--target-pgdata", cluster.data_dir(node), "--no-sync",
                      "--source-server", settings.conninfo(cluster, primary, "pg_rewind"))
    return None if said is None else _complaint(said)


def _complaint(said):
    """The line that says what went wrong, of many that say what was done."""
    lines = said.splitlines()
    return next((line for line in lines if "FATAL:" in line or "error:" in line), lines[-1])


def _gather_behind(cluster, candidate, others, old):
    """Before a promotion the others follow the candidate, so that none gets ahead of it."""
    for other in others:
        follow(cluster, other, candidate)

    def settled(other):
        # While the old primary runs the candidate still catches up; without it, it never will.
        is_ahead = _replayed(cluster, other) > _received(cluster, candidate)
        return is_held_back(cluster, other) or (not old if is_ahead else streams(cluster, other))

    for other in others:
        if in_recovery(cluster, other) == "t":
            holds_within(lambda node=other: settled(node), FOLLOW_SECONDS)


def _fork_of(cluster, primary):
    """Where the timeline of a promoted node began; what lies behind it on the old one is lost."""
    with server.session(cluster, primary) as asked:
        history = asked.value(f"SELECT pg_read_file('pg_wal/' || {TIMELINE} || '.history')")
    # Lines of: parent timeline, switch point, reason; the last is the newest.
    lines = [line.split("\t") for line in history.splitlines() if line and line[0].isdigit()]
    return position(lines[-1][1])


def _bring_along(cluster, other, primary, fork):
    if in_recovery(cluster, other) is None:
        return f"{other.name} does not answer; it will follow {primary.name} when it runs"
    timeline = timeline_of_primary(cluster, primary)

    def is_lost():
        return _replayed(cluster, other) > fork

    if is_held_back(cluster, other) and not is_lost():
        return f"{other.name} is paused or delayed and will follow {primary.name} in time"
    holds_within(lambda: is_lost() or streams(cluster, other, timeline), FOLLOW_SECONDS)
    # Checked in this order: behind the fork it may replay the new timeline by now.
    if streams(cluster, other, timeline):
        lineage.adopt(other, primary)
        cluster.save()
        return f"{other.name} follows {primary.name}"
    return f"{other.name} could not follow and was brought back {rejoin(cluster, other)}"


def _siblings(cluster, node):
    """The standbys that follow whom the node follows, or the node itself; also those that are down.

    Roles by the servers' own word; a node that is down is what it was last told to be.
    """
    return [other for other in cluster.nodes
            if other is not node and other.upstream in (node.upstream, node.name)
            and other.upstream is not None and in_recovery(cluster, other) != "f"]


def _primary_or_none(cluster):
    try:
        return current_primary(cluster)
    except ClusterError:
        return None  # two of them: the promotion makes a third, of a higher timeline


def _received(cluster, node):
    told = _ask(cluster, node,
                "SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())")
    return position(told) if told else 0


def _replayed(cluster, node):
    told = _ask(cluster, node, "SELECT pg_last_wal_replay_lsn()")
    return position(told) if told else 0


def _drop_old_slots(cluster, node):
    """A former primary must not keep WAL for those who follow another now."""
    with server.session(cluster, node) as asked:
        asked.rows("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
                   "WHERE slot_type = 'physical' AND NOT active")


def _ask(cluster, node, sql):
    """One value, or None when the server does not answer or cannot say."""
    try:
        with server.session(cluster, node, timeout=2.0) as asked:
            return asked.value(sql)
    except (OSError, SqlError):
        return None
