"""Waiting for a condition with a deadline; the only place that lets time pass."""
import time

from .errors import ClusterError

POLL_SECONDS = 0.02


def holds_within(condition, seconds):
    """Returns the first truthy value of condition(), or its last value when time is over."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(POLL_SECONDS)


def wait_until(condition, seconds, failure):
    """As holds_within(), but raises ClusterError(failure) when time is over."""
    value = holds_within(condition, seconds)
    if not value:
        raise ClusterError(failure)
    return value
