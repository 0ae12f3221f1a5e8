"""The shop's services as processes, and visitors who use them."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import secrets
import signal
import subprocess

from .places import ROOT, WEIR
from .waiting import wait_until
from .weir_process import WeirProcess

# The shop of the build that Weir comes from. Another one: SHOP_BINARY=... tests/run integration
SHOP = pathlib.Path(os.environ.get("SHOP_BINARY",
                                   WEIR.parents[1] / "shop_app" / "shop")).absolute()
SHOPPERS = SHOP.with_name("shoppers")
LISTENING = re.compile(r"^listening on 127\.0\.0\.1:(\d+)$", re.MULTILINE)
PASSWORD = "correct horse battery"


class ShopProcess:
    """One service. stop() checks that it ended as it should. database None: the service has none."""

    def __init__(self, folder, kind, database, *arguments):
        self.output = folder / f"{kind}-{secrets.token_hex(4)}.log"
        with open(self.output, "wb") as log:
            self.process = subprocess.Popen(
                [str(SHOP), kind, "--listen", "127.0.0.1:0",
                 *(["--database", database] if database else []), *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_until(lambda: LISTENING.search(self.log()) or self.process.poll() is not None,
                       f"the {kind} service listens")
            assert self.process.poll() is None, self.log()
        except BaseException:
            self.kill()
            raise
        self.port = int(LISTENING.search(self.log()).group(1))
        self.url = f"http://127.0.0.1:{self.port}"

    def log(self):
        return self.output.read_text(encoding="utf-8", errors="replace")

    def stop(self, seconds=15):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            assert self.process.wait(timeout=seconds) == 0, self.log()
        finally:
            self.kill()
        assert "Sanitizer" not in self.log() and "runtime error" not in self.log(), self.log()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Shop:
    """All services in one process, or each in one of its own; `front` is where a browser goes."""

    def __init__(self, folder, database, cluster, is_direct=False, in_one=False, arguments=()):
        self.folder, self.database, self.cluster = folder, database, cluster
        self.is_direct = is_direct
        self.services = []
        try:
            if in_one:
                self.users = self.inventory = self.orders = self.front = self._start("all", *arguments)
            else:
                self.users = self._start("user")
                self.inventory = self._start("inventory", "--users", self.users.url)
                self.orders = self._start("order", "--users", self.users.url)
                self.front = self._start("storefront", "--users", self.users.url, "--inventory", self.inventory.url,
                                         "--orders", self.orders.url)
        except BaseException:
            self.kill()
            raise

    def _start(self, kind, *arguments):
        self.services.append(ShopProcess(self.folder, kind, None if kind == "storefront" else self.database, *arguments))
        return self.services[-1]

    def stop(self):
        try:
            for service in reversed(self.services):
                service.stop()
        finally:
            self.kill()

    def kill(self):
        for service in self.services:
            service.kill()

    def make_admin(self, visitor):
        self.cluster.ask("primary", "update users set is_admin = true where email = %s", (visitor.email,), dbname="shop")
        self.cluster.wait_caught_up()

    def value(self, sql, *values):
        return self.cluster.value("primary", sql, values or None, dbname="shop")

    def set_stock(self, product, quantity):
        """By a delivery that was larger or smaller: the books balance all the same."""
        self.cluster.ask("primary", """
            with before as (select product_id, quantity from inventory where product_id = %s for update),
            counted as (update inventory i set quantity = %s from before where i.product_id = before.product_id)
            update restocks r set quantity = r.quantity + %s - before.quantity from before
            where r.id = (select min(id) from restocks where product_id = before.product_id)""",
                         (product, quantity, quantity), dbname="shop")

    def stock(self, product):
        return self.value("select quantity from inventory where product_id = %s", product)


class Visitor:
    """A client of both services, with the token of its log-in."""

    def __init__(self, shop):
        self.shop = shop
        self.token = None
        self.email = f"v{secrets.token_hex(8)}@example.org"

    def ask(self, method, path, body=None, service=None, headers=None):
        """(status, parsed JSON or text, headers)."""
        sent = dict(headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        port = (service or self.shop.front).port
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
            line.request(method, path, body, sent)
            answer = line.getresponse()
            text = answer.read().decode()
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.status, json.loads(text) if is_json and text else text, answer.headers

    def ask_users(self, method, path, body=None, **more):
        return self.ask(method, path, body, service=self.shop.users, **more)

    def register(self):
        account = {"email": self.email, "password": PASSWORD, "name": "A Visitor"}
        return self.ask_users("POST", "/api/register", account)

    def log_in(self, password=PASSWORD):
        status, answer, _ = self.ask_users("POST", "/api/login",
                                           {"email": self.email, "password": password})
        if status == 200:
            self.token = answer["token"]
        return status

    def with_account(self):
        assert self.register()[0] == 201
        assert self.log_in() == 200
        return self

    def buy(self, *items):
        return self.ask("POST", "/api/checkout", {"items": [
            {"product_id": product, "quantity": quantity} for product, quantity in items]})


@contextlib.contextmanager
def weir_in_front(cluster, folder):
    """The one address that the shop knows, with Weir behind it."""
    weir = WeirProcess(cluster, folder, users={"shop": "shop"}).start()
    try:
        yield weir.wait_for_nodes(len(cluster.nodes)).port
        weir.stop()
    finally:
        weir.kill()
