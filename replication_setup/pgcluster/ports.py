"""Free TCP ports on the loopback interface."""
import random
import socket

from .errors import ClusterError, UsageError

HOST = "127.0.0.1"
LOWEST = 15000
ATTEMPTS = 500


def given(base, count):
    """base, base + 1, ...; raises when one of them is taken."""
    if base < 1024 or base + count - 1 > 65535:
        raise UsageError(f"--port must lie between 1024 and {65536 - count} for {count} servers")
    for port in range(base, base + count):
        # A server may bind beside connections in TIME_WAIT (it sets SO_REUSEADDR), not beside a
        # listener; so the question is asked the same way.
        if not _can_bind(port, reuse=True):
            raise ClusterError(f"port {port} is taken: choose another --port, or leave it out and "
                               "free ones are chosen")
    return list(range(base, base + count))


def free(count):
    """Ports below the range of outgoing connections, so that a stopped node finds its own again."""
    highest, found = _first_outgoing_port() - 1, []
    for _ in range(ATTEMPTS):
        port = random.randint(LOWEST, highest)
        if port not in found and _can_bind(port, reuse=False):
            found.append(port)
        if len(found) == count:
            return found
    raise ClusterError(f"no {count} free ports were found between {LOWEST} and {highest}: "
                       "give --port")


def _can_bind(port, reuse):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if reuse:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            return True
        except OSError:
            return False


def _first_outgoing_port():
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="utf-8") as file:
            first = int(file.read().split()[0])
    except OSError:
        first = 32768
    return first if first > LOWEST + 1000 else 65536
