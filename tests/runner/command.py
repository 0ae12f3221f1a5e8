"""One child process with a deadline and a log. It and all that it started end when it is over."""
import os
import signal
import subprocess
import threading

GRACE_SECONDS = 20  # between the request to end and the end by force: room to stop servers


class _Starting:
    """While a process is being made nobody would end it yet: a signal is kept until somebody does."""

    now = False
    kept = None


def end_on(number, _frame):
    """Handler of the signals that end the runner: run() then ends what it has started."""
    if _Starting.now:
        _Starting.kept = number
    else:
        raise SystemExit(128 + number)


def run(arguments, log, deadline_seconds, environment=None, cwd=None):
    """Returns the exit status; None when time was up. Standard output and error go to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as output:
        child = _start([str(argument) for argument in arguments], cwd=cwd, stdin=subprocess.DEVNULL,
                       stdout=output, stderr=output, env={**os.environ, **(environment or {})},
                       start_new_session=True)
        try:
            if _Starting.kept:
                raise SystemExit(128 + _Starting.kept)
            return child.wait(timeout=deadline_seconds)
        except subprocess.TimeoutExpired:
            output.write(f"\n[ended after {deadline_seconds} s, its deadline]\n".encode())
            return None
        finally:
            _end(child)


def _start(arguments, **more):
    if threading.current_thread() is not threading.main_thread():
        return subprocess.Popen(arguments, **more)  # signals do not come here
    _Starting.now = True
    try:
        return subprocess.Popen(arguments, **more)
    finally:
        _Starting.now = False


def _end(child):
    """Only our own process group, which carries the child's id."""
    if child.poll() is None:
        _signal(child, signal.SIGINT)
        try:
            child.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
    _signal(child, signal.SIGKILL)
    child.wait()


def _signal(child, number):
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        pass
