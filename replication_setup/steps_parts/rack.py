"""The servers of one step: started from the bottom up, each with its budget, and ended from the top down."""
import json
import pathlib
import shutil
import subprocess
import tempfile

from demo_parts import balancer, programs
from demo_parts.programs import CLUSTER, SHOP, WEIR, Failure, Program, installed

# Percent of one core.
DATABASE_PERCENT = 15
APPLICATION_PERCENT = 6
USERS = '"shop" "shop"\n"postgres" "postgres"\n'
KINDS = ("user", "inventory", "order", "storefront")


class Rack:
    """Use it in a `with` statement."""

    def __init__(self, layout, budgets, database_percent=DATABASE_PERCENT):
        self.layout, self.budgets, self.database_percent = layout, budgets, database_percent
        # Directly under /tmp: PostgreSQL may run as another user than we do and must get there.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-steps-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.running, self.clusters = [], {}
        self.databases, self.apps = {}, {}  # name: Group; name: (url, Group)
        self.helpers = {}  # Weir, balancer, cache: unbounded

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for program in reversed(self.running):
            program.stop()
        for name in self.clusters:
            subprocess.run([str(CLUSTER), "down", "--dir", str(self.folder / name)], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for group in (*self.databases.values(), *(group for _, group in self.apps.values()), *self.helpers.values()):
            self.budgets.release(group)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self):
        self._start_cluster("main", self.layout.replicas, "inventory" if self.layout.users_apart else "all")
        if self.layout.users_apart:
            self._start_cluster("users", 1, "users")
        self._start_weir()
        if self.layout.cache:
            self._start_cache()
        if self.layout.services:
            self._start_services()
        else:
            self._start_apps()

    def _start_cluster(self, name, replicas, part):
        done = subprocess.run([str(CLUSTER), "up", "--dir", str(self.folder / name), "--replicas", str(replicas), "--fast",
                               "--load-shop", part], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"cluster up failed:\n{done.stderr}")
        status = subprocess.run([str(CLUSTER), "status", "--json", "--dir", str(self.folder / name)], check=True,
                                capture_output=True, text=True)
        self.clusters[name] = json.loads(status.stdout)["nodes"]
        for node in self.clusters[name]:
            is_strong = name == "main" and node["name"] == "primary"
            percent = self.database_percent * (self.layout.primary_cores if is_strong else 1)
            label = node["name"] if name == "main" else f"{name}-{node['name']}"
            group = self.databases[label] = self.budgets.group(label, percent)
            data = self.folder / name / "nodes" / node["name"]
            group.add(int((data / "postmaster.pid").read_text().splitlines()[0]))

    def _program(self, name, arguments, percent=None):
        with programs.starting():
            program = Program(name, arguments, self.folder)
            self.running.append(program)
        group = self.budgets.group(name, percent)
        group.add(program.child.pid)
        return program, group

    def _start_weir(self):
        self.port, self.http_port = programs.free_port(0), programs.free_port(0)
        (self.folder / "users.txt").touch(mode=0o600)
        (self.folder / "users.txt").write_text(USERS)
        lines = [f'[server]\nlisten = ["127.0.0.1:{self.port}"]\nhttp = "127.0.0.1:{self.http_port}"\nworkers = 1\n',
                 '[auth]\nusers_file = "users.txt"\nadmin_users = ["postgres"]\n']
        for name, nodes in self.clusters.items():
            listed = ", ".join(f'"host=127.0.0.1 port={node["port"]}"' for node in nodes)
            lines.append(f'[cluster.{name}]\nnodes = [{listed}]\nprobe_user = "weir"\nprobe_password = "weir"\n')
        lines.append('[database.shop]\ncluster = "main"\n')
        if self.layout.users_apart:
            lines.append('[database.shop_users]\ncluster = "users"\ndbname = "shop"\n')
        (self.folder / "weir.toml").write_text("\n".join(lines))
        weir, self.helpers["weir"] = self._program("weir", [WEIR, "serve", "-c", self.folder / "weir.toml"])
        weir.wait_for(r"(?:^|\s)ready$")

    def _start_cache(self):
        self.cache_port = programs.free_port(0)
        redis, self.helpers["redis"] = self._program("redis", [
            installed("redis-server"), "--port", self.cache_port, "--bind", "127.0.0.1", "--save", "", "--dir", self.folder])
        redis.wait_for("Ready to accept connections")

    def _database(self, name):
        return f"host=127.0.0.1 port={self.port} dbname={name} user=shop password=shop"

    def _service(self, kind, number, *arguments):
        """(port, url) of one more server."""
        port, name = programs.free_port(0), f"{kind}{number}"
        service, group = self._program(name, [SHOP, kind, "--listen", f"127.0.0.1:{port}", "--log-level", "warn", "--threads",
                                              16, *arguments], APPLICATION_PERCENT)
        service.wait_for(r"^listening on ")
        self.apps[name] = (f"http://127.0.0.1:{port}", group)
        return port

    def _start_apps(self):
        users = self._database("shop_users" if self.layout.users_apart else "shop")
        more = ["--cache", f"127.0.0.1:{self.cache_port}"] if self.layout.cache else []
        ports = [self._service("all", number, "--database", self._database("shop"), "--user-database", users, *more)
                 for number in range(1, self.layout.apps + 1)]
        if not self.layout.balancer:
            self.urls = [f"http://127.0.0.1:{port}" for port in ports]
            return
        door = programs.free_port(0)
        self._start_balancer({"shop": (door, ports)})
        self.urls = [f"http://127.0.0.1:{door}"]

    def _start_services(self):
        """Each kind has a door of the balancer, by which the others ask it."""
        doors = {kind: programs.free_port(0) for kind in KINDS}
        urls = {kind: f"http://127.0.0.1:{port}" for kind, port in doors.items()}
        cache = ["--cache", f"127.0.0.1:{self.cache_port}"]
        goods = ["--database", self._database("shop"), "--users", urls["user"], *cache]
        arguments = {"user": ["--database", self._database("shop_users")], "inventory": goods, "order": goods,
                     "storefront": ["--users", urls["user"], "--inventory", urls["inventory"], "--orders", urls["order"]]}
        behind = {kind: [self._service(kind, number, *arguments[kind])
                         for number in range(1, self.layout.services[kind] + 1)] for kind in KINDS}
        self._start_balancer({kind: (doors[kind], behind[kind]) for kind in KINDS})
        self.urls = [urls["storefront"]]

    def _start_balancer(self, doors):
        (self.folder / "haproxy.cfg").write_text(balancer.configuration(doors))
        _, self.helpers["haproxy"] = self._program(
            "haproxy", [installed("haproxy"), "-db", "-f", self.folder / "haproxy.cfg"])
        for port, _ in doors.values():
            programs.wait_for_answer(f"http://127.0.0.1:{port}/healthz")

    def limit(self, is_on):
        """The budgets of all servers."""
        for group in (*self.databases.values(), *(group for _, group in self.apps.values())):
            group.limit(is_on)

    def requests(self):
        """{server: requests that it has answered, but for those that look whether it is there}."""
        return {name: programs.requests_answered(url) for name, (url, _) in self.apps.items()}

    def books(self):
        """Where the books can be looked at, straight at the primary."""
        return f"host=127.0.0.1 port={self.clusters['main'][0]['port']} dbname=shop user=postgres password=postgres"

