"""The configuration files of a node, rendered anew from the cluster's state before each start."""
import os

INCLUDED = "weir_cluster.conf"


def write(cluster, node):
    """pg_rewind and base backups bring the files of another node along, so all are rewritten."""
    data_dir = cluster.data_dir(node)
    with cluster.owner.acting():
        _replace(os.path.join(data_dir, INCLUDED), render(cluster, node))
        _replace(os.path.join(data_dir, "pg_hba.conf"), render_hba(cluster))


def include(cluster, node):
    """After initdb: postgresql.conf stays PostgreSQL's own but for its last line."""
    with cluster.owner.acting():
        path = os.path.join(cluster.data_dir(node), "postgresql.conf")
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"\ninclude = '{INCLUDED}'\n")


def make_standby(cluster, node):
    with cluster.owner.acting():
        _replace(os.path.join(cluster.data_dir(node), "standby.signal"), "")


def conninfo(cluster, upstream, application_name):
    """How a standby, pg_basebackup and pg_rewind reach a node: by the socket, without password."""
    return (f"host='{_escaped(cluster.socket_dir)}' port={upstream.port} user=postgres "
            f"dbname=postgres application_name={application_name}")


def render(cluster, node):
    values = {
        "cluster_name": node.name,
        "listen_addresses": "127.0.0.1",
        "port": node.port,
        "unix_socket_directories": '"' + cluster.socket_dir.replace('"', '""') + '"',
        "max_connections": 300,
        "superuser_reserved_connections": 5,
        "shared_buffers": "64MB",
        "password_encryption": "scram-sha-256",
        "wal_level": "logical",
        "wal_log_hints": "on",  # pg_rewind needs it where there are no checksums
        "wal_keep_size": "256MB",  # pg_rewind needs the WAL since the fork
        "max_slot_wal_keep_size": "4GB",  # a node that stays away must not fill the disk
        "max_wal_senders": 20,
        "max_replication_slots": 20,
        "hot_standby": "on",
        "hot_standby_feedback": "on",
        "wal_receiver_status_interval": "1s",
        "wal_retrieve_retry_interval": "100ms",  # a standby reconnects at once
        "recovery_target_timeline": "latest",
        "recovery_min_apply_delay": node.delay_ms,
        "synchronous_commit": "on",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "fsync": "off" if cluster.fast else "on",
    }
    if cluster.binaries.has_library("pg_stat_statements"):
        values["shared_preload_libraries"] = "pg_stat_statements"
    if cluster.sync and cluster.complete:
        values["synchronous_standby_names"] = "ANY 1 (*)"
    if node.upstream:
        upstream = cluster.node(node.upstream)
        values["primary_conninfo"] = conninfo(cluster, upstream, node.name)
        values["primary_slot_name"] = node.name
    values.update(cluster.settings)
    lines = ["# Written by replication_setup/cluster before each start: edit --set instead."]
    lines += [f"{name} = '{_escaped_setting(str(value))}'" for name, value in values.items()]
    return "\n".join(lines) + "\n"


def render_hba(cluster):
    lines = [
        "# Written by replication_setup/cluster. The socket directory is private (0700).",
        *cluster.hba,
        "local  all          postgres                trust",
        "local  replication  postgres                trust",
        "local  all          all                     scram-sha-256",
        "host   all          all       127.0.0.1/32  scram-sha-256",
        "host   replication  all       127.0.0.1/32  scram-sha-256",
    ]
    return "\n".join(lines) + "\n"


def _escaped(text):
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _escaped_setting(text):
    return text.replace("\\", "\\\\").replace("'", "''")


def _replace(path, text):
    with open(path + ".new", "w", encoding="utf-8",
              opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
    os.replace(path + ".new", path)
