"""A network of a test's own, where the ports that the documentation names are free."""
import os
import subprocess

import pytest

from .places import ROOT


class OwnNetwork:
    """A network namespace with a loopback interface. Takes root."""

    def __init__(self):
        if os.geteuid() != 0:
            pytest.skip("a network of its own takes root")
        self._holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec cat"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout.readline() == b"up\n"
        self._started = []

    def _inside(self, command):
        return ["nsenter", f"--net=/proc/{self._holder.pid}/ns/net", "--", "bash", "-c", command]

    def run(self, command, environment=None, stdin=None, seconds=120):
        return subprocess.run(self._inside(command), cwd=ROOT, capture_output=True, text=True, check=False, input=stdin,
                              env={**os.environ, **(environment or {})}, timeout=seconds)

    def start(self, command, log):
        """Runs until close(); `exec` keeps the shell out of the way of signals."""
        with open(log, "wb") as out:
            process = subprocess.Popen(self._inside("exec " + command), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=out)
        self._started.append(process)
        return process

    def close(self):
        for process in self._started:
            process.terminate()
            process.wait(timeout=60)
        self._holder.stdin.close()
        self._holder.wait(timeout=10)
        self._holder.stdout.close()
