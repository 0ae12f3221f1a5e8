"""The servers of the demo: started from the bottom up, ended from the top down."""
import json
import pathlib
import shutil
import subprocess
import tempfile

from . import programs
from .programs import CLUSTER, SHOP, SHOPPERS, WEIR, Failure, Program

USERS = '"shop" "shop"\n"postgres" "postgres"\n'
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
        status = json.loads(self._cluster("status", "--json"))
        self.nodes, self.socket_dir = status["nodes"], status["socket_dir"]
        self.say("Weir")
        self._start_weir()
        self.say("the shop's services")
        self._start_shop()

    def start_shoppers(self, seconds, rate):
        self.shoppers = self._program(
            "shoppers", [SHOPPERS, "--user-url", self.users_url, "--inventory-url", self.shop_url,
                         "--seconds", seconds, "--rate", rate])

    def addresses(self):
        return [
            ("storefront", self.shop_url + "/"),
            ("user service", self.users_url + "/"),
            ("Weir", f"postgresql://shop:shop@127.0.0.1:{self.port}/shop"),
            ("its console", f"psql postgresql://postgres:postgres@127.0.0.1:{self.port}/weir"),
            ("its metrics", f"http://127.0.0.1:{self.http_port}/metrics"),
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
        nodes = ", ".join(f'"host=127.0.0.1 port={node["port"]}"' for node in self.nodes)
        (self.folder / "users.txt").touch(mode=0o600)
        (self.folder / "users.txt").write_text(USERS)
        (self.folder / "weir.toml").write_text(
            f'[server]\nlisten = ["127.0.0.1:{self.port}"]\nhttp = "127.0.0.1:{self.http_port}"\n\n'
            '[auth]\nmethod = "scram-sha-256"\nusers_file = "users.txt"\n'
            'admin_users = ["postgres"]\n\n'
            f'[cluster.main]\nnodes = [{nodes}]\nprobe_user = "weir"\nprobe_password = "weir"\n\n'
            '[database."*"]\ncluster = "main"\n')
        weir = self._program("weir", [WEIR, "serve", "-c", self.folder / "weir.toml"])
        weir.wait_for(READY)

    def _start_shop(self):
        database = f"host=127.0.0.1 port={self.port} dbname=shop user=shop password=shop"
        self.users_url = self._service("user", 8081, database)
        self.shop_url = self._service("inventory", 8082, database, "--peer", self.users_url)

    def _service(self, kind, preferred, database, *more):
        port = programs.free_port(preferred)
        service = self._program(kind, [SHOP, kind, "--listen", f"127.0.0.1:{port}",
                                       "--database", database, *more])
        service.wait_for(r"^listening on ")
        return f"http://127.0.0.1:{port}"

    shoppers = None
