"""Weir as a process of its own: its configuration, its log, its end."""
import re
import signal
import subprocess
import urllib.error
import urllib.request

import psycopg

from .places import WEIR, free_port
from .toml_text import merged, render
from .waiting import wait_until

READY = re.compile(r'(?:^|[\s\]":])ready(?:"|\s|$)', re.MULTILINE)
BROKEN = re.compile(r"AddressSanitizer|ThreadSanitizer|LeakSanitizer|runtime error:|terminate called|"
                    r"Assertion .* failed|Segmentation fault")
USERS = {"app": "app", "postgres": "postgres"}
START_SECONDS = 30
STOP_SECONDS = 30


def base_configuration(cluster, port, http_port, users_file):
    """What every test begins with."""
    return {
        "server": {"listen": [f"127.0.0.1:{port}"], "workers": 2, "http": f"127.0.0.1:{http_port}"},
        "auth": {"method": "scram-sha-256", "users_file": str(users_file),
                 "admin_users": ["postgres"]},
        "cluster": {"main": {"nodes": [cluster.conninfo(node) for node in cluster.nodes],
                             "probe_user": "weir", "probe_password": "weir",
                             "probe_interval_ms": 50}},
        "database": {"*": {"cluster": "main"}},
        "pool": {"size": 20, "wait_timeout_ms": 10000},
        "log": {"level": "info"},
    }


class WeirProcess:
    """One running Weir. stop() must be called; it fails when the process did not end as it should."""

    def __init__(self, cluster, folder, overrides=None, users=None):
        self.port, self.http_port = free_port(), free_port()
        self.folder = folder
        self.config_file = folder / "weir.toml"
        self.users_file = folder / "users.txt"
        self.log_file = folder / "weir.log"
        self.write_users(users or USERS)
        self.configuration = merged(
            base_configuration(cluster, self.port, self.http_port, self.users_file), overrides or {})
        self.write_configuration()
        self.process = None

    def write_users(self, users):
        self.users_file.touch(mode=0o600)
        self.users_file.write_text("".join(f'"{name}" "{secret}"\n' for name, secret in users.items()))

    def write_configuration(self, overrides=None):
        self.configuration = merged(self.configuration, overrides or {})
        self.config_file.write_text(render(self.configuration))

    def start(self):
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen([str(WEIR), "serve", "-c", str(self.config_file)],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(lambda: READY.search(self.log()) or self.process.poll() is not None,
                   "Weir said `ready`", START_SECONDS)
        if self.process.poll() is not None:
            raise AssertionError(f"Weir ended with {self.process.returncode}:\n{self.log()}")
        return self

    def wait_for_nodes(self, count):
        """Until that many nodes are up in Weir's eyes."""
        wait_until(lambda: self.metric("weir_node_up") == count, f"{count} nodes are up")
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=STOP_SECONDS):
        """The exit status."""
        return self.process.wait(timeout=seconds)

    def is_running(self):
        return self.process.poll() is None

    def stop(self):
        """Ends it as an operator would and checks that nothing went wrong on the way."""
        if self.process is None:
            return
        if self.is_running():
            self.signal(signal.SIGTERM)
            try:
                self.wait()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"Weir did not end on SIGTERM:\n{self.tail()}") from None
        broken = BROKEN.search(self.log())
        assert not broken, f"{broken.group()}:\n{self.tail(200)}"
        assert self.process.returncode == 0, \
            f"Weir ended with status {self.process.returncode}:\n{self.tail()}"

    def kill(self):
        """For a process that a test has already judged."""
        if self.process and self.is_running():
            self.process.kill()
            self.process.wait()

    def log(self):
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def tail(self, lines=60):
        return "\n".join(self.log().splitlines()[-lines:])

    def connect(self, dbname="app", user="app", password=None, autocommit=True, **more):
        return psycopg.connect(host="127.0.0.1", port=self.port, dbname=dbname, user=user,
                               password=password if password is not None else USERS.get(user, user),
                               autocommit=autocommit, **{"connect_timeout": 10, **more})

    def http(self, path):
        """(status, text). Shows the token that it is configured with."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.http_port}{path}")
        token = self.configuration["server"].get("http_token")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metrics(self, name, **labels):
        """[(labels, value)] of the series of that name whose labels include these."""
        status, text = self.http("/metrics")
        assert status == 200
        found = []
        for line in text.splitlines():
            match = re.match(r"(\w+)(?:\{(.*)\})? (\S+)$", line)
            if match and match.group(1) == name:
                own = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match.group(2) or ""))
                if labels.items() <= own.items():
                    found.append((own, float(match.group(3))))
        return found

    def metric(self, name, **labels):
        """Their sum."""
        return sum(value for _, value in self.metrics(name, **labels))

    def resident_kib(self):
        status = open(f"/proc/{self.process.pid}/status", encoding="ascii").read()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
