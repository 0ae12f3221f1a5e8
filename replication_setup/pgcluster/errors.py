"""The errors that end a command with one sentence; each says what the user can do."""


class ClusterError(Exception):
    """Something could not be done (exit status 1)."""

    status = 1


class UsageError(ClusterError):
    """The command line itself is wrong (exit status 2)."""

    status = 2


class PortTaken(ClusterError):
    """A server found its port in use; a chosen port may be exchanged, a given one may not."""


class Interrupted(BaseException):
    """A signal asked the command to end; not an Exception, so that only clean-up code sees it."""
