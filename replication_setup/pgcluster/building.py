"""`up` and `down`: a cluster made from nothing, and removed to nothing."""
import os
import signal
import sys

from . import (base_backup, binaries, cluster_directory, cluster_state, lineage, ports, replication, server,
               settings, shop)
from .cluster_state import Cluster, Node
from .errors import ClusterError, Interrupted, PortTaken, UsageError
from .server_owner import ServerOwner
from .sql_session import quoted
from .waiting import wait_until

OTHER_PORT_ATTEMPTS = 5
CATCH_UP_SECONDS = 60


def up(wanted):
    """Takes the parsed command line, returns the running cluster; cleans up when it fails."""
    found, owner = binaries.find(wanted.pgbin), ServerOwner.choose()
    _check_wishes(wanted, found, owner)
    count = wanted.replicas + 1
    numbers = ports.given(wanted.port, count) if wanted.port is not None else ports.free(count)
    cluster = Cluster(
        directory=wanted.dir, bin_dir=found.directory, version=found.version,
        run_as=owner.name, password=wanted.password, probe_password=wanted.probe_password,
        fast=wanted.fast, sync=wanted.sync, fixed_ports=wanted.port is not None,
        shop=wanted.load_shop, settings=wanted.set, hba=wanted.hba,
        made_directories=cluster_directory.missing(wanted.dir),
        nodes=[Node("primary", numbers[0])]
        + [Node(f"replica{i}", numbers[i], "primary") for i in range(1, count)])
    try:
        cluster_directory.make(cluster)
        with cluster_state.locked(cluster.directory):
            cluster_directory.must_be_empty(cluster.directory)
            _build_or_remove(cluster)
    except BaseException:
        cluster_directory.remove_empty(cluster.made_directories)
        raise
    return cluster


def add(cluster):
    """One more replica of the current primary, which it returns; nothing is left of one that cannot be made."""
    primary = replication.current_primary(cluster)
    if not primary:
        raise ClusterError("no node runs as a primary that a replica could follow: start or promote one first")
    taken = {node.name for node in cluster.nodes}
    name = next(f"replica{i}" for i in range(1, len(taken) + 2) if f"replica{i}" not in taken)
    port = ports.given(max(node.port for node in cluster.nodes) + 1, 1)[0] if cluster.fixed_ports else ports.free(1)[0]
    node = Node(name, port, primary.name)
    cluster.nodes.append(node)
    cluster.save()
    try:
        replication.ensure_slot(cluster, primary, name)
        base_backup.take(cluster, primary, [node])
        _start(cluster, node)
        _wait_to_catch_up(cluster, primary, [node])
    except BaseException:
        server.kill(cluster, node)
        base_backup.remove_data(cluster, node)
        replication.drop_slot(cluster, primary, name)
        cluster.nodes.remove(node)
        cluster.save()
        raise
    lineage.adopt(node, primary)
    cluster.save()
    return node


def down(directory):
    """Ends every server of the cluster, also of one that is half built, and removes its files."""
    if not os.path.isdir(directory) or not os.listdir(directory):
        return False
    with cluster_state.locked(directory):
        cluster = cluster_state.load(directory)
        _remove(cluster)
        cluster_directory.remove_empty([*cluster.made_directories, directory])
    return True


def _remove(cluster):
    server.end_programs(cluster)
    for node in cluster.nodes:
        server.kill(cluster, node)  # the data goes with it: nothing need be flushed
    cluster_directory.remove_contents(cluster.directory)


def _check_wishes(wanted, found, owner):
    """What can be refused before anything is made."""
    if wanted.sync and wanted.replicas == 0:
        raise UsageError("--sync needs a replica that a commit can wait for: give --replicas")
    if not wanted.password or not wanted.probe_password:
        raise UsageError("an empty password cannot log in: give another")
    if wanted.load_shop:
        shop.check(found)
    if not owner.may_execute(found.path("postgres")):
        raise ClusterError(f"the servers run as user '{owner.name}', who may not execute "
                           f"{found.path('postgres')}: move it, or allow it with chmod")
    cluster_directory.check_name(wanted.dir)


