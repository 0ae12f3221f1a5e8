"""Several servers of the shop behind HAProxy, before one Weir."""
import contextlib
import shutil
import subprocess
import sys
import urllib.request

import pytest

from .places import ROOT, free_port
from .shop import ShopProcess
from .waiting import wait_until

sys.path.insert(0, str(ROOT / "replication_setup"))
from demo_parts import balancer  # noqa: E402  pylint: disable=wrong-import-position
from demo_parts.programs import requests_answered  # noqa: E402  pylint: disable=wrong-import-position


class ShopRack:
    def __init__(self, folder, database, count=3, arguments=()):
        program = shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
        if not program:
            pytest.skip("haproxy is not there: cmake/packages steps")
        self.servers = []
        self.haproxy = None
        try:
            for _ in range(count):
                self.servers.append(ShopProcess(folder, "all", database, "--log-level", "warn", *arguments))
            self.port = free_port()
            self.url = f"http://127.0.0.1:{self.port}"
            configuration = folder / "haproxy.cfg"
            configuration.write_text(balancer.configuration({"shop": (self.port, [server.port for server in self.servers])}))
            self.haproxy = subprocess.Popen([program, "-db", "-f", str(configuration)], stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_until(self._answers, "HAProxy has servers")
        except BaseException:
            self.kill()
            raise

    def _answers(self):
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def requests(self):
        """Of each server, but for those that look whether it is there."""
        return [requests_answered(server.url) for server in self.servers]

    def stop(self):
        try:
            self._end_balancer()
            for server in self.servers:
                server.stop()
        finally:
            self.kill()

    def _end_balancer(self):
        if self.haproxy:
            with contextlib.suppress(ProcessLookupError):
                self.haproxy.terminate()
            self.haproxy.wait()

    def kill(self):
        self._end_balancer()
        for server in self.servers:
            server.kill()
