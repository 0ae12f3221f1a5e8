"""What the shop's services do beside browsing and buying: accounts, reservations, cancelling, administration, the cache."""
import concurrent.futures
import contextlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import pytest

from support.places import free_port
from support.real_cluster import RealCluster
from support.shop import PASSWORD, Shop, Visitor
from support.waiting import wait_until
from support.weir_process import WeirProcess
from test_shop import shop, shop_cluster, start_service, visitor  # pylint: disable=unused-import


@pytest.fixture
def admin(shop):
    made = Visitor(shop).with_account()
    shop.make_admin(made)
    return made


def books_balance(shop):
    return shop.value("select count(*) from unbalanced_products") == 0


def test_an_address_is_confirmed_by_the_link_in_the_mail(visitor):
    visitor.with_account()
    assert visitor.ask("GET", "/api/session")[1]["user"]["verified"] is False
    mail = visitor.shop.value("select body from outgoing_mail where recipient = %s", visitor.email)
    code = re.search(r"/verify\?code=(\w+)", mail).group(1)
    assert code not in str(visitor.shop.cluster.ask("primary", "select * from verifications", dbname="shop"))
    assert visitor.ask("POST", "/api/verify", {"code": "of somebody else"})[0] == 410
    page = visitor.ask("GET", f"/verify?code={code}")
    assert page[0] == 200 and code in page[1]
    status, answer, _ = visitor.ask("POST", "/api/verify", {"code": code})
    assert status == 200 and answer["user"]["verified"] is True
    assert visitor.ask("POST", "/api/verify", {"code": code})[0] == 410, "a link works once"


def test_wrong_passwords_are_counted_for_an_address_with_and_without_an_account(visitor):
    visitor.register()
    for each in (visitor, Visitor(visitor.shop)):
        statuses = [each.log_in("a wrong password") for _ in range(11)]
        assert statuses == [401] * 10 + [429]
        status, answer, headers = each.ask("POST", "/api/login", {"email": each.email, "password": PASSWORD})
        assert (status, answer["error"]["code"], headers["Retry-After"]) == (429, "too_many_log_ins", "300")
    hashes = "select count(*) from log_in_failures where email_hash = sha256(%s::bytea) and failures = 10"
    assert visitor.shop.value(hashes, visitor.email.encode()) == 1
    visitor.shop.cluster.ask("primary", "update log_in_failures set since = now() - interval '6 minutes'", dbname="shop")
    visitor.shop.cluster.wait_caught_up()
    assert visitor.log_in() == 200
    assert Visitor(visitor.shop).log_in("a wrong password") == 401
    assert visitor.shop.value("select count(*) from log_in_failures where since < now() - interval '5 minutes'") == 0, \
        "what counts no more does not stay"


def test_a_good_password_ends_the_count(visitor):
    visitor.register()
    for _ in range(3):
        assert [visitor.log_in("a wrong password") for _ in range(5)] == [401] * 5
        wait_until(lambda: visitor.log_in() == 200, "the good one is let in")


def test_profile_and_password(visitor):
    visitor.with_account()
    status, answer, _ = visitor.ask("PUT", "/api/profile", {"name": "Another Name", "address": "1 Mill Lane"})
    assert status == 200
    assert visitor.ask("GET", "/api/session")[1]["user"]["address"] == "1 Mill Lane" == answer["user"]["address"]
    other = Visitor(visitor.shop)
    other.email = visitor.email
    assert other.log_in() == 200
    wrong = {"old_password": "not the password", "new_password": "a new password"}
    assert visitor.ask("PUT", "/api/password", wrong)[0] == 403
    assert visitor.ask("PUT", "/api/password", {**wrong, "old_password": PASSWORD})[0] == 204
    assert visitor.ask("GET", "/api/session")[0] == 200
    wait_until(lambda: other.ask("GET", "/api/session")[0] == 401, "the other log-in is ended")
    assert other.log_in() == 401 and other.log_in("a new password") == 200