def _build_or_remove(cluster):
    try:
        _build(cluster)
    except BaseException:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _remove(cluster)
        raise


def _build(cluster):
    cluster.save()
    owner = cluster.owner
    os.mkdir(cluster.log_dir, 0o755)
    for path in (cluster.nodes_dir, cluster.socket_dir):
        os.mkdir(path, 0o700)
        os.chown(path, owner.uid, owner.gid)
    primary, replicas = cluster.nodes[0], cluster.nodes[1:]
    _say(f"PostgreSQL {cluster.version}: making {primary.name}")
    _initialise(cluster, primary)
    _start(cluster, primary)
    _make_roles(cluster, primary)
    if cluster.shop:
        _say("loading the shop")
        shop.load(cluster, primary)
    if replicas:
        _say(f"making {', '.join(node.name for node in replicas)}")
        for node in replicas:
            replication.ensure_slot(cluster, primary, node.name)
        base_backup.take(cluster, primary, replicas)
        _start(cluster, *replicas)
        _wait_to_catch_up(cluster, primary, replicas)
    cluster.complete = True
    cluster.save()
    if cluster.sync:
        _switch_sync_on(cluster, primary)


def _initialise(cluster, node):
    said = server.run(cluster, cluster.binaries.path("initdb"), "-D", cluster.data_dir(node),
                      "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
                      "--locale=C.UTF-8")
    if said and "invalid locale" in said:
        said = server.run(cluster, cluster.binaries.path("initdb"), "-D", cluster.data_dir(node),
                          "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
                          "--locale=C")
    if said:
        raise ClusterError(f"initdb failed: {said.splitlines()[-1]}")
    settings.include(cluster, node)


def _start(cluster, *nodes):
    """Somebody may take a free port between its choice and its use: then another one."""
    left = nodes
    for _ in range(OTHER_PORT_ATTEMPTS):
        waiting = [(node, server.launch(cluster, node)) for node in left]
        left = [node for node, finish in waiting if not _started(cluster, node, finish)]
        if not left:
            return
    raise ClusterError("free ports were taken again and again: give --port")


def _started(cluster, node, finish):
    try:
        finish()
        return True
    except PortTaken:
        if cluster.fixed_ports:
            raise
        node.port = ports.free(1)[0]
        cluster.save()
        return False


def _make_roles(cluster, primary):
    with server.session(cluster, primary, timeout=60) as asked:
        asked.rows(f"ALTER ROLE postgres PASSWORD {quoted(cluster.password)}")
        asked.rows("CREATE ROLE weir LOGIN REPLICATION IN ROLE pg_monitor "
                   f"PASSWORD {quoted(cluster.probe_password)}")
        asked.rows("CREATE ROLE app LOGIN PASSWORD 'app'")
        asked.rows("CREATE DATABASE app OWNER app")
        if cluster.binaries.has_library("pg_stat_statements"):
            asked.rows("CREATE EXTENSION pg_stat_statements")


def _wait_to_catch_up(cluster, primary, replicas):
    with server.session(cluster, primary) as asked:
        position = asked.value("SELECT pg_current_wal_flush_lsn()")

    def there(node):
        with server.session(cluster, node) as asked:
            return asked.value(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == "t"

    for node in replicas:
        wait_until(lambda which=node: replication.streams(cluster, which) and there(which),
                   CATCH_UP_SECONDS,
                   f"{node.name} does not stream from {primary.name}: see the log files of both")


def _switch_sync_on(cluster, primary):
    """Only now: before there are replicas every commit would wait for ever."""
    for node in cluster.nodes:
        settings.write(cluster, node)
        server.reload(cluster, node)

    def is_on():
        with server.session(cluster, primary) as asked:
            return asked.value("SELECT count(*) FROM pg_stat_replication "
                               "WHERE sync_state = 'quorum'") != "0"

    wait_until(is_on, CATCH_UP_SECONDS, "no replica became a synchronous one")


def _say(text):
    print(text, file=sys.stderr, flush=True)


def end_on(number, _frame):
    """Signal handler: the clean-up of `up` must run on SIGTERM and SIGHUP, too."""
    raise Interrupted(number)
