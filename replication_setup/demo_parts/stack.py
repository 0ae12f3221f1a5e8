"""The servers of the demo: started from the bottom up, ended from the top down."""
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile

from . import balancer, programs
from .programs import CLUSTER, SHOP, SHOPPERS, WEIR, Failure, Program, installed

USERS = '"shop" "shop"\n"postgres" "postgres"\n'
APPLICATION_SERVERS = 2
ADMIN = "admin@example.org"
READY = r'(?:^|[\s\]":])ready(?:"|\s|$)'


class Stack:
    """Use it in a `with` statement: whatever was started ends, and the folder is removed."""

    def __init__(self, say):
        self.say = say
        # Directly under /tmp: PostgreSQL may run as another user than we do and must get there.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-demo-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.directory = self.folder / "cluster"
        self.running = []
        self.nodes = []
        self.socket_dir = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in reversed(self.running):
            program.stop()
        if self.directory.exists():
            subprocess.run([str(CLUSTER), "down", "--dir", str(self.directory)], check=False,
                           stdout=subprocess.DEVNULL, start_new_session=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        self.say("a primary and two replicas, with the shop's tables")
        self._cluster("up", "--replicas", "2", "--load-shop")
        self.read_nodes()
        self.say("Weir")
        self._start_weir()
        self.say(f"{APPLICATION_SERVERS} servers of the shop, and HAProxy before them")
        self._start_shop()

    def read_status(self):
        """[{name, port, state, role, upstream, ...}], as the servers say."""
        status = json.loads(self._cluster("status", "--json"))
        self.socket_dir = status["socket_dir"]
        return status["nodes"]

    def read_nodes(self):
        self.nodes = self.read_status()

    def start_shoppers(self, seconds, rate):
        """At the end they look at the books, wherever the primary is then: Weir knows."""
        self.shoppers = self._program(
            "shoppers", [SHOPPERS, "--url", self.shop_url, "--seconds", seconds, "--rate", rate, "--books",
                         f"host=127.0.0.1 port={self.port} dbname=shop user=postgres password=postgres"])

    def addresses(self):
        return [
            ("shop", self.shop_url + "/"),
            ("its admin", f"{ADMIN}, password {self.admin_password}"),
            ("Weir", f"postgresql://shop:shop@127.0.0.1:{self.port}/shop"),
            ("its console", f"psql postgresql://postgres:postgres@127.0.0.1:{self.port}/weir"),
            ("its dashboard", f"http://127.0.0.1:{self.http_port}/"),
            *((node["name"], f"127.0.0.1:{node['port']}") for node in self.nodes),
            ("logs", str(self.folder)),
        ]

    def must_run(self):
        for program in self.running:
            if program is not self.shoppers:
                program.must_run()

    def _cluster(self, command, *arguments):
        """In a session of its own: Ctrl-C is answered by us, who then take the cluster down."""
        child = None
        try:
            with programs.starting():
                child = subprocess.Popen(
                    [str(CLUSTER), command, "--dir", str(self.directory), *arguments],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                    text=True, start_new_session=True)
            out, err = child.communicate()
        except BaseException:
            if child:
                child.terminate()  # it removes what it had begun
                child.wait()
            raise
        if child.returncode != 0:
            raise Failure(f"cluster {command} failed:\n{err}")
        return out

    def _program(self, name, arguments):
        with programs.starting():
            program = Program(name, arguments, self.folder)
            self.running.append(program)
        return program

    def _start_weir(self):
        self.port, self.http_port = programs.free_port(6432), programs.free_port(9432)
        (self.folder / "users.txt").touch(mode=0o600)
        (self.folder / "users.txt").write_text(USERS)
        self.write_configuration()
        self.weir = self._program("weir", [WEIR, "serve", "-c", self.folder / "weir.toml"])
        self.weir.wait_for(READY)

    def write_configuration(self):
        """With the nodes that there are; Weir takes others over by a reload."""
        nodes = ", ".join(f'"host=127.0.0.1 port={node["port"]}"' for node in self.nodes)
        fresh = self.folder / "weir.toml.new"
        fresh.write_text(
            f'[server]\nlisten = ["127.0.0.1:{self.port}"]\nhttp = "127.0.0.1:{self.http_port}"\n\n'
            '[auth]\nmethod = "scram-sha-256"\nusers_file = "users.txt"\n'
            'admin_users = ["postgres"]\n\n'
            f'[cluster.main]\nnodes = [{nodes}]\nprobe_user = "weir"\nprobe_password = "weir"\n\n'
            '[database."*"]\ncluster = "main"\n')
        os.replace(fresh, self.folder / "weir.toml")

    def _start_shop(self):
        database = f"host=127.0.0.1 port={self.port} dbname=shop user=shop password=shop"
        door = programs.free_port(8080)
        self.shop_url = f"http://127.0.0.1:{door}"
        ports = []
        for number in range(1, APPLICATION_SERVERS + 1):
            port = programs.free_port(8080 + number)
            server = self._program(f"shop{number}", [SHOP, "all", "--listen", f"127.0.0.1:{port}", "--database", database,
                                                     "--public-url", self.shop_url])
            server.wait_for(r"^listening on ")
            ports.append(port)
        (self.folder / "haproxy.cfg").write_text(balancer.configuration({"shop": (door, ports)}))
        self._program("haproxy", [installed("haproxy"), "-db", "-f", self.folder / "haproxy.cfg"])
        programs.wait_for_answer(f"{self.shop_url}/healthz")
        self._make_admin()

    def _make_admin(self):
        """An account like any other, and the one word that only the database's owner can say."""
        self.admin_password = secrets.token_urlsafe(9)
        programs.post(f"{self.shop_url}/api/register",
                      {"email": ADMIN, "password": self.admin_password, "name": "The Administrator"})
        subprocess.run(["psql", "-qX", "-h", self.socket_dir, "-p", str(self.nodes[0]["port"]), "-U", "postgres", "-d", "shop",
                        "-c", f"update users set is_admin = true where email = '{ADMIN}'"], check=True,
                       stdout=subprocess.DEVNULL)

    shoppers = None
