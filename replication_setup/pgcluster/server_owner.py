"""The operating-system user who runs the servers: PostgreSQL refuses to run as root."""
import contextlib
import os
import pwd
import subprocess

from .errors import ClusterError

CANDIDATES = ("postgres", "nobody")


class ServerOwner:
    """Root drops to an unprivileged user; anybody else runs the servers as themselves."""

    def __init__(self, uid, gid, name):
        self.uid, self.gid, self.name = uid, gid, name

    @staticmethod
    def choose():
        if os.geteuid() != 0:
            return ServerOwner(os.geteuid(), os.getegid(), _user_name(os.geteuid()))
        for name in CANDIDATES:
            try:
                return ServerOwner.named(name)
            except KeyError:
                continue
        raise ClusterError("PostgreSQL does not run as root and this machine has neither a user "
                           "'postgres' nor 'nobody': create one, or run this as another user")

    @staticmethod
    def named(name):
        entry = pwd.getpwnam(name)
        return ServerOwner(entry.pw_uid, entry.pw_gid, name)

    def switches(self):
        return os.geteuid() == 0 and self.uid != 0

    @contextlib.contextmanager
    def acting(self):
        """Files made and links followed inside are this user's, never root's."""
        if not self.switches():
            yield
            return
        os.setegid(self.gid)
        os.seteuid(self.uid)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)

    def process_options(self):
        """Keyword arguments for subprocess."""
        if not self.switches():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may_execute(self, path):
        """Also: may enter, for a directory."""
        options = self.process_options()
        test = subprocess.run(["test", "-x", path], cwd="/", check=False, **options)
        return test.returncode == 0

    def must_reach(self, directory):
        """Raises when the servers could not enter the directory, and names the part that bars."""
        path = "/"
        for part in directory.strip("/").split("/"):
            path = os.path.join(path, part)
            if os.path.isdir(path) and not self.may_execute(path):
                raise ClusterError(
                    f"the servers run as user '{self.name}', who may not enter {path}: choose "
                    "another --dir, for example one directly under /tmp")


def _user_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
