"""Waiting for a condition with a deadline: no test waits in another way."""
import time

POLL_SECONDS = 0.02


def wait_until(condition, what, seconds=15.0):
    """The first truthy value of condition(). Fails, and says what was waited for, when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(POLL_SECONDS)  # reviewed pause
