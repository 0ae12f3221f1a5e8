"""Copies of a running primary: by pg_basebackup, or by hand where that program is missing."""
import os
import shutil
import subprocess

from . import server, settings
from .errors import ClusterError
from .sql_session import SqlError

# Manual, "Making a Base Backup Using the Low Level API": what a copy should leave out.
EMPTIED = {"pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots",
           "pg_stat_tmp", "pg_subtrans"}
LEFT_OUT = {"postmaster.pid", "postmaster.opts", "standby.signal", "recovery.signal",
            "backup_label", "tablespace_map", "pg_internal.init", "current_logfiles"}
BACKUP_SECONDS = 600


def take(cluster, source, nodes):
    """Makes each node a standby of source; its slots must exist. The data goes over at once."""
    if cluster.binaries.has("pg_basebackup"):
        _run_programs(cluster, source, nodes)
    else:
        _copy_by_hand(cluster, source, nodes)
    for node in nodes:
        settings.make_standby(cluster, node)


def has_data(cluster, node):
    with cluster.owner.acting():
        return os.path.exists(os.path.join(cluster.data_dir(node), "PG_VERSION"))


def remove_data(cluster, node):
    with cluster.owner.acting():
        shutil.rmtree(cluster.data_dir(node), ignore_errors=True)


def _run_programs(cluster, source, nodes):
    running = []
    for node in nodes:
        command = [cluster.binaries.path("pg_basebackup"), "-D", cluster.data_dir(node),
                   "-d", settings.conninfo(cluster, source, node.name), "-S", node.name,
                   "-X", "stream", "-c", "fast", "--no-sync", "--no-manifest"]
        running.append((node, subprocess.Popen(  # pylint: disable=consider-using-with
            command, cwd=cluster.directory, env=server.clean_environment(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            **cluster.owner.process_options())))
    failures = []
    try:
        for node, process in running:
            _, said = process.communicate(timeout=BACKUP_SECONDS)
            if process.returncode != 0:
                failures.append(f"{node.name}: {said.strip().splitlines()[-1:]}")
    finally:
        for _, process in running:
            if process.poll() is None:
                process.kill()
                process.wait()
    if failures:
        raise ClusterError("pg_basebackup failed for " + "; ".join(failures))


def _copy_by_hand(cluster, source, nodes):
    began, ended = "pg_backup_start('weir', true)", "pg_backup_stop(false)"
    if cluster.binaries.major < 15:
        began, ended = "pg_start_backup('weir', true, false)", "pg_stop_backup(false, false)"
    source_dir = cluster.data_dir(source)
    with server.session(cluster, source, timeout=BACKUP_SECONDS) as backup:
        backup.rows(f"SELECT {began}")  # the session must stay open until the backup has ended
        with cluster.owner.acting():
            if os.listdir(os.path.join(source_dir, "pg_tblspc")):
                raise ClusterError("this cluster has tablespaces, which only pg_basebackup could "
                                   "copy: use --pgbin with a PostgreSQL that has it")
            for node in nodes:
                _copy_folder(source_dir, cluster.data_dir(node))
        try:
            label = backup.row(f"SELECT labelfile FROM {ended}")[0]
        except SqlError as error:
            raise ClusterError(f"the backup did not end well: {error}") from None
    with cluster.owner.acting():
        for node in nodes:
            path = os.path.join(cluster.data_dir(node), "backup_label")
            with open(path, "w", encoding="utf-8") as file:
                file.write(label)


def _copy_folder(source, target):
    os.mkdir(target, 0o700)
    with os.scandir(source) as entries:
        for entry in entries:
            if entry.name in LEFT_OUT or entry.name.startswith("pgsql_tmp"):
                continue
            copy = os.path.join(target, entry.name)
            if entry.is_dir(follow_symlinks=False):
                _copy_subfolder(entry, copy)
            else:
                _copy_file(entry.path, copy)


def _copy_subfolder(entry, copy):
    if entry.name not in EMPTIED:
        _copy_folder(entry.path, copy)
        return
    os.mkdir(copy, 0o700)
    if entry.name == "pg_wal":  # the standby streams its WAL, from the slot
        for folder in ("archive_status", "summaries"):
            if os.path.isdir(os.path.join(entry.path, folder)):
                os.mkdir(os.path.join(copy, folder), 0o700)


def _copy_file(source, target):
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError:
        return  # a relation dropped since the folder was read: the WAL says so, too
    os.chmod(target, 0o600)