def test_one_key_is_one_order_however_often_it_is_sent(visitor):
    visitor.with_account().shop.set_stock(101, 50)
    before = visitor.shop.value("select count(*) from orders")

    def buy(_):
        return visitor.ask("POST", "/api/checkout", {"items": [{"product_id": 101, "quantity": 1}]},
                           headers={"Idempotency-Key": "the same"})

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(buy, range(6)))
    assert sorted(status for status, _, _ in answers) == [200] * 5 + [201]
    assert len({answer["order"]["id"] for _, answer, _ in answers}) == 1
    assert visitor.shop.value("select count(*) from orders") == before + 1
    assert visitor.shop.stock(101) == 49
    assert visitor.ask("PUT", "/api/cart/items/101", {"quantity": 2})[0] == 200
    cart = [visitor.ask("POST", "/api/checkout", {}, headers={"Idempotency-Key": "of the cart"}) for _ in range(2)]
    assert [status for status, _, _ in cart] == [201, 200] and cart[0][1] == cart[1][1]
    other = Visitor(visitor.shop).with_account()
    assert other.ask("POST", "/api/checkout", {"items": [{"product_id": 101, "quantity": 1}]},
                     headers={"Idempotency-Key": "the same"})[0] == 201, "a key is its user's"
    assert visitor.ask("POST", "/api/checkout", {}, headers={"Idempotency-Key": "x" * 101})[0] == 400
    assert books_balance(visitor.shop)


def test_what_is_held_is_held_and_goes_back(visitor):
    shop = visitor.with_account().shop
    other = Visitor(shop).with_account()
    shop.set_stock(102, 5)
    status, answer, _ = visitor.ask("PUT", "/api/reservations/102", {"quantity": 4})
    assert status == 200 and answer["reservation"]["quantity"] == 4
    assert shop.stock(102) == 1
    assert other.buy((102, 2))[0] == 409 and other.ask("PUT", "/api/reservations/102", {"quantity": 2})[0] == 409
    assert [r["product_id"] for r in visitor.ask("GET", "/api/reservations")[1]["reservations"]] == [102]
    assert "Held for you" in visitor.ask("GET", "/cart")[1]
    assert visitor.ask("PUT", "/api/reservations/102", {"quantity": 2})[0] == 200, "in place of what was held"
    assert shop.stock(102) == 3
    assert visitor.ask("DELETE", "/api/reservations/102")[0] == 204
    assert shop.stock(102) == 5 and visitor.ask("GET", "/api/reservations")[1]["reservations"] == []
    visitor.ask("PUT", "/api/reservations/102", {"quantity": 5})
    assert visitor.buy((102, 3))[0] == 201, "from what was held for this buyer"
    assert shop.stock(102) == 2 and visitor.ask("GET", "/api/reservations")[1]["reservations"] == []
    visitor.ask("PUT", "/api/reservations/102", {"quantity": 2})
    shop.cluster.ask("primary", "update reservations set expires_at = now() where product_id = 102", dbname="shop")
    assert other.buy((102, 2))[0] == 201, "what was held too long is for everybody"
    assert visitor.ask("PUT", "/api/reservations/99999999", {"quantity": 1})[0] == 404
    assert visitor.ask("PUT", "/api/reservations/102", {"quantity": 0})[0] == 400
    assert books_balance(shop)


def test_holds_and_purchases_at_once_sell_nothing_twice(visitor):
    shop = visitor.shop
    shop.set_stock(103, 20)
    buyers = [Visitor(shop).with_account() for _ in range(8)]

    def stir(number):
        who = buyers[number]
        for turn in range(10):
            who.ask("PUT", "/api/reservations/103", {"quantity": 1 + turn % 3})
            if turn % 3 == 0:
                who.ask("DELETE", "/api/reservations/103")
            elif turn % 3 == 1:
                who.buy((103, 1))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(stir, range(8)))
    assert books_balance(shop) and shop.stock(103) >= 0


def test_an_order_is_cancelled_once_and_in_time(visitor):
    shop = visitor.with_account().shop
    shop.set_stock(104, 10)
    shop.set_stock(105, 10)
    order = visitor.buy((104, 3), (105, 1))[1]["order"]
    visitor.ask("PUT", "/api/reservations/104", {"quantity": 1})
    assert visitor.ask("POST", f"/api/orders/{order['id']}/cancel", {})[1]["order"]["status"] == "cancelled"
    assert (shop.stock(104), shop.stock(105)) == (9, 10), "what is held besides stays held"
    assert visitor.ask("POST", f"/api/orders/{order['id']}/cancel", {})[0] == 200
    assert shop.stock(104) == 9
    assert "cancelled" in visitor.ask("GET", f"/orders/{order['id']}")[1]
    stranger = Visitor(shop).with_account()
    second = visitor.buy((104, 1))[1]["order"]
    assert stranger.ask("POST", f"/api/orders/{second['id']}/cancel", {})[0] == 404
    shop.cluster.ask("primary", "update orders set placed_at = now() - interval '2 hours' where id = %s", (second["id"],),
                     dbname="shop")
    assert visitor.ask("POST", f"/api/orders/{second['id']}/cancel", {})[1]["error"]["code"] == "too_late"
    assert books_balance(shop)


