"""The directory of a cluster: made so that the servers' user can enter it, removed whole."""
import os
import shutil

from .cluster_state import STATE_FILE, exists
from .errors import ClusterError

SOCKET_PATH_LIMIT = 107  # sockaddr_un.sun_path, without its final NUL


def check_name(directory):
    longest = len(os.path.join(directory, "run", ".s.PGSQL.65535").encode())
    if longest > SOCKET_PATH_LIMIT:
        raise ClusterError(f"the path of {directory} is too long for a Unix socket ({longest} "
                           f"bytes of {SOCKET_PATH_LIMIT} with the socket's name): choose a "
                           "shorter --dir")
    if "," in directory or "\n" in directory:
        raise ClusterError("libpq takes a host with a comma for several hosts: choose a --dir "
                           "without comma and line end")


def missing(directory):
    """The directories that must be made, the outermost first."""
    parts = []
    while not os.path.lexists(directory):
        parts.insert(0, directory)
        directory = os.path.dirname(directory)
    return parts


def make(cluster):
    directory = cluster.directory
    if os.path.exists(directory) and not os.path.isdir(directory):
        raise ClusterError(f"{directory} is a file: choose another --dir")
    try:
        for part in cluster.made_directories:
            os.mkdir(part)
            os.chmod(part, 0o755)
        must_be_empty(directory)
        os.chmod(directory, 0o755)  # a directory of mktemp -d bars the servers' user
    except OSError as error:
        raise ClusterError(f"{directory} cannot be used ({error.strerror}): choose another "
                           "--dir") from None
    cluster.owner.must_reach(directory)


def must_be_empty(directory):
    if exists(directory):
        raise ClusterError(f"{directory} holds a cluster already: use it, remove it with "
                           "'cluster down', or choose another --dir")
    if not os.path.isdir(directory):
        raise ClusterError(f"{directory} was removed by another command: try again")
    if os.listdir(directory):
        raise ClusterError(f"{directory} exists and is not empty: choose another --dir")


def remove_contents(directory):
    for name in os.listdir(directory):
        if name != STATE_FILE:
            _remove(os.path.join(directory, name))
    # The state file goes last: until then `down` can be repeated.
    if exists(directory):
        os.unlink(os.path.join(directory, STATE_FILE))


def remove_empty(directories):
    """The innermost first; one that holds other things by now, or is another user's, stays."""
    for path in reversed(directories):
        try:
            os.rmdir(path)
        except OSError:
            pass


def _remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)
