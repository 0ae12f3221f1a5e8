"""A test that hangs fails, and the next one runs. For a conftest.py to import."""
import signal

import pytest

DEADLINE_SECONDS = 90


def pytest_configure(config):
    config.addinivalue_line("markers", "deadline(seconds): another time limit for one test")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    marker = item.get_closest_marker("deadline")
    seconds = marker.args[0] if marker else DEADLINE_SECONDS

    def over(_number, _frame):
        raise TimeoutError(f"the test ran longer than {seconds} s")

    previous = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)
