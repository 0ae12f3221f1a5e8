"""Where programs are, and the size of this run."""
import os
import pathlib
import socket
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / "build"
# Another build can be tested: WEIR_BINARY=build/dev/proxy/weir tests/run integration
WEIR = pathlib.Path(os.environ.get("WEIR_BINARY", BUILD / "release" / "proxy" / "weir")).absolute()
CLUSTER = ROOT / "replication_setup" / "cluster"

FULL = os.environ.get("WEIR_TEST_SIZE") == "full"


def sized(reduced, full):
    """A count for `make test`, or the one for `make test-full`."""
    return full if FULL else reduced


def seed():
    """Of random sessions, printed. `make test` plays the same ones each time, so that what fails there is
    new; `make test-full` plays others each time, and WEIR_SEED those of a run before."""
    chosen = os.environ.get("WEIR_SEED") or (str(time.time_ns() % 10**9) if FULL else "1")
    print(f"WEIR_SEED={chosen}")
    return chosen


def free_port():
    """A port that nobody listens on now, below those that outgoing connections take."""
    for port in range(20000 + os.getpid() % 5000, 32000):
        with socket.socket() as probe:
            if port not in _given:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                _given.add(port)
                return port
    raise AssertionError("no free port")


_given = set()


def measured(text):
    """A number for people. tests/run shows it under the suite."""
    print(text)
    path = os.environ.get("WEIR_MEASURED")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text + "\n")