def test_administrators_set_prices_and_restock(visitor, admin):
    visitor.with_account().shop.set_stock(106, 1)
    price, delivery = {"price_cents": 1234}, {"quantity": 9}
    for who, expected in ((Visitor(visitor.shop), 401), (visitor, 403)):
        assert who.ask("PUT", "/api/products/106/price", price)[0] == expected
        assert who.ask("POST", "/api/products/106/restock", delivery)[0] == expected
        assert who.ask("GET", "/admin")[0] == expected
    before = visitor.ask("GET", "/api/products/106")[1]["product"]["price_cents"]
    status, answer, headers = admin.ask("PUT", "/api/products/106/price", price)
    assert status == 200 and answer["before_cents"] == before
    cookie = {"Cookie": "; ".join(each.split(";")[0] for each in headers.get_all("Set-Cookie") or ())}
    assert admin.ask("POST", "/api/products/106/restock", delivery, headers=cookie)[1]["stock"] == 10
    wait_until(lambda: visitor.ask("GET", "/api/products/106")[1]["product"]["price_cents"] == 1234, "the price is seen")
    assert "Restock" in admin.ask("GET", "/admin?search=oak")[1]
    assert admin.ask("PUT", "/api/products/99999999/price", price)[0] == 404
    assert admin.ask("PUT", "/api/products/106/price", {"price_cents": -1})[0] == 400
    assert visitor.shop.value("select new_cents from price_changes where product_id = 106 order by id desc limit 1") == 1234
    assert books_balance(visitor.shop)


def test_products_are_found_by_price_and_sorted_and_counted(visitor):
    _, found, _ = visitor.ask("GET", "/api/products?search=oak&from=2000&to=8000&order=cheap&per_page=50")
    prices = [product["price_cents"] for product in found["products"]]
    assert prices == sorted(prices) and prices[0] >= 2000 and prices[-1] <= 8000
    _, dear, _ = visitor.ask("GET", "/api/products?order=expensive&per_page=5")
    assert [p["price_cents"] for p in dear["products"]] == sorted((p["price_cents"] for p in dear["products"]), reverse=True)
    expected = visitor.shop.cluster.ask("primary", """
        select c.slug, count(*) from products p join categories c on c.id = p.category_id
        where p.search @@ websearch_to_tsquery('english', 'oak') and p.price_cents between 2000 and 8000
        group by c.slug""", dbname="shop")
    assert {f["slug"]: f["products"] for f in found["facets"]} == {slug: count for slug, count in expected}


def test_every_service_tells_of_itself(visitor):
    shop = visitor.shop
    assert visitor.ask("GET", "/api/products/11", headers={"X-Request-Id": "of the test"})[2]["X-Request-Id"] == "of the test"
    for service in shop.services:
        status, page, _ = visitor.ask("GET", "/metrics", service=service)
        assert status == 200 and "shop_request_seconds_bucket" in page
        if service.url != shop.front.url or shop.is_direct:
            names = ("user", "inventory", "order")
            told = [visitor.ask("GET", f"/openapi/{name}.json", service=service) for name in names]
            described = [answer["info"]["title"] for status, answer, _ in told if status == 200]
            assert len(described) == (3 if shop.is_direct else 1)
    page = visitor.ask("GET", "/metrics", service=shop.inventory)[1]
    assert re.search(r'shop_requests_total\{[^}]*route="/api/products/\{id\}"[^}]*\} \d', page), page


def test_the_log_has_a_json_object_for_each_request(shop, start_service):
    made = start_service("all", "--log-format", "json")
    Visitor(shop).ask("GET", "/products/11?secret=word", service=made, headers={"X-Request-Id": "abc"})
    wait_until(lambda: '"request_id":"abc"' in made.log(), "the request is logged")
    lines = [json.loads(line) for line in made.log().splitlines() if line.startswith("{")]
    line = next(each for each in lines if each.get("request_id") == "abc")
    assert (line["method"], line["path"], line["route"], line["status"]) == ("GET", "/products/11", "/products/{id}", 200)
    assert "secret" not in made.log()


@pytest.fixture(scope="module")
def redis():
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("redis-server is not there: cmake/packages steps")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="weir-redis-", dir="/tmp") as folder:
        child = subprocess.Popen([program, "--port", str(port), "--save", "", "--bind", "127.0.0.1", "--dir", folder],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        ask = ["redis-cli", "-p", str(port), "ping"]
        wait_until(lambda: subprocess.run(ask, capture_output=True, check=False).stdout == b"PONG\n", "Redis answers")
        yield port, child
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        child.wait()


def cache_counts(visitor, service):
    page = visitor.ask("GET", "/metrics", service=service)[1]
    return [int(re.search(rf"^shop_cache_{name}_total (\d+)", page, re.MULTILINE).group(1))
            for name in ("hits", "misses", "failures")]


def test_the_cache_answers_and_a_write_makes_it_void(shop, start_service, redis):
    subprocess.run(["redis-cli", "-p", str(redis[0]), "flushall"], check=True, stdout=subprocess.DEVNULL)
    cached = start_service("all", "--cache", f"127.0.0.1:{redis[0]}")
    visitor = Visitor(shop).with_account()
    shop.set_stock(111, 50)
    shop.cluster.wait_caught_up()
    for _ in range(5):
        assert visitor.ask("GET", "/api/products/111", service=cached)[1]["product"]["stock"] == 50
    assert cache_counts(visitor, cached)[:2] == [4, 1]
    with shop.cluster.lagging(500):
        for left in range(49, 44, -1):
            basket = {"items": [{"product_id": 111, "quantity": 1}]}
            assert visitor.ask("POST", "/api/checkout", basket, service=cached)[0] == 201
            stranger = Visitor(shop)
            # What fills the cache is no older than the write, though the replica lags.
            for _ in range(3):
                assert stranger.ask("GET", "/api/products/111", service=cached)[1]["product"]["stock"] == left or \
                    shop.is_direct
    shop.make_admin(visitor)
    listed = "/api/products?search=oak&per_page=3"
    product = visitor.ask("GET", listed, service=cached)[1]["products"][0]
    wait_until(lambda: visitor.ask("PUT", f"/api/products/{product['id']}/price", {"price_cents": 4321},
                                   service=cached)[0] == 200, "this is an administrator")
    prices = [p["price_cents"] for p in visitor.ask("GET", listed, service=cached)[1]["products"] if p["id"] == product["id"]]
    assert prices == [4321], "lists are void with a price"


def test_without_its_cache_the_shop_goes_on(shop, start_service):
    cached = start_service("all", "--cache", f"127.0.0.1:{free_port()}")
    visitor = Visitor(shop)
    began = time.monotonic()
    for _ in range(50):
        assert visitor.ask("GET", "/api/products/11", service=cached)[0] == 200
    assert cache_counts(visitor, cached)[2] > 0
    assert time.monotonic() - began < 30


def test_two_databases_behind_one_address(shop_cluster, tmp_path):
    """Users in one cluster and inventory in another: the visitor's cookie carries a token of each."""
    users = RealCluster(("--replicas", "1", "--load-shop", "users")).up()
    folder = tempfile.mkdtemp(prefix="weir-shop-", dir="/tmp")
    try:
        weir = WeirProcess(shop_cluster, pathlib.Path(folder), {
            "cluster": {"users": {"nodes": [users.conninfo(n) for n in users.nodes], "probe_user": "weir",
                                  "probe_password": "weir", "probe_interval_ms": 50}},
            "database": {"*": None, "shop": {"cluster": "main"}, "shop_users": {"cluster": "users", "dbname": "shop"}},
        }, users={"shop": "shop"}).start()
        weir.wait_for_nodes(len(shop_cluster.nodes) + len(users.nodes))
        database = f"host=127.0.0.1 port={weir.port} user=shop password=shop dbname="
        made = Shop(pathlib.Path(folder), database + "shop", shop_cluster, in_one=True,
                    arguments=("--user-database", database + "shop_users"))
        try:
            visitor = Visitor(made).with_account()
            assert users.value("primary", "select count(*) from users where email = %s", (visitor.email,), dbname="shop") == 1
            with shop_cluster.lagging(300), users.lagging(300):
                for _ in range(3):
                    status, answer, headers = visitor.buy((112, 1))
                    assert status == 201
                    assert visitor.ask("GET", "/api/orders")[1]["orders"][0] == answer["order"]
                    assert visitor.ask("PUT", "/api/profile", {"name": "N", "address": "A"},
                                       headers={"Cookie": headers["Set-Cookie"].split(";")[0]})[2]["Set-Cookie"].count("w1-") == 2
            made.stop()
        finally:
            made.kill()
        weir.stop()
    finally:
        users.down()
        shutil.rmtree(folder, ignore_errors=True)
